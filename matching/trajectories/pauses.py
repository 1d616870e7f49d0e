"""Pauses: a trajectory stands still and goes on, without penalty; the ways in call it.

A pause keeps her position: introductions stay as they are, and no term of theirs runs. Her profile says that she
pauses, so that rankings follow. The reason is her coach's alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matching.changes import note_change
from matching.clock import date_of
from matching.errors import Invalid, NotFound
from matching.profiles import Pause
from matching.store import candidate_version, change_candidate, load_candidate
from matching.tables import metadata
from matching.tables.base import new_id
from matching.tables.changes import ChangeKind
from matching.trajectories.cursors import after_day
from matching.trajectories.steps import Impossible
from matching.trajectories.terms import PauseReason

PAUSES = metadata.tables["pauses"]


@dataclass(frozen=True)
class RecordedPause:
    """One pause; `resumes_on` as expected, `resumed_on` as it came."""

    id: str
    since: date
    resumes_on: date | None
    resumed_on: date | None
    reason: PauseReason
    recorded_at: datetime
    version: int


def begin_pause(
    session: Session,
    candidate_id: str,
    *,
    since: date,
    resumes_on: date | None,
    resumed_on: date | None,
    reason: PauseReason,
    account_id: str | None,
    now: datetime,
) -> RecordedPause:
    """Put a pause on record, also one that is over, and let her profile follow.

    Raises Invalid (`pause.invalid`) for days out of order, and Impossible (`pause.overlaps`) where she paused already.
    """
    _check(since, resumes_on, resumed_on, date_of(now))
    candidate_version(session, candidate_id)
    _require_apart(session, candidate_id, None, since, resumed_on)
    identifier = new_id("z")
    session.connection().execute(
        sa.insert(PAUSES).values(
            id=identifier,
            candidate_id=candidate_id,
            since=since,
            resumes_on=resumes_on,
            resumed_on=resumed_on,
            reason=reason.value,
            recorded_by=account_id,
            recorded_at=now,
            version=1,
        )
    )
    _let_profile_follow(session, candidate_id, now)
    return load_pause(session, candidate_id, identifier)


def change_pause(
    session: Session, candidate_id: str, identifier: str, changes: Mapping[str, Any], *, now: datetime
) -> RecordedPause:
    """Say when she expects to go on (`resumes_on`) or that she did (`resumed_on`); also `since` and `reason`.

    Raises NotFound (`pause.unknown`), and as `begin_pause`.
    """
    candidate_version(session, candidate_id)
    old = load_pause(session, candidate_id, identifier)
    since = changes.get("since", old.since)
    resumes_on = changes.get("resumes_on", old.resumes_on)
    resumed_on = changes.get("resumed_on", old.resumed_on)
    _check(since, resumes_on, resumed_on, date_of(now))
    _require_apart(session, candidate_id, identifier, since, resumed_on)
    session.connection().execute(
        sa.update(PAUSES)
        .where(PAUSES.c.id == identifier)
        .values(
            since=since,
            resumes_on=resumes_on,
            resumed_on=resumed_on,
            reason=PauseReason(changes.get("reason", old.reason)).value,
            version=PAUSES.c.version + 1,
        )
    )
    _let_profile_follow(session, candidate_id, now)
    return load_pause(session, candidate_id, identifier)


def load_pause(session: Session, candidate_id: str, identifier: str) -> RecordedPause:
    """One pause of hers. Raises NotFound (`pause.unknown`)."""
    query = sa.select(PAUSES).where(PAUSES.c.id == identifier, PAUSES.c.candidate_id == candidate_id)
    row = session.connection().execute(query).one_or_none()
    if row is None:
        raise NotFound("pause.unknown", id=identifier)
    return _pause(row)


def list_pauses(
    session: Session, candidate_id: str, *, limit: int, after: Sequence[object] | None = None
) -> list[RecordedPause]:
    """At most `limit` pauses of hers, the latest first, after (since, id)."""
    columns = PAUSES.c
    query = sa.select(PAUSES).where(columns.candidate_id == candidate_id)
    if after is not None:
        query = query.where(after_day(after, columns.since, columns.id))
    rows = session.connection().execute(query.order_by(columns.since.desc(), columns.id.desc()).limit(limit))
    return [_pause(row) for row in rows]


def _pause(row: Any) -> RecordedPause:
    return RecordedPause(
        row.id, row.since, row.resumes_on, row.resumed_on, PauseReason(row.reason), row.recorded_at, row.version
    )


def _check(since: date, resumes_on: date | None, resumed_on: date | None, today: date) -> None:
    if resumes_on is not None and resumes_on < since:
        raise Invalid("pause.invalid", "resumesOn", reason="before_start")
    if resumed_on is not None and resumed_on < since:
        raise Invalid("pause.invalid", "resumedOn", reason="before_start")
    if resumed_on is not None and resumed_on > today:
        raise Invalid("pause.invalid", "resumedOn", reason="in_the_future")


def _require_apart(session: Session, candidate_id: str, but: str | None, since: date, resumed_on: date | None) -> None:
    """Of two pauses one is over before the other begins; at most one is not over."""
    columns = PAUSES.c
    query = sa.select(columns.since).where(
        columns.candidate_id == candidate_id, sa.or_(columns.resumed_on.is_(None), columns.resumed_on > since)
    )
    if but is not None:
        query = query.where(columns.id != but)
    if resumed_on is not None:
        query = query.where(columns.since < resumed_on)
    there = session.connection().scalar(query.limit(1))
    if there is not None:
        raise Impossible("pause.overlaps", "since", since=there)


def _let_profile_follow(session: Session, candidate_id: str, now: datetime) -> None:
    """Her profile pauses as her latest pause does that is not over."""
    columns = PAUSES.c
    latest = session.connection().execute(
        sa.select(columns.since, columns.resumes_on)
        .where(columns.candidate_id == candidate_id, columns.resumed_on.is_(None))
        .order_by(columns.since.desc())
        .limit(1)
    )
    row = latest.one_or_none()
    profile = load_candidate(session, candidate_id)
    pause = None if row is None else Pause(since=row.since, resumes_on=row.resumes_on)
    change_candidate(session, candidate_id, profile.model_copy(update={"pause": pause}), now=now)
    note_change(session, ChangeKind.CANDIDATE, [candidate_id])
