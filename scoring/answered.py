"""What pairs say beside scores: facts for sentences, answers to constraints, tasks, what to arrange; for `explain`."""

import math
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import repeat
from typing import Any

import numpy as np

from scoring.capacity import ARRANGE, TASK_UNKNOWN, Demands
from scoring.columns import NO_DAY, UNKNOWN, Bools, Candidates, Ints, Vacancy
from scoring.constraints import BLOCKED, OK, UNITS, UNSURE
from scoring.explanation import (
    KEPT_ANSWERS,
    AnsweredConstraint,
    Fact,
    Facts,
    Reason,
    ToArrange,
    shown_number,
)
from scoring.reference import Judged
from scoring.terms import (
    CAPACITIES,
    CONSTRAINTS,
    TRAVEL_MODES,
    Answer,
    Constraint,
    Growth,
    Supplier,
    SupportNeed,
    TaskAnswer,
)

N_MISSING = 3  # parts of a vacancy that are named as missing

_NOT_TOLD = math.inf  # instead of NaN, which is never equal to itself
_ANSWERS, _TASK_ANSWERS, _SUPPLIERS = tuple(Answer), tuple(TaskAnswer), tuple(Supplier)
_ABOUT = {
    Constraint.AVAILABILITY: "start_late",
    Constraint.START: "start_late",
    Constraint.TRAVEL: "travel_minutes",
    Constraint.HOURS: "hours_overlap",
    Constraint.CAPACITY: "skill_coverage",
}


def facts_of(people: Candidates, vacancy: Vacancy, judged: Judged, place_minutes: Ints) -> dict[str, list[Fact]]:
    """The values that sentences name, per feature and person: tasks covered, minutes and mode, hours, levels."""
    n = len(people)
    facts: dict[str, list[Fact]] = {}
    if vacancy.place >= 0:
        facts["travel_minutes"], facts["travel_over"] = _journey_facts(people, judged.answers.minutes, place_minutes)
    if vacancy.tasks_stated and (n_tasks := judged.tasks.coverage.shape[1]):
        covered = judged.tasks.covered.sum(axis=1).tolist()
        facts["skill_coverage"] = [(("covered", one), ("of", n_tasks)) for one in covered]
    ready = np.maximum(people.available_from, people.resumes_on).tolist()
    facts["start_late"] = [() if day == NO_DAY else (("available_from", _date(day)),) for day in ready]
    facts["hours_overlap"] = _hours_facts(people, vacancy)
    if missing := _missing(vacancy):
        facts["vacancy_detail"] = [(("missing", missing),)] * n
    if vacancy.growth_path == UNKNOWN:  # she wants to grow; what is not told is whether she can
        facts["growth"] = [
            () if wish in (UNKNOWN, _NO_GROWTH) else (("because", "vacancy"),) for wish in people.growth.tolist()
        ]
    return facts


_NO_GROWTH = tuple(Growth).index(Growth.NONE)
_HOURS = ("her_min", "her_max", "grows_to", "min", "max")


def _hours_facts(people: Candidates, vacancy: Vacancy) -> list[Fact]:
    asked = [np.full(len(people), hours) for hours in (vacancy.hours_min, vacancy.hours_max)]
    hours = np.array([people.hours_min, people.hours_max, people.build_up_to, *asked], np.float64)
    return [_hours_fact(*mine) for mine in np.where(np.isnan(hours), _NOT_TOLD, hours).T.tolist()]


@lru_cache(KEPT_ANSWERS)
def _hours_fact(*hours: float) -> Fact:
    return tuple([(name, value) for name, value in zip(_HOURS, hours, strict=True) if value != _NOT_TOLD])


@lru_cache(KEPT_ANSWERS)
def _date(day: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def _journey_facts(people: Candidates, minutes: Ints, place_minutes: Ints) -> tuple[list[Fact], list[Fact]]:
    """Minutes by the fastest of her own modes, and how far over her maximum."""
    own = people.modes[:, None] >> np.arange(len(TRAVEL_MODES)) & 1
    fastest = np.where(own == 1, place_minutes[people.place], np.iinfo(place_minutes.dtype).max).argmin(axis=1)
    known = (minutes >= 0) & own.any(axis=1)
    over = np.where(people.max_minutes >= 0, minutes - people.max_minutes, 0)
    journeys: list[Fact] = []
    beyond: list[Fact] = []
    for is_known, took, mode, too_many in zip(
        known.tolist(), minutes.tolist(), fastest.tolist(), over.tolist(), strict=True
    ):
        journeys.append((("minutes", took), ("mode", _MODES[mode])) if is_known else ())
        beyond.append((("minutes", took), ("over", too_many)) if is_known else ())
    return journeys, beyond


_MODES = tuple(mode.value for mode in TRAVEL_MODES)


def _missing(vacancy: Vacancy) -> tuple[str, ...]:
    """What the vacancy does not state of what a person wants to know, the first few, in the order of asking."""
    stated = {
        "tasks": vacancy.tasks_stated,
        "hours": not (np.isnan(vacancy.hours_min) and np.isnan(vacancy.hours_max)),
        "times": vacancy.times_stated,
        "place": vacancy.place >= 0 or vacancy.trips_per_week == 0,
        "start": vacancy.start_on != NO_DAY,
        "kind": vacancy.kind != UNKNOWN,
        "term": vacancy.contract_months != UNKNOWN,
        "work_place": vacancy.settings > 0 or vacancy.sector != UNKNOWN,
    }
    return tuple(name for name, is_stated in stated.items() if not is_stated)[:N_MISSING]


# Constraints that have nothing to measure where they are met because nothing is asked.
_ASKS = frozenset(
    {
        Constraint.GROUP,
        Constraint.TRAVEL,
        Constraint.EDUCATION,
        Constraint.LANGUAGE,
        Constraint.LICENCE,
        Constraint.CERTIFICATE,
        Constraint.SCREENING,
        Constraint.ACCESS,
    }
)


def answered_by_each(
    people: Candidates, judged: Judged, facts: Facts, demands: Demands, cells: Ints
) -> list[tuple[AnsweredConstraint, ...]]:
    """The seventeen answers of each person. `cells` (n, T, 20): what becomes of each demand."""
    codes, margins = judged.answers.codes, judged.answers.margins
    shown = np.where(np.isnan(margins), _NOT_TOLD, margins)
    alike = (codes == codes[:1]).all(axis=0) & (shown == shown[:1]).all(axis=0)
    causes = _because(people, codes, demands, cells)
    nothing: Sequence[Fact] = ((),) * len(people)
    columns: list[Iterable[AnsweredConstraint]] = []
    for number, constraint in enumerate(CONSTRAINTS):
        about, because = facts.get(_ABOUT.get(constraint, "")), causes.get(constraint)
        if alike[number] and about is None and because is None and len(people):
            one = _answered(number, int(codes[0, number]), float(shown[0, number]), (), "")
            columns.append(repeat(one, len(people)))
        else:
            given = codes[:, number].tolist(), shown[:, number].tolist(), about or nothing, because or repeat("")
            columns.append(map(_answered, repeat(number), *given))
    return list(zip(*columns, strict=True))


@lru_cache(KEPT_ANSWERS)
def _answered(number: int, code: int, shown: float, fact: Fact, because: str) -> AnsweredConstraint:
    """One answer in words; many people and vacancies share one. `because`: which of several causes it has, or "".

    Where the answer is ok it may be `asked: no`, the work asks nothing, or `needed: no`, she needs nothing: then
    nothing is said of her.
    """
    constraint, answer = CONSTRAINTS[number], _ANSWERS[code]
    margin = shown_number(math.nan if shown == _NOT_TOLD else shown)
    values = dict(fact)
    if margin is not None:
        values["by"] = abs(margin)
    if code == OK and constraint in _ASKS and margin is None:
        values["asked"] = "no"
    elif code == OK and because:
        values[because] = "no"
    elif because:
        values["because"] = because
    return AnsweredConstraint(
        constraint, answer, margin, UNITS[constraint], Reason(f"constraint.{constraint}.{answer}", values)
    )


def _because(people: Candidates, codes: Ints, demands: Demands, cells: Ints) -> dict[Constraint, list[str]]:
    """Which of several causes an answer has, per person, where they ask for different words; "" where there is one."""

    causes: dict[Constraint, list[str]] = {}

    def because(constraint: Constraint, code: int, words: Callable[[], Any]) -> None:
        """These words for whose answer has this code."""
        those = codes[:, CONSTRAINTS.index(constraint)] == code
        if those.any():
            causes[constraint] = np.where(those, words(), "").tolist()

    def untold() -> Bools:
        """Whose level is unknown where a demand is left open."""
        return ((cells == TASK_UNKNOWN).any(axis=1) & (people.capacities == UNKNOWN)).any(axis=1)

    def agreement() -> Any:
        paused = people.paused & (people.resumes_on == NO_DAY)
        return np.where(people.agreed, "pause", np.where(paused, "agreement_and_pause", "agreement"))

    if demands.asked.any():
        because(Constraint.CAPACITY, UNSURE, lambda: np.where(untold(), "level", "freedom"))
    else:
        because(Constraint.CAPACITY, OK, lambda: "asked")
    because(Constraint.AVAILABILITY, BLOCKED, agreement)
    because(Constraint.ATTENTION, BLOCKED, lambda: np.where(people.max_open_introductions == 0, "wants_none", "busy"))
    because(Constraint.SUPPORT, OK, lambda: np.where(people.support_needs == 0, "needed", ""))
    because(Constraint.ACCESS, OK, lambda: np.where(people.access_needs == 0, "needed", ""))
    return causes


def tasks_by_each(texts: Sequence[str], answers: Ints) -> list[tuple[tuple[str, TaskAnswer], ...]]:
    """What becomes of each task, from the answers (n, T), of which the first are told."""
    alike: dict[tuple[int, ...], tuple[tuple[str, TaskAnswer], ...]] = {}
    told = []
    for mine in map(tuple, answers.tolist()):
        if mine not in alike:
            alike[mine] = tuple((text, _TASK_ANSWERS[code]) for text, code in zip(texts, mine, strict=False))
        told.append(alike[mine])
    return told


_NEEDS = tuple(SupportNeed)


def to_arrange_by_each(people: Candidates, missing: Ints, cells: Ints) -> list[tuple[ToArrange, ...]]:
    """What somebody still has to supply: needs by their mask (n,), and adaptations where a cell says so."""
    needs = (missing[:, None] >> np.arange(len(_NEEDS)) & 1).astype(bool)
    adaptations = (cells == ARRANGE).any(axis=1)  # (n, 20)
    told: list[list[ToArrange]] = [[] for _ in range(len(people))]
    for row, need in np.argwhere(needs).tolist():
        told[row].append(_supply(_NEEDS[need].value, int(people.suppliers[row, need])))
    for row, capacity in np.argwhere(adaptations).tolist():
        told[row].append(_supply(CAPACITIES[capacity].value, _EMPLOYER))
    return [tuple(mine) for mine in told]


_EMPLOYER = _SUPPLIERS.index(Supplier.EMPLOYER)


@cache
def _supply(need: str, supplier: int) -> ToArrange:
    return ToArrange(need, _SUPPLIERS[supplier].value)
