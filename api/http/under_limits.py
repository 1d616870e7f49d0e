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

WAITING_PER_PLACE = 4
SECONDS_FOR_A_PLACE = 2.0
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
            await asyncio.wait_for(self._free.acquire(), SECONDS_FOR_A_PLACE)
        except TimeoutError:
            raise HttpProblem("server.busy", headers=retry_after(SECONDS_FOR_A_PLACE)) from None
        finally:
            self._n_waiting -= 1
        return self._free.release


async def answered_in_time(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, seconds: float, finished: Finished
) -> bool:
    """Let an app answer; False where no answer began in time. Raises what the app raises. Frees the place when done."""
    request = Request(scope)
    began = False

    async def send_unless_given_up(message: Message) -> None:
        nonlocal began
        if given_up(request):
            return
        began = True
        await send(message)

    work: asyncio.Task[Any] = asyncio.ensure_future(app(scope, receive, send_unless_given_up))
    work.add_done_callback(lambda _: finished())
    try:
        await asyncio.wait({work}, timeout=seconds)
        if not work.done() and began:  # the work is over: it is the client who reads slowly
            await asyncio.wait({work}, timeout=seconds)
            work.cancel()
    except asyncio.CancelledError:  # the server stops, or the client went away
        _leave(request, work)
        raise
    if work.done() or began:
        try:
            await work
        except asyncio.CancelledError:
            log.info("an answer was not read in time")
        return True
    _leave(request, work)
    return False


def _leave(request: Request, work: "asyncio.Task[Any]") -> None:
    """Let work end by itself, unheard."""
    setattr(request.state, _GIVEN_UP, True)
    _late.add(work)
    work.add_done_callback(_ended_late)


def _ended_late(work: "asyncio.Task[Any]") -> None:
    _late.discard(work)
    error = None if work.cancelled() else work.exception()
    log.warning("a request that took too long has ended: %s", type(error).__name__ if error else "done")
