"""A ranking by the compiled walk beside the same one by the reference; each comparison names what differs."""

from dataclasses import dataclass

import numpy as np

from scoring.columns import Bools, Floats, Ints
from scoring.constraints import check
from scoring.listing import Asking, ranked
from scoring.packed import NOBODY, PackedPool
from scoring.reference import (
    Judged,
    judge,
    mixed_hash,
    plain_order,
    tenth_score,
    top_ten_chance,
    with_reserved,
)
from tests.scoring.random_worlds import TODAY, Demand, RandomWorld, answer_fields

CLOSE = 1e-12


@dataclass(frozen=True)
class Expected:
    """What the reference says of one vacancy: who is not blocked, in which order, with which scores."""

    eligible: Ints  # rows
    judged: Judged  # of these rows
    order: Ints  # positions among them
    chance: Floats
    ties: Ints
    floor: float

    def first(self, k: int) -> tuple[Ints, Floats]:
        best = self.order[:k]
        return self.eligible[best], self.judged.product.score[best]

    def shown(self, limit: int) -> tuple[Ints, Bools]:
        placed, reserved = with_reserved(self.order, self.chance, self.ties, self.floor, limit)
        return self.eligible[placed], reserved


def expected_of(world: RandomWorld, demand: Demand, alive: Bools | None = None) -> Expected:
    """By the reference, for all people or those who are alive."""
    around = world.around(demand)
    answers = check(world.people, demand.vacancy, around.place_minutes, around.margins, TODAY)
    rows = np.flatnonzero(answers.eligible() if alive is None else answers.eligible() & alive)
    people, beliefs = world.people.take(rows), world.beliefs.take(rows)
    judged = judge(people, demand.vacancy, demand.likeness, beliefs, around, answers.take(rows))
    product, ties = judged.product, mixed_hash(people.key, demand.vacancy.key, TODAY)
    order = plain_order(product.score, ties)
    chance = top_ten_chance(product.score, product.log_mean, product.log_spread, tenth_score(product.score, order))
    return Expected(rows, judged, order, chance, ties, world.model.reserved_floor)


def asking_of(world: RandomWorld, packed: PackedPool, demand: Demand) -> Asking:
    query = packed.query(demand.vacancy, demand.likeness, world.journeys(demand), world.asked)
    return Asking(packed, query, NOBODY)


def assert_same_ranking(asking: Asking, expected: Expected, limits: tuple[int, ...]) -> None:
    """Equal in who is not blocked, in score, in order, and in the reserved places."""
    assert asking.pool.count(asking.query) == len(expected.eligible)
    for limit in limits:
        rows, scores = asking.pool.first(asking.query, limit)
        best, best_scores = expected.first(limit)
        assert rows.tolist() == best.tolist()
        np.testing.assert_allclose(scores, best_scores, rtol=0, atol=CLOSE)
        _, told, reserved = ranked([asking], limit)
        placed, expected_reserved = expected.shown(limit)
        assert told[:, 0].tolist() == placed.tolist()
        assert reserved.tolist() == expected_reserved.tolist()


def assert_same_people(world: RandomWorld, packed: PackedPool, demand: Demand) -> None:
    """Everybody, blocked or not, has the same sums, chances and answers by walk, tables and reference."""
    everybody = np.arange(len(world.people))
    around = world.around(demand)
    query = packed.query(demand.vacancy, demand.likeness, world.journeys(demand), world.asked)
    by_reference = judge(world.people, demand.vacancy, demand.likeness, world.beliefs, around)
    by_tables = packed.judged(query, packed.told(query, everybody), world.people, around)
    told = packed.told(query, everybody)
    product = by_reference.product
    assert told[:, 4:].astype(np.int64).tolist() == by_reference.log_odds.tolist()
    np.testing.assert_allclose(
        told[:, 1:4], np.column_stack([product.score, product.log_mean, product.log_spread]), rtol=0, atol=CLOSE
    )
    assert by_tables.log_odds.tolist() == by_reference.log_odds.tolist()
    for name, values in answer_fields(by_reference.answers).items():
        np.testing.assert_array_equal(answer_fields(by_tables.answers)[name], values, err_msg=name)
    for name, values in answer_fields(product).items():
        np.testing.assert_allclose(answer_fields(by_tables.product)[name], values, rtol=0, atol=CLOSE, err_msg=name)
    np.testing.assert_array_equal(by_tables.tasks.coverage, by_reference.tasks.coverage)
    np.testing.assert_array_equal(by_tables.bands, by_reference.bands)
    np.testing.assert_allclose(by_tables.interval, by_reference.interval, rtol=0, atol=CLOSE)
    np.testing.assert_allclose(by_tables.known_share, by_reference.known_share, rtol=0, atol=CLOSE)
    looked_up = {field.field: field for field in by_tables.fields}
    assert looked_up.keys() == {field.field for field in by_reference.fields}
    for field in by_reference.fields:
        same = looked_up[field.field]
        np.testing.assert_array_equal(same.known, field.known, err_msg=field.field)
        assert same.stake == field.stake
        for feature, contributed in field.contributions.items():
            np.testing.assert_array_equal(same.contributions[feature], contributed, err_msg=feature)
            np.testing.assert_array_equal(same.values[feature], field.values[feature], err_msg=feature)
