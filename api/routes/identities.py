"""`/v1/candidates/{candidateId}/identity`: who she is, name and contact data; apart from all else, every read kept."""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import EmailStr, Field, StringConstraints

from api.dependencies import (
    CandidateId,
    MomentDep,
    NeedsCandidate,
    ReachDep,
    ServiceDep,
    SessionDep,
    TrailDep,
    check_scope,
)
from api.http.routing import api_router
from api.policies import know_candidate
from api.schemas.profiles import Id
from api.schemas.ranking import Body
from matching.cards import take_back_if_named
from matching.clock import date_of
from matching.facts import CandidateFacts, candidate_facts
from matching.profiles import WITHOUT_NUL
from matching.reach import as_employer
from matching.record import RecordKind
from matching.store import Identity, candidate_version, get_identity, put_identity
from matching.trajectories.introductions import agreed_employers

router = api_router(prefix="/candidates/{candidateId}/identity", tags=["identity"])
_Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), WITHOUT_NUL]


class NeedsAcquaintance(NeedsCandidate):
    """For who she is: the people around her, and an employer for as long as her agreement to an introduction holds."""

    def __call__(
        self, request: Request, candidate_id: CandidateId, reach: ReachDep, session: SessionDep, moment: MomentDep
    ) -> CandidateFacts:
        """Allow, or raise as for somebody who is not there."""
        agreed = agreed_employers(session, candidate_id, date_of(moment)) if reach.organisations else frozenset()
        if agreed & reach.organisations:
            check_scope(request, reach, self.scope)
            return candidate_facts(session, candidate_id, date_of(moment))
        return super().__call__(request, candidate_id, reach, session, moment)


class IdentityContent(Body):
    """Name and contact data."""

    name: _Line | None = None
    email: Annotated[EmailStr, Field(max_length=254)] | None = None
    phone: (
        Annotated[str, StringConstraints(pattern=r"^\+?[0-9 ()/.-]{6,30}$", max_length=31, strip_whitespace=True)]
        | None
    ) = None
    address: _Line | None = None


class IdentityBody(IdentityContent):
    """Who a candidate is."""

    candidate_id: Id


@router.get("", operation_id="getIdentity")
def read_identity(
    service: ServiceDep,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    trail: TrailDep,
    person: Annotated[CandidateFacts, Depends(NeedsAcquaintance(know_candidate))],
) -> IdentityBody:
    """Who she is; for the people around her, and for an employer to whom she agreed to be introduced."""
    identity = get_identity(session, service.settings, person.id)
    near = know_candidate(reach, person) is None
    employer = None if near else as_employer(reach, agreed_employers(session, person.id, date_of(moment)))
    trail.note(RecordKind.IDENTITY_READ, about_candidate=person.id, grant=employer)
    return _body(person.id, identity)


@router.put("", operation_id="putIdentity")
def write_identity(
    content: IdentityContent,
    response: Response,
    service: ServiceDep,
    session: SessionDep,
    moment: MomentDep,
    trail: TrailDep,
    person: Annotated[CandidateFacts, Depends(NeedsCandidate(know_candidate))],
) -> IdentityBody:
    """Write who she is, in place of what was there; sealed under a key of her own.

    A card that tells the name that she has now is shown to nobody until it is approved in other words.
    """
    candidate_version(session, person.id)  # nobody else writes of her from here
    identity = Identity(content.name, content.email, content.phone, content.address)
    put_identity(session, service.settings, person.id, identity)
    trail.note(RecordKind.IDENTITY_CHANGED, about_candidate=person.id)
    if content.name and take_back_if_named(session, person.id, [content.name], now=moment):
        trail.note(RecordKind.CARD_CHANGED, about_candidate=person.id, details={"approved": None})
    return _body(person.id, identity)


def _body(candidate_id: str, identity: Identity) -> IdentityBody:
    return IdentityBody(
        candidate_id=candidate_id,
        name=identity.name,
        email=identity.email,
        phone=identity.phone,
        address=identity.address,
    )
