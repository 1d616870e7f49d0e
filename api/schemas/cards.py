"""The card of a candidate, and how an employer sees it, as bodies."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from api.schemas.profiles import Id, Version
from api.schemas.ranking import Body, ReasonBody
from api.wording import sentence
from matching.cards import Card, ShownCard
from matching.profiles import WITHOUT_NUL
from matching.tables.cards import ApprovedHow, CardPart
from scoring.terms import Band

_Line = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True), WITHOUT_NUL]
_About = Annotated[str, StringConstraints(min_length=1, max_length=600, strip_whitespace=True), WITHOUT_NUL]


class CardContent(Body):
    """What a card holds. `approved` says that she approved it as it stands, and how."""

    about: _About | None = None
    strengths: Annotated[list[_Line], Field(max_length=5)] = Field(default_factory=list)
    shows: Annotated[list[CardPart], Field(max_length=len(CardPart))] = Field(default_factory=list)
    approved: ApprovedHow | None = None


class CardBody(Body):
    """Her card as it stands; version 0: nobody has written one, and this is a proposal."""

    candidate_id: Id
    about: _About | None
    strengths: Annotated[list[_Line], Field(max_length=5)]
    shows: Annotated[list[CardPart], Field(max_length=len(CardPart))]
    approved: ApprovedHow | None
    approved_at: datetime | None
    version: Version


class CardTaskBody(Body):
    """One task that she does, that can be done after something is arranged, or that another does."""

    text: Annotated[str, Field(max_length=1_000)]
    answer: Literal["done", "carve", "arrange"]


class CardItemBody(Body):
    """One person as an employer sees her."""

    rank: Annotated[int, Field(ge=1, le=200)]
    card_id: Id
    band: Band
    tasks: Annotated[list[CardTaskBody], Field(max_length=50)]
    reasons: Annotated[list[ReasonBody], Field(max_length=40)]


class CardsBody(Body):
    """The cards for one vacancy, best first. `eligibleText`: roughly how many people could do the work."""

    vacancy_id: Id
    order: Literal["score", "allocated"]
    list_version: Annotated[str, Field(max_length=40)]
    eligible: Annotated[int, Field(ge=0, le=2**31 - 1)] | None
    eligible_text: Annotated[str, Field(max_length=200)]
    items: Annotated[list[CardItemBody], Field(max_length=5)]
    next: Annotated[str, Field(max_length=8_192)] | None


def card_body(card: Card) -> CardBody:
    """The body of a card."""
    return CardBody(
        candidate_id=card.candidate_id,
        about=card.about,
        strengths=list(card.strengths),
        shows=list(card.shows),
        approved=card.approved_how,
        approved_at=card.approved_at,
        version=card.version,
    )


def card_item(shown: ShownCard, card_id: str, locale: str) -> CardItemBody:
    """The body of one person as an employer sees her."""
    reasons = [
        ReasonBody(code=one.code, values=dict(one.values), text=_text(locale, one.code, dict(one.values)))
        for one in shown.reasons
    ]
    tasks = [CardTaskBody.model_validate({"text": text, "answer": answer.value}) for text, answer in shown.tasks]
    return CardItemBody(rank=shown.rank, card_id=card_id, band=shown.band, tasks=tasks, reasons=reasons)


def _text(locale: str, code: str, values: dict[str, Any]) -> str:
    return str(values["words"]) if "words" in values else sentence(locale, code, values)
