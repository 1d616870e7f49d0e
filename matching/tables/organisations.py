"""Organisations, and what they may do for whom (mandates); for the store and what works with them."""

from datetime import date
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from matching.tables.base import ID_LENGTH, one_of, owner


class OrganisationKind(StrEnum):
    """What an organisation is to the match; a name that stands for several means the first in this order."""

    SUPPLIER = "supplier"  # leverancier: introduces candidates
    WSP = "wsp"
    NETWORK_PARTNER = "network_partner"
    CLIENT = "client"  # opdrachtgever
    INCLUSIVE_EMPLOYER = "inclusive_employer"


class OrganisationRow(SQLModel, table=True):
    """An organisation, of one kind, in a region or (NULL) in several."""

    __tablename__ = "organisations"
    __table_args__ = (UniqueConstraint("kind", "name"), one_of("kind", OrganisationKind))

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    kind: str = Field(max_length=20)
    name: str = Field(max_length=200, index=True)
    region: str | None = Field(default=None, max_length=4, index=True)


class MandateRow(SQLModel, table=True):
    """The responsible organisation let another one introduce a candidate, for a purpose, until a date."""

    __tablename__ = "mandates"

    candidate_id: str = owner("candidates.id")
    organisation_id: str = Field(
        foreign_key="organisations.id", ondelete="CASCADE", primary_key=True, max_length=ID_LENGTH, index=True
    )
    purpose: str = Field(primary_key=True, max_length=200)
    ends_on: date
