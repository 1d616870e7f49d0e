"""What routes are given: the service, a transaction, who asks, and whether she may (policies are asked here alone)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Request
from sqlalchemy import Engine
from sqlmodel import Session

from api.auth import SAFE_METHODS, NotSignedIn, is_to_be_noticed, notice, who_asks
from api.counts import Told
from api.http.callers import known, stranger
from api.http.under_limits import GivenUp, given_up
from api.languages import language_of
from api.pages.who import who_is
from api.policies import CandidatePolicy, Policy, VacancyPolicy, is_loopback
from api.policy_parts import TOLD, Denied
from matching.actors import Actor, Grant, Scope
from matching.clock import date_of, now
from matching.current import CurrentRanker
from matching.database import is_read_only, session_scope
from matching.errors import NotFound, Refused
from matching.facts import CandidateFacts, VacancyFacts, candidate_facts, vacancy_facts
from matching.keeper import Keeper, open_keeper
from matching.made_up import only_made_up
from matching.reach import Reach, reach_of
from matching.record import Entry, RecordKind, record_all
from matching.record.together import Also, TogetherRecorder
from matching.record.writing import Detail
from matching.settings import Settings
from matching.tables.base import ID_LENGTH
from matching.under_way import REQUEST_ID

F = TypeVar("F", bound=Callable[..., Any])
_READS = "only_reads"
_TRAIL = "trail"


@dataclass(frozen=True)
class Service:
    """What is opened once, when the server starts; rankings follow what changes afterwards."""

    settings: Settings
    engine: Engine
    listens_on: str  # the address, as a number
    keeper: Keeper
    current: CurrentRanker
    recorder: TogetherRecorder
    is_demo: bool = False  # begun to show a made-up world
    told: Told = field(default_factory=Told)
    stopping: Event = field(default_factory=Event)  # set when the server was told to stop


def open_service(settings: Settings, engine: Engine, *, listens_on: str, is_demo: bool = False) -> Service:
    """Open the pool on the day of the clock, and follow its changes. Raises as `open_keeper` does."""
    keeper = open_keeper(engine, settings)
    recorder = TogetherRecorder(engine)
    return Service(settings, engine, listens_on, keeper, CurrentRanker(keeper), recorder, is_demo)


def lets_look_along(service: Service, session: Session) -> bool:
    """Whether anybody may look along as a made-up account: a demo, in development, on this machine, nothing real."""
    here = service.settings.env == "development" and is_loopback(service.listens_on)
    return service.is_demo and here and only_made_up(session)


async def get_service(request: Request) -> Service:
    """The service of this app. Like the others that wait for nothing it is async, which spares a thread."""
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(get_service)]


def reads(endpoint: F) -> F:
    """Mark a route whose method says otherwise as one that changes nothing."""
    endpoint.__dict__[_READS] = True
    return endpoint


def get_session(request: Request, service: ServiceDep) -> Iterator[Session]:
    """One transaction for the whole of a request, committed before it is answered.

    What only reads sees one state from begin to end: what is allowed and what is shown are of one moment. What writes
    is rolled back where who asked was told meanwhile that it took too long.
    """
    only_reads = request.method in SAFE_METHODS or _READS in request.scope["endpoint"].__dict__
    with session_scope(service.engine, read_only=only_reads) as session:
        yield session
        if not only_reads and given_up(request):
            raise GivenUp


async def get_moment(service: ServiceDep) -> datetime:
    """The now of a request: the same from begin to end."""
    return now(service.settings)


async def get_language(request: Request) -> str:
    """The language of the answer."""
    return language_of(request)


SessionDep = Annotated[Session, Depends(get_session, scope="function")]
MomentDep = Annotated[datetime, Depends(get_moment)]
LanguageDep = Annotated[str, Depends(get_language)]

_ID = {"pattern": "^[a-z0-9_]+$", "max_length": ID_LENGTH}
VacancyId = Annotated[str, Path(alias="vacancyId", **_ID)]
CandidateId = Annotated[str, Path(alias="candidateId", **_ID)]


def get_reach(request: Request, service: ServiceDep, session: SessionDep, moment: MomentDep) -> Reach:
    """Who asks, and how far she reaches. Raises NotSignedIn, Refused (`auth.other_site`), and for too many requests."""
    try:
        actor = who_asks(request, session, now=moment)
    except NotSignedIn:
        stranger(request)
        raise
    known(request, actor.account_id)
    if is_to_be_noticed(request, session, now=moment):
        if is_read_only(session):
            with session_scope(service.engine) as writing:
                notice(request, writing, now=moment)
        else:
            notice(request, session, now=moment)
    request.state.who = who_is(request, session, actor)
    return reach_of(actor, service.current.neighbours())


ReachDep = Annotated[Reach, Depends(get_reach)]


class Public:
    """For a route that everybody may see; it asks the database nothing, so that it answers also without one."""

    async def __call__(self) -> None:
        """Allow."""


@dataclass(frozen=True)
class Needs:
    """For a route that a policy decides on by who asks alone. `scope`: what a token needs, by default by the method."""

    policy: Policy
    scope: Scope | None = None

    async def __call__(self, request: Request, reach: ReachDep) -> Reach:
        """Allow; or raise Refused (`auth.scope`), or NotFound (`page.closed`), which does not tell the reason."""
        check_scope(request, reach, self.scope)
        if self.policy(reach) is not None:
            raise NotFound("page.closed")
        return reach


@dataclass(frozen=True)
class NeedsCandidate:
    """For a route about one candidate; gives where she belongs."""

    policy: CandidatePolicy
    scope: Scope | None = None

    def __call__(
        self, request: Request, candidate_id: CandidateId, reach: ReachDep, session: SessionDep, moment: MomentDep
    ) -> CandidateFacts:
        """Allow, or raise as for somebody who is not there; what is TOLD is refused with the reason."""
        check_scope(request, reach, self.scope)
        facts = candidate_facts(session, candidate_id, date_of(moment))
        tell(self.policy(reach, facts), NotFound("candidate.unknown", id=candidate_id))
        return facts


@dataclass(frozen=True)
class NeedsVacancy:
    """For a route about one vacancy; gives where it belongs."""

    policy: VacancyPolicy
    scope: Scope | None = None

    def __call__(self, request: Request, vacancy_id: VacancyId, reach: ReachDep, session: SessionDep) -> VacancyFacts:
        """Allow, or raise as for a vacancy that is not there; what is TOLD is refused with the reason."""
        check_scope(request, reach, self.scope)
        facts = vacancy_facts(session, vacancy_id)
        tell(self.policy(reach, facts), NotFound("vacancy.unknown", id=vacancy_id))
        return facts


@dataclass(frozen=True)
class NeedsPair:
    """For a route about one candidate and one vacancy; both have to be allowed, by one of several pairs of policies."""

    policies: tuple[tuple[VacancyPolicy, CandidatePolicy], ...]
    scope: Scope | None = None

    def __call__(
        self,
        request: Request,
        vacancy_id: VacancyId,
        candidate_id: CandidateId,
        reach: ReachDep,
        session: SessionDep,
        moment: MomentDep,
    ) -> tuple[VacancyFacts, CandidateFacts]:
        """Allow, or raise as for what is not there: the vacancy first."""
        check_scope(request, reach, self.scope)
        vacancy = vacancy_facts(session, vacancy_id)
        answers = [(of_vacancy(reach, vacancy), of_person) for of_vacancy, of_person in self.policies]
        if all(answer is not None for answer, _ in answers):
            raise NotFound("vacancy.unknown", id=vacancy_id)
        person = candidate_facts(session, candidate_id, date_of(moment))
        denied = [of_person(reach, person) for answer, of_person in answers if answer is None]
        if None not in denied:
            tell(denied[0], NotFound("candidate.unknown", id=candidate_id))
        return vacancy, person


def check_scope(request: Request, reach: Reach, scope: Scope | None = None) -> None:
    """Raise Refused (`auth.scope`) where a token does not have what this asks: by the method, where not said."""
    asked = scope or (Scope.READ if request.method in SAFE_METHODS else Scope.WRITE)
    if not reach.actor.may(asked):
        raise Refused("auth.scope", scope=asked.value)


def tell(denied: Denied | None, unknown: NotFound) -> None:
    """Raise Refused with the reason where it may be told, else what is raised for a thing that is not there."""
    if denied in TOLD:
        raise Refused(f"denied.{denied}")
    if denied is not None:
        raise unknown


class Trail:
    """What a request has to leave in the record; with what it changes where it writes, else before it is answered."""

    def __init__(self, session: Session, actor: Actor, moment: datetime) -> None:
        self._session, self._actor, self._moment = session, actor, moment
        self.waiting: list[Entry] = []
        self.also: list[Also] = []
        self.about_candidate: str | None = None  # of whom this request is, where it is of one person

    def note(
        self,
        kind: RecordKind,
        *,
        about_candidate: str | None = None,
        about: str | None = None,
        details: Mapping[str, Detail] | None = None,
        shown: Sequence[str] = (),
        grant: Grant | None = None,
    ) -> None:
        """Leave an entry: codes and numbers alone, `shown` the ids of people in the order of their ranks.

        `grant`: as what she acted, where that is certain; else it is the first that she was given.
        """
        self.about_candidate = about_candidate or self.about_candidate
        entry = Entry(
            kind,
            self._actor,
            grant,
            about_candidate=about_candidate,
            about=about,
            request_id=REQUEST_ID.get(),
            details=details or {},
            shown=shown,
        )
        if is_read_only(self._session):
            self.waiting.append(entry)
        else:
            record_all(self._session, [entry], now=self._moment)

    def keep(self, write: Also) -> None:
        """Have something written with the trail: now where the request writes, else before it is answered."""
        if is_read_only(self._session):
            self.also.append(write)
        else:
            write(self._session)


def get_trail(
    request: Request, service: ServiceDep, session: SessionDep, reach: ReachDep, moment: MomentDep
) -> Iterator[Trail]:
    """The trail of a request. What is shown is shown once the record has it: where that fails, nothing is."""
    trail = Trail(session, reach.actor, moment)
    setattr(request.state, _TRAIL, trail)
    yield trail
    if trail.waiting:
        service.recorder.write(trail.waiting, now=moment, also=trail.also)


TrailDep = Annotated[Trail, Depends(get_trail, scope="function")]


def person_of(request: Request) -> str | None:
    """The person whom a request was about, by what it left in the record; None where it was about no one person."""
    trail: Trail | None = getattr(request.state, _TRAIL, None)
    return None if trail is None else trail.about_candidate
