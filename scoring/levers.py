"""Which people would no longer be blocked if a vacancy asked something else; arrays alone, for `matching.levers`.

Only who is within reach and blocked by nothing but what changes can be gained. So it is seen once per person which
parts block her, and a change is then looked up by the distinct values of the parts that it touches.
"""

import numpy as np
import numpy.typing as npt

from scoring.capacity import demands_of
from scoring.columns import UNKNOWN, Bools, Candidates, Floats, Ints, Vacancy
from scoring.constraints import BLOCKED, bits
from scoring.order import group_of
from scoring.packed import PackedPool, Posed
from scoring.parts import PARTS, PartTable, grid_needs
from scoring.terms import CAPACITIES, TaskFreedom
from scoring.travel import fastest

CAPACITY = 1 << len(PARTS)  # the bit of capacity; the bit of a part is its place in PARTS
LIST_LENGTH = 10
_FIXED = tuple(TaskFreedom).index(TaskFreedom.FIXED)
_GRID = [part.name for part in PARTS].index("weekly_grid")


class Reach:
    """Where n people live and how they travel, in runs that share both; made once for people in `row_order`."""

    def __init__(self, people: Candidates) -> None:
        changes = (np.diff(group_of(people)) != 0) | (np.diff(people.modes) != 0)
        self._starts = np.concatenate([[0], np.flatnonzero(changes) + 1, [len(people)]]) if len(people) else np.zeros(1)
        first = self._starts[:-1].astype(np.int64)
        self._place, self._modes = people.place[first], people.modes[first]
        self._most = people.max_minutes
        self._first_most = self._most[first].astype(np.float64)  # unknown stands first in a run, then many to few

    def rows(self, posed: Posed) -> npt.NDArray[np.int64]:
        """Rows of the people whom the journey does not block, (m,) rising."""
        query = posed.query
        if not query.travels:
            return np.arange(len(self._most))
        known = (self._place >= 0) & (self._modes >= 0)
        minutes = np.where(known, fastest(query.minutes[self._place], self._modes), 0)
        near = self._first_most * query.limit_factor + posed.near_minutes >= minutes
        runs = np.flatnonzero(~known | near | (self._first_most < 0))
        lengths = np.diff(self._starts)[runs].astype(np.int64)
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        rows = np.arange(total) + np.repeat(self._starts[:-1][runs].astype(np.int64) - ends + lengths, lengths)
        most = self._most[rows]
        journey = np.repeat(np.where(known, minutes, -1)[runs], lengths)
        return rows[(most < 0) | (journey < 0) | (most * query.limit_factor + posed.near_minutes >= journey)]


def least_levels(vacancy: Vacancy) -> npt.NDArray[np.int8]:
    """Per capacity the least level that is not blocked, (20,); 0 where nothing blocks.

    A fixed task blocks who is below its demand after all adaptations, offered or possible (`scoring.capacity`).
    """
    demands = demands_of(vacancy)
    fixed = np.where((demands.freedom == _FIXED)[:, None], demands.possible, 0)
    return np.asarray(fixed.max(axis=0, initial=0), np.int8) if len(fixed) else np.zeros(len(CAPACITIES), np.int8)


def too_demanding(capacities: Ints, least: Ints) -> Bools:
    """Whom a capacity blocks, (m,); levels (m, 20), -1 unknown, and the least that is not blocked, (20,)."""
    asked = np.flatnonzero(least > 0)
    levels = capacities[:, asked]
    return np.asarray(((levels >= 0) & (levels < least[asked])).any(axis=1))


def blocking_parts(
    packed: PackedPool, vacancy: Vacancy, tables: tuple[PartTable, ...], rows: Ints, among: int = -1
) -> npt.NDArray[np.int32]:
    """Per row the mask of the parts that block her, (m,); `among`: mask of the parts that are looked at."""
    mask = np.zeros(len(rows), np.int32)
    for number, (part, table) in enumerate(zip(packed.parts, tables, strict=True)):
        if table.blocks and among >> number & 1:
            codes = [given for given, _ in table.answers.values()]
            blocked = np.any([given == BLOCKED for given in codes], axis=0)
            values = _grid_values(part.codes[rows], vacancy) if number == _GRID else part.codes[rows]
            mask |= blocked[values].astype(np.int32) << number
    if among & CAPACITY:
        least = least_levels(vacancy)
        if least.any():
            mask |= np.where(too_demanding(packed.people.capacities[rows], least), CAPACITY, 0).astype(np.int32)
    return mask


def _grid_values(grid: Ints, vacancy: Vacancy) -> Ints:
    """The value of each weekly grid in its table: dayparts short, or the last one where it is unknown."""
    if not vacancy.times_stated:
        return np.zeros(len(grid), np.int64)
    fixed, possible, n_fixed, n_possible = grid_needs(vacancy)
    short = n_fixed - bits(grid & fixed) + np.maximum(n_possible - bits(grid & possible), 0)
    return np.where(grid == UNKNOWN, n_fixed + n_possible + 1, short)


def touched(before: Vacancy, after: Vacancy) -> int:
    """Mask of the parts on which two readings of a vacancy differ."""
    mask = sum(1 << number for number, part in enumerate(PARTS) if part.key(before) != part.key(after))
    same = all(
        np.array_equal(one, other)
        for one, other in zip(_demanded(before), _demanded(after), strict=True)  # capacity reads no more than these
    )
    return mask if same else mask | CAPACITY


def _demanded(vacancy: Vacancy) -> tuple[Ints, ...]:
    demands = demands_of(vacancy)
    return demands.stated, demands.offered, demands.possible, demands.freedom


def expected_placements(scores: Floats, positions: int) -> float:
    """Lasting placements in expectation, when each position goes to one of the first people, all equally likely.

    The list is the best ten, or as many as there are positions; who is missing on it counts nothing. A score is the
    chance of a lasting placement when she is proposed, so this is the positions times the mean score of the list.
    """
    length = max(LIST_LENGTH, positions)
    best = np.sort(scores)[::-1][:length]
    return float(best.sum()) * positions / length
