"""Writing a backup: every table as it stood at one moment, into a file that is whole or not there."""

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sqlalchemy import Connection, Engine, Table, select, text

from matching.backup.rows import line_of
from matching.database import MAIN, revision_of, session_scope
from matching.errors import Conflict, Refused
from matching.record import Detail, RecordKind, record
from matching.tables import metadata

FORMAT = 1
MANIFEST = "manifest.json"
_HALF = ".half"
_AT_ONCE = 5_000


@dataclass(frozen=True)
class Saved:
    """What stands in a backup."""

    revision: str
    n_tables: int
    n_rows: int


def save_backup(
    engine: Engine, file: Path, *, now: datetime, progress: Callable[[int, int], None] | None = None
) -> Saved:
    """Write all tables as they stand at one moment, while others go on reading and writing.

    Raises Refused (`backup.exists`) where there is such a file, Conflict (`backup.other_revision`) where the database
    is not at the newest revision, and OSError. Until it is whole it has another name.
    """
    if file.exists():
        raise Refused("backup.exists", "file", file=file.name)
    revision = revision_of(engine)
    if revision != MAIN.newest:
        raise Conflict("backup.other_revision", "database", found=revision or "", needed=MAIN.newest)
    half = file.with_name(f"{file.name}.{secrets.token_hex(4)}{_HALF}")
    handle = os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w+b") as stream:
            saved = _write(engine, stream, revision, now, progress)
            stream.flush()
            os.fsync(stream.fileno())
        _name(half, file)
    finally:
        half.unlink(missing_ok=True)
    with session_scope(engine) as session:
        details: dict[str, Detail] = {"rows": saved.n_rows, "revision": saved.revision}
        record(session, None, RecordKind.BACKUP_MADE, now=now, details=details)
    return saved


def _write(
    engine: Engine, stream: IO[bytes], revision: str, now: datetime, progress: Callable[[int, int], None] | None
) -> Saved:
    tables: dict[str, Any] = {}
    everything = metadata.sorted_tables
    with (
        ZipFile(stream, "w", ZIP_DEFLATED, compresslevel=1) as archive,
        session_scope(engine, read_only=True) as session,
    ):
        connection = session.connection()
        for number, table in enumerate(everything, start=1):
            digest, n_rows = hashlib.sha256(), 0
            with archive.open(_member(table.name, now), "w", force_zip64=True) as member:
                for part in _parts(connection, table):
                    member.write(part)
                    digest.update(part)
                    n_rows += part.count(b"\n")
            columns = [column.name for column in table.columns]
            tables[table.name] = {"columns": columns, "rows": n_rows, "sha256": digest.hexdigest()}
            if progress is not None:
                progress(number, len(everything))
        manifest = {"format": FORMAT, "revision": revision, "madeAt": now.isoformat(), "tables": tables}
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return Saved(revision, len(tables), sum(table["rows"] for table in tables.values()))


def _member(name: str, now: datetime) -> ZipInfo:
    member = ZipInfo(f"tables/{name}", max(now.timetuple()[:6], (1980, 1, 1, 0, 0, 0)))
    member.compress_type = ZIP_DEFLATED
    return member


def _parts(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of a table as text, in parts that end anywhere (PostgreSQL) or after a row (SQLite)."""
    if connection.dialect.name == "postgresql":
        for setting, value in (("TimeZone", "UTC"), ("DateStyle", "ISO"), ("bytea_output", "hex")):
            connection.execute(text("SELECT set_config(:setting, :value, true)"), {"setting": setting, "value": value})
        quote = connection.dialect.identifier_preparer
        names = ", ".join(quote.format_column(column) for column in table.columns)
        driver: Any = connection.connection.dbapi_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {quote.format_table(table)} ({names}) TO STDOUT") as copy:
            for part in copy:
                yield bytes(part)
        return
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(table))
    for some in rows.partitions():
        yield b"".join(map(line_of, some))


def _name(half: Path, file: Path) -> None:
    """Give it its name, never over another file; and make the name outlive a power cut."""
    try:
        file.hardlink_to(half)
    except FileExistsError:
        raise Refused("backup.exists", "file", file=file.name) from None
    except OSError:  # a disk without such links
        if file.exists():
            raise Refused("backup.exists", "file", file=file.name) from None
        half.rename(file)
    if os.name == "posix":
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
