"""`/v1/vacancies/{vacancyId}/ranking`: who fits a vacancy and why (or why not) one person; overrides of these."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query, Response
from pydantic import Field

from api.counts import may_tell_again
from api.dependencies import (
    CandidateId,
    LanguageDep,
    MomentDep,
    NeedsPair,
    NeedsVacancy,
    ReachDep,
    ServiceDep,
    SessionDep,
    Trail,
    TrailDep,
    VacancyId,
    tell,
)
from api.http.idempotency import OnceDep
from api.http.routing import api_router
from api.policies import ask_of_vacancy, coach_explained, overrule, rank_candidates, read_candidate, read_vacancy
from api.schemas.cards import CardsBody, card_item
from api.schemas.profiles import Id
from api.schemas.ranking import Body, ExplanationBody, RankingBody, explanation_body, json_answer, ranking_body
from api.wording import sentence
from matching.actors import Role
from matching.cards import MOST_CARDS, ShownCard, as_employers_ask, cards_for, name_cards
from matching.clock import date_of
from matching.database import session_scope
from matching.errors import NotFound
from matching.exposures import Shown, record_exposures
from matching.facts import VacancyFacts, candidate_facts
from matching.levers import rounded_for_employers
from matching.overrides import Override, put_override
from matching.profiles import Words
from matching.ranking import Ranking, explain_pair, list_version, overruled_for, rank
from matching.reach import Reach, as_employer
from matching.record import RecordKind
from matching.store import load_vacancy
from matching.tables.pairs import ListOrder, OverrideDirection
from scoring.terms import Constraint

LIMIT_MAX = 200
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
EXPLAINED = NeedsPair(((rank_candidates, read_candidate), (read_vacancy, coach_explained)))

router = api_router(prefix="/vacancies/{vacancyId}", tags=["rankings"])


class OverrideBody(Body):
    """A person put in, over what blocks her, or out; always with the reason."""

    candidate_id: Id
    direction: OverrideDirection
    constraints: Annotated[
        list[Constraint],
        Field(max_length=len(Constraint), description="What is overruled for her; none named: all that blocks her."),
    ] = Field(default_factory=list)
    reason: Annotated[Words, Field(min_length=3, max_length=1_000, description="Written so that she may read it.")]


@router.get(
    "/ranking", response_model=RankingBody | CardsBody, response_model_exclude_unset=True, operation_id="getRanking"
)
def get_ranking(
    service: ServiceDep,
    session: SessionDep,
    language: LanguageDep,
    reach: ReachDep,
    moment: MomentDep,
    trail: TrailDep,
    vacancy: Annotated[VacancyFacts, Depends(NeedsVacancy(ask_of_vacancy))],
    limit: Limit = 50,
) -> Response:
    """The people for a vacancy, the best first: nobody is left out for a low chance. An employer gets cards."""
    if Role.ADVISER in reach.roles and rank_candidates(reach, vacancy) is None:
        ranking = rank(session, service.current.within(reach.sees), vacancy.id, limit)
        note_ranking(trail, ranking, reach, moment)
        return json_answer(ranking_body(ranking, language))
    return json_answer(_cards(service, session, language, vacancy, limit, moment, trail, reach))


def note_ranking(trail: Trail, ranking: Ranking, reach: Reach, moment: datetime) -> None:
    """Leave on the record that a list was shown and who stood on it, and count it as attention to each of them."""
    details = {"list": ranking.list_version, "model": ranking.model_version, "order": ranking.order}
    shown = [item.candidate_id for item in ranking.items]
    trail.note(RecordKind.RANKING_SHOWN, about=ranking.vacancy_id, details=details, shown=shown)
    places = [Shown(item.rank, item.candidate_id, item.reserved) for item in ranking.items]
    trail.keep(
        lambda session: record_exposures(
            session,
            vacancy_id=ranking.vacancy_id,
            account_id=reach.actor.account_id,
            list_version=ranking.list_version,
            model_version=ranking.model_version,
            order=ListOrder(ranking.order),
            places=places,
            now=moment,
        )
    )


def _cards(
    service: ServiceDep,
    session: SessionDep,
    language: str,
    vacancy: VacancyFacts,
    limit: int,
    moment: MomentDep,
    trail: Trail,
    reach: Reach,
) -> CardsBody:
    profile, overruled = load_vacancy(session, vacancy.id), overruled_for(session, vacancy.id)
    shown = cards_for(session, service.current, vacancy.id, profile, overruled, min(limit, MOST_CARDS))
    ranker = service.current.get()
    may_tell = may_tell_again(service.engine, session, service.told, reach, moment, vacancy_id=vacancy.id)
    ready = ranker.ready(vacancy.id, as_employers_ask(profile))
    eligible = rounded_for_employers(ranker.count(ready)) if may_tell else None
    names = _named(service, vacancy, shown, moment)
    employer = as_employer(reach, [vacancy.organisation_id])
    trail.note(RecordKind.CARD_READ, about=vacancy.id, shown=[one.candidate_id for one in shown], grant=employer)
    version = list_version(vacancy.id, ranker.model.version, date_of(moment), sorted(names.values()))
    places = [Shown(one.rank, one.candidate_id, card_id=names[one.candidate_id]) for one in shown]
    trail.keep(
        lambda writing: record_exposures(
            writing,
            vacancy_id=vacancy.id,
            account_id=reach.actor.account_id,
            list_version=version,
            model_version=ranker.model.version,
            order=ListOrder.SCORE,
            places=places,
            now=moment,
        )
    )
    code = "count.fewer_than_ten" if eligible is None else "count.about"
    code = code if may_tell else "count.asked_too_often"
    return CardsBody(
        vacancy_id=vacancy.id,
        order="score",
        list_version=version,
        eligible=eligible,
        eligible_text=sentence(language, code, {"n": eligible}),
        items=[card_item(one, names[one.candidate_id], language) for one in shown],
        next=None,
    )


def _named(
    service: ServiceDep, vacancy: VacancyFacts, shown: tuple[ShownCard, ...], moment: MomentDep
) -> dict[str, str]:
    assert vacancy.organisation_id is not None  # noqa: S101 - an employer sees its own vacancies alone
    with session_scope(service.engine) as session:
        return name_cards(session, vacancy.id, vacancy.organisation_id, [one.candidate_id for one in shown], now=moment)


@router.get(
    "/ranking/{candidateId}",
    dependencies=[Depends(EXPLAINED)],
    response_model_exclude_unset=True,
    operation_id="getExplanation",
)
def get_explanation(
    vacancy_id: VacancyId,
    candidate_id: CandidateId,
    service: ServiceDep,
    session: SessionDep,
    language: LanguageDep,
    trail: TrailDep,
) -> ExplanationBody:
    """All that there is to say of one pair, also where it is blocked."""
    trail.note(RecordKind.EXPLANATION_SHOWN, about_candidate=candidate_id, about=vacancy_id)
    return explanation_body(explain_pair(session, service.current.get(), vacancy_id, candidate_id), language)


@router.post("/overrides", status_code=201, operation_id="createOverride")
def create_override(
    body: OverrideBody,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    trail: TrailDep,
    vacancy: Annotated[VacancyFacts, Depends(NeedsVacancy(overrule))],
    once: OnceDep,
) -> OverrideBody:
    """Put a person in or out for this vacancy. Her agreement to be matched is never overruled."""
    person = candidate_facts(session, body.candidate_id, date_of(moment))
    tell(read_candidate(reach, person), NotFound("candidate.unknown", id=person.id))
    put_override(
        session,
        Override(person.id, vacancy.id, body.direction, tuple(body.constraints), body.reason),
        made_by=reach.actor.account_id,
        now=moment,
    )
    trail.note(
        RecordKind.OVERRULED, about_candidate=person.id, about=vacancy.id, details={"direction": body.direction.value}
    )
    response.headers["Location"] = f"/v1/vacancies/{vacancy.id}/ranking/{person.id}"
    return body
