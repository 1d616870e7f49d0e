"""Whether the record is what was sealed: every entry, the chain, and the anchor outside the database."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select, tuple_
from sqlmodel import Session

from matching.record.anchor import Anchored, Unreadable, lines_of
from matching.record.sealing import SEALS, START, SealHash, shown_in
from matching.record.writing import ENTRIES, PEOPLE
from matching.settings import AUDIT_MONTHS_MIN
from matching.tables.record import RecordKind

FINDINGS_MOST = 100
_CHUNK = 2_000  # entries in memory at once
_SHORTEST_MONTH_DAYS = 28


class FindingCode(StrEnum):
    """What does not fit."""

    ALTERED = "altered"  # an entry of the batch, or its seal, is not what was sealed, or stands in another's place
    REMOVED = "removed"
    INSERTED = "inserted"
    MISSING_BATCH = "missing_batch"
    STRAY_ENTRIES = "stray_entries"  # in a batch that is not there
    STRAY_PEOPLE = "stray_people"  # of an entry that is not there
    TOO_EARLY = "too_early"  # dropped before its term
    START = "start"  # the chain does not start where the record says
    CUT_OFF = "cut_off"  # the anchor knows later batches
    ANCHOR_DIFFERS = "anchor_differs"
    ANCHOR_MISSING = "anchor_missing"
    ANCHOR_DAMAGED = "anchor_damaged"
    NOT_ANCHORED = "not_anchored"


@dataclass(frozen=True)
class Finding:
    """Something that does not fit: what, the batch where it shows, and values (numbers of entries, moments)."""

    code: FindingCode
    batch: int | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verified:
    """What was looked at and what was found; `n_findings` counts those beyond FINDINGS_MOST too."""

    n_batches: int
    n_entries: int
    n_unsealed: int
    expired_through: int
    n_dropped: int
    anchored_from: int | None  # the first batch that the anchor knows
    anchored_to: int | None
    begun: tuple[Anchored, ...]  # where the anchor says that the chain goes on
    n_findings: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether all of it fits."""
        return not self.n_findings


class _Found:
    def __init__(self) -> None:
        self.n, self.kept = 0, list[Finding]()

    def note(self, code: FindingCode, batch: int | None = None, **values: Any) -> None:
        self.n += 1
        if len(self.kept) < FINDINGS_MOST:
            self.kept.append(Finding(code, batch, values))


def verify(session: Session, anchor: Path) -> Verified:
    """Read the whole record, a part at a time, and compare it with its seals and with the anchor.

    It may run while others write. Call it first in a transaction that sees one state: what is anchored after that
    state is not looked at.
    """
    found = _Found()
    at_most = _size(anchor)
    start = session.connection().execute(select(START)).one()
    n_batches = n_entries = 0
    number, before = start.through, start.hash
    anchored = _Anchor(anchor, at_most, found)
    expired: Any = None
    anchored.compare(number, before, found)
    for seal, entries in _batches(session):
        while number + 1 < seal.number:
            number += 1
            found.note(FindingCode.MISSING_BATCH, number)
            before = anchored.hash_of(number) or before
        number = seal.number
        digest, count, last_at = SealHash(before, number, seal.sealed_at), 0, None
        for entry, shown in entries:
            digest.add(entry, shown)
            count += 1
            last_at = entry["at"] if last_at is None else max(last_at, entry["at"])
            expired = entry if entry["kind"] == RecordKind.RECORD_EXPIRED else expired
        if count != seal.n_entries:
            code = FindingCode.REMOVED if count < seal.n_entries else FindingCode.INSERTED
            found.note(code, number, sealed=seal.n_entries, there=count, sealed_at=seal.sealed_at)
        elif digest.hash != seal.hash or last_at != seal.last_at:
            found.note(FindingCode.ALTERED, number, entries=count, sealed_at=seal.sealed_at)
        before = seal.hash
        anchored.compare(number, before, found)
        n_batches, n_entries = n_batches + 1, n_entries + count
    anchored.finish(number, n_batches, found)
    n_unsealed, expired = _unsealed(session, expired)
    _check_start(start, expired, found)
    _check_strays(session, start.through, number, found)
    return Verified(
        n_batches,
        n_entries,
        n_unsealed,
        start.through,
        start.n_dropped,
        anchored.first,
        anchored.last,
        tuple(anchored.begun),
        found.n,
        tuple(found.kept),
    )


Batch = tuple[Row[Any], Iterator[tuple[Any, list[tuple[int, str]]]]]


def _batches(session: Session) -> Iterator[Batch]:
    """The seals in order, each with the entries that stand in its batch, in the order of their numbers."""
    with_entries = groupby(_entries(session), key=lambda pair: pair[0]["batch"])
    waiting = next(with_entries, None)
    after = 0
    while (
        seals := session.connection()
        .execute(select(SEALS).where(SEALS.c.number > after).order_by(SEALS.c.number).limit(_CHUNK))
        .all()
    ):
        for seal in seals:
            while waiting is not None and waiting[0] < seal.number:
                waiting = next(with_entries, None)  # of a batch without a seal: told as strays
            if waiting is not None and waiting[0] == seal.number:
                yield seal, waiting[1]
                waiting = next(with_entries, None)
            else:
                yield seal, iter(())
        after = seals[-1].number


def _entries(session: Session) -> Iterator[tuple[Any, list[tuple[int, str]]]]:
    """The sealed entries by batch and number, each with the people whom it shows."""
    columns, at = ENTRIES.c, (0, 0)
    while True:
        query = (
            select(ENTRIES)
            .where(tuple_(columns.batch, columns.id) > tuple_(*at))
            .order_by(columns.batch, columns.id)
            .limit(_CHUNK)
        )
        rows = session.connection().execute(query).mappings().all()
        if not rows:
            return
        shown = shown_in(session, [row["id"] for row in rows])
        for row in rows:
            yield row, shown.get(row["id"], [])
        at = (rows[-1]["batch"], rows[-1]["id"])


def _unsealed(session: Session, expired: Any) -> tuple[int, Any]:
    """How many entries are not sealed yet; and the newest of them that says what was dropped, else the one given."""
    columns = ENTRIES.c
    unsealed = columns.batch.is_(None)
    connection = session.connection()
    n_unsealed = connection.scalar(select(func.count()).select_from(ENTRIES).where(unsealed))
    newer = select(ENTRIES).where(unsealed, columns.kind == RecordKind.RECORD_EXPIRED).order_by(columns.id.desc())
    return int(n_unsealed or 0), connection.execute(newer.limit(1)).mappings().one_or_none() or expired


def _check_start(start: Row[Any], expired: Any, found: _Found) -> None:
    """The chain may start later than at its beginning only where an entry says so, and its terms were over by then."""
    if not start.through and expired is None:
        return
    said = {} if expired is None else _said(expired["details"])
    if said.get("through") != start.through or said.get("hash") != start.hash:
        found.note(FindingCode.START, start.through)
        return
    days = (expired["at"] - datetime.fromisoformat(said["until"])).days
    if days < AUDIT_MONTHS_MIN * _SHORTEST_MONTH_DAYS:
        found.note(FindingCode.TOO_EARLY, start.through, days=days)


def _said(details: str | None) -> dict[str, Any]:
    try:
        said = json.loads(details or "{}")
        datetime.fromisoformat(said["until"])
    except (ValueError, KeyError, TypeError):
        return {}
    return dict(said)


def _check_strays(session: Session, through: int, last: int, found: _Found) -> None:
    connection, columns = session.connection(), ENTRIES.c
    sealed = select(SEALS.c.number).where(SEALS.c.number == columns.batch).exists()
    strays = select(columns.batch, func.count()).where(columns.batch.is_not(None), ~sealed).group_by(columns.batch)
    for batch, count in connection.execute(strays.order_by(columns.batch).limit(FINDINGS_MOST)):
        found.note(FindingCode.STRAY_ENTRIES, batch, entries=count)
    owned = select(columns.id).where(columns.id == PEOPLE.c.entry_id).exists()
    n_people = connection.scalar(select(func.count()).select_from(PEOPLE).where(~owned))
    if n_people:
        found.note(FindingCode.STRAY_PEOPLE, people=n_people)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.exists() else None


class _Anchor:
    """The lines of the anchor beside the chain, both in the order of numbers; a line at a time in memory.

    Where the chain goes on from an earlier number on purpose, what was anchored after it before is history: so many
    lines are passed over.
    """

    def __init__(self, path: Path, size: int | None, found: _Found) -> None:
        self.first: int | None = None
        self.last: int | None = None
        self.begun: list[Anchored] = []
        self._there = size is not None
        self._until: list[tuple[int, int]] = []  # (place among the lines, number) of each beginning
        self._lines: Iterator[Anchored] = iter(())
        self._next: Anchored | None = None
        if size is None:
            return
        try:
            for place, one in enumerate(lines_of(path, size)):
                self.last = one.number
                if one.begins:
                    self.begun.append(one)
                    self._until.append((place, one.number))
        except Unreadable as error:
            found.note(FindingCode.ANCHOR_DAMAGED, line=error.line)
            return
        self._lines = self._valid(path, size)
        self._next = next(self._lines, None)
        self.first = None if self._next is None else self._next.number

    def _valid(self, path: Path, size: int) -> Iterator[Anchored]:
        lowest: list[tuple[int, int]] = []  # for the beginnings from the last on, the lowest number from there
        for place, number in reversed(self._until):
            lowest.append((place, min(number, lowest[-1][1]) if lowest else number))
        for place, one in enumerate(lines_of(path, size)):
            while lowest and lowest[-1][0] <= place:
                lowest.pop()
            if not lowest or one.number <= lowest[-1][1]:
                yield one

    def hash_of(self, number: int) -> str | None:
        """The hash of a batch that the database has no more, where the anchor knows it."""
        while self._next is not None and self._next.number < number:
            self._next = next(self._lines, None)
        return self._next.hash if self._next is not None and self._next.number == number else None

    def compare(self, number: int, hash_: str, found: _Found) -> None:
        """Compare the chain at a number with what is anchored."""
        known = self.hash_of(number)
        while known is not None:
            if known != hash_:
                found.note(FindingCode.ANCHOR_DIFFERS, number)
            self._next = next(self._lines, None)
            known = self._next.hash if self._next is not None and self._next.number == number else None

    def finish(self, number: int, n_batches: int, found: _Found) -> None:
        """After the last batch: what else the anchor knows was cut off."""
        if not self._there:
            if n_batches or number:
                found.note(FindingCode.ANCHOR_MISSING)
            return
        if self._next is not None:
            found.note(FindingCode.CUT_OFF, number, anchored=self.last)
        elif self.last is not None and number > self.last + 2:  # the newest ones may be on their way to the anchor
            found.note(FindingCode.NOT_ANCHORED, self.last + 1, batches=number - self.last)
