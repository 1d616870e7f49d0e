"""What routes are given: the service that was opened at the start, a session that reads, and whether it may be seen."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Annotated

import sqlalchemy as sa
from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlmodel import Session

from api.http.under_limits import GivenUp, given_up
from api.languages import language_of
from api.policies import Denied, Facts, Policy, everybody
from matching.clock import now
from matching.current import CurrentRanker
from matching.database import session_scope
from matching.errors import NotFound
from matching.keeper import Keeper, open_keeper
from matching.ranking import Ranker
from matching.settings import Settings
from matching.tables import metadata


@dataclass(frozen=True)
class Service:
    """What is opened once, when the server starts; rankings follow what changes afterwards."""

    settings: Settings
    engine: Engine
    listens_on: str  # the address, as a number
    keeper: Keeper
    current: CurrentRanker
    opened_at: datetime
    sources_at_start: frozenset[str]
    stopping: Event = field(default_factory=Event)  # set when the server was told to stop

    @property
    def ranker(self) -> Ranker:
        """The ranker of this moment."""
        return self.current.get()

    def facts(self, session: Session) -> Facts:
        """What the policies go by now; whoever was in the database at the start still counts."""
        return Facts(self.settings.env, self.listens_on, sources_of(session) | self.sources_at_start)


def open_service(settings: Settings, engine: Engine, *, listens_on: str) -> Service:
    """Open the pool on the day of the clock, and follow its changes. Raises as `open_keeper` does."""
    with session_scope(engine, read_only=True) as session:
        sources = sources_of(session)
    keeper = open_keeper(engine, settings)
    return Service(settings, engine, listens_on, keeper, CurrentRanker(keeper), now(settings), sources)


def sources_of(session: Session) -> frozenset[str]:
    """Where the candidates and vacancies in the database come from; "" where that was not said."""
    tables = [metadata.tables[name].c for name in ("candidates", "vacancies")]
    return frozenset(session.connection().scalars(sa.union(*(sa.select(one.source) for one in tables))))


def get_service(request: Request) -> Service:
    """The service of this app."""
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(get_service)]


def get_session(service: ServiceDep) -> Iterator[Session]:
    """One transaction that reads, for the whole of a request: what is allowed and what is shown are of one moment."""
    with session_scope(service.engine, read_only=True) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session, scope="function")]


def get_writing_session(request: Request, service: ServiceDep) -> Iterator[Session]:
    """One transaction that writes, for the whole of a request; it is committed before the answer is sent.

    Where who asked was told meanwhile that it took too long, it is rolled back.
    """
    with session_scope(service.engine) as session:
        yield session
        if given_up(request):
            raise GivenUp


WritingSessionDep = Annotated[Session, Depends(get_writing_session, scope="function")]
LanguageDep = Annotated[str, Depends(language_of)]


class Public:
    """For a route that everybody may see; it asks the database nothing, so that it answers also without one."""

    policy: Policy = staticmethod(everybody)

    def __call__(self) -> None:
        """Allow."""


@dataclass(frozen=True)
class Needs:
    """For a route that a policy decides on; what is denied does not exist for who asks (404)."""

    policy: Policy

    def __call__(self, service: ServiceDep, session: SessionDep) -> None:
        """Allow, or raise NotFound (`page.closed`), which does not tell the reason."""
        if isinstance(self.policy(service.facts(session)), Denied):
            raise NotFound("page.closed")
