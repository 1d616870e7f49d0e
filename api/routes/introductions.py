"""`/v1/introductions`: a candidate and an employer are brought together for a vacancy, and what comes of it."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response, status

from api.dependencies import LanguageDep, MomentDep, Needs, ReachDep, SessionDep, Trail, TrailDep
from api.dependencies_trajectories import (
    IntroductionId,
    NeedsIntroduction,
    NeedsNewIntroduction,
    NewIntroduction,
    OutcomeId,
    recorder,
    teller,
)
from api.http.etags import IfMatchDep, answer_with_version
from api.http.idempotency import OnceDep
from api.http.paging import PagingDep
from api.http.routing import api_router
from api.policies import only
from api.policies_trajectories import read_introduction, record_in_introduction, view_of
from api.schemas.introductions import (
    IntroductionBody,
    IntroductionCreate,
    IntroductionsBody,
    OutcomeBody,
    OutcomeChange,
    OutcomeCreate,
    OutcomesBody,
    introduction_body,
    outcome_bodies,
    outcome_body,
)
from matching.actors import Role
from matching.clock import date_of
from matching.errors import NotFound
from matching.reach import Reach
from matching.record import RecordKind
from matching.store import candidate_version
from matching.tables.base import ID_LENGTH
from matching.trajectories import visible
from matching.trajectories.introductions import (
    By,
    IntroductionFacts,
    introduce,
    list_introductions,
    load_introduction,
    request,
)
from matching.trajectories.outcomes import Given, correct, outcome_in, record
from matching.trajectories.reading import Introduction
from matching.trajectories.terms import OutcomeKind, RecordedAs

PARTIES = only(Role.ADVISER, Role.COACH, Role.EMPLOYER, Role.CANDIDATE, Role.REPRESENTATIVE)
NEW = NeedsNewIntroduction()
RECORDED = NeedsIntroduction(record_in_introduction)
_RECORDED_AS = {
    OutcomeKind.CANDIDATE_AGREED: RecordKind.AGREEMENT_GIVEN,
    OutcomeKind.CANDIDATE_DECLINED: RecordKind.AGREEMENT_DECLINED,
    OutcomeKind.AGREEMENT_WITHDRAWN: RecordKind.AGREEMENT_WITHDRAWN,
}
Filter = Annotated[str | None, Query(pattern="^[a-z0-9_]+$", max_length=ID_LENGTH)]

router = api_router(prefix="/introductions", tags=["introductions"])


def _body(reach: Reach, one: Introduction, language: str) -> IntroductionBody:
    return introduction_body(one, view_of(reach, one.candidate_id, one.organisation_id), language)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    response_model_exclude_unset=True,
    operation_id="createIntroduction",
)
def create_introduction(
    body: IntroductionCreate,
    new: Annotated[NewIntroduction, Depends(NEW)],
    response: Response,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    language: LanguageDep,
    trail: TrailDep,
    once: OnceDep,
) -> IntroductionBody:
    """Ask a candidate whether she wants to be introduced, or (an employer) ask for a card; it waits for her adviser."""
    today = date_of(moment)
    if new.card_id is not None:
        made = request(session, new.person, new.vacancy, card_id=new.card_id, by=new.by, now=moment)
    else:
        made = introduce(session, new.person, new.vacancy, by=new.by, asked_on=body.asked_on or today, now=moment)
    trail.note(RecordKind.INTRODUCTION_CHANGED, about_candidate=new.person.id, about=made)
    response.headers["Location"] = f"/v1/introductions/{made}"
    return _body(reach, load_introduction(session, made, today=today), language)


@router.get(
    "", dependencies=[Depends(Needs(PARTIES))], response_model_exclude_unset=True, operation_id="listIntroductions"
)
def get_introductions(
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    language: LanguageDep,
    paging: PagingDep,
    trail: TrailDep,
    candidate_id: Annotated[Filter, Query(alias="candidateId")] = None,
    vacancy_id: Annotated[Filter, Query(alias="vacancyId")] = None,
) -> IntroductionsBody:
    """The introductions of whoever asks, the latest first."""
    today = date_of(moment)
    hidden = candidate_id is not None and not (reach.roles - {Role.EMPLOYER})
    found = (
        []
        if hidden  # an employer does not ask by person: it would learn who is under way
        else list_introductions(
            session,
            visible.introductions(reach, today),
            today=today,
            limit=paging.limit + 1,
            after=paging.after,
            candidate_id=candidate_id,
            vacancy_id=vacancy_id,
        )
    )
    shown, following = paging.page(found, lambda one: (one.created_at.isoformat(), one.id))
    trail.note(RecordKind.INTRODUCTION_READ, shown=list(dict.fromkeys(one.candidate_id for one in shown)))
    return IntroductionsBody(items=[_body(reach, one, language) for one in shown], next=following)


@router.get(
    "/{introductionId}",
    dependencies=[Depends(NeedsIntroduction(read_introduction))],
    response_model_exclude_unset=True,
    operation_id="getIntroduction",
)
def get_introduction(
    introduction_id: IntroductionId,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    language: LanguageDep,
    trail: TrailDep,
) -> IntroductionBody:
    """Where an introduction stands, and what came of it so far."""
    one = load_introduction(session, introduction_id, today=date_of(moment))
    trail.note(RecordKind.INTRODUCTION_READ, about_candidate=one.candidate_id, about=one.id)
    return _body(reach, one, language)


@router.get(
    "/{introductionId}/outcomes",
    dependencies=[Depends(NeedsIntroduction(read_introduction))],
    response_model_exclude_unset=True,
    operation_id="listOutcomes",
)
def get_outcomes(
    introduction_id: IntroductionId,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    language: LanguageDep,
    trail: TrailDep,
) -> OutcomesBody:
    """What came of an introduction, by date."""
    one = load_introduction(session, introduction_id, today=date_of(moment))
    trail.note(RecordKind.INTRODUCTION_READ, about_candidate=one.candidate_id, about=one.id)
    view = view_of(reach, one.candidate_id, one.organisation_id)
    return OutcomesBody(items=outcome_bodies(one, view, language), next=None)


@router.post(
    "/{introductionId}/outcomes",
    status_code=status.HTTP_201_CREATED,
    response_model_exclude_unset=True,
    operation_id="createOutcome",
)
def create_outcome(
    introduction_id: IntroductionId,
    body: OutcomeCreate,
    facts: Annotated[IntroductionFacts, Depends(RECORDED)],
    request: Request,
    response: Response,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    language: LanguageDep,
    trail: TrailDep,
    once: OnceDep,
) -> OutcomeBody:
    """Record a dated fact; late and out of order is fine, what cannot be is refused with the reason."""
    by = recorder(reach, facts, body.kind)
    today = date_of(moment)
    given = Given(
        body.kind,
        body.on or today,
        body.week,
        tuple(dict.fromkeys(body.reasons)),
        body.note,
        body.purpose,
        body.until,
    )
    made = record(session, introduction_id, given, by=by, now=moment)
    response.headers["Location"] = f"/v1/introductions/{introduction_id}/outcomes/{made}"
    one = load_introduction(session, introduction_id, today=today)
    view = view_of(reach, one.candidate_id, one.organisation_id)
    _note(trail, one, body.kind)
    found = outcome_in(one, made)
    answer_with_version(request, response, found.version)
    return outcome_body(found, view, language)


@router.patch(
    "/{introductionId}/outcomes/{outcomeId}", response_model_exclude_unset=True, operation_id="correctOutcome"
)
def correct_outcome(
    introduction_id: IntroductionId,
    outcome_id: OutcomeId,
    body: OutcomeChange,
    facts: Annotated[IntroductionFacts, Depends(RECORDED)],
    request: Request,
    response: Response,
    session: SessionDep,
    moment: MomentDep,
    reach: ReachDep,
    language: LanguageDep,
    if_match: IfMatchDep,
    trail: TrailDep,
) -> OutcomeBody:
    """Correct a fact, say that it never happened, or that a decline has reached her; the earlier version stays."""
    today = date_of(moment)
    candidate_version(session, facts.person.id)  # nobody else writes of her from here
    one = load_introduction(session, introduction_id, today=today)
    view = view_of(reach, one.candidate_id, one.organisation_id)
    old = outcome_in(one, outcome_id)
    if outcome_id not in {shown.id for shown in outcome_bodies(one, view, language)}:
        raise NotFound("outcome.unknown", id=outcome_id)
    if_match.require(old.version)
    changes = body.changes()
    if "reasons" in changes:
        changes["reasons"] = tuple(dict.fromkeys(changes["reasons"]))
    if set(changes) == {"told_on"}:
        teller(reach, facts)
        by = By(reach.actor.account_id, _told_as(facts, reach))
    else:
        by = recorder(reach, facts, old.kind)
    correct(session, introduction_id, outcome_id, changes, by=by, now=moment)
    _note(trail, one, old.kind)
    found = outcome_in(load_introduction(session, introduction_id, today=today), outcome_id)
    answer_with_version(request, response, found.version)
    return outcome_body(found, view, language)


def _note(trail: Trail, one: Introduction, kind: OutcomeKind) -> None:
    """Leave on the record which step was recorded or corrected; an agreement by its own name."""
    recorded = _RECORDED_AS.get(kind, RecordKind.OUTCOME_RECORDED)
    trail.note(recorded, about_candidate=one.candidate_id, about=one.id, details={"kind": kind.value})


def _told_as(facts: IntroductionFacts, reach: Reach) -> RecordedAs:
    if facts.person.id in reach.people:
        return RecordedAs.CANDIDATE if facts.person.id in reach.herself else RecordedAs.REPRESENTATIVE
    return RecordedAs.ADVISER if Role.ADVISER in reach.roles else RecordedAs.COACH
