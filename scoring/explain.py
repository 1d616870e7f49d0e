"""Why this rank: the contributions of one pair, computed once, as codes and values; every view renders these.

Words stand in the locale, not here. The sum of a question's contributions and its prior is its log-odds, exactly.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from scoring.capacity import ARRANGE, TASK_UNKNOWN, Demands, cell_answers, demands_of
from scoring.columns import NO_DAY, UNKNOWN, Candidates, Floats, Vacancy
from scoring.constraints import UNITS
from scoring.model import FIXED_POINT, SCALES, Model
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
N_REASONS = 3
N_QUESTIONS = 3
N_MISSING = 3  # parts of a vacancy that are named as missing


@dataclass(frozen=True)
class Reason:
    """One reason: a code that the locale has a sentence for, and the values in it."""

    code: str
    values: Values
    weight: float = 0.0  # log-odds over the three questions together


@dataclass(frozen=True)
class Contribution:
    """What one feature adds to one question, in log-odds; exact multiples of 1/65536."""

    feature: str
    value: float | None  # the mean of what is believed where not known
    unit: str
    known: bool
    contribution: float
    reason: Reason


@dataclass(frozen=True)
class AnsweredQuestion:
    """One of the three questions: prior plus contributions is the log-odds."""

    prior: float
    log_odds: float
    chance: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True)
class AnsweredConstraint:
    """One constraint of a pair; margin is signed (short is negative), None where there is nothing to measure."""

    constraint: Constraint
    answer: Answer
    margin: float | None
    unit: str
    reason: Reason


@dataclass(frozen=True)
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


_ANSWERS, _TASK_ANSWERS = tuple(Answer), tuple(TaskAnswer)
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
    judged: Judged, row: int, model: Model, facts: Mapping[str, Values]
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


def reason_of(feature: str, part: FieldScores, row: int, facts: Mapping[str, Values]) -> Reason:
    """The reason behind one contribution: `<feature>.<what is so>`, e.g. `skill_coverage.some` or `growth.no_path`."""
    value = float(part.values[feature][row])
    weight = int(part.contributions[feature][:, row].sum()) / FIXED_POINT
    return _reason(_code(feature, value, bool(part.known[row])), feature, value, weight, facts)


def _code(feature: str, value: float, known: bool) -> str:
    name = feature.partition(".")[0]
    if value != value:
        return f"{name}.none"
    return f"{name}.{_state(name, value)}" if known else f"{name}.unknown"


def _reason(code: str, feature: str, value: float, weight: float, facts: Mapping[str, Values]) -> Reason:
    dimension = feature.partition(".")[2]
    values: dict[str, Value] = dict(facts.get(feature, {}))
    if dimension:
        values["dimension"] = dimension
    if not code.endswith(".none"):
        values.setdefault("value", round(value, 2))
    return Reason(code, values, weight)


# From which value a feature is called what; the first that holds.
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
    return next(state for least, state in _STATES[name] if value >= least)


REASON_CODES = tuple(
    f"{name}.{state}"
    for name, states in _STATES.items()
    for state in [*(state for _, state in states), "unknown", "none"]
)


class Explainer:
    """Explains the pairs of one vacancy with n people who were judged for it, blocked or not."""

    def __init__(
        self, people: Candidates, vacancy: Vacancy, judged: Judged, model: Model, place_minutes: Floats
    ) -> None:
        self._people, self._vacancy, self._judged, self._model = people, vacancy, judged, model
        self._place_minutes = place_minutes
        self._demands = demands_of(vacancy)
        self._told = [
            (feature, part.values[feature].tolist(), part.known.tolist(), table.sum(axis=0).tolist())
            for part in judged.fields
            for feature, table in part.contributions.items()
        ]
        self._asks = self._spread_of_answers()

    def _spread_of_answers(self) -> list[list[tuple[float, str]]]:
        """Per person her unknown fields with how far an answer moves the logarithm of the score, negative: variance."""
        slopes = 1 - self._judged.product.chances
        asks: list[list[tuple[float, str]]] = [[] for _ in range(len(slopes))]
        for part in self._judged.fields:
            unknown = part.unknown
            if len(unknown.people):
                moved = np.einsum("mq,mqk->mk", slopes[unknown.people], unknown.moves)
                variance = (moved**2 * unknown.weights).sum(axis=1)
                for row, one in zip(unknown.people.tolist(), variance.tolist(), strict=True):
                    asks[row].append((-one, part.field))
        return asks

    def explain(self, row: int) -> PairExplanation:
        """Explain the pair of the person in this row."""
        people, vacancy, judged, model = self._people, self._vacancy, self._judged, self._model
        facts = _facts(people, row, vacancy, judged, self._place_minutes)
        answered = _constraints(people, row, vacancy, judged, facts, self._demands)
        blocked = [one for one in answered if one.answer == Answer.BLOCKED]
        tasks = tuple(
            (task.text, _TASK_ANSWERS[judged.answers.tasks[row, number]])
            for number, task in enumerate(vacancy.tasks if vacancy.tasks_stated or len(vacancy.tasks) > 1 else ())
        )
        score = float(judged.product.score[row])
        return PairExplanation(
            eligible=not blocked and bool(people.agreed[row]),
            constraints=answered,
            correction=float(score - judged.product.chances[row].prod()),
            score=score,
            tasks=tasks,
            to_arrange=_to_arrange(people, row, judged, self._demands),
            reasons=self._top_reasons(row, facts),
            questions_to_ask=tuple(name for _, name in sorted(self._asks[row])[:N_QUESTIONS]),
            would_have_to_change=tuple(Reason(f"change.{one.constraint}", one.reason.values) for one in blocked),
            waterfall=lambda: contributions(judged, row, model, facts),
        )

    def _top_reasons(self, row: int, facts: Mapping[str, Values]) -> tuple[Reason, ...]:
        """Three reasons that moved the score most: what speaks for, and the strongest that speaks against."""
        told = []
        for feature, values, known, weights in self._told:
            told.append(
                (-abs(weights[row]), _code(feature, values[row], known[row]), feature, weights[row], values[row])
            )
        told.sort(key=lambda one: one[:2])
        against = next((one for one in told if one[3] < _AGAINST), None)
        known_for = [one for one in told if one[3] > _FOR and not one[1].endswith(".unknown")]
        chosen = known_for[: N_REASONS - (against is not None)]
        if against is not None:
            chosen.append(against)
        chosen += [one for one in told if one not in chosen and not one[1].endswith(".none")]
        return tuple(
            _reason(code, feature, value, weight / FIXED_POINT, facts)
            for _, code, feature, weight, value in chosen[:N_REASONS]
        )


def _facts(
    people: Candidates, row: int, vacancy: Vacancy, judged: Judged, place_minutes: Floats
) -> dict[str, dict[str, Value]]:
    """The values that sentences name: tasks covered, minutes and mode, hours, levels."""
    facts: dict[str, dict[str, Value]] = {}
    minutes = int(judged.answers.minutes[row])
    if minutes >= 0 and vacancy.place >= 0:
        mask = int(people.modes[row])
        own = [number for number in range(len(TRAVEL_MODES)) if mask >> number & 1]
        times = place_minutes[people.place[row]]
        if own:
            mode = min(own, key=lambda number: (times[number], number))
            facts["travel_minutes"] = {"minutes": minutes, "mode": TRAVEL_MODES[mode].value}
            limit = int(people.max_minutes[row])
            facts["travel_over"] = {"minutes": minutes, "over": minutes - limit if limit >= 0 else 0}
    if judged.tasks.coverage.shape[1] and vacancy.tasks_stated:
        facts["skill_coverage"] = {
            "covered": int(judged.tasks.covered[row].sum()),
            "of": judged.tasks.coverage.shape[1],
        }
    ready = max(int(people.available_from[row]), int(people.resumes_on[row]))
    if ready != NO_DAY:
        facts["start_late"] = {"available_from": (date(1970, 1, 1) + timedelta(days=ready)).isoformat()}
    facts["hours_overlap"] = {
        name: float(value)
        for name, value in (
            ("her_min", people.hours_min[row]),
            ("her_max", people.hours_max[row]),
            ("grows_to", people.build_up_to[row]),
            ("min", vacancy.hours_min),
            ("max", vacancy.hours_max),
        )
        if not np.isnan(value)
    }
    if missing := _missing(vacancy):
        facts["vacancy_detail"] = {"missing": missing}
    if vacancy.growth_path == UNKNOWN and people.growth[row] not in (UNKNOWN, list(Growth).index(Growth.NONE)):
        facts["growth"] = {"because": "vacancy"}  # she wants to grow; what is not told is whether she can
    return facts


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


def _constraints(
    people: Candidates, row: int, vacancy: Vacancy, judged: Judged, facts: Mapping[str, Values], demands: Demands
) -> tuple[AnsweredConstraint, ...]:
    answered = []
    codes, margins = judged.answers.codes[row].tolist(), judged.answers.margins[row].tolist()
    for constraint, code, found in zip(CONSTRAINTS, codes, margins, strict=True):
        answer, margin = _ANSWERS[code], _number(found)
        values: dict[str, Value] = dict(facts.get(_ABOUT.get(constraint, ""), {}))
        if margin is not None:
            values["by"] = abs(margin)
        if answer == Answer.OK:
            values |= _met_by_nothing(people, row, constraint, margin, demands)
        elif because := _because(people, row, constraint, answer, demands):
            values["because"] = because
        reason = Reason(f"constraint.{constraint}.{answer}", values)
        answered.append(AnsweredConstraint(constraint, answer, margin, UNITS[constraint], reason))
    return tuple(answered)


def _met_by_nothing(
    people: Candidates, row: int, constraint: Constraint, margin: float | None, demands: Demands
) -> dict[str, Value]:
    """`asked: no` where the work asks nothing, `needed: no` where she needs nothing: then nothing is said of her."""
    if constraint == Constraint.CAPACITY:
        return {} if demands.asked.any() else {"asked": "no"}
    if constraint in _ASKS and margin is None:
        return {"asked": "no"}
    needs = {Constraint.SUPPORT: int(people.support_needs[row]), Constraint.ACCESS: int(people.access_needs[row])}
    return {"needed": "no"} if needs.get(constraint) == 0 else {}


def _because(people: Candidates, row: int, constraint: Constraint, answer: Answer, demands: Demands) -> str | None:
    """Which of several causes an answer has, where they ask for different words; None where there is one cause."""
    match constraint, answer:
        case Constraint.AVAILABILITY, Answer.BLOCKED:
            paused = people.paused[row] and people.resumes_on[row] == NO_DAY
            if people.agreed[row]:
                return "pause"
            return "agreement_and_pause" if paused else "agreement"
        case Constraint.ATTENTION, Answer.BLOCKED:
            return "wants_none" if people.max_open_introductions[row] == 0 else "busy"
        case Constraint.CAPACITY, Answer.UNKNOWN:
            levels = people.capacities[[row]]
            untold = (cell_answers(levels, demands) == TASK_UNKNOWN).any(axis=1)
            return "level" if (untold & (levels == UNKNOWN)).any() else "freedom"
    return None


def _to_arrange(people: Candidates, row: int, judged: Judged, demands: Demands) -> tuple[ToArrange, ...]:
    suppliers = list(Supplier)
    needs = [
        ToArrange(need.value, suppliers[people.suppliers[row, number]].value)
        for number, need in enumerate(SupportNeed)
        if judged.answers.to_arrange[row] >> number & 1
    ]
    if len(demands.freedom):
        cells = cell_answers(people.capacities[[row]], demands)[0]
        for number in np.flatnonzero((cells == ARRANGE).any(axis=0)):
            needs.append(ToArrange(CAPACITIES[number].value, Supplier.EMPLOYER.value))
    return tuple(needs)
