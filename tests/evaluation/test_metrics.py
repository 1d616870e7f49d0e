"""Measures of ranked lists: worked by hand, and what has to hold for any ranking."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matching.evaluation.metrics import gain_interval, order, quality

SCORES = np.array([[0.9, 0.8, 0.7, 0.1], [0.1, 0.2, 0.3, 0.4]], np.float32)
GRADES = np.array([[0, 1, 0, 1], [0, 0, 0, 1]], np.float32)


def test_measures_are_what_a_hand_works_out() -> None:
    found = quality(SCORES, GRADES)
    assert found.average_precision == pytest.approx([(1 / 2 + 2 / 4) / 2, 1.0])
    assert found.reciprocal_rank == pytest.approx([1 / 2, 1.0])
    dcg, best = 1 / np.log2(3) + 1 / np.log2(5), 1 / np.log2(2) + 1 / np.log2(3)
    assert found.ndcg_at_10 == pytest.approx([dcg / best, 1.0])
    assert found.recall_at_100 == pytest.approx([1.0, 1.0])
    assert found.means()["map"] == pytest.approx(0.75)


def test_a_better_grade_higher_up_counts_for_more() -> None:
    scores = np.array([[2.0, 1.0]], np.float32)
    good, bad = (quality(scores, np.array([grades], np.float32)).ndcg_at_10[0] for grades in ([3, 1], [1, 3]))
    assert good == 1.0
    assert bad < good


def test_what_stands_below_a_hundred_is_not_recalled() -> None:
    scores = -np.arange(200, dtype=np.float32)[None, :]
    grades = np.zeros((1, 200), np.float32)
    grades[0, [99, 100]] = 1
    assert quality(scores, grades).recall_at_100.tolist() == [0.5]


def test_equal_scores_stand_in_the_order_of_the_corpus() -> None:
    assert order(np.zeros((1, 4), np.float32)).tolist() == [[0, 1, 2, 3]]


@given(arrays(np.float32, (3, 30), elements=st.floats(-1, 1, width=32)), st.integers(0, 29))
def test_moving_a_relevant_title_to_the_top_never_lowers_a_measure(scores: np.ndarray, relevant: int) -> None:
    grades = np.zeros(scores.shape, np.float32)
    grades[:, [relevant, (relevant + 7) % 30]] = 1
    before = quality(scores, grades)
    scores[:, relevant] = 2.0
    after = quality(scores, grades)
    for name in ("average_precision", "ndcg_at_10", "reciprocal_rank", "recall_at_100"):
        assert (getattr(after, name) >= getattr(before, name) - 1e-12).all()


def test_the_interval_holds_the_gain_and_knows_nothing_from_noise() -> None:
    random = np.random.default_rng(1)
    theirs = random.random(200)
    low, high = gain_interval(theirs + 0.1, theirs)
    assert (low, high) == pytest.approx((0.1, 0.1))
    low, high = gain_interval(random.random(200), theirs)
    assert low < 0 < high
    assert gain_interval(theirs, theirs[::-1]) == gain_interval(theirs, theirs[::-1])
