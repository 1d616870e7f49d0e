"""What reading a text gives: a proposed profile, each part with the words it came from and how sure; stores nothing."""

import dataclasses
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from matching.profiles import CandidateProfile, VacancyProfile

HIDDEN = "\ue000"
"""Stands in the readers' copy of a text for every character of what may not be copied; no pattern matches it."""


@dataclass(frozen=True)
class Found:
    """A value and the characters that led to it, `text[start:end]`; a reason where a person has to look."""

    value: Any
    start: int
    end: int
    confidence: float  # 0..1
    reason: str | None = None


@dataclass(frozen=True)
class Part:
    """One part of a draft: a field of the profile, its value and where it came from.

    `field` is the name in JSON ("hours", "licences", "tasks"); of a list each member is a part of its own. A value of
    None with a reason is something that the text speaks of and that only a person can settle; it is in no profile.
    """

    field: str
    value: Any
    quote: str = dataclasses.field(repr=False)
    start: int
    end: int
    confidence: float
    reason: str | None = None

    @property
    def needs_check(self) -> bool:
        """Whether a person has to look at this part before it counts."""
        return self.reason is not None

    def as_json(self) -> dict[str, Any]:
        """The part as it is printed and sent."""
        return {
            "field": self.field,
            "value": self.value,
            "quote": self.quote,
            "start": self.start,
            "end": self.end,
            "confidence": round(self.confidence, 2),
            "needsCheck": self.needs_check,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class Draft:
    """A proposed profile (lowerCamelCase, valid as far as it goes), its parts, and what was left out by kind.

    `missing` names the fields of which a profile needs at least one and that the text does not give.
    """

    kind: str  # "vacancy" or "candidate"
    profile: dict[str, Any] = dataclasses.field(repr=False)
    parts: tuple[Part, ...]
    not_read: dict[str, int]
    missing: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The draft as it is printed and sent."""
        return {
            "kind": self.kind,
            "profile": self.profile,
            "parts": [part.as_json() for part in self.parts],
            "notRead": [{"kind": kind, "count": count} for kind, count in self.not_read.items()],
            "missing": list(self.missing),
        }


class Parts:
    """Collects the parts of one text; a part that touches what may not be copied is refused."""

    def __init__(self, text: str, readable: str) -> None:
        self._text = text
        self._readable = readable
        self.parts: list[Part] = []

    def add(self, name: str, found: Found | None) -> bool:
        """Take a part over under the snake_case name of its field; says whether it was taken."""
        if found is None or HIDDEN in self._readable[found.start : found.end]:
            return False
        quote = self._text[found.start : found.end]
        reason = found.reason
        self.parts.append(
            Part(to_camel(name), found.value, quote, found.start, found.end, min(found.confidence, 1.0), reason)
        )
        return True

    def add_all(self, name: str, several: Iterable[Found]) -> None:
        """Take several parts of one field over, each value once."""
        seen = [part.value for part in self.parts if part.field == to_camel(name)]
        for found in several:
            if found.value is None or found.value not in seen:
                self.add(name, found)
                seen.append(found.value)


def checked(
    kind: type[VacancyProfile] | type[CandidateProfile], data: dict[str, Any]
) -> tuple[dict[str, Any], set[str], tuple[str, ...]]:
    """The profile in JSON without what is not valid, the fields taken out, and what is still missing of what is needed.

    `data` has lowerCamelCase names. A field that the profile refuses is taken out whole: half of it would say more
    than the text does.
    """
    needed = ("title", "tasks") if kind is VacancyProfile else ("region", "postcode")
    stand_in = {"title": "-"} if kind is VacancyProfile else {"region": "AM00"}
    lacking = not any(data.get(name) for name in needed)
    given = dict(data)
    refused: set[str] = set()
    while True:
        try:
            profile = kind.model_validate(given | stand_in if lacking else given)
        except ValidationError as error:
            names = {str(one["loc"][0]) for one in error.errors(include_input=False) if one["loc"]} & given.keys()
            if not names:
                raise
            refused |= names
            given = {name: value for name, value in given.items() if name not in names}
            lacking = not any(given.get(name) for name in needed)
            continue
        said = profile.model_dump(mode="json", by_alias=True, exclude_unset=True)
        if lacking:
            said.pop(next(iter(stand_in)))
        return said, refused, needed if lacking else ()


def counted(kinds: Iterable[str]) -> dict[str, int]:
    """How often each kind was left out, in the order of their names."""
    return dict(sorted(Counter(kinds).items()))
