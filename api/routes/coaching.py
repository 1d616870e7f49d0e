"""A coach's work: `/v1/caseload`, and contacts, pauses and legal bases of a candidate."""

from fastapi import Depends, status

from api.dependencies import (
    CandidateId,
    LanguageDep,
    MomentDep,
    Needs,
    NeedsCandidate,
    ReachDep,
    Service,
    ServiceDep,
    SessionDep,
    TrailDep,
)
from api.dependencies_trajectories import PauseId
from api.http.etags import IfMatchDep
from api.http.idempotency import ONCE
from api.http.paging import PagingDep
from api.http.routing import api_router
from api.policies import coach_candidate, coach_explained, only
from api.schemas.coaching import (
    CaseloadBody,
    ContactBody,
    ContactCreate,
    ContactsBody,
    LegalBasesBody,
    LegalBasisBody,
    LegalBasisCreate,
    PauseBody,
    PauseChange,
    PauseCreate,
    PausesBody,
    basis_body,
    case_body,
    contact_body,
    pause_body,
)
from matching.actors import Role
from matching.clock import date_of
from matching.errors import Invalid, NotFound
from matching.facts import candidate_facts
from matching.questions import questions_for
from matching.reach import Reach
from matching.record import RecordKind
from matching.store import candidate_version
from matching.trajectories.caseload import Questions, caseload
from matching.trajectories.contacts import list_contacts, record_contact
from matching.trajectories.legal_bases import list_bases, record_basis
from matching.trajectories.pauses import begin_pause, change_pause, list_pauses, load_pause

router = api_router(tags=["coaching"])
COACHED = [Depends(NeedsCandidate(coach_candidate))]


@router.get(
    "/caseload",
    dependencies=[Depends(Needs(only(Role.COACH, Role.ADVISER)))],
    response_model_exclude_unset=True,
    operation_id="getCaseload",
)
def get_caseload(
    service: ServiceDep,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    language: LanguageDep,
    paging: PagingDep,
    trail: TrailDep,
) -> CaseloadBody:
    """Who needs attention and why, the most urgent first; at the end who needs nothing now."""
    cases = caseload(session, reach, today=date_of(moment), questions=_worth_asking(service))
    start = _start(paging.after)
    rest = cases[start : start + paging.limit + 1]
    shown, following = paging.page(rest, lambda _: (start + paging.limit,))
    items = [case_body(case, language) for case in shown]
    trail.note(RecordKind.CASELOAD_SHOWN, shown=[one.candidate_id for one in items])
    return CaseloadBody(items=items, next=following)


def _worth_asking(service: Service) -> Questions:
    held, ranker = service.keeper.held, service.current.get()

    def fields(candidate_id: str) -> list[str]:
        try:
            found = questions_for(held, ranker, candidate_id)
        except NotFound:  # she came just now, and is not among the people yet
            return []
        return [one.field for one in found.questions]

    return fields


def _start(after: object) -> int:
    """Where a page of a caseload begins."""
    if after is None:
        return 0
    if isinstance(after, list | tuple) and len(after) == 1 and isinstance(after[0], int) and after[0] >= 0:
        return int(after[0])
    raise Invalid("cursor.unreadable", "cursor", reason="cursor")


@router.post(
    "/candidates/{candidateId}/contacts",
    status_code=status.HTTP_201_CREATED,
    dependencies=[*COACHED, ONCE],
    operation_id="createContact",
)
def post_contact(
    candidate_id: CandidateId,
    body: ContactCreate,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    trail: TrailDep,
) -> ContactBody:
    """Put a contact moment on record, and when the next one is."""
    made = record_contact(
        session,
        candidate_id,
        kind=body.kind,
        by=body.by,
        on=body.on or date_of(moment),
        minutes=body.minutes,
        next_on=body.next_on,
        note=body.note,
        account_id=reach.actor.account_id,
        now=moment,
    )
    trail.note(RecordKind.CONTACT_RECORDED, about_candidate=candidate_id, about=made.id)
    return contact_body(made)


@router.get("/candidates/{candidateId}/contacts", dependencies=COACHED, operation_id="listContacts")
def get_contacts(candidate_id: CandidateId, session: SessionDep, paging: PagingDep, trail: TrailDep) -> ContactsBody:
    """Her contact moments, the latest first."""
    trail.note(RecordKind.PROFILE_READ, about_candidate=candidate_id)
    found = list_contacts(session, candidate_id, limit=paging.limit + 1, after=paging.after)
    shown, following = paging.page(found, lambda one: (one.on.isoformat(), one.id))
    return ContactsBody(items=[contact_body(one) for one in shown], next=following)


@router.post(
    "/candidates/{candidateId}/pauses",
    status_code=status.HTTP_201_CREATED,
    dependencies=[*COACHED, ONCE],
    response_model_exclude_unset=True,
    operation_id="createPause",
)
def post_pause(
    candidate_id: CandidateId,
    body: PauseCreate,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    trail: TrailDep,
) -> PauseBody:
    """Let her trajectory stand still; she keeps her position, and rankings follow."""
    made = begin_pause(
        session,
        candidate_id,
        since=body.since or date_of(moment),
        resumes_on=body.resumes_on,
        resumed_on=body.resumed_on,
        reason=body.reason,
        account_id=reach.actor.account_id,
        now=moment,
    )
    trail.note(RecordKind.CHANGED, about_candidate=candidate_id, about=made.id)
    return pause_body(made, with_reason=True)


@router.get(
    "/candidates/{candidateId}/pauses",
    dependencies=COACHED,
    response_model_exclude_unset=True,
    operation_id="listPauses",
)
def get_pauses(
    candidate_id: CandidateId,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    paging: PagingDep,
    trail: TrailDep,
) -> PausesBody:
    """Her pauses, the latest first; the reasons are for her coach alone."""
    trail.note(RecordKind.PROFILE_READ, about_candidate=candidate_id)
    found = list_pauses(session, candidate_id, limit=paging.limit + 1, after=paging.after)
    shown, following = paging.page(found, lambda one: (one.since.isoformat(), one.id))
    mine = _is_her_coach(session, candidate_id, moment, reach)
    return PausesBody(items=[pause_body(one, with_reason=mine) for one in shown], next=following)


@router.patch(
    "/candidates/{candidateId}/pauses/{pauseId}",
    dependencies=COACHED,
    response_model_exclude_unset=True,
    operation_id="changePause",
)
def patch_pause(
    candidate_id: CandidateId,
    pause_id: PauseId,
    body: PauseChange,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    if_match: IfMatchDep,
    trail: TrailDep,
) -> PauseBody:
    """Say when she expects to go on (`resumesOn`), or that she did (`resumedOn`)."""
    candidate_version(session, candidate_id)  # nobody else writes of her from here
    if_match.require(load_pause(session, candidate_id, pause_id).version)
    trail.note(RecordKind.CHANGED, about_candidate=candidate_id, about=pause_id)
    changed = change_pause(session, candidate_id, pause_id, body.changes(), now=moment)
    return pause_body(changed, with_reason=_is_her_coach(session, candidate_id, moment, reach))


def _is_her_coach(session: SessionDep, candidate_id: str, moment: MomentDep, reach: Reach) -> bool:
    return coach_explained(reach, candidate_facts(session, candidate_id, date_of(moment))) is None


@router.post(
    "/candidates/{candidateId}/legal-bases",
    status_code=status.HTTP_201_CREATED,
    dependencies=[*COACHED, ONCE],
    operation_id="createLegalBasis",
)
def post_basis(
    candidate_id: CandidateId,
    body: LegalBasisCreate,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    trail: TrailDep,
) -> LegalBasisBody:
    """Record on what an organisation bases its use of her data; her agreement is apart from it."""
    made = record_basis(
        session,
        candidate_id,
        organisation_id=body.organisation_id,
        basis=body.basis,
        reference=body.reference,
        since=body.since,
        until=body.until,
        account_id=reach.actor.account_id,
        now=moment,
    )
    trail.note(RecordKind.CHANGED, about_candidate=candidate_id, about=made.id)
    return basis_body(made)


@router.get("/candidates/{candidateId}/legal-bases", dependencies=COACHED, operation_id="listLegalBases")
def get_bases(candidate_id: CandidateId, session: SessionDep, trail: TrailDep) -> LegalBasesBody:
    """The legal bases that are on record of her, the latest first."""
    trail.note(RecordKind.PROFILE_READ, about_candidate=candidate_id)
    return LegalBasesBody(items=[basis_body(one) for one in list_bases(session, candidate_id)], next=None)
