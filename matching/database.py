"""The database: engine, transaction and migration; the only module that commits. For the ways in and jobs.

SQLite (WAL) or PostgreSQL (psycopg), synchronous. A SQLite transaction that may write takes the write lock
when it begins, so that it waits its turn (10 s at most) and never fails halfway because somebody else wrote.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, MetaData, event, make_url, text
from sqlalchemy import create_engine as create_sqlalchemy_engine
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlmodel import Session

import matching.tables as tables
from matching.errors import Conflict, Invalid, VonkError
from matching.settings import Settings

BUSY_TIMEOUT_MS = 10_000
_FOR_OTHERS = 8  # connections beside those of requests: health, the keeper, work in the background
_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x766F6E6B  # "vonk": the advisory lock under which one process at a time migrates
_READ_ONLY = "vonk_read_only"
_INSTALLATION = "vonk_installation"
_QUEUES = Lock()
_WRITERS: dict[str, Lock] = {}  # by the file of a SQLite database
# Classes and codes of SQLSTATE (PostgreSQL) that pass by themselves: connection, conflict of two transactions, no
# means, an operator who stops it, no lock, the system below.
_AWAY_SQLSTATES = ("08", "40", "53", "57", "55P03", "58")
_BUSY_SQLSTATES = ("40", "55P03")  # of those: others were in the way, and it may succeed at once
_BUSY_SQLITE = (5, 6)  # SQLITE_BUSY, SQLITE_LOCKED
_FULL_SQLSTATE = "53100"
_FULL_SQLITE = 13  # SQLITE_FULL
_NO_ROOM_FOR_INDEX = 4_874  # SQLITE_IOERR_SHMSIZE: the index of the WAL cannot grow
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_WRONG_SQL = 1  # SQLITE_ERROR: no such table and the like, which come again; other codes are of files and locks


@dataclass(frozen=True)
class History:
    """The revisions of one database, in a folder, and the tables to which they lead."""

    versions: Path
    metadata: MetaData

    @property
    def newest(self) -> str:
        """The revision to which they lead."""
        return max(path.stem for path in self.versions.glob("[0-9]*.py"))


MAIN = History(_MIGRATIONS / "versions", tables.metadata)


def create_engine(settings: Settings) -> Engine:
    """The engine of an installation; makes the data folder when the database is the embedded one."""
    if not settings.database_url:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    return of_installation(
        engine_for(settings.url, connections=2 * settings.concurrent_requests + _FOR_OTHERS), settings
    )


def of_installation(engine: Engine, settings: Settings) -> Engine:
    """Say whose database this is: what stands sealed in it is sealed under the keys of this installation's vault."""
    engine.update_execution_options(**{_INSTALLATION: settings})
    return engine


def installation_of(connection: Connection) -> Settings:
    """The installation whose database this is. Raises VonkError (`vault.not_named`) where nobody said."""
    settings = connection.get_execution_options().get(_INSTALLATION)
    if not isinstance(settings, Settings):
        raise VonkError("vault.not_named")
    return settings


def engine_for(url: str, setting: str = "VONK_DATABASE_URL", *, connections: int = 15) -> Engine:
    """An engine for a URL: `sqlite:///file` or `postgresql://...` (always through psycopg).

    `connections`: how many there may be at once. A request may hold two, one that reads and one that writes; with
    fewer than that for all requests together, each could wait for the second of another. What people wrote stays out
    of its error messages. Raises Invalid for another kind of database, naming the setting.
    """
    pool: dict[str, Any] = {"pool_size": connections, "max_overflow": 0}
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise Invalid("settings.database_url", setting) from None
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise Invalid("settings.database_url", setting)
    if parsed.get_backend_name() == "postgresql":
        return create_sqlalchemy_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, hide_parameters=True, **pool
        )
    in_memory = parsed.database in (None, "", ":memory:")  # one connection, by its nature
    engine = create_sqlalchemy_engine(parsed, hide_parameters=True, **({} if in_memory else pool))
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin_sqlite does
    for pragma in (
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",  # what was acknowledged survives a power cut; NORMAL in WAL may lose it
        "foreign_keys = ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {int(read_only)}")
    connection.exec_driver_sql("BEGIN DEFERRED" if read_only else "BEGIN IMMEDIATE")


@contextmanager
def session_scope(engine: Engine, *, read_only: bool = False) -> Iterator[Session]:
    """One transaction: committed when the block ends well, rolled back when it raises.

    `read_only` sees one and the same state from begin to end, waits for no writer, and makes every write an
    error of the database.
    """
    if read_only:
        engine = engine.execution_options(**_reading(engine))
    turn = nullcontext() if read_only or engine.dialect.name != "sqlite" else _turn_to_write(engine)
    with turn, Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def _turn_to_write(engine: Engine) -> Iterator[None]:
    """One writer of this process after another: SQLite would let them poll for its lock, and some would starve.

    Whose turn does not come in time goes on, and hears from the database that it is busy.
    """
    database = engine.url.database or ""
    with _QUEUES:
        lock = _WRITERS.setdefault(database, Lock())
    mine = lock.acquire(timeout=BUSY_TIMEOUT_MS / 1000)
    try:
        yield
    finally:
        if mine:
            lock.release()


def is_read_only(session: Session) -> bool:
    """Whether this transaction was begun to read alone."""
    options = session.connection().get_execution_options()
    return bool(options.get(_READ_ONLY) or options.get("postgresql_readonly"))


def _reading(engine: Engine) -> dict[str, Any]:
    if engine.dialect.name == "postgresql":
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {_READ_ONLY: True}


def is_away(error: SQLAlchemyError) -> bool:
    """Whether an error says that the database cannot be had at this moment, rather than that it was asked wrongly."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    sqlstate = getattr(error.orig, "sqlstate", None)
    if sqlstate is not None:
        return str(sqlstate).startswith(_AWAY_SQLSTATES)
    sqlite_code = getattr(error.orig, "sqlite_errorcode", None)
    name = type(error.orig).__name__ if error.orig is not None else ""
    return name == "OperationalError" and (sqlite_code is None or sqlite_code & 0xFF != _WRONG_SQL)


def is_busy(error: SQLAlchemyError) -> bool:
    """Whether an error says that others were in the way for too long: for a connection, a lock, or one's turn."""
    if isinstance(error, NoConnectionFree):
        return True
    if not isinstance(error, DBAPIError):
        return False
    sqlite_code: int | None = getattr(error.orig, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return sqlite_code & 0xFF in _BUSY_SQLITE
    return str(getattr(error.orig, "sqlstate", None)).startswith(_BUSY_SQLSTATES)


def is_full(error: SQLAlchemyError | OSError) -> bool:
    """Whether an error says that there is no room left on a disk: that of the database, or of a file."""
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    if not isinstance(error, DBAPIError):
        return False
    sqlite_code: int | None = getattr(error.orig, "sqlite_errorcode", None)
    if sqlite_code is not None:
        return sqlite_code == _NO_ROOM_FOR_INDEX or sqlite_code & 0xFF == _FULL_SQLITE
    sqlstate: str | None = getattr(error.orig, "sqlstate", None)
    return sqlstate == _FULL_SQLSTATE


def is_at_newest(session: Session) -> bool:
    """Whether the database is at the newest revision that this version knows. Raises what the database raises."""
    at: str | None = session.connection().scalar(text("SELECT version_num FROM alembic_version"))
    return at == MAIN.newest


def alembic_config(connection: Connection | None = None, history: History = MAIN) -> Config:
    """Alembic's configuration, made here instead of in a file; commands run on the given connection."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("version_locations", str(history.versions))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    config.attributes["metadata"] = history.metadata
    return config


def migrate(engine: Engine, revision: str = "head", history: History = MAIN) -> None:
    """Bring the database forward to a revision, whole or not at all; two processes at once do it once."""
    _open_vault(engine)
    with _migrating(engine) as connection:
        command.upgrade(alembic_config(connection, history), revision)


def downgrade(engine: Engine, revision: str, history: History = MAIN) -> None:
    """Take the database back to a revision ("base" is empty), whole or not at all."""
    _open_vault(engine)
    with _migrating(engine) as connection:
        command.downgrade(alembic_config(connection, history), revision)


def _open_vault(engine: Engine) -> None:
    """Before a revision that seals: to open a vault may be to migrate it, and Alembic does one at a time."""
    settings = engine.get_execution_options().get(_INSTALLATION)
    if settings is not None:
        from matching.vault import vault_of  # which stands on this module

        vault_of(settings)


def revision_of(engine: Engine) -> str | None:
    """The revision at which a database stands; None where it is empty."""
    try:
        with session_scope(engine, read_only=True) as session:
            found: str | None = session.connection().scalar(text("SELECT version_num FROM alembic_version"))
            return found
    except DBAPIError:  # no such table
        return None


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """One transaction that holds the migration lock; all of a migration or nothing of it is kept."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                yield connection
            return
        driver: Any = connection.connection.dbapi_connection
        # A table that is rebuilt is dropped in between: with foreign keys on, that would delete what refers
        # to it. The setting only takes effect outside a transaction. BEGIN IMMEDIATE is the migration lock.
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                if broken:
                    raise Conflict("migration.foreign_keys", tables=sorted({row[0] for row in broken}))
        finally:
            driver.execute("PRAGMA foreign_keys = ON")
