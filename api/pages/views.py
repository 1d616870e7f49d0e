"""What the pages show, in words: a vacancy on a line, a person on a list, the answers of a pair; for the routes."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session

from api.schemas.said import ask_text, chance_text, constraint_text, need_text, reason_text, unknown_name
from api.wording import listed, sentence
from matching.profiles import VacancyProfile
from matching.ranking import RankedItem, Ranker
from matching.tables import metadata
from scoring.explanation import AnsweredConstraint, PairExplanation
from scoring.terms import Answer, Band, Question

# Of these a margin is said; of the others a number says nothing to a reader.
_SAID_MARGINS = ("minutes", "hours_per_week", "days", "months")


@dataclass(frozen=True)
class VacancyLine:
    """A vacancy as it stands on a list and above its own page."""

    id: str
    name: str
    employer: str | None
    place: str
    hours: str
    eligible: int


@dataclass(frozen=True)
class PersonLine:
    """A ranked person: the band and chances in words, and what there is to say first."""

    rank: int
    id: str
    band: Band
    chances: tuple[tuple[str, str], ...]
    reasons: tuple[str, ...]
    near: tuple[str, ...]
    to_arrange: str
    unknown: str
    to_ask: tuple[str, ...]  # where too little is known to name a chance
    reserved: bool


@dataclass(frozen=True)
class AnswerLine:
    """One constraint in words, with the room that there is, where a number says something."""

    text: str
    room: str | None


def places_of(session: Session, profiles: Mapping[str, VacancyProfile]) -> dict[str, str]:
    """Per vacancy the name of its town or, where that is not known, of its region."""
    postcodes, regions = metadata.tables["postcodes"].c, metadata.tables["regions"].c
    asked = {profile.postcode for profile in profiles.values() if profile.postcode}
    connection = session.connection()
    rows = [
        *connection.execute(sa.select(postcodes.pc4, postcodes.place).where(postcodes.pc4.in_(asked))),
        *connection.execute(sa.select(regions.code, regions.name)),
    ]
    names: dict[str | None, str] = {str(code): str(name) for code, name in rows}
    found = {one: names.get(profile.postcode) or names.get(profile.region) for one, profile in profiles.items()}
    return {one: name for one, name in found.items() if name}


def vacancy_line(
    identifier: str, profile: VacancyProfile, ranker: Ranker, places: Mapping[str, str], locale: str
) -> VacancyLine:
    """A vacancy in words, with how many people of the pool are not blocked for it."""
    tasks = profile.tasks or []
    hours = profile.hours
    low, high = (hours.min, hours.max) if hours else (None, None)
    said = {"n": low} if low == high else {"min": low, "max": high}
    return VacancyLine(
        id=identifier,
        name=profile.title or tasks[0].text,
        employer=profile.work_floor or profile.legal_employer,
        place=places.get(identifier) or sentence(locale, "page.place_unknown"),
        hours=sentence(locale, "page.hours", {name: n for name, n in said.items() if n is not None}),
        eligible=ranker.count(ranker.ready(identifier, profile)),
    )


def person_line(item: RankedItem, locale: str) -> PersonLine:
    """A ranked person in words."""
    explanation = item.explanation
    unknown = [unknown_name(locale, one) for one in explanation.constraints if one.answer == Answer.UNKNOWN]
    return PersonLine(
        rank=item.rank,
        id=item.candidate_id,
        band=item.band,
        chances=chances(item, locale),
        reasons=tuple(reason_text(locale, reason) for reason in explanation.reasons),
        near=tuple(line.text for line in answer_lines(explanation, Answer.NEAR, locale)),
        to_arrange=listed(locale, [need_text(locale, one) for one in explanation.to_arrange]),
        unknown=listed(locale, unknown),
        to_ask=() if names_chance(item) else tuple(ask_text(locale, one) for one in explanation.questions_to_ask),
        reserved=item.reserved,
    )


def names_chance(item: RankedItem) -> bool:
    """Whether enough is known to name a chance; else the questions to ask stand in its place."""
    return item.band != Band.TOO_LITTLE_KNOWN


def chances(item: RankedItem, locale: str) -> tuple[tuple[str, str], ...]:
    """The three questions with their chances in words; none where too little is known."""
    if not names_chance(item):
        return ()
    return tuple(
        (sentence(locale, f"page.question.{question}"), chance_text(locale, chance))
        for question, chance in zip(Question, item.chances, strict=True)
    )


def answer_lines(explanation: PairExplanation, answer: Answer, locale: str) -> tuple[AnswerLine, ...]:
    """The constraints that were answered so."""
    return tuple(
        AnswerLine(constraint_text(locale, one, explanation), _room(one, locale))
        for one in explanation.constraints
        if one.answer == answer
    )


def _room(one: AnsweredConstraint, locale: str) -> str | None:
    """How much there is to spare; what is short stands in the sentence itself."""
    if one.answer != Answer.OK or one.margin is None or one.margin <= 0 or one.unit not in _SAID_MARGINS:
        return None
    return sentence(locale, "page.room", {"room": sentence(locale, f"unit.{one.unit}", {"n": one.margin})})
