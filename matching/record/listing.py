"""The record, read: a page at a time for auditors, and for a person who looked at her."""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, literal, select
from sqlmodel import Session

from matching.actors import Role
from matching.errors import Refused
from matching.record.writing import ENTRIES, PEOPLE
from matching.store.organisations import names_by_id
from matching.tables.record import LOOKS, RecordKind

MOST = 500


@dataclass(frozen=True)
class RecordFilter:
    """Which entries; what is None does not matter. `since` is included, `until` is not."""

    kinds: frozenset[RecordKind] | None = None
    account_id: str | None = None
    candidate_id: str | None = None  # about her, alone or among others
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Recorded:
    """One entry as auditors see it. `batch` None: not sealed yet."""

    id: int
    at: datetime
    kind: RecordKind
    account_id: str | None
    role: Role | None
    organisation_id: str | None
    about_candidate: str | None
    about: str | None
    request_id: str | None
    basis: str | None
    details: dict[str, Any]
    batch: int | None


@dataclass(frozen=True)
class Look:
    """Somebody saw something of her: when, what, in which role and for which organisation; never who by name."""

    at: datetime
    kind: RecordKind
    role: Role | None  # None: the system itself
    organisation: str | None
    about: str | None
    rank: int | None  # among others, on a list


T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of a list, and the cursor of what comes after it."""

    items: Sequence[T]
    next: str | None


def page_of_record(
    session: Session, wanted: RecordFilter, *, limit: int = 50, cursor: str | None = None
) -> Page[Recorded]:
    """Entries, the newest first. Raises Refused (`record.cursor`, `record.limit`)."""
    columns = ENTRIES.c
    query = select(ENTRIES).where(*_conditions(wanted))
    if wanted.candidate_id is not None:
        query = query.where(columns.id.in_(select(_ids_about(wanted.candidate_id).subquery().c.id)))
    rows, following = _some(session, query, columns.id, limit, cursor)
    return Page([_recorded(row) for row in rows], following)


def who_looked(
    session: Session,
    candidate_id: str,
    *,
    kinds: Collection[RecordKind] = LOOKS,
    limit: int = 50,
    cursor: str | None = None,
) -> Page[Look]:
    """Who saw something of a candidate, the newest first. Raises Refused as `page_of_record` does."""
    columns = ENTRIES.c
    ids = _ids_about(candidate_id).subquery()
    query = (
        select(ENTRIES, ids.c.rank.label("rank"))
        .join(ids, ids.c.id == columns.id)
        .where(columns.kind.in_(sorted(kinds)))
    )
    rows, following = _some(session, query, columns.id, limit, cursor)
    names = names_by_id(session, {row["organisation_id"] for row in rows})
    looks = [
        Look(
            row["at"],
            RecordKind(row["kind"]),
            Role(row["role"]) if row["role"] else None,
            names.get(row["organisation_id"]),
            row["about"],
            row["rank"],
        )
        for row in rows
    ]
    return Page(looks, following)


def looks_at(session: Session, candidate_id: str) -> Iterator[Look]:
    """All that is on the record of a candidate, looks and changes, the newest first; read a page at a time."""
    cursor: str | None = None
    while True:
        page = who_looked(session, candidate_id, kinds=tuple(RecordKind), limit=MOST, cursor=cursor)
        yield from page.items
        if page.next is None:
            return
        cursor = page.next


def _ids_about(candidate_id: str) -> Any:
    """The entries about her, each through an index of its own, with her rank where she was shown among others."""
    alone = select(ENTRIES.c.id, literal(None).label("rank")).where(ENTRIES.c.about_candidate == candidate_id)
    among = select(PEOPLE.c.entry_id.label("id"), PEOPLE.c.rank).where(PEOPLE.c.about_candidate == candidate_id)
    return alone.union_all(among)


def _conditions(wanted: RecordFilter) -> list[ColumnElement[bool]]:
    columns = ENTRIES.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.kinds is not None:
        conditions.append(columns.kind.in_(sorted(wanted.kinds)))
    if wanted.account_id is not None:
        conditions.append(columns.account_id == wanted.account_id)
    if wanted.since is not None:
        conditions.append(columns.at >= wanted.since)
    if wanted.until is not None:
        conditions.append(columns.at < wanted.until)
    return conditions


def _some(
    session: Session, query: Select[Any], number: ColumnElement[Any], limit: int, cursor: str | None
) -> tuple[list[Any], str | None]:
    if not 1 <= limit <= MOST:
        raise Refused("record.limit", "limit", most=MOST)
    if cursor is not None:
        query = query.where(number < _read(cursor))
    found = session.connection().execute(query.order_by(number.desc()).limit(limit + 1)).mappings().all()
    following = f"{found[limit - 1]['id']:x}" if len(found) > limit else None
    return list(found[:limit]), following


def _read(cursor: str) -> int:
    try:
        number = int(cursor, 16)
    except ValueError:
        raise Refused("record.cursor", "cursor") from None
    if not 0 < number < 2**63:
        raise Refused("record.cursor", "cursor")
    return number


def _recorded(row: Any) -> Recorded:
    return Recorded(
        **{
            **row,
            "kind": RecordKind(row["kind"]),
            "role": Role(row["role"]) if row["role"] else None,
            "details": json.loads(row["details"]) if row["details"] else {},
        }
    )
