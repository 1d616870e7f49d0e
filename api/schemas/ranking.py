"""A ranking and an explanation as JSON; `vonk rank --json`, `vonk explain --json` and the HTTP API give these bodies.

Names in lowerCamelCase; numbers are not rounded, since contributions and prior add up to the log-odds exactly. Words
stand beside codes, in the language that was asked for.
"""

from typing import Any, Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from api.schemas.said import (
    ask_text,
    changes,
    constraint_text,
    need_text,
    reason_text,
    short_by,
)
from api.wording import sentence
from matching.ranking import RankedItem, Ranking
from scoring.explanation import AnsweredQuestion, PairExplanation, Reason
from scoring.terms import Answer, Band, Constraint, Question, TaskAnswer


class Body(BaseModel):
    """Part of a body: lowerCamelCase outside."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="forbid")

    def json_values(self) -> dict[str, Any]:
        """The body as plain JSON values; what does not apply is left out, not null."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


def json_answer(body: Body) -> Response:
    """A body as an answer, as it is: it was validated when it was made, and a long list takes long to do so again."""
    return Response(body.model_dump_json(by_alias=True, exclude_unset=True), media_type="application/json")


class ReasonBody(Body):
    code: str
    values: dict[str, Any]
    text: str


class NearBody(Body):
    """A constraint that is nearly met; `by` is left out where nothing is measured."""

    constraint: Constraint
    by: float = 0.0
    unit: str
    text: str


class ToArrangeBody(Body):
    need: str
    supplier: str
    text: str


class TaskBody(Body):
    text: str
    answer: TaskAnswer


class QuestionToAskBody(Body):
    """A field that is unknown and whose answer would tell most."""

    field: str
    text: str


class ChancesBody(Body):
    employer: float
    candidate: float
    lasting: float


class ConstraintBody(Body):
    """One of the seventeen; the margin is signed (short is negative), null where there is nothing to measure."""

    constraint: Constraint
    answer: Answer
    margin: float | None
    unit: str
    text: str


class ContributionBody(Body):
    feature: str
    value: float | None
    unit: str
    known: bool
    contribution: float
    text: str


class AnsweredQuestionBody(Body):
    prior: float
    log_odds: float
    chance: float
    contributions: list[ContributionBody]


class ThreeQuestionsBody(Body):
    employer: AnsweredQuestionBody
    candidate: AnsweredQuestionBody
    lasting: AnsweredQuestionBody


class ExplanationBody(Body):
    """All that there is to say of one pair, blocked or not."""

    vacancy_id: str
    candidate_id: str
    eligible: bool
    constraints: list[ConstraintBody]
    questions: ThreeQuestionsBody
    shared_uncertainty_correction: float
    score: float
    band: Band
    tasks: list[TaskBody]
    to_arrange: list[ToArrangeBody]
    reasons: list[ReasonBody]
    questions_to_ask: list[QuestionToAskBody]
    would_have_to_change: list[ReasonBody]


class ItemBody(Body):
    """One person at a rank; `explanation` where it was asked for."""

    rank: int
    candidate_id: str
    score: float
    band: Band
    interval: tuple[float, float]
    chances: ChancesBody
    unknown: list[Constraint]
    near: list[NearBody]
    to_arrange: list[ToArrangeBody]
    reserved: bool
    reasons: list[ReasonBody]
    tasks: list[TaskBody]
    questions: list[QuestionToAskBody]
    explanation: ExplanationBody | None = None


class RankingBody(Body):
    """The ranked people of one vacancy, for an adviser."""

    vacancy_id: str
    order: Literal["score", "allocated"]
    list_version: str
    model_version: str
    eligible: int
    considered: int
    items: list[ItemBody]
    next: str | None


def ranking_body(ranking: Ranking, locale: str, *, explained: bool = False) -> RankingBody:
    """The body of a ranking in a language, with the explanation under each item where `explained`."""
    return RankingBody.model_validate(
        {
            "vacancy_id": ranking.vacancy_id,
            "order": ranking.order,
            "list_version": ranking.list_version,
            "model_version": ranking.model_version,
            "eligible": ranking.eligible,
            "considered": ranking.considered,
            "items": [item_body(item, locale, explained=explained) for item in ranking.items],
            "next": None,
        }
    )


def item_body(item: RankedItem, locale: str, *, explained: bool = False) -> ItemBody:
    """The body of one ranked person."""
    explanation = item.explanation
    values: dict[str, Any] = {
        "rank": item.rank,
        "candidate_id": item.candidate_id,
        "score": item.score,
        "band": item.band,
        "interval": item.interval,
        "chances": dict(zip(Question, item.chances, strict=True)),
        "unknown": list(item.unknown),
        "near": _near(explanation, locale),
        "to_arrange": _to_arrange(explanation, locale),
        "reserved": item.reserved,
        "reasons": _reasons(explanation, locale),
        "tasks": _tasks(explanation),
        "questions": _to_ask(explanation, locale),
    }
    if explained:
        values["explanation"] = explanation_body(item, locale)
    return ItemBody.model_validate(values)


def explanation_body(item: RankedItem, locale: str) -> ExplanationBody:
    """The body of the full explanation of one pair."""
    explanation = item.explanation
    return ExplanationBody(
        vacancy_id=item.vacancy_id,
        candidate_id=item.candidate_id,
        eligible=explanation.eligible,
        constraints=[
            ConstraintBody(
                constraint=one.constraint,
                answer=one.answer,
                margin=one.margin,
                unit=one.unit,
                text=constraint_text(locale, one, explanation),
            )
            for one in explanation.constraints
        ],
        questions=ThreeQuestionsBody.model_validate(
            {question: _question(explanation.questions[question], locale) for question in Question}
        ),
        shared_uncertainty_correction=explanation.correction,
        score=explanation.score,
        band=item.band,
        tasks=_tasks(explanation),
        to_arrange=_to_arrange(explanation, locale),
        reasons=_reasons(explanation, locale),
        questions_to_ask=_to_ask(explanation, locale),
        would_have_to_change=[
            ReasonBody(code=reason.code, values=values, text=sentence(locale, reason.code, values))
            for reason, values in changes(explanation)
        ],
    )


def _question(question: AnsweredQuestion, locale: str) -> AnsweredQuestionBody:
    return AnsweredQuestionBody(
        prior=question.prior,
        log_odds=question.log_odds,
        chance=question.chance,
        contributions=[
            ContributionBody(
                feature=part.feature,
                value=part.value,
                unit=part.unit,
                known=part.known,
                contribution=part.contribution,
                text=reason_text(locale, part.reason),
            )
            for part in question.contributions
        ],
    )


def _near(explanation: PairExplanation, locale: str) -> list[NearBody]:
    found = []
    for one in explanation.constraints:
        if one.answer == Answer.NEAR:
            by = short_by(one)
            measured = {} if by is None else {"by": by}
            text = constraint_text(locale, one, explanation)
            found.append(NearBody(constraint=one.constraint, unit=one.unit, text=text, **measured))
    return found


def _to_arrange(explanation: PairExplanation, locale: str) -> list[ToArrangeBody]:
    return [
        ToArrangeBody(need=one.need, supplier=one.supplier, text=need_text(locale, one))
        for one in explanation.to_arrange
    ]


def _reasons(explanation: PairExplanation, locale: str) -> list[ReasonBody]:
    def body(reason: Reason) -> ReasonBody:
        return ReasonBody(code=reason.code, values=dict(reason.values), text=reason_text(locale, reason))

    return [body(reason) for reason in explanation.reasons]


def _tasks(explanation: PairExplanation) -> list[TaskBody]:
    return [TaskBody(text=text, answer=answer) for text, answer in explanation.tasks]


def _to_ask(explanation: PairExplanation, locale: str) -> list[QuestionToAskBody]:
    return [QuestionToAskBody(field=field, text=ask_text(locale, field)) for field in explanation.questions_to_ask]
