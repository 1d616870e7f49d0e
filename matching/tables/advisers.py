"""What advisers keep to work with: shortlists and saved searches; and how often employers asked for counts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field, SQLModel

from matching.tables.base import ID_LENGTH, UtcDateTime, in_range, owner, position


class ShortlistRow(SQLModel, table=True):
    """A list of people that an adviser works with; shared within her region or hers alone."""

    __tablename__ = "shortlists"
    __table_args__ = (in_range("version", 1),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(foreign_key="accounts.id", ondelete="CASCADE", max_length=ID_LENGTH, index=True)
    region: str | None = Field(default=None, max_length=4, index=True)
    vacancy_id: str | None = Field(
        default=None, foreign_key="vacancies.id", ondelete="CASCADE", max_length=ID_LENGTH, index=True
    )
    title: str = Field(max_length=200)
    shared: bool
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    version: int


class ShortlistPersonRow(SQLModel, table=True):
    """Somebody on a shortlist, in its order, with a note that she may read."""

    __tablename__ = "shortlist_people"
    __table_args__ = (in_range("position", 0),)

    shortlist_id: str = owner("shortlists.id")
    position: int = position()
    candidate_id: str = Field(foreign_key="candidates.id", ondelete="CASCADE", max_length=ID_LENGTH, index=True)
    note: str | None = Field(default=None, max_length=1_000)


class SavedSearchRow(SQLModel, table=True):
    """A search that is asked again; `alerts`: its owner hears of new strong matches."""

    __tablename__ = "saved_searches"
    __table_args__ = (in_range("version", 1),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(foreign_key="accounts.id", ondelete="CASCADE", max_length=ID_LENGTH, index=True)
    region: str | None = Field(default=None, max_length=4, index=True)
    title: str = Field(max_length=200)
    text: str | None = Field(default=None, max_length=200)
    filters: dict[str, Any] = Field(sa_type=JSON)
    shared: bool
    alerts: bool
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    version: int


class CountsAskedRow(SQLModel, table=True):
    """How often an employer asked for counts of people on a day: bounded, so that differences reveal nobody."""

    __tablename__ = "counts_asked"
    __table_args__ = (in_range("n", 0),)

    organisation_id: str = Field(
        foreign_key="organisations.id", ondelete="CASCADE", primary_key=True, max_length=ID_LENGTH
    )
    on: date = Field(primary_key=True)
    n: int
