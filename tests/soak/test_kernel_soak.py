"""Thousands of random worlds more, small and large, for the prior and for models that learned: about three minutes."""

import numpy as np
import pytest

from tests.scoring.equal_rankings import asking_of, assert_same_people, assert_same_ranking, expected_of
from tests.scoring.random_worlds import RandomWorld, bent_model, random_world

pytestmark = pytest.mark.soak


def assert_same_world(world: RandomWorld, limits: tuple[int, ...]) -> None:
    packed = world.packed()
    for demand in world.demands:
        assert_same_ranking(asking_of(world, packed, demand), expected_of(world, demand), limits)


@pytest.mark.parametrize("start", range(0, 2_000, 200))
def test_small_worlds_rank_as_by_the_reference(start: int) -> None:
    for seed in range(start, start + 200):
        world = random_world(seed)
        assert_same_world(world, (1, 10, 60, len(world.people) + 5))
        packed = world.packed()
        assert_same_people(world, packed, world.demands[0])


@pytest.mark.parametrize("start", range(10_000, 10_120, 20))
def test_large_worlds_rank_as_by_the_reference(start: int) -> None:
    for seed in range(start, start + 20):
        assert_same_world(random_world(seed, int(np.random.default_rng(seed).integers(1_100, 6_000))), (1, 10, 60))


@pytest.mark.parametrize("start", range(20_000, 20_060, 20))
def test_models_that_learned_rank_as_by_the_reference(start: int) -> None:
    for seed in range(start, start + 20):
        assert_same_world(random_world(seed, 3_000, model=bent_model(seed, 0.4)), (10, 60))
