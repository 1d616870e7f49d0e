"""HEAD is GET without its body, and OPTIONS tells the methods of a path; ASGI middleware, for `api.app`."""

from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.routing import Directory


class Methods:
    """Answers HEAD and OPTIONS for every route of an app."""

    def __init__(self, app: ASGIApp, serves: FastAPI) -> None:
        self._app = app
        self._directory: Directory = serves.state.directory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; other methods, and what is not HTTP, pass through."""
        if scope["type"] == "http" and scope["method"] == "HEAD":
            await self._head(scope, receive, send)
        elif scope["type"] == "http" and scope["method"] == "OPTIONS" and self._directory.allowed(scope["path"]):
            allowed = ", ".join(self._directory.allowed(scope["path"]))
            await Response(status_code=204, headers={"Allow": allowed})(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _head(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {"type": "http.response.body", "body": b"", "more_body": message.get("more_body", False)}
            elif message["type"] == "http.response.start" and message["status"] == 405:
                MutableHeaders(scope=message)["Allow"] = ", ".join(self._directory.allowed(scope["path"]))
            await send(message)

        as_get = dict(scope, method="GET")  # the server itself goes by the method in its own scope
        try:
            await self._app(as_get, receive, send_head)
        finally:
            scope["endpoint"] = as_get.get("endpoint")
