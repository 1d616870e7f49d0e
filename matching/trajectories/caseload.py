"""A caseload: who needs attention and why, the most urgent first; the ways in call it.

Everything follows from what is on record at that moment, so that a fact counts as soon as it was recorded. A handful of
queries, however many people; codes and values here, words where they are shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matching.actors import Role
from matching.reach import Reach
from matching.tables import metadata
from matching.trajectories import visible
from matching.trajectories.contacts import CONTACTS
from matching.trajectories.deadlines import Terms, terms_of
from matching.trajectories.past import PLACEMENTS
from matching.trajectories.placements import PROMISES
from matching.trajectories.reading import CANDIDATES, INTRODUCTIONS, Introduction, has, load_introductions
from matching.trajectories.steps import REQUESTED
from matching.trajectories.terms import CLOSING, WEEKS, OutcomeKind, PlacementKind

MOST_PEOPLE = 1_000
_LATELY_DAYS = 366  # an introduction that an adviser made longer ago is no longer hers to follow
MOST_ASKED = 5  # people of whom is looked what is worth asking, which takes long: those who need nothing else


class Urgency(IntEnum):
    """How soon something is to be done."""

    LATE = 3
    SOON = 2
    WORTH_IT = 1


@dataclass(frozen=True)
class Need:
    """One thing that needs attention: a code, its values, by when, and what it is about."""

    code: str
    urgency: Urgency
    due_on: date | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    introduction_id: str | None = None
    placement_id: str | None = None


@dataclass(frozen=True)
class Case:
    """Somebody of a caseload, and what she needs, the most urgent first; nothing is fine too."""

    candidate_id: str
    needs: tuple[Need, ...]
    last_contact_on: date | None
    next_contact_on: date | None
    at_work_since: date | None
    paused: bool

    @property
    def order(self) -> tuple[Any, ...]:
        """By which cases are put in order."""
        first = self.needs[0] if self.needs else None
        due = first.due_on if first and first.due_on else date.max
        return (-(first.urgency if first else 0), due, -len(self.needs), self.candidate_id)


Questions = Callable[[str], Sequence[str]]  # the fields of somebody that are worth asking, the most telling first


@dataclass
class _Read:
    """What is on record of some people."""

    people: dict[str, Any]
    introductions: dict[str, list[Introduction]]
    placements: dict[str, list[Any]]
    promises: dict[str, list[Any]]  # open ones, by person
    contacts: dict[str, tuple[date, date | None]]  # the last one, and the next that was planned then
    pauses: dict[str, Any]  # those that are not over


def caseload(session: Session, reach: Reach, *, today: date, questions: Questions | None = None) -> list[Case]:
    """The people of a coach, and those whom an adviser introduced, the most urgent first; at most MOST_PEOPLE.

    `questions` is asked of those who need nothing else.
    """
    terms = terms_of(session, today)
    ids = _people_of(session, reach, today)
    read = _read(session, ids, today, terms)
    holds_back = Role.ADVISER in reach.roles
    cases = [_case(read, one, today, terms, held_back=holds_back) for one in ids]
    cases.sort(key=lambda case: case.order)
    return cases if questions is None else _with_questions(cases, questions)


def _with_questions(cases: Sequence[Case], questions: Questions) -> list[Case]:
    found, asked = [], 0
    for case in cases:
        if not case.needs and not case.paused and asked < MOST_ASKED:
            asked += 1
            if worth := questions(case.candidate_id):
                need = Need("question", Urgency.WORTH_IT, values={"field": worth[0]})
                case = replace(case, needs=(need,))
        found.append(case)
    return sorted(found, key=lambda case: case.order)


def _people_of(session: Session, reach: Reach, today: date) -> list[str]:
    columns = CANDIDATES.c
    ways: list[sa.ColumnElement[bool]] = []
    if Role.COACH in reach.roles:
        ways.append(columns.coach.in_(sorted(reach.names)))
    if Role.ADVISER in reach.roles:
        lately = datetime.combine(today - timedelta(days=_LATELY_DAYS), time.min, UTC)
        of_hers = sa.and_(INTRODUCTIONS.c.made_by == reach.actor.account_id, INTRODUCTIONS.c.created_at >= lately)
        requested = sa.and_(INTRODUCTIONS.c.card_id.is_not(None), sa.not_(has(OutcomeKind.ASKED, *CLOSING)))
        people = visible.people_of(reach, reach.acts_in, today)
        if people is not None and people is not visible.EVERYBODY:
            requested = sa.and_(requested, INTRODUCTIONS.c.candidate_id.in_(people))
        ways.append(columns.id.in_(sa.select(INTRODUCTIONS.c.candidate_id).where(sa.or_(of_hers, requested))))
    if not ways:
        return []
    query = sa.select(columns.id).where(sa.or_(*ways)).order_by(columns.id).limit(MOST_PEOPLE)
    return list(session.connection().scalars(query))


def _read(session: Session, ids: Sequence[str], today: date, terms: Terms) -> _Read:
    connection = session.connection()

    def rows(query: sa.Select[Any]) -> Iterable[Any]:
        return connection.execute(query)

    def by_person(found: Iterable[Any]) -> dict[str, list[Any]]:
        grouped: dict[str, list[Any]] = {one: [] for one in ids}
        for row in found:
            grouped[row.candidate_id].append(row)
        return grouped

    people, contacts = CANDIDATES.c, CONTACTS.c
    introduction_ids = list(
        connection.scalars(
            sa.select(INTRODUCTIONS.c.id).where(INTRODUCTIONS.c.candidate_id.in_(ids)).order_by(INTRODUCTIONS.c.id)
        )
    )
    introductions: dict[str, list[Introduction]] = {one: [] for one in ids}
    for introduction in load_introductions(session, introduction_ids, today=today, terms=terms):
        introductions[introduction.candidate_id].append(introduction)
    last = (
        sa.select(contacts.candidate_id, sa.func.max(contacts.happened_on).label("last"))
        .where(contacts.candidate_id.in_(ids))
        .group_by(contacts.candidate_id)
        .subquery()
    )
    planned = (
        sa.select(contacts.candidate_id, last.c.last, sa.func.max(contacts.next_on).label("next"))
        .join(last, sa.and_(last.c.candidate_id == contacts.candidate_id, last.c.last == contacts.happened_on))
        .group_by(contacts.candidate_id, last.c.last)
    )
    pauses = metadata.tables["pauses"].c
    return _Read(
        people={
            row.id: row
            for row in rows(
                sa.select(
                    people.id,
                    people.paused_since,
                    people.resumes_on,
                    people.last_confirmed_on,
                    people.created_at,
                ).where(people.id.in_(ids))
            )
        },
        introductions=introductions,
        placements=by_person(
            rows(sa.select(PLACEMENTS).where(PLACEMENTS.c.candidate_id.in_(ids), PLACEMENTS.c.ended_on.is_(None)))
        ),
        promises=by_person(
            rows(
                sa.select(PROMISES, PLACEMENTS.c.candidate_id)
                .join(PLACEMENTS, PLACEMENTS.c.id == PROMISES.c.placement_id)
                .where(PLACEMENTS.c.candidate_id.in_(ids), PROMISES.c.delivered_on.is_(None))
                .order_by(PROMISES.c.due_on, PROMISES.c.id)
            )
        ),
        contacts={row.candidate_id: (row.last, row.next) for row in rows(planned)},
        pauses={
            row.candidate_id: row
            for row in rows(
                sa.select(pauses.candidate_id, pauses.since, pauses.resumes_on).where(
                    pauses.candidate_id.in_(ids), pauses.resumed_on.is_(None)
                )
            )
        },
    )


def _case(read: _Read, candidate_id: str, today: date, terms: Terms, *, held_back: bool) -> Case:
    person = read.people[candidate_id]
    introductions = read.introductions[candidate_id]
    placements = read.placements[candidate_id]
    at_work = _at_work_since(introductions, placements, today)
    paused = person.paused_since is not None and person.paused_since <= today
    paused = paused and (person.resumes_on is None or person.resumes_on > today)
    needs: list[Need] = []
    for one in introductions:
        needs += _of_introduction(one, today, terms, held_back=held_back)
    for placement in placements:
        needs += _of_placement(placement, today, terms)
    needs += [_promise(row, today) for row in read.promises[candidate_id] if _is_due(row, today)]
    needs += _of_pause(read.pauses.get(candidate_id), person, today, terms)
    last, planned = read.contacts.get(candidate_id, (None, None))
    if not paused:
        needs += _of_contact(person, last, planned, at_work, today, terms)
        needs += _of_profile(person, today, terms)
    needs.sort(key=lambda need: (-need.urgency, need.due_on or date.max, need.code))
    return Case(candidate_id, tuple(needs), last, planned, at_work, paused)


def _at_work_since(introductions: Iterable[Introduction], placements: Iterable[Any], today: date) -> date | None:
    """The last day on which she began somewhere where she still is."""
    begun = [
        one.standing.way.started.on for one in introductions if one.standing.way.started and not one.standing.way.over
    ]
    begun += [row.starts_on for row in placements if row.starts_on <= today]
    return max(begun, default=None)


def _soon_or_late(due: date, today: date) -> Urgency:
    return Urgency.LATE if due < today else Urgency.SOON


def _of_introduction(one: Introduction, today: date, terms: Terms, *, held_back: bool) -> list[Need]:
    found: list[Need] = []
    now, way = one.standing, one.standing.way

    def need(code: str, due: date | None, urgency: Urgency | None = None, **values: Any) -> None:
        urgency = urgency or (Urgency.SOON if due is None else _soon_or_late(due, today))
        found.append(Need(code, urgency, due, values, introduction_id=one.id))

    if one.tell_by is not None and way.decline is not None:
        need("decline_untold", one.tell_by, reasons=list(way.decline.reasons), on=way.decline.on)
    if held_back:
        for outcome in one.outcomes:
            if outcome.quarantined and not outcome.retracted:
                need("note_held_back", None, on=outcome.on)
    if now.state == REQUESTED:
        need("requested", now.expires_on)
    elif now.expires_on is not None and now.expires_on - timedelta(days=terms.remind_days) <= today:
        need("expires_soon", now.expires_on, Urgency.SOON, awaits=now.awaits, days=(now.expires_on - today).days)
    elif now.awaits is not None and now.expires_on is None and not now.paused:
        days = terms.candidate_answer_days if now.awaits == "candidate" else terms.employer_answer_days
        since = max(filter(None, (way.last_on, way.resumed_on)), default=now.since)
        if since + timedelta(days=days) < today:
            need("unanswered", since + timedelta(days=days), awaits=now.awaits, since=since)
    if way.started is not None and way.over is None and not now.paused:
        for week in WEEKS:
            due = way.started.on + timedelta(weeks=week)
            later = [other for other in way.weeks if other > week]
            if due <= today and week not in way.weeks and not later and not _next_is_due(way.started.on, week, today):
                late = due + timedelta(days=terms.week_late_days) < today
                need("week_due", due, Urgency.LATE if late else Urgency.SOON, week=week)
    return found


def _next_is_due(started_on: date, week: int, today: date) -> bool:
    """Whether a later week is to be asked about by now: then that one is asked, and not both."""
    return any(other > week and started_on + timedelta(weeks=other) <= today for other in WEEKS)


def _of_placement(row: Any, today: date, terms: Terms) -> list[Need]:
    if row.ends_on is None:
        return []
    is_trial = row.kind == PlacementKind.TRIAL
    ahead = terms.trial_ahead_days if is_trial else terms.contract_ahead_days
    if row.ends_on - timedelta(days=ahead) > today:
        return []
    code = "trial_ends" if is_trial else "contract_ends"
    return [Need(code, _soon_or_late(row.ends_on, today), row.ends_on, {"on": row.ends_on}, placement_id=row.id)]


def _is_due(promise: Any, today: date) -> bool:
    return promise.due_on is not None and promise.due_on < today


def _promise(row: Any, today: date) -> Need:
    values = {"by": row.promised_by, "what": row.text, "promised_on": row.promised_on}
    return Need("promise_open", _soon_or_late(row.due_on, today), row.due_on, values, placement_id=row.placement_id)


def _of_pause(pause: Any, person: Any, today: date, terms: Terms) -> list[Need]:
    ends = pause.resumes_on if pause is not None else person.resumes_on if person.paused_since is not None else None
    if ends is None or ends - timedelta(days=terms.pause_ahead_days) > today:
        return []
    if pause is None and ends <= today:
        return []  # it came from a file, and nobody will say that it is over
    return [Need("pause_ends", _soon_or_late(ends, today), ends, {"on": ends})]


def _of_contact(
    person: Any, last: date | None, planned: date | None, at_work: date | None, today: date, terms: Terms
) -> list[Need]:
    weeks = None if at_work is None else (today - at_work).days // 7
    since = max(filter(None, (last, at_work)), default=person.created_at.date())
    due = since + timedelta(days=terms.contact_days(weeks))
    if planned is not None and last is not None:
        due = min(due, planned) if planned < today else due
    if due >= today:
        return []
    days = (today - (last or since)).days
    return [Need("contact_lapsed", Urgency.LATE, due, {"days": days} | ({} if last is None else {"last": last}))]


def _of_profile(person: Any, today: date, terms: Terms) -> list[Need]:
    since = person.last_confirmed_on or person.created_at.date()
    if since + timedelta(days=terms.confirm_days) >= today:
        return []
    return [Need("profile_unconfirmed", Urgency.WORTH_IT, None, {"since": since})]


CODES = (
    "contact_lapsed",
    "contract_ends",
    "decline_untold",
    "expires_soon",
    "note_held_back",
    "pause_ends",
    "profile_unconfirmed",
    "promise_open",
    "question",
    "requested",
    "trial_ends",
    "unanswered",
    "week_due",
)
