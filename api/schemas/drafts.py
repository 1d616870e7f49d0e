"""Drafts as bodies: what a text proposes, each part with the words it came from; nothing of it is stored."""

from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas.ranking import Body
from matching.profiles import Words
from matching.reading.sources import MAX_CHARACTERS

_Code = Annotated[str, Field(max_length=80)]
_Place = Annotated[int, Field(ge=0, le=2**31 - 1)]


class DraftText(Body):
    """A pasted text."""

    text: Annotated[Words, Field(min_length=1, max_length=MAX_CHARACTERS)]


class DraftPartBody(Body):
    """One field, its value, where in the text it stands (characters) and how sure it is, from 0 to 1."""

    field: _Code
    value: Any
    quote: Annotated[str, Field(max_length=MAX_CHARACTERS)]
    start: _Place
    end: _Place
    confidence: Annotated[float, Field(ge=0, le=1)]
    needs_check: bool
    reason: _Code | None


class LeftOutBody(Body):
    """What was not read, since it may not be kept: of which kind, and how often."""

    kind: _Code
    count: _Place


class DraftBody(Body):
    """A proposed profile, to be confirmed by a person: sent as it is, it makes a candidate or a vacancy."""

    kind: Literal["vacancy", "candidate"]
    profile: Annotated[dict[str, Any], Field(max_length=100)]
    parts: Annotated[list[DraftPartBody], Field(max_length=2_000)]
    not_read: Annotated[list[LeftOutBody], Field(max_length=100)]
    missing: Annotated[list[_Code], Field(max_length=20)]
