"""`/v1/candidates`: people without who they are: listed and searched, read, made and changed."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from api import policies
from api.dependencies import (
    CandidateId,
    LanguageDep,
    MomentDep,
    Needs,
    NeedsCandidate,
    ReachDep,
    ServiceDep,
    SessionDep,
    TrailDep,
)
from api.http.etags import IfMatchDep, answer_with_version
from api.http.idempotency import ONCE
from api.http.paging import PagingDep
from api.http.routing import api_router
from api.policies import ask_candidate, change_candidate, find_work, only, read_candidate
from api.schemas.asked import QuestionsBody, VacancyRankingBody, questions_body, vacancy_ranking_body
from api.schemas.profiles import CandidateBody, CandidatesBody, Patch, body_of, patched
from matching.actors import Role
from matching.clock import date_of
from matching.demands import vacancies_for
from matching.facts import CandidateFacts
from matching.people import add, change, knows_restricted, profile_for, stored_of
from matching.people_lists import people_for
from matching.pool import days
from matching.profiles import CandidateProfile, Day, Education, Level, RegionCode
from matching.questions import questions_for
from matching.record import RecordKind
from matching.rights import erase, export_of
from matching.search import Filters, search
from matching.store import candidate_version, load_candidates
from matching.under_way import REQUEST_ID
from scoring.terms import Certificate, Licence, Sector, TravelMode

AROUND = (Role.ADVISER, Role.COACH, Role.CASEWORKER)
HERSELF = (Role.CANDIDATE, Role.REPRESENTATIVE)
_MOST_WORK = 200

router = api_router(prefix="/candidates", tags=["candidates"])
Hours = Annotated[float | None, Query(ge=0, le=60, allow_inf_nan=False)]


async def filters(
    region: Annotated[list[RegionCode], Query(max_length=35)] = [],  # noqa: B006 - pydantic copies it
    hours_min: Annotated[Hours, Query(alias="hoursMin", description="She can work at least so many a week.")] = None,
    hours_max: Annotated[Hours, Query(alias="hoursMax", description="She wants to work no more a week.")] = None,
    education_min: Annotated[Education | None, Query(alias="educationMin")] = None,
    dutch_min: Annotated[Level | None, Query(alias="dutchMin")] = None,
    licence: Annotated[list[Licence], Query(max_length=20)] = [],  # noqa: B006
    certificate: Annotated[list[Certificate], Query(max_length=20)] = [],  # noqa: B006
    travel_mode: Annotated[list[TravelMode], Query(alias="travelMode", max_length=5)] = [],  # noqa: B006
    sector: Annotated[list[Sector], Query(max_length=30)] = [],  # noqa: B006
    available_by: Annotated[Day | None, Query(alias="availableBy")] = None,
    known_only: Annotated[bool, Query(alias="knownOnly", description="Leave out who is unknown on a filter.")] = False,
) -> Filters:
    """What is asked of people; who is unknown on a filter stays in, unless asked otherwise."""
    return Filters(
        tuple(region),
        hours_min,
        hours_max,
        education_min,
        dutch_min,
        tuple(licence),
        tuple(certificate),
        tuple(travel_mode),
        tuple(sector),
        None if available_by is None else days(available_by),
        known_only,
        agreed_only=False,
    )


@router.get(
    "",
    dependencies=[Depends(Needs(only(*AROUND, *HERSELF)))],
    response_model=CandidatesBody,
    operation_id="listCandidates",
)
def list_candidates(
    service: ServiceDep,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    paging: PagingDep,
    asked: Annotated[Filters, Depends(filters)],
    trail: TrailDep,
    text: Annotated[str | None, Query(min_length=1, max_length=200, description="Work, or skills, in words.")] = None,
) -> dict[str, Any]:
    """The people whom you see, best met by the text first; with facet counts over all who are found."""
    service.keeper.catch_up()
    today = date_of(moment)
    pool = people_for(session, service.current, reach, today)
    after = None if paging.after is None else str(paging.after[0])
    found = search(pool, days(today), text, asked, paging.limit, after)
    trail.note(RecordKind.SEARCH_SHOWN, details={"total": found.total}, shown=found.ids)
    return {
        "items": _bodies(session, found.ids),
        "next": None if found.next is None else paging.next([found.next]),
        "total": found.total,
        "facets": [{"name": name, "counts": counts} for name, counts in found.facets.items()],
        "unknown": found.unknown,
    }


def _bodies(session: SessionDep, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Those who are still there, without what few may know."""
    stored = stored_of(session, ids)
    there = [one for one in ids if one in stored]
    return [body_of(profile, stored[one]) for one, profile in load_candidates(session, there, restricted=False)]


@router.post(
    "",
    status_code=201,
    dependencies=[Depends(Needs(only(*AROUND))), ONCE],
    response_model=CandidateBody,
    operation_id="createCandidate",
)
def create_candidate(
    profile: CandidateProfile,
    request: Request,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    trail: TrailDep,
) -> dict[str, Any]:
    """Make a candidate. Only a region or a postcode is needed; who she is goes to `identity`."""
    identifier = add(session, reach, profile, now=moment)
    trail.note(RecordKind.CREATED, about_candidate=identifier)
    response.headers["Location"] = f"{request.url.path}/{identifier}"
    return _body(request, response, session, identifier)


def _body(request: Request, response: Response, session: SessionDep, identifier: str) -> dict[str, Any]:
    stored = stored_of(session, [identifier])[identifier]
    ((_, profile),) = load_candidates(session, [identifier], restricted=False)
    answer_with_version(request, response, stored["version"])
    return body_of(profile, stored)


@router.get("/{candidateId}", response_model=CandidateBody, operation_id="getCandidate")
def get_candidate(
    request: Request,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    trail: TrailDep,
    person: Annotated[CandidateFacts, Depends(NeedsCandidate(read_candidate))],
) -> dict[str, Any]:
    """One candidate, without who she is."""
    trail.note(RecordKind.PROFILE_READ, about_candidate=person.id)
    stored = stored_of(session, [person.id])[person.id]
    answer_with_version(request, response, stored["version"])
    return body_of(profile_for(session, reach, person), stored)


@router.patch("/{candidateId}", response_model=CandidateBody, operation_id="changeCandidate")
def patch_candidate(
    patch: Patch,
    request: Request,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    if_match: IfMatchDep,
    trail: TrailDep,
    person: Annotated[CandidateFacts, Depends(NeedsCandidate(change_candidate))],
) -> dict[str, Any]:
    """Change what is known of a candidate."""
    if_match.require(candidate_version(session, person.id))
    changed = patched(profile_for(session, reach, person), patch)
    if change(session, reach, person, changed, patch, moment):
        trail.note(RecordKind.CHANGED, about_candidate=person.id, details={"fields": sorted(patch)})
    else:  # it is shown all the same
        trail.note(RecordKind.PROFILE_READ, about_candidate=person.id)
    stored = stored_of(session, [person.id])[person.id]
    answer_with_version(request, response, stored["version"])
    return body_of(profile_for(session, reach, person), stored)


@router.delete("/{candidateId}", status_code=204, operation_id="eraseCandidate")
def erase_candidate(
    service: ServiceDep,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    person: Annotated[CandidateFacts, Depends(NeedsCandidate(change_candidate))],
) -> Response:
    """Erase her, for good: profile, identity, and whatever of her stands in snapshots, backups and training data."""
    erase(session, service.settings, person.id, now=moment, actor=reach.actor, request_id=REQUEST_ID.get())
    return Response(status_code=204)


@router.get("/{candidateId}/export", response_model=dict[str, Any], operation_id="exportCandidate")
def export_candidate(
    service: ServiceDep,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    trail: TrailDep,
    person: Annotated[CandidateFacts, Depends(NeedsCandidate(policies.export_candidate))],
) -> dict[str, Any]:
    """All that is stored of her, and who looked at it: when, at what, in which role and for which organisation.

    What few may know is in the export that she makes herself, not in that of an adviser.
    """
    trail.note(RecordKind.EXPORT_MADE, about_candidate=person.id)
    return export_of(session, service.settings, person.id, now=moment, whole=knows_restricted(reach, person))


@router.get(
    "/{candidateId}/vacancies",
    dependencies=[Depends(NeedsCandidate(find_work))],
    response_model_exclude_unset=True,
    operation_id="listVacanciesForCandidate",
)
def get_vacancies(
    candidate_id: CandidateId,
    service: ServiceDep,
    language: LanguageDep,
    trail: TrailDep,
    limit: Annotated[int, Query(ge=1, le=_MOST_WORK)] = 20,
) -> VacancyRankingBody:
    """The vacancies for her, best first, with the same score and reasons as in the ranking of each vacancy."""
    ranker = service.current.get()
    trail.note(RecordKind.VACANCIES_SHOWN, about_candidate=candidate_id)
    return vacancy_ranking_body(vacancies_for(service.keeper.held, ranker, candidate_id, limit), language)


@router.get(
    "/{candidateId}/questions", dependencies=[Depends(NeedsCandidate(ask_candidate))], operation_id="listQuestions"
)
def get_questions(
    candidate_id: CandidateId, service: ServiceDep, language: LanguageDep, trail: TrailDep
) -> QuestionsBody:
    """What is worth asking her: unknown fields by what an answer would decide and change."""
    trail.note(RecordKind.QUESTIONS_SHOWN, about_candidate=candidate_id)
    return questions_body(questions_for(service.keeper.held, service.current.get(), candidate_id), language)
