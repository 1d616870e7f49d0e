"""A pool in the form that the kernel walks, and vacancies as queries on it; `matching` asks it for people in order."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from threading import Lock

import numpy as np
import numpy.typing as npt

from scoring import kernel, sweeping
from scoring.asking import CapacityTables, asked_capacities, needs_by_skill
from scoring.beliefs import EDGES, EQUAL, PoolBeliefs
from scoring.capacity import Demands, demands_of
from scoring.columns import Bools, Candidates, Floats, Ints, Vacancy
from scoring.compiling import never
from scoring.features import coverage_nodes, desired_nodes
from scoring.imputation import MEANS, SPREADS, level_beliefs
from scoring.likeness import NEAR_WORK, REFUSED, TITLE_ONLY, Likeness, Related, coverage_shares
from scoring.model import FIXED_POINT, GRID, GRID_WEIGHTS, SCALES, Model, Product, sigmoid
from scoring.packing import Journeys, fixed, packed_people
from scoring.parts import (
    PARTS,
    SLOPES,
    TOUCH,
    Asked,
    Full,
    GridIndex,
    PartIndex,
    PartTable,
    Store,
    Values,
    grid_needs,
    values_of,
)
from scoring.plain import PlainPool, told_of
from scoring.reference import (
    Judged,
    Surroundings,
    believed,
    day_seed,
)
from scoring.terms import Licence, mask_of
from scoring.told import Telling

_LICENCE_B = mask_of([Licence.B], Licence)
KEPT_DETAILS = 64  # shares of what there is to know of a vacancy, of which the prior is kept
NOBODY = np.zeros(0, np.int64)
_BINS = np.array(
    [
        len(SCALES[feature].grid)
        for feature in ("wish_nearness", "work_nearness", "experience", "skill_coverage", "desired_skills")
    ]
)


class PackedPool:
    """People in order of `row_order`, their columns as the kernel reads them, and the tables of vacancies so far."""

    def __init__(
        self,
        people: Candidates,
        beliefs: PoolBeliefs,
        model: Model,
        regions: Ints,
        waits: Callable[[], bool] = never,
    ) -> None:
        """`regions` (places,): the region of each place. The reference ranks as long as it `waits` for the kernel."""
        self.people = people
        self.beliefs = beliefs
        self.model = model
        self.parts: tuple[PartIndex | GridIndex, ...] = tuple(
            (GridIndex if part.name == "weekly_grid" else PartIndex)(part, people, beliefs) for part in PARTS
        )
        self._people = packed_people(people, beliefs, regions, [part.codes for part in self.parts])
        self._nodes = kernel.Nodes(
            fixed(GRID.T, np.float64),
            fixed(GRID_WEIGHTS, np.float64),
            float(MEANS[0]),
            float(MEANS[1] - MEANS[0]),
            len(MEANS),
            fixed(SPREADS, np.float64),
        )
        self._prior = lru_cache(KEPT_DETAILS)(self._prior_of)
        self._telling = Telling(self.parts, beliefs, model)
        self._lock = Lock()
        self._kept = _Kept(Store(), sweeping.other_levels(people.capacities))
        self._told_of = fixed(self._people.flags & 7, np.uint16)  # which of her wishes, work done and skills are known
        self._scratch: list[kernel.Scratch] = []
        self._alive = sweeping.bits_of(np.ones(len(people), bool))
        self._waits = waits
        self._plain = PlainPool(people, beliefs, np.ones(len(people), bool))
        self._region_places = {
            region: np.flatnonzero(regions == region) for region in np.unique(regions[regions >= 0]).tolist()
        }

    def __len__(self) -> int:
        return len(self.people)

    def among(self, alive: Bools) -> "PackedPool":
        """The same pool, of which only some people count; tables are shared."""
        other = copy(self)
        flags = np.where(alive, self._people.flags, self._people.flags & ~np.uint8(kernel.ALIVE))
        other._people = self._people._replace(flags=fixed(flags, np.uint8))
        other._alive = sweeping.bits_of(alive)
        other._plain = replace(self._plain, alive=alive)
        return other

    def query(
        self, vacancy: Vacancy, likeness: Likeness, journeys: Journeys, asked: Asked, barred: Ints = NOBODY
    ) -> "Posed":
        """This vacancy as look-up tables for this pool. `barred`: rows left out."""
        demands = demands_of(vacancy)
        tables, fields, capacities, store = self._tables(vacancy, likeness, demands, asked)
        margins = asked.margins
        few = vacancy.trips_per_week <= margins.few_trips_per_week
        travels = vacancy.trips_per_week != 0 and vacancy.place >= 0
        minutes_added, minutes_bound, most_minutes, over_added = self._travel
        prior = self._prior(vacancy.detail)
        best = TOUCH + SLOPES @ prior / FIXED_POINT + most_minutes * travels
        best += np.sum(
            [*(one.best for one in tables), *(one.best for one in capacities), *(one.best for _, one in fields)], axis=0
        )
        fixed, possible, *needs = grid_needs(vacancy)
        query = kernel.Query(
            prior=prior,
            best=best,
            touch=TOUCH,
            slopes=SLOPES,
            at=np.array([*(table.at for table in tables), *(at for at, _ in fields)], np.int64),
            bins=_BINS,
            added=store.added,
            bound=store.bound,
            moves=store.moves,
            weights=store.weights,
            spread=store.spread,
            grid_fixed=fixed,
            grid_possible=possible,
            grid_needs=np.array(needs, np.int64),
            grid_last=sum(needs) + 1 if vacancy.times_stated else 0,
            travels=travels,
            minutes=journeys.minutes,
            limit_factor=float(margins.few_trips_factor if few else 1.0),
            minutes_weight=float(1 / margins.few_trips_factor if few else 1.0),
            minutes_added=minutes_added,
            minutes_bound=minutes_bound,
            over_added=over_added,
            nearness=likeness.titles,
            near_work=NEAR_WORK,
            refused=REFUSED,
            edges=self._edges,
            drawn=np.array([1.0, 0.0] if vacancy.tasks_stated else TITLE_ONLY),
            **self._needs("need", likeness.related, coverage_shares(demands.hours_share, likeness)),
            **self._needs("desired", likeness.desired, _shares(likeness.desired_weights)),
            asked=np.array([one.capacity for one in capacities], np.int64),
            asked_at=np.array([one.at for one in capacities], np.int64),
            asked_deficit=np.array([one.deficits for one in capacities], np.uint8).reshape(-1, kernel.N_LEVELS + 1),
            seed=np.uint64(day_seed(vacancy.key, asked.today)),
        )
        out = self._barred(vacancy, asked, barred)
        kind, near = _kind_of(vacancy, likeness), float(margins.travel_minutes)
        around = Surroundings(journeys.minutes, self._region_places, margins, self.model, asked.today)
        return Posed(query, vacancy, likeness, tables, capacities, journeys, store, kind, near, out, around)

    def _tables(self, vacancy: Vacancy, likeness: Likeness, demands: Demands, asked: Asked) -> "_Tables":
        """The tables of parts, work and capacities, all in one store; a full one is left to the queries that use it.

        Raises Full where one vacancy alone does not fit.
        """
        with self._lock:
            try:
                return self._tables_in(self._kept, vacancy, likeness, demands, asked)
            except Full:
                for part in self.parts:
                    part.forget()
                self._kept.start_again()
                return self._tables_in(self._kept, vacancy, likeness, demands, asked)

    def _tables_in(
        self, kept: "_Kept", vacancy: Vacancy, likeness: Likeness, demands: Demands, asked: Asked
    ) -> "_Tables":
        kind = _kind_of(vacancy, likeness)
        tables = tuple(part.table(vacancy, asked, kept.store) for part in self.parts)
        if kind not in kept.fields:
            kept.fields[kind] = tuple((kept.store.put(one), one) for one in self._values_of_work(*kind))
        return tables, kept.fields[kind], self._capacities(demands, kept), kept.store

    def first(self, posed: "Posed", k: int) -> tuple[Ints, Floats]:
        """Rows and scores of the first k of the plain order."""
        rows, scores, _, _ = self.walk(posed, k, 0.0)
        return rows, scores

    def walk(self, posed: "Posed", k: int, share: float) -> tuple[Ints, Floats, Floats, Ints]:
        """As `kernel.walk`. Raises ValueError where reserved places are asked for and the top ten does not fit."""
        if share > 0 and k <= kernel.TENTH:
            raise ValueError("reserved places need the tenth score")
        if self._waits():
            return self._plain.walk(k, share, posed.vacancy, posed.likeness, posed.barred, posed.around)
        sweep = self._sweep(posed)
        try:
            scratch = self._scratch.pop()
        except IndexError:  # all are in use
            scratch = sweeping.scratch_of(len(self))
        found: tuple[Ints, Floats, Floats, Ints] = kernel.walk(
            k, share, self._people, posed.query, sweep, scratch, self._nodes
        )
        self._scratch.append(scratch)
        return found

    def told(self, posed: "Posed", rows: Ints) -> Floats:
        """Row, score, mean and spread of its logarithm, and the three sums of some rows, blocked or not, (m, 7)."""
        if self._waits():
            return told_of(rows, self._plain.judged(rows, posed.vacancy, posed.likeness, posed.around))
        return np.asarray(kernel.score_rows(rows, self._people, posed.query, self._nodes))

    def count(self, posed: "Posed") -> int:
        """How many people are not blocked."""
        if self._waits():
            return len(self._plain.possible(posed.vacancy, posed.barred, posed.around)[0])
        return sweeping.count(self._sweep(posed).open)

    def bytes_added_up(self, posed: "Posed") -> int:
        """Bytes a person of the columns that are added up for this vacancy."""
        return len(self._sweep(posed).used) + 1

    def _sweep(self, posed: "Posed") -> kernel.Sweep:
        """What is added up for a query; made once for it."""
        made = posed.sweep
        if made is None or made[0] is not self._alive:
            with self._lock:
                made = posed.sweep = self._alive, self._sweep_of(posed)
        return made[1]

    def _sweep_of(self, posed: "Posed") -> kernel.Sweep:
        query, kept = posed.query, self._kept
        reach = kept.reaches.of(
            (posed.journeys, query.limit_factor) if query.travels else None, lambda: self._reach(posed)
        )
        columns = [
            kept.columns.of(table, partial(self._column, part, table, posed))
            for part, table in zip(self.parts, posed.tables, strict=True)
        ]
        columns.append(kept.columns.of((posed.store, posed.kind), lambda: self._known_column(posed)))
        open_ = self._alive & reach.open
        for column in columns:
            if column.open is not None:
                open_ &= column.open
        for one in posed.capacities:
            for level in one.blocked:
                open_ &= kept.other_levels[one.capacity, level]
        sweeping.without(open_, posed.barred)
        return kernel.Sweep(
            line=sweeping.LINE,
            columns=tuple(reach.deficits if one.deficits is None else one.deficits for one in columns),
            used=np.array([at for at, one in enumerate(columns) if one.deficits is not None], np.int64),
            journey=reach.deficits,
            open=open_,
        )

    def _column(self, part: PartIndex | GridIndex, table: PartTable, posed: "Posed") -> sweeping.Column:
        bound = posed.query.bound[sweeping.LINE, table.at : table.at + table.n_values]
        deficits = sweeping.deficits_of(bound)
        if isinstance(part, PartIndex):
            return sweeping.column_of(part.codes, deficits)
        return sweeping.grid_column_of(part.codes, grid_needs(posed.vacancy), posed.query.grid_last, deficits)

    def _known_column(self, posed: "Posed") -> sweeping.Column:
        """The deficits by what is known of wishes, work and skills."""
        deficits = kernel.flag_deficits(posed.query, sweeping.LINE, len(self.parts))
        return sweeping.column_of(self._told_of, deficits)

    def _reach(self, posed: "Posed") -> sweeping.Reach:
        query = posed.query
        if not query.travels:
            return sweeping.no_journey(len(self))
        return sweeping.reach_of(
            self._people,
            query.minutes,
            posed.journeys.least,
            query.minutes_bound[sweeping.LINE],
            posed.near_minutes,
            query.limit_factor,
            query.minutes_weight,
        )

    def judged(self, posed: "Posed", told: Floats, people: Candidates, around: Surroundings) -> Judged:
        """What the reference says of `people`, of whom `told` is as `told` gives it; their fields are looked up."""
        rows = told[:, 0].astype(np.int64)
        if self._waits():
            return self._plain.judged(rows, posed.vacancy, posed.likeness, around)
        product = Product(sigmoid(told[:, 4:] / FIXED_POINT), told[:, 1], told[:, 2], told[:, 3])
        log_odds = told[:, 4:].astype(np.int64)

        def minutes(unknown: Ints) -> Floats:
            believed: Floats = kernel.believed_minutes(rows[unknown], self._people, posed.query.minutes)
            return believed

        return self._telling.judged(
            rows, people, posed.vacancy, posed.likeness, posed.tables, around, log_odds, product, minutes
        )

    @cached_property
    def _travel(self) -> tuple[Ints, Floats, Floats, Ints]:
        """What each minute adds, its bound, the best of these, and what each minute over her maximum adds."""
        added = self._known("travel_minutes")
        bound = SLOPES @ added.T / FIXED_POINT  # (lines, minutes)
        best, over = bound.max(axis=1), self._known("travel_over")
        over_best = np.maximum((SLOPES @ over.T / FIXED_POINT).max(axis=1), 0)  # who has no maximum is never over it
        return added, (bound - best[:, None]).astype(np.float32), best + over_best, over

    @cached_property
    def _edges(self) -> Floats:
        return np.ascontiguousarray(EDGES)

    def _known(self, feature: str) -> npt.NDArray[np.int32]:
        """What each bin of a feature adds, (bins, 3)."""
        return np.ascontiguousarray(self.model.tables[feature][:, :-1].T)

    def _prior_of(self, detail: float) -> npt.NDArray[np.int64]:
        """The log-odds of everybody, (3,), for a vacancy that states so much of what there is to know."""
        (at,) = SCALES["vacancy_detail"].bins(np.array([detail]))
        return self.model.prior.astype(np.int64) + self.model.tables["vacancy_detail"][:, at]

    def _values_of_work(self, stated: bool, needs: bool, desires: bool) -> tuple[Values, ...]:
        """Wishes, work done, months, coverage and desired skills; a vacancy has some of these or not."""
        match, model = self.beliefs.match, self.model
        coverage = coverage_nodes(match.coverage, stated, needs)
        wanted = desired_nodes(model, desires)
        return (
            self._field("wish_nearness", {"wish_nearness": match.wish}),
            self._field("work_nearness", {"work_nearness": match.work}),
            self._field("experience", {"experience": np.array([model.typical["experience"]])}),
            self._field(
                "skill_coverage",
                {"skill_coverage": coverage, "desired_skills": np.tile(wanted, (len(coverage), 1))},
            ),
            self._field("desired_skills", {}),
        )

    def _field(self, feature: str, nodes: dict[str, Floats]) -> Values:
        """Bins, then "does not apply", then beliefs."""
        known = np.vstack([self._known(feature), np.zeros((1, 3), np.int32)])
        if not nodes:
            return values_of(known, np.full(len(known), -1), np.zeros((0, 3, 1)), np.zeros((0, 1)))
        n_rows = len(next(iter(nodes.values())))
        weights = np.tile(EQUAL, (n_rows, 1))
        expected, moves = believed(nodes, weights, self.model)
        added = np.vstack([known, np.sum(list(expected.values()), axis=0).T])
        belief = np.concatenate([np.full(len(known), -1), np.arange(n_rows)])
        return values_of(added, belief, moves, weights)

    def _needs(self, name: str, related: Sequence[Related], share: Floats) -> dict[str, Ints]:
        """For each skill that somebody may have: which needs it helps, and how far."""
        starts, index, strength = needs_by_skill(related, self._n_skills)
        return {
            f"{name}_starts": starts,
            f"{name}_index": index,
            f"{name}_strength": strength,
            f"{name}_share": share if related else np.zeros(0),
        }

    @cached_property
    def _n_skills(self) -> int:
        return int(self.people.skills.items.max(initial=-1)) + 1

    @cached_property
    def _capacity_tables(self) -> CapacityTables:
        return CapacityTables.of(self.model)

    def _capacities(self, demands: Demands, kept: "_Kept") -> tuple["_Capacity", ...]:
        """The tables of the capacities that some task asks something of. Raises Full."""
        asked = asked_capacities(demands, self._capacity_tables)
        found = []
        for at, number in enumerate(asked.asked.tolist()):
            key = number, asked.added[at].tobytes(), asked.blocked[at].tobytes()
            if key not in kept.capacities:
                kept.capacities[key] = self._capacity(number, asked.added[at], asked.blocked[at], kept.store)
            found.append(kept.capacities[key])
        return tuple(found)

    def _capacity(self, number: int, added: Ints, blocked: Bools, store: Store) -> "_Capacity":
        """One capacity by its level, then by what is believed of it; `added` (5, 3) by level. Raises Full."""
        weights = level_beliefs(kernel.N_LEVELS)  # (beliefs, 5)
        expected = np.rint((added.T[:, None, :] * weights).sum(axis=2)).T  # (beliefs, 3)
        moved = np.repeat(added.T[None] / FIXED_POINT, len(weights), axis=0)  # (beliefs, 3, 5)
        moved -= (moved * weights[:, None, :]).sum(axis=2, keepdims=True)
        values = values_of(
            np.vstack([added, expected]),
            np.concatenate([np.full(len(added), -1), np.arange(len(weights))]),
            moved,
            weights,
            np.concatenate([blocked, np.zeros(len(weights), bool)]),
        )
        bound = values.bound[sweeping.LINE]
        by_level = np.append(bound[: kernel.N_LEVELS], bound[kernel.N_LEVELS :].max())
        deficits = np.where(by_level < kernel.BLOCKED, 0, sweeping.deficits_of(by_level)).astype(np.uint8)
        return _Capacity(number, store.put(values), values.best, deficits, tuple(np.flatnonzero(blocked).tolist()))

    @cached_property
    def _by_team(self) -> tuple[memoryview, Ints, Ints]:
        """Placements in teams, (m,) each: employer and team as one number, in order; whose it is, and why it ended."""
        tried, teams = self.people.tried, self.people.tried_teams
        known = np.flatnonzero(teams >= 0)
        where = tried.items[known].astype(np.int64) * self._n_teams + teams[known]
        order = np.argsort(where, kind="stable")
        owner = np.repeat(np.arange(len(self)), np.diff(tried.starts))[known]
        return where[order].data, owner[order], tried.numbers[known][order].astype(np.int32)

    @property
    def _n_teams(self) -> int:
        return len(self.people.teams) + 1  # one more: a team where nobody was

    def _barred(self, vacancy: Vacancy, asked: Asked, others: Ints) -> npt.NDArray[np.int64]:
        """Rows that are left out, sorted: who was placed there before, and others."""
        tried = self._tried_rows(vacancy, asked)
        return np.union1d(tried, others).astype(np.int64) if len(others) else tried

    def _tried_rows(self, vacancy: Vacancy, asked: Asked) -> npt.NDArray[np.int64]:
        """Rows of the people whom an earlier placement there blocks: in this team, for a reason that still holds."""
        if not vacancy.employers or vacancy.team < 0:
            return np.zeros(0, np.int64)
        where, owners, reasons = self._by_team
        rows: set[int] = set()
        for employer in vacancy.employers:
            here = employer * self._n_teams + vacancy.team
            placed = slice(bisect_left(where, here), bisect_right(where, here))
            ended = zip(owners[placed].tolist(), reasons[placed].tolist(), strict=True)
            rows.update(row for row, reason in ended if reason in asked.margins.reasons_that_hold)
        return np.array(sorted(rows), np.int64)


@dataclass(frozen=True)
class _Capacity:
    """One capacity that is asked."""

    capacity: int
    at: int  # where its values begin in the store: levels, then beliefs
    best: npt.NDArray[np.float64]  # (lines,)
    deficits: npt.NDArray[np.uint8]  # (6,) by level, then unknown, at least
    blocked: tuple[int, ...]  # levels


@dataclass
class _Kept:
    """What is kept for a pool beside the parts' tables; one for a pool and all that `among` gives."""

    store: Store
    other_levels: sweeping.Words  # (20, 5, words) as `sweeping.other_levels`
    fields: dict["_Kind", tuple[tuple[int, Values], ...]] = field(default_factory=dict)  # of work
    capacities: dict[tuple[int, bytes, bytes], _Capacity] = field(default_factory=dict)  # by margins and what blocks
    columns: sweeping.Kept[sweeping.Column] = field(default_factory=sweeping.Kept)
    reaches: sweeping.Kept[sweeping.Reach] = field(default_factory=lambda: sweeping.Kept(sweeping.ROOM // 3))

    def start_again(self) -> None:
        """With an empty store; columns go with the tables that they were made from."""
        self.store, self.fields, self.capacities = self.store.another(), {}, {}
        self.columns = self.columns.another()


_Kind = tuple[bool, bool, bool]  # of a vacancy: whether tasks are stated, skills needed, skills desired


def _kind_of(vacancy: Vacancy, likeness: Likeness) -> _Kind:
    return vacancy.tasks_stated, bool(likeness.weights.any()), bool(len(likeness.desired_weights))


_Tables = tuple[tuple[PartTable, ...], tuple[tuple[int, Values], ...], tuple[_Capacity, ...], Store]


@dataclass
class Posed:
    """One vacancy posed to one pool: its tables, and once somebody is counted or ranked, the columns to add up."""

    query: kernel.Query
    vacancy: Vacancy
    likeness: Likeness
    tables: tuple[PartTable, ...]
    capacities: tuple[_Capacity, ...]
    journeys: Journeys
    store: Store  # in which the tables stand
    kind: "_Kind"
    near_minutes: float
    barred: Ints  # rows that are left out: an earlier placement there, or an adviser's word
    around: Surroundings
    sweep: tuple[sweeping.Words, kernel.Sweep] | None = None  # who counted when it was made, and what is added up


def _shares(weights: Floats) -> Floats:
    return weights / weights.sum() if len(weights) else weights
