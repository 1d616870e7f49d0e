"""The web application: routes, headers and problems put together; `vonk serve` and the tests make one."""

from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.dependencies import Service
from api.languages import language_of
from api.routes import coaching, description, health, introductions, pages, placements, rankings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ON_EVERY_RESPONSE = {
    "API-Version": description.API_VERSION,
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Accept-Language",
}


def create_app(service: Service) -> FastAPI:
    """The application on a service that was opened; it starts nothing by itself."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.service = service
    app.include_router(health.router)
    app.include_router(description.router, prefix="/v1")
    app.include_router(rankings.router, prefix="/v1")
    for trajectories in (introductions, placements, coaching):
        app.include_router(trajectories.router, prefix="/v1")
    app.include_router(pages.router)
    problems.add_handlers(app)
    app.add_middleware(OnEveryResponse)
    return app


class OnEveryResponse:
    """ASGI middleware: headers on every response, and a 500 that tells nothing where something unforeseen happened."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is not HTTP passes through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, started = Request(scope), False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                headers.update(_ON_EVERY_RESPONSE)
                headers.setdefault("Cache-Control", "no-store")
                headers.setdefault("Content-Language", language_of(request))
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception as error:
            if started:
                raise
            await problems.unforeseen(request, error)(scope, receive, send_with_headers)
