"""Who may see and record what of an introduction or a placement: pure functions, as in `api.policies`.

She is asked first: an introduction is hers to see once she was asked, and an employer's where it asked for her card or
she agreed.
"""

from collections.abc import Callable
from enum import StrEnum

from api.policies import coach_candidate, introduce_candidate
from api.policy_parts import Denied, acts_for, any_of, coaches, is_her, sees
from matching.actors import Role
from matching.reach import Reach
from matching.trajectories.introductions import IntroductionFacts
from matching.trajectories.placements import PlacementFacts
from matching.trajectories.terms import STEPS_OF, OutcomeKind, RecordedAs

IntroductionPolicy = Callable[[Reach, IntroductionFacts], Denied | None]
PlacementPolicy = Callable[[Reach, PlacementFacts], Denied | None]


class View(StrEnum):
    """As what an introduction is shown."""

    ADVISER = "adviser"
    COACH = "coach"
    HERS = "hers"
    EMPLOYER = "employer"


def view_of(reach: Reach, candidate_id: str, organisation_id: str | None) -> View:
    """As what one that may be seen is shown: who is a party to it sees it as that party does."""
    if candidate_id in reach.people:
        return View.HERS
    if organisation_id in reach.organisations:
        return View.EMPLOYER
    return View.ADVISER if Role.ADVISER in reach.roles else View.COACH


def read_introduction(reach: Reach, introduction: IntroductionFacts) -> Denied | None:
    """An introduction, as far as `view_of` shows it."""
    return any_of(
        sees(reach, introduction.person),
        coaches(reach, introduction.person),
        _is_hers(reach, introduction),
        _is_employers(reach, introduction),
    )


def record_in_introduction(reach: Reach, introduction: IntroductionFacts) -> Denied | None:
    """Record or correct what came of it; which steps, `recording_as` says."""
    return any_of(
        acts_for(reach, introduction.person),
        coaches(reach, introduction.person),
        _is_hers(reach, introduction),
        _is_employers(reach, introduction),
    )


def recording_as(reach: Reach, introduction: IntroductionFacts, kind: OutcomeKind) -> RecordedAs | Denied:
    """In which role a step may be recorded, or why it may not: to ask her takes the right to introduce her."""
    roles = roles_in(reach, introduction)
    role = next((one for one in roles if kind in STEPS_OF[Role(one.value)]), None)
    if role is None:
        return Denied.NOT_YOUR_STEP if roles else Denied.REACH
    if kind is OutcomeKind.ASKED:
        return introduce_candidate(reach, introduction.person) or role
    return role


def roles_in(reach: Reach, introduction: IntroductionFacts) -> tuple[RecordedAs, ...]:
    """What somebody is to an introduction; a party to it before who goes along."""
    found = []
    if _is_hers(reach, introduction) is None:
        herself = introduction.person.id in reach.herself
        found.append(RecordedAs.CANDIDATE if herself else RecordedAs.REPRESENTATIVE)
    if _is_employers(reach, introduction) is None:
        found.append(RecordedAs.EMPLOYER)
    if acts_for(reach, introduction.person) is None:
        found.append(RecordedAs.ADVISER)
    if coaches(reach, introduction.person) is None:
        found.append(RecordedAs.COACH)
    return tuple(found)


def may_tell(reach: Reach, introduction: IntroductionFacts) -> Denied | None:
    """Say that a decline has reached her: she herself, or who goes along with her."""
    roles = set(roles_in(reach, introduction)) - {RecordedAs.EMPLOYER}
    return None if roles else Denied.NOT_YOUR_STEP


def read_placement(reach: Reach, placement: PlacementFacts) -> Denied | None:
    """A placement."""
    return coach_candidate(reach, placement.person)


def change_placement(reach: Reach, placement: PlacementFacts) -> Denied | None:
    """Write in a placement."""
    return coach_candidate(reach, placement.person)


def _is_hers(reach: Reach, introduction: IntroductionFacts) -> Denied | None:
    denied = is_her(reach, introduction.person)
    return denied or (None if introduction.asked else Denied.NOT_AGREED)


def _is_employers(reach: Reach, introduction: IntroductionFacts) -> Denied | None:
    if Role.EMPLOYER not in reach.roles:
        return Denied.ROLE
    if introduction.organisation_id is None or introduction.organisation_id not in reach.organisations:
        return Denied.REACH
    return None if introduction.known_to_employer else Denied.NOT_AGREED
