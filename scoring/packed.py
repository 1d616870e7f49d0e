"""A pool in the form that the kernel walks, and vacancies as queries on it; `matching` asks it for people in order."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from scoring import constraints, kernel
from scoring.beliefs import EDGES, EQUAL, N_STEPS, PoolBeliefs
from scoring.capacity import TASK_BLOCKED, cell_answers, demands_of, margins_by_level
from scoring.columns import Bools, Candidates, Floats, Ints, Vacancy
from scoring.constraints import BLOCKED
from scoring.features import coverage_nodes, desired_nodes
from scoring.imputation import MEANS, NOT_CAPACITIES, SPREADS, belief_table, levels_of
from scoring.likeness import NEAR_WORK, REFUSED, TITLE_ONLY, Likeness, Related, coverage_shares
from scoring.model import FIXED_POINT, GRID, GRID_WEIGHTS, SCALES, Model
from scoring.order import BEYOND_PLACES, group_of, row_order
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
from scoring.reference import (
    LIST_LENGTH,
    RESERVED_SHARE,
    Judged,
    Surroundings,
    believed,
    day_seed,
    hashes,
    plain_order,
    tenth_score,
    top_ten_chance,
    with_reserved,
)
from scoring.terms import CAPACITIES, Licence, mask_of
from scoring.told import Telling

_LICENCE_B = mask_of([Licence.B], Licence)
NOBODY = np.zeros(0, np.int64)
_BINS = np.array(
    [
        len(SCALES[feature].grid)
        for feature in ("wish_nearness", "work_nearness", "experience", "skill_coverage", "desired_skills")
    ]
)


@dataclass(frozen=True)
class Journeys:
    """Minutes from everywhere to one place; `order` are the groups of people from near to far."""

    minutes: npt.NDArray[np.int16]  # (places, 5)
    order: npt.NDArray[np.int32]  # (groups,)
    least: npt.NDArray[np.int16]  # (groups,) of the fastest mode from the nearest place of the group, in that order


def journeys_of(place_minutes: Ints, regions: Ints) -> Journeys:
    """The journeys to one place, from the minutes per place and mode (places, 5) and the region of each place."""
    nearest = place_minutes.min(axis=1)
    everywhere = int(nearest.min(initial=np.iinfo(np.int16).max))
    by_region = np.array([nearest[places].min() if len(places) else everywhere for places in _by_region(regions)])
    least = np.concatenate([nearest, [everywhere], by_region]).astype(np.int16)
    order = np.argsort(least, kind="stable").astype(np.int32)
    return Journeys(np.ascontiguousarray(place_minutes, np.int16), order, least[order])


def _by_region(regions: Ints) -> list[Ints]:
    """The places of each region, from the region of each place. The last has none: it stands for all further regions.

    Who lives in a region without places may live anywhere.
    """
    return [np.flatnonzero(regions == region) for region in range(int(regions.max(initial=-1)) + 2)]


class PackedPool:
    """People in order of `row_order`, their columns as the kernel reads them, and the tables of vacancies so far."""

    def __init__(self, people: Candidates, beliefs: PoolBeliefs, model: Model, regions: Ints) -> None:
        """`regions` (places,): the region of each place. Raises ValueError for people in another order."""
        self.people = people
        self.beliefs = beliefs
        self.model = model
        n_places, places_of = len(regions), _by_region(regions)
        if (np.diff(row_order(people)) != 1).any():
            raise ValueError("people are not in the order of row_order")
        groups = group_of(people)
        beyond = np.minimum(groups - BEYOND_PLACES, len(places_of))
        groups = np.where(groups >= BEYOND_PLACES, beyond + n_places, groups)
        changes = np.flatnonzero((np.diff(groups) != 0) | (np.diff(people.modes) != 0)) + 1
        runs = np.concatenate([[0], changes, [len(people)]]) if len(people) else np.zeros(1, np.int64)
        starts = np.searchsorted(groups[runs[:-1]], np.arange(n_places + len(places_of) + 2))
        self.parts: tuple[PartIndex | GridIndex, ...] = tuple(
            (GridIndex if part.name == "weekly_grid" else PartIndex)(part, people, beliefs) for part in PARTS
        )
        self._people = kernel.People(
            flags=_fixed(_flags(people), np.uint8),
            max_minutes=_fixed(people.max_minutes, np.int16),
            codes=_fixed(np.column_stack([part.codes for part in self.parts]), np.int32),
            capacities=_fixed(people.capacities, np.int8),
            levels=_fixed(levels_of(people)[:, list(NOT_CAPACITIES)], np.float64),
            keys=_fixed(people.key, np.uint64),
            **_items(people),
            slots=_fixed(_slots(people), np.int32),
            group_runs=_fixed(starts, np.int32),
            run_rows=_fixed(runs, np.int32),
            run_modes=_fixed(people.modes[runs[:-1]], np.int8),
            group_of=_fixed(groups, np.int32),
            run_of=_fixed(np.repeat(np.arange(len(runs) - 1), np.diff(runs)), np.int32),
            n_places=n_places,
            region_starts=_fixed(np.cumsum([0, *(len(one) for one in places_of)]), np.int32),
            region_places=_fixed(np.concatenate([*places_of, np.flatnonzero(regions < 0)]), np.int32),
            level_model=_fixed(
                np.column_stack([beliefs.model.mean, beliefs.model.noise, beliefs.model.loadings]), np.float64
            ),
            mode_masks=_fixed(beliefs.mode_masks, np.int8),
            mode_weights=_fixed(beliefs.mode_weights, np.float64),
            grid_part=[part.name for part in PARTS].index("weekly_grid"),
        )
        self._nodes = kernel.Nodes(
            _fixed(GRID, np.float64),
            _fixed(GRID_WEIGHTS, np.float64),
            _fixed(belief_table(np.arange(kernel.N_LEVELS, dtype=np.float64)), np.float64),
            float(MEANS[0]),
            float(MEANS[1] - MEANS[0]),
            _fixed(SPREADS, np.float64),
        )
        self._telling = Telling(self.parts, beliefs, model)
        self._lock = Lock()
        self._kept = _Kept(Store(), {})

    def __len__(self) -> int:
        return len(self.people)

    def among(self, alive: Bools) -> "PackedPool":
        """The same pool, of which only some people count; tables are shared."""
        other = copy(self)
        flags = np.where(alive, self._people.flags, self._people.flags & ~np.uint8(kernel.ALIVE))
        other._people = self._people._replace(flags=_fixed(flags, np.uint8))
        return other

    def query(
        self, vacancy: Vacancy, likeness: Likeness, journeys: Journeys, asked: Asked, barred: Ints = NOBODY
    ) -> tuple[kernel.Query, tuple[PartTable, ...]]:
        """This vacancy as look-up tables for this pool, and the tables of its parts. `barred`: rows left out."""
        tables, fields, store = self._tables(vacancy, likeness, asked)
        values = tuple(one for _, one in fields)
        margins = asked.margins
        few = vacancy.trips_per_week <= margins.few_trips_per_week
        travels = vacancy.trips_per_week != 0 and vacancy.place >= 0
        minutes_added, minutes_bound, most_minutes, over_added = self._travel
        capacities = self._capacities(vacancy)
        detail = self.model.tables["vacancy_detail"][:, SCALES["vacancy_detail"].bins(np.array([vacancy.detail]))[0]]
        prior = self.model.prior.astype(np.int64) + detail
        best = TOUCH + SLOPES @ prior / FIXED_POINT + most_minutes * travels + capacities.best
        best += np.sum([table.best for table in tables], axis=0) + np.sum([one.best for one in values], axis=0)
        wish, work = values[:2]
        fixed, possible, *needs = grid_needs(vacancy)
        query = kernel.Query(
            prior=prior,
            blocking=np.array([number for number, table in enumerate(tables) if table.blocks], np.int64),
            part_order=np.argsort([table.typical for table in tables], kind="stable"),
            best=best,
            touch=TOUCH,
            slopes=SLOPES,
            at=np.array([*(table.at for table in tables), *(at for at, _ in fields), 0], np.int64),
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
            group_order=journeys.order,
            group_minutes=journeys.least,
            limit_factor=float(margins.few_trips_factor if few else 1.0),
            near_minutes=float(margins.travel_minutes),
            minutes_weight=float(1 / margins.few_trips_factor if few else 1.0),
            minutes_added=minutes_added,
            minutes_bound=minutes_bound,
            over_added=over_added,
            nearness=likeness.titles,
            near_work=NEAR_WORK,
            refused=REFUSED,
            edges=self._edges,
            wish_unknown=_by_step(wish).max(axis=1),
            work_unknown=_by_step(work).max(axis=2),
            drawn=np.array([1.0, 0.0] if vacancy.tasks_stated else TITLE_ONLY),
            **self._needs("need", likeness.related, coverage_shares(vacancy, likeness)),
            **self._needs("desired", likeness.desired, _shares(likeness.desired_weights)),
            asked=capacities.asked,
            capacity_added=capacities.added,
            capacity_bound=capacities.bound,
            barred=np.union1d(self._tried_rows(vacancy, asked), barred).astype(np.int64),
            seed=np.uint64(day_seed(vacancy.key, asked.today)),
        )
        return query, tables

    def _tables(
        self, vacancy: Vacancy, likeness: Likeness, asked: Asked
    ) -> tuple[tuple[PartTable, ...], tuple[tuple[int, Values], ...], Store]:
        """The tables of parts and of work, all in one store; a full store is left to the queries that stand on it.

        Raises Full where one vacancy alone does not fit.
        """
        with self._lock:
            try:
                return self._tables_in(self._kept, vacancy, likeness, asked)
            except Full:
                for part in self.parts:
                    part.forget()
                self._kept.store, self._kept.fields = self._kept.store.another(), {}
                return self._tables_in(self._kept, vacancy, likeness, asked)

    def _tables_in(
        self, kept: "_Kept", vacancy: Vacancy, likeness: Likeness, asked: Asked
    ) -> tuple[tuple[PartTable, ...], tuple[tuple[int, Values], ...], Store]:
        kind = (vacancy.tasks_stated, bool(likeness.weights.any()), bool(len(likeness.desired_weights)))
        tables = tuple(part.table(vacancy, asked, kept.store) for part in self.parts)
        if kind not in kept.fields:
            kept.fields[kind] = tuple((kept.store.put(one), one) for one in self._values_of_work(*kind))
        return tables, kept.fields[kind], kept.store

    def first(self, query: kernel.Query, k: int) -> tuple[Ints, Floats]:
        """Rows and scores of the first k of the plain order."""
        rows, scores, _, _ = self._walk(kernel.BY_SCORE, query, k, 0.0)
        return rows, scores

    def _walk(self, how: int, query: kernel.Query, k: int, tenth: float) -> tuple[Ints, Floats, int, int]:
        floor = float(ndtri(self.model.reserved_floor)) - 1e-6
        found: tuple[Ints, Floats, int, int] = kernel.walk(
            how, k, tenth, floor, RESERVED_SHARE, self._people, query, self._nodes
        )
        return found

    def hopefuls(self, query: kernel.Query, k: int, tenth: float) -> Ints:
        """Rows of the k with the highest chance of belonging above the tenth score."""
        rows, _, _, _ = self._walk(kernel.BY_CHANCE, query, k, tenth)
        return rows

    def told(self, query: kernel.Query, rows: Ints) -> Floats:
        """Score, mean and spread of its logarithm for some rows, blocked or not, (m, 3)."""
        _, told = kernel.score_rows(rows, self._people, query, self._nodes)
        return np.asarray(told)

    def count(self, query: kernel.Query) -> int:
        """How many people are not blocked."""
        return int(kernel.count_eligible(self._people, query))

    def judged(
        self,
        rows: Ints,
        people: Candidates,
        vacancy: Vacancy,
        likeness: Likeness,
        tables: Sequence[PartTable],
        around: Surroundings,
    ) -> Judged:
        """What the reference says of some rows, whose `people` are given, with the fields kept by value looked up."""
        return self._telling.judged(rows, people, vacancy, likeness, tables, around)

    @cached_property
    def _travel(self) -> tuple[Ints, Floats, Floats, Ints]:
        """What each minute adds, its bound, the best of these, and what each minute over her maximum adds."""
        added = self._known("travel_minutes")
        bound = SLOPES @ added.T / FIXED_POINT  # (lines, minutes)
        best = bound.max(axis=1)
        return added, (bound - best[:, None]).astype(np.float32), best, self._known("travel_over")

    @cached_property
    def _edges(self) -> Floats:
        return np.ascontiguousarray(EDGES)

    def _known(self, feature: str) -> npt.NDArray[np.int32]:
        """What each bin of a feature adds, (bins, 3)."""
        return np.ascontiguousarray(self.model.tables[feature][:, :-1].T)

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
        n_skills = 1 + max((int(one.skills[-1]) for one in related if len(one.skills)), default=-1)
        n_skills = max(n_skills, self._n_skills)
        if not related:
            return {
                f"{name}_starts": np.zeros(n_skills + 1, np.int32),
                f"{name}_index": np.zeros(0, np.int32),
                f"{name}_strength": np.zeros(0, np.float32),
                f"{name}_share": np.zeros(0),
            }
        skills = np.concatenate([one.skills for one in related])
        order = np.argsort(skills, kind="stable")
        index = np.repeat(np.arange(len(related), dtype=np.int32), [len(one.skills) for one in related])
        starts = np.searchsorted(skills[order], np.arange(n_skills + 1)).astype(np.int32)
        return {
            f"{name}_starts": starts,
            f"{name}_index": index[order],
            f"{name}_strength": np.concatenate([one.strength for one in related])[order],
            f"{name}_share": share,
        }

    @cached_property
    def _n_skills(self) -> int:
        return int(self.people.skills.items.max(initial=-1)) + 1

    def _capacities(self, vacancy: Vacancy) -> "_Capacities":
        """What each level of each capacity that is asked adds, and where it blocks."""
        demands = demands_of(vacancy)
        by_level = margins_by_level(demands)
        asked = np.flatnonzero(~np.isnan(by_level).all(axis=1))
        added = np.zeros((len(asked), kernel.N_LEVELS, 3), np.int32)
        for at, number in enumerate(asked):
            feature = f"capacity.{CAPACITIES[number]}"
            added[at] = self.model.tables[feature][:, SCALES[feature].bins(by_level[number])].T
        levels = np.repeat(np.arange(kernel.N_LEVELS)[:, None], len(CAPACITIES), axis=1)
        blocked = (cell_answers(levels, demands) == TASK_BLOCKED).any(axis=1)  # (levels, 20)
        bound = added @ SLOPES.T / FIXED_POINT  # (a, levels, lines)
        best = bound.max(axis=1, initial=-np.inf)
        bound = np.concatenate([bound - best[:, None], np.zeros((len(asked), 1, len(SLOPES)))], axis=1)
        bound[:, :-1][blocked.T[asked]] = -np.inf
        by_line = np.ascontiguousarray(bound.transpose(2, 0, 1), np.float32)
        return _Capacities(asked.astype(np.int64), added, by_line, best.sum(axis=0))

    @cached_property
    def _by_employer(self) -> tuple[Ints, Ints]:
        owner = np.repeat(np.arange(len(self)), np.diff(self.people.tried.starts))
        order = np.argsort(self.people.tried.items, kind="stable")
        return self.people.tried.items[order], owner[order]

    def _tried_rows(self, vacancy: Vacancy, asked: Asked) -> npt.NDArray[np.int64]:
        """Rows of the people whom an earlier placement there blocks."""
        if not vacancy.employers:
            return np.zeros(0, np.int64)
        employers, owners = self._by_employer
        spans = [slice(*np.searchsorted(employers, [one, one + 1])) for one in vacancy.employers]
        rows = np.unique(np.concatenate([owners[span] for span in spans]))
        placements = self.people.tried.take(rows)
        teams = replace(self.people.tried, numbers=self.people.tried_teams.astype(np.float32)).take(rows)
        codes, _ = constraints.tried(placements, teams.numbers.astype(np.int32), vacancy, asked.margins)
        return rows[codes == BLOCKED]


@dataclass
class _Kept:
    """The store of a pool and what stands in it beside the parts' tables; one for a pool and all that `among` gives."""

    store: Store
    fields: dict[tuple[bool, bool, bool], tuple[tuple[int, Values], ...]]  # of work, by what a vacancy has


@dataclass(frozen=True)
class _Capacities:
    asked: npt.NDArray[np.int64]
    added: npt.NDArray[np.int32]
    bound: npt.NDArray[np.float32]
    best: npt.NDArray[np.float64]


def _shares(weights: Floats) -> Floats:
    return weights / weights.sum() if len(weights) else weights


def _by_step(values: Values) -> Floats:
    """The bounds of the beliefs of a work field by the steps of the two that tell of it."""
    return values.bound[:, -(N_STEPS**2) :].reshape(-1, N_STEPS, N_STEPS)


def _fixed(values: Ints, width: Any) -> Ints:
    """A contiguous array that cannot be written to: from memory or from a file, one type to the compiler."""
    fixed = np.ascontiguousarray(values, width).view()
    fixed.flags.writeable = False
    return fixed


def _flags(people: Candidates) -> Ints:
    drives = (people.licences > 0) & (people.licences & _LICENCE_B > 0)
    known = people.wishes_known * kernel.WISHES_KNOWN + people.work_known * kernel.WORK_KNOWN
    return known + people.skills_known * kernel.SKILLS_KNOWN + drives * kernel.DRIVES + kernel.ALIVE


def _items(people: Candidates) -> dict[str, Ints]:
    """Titles of wishes, refusals and work, then skills, person after person, so that hers lie side by side."""
    lists = (people.wishes, people.refusals, people.work, people.skills)
    lengths = np.column_stack([np.diff(one.starts) for one in lists])  # (n, 4)
    ends = np.cumsum(lengths).reshape(lengths.shape)
    starts = np.vstack([ends - lengths, np.full((1, len(lists)), lengths.sum())])
    items, numbers = np.empty(int(lengths.sum()), np.int32), np.empty(int(lengths.sum()), np.float32)
    for which, one in enumerate(lists):
        at = np.repeat(starts[:-1, which] - one.starts[:-1], lengths[:, which]) + np.arange(len(one.items))
        items[at], numbers[at] = one.items, one.numbers
    return {
        "starts": _fixed(starts, np.int32),
        "items": _fixed(items, np.int32),
        "numbers": _fixed(numbers, np.float32),
    }


def _slots(people: Candidates) -> Ints:
    """Two wishes and two jobs of each person, (n, 4); what stands in for a title as the kernel has it.

    Whose wishes or jobs are more than two, or who refuses some work beside unknown wishes, is looked at in full.
    """
    none, unknown, more = len(people.titles), len(people.titles) + 1, len(people.titles) + 2
    slots = np.full((len(people), 4), none, np.int32)
    for which, lists, known in ((0, people.wishes, people.wishes_known), (2, people.work, people.work_known)):
        lengths = np.diff(lists.starts)
        for place in (0, 1):
            has = lengths > place
            slots[has, which + place] = lists.items[lists.starts[:-1][has] + place]
        slots[lengths == 1, which + 1] = slots[lengths == 1, which]
        slots[~known, which] = slots[~known, which + 1] = unknown
        slots[lengths > 2, which] = more
    return slots


@dataclass(frozen=True)
class Asking:
    """One vacancy asked of one pool."""

    pool: PackedPool
    query: kernel.Query
    extra: Ints  # rows that count although the walk passes over them


def ranked(askings: Sequence[Asking], limit: int) -> tuple[Ints, Ints, Bools]:
    """The first `limit` of all pools with the reserved places: the pool of each, her row there, whether reserved."""
    k = limit + LIST_LENGTH + 2  # what is placed moves on by reserved places, and is passed over as shown anyway
    found = [np.concatenate([one.pool.first(one.query, k)[0], one.extra]) for one in askings]
    told, ties = _told(askings, found)
    tenth = tenth_score(told[:, 0], plain_order(told[:, 0], ties))
    if tenth > 0:
        found = [
            np.union1d(rows, one.pool.hopefuls(one.query, k, tenth)) for one, rows in zip(askings, found, strict=True)
        ]
    pools = np.repeat(np.arange(len(found)), [len(rows) for rows in found])
    rows = np.concatenate([NOBODY, *found]).astype(np.int64)
    told, ties = _told(askings, found)
    floor = askings[0].pool.model.reserved_floor
    chance = top_ten_chance(told[:, 0], told[:, 1], told[:, 2], tenth)
    placed, reserved = with_reserved(plain_order(told[:, 0], ties), chance, ties, floor, limit)
    return pools[placed], rows[placed], reserved


def _told(askings: Sequence[Asking], rows: Sequence[Ints]) -> tuple[Floats, Ints]:
    """Score, mean and spread of its logarithm (m, 3), and the hash that breaks ties (m,), of rows of each pool."""
    pairs = list(zip(askings, rows, strict=True))
    told = np.concatenate([one.pool.told(one.query, mine) for one, mine in pairs])
    return told, np.concatenate([hashes(one.pool.people.key[mine], one.query.seed) for one, mine in pairs])
