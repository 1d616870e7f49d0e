"""Routes that do what routes do (create, read, change, list, wait), on a real table; for the tests of HTTP itself.

As a program (`python -m tests.api.http.things`) it serves them, and all of Vonk's own, as `vonk serve` would.
"""

import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Depends, FastAPI, File, Header, Query, Request, Response
from fastapi import Path as Path_
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Engine
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.app import create_app
from api.dependencies import Public, Service, ServiceDep, SessionDep, open_service
from api.http import callers, logs
from api.http.etags import NOT_MODIFIED, IfMatchDep, answer_with_version
from api.http.idempotency import ONCE
from api.http.paging import Page, PagingDep
from api.http.routing import api_router
from matching.database import session_scope
from matching.errors import Conflict, FieldProblem, Invalid, NotFound, Refused
from matching.settings import Settings
from matching.tables import metadata
from matching.tables.base import new_id

Version = Annotated[int, Path_(ge=1, le=1_000_000)]
KEPT = metadata.tables["organisations"]


class Part(BaseModel):
    hours: int = Field(ge=1, le=40)
    ratio: float = Field(default=0.0, ge=0, le=1)


class ThingIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    parts: list[Part] = Field(default=[], max_length=3)
    anything: Any = None


class ThingOut(BaseModel):
    id: str = Field(max_length=16)
    name: str = Field(max_length=80)


def who(request: Request, authorization: Annotated[str | None, Header(max_length=100)] = None) -> None:
    """Stands in for signing in: the token is the account."""
    if authorization == "Bearer nobody":
        callers.stranger(request)
        raise Refused("page.closed")
    if authorization:
        callers.known(request, authorization.removeprefix("Bearer "))


router = api_router(dependencies=[Depends(Public()), Depends(who)])
released = threading.Event()


@router.post("/things", status_code=201, dependencies=[ONCE])
def make(body: ThingIn, request: Request, session: SessionDep, response: Response) -> ThingOut:
    identifier = new_id("o")
    session.connection().execute(sa.insert(KEPT), stored(identifier, body.name))
    if request.headers.get("x-die") == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    if body.name == "fails afterwards":
        raise Conflict("vacancy.taken")
    response.headers["Location"] = f"/v1/things/{identifier}"
    return ThingOut(id=identifier, name=body.name)


@router.get("/things")
def many(session: SessionDep, paging: PagingDep, kind: Annotated[str, Query(max_length=9)] = "wsp") -> Page[ThingOut]:
    query = sa.select(KEPT.c.name, KEPT.c.id).where(KEPT.c.kind == kind).order_by(KEPT.c.name, KEPT.c.id)
    if paging.after is not None:
        name, identifier = paging.after
        query = query.where(sa.tuple_(KEPT.c.name, KEPT.c.id) > sa.tuple_(sa.literal(name), sa.literal(identifier)))
    rows, following = paging.page(
        session.connection().execute(query.limit(paging.limit + 1)).all(), lambda row: (row.name, row.id)
    )
    return Page(items=[ThingOut(id=row.id, name=row.name) for row in rows], next=following)


@router.get("/versions/{version}", responses={**NOT_MODIFIED})
def versioned(version: Version, request: Request, response: Response) -> dict[str, int]:
    answer_with_version(request, response, version)
    return {"version": version}


@router.patch("/versions/{version}")
def change(version: Version, body: ThingIn, if_match: IfMatchDep) -> dict[str, str]:
    if_match.require(version)
    return {"name": body.name}


@router.post("/files", dependencies=[ONCE])
async def upload(request: Request, file: Annotated[bytes, File()]) -> dict[str, int]:
    return {"n": len(file)}


@router.get("/raises/{what}")
def fail(what: Annotated[str, Path_(max_length=40)], session: SessionDep) -> None:
    match what:
        case "invalid":
            raise Invalid(
                "profile.not_accepted",
                problems=(FieldProblem("hours.min", "number.out_of_range"), FieldProblem("tasks.0", "text.nul")),
            )
        case "gone":
            raise NotFound("vacancy.unknown", id="v_1")
        case "wrong":
            session.connection().execute(sa.text("SELECT secret_marker FROM nowhere"))
    raise ValueError(f"a marker of {what}: Zwaantje")


@router.get("/waits")
def slow(service: ServiceDep) -> dict[str, str]:
    """Waits until it is released: by the event in the tests' own process, by a file in another."""
    file = service.settings.data_dir / "released"
    (service.settings.data_dir / "waiting").touch()
    until = time.monotonic() + 60
    while not released.wait(0.01) and not file.exists() and time.monotonic() < until:
        pass
    return {"status": "ok"}


@router.post("/slow-things")
def make_slowly(body: ThingIn, session: SessionDep) -> None:
    session.connection().execute(sa.insert(KEPT), stored(new_id("o"), body.name))
    assert released.wait(60)


@router.post("/sessions", dependencies=[Depends(callers.sign_in_limit)])
def sign_in() -> dict[str, str]:
    return {"status": "ok"}


class Mortal:
    """Ends the process at once when an answer is about to be sent, after the commit, where a request says so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_or_die(message: Message) -> None:
            if (b"x-die", b"after") in scope["headers"]:
                os.kill(os.getpid(), signal.SIGKILL)
            await send(message)

        await self.app(scope, receive, send_or_die if scope["type"] == "http" else send)


def with_things(app: FastAPI) -> FastAPI:
    app.include_router(router, prefix="/v1")
    return app


def bare_service(engine: Engine, data_dir: Path, **settings: Any) -> Service:
    """A service on a database without a pool, for routes that rank nobody."""
    made = Settings(data_dir=data_dir, **settings)
    return Service(made, engine, "127.0.0.1", None, None, None)  # type: ignore[arg-type]


def client_of(service: Service, host: str = "127.0.0.1", **options: Any) -> TestClient:
    return TestClient(
        with_things(create_app(service)), base_url="http://127.0.0.1:8000", client=(host, 50_000), **options
    )


def stored(identifier: str, name: str) -> dict[str, str]:
    """A row; the table has each name once, which is not what these tests are about."""
    return {"id": identifier, "kind": "wsp", "name": f"{name}#{identifier}"}


def names(engine: Engine) -> list[str]:
    with session_scope(engine, read_only=True) as session:
        return sorted(name.partition("#")[0] for name in session.connection().scalars(sa.select(KEPT.c.name)))


def serve() -> None:
    from api.commands.prepare import prepare
    from api.commands.serving import run

    settings = Settings()
    logs.set_up(settings)
    engine = prepare(settings)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        service = open_service(settings, engine, listens_on="127.0.0.1")
        app = with_things(create_app(service))
        app.add_middleware(Mortal)
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        run(app, service, listener)
    service.keeper.close()
    engine.dispose()


if __name__ == "__main__":
    serve()
