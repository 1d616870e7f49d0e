"""How a profile of either kind is written and read in bulk, by Core; for the two mappings of this package.

A profile becomes rows of several tables. What is there already is compared table by table, and only what differs is
written.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Generic, Protocol, TypeVar

import psycopg
from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from matching.changes import note_change
from matching.clock import date_of
from matching.database import is_read_only
from matching.errors import Conflict, NotFound
from matching.store.bulk import insert_rows
from matching.tables.base import new_id
from matching.tables.changes import ChangeKind

CHUNK = 2_000

Row = dict[str, Any]
Rows = dict[Table, list[Row]]


class Keyed(Protocol):
    """What both profiles have in common: where they come from."""

    @property
    def source(self) -> str | None: ...
    @property
    def source_id(self) -> str | None: ...


P = TypeVar("P", bound=Keyed)


@dataclass(frozen=True)
class SaveReport:
    """How many were created, updated and left as they were, and the id of each profile in the order given."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    ids: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Gate:
    """The one way to a part that is not for everybody: `read` gives its rows opened, `seal` as they are stored."""

    read: Callable[[Session, Sequence[str]], Rows]
    seal: Callable[[Session, Sequence[Row]], list[Row]]


@dataclass(frozen=True)
class Shape(Generic[P]):
    """How one kind of profile lies in the tables.

    `parts` belong to a row of `root` by a column `{noun}_id`. `take_apart` gives the rows without ids;
    `put_together` is its reverse. `organisation_ids` gives ids by name, `organisation_names` names by id.
    `kept` gives the columns of the root that are no part of a profile, from the old root row (None: new).
    `gates` names the parts that are not for everybody. `derived` columns follow from other rows and are no change.
    """

    noun: str
    prefix: str
    root: Table
    parts: tuple[Table, ...]
    take_apart: Callable[[P, Mapping[str, str]], Rows]
    put_together: Callable[[Rows, Mapping[str, str]], P]
    organisation_ids: Callable[[Session, Sequence[P]], Mapping[str, str]]
    organisation_names: Callable[[Session, Iterable[Row]], Mapping[str, str]]
    kept: Callable[[Row | None, Row, date], Row]
    gates: Mapping[Table, Gate] = field(default_factory=dict)
    derived: frozenset[str] = frozenset()


def save(session: Session, shape: Shape[P], profiles: Iterable[P], now: datetime) -> SaveReport:
    """Write profiles; (source, source_id) says which are there already, one without source_id is always new.

    Of two with one key the later stands. Raises Conflict (`{noun}.taken`) when another transaction has just
    written the same key.
    """
    created = updated = unchanged = 0
    ids: list[str] = []
    session.flush()
    for chunk in _chunks(profiles):
        report = _save_chunk(session, shape, chunk, now)
        created, updated = created + report.created, updated + report.updated
        unchanged += report.unchanged
        ids += report.ids
    return SaveReport(created, updated, unchanged, ids)


def _key(profile: Keyed) -> tuple[str, str] | None:
    return (profile.source or "", profile.source_id) if profile.source_id else None


def _chunks(profiles: Iterable[P]) -> Iterator[list[P]]:
    """At most CHUNK at a time, and no key twice in one chunk, so that the later finds the earlier."""
    chunk: list[P] = []
    keys: set[tuple[str, str]] = set()
    for profile in profiles:
        key = _key(profile)
        if len(chunk) == CHUNK or key in keys:
            yield chunk
            chunk, keys = [], set()
        chunk.append(profile)
        if key is not None:
            keys.add(key)
    if chunk:
        yield chunk


def save_as(session: Session, shape: Shape[P], identifier: str, profile: P, now: datetime) -> SaveReport:
    """Write one profile in place of what is there under an id, or leave it as it was.

    Raises NotFound (`{noun}.unknown`), and Conflict (`{noun}.taken`) where its key is that of another one.
    """
    version_of(session, shape, identifier)
    return _save_chunk(session, shape, [profile], now, {0: identifier})


def version_of(session: Session, shape: Shape[P], identifier: str) -> int:
    """The version of what is there; its row stays locked until a transaction that may write ends.

    Raises NotFound (`{noun}.unknown`).
    """
    session.flush()
    root = shape.root.c
    query = select(root.version).where(root.id == identifier)
    if not is_read_only(session):
        query = query.with_for_update()
    found: int | None = session.connection().scalar(query)
    if found is None:
        raise NotFound(f"{shape.noun}.unknown", id=identifier)
    return found


def _save_chunk(
    session: Session, shape: Shape[P], chunk: Sequence[P], now: datetime, fixed: Mapping[int, str] | None = None
) -> SaveReport:
    """`fixed`: the ids of those that are there under an id, by their place in the chunk; the others go by their key."""
    by_key = {} if fixed else _ids_by_key(session, shape, [key for profile in chunk if (key := _key(profile))])
    known = dict(fixed or {})
    for place, profile in enumerate(chunk):
        key = _key(profile)
        if key in by_key:
            known[place] = by_key[key]
    old = _read(session, shape, list(known.values()), guarded=True)
    organisation_ids = shape.organisation_ids(session, chunk)
    ids: list[str] = []
    new_rows: Rows = {table: [] for table in (shape.root, *shape.parts)}
    new_roots: list[Row] = []
    changes: list[Row] = []
    cleared: dict[Table, list[str]] = {table: [] for table in shape.parts}
    for place, profile in enumerate(chunk):
        rows = shape.take_apart(profile, organisation_ids)
        root = rows[shape.root][0]
        there = known.get(place)
        identifier = there or new_id(shape.prefix)
        ids.append(identifier)
        old_rows = old[there] if there else {}
        old_root = old_rows[shape.root][0] if there else None
        different = [table for table in shape.parts if not _same(rows[table], old_rows.get(table, []), shape.derived)]
        if old_root is None:
            kept = shape.kept(None, root, date_of(now))
            new_roots.append(root | kept | {"id": identifier, "created_at": now, "updated_at": now, "version": 1})
        elif different or not _same([root], [old_root], shape.derived):
            kept = shape.kept(old_root, root, date_of(now))
            changes.append(root | kept | {"b_id": identifier, "updated_at": now, "version": old_root["version"] + 1})
        for table in different:
            if there and (old_rows.get(table) or table in shape.gates):  # what nobody can open is not read
                cleared[table].append(identifier)
            new_rows[table] += [{f"{shape.noun}_id": identifier, **row} for row in rows[table]]
    new_rows[shape.root] = new_roots
    _write(session, shape, new_rows, changes, cleared)
    note_change(session, ChangeKind(shape.noun), [row["id"] for row in new_roots] + [row["b_id"] for row in changes])
    unchanged = len(chunk) - len(new_roots) - len(changes)
    return SaveReport(len(new_roots), len(changes), unchanged, ids)


def _same(new: list[Row], old: list[Row], derived: frozenset[str]) -> bool:
    """Whether rows say the same in the columns that a profile fills."""
    return len(new) == len(old) and all(
        value == was[name]
        for row, was in zip(new, old, strict=True)
        for name, value in row.items()
        if name not in derived
    )


def _write(session: Session, shape: Shape[P], rows: Rows, changes: list[Row], cleared: dict[Table, list[str]]) -> None:
    connection = session.connection()
    for table, gate in shape.gates.items():
        rows[table] = gate.seal(session, rows[table])
    try:
        if changes:
            columns: dict[str, Any] = {name: bindparam(name) for name in changes[0] if name != "b_id"}
            connection.execute(update(shape.root).where(shape.root.c.id == bindparam("b_id")).values(columns), changes)
        for table, ids in cleared.items():
            if ids:
                connection.execute(delete(table).where(table.c[f"{shape.noun}_id"].in_(ids)))
        for table, added in rows.items():
            insert_rows(connection, table, added)
    except (IntegrityError, psycopg.IntegrityError):
        raise Conflict(f"{shape.noun}.taken") from None  # the database would quote the row


def _ids_by_key(session: Session, shape: Shape[P], keys: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The ids of those that are there already; their rows stay locked until the transaction ends."""
    by_source: dict[str, list[str]] = {}
    for source, source_id in keys:
        by_source.setdefault(source, []).append(source_id)
    root, found = shape.root.c, {}
    for source, source_ids in by_source.items():
        query = select(root.source_id, root.id).where(root.source == source, root.source_id.in_(source_ids))
        for source_id, identifier in session.connection().execute(query.with_for_update()):
            found[source, source_id] = identifier
    return found


def load(session: Session, shape: Shape[P], ids: Iterable[str] | None, *, guarded: bool) -> Iterator[tuple[str, P]]:
    """Profiles with their ids, a chunk at a time: those asked for, in that order, or all, in the order of their ids.

    Raises NotFound (`{noun}.unknown`) when one that was asked for is not there.
    """
    for chunk in _all_ids(session, shape) if ids is None else _in_chunks(ids):
        found = _read(session, shape, chunk, guarded=guarded)
        names = shape.organisation_names(session, (rows[shape.root][0] for rows in found.values()))
        for identifier in chunk:
            if identifier not in found:
                raise NotFound(f"{shape.noun}.unknown", id=identifier)
            yield identifier, shape.put_together(found[identifier], names)


def remove(session: Session, shape: Shape[P], identifier: str) -> None:
    """Delete a profile and all that belongs to it. Raises NotFound (`{noun}.unknown`)."""
    session.flush()
    gone = session.connection().execute(delete(shape.root).where(shape.root.c.id == identifier))
    if gone.rowcount == 0:
        raise NotFound(f"{shape.noun}.unknown", id=identifier)
    note_change(session, ChangeKind(shape.noun), [identifier])


def _in_chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _all_ids(session: Session, shape: Shape[P]) -> Iterator[list[str]]:
    root, last = shape.root.c, ""
    while True:
        query = select(root.id).where(root.id > last).order_by(root.id).limit(CHUNK)
        chunk = list(session.connection().scalars(query))
        if not chunk:
            return
        yield chunk
        last = chunk[-1]


def _read(session: Session, shape: Shape[P], ids: Sequence[str], *, guarded: bool) -> dict[str, Rows]:
    """All rows of some profiles, by id; only when `guarded` the tables behind a gate are there at all."""
    if not ids:
        return {}
    owner = f"{shape.noun}_id"
    tables = [table for table in shape.parts if guarded or table not in shape.gates]
    found: dict[str, Rows] = {
        row["id"]: {shape.root: [row], **{table: [] for table in tables}}
        for row in read_rows(session, shape.root, "id", ids)
    }
    for table in shape.parts:
        if table not in shape.gates:
            for row in read_rows(session, table, owner, ids):
                found[row[owner]][table].append(row)
    if guarded:
        for gate in shape.gates.values():
            for table, rows in gate.read(session, ids).items():
                for row in rows:
                    found[row[owner]][table].append(row)
    return found


def read_rows(session: Session, table: Table, owner: str, ids: Sequence[str]) -> Iterator[Row]:
    """The rows of a table that belong to some owners, in the order of its key."""
    query = select(table).where(table.c[owner].in_(ids)).order_by(*table.primary_key.columns)
    for row in session.connection().execute(query).mappings():
        yield dict(row)
