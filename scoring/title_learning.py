"""Learns which work a word of a title stands for, from labels of occupations and their skills; `title_search` calls it.

A linear map from the words and letters of a label to the skills of its occupation, by ridge regression (Hoerl and
Kennard 1970). It finds the work of a title whose words stand in labels of several occupations, none like the title.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

N_DIMENSIONS = 192
"""Numbers that stand for the skills of an occupation, by random projection: lengths and angles remain as they were,
within some 10 % (Johnson and Lindenstrauss 1984)."""
PENALTY = 0.3
"""Weight of the ridge, for rows of features of length 1."""
ROUNDS = 10
"""Steps of conjugate gradients; more change no order that was measured."""
_WORDS_SHARE, _LETTERS_SHARE = 0.64, 0.36


class WorkLearner:
    """Places titles by the work that their words stand for."""

    def __init__(
        self, label_parts: Sequence[Sequence[str]], label_occupation: NDArray[np.int32], occupation_skills: Any
    ) -> None:
        """`label_parts`: the parts of each label; `label_occupation`: (n_labels,) its occupation.

        `occupation_skills`: sparse (n_occupations, n_features), rows of unit length, or of zeros where unknown.
        """
        n_occupations, n_features = occupation_skills.shape
        random = np.random.default_rng(0)  # any projection does; the same one every time
        projection = random.standard_normal((n_features, N_DIMENSIONS), np.float32) / np.float32(N_DIMENSIONS**0.5)
        work = np.asarray(occupation_skills @ projection, np.float32)
        usual = work.mean(axis=0) if n_occupations else np.zeros(N_DIMENSIONS, np.float32)
        self.work = _unit(work - usual)
        """(n_occupations, N_DIMENSIONS) float32, unit rows: what tells the skills of an occupation from usual ones."""
        self._words = TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32)
        self._letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, dtype=np.float32)
        has_skills = np.diff(occupation_skills.indptr) > 0
        taught = np.flatnonzero(has_skills[label_occupation])
        self._weights: NDArray[np.float32] | None = None
        examples = [list(label_parts[label]) or ["-"] for label in taught.tolist()]
        if examples:
            self._words.fit(examples)
            self._letters.fit([" ".join(parts) for parts in examples])
            of = label_occupation[taught]
            # Ten labels of one occupation teach about three times as much as one, not ten times.
            importance = (1.0 / np.sqrt(np.bincount(of, minlength=n_occupations)[of])).astype(np.float32)
            self._weights = _ridge(self._features(examples), work[of] - usual, importance)

    def _features(self, parts: Sequence[Sequence[str]]) -> Any:
        words = self._words.transform(parts) * np.float32(_WORDS_SHARE**0.5)
        letters = self._letters.transform([" ".join(one) for one in parts]) * np.float32(_LETTERS_SHARE**0.5)
        return sparse.hstack([words, letters], format="csr")

    def place(self, parts: Sequence[Sequence[str]]) -> NDArray[np.float32]:
        """Place titles, given in parts: float32 (n_titles, N_DIMENSIONS), unit rows; zeros where no word is known.

        The inner product of two places, or of a place and a row of `work`, is the likeness of work in -1..1.
        """
        if self._weights is None or not len(parts):
            return np.zeros((len(parts), N_DIMENSIONS), np.float32)
        return _unit(np.asarray(self._features(parts) @ self._weights, np.float32))


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.where(lengths > 0, lengths, 1.0), np.float32)


def _ridge(features: Any, targets: NDArray[np.float32], importance: NDArray[np.float32]) -> NDArray[np.float32]:
    """Weights (n_features, n_targets) of weighted ridge regression, all targets side by side.

    Conjugate gradients on the normal equations (Hestenes and Stiefel 1952).
    """
    across = features.T.tocsr()
    rest = across @ (targets * importance[:, None])
    weights, direction = np.zeros_like(rest), rest.copy()
    size = (rest * rest).sum(axis=0)
    for _ in range(ROUNDS):
        image = across @ ((features @ direction) * importance[:, None]) + np.float32(PENALTY) * direction
        step = size / np.maximum((direction * image).sum(axis=0), 1e-12)
        weights += step * direction
        rest -= step * image
        left = (rest * rest).sum(axis=0)
        direction = rest + (left / np.maximum(size, 1e-12)) * direction
        size = left
    return weights.astype(np.float32)
