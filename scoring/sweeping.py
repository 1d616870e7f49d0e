"""What the kernel adds up over everybody, kept by what vacancies ask; for `scoring.packed`.

A column holds the deficit of each person for one demand, a byte each, and beside it a bit for each whom that demand
does not block. Many vacancies ask the same of one field, so columns are made once and kept, up to so many bytes.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from scoring import kernel
from scoring.columns import Floats, Ints

LINE = 2  # of the four, by which deficits are counted: close to nearly everybody who is shown
ROOM = 96_000_000  # bytes of columns that are kept
_EMPTY = 1_000  # bytes that a column costs though nothing stands in it, with the table that it is kept by

Bytes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Column:
    """One demand for everybody; rows are filled up to whole blocks."""

    deficits: Bytes | None  # (rows,), None where all are 0
    open: Words | None  # (rows / 64,) a bit for each whom it does not block, None where it blocks nobody

    @property
    def nbytes(self) -> int:
        return sum(one.nbytes for one in (self.deficits, self.open) if one is not None) + _EMPTY


@dataclass(frozen=True)
class Reach:
    """The journeys of everybody to one place."""

    deficits: Bytes  # (rows,)
    open: Words
    n_bytes_of_key: int = 0  # of the journeys that it is kept by

    @property
    def nbytes(self) -> int:
        return self.deficits.nbytes + self.open.nbytes + self.n_bytes_of_key + _EMPTY


T = TypeVar("T", Column, Reach)


class Kept(Generic[T]):
    """Columns by what they depend on; those that were asked for least lately go. Its caller holds a lock."""

    def __init__(self, room: int = ROOM) -> None:
        self._kept: OrderedDict[Hashable, T] = OrderedDict()
        self._room = self._left = room

    def another(self) -> "Kept[T]":
        """An empty one of the same size."""
        return Kept(self._room)

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is kept under this key, or is made now."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
            return found
        found = self._kept[key] = make()
        self._left -= found.nbytes
        while self._left < 0 and len(self._kept) > 1:
            self._left += self._kept.popitem(last=False)[1].nbytes
        return found

    def __len__(self) -> int:
        return len(self._kept)


def n_rows(n_people: int) -> int:
    """Rows of a column: people filled up to whole blocks."""
    return -(-n_people // kernel.BLOCK) * kernel.BLOCK


def deficits_of(bound: Floats) -> Bytes:
    """Bounds, none above 0, in units of a deficit, rounded towards none; what blocks is the one that lets nobody in."""
    units = np.minimum(np.floor(-np.maximum(bound, -1e6) / kernel.UNIT), kernel.NO_ENTRY - 1)
    return np.where(bound < kernel.BLOCKED, kernel.NO_ENTRY, units).astype(np.uint8)


def column_of(codes: Ints, deficits: Bytes) -> Column:
    """The column of a part from the value of each person and the deficit of each value."""
    return _column(len(codes), deficits, lambda to, open_: kernel.fill_column(codes, deficits, to, open_))


def grid_column_of(grids: Ints, needs: tuple[int, int, int, int], last: int, deficits: Bytes) -> Column:
    """The column of weekly grids; `needs` as `parts.grid_needs`, `last` the value of who has none."""
    fixed, possible, *counts = needs
    each = np.array(counts, np.int64)
    return _column(
        len(grids),
        deficits,
        lambda to, open_: kernel.fill_grid_column(grids, fixed, possible, each, last, deficits, to, open_),
    )


def _column(n_people: int, deficits: Bytes, fill: Callable[[Bytes, Words], None]) -> Column:
    if not deficits.any():
        return Column(None, None)
    rows = n_rows(n_people)
    column, open_ = np.empty(rows, np.uint8), np.empty(rows // 64, np.uint64)
    column[n_people:] = 0
    fill(column, open_)
    return Column(column, open_ if (deficits == kernel.NO_ENTRY).any() else None)


def reach_of(
    people: kernel.People, minutes: Ints, least: Ints, bound: Floats, near_minutes: float, factor: float, weight: float
) -> Reach:
    """Everybody's journey to a place: `minutes` (places, 5), `least` (groups,), `bound` by the bin of a minute.

    `factor` stretches her maximum, `weight` the minutes, as for work with few trips a week.
    """
    rows = n_rows(len(people.flags))
    column, open_ = np.full(rows, kernel.NO_ENTRY, np.uint8), np.empty(rows // 64, np.uint64)
    by_minute = np.floor(np.arange(kernel.FAR + 1) * weight + (0.5 + 1e-7)).astype(np.int64)
    deficits = deficits_of(bound[np.minimum(by_minute, len(bound) - 1)])
    from_here = np.minimum.accumulate(deficits[::-1])[::-1].copy()
    kernel.fill_journeys(minutes, least, deficits, from_here, near_minutes, factor, people, column, open_)
    return Reach(column, open_, minutes.nbytes + least.nbytes)


def no_journey(n_people: int) -> Reach:
    """The reach of work to which nobody travels."""
    rows = n_rows(n_people)
    return Reach(np.zeros(rows, np.uint8), np.full(rows // 64, ~np.uint64(0)))


def other_levels(capacities: Ints) -> Words:
    """For each capacity and level a bit for each person who is not known to be at that level, (20, 5, words)."""
    words = n_rows(len(capacities)) // 64
    other = np.full((capacities.shape[1], kernel.N_LEVELS, words), ~np.uint64(0))
    kernel.fill_levels(capacities, other)
    return other


def scratch_of(n_people: int) -> kernel.Scratch:
    """Room for one walk at a time over so many people."""
    rows = n_rows(n_people)
    return kernel.Scratch(
        wish_near=np.zeros(rows, np.uint8),
        work_near=np.zeros(rows, np.uint8),
        saved=np.zeros(rows, np.uint16),
        touched=np.empty(rows, np.int32),
        rows=np.empty(rows, np.int32),
        totals=np.empty(rows, np.int16),
        chosen=np.empty(kernel.CHUNK, np.int32),
        deficits=np.empty(kernel.CHUNK, np.int64),
        values=np.empty((kernel.CHUNK, 5), np.int32),
        places=np.empty((kernel.CHUNK, kernel.MAX_FIELDS), np.int32),
        tops=np.empty(kernel.CHUNK),
    )


def bits_of(which: npt.NDArray[np.bool_]) -> Words:
    """A bit for each row (n,), filled up to whole blocks."""
    bits = np.zeros(n_rows(len(which)), bool)
    bits[: len(which)] = which
    return np.packbits(bits, bitorder="little").view(np.uint64)


def without(open_: Words, rows: Ints) -> None:
    """Clear the bits of some rows."""
    np.bitwise_and.at(open_, rows >> 6, ~(np.uint64(1) << (rows & 63).astype(np.uint64)))


def count(open_: Words) -> int:
    """How many bits are set."""
    return int(np.bitwise_count(open_).sum())
