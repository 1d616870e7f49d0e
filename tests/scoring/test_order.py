"""Order, ties and reserved places."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.reference import RESERVED_PLACES, mixed_hash, plain_order, with_reserved

KEYS = np.random.default_rng(2).integers(0, 2**63, 40).astype(np.uint64)


def test_ties_break_by_a_hash_of_candidate_vacancy_and_day_not_by_place_in_the_pool() -> None:
    scores = np.full(40, 0.3)
    monday = plain_order(scores, mixed_hash(KEYS, 77, 20_000))
    tuesday = plain_order(scores, mixed_hash(KEYS, 77, 20_001))
    other = plain_order(scores, mixed_hash(KEYS, 78, 20_000))
    assert list(monday) != list(range(40))
    assert list(monday) != list(tuesday)
    assert list(monday) != list(other)
    assert list(monday) == list(plain_order(scores, mixed_hash(KEYS, 77, 20_000)))


def test_a_tie_breaks_alike_whatever_order_the_pool_has() -> None:
    ties = mixed_hash(KEYS, 5, 20_000)
    forward = KEYS[plain_order(np.full(40, 0.3), ties)]
    backward = KEYS[::-1][plain_order(np.full(40, 0.3), ties[::-1])]
    assert (forward == backward).all()


def test_the_fourth_and_the_eighth_place_go_to_who_may_well_belong_in_the_top_ten() -> None:
    scores = np.linspace(0.9, 0.1, 30)
    chance = np.zeros(30)
    chance[[14, 21]] = [0.3, 0.45]
    order = plain_order(scores, np.zeros(30, np.uint64))
    placed, reserved = with_reserved(order, chance, np.zeros(30, np.uint64), 0.05, 30)
    assert placed[3] == 21
    assert placed[7] == 14
    assert list(np.flatnonzero(reserved)) == [3, 7]
    assert list(placed[[0, 1, 2, 4, 5, 6, 8, 9]]) == [0, 1, 2, 3, 4, 5, 6, 7]


def test_where_everything_is_known_the_plain_order_stands() -> None:
    order = plain_order(np.linspace(0.9, 0.1, 30), np.zeros(30, np.uint64))
    placed, reserved = with_reserved(order, np.zeros(30), np.zeros(30, np.uint64), 0.05, 30)
    assert list(placed) == list(range(30))
    assert not reserved.any()


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=60), st.integers(0, 70))
def test_nobody_is_lost_or_shown_twice_by_reserved_places(people: list[tuple[float, float]], limit: int) -> None:
    scores, chance = (np.array(column) for column in zip(*people, strict=True)) if people else (np.zeros(0),) * 2
    ties = np.arange(len(people)).astype(np.uint64)
    placed, reserved = with_reserved(plain_order(scores, ties), chance, ties, 0.05, limit)
    assert len(placed) == min(limit, len(people))
    assert len(set(placed.tolist())) == len(placed)
    assert all(place % 10 in RESERVED_PLACES for place in np.flatnonzero(reserved))
