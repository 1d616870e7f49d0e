"""How a process hears that something was committed: a version that is polled, or a notice; for `matching.keeper`."""

import threading
import time
from typing import Any, Protocol, cast

from sqlalchemy import Engine

from matching.changes import CHANNEL

POLL_SECONDS = 0.2
_SURE_SECONDS = 5.0  # so often it looks without a notice, should one have been lost on the way


class Follower(Protocol):
    """Tells whether there may be something new."""

    def wait(self, stop: threading.Event) -> bool:
        """Wait at most POLL_SECONDS, less when it is to stop; True where something may have changed since."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


def follower_of(engine: Engine) -> Follower:
    """A follower for either database. What was committed before it was made is not told."""
    return _Notices(engine) if engine.dialect.name == "postgresql" else _Poll(engine)


class _Poll:
    """SQLite: a number that is another one once any other connection, of any process, has committed."""

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.raw_connection()
        self._seen = self._look()

    def _look(self) -> int:
        cursor = self._connection.cursor()
        try:
            return int(cursor.execute("PRAGMA data_version").fetchone()[0])  # outside a transaction: no writer waits
        finally:
            cursor.close()

    def wait(self, stop: threading.Event) -> bool:
        stop.wait(POLL_SECONDS)
        before, self._seen = self._seen, self._look()
        return self._seen != before

    def close(self) -> None:
        self._connection.close()


class _Notices:
    """PostgreSQL: LISTEN on a connection of its own, which goes back to no pool."""

    def __init__(self, engine: Engine) -> None:
        connection = engine.raw_connection()
        self._driver = cast(Any, connection.driver_connection)
        connection.detach()
        self._driver.autocommit = True
        self._driver.execute(f"LISTEN {CHANNEL}")
        self._sure_at = time.monotonic()

    def wait(self, stop: threading.Event) -> bool:
        heard = any(True for _ in self._driver.notifies(timeout=POLL_SECONDS, stop_after=1))
        if self._driver.closed:
            raise ConnectionError
        if heard or time.monotonic() - self._sure_at > _SURE_SECONDS:
            self._sure_at = time.monotonic()
            return True
        return False

    def close(self) -> None:
        self._driver.close()
