"""Introductions and their outcomes as JSON: what each party to one may say, and what each gets to see."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from api.policies_trajectories import View
from api.schemas.ranking import Body
from api.wording import listed, sentence
from matching.profiles import A_DAY, IN_DIGITS, ShortText, Words, YesNo
from matching.tables.base import ID_LENGTH
from matching.tables.pairs import CARD_LENGTH
from matching.trajectories.notes import NOTE_LENGTH
from matching.trajectories.reading import Introduction, Outcome
from matching.trajectories.steps import REQUESTED
from matching.trajectories.terms import REASONS, OutcomeKind, RecordedAs

CLOSED = "closed"  # all that an employer hears where she did not agree, or no longer does

Id = Annotated[str, Field(pattern="^[a-z0-9_]+$", max_length=ID_LENGTH)]
CardId = Annotated[str, Field(pattern="^[A-Za-z0-9_.-]+$", max_length=CARD_LENGTH)]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31)), A_DAY]
Note = Annotated[Words, Field(max_length=NOTE_LENGTH)]
Week = Annotated[int, Field(ge=1, le=52, description="4, 13, 26 or 52; of `present` alone."), IN_DIGITS]
Reasons = Annotated[list[Annotated[str, Field(max_length=24)]], Field(max_length=13)]


class IntroductionCreate(Body):
    """An adviser names a candidate, who then is asked; an employer names a card that it was shown."""

    vacancy_id: Id
    candidate_id: Id | None = None
    card_id: CardId | None = None
    asked_on: Day | None = Field(default=None, description="When she was asked; today if left out.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.candidate_id is None) == (self.card_id is None):
            raise ValueError("either candidateId or cardId is needed")
        if self.card_id is not None and self.asked_on is not None:
            raise ValueError("askedOn does not go with cardId: nobody asked her yet")
        return self


class OutcomeCreate(Body):
    """A dated fact; `purpose` and `until` are of an agreement."""

    kind: OutcomeKind
    on: Day | None = Field(default=None, description="When it was; today if left out.")
    week: Week | None = None
    reasons: Reasons = Field(default_factory=list)
    note: Note | None = Field(default=None, description="Written so that she may read it.")
    purpose: ShortText | None = None
    until: Day | None = None


class OutcomeChange(Body):
    """What is corrected; what is left out stays. `toldOn`: a decline has reached her."""

    on: Day | None = None
    week: Week | None = None
    reasons: Reasons | None = None
    note: Note | None = None
    purpose: ShortText | None = None
    until: Day | None = None
    told_on: Day | None = None
    retracted: YesNo | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("nothing is changed")
        for name in ("on", "reasons", "retracted"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise ValueError(f"{name} cannot be null")
        return self

    def changes(self) -> dict[str, Any]:
        """The fields that are named, with their values."""
        return {name: getattr(self, name) for name in sorted(self.model_fields_set)}


class OutcomeBody(Body):
    """A fact in its newest version; `earlier`: those that it took the place of, for who goes along with her."""

    id: str
    version: int
    kind: OutcomeKind
    on: date
    week: int | None
    reasons: list[str]
    text: str
    note: str | None
    note_held_back: bool
    purpose: str | None = None
    until: date | None = None
    told_on: date | None = None
    retracted: bool
    recorded_as: RecordedAs
    recorded_at: datetime
    recorded_by: str | None = None
    earlier: list["OutcomeBody"] | None = None


class AgreementBody(Body):
    """Her yes to this introduction: for what, since when, until when."""

    purpose: str
    on: date
    until: date


class DeclineBody(Body):
    """The employer's no; `tellBy`: by when it has reached her, null once it has."""

    on: date
    reasons: list[str]
    text: str
    tell_by: date | None
    told_on: date | None


class IntroductionBody(Body):
    """Where an introduction stands today. To an employer, `candidateId` is there while she agrees, and never before."""

    id: str
    vacancy_id: str
    candidate_id: str | None = None
    card_id: str | None = None
    state: str
    text: str
    since: date
    is_open: bool
    paused: bool | None = None
    awaits: str | None
    expires_on: date | None
    agreement: AgreementBody | None
    decline: DeclineBody | None = None
    outcomes: list[OutcomeBody]
    organisation_id: str | None = None
    created_at: datetime


class IntroductionsBody(Body):
    """Some of a list of introductions, and where the rest is."""

    items: list[IntroductionBody]
    next: str | None


class OutcomesBody(Body):
    """The outcomes of an introduction, by date."""

    items: list[OutcomeBody]
    next: str | None


def reasons_text(locale: str, kind: OutcomeKind, reasons: tuple[str, ...]) -> str:
    """Reasons in words: "de reis, de uren"."""
    allowed = REASONS.get(kind)
    return (
        listed(locale, [sentence(locale, f"{_FAMILY[allowed.__name__]}.{one}") for one in reasons]) if allowed else ""
    )


_FAMILY = {"CandidateReason": "her_reason", "EmployerReason": "employer_reason", "EndReason": "ending"}


def outcome_body(one: Outcome, view: View, locale: str) -> OutcomeBody:
    """A fact as somebody may see it."""
    values: dict[str, Any] = {"on": one.on} | ({} if one.week is None else {"week": one.week})
    own = view is not View.EMPLOYER or one.first_recorded_as is RecordedAs.EMPLOYER
    if one.reasons and own:
        values["reasons"] = reasons_text(locale, one.kind, one.reasons)
    body: dict[str, Any] = {
        "id": one.id,
        "version": one.version,
        "kind": one.kind,
        "on": one.on,
        "week": one.week,
        "reasons": list(one.reasons) if own else [],
        "text": sentence(locale, f"outcome.{one.kind}", values),
        "note": one.note if _may_read(one, view) else None,
        "note_held_back": one.quarantined,
        "retracted": one.retracted,
        "recorded_as": _recorded_as(one.recorded_as, view),
        "recorded_at": one.recorded_at,
    }
    if one.kind is OutcomeKind.CANDIDATE_AGREED:
        body |= {"purpose": one.purpose, "until": one.until}
    if one.kind is OutcomeKind.EMPLOYER_DECLINED and view is not View.EMPLOYER:
        body["told_on"] = one.told_on
    if view in (View.ADVISER, View.COACH):
        body |= {
            "recorded_by": one.recorded_by,
            "earlier": [outcome_body(version, view, locale) for version in one.earlier],
        }
    return OutcomeBody(**body)


def _recorded_as(role: RecordedAs, view: View) -> RecordedAs:
    """In which role: that she is represented, and so perhaps that others decide for her, is nothing for an employer."""
    return RecordedAs.CANDIDATE if view is View.EMPLOYER and role is RecordedAs.REPRESENTATIVE else role


def _may_read(one: Outcome, view: View) -> bool:
    """A note that names a trait is for who looks after it (and for who wrote it), not for her."""
    if one.quarantined:
        return view is View.ADVISER or (view is View.EMPLOYER and one.first_recorded_as is RecordedAs.EMPLOYER)
    return view is not View.EMPLOYER or one.first_recorded_as is RecordedAs.EMPLOYER


def outcome_bodies(introduction: Introduction, view: View, locale: str) -> list[OutcomeBody]:
    """The facts that somebody may see: an employer its own, and of her what follows from her agreement."""
    return [outcome_body(one, view, locale) for one in introduction.outcomes if _is_shown(introduction, one, view)]


def _is_shown(introduction: Introduction, one: Outcome, view: View) -> bool:
    if view in (View.ADVISER, View.COACH):
        return True
    if one.retracted:
        return False
    if view is View.HERS or one.first_recorded_as is RecordedAs.EMPLOYER:
        return True
    hidden = (OutcomeKind.PAUSED, OutcomeKind.RESUMED, OutcomeKind.ASKED)
    return introduction.standing.agreement is not None and one.kind not in hidden


def introduction_body(one: Introduction, view: View, locale: str) -> IntroductionBody:
    """An introduction as somebody may see it."""
    now, way = one.standing, one.standing.way
    state = _state_for_employer(one) if view is View.EMPLOYER else now.state
    body: dict[str, Any] = {
        "id": one.id,
        "vacancy_id": one.vacancy_id,
        "state": state,
        "text": sentence(locale, f"state.{state}"),
        "since": now.since,
        "is_open": now.is_open,
        "awaits": now.awaits,
        "expires_on": now.expires_on,
        "agreement": None,
        "outcomes": outcome_bodies(one, view, locale),
        "created_at": one.created_at,
    }
    if now.agreement is not None and now.agreement.until is not None:
        body["agreement"] = AgreementBody(
            purpose=now.agreement.purpose or "", on=now.agreement.on, until=now.agreement.until
        )
    if one.card_id is not None and view is not View.HERS:
        body["card_id"] = one.card_id
    if view is not View.EMPLOYER or now.agreement is not None:
        body["candidate_id"] = one.candidate_id
    if view is View.EMPLOYER:
        hushed = state in (CLOSED, REQUESTED)
        body |= {"since": one.created_at.date() if hushed else now.since}
        body |= {"is_open": (state != CLOSED and now.is_open) or state == REQUESTED}
        if hushed:
            body |= {"awaits": None, "expires_on": None}
        return IntroductionBody(**body)
    body |= {"paused": now.paused, "organisation_id": one.organisation_id}
    if way.decline is not None and way.asked is not None:
        body["decline"] = DeclineBody(
            on=way.decline.on,
            reasons=list(way.decline.reasons),
            text=sentence(
                locale,
                "decline",
                {"reasons": reasons_text(locale, OutcomeKind.EMPLOYER_DECLINED, way.decline.reasons)},
            ),
            tell_by=one.tell_by,
            told_on=way.decline.told_on,
        )
    return IntroductionBody(**body)


def _state_for_employer(one: Introduction) -> str:
    """Without her agreement an employer hears that it waits, or that it is closed; never whether she said no."""
    now, way = one.standing, one.standing.way
    if way.agreed is None:
        waits = now.state in (REQUESTED, OutcomeKind.ASKED)
        return REQUESTED if waits else now.state if way.decline is not None else CLOSED
    if way.withdrawn or now.state == OutcomeKind.CANDIDATE_DECLINED:
        return CLOSED
    return now.state
