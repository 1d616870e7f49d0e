"""One process of all that share a database leads: it alone does what must not be done twice; for servers and workers.

On PostgreSQL it holds an advisory lock on a connection of its own, on SQLite a lock on a file beside the database. The
system lets go of either when the process ends, however it ends. A leader that was cut off may go on for a moment
while another leads already: what it does must also be safe to be done twice at once.
"""

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Any, cast

import psycopg
from sqlalchemy import Engine

try:
    import fcntl
except ImportError:  # where there are no such locks, a single process is all there may be
    fcntl = None  # type: ignore[assignment]


class Leadership:
    """Whether this process leads in something (`name`); asked by one thread. `close` when done, or use as a context."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine, self._name = engine, name
        self._connection: Any = None
        self._file: IO[str] | None = None

    def holds(self) -> bool:
        """Whether this process leads at this moment; where nobody does, it leads from now on."""
        return self._holds_lock() if self._engine.dialect.name == "postgresql" else self._holds_file()

    def close(self) -> None:
        """Let another lead."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> "Leadership":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _holds_lock(self) -> bool:
        if self._connection is not None:
            try:
                self._connection.execute("SELECT 1")  # the lock is there for as long as its connection
                return True
            except psycopg.Error:
                self.close()
        connection = self._engine.raw_connection()
        driver = cast(Any, connection.driver_connection)
        connection.detach()  # it goes back to no pool
        driver.autocommit = True
        key = int.from_bytes(hashlib.blake2b(self._name.encode(), digest_size=8).digest(), signed=True)
        if driver.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()[0]:
            self._connection = driver
            return True
        driver.close()
        return False

    def _holds_file(self) -> bool:
        if self._file is not None:
            return True
        database = Path(self._engine.url.database or "vonk")
        file = open(database.with_name(f"{database.name}.{self._name}.lock"), "a", opener=_private)  # noqa: SIM115
        if fcntl is not None:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                file.close()
                return False
        self._file = file
        return True


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
