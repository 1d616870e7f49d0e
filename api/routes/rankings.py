"""`GET /v1/vacancies/{vacancyId}/ranking`: who fits a vacancy, and why (or why not) one person, for an adviser."""

from typing import Annotated

from fastapi import Depends, Path, Query

from api.dependencies import LanguageDep, Needs, ServiceDep, SessionDep
from api.http.routing import api_router
from api.policies import made_up_world_here
from api.schemas.ranking import ExplanationBody, RankingBody, explanation_body, ranking_body
from matching.ranking import explain_pair, rank
from matching.tables.base import ID_LENGTH

LIMIT_MAX = 200
_ID = {"pattern": "^[a-z0-9_]+$", "max_length": ID_LENGTH}
VacancyId = Annotated[str, Path(alias="vacancyId", **_ID)]
CandidateId = Annotated[str, Path(alias="candidateId", **_ID)]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX)]

router = api_router(
    prefix="/vacancies/{vacancyId}/ranking", tags=["rankings"], dependencies=[Depends(Needs(made_up_world_here))]
)


@router.get("", response_model_exclude_unset=True, operation_id="getRanking")
def get_ranking(
    vacancy_id: VacancyId, service: ServiceDep, session: SessionDep, language: LanguageDep, limit: Limit = 50
) -> RankingBody:
    """The people of the pool for a vacancy, the best first; nobody is left out for a low chance."""
    return ranking_body(rank(session, service.ranker, vacancy_id, limit), language)


@router.get("/{candidateId}", response_model_exclude_unset=True, operation_id="getExplanation")
def get_explanation(
    vacancy_id: VacancyId, candidate_id: CandidateId, service: ServiceDep, session: SessionDep, language: LanguageDep
) -> ExplanationBody:
    """All that there is to say of one pair, also where it is blocked."""
    return explanation_body(explain_pair(session, service.ranker, vacancy_id, candidate_id), language)
