"""Entries into the record, within the transaction of what they are about: both are kept or neither."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from matching.actors import Actor, Grant, Role
from matching.store.bulk import insert_rows
from matching.tables import metadata
from matching.tables.record import CODE_LENGTH, DETAILS_LENGTH, RecordKind

ENTRIES = metadata.tables["audit_entries"]
PEOPLE = metadata.tables["audit_people"]
_CODE = re.compile(rf"[A-Za-z0-9_.:/+-]{{1,{CODE_LENGTH}}}")

Detail = str | int | float | bool | None | Sequence[str | int | float]


@dataclass(frozen=True)
class Entry:
    """What is to be recorded; `shown` are the ids of people in the order of their ranks, from `first_rank`.

    `details` are codes and numbers: a text with a space, an @ or more than 64 characters is refused, so that nothing
    that a person wrote can come in.
    """

    kind: RecordKind
    actor: Actor | None = None  # None: the system, or the command line
    grant: Grant | None = None  # in which role she acted; None: the first of hers
    about_candidate: str | None = None
    about: str | None = None
    request_id: str | None = None
    basis: str | None = None
    details: Mapping[str, Detail] = field(default_factory=dict)
    shown: Sequence[str] = ()
    first_rank: int = 1


def record(
    session: Session,
    actor: Actor | None,
    kind: RecordKind,
    *,
    now: datetime,
    grant: Grant | None = None,
    about_candidate: str | None = None,
    about: str | None = None,
    request_id: str | None = None,
    basis: str | None = None,
    details: Mapping[str, Detail] | None = None,
    shown: Sequence[str] = (),
    first_rank: int = 1,
) -> None:
    """Write one entry in the caller's transaction. Raises ValueError for a detail that is no code or number."""
    entry = Entry(kind, actor, grant, about_candidate, about, request_id, basis, details or {}, shown, first_rank)
    record_all(session, [entry], now=now)


def record_all(session: Session, entries: Iterable[Entry], *, now: datetime) -> None:
    """Write many entries in the caller's transaction, in this order. Raises ValueError as `record` does."""
    entries = list(entries)
    if not entries:
        return
    session.flush()
    connection = session.connection()
    rows = [_row(entry, now) for entry in entries]
    if not any(entry.shown for entry in entries):
        insert_rows(connection, ENTRIES, rows)
        return
    numbered = insert(ENTRIES).returning(ENTRIES.c.id, sort_by_parameter_order=True)
    ids = connection.scalars(numbered, rows).all()
    insert_rows(
        connection,
        PEOPLE,
        [
            {"about_candidate": candidate_id, "entry_id": entry_id, "rank": rank}
            for entry, entry_id in zip(entries, ids, strict=True)
            for rank, candidate_id in enumerate(entry.shown, start=entry.first_rank)
        ],
    )


def _row(entry: Entry, now: datetime) -> dict[str, Any]:
    grants = entry.actor.grants if entry.actor else ()
    grant = entry.grant or (grants[0] if grants else None)
    role: Role | None = grant.role if grant else None
    return {
        "at": now,
        "kind": RecordKind(entry.kind).value,
        "account_id": entry.actor.account_id if entry.actor else None,
        "role": role.value if role else None,
        "organisation_id": grant.organisation_id if grant else None,
        "about_candidate": _coded("about_candidate", entry.about_candidate),
        "about": _coded("about", entry.about),
        "request_id": _coded("request_id", entry.request_id),
        "basis": _coded("basis", entry.basis),
        "details": _details(entry.details),
    }


def _coded(name: str, value: str | None) -> str | None:
    if value is not None and not _CODE.fullmatch(value):
        raise ValueError(f"{name} of an entry is no code")  # and is not quoted: it may be what a person wrote
    return value


def _details(details: Mapping[str, Detail]) -> str | None:
    """One spelling for the same details, whatever the order in which they were given."""
    if not details:
        return None
    for name, value in details.items():
        for one in value if isinstance(value, Sequence) and not isinstance(value, str) else (value,):
            _coded(name, name)
            if isinstance(one, str):
                _coded(name, one)
            elif not isinstance(one, int | float | None):
                raise ValueError(f"{name} of an entry is no number")
    spelled = json.dumps(dict(details), sort_keys=True, separators=(",", ":"), allow_nan=False)
    if len(spelled) > DETAILS_LENGTH:
        raise ValueError("the details of an entry are too long")
    return spelled
