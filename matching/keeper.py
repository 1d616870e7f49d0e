"""Keeps the pool of a process up to date; the ways in open one and read what it holds.

What is held is replaced whole: who took it reads on in peace, and nobody waits. A thread follows the changes and
applies them; `catch_up` does so at once, for who needs what was committed just now.
"""

import gc
import logging
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from types import TracebackType

from sqlalchemy import Engine

from matching.changes import changes_since
from matching.clock import today
from matching.database import engine_for, of_installation, session_scope
from matching.following import Follower, follower_of
from matching.pool_building import (
    Held,
    applied,
    build,
    from_snapshot,
    gathered,
    gone,
    many,
    means_of,
    on_other_ground,
    scattered,
    too_many,
)
from matching.settings import Settings
from matching.snapshot import drop_snapshots_holding, folder_of

LARGE = 20_000  # from so many people on a pool is built anew by a process of its own
RENEW_SECONDS = 300.0  # so long after somebody is gone, at most, she is in memory and a snapshot is missing
_TIDY_AGAIN_SECONDS = 30.0
_RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 5.0)
_SPAWN = multiprocessing.get_context("spawn")
_log = logging.getLogger(__name__)


class Keeper:
    """Holds what is current in `held`. Made by `open_keeper`; `close` when done, or use it as a context."""

    def __init__(self, engine: Engine, settings: Settings, held: Held) -> None:
        self.held = held
        self._engine, self._settings = engine, settings
        self._changing = threading.Lock()  # one at a time replaces what is held
        self._replaced = threading.Condition()
        self._stop = threading.Event()
        self._tidying: threading.Thread | None = None
        self._builder: BaseProcess | None = None
        self._tidied: Held | None = None
        self._current_at = time.monotonic()
        self._renew_at: float | None = None
        self._thread: threading.Thread | None = None

    @property
    def behind_seconds(self) -> float:
        """How long ago it was last certain that everything committed was in what is held."""
        return time.monotonic() - self._current_at

    def follow(self) -> None:
        """Start to follow the changes, in a thread of its own."""
        self._thread = threading.Thread(target=self._follow, name="vonk-keeper", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop following; what is held stays as it is."""
        self._stop.set()
        if self._builder is not None and self._builder.is_alive():
            self._builder.terminate()
        if self._thread is not None:
            self._thread.join()

    def __enter__(self) -> "Keeper":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def wait_for(self, version: int, seconds: float) -> bool:
        """Wait until what is held has seen a version; whether that came about in time."""
        return self.wait_until(lambda held: held.stand.version >= version, seconds)

    def wait_until(self, holds: Callable[[Held], bool], seconds: float) -> bool:
        """Wait until something holds of what is held; whether that came about in time."""
        with self._replaced:
            return self._replaced.wait_for(lambda: holds(self.held), seconds)

    def catch_up(self) -> Held:
        """Apply all that is committed, and give what is then held."""
        with self._changing:
            asked_at = time.monotonic()
            tidied, self._tidied = self._tidied, None
            held = self._brought_up(self.held if tidied is None else tidied)
            if held is not self.held:
                self._hold(held)
            self._current_at = asked_at
            return held

    def _hold(self, held: Held) -> None:
        with self._replaced:
            self.held = held
            self._replaced.notify_all()

    def _brought_up(self, held: Held) -> Held:
        day = today(self._settings)
        with session_scope(self._engine, read_only=True) as session:
            changes = changes_since(session, held.stand)
            if changes is not None and changes.stand == held.stand and day == held.today:
                return held
            if changes is not None and (changes.reference or day != held.today):
                moved = on_other_ground(session, held, day)
                held, changes = (held, None) if moved is None else (moved, changes)
            if changes is not None and not too_many(held, changes):
                held = applied(session, held, changes)
                self._forget(gone(held, changes))
                return held
        return self._anew(held)

    def _forget(self, ids: list[str]) -> None:
        """Let no snapshot hold who is gone, and plan to build the base anew, without her."""
        if ids:
            drop_snapshots_holding(folder_of(self._settings), ids)
            self._renew_at = self._renew_at or time.monotonic() + RENEW_SECONDS

    def _anew(self, held: Held) -> Held:
        """All of it from the tables. A large pool is built by a process of its own, which saves it, and opened.

        Among other threads that compute, this one would get its turn anew for each row that SQLite reads.
        """
        _log.info("the pool is built anew")
        if len(held.pool) >= LARGE:
            url = self._engine.url.render_as_string(hide_password=False)
            builder = _SPAWN.Process(target=_build_apart, args=(url, self._settings), daemon=True)
            self._builder = builder
            builder.start()
            builder.join()
            with session_scope(self._engine, read_only=True) as session:
                means = means_of(session, today(self._settings), held.pool.vocabulary)
                opened = from_snapshot(session, means, self._settings)
            if opened is not None:
                return opened
        if self._stop.is_set():
            return held
        return build(self._engine, self._settings, held.pool.vocabulary)

    def _follow(self) -> None:
        failures = 0
        follower: Follower | None = None
        while not self._stop.is_set():
            try:
                if follower is None:
                    follower = follower_of(self._engine)
                    self.catch_up()
                elif follower.wait(self._stop) or self._tidied is not None or today(self._settings) != self.held.today:
                    self.catch_up()
                else:
                    self._current_at = time.monotonic()
                failures = 0
                self._tidy_beside()
            except Exception as error:  # whatever it is: without this thread nothing would change any more
                _log.warning("cannot follow the changes: %s", type(error).__name__)
                _close(follower)
                follower = None
                self._stop.wait(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS) - 1)])
                failures += 1
        _close(follower)

    def _tidy_beside(self) -> None:
        """In a thread of its own: build the base anew where many changed, else gather who changed just now.

        What changes meanwhile is applied to what is held, and again to what comes out.
        """
        if self._tidied is not None or (self._tidying is not None and self._tidying.is_alive()):
            return
        held = self.held
        due = self._renew_at is not None and time.monotonic() >= self._renew_at
        if many(held) or due:
            self._renew_at = None
            self._tidying = threading.Thread(target=self._tidy, args=(True,), name="vonk-build", daemon=True)
        elif scattered(held):
            self._tidying = threading.Thread(target=self._tidy, args=(False,), name="vonk-gather", daemon=True)
        else:
            return
        self._tidying.start()

    def _tidy(self, anew: bool) -> None:
        try:
            self._tidied = self._anew(self.held) if anew else gathered(self._engine, self.held)
        except Exception as error:
            _log.warning("cannot tidy the pool: %s", type(error).__name__)
            self._stop.wait(_TIDY_AGAIN_SECONDS)


def _close(follower: Follower | None) -> None:
    if follower is not None:
        try:
            follower.close()
        except Exception as error:  # the connection is gone, which is why it is closed
            _log.info("the connection was gone already: %s", type(error).__name__)


@contextmanager
def _kept_for_good() -> Iterator[None]:
    """What is made meanwhile is not looked through by the garbage collector, now or later.

    The words of a taxonomy are millions of small objects that a process keeps until it ends; each full collection
    would look at all of them, within a ranking that happens to be under way.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        if collects:
            gc.enable()


def open_keeper(engine: Engine, settings: Settings, *, follow: bool = True) -> Keeper:
    """A keeper of all that is committed: from the newest snapshot that suits, else built from the tables and saved.

    Raises what `active_rules` raises where there are no rules, and what the database raises.
    """
    started = time.monotonic()
    with _kept_for_good(), session_scope(engine, read_only=True) as session:
        means = means_of(session, today(settings), None)
        held = from_snapshot(session, means, settings)
    held = held or build(engine, settings, means.vocabulary)
    seconds = time.monotonic() - started
    _log.info("a pool of %d people and %d vacancies in %.1f s", len(held.pool), len(held.vacancies), seconds)
    keeper = Keeper(engine, settings, held)
    if follow:
        keeper.follow()
    return keeper


def _build_apart(url: str, settings: Settings) -> None:
    engine = of_installation(engine_for(url), settings)
    build(engine, settings)
    engine.dispose()
