"""From what tables hold to the arrays of a pool: numbers for texts, ragged lists, who is in which group and when.

`matching.pool_loading` builds with these.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from matching.tables.candidates import CandidateList
from scoring.columns import NO_DAY, UNKNOWN, Bools, Ints, Lists

_EPOCH = date(1970, 1, 1)
EVER, NEVER = -(2**31), 2**31 - 1  # the first and the last day, where a membership has none of its own


@dataclass(frozen=True)
class Memberships:
    """Who is in which target group and when: all of the columns that depends on the day."""

    known: Bools  # (n,) whether she was asked
    row: Ints  # (m,) int32, whose membership
    group: Ints  # (m,) int32, a mask of one TargetGroup
    since: Ints  # (m,) int32, days since 1970, EVER where it has no first day
    until: Ints  # (m,) int32, the last day, NEVER where it has none

    def on(self, day: int) -> Ints:
        """The mask of groups of each person that hold on a day, -1 where unknown; (n,) int32."""
        groups = np.where(self.known, 0, UNKNOWN).astype(np.int32)
        holds = (self.since <= day) & (day <= self.until)
        rows = self.row[holds]
        groups[rows] = np.maximum(groups[rows], 0)
        np.bitwise_or.at(groups, rows, self.group[holds])
        return groups

    def take(self, rows: Ints) -> "Memberships":
        """The memberships of some people, each named once, in the order given."""
        place = np.full(len(self.known), UNKNOWN, np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        row = place[self.row]
        kept = np.flatnonzero(row >= 0)
        kept = kept[np.lexsort((self.until[kept], self.since[kept], self.group[kept], row[kept]))]
        return Memberships(self.known[rows], row[kept], self.group[kept], self.since[kept], self.until[kept])


def days(value: date | None, unknown: int = NO_DAY) -> int:
    """Days since 1970-01-01, NO_DAY (or another number) where unknown."""
    return unknown if value is None else (value - _EPOCH).days


class Numbers(dict[Any, int]):
    """Numbers distinct values in the order in which they come."""

    def __missing__(self, value: Any) -> int:
        self[value] = number = len(self)
        return number


class Folded(dict[Any, int]):
    """Numbers distinct names without regard to case; each spelling is folded once."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers = Numbers()

    def __missing__(self, name: str) -> int:
        self[name] = number = self.numbers[name.casefold()]
        return number


def as_numbers(values: Sequence[Any], read: Mapping[Any, int] | None) -> Ints:
    """Numbers as float64, NaN where unknown; texts through a mapping."""
    if read is not None:
        if None in values:
            return np.array([None if value is None else read[value] for value in values], np.float64)
        return np.fromiter(map(read.__getitem__, values), np.float64, len(values))
    return np.array(values, np.float64)


def as_ints(values: Ints, width: Any, unknown: int = UNKNOWN) -> Ints:
    """Numbers in a width of their own, `unknown` where they are NaN."""
    return np.where(np.isnan(values), unknown, values).astype(width)


def was_asked(answered: Ints, which: CandidateList) -> Bools:
    """Per person whether she answered a question; (n,)."""
    return np.asarray((answered >> list(CandidateList).index(which) & 1).astype(bool))


def starts_of(lengths: Ints) -> Ints:
    """Where each of n lists begins in their items, (n + 1,) int64."""
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])


def lists_of(n: int, row: Ints, position: Ints, items: Ints, numbers: Ints | float) -> Lists:
    """Items of n people in the order of their position; one number beside each."""
    order = np.lexsort((position, row))
    beside = np.broadcast_to(np.asarray(numbers, np.float32), len(row))[order]
    return Lists(starts_of(np.bincount(row, minlength=n)), items[order].astype(np.int32), beside.astype(np.float32))


def spread(rows: Ints, credit: Ints, lists: Lists, chosen: Ints) -> tuple[Ints, Ints, Ints]:
    """Give each row the items of one list, its credit times the number beside each: (rows, items, credits)."""
    lengths = np.diff(lists.starts)[chosen]
    ends = np.cumsum(lengths)
    places = np.arange(ends[-1] if len(ends) else 0) - np.repeat(ends - lengths - lists.starts[chosen], lengths)
    return (
        np.repeat(rows, lengths),
        lists.items[places],
        (np.repeat(credit, lengths) * lists.numbers[places]).astype(np.float32),
    )


def alphabetical(numbers: Mapping[str, int], first: str | None = None) -> tuple[tuple[str, ...], Ints]:
    """The numbered texts in order of the alphabet, and the place of each number in it, (n,) int64."""
    texts = sorted(numbers, key=lambda text: (text != first, text))
    place = np.zeros(len(texts), np.int64)
    place[[numbers[text] for text in texts]] = np.arange(len(texts))
    return tuple(texts), place
