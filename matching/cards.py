"""The card: exactly what an employer would see of a candidate, as she approved it; for routes and pages.

Who approved no card is no card to anybody; the adviser sees her as ever. A card says what she can do in this work. It
never tells a name, a place, a level, what is not known, what is nearly so, a group, or words that tell who she is.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from matching.changes import note_change
from matching.current import CurrentRanker
from matching.errors import FieldProblem, Invalid, NotFound
from matching.identifying import why_identifying
from matching.profiles import VacancyProfile
from matching.ranking import Overruled, RankedItem
from matching.store import candidate_version
from matching.store.masks import from_mask, to_mask
from matching.tables import metadata
from matching.tables.base import new_id
from matching.tables.cards import ApprovedHow, CardPart
from matching.tables.changes import ChangeKind
from scoring.explanation import PairExplanation, Reason
from scoring.model import Bands
from scoring.terms import RESTRICTED_GROUPS, Answer, Band, Constraint, TaskAnswer

CARDS = metadata.tables["cards"]
NAMES = metadata.tables["card_names"]
MOST_CARDS = 5  # that an employer sees of one vacancy
SHOWN_AT_FIRST = (CardPart.SKILLS, CardPart.WISH, CardPart.HOURS, CardPart.TRAVEL, CardPart.START, CardPart.PAPERS)
TRAVEL_BANDS = (15, 30, 45, 60)  # minutes, up to
_FITS = {
    CardPart.HOURS: (Constraint.HOURS, Constraint.DAYPARTS),
    CardPart.START: (Constraint.START,),
    CardPart.LANGUAGE: (Constraint.LANGUAGE,),
    CardPart.PAPERS: (Constraint.LICENCE, Constraint.CERTIFICATE),
}
_SAID = {  # by the state of a feature
    CardPart.SKILLS: ("skill_coverage.much", "skill_coverage.some"),
    CardPart.WORK_DONE: ("work_nearness.same", "work_nearness.near"),
    CardPart.WISH: ("wish_nearness.wished", "wish_nearness.near"),
    CardPart.GROWTH: ("growth.her_path", "growth.path"),
}


@dataclass(frozen=True)
class Card:
    """What she lets be seen; version 0: she has none yet, and this is what it would be."""

    candidate_id: str
    about: str | None = field(default=None, repr=False)
    strengths: tuple[str, ...] = field(default=(), repr=False)
    shows: tuple[CardPart, ...] = SHOWN_AT_FIRST
    approved_at: datetime | None = None
    approved_how: ApprovedHow | None = None
    version: int = 0


@dataclass(frozen=True)
class ShownCard:
    """One card on an employer's list."""

    rank: int
    candidate_id: str
    band: Band
    tasks: tuple[tuple[str, TaskAnswer], ...]
    reasons: tuple[Reason, ...]


def load_card(session: Session, candidate_id: str) -> Card:
    """Her card, or what it would be where she has none."""
    row = session.connection().execute(sa.select(CARDS).where(CARDS.c.candidate_id == candidate_id)).mappings().first()
    return _card(row) if row else Card(candidate_id)


def card_version(session: Session, candidate_id: str) -> int:
    """The version of her card, locked for who writes, also where there is none. Raises NotFound."""
    candidate_version(session, candidate_id)
    return load_card(session, candidate_id).version


def load_cards(session: Session, ids: Collection[str]) -> dict[str, Card]:
    """The cards of some people, by their ids."""
    rows = session.connection().execute(sa.select(CARDS).where(CARDS.c.candidate_id.in_(list(ids)))).mappings()
    return {row["candidate_id"]: _card(row) for row in rows}


def _card(row: Any) -> Card:
    return Card(
        row["candidate_id"],
        row["about"],
        tuple(row["strengths"] or ()),
        tuple(CardPart(one) for one in from_mask(row["shows"], CardPart) or ()),
        row["approved_at"],
        None if row["approved_how"] is None else ApprovedHow(row["approved_how"]),
        row["version"],
    )


def save_card(
    session: Session,
    candidate_id: str,
    *,
    about: str | None,
    strengths: Sequence[str],
    shows: Collection[CardPart],
    approved: ApprovedHow | None,
    names: Iterable[str],
    by: str,
    now: datetime,
) -> Card:
    """Write a card, approved or waiting for her; what is as it was and approved stays so.

    Raises Invalid (`card.words`) for words that tell who she is (`names`: how she is called) or what nobody may ask.
    """
    _check(about, strengths, tuple(names))
    old = load_card(session, candidate_id)
    content = (about, tuple(strengths), frozenset(shows))
    same = old.version > 0 and content == (old.about, old.strengths, frozenset(old.shows))
    if same and (approved is None or old.approved_at is not None):
        return old
    values = {
        "about": about,
        "strengths": list(strengths) or None,
        "shows": to_mask(shows, CardPart),
        "approved_at": now if approved else None,
        "approved_how": approved.value if approved else None,
        "approved_by": by if approved else None,
        "updated_at": now,
        "version": old.version + 1,
    }
    connection = session.connection()
    if old.version:
        connection.execute(sa.update(CARDS).where(CARDS.c.candidate_id == candidate_id).values(values))
    else:
        connection.execute(sa.insert(CARDS).values(values | {"candidate_id": candidate_id}))
    note_change(session, ChangeKind.CANDIDATE, [candidate_id])  # who has a card is part of what rankings stand on
    return load_card(session, candidate_id)


def take_back_if_named(session: Session, candidate_id: str, names: Iterable[str], *, now: datetime) -> bool:
    """Take back the approval of a card that tells how she is called (`names`), which came to be known later.

    Whether it was taken back: she, or who goes along with her, finds other words and approves these.
    """
    card = load_card(session, candidate_id)
    words = " ".join([card.about or "", *card.strengths])
    if card.approved_at is None or why_identifying(words, names) is None:
        return False
    values = {"approved_at": None, "approved_how": None, "approved_by": None, "updated_at": now}
    changed = sa.update(CARDS).where(CARDS.c.candidate_id == candidate_id)
    session.connection().execute(changed.values(values | {"version": card.version + 1}))
    note_change(session, ChangeKind.CANDIDATE, [candidate_id])
    return True


def _check(about: str | None, strengths: Sequence[str], names: tuple[str, ...]) -> None:
    said = {"about": about, **{f"strengths.{number}": one for number, one in enumerate(strengths)}}
    problems = tuple(
        FieldProblem(field, f"card.{why}")
        for field, text in said.items()
        if text and (why := why_identifying(text, names)) is not None
    )
    if problems:
        raise Invalid("card.words", problems=problems)


def approved_ids(session: Session) -> list[str]:
    """Ids of everybody who approved a card."""
    return list(session.connection().scalars(sa.select(CARDS.c.candidate_id).where(CARDS.c.approved_at.is_not(None))))


def as_employers_ask(profile: VacancyProfile) -> VacancyProfile:
    """A vacancy as it is compared for an employer.

    Who is in a restricted group must not show by who is left on a list, or in a count, of people who count for a
    contract. Where that counts such a group, whether somebody counts for it is for her adviser to say, later.
    """
    return (
        profile.model_copy(update={"counts_for": None})
        if RESTRICTED_GROUPS & {*(profile.counts_for or ())}
        else profile
    )


def cards_for(
    session: Session,
    current: CurrentRanker,
    vacancy_id: str,
    profile: VacancyProfile,
    overruled: Overruled,
    limit: int = MOST_CARDS,
) -> tuple[ShownCard, ...]:
    """The first people for a vacancy who approved a card, as an employer sees them."""
    ranker = current.among("cards", lambda: approved_ids(session))
    ranking = ranker.rank(vacancy_id, as_employers_ask(profile), min(limit, MOST_CARDS), overruled)
    cards = load_cards(session, [item.candidate_id for item in ranking.items])
    # Who approves one no longer may be among these until the pool has heard of it: her words are shown to nobody.
    approved = {one for one, card in cards.items() if card.approved_at is not None}
    chosen = [item for item in ranking.items if item.candidate_id in approved]
    return tuple(
        _shown(rank, item, cards[item.candidate_id], ranker.model.bands) for rank, item in enumerate(chosen, start=1)
    )


def _shown(rank: int, item: RankedItem, card: Card, bands: Bands) -> ShownCard:
    explanation = item.explanation
    tasks = tuple(
        (text, answer)
        for text, answer in explanation.tasks
        if answer in (TaskAnswer.DONE, TaskAnswer.CARVE, TaskAnswer.ARRANGE)
    )
    return ShownCard(rank, item.candidate_id, band_by_score(item.score, bands), tasks, reasons_of(card, explanation))


def band_by_score(score: float, bands: Bands) -> Band:
    """The band by the score alone: that little is known of somebody is nothing for an employer to read."""
    for band, least in ((Band.STRONG, bands.strong), (Band.GOOD, bands.good), (Band.POSSIBLE, bands.possible)):
        if score >= least:
            return band
    return Band.WEAK


def reasons_of(card: Card, explanation: PairExplanation) -> tuple[Reason, ...]:
    """What her card lets be said of her for one vacancy: good things alone, and those that are known."""
    answers = {one.constraint: one for one in explanation.constraints}
    said = {
        part.reason.code: part.reason for question in explanation.questions.values() for part in question.contributions
    }
    reasons: list[Reason] = []
    for part in card.shows:
        if part in _FITS and all(answers[one].answer is Answer.OK for one in _FITS[part]):
            reasons.append(Reason(f"card.{part}", {}))
        if part in _SAID:
            found = next((said[code] for code in _SAID[part] if code in said), None)
            if found is not None:
                reasons.append(Reason(f"card.{part}", _counts(found)))
        if part is CardPart.TRAVEL:
            reasons += _travel(answers[Constraint.TRAVEL].reason)
        if part is CardPart.ARRANGE:
            reasons += [
                Reason("card.arrange", {"need": one.need, "supplier": one.supplier}) for one in explanation.to_arrange
            ]
    reasons += [Reason("card.strength", {"words": words}) for words in card.strengths]
    if card.about:
        reasons.append(Reason("card.about", {"words": card.about}))
    return tuple(reasons)


def _counts(reason: Reason) -> dict[str, Any]:
    return {name: reason.values[name] for name in ("covered", "of") if name in reason.values}


def _travel(reason: Reason) -> list[Reason]:
    """How long she travels, in a band: minutes would tell where she lives."""
    minutes = reason.values.get("minutes")
    if not isinstance(minutes, int | float):
        return []
    band = next((most for most in TRAVEL_BANDS if minutes <= most), None)
    return [Reason("card.travel", {} if band is None else {"minutes": band})]


def name_cards(
    session: Session, vacancy_id: str, organisation_id: str, candidate_ids: Sequence[str], *, now: datetime
) -> dict[str, str]:
    """The name of each person's card for one employer and vacancy; who had none gets one.

    Of two who ask at once for the first time both get the same names.
    """
    columns, connection = NAMES.c, session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    of_these = sa.and_(
        columns.vacancy_id == vacancy_id,
        columns.organisation_id == organisation_id,
        columns.candidate_id.in_(list(candidate_ids)),
    )
    names = sa.select(columns.candidate_id, columns.id).where(of_these)
    known: dict[str, str] = {row.candidate_id: row.id for row in connection.execute(names)}
    rows = [
        {
            "id": new_id("k"),
            "candidate_id": one,
            "vacancy_id": vacancy_id,
            "organisation_id": organisation_id,
            "shown_at": now,
        }
        for one in candidate_ids
        if one not in known
    ]
    if rows:
        connection.execute(dialect.insert(NAMES).on_conflict_do_nothing(), rows)
        known = {row.candidate_id: row.id for row in connection.execute(names)}
    return known


def resolve_card(session: Session, organisation_ids: Collection[str], card_id: str) -> tuple[str, str]:
    """The candidate and the vacancy of a card that was shown to one of these employers.

    Raises NotFound (`card.unknown`).
    """
    columns = NAMES.c
    row = (
        session.connection()
        .execute(
            sa.select(columns.candidate_id, columns.vacancy_id).where(
                columns.id == card_id, columns.organisation_id.in_(list(organisation_ids))
            )
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound("card.unknown", id=card_id)
    return row.candidate_id, row.vacancy_id
