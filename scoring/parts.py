"""The fields of people that take few distinct values, each value compared with a vacancy once; for `scoring.packed`.

A part is one field with the constraints on the same columns. What the reference says of one person of each distinct
value is what it says of everybody with it, so a table by value is the reference's own answer, kept by what the vacancy
asks. Hundreds of thousands of people share some thousands of values.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from math import isnan

import numpy as np
import numpy.typing as npt

from scoring import constraints, features
from scoring.beliefs import PoolBeliefs
from scoring.columns import UNKNOWN, Bools, Candidates, Floats, Ints, Vacancy
from scoring.constraints import BLOCKED, Margins
from scoring.features import Builder
from scoring.imputation import DUTCH, EDUCATION, HOURS, NOT_CAPACITIES
from scoring.model import FIXED_POINT, PAIRS, Model, sigmoid
from scoring.reference import FieldScores, believed, score_field
from scoring.terms import Constraint

NODES = 8  # values that a belief has at most: levels of education and of language
# Log-odds of the three questions at which straight lines touch a score: of who is shown first where many people fit,
# and of who is where few do. A bound by each of the lines is a bound; the least of them is close.
TANGENTS = np.array([[0.75, 1.1, 0.9], [-0.2, 0.3, 0.2], [-1.4, -0.6, -0.6], [-2.4, -1.7, -1.8]])
SLOPES = 1 - sigmoid(TANGENTS)  # (lines, 3)
TOUCH = (-np.logaddexp(0, -TANGENTS) - SLOPES * TANGENTS).sum(axis=1)  # (lines,) of the lines at log-odds of 0
WHOLE_WEEK = (1 << 28) - 1


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
    return None if isnan(value) else value  # NaN is never equal to itself, as a key must be


def _belief(beliefs: PoolBeliefs, variable: int) -> Ints:
    return beliefs.levels[:, NOT_CAPACITIES.index(variable)]


def _late(people: Candidates, vacancy: Vacancy, asked: Asked) -> Floats:
    return constraints.days_late(people, vacancy, asked.today).astype(np.float32)


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
        lambda build, p, v, b, a: features.compare_start(build, _late(p, v, a)),
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
    bound: npt.NDArray[np.float32]  # (lines, values) how far below the best log score at least; -inf: it blocks
    best: npt.NDArray[np.float64]  # (lines,) what the best value can add to it at most
    moves: npt.NDArray[np.float64]  # (beliefs, 3, NODES) centred log-odds
    weights: npt.NDArray[np.float64]  # (beliefs, NODES), 0 beyond the nodes of this field
    spread: npt.NDArray[np.float64]  # (beliefs, 6) covariance in the order of PAIRS


def values_of(added: Ints, belief: Ints, moves: Floats, weights: Floats, blocked: Bools | None = None) -> Values:
    """The tables of a field: contributions (values, 3), the belief of each value or -1, and the beliefs' nodes."""
    padded_moves = np.zeros((len(moves), 3, NODES))
    padded_weights = np.zeros((len(moves), NODES))
    if len(moves):
        padded_moves[:, :, : moves.shape[2]] = moves
        padded_weights[:, : moves.shape[2]] = weights
    spread = np.stack([(moves[:, a] * moves[:, b] * weights).sum(axis=1) for a, b in PAIRS], axis=1)
    bound = SLOPES @ added.T / FIXED_POINT
    if len(moves):
        gain = np.log((weights * np.exp(np.einsum("lq,mqk->lmk", SLOPES, moves))).sum(axis=2))
        bound[:, belief >= 0] += gain[:, belief[belief >= 0]]
    best = bound.max(axis=1) if len(added) else np.zeros(len(SLOPES))
    if blocked is not None:
        bound[:, blocked] = -np.inf
    return Values(
        np.ascontiguousarray(np.column_stack([added, belief]), np.int32),
        (bound - best[:, None]).astype(np.float32),
        best,
        padded_moves,
        padded_weights,
        np.ascontiguousarray(spread.reshape(-1, len(PAIRS))),
    )


class Full(Exception):
    """There is no room for another table."""


class Store:
    """Tables of values side by side in a few arrays, so that a query names them by where they begin."""

    def __init__(self, n_values: int = 4_000_000, n_beliefs: int = 200_000) -> None:
        self.added = np.empty((n_values, 4), np.int32)  # touched, and hence kept in memory, as far as it is filled
        self.bound = np.empty((len(SLOPES), n_values), np.float32)
        self.moves = np.empty((n_beliefs, 3, NODES))
        self.weights = np.empty((n_beliefs, NODES))
        self.spread = np.empty((n_beliefs, len(PAIRS)))
        self._n_values = self._n_beliefs = 0

    def another(self) -> "Store":
        """An empty one of the same size."""
        return Store(len(self.added), len(self.moves))

    def put(self, values: Values) -> int:
        """Where these values begin. Raises Full."""
        first, first_belief = self._n_values, self._n_beliefs
        last, last_belief = first + len(values.added), first_belief + len(values.moves)
        if last > len(self.added) or last_belief > len(self.moves):
            raise Full
        self.added[first:last] = values.added
        self.added[first:last, 3] += np.where(values.added[:, 3] >= 0, first_belief, 0)
        self.bound[:, first:last] = values.bound
        self.moves[first_belief:last_belief] = values.moves
        self.weights[first_belief:last_belief] = values.weights
        self.spread[first_belief:last_belief] = values.spread
        self._n_values, self._n_beliefs = last, last_belief
        return first


@dataclass(frozen=True, eq=False)
class PartTable:
    """One part against one vacancy, by value."""

    at: int  # where its values begin in the store
    n_values: int
    best: npt.NDArray[np.float64]  # (lines,) what its best value can add
    blocks: bool  # anybody at all
    answers: Answered  # per constraint codes and margins (values,)
    scores: FieldScores | None


class PartIndex:
    """The distinct values of one part in a pool, and the tables that vacancies asked for so far."""

    def __init__(self, part: Part, people: Candidates, beliefs: PoolBeliefs) -> None:
        self.part = part
        self.codes, rows = distinct(part.columns(people, beliefs))
        self._people = people.take(rows)
        self._beliefs = beliefs.take(rows)
        self._kept: dict[Hashable, PartTable] = {}

    def table(self, vacancy: Vacancy, asked: Asked, store: Store) -> PartTable:
        """The table of this vacancy; computed once per distinct demand. Raises Full."""
        key = self.part.key(vacancy)
        table = self._kept.get(key)
        if table is None:
            table = self._kept[key] = _table(self.part, self._people, self._beliefs, vacancy, asked, store)
        return table

    def values(self, rows: Ints, vacancy: Vacancy) -> Ints:
        """The value of each of these rows."""
        return self.codes[rows]

    def forget(self) -> None:
        """Forget the tables: their store is full."""
        self._kept = {}


class GridIndex:
    """The weekly grid, of which there are too many: its value is how many dayparts are short, the last one unknown."""

    def __init__(self, part: Part, people: Candidates, beliefs: PoolBeliefs) -> None:
        self.part = part
        self.codes = people.grid.astype(np.int32)
        self._people, self._beliefs = people, beliefs
        self._kept: dict[Hashable, PartTable] = {}

    def table(self, vacancy: Vacancy, asked: Asked, store: Store) -> PartTable:
        """The table of this vacancy, from a made-up grid for each number of dayparts. Raises Full."""
        key = self.part.key(vacancy)
        table = self._kept.get(key)
        if table is None:
            n = _n_needed(vacancy) + 2 if vacancy.times_stated else 1
            somebody = np.zeros(n if len(self._people) else 0, np.int64)
            grids = np.array([_grid_short_of(vacancy, short) for short in range(n - 1)] + [UNKNOWN], np.int32)
            people = replace(self._people.take(somebody), grid=grids[: len(somebody)])
            table = _table(self.part, people, self._beliefs.take(somebody), vacancy, asked, store)
            self._kept[key] = table
        return table

    def values(self, rows: Ints, vacancy: Vacancy) -> Ints:
        """The value of each of these rows."""
        if not vacancy.times_stated:
            return np.zeros(len(rows), np.int64)
        grid = self._people.grid[rows]
        short, needed = constraints.dayparts_short(grid, vacancy)
        return np.where(grid == UNKNOWN, needed + 1, short)

    def forget(self) -> None:
        """Forget the tables: their store is full."""
        self._kept = {}


def grid_needs(vacancy: Vacancy) -> tuple[int, int, int, int]:
    """Masks of the dayparts that are fixed and possible, and how many are needed out of each."""
    fixed = int(vacancy.grid_fixed)
    if vacancy.dayparts_needed <= 0:
        return fixed, 0, fixed.bit_count(), 0
    return fixed, (int(vacancy.grid_possible) or WHOLE_WEEK) & ~fixed, fixed.bit_count(), vacancy.dayparts_needed


def _n_needed(vacancy: Vacancy) -> int:
    _, _, fixed, possible = grid_needs(vacancy)
    return fixed + possible


def _grid_short_of(vacancy: Vacancy, short: int) -> int:
    """A week that is so many dayparts short; with fewer possible dayparts than are needed, as near as can be."""
    fixed, possible, n_fixed, n_possible = grid_needs(vacancy)
    within = [1 << bit for bit in range(28) if possible >> bit & 1][:n_possible]
    free = [1 << bit for bit in range(28) if fixed >> bit & 1] + within
    return sum(free[: n_fixed + n_possible - short])


def _table(
    part: Part, people: Candidates, beliefs: PoolBeliefs, vacancy: Vacancy, asked: Asked, store: Store
) -> PartTable:
    """What the reference says of these people, one of each value."""
    n = len(people)
    answers = part.answers(people, vacancy, asked)
    blocked = np.zeros(n, bool)
    for codes, _ in answers.values():
        blocked |= codes == BLOCKED
    if part.compare is None:
        nothing = np.zeros((n, 3), np.int32)
        values = values_of(nothing, np.full(n, UNKNOWN), np.zeros((0, 3, 1)), np.zeros((0, 1)), blocked)
        return PartTable(store.put(values), n, values.best, bool(blocked.any()), answers, None)
    build = Builder(n, asked.model)
    part.compare(build, people, vacancy, beliefs, asked)
    field = build.fields[0]
    scores = score_field(field, asked.model)
    added = np.sum(list(scores.contributions.values()), axis=0).T
    _, moves = believed(field.nodes, field.weights, asked.model)
    values = values_of(added, field.belief, moves, field.weights, blocked)
    return PartTable(store.put(values), n, values.best, bool(blocked.any()), answers, scores)


def distinct(columns: list[Ints]) -> tuple[Ints, npt.NDArray[np.int64]]:
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
    return codes.ravel().astype(np.uint16 if len(rows) <= 1 << 16 else np.int32), rows
