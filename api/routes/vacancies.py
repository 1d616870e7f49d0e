"""`/v1/vacancies` and previews: supporting roles listed, read, made and changed, and what would widen them."""

from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from api.counts import may_count
from api.dependencies import (
    LanguageDep,
    MomentDep,
    Needs,
    NeedsVacancy,
    ReachDep,
    ServiceDep,
    SessionDep,
    TrailDep,
    reads,
)
from api.http.etags import IfMatchDep, answer_with_version
from api.http.idempotency import ONCE
from api.http.kinds import HttpProblem, retry_after
from api.http.paging import PagingDep
from api.http.routing import api_router
from api.policies import ask_of_vacancy, change_vacancy, only, read_vacancy
from api.schemas.asked import LeversBody, levers_body
from api.schemas.profiles import Id, Patch, VacanciesBody, VacancyBody, body_of, patched
from matching import store
from matching.actors import Role, Scope
from matching.cards import as_employers_ask
from matching.errors import Invalid, Refused
from matching.facts import VacancyFacts
from matching.levers import levers_of
from matching.profiles import RegionCode, VacancyProfile
from matching.ranking import Ranker, overruled_for
from matching.reach import Reach, within
from matching.record import RecordKind
from matching.store import load_vacancies, load_vacancy
from matching.tables.vacancies import VacancyStatus
from matching.vacancy_lists import region_of, stored_vacancies, vacancies_of

POSTS = (Role.EMPLOYER, Role.ADVISER)
_SECONDS_OF_A_DAY = 86_400

router = api_router(tags=["vacancies"])


class NewVacancy(VacancyProfile):
    """A vacancy to post. `organisationId`: for which of her organisations; needed where she has several."""

    organisation_id: Annotated[Id | None, Field(description="The employer whose vacancy it is.")] = None


@router.get(
    "/vacancies",
    dependencies=[Depends(Needs(only(*POSTS)))],
    response_model=VacanciesBody,
    operation_id="listVacancies",
)
def list_vacancies(
    session: SessionDep,
    reach: ReachDep,
    paging: PagingDep,
    text: Annotated[str | None, Query(min_length=1, max_length=200, description="Part of the title.")] = None,
    region: Annotated[list[RegionCode], Query(max_length=35)] = [],  # noqa: B006 - pydantic copies it
    status: VacancyStatus | None = None,
) -> dict[str, Any]:
    """The vacancies that you see, newest first."""
    after = None if paging.after is None else (str(paging.after[0]), str(paging.after[1]))
    found, total = vacancies_of(
        session, reach, text=text, region=region, status=status, after=after, limit=paging.limit + 1
    )
    shown, following = paging.page(found, list)
    ids = [identifier for _, identifier in shown]
    stored = stored_vacancies(session, ids)
    items = [body_of(profile, stored[one]) for one, profile in load_vacancies(session, ids)]
    return {"items": items, "next": following, "total": total}


@router.post(
    "/vacancies",
    status_code=201,
    dependencies=[Depends(Needs(only(*POSTS))), ONCE],
    response_model=VacancyBody,
    operation_id="createVacancy",
)
def create_vacancy(
    posted: NewVacancy,
    request: Request,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    trail: TrailDep,
) -> dict[str, Any]:
    """Post a vacancy: open at once. Only a title or tasks are needed."""
    organisation = _employer_of(reach, posted.organisation_id)
    profile = VacancyProfile.model_validate(posted.model_dump(exclude={"organisation_id"}))
    if organisation not in reach.organisations and not within(reach.acts_in, region_of(session, profile)):
        raise Refused("denied.own_region")
    if profile.source_id is not None:
        store.refuse_known_vacancy(session, profile)
    (identifier,) = store.save_vacancies(session, [profile], now=moment).ids
    if organisation is not None:
        store.hand_over(session, identifier, organisation, status=VacancyStatus.OPEN)
    trail.note(RecordKind.CREATED, about=identifier)
    response.headers["Location"] = f"{request.url.path}/{identifier}"
    return _body(request, response, session, identifier)


def _employer_of(reach: Reach, named: str | None) -> str | None:
    """Whose vacancy somebody posts; None: an adviser's, for nobody who has an account."""
    if named is not None:
        if named not in reach.organisations and Role.ADVISER not in reach.roles:
            raise Invalid("vacancy.organisation", "organisationId", reason="organisation")
        return named
    if Role.ADVISER in reach.roles or not reach.organisations:
        return None
    if len(reach.organisations) > 1:
        raise Invalid("vacancy.organisation", "organisationId", reason="several_organisations")
    return next(iter(reach.organisations))


def _body(request: Request, response: Response, session: SessionDep, identifier: str) -> dict[str, Any]:
    stored = stored_vacancies(session, [identifier])[identifier]
    answer_with_version(request, response, stored["version"])
    return body_of(load_vacancy(session, identifier), stored)


@router.get("/vacancies/{vacancyId}", response_model=VacancyBody, operation_id="getVacancy")
def get_vacancy(
    request: Request,
    response: Response,
    session: SessionDep,
    vacancy: Annotated[VacancyFacts, Depends(NeedsVacancy(read_vacancy))],
) -> dict[str, Any]:
    """One vacancy."""
    return _body(request, response, session, vacancy.id)


@router.patch("/vacancies/{vacancyId}", response_model=VacancyBody, operation_id="changeVacancy")
def patch_vacancy(
    patch: Patch,
    request: Request,
    response: Response,
    session: SessionDep,
    moment: MomentDep,
    if_match: IfMatchDep,
    trail: TrailDep,
    vacancy: Annotated[VacancyFacts, Depends(NeedsVacancy(change_vacancy))],
) -> dict[str, Any]:
    """Change a vacancy; `status` opens and closes it."""
    if_match.require(store.vacancy_version(session, vacancy.id))
    stored = stored_vacancies(session, [vacancy.id])[vacancy.id]
    fields = {name: value for name, value in patch.items() if name != "status"}
    store.change_vacancy(session, vacancy.id, patched(load_vacancy(session, vacancy.id), fields), now=moment)
    trail.note(RecordKind.CHANGED, about=vacancy.id, details={"fields": sorted(patch)})
    if "status" in patch:
        status = _status(patch["status"])
        if status.value != stored["status"]:
            store.hand_over(session, vacancy.id, stored["organisation_id"], status=status)
    return _body(request, response, session, vacancy.id)


def _status(value: object) -> VacancyStatus:
    known = {one.value: one for one in VacancyStatus}
    if not isinstance(value, str) or value not in known:
        raise Invalid("vacancy.status", "status", reason="status", known=" ".join(known))
    return known[value]


@router.delete("/vacancies/{vacancyId}", status_code=204, operation_id="deleteVacancy")
def delete_vacancy(
    session: SessionDep, trail: TrailDep, vacancy: Annotated[VacancyFacts, Depends(NeedsVacancy(change_vacancy))]
) -> Response:
    """Take a vacancy away. One for which people were shown or introduced is closed, and what became of it stays."""
    gone = store.take_away(session, vacancy.id)
    trail.note(RecordKind.ERASED if gone else RecordKind.CHANGED, about=vacancy.id, details={"closed": not gone})
    return Response(status_code=204)


@router.get("/vacancies/{vacancyId}/levers", operation_id="listLevers")
def get_levers(
    service: ServiceDep,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    language: LanguageDep,
    vacancy: Annotated[VacancyFacts, Depends(NeedsVacancy(ask_of_vacancy))],
) -> LeversBody:
    """What this vacancy could ask less, how many people that brings and how many lasting placements."""
    exact = Role.ADVISER in reach.roles
    if not exact:
        _count_for_employer(service, reach, moment)
    ranker, profile = _ranker(service, reach), load_vacancy(session, vacancy.id)
    profile = profile if exact else as_employers_ask(profile)
    found = levers_of(ranker, ranker.ready(vacancy.id, profile), profile.positions, overruled_for(session, vacancy.id))
    return levers_body(found, language, vacancy_id=vacancy.id, exact=exact)


@router.post(
    "/vacancy-previews",
    dependencies=[Depends(Needs(only(*POSTS), Scope.READ))],
    operation_id="previewVacancy",
)
@reads
def preview_vacancy(
    profile: VacancyProfile, service: ServiceDep, reach: ReachDep, moment: MomentDep, language: LanguageDep
) -> LeversBody:
    """The same for a vacancy that is being written: nothing is stored."""
    exact = Role.ADVISER in reach.roles
    if not exact:
        _count_for_employer(service, reach, moment)
    ranker = _ranker(service, reach)
    found = levers_of(ranker, ranker.ready("", profile if exact else as_employers_ask(profile)), profile.positions)
    return levers_body(found, language, vacancy_id=None, exact=exact)


def _ranker(service: ServiceDep, reach: Reach) -> Ranker:
    """Among whom somebody counts: an adviser those whom she sees, an employer everybody."""
    return service.current.within(reach.sees) if Role.ADVISER in reach.roles else service.current.get()


def _count_for_employer(service: ServiceDep, reach: Reach, moment: MomentDep) -> None:
    """Raise HttpProblem (`counts.exceeded`) where an employer asked for too many counts today."""
    if not may_count(service.engine, reach, moment):
        raise HttpProblem("counts.exceeded", headers=retry_after(_SECONDS_OF_A_DAY))
