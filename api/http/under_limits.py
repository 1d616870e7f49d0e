"""How many requests are worked on at once, and how long each may take; for `api.http.door`.

A route runs in a thread, and a thread cannot be stopped from outside. So what is cut off is the waiting, not the work:
who waited too long is told so (504), her request keeps its place until its thread is done, and what it wrote is rolled
back then (`given_up`), unless it was being committed at that very moment. An Idempotency-Key makes a retry safe.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.kinds import HttpProblem, retry_after

WAITING_PER_PLACE = 32
SECONDS_FOR_A_PLACE = 25.0
_GIVEN_UP = "given_up"
Finished = Callable[[], None]

log = logging.getLogger("vonk.http")
_late: set[asyncio.Task[Any]] = set()  # work that nobody waits for any more; a task is kept alive by whoever holds it


class GivenUp(Exception):
    """Nobody waits for this request any more, so it is rolled back."""


def given_up(request: Request) -> bool:
    """Whether who asked was told that it took too long."""
    return bool(getattr(request.state, _GIVEN_UP, False))


class Places:
    """Places for requests that are worked on; a few more may wait for one, for a moment."""

    def __init__(self, n_places: int) -> None:
        self._n_places, self._n_waiting = n_places, 0
        self._free = asyncio.Semaphore(n_places)

    async def take(self) -> Finished:
        """Take a place, and give what frees it. Raises HttpProblem (`server.busy`) where none comes free."""
        if self._n_waiting >= self._n_places * WAITING_PER_PLACE:
            raise HttpProblem("server.busy", headers=retry_after(SECONDS_FOR_A_PLACE))
        self._n_waiting += 1
        try:
            async with asyncio.timeout(SECONDS_FOR_A_PLACE):
                await self._free.acquire()
        except TimeoutError:
            raise HttpProblem("server.busy", headers=retry_after(SECONDS_FOR_A_PLACE)) from None
        finally:
            self._n_waiting -= 1
        return self._free.release


class Work:
    """A request that an app works on, in a task of its own; the place is freed when it ends."""

    def __init__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send, finished: Finished) -> None:
        self._request, self._send = Request(scope), send
        self._began = False
        self._task: asyncio.Task[Any] = asyncio.ensure_future(app(scope, receive, self._send_unless_given_up))
        self._task.add_done_callback(lambda _: finished())

    async def answered(self, all_in: asyncio.Event, seconds: float) -> bool:
        """Whether an answer began within so many seconds after all of the body was in. Raises what the app raises."""
        coming_in = asyncio.ensure_future(all_in.wait())
        try:
            await asyncio.wait({self._task, coming_in}, timeout=seconds + 1, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait({self._task}, timeout=seconds)
            if self._began and not self._task.done():  # the work is over: it is the client who reads slowly
                await asyncio.wait({self._task}, timeout=seconds)
                self._task.cancel()
        except asyncio.CancelledError:  # the server stops
            self._leave()
            raise
        finally:
            coming_in.cancel()
        if not (self._began or self._task.done()):
            self._leave()
            return False
        try:
            await self._task
        except asyncio.CancelledError:
            log.info("an answer was not read in time")
        return True

    async def _send_unless_given_up(self, message: Message) -> None:
        if not given_up(self._request):
            self._began = True
            await self._send(message)

    def _leave(self) -> None:
        """Let it end by itself, unheard."""
        setattr(self._request.state, _GIVEN_UP, True)
        _late.add(self._task)
        self._task.add_done_callback(_ended_late)


def _ended_late(work: "asyncio.Task[Any]") -> None:
    _late.discard(work)
    error = None if work.cancelled() else work.exception()
    log.warning("a request that took too long has ended: %s", type(error).__name__ if error else "done")
