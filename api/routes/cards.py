"""`/v1/candidates/{candidateId}/card`: exactly what an employer would see of her, as she approved it."""

from typing import Annotated

from fastapi import Depends, Request, Response

from api.dependencies import MomentDep, NeedsCandidate, ReachDep, ServiceDep, SessionDep, TrailDep
from api.http.etags import IfMatchDep, answer_with_version
from api.http.routing import api_router
from api.policies import change_card, show_card
from api.schemas.cards import CardBody, CardContent, card_body
from matching.cards import card_version, load_card, save_card
from matching.errors import Invalid, NotFound
from matching.facts import CandidateFacts
from matching.reach import Reach
from matching.record import RecordKind
from matching.settings import Settings
from matching.store import get_identity
from matching.tables.cards import ApprovedHow

router = api_router(prefix="/candidates/{candidateId}/card", tags=["cards"])


@router.get("", operation_id="getCard")
def get_card(
    request: Request,
    response: Response,
    session: SessionDep,
    trail: TrailDep,
    person: Annotated[CandidateFacts, Depends(NeedsCandidate(show_card))],
) -> CardBody:
    """Her card; a proposal where nobody has written one."""
    card = load_card(session, person.id)
    trail.note(RecordKind.CARD_READ, about_candidate=person.id)
    answer_with_version(request, response, card.version)
    return card_body(card)


@router.put("", operation_id="putCard")
def put_card(
    content: CardContent,
    request: Request,
    response: Response,
    service: ServiceDep,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    if_match: IfMatchDep,
    trail: TrailDep,
    person: Annotated[CandidateFacts, Depends(NeedsCandidate(change_card))],
) -> CardBody:
    """Write her card. It is shown to nobody before she approved it; a change asks her again."""
    if_match.require(card_version(session, person.id))
    card = save_card(
        session,
        person.id,
        about=content.about,
        strengths=content.strengths,
        shows=content.shows,
        approved=_approved(content.approved, reach, person),
        names=_names(session, service.settings, person.id),
        by=reach.actor.account_id,
        now=moment,
    )
    approved = card.approved_how.value if card.approved_how else None
    trail.note(RecordKind.CARD_CHANGED, about_candidate=person.id, details={"approved": approved})
    answer_with_version(request, response, card.version)
    return card_body(card)


def _approved(said: ApprovedHow | None, reach: Reach, person: CandidateFacts) -> ApprovedHow | None:
    """Raise Invalid (`card.approved`) where somebody else says that she did so herself."""
    if said is ApprovedHow.HERSELF and person.id not in reach.herself:
        raise Invalid("card.approved", "approved", reason="approved_by_another")
    return said


def _names(session: SessionDep, settings: Settings, candidate_id: str) -> list[str]:
    """How she is called, so that her card does not tell it."""
    try:
        name = get_identity(session, settings, candidate_id).name
    except NotFound:
        return []
    return [name] if name else []
