"""Measures of ranked lists against judged relevance, and intervals of their differences; evaluations call it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

N_DRAWS = 10_000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Quality:
    """Measures of each query, each float64 (n_queries,) in 0..1."""

    average_precision: NDArray[np.float64]
    ndcg_at_10: NDArray[np.float64]
    reciprocal_rank: NDArray[np.float64]
    recall_at_100: NDArray[np.float64]

    def means(self) -> Mapping[str, float]:
        """The means over queries, by the names of the contract."""
        return {
            "map": float(self.average_precision.mean()),
            "ndcg_at_10": float(self.ndcg_at_10.mean()),
            "mrr": float(self.reciprocal_rank.mean()),
            "recall_at_100": float(self.recall_at_100.mean()),
        }


def order(scores: NDArray[np.float32]) -> NDArray[np.intp]:
    """Places of the highest scores first, (n_queries, n_documents); equal scores in the order of the corpus."""
    return np.argsort(-scores, axis=1, kind="stable")


def quality(scores: NDArray[np.float32], grades: NDArray[np.float32]) -> Quality:
    """Measure the whole ranking of each query; both (n_queries, n_documents), a grade above 0 is relevant.

    Average precision over all relevant documents (Manning, Raghavan and Schütze 2008, 8.4); NDCG with gain
    2^grade - 1 and discount log2(1 + rank) (Burges et al. 2005). Every query has a relevant document.
    """
    ranked = np.take_along_axis(grades, order(scores), axis=1)
    hit = ranked > 0
    n_relevant = hit.sum(axis=1)
    rank = np.arange(1, grades.shape[1] + 1)
    precision = np.cumsum(hit, axis=1) / rank
    discount = 1.0 / np.log2(1.0 + rank[:10])
    gain = (2.0 ** ranked[:, :10] - 1.0) @ discount
    best = np.sort(grades, axis=1)[:, ::-1][:, :10]
    return Quality(
        average_precision=np.where(hit, precision, 0.0).sum(axis=1) / n_relevant,
        ndcg_at_10=gain / ((2.0**best - 1.0) @ discount),
        reciprocal_rank=1.0 / (1.0 + hit.argmax(axis=1)),
        recall_at_100=hit[:, :100].sum(axis=1) / n_relevant,
    )


def gain_interval(ours: NDArray[np.float64], theirs: NDArray[np.float64], *, seed: int = 0) -> tuple[float, float]:
    """The 95 % interval of the mean difference, by paired bootstrap over queries; both (n_queries,).

    The percentile method with 10,000 draws (Efron and Tibshirani 1993); the same seed gives the same interval.
    """
    difference = ours - theirs
    draws = np.random.default_rng(seed).integers(0, len(difference), (N_DRAWS, len(difference)))
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(difference[draws].mean(axis=1), [tail, 1.0 - tail])
    return float(low), float(high)
