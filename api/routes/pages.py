"""The pages: vacancies, the people ranked for one, and one pair explained; they work without JavaScript."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from api.dependencies import (
    CandidateId,
    LanguageDep,
    MomentDep,
    Needs,
    NeedsVacancy,
    Public,
    ReachDep,
    Service,
    ServiceDep,
    SessionDep,
    TrailDep,
    VacancyId,
)
from api.pages.rendering import STATIC, render
from api.pages.views import VacancyLine, answer_lines, chances, names_chance, person_line, places_of, vacancy_line
from api.pages.waterfall import waterfall
from api.pages.who import VACANCIES, home_of
from api.policies import rank_candidates, signed_in
from api.routes.rankings import EXPLAINED, LIMIT_MAX, note_ranking
from api.schemas.said import ask_text, chance_text, changes, need_text
from api.wording import sentence
from matching.made_up import only_made_up
from matching.ranking import explain_pair, rank
from matching.record import RecordKind
from matching.store import load_vacancies, load_vacancy
from matching.vacancy_lists import open_vacancies
from scoring.terms import Answer, Question

PER_PAGE = 20
_FIRST = 10  # people on a list that nobody asked more of

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_OPEN = [Depends(Public())]


@router.get("/style.css", dependencies=_OPEN)
def style() -> FileResponse:
    """How the pages look."""
    return FileResponse(STATIC / "style.css", media_type="text/css", headers={"Cache-Control": "no-cache"})


@router.get("/icon.svg", dependencies=_OPEN)
def icon() -> FileResponse:
    """A spark, for the tab of the browser."""
    return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml", headers={"Cache-Control": "no-cache"})


@router.get("/", dependencies=[Depends(Needs(signed_in))], response_model=None)
def vacancies(
    request: Request,
    service: ServiceDep,
    session: SessionDep,
    language: LanguageDep,
    reach: ReachDep,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> str | Response:
    """The vacancies for which people are sought, some at a time; who is no adviser begins elsewhere."""
    if (home := home_of(reach.actor)) != VACANCIES:
        return RedirectResponse(home, 303)
    ids, n_open = open_vacancies(session, reach.sees, limit=PER_PAGE, offset=(page - 1) * PER_PAGE)
    profiles = dict(load_vacancies(session, ids))
    places = places_of(session, profiles)
    ranker = service.current.within(reach.sees)
    lines = [vacancy_line(one, profiles[one], ranker, places, language) for one in ids]
    return _page(
        request,
        session,
        "vacancies.html",
        vacancies=lines,
        n_open=n_open,
        page=page,
        n_pages=max(1, -(-n_open // PER_PAGE)),
    )


@router.get("/vacancies/{vacancyId}", dependencies=[Depends(NeedsVacancy(rank_candidates))])
def ranking(
    request: Request,
    vacancy_id: VacancyId,
    service: ServiceDep,
    session: SessionDep,
    language: LanguageDep,
    reach: ReachDep,
    moment: MomentDep,
    trail: TrailDep,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX)] = _FIRST,
) -> str:
    """The people ranked for a vacancy."""
    ranked = rank(session, service.current.within(reach.sees), vacancy_id, limit)
    note_ranking(trail, ranked, reach, moment)
    return _page(
        request,
        session,
        "ranking.html",
        vacancy=_line(session, service, vacancy_id, language),
        eligible=ranked.eligible,
        considered=ranked.considered,
        people=[person_line(item, language) for item in ranked.items],
        more=next((n for n in (50, LIMIT_MAX) if len(ranked.items) < min(n, ranked.eligible)), None),
    )


@router.get("/vacancies/{vacancyId}/candidates/{candidateId}", dependencies=[Depends(EXPLAINED)])
def pair(
    request: Request,
    vacancy_id: VacancyId,
    candidate_id: CandidateId,
    service: ServiceDep,
    session: SessionDep,
    language: LanguageDep,
    trail: TrailDep,
) -> str:
    """One pair explained, also where it is blocked."""
    item = explain_pair(session, service.current.get(), vacancy_id, candidate_id)
    explanation = item.explanation
    trail.note(RecordKind.EXPLANATION_SHOWN, about_candidate=candidate_id, about=vacancy_id)
    too_little = None if names_chance(item) else sentence(language, f"band.{item.band}")
    return _page(
        request,
        session,
        "pair.html",
        vacancy=_line(session, service, vacancy_id, language),
        item=item,
        chance=chance_text(language, item.score, of=100),
        chances=chances(item, language),
        answers=[
            (answer, lines)
            for answer in (Answer.BLOCKED, Answer.NEAR, Answer.UNKNOWN, Answer.OK)
            if (lines := answer_lines(explanation, answer, language))
        ],
        changes=[sentence(language, reason.code, values) for reason, values in changes(explanation)],
        waterfalls=[
            (one, waterfall(asked, too_little or chance_text(language, asked.chance), language))
            for one, asked in ((one, explanation.questions[one]) for one in Question)
        ],
        to_arrange=[need_text(language, one) for one in explanation.to_arrange],
        to_ask=[ask_text(language, field) for field in explanation.questions_to_ask],
    )


def _page(request: Request, session: Session, template: str, /, **values: object) -> str:
    return render(request, template, is_list=True, made_up=only_made_up(session), **values)


def _line(session: Session, service: Service, vacancy_id: str, language: str) -> VacancyLine:
    profile = load_vacancy(session, vacancy_id)
    return vacancy_line(vacancy_id, profile, service.current.get(), places_of(session, {vacancy_id: profile}), language)
