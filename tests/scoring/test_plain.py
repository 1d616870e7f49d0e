"""While the kernel is compiled, a small pool is ranked by the reference; nobody sees a difference."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import compiling, kernel
from scoring.compiling import not_compiled
from scoring.listing import Asking, ranked
from scoring.packed import PackedPool
from tests.scoring.equal_rankings import asking_of, assert_same_people, assert_same_ranking, expected_of
from tests.scoring.random_worlds import RandomWorld, random_world

SEEDS = st.integers(0, 2**32)


def waiting(world: RandomWorld) -> PackedPool:
    return PackedPool(world.people, world.beliefs, world.model, world.regions, waits=lambda: True)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_who_does_not_wait_for_the_kernel_gets_the_same_ranking(seed: int) -> None:
    world = random_world(seed)
    packed = waiting(world)
    for demand in world.demands:
        assert_same_ranking(asking_of(world, packed, demand), expected_of(world, demand), (1, 10, 60))
        assert_same_people(world, packed, demand)


@settings(max_examples=30, deadline=None)
@given(seed=SEEDS)
def test_who_is_barred_or_gone_does_not_count(seed: int) -> None:
    world = random_world(seed)
    rng = np.random.default_rng(seed)
    alive, spoken_of = rng.random(len(world.people)) < 0.8, np.flatnonzero(rng.random(len(world.people)) < 0.3)
    pools = waiting(world).among(alive), world.packed().among(alive)
    for demand in world.demands:
        journeys, let_in = world.journeys(demand), spoken_of[alive[spoken_of]][::2]
        askings = []
        for packed in pools:
            query = packed.query(demand.vacancy, demand.likeness, journeys, world.asked, spoken_of)
            askings.append(Asking(packed, query, let_in))
        (_, told, reserved), (_, others, apart) = (ranked([asking], 60) for asking in askings)
        assert told[:, 0].tolist() == others[:, 0].tolist()
        assert reserved.tolist() == apart.tolist()
        counts = [asking.pool.count(asking.query) for asking in askings]
        assert counts[0] == counts[1]


def test_a_kernel_is_compiled_once_it_is_kept_for_this_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Function:
        signatures = ()

        class stats:
            cache_path = str(tmp_path)

    for name in compiling._ENTRIES:
        monkeypatch.setattr(kernel, name, Function)
    assert not_compiled()
    kept = [tmp_path / f"kernel.{name}-1.py311.nbi" for name in compiling._ENTRIES]
    for index in kept:
        assert not_compiled()
        index.touch()
    assert not not_compiled()
    os.utime(kept[0], (0, 0))  # of an older source
    assert not_compiled()
