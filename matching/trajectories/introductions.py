"""Introductions: made, listed, expired, and who of the employers may know her; the ways in call it.

She is asked first. An employer knows of an introduction only where it asked for her card, or once she agreed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session

from matching.changes import note_change
from matching.clock import date_of
from matching.errors import NotFound
from matching.facts import CandidateFacts, VacancyFacts, candidate_facts
from matching.store import candidate_version
from matching.tables.base import new_id
from matching.tables.changes import ChangeKind
from matching.trajectories.cursors import after_moment
from matching.trajectories.deadlines import Terms, terms_of
from matching.trajectories.reading import (
    CANDIDATES,
    INTRODUCTIONS,
    OUTCOMES,
    Introduction,
    has,
    load_introductions,
)
from matching.trajectories.steps import REQUESTED, Impossible
from matching.trajectories.terms import CLOSING, OutcomeKind, RecordedAs

EXPIRED_AT_ONCE = 500


@dataclass(frozen=True)
class By:
    """Who records something: the account, and in which role; no account is the system."""

    account_id: str | None
    role: RecordedAs


SYSTEM = By(None, RecordedAs.SYSTEM)


@dataclass(frozen=True)
class IntroductionFacts:
    """What policies go by: her, the employer, whether she was asked, and whether the employer may know of it at all."""

    id: str
    person: CandidateFacts
    organisation_id: str | None
    asked: bool
    known_to_employer: bool


def introduction_facts(session: Session, identifier: str, today: date) -> IntroductionFacts:
    """What policies go by. Raises NotFound (`introduction.unknown`)."""
    row = (
        session.connection()
        .execute(
            sa.select(
                INTRODUCTIONS.c.candidate_id,
                INTRODUCTIONS.c.organisation_id,
                INTRODUCTIONS.c.card_id,
                has(OutcomeKind.ASKED).label("asked"),
                has(OutcomeKind.CANDIDATE_AGREED).label("agreed"),
            ).where(INTRODUCTIONS.c.id == identifier)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound("introduction.unknown", id=identifier)
    return IntroductionFacts(
        identifier,
        candidate_facts(session, row.candidate_id, today),
        row.organisation_id,
        bool(row.asked),
        row.card_id is not None or bool(row.agreed),
    )


def introduce(
    session: Session, person: CandidateFacts, vacancy: VacancyFacts, *, by: By, asked_on: date, now: datetime
) -> str:
    """Ask her whether she wants to be introduced for a vacancy; the id of the introduction.

    Raises Impossible: `introduction.attention` where so many are open as she wants at most, `.not_agreed_to_matching`,
    `.vacancy_closed`, `.already` where this vacancy is under way for her, `.in_the_future`.
    """
    if asked_on > date_of(now):
        raise Impossible("introduction.in_the_future", "askedOn")
    _may_begin(session, person.id, vacancy, now)
    require_attention(session, person.id, now)
    made = _made(session, person, vacancy, card_id=None, by=by, now=now)
    insert_outcome(session, made, OutcomeKind.ASKED, asked_on, by=by, now=now)
    note_change(session, ChangeKind.CANDIDATE, [person.id])
    return made


def request(
    session: Session, person: CandidateFacts, vacancy: VacancyFacts, *, card_id: str, by: By, now: datetime
) -> str:
    """An employer asks for one of its cards; it waits until an adviser asks her. The id of the introduction.

    Raises Impossible (`introduction.vacancy_closed`, `.already`); how busy she is, is not told to an employer.
    """
    _may_begin(session, person.id, vacancy, now)
    return _made(session, person, vacancy, card_id=card_id, by=by, now=now)


def require_attention(session: Session, candidate_id: str, now: datetime) -> None:
    """Raise Impossible where she has as many open introductions as she wants, or did not agree to be matched.

    Her row is locked until the transaction ends, so that two who ask at once do not pass together.
    """
    candidate_version(session, candidate_id)
    her = session.connection().execute(
        sa.select(CANDIDATES.c.max_open_introductions, CANDIDATES.c.agreed_to_matching).where(
            CANDIDATES.c.id == candidate_id
        )
    )
    most, agreed = her.one()
    if not agreed:
        raise Impossible("introduction.not_agreed_to_matching", "candidateId")
    n_open = sum(one.standing.is_open for one in _of_candidate(session, candidate_id, now))
    if n_open >= most:
        raise Impossible("introduction.attention", "candidateId", n=n_open, most=most)


def _of_candidate(session: Session, candidate_id: str, now: datetime) -> list[Introduction]:
    today = date_of(now)
    ids = session.connection().scalars(
        sa.select(INTRODUCTIONS.c.id).where(INTRODUCTIONS.c.candidate_id == candidate_id)
    )
    return load_introductions(session, list(ids), today=today, terms=terms_of(session, today))


def _may_begin(session: Session, candidate_id: str, vacancy: VacancyFacts, now: datetime) -> None:
    candidate_version(session, candidate_id)
    if not vacancy.is_open:
        raise Impossible("introduction.vacancy_closed", "vacancyId")
    for one in _of_candidate(session, candidate_id, now):
        under_way = one.standing.is_open or one.standing.state in (REQUESTED, OutcomeKind.STARTED)
        if one.vacancy_id == vacancy.id and under_way:
            raise Impossible("introduction.already", "vacancyId")


def _made(
    session: Session, person: CandidateFacts, vacancy: VacancyFacts, *, card_id: str | None, by: By, now: datetime
) -> str:
    identifier = new_id("i")
    session.connection().execute(
        sa.insert(INTRODUCTIONS).values(
            id=identifier,
            candidate_id=person.id,
            vacancy_id=vacancy.id,
            organisation_id=vacancy.organisation_id,
            card_id=card_id,
            made_by=by.account_id,
            created_at=now,
        )
    )
    return identifier


def insert_outcome(
    session: Session, introduction_id: str, kind: OutcomeKind, on: date, *, by: By, now: datetime, **more: object
) -> str:
    """Write the first version of an outcome as it is given; its id. For this package: nothing is checked here."""
    values = {
        "id": new_id("u"),
        "version": 1,
        "introduction_id": introduction_id,
        "kind": kind.value,
        "happened_on": on,
        "week": None,
        "reasons": None,
        "note": None,
        "quarantined": False,
        "purpose": None,
        "until": None,
        "told_on": None,
        "retracted": False,
        "recorded_at": now,
        "recorded_by": by.account_id,
        "recorded_as": by.role.value,
        "replaced_at": None,
    } | more
    session.connection().execute(sa.insert(OUTCOMES).values(**values))
    return str(values["id"])


def load_introduction(session: Session, identifier: str, *, today: date) -> Introduction:
    """One introduction as it stands today. Raises NotFound (`introduction.unknown`)."""
    found = load_introductions(session, [identifier], today=today, terms=terms_of(session, today))
    if not found:
        raise NotFound("introduction.unknown", id=identifier)
    return found[0]


def list_introductions(
    session: Session,
    where: sa.ColumnElement[bool],
    *,
    today: date,
    limit: int,
    after: Sequence[object] | None = None,
    candidate_id: str | None = None,
    vacancy_id: str | None = None,
) -> list[Introduction]:
    """At most `limit` introductions, the latest first, after (created_at, id); `where` is of `visible`."""
    columns = INTRODUCTIONS.c
    query = sa.select(columns.id).where(where)
    if candidate_id is not None:
        query = query.where(columns.candidate_id == candidate_id)
    if vacancy_id is not None:
        query = query.where(columns.vacancy_id == vacancy_id)
    if after is not None:
        query = query.where(after_moment(after, columns.created_at, columns.id))
    query = query.order_by(columns.created_at.desc(), columns.id.desc()).limit(limit)
    ids = list(session.connection().scalars(query))
    return load_introductions(session, ids, today=today, terms=terms_of(session, today))


def agreed_employers(session: Session, candidate_id: str, today: date) -> frozenset[str]:
    """The organisations that may know who she is today: she agreed, and it holds.

    Withdrawal, the end of the agreement, a decline of either side and an end close it at once.
    """
    connection = session.connection()
    ids = connection.scalars(
        sa.select(INTRODUCTIONS.c.id).where(
            INTRODUCTIONS.c.candidate_id == candidate_id,
            INTRODUCTIONS.c.organisation_id.is_not(None),
            has(OutcomeKind.CANDIDATE_AGREED),
        )
    )
    found = load_introductions(session, list(ids), today=today, terms=terms_of(session, today))
    return frozenset(
        one.organisation_id for one in found if one.organisation_id is not None and one.standing.agreement is not None
    )


def expire_due(session: Session, *, now: datetime, terms: Terms | None = None) -> int:
    """Record what was not answered within its term as expired, some at a time; how many. For a job, once a day.

    Reading goes by the term anyway; this lets the places of people in rankings follow.
    """
    today = date_of(now)
    terms = terms or terms_of(session, today)
    waiting = sa.not_(has(*CLOSING, OutcomeKind.INTERVIEWED, OutcomeKind.TRIAL_STARTED))
    done, last = 0, ""
    while True:
        query = sa.select(INTRODUCTIONS.c.id).where(waiting, INTRODUCTIONS.c.id > last).order_by(INTRODUCTIONS.c.id)
        ids = list(session.connection().scalars(query.limit(EXPIRED_AT_ONCE)))
        if not ids:
            return done
        last = ids[-1]
        done += record_expired(session, load_introductions(session, ids, today=today, terms=terms), now=now)


def record_expired(session: Session, introductions: Collection[Introduction], *, now: datetime) -> int:
    """Record the expiry of those of these that have expired without its being on record; how many."""
    due = [
        one
        for one in introductions
        if one.standing.state == OutcomeKind.EXPIRED and OutcomeKind.EXPIRED not in {step.kind for step in one.steps}
    ]
    for one in due:
        insert_outcome(session, one.id, OutcomeKind.EXPIRED, one.standing.since, by=SYSTEM, now=now)
    keep_terms(session, [one.id for one in due], now=now)
    note_change(session, ChangeKind.CANDIDATE, [one.candidate_id for one in due])
    return len(due)


def keep_terms(session: Session, ids: Sequence[str], *, now: datetime) -> None:
    """Note since when it is certain that no work comes of some introductions; from then on a term runs for each.

    Where it is not certain, or a correction took that back, none runs.
    """
    today, connection, columns = date_of(now), session.connection(), INTRODUCTIONS.c
    for one in load_introductions(session, ids, today=today, terms=terms_of(session, today)):
        way = one.standing.way
        over = one.standing.state in CLOSING and way.started is None and not way.in_trial
        since = sa.func.coalesce(columns.rejected_at, now) if over else None
        connection.execute(sa.update(INTRODUCTIONS).where(columns.id == one.id).values(rejected_at=since))
