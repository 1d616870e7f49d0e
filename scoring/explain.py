"""Why this rank: the contributions of one pair, computed once, as codes and values; every view renders these.

Words stand in the locale, not here. The sum of a question's contributions and its prior is its log-odds, exactly.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property, lru_cache
from itertools import repeat
from typing import Any

import numpy as np

from scoring.capacity import ARRANGE, TASK_UNKNOWN, Demands, cell_answers, demands_of
from scoring.columns import NO_DAY, UNKNOWN, Bools, Candidates, Floats, Ints, Vacancy
from scoring.constraints import BLOCKED, OK, UNITS, UNSURE
from scoring.model import FEATURES, FIXED_POINT, SCALES, Model, side_by_side
from scoring.reference import FieldScores, Judged
from scoring.terms import (
    CAPACITIES,
    CONSTRAINTS,
    QUESTIONS,
    TRAVEL_MODES,
    Answer,
    Constraint,
    Growth,
    Question,
    Supplier,
    SupportNeed,
    TaskAnswer,
)

Value = str | int | float | tuple[str, ...]
Values = Mapping[str, Value]
Fact = tuple[tuple[str, Value], ...]  # values by name, in the order in which they are told; () nothing
Facts = Mapping[str, Sequence[Fact]]  # per feature that of each person
N_REASONS = 3
N_QUESTIONS = 3
KEPT_ANSWERS = 20_000  # answers to constraints, and reasons, that all explanations share
N_MISSING = 3  # parts of a vacancy that are named as missing


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code that the locale has a sentence for, and the values in it."""

    code: str
    values: Values
    weight: float = 0.0  # log-odds over the three questions together


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to one question, in log-odds; exact multiples of 1/65536."""

    feature: str
    value: float | None  # the mean of what is believed where not known
    unit: str
    known: bool
    contribution: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """One of the three questions: prior plus contributions is the log-odds."""

    prior: float
    log_odds: float
    chance: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class AnsweredConstraint:
    """One constraint of a pair; margin is signed (short is negative), None where there is nothing to measure."""

    constraint: Constraint
    answer: Answer
    margin: float | None
    unit: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class ToArrange:
    """A support need, or an adaptation on a capacity, that somebody still has to supply."""

    need: str
    supplier: str


@dataclass(frozen=True)
class PairExplanation:
    """All that there is to say of one pair; the waterfall of the questions is put together when it is asked for."""

    eligible: bool
    constraints: tuple[AnsweredConstraint, ...]
    correction: float  # score minus the product of the three chances: shared uncertainty
    score: float
    tasks: tuple[tuple[str, TaskAnswer], ...]
    to_arrange: tuple[ToArrange, ...]
    reasons: tuple[Reason, ...]
    questions_to_ask: tuple[str, ...]  # unknown fields, the most telling first
    would_have_to_change: tuple[Reason, ...]
    waterfall: Callable[[], dict[Question, AnsweredQuestion]] = field(compare=False, repr=False)

    @cached_property
    def questions(self) -> Mapping[Question, AnsweredQuestion]:
        """The three questions with everything that adds to them."""
        return self.waterfall()


_NOT_TOLD = math.inf  # instead of NaN, which is never equal to itself
_ANSWERS, _TASK_ANSWERS, _SUPPLIERS = tuple(Answer), tuple(TaskAnswer), tuple(Supplier)
_AGAINST, _FOR = -0.15 * FIXED_POINT, 0.12 * FIXED_POINT  # from which weight a reason speaks against, or for
_ABOUT = {
    Constraint.AVAILABILITY: "start_late",
    Constraint.START: "start_late",
    Constraint.TRAVEL: "travel_minutes",
    Constraint.HOURS: "hours_overlap",
    Constraint.CAPACITY: "skill_coverage",
}


def _number(value: float) -> float | None:
    return None if math.isnan(value) else round(float(value), 4) + 0.0  # no negative zero


def contributions(
    judged: Judged, row: int, model: Model, facts: Mapping[str, Fact]
) -> dict[Question, AnsweredQuestion]:
    """The three questions of one person with everything that adds to them. `facts`: values for the reasons."""
    result = {}
    for number, question in enumerate(QUESTIONS):
        parts = [
            Contribution(
                feature,
                _number(part.values[feature][row]),
                SCALES[feature].unit,
                bool(part.known[row]),
                int(table[number, row]) / FIXED_POINT,
                reason_of(feature, part, row, facts),
            )
            for part in judged.fields
            for feature, table in part.contributions.items()
            if feature in model.shapes[question]
        ]
        result[question] = AnsweredQuestion(
            int(model.prior[number]) / FIXED_POINT,
            int(judged.log_odds[row, number]) / FIXED_POINT,
            float(judged.product.chances[row, number]),
            tuple(parts),
        )
    return result


def reason_of(feature: str, part: FieldScores, row: int, facts: Mapping[str, Fact]) -> Reason:
    """The reason behind one contribution: `<feature>.<what is so>`, e.g. `skill_coverage.some` or `growth.no_path`."""
    value = float(part.values[feature][row])
    weight = int(part.contributions[feature][:, row].sum()) / FIXED_POINT
    return _reason(_code(feature, value, bool(part.known[row])), feature, value, weight, facts.get(feature, ()))


def _code(feature: str, value: float, known: bool) -> str:
    name = feature.partition(".")[0]
    if value != value:
        return f"{name}.none"
    return f"{name}.{_state(name, value)}" if known else f"{name}.unknown"


@lru_cache(KEPT_ANSWERS)
def _reason(code: str, feature: str, value: float, weight: float, fact: Fact) -> Reason:
    """One reason in words; many people and vacancies share one."""
    dimension = feature.partition(".")[2]
    values = dict(fact)
    if dimension:
        values["dimension"] = dimension
    if not code.endswith(".none"):
        values["value"] = round(value, 2) + 0.0  # no negative zero
    return Reason(code, values, weight)


# From which value a feature is called what; the first that holds, or the last.
_STATES: dict[str, tuple[tuple[float, str], ...]] = {
    "skill_coverage": ((0.6, "much"), (0.3, "some"), (-1, "little")),
    "desired_skills": ((0.5, "has"), (-1, "lacks")),
    "work_nearness": ((0.95, "same"), (0.5, "near"), (-1, "other")),
    "experience": ((24, "long"), (1, "some"), (-1, "none")),
    "wish_nearness": ((0.95, "wished"), (0.45, "near"), (-0.3, "other"), (-0.9499, "near_refused"), (-2, "refused")),
    "sector": ((0.5, "wished"), (-0.5, "other"), (-2, "refused")),
    "setting": ((0.05, "fits"), (-0.05, "neutral"), (-2, "clashes")),
    "travel_minutes": ((46, "far"), (26, "fair"), (-1, "close")),
    "travel_over": ((0.5, "over"), (-1, "within")),
    "hours_overlap": ((0, "fits"), (-100, "short")),
    "dayparts_short": ((0.5, "short"), (-1, "fits")),
    "start_late": ((0.5, "late"), (-1, "in_time")),
    "language_margin": ((0, "enough"), (-10, "short")),
    "education_margin": ((0, "enough"), (-10, "short")),
    "desired_papers": ((0.01, "has"), (-1, "lacks")),
    "papers_to_get": ((0.5, "missing"), (-1, "complete")),
    "to_arrange": ((0.5, "some"), (-1, "nothing")),
    "support_supplied": ((0.99, "all"), (-1, "part")),
    "fixed_colleague": ((1.5, "needed"), (0.5, "offered"), (-1, "absent")),
    "contract_margin": ((0, "enough"), (-100, "short")),
    "growth": ((1.5, "her_path"), (0.5, "path"), (-0.5, "not_wanted"), (-2, "no_path")),
    "vacancy_detail": ((0.7, "clear"), (-1, "vague")),
    "capacity": ((0.5, "spare"), (-0.05, "exact"), (-0.35, "arrange"), (-0.95, "carve"), (-10, "gap")),
}


def _state(name: str, value: float) -> str:
    return next((state for least, state in _STATES[name] if value >= least), _STATES[name][-1][1])


REASON_CODES = tuple(
    f"{name}.{state}"
    for name, states in _STATES.items()
    for state in [*(state for _, state in states), "unknown", "none"]
)
_IN_ORDER = tuple(sorted(REASON_CODES))  # reasons of equal weight stand in the order of their codes
_N_STATES = max(len(states) for states in _STATES.values())


def _tables_of_states() -> tuple[Floats, Ints]:
    """Per feature below which values its next state begins, (_N_STATES - 1, features), and the position in _IN_ORDER
    of each of its states, then of "unknown" and of "none", (features, _N_STATES + 2)."""
    below = np.full((_N_STATES - 1, len(FEATURES)), -np.inf)
    codes = np.zeros((len(FEATURES), _N_STATES + 2), np.int64)
    for row, feature in enumerate(FEATURES):
        name = feature.partition(".")[0]
        states = _STATES[name]
        below[: len(states) - 1, row] = [least for least, _ in states[:-1]]
        names = [*(state for _, state in states), *[states[-1][1]] * (_N_STATES - len(states)), "unknown", "none"]
        codes[row] = [_IN_ORDER.index(f"{name}.{state}") for state in names]
    return below, codes


_BELOW, _CODES = _tables_of_states()
_IS_UNKNOWN = np.array([code.endswith(".unknown") for code in _IN_ORDER])
_IS_NONE = np.array([code.endswith(".none") for code in _IN_ORDER])
_NUMBER_OF = {feature: number for number, feature in enumerate(FEATURES)}


class Explainer:
    """Explains the pairs of one vacancy with n people who were judged for it, blocked or not."""

    def __init__(self, people: Candidates, vacancy: Vacancy, judged: Judged, model: Model, place_minutes: Ints) -> None:
        demands, answers = demands_of(vacancy), judged.answers
        cells = cell_answers(people.capacities, demands)
        self._judged, self._model = judged, model
        self._facts = _facts(people, vacancy, judged, place_minutes)
        self._answered = _answered_by_each(people, judged, self._facts, demands, cells)
        self._blocked = (answers.codes == BLOCKED).any(axis=1).tolist()
        self._agreed = people.agreed.tolist()
        tasks = vacancy.tasks if vacancy.tasks_stated or len(vacancy.tasks) > 1 else ()
        self._tasks = _tasks(tuple(task.text for task in tasks), answers.tasks)
        self._to_arrange = _to_arrange(people, answers.to_arrange, cells)
        self._reasons = _top_reasons(judged, self._facts)
        self._asks = _questions_to_ask(judged)
        self._scores = judged.product.score.tolist()
        self._corrections = (judged.product.score - judged.product.chances.prod(axis=1)).tolist()

    def explain(self, row: int) -> PairExplanation:
        """Explain the pair of the person in this row."""
        answered = self._answered[row]
        blocked = [one for one in answered if one.answer == Answer.BLOCKED] if self._blocked[row] else ()
        return PairExplanation(
            eligible=not blocked and self._agreed[row],
            constraints=answered,
            correction=self._corrections[row],
            score=self._scores[row],
            tasks=self._tasks[row],
            to_arrange=self._to_arrange[row],
            reasons=self._reasons[row],
            questions_to_ask=self._asks[row],
            would_have_to_change=tuple(Reason(f"change.{one.constraint}", one.reason.values) for one in blocked),
            waterfall=lambda: contributions(
                self._judged, row, self._model, {feature: facts[row] for feature, facts in self._facts.items()}
            ),
        )


def _top_reasons(judged: Judged, facts: Facts) -> list[tuple[Reason, ...]]:
    """Three reasons that moved the score most: what speaks for, and the strongest that speaks against."""
    told = [(feature, part) for part in judged.fields for feature in part.contributions]
    features = [feature for feature, _ in told]
    values = np.array([part.values[feature] for feature, part in told]).T  # (n, features)
    known = np.array([part.known for _, part in told]).T
    weights = np.array([part.contributions[feature] for feature, part in told]).sum(axis=1, dtype=np.int64).T
    numbers = np.array([_NUMBER_OF[feature] for feature in features])
    states = np.where(known, (values < _BELOW[:, None, numbers]).sum(axis=0), _N_STATES)
    codes = _CODES[numbers, np.where(np.isnan(values), _N_STATES + 1, states)]

    # One number tells all of a reason; the smallest weighs most. From below: the sign, its place, its code, its weight.
    keys = np.sort(-np.abs(weights) << _BITS | codes << _CODE | np.arange(len(told)) << _PLACE | (weights > 0), axis=1)
    weights, codes, positive = -(keys >> _BITS), keys >> _CODE & _MOST_CODES - 1, (keys & 1).astype(bool)
    speaks_for = positive & (weights > _FOR) & ~_IS_UNKNOWN[codes]
    against = ~positive & (weights > -_AGAINST)
    against &= np.cumsum(against, axis=1) == 1  # the strongest alone
    speaks_for &= np.cumsum(speaks_for, axis=1) <= N_REASONS - against.sum(axis=1, keepdims=True)
    turn = np.where(speaks_for, 0, np.where(against, 1, np.where(_IS_NONE[codes], 3, 2))).astype(np.int8)
    first = np.argsort(turn, axis=1, kind="stable")[:, :N_REASONS]
    n_shown = (np.take_along_axis(turn, first, axis=1) < 3).sum(axis=1).tolist()
    chosen = np.take_along_axis(keys, first, axis=1)

    which, sizes = chosen >> _PLACE & _MOST_FEATURES - 1, chosen >> _BITS
    columns = (
        np.repeat(np.arange(len(chosen)), chosen.shape[1]),
        which,
        chosen >> _CODE & _MOST_CODES - 1,
        np.take_along_axis(values, which, axis=1),
        np.where(chosen & 1, -sizes, sizes) / FIXED_POINT,
    )
    told_of = [facts.get(feature) for feature in features]
    reasons = [
        _reason(_IN_ORDER[code], features[at], value, weight, about[row] if (about := told_of[at]) else ())
        for row, at, code, value, weight in zip(*(column.ravel().tolist() for column in columns), strict=True)
    ]
    starts = range(0, len(reasons), chosen.shape[1])
    return [tuple(reasons[start : start + n]) for start, n in zip(starts, n_shown, strict=True)]


# How a reason is written as one number, in bits from below.
_PLACE, _CODE, _BITS = 1, 7, 15
_MOST_FEATURES, _MOST_CODES = 1 << _CODE - _PLACE, 1 << _BITS - _CODE


def _questions_to_ask(judged: Judged) -> list[tuple[str, ...]]:
    """Per person her unknown fields of which an answer moves the logarithm of the score most, by its variance."""
    slopes = 1 - judged.product.chances
    asks: list[list[str]] = [[] for _ in range(len(slopes))]
    found = []
    for which, unknown in side_by_side([part.unknown for part in judged.fields]):
        moved = np.einsum("mq,mqk->mk", slopes[unknown.people], unknown.moves)
        found.append((unknown.people, (moved**2 * unknown.weights).sum(axis=1), which))
    if not found:
        return [()] * len(slopes)
    people, variance, which = (np.concatenate(column) for column in zip(*found, strict=True))
    names = sorted(part.field for part in judged.fields)
    place_of = np.array([names.index(part.field) for part in judged.fields])
    order = np.lexsort((place_of[which], -variance, people))
    people, which = people[order], place_of[which[order]]
    first = np.arange(len(order)) - people.searchsorted(people) < N_QUESTIONS
    for row, place in zip(people[first].tolist(), which[first].tolist(), strict=True):
        asks[row].append(names[place])
    return [tuple(mine) for mine in asks]


def _facts(people: Candidates, vacancy: Vacancy, judged: Judged, place_minutes: Ints) -> dict[str, list[Fact]]:
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


def _answered_by_each(
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
    margin = _number(math.nan if shown == _NOT_TOLD else shown)
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


def _tasks(texts: Sequence[str], answers: Ints) -> list[tuple[tuple[str, TaskAnswer], ...]]:
    """What becomes of each task, from the answers (n, T), of which the first are told."""
    alike: dict[tuple[int, ...], tuple[tuple[str, TaskAnswer], ...]] = {}
    told = []
    for mine in map(tuple, answers.tolist()):
        if mine not in alike:
            alike[mine] = tuple((text, _TASK_ANSWERS[code]) for text, code in zip(texts, mine, strict=False))
        told.append(alike[mine])
    return told


_NEEDS = tuple(SupportNeed)


def _to_arrange(people: Candidates, missing: Ints, cells: Ints) -> list[tuple[ToArrange, ...]]:
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
