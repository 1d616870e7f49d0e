"""Closed sets as nullable bitmasks and back, and levels, for the two mappings of this package.

None stays None, none is 0.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from scoring.terms import (
    DAYPARTS,
    WEEKDAYS,
    Daypart,
    EducationLevel,
    LanguageLevel,
    Weekday,
    daypart_bit,
    mask_of,
    members_of,
)


@cache
def _bits(order: type[StrEnum]) -> dict[StrEnum, int]:
    return {member: mask_of([member], order) for member in order}


def to_mask(members: Iterable[StrEnum] | None, order: type[StrEnum]) -> int | None:
    """The bitmask of a closed set."""
    if members is None:
        return None
    bits = _bits(order)
    mask = 0
    for member in members:
        mask |= bits[member]
    return mask


def from_mask(mask: int | None, order: type[StrEnum]) -> list[str] | None:
    """The members of a bitmask, in the order of the closed list."""
    return None if mask is None else members_of(mask, order)


def to_grid(grid: dict[Weekday, list[Daypart]] | None) -> int | None:
    """The 28 bits of a weekly grid; a day with no dayparts is a day that is not named."""
    if grid is None:
        return None
    return sum({daypart_bit(day, part) for day, parts in grid.items() for part in parts})


def from_grid(mask: int | None) -> dict[Weekday, list[Daypart]] | None:
    """The weekly grid of 28 bits."""
    if mask is None:
        return None
    days = {day: [part for part in DAYPARTS if mask & daypart_bit(day, part)] for day in WEEKDAYS}
    return {day: parts for day, parts in days.items() if parts}


def known_or_none(fields: dict[str, object]) -> dict[str, object] | None:
    """A part of a profile, or None where nothing of it is known."""
    return None if all(value is None for value in fields.values()) else fields


def education_of(stored: int | None) -> EducationLevel | None:
    """The level of a number that is stored."""
    return None if stored is None else EducationLevel(stored)


def languages_of(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, object]]:
    """Languages with the levels of their stored numbers."""
    return [{"language": row["language"], "level": LanguageLevel(row["level"])} for row in rows]
