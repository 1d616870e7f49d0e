"""Each request is counted, timed and logged, by the template of its path; ASGI middleware, for `api.app`."""

import time

from fastapi import FastAPI, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.callers import account_of
from api.http.logs import REQUESTS, logger_of
from api.http.metrics import IN_FLIGHT, REQUEST_SECONDS
from api.http.request_ids import HEADER, request_id
from api.http.routing import Directory
from matching.under_way import REQUEST_ID

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_CLIENT_GONE = 499  # as others number it: no answer was sent

log = logger_of(REQUESTS)


class Observed:
    """Gives every request an id, and tells of it when it is over."""

    def __init__(self, app: ASGIApp, serves: FastAPI) -> None:
        self._app = app
        self._directory: Directory = serves.state.directory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is not HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})  # shared by whatever copies the scope further in
        identifier = request_id(Headers(scope=scope).get(HEADER))
        token = REQUEST_ID.set(identifier)
        status, started = _CLIENT_GONE, time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = identifier
            await send(message)

        IN_FLIGHT.inc()
        try:
            await self._app(scope, receive, send_with_id)
        finally:
            IN_FLIGHT.dec()
            self._tell(scope, status, time.perf_counter() - started)
            REQUEST_ID.reset(token)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = self._directory.template(scope.get("endpoint"))
        REQUEST_SECONDS.labels(method, route, str(status)).observe(seconds)
        log.info(
            "request",
            method=method,
            route=route,
            status=status,
            ms=round(seconds * 1_000, 1),
            caller="account" if account_of(Request(scope)) else "nobody",
        )
