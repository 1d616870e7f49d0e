"""From what people write to the taxonomy: titles to occupations, skill and task texts to skills, titles to each other.

Imports, search and the pool call it, once per distinct text; nothing here is computed per pair of people.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy import sparse

from scoring.skills import OccupationNearness
from scoring.taxonomy import LabelKind, Taxonomy
from scoring.text import VAGUE_IN_TASKS, Compounds, PlacedTexts, TextSpace, normalise, spans, words
from scoring.words import HEADS, STOP_WORDS

SURE, ORDER_FREE, TELLING_PARTS = 1.0, 0.95, 0.9
"""Confidence where a label is met exactly, with its parts in another order, or with all parts that tell something."""
SHARED_LABEL = 0.8
"""What is left of a confidence where several occupations carry the same label."""
OTHER_WORDS = 0.85
"""The same for an official synonym without a word in common with the preferred label: it may be meant wider than the
occupation ("soldaat" stands with an officer of the artillery)."""
HEAD_ALONE = 0.7
"""The same for a title that is a head only: who writes "chauffeur" need not mean the chauffeur that we know."""
ONE_OF_SEVERAL = 0.85
"""What is left of a confidence where the title names several occupations ("orderpicker / heftruckchauffeur")."""
WITH_MORE_WORDS = 0.85
"""The same where the title says more than the work ("magazijnmedewerker webshop Tilburg")."""
MISSPELT = 0.92
"""What is left of a confidence after a typing error was mended."""
ROUGHLY = 0.9
"""The most that likeness alone, without a label met in full, can give."""
LEAST_CONFIDENCE = 0.5
"""Below this no answer is given: a wrong occupation does more harm than none."""

_OWN_WORDS_SHARE = 0.25
_OTHER_HEAD = 0.7
"""What is left where no label of the occupation has the head of the title: a schoolarts does not clean schools."""
_TEXT_BONUS = 0.3
KEPT_TITLES = 50_000
"""Titles of which is kept what they resolve to."""
_TASK_ALIKE = 0.6
"""From this likeness on, a text is taken to speak of the same task."""
_SHORTEST_MENDED = 7
"""Shorter words are too near to each other ("lappen", "lampen") to guess which was meant."""
_USUAL_VERB = 10
"""A last word of so many labels of skills ("rijden", "sorteren") says less than the word before it."""
_SIDE_BY_SIDE = re.compile(r"[/,;|+]")
_BATCH = 512
_MOST_SKILLS = 8
_MOST_FOR_SAME_WORDS = 4


@dataclass(frozen=True)
class Resolved:
    """An occupation that a title means, with how sure that is (0..1)."""

    occupation: int
    confidence: float


@dataclass(frozen=True)
class ResolvedSkill:
    """A skill that a text speaks of, how sure that is (0..1), and where: `text[start:end]` led to it."""

    skill: int
    confidence: float
    start: int
    end: int


class Speller:
    """Mends typing errors in words that are not known, by the nearest known word that starts with the same letter.

    One error is mended in a word of seven letters, two in a longer one, none in a shorter.
    """

    def __init__(self, compounds: Compounds) -> None:
        self._compounds = compounds
        self._by_letter: dict[tuple[str, int], list[str]] = {}
        for word in sorted(compounds.word_counts, key=lambda word: (-compounds.word_counts[word], word)):
            if len(word) >= 6 and word.isalpha():
                self._by_letter.setdefault((word[0], len(word)), []).append(word)

    def mend(self, word: str) -> str:
        """Give the known word that was most likely meant; the word itself when it is known or nothing is near."""
        if len(word) < _SHORTEST_MENDED or not word.isalpha() or self._compounds.knows(word):
            return word
        nearest = self._nearest(word)
        if nearest:
            return nearest
        for head in sorted(HEADS, key=lambda head: (-len(head), head)):
            front = word[: -len(head)]
            if word.endswith(head) and len(front) >= _SHORTEST_MENDED:
                return (self._nearest(front) or front) + head
        return word

    def _nearest(self, word: str) -> str | None:
        errors = 1 if len(word) < 8 else 2
        lengths = range(len(word) - errors, len(word) + errors + 1)
        near = [known for length in lengths for known in self._by_letter.get((word[0], length), ())]
        found = process.extractOne(word, near, scorer=OSA.distance, score_cutoff=errors)
        return found[0] if found else None


class TitleMatcher:
    """Resolves titles to occupations, and says how near titles are to each other."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self.taxonomy = taxonomy
        self.compounds = Compounds([*taxonomy.label_texts, *taxonomy.skill_label_texts, *taxonomy.task_texts])
        self.space = TextSpace(self.compounds, taxonomy.label_texts, taxonomy.label_occupation)
        self.occupations = OccupationNearness(taxonomy)
        self._resolve = lru_cache(KEPT_TITLES)(lambda text, k: self.resolve_many([text], k)[0])
        # Where the own set knows a title, an official set that is imported beside it makes it no less sure.
        self._own = [not code.startswith("http") for code in taxonomy.occupation_codes]
        self._speller = Speller(self.compounds)
        self._labelled, self._starts = np.unique(taxonomy.label_occupation, return_index=True)
        split = [self.compounds.parts(text) for text in taxonomy.label_texts]
        self._by_column = self.space.embed(split).T.tocsr()
        self._own_words = self._words_of_occupations(split)
        self._exact: dict[str, dict[int, int]] = {}
        self._order_free: dict[frozenset[str], dict[int, int]] = {}
        self._telling: dict[frozenset[str], dict[int, int]] = {}
        labels = zip(taxonomy.label_texts, split, taxonomy.label_occupation, taxonomy.label_kind, strict=True)
        for text, parts, occupation, kind in labels:
            for kinds in (
                self._exact.setdefault(normalise(text), {}),
                self._order_free.setdefault(frozenset(parts), {}),
                self._telling.setdefault(self._telling_parts(parts), {}),
            ):
                kinds[int(occupation)] = min(int(kind), kinds.get(int(occupation), int(kind)))
        self._telling.pop(frozenset(), None)
        self._other_words = self._in_other_words(split)

    def _in_other_words(self, split: list[tuple[str, ...]]) -> set[tuple[frozenset[str], int]]:
        """Official synonyms, by their telling parts and occupation, that share no part with the preferred label."""
        telling = [self._telling_parts(parts) for parts in split]
        labels = list(zip(telling, self.taxonomy.label_occupation.tolist(), self.taxonomy.label_kind, strict=True))
        preferred = {occupation: parts for parts, occupation, kind in labels if kind == LabelKind.PREFERRED}
        return {
            (parts, occupation)
            for parts, occupation, _ in labels
            if not self._own[occupation] and not parts & preferred.get(occupation, parts)
        }

    def _words_of_occupations(self, split: list[tuple[str, ...]]) -> Any:
        """Which parts stand in any label of an occupation: (n_columns of the space, n_labelled)."""
        position = {int(occupation): i for i, occupation in enumerate(self._labelled)}
        ones = {
            (self.space.column(part), position[int(occupation)])
            for parts, occupation in zip(split, self.taxonomy.label_occupation, strict=True)
            for part in parts
        }
        places = np.array(sorted(ones), dtype=np.int32).reshape(-1, 2)
        shape = (self.space.n_columns, len(self._labelled))
        return sparse.csr_matrix((np.ones(len(places), np.float32), (places[:, 0], places[:, 1])), shape=shape)

    def resolve(self, text: str, k: int = 3) -> tuple[Resolved, ...]:
        """Give up to k occupations that a title may mean, surest first; none when no answer is sure enough."""
        return self._resolve(text, k)

    def resolve_many(self, texts: Sequence[str], k: int = 3) -> list[tuple[Resolved, ...]]:
        """Resolve many titles at once, in the order given: by label, by parts, mended, in pieces, by likeness."""
        answers: list[tuple[Resolved, ...]] = [()] * len(texts)
        rest: list[tuple[int, tuple[str, ...]]] = []
        for i, text in enumerate(texts):
            found = self._by_label(text, 1.0)
            if not found:
                typed = words(text)
                mended = [self._speller.mend(word) for word in typed]
                if mended != typed:
                    text = " ".join(mended)
                    found = self._by_label(text, MISSPELT)
                found = found or self._by_pieces(texts[i]) or self._by_beginning(mended)
            answers[i] = tuple(found[:k])
            if not found:
                parts = self.compounds.parts(text)
                if any(self.space.is_telling(part) for part in parts):
                    rest.append((i, parts))
        for start in range(0, len(rest), _BATCH):
            batch = rest[start : start + _BATCH]
            for (i, _), found in zip(batch, self._by_likeness([parts for _, parts in batch], k), strict=True):
                answers[i] = tuple(found)
        return answers

    def _by_label(self, text: str, factor: float) -> list[Resolved]:
        """Occupations with exactly this label, or with its parts; preferred goes before synonym before hidden."""
        parts = self.compounds.parts(text)
        if len(parts) == 1 and not self.space.is_telling(parts[0]):
            return []  # "medewerker" alone is nobody's title, whatever a label says
        for kinds, sure in (
            (self._exact.get(normalise(text)), SURE),
            (self._order_free.get(frozenset(parts)), ORDER_FREE),
            (self._telling.get(self._telling_parts(parts)), TELLING_PARTS),
        ):
            if kinds:
                kinds = {one: kind for one, kind in kinds.items() if self._own[one]} or kinds
                if sure == TELLING_PARTS and all(self.space.is_head(part) for part in self._telling_parts(parts)):
                    sure = HEAD_ALONE
                best = min(kinds.values())
                several = len(kinds) > 1
                lone = several and list(kinds.values()).count(best) == 1
                found = []
                for occupation, kind in kinds.items():
                    certain = not several or (lone and kind == best)
                    wider = (self._telling_parts(parts), occupation) in self._other_words
                    right = (1.0 if certain else SHARED_LABEL) * (OTHER_WORDS if wider else 1.0)
                    found.append(Resolved(occupation, sure * factor * right))
                return sorted(found, key=lambda one: (-one.confidence, kinds[one.occupation], one.occupation))
        return []

    def _by_pieces(self, text: str) -> list[Resolved]:
        """Occupations of the titles that stand side by side in one, each by its label."""
        best: dict[int, Resolved] = {}
        pieces = _SIDE_BY_SIDE.split(text)
        for piece in pieces if len(pieces) > 1 else ():
            for one in self._by_label(piece, ONE_OF_SEVERAL):
                if one.confidence > best.get(one.occupation, Resolved(-1, 0.0)).confidence:
                    best[one.occupation] = one
        return sorted(best.values(), key=lambda one: (-one.confidence, one.occupation))

    def _by_beginning(self, typed: Sequence[str]) -> list[Resolved]:
        """Occupations of the longest run of words that is a label, where the rest names no other work.

        Titles of vacancies say more than the work: "Magazijnmedewerker webshop", "Receptionist locatie Zwolle". The run
        begins the title or holds a head ("medewerker"), and no head is left: a "manager schoonmaak" cleans nothing.
        """
        for length in range(len(typed) - 1, 0, -1):
            for start in range(len(typed) - length + 1):
                run = typed[start : start + length]
                held = self.compounds.parts(" ".join(run))
                rest = self.compounds.parts(" ".join([*typed[:start], *typed[start + length :]]))
                if any(self.space.is_head(part) for part in rest):
                    continue
                if start and not any(self.space.is_head(part) for part in held):
                    continue
                found = self._by_label(" ".join(run), WITH_MORE_WORDS)
                if found and found[0].confidence > HEAD_ALONE * WITH_MORE_WORDS:
                    return found
        return []

    def _telling_parts(self, parts: Sequence[str]) -> frozenset[str]:
        return frozenset(part for part in parts if self.space.is_telling(part))

    def _by_likeness(self, split: Sequence[tuple[str, ...]], k: int) -> list[list[Resolved]]:
        """Occupations by the likest of their labels, and by how many of the words any of their labels has."""
        if not len(self._labelled):
            return [[] for _ in split]
        vectors = self.space.embed(split)[:, : self.space.n_columns]
        likeness = np.maximum.reduceat((vectors @ self._by_column).toarray(), self._starts, axis=1)
        own = (self.space.shares(split) @ self._own_words).toarray()
        sure = ROUGHLY * ((1.0 - _OWN_WORDS_SHARE) * likeness + _OWN_WORDS_SHARE * own)
        heads = [[part for part in parts if self.space.is_head(part)] for parts in split]
        has_head = np.array([bool(found) for found in heads])[:, None]
        sure[has_head & ((self.space.shares(heads) @ self._own_words).toarray() == 0)] *= _OTHER_HEAD
        found = []
        for row in sure:
            best = np.flatnonzero(row >= max(LEAST_CONFIDENCE, 0.8 * float(row.max())))
            best = best[np.lexsort((best, -row[best]))][:k]
            found.append([Resolved(int(self._labelled[i]), min(float(row[i]), ROUGHLY)) for i in best])
        return found

    def similarity(self, query: str, titles: Sequence[str]) -> NDArray[np.float32]:
        """Likeness of texts alone: float32 (n_titles,) in 0..1, symmetric, 1.0 where they normalise alike."""
        return self.space.similarity(query, titles)

    def nearness(self, query: str, titles: Sequence[str]) -> NDArray[np.float32]:
        """Nearness of the work that titles name: float32 (n_titles,) in 0..1; see `TitleTable.nearness`."""
        return TitleTable(self, titles).nearness(query)


class TitleTable:
    """Distinct titles, resolved and placed once, to compare with many queries."""

    def __init__(self, matcher: TitleMatcher, titles: Sequence[str]) -> None:
        self.titles = tuple(titles)
        self._matcher = matcher
        self._placed = matcher.space.place(self.titles)
        resolved = matcher.resolve_many(self.titles)
        width = max((len(found) for found in resolved), default=0)
        self._occupation = np.zeros((len(resolved), width), dtype=np.int32)
        self._confidence = np.zeros((len(resolved), width), dtype=np.float32)
        for i, found in enumerate(resolved):
            for j, one in enumerate(found):
                self._occupation[i, j], self._confidence[i, j] = one.occupation, one.confidence

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What was computed, to be kept and given back to `of_arrays` with the same titles."""
        return {"occupation": self._occupation, "confidence": self._confidence, **self._placed.arrays()}

    @classmethod
    def of_arrays(cls, matcher: TitleMatcher, titles: Sequence[str], kept: Mapping[str, NDArray[Any]]) -> "TitleTable":
        """The same titles on the same taxonomy, from what `arrays` gave: nothing is computed again."""
        made = cls.__new__(cls)
        made.titles = tuple(titles)
        made._matcher = matcher
        made._placed = PlacedTexts.of_arrays(matcher.space, made.titles, kept)
        made._occupation, made._confidence = kept["occupation"], kept["confidence"]
        return made

    @property
    def surest(self) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The surest occupation of each title and how sure that is, both (n_titles,); 0.0 where none was found."""
        if not self._confidence.shape[1]:
            return np.zeros(len(self.titles), np.int32), np.zeros(len(self.titles), np.float32)
        return self._occupation[:, 0], self._confidence[:, 0]

    def nearness(self, query: str) -> NDArray[np.float32]:
        """Nearness of the query to each title: float32 (n_titles,) in 0..1, symmetric.

        Where both resolve to occupations for sure, the nearness of these counts, plus part of what it lacks by likeness
        of text; as far as they do not (one minus the product of both confidences), likeness of text counts instead.
        The same occupation, and the same text, give 1.0.
        """
        text = self._placed.similarity(query)
        found = self._matcher.resolve(query)
        if not found or not self._confidence.shape[1]:
            return text
        top = found[0].confidence
        rows = [self._matcher.occupations.row(one.occupation) * (one.confidence / top) for one in found]
        surest, relative = self._sureness
        near: NDArray[np.float32] = _mixed(
            text, np.max(rows, axis=0), self._occupation, relative, np.float32(top) * surest, np.float32(_TEXT_BONUS)
        )
        return near

    @cached_property
    def _sureness(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """How sure the surest occupation of each title is (n_titles,), and each of its occupations relative to that."""
        surest = self._confidence.max(axis=1)
        relative = self._confidence / np.where(surest > 0, surest, 1.0)[:, None]
        return surest, relative.astype(np.float32, copy=False)


@njit(cache=True, nogil=True)
def _mixed(
    text: NDArray[np.float32],
    nearness: NDArray[np.float32],
    occupation: NDArray[np.int32],
    relative: NDArray[np.float32],
    trust: NDArray[np.float32],
    text_bonus: np.float32,
) -> NDArray[np.float32]:
    """Nearness of the work of each title, with likeness of text (n_titles,) as far as the titles are not understood.

    `nearness`: of the work that is compared to each occupation; `occupation` and `relative` (n_titles, k): the
    occupations of each title, and how sure these are; `trust` (n_titles,): how sure both are of theirs.
    """
    zero, one = np.float32(0), np.float32(1)
    mixed = np.empty(len(text), np.float32)
    for i in range(len(text)):
        near = zero
        for j in range(occupation.shape[1]):
            near = max(near, nearness[occupation[i, j]] * relative[i, j])
        near += (one - near) * text_bonus * text[i]
        value = trust[i] * near + (one - trust[i]) * text[i]
        mixed[i] = one if text[i] == one else min(max(value, zero), one)
    return mixed


class SkillMatcher:
    """Finds the skills that a text speaks of: one that a person typed, or the text of a task."""

    def __init__(self, taxonomy: Taxonomy, compounds: Compounds) -> None:
        """`compounds`: the splitter of the `TitleMatcher` on the same taxonomy, so that both know the same parts."""
        self._compounds = compounds
        self._speller = Speller(compounds)
        kept = [i for i, skill in enumerate(taxonomy.skill_label_skill) if not taxonomy.skill_is_group[skill]]
        texts = [taxonomy.skill_label_texts[i] for i in kept]
        self._skill = taxonomy.skill_label_skill[kept].astype(np.int32)
        groups = np.concatenate([self._skill, len(taxonomy.skill_codes) + taxonomy.task_occupation])
        split = [compounds.parts(text) for text in texts]
        last = Counter(parts[-1] for parts in split if len(parts) > 1)
        verbs = frozenset(part for part, n_labels in last.items() if n_labels >= _USUAL_VERB)
        self._space = TextSpace(compounds, [*texts, *taxonomy.task_texts], groups, heads=verbs, vague=VAGUE_IN_TASKS)
        self._shares = self._space.shares(split)
        self._words_of: dict[int, set[str]] = {}
        for parts, skill in zip(split, self._skill.tolist(), strict=True):
            self._words_of.setdefault(skill, set()).update(parts)
        self._by_column = self._shares.T.tocsr()
        self._exact: dict[str, list[int]] = {}
        for text, skill in zip(texts, self._skill.tolist(), strict=True):
            same = self._exact.setdefault(normalise(text), [])
            if skill not in same:
                same.append(skill)
        self._task_parts = [frozenset(compounds.parts(text)) for text in taxonomy.task_texts]
        self._tasks_by_column = self._space.embed([sorted(parts) for parts in self._task_parts]).T.tocsr()
        self._task_skills = taxonomy.task_skills

    def resolve_skills(self, text: str) -> tuple[ResolvedSkill, ...]:
        """Give the skills that the text speaks of, surest first, at most 8; none when nothing is sure enough.

        A skill counts by the share of a label's parts that the text has (rare parts weigh more), less when they stand
        far apart, and a little by how much of the text the label explains. A text that is much like the text of a known
        task also has the skills of that task. Words that one skill explains lead to another only when that is about
        as sure. A text that is a label of a skill is that skill and no other.
        """
        exact = self._exact.get(normalise(text))
        if exact:
            return tuple(ResolvedSkill(skill, 1.0, 0, len(text)) for skill in exact)
        typed = [(word, start, end) for word, start, end in spans(text) if word not in STOP_WORDS]
        split = [self._compounds.split(self._speller.mend(word)) for word, _, _ in typed]
        where: dict[str, list[int]] = {}
        for i, parts in enumerate(split):
            for part in parts:
                where.setdefault(part, []).append(i)
        if not any(self._space.is_telling(part) for part in where):
            return ()
        columns = {self._space.column(part): part for part in where if self._space.column(part) >= 0}
        found = self._by_labels(where, columns)
        for skill, (sure, places) in self._by_tasks(where).items():
            known, own_places = found.get(skill, (0.0, places))
            found[skill] = (max(sure, known), own_places)
        return self._chosen(found, typed)

    def _by_labels(
        self, where: dict[str, list[int]], columns: dict[int, str]
    ) -> dict[int, tuple[float, frozenset[int]]]:
        """Skills by their labels: {skill: (how sure, places of the words)}."""
        total = sum(self._space.weight(part) for part in where)
        recall = np.asarray(self._by_column[sorted(columns)].sum(axis=0)).ravel()
        found: dict[int, tuple[float, frozenset[int]]] = {}
        for label in np.flatnonzero(recall >= LEAST_CONFIDENCE).tolist():
            has = self._shares.indices[self._shares.indptr[label] : self._shares.indptr[label + 1]]
            met = [columns[column] for column in has.tolist() if column in columns]
            if not any(self._space.is_telling(part) for part in met):
                continue
            places = _closest([where[part] for part in met])
            apart = max(places) - min(places) + 1 - len(places)
            explained = sum(self._space.weight(part) for part in met) / total
            sure = float(recall[label]) * (0.7 + 0.3 * explained) / (1.0 + 0.05 * apart)
            skill = int(self._skill[label])
            if sure >= LEAST_CONFIDENCE and sure > found.get(skill, (0.0, places))[0]:
                found[skill] = (sure, places)
        return found

    def _by_tasks(self, where: dict[str, list[int]]) -> dict[int, tuple[float, frozenset[int]]]:
        """Skills of the tasks whose text is much like this one: {skill: (how sure, places of the words)}.

        The words are those shared with a label of the skill, or else all that are shared with the task.
        """
        found: dict[int, tuple[float, frozenset[int]]] = {}
        if len(where) < 2 or not self._task_parts:
            return found
        vector = self._space.embed([sorted(where)])[:, : self._space.n_columns]
        alike = np.minimum((vector @ self._tasks_by_column).toarray().ravel(), 1.0)
        for task in np.flatnonzero(alike >= _TASK_ALIKE).tolist():
            shared = self._task_parts[task] & where.keys()
            for skill in self._task_skills.row(task)[0].tolist():
                led = (shared & self._words_of.get(skill, set())) or shared
                places = frozenset(place for part in led for place in where[part])
                if places and alike[task] > found.get(skill, (0.0, places))[0]:
                    found[skill] = (float(alike[task]), places)
        return found

    def _chosen(
        self, found: dict[int, tuple[float, frozenset[int]]], typed: list[tuple[str, int, int]]
    ) -> tuple[ResolvedSkill, ...]:
        chosen: list[ResolvedSkill] = []
        explained: dict[int, tuple[float, int]] = {}
        for skill, (sure, places) in sorted(found.items(), key=lambda item: (-item[1][0], item[0])):
            new = any(place not in explained for place in places)
            rivals = [explained[place] for place in places if place in explained]
            as_sure = all(sure >= best - 0.05 and n < _MOST_FOR_SAME_WORDS for best, n in rivals)
            if not (new or as_sure) or len(chosen) == _MOST_SKILLS:
                continue
            for place in places:
                best, n = explained.get(place, (sure, 0))
                explained[place] = (best, n + 1)
            start, end = typed[min(places)][1], typed[max(places)][2]
            chosen.append(ResolvedSkill(skill, min(sure, 1.0), start, end))
        return tuple(chosen)


def _closest(options: list[list[int]]) -> frozenset[int]:
    """One place per part, as near as may be to the place of the part that occurs least."""
    anchor = min(options, key=lambda places: (len(places), places))[0]
    nearest: Callable[[int], tuple[int, int]] = lambda place: (abs(place - anchor), place)  # noqa: E731
    return frozenset(min(places, key=nearest) for places in options)
