"""Ranks a corpus of titles for query titles, by words and by the work that they name; evaluation and search call it.

`TitleTable.nearness` says how near two titles are on a scale with a meaning, for the pair model. Here only the order
counts, all titles of a corpus are at hand, and more evidence is weighed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from scoring.semantic import Encoder
from scoring.skills import OccupationNearness
from scoring.taxonomy import Taxonomy
from scoring.text import Compounds, TextSpace, fold, unit_rows
from scoring.title_learning import WorkLearner

LIKELY_OCCUPATIONS = 30
"""Occupations that a title is spread over: one that the taxonomy does not have lies between several."""
SHARPNESS = 3
"""Power of likeness in that spread: half as like weighs an eighth."""
KNOWN_FROM, KNOWN_IN_FULL = 0.2, 0.4
"""Likeness to the likest occupation from which a title is known a little, and from which in full: below, it has some
letters in common with labels and no more, so that the work of these says nothing of it."""
NAMED_OCCUPATIONS = 3
"""Occupations that a title which is no label may name, each by its likeness."""

MOSTLY_LABELS = 0.5
"""Share of a corpus that is labels from which on a sentence embedding is not asked: it costs much and adds nothing."""


@dataclass(frozen=True)
class Weights:
    """What each kind of evidence weighs; likenesses are in 0..1 (of texts) and -1..1 (cosines of work)."""

    label: float  # the likest label of the occupation that the title of the corpus names
    skills: float  # skills of the occupations that both titles are spread over
    learned: float  # work as it is learned from the words of labels
    text: float  # the texts themselves
    meaning: float  # sentence embedding, where one is installed


SAME = Weights(label=1.0, skills=0.2, learned=0.2, text=0.02, meaning=0.0)
"""For a corpus of labels of the taxonomy: which occupation is meant. A sentence embedding tells labels of one
occupation from each other, which is not asked."""
RELATED = Weights(label=0.3, skills=1.0, learned=0.5, text=0.4, meaning=0.6)
"""For other titles: which of them name work near to it."""

_BATCH = 256


class TitleSearch:
    """A corpus of titles, placed once, to be ranked for many queries.

    What is known of words is learned from the taxonomy; how rare a word is, from taxonomy and corpus together.
    """

    def __init__(self, taxonomy: Taxonomy, corpus: Sequence[str], encoder: Encoder | None = None) -> None:
        labels = taxonomy.label_texts
        texts = [*labels, *corpus]
        n_occupations = len(taxonomy.occupation_codes)
        groups = np.concatenate([taxonomy.label_occupation, n_occupations + np.arange(len(corpus))]).astype(np.int32)
        self._compounds = Compounds([*texts, *taxonomy.skill_label_texts, *taxonomy.task_texts])
        # Both sides know rarity from the corpus, in which heads ("ingenieur") are usual: no further discount for them.
        self._space = TextSpace(self._compounds, texts, groups, heads=frozenset())
        self._letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), dtype=np.float32)
        letters = self._letters.fit_transform(texts or ["-"]).tocsr()
        split = [self._compounds.parts(text) for text in labels]
        self._n_occupations = n_occupations
        self._labelled, self._starts = np.unique(taxonomy.label_occupation, return_index=True)
        label_parts = self._space.embed(split)[:, : self._space.n_columns]
        self._labels = label_parts.T.tocsr(), letters[: len(labels)].T.tocsr()
        self._skills = OccupationNearness(taxonomy).skills
        self._learner = WorkLearner(split, taxonomy.label_occupation, self._skills)

        placed = _Placed(self._parts(corpus), letters[len(labels) : len(texts)])
        likeness = self._likeness(placed)
        self._text = placed.side_by_side()
        self._known = _known(likeness)
        self._work = unit_rows(_spread(likeness) @ self._skills)
        self._learned = self._learn(corpus)
        self._named, self._named_by, self._share_of_labels = _named(taxonomy, corpus, likeness)
        self._encoder = encoder if self._share_of_labels < MOSTLY_LABELS else None
        self._meant = self._encoder.encode(corpus) if self._encoder else None

    def scores(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Give the score of each title of the corpus for each query: float32 (n_queries, n_titles), higher is nearer.

        Scores order the titles within one query; they are no probabilities. In a corpus of labels the question is which
        occupation is meant (`SAME`), in one of other titles which work is near (`RELATED`): each counts by the share of
        the corpus that is a label.
        """
        scores = np.zeros((len(queries), len(self._named)), np.float32)
        for start in range(0, len(queries), _BATCH):
            scores[start : start + _BATCH] = self._scores(queries[start : start + _BATCH])
        return scores

    def _scores(self, queries: Sequence[str]) -> NDArray[np.float32]:
        placed = _Placed(self._parts(queries), self._letters.transform(queries))
        likeness = self._likeness(placed)
        work = unit_rows(_spread(likeness) @ self._skills)
        learned = self._learn(queries)
        text = (placed.side_by_side() @ self._text.T).toarray()
        meaning = np.zeros_like(text)
        if self._encoder is not None and self._meant is not None:
            meaning = np.clip(self._encoder.encode(queries) @ self._meant.T, 0.0, 1.0)

        occupation = (
            SAME.label * likeness
            + SAME.skills * (work @ self._skills.T).toarray()
            + SAME.learned * (learned @ self._learner.work.T)
        )
        same = self._of_named(occupation) + SAME.text * text
        by_work = (
            RELATED.label * self._of_named(likeness)
            + RELATED.skills * (work @ self._work.T).toarray()
            + RELATED.learned * (learned @ self._learned.T)
        )
        # As far as the taxonomy does not know the two, their texts count in full instead.
        known = _known(likeness)[:, None] * self._known
        by_text = (RELATED.text + (1.0 - RELATED.text) * (1.0 - known)) * text
        related = known * by_work + by_text + RELATED.meaning * meaning
        mixed = self._share_of_labels * same + (1.0 - self._share_of_labels) * related
        return np.asarray(mixed, np.float32)

    def _parts(self, texts: Sequence[str]) -> Any:
        """Parts and their letters: CSR (n_texts, n_columns), rows of length 1 at most."""
        return self._space.embed([self._compounds.parts(text) for text in texts])[:, : self._space.n_columns]

    def _likeness(self, placed: "_Placed") -> NDArray[np.float32]:
        """Likeness of texts to occupations, by the likest label of each: float32 (n_texts, n_occupations) in 0..1.

        The likest by parts and the likest by letters as typed, half each: they may be two labels.
        """
        found = np.zeros((placed.parts.shape[0], self._n_occupations), np.float32)
        if not len(self._labelled):
            return found
        for start in range(0, len(found), _BATCH):
            for texts, labels in zip((placed.parts, placed.letters), self._labels, strict=True):
                best = np.maximum.reduceat((texts[start : start + _BATCH] @ labels).toarray(), self._starts, axis=1)
                found[start : start + _BATCH, self._labelled] += np.float32(0.5) * best
        return found

    def _learn(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._learner.place([self._compounds.parts(text) for text in texts])

    def _of_named(self, occupation: NDArray[np.float32]) -> NDArray[np.float32]:
        """For each title of the corpus the best of the occupations that it names: (n_queries, n_titles)."""
        best = np.zeros((len(occupation), len(self._named)), np.float32)
        for column in range(self._named.shape[1]):
            np.maximum(best, occupation[:, self._named[:, column]] * self._named_by[:, column], out=best)
        return best


@dataclass(frozen=True)
class _Placed:
    """Texts by their parts and by their letters as typed: two CSR of n_texts rows, of length 1 or less."""

    parts: Any
    letters: Any

    def side_by_side(self) -> Any:
        """Both in one, half each, so that the inner product is a likeness in 0..1."""
        return sparse.hstack([self.parts, self.letters], format="csr") * np.float32(0.5**0.5)


def _known(likeness: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far the taxonomy knows each text: float32 (n_texts,) in 0..1."""
    best = likeness.max(axis=1, initial=0.0)
    return np.clip((best - KNOWN_FROM) / (KNOWN_IN_FULL - KNOWN_FROM), 0.0, 1.0).astype(np.float32)


def _spread(likeness: NDArray[np.float32]) -> Any:
    """The occupations that texts lie between: CSR (n_texts, n_occupations), rows add up to 1, or to 0."""
    k = min(LIKELY_OCCUPATIONS, likeness.shape[1])
    if not k:
        return sparse.csr_matrix(likeness.shape, dtype=np.float32)
    columns = np.argpartition(-likeness, k - 1, axis=1)[:, :k]
    weights = np.take_along_axis(likeness, columns, axis=1) ** SHARPNESS
    total = weights.sum(axis=1, keepdims=True)
    weights = (weights / np.where(total > 0, total, 1.0)).astype(np.float32)
    return sparse.csr_matrix((weights.ravel(), columns.ravel(), np.arange(0, weights.size + 1, k)), likeness.shape)


def _named(
    taxonomy: Taxonomy, corpus: Sequence[str], likeness: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.float32], float]:
    """The occupations that titles name, how surely (both (n_titles, width)), and the share that are labels.

    A label names all occupations that carry it, for sure; any other title those that it is most like, by likeness.
    """
    carries: dict[str, set[int]] = {}
    for text, occupation in zip(taxonomy.label_texts, taxonomy.label_occupation.tolist(), strict=True):
        carries.setdefault(fold(text), set()).add(occupation)
    known = [sorted(carries.get(fold(text), ())) for text in corpus]
    few = min(NAMED_OCCUPATIONS, likeness.shape[1])
    width = max((len(found) for found in known), default=0)
    named = np.zeros((len(corpus), max(width, few)), np.int64)
    sure = np.zeros(named.shape, np.float32)
    for title, found in enumerate(known):
        if found:
            named[title, : len(found)], sure[title, : len(found)] = found, 1.0
        elif few:
            best = np.argpartition(-likeness[title], few - 1)[:few]
            named[title, :few], sure[title, :few] = best, likeness[title, best]
    share = sum(map(bool, known)) / len(known) if known else 0.0
    return named, sure, share
