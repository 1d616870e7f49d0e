"""Entries of many requests that only read, written together: one commit for all that wait, instead of one for each.

What is shown is shown once its entry is committed, so a busy server would wait for the disk once for each reader.
"""

from collections.abc import Sequence
from concurrent.futures import Future
from datetime import datetime
from threading import Lock

from sqlalchemy import Engine

from matching.database import session_scope
from matching.record.writing import Entry, record_all


class TogetherRecorder:
    """Writes entries; whoever comes while another commits is written by the next, with all who came meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: list[tuple[Sequence[Entry], datetime, Future[None]]] = []
        self._adding, self._writing = Lock(), Lock()

    def write(self, entries: Sequence[Entry], *, now: datetime) -> None:
        """Write entries and wait until they are committed. Raises what the database raises; then none of them is."""
        mine: Future[None] = Future()
        with self._adding:
            self._waiting.append((entries, now, mine))
        with self._writing:
            if not mine.done():
                self._write_waiting()
        mine.result()

    def _write_waiting(self) -> None:
        with self._adding:
            batch, self._waiting = self._waiting, []
        try:
            with session_scope(self._engine) as session:
                for entries, now, _ in batch:
                    record_all(session, entries, now=now)
        except BaseException as error:
            for _, _, one in batch:
                one.set_exception(error)
        else:
            for _, _, one in batch:
                one.set_result(None)
