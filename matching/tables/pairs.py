"""What is on record of a candidate and a vacancy together: overrides and introductions."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from matching.tables.base import ID_LENGTH, UtcDateTime, at_most, in_range, one_of, owner
from scoring.terms import Constraint


class OverrideDirection(StrEnum):
    """Whether the adviser puts the person in or out."""

    IN = "in"
    OUT = "out"


class IntroductionState(StrEnum):
    """Whether an answer is still awaited."""

    OPEN = "open"
    CLOSED = "closed"


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
    """Candidate and employer brought together for a vacancy; open ones count towards her maximum.

    `rejected_at`: since when it is certain that no work comes of it; from then on a term runs after which it is erased
    (`matching.retention`), a longer one where she agreed (`keep_agreed_on`). NULL: no term runs.
    """

    __tablename__ = "introductions"
    __table_args__ = (
        one_of("state", IntroductionState),
        at_most("opened_at", "closes_at"),
        Index(None, "candidate_id", "state"),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    candidate_id: str = owner("candidates.id", primary_key=False)
    vacancy_id: str = Field(foreign_key="vacancies.id", ondelete="CASCADE", max_length=ID_LENGTH, index=True)
    state: str = Field(max_length=8)
    opened_at: datetime = Field(sa_type=UtcDateTime)
    closes_at: datetime = Field(sa_type=UtcDateTime)
    rejected_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    keep_agreed_on: date | None = None
