"""Sealing: new entries become a batch of the chain, its head goes to the anchor, old batches are dropped whole.

A batch takes the entries that can be seen and stand in none, whatever their numbers: an entry that is committed late
comes into a later batch. Whoever leads seals, about once a second (`matching.caretaker`).
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, RowMapping, delete, func, insert, select, text, update
from sqlmodel import Session

from matching.clock import now
from matching.database import session_scope
from matching.errors import Conflict
from matching.record.anchor import GENESIS, Anchored, anchor_file, appending, line, newest
from matching.record.writing import ENTRIES, PEOPLE, record
from matching.settings import Settings
from matching.tables import metadata
from matching.tables.record import RecordKind

SEALS = metadata.tables["audit_seals"]
START = metadata.tables["audit_start"]
BATCH_MOST = 10_000
_LOCK = 0x5EA1  # the advisory lock under which a batch is made: a leader that was cut off waits for the one after it
_AT_ONCE = 1_000
_SEALED = [
    "id",
    "at",
    "kind",
    "account_id",
    "role",
    "organisation_id",
    "about_candidate",
    "about",
    "request_id",
    "basis",
    "details",
]  # in this order; the batch is sealed by its number


def seal(session: Session, now: datetime) -> int:
    """Seal what is not sealed yet, at most BATCH_MOST entries, as the next batch; how many entries that were.

    In the caller's transaction: one that is taken back sealed nothing.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    number, before = head(session)
    chosen = select(ENTRIES.c.id).where(ENTRIES.c.batch.is_(None)).order_by(ENTRIES.c.id).limit(BATCH_MOST)
    taken = update(ENTRIES).where(ENTRIES.c.id.in_(chosen)).values(batch=number + 1).returning(ENTRIES)
    entries = sorted(connection.execute(taken).mappings(), key=lambda entry: entry["id"])
    if not entries:
        return 0
    digest = SealHash(before, number + 1, now)
    shown = shown_in(session, [entry["id"] for entry in entries])
    for entry in entries:
        digest.add(entry, shown.get(entry["id"], ()))
    connection.execute(
        insert(SEALS).values(
            number=number + 1,
            hash=digest.hash,
            n_entries=len(entries),
            last_at=max(entry["at"] for entry in entries),
            sealed_at=now,
        )
    )
    return len(entries)


def head(session: Session) -> tuple[int, str]:
    """Number and hash of the newest batch; those of the start where there is none."""
    connection = session.connection()
    newest_seal = connection.execute(select(SEALS.c.number, SEALS.c.hash).order_by(SEALS.c.number.desc()).limit(1))
    row = newest_seal.one_or_none() or connection.execute(select(START.c.through, START.c.hash)).one()
    return row[0], row[1]


def shown_in(session: Session, ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """The people whom some entries show, by entry: rank and id, in order."""
    shown: dict[int, list[tuple[int, str]]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        query = select(PEOPLE).where(PEOPLE.c.entry_id.in_(ids[start : start + _AT_ONCE]))
        for row in session.connection().execute(query):
            shown.setdefault(row.entry_id, []).append((row.rank, row.about_candidate))
    return {entry_id: sorted(people) for entry_id, people in shown.items()}


class SealHash:
    """SHA-256 over the hash before, the number and the moment of a batch, and its entries, each on a line of JSON."""

    def __init__(self, before: str, number: int, sealed_at: datetime) -> None:
        self._digest = hashlib.sha256(_canonical([before, number, _moment(sealed_at)]))

    def add(self, entry: RowMapping, shown: Iterable[tuple[int, str]]) -> None:
        """The next entry, and the people whom it shows in the order of rank."""
        values = [_moment(value) if isinstance(value := entry[name], datetime) else value for name in _SEALED]
        self._digest.update(_canonical([*values, [list(one) for one in shown]]))

    @property
    def hash(self) -> str:
        """The hash of all that was added."""
        return self._digest.hexdigest()


def _canonical(values: Sequence[object]) -> bytes:
    return json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def anchor_sealed(session: Session, path: Path) -> int:
    """Write the batches that the anchor does not know to it; how many. Call it after they are committed.

    Raises Conflict where the anchor does not fit the chain: `record.no_anchor` where it is gone,
    `record.anchor_ahead` where it knows batches that the database has not, `record.anchor_differs`.
    """
    known = newest(path)
    connection = session.connection()
    if known is None:
        if head(session)[0] > 1:  # the first batch is anchored before a second one is sealed
            raise Conflict("record.no_anchor", "VONK_AUDIT_ANCHOR")
        known = Anchored(0, GENESIS, 0, datetime.fromtimestamp(0, UTC))
    elif known.number > head(session)[0]:
        raise Conflict("record.anchor_ahead", "VONK_AUDIT_ANCHOR", number=known.number)
    elif known.number and not _fits(session, known):
        raise Conflict("record.anchor_differs", "VONK_AUDIT_ANCHOR", number=known.number)
    later = connection.execute(select(SEALS).where(SEALS.c.number > known.number).order_by(SEALS.c.number)).all()
    if later:
        with appending(path) as file:
            for row in later:
                file.write(line(Anchored(row.number, row.hash, row.n_entries, row.sealed_at)))
    return len(later)


def _fits(session: Session, known: Anchored) -> bool:
    connection = session.connection()
    found = connection.scalar(select(SEALS.c.hash).where(SEALS.c.number == known.number))
    if found is None:
        found = connection.scalar(select(START.c.hash).where(START.c.through == known.number))
    return bool(found == known.hash)


def begin_anchor(session: Session, path: Path, why: str, *, now: datetime) -> None:
    """Let the anchor go on from where the chain stands now, on purpose, and put that on the record."""
    number, hash_ = head(session)
    with appending(path) as file:
        file.write(line(Anchored(number, hash_, 0, now, why)))
    record(session, None, RecordKind.ANCHOR_BEGUN, now=now, details={"number": number, "hash": hash_, "why": why})


def expire(session: Session, before: datetime, *, now: datetime) -> tuple[int, int]:
    """Drop the batches of which every entry is older than a moment, whole and from the start; batches and entries.

    The newest batch always stays. What was dropped is an entry itself, and the start of the chain moves.
    """
    connection = session.connection()
    start = connection.execute(select(START)).one()
    first_kept = connection.scalar(select(func.min(SEALS.c.number)).where(SEALS.c.last_at >= before))
    if first_kept is None:
        first_kept = head(session)[0]
    last = connection.execute(
        select(SEALS.c.number, SEALS.c.hash).where(SEALS.c.number < first_kept).order_by(SEALS.c.number.desc()).limit(1)
    ).one_or_none()
    if last is None:
        return 0, 0
    old = SEALS.c.number <= last.number
    n_batches, n_entries, last_at = connection.execute(
        select(func.count(), func.sum(SEALS.c.n_entries), func.max(SEALS.c.last_at)).where(old)
    ).one()
    connection.execute(update(START).values(through=last.number, hash=last.hash, n_dropped=start.n_dropped + n_entries))
    gone = ENTRIES.c.batch <= last.number
    connection.execute(delete(PEOPLE).where(PEOPLE.c.entry_id.in_(select(ENTRIES.c.id).where(gone))))
    connection.execute(delete(ENTRIES).where(gone))
    connection.execute(delete(SEALS).where(old))
    details = {"through": last.number, "hash": last.hash, "entries": int(n_entries), "until": _moment(last_at)}
    record(session, None, RecordKind.RECORD_EXPIRED, now=now, details=details)
    return int(n_batches), int(n_entries)


def seal_all(engine: Engine, settings: Settings) -> int:
    """Seal and anchor all that is committed; how many entries. Raises Conflict as `anchor_sealed` does, and then seals
    nothing: on an anchor that does not fit no further batch is built."""
    path = anchor_file(settings)
    n_sealed = 0
    while True:
        with session_scope(engine, read_only=True) as session:
            anchor_sealed(session, path)
            if not session.connection().scalar(select(ENTRIES.c.id).where(ENTRIES.c.batch.is_(None)).limit(1)):
                return n_sealed
        with session_scope(engine) as session:
            n_sealed += seal(session, now(settings))
