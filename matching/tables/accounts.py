"""Accounts: who may sign in, as what, and by which token or session; for `matching.accounts` and its neighbours.

Of a secret only a hash is kept. E-mail, name and telephone number are of who works with Vonk (or of a candidate who
signs in herself), and are read by nobody but the account's own pages and administrators.
"""

from datetime import date, datetime

from sqlalchemy import SmallInteger
from sqlmodel import Field, SQLModel

from matching.actors import Role
from matching.tables.base import ID_LENGTH, UtcDateTime, at_most, in_range, one_of, owner

HASH_LENGTH = 64  # SHA-256, in hexadecimal


class AccountRow(SQLModel, table=True):
    """Somebody (or a machine) that may act. `email` in small letters; `known_as`: as files name her."""

    __tablename__ = "accounts"
    __table_args__ = (in_range("version", 1),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    email: str | None = Field(max_length=254, unique=True)
    name: str | None = Field(max_length=200)
    phone: str | None = Field(max_length=40)
    known_as: str | None = Field(max_length=200, unique=True)
    password_hash: str | None = Field(max_length=500)
    language: str | None = Field(default=None, max_length=2)  # in which she reads; None: as her browser asks
    active: bool
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    version: int  # one more with every change; the ETag is made of it


class GrantRow(SQLModel, table=True):
    """One role of an account and how far it reaches (`matching.actors.Grant`), until a day or for good."""

    __tablename__ = "grants"
    __table_args__ = (one_of("role", Role),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(foreign_key="accounts.id", ondelete="CASCADE", index=True, max_length=ID_LENGTH)
    role: str = Field(max_length=16)
    region: str | None = Field(default=None, max_length=4)
    organisation_id: str | None = Field(
        default=None, foreign_key="organisations.id", ondelete="CASCADE", index=True, max_length=ID_LENGTH
    )
    candidate_id: str | None = Field(
        default=None, foreign_key="candidates.id", ondelete="CASCADE", index=True, max_length=ID_LENGTH
    )
    ends_on: date | None = None
    granted_at: datetime = Field(sa_type=UtcDateTime)
    granted_by: str | None = Field(default=None, max_length=ID_LENGTH)


class TokenRow(SQLModel, table=True):
    """A token of a machine: what it may, until when; `used_on` is the day on which it was last used."""

    __tablename__ = "tokens"
    __table_args__ = (in_range("scopes", 0), at_most("created_at", "expires_at"))

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = owner("accounts.id", primary_key=False)
    name: str = Field(max_length=100)
    hash: str = Field(max_length=HASH_LENGTH, unique=True)
    scopes: int = Field(sa_type=SmallInteger)  # Scope
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    used_on: date | None = None


class SignInRow(SQLModel, table=True):
    """A session of a browser, known by the hash of what its cookie holds."""

    __tablename__ = "sign_ins"
    __table_args__ = (at_most("began_at", "expires_at"),)

    hash: str = Field(primary_key=True, max_length=HASH_LENGTH)
    account_id: str = owner("accounts.id", primary_key=False)
    began_at: datetime = Field(sa_type=UtcDateTime)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)
    confirmed: bool  # by a second factor, or where none is asked
    issuer: str | None = Field(default=None, max_length=500)  # the other provider by which she came, if any
