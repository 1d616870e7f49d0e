"""Where a candidate works and learns, who keeps in touch with her, and when she pauses; for `matching.trajectories`."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, SmallInteger
from sqlmodel import Field, SQLModel

from matching.tables.base import ID_LENGTH, UtcDateTime, at_most, in_range, one_of, owner, position, texts
from matching.trajectories.terms import (
    ContactBy,
    ContactKind,
    LegalBasis,
    PauseReason,
    PlacementKind,
    PromisedBy,
)


def _recorded_by() -> str | None:
    """The account that recorded it; NULL once that is gone."""
    field: str | None = Field(foreign_key="accounts.id", ondelete="SET NULL", max_length=ID_LENGTH, index=True)
    return field


class PlacementRow(SQLModel, table=True):
    """Work or learning at an employer. `ends_on`: as agreed; `ended_on` with reasons: as it came."""

    __tablename__ = "placements"
    __table_args__ = (
        one_of("kind", PlacementKind),
        in_range("hours_per_week", 0, 60),
        at_most("starts_on", "ends_on"),
        at_most("starts_on", "ended_on"),
        CheckConstraint("(ended_on IS NULL) = (end_reasons IS NULL)", name="ended_with_reasons"),
        CheckConstraint("buddy_known_as IS NOT NULL OR buddy_since IS NULL", name="buddy_since"),
        in_range("version", 1),
        Index(None, "candidate_id", "starts_on"),
        Index(None, "created_at", "id"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    candidate_id: str = owner("candidates.id", primary_key=False)
    introduction_id: str | None = Field(
        foreign_key="introductions.id", ondelete="SET NULL", index=True, max_length=ID_LENGTH
    )
    kind: str = Field(max_length=16)
    legal_employer: str = Field(max_length=200)
    work_floor: str | None = Field(max_length=200)
    team: str | None = Field(max_length=200)
    hours_per_week: float | None
    starts_on: date
    ends_on: date | None
    ended_on: date | None
    end_reasons: list[str] | None = texts()
    buddy_known_as: str | None = Field(max_length=60)
    buddy_role: str | None = Field(max_length=100)
    buddy_since: date | None
    contact_known_as: str | None = Field(max_length=60)
    contact_role: str | None = Field(max_length=100)
    diploma: str | None = Field(max_length=200)
    made_by: str | None = _recorded_by()
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    version: int  # one more with every change; the ETag is made of it


class PromiseRow(SQLModel, table=True):
    """What somebody said that they would arrange; open until delivered."""

    __tablename__ = "promises"
    __table_args__ = (one_of("promised_by", PromisedBy), at_most("promised_on", "delivered_on"))

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    placement_id: str = Field(foreign_key="placements.id", ondelete="CASCADE", index=True, max_length=ID_LENGTH)
    text: str = Field(max_length=200)
    promised_by: str = Field(max_length=12)
    promised_on: date
    due_on: date | None
    delivered_on: date | None


class MilestoneRow(SQLModel, table=True):
    """A step of a way of learning and working: a certificate, a year, a diploma."""

    __tablename__ = "milestones"
    __table_args__ = (in_range("position", 0),)

    placement_id: str = owner("placements.id")
    position: int = position()
    text: str = Field(max_length=200)
    due_on: date | None
    reached_on: date | None


class ContactRow(SQLModel, table=True):
    """Her coach or her buddy was in touch with her; the note is written so that she may read it."""

    __tablename__ = "contacts"
    __table_args__ = (
        one_of("kind", ContactKind),
        one_of("contact_by", ContactBy),
        in_range("minutes", 0, 600),
        at_most("happened_on", "next_on"),
        Index(None, "candidate_id", "happened_on"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    candidate_id: str = owner("candidates.id", primary_key=False)
    kind: str = Field(max_length=8)
    contact_by: str = Field(max_length=8)
    happened_on: date
    minutes: int = Field(sa_type=SmallInteger)
    next_on: date | None
    note: str | None = Field(max_length=1_000)
    recorded_by: str | None = _recorded_by()
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class PauseRow(SQLModel, table=True):
    """Her trajectory stood still, and (`resumed_on`) went on; `resumes_on`: as expected."""

    __tablename__ = "pauses"
    __table_args__ = (
        one_of("reason", PauseReason),
        at_most("since", "resumes_on"),
        at_most("since", "resumed_on"),
        in_range("version", 1),
        Index(None, "candidate_id", "since"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    candidate_id: str = owner("candidates.id", primary_key=False)
    since: date
    resumes_on: date | None
    resumed_on: date | None
    reason: str = Field(max_length=20)
    recorded_by: str | None = _recorded_by()
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    version: int  # one more with every change; the ETag is made of it


class LegalBasisRow(SQLModel, table=True):
    """On what an organisation bases its use of her data, from a day until a day; apart from her agreement."""

    __tablename__ = "legal_bases"
    __table_args__ = (one_of("basis", LegalBasis), at_most("since", "until"), Index(None, "candidate_id"))

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    candidate_id: str = owner("candidates.id", primary_key=False)
    organisation_id: str = Field(foreign_key="organisations.id", ondelete="CASCADE", index=True, max_length=ID_LENGTH)
    basis: str = Field(max_length=20)
    reference: str = Field(max_length=200)
    since: date
    until: date | None
    recorded_by: str | None = _recorded_by()
    recorded_at: datetime = Field(sa_type=UtcDateTime)
