"""What a Vonk does by itself: seal the record, apply terms, take away what was kept long enough; for servers, workers.

The jobs run in every process that serves or works, and do something in the one that leads (`matching.leader`). Each is
safe to be done twice, and late: what is due is found by its date.
"""

import logging
from collections.abc import Callable
from types import TracebackType

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy import Engine
from sqlmodel import Session

from matching import idempotency, sign_ins
from matching.clock import AMSTERDAM, now
from matching.database import session_scope
from matching.leader import Leadership
from matching.record import Sealer
from matching.retention import retain
from matching.settings import Settings

_AT_ONCE = 10_000
_GRACE_SECONDS = 3_600  # a job that is late by less is still done
_log = logging.getLogger(__name__)


class Housekeeping:
    """Does its work in threads of its own until it is closed. Use it as a context."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self._engine, self._settings = engine, settings
        self._sealer = Sealer(engine, settings)
        self._leadership = Leadership(engine, "housekeeping")
        self._scheduler = BackgroundScheduler(
            timezone=AMSTERDAM, job_defaults={"coalesce": True, "misfire_grace_time": _GRACE_SECONDS}
        )
        self._scheduler.add_job(self._daily, "cron", hour=3, minute=15)
        self._scheduler.add_job(self._hourly, "interval", hours=1)

    def __enter__(self) -> "Housekeeping":
        self._sealer.__enter__()
        self._scheduler.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._scheduler.shutdown(wait=True)
        self._leadership.close()
        self._sealer.__exit__(kind, error, trace)

    def _daily(self) -> None:
        self._do("terms", lambda session: retain(session, self._settings, now=now(self._settings)))

    def _hourly(self) -> None:
        self._do("prune", self._prune)

    def _prune(self, session: Session) -> None:
        moment = now(self._settings)
        sign_ins.prune(session, now=moment)
        idempotency.prune(session, moment, at_most=_AT_ONCE)

    def _do(self, what: str, work: Callable[[Session], object]) -> None:
        """Do something in one transaction where this process leads; a failure is told, and tried again next time."""
        try:
            if self._leadership.holds():
                with session_scope(self._engine) as session:
                    work(session)
        except Exception as error:  # whatever it is: the other jobs go on
            _log.error("housekeeping failed (%s): %s", what, type(error).__name__)
