"""What an employer may see of a candidate, and under which name; for `matching.cards`.

A card is what she approved. An employer knows it by a name of its own for each vacancy, so that what two employers see
cannot be laid side by side.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from matching.tables.base import ID_LENGTH, UtcDateTime, in_range, mask, one_of, owner, texts


class CardPart(StrEnum):
    """What she may let an employer know beside the tasks that she can do."""

    SKILLS = "skills"  # how much of the work she did or learned before
    WORK_DONE = "work_done"  # that she did such work
    WISH = "wish"  # that she wants this work
    HOURS = "hours"  # whether hours and times fit
    TRAVEL = "travel"  # a travel band
    START = "start"  # whether she can start in time
    LANGUAGE = "language"  # whether the language fits
    PAPERS = "papers"  # licences and certificates that the work asks
    GROWTH = "growth"  # that she wants to grow
    ARRANGE = "arrange"  # what has to be arranged for her, such as a quiet place


class ApprovedHow(StrEnum):
    """How she approved her card."""

    HERSELF = "herself"
    SPOKEN = "spoken"  # to a coach or adviser, who writes it down
    WRITTEN = "written"


class CardRow(SQLModel, table=True):
    """A card; approved where `approved_at` says so, and every change of it asks her again."""

    __tablename__ = "cards"
    __table_args__ = (
        in_range("shows", 0, 2 ** len(CardPart) - 1),
        in_range("version", 1),
        one_of("approved_how", ApprovedHow),
        CheckConstraint("(approved_at IS NULL) = (approved_how IS NULL)", name="approved_whole"),
    )

    candidate_id: str = owner("candidates.id")
    about: str | None = Field(default=None, max_length=600)
    strengths: list[str] | None = texts()
    shows: int = mask()  # CardPart
    approved_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    approved_how: str | None = Field(default=None, max_length=8)
    approved_by: str | None = Field(default=None, max_length=ID_LENGTH)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    version: int


class CardNameRow(SQLModel, table=True):
    """The name by which one employer knows her card for one vacancy."""

    __tablename__ = "card_names"
    __table_args__ = (UniqueConstraint("vacancy_id", "organisation_id", "candidate_id"),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    candidate_id: str = owner("candidates.id", primary_key=False)
    vacancy_id: str = Field(foreign_key="vacancies.id", ondelete="CASCADE", max_length=ID_LENGTH)
    organisation_id: str = Field(foreign_key="organisations.id", ondelete="CASCADE", max_length=ID_LENGTH, index=True)
    shown_at: datetime = Field(sa_type=UtcDateTime)
