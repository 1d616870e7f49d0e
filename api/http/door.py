"""The door: what is refused before any route runs, because it is too much, too large or no request at all.

ASGI middleware, for `api.app`. What stands under /health and /metrics passes by the rates and waits for no place, so
that a busy server can still be watched.
"""

import asyncio
import hashlib
import time
from collections.abc import Iterable
from urllib.parse import parse_qsl, unquote_to_bytes

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.http.bodies import MULTIPART
from api.http.input_words import field_of
from api.http.kinds import HttpProblem, bad_input, retry_after
from api.http.rates import Rates, address_of
from api.http.under_limits import Finished, Places, Work
from matching.settings import Settings

URL_BYTES = 8_192
HEADERS = 100
_WATCHED = ("/health/", "/metrics")
DIGEST = "body_digest"  # in the state of a request: the running SHA-256 of the body, as far as it was read


class Door:
    """Lets a request in, or tells why not."""

    def __init__(self, app: ASGIApp, settings: Settings, serves: FastAPI) -> None:
        self._app, self._settings = app, settings
        self._rates: Rates = serves.state.rates
        self._places = Places(settings.concurrent_requests)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is not HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            _require_request(scope)
            body = _Body(request, receive, self._settings)
            if scope["path"].startswith(_WATCHED):
                await self._app(scope, body.receive, send)
                return
            if not (request.headers.get("authorization") or request.headers.get("cookie")):
                self._rates.anonymous.require(address_of(request))
            finished = await self._places.take()
        except HttpProblem as problem:
            await problems.http_problem(request, problem)(scope, receive, send)
            return
        await self._answered(scope, body, send, finished)

    async def _answered(self, scope: Scope, body: "_Body", send: Send, finished: Finished) -> None:
        work = Work(self._app, scope, body.receive, send, finished)
        if await work.answered(body.all_in, self._settings.request_seconds):
            return
        told = HttpProblem("request.took_too_long", headers=retry_after(self._settings.request_seconds))
        await problems.http_problem(Request(scope), told)(scope, body.receive, send)


def _require_request(scope: Scope) -> None:
    """Raise HttpProblem for an address or headers that are too long, or an address that is not UTF-8."""
    raw_path, query = scope.get("raw_path") or scope["path"].encode(), scope["query_string"]
    if len(raw_path) + len(query) > URL_BYTES:
        raise HttpProblem("url.too_long", most=URL_BYTES)
    if len(scope["headers"]) > HEADERS:
        raise HttpProblem("headers.too_many", most=HEADERS)
    if not _is_utf8(unquote_to_bytes(raw_path)):
        raise bad_input("path", "not_utf8")
    for name, value in _parameters(query):
        field = field_of(("query", name.decode("ascii", "replace")))
        if not (_is_utf8(name) and _is_utf8(value)):
            raise bad_input(field, "not_utf8")
        if b"\0" in value:
            raise bad_input(field, "nul")


def _parameters(query: bytes) -> Iterable[tuple[bytes, bytes]]:
    pairs = parse_qsl(query.decode("latin-1"), keep_blank_values=True, encoding="latin-1")  # bytes as they are
    return ((name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


class _Body:
    """The body of a request as it comes in: counted, digested, and refused once it is too large or comes too slowly."""

    def __init__(self, request: Request, receive: Receive, settings: Settings) -> None:
        is_upload = request.headers.get("content-type", "").lower().startswith(MULTIPART)
        self._most = settings.upload_bytes if is_upload else settings.body_bytes
        self._receive = receive
        self._until = time.monotonic() + settings.request_seconds  # for all of it, so that a trickle is cut off too
        self._n_bytes = 0
        self.all_in = asyncio.Event()
        if not ("content-length" in request.headers or "transfer-encoding" in request.headers):
            self.all_in.set()
        self._digest = hashlib.sha256()
        setattr(request.state, DIGEST, self._digest)
        said = request.headers.get("content-length", "0")
        if said.isdigit() and int(said[:20]) > self._most:
            raise self._too_large()

    async def receive(self) -> Message:
        """The next part. Raises HttpProblem (`body.too_large`, `request.too_slow`)."""
        if self.all_in.is_set():
            return await self._receive()
        try:
            async with asyncio.timeout(self._until - time.monotonic()):
                message = await self._receive()
        except TimeoutError:
            raise HttpProblem("request.too_slow", headers={"Connection": "close"}) from None
        part = message.get("body", b"")
        self._n_bytes += len(part)
        if message["type"] != "http.request" or not message.get("more_body", False):
            self.all_in.set()
        if self._n_bytes > self._most:
            raise self._too_large()
        self._digest.update(part)
        return message

    def _too_large(self) -> HttpProblem:
        return HttpProblem("body.too_large", headers={"Connection": "close"}, most=self._most)
