"""What stands on every response, and a 500 that tells nothing; ASGI middleware, for `api.app`."""

from collections.abc import Mapping

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.languages import language_of
from api.pages.security import CONTENT_SECURITY_POLICY
from matching.settings import Settings

API_VERSION = "1.0.0"
STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"
_NOT_NEEDED = (
    "accelerometer autoplay camera display-capture fullscreen geolocation gyroscope microphone midi payment usb"
)
ALWAYS: Mapping[str, str] = {
    "API-Version": API_VERSION,
    "Permissions-Policy": ", ".join(f"{one}=()" for one in _NOT_NEEDED.split()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
# What a route may say otherwise: /v1/openapi.json is for pages of others too, and some pages have a script of ours.
UNLESS_SAID = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Resource-Policy": "same-origin",
}


class OnEveryResponse:
    """Puts the headers on, and answers what nobody foresaw."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._is_production = settings.env == "production"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is not HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, started = Request(scope), False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(ALWAYS)
                headers.add_vary_header("Accept-Language")
                for name, value in UNLESS_SAID.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Language", language_of(request))
                if self._is_production and scope["scheme"] == "https":
                    headers["Strict-Transport-Security"] = STRICT_TRANSPORT
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            if started:
                raise
            await problems.unforeseen(request, error)(scope, receive, send_with_headers)
