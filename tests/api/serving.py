"""A real app on a real database with a small made-up world, and the routes that it has; for the tests of serving."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import _IncludedRouter
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.testclient import TestClient

from api.app import create_app
from api.dependencies import Service, open_service
from matching.accounts import create_account, grant
from matching.actors import Grant, Role, Scope
from matching.clock import now
from matching.database import session_scope
from matching.settings import Settings
from matching.tokens import create_token

LOOPBACK = "127.0.0.1"
EVERYWHERE = Grant(Role.ADVISER)


@dataclass(frozen=True)
class Served:
    """An app, its service, and a client that asks as an adviser of the whole country."""

    app: FastAPI
    service: Service
    client: TestClient

    @property
    def nobody(self) -> TestClient:
        """Who is not signed in."""
        return _client(self.app)

    def signed_in(
        self, *grants: Grant, known_as: str | None = None, scopes: Collection[Scope] = tuple(Scope)
    ) -> TestClient:
        """Another account, by a token of its own."""
        with session_scope(self.service.engine) as session:
            _, token = account_with_token(session, self.service.settings, *grants, known_as=known_as, scopes=scopes)
        return _client(self.app, token)


def _client(app: FastAPI, token: str | None = None) -> TestClient:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return TestClient(app, base_url="http://127.0.0.1:8000", headers=headers, follow_redirects=False)


def account_with_token(
    session: Session,
    settings: Settings,
    *grants: Grant,
    known_as: str | None = None,
    scopes: Collection[Scope] = tuple(Scope),
) -> tuple[str, str]:
    """A new account with these grants: its id and a token."""
    moment = now(settings)
    account = create_account(session, now=moment, known_as=known_as)
    for one in grants:
        grant(session, account, one, now=moment)
    return account, create_token(session, account, "test", scopes=scopes, days=30, now=moment)[1]


def served(settings: Settings, engine: Engine, listens_on: str = LOOPBACK) -> Served:
    """A service on a database, and an adviser who sees all of it."""
    with session_scope(engine) as session:
        _, token = account_with_token(session, settings, EVERYWHERE)
    return of_service(open_service(settings, engine, listens_on=listens_on), token)


def of_service(service: Service, token: str | None = None) -> Served:
    app = create_app(service)
    return Served(app, service, _client(app, token))


def routes_of(routes: Any) -> Iterator[Any]:
    """Every route of an app, those of included routers as they are in force."""
    for route in routes:
        if isinstance(route, _IncludedRouter):
            yield from routes_of(route.effective_candidates())
            yield from route.effective_low_priority_routes()
        else:
            yield route
