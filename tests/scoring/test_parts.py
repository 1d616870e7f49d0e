"""Tables by distinct value: no value is mixed up with another, bounds lie above, and a full store changes no answer."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numba import njit

from scoring import kernel
from scoring.columns import Ints
from scoring.constraints import dayparts_short
from scoring.listing import Asking
from scoring.model import FIXED_POINT
from scoring.packed import PackedPool
from scoring.parts import PARTS, SLOPES, TOUCH, Full, Store, distinct, grid_needs, values_of
from tests.scoring.equal_rankings import Expected, asking_of, assert_same_people, assert_same_ranking, expected_of
from tests.scoring.random_worlds import random_world

SEEDS = st.integers(0, 2**32)
LIMITS = (1, 10, 60)


def with_small_store(packed: PackedPool) -> PackedPool:
    """The same pool with room for the tables of hardly more than one vacancy."""
    packed._kept.store = Store(3_500 + 14 * max(len(packed), 12), 3_300)
    return packed


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_two_people_share_a_value_only_where_all_its_columns_are_equal(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 60))
    columns: list[Any] = [
        rng.integers(-1, 2, n).astype(np.int8),
        rng.choice([-(2**31), -1, 2**31 - 1], n).astype(np.int32),
        rng.choice([np.nan, 0.0, 20.5, 40.0], n).astype(np.float32),
    ]
    codes, rows = distinct(columns)
    told = [tuple(np.nan_to_num(column, nan=-9.0)[row].item() for column in columns) for row in range(n)]
    assert len(set(told)) == len(rows)
    assert told == [told[row] for row in rows[codes]]


def test_a_line_that_touches_the_log_score_lies_above_it_everywhere() -> None:
    log_odds = np.random.default_rng(1).normal(0, 4, (20_000, 3))
    log_score = -np.logaddexp(0, -log_odds).sum(axis=1)
    assert (TOUCH + log_odds @ SLOPES.T >= log_score[:, None] - 1e-12).all()


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_the_bound_of_a_value_lies_above_all_that_it_can_add(seed: int) -> None:
    """One field alone, known or believed: the expected score is never above the line, whatever the rest adds."""
    rng = np.random.default_rng(seed)
    n, n_beliefs, n_nodes = 12, 4, 5
    added = np.rint(rng.normal(0, 1.5, (n, 3)) * FIXED_POINT).astype(np.int32)
    belief = rng.integers(-1, n_beliefs, n)
    weights = rng.dirichlet(np.ones(n_nodes), n_beliefs)
    moves = rng.normal(0, 1.5, (n_beliefs, 3, n_nodes))
    moves -= (moves * weights[:, None]).sum(axis=2, keepdims=True)
    values = values_of(added, belief, moves, weights)
    rest = rng.normal(0, 2, 3)
    for value in range(n):
        at, shares = np.zeros((1, 3)), np.ones(1)
        if belief[value] >= 0:
            at, shares = moves[belief[value]].T, weights[belief[value]]
        log_odds = rest + added[value] / FIXED_POINT + at
        score = shares @ np.exp(-np.logaddexp(0, -log_odds).sum(axis=1))
        line = TOUCH + SLOPES @ rest + values.best + values.bound[:, value]
        assert (line >= np.log(score) - 1e-5).all()
    assert (values.bound <= 0).all()


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_a_weekly_grid_is_as_many_dayparts_short_in_a_table_as_it_is(seed: int) -> None:
    world = random_world(seed)
    packed = world.packed()
    grid = packed.parts[[part.name for part in PARTS].index("weekly_grid")]
    for demand in world.demands:
        values = grid.values(np.arange(len(world.people)), demand.vacancy)
        if not demand.vacancy.times_stated:
            assert not values.any()
            continue
        short, needed = dayparts_short(world.people.grid, demand.vacancy)
        unknown = world.people.grid < 0
        assert values.tolist() == np.where(unknown, needed + 1, short).tolist()
        fixed, possible, *needs = grid_needs(demand.vacancy)
        walked = _walked(world.people.grid, fixed, possible, np.array(needs), needed + 1)
        assert walked.tolist() == values.tolist()


@njit
def _walked(weeks: Ints, fixed: int, possible: int, needs: Ints, last: int) -> Ints:
    values = np.empty(len(weeks), np.int64)
    for at in range(len(weeks)):
        values[at] = kernel._grid_value(weeks[at], fixed, possible, needs, last)
    return values


def test_a_store_takes_what_fits_and_says_when_it_is_full() -> None:
    nothing = values_of(np.zeros((3, 3), np.int32), np.full(3, -1), np.zeros((0, 3, 1)), np.zeros((0, 1)))
    store = Store(7, 1)
    assert [store.put(nothing), store.put(nothing)] == [0, 3]
    with pytest.raises(Full):
        store.put(nothing)
    assert store.another().put(nothing) == 0


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_a_store_that_is_full_changes_no_ranking(seed: int) -> None:
    """Queries made before it was full stand as well as those after; every vacancy is asked twice."""
    world = random_world(seed, n_vacancies=4)
    packed = with_small_store(world.packed())
    twice = world.demands * 2
    askings = [asking_of(world, packed, demand) for demand in twice]
    assume(len({id(one.query.query.bound) for one in askings}) > 1)  # in a small world all may fit
    for asking, demand in zip(askings, twice, strict=True):
        assert_same_ranking(asking, expected_of(world, demand), LIMITS)
    for demand in world.demands:
        assert_same_people(world, packed, demand)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_a_store_that_is_full_for_some_is_full_for_all_who_share_it(seed: int) -> None:
    """Of one pool different people count to different askers, and their tables are shared."""
    world = random_world(seed, n_vacancies=4)
    packed = with_small_store(world.packed())
    rng = np.random.default_rng(seed)
    sharers = [(packed, np.ones(len(packed), bool))]
    for _ in range(2):
        alive = rng.random(len(packed)) < 0.7
        sharers.append((packed.among(alive), alive))
    asked: list[tuple[Asking, Expected]] = []
    for turn, demand in enumerate(world.demands * 2):
        pool, alive = sharers[turn % len(sharers)]
        asked.append((asking_of(world, pool, demand), expected_of(world, demand, alive)))
    for asking, expected in asked:
        assert_same_ranking(asking, expected, LIMITS)
