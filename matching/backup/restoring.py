"""Restoring a backup into an empty database: all of it in one transaction, or nothing."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

import psycopg
from sqlalchemy import Connection, Engine, Table, delete, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from matching.backup.rows import reader_of
from matching.backup.saving import FORMAT, MANIFEST
from matching.database import MAIN, migrate, session_scope
from matching.errors import Conflict, Invalid
from matching.record import Detail, RecordKind, begin_anchor, record
from matching.record.anchor import anchor_file
from matching.rights import apply_tombstones
from matching.settings import Settings
from matching.store.bulk import insert_rows
from matching.store.identities import without_key
from matching.tables import metadata

_SIGN_INS = metadata.tables["sign_ins"]
_AT_ONCE = 5_000
_PART_BYTES = 1 << 20
# A migration puts one row into these; the backup has its own.
_SEEDED = {"change_counter": "version", "audit_start": "through"}


@dataclass(frozen=True)
class Restored:
    """What was restored, and who was erased again; of so many people no key is in the vault, so no name can be read."""

    made_at: datetime
    revision: str
    n_tables: int
    n_rows: int
    n_erased_again: int
    n_without_key: int


def restore_backup(
    engine: Engine, settings: Settings, file: Path, *, now: datetime, progress: Callable[[int, int], None] | None = None
) -> Restored:
    """Fill an empty database from a backup; whoever was erased since is erased again, in the same transaction.

    Raises Invalid (`backup.unreadable`, `backup.damaged`), Conflict: `backup.other_revision` where another version of
    Vonk made it, `backup.not_empty` where the database holds something. Then nothing is restored.
    """
    try:
        archive = ZipFile(file)
    except BadZipFile:
        raise Invalid("backup.unreadable", "file", reason="not_a_backup", file=file.name) from None
    with archive:
        manifest = _manifest(archive, file)
        migrate(engine)
        with session_scope(engine) as session:
            _empty(session)
            n_rows = 0
            for number, table in enumerate(metadata.sorted_tables, start=1):
                n_rows += _load(session.connection(), archive, table, manifest["tables"][table.name])
                if progress is not None:
                    progress(number, len(metadata.sorted_tables))
            _count_on(session.connection())
            session.connection().execute(delete(_SIGN_INS))  # who signed out since stays out
            n_erased = apply_tombstones(session, settings, now=now)
            n_without = without_key(session, settings)
            made = manifest["madeAt"]
            details: dict[str, Detail] = {"rows": n_rows, "erased_again": n_erased, "made": made}
            record(session, None, RecordKind.RESTORED, now=now, details=details)
    with session_scope(engine) as session:
        begin_anchor(session, anchor_file(settings), "restored", now=now)
    return Restored(
        datetime.fromisoformat(made), manifest["revision"], len(metadata.tables), n_rows, n_erased, n_without
    )


def _manifest(archive: ZipFile, file: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        known = manifest["format"] == FORMAT
        datetime.fromisoformat(manifest["madeAt"])
        tables = {
            name: (table["columns"], table["rows"], table["sha256"]) for name, table in manifest["tables"].items()
        }
        revision = manifest["revision"]
    except (KeyError, TypeError, ValueError, BadZipFile, ZlibError):
        raise Invalid("backup.unreadable", "file", reason="not_a_backup", file=file.name) from None
    if not known or revision != MAIN.newest:
        raise Conflict("backup.other_revision", "file", found=str(revision), needed=MAIN.newest)
    expected = {table.name: [column.name for column in table.columns] for table in metadata.sorted_tables}
    if {name: columns for name, (columns, *_) in tables.items()} != expected:
        raise Invalid("backup.damaged", "file", table=MANIFEST)
    return manifest


def _empty(session: Session) -> None:
    """Nobody writes meanwhile, and nothing is there but what the migrations put there, which goes."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        names = ", ".join(connection.dialect.identifier_preparer.format_table(one) for one in metadata.sorted_tables)
        connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    else:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")  # a row may refer to one that comes after it
    for table in metadata.sorted_tables:
        query = select(func.count()).select_from(table)
        if table.name in _SEEDED:
            query = query.where(table.c[_SEEDED[table.name]] > 0)
        if connection.scalar(query):
            raise Conflict("backup.not_empty", "database", table=table.name)
    for name in _SEEDED:
        connection.execute(delete(metadata.tables[name]))


def _load(connection: Connection, archive: ZipFile, table: Table, said: dict[str, Any]) -> int:
    """Fill one table. Raises Invalid (`backup.damaged`) where its rows are not those that were saved."""
    digest, n_rows = hashlib.sha256(), 0

    def parts() -> Iterator[bytes]:
        nonlocal n_rows
        with archive.open(f"tables/{table.name}") as member:
            while part := member.read(_PART_BYTES) if postgresql else b"".join(member.readlines(_PART_BYTES)):
                digest.update(part)
                n_rows += part.count(b"\n")
                yield part

    postgresql = connection.dialect.name == "postgresql"
    try:
        _copy(connection, table, parts()) if postgresql else _insert(connection, table, parts())
    except (BadZipFile, KeyError, ValueError, ZlibError, EOFError, SQLAlchemyError, psycopg.Error):
        raise Invalid("backup.damaged", "file", table=table.name) from None  # the database would quote the row
    if (n_rows, digest.hexdigest()) != (said["rows"], said["sha256"]):
        raise Invalid("backup.damaged", "file", table=table.name)
    return n_rows


def _copy(connection: Connection, table: Table, parts: Iterator[bytes]) -> None:
    quote = connection.dialect.identifier_preparer
    names = ", ".join(quote.format_column(column) for column in table.columns)
    driver: Any = connection.connection.dbapi_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote.format_table(table)} ({names}) FROM STDIN") as copy:
        for part in parts:
            copy.write(part)


def _insert(connection: Connection, table: Table, parts: Iterator[bytes]) -> None:
    read = reader_of(list(table.columns))
    rows: list[dict[str, Any]] = []
    for part in parts:
        rows += map(read, part.split(b"\n")[:-1])  # a part ends where a row does
        if len(rows) >= _AT_ONCE:
            insert_rows(connection, table, rows)
            rows = []
    insert_rows(connection, table, rows)


def _count_on(connection: Connection) -> None:
    """Let PostgreSQL number new rows after those that are there; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        newest = connection.scalar(select(func.max(column)))
        if sequence is not None and newest is not None:
            connection.execute(select(func.setval(sequence, newest)))
