"""Levers of a vacancy: what it could ask less, and how many people and lasting placements that would gain.

The ways in ask it, for stored vacancies and for those that are being written; the kinds of relaxation stand in
`scoring.relaxations`. A relaxation is an option beside what is asked now: nobody who fits today is lost by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from matching.pool import Segment, days
from matching.ranking import NOTHING_OVERRULED, Overruled, Ranker
from scoring.columns import Floats, Ints, Vacancy
from scoring.levers import (
    CAPACITY,
    LIST_LENGTH,
    Reach,
    blocking_parts,
    expected_placements,
    least_levels,
    too_demanding,
    touched,
)
from scoring.packed import PackedPool, Posed
from scoring.parts import PartTable
from scoring.relaxations import Relaxation, Values, relaxations

N_PAIRS = 5
ROUNDED_TO, FEWER_THAN = 5, 10  # for employers (engine.md 7)


@dataclass(frozen=True)
class Step:
    """One thing that is asked less, as a code with values for words."""

    code: str
    values: Values


@dataclass(frozen=True)
class Lever:
    """One step, or two together, with what it gains: people who are blocked now, and lasting placements expected."""

    steps: tuple[Step, ...]
    people_gained: int
    placements_gained: float


@dataclass(frozen=True)
class VacancyLevers:
    """The levers of a vacancy, those that gain most placements first; pairs gain people whom neither gains alone."""

    vacancy_id: str
    positions: int
    eligible: int
    placements: float  # expected now, see `scoring.levers.expected_placements`
    singles: tuple[Lever, ...]
    pairs: tuple[Lever, ...]


def rounded_for_employers(n_people: int) -> int | None:
    """A count as an employer reads it: to the nearest five; None is "fewer than 10"."""
    return None if n_people < FEWER_THAN else ROUNDED_TO * round(n_people / ROUNDED_TO)


@dataclass(frozen=True)
class _Asked:
    """One reading of a vacancy, asked of one segment."""

    segment: Segment
    packed: PackedPool
    vacancy: Vacancy
    query: Posed
    tables: tuple[PartTable, ...]
    extra: Ints


@dataclass(frozen=True)
class _Here:
    """What stands now in one segment: who is first, and who is blocked by what."""

    n_eligible: int
    best: Ints  # rows
    best_scores: Floats
    rows: Ints  # (m,) of who is blocked by one or two parts that some lever touches
    mask: Ints  # (m,) of these parts


@dataclass(frozen=True)
class _Option:
    """A relaxation tried: the parts that it touches, and per segment the parts that block each person still."""

    relaxation: Relaxation
    touches: int
    asked: tuple[_Asked, ...]
    left: tuple[Ints, ...]

    @property
    def n_gained(self) -> int:
        return sum(int(np.count_nonzero(left == 0)) for left in self.left)


def levers_of(
    ranker: Ranker, vacancy: Vacancy, positions: int = 1, overruled: Overruled = NOTHING_OVERRULED
) -> VacancyLevers:
    """The levers of a vacancy that is ready (`Ranker.ready`), with `positions` to fill.

    People gained are counted exactly; of whom an adviser overruled something nothing is gained. Placements are those of
    the first people of both readings together, each by what suits her better: now or then.
    """
    now = _asked(ranker, vacancy, overruled)
    found = relaxations(vacancy, ranker.pool.offers_lower, days(ranker.today))
    readings = [one.change(vacancy) for one in found]
    touches = [touched(vacancy, reading) for reading in readings]
    every = int(np.bitwise_or.reduce(touches)) if touches else 0
    length = max(LIST_LENGTH, positions)
    here = [_look(one, every, length) for one in now]
    placements = expected_placements(np.concatenate([one.best_scores for one in here]), positions)
    options = [
        _tried(ranker, one, reading, touch, here, overruled)
        for one, reading, touch in zip(found, readings, touches, strict=True)
    ]
    singles = [
        _lever((one.relaxation,), one.asked, one.left, here, placements, positions)
        for one in options
        if one.touches  # what is asked twice over is no lever
    ]
    best = _best_pairs(ranker, vacancy, options, here, overruled)
    pairs = [
        _lever(
            (one.relaxation, other.relaxation), _asked(ranker, reading, overruled), left, here, placements, positions
        )
        for one, other, reading, left in best
    ]
    n_eligible = sum(one.n_eligible for one in here)
    return VacancyLevers(vacancy.id, positions, n_eligible, placements, _in_order(singles), _in_order(pairs))


def _in_order(levers: Sequence[Lever]) -> tuple[Lever, ...]:
    """Those that gain something, most placements first."""
    gaining = [one for one in levers if one.people_gained or one.placements_gained > 0]
    return tuple(sorted(gaining, key=lambda one: (-one.placements_gained, -one.people_gained)))


def _asked(ranker: Ranker, vacancy: Vacancy, overruled: Overruled) -> tuple[_Asked, ...]:
    return tuple(
        _Asked(one.segment, one.packed, one.vacancy, one.asking.query, one.asking.query.tables, one.asking.extra)
        for one in ranker.prepare(vacancy, overruled)
    )


def _look(asked: _Asked, every: int, k: int) -> _Here:
    segment, query = asked.segment, asked.query
    reach = segment.made.get("reach")
    if not isinstance(reach, Reach):
        reach = segment.made["reach"] = Reach(segment.people)
    rows = reach.rows(query)
    if not segment.alive.all():
        rows = rows[segment.alive[rows]]
    if len(query.barred):
        rows = rows[~np.isin(rows, query.barred)]
    mask = blocking_parts(asked.packed, asked.vacancy, asked.tables, rows)
    best, scores = _best(asked, k)
    n_eligible = int(np.count_nonzero(mask == 0)) + len(asked.extra)
    may_open = (mask != 0) & (mask & ~every == 0) & (np.bitwise_count(mask) <= 2)
    return _Here(n_eligible, best, scores, rows[may_open], mask[may_open])


def _best(asked: _Asked, k: int) -> tuple[Ints, Floats]:
    """Rows and scores of the first k, and of those whom the walk passes over since an adviser overruled something."""
    rows, scores = asked.packed.first(asked.query, k)
    if len(asked.extra):
        rows = np.concatenate([rows, asked.extra])
        scores = np.concatenate([scores, asked.packed.told(asked.query, asked.extra)[:, 1]])
    return rows, scores


def _tried(
    ranker: Ranker, one: Relaxation, reading: Vacancy, touches: int, here: Sequence[_Here], overruled: Overruled
) -> _Option:
    asked = _asked(ranker, reading, overruled)
    left = tuple(_left(mine, touches, there) for mine, there in zip(asked, here, strict=True))
    return _Option(one, touches, asked, left)


def _left(asked: _Asked, touches: int, here: _Here) -> Ints:
    """The parts that block each person both now and then, (m,)."""
    left = here.mask.copy()
    concerned = np.flatnonzero(here.mask & touches)
    if len(concerned):
        still = blocking_parts(asked.packed, asked.vacancy, asked.tables, here.rows[concerned], touches)
        left[concerned] &= still | ~touches
    return left


def _lever(
    relaxed: tuple[Relaxation, ...],
    asked: Sequence[_Asked],
    left: Sequence[Ints],
    here: Sequence[_Here],
    placements: float,
    positions: int,
) -> Lever:
    scores = []
    for mine, there in zip(asked, here, strict=True):
        rows, then = _best(mine, max(LIST_LENGTH, positions))
        both = np.concatenate([there.best, rows])
        people, at = np.unique(both, return_inverse=True)
        better = np.zeros(len(people))
        np.maximum.at(better, at, np.concatenate([there.best_scores, then]))
        scores.append(better)
    expected = expected_placements(np.concatenate(scores), positions)
    steps = tuple(Step(one.code, one.values) for one in relaxed)
    return Lever(steps, sum(int(np.count_nonzero(one == 0)) for one in left), max(expected - placements, 0.0))


def _best_pairs(
    ranker: Ranker, vacancy: Vacancy, options: Sequence[_Option], here: Sequence[_Here], overruled: Overruled
) -> list[tuple[_Option, _Option, Vacancy, tuple[Ints, ...]]]:
    """The pairs that gain most people beyond what the two gain apart; of the same two demands the one with most."""
    able = [one for one in options if any((left != it.mask).any() for left, it in zip(one.left, here, strict=True))]
    best: dict[frozenset[tuple[str, int | str]], tuple[int, _Option, _Option, Vacancy, tuple[Ints, ...]]] = {}
    for one, other in combinations(able, 2):
        slots = frozenset((one.relaxation.slot, other.relaxation.slot))
        if len(slots) < 2:
            continue
        left = tuple(mine & its for mine, its in zip(one.left, other.left, strict=True))
        reading = other.relaxation.change(one.relaxation.change(vacancy))
        if shared := one.touches & other.touches:
            left = _left_of_shared(ranker, reading, shared, left, here, overruled)
        n_gained = sum(int(np.count_nonzero(mask == 0)) for mask in left)
        beyond = n_gained - sum(
            int(np.count_nonzero((mine == 0) | (its == 0))) for mine, its in zip(one.left, other.left, strict=True)
        )
        if beyond > 0 and (slots not in best or n_gained > best[slots][0]):
            best[slots] = n_gained, one, other, reading, left
    chosen = sorted(best.values(), key=lambda found: -found[0])[:N_PAIRS]
    return [(one, other, reading, left) for _, one, other, reading, left in chosen]


def _left_of_shared(
    ranker: Ranker,
    reading: Vacancy,
    shared: int,
    left: tuple[Ints, ...],
    here: Sequence[_Here],
    overruled: Overruled,
) -> tuple[Ints, ...]:
    """The same, where both touch one part: what neither opens alone the two may open together."""
    result = []
    asked = _asked(ranker, reading, overruled) if shared & ~CAPACITY else None
    least = least_levels(reading)
    for number, (there, mask) in enumerate(zip(here, left, strict=True)):
        concerned = np.flatnonzero((mask & shared != 0) & (mask & ~shared == 0))
        opened = mask.copy()
        if len(concerned) and asked is not None:
            mine = asked[number]
            still = blocking_parts(mine.packed, mine.vacancy, mine.tables, there.rows[concerned], shared)
            opened[concerned] &= still
        elif len(concerned):
            capacities = ranker.pool.segments[number].people.capacities[there.rows[concerned]]
            opened[concerned] = np.where(too_demanding(capacities, least), CAPACITY, 0)
        result.append(opened)
    return tuple(result)
