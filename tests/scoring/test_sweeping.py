"""What is added up over everybody: columns never say more against a person than is so, and nobody is lost in them."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from scoring import constraints, kernel, sweeping
from scoring.constraints import BLOCKED
from tests.scoring.equal_rankings import asking_of, assert_same_ranking, expected_of
from tests.scoring.random_worlds import random_world

SEEDS = st.integers(0, 2**32)


def bits(words: sweeping.Words, n: int) -> list[bool]:
    return np.unpackbits(words.view(np.uint8), bitorder="little")[:n].astype(bool).tolist()


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_a_column_takes_from_each_person_no_more_than_her_value_does(seed: int) -> None:
    world = random_world(seed)
    packed = world.packed()
    for demand in world.demands:
        posed = asking_of(world, packed, demand).query
        sweep = packed._sweep(posed)
        for number, (part, table) in enumerate(zip(packed.parts, posed.tables, strict=True)):
            values = part.values(np.arange(len(world.people)), demand.vacancy)
            taken = -posed.query.bound[sweeping.LINE, table.at + values]
            column = sweep.columns[number][: len(values)] if number in sweep.used else np.zeros(len(values))
            blocked = taken > 1e30
            assert (column[blocked] == kernel.NO_ENTRY).all()
            assert (column[~blocked] * kernel.UNIT <= taken[~blocked]).all()
            assert (column[~blocked] * kernel.UNIT > np.minimum(taken[~blocked], 254 * kernel.UNIT) - kernel.UNIT).all()


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_a_journey_is_open_to_whom_the_constraint_does_not_block(seed: int) -> None:
    world = random_world(seed)
    packed = world.packed()
    for demand in world.demands:
        posed = asking_of(world, packed, demand).query
        minutes = posed.query.minutes
        journey = constraints.journey(world.people, demand.vacancy, minutes)
        codes, _ = constraints.travel(world.people, demand.vacancy, journey, world.asked.margins)
        reach = packed._reach(posed)
        assert bits(reach.open, len(codes)) == (codes != BLOCKED).tolist()


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_columns_that_are_forgotten_change_no_ranking(seed: int) -> None:
    """There is room for one column; each vacancy is asked twice, and the first query is used again."""
    world = random_world(seed, n_vacancies=3)
    packed = world.packed()
    packed._kept.columns, packed._kept.reaches = sweeping.Kept(1), sweeping.Kept(1)
    askings = [asking_of(world, packed, demand) for demand in world.demands * 2]
    for asking, demand in zip(askings, world.demands * 2, strict=True):
        assert_same_ranking(asking, expected_of(world, demand), (1, 10))
    assert len(packed._kept.columns) == len(packed._kept.reaches) == 1


def test_what_was_asked_for_least_lately_is_forgotten_first() -> None:
    made = []

    def column(name: str) -> sweeping.Column:
        def make() -> sweeping.Column:
            made.append(name)
            return sweeping.Column(np.zeros(100, np.uint8), None)

        return kept.of(name, make)

    kept: sweeping.Kept[sweeping.Column] = sweeping.Kept(2_500)
    for name in ("a", "b", "a", "c", "a", "b"):
        column(name)
    assert made == ["a", "b", "c", "b"]


@settings(max_examples=40, deadline=None)
@given(seed=SEEDS)
def test_one_query_counts_whom_its_pool_counts(seed: int) -> None:
    world = random_world(seed)
    packed = world.packed()
    alive = np.random.default_rng(seed).random(len(world.people)) < 0.5
    some = packed.among(alive)
    for demand in world.demands:
        posed = asking_of(world, packed, demand).query
        assert packed.count(posed) == len(expected_of(world, demand).eligible)
        assert some.count(posed) == len(expected_of(world, demand, alive).eligible)
        assert packed.count(posed) == len(expected_of(world, demand).eligible)


@given(rows=st.lists(st.integers(0, 599), max_size=80))
def test_bits_are_set_cleared_and_counted(rows: list[int]) -> None:
    which = np.zeros(600, bool)
    which[::2] = True
    words = sweeping.bits_of(which)
    sweeping.without(words, np.array(rows, np.int64))
    which[rows] = False
    assert bits(words, 600) == which.tolist()
    assert sweeping.count(words) == which.sum()


def test_deficits_are_rounded_towards_none_and_end_below_what_blocks() -> None:
    unit = kernel.UNIT
    bound = np.array([0.0, -0.9 * unit, -unit, -2.5 * unit, -100.0, -np.inf], np.float32)
    assert sweeping.deficits_of(bound).tolist() == [0, 0, 1, 2, kernel.NO_ENTRY - 1, kernel.NO_ENTRY]


@njit
def _exponentials(values: np.ndarray, out: np.ndarray) -> None:  # type: ignore[type-arg]
    for at in range(len(values)):
        out[at] = kernel._exp(values[at])


def test_the_exponential_without_branches_is_that_of_numpy() -> None:
    values = np.concatenate([np.linspace(-60, 60, 100_001), [0.0, -0.0, 1e-300, -699.0, 699.0]])
    out = np.empty_like(values)
    _exponentials(values, out)
    np.testing.assert_allclose(out, np.exp(values), rtol=4e-16)
