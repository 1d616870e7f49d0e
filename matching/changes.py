"""Which candidates and vacancies changed since a version, for whoever keeps a pool; written by all that saves.

A transaction notes what it changes, and takes its version when it commits: it adds one to the one row of a counter
and holds that row to the end, so that versions become visible in order (PostgreSQL too, where a number from a
sequence could be seen before a lower one). Nothing about a person is here but her id.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session as OrmSession
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Session

from matching.tables import metadata
from matching.tables.changes import ChangeKind

CHANNEL = "vonk_changes"  # of PostgreSQL's NOTIFY; the payload is the version
MOST_NAMED = 20_000  # a transaction that changes more of one kind than this says "any"
_ANY = ""
_NOTED = "vonk_changes"
_COUNTER = metadata.tables["change_counter"]
_CHANGES = metadata.tables["changes"]


@dataclass(frozen=True)
class Stand:
    """A version of all that a pool is made of, with the stamp that tells it from the same number in another past."""

    version: int
    stamp: str


@dataclass(frozen=True)
class Changes:
    """What changed after one stand up to another; None where it can be any of that kind."""

    stand: Stand
    candidates: frozenset[str] | None = frozenset()
    vacancies: frozenset[str] | None = frozenset()
    reference: bool = False
    fit: bool = False


@dataclass
class _Noted:
    """What the transaction of a session changed so far."""

    ids: dict[ChangeKind, set[str]] = field(default_factory=dict)


def note_change(session: Session, kind: ChangeKind, ids: Iterable[str] = ()) -> None:
    """Note that this transaction changes these candidates or vacancies, or (without ids) the reference data or the fit.

    It becomes a version when the session commits; a part of a transaction that was taken back may be noted for
    nothing, which costs whoever follows a needless look.
    """
    noted: _Noted = session.info.setdefault(_NOTED, _Noted())
    chosen = set(ids) if kind in (ChangeKind.CANDIDATE, ChangeKind.VACANCY) else {_ANY}
    if chosen:
        noted.ids.setdefault(kind, set()).update(chosen)


@event.listens_for(OrmSession, "before_commit")
def _write_noted(session: OrmSession) -> None:
    if session.in_nested_transaction():
        return  # a savepoint is no end: the version is taken as late as can be
    noted: _Noted | None = session.info.pop(_NOTED, None)
    if noted is None or not noted.ids:
        return
    session.flush()
    connection = session.connection()
    stamp = secrets.token_hex(8)
    version = connection.execute(
        sa.update(_COUNTER).values(version=_COUNTER.c.version + 1, stamp=stamp).returning(_COUNTER.c.version)
    ).scalar_one()
    rows = [
        {"version": version, "kind": kind.value, "about": about, "stamp": stamp}
        for kind, ids in sorted(noted.ids.items())
        for about in (sorted(ids) if len(ids) <= MOST_NAMED else [_ANY])
    ]
    connection.execute(sa.insert(_CHANGES), rows)
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_notify(CHANNEL, str(version))))


@event.listens_for(OrmSession, "after_soft_rollback")
def _forget_noted(session: OrmSession, transaction: SessionTransaction) -> None:
    if not transaction.nested:
        session.info.pop(_NOTED, None)


def stand_of(session: Session) -> Stand:
    """Where the database stands, as this transaction sees it."""
    row = session.connection().execute(sa.select(_COUNTER.c.version, _COUNTER.c.stamp)).one()
    return Stand(row.version, row.stamp)


def changes_since(session: Session, since: Stand) -> Changes | None:
    """What changed after a stand, as this transaction sees it.

    None where that cannot be told: the stand is no part of this database's past, or changes after it were pruned.
    """
    connection = session.connection()
    counter = connection.execute(sa.select(_COUNTER)).one()
    now = Stand(counter.version, counter.stamp)
    if now == since:
        return Changes(now)
    if since.version < counter.kept_from or since.version >= now.version:
        return None
    if not _is_past(session, since, counter.origin):
        return None
    found: dict[str, set[str]] = {kind: set() for kind in ChangeKind}
    rows = connection.execute(
        sa.select(_CHANGES.c.kind, _CHANGES.c.about).where(_CHANGES.c.version > since.version).distinct()
    )
    for kind, about in rows:
        found[kind].add(about)

    def named(kind: ChangeKind) -> frozenset[str] | None:
        return None if _ANY in found[kind] else frozenset(found[kind])

    return Changes(
        now,
        named(ChangeKind.CANDIDATE),
        named(ChangeKind.VACANCY),
        bool(found[ChangeKind.REFERENCE]),
        bool(found[ChangeKind.FIT]),
    )


def _is_past(session: Session, stand: Stand, origin: str) -> bool:
    if not stand.version:
        return stand.stamp == origin
    stamps = sa.select(_CHANGES.c.stamp).where(_CHANGES.c.version == stand.version).limit(1)
    return session.connection().scalar(stamps) == stand.stamp


def prune(session: Session, oldest: Stand) -> int:
    """Drop the changes before a stand that is the oldest from which anybody still starts; how many rows went.

    The rows of that version itself stay: by their stamp whoever starts from it knows it again.
    """
    connection = session.connection()
    connection.execute(
        sa.update(_COUNTER).where(_COUNTER.c.kept_from < oldest.version).values(kept_from=oldest.version)
    )
    return int(connection.execute(sa.delete(_CHANGES).where(_CHANGES.c.version < oldest.version)).rowcount)
