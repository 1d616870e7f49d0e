"""Why this rank: the contributions of one pair, computed once, as codes and values; every view renders these.

Words stand in the locale, not here. The sum of a question's contributions and its prior is its log-odds, exactly.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from scoring.answered import answered_by_each, facts_of, tasks_by_each, to_arrange_by_each
from scoring.capacity import cell_answers, demands_of
from scoring.columns import Candidates, Floats, Ints, Vacancy
from scoring.constraints import BLOCKED
from scoring.explanation import (
    KEPT_ANSWERS,
    AnsweredQuestion,
    Contribution,
    Fact,
    Facts,
    PairExplanation,
    Reason,
    shown_number,
)
from scoring.model import FEATURES, FIXED_POINT, SCALES, Model, side_by_side
from scoring.reference import FieldScores, Judged
from scoring.terms import (
    QUESTIONS,
    Answer,
    Question,
)

N_REASONS = 3
N_QUESTIONS = 3


_AGAINST, _FOR = -0.15 * FIXED_POINT, 0.12 * FIXED_POINT  # from which weight a reason speaks against, or for


def contributions(
    judged: Judged, row: int, model: Model, facts: Mapping[str, Fact]
) -> dict[Question, AnsweredQuestion]:
    """The three questions of one person with everything that adds to them. `facts`: values for the reasons."""
    result = {}
    for number, question in enumerate(QUESTIONS):
        parts = [
            Contribution(
                feature,
                shown_number(part.values[feature][row]),
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
        self._facts = facts_of(people, vacancy, judged, place_minutes)
        self._answered = answered_by_each(people, judged, self._facts, demands, cells)
        self._blocked = (answers.codes == BLOCKED).any(axis=1).tolist()
        self._agreed = people.agreed.tolist()
        tasks = vacancy.tasks if vacancy.tasks_stated or len(vacancy.tasks) > 1 else ()
        self._tasks = tasks_by_each(tuple(task.text for task in tasks), answers.tasks)
        self._to_arrange = to_arrange_by_each(people, answers.to_arrange, cells)
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
