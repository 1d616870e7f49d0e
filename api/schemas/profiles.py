"""Candidates and vacancies as bodies: the profiles of `matching.profiles` with what the store adds; for their routes.

`null` is unknown; an empty list is none. A change is a merge patch (RFC 7396) on the profile: what is not named stays,
null makes a field unknown again.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Body as RequestBody
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field, ValidationError

from api.schemas.ranking import Body
from matching.profiles import CandidateProfile, Profile, VacancyProfile
from matching.tables.base import ID_LENGTH
from matching.tables.vacancies import VacancyStatus

Id = Annotated[str, Field(max_length=ID_LENGTH, pattern="^[a-z0-9_]+$")]
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
Count = Annotated[int, Field(ge=0, le=2**31 - 1)]
Patch = Annotated[
    dict[str, Any],
    RequestBody(
        media_type="application/merge-patch+json",
        description="The fields to change (RFC 7396): what is not named stays, null makes a field unknown.",
    ),
]
P = TypeVar("P", bound=Profile)
M = TypeVar("M", bound=BaseModel)


class CandidateBody(CandidateProfile):
    """A candidate without who she is."""

    id: Id
    created_at: datetime
    updated_at: datetime
    version: Version


class VacancyBody(VacancyProfile):
    """A vacancy, whose it is, and whether people are still sought for it."""

    id: Id
    status: VacancyStatus
    organisation_id: Id | None
    created_at: datetime
    updated_at: datetime
    version: Version


class Facet(Body):
    """How people spread over one thing: how many have each value; `unknown` is one of these."""

    name: Annotated[str, Field(max_length=40)]
    counts: Annotated[dict[str, Count], Field(max_length=200)]


class CandidatesBody(Body):
    """A page of people, how many there are, and how they spread."""

    items: Annotated[list[CandidateBody], Field(max_length=200)]
    next: Annotated[str, Field(max_length=8_192)] | None
    total: Count
    facets: Annotated[list[Facet], Field(max_length=40)]
    unknown: Annotated[
        dict[str, Count], Field(max_length=40, description="Per filter how many stay in since they are unknown on it.")
    ]


class VacanciesBody(Body):
    """A page of vacancies."""

    items: Annotated[list[VacancyBody], Field(max_length=200)]
    next: Annotated[str, Field(max_length=8_192)] | None
    total: Count


def body_of(profile: Profile, stored: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a profile, with what the store adds."""
    return profile.model_dump(mode="json", by_alias=True) | dict(stored)


def patched(profile: P, patch: Mapping[str, Any]) -> P:
    """The profile with a merge patch. Raises RequestValidationError with every field that cannot be accepted."""
    return patched_body(type(profile), profile, patch)


def patched_body(kind: type[M], before: BaseModel, patch: Mapping[str, Any]) -> M:
    """What a merge patch makes of what may be changed of a body. Raises RequestValidationError as `patched` does."""
    may_change = {name for name in kind.model_fields if name in type(before).model_fields}
    stands = before.model_dump(mode="json", by_alias=True, include=may_change)
    # What is none of its fields is refused, also where it is to be unknown: names go on the record.
    whole = _merged(stands, patch) | {name: None for name in patch.keys() - stands.keys() if patch[name] is None}
    try:
        return kind.model_validate(whole)
    except ValidationError as error:
        problems = [one | {"loc": ("body", *one["loc"])} for one in error.errors(include_url=False)]
        raise RequestValidationError(problems) from None


def _merged(target: Any, patch: Any) -> Any:
    if not isinstance(patch, Mapping):
        return patch
    kept = dict(target) if isinstance(target, Mapping) else {}
    for name, value in patch.items():
        if value is None:
            kept.pop(name, None)
        else:
            kept[name] = _merged(kept.get(name), value)
    return kept
