"""Entries of many requests that only read, written together: one commit for all that wait, instead of one for each.

What is shown is shown once its entry is committed, so a busy server would wait for the disk once for each reader.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from sqlalchemy import Engine
from sqlmodel import Session

from matching.database import session_scope
from matching.record.writing import Entry, record_all

Also = Callable[[Session], object]


@dataclass(frozen=True)
class _Waiting:
    """What one request has to leave behind; `also` is written in the same breath as its entries."""

    entries: Sequence[Entry]
    also: Sequence[Also]
    now: datetime
    done: Future[None] = field(default_factory=Future)


class TogetherRecorder:
    """Writes entries; whoever comes while another commits is written by the next, with all who came meanwhile."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: list[_Waiting] = []
        self._adding, self._writing = Lock(), Lock()

    def write(self, entries: Sequence[Entry], *, now: datetime, also: Sequence[Also] = ()) -> None:
        """Write entries, and what belongs to them, and wait until they are committed.

        Raises what the database raises; then nothing of this request is written, and what others wrote is.
        """
        mine = _Waiting(entries, also, now)
        with self._adding:
            self._waiting.append(mine)
        with self._writing:
            if not mine.done.done():
                self._write_waiting()
        mine.done.result()

    def _write_waiting(self) -> None:
        with self._adding:
            batch, self._waiting = self._waiting, []
        refused: dict[int, Exception] = {}
        try:
            with session_scope(self._engine) as session:
                for number, one in enumerate(batch):
                    try:
                        with session.begin_nested():
                            record_all(session, one.entries, now=one.now)
                            for write in one.also:
                                write(session)
                    except Exception as error:
                        refused[number] = error
        except BaseException as error:
            for one in batch:
                one.done.set_exception(error)
        else:
            for number, one in enumerate(batch):
                if number in refused:
                    one.done.set_exception(refused[number])
                else:
                    one.done.set_result(None)
