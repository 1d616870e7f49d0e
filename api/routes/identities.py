"""`/v1/candidates/{candidateId}/identity`: who she is, name and contact data; apart from all else, every read kept."""

from typing import Annotated

from fastapi import Depends, Response
from pydantic import EmailStr, Field, StringConstraints

from api.dependencies import NeedsCandidate, ServiceDep, SessionDep, TrailDep
from api.http.routing import api_router
from api.policies import know_candidate
from api.schemas.profiles import Id
from api.schemas.ranking import Body
from matching.facts import CandidateFacts
from matching.profiles import Words
from matching.record import RecordKind
from matching.store import Identity, get_identity, put_identity

router = api_router(prefix="/candidates/{candidateId}/identity", tags=["identity"])
_Line = Annotated[Words, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class IdentityContent(Body):
    """Name and contact data."""

    name: _Line | None = None
    email: Annotated[EmailStr, Field(max_length=254)] | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ()/.-]{6,30}$", strip_whitespace=True)] | None = None
    address: _Line | None = None


class IdentityBody(IdentityContent):
    """Who a candidate is."""

    candidate_id: Id


@router.get("", operation_id="getIdentity")
def read_identity(
    service: ServiceDep,
    session: SessionDep,
    trail: TrailDep,
    person: Annotated[CandidateFacts, Depends(NeedsCandidate(know_candidate))],
) -> IdentityBody:
    """Who she is; for the people around her, and for an employer to whom she agreed to be introduced."""
    identity = get_identity(session, service.settings, person.id)
    trail.note(RecordKind.IDENTITY_READ, about_candidate=person.id)
    return _body(person.id, identity)


@router.put("", operation_id="putIdentity")
def write_identity(
    content: IdentityContent,
    response: Response,
    service: ServiceDep,
    session: SessionDep,
    trail: TrailDep,
    person: Annotated[CandidateFacts, Depends(NeedsCandidate(know_candidate))],
) -> IdentityBody:
    """Write who she is, in place of what was there; sealed under a key of her own."""
    identity = Identity(content.name, content.email, content.phone, content.address)
    put_identity(session, service.settings, person.id, identity)
    trail.note(RecordKind.IDENTITY_CHANGED, about_candidate=person.id)
    return _body(person.id, identity)


def _body(candidate_id: str, identity: Identity) -> IdentityBody:
    return IdentityBody(
        candidate_id=candidate_id,
        name=identity.name,
        email=identity.email,
        phone=identity.phone,
        address=identity.address,
    )
