"""The fields of people that take few distinct values, each value compared with a vacancy once; for `scoring.packed`.

A part is one field with the constraints on the same columns. What the reference says of one person of each distinct
value is what it says of everybody with it, so a table by value is the reference's own answer, kept by what the vacancy
asks. Hundreds of thousands of people share some thousands of values.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring import constraints, features
from scoring.beliefs import PoolBeliefs
from scoring.columns import Candidates, Floats, Ints, Vacancy
from scoring.constraints import BLOCKED, Margins
from scoring.features import Builder
from scoring.imputation import DUTCH, EDUCATION, HOURS, NOT_CAPACITIES
from scoring.model import FIXED_POINT, PAIRS, Model, sigmoid
from scoring.reference import FieldScores, score_field
from scoring.terms import Constraint

NODES = 8  # values that a belief has at most: levels of education and of language
TANGENT = np.array([0.75, 1.1, 0.9])  # log-odds at which a bound touches a score: about those of who is shown first
SLOPES = 1 - sigmoid(TANGENT)
KEPT_TABLES = 512  # per part


@dataclass(frozen=True)
class Asked:
    """What a part may look at beside people and vacancy."""

    margins: Margins
    model: Model
    today: int


Answered = dict[Constraint, tuple[Ints, Floats]]
Columns = Callable[[Candidates, PoolBeliefs], list[Ints]]


@dataclass(frozen=True)
class Part:
    """One field: the columns it reads, what of a vacancy it depends on, its constraints and its features."""

    name: str
    columns: Columns
    key: Callable[[Vacancy], Hashable]
    answers: Callable[[Candidates, Vacancy, Asked], Answered]
    compare: Callable[[Builder, Candidates, Vacancy, PoolBeliefs, Asked], None] | None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value  # NaN is never equal to itself, as a key must be


def _belief(beliefs: PoolBeliefs, variable: int) -> Ints:
    return beliefs.levels[:, NOT_CAPACITIES.index(variable)]


def _start_answers(people: Candidates, vacancy: Vacancy, asked: Asked) -> Answered:
    late = constraints.days_late(people, vacancy, asked.today)
    return {
        Constraint.AVAILABILITY: constraints.availability(people),
        Constraint.START: constraints.start(late, asked.margins),
    }


def _support_answers(people: Candidates, vacancy: Vacancy, asked: Asked) -> Answered:
    codes, margin, _ = constraints.support(people, vacancy)
    return {Constraint.SUPPORT: (codes, margin)}


def _paper_answers(people: Candidates, vacancy: Vacancy, asked: Asked) -> Answered:
    margins = asked.margins
    return {
        Constraint.LICENCE: constraints.papers(
            people.licences, vacancy.licences, margins.quick_licences, margins.papers
        ),
        Constraint.CERTIFICATE: constraints.papers(
            people.certificates, vacancy.certificates, margins.quick_certificates, margins.papers
        ),
        Constraint.SCREENING: constraints.screening(people, vacancy),
    }


def _formal_answers(people: Candidates, vacancy: Vacancy, asked: Asked) -> Answered:
    return {
        Constraint.GROUP: constraints.group(people, vacancy),
        Constraint.ACCESS: constraints.access(people, vacancy),
        Constraint.ATTENTION: constraints.attention(people),
    }


def _own_aids(people: Candidates) -> Ints:
    return (people.suppliers == constraints.OWN_AID) @ (1 << np.arange(people.suppliers.shape[1]))


PARTS: tuple[Part, ...] = (
    Part(
        "formal",
        lambda p, b: [p.groups, p.access_needs, p.open_introductions, p.max_open_introductions],
        lambda v: (v.counts_for, v.access, v.trips_per_week == 0),
        _formal_answers,
        None,
    ),
    Part(
        "hours",
        lambda p, b: [p.hours_min, p.hours_max, p.build_up_to, p.hours_per_day_max, _belief(b, HOURS)],
        lambda v: (_number(v.hours_min), _number(v.hours_max), _number(v.hours_per_day)),
        lambda p, v, a: {Constraint.HOURS: constraints.hours(p, v, a.margins)},
        lambda build, p, v, b, a: features.compare_hours(build, p, v, b),
    ),
    Part(
        "weekly_grid",
        lambda p, b: [p.grid],
        lambda v: (v.times_stated, v.grid_fixed, v.grid_possible, v.dayparts_needed),
        lambda p, v, a: {Constraint.DAYPARTS: constraints.dayparts(p, v, a.margins)},
        lambda build, p, v, b, a: features.compare_weekly_grid(build, p, v),
    ),
    Part(
        "contract",
        lambda p, b: [p.contract_kinds, p.contract_months_min],
        lambda v: (v.kind, v.contract_months),
        lambda p, v, a: {Constraint.CONTRACT: constraints.contract(p, v)},
        lambda build, p, v, b, a: features.compare_contract(build, p, v),
    ),
    Part(
        "start",
        lambda p, b: [p.agreed, p.paused, p.resumes_on, p.available_from],
        lambda v: v.start_on,
        _start_answers,
        lambda build, p, v, b, a: features.compare_start(build, constraints.days_late(p, v, a.today).astype(np.float32)),
    ),
    Part(
        "papers",
        lambda p, b: [p.licences, p.certificates, *p.screenings.T],
        lambda v: (v.licences, v.licences_desired, v.certificates, v.certificates_desired, v.screenings),
        _paper_answers,
        lambda build, p, v, b, a: features.compare_papers(build, p, v),
    ),
    Part(
        "languages",
        lambda p, b: [*p.languages.T, _belief(b, DUTCH)],
        lambda v: v.languages,
        lambda p, v, a: {Constraint.LANGUAGE: constraints.language(p, v, a.margins)},
        lambda build, p, v, b, a: features.compare_languages(build, p, v, b),
    ),
    Part(
        "education",
        lambda p, b: [p.education, _belief(b, EDUCATION)],
        lambda v: (v.education_by_law, v.education_wished),
        lambda p, v, a: {Constraint.EDUCATION: constraints.education(p, v)},
        lambda build, p, v, b, a: features.compare_education(build, p, v, b),
    ),
    Part(
        "settings",
        lambda p, b: [p.settings, p.not_settings],
        lambda v: v.settings,
        lambda p, v, a: {},
        lambda build, p, v, b, a: features.compare_settings(build, p, v),
    ),
    Part(
        "support",
        lambda p, b: [p.support_needs, _own_aids(p)],
        lambda v: (v.offers, v.buddy),
        _support_answers,
        lambda build, p, v, b, a: features.compare_support(build, p, v),
    ),
    Part(
        "growth",
        lambda p, b: [p.growth],
        lambda v: v.growth_path,
        lambda p, v, a: {},
        lambda build, p, v, b, a: features.compare_growth(build, p, v),
    ),
    Part(
        "sectors",
        lambda p, b: [p.sectors, p.not_sectors],
        lambda v: v.sector,
        lambda p, v, a: {},
        lambda build, p, v, b, a: features.compare_sectors(build, p, v),
    ),
)


@dataclass(frozen=True)
class Values:
    """What the values of one field come to: for a kernel to look up, and for an explanation to show."""

    added: npt.NDArray[np.int32]  # (values, 4) fixed-point log-odds of the three questions; row of the belief or -1
    bound: npt.NDArray[np.float32]  # (values,) what the value can add at most to the logarithm of a score
    moves: npt.NDArray[np.float64]  # (beliefs, 3, NODES) centred log-odds
    weights: npt.NDArray[np.float64]  # (beliefs, NODES), 0 beyond the nodes of this field
    spread: npt.NDArray[np.float64]  # (beliefs, 6) covariance in the order of PAIRS


def values_of(added: Ints, belief: Ints, moves: Floats, weights: Floats) -> Values:
    """The tables of a field: contributions (values, 3), the belief of each value or -1, and the beliefs' nodes."""
    padded_moves = np.zeros((len(moves), 3, NODES))
    padded_weights = np.zeros((len(moves), NODES))
    if len(moves):
        padded_moves[:, :, : moves.shape[2]] = moves
        padded_weights[:, : moves.shape[2]] = weights
    spread = np.stack([(moves[:, a] * moves[:, b] * weights).sum(axis=1) for a, b in PAIRS], axis=1)
    gain = np.log((weights * np.exp(np.einsum("q,mqk->mk", SLOPES, moves))).sum(axis=1)) if len(moves) else np.zeros(0)
    bound = added @ SLOPES / FIXED_POINT
    bound[belief >= 0] += gain[belief[belief >= 0]]
    return Values(
        np.column_stack([added, belief]).astype(np.int32),
        bound.astype(np.float32),
        padded_moves,
        padded_weights,
        spread.reshape(-1, len(PAIRS)),
    )


@dataclass(frozen=True)
class PartTable:
    """One part against one vacancy, by value."""

    values: Values
    blocked: npt.NDArray[np.uint8]  # (values,)
    answers: Answered  # per constraint codes and margins (values,)
    scores: FieldScores | None


class PartIndex:
    """The distinct values of one part in a pool, and the tables that vacancies asked for so far."""

    def __init__(self, part: Part, people: Candidates, beliefs: PoolBeliefs, codes: Ints, rows: Ints) -> None:
        self.part = part
        self.codes = codes
        self._people = people.take(rows)
        self._beliefs = beliefs.take(rows)
        self._kept: dict[Hashable, PartTable] = {}

    def table(self, vacancy: Vacancy, asked: Asked) -> PartTable:
        """The table of this vacancy; computed once per distinct demand."""
        key = self.part.key(vacancy)
        table = self._kept.get(key)
        if table is None:
            while len(self._kept) >= KEPT_TABLES:
                self._kept.pop(next(iter(self._kept)), None)
            table = self._kept[key] = self._table(vacancy, asked)
        return table

    def _table(self, vacancy: Vacancy, asked: Asked) -> PartTable:
        n = len(self._people)
        answers = self.part.answers(self._people, vacancy, asked)
        blocked = np.zeros(n, np.uint8)
        for codes, _ in answers.values():
            blocked |= codes == BLOCKED
        if self.part.compare is None:
            nothing = np.zeros((n, 3), np.int32)
            values = values_of(nothing, np.full(n, -1), np.zeros((0, 3, 1)), np.zeros((0, 1)))
            return PartTable(values, blocked, answers, None)
        build = Builder(n, asked.model)
        self.part.compare(build, self._people, vacancy, self._beliefs, asked)
        scores = score_field(build.fields[0], asked.model)
        added = np.sum(list(scores.contributions.values()), axis=0).T
        belief = np.full(n, -1)
        belief[scores.unknown.people] = np.arange(len(scores.unknown.people))
        return PartTable(
            values_of(added, belief, scores.unknown.moves, scores.unknown.weights), blocked, answers, scores
        )


def distinct(columns: list[Ints]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int64]]:
    """The number of each row's value (n,), and one row for each value. Columns (n,) of whole numbers or float32."""
    whole = [
        (column.astype(np.float32).view(np.int32) if column.dtype.kind == "f" else column).astype(np.int64)
        for column in columns
    ]
    mixed = np.zeros(len(whole[0]), np.uint64)
    with np.errstate(over="ignore"):
        for column in whole:  # splitmix64, one step a column
            mixed = (mixed + column.view(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
    _, rows, codes = np.unique(mixed, return_index=True, return_inverse=True)
    if any((column[rows][codes] != column).any() for column in whole):  # two values with one hash: count exactly
        _, rows, codes = np.unique(np.column_stack(whole), axis=0, return_index=True, return_inverse=True)
    return codes.ravel().astype(np.int32), rows
