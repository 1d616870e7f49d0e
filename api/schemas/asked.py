"""Answers to what is asked of the pool beside a ranking: vacancies for a person, questions, levers; as bodies."""

from typing import Annotated, Any

from pydantic import Field

from api.schemas.profiles import Count, Id
from api.schemas.ranking import Body, ItemBody, item_body
from api.schemas.said import ask_text
from api.wording import sentence
from matching.levers import Lever, Step, VacancyLevers, rounded_for_employers
from matching.questions import CandidateQuestions
from matching.ranking import VacancyRanking

_Code = Annotated[str, Field(max_length=80)]
_Text = Annotated[str, Field(max_length=2_000)]
_Chance = Annotated[float, Field(ge=0, le=1_000)]


class WorkItemBody(ItemBody):
    """One vacancy at a rank in the list of one person."""

    vacancy_id: Id


class VacancyRankingBody(Body):
    """The ranked vacancies of one person."""

    candidate_id: Id
    model_version: _Code
    eligible: Count
    items: Annotated[list[WorkItemBody], Field(max_length=200)]
    next: Annotated[str, Field(max_length=8_192)] | None


class QuestionBody(Body):
    """An unknown field: how many open vacancies its answer could open or close, and how far chances move."""

    field: _Code
    vacancies: Count
    moves: _Chance
    text: _Text


class QuestionsBody(Body):
    """The questions worth asking one person, the most telling first."""

    candidate_id: Id
    possible: Annotated[int, Field(ge=0, le=2**31 - 1, description="Open vacancies that nothing known blocks now.")]
    items: Annotated[list[QuestionBody], Field(max_length=100)]
    next: Annotated[str, Field(max_length=8_192)] | None


class StepBody(Body):
    """One thing asked less."""

    code: _Code
    values: Annotated[dict[str, Any], Field(max_length=20)]


class LeverBody(Body):
    """What a vacancy could ask less, and what that gains; people are rounded to five for an employer."""

    steps: Annotated[list[StepBody], Field(max_length=2)]
    people_gained: Count | None
    people_text: _Text
    placements_gained: _Chance | None
    text: _Text


class LeversBody(Body):
    """How many could do this work, and what would widen it. `eligible` null: fewer than ten (for an employer)."""

    vacancy_id: Id | None
    positions: Count
    eligible: Count | None
    eligible_text: _Text
    expected_placements: _Chance | None
    items: Annotated[list[LeverBody], Field(max_length=500)]
    pairs: Annotated[list[LeverBody], Field(max_length=20)]
    next: Annotated[str, Field(max_length=8_192)] | None


def vacancy_ranking_body(ranking: VacancyRanking, locale: str) -> VacancyRankingBody:
    """The body of one person's vacancies."""
    items = [
        item_body(item, locale).model_dump(exclude_unset=True) | {"vacancy_id": item.vacancy_id}
        for item in ranking.items
    ]
    return VacancyRankingBody.model_validate(
        {
            "candidate_id": ranking.candidate_id,
            "model_version": ranking.model_version,
            "eligible": ranking.eligible,
            "items": items,
            "next": None,
        }
    )


def questions_body(found: CandidateQuestions, locale: str) -> QuestionsBody:
    """The body of one person's questions."""
    items = [
        QuestionBody(field=one.field, vacancies=one.vacancies, moves=one.moves, text=ask_text(locale, one.field))
        for one in found.questions
    ]
    return QuestionsBody(candidate_id=found.candidate_id, possible=found.possible, items=items, next=None)


def step_text(step: Step, locale: str) -> str:
    """One relaxation in words."""
    values: dict[str, object] = dict(step.values)
    if step.code == "capacity.less":
        values["level_words"] = sentence(locale, f"level.{values['dimension']}.{values['level']}")
    return sentence(locale, f"lever.{step.code}", values)


def lever_text(lever: Lever, locale: str) -> str:
    """One lever, of one step or two, in words."""
    texts = [step_text(step, locale) for step in lever.steps]
    return texts[0] if len(texts) == 1 else sentence(locale, "lever.both", {"first": texts[0], "second": texts[1]})


def levers_body(found: VacancyLevers, locale: str, *, vacancy_id: str | None, exact: bool) -> LeversBody:
    """The body of a vacancy's levers; `exact` for advisers, else rounded so that differences reveal nobody."""

    def count(n: int) -> tuple[int | None, str]:
        shown = n if exact else rounded_for_employers(n)
        if shown is None:
            return None, sentence(locale, "count.fewer_than_ten")
        return shown, sentence(locale, "count.exact" if exact else "count.about", {"n": shown})

    def body(lever: Lever) -> LeverBody:
        gained, text = count(lever.people_gained)
        steps = [StepBody(code=step.code, values=dict(step.values)) for step in lever.steps]
        return LeverBody(
            steps=steps,
            people_gained=gained,
            people_text=text,
            placements_gained=lever.placements_gained if exact else None,
            text=lever_text(lever, locale),
        )

    eligible, text = count(found.eligible)
    return LeversBody(
        vacancy_id=vacancy_id,
        positions=found.positions,
        eligible=eligible,
        eligible_text=text,
        expected_placements=found.placements if exact else round(found.placements, 1),
        items=[body(one) for one in found.singles],
        pairs=[body(one) for one in found.pairs],
        next=None,
    )
