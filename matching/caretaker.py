"""What is done beside serving by the one process that leads: the record is sealed, and what is due goes.

A server or a worker runs one; of several on one database one works at a time, and another takes over when it ends.
"""

import logging
import threading
from datetime import date
from types import TracebackType

from sqlalchemy import Engine

from matching import idempotency, sign_ins
from matching.clock import now, today
from matching.database import session_scope
from matching.errors import VonkError
from matching.leader import Leadership
from matching.record import seal_all
from matching.retention import retain
from matching.rights import raise_nobody
from matching.settings import Settings
from matching.trajectories.introductions import expire_due

EVERY_SECONDS = 1.0
_AGAIN_SECONDS = 10.0
_AT_ONCE = 100_000  # kept answers
_log = logging.getLogger(__name__)


class Caretaker:
    """A thread that seals about once a second and, once a day, erases what is due. Use it as a context."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine, self._settings = engine, settings
        self._stop = threading.Event()
        self._tidied_on: date | None = None
        self._thread = threading.Thread(target=self._run, name="vonk-caretaker", daemon=True)

    def __enter__(self) -> "Caretaker":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        with Leadership(self._engine, "caretaker") as leadership:
            wait = 0.0
            while not self._stop.wait(wait):
                wait = EVERY_SECONDS
                for work in (self._seal, self._tidy):
                    try:
                        if leadership.holds():
                            work()
                    except Exception as error:  # whatever it is: without this thread nothing would be done any more
                        why = error.code if isinstance(error, VonkError) else type(error).__name__
                        _log.error("%s did not succeed: %s", work.__name__.strip("_"), why)
                        wait = _AGAIN_SECONDS

    def _seal(self) -> None:
        seal_all(self._engine, self._settings)

    def _tidy(self) -> None:
        day = today(self._settings)
        if day == self._tidied_on:
            return
        raise_nobody(self._engine, self._settings, now=now(self._settings))
        with session_scope(self._engine) as session:
            moment = now(self._settings)
            expire_due(session, now=moment)
            done = retain(session, self._settings, now=moment)
            sign_ins.prune(session, now=moment)
            idempotency.prune(session, moment, at_most=_AT_ONCE)
        _log.info("terms were over of %d entries and %d introductions", done.n_entries, done.n_introductions)
        self._tidied_on = day
