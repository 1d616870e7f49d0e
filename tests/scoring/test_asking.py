"""What a vacancy asks, compiled: equal to what the rules say one by one."""

from dataclasses import fields, replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring import constraints
from scoring.asking import CapacityTables, asked_capacities, needs_by_skill
from scoring.capacity import (
    ARRANGE,
    ARRANGE_MARGIN,
    CARVE,
    CARVE_MARGIN_LEAST,
    CARVE_MARGIN_MOST,
    DONE,
    N_LEVELS,
    TASK_BLOCKED,
    TASK_UNKNOWN,
    Demands,
    cell_answers,
    demands_of,
    margins_by_level,
)
from scoring.columns import Candidates, Ints, Vacancy
from scoring.constraints import BLOCKED
from scoring.likeness import Related
from scoring.model import SCALES
from scoring.terms import CAPACITIES, TaskFreedom
from tests.scoring.random_worlds import PRIOR, random_world

SEEDS = st.integers(0, 2**32)
LEVELS = np.repeat(np.arange(-1, N_LEVELS)[:, None], len(CAPACITIES), axis=1)


def answers_by_rule(levels: Ints, demands: Demands) -> Ints:
    """The answer per person, task and dimension, each rule laid over those before it."""
    person, freedom = levels[:, None, :], demands.freedom[None, :, None]
    fixed = list(TaskFreedom).index(TaskFreedom.FIXED)
    gap = (demands.offered > person) & (demands.offered > 0)
    answers = np.full(gap.shape, DONE, np.int8)
    answers[gap & (freedom == fixed)] = TASK_BLOCKED
    answers[gap & (freedom == -1)] = TASK_UNKNOWN
    answers[gap & (freedom > fixed)] = CARVE
    answers[gap & (demands.possible <= person)] = ARRANGE
    answers[(person == -1) & (demands.offered > 0)] = TASK_UNKNOWN
    return answers


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_each_level_meets_each_demand_as_the_rules_say(seed: int) -> None:
    for demand in random_world(seed, n=1).demands:
        demands = demands_of(demand.vacancy)
        assert np.array_equal(cell_answers(LEVELS, demands), answers_by_rule(LEVELS, demands))


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_the_margin_of_a_level_is_the_least_over_the_tasks_that_ask_something(seed: int) -> None:
    for demand in random_world(seed, n=1).demands:
        demands = demands_of(demand.vacancy)
        cells = answers_by_rule(LEVELS[1:], demands)
        carve = CARVE_MARGIN_LEAST + (CARVE_MARGIN_MOST - CARVE_MARGIN_LEAST) * demands.hours_share[None, :, None]
        margins = np.where(cells == CARVE, carve, LEVELS[1:, None, :] - demands.offered)
        margins = np.where(cells == ARRANGE, ARRANGE_MARGIN, margins)
        least = np.where(demands.stated > 0, margins, np.inf).min(axis=1, initial=np.inf).T
        assert np.array_equal(margins_by_level(demands), np.where(np.isinf(least), np.nan, least), equal_nan=True)


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_what_a_capacity_adds_is_what_the_model_has_for_its_margin(seed: int) -> None:
    tables = CapacityTables.of(PRIOR)
    for demand in random_world(seed, n=1).demands:
        demands = demands_of(demand.vacancy)
        found = asked_capacities(demands, tables)
        margins, blocked = margins_by_level(demands), (answers_by_rule(LEVELS[1:], demands) == TASK_BLOCKED).any(axis=1)
        assert found.asked.tolist() == np.flatnonzero(demands.asked).tolist()
        assert np.array_equal(found.blocked, blocked.T[found.asked])
        for added, number in zip(found.added, found.asked, strict=True):
            feature = f"capacity.{CAPACITIES[number]}"
            assert np.array_equal(added, PRIOR.tables[feature][:, SCALES[feature].bins(margins[number])].T)


def test_hours_that_are_not_stated_count_as_the_mean_of_those_that_are() -> None:
    vacancy = next(one.vacancy for seed in range(50) for one in random_world(seed, n=1).demands if one.vacancy.tasks)
    task = vacancy.tasks[0]

    def shares(*hours: float) -> list[float]:
        tasks = tuple(replace(task, hours_per_week=one) for one in hours)
        return [round(one, 6) for one in demands_of(replace(vacancy, tasks=tasks, adaptations=())).hours_share.tolist()]

    nothing = float("nan")
    assert shares(6.0, nothing, 12.0, nothing) == [round(6 / 36, 6), 0.25, round(12 / 36, 6), 0.25]
    assert shares(nothing, nothing) == shares(0.0, nothing) == [0.5, 0.5]
    assert shares() == []


def some_related(rng: np.random.Generator, n_skills: int) -> Related:
    skills = np.flatnonzero(rng.random(n_skills) < rng.random()).astype(np.int32)
    return Related(skills, rng.random(len(skills)).astype(np.float32))


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_each_skill_has_the_needs_that_it_helps_in_their_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    related = [some_related(rng, 30) for _ in range(int(rng.integers(0, 6)))]
    n_skills = int(rng.integers(1, 40))
    starts, index, strength = needs_by_skill(related, n_skills)
    last = max((int(one.skills[-1]) for one in related if len(one.skills)), default=-1)
    assert len(starts) == max(n_skills, last + 1) + 1
    assert [one.dtype.name for one in (starts, index, strength)] == ["int32", "int32", "float32"]
    for skill in range(len(starts) - 1):
        helped = [
            (need, one.strength[one.skills == skill].item()) for need, one in enumerate(related) if skill in one.skills
        ]
        here = slice(starts[skill], starts[skill + 1])
        assert list(zip(index[here].tolist(), strength[here].tolist(), strict=True)) == helped
    assert starts[-1] == len(index) == len(strength)


def tried_by_rule(people: Candidates, vacancy: Vacancy, margins: constraints.Margins) -> list[int]:
    codes, _ = constraints.tried(people.tried, people.tried_teams, vacancy, margins)
    return np.flatnonzero(codes == BLOCKED).tolist()


def test_who_is_barred_is_whom_the_constraint_blocks() -> None:
    n_barred = 0
    for seed in range(60):
        world = random_world(seed, n=40, n_vacancies=6)
        packed, n_employers = world.packed(), len(world.people.employers)
        for demand in world.demands:
            vacancy = replace(demand.vacancy, employers=tuple(range(0, n_employers, 2)))
            barred = packed._tried_rows(vacancy, world.asked).tolist()
            assert barred == tried_by_rule(world.people, vacancy, world.margins)
            n_barred += len(barred)
    assert n_barred >= 20


def test_a_vacancy_among_people_has_the_numbers_of_its_employers_and_team_there() -> None:
    world = random_world(3, n=5)
    people = replace(world.people, employers=("bakker", "smid", "wever"), teams=("winkel",))
    vacancy = replace(world.demands[0].vacancy, employer_names=("wever", "elders", "bakker"), team_name="winkel")
    here = vacancy.among(people)
    assert (here.employers, here.team) == ((2, 0), 0)
    assert replace(vacancy, team_name="magazijn").among(people).team == len(people.teams)
    assert replace(vacancy, team_name=None).among(people).team == -1
    assert here.among(people) is here
    changed = {one.name for one in fields(Vacancy) if getattr(here, one.name) is not getattr(vacancy, one.name)}
    assert changed == {"employers", "team"}
