"""What is on record of a candidate and a vacancy together: overrides, introductions and their outcomes, exposures."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from matching.tables.base import ID_LENGTH, UtcDateTime, at_most, in_range, one_of, owner, small, texts
from matching.trajectories.terms import OutcomeKind, RecordedAs
from scoring.terms import Constraint

CARD_LENGTH = 64  # of the name of a card in an employer's list


class ListOrder(StrEnum):
    """By what a list was ordered."""

    SCORE = "score"
    ALLOCATED = "allocated"


class OverrideDirection(StrEnum):
    """Whether the adviser puts the person in or out."""

    IN = "in"
    OUT = "out"


class OverrideRow(SQLModel, table=True):
    """An adviser put a person in or out; `constraints` is the mask of those that she overruled."""

    __tablename__ = "overrides"
    __table_args__ = (
        one_of("direction", OverrideDirection),
        in_range("constraints", 0, 2 ** len(Constraint) - 1),
    )

    candidate_id: str = owner("candidates.id")
    vacancy_id: str = Field(
        foreign_key="vacancies.id", ondelete="CASCADE", primary_key=True, max_length=ID_LENGTH, index=True
    )
    direction: str = Field(max_length=4)
    constraints: int
    reason: str = Field(max_length=1_000)
    made_by: str = Field(max_length=200)
    made_at: datetime = Field(sa_type=UtcDateTime)


class IntroductionRow(SQLModel, table=True):
    """Candidate and employer brought together for a vacancy; where it stands follows from its outcomes alone.

    `organisation_id` is the employer as it was when this began; `made_by` an adviser's account, or the employer's that
    asked for a card, which then is named. `rejected_at`: since when it is certain that no work comes of it; from then
    on a term runs after which it is erased (`matching.retention`), a longer one where she agreed (`keep_agreed_on`).
    """

    __tablename__ = "introductions"
    __table_args__ = (Index(None, "candidate_id"), Index(None, "created_at", "id"))

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    candidate_id: str = owner("candidates.id", primary_key=False)
    vacancy_id: str = Field(foreign_key="vacancies.id", ondelete="CASCADE", max_length=ID_LENGTH, index=True)
    organisation_id: str | None = Field(
        foreign_key="organisations.id", ondelete="SET NULL", max_length=ID_LENGTH, index=True
    )
    card_id: str | None = Field(max_length=CARD_LENGTH)
    made_by: str | None = Field(foreign_key="accounts.id", ondelete="SET NULL", max_length=ID_LENGTH, index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    rejected_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    keep_agreed_on: date | None = None


class OutcomeRow(SQLModel, table=True):
    """One version of a dated fact of an introduction. A correction is the next version, and the earlier one stays.

    `replaced_at` NULL: the newest; `retracted`: it never happened. `quarantined`: an employer's note names a trait, so
    that she does not get to see it and nothing is learned from it. `until` and `purpose` are of an agreement.
    """

    __tablename__ = "outcomes"
    __table_args__ = (
        one_of("kind", OutcomeKind),
        one_of("recorded_as", RecordedAs),
        CheckConstraint("week IN (4, 13, 26, 52)", name="week_listed"),
        CheckConstraint("(kind = 'present') = (week IS NOT NULL)", name="week_of_presence"),
        in_range("version", 1),
        at_most("happened_on", "until"),
        Index(None, "introduction_id", "kind"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    introduction_id: str = Field(foreign_key="introductions.id", ondelete="CASCADE", max_length=ID_LENGTH)
    kind: str = Field(max_length=20)
    happened_on: date
    week: int | None = small()
    reasons: list[str] | None = texts()
    note: str | None = Field(max_length=1_000)
    quarantined: bool
    purpose: str | None = Field(max_length=200)
    until: date | None
    told_on: date | None
    retracted: bool
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    recorded_by: str | None = Field(foreign_key="accounts.id", ondelete="SET NULL", max_length=ID_LENGTH, index=True)
    recorded_as: str = Field(max_length=16)
    replaced_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ExposureListRow(SQLModel, table=True):
    """A list that was shown to somebody: one for each version of the list and each who looked."""

    __tablename__ = "exposure_lists"
    __table_args__ = (UniqueConstraint("vacancy_id", "list_version", "account_id"), one_of("ordered_by", ListOrder))

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    vacancy_id: str = Field(foreign_key="vacancies.id", ondelete="CASCADE", max_length=ID_LENGTH)
    account_id: str | None = Field(foreign_key="accounts.id", ondelete="SET NULL", max_length=ID_LENGTH, index=True)
    list_version: str = Field(max_length=64)
    model_version: str = Field(max_length=64)
    ordered_by: str = Field(max_length=12)
    shown_at: datetime = Field(sa_type=UtcDateTime, index=True)


class ExposureRow(SQLModel, table=True):
    """Somebody was on a list, at a rank; whoever is erased leaves the place empty."""

    __tablename__ = "exposures"
    __table_args__ = (in_range("rank", 1), in_range("propensity", 0, 1))

    list_id: str = Field(foreign_key="exposure_lists.id", ondelete="CASCADE", primary_key=True, max_length=ID_LENGTH)
    rank: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    candidate_id: str | None = Field(foreign_key="candidates.id", ondelete="SET NULL", max_length=ID_LENGTH, index=True)
    reserved: bool
    propensity: float
    card_id: str | None = Field(max_length=CARD_LENGTH, index=True)
