"""The compiled walk ranks exactly as the reference does: the same people, scores, order and reserved places."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import kernel
from scoring.columns import UNKNOWN
from scoring.listing import Asking, ranked
from tests.scoring.equal_rankings import asking_of, assert_same_people, assert_same_ranking, expected_of
from tests.scoring.random_worlds import RandomWorld, bent_model, identical_people, random_world, wild_model

SEEDS = st.integers(0, 2**32)
LARGE = 3_500  # more than the first batch of the walk, so that its bounds decide who is looked at


def assert_same_world(world: RandomWorld, limits: tuple[int, ...]) -> None:
    packed = world.packed()
    for demand in world.demands:
        assert_same_ranking(asking_of(world, packed, demand), expected_of(world, demand), limits)


@settings(max_examples=350, deadline=None)
@given(seed=SEEDS)
def test_a_ranking_is_that_of_the_reference_whatever_is_unknown_and_asked(seed: int) -> None:
    world = random_world(seed)
    assert_same_world(world, (1, 10, 60, len(world.people) + 5))


@settings(max_examples=80, deadline=None)
@given(seed=SEEDS)
def test_everybody_is_judged_as_by_the_reference_blocked_or_not(seed: int) -> None:
    world = random_world(seed, n_vacancies=2)
    packed = world.packed()
    for demand in world.demands:
        assert_same_people(world, packed, demand)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_nobody_who_belongs_on_the_list_of_a_large_pool_is_passed_over(seed: int) -> None:
    assert_same_world(random_world(seed, LARGE), (1, 10, 60))


@settings(max_examples=8, deadline=None)
@given(seed=SEEDS)
def test_the_same_holds_for_a_model_that_learned(seed: int) -> None:
    assert_same_world(random_world(seed, LARGE, n_vacancies=2, model=bent_model(seed, 0.4)), (10, 60))


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_the_same_holds_for_shapes_that_go_up_and_down(seed: int) -> None:
    assert_same_world(random_world(seed, LARGE, n_vacancies=2, model=wild_model(seed)), (10, 60))


@pytest.mark.parametrize("seed", [1, 8])
def test_a_list_may_hold_everybody_of_a_large_pool(seed: int) -> None:
    """More than are bounded together, so that the walk goes on where it left off."""
    world = random_world(seed, LARGE, n_vacancies=1)
    (demand,) = world.demands
    asking, expected = asking_of(world, world.packed(), demand), expected_of(world, demand)
    rows, scores = asking.pool.first(asking.query, LARGE)
    best, best_scores = expected.first(LARGE)
    assert len(best) > kernel.CHUNK
    assert rows.tolist() == best.tolist()
    np.testing.assert_allclose(scores, best_scores, rtol=0, atol=1e-12)


def test_a_walk_leaves_nothing_behind_for_the_next() -> None:
    world = random_world(5, LARGE)
    packed = world.packed()
    for demand in world.demands * 2:
        assert_same_ranking(asking_of(world, packed, demand), expected_of(world, demand), (10,))
        (scratch,) = packed._scratch
        assert not scratch.wish_near.any()
        assert not scratch.work_near.any()
        assert not scratch.saved.any()


def test_reserved_places_ask_for_a_top_ten() -> None:
    world = random_world(1)
    packed = world.packed()
    with pytest.raises(ValueError, match="tenth"):
        packed.walk(asking_of(world, packed, world.demands[0]).query, 9, 0.5)


def test_most_people_of_a_large_pool_are_not_judged_at_all() -> None:
    pruned = 0
    for seed in range(8):
        world = random_world(seed, LARGE, n_vacancies=2)
        packed = world.packed()
        for demand in world.demands:
            query = asking_of(world, packed, demand).query
            _, _, _, (touched, _, judged) = packed.walk(query, 10, 0.0)
            assert judged <= touched <= len(world.people)
            pruned += packed.count(query) > 1_500 and judged < packed.count(query) / 4
    assert pruned >= 2


@pytest.mark.parametrize("n", [15, LARGE])
@pytest.mark.parametrize("seed", range(4))
def test_people_who_say_the_same_stand_in_the_order_of_the_hash(seed: int, n: int) -> None:
    world = identical_people(seed, n)
    packed = world.packed()
    for demand in world.demands:
        asking, expected = asking_of(world, packed, demand), expected_of(world, demand)
        assert_same_ranking(asking, expected, (1, 10, 60))
        rows, _ = asking.pool.first(asking.query, 10)
        assert rows.tolist() == expected.eligible[np.argsort(expected.ties)[:10]].tolist()


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, n_parts=st.integers(2, 3))
def test_a_pool_in_pieces_ranks_as_the_whole_of_who_counts(seed: int, n_parts: int) -> None:
    world = random_world(seed)
    rng = np.random.default_rng(seed)
    piece = rng.integers(0, n_parts, len(world.people))
    alive = rng.random(len(world.people)) < rng.choice([0.3, 0.9])
    rows_of = [np.flatnonzero(piece == number) for number in range(n_parts)]
    pieces = [world.among(rows) for rows in rows_of]
    packed = [
        one.packed().among(alive[np.array([int(name[1:]) for name in one.people.ids], np.int64)]) for one in pieces
    ]
    ids = np.array(world.people.ids)
    living = alive[np.array([int(name[1:]) for name in ids], np.int64)]
    for demand in world.demands:
        expected = expected_of(world, demand, living)
        askings = [asking_of(one, pool, demand) for one, pool in zip(pieces, packed, strict=True)]
        assert sum(one.pool.count(one.query) for one in askings) == len(expected.eligible)
        for limit in (1, 10, 60):
            which, told, reserved = ranked(askings, limit)
            shown = [askings[a].pool.people.ids[int(row)] for a, row in zip(which, told[:, 0], strict=True)]
            placed, expected_reserved = expected.shown(limit)
            assert shown == ids[placed].tolist()
            assert reserved.tolist() == expected_reserved.tolist()


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_who_is_barred_does_not_count_and_who_is_let_in_stands_where_her_score_puts_her(seed: int) -> None:
    world = random_world(seed)
    packed = world.packed()
    spoken_of = np.flatnonzero(np.random.default_rng(seed).random(len(world.people)) < 0.3)
    for demand in world.demands:
        everybody = expected_of(world, demand)
        let_in = np.intersect1d(everybody.eligible, spoken_of)[::2]
        query = packed.query(demand.vacancy, demand.likeness, world.journeys(demand), world.asked, spoken_of)
        counts = np.ones(len(world.people), bool)
        counts[np.setdiff1d(spoken_of, let_in)] = False
        expected = expected_of(world, demand, counts)
        assert packed.count(query) + len(let_in) == len(expected.eligible)
        for limit in (1, 10, 60):
            _, told, reserved = ranked([Asking(packed, query, let_in)], limit)
            placed, expected_reserved = expected.shown(limit)
            assert told[:, 0].tolist() == placed.tolist()
            assert reserved.tolist() == expected_reserved.tolist()


def test_who_lives_in_a_region_without_postcodes_may_live_anywhere() -> None:
    """Three regions, of which only the middle one has places; nobody says more than her region, or not even that."""
    world = random_world(61, n=200)
    people, n_places = world.people, len(world.regions)
    nowhere = np.full(len(people), UNKNOWN, np.int32)
    region = (np.arange(len(people)) % 4 - 1).astype(np.int16)
    elsewhere = replace(
        world, people=replace(people, place=nowhere, region=region), regions=np.ones(n_places, np.int16)
    )
    placed = elsewhere.among(np.arange(len(people)))
    assert_same_world(placed, (1, 10, 60, 205))
    packed = placed.packed()
    for demand in placed.demands:
        assert packed.count(asking_of(placed, packed, demand).query) == len(expected_of(placed, demand).eligible)
