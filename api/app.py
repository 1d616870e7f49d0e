"""The web application: routes, headers and problems put together; `vonk serve` and the tests make one."""

from fastapi import FastAPI
from opentelemetry.trace import TracerProvider
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import problems
from api.dependencies import Service
from api.http.door import Door
from api.http.headers import OnEveryResponse
from api.http.methods import Methods
from api.http.observed import Observed
from api.http.rates import Rates
from api.http.routing import Directory
from api.http.telemetry import Traced
from api.routes import (
    account_pages,
    accounts,
    advisers,
    candidates,
    cards,
    coaching,
    description,
    drafts,
    health,
    identities,
    introductions,
    metrics,
    organisations,
    other_provider,
    pages,
    passkeys,
    placements,
    rankings,
    record,
    signing_in,
    tokens,
    vacancies,
)

_SUBJECTS = (
    candidates,
    identities,
    cards,
    vacancies,
    drafts,
    rankings,
    advisers,
    introductions,
    placements,
    coaching,
    record,
    accounts,
    tokens,
    organisations,
)


def create_app(service: Service, traces: TracerProvider | None = None) -> FastAPI:
    """The application on a service that was opened; it starts nothing by itself."""
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # it would write down paths and queries
    )
    app.state.service = service
    app.state.directory = Directory(app)
    app.state.rates = Rates(service.settings)
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(description.router, prefix="/v1")
    for subject in _SUBJECTS:
        app.include_router(subject.router, prefix="/v1")
    app.include_router(pages.router)
    app.include_router(signing_in.router)
    app.include_router(other_provider.router)
    app.include_router(account_pages.router)
    app.include_router(passkeys.router)
    problems.add_handlers(app)
    _surround(app, service, traces)
    return app


def _surround(app: FastAPI, service: Service, traces: TracerProvider | None) -> None:
    """What every request passes, from the inside out."""
    settings = service.settings
    app.add_middleware(Door, settings=settings, serves=app)
    app.add_middleware(Methods, serves=app)
    app.add_middleware(OnEveryResponse, settings=settings)
    app.add_middleware(Observed, serves=app)
    if traces is not None:
        app.add_middleware(Traced, serves=app, provider=traces)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=settings.trusted_proxies)
