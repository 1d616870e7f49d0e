"""`GET /v1/vacancies/{vacancyId}/ranking`: who fits a vacancy, and why (or why not) one person, for an adviser."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.dependencies import (
    CandidateId,
    LanguageDep,
    NeedsPair,
    NeedsVacancy,
    ReachDep,
    ServiceDep,
    SessionDep,
    VacancyId,
)
from api.policies import coach_explained, rank_candidates, read_candidate, read_vacancy
from api.schemas.ranking import ExplanationBody, RankingBody, explanation_body, ranking_body
from matching.ranking import explain_pair, rank

LIMIT_MAX = 200
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]
EXPLAINED = NeedsPair(((rank_candidates, read_candidate), (read_vacancy, coach_explained)))

router = APIRouter(prefix="/vacancies/{vacancyId}/ranking", tags=["rankings"])


@router.get(
    "",
    dependencies=[Depends(NeedsVacancy(rank_candidates))],
    response_model_exclude_unset=True,
    operation_id="getRanking",
)
def get_ranking(
    vacancy_id: VacancyId,
    service: ServiceDep,
    session: SessionDep,
    language: LanguageDep,
    reach: ReachDep,
    limit: Limit = 50,
) -> RankingBody:
    """The people of the pool for a vacancy, the best first; nobody is left out for a low chance."""
    return ranking_body(rank(session, service.current.within(reach.sees), vacancy_id, limit), language)


@router.get(
    "/{candidateId}",
    dependencies=[Depends(EXPLAINED)],
    response_model_exclude_unset=True,
    operation_id="getExplanation",
)
def get_explanation(
    vacancy_id: VacancyId, candidate_id: CandidateId, service: ServiceDep, session: SessionDep, language: LanguageDep
) -> ExplanationBody:
    """All that there is to say of one pair, also where it is blocked."""
    return explanation_body(explain_pair(session, service.current.get(), vacancy_id, candidate_id), language)
