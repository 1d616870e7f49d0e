"""Dutch job language: normalising, splitting compounds and comparing texts; `resolve`, imports and searches call it.

Every function is deterministic: the same texts give the same parts, in whatever order they were learned.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import snowballstemmer
from numba import njit
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from scoring.texts import Texts
from scoring.words import (
    ABBREVIATIONS,
    ANY_WORK,
    FEMALE_FORMS,
    HEADS,
    NOT_FEMALE,
    SHORT_PARTS,
    STOP_WORDS,
    VAGUE_WORDS,
    WHOLE_WORDS,
)

AGENT = "medewerker"
"""The head that an agent noun carries in itself: a schoonmaker is a medewerker schoonmaak."""

PART_SHARE = 0.6
"""Weight of whole parts in a similarity; the rest goes to the letters inside them (errors, new words)."""

_HEAD_WEIGHT = 0.5
_VAGUE_WEIGHT = 0.2

_USUAL_LETTERS = 50
"""Letters that stand in more parts than this, and in more than 2 % of all, tell nothing and only cost time."""

_LONGEST_WORD = 60
"""Letters after which a word is cut off: no title has longer ones, and splitting takes the square of the length."""

_LETTERS = re.compile(r"[^\W_]+")
_WORDS_APART = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_BOTH_SEXES = re.compile(
    r"\b(?:m\s?/\s?v(?:\s?/\s?[xdn])?|v\s?/\s?m(?:\s?/\s?[xdn])?|m,\s?v|mvx?|man/vrouw|vrouw/man)\b"
)
_HOURS = re.compile(
    r"\b\d+(?:[.,]\d+)?(?:\s?(?:-|/|tot|a|of)\s?\d+(?:[.,]\d+)?)?\s?(?:uur|uren|u|uurs|hrs|dagen|dgn|dag)\b"
    r"|\b(?:p\s?/\s?[wm]|pw|per week|full[ -]?time|part[ -]?time|voltijd|deeltijd|fte)\b"
)
_SUFFIX_IN_BRACKETS = re.compile(r"(?<=\w{3})\((?:e|s|n|en|in|st|ster|er|a)\)")
_SUFFIX_AFTER_SLASH = re.compile(r"(?<=\w{3})\s?/\s?-?\s?(?:e|s|n|in|ster|st|vrouw|man|heer|dame)\b")
_FOLDED_VOWEL = re.compile(r"(aa|ee|oo|uu)(?=[^aeiou]$)")
_LONG_ROOT = re.compile(r"(?:aa|ee|oo|uu)[^aeiou]$")
_DIPHTHONG_ROOT = re.compile(r"(?:ij|oe|ie|eu|ui|ei|ou|au)[^aeiou]$")
_SHORT_ROOT = re.compile(r"[^aeiou][aeiou][bdfgklmnprst]$")
_UNSTRESSED_ROOT = re.compile(r"[^aeiou](?:el|en)$")
_LINKS = ("", "s", "en", "e", "n")
_STEMMER = snowballstemmer.stemmer("dutch")


def fold(text: str) -> str:
    """Give the text in lower case without diacritics; the one letter "ĳ" becomes "ij"."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).casefold()


def words(text: str) -> list[str]:
    """Give the words of a title or task text that carry meaning, in their male or neutral form, unstemmed.

    Gone are "m/v/x", hours, punctuation and a word that repeats the one before it ("gastvrouw/gastheer").
    """
    return list(_words(text))


@lru_cache(maxsize=2**16)
def _words(text: str) -> tuple[str, ...]:
    clean = fold(text).replace("p&o", "hr")
    clean = _HOURS.sub(" ", _BOTH_SEXES.sub(" ", clean))
    clean = _SUFFIX_AFTER_SLASH.sub("", _SUFFIX_IN_BRACKETS.sub("", clean))
    found: list[str] = []
    for raw in _LETTERS.findall(clean):
        word = _neutral(ABBREVIATIONS.get(raw, raw[:_LONGEST_WORD]))
        if not found or found[-1] != word:
            found.append(word)
    return tuple(found)


def spans(text: str) -> list[tuple[str, int, int]]:
    """Give each word of a running text in neutral form with its place in the text as typed: (word, start, end)."""
    found = []
    for match in _WORDS_APART.finditer(text):
        inside = _LETTERS.findall(fold(match.group()))
        if inside:
            word = "".join(inside)[:_LONGEST_WORD]
            found.append((_neutral(ABBREVIATIONS.get(word, word)), match.start(), match.end()))
    return found


@lru_cache(maxsize=2**16)
def normalise(text: str) -> str:
    """Give the text as stems with one space between: what two spellings of one title have in common.

    Idempotent: the steps are repeated until nothing changes.
    """
    seen: list[str] = []
    while text not in seen:
        seen.append(text)
        text = " ".join(stem(word) for word in words(text))
    return min(seen[seen.index(text) :])


@lru_cache(maxsize=2**17)
def stem(word: str) -> str:
    """Give the Dutch stem (Snowball) of a folded word, with a doubled last vowel made single.

    "sorteren" and "sorteer", "straten" and "straat" come out alike.
    """
    seen: list[str] = []
    while word not in seen:
        seen.append(word)
        word = _FOLDED_VOWEL.sub(lambda vowel: vowel.group()[0], _snowball(word))
    return min(seen[seen.index(word) :])


@lru_cache(maxsize=2**17)
def _snowball(word: str) -> str:
    if len(word) <= 3:
        return word
    found = str(_STEMMER.stemWord(word))
    return found if len(found) >= 3 else word


@lru_cache(maxsize=2**17)
def _neutral(word: str) -> str:
    """The male or neutral form of a word for a person: schoonmaakster, gastvrouw, directrice, timmerlieden."""
    if word in FEMALE_FORMS:
        return FEMALE_FORMS[word]
    for ending, neutral in (("vrouwen", "man"), ("vrouw", "man"), ("lieden", "man"), ("lui", "man")):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return FEMALE_FORMS.get(word[: -len(ending)] + "vrouw", word[: -len(ending)] + neutral)
    for ending, neutral in (("trice", "teur"), ("sters", "ster"), ("euse", "eur")):
        if word.endswith(ending) and len(word) > len(ending) + 3:
            word = word[: -len(ending)] + neutral
    root = word[:-4]
    if not word.endswith("ster") or len(root) < 3 or word.endswith(NOT_FEMALE) or not re.search("[aeiou]", root):
        return word
    if root.endswith("aar"):
        return root
    soft = {"f": "v", "s": "z"}.get(root[-1], root[-1])
    if _LONG_ROOT.search(root):
        return root[:-2] + soft + "er"
    if _DIPHTHONG_ROOT.search(root):
        return root[:-1] + soft + "er"
    if _UNSTRESSED_ROOT.search(root):
        return root + "aar"
    if _SHORT_ROOT.search(root):
        return root + root[-1] + "er"
    return root + "er"


class Compounds:
    """Splits Dutch words into the parts that they are made of, by a vocabulary learned from texts of the field.

    A part is known when it stands as a word somewhere, or before a head ("reachtruck" in "reachtruckchauffeur").
    A split with few, then with long parts wins; a word without a head is split only where its parts are more usual
    than the word itself (geometric mean of counts, Koehn and Knight 2003).
    """

    def __init__(self, texts: Iterable[str]) -> None:
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(words(text))
        self.word_counts = dict(counts)
        self._forms: dict[str, int] = dict.fromkeys(HEADS, 1)
        fronts: Counter[str] = Counter()
        for word, count in sorted(counts.items()):
            for form in {word, _snowball(word)}:
                self._learn(form, count)
            for front in _around_head(word)[:1]:
                fronts[front] += count
        for front in sorted(fronts, key=lambda front: (len(front), front)):
            link = next((link for link in ("s", "en", "e") if front.endswith(link)), "")
            if front[: len(front) - len(link)] not in self._forms and not self._segment(front):
                self._learn(front, fronts[front])
        self.split = lru_cache(maxsize=2**17)(self._split)

    def _learn(self, form: str, count: int) -> None:
        if len(form) > 3 or form in SHORT_PARTS:
            self._forms[form] = self._forms.get(form, 0) + count

    def parts(self, text: str) -> tuple[str, ...]:
        """Give the stems of all parts of a text, in its own order, without words that say nothing ("van", "de")."""
        return tuple(part for word in words(text) if word not in STOP_WORDS for part in self.split(word))

    def knows(self, word: str) -> bool:
        """Tell whether the word, or every part that it splits into, was learned or is a head."""
        if word in self.word_counts or word in self._forms:
            return True
        pieces = self._segment(word) or self._segment(_snowball(word))
        return bool(pieces) and all(piece in self._forms for piece in pieces)

    def _split(self, word: str) -> tuple[str, ...]:
        """Stems of the parts of one neutral word; the head, if any, comes last."""
        if word in HEADS:
            return (stem(word),)
        if word in WHOLE_WORDS:
            return self._agent(word)
        for form in (word, _snowball(word)):
            pieces = self._segment(form) or _around_head(form)
            if pieces:
                return tuple(part for piece in pieces for part in self.split(piece))
        return self._agent(word)

    def _agent(self, word: str) -> tuple[str, ...]:
        """An agent noun as its activity and a head: "inpakker" as inpakken + medewerker, where inpakken is known."""
        if word.endswith("er") and len(word) > 5:
            for verb in (word[:-2] + "en", word[:-3] + "en" if word.endswith("der") else ""):
                if verb in self.word_counts:
                    return (stem(verb), AGENT)
        return (stem(word),)

    def _segment(self, word: str) -> tuple[str, ...]:
        """The best split of a word into two or more known parts, or nothing."""
        length = len(word)
        if length < 6 or word in HEADS or word in WHOLE_WORDS:
            return ()
        forms = self._forms
        best: list[tuple[float, tuple[str, ...]] | None] = [None] * (length + 1)
        best[0] = (0.0, ())
        for start in range(length - 2):
            so_far = best[start]
            if so_far is None:
                continue
            for end in range(start + 3, length + 1):
                part = word[start:end]
                if part not in forms or end - start == length:
                    continue
                cost = so_far[0] + 1.0 + 2.0 / len(part)
                pieces = (*so_far[1], part)
                for link in _LINKS if end < length else ("",):
                    after = end + len(link)
                    if (after < length or end == length) and word.startswith(link, end):
                        option = (cost + 0.05 * bool(link), pieces)
                        rival = best[after]
                        if rival is None or option < rival:
                            best[after] = option
        found = best[length]
        if found is None:
            return ()
        pieces = found[1]
        if pieces[-1] in HEADS or pieces[0] in HEADS:
            return pieces
        usual = math.exp(sum(math.log(forms[piece]) for piece in pieces) / len(pieces))
        return pieces if usual > self.word_counts.get(word, 0) else ()


def _around_head(word: str) -> tuple[str, ...]:
    """What stands before the longest head that the word ends in, and that head; nothing where there is none."""
    if word not in HEADS and word not in WHOLE_WORDS:
        for start in range(3, len(word) - 3):
            if word[start:] in HEADS:
                return (word[:start], word[start:])
    return ()


TITLE_HEADS = frozenset(stem(word) for word in HEADS)
VAGUE_IN_TITLES = frozenset(stem(word) for word in VAGUE_WORDS | ANY_WORK)
VAGUE_IN_TASKS = frozenset(stem(word) for word in VAGUE_WORDS)


class TextSpace:
    """Places texts as sparse vectors of unit length, so that their inner product is their similarity in 0..1.

    Two blocks: whole parts weighted by how rare they are in `texts`, heads discounted; and letters (character
    n-grams inside parts), each part's letters weighted like the part. Order of words does not count.
    """

    def __init__(
        self,
        compounds: Compounds,
        texts: Sequence[str],
        groups: NDArray[np.int32],
        heads: frozenset[str] = TITLE_HEADS,
        vague: frozenset[str] = VAGUE_IN_TITLES,
    ) -> None:
        """`groups`: (n_texts,) texts of one group (the labels of one occupation) count once for rarity.

        `heads` and `vague`: stems of the words that count for less, and for next to nothing, in such texts.
        """
        self.compounds = compounds
        self._heads, self._vague = heads, vague
        split = [compounds.parts(text) for text in texts]
        seen: dict[str, set[int]] = {}
        for parts, group in zip(split, groups.tolist(), strict=True):
            for part in parts:
                seen.setdefault(part, set()).add(group)
        n_groups = max(len(set(groups.tolist())), 1)
        self._column = {part: position for position, part in enumerate(sorted(seen))}
        self._rarity = {part: 1.0 + math.log((1 + n_groups) / (1 + len(where))) for part, where in seen.items()}
        self._unseen_rarity = 1.0 + math.log(1 + n_groups)
        usual = max(_USUAL_LETTERS, len(self._column) // 50)
        self._letters = TfidfVectorizer(
            analyzer="char_wb", ngram_range=(3, 5), max_df=usual, sublinear_tf=True, dtype=np.float32
        )
        self._known_letters = self._letters.fit_transform(list(self._column) or [AGENT]).tocsr()
        self.n_columns = len(self._column) + self._known_letters.shape[1]

    def weight(self, part: str) -> float:
        """How telling a part is: its rarity, times 1 for a modifier, less for a head, least for "medewerker"."""
        rarity = self._rarity.get(part, self._unseen_rarity)
        if part in self._vague:
            return rarity * _VAGUE_WEIGHT
        return rarity * _HEAD_WEIGHT if part in self._heads else rarity

    def is_telling(self, part: str) -> bool:
        """Tell whether the part says something of which work it is ("medewerker" does not)."""
        return part not in self._vague

    def is_head(self, part: str) -> bool:
        """Tell whether the part is a head that names a kind of work ("chauffeur", not "medewerker")."""
        return part in self._heads and part not in self._vague

    def column(self, part: str) -> int:
        """The column of a part in the first block, -1 where it stands in none of the texts."""
        return self._column.get(part, -1)

    def shares(self, split: Sequence[Sequence[str]]) -> Any:
        """Give the share of each text's weight that each known part carries: CSR (n_texts, n_columns) float32.

        A row adds up to 1 where all its parts are known, to less where some are not.
        """
        indptr, columns, shares = [0], list[int](), list[float]()
        for parts in split:
            weights = {part: self.weight(part) for part in sorted(set(parts))}
            known = [part for part in weights if part in self._column]
            columns.extend(self._column[part] for part in known)
            shares.extend(weights[part] / sum(weights.values()) for part in known)
            indptr.append(len(columns))
        shape = (len(split), self.n_columns)
        return sparse.csr_matrix((np.array(shares, np.float32), np.array(columns, np.int32), indptr), shape=shape)

    def embed(self, split: Sequence[Sequence[str]], unseen: dict[str, int] | None = None) -> Any:
        """Give the vectors of texts that `Compounds.parts` split: CSR (n_texts, n_columns + unseen parts) float32.

        `unseen`: parts outside the taxonomy with their place after `n_columns`; new ones are added to it.
        """
        unseen = {} if unseen is None else unseen
        local: dict[str, int] = {}
        indptr, indices = [0], list[int]()
        for parts in split:
            indices.extend(local.setdefault(part, len(local)) for part in sorted(set(parts)))
            indptr.append(len(indices))
        new = [part for part in local if part not in self._column]
        for part in new:
            unseen.setdefault(part, len(unseen))
        weights = np.array([self.weight(part) for part in local], dtype=np.float32)
        columns = np.array(
            [self._column[part] if part in self._column else self.n_columns + unseen[part] for part in local],
            dtype=np.int32,
        )
        places = np.array(indices, dtype=np.int32)
        weighted = sparse.csr_matrix((weights[places], places, indptr), shape=(len(split), len(local)))
        whole = unit_rows(weighted) * math.sqrt(PART_SHARE)
        inside = unit_rows(weighted @ self._letters_of(list(local), new)) * math.sqrt(1.0 - PART_SHARE)
        shape = (len(split), self.n_columns + len(unseen))
        placed = (whole.data, columns[whole.indices], whole.indptr)
        letters = (inside.data, inside.indices + len(self._column), inside.indptr)
        return (sparse.csr_matrix(placed, shape=shape) + sparse.csr_matrix(letters, shape=shape)).tocsr()

    def embed_one(
        self, parts: Sequence[str], unseen: Mapping[str, int]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The vector of one text, as `embed` gives it: the columns in which it has a value, rising, and the values.

        Without sparse matrices, which for one row are more work to make than to multiply.
        """
        mine = sorted(set(parts))
        weights = np.array([self.weight(part) for part in mine])
        beyond = {part: self.n_columns + unseen.get(part, len(unseen) + number) for number, part in enumerate(mine)}
        whole = [self._column.get(part, beyond[part]) for part in mine]
        rows = [self._letters_in(part) for part in mine]
        letters = np.concatenate([np.zeros(0, np.int32), *(columns for columns, _ in rows)])
        inside = np.concatenate([weights[:0], *(one[1] * weight for one, weight in zip(rows, weights, strict=True))])
        letters, place = np.unique(letters, return_inverse=True)
        inside = np.bincount(place, inside, len(letters))
        columns = np.concatenate([whole, letters + len(self._column)]).astype(np.int32)
        values = np.concatenate([_unit(weights) * math.sqrt(PART_SHARE), _unit(inside) * math.sqrt(1.0 - PART_SHARE)])
        order = columns.argsort()
        return columns[order], values[order].astype(np.float32)

    def _letters_in(self, part: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The letters of one part: looked up where it is known, made where it is new."""
        column = self._column.get(part)
        rows = self._letters.transform([part]) if column is None else self._known_letters
        here = slice(*rows.indptr[[0, 1] if column is None else [column, column + 1]])
        return rows.indices[here], rows.data[here]

    def _letters_of(self, parts: list[str], new: list[str]) -> Any:
        """Letters of each part (n_parts, n_grams): looked up where the part is known, made where it is new."""
        known = [part for part in parts if part in self._column]
        letters = self._known_letters[[self._column[part] for part in known]]
        if not new:
            return letters
        place = {part: i for i, part in enumerate([*known, *new])}
        return sparse.vstack([letters, self._letters.transform(new)], format="csr")[[place[part] for part in parts]]

    def place(self, texts: Sequence[str]) -> "PlacedTexts":
        """Place texts once, to compare them with many queries."""
        return PlacedTexts(self, texts)

    def similarity(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Compare a text with others: float32 (n_texts,) in 0..1, symmetric; 1.0 where they normalise alike."""
        return self.place(texts).similarity(query)


def _unit(values: NDArray[Any]) -> NDArray[np.float64]:
    """A vector divided by its length; one of zeros stays."""
    length = math.sqrt(float(values @ values))
    return np.asarray(values / length if length > 0 else values)


def unit_rows(matrix: Any) -> Any:
    """Give a sparse matrix with each row divided by its length; a row of zeros stays."""
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = (1.0 / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    starts, ends = matrix.indptr[:-1], matrix.indptr[1:]
    # From the last value of a row to the first, as a product with a diagonal matrix has them, which takes longer:
    # sums of float32 depend on the order.
    turned = np.repeat(starts + ends - 1, ends - starts) - np.arange(len(matrix.data), dtype=starts.dtype)
    data = matrix.data[turned] * np.repeat(scale, ends - starts)
    return sparse.csr_matrix((data, matrix.indices[turned], matrix.indptr), shape=matrix.shape)


_SAME = 1 - 1e-6  # inner products above this are of texts of the same parts
KEPT_VECTORS = 20_000  # texts that were compared with placed ones, whose vectors are kept: some hundred numbers each


class PlacedTexts:
    """Texts placed in a `TextSpace`."""

    def __init__(self, space: TextSpace, texts: Sequence[str]) -> None:
        self._space = space
        self._unseen: dict[str, int] = {}
        vectors = space.embed([space.compounds.parts(text) for text in texts], self._unseen)
        self._by_column = vectors.T.tocsr()
        self._normal = np.array([normalise(text) for text in texts], dtype=object)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What was computed, to be kept and given back to `of_arrays` with the same texts."""
        unseen, normal, placed = Texts.of(self._unseen), Texts.of(self._normal), self._by_column
        parts: dict[str, NDArray[Any]] = {"unseen": unseen.blob, "unseen_starts": unseen.starts}
        parts |= {"normal": normal.blob, "normal_starts": normal.starts}
        return parts | {"data": placed.data, "indices": placed.indices, "indptr": placed.indptr}

    @classmethod
    def of_arrays(cls, space: TextSpace, texts: Sequence[str], kept: Mapping[str, NDArray[Any]]) -> "PlacedTexts":
        """The same texts in the same space, from what `arrays` gave: nothing is computed again."""
        made = cls.__new__(cls)
        made._space = space
        made._unseen = {part: i for i, part in enumerate(Texts(kept["unseen"], kept["unseen_starts"]))}
        shape = (len(kept["indptr"]) - 1, len(texts))
        made._by_column = sparse.csr_matrix((kept["data"], kept["indices"], kept["indptr"]), shape=shape, copy=False)
        made._normal = np.array([*Texts(kept["normal"], kept["normal_starts"])], dtype=object)
        return made

    def similarity(self, query: str) -> NDArray[np.float32]:
        """Compare a text with all of them: float32 (n_texts,) in 0..1, symmetric; 1.0 where they normalise alike."""
        columns, weights = self._vector(query)
        placed = self._by_column
        values: NDArray[np.float32] = _inner_products(
            columns, weights, placed.indptr, placed.indices, placed.data, placed.shape[1]
        )
        values[values > _SAME] = 1.0  # the same parts: not left to the last digit
        values[self._alike.get(normalise(query), [])] = 1.0
        return values

    @cached_property
    def _vector(self) -> Callable[[str], tuple[NDArray[np.int32], NDArray[np.float32]]]:
        return lru_cache(KEPT_VECTORS)(self._vector_uncached)

    def _vector_uncached(self, query: str) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The columns in which a text has a value, and these values."""
        return self._space.embed_one(self._space.compounds.parts(query), self._unseen)

    @cached_property
    def _alike(self) -> dict[str, list[int]]:
        """The places of the texts that normalise to the same."""
        places: dict[str, list[int]] = {}
        for place, normal in enumerate(self._normal):
            places.setdefault(normal, []).append(place)
        return places


@njit(cache=True, nogil=True)
def _inner_products(
    columns: NDArray[np.int32],
    weights: NDArray[np.float32],
    starts: NDArray[np.int32],
    texts: NDArray[np.int32],
    values: NDArray[np.float32],
    n_texts: int,
) -> NDArray[np.float32]:
    """The inner product of one sparse vector with each of the texts, within 0..1; float32 (n_texts,).

    `starts` (n_columns + 1,): where the `texts` with a value in each column begin; further columns are nobody's.
    """
    products = np.zeros(n_texts, np.float32)
    for i in range(len(columns)):
        if columns[i] < len(starts) - 1:
            for at in range(starts[columns[i]], starts[columns[i] + 1]):
                products[texts[at]] += weights[i] * values[at]
    return np.minimum(np.maximum(products, np.float32(0)), np.float32(1))
