"""Contact moments, pauses, legal bases and the caseload as JSON."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from api.schemas.introductions import Day, Id, Note, reasons_text
from api.schemas.ranking import Body
from api.schemas.said import ask_text
from api.wording import sentence
from matching.profiles import IN_DIGITS, ShortText
from matching.trajectories.caseload import Case, Need, Urgency
from matching.trajectories.contacts import Contact
from matching.trajectories.legal_bases import RecordedBasis
from matching.trajectories.pauses import RecordedPause
from matching.trajectories.terms import ContactBy, ContactKind, LegalBasis, OutcomeKind, PauseReason

Minutes = Annotated[int, Field(ge=0, le=600), IN_DIGITS]


class ContactCreate(Body):
    """Her coach or her buddy was in touch with her."""

    kind: ContactKind
    by: ContactBy = ContactBy.COACH
    on: Day | None = Field(default=None, description="When it was; today if left out.")
    minutes: Minutes
    next_on: Day | None = None
    note: Note | None = Field(default=None, description="Written so that she may read it.")


class ContactBody(Body):
    id: str
    kind: ContactKind
    by: ContactBy
    on: date
    minutes: int
    next_on: date | None
    note: str | None
    recorded_at: datetime


class ContactsBody(Body):
    items: list[ContactBody]
    next: str | None


class PauseCreate(Body):
    """Her trajectory stands still; also one that is over already."""

    since: Day | None = Field(default=None, description="Today if left out.")
    resumes_on: Day | None = None
    resumed_on: Day | None = None
    reason: PauseReason


class PauseChange(Body):
    """When she expects to go on, or that she did; what is left out stays."""

    since: Day | None = None
    resumes_on: Day | None = None
    resumed_on: Day | None = None
    reason: PauseReason | None = None

    @model_validator(mode="after")
    def _not_null(self) -> Self:
        for name in ("since", "reason"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        return self

    def changes(self) -> dict[str, Any]:
        """The fields that are named, with their values."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


class PauseBody(Body):
    """A pause; the reason is for her coach alone."""

    id: str
    since: date
    resumes_on: date | None
    resumed_on: date | None
    reason: PauseReason | None = None
    recorded_at: datetime
    version: int


class PausesBody(Body):
    items: list[PauseBody]
    next: str | None


class LegalBasisCreate(Body):
    """On what an organisation bases its use of her data; her agreement is apart from it."""

    organisation_id: Id
    basis: LegalBasis
    reference: ShortText
    since: Day
    until: Day | None = None


class LegalBasisBody(Body):
    id: str
    organisation_id: str
    basis: LegalBasis
    reference: str
    since: date
    until: date | None
    recorded_at: datetime


class LegalBasesBody(Body):
    items: list[LegalBasisBody]
    next: str | None


class NeedBody(Body):
    """One thing that needs attention."""

    code: str
    urgency: str
    values: dict[str, Any]
    text: str
    due_on: date | None
    introduction_id: str | None = None
    placement_id: str | None = None


class CaseBody(Body):
    """Somebody of the caseload; without reasons all is well."""

    candidate_id: str
    urgency: str
    reasons: list[NeedBody]
    last_contact_on: date | None
    next_contact_on: date | None
    at_work_since: date | None
    paused: bool


class CaseloadBody(Body):
    """The people of a caseload, the most urgent first."""

    items: list[CaseBody]
    next: str | None


_FINE = "fine"


def contact_body(one: Contact) -> ContactBody:
    """The body of a contact moment."""
    return ContactBody(**vars(one))


def pause_body(one: RecordedPause, *, with_reason: bool) -> PauseBody:
    """The body of a pause."""
    values = dict(vars(one))
    if not with_reason:
        del values["reason"]
    return PauseBody(**values)


def basis_body(one: RecordedBasis) -> LegalBasisBody:
    """The body of a legal basis."""
    return LegalBasisBody(**vars(one))


def case_body(case: Case, locale: str) -> CaseBody:
    """The body of somebody of a caseload, in a language."""
    return CaseBody(
        candidate_id=case.candidate_id,
        urgency=_urgency(case.needs[0]) if case.needs else _FINE,
        reasons=[_need_body(need, locale) for need in case.needs],
        last_contact_on=case.last_contact_on,
        next_contact_on=case.next_contact_on,
        at_work_since=case.at_work_since,
        paused=case.paused,
    )


def _urgency(need: Need) -> str:
    return Urgency(need.urgency).name.lower()


def _need_body(need: Need, locale: str) -> NeedBody:
    said = dict(need.values)
    if need.due_on is not None:
        said["due"] = need.due_on
    if need.code == "decline_untold":
        said["reasons"] = reasons_text(locale, OutcomeKind.EMPLOYER_DECLINED, tuple(need.values["reasons"]))
    if need.code == "question":
        said["question"] = ask_text(locale, need.values["field"])
    body: dict[str, Any] = {
        "code": need.code,
        "urgency": _urgency(need),
        "values": dict(need.values),
        "text": sentence(locale, f"caseload.{need.code}", said),
        "due_on": need.due_on,
    }
    for name in ("introduction_id", "placement_id"):
        if getattr(need, name) is not None:
            body[name] = getattr(need, name)
    return NeedBody(**body)
