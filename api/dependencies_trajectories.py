"""What routes of trajectories are given: an introduction or a placement that may be seen, a pair that may be made."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Request

from api.dependencies import MomentDep, ReachDep, SessionDep, check_scope, tell
from api.policies import coach_candidate, introduce_candidate, read_vacancy
from api.policies_trajectories import (
    IntroductionPolicy,
    PlacementPolicy,
    may_tell,
    recording_as,
)
from api.policy_parts import Denied
from api.schemas.introductions import IntroductionCreate
from api.schemas.placements import PlacementCreate
from matching.actors import Role, Scope
from matching.cards import resolve_card
from matching.clock import date_of
from matching.errors import NotFound
from matching.facts import CandidateFacts, VacancyFacts, candidate_facts, vacancy_facts
from matching.reach import Reach
from matching.tables.base import ID_LENGTH
from matching.trajectories.introductions import By, IntroductionFacts, introduction_facts
from matching.trajectories.placements import PlacementFacts, placement_facts
from matching.trajectories.terms import OutcomeKind, RecordedAs

_ID = {"pattern": "^[a-z0-9_]+$", "max_length": ID_LENGTH}
IntroductionId = Annotated[str, Path(alias="introductionId", **_ID)]
OutcomeId = Annotated[str, Path(alias="outcomeId", **_ID)]
PlacementId = Annotated[str, Path(alias="placementId", **_ID)]
PauseId = Annotated[str, Path(alias="pauseId", **_ID)]


@dataclass(frozen=True)
class NeedsIntroduction:
    """For a route about one introduction; gives whose it is."""

    policy: IntroductionPolicy
    scope: Scope | None = None

    def __call__(
        self, request: Request, introduction_id: IntroductionId, reach: ReachDep, session: SessionDep, moment: MomentDep
    ) -> IntroductionFacts:
        """Allow, or raise as for an introduction that is not there; what is TOLD is refused with the reason."""
        check_scope(request, reach, self.scope)
        facts = introduction_facts(session, introduction_id, date_of(moment))
        tell(self.policy(reach, facts), NotFound("introduction.unknown", id=introduction_id))
        return facts


@dataclass(frozen=True)
class NeedsPlacement:
    """For a route about one placement; gives whose it is."""

    policy: PlacementPolicy
    scope: Scope | None = None

    def __call__(
        self, request: Request, placement_id: PlacementId, reach: ReachDep, session: SessionDep, moment: MomentDep
    ) -> PlacementFacts:
        """Allow, or raise as for a placement that is not there; what is TOLD is refused with the reason."""
        check_scope(request, reach, self.scope)
        facts = placement_facts(session, placement_id, date_of(moment))
        tell(self.policy(reach, facts), NotFound("placement.unknown", id=placement_id))
        return facts


@dataclass(frozen=True)
class NewIntroduction:
    """A pair that may be brought together, and by whom; `card_id` where an employer asks for one of its cards."""

    person: CandidateFacts
    vacancy: VacancyFacts
    by: By
    card_id: str | None


@dataclass(frozen=True)
class NeedsNewIntroduction:
    """For the route that makes an introduction: an adviser names a candidate, an employer one of its cards."""

    scope: Scope | None = None

    def __call__(
        self, request: Request, body: IntroductionCreate, reach: ReachDep, session: SessionDep, moment: MomentDep
    ) -> NewIntroduction:
        """Allow, or raise as for what is not there; what is TOLD is refused with the reason."""
        check_scope(request, reach, self.scope)
        vacancy = vacancy_facts(session, body.vacancy_id)
        unknown = NotFound("vacancy.unknown", id=body.vacancy_id)
        if body.card_id is not None:
            if vacancy.organisation_id is None or vacancy.organisation_id not in reach.organisations:
                raise unknown
            candidate_id, of_vacancy = resolve_card(session, [vacancy.organisation_id], body.card_id)
            if of_vacancy != vacancy.id:
                raise NotFound("card.unknown", id=body.card_id)
            person = candidate_facts(session, candidate_id, date_of(moment))
            return NewIntroduction(person, vacancy, _by(reach, RecordedAs.EMPLOYER), body.card_id)
        tell(read_vacancy(reach, vacancy), unknown)
        candidate_id = body.candidate_id or ""
        person = candidate_facts(session, candidate_id, date_of(moment))
        tell(introduce_candidate(reach, person), NotFound("candidate.unknown", id=candidate_id))
        role = RecordedAs.ADVISER if Role.ADVISER in reach.roles else RecordedAs.COACH
        return NewIntroduction(person, vacancy, _by(reach, role), None)


@dataclass(frozen=True)
class NeedsNewPlacement:
    """For the route that puts a placement on record; gives where the candidate belongs whom it names."""

    scope: Scope | None = None

    def __call__(
        self, request: Request, body: PlacementCreate, reach: ReachDep, session: SessionDep, moment: MomentDep
    ) -> CandidateFacts:
        """Allow, or raise as for somebody who is not there."""
        check_scope(request, reach, self.scope)
        person = candidate_facts(session, body.candidate_id, date_of(moment))
        tell(coach_candidate(reach, person), NotFound("candidate.unknown", id=body.candidate_id))
        return person


def recorder(reach: Reach, facts: IntroductionFacts, kind: OutcomeKind) -> By:
    """Who records a step, in which role. Raises Refused or NotFound where the step is not hers to record."""
    role = recording_as(reach, facts, kind)
    if isinstance(role, Denied):
        tell(role, NotFound("introduction.unknown", id=facts.id))
        raise NotFound("introduction.unknown", id=facts.id)
    return _by(reach, role)


def teller(reach: Reach, facts: IntroductionFacts) -> None:
    """Raise Refused where somebody may not say that a decline has reached her."""
    tell(may_tell(reach, facts), NotFound("introduction.unknown", id=facts.id))


def _by(reach: Reach, role: RecordedAs) -> By:
    return By(reach.actor.account_id, role)
