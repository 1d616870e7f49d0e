"""The closed lists of a trajectory, and whose each step is; for the tables, this package and the schemas."""

from collections.abc import Mapping
from enum import StrEnum

from matching.actors import Role
from scoring.terms import EndReason

WEEKS = (4, 13, 26, 52)  # at which is asked whether she is still there


class OutcomeKind(StrEnum):
    """A dated fact of one introduction (`domain.md`, fixed list); in the order that they have on one day."""

    ASKED = "asked"
    CANDIDATE_AGREED = "candidate_agreed"
    NO_SHOW = "no_show"
    INTERVIEWED = "interviewed"
    TRIAL_DAY = "trial_day"
    OFFER_MADE = "offer_made"
    TRIAL_STARTED = "trial_started"
    TRIAL_ENDED = "trial_ended"
    STARTED = "started"
    HOURS_CHANGED = "hours_changed"
    CONTRACT_EXTENDED = "contract_extended"
    CONTRACT_PERMANENT = "contract_permanent"
    PAUSED = "paused"
    RESUMED = "resumed"
    PRESENT = "present"
    CANDIDATE_DECLINED = "candidate_declined"
    OFFER_DECLINED = "offer_declined"
    EMPLOYER_DECLINED = "employer_declined"
    EXPIRED = "expired"
    AGREEMENT_WITHDRAWN = "agreement_withdrawn"
    MOVED_ON = "moved_on"
    ENDED = "ended"


ORDER_ON_A_DAY = {kind: number for number, kind in enumerate(OutcomeKind)}
CLOSING = frozenset(
    {
        OutcomeKind.CANDIDATE_DECLINED,
        OutcomeKind.OFFER_DECLINED,
        OutcomeKind.EMPLOYER_DECLINED,
        OutcomeKind.EXPIRED,
        OutcomeKind.AGREEMENT_WITHDRAWN,
        OutcomeKind.STARTED,
        OutcomeKind.MOVED_ON,
        OutcomeKind.ENDED,
    }
)  # after any of these an introduction asks for no answer any more


class CandidateReason(StrEnum):
    """Why she says no."""

    TRAVEL = "travel"
    HOURS = "hours"
    WORK_CONTENT = "work_content"
    SETTING = "setting"
    INCOME_OR_BENEFIT = "income_or_benefit"
    TIMING = "timing"
    PREFERS_OTHER = "prefers_other"
    NO_REASON = "no_reason"


class EmployerReason(StrEnum):
    """Why an employer says no."""

    NO_REPLY = "no_reply"
    POSITION_FILLED = "position_filled"
    WITHDRAWN = "withdrawn"
    SKILLS_FOR_TASK = "skills_for_task"
    HOURS = "hours"
    SUPPORT_NOT_ARRANGED = "support_not_arranged"
    OTHER = "other"


REASONS: Mapping[OutcomeKind, type[StrEnum]] = {
    OutcomeKind.CANDIDATE_DECLINED: CandidateReason,
    OutcomeKind.OFFER_DECLINED: CandidateReason,
    OutcomeKind.AGREEMENT_WITHDRAWN: CandidateReason,
    OutcomeKind.EMPLOYER_DECLINED: EmployerReason,
    OutcomeKind.TRIAL_ENDED: EndReason,
    OutcomeKind.MOVED_ON: EndReason,
    OutcomeKind.ENDED: EndReason,
}
REASON_NEEDED = frozenset({OutcomeKind.EMPLOYER_DECLINED, OutcomeKind.ENDED})
BEFORE_SHE_IS_KNOWN = frozenset({EmployerReason.POSITION_FILLED, EmployerReason.WITHDRAWN})

_HERS = frozenset(
    {
        OutcomeKind.CANDIDATE_AGREED,
        OutcomeKind.CANDIDATE_DECLINED,
        OutcomeKind.OFFER_DECLINED,
        OutcomeKind.AGREEMENT_WITHDRAWN,
    }
)
_EMPLOYERS = frozenset(
    {
        OutcomeKind.NO_SHOW,
        OutcomeKind.INTERVIEWED,
        OutcomeKind.TRIAL_DAY,
        OutcomeKind.OFFER_MADE,
        OutcomeKind.EMPLOYER_DECLINED,
        OutcomeKind.TRIAL_STARTED,
        OutcomeKind.TRIAL_ENDED,
        OutcomeKind.STARTED,
        OutcomeKind.HOURS_CHANGED,
        OutcomeKind.CONTRACT_EXTENDED,
        OutcomeKind.CONTRACT_PERMANENT,
        OutcomeKind.PRESENT,
        OutcomeKind.ENDED,
    }
)
STEPS_OF: Mapping[Role, frozenset[OutcomeKind]] = {
    Role.ADVISER: frozenset(OutcomeKind),
    Role.COACH: frozenset(OutcomeKind),
    Role.EMPLOYER: _EMPLOYERS,
    Role.CANDIDATE: _HERS,
    Role.REPRESENTATIVE: _HERS,
}


class PlacementKind(StrEnum):
    """What kind of work it is."""

    JOB = "job"
    SECONDMENT = "secondment"
    INTERNSHIP = "internship"
    BBL = "bbl"
    WORK_EXPERIENCE = "work_experience"
    TRIAL = "trial"
    TRAINEESHIP = "traineeship"
    SCHOLARSHIP = "scholarship"


LEARNING = frozenset({PlacementKind.BBL, PlacementKind.TRAINEESHIP, PlacementKind.SCHOLARSHIP})


class PromisedBy(StrEnum):
    """Who said that they would arrange something."""

    EMPLOYER = "employer"
    COACH = "coach"
    CASEWORKER = "caseworker"
    ADVISER = "adviser"


class ContactKind(StrEnum):
    """How there was contact."""

    VISIT = "visit"  # at the work floor
    MEETING = "meeting"  # elsewhere
    PHONE = "phone"
    VIDEO = "video"
    MESSAGE = "message"


class ContactBy(StrEnum):
    """Who had the contact."""

    COACH = "coach"
    BUDDY = "buddy"


class PauseReason(StrEnum):
    """Why a trajectory stands still; without detail, and for her coach alone."""

    PERSONAL = "personal"
    CARE_FOR_OTHERS = "care_for_others"
    SCHOOL = "school"
    WAITING_FOR_SUPPORT = "waiting_for_support"
    OTHER = "other"


class LegalBasis(StrEnum):
    """On what a controller bases its use of her data (GDPR 6); her agreement is apart from it and cannot mend it."""

    PUBLIC_TASK = "public_task"
    LEGAL_OBLIGATION = "legal_obligation"
    CONTRACT = "contract"
    LEGITIMATE_INTEREST = "legitimate_interest"
    CONSENT = "consent"


class RecordedAs(StrEnum):
    """In which role a fact was recorded."""

    ADVISER = "adviser"
    COACH = "coach"
    EMPLOYER = "employer"
    CANDIDATE = "candidate"
    REPRESENTATIVE = "representative"
    SYSTEM = "system"
