"""An explanation says of a pair what one finds by looking at that pair alone, one thing after the other."""

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.capacity import ARRANGE, TASK_UNKNOWN, cell_answers, demands_of
from scoring.columns import NO_DAY, UNKNOWN
from scoring.constraints import BLOCKED, OK, UNSURE
from scoring.explain import N_QUESTIONS, N_REASONS, Explainer, reason_of
from scoring.explanation import PairExplanation, Value
from scoring.model import AT_ONCE, FIXED_POINT, integrate
from scoring.reference import Judged, judge
from scoring.terms import CAPACITIES, CONSTRAINTS, Constraint, Question, Supplier, SupportNeed
from tests.scoring.random_worlds import Demand, RandomWorld, random_world

SEEDS = st.integers(0, 2**32)


def explainer_of(world: RandomWorld, demand: Demand, judged: Judged) -> Explainer:
    return Explainer(world.people, demand.vacancy, judged, world.model, demand.place_minutes)


def by_reference(world: RandomWorld, demand: Demand) -> Judged:
    return judge(world.people, demand.vacancy, demand.likeness, world.beliefs, world.around(demand))


def by_tables(world: RandomWorld, demand: Demand) -> Judged:
    packed, rows = world.packed(), np.arange(len(world.people))
    query = packed.query(demand.vacancy, demand.likeness, world.journeys(demand), world.asked)
    return packed.judged(query, packed.told(query, rows), world.people, world.around(demand))


def rounded(explanation: PairExplanation) -> PairExplanation:
    """Sums over fields depend on their order in the last digits."""
    return replace(explanation, score=round(explanation.score, 12), correction=round(explanation.correction, 12))


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_a_pair_of_a_list_is_explained_as_it_is_alone(seed: int) -> None:
    world = random_world(seed, n_vacancies=2)
    for demand in world.demands:
        explainer = explainer_of(world, demand, by_tables(world, demand))
        for row in range(0, len(world.people), 7):
            alone = world.among(np.array([row]))
            expected = explainer_of(alone, demand, by_reference(alone, demand)).explain(0)
            found = explainer.explain(row)
            assert rounded(found) == rounded(expected)
            for question in Question:
                told, told_alone = found.questions[question], expected.questions[question]
                assert told.log_odds == told_alone.log_odds
                assert sorted(told.contributions, key=str) == sorted(told_alone.contributions, key=str)


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_the_reasons_are_those_that_moved_the_score_most(seed: int) -> None:
    world = random_world(seed, n_vacancies=2)
    for demand in world.demands:
        judged = by_reference(world, demand)
        explainer = explainer_of(world, demand, judged)
        for row in range(len(world.people)):
            found = [(one.code, one.weight, one.values.get("dimension")) for one in explainer.explain(row).reasons]
            assert found == expected_reasons(judged, row)


def expected_reasons(judged: Judged, row: int) -> list[tuple[str, float, Value | None]]:
    """What speaks for, and the strongest that speaks against; then whatever weighs most."""
    told = []
    for part in judged.fields:
        for feature, table in part.contributions.items():
            reason = reason_of(feature, part, row, {})
            told.append((-abs(int(table[:, row].sum())), reason.code, feature, reason))
    told.sort(key=lambda one: one[:2])
    reasons = [reason for *_, reason in told]
    against = [reason for reason in reasons if reason.weight * FIXED_POINT < -0.15 * FIXED_POINT][:1]
    speaks_for = [
        reason
        for reason in reasons
        if reason.weight * FIXED_POINT > 0.12 * FIXED_POINT and not reason.code.endswith(".unknown")
    ]
    chosen = speaks_for[: N_REASONS - len(against)] + against
    chosen += [one for one in reasons if one not in chosen and not one.code.endswith(".none")]
    return [(one.code, one.weight, one.values.get("dimension")) for one in chosen[:N_REASONS]]


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_questions_are_asked_in_the_order_of_what_an_answer_moves(seed: int) -> None:
    world = random_world(seed, n_vacancies=2)
    for demand in world.demands:
        judged = by_reference(world, demand)
        explainer = explainer_of(world, demand, judged)
        for row in range(len(world.people)):
            asks = []
            for part in judged.fields:
                for at in np.flatnonzero(part.unknown.people == row):
                    moved = (1 - judged.product.chances[row]) @ part.unknown.moves[at]
                    asks.append((-float(moved**2 @ part.unknown.weights[at]), part.field))
            variance = {field: -one for one, field in asks}
            found = explainer.explain(row).questions_to_ask
            expected = [field for _, field in sorted(asks)[:N_QUESTIONS]]
            assert [variance[one] for one in found] == pytest.approx([variance[one] for one in expected], abs=1e-12)
            assert len(set(found)) == len(expected)


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_an_answer_names_its_cause_where_there_are_several(seed: int) -> None:
    world = random_world(seed, n_vacancies=2)
    for demand in world.demands:
        judged = by_reference(world, demand)
        explainer = explainer_of(world, demand, judged)
        for row in range(len(world.people)):
            found = explainer.explain(row)
            assert found.eligible == bool(judged.answers.eligible()[row])
            assert [one.constraint for one in found.constraints] == list(CONSTRAINTS)
            for number, one in enumerate(found.constraints):
                margin = float(judged.answers.margins[row, number])
                assert one.margin == (None if np.isnan(margin) else round(margin, 4))
                assert one.reason.code == f"constraint.{one.constraint}.{one.answer}"
                said = {name: one.reason.values.get(name) for name in ("because", "asked", "needed")}
                assert said == expected_cause(world, demand, judged, row, one.constraint), one


def expected_cause(
    world: RandomWorld, demand: Demand, judged: Judged, row: int, constraint: Constraint
) -> dict[str, str | None]:
    people, demands = world.people, demands_of(demand.vacancy)
    code = judged.answers.codes[row, CONSTRAINTS.index(constraint)]
    measured = not np.isnan(judged.answers.margins[row, CONSTRAINTS.index(constraint)])
    because = asked = needed = None
    if code == OK:
        if constraint == Constraint.CAPACITY:
            asked = None if demands.asked.any() else "no"
        elif not measured and constraint in (
            *(Constraint.GROUP, Constraint.TRAVEL, Constraint.EDUCATION, Constraint.LANGUAGE, Constraint.LICENCE),
            *(Constraint.CERTIFICATE, Constraint.SCREENING, Constraint.ACCESS),
        ):
            asked = "no"
        else:
            needs = {Constraint.SUPPORT: people.support_needs[row], Constraint.ACCESS: people.access_needs[row]}
            needed = "no" if needs.get(constraint) == 0 else None
    elif code == BLOCKED and constraint == Constraint.AVAILABILITY:
        paused = people.paused[row] and people.resumes_on[row] == NO_DAY
        because = "pause" if people.agreed[row] else "agreement_and_pause" if paused else "agreement"
    elif code == BLOCKED and constraint == Constraint.ATTENTION:
        because = "wants_none" if people.max_open_introductions[row] == 0 else "busy"
    elif code == UNSURE and constraint == Constraint.CAPACITY:
        untold = (cell_answers(people.capacities[[row]], demands) == TASK_UNKNOWN).any(axis=1)[0]
        because = "level" if (people.capacities[row][untold] == UNKNOWN).any() else "freedom"
    return {"because": because, "asked": asked, "needed": needed}


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_what_is_to_arrange_is_every_need_that_nobody_supplies_and_every_adaptation(seed: int) -> None:
    world = random_world(seed, n_vacancies=2)
    suppliers = list(Supplier)
    for demand in world.demands:
        judged, demands = by_reference(world, demand), demands_of(demand.vacancy)
        explainer = explainer_of(world, demand, judged)
        for row in range(len(world.people)):
            cells = cell_answers(world.people.capacities[[row]], demands)[0]
            expected = [
                (need.value, suppliers[world.people.suppliers[row, number]].value)
                for number, need in enumerate(SupportNeed)
                if judged.answers.to_arrange[row] >> number & 1
            ]
            expected += [
                (CAPACITIES[number].value, "employer") for number in np.flatnonzero((cells == ARRANGE).any(axis=0))
            ]
            assert [(one.need, one.supplier) for one in explainer.explain(row).to_arrange] == expected


def test_many_people_are_integrated_as_few_are() -> None:
    world = random_world(5, n=AT_ONCE + 300, n_vacancies=1)
    judged = by_reference(world, world.demands[0])
    rows = np.arange(AT_ONCE - 40, AT_ONCE + 60)
    few = integrate(
        judged.log_odds[rows] / FIXED_POINT,
        [field.unknown.between(int(rows[0]), int(rows[-1]) + 1) for field in judged.fields],
    )
    assert sum(len(field.unknown.people) for field in judged.fields) > AT_ONCE
    for field in fields(few):
        np.testing.assert_allclose(
            getattr(few, field.name), getattr(judged.product, field.name)[rows], rtol=0, atol=1e-14
        )
