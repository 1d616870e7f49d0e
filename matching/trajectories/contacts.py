"""Contact moments: her coach or her buddy was in touch with her, and when they will be again; the ways in call it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session

from matching.clock import date_of
from matching.errors import Invalid
from matching.tables import metadata
from matching.tables.base import new_id
from matching.trajectories import notes
from matching.trajectories.cursors import after_day
from matching.trajectories.terms import ContactBy, ContactKind

CONTACTS = metadata.tables["contacts"]


@dataclass(frozen=True)
class Contact:
    """One contact moment."""

    id: str
    kind: ContactKind
    by: ContactBy
    on: date
    minutes: int
    next_on: date | None
    note: str | None
    recorded_at: datetime


def record_contact(
    session: Session,
    candidate_id: str,
    *,
    kind: ContactKind,
    by: ContactBy,
    on: date,
    minutes: int,
    next_on: date | None,
    note: str | None,
    account_id: str | None,
    now: datetime,
) -> Contact:
    """Put a contact moment on record.

    Raises Invalid: `contact.invalid` for a day to come, or a next contact before this one; `note.private`.
    """
    if on > date_of(now):
        raise Invalid("contact.invalid", "on", reason="in_the_future")
    if next_on is not None and next_on < on:
        raise Invalid("contact.invalid", "nextOn", reason="before_start")
    made = Contact(new_id("k"), kind, by, on, minutes, next_on, notes.checked_of_staff(note), now)
    session.connection().execute(
        sa.insert(CONTACTS).values(
            id=made.id,
            candidate_id=candidate_id,
            kind=kind.value,
            contact_by=by.value,
            happened_on=on,
            minutes=minutes,
            next_on=next_on,
            note=made.note,
            recorded_by=account_id,
            recorded_at=now,
        )
    )
    return made


def list_contacts(
    session: Session, candidate_id: str, *, limit: int, after: Sequence[object] | None = None
) -> list[Contact]:
    """At most `limit` contact moments of hers, the latest first, after (on, id)."""
    columns = CONTACTS.c
    query = sa.select(CONTACTS).where(columns.candidate_id == candidate_id)
    if after is not None:
        query = query.where(after_day(after, columns.happened_on, columns.id))
    rows = session.connection().execute(query.order_by(columns.happened_on.desc(), columns.id.desc()).limit(limit))
    return [
        Contact(
            row.id,
            ContactKind(row.kind),
            ContactBy(row.contact_by),
            row.happened_on,
            row.minutes,
            row.next_on,
            row.note,
            row.recorded_at,
        )
        for row in rows
    ]
