"""What proves that somebody is who she says: attempts, second factors, passkeys, other providers; for `matching` alone.

Nothing here can be used by who reads it: secrets are sealed or hashed, and whom an attempt was about is a keyed hash.
"""

from datetime import date, datetime

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from matching.tables.accounts import HASH_LENGTH
from matching.tables.base import ID_LENGTH, UtcDateTime, in_range, owner

CREDENTIAL_LENGTH = 1400  # 1,023 bytes at most (Web Authentication, 4), in base64url


class AttemptRow(SQLModel, table=True):
    """How often it went wrong in a row, for an account or an address (both as a keyed hash)."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (in_range("failures", 1),)

    key: str = Field(primary_key=True, max_length=HASH_LENGTH)
    failures: int
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)


class OneTimeSecretRow(SQLModel, table=True):
    """The secret that an authenticator app and we share; until `confirmed_at` it proves nothing."""

    __tablename__ = "one_time_secrets"

    account_id: str = owner("accounts.id")
    sealed: bytes
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_step: int | None = Field(default=None, sa_type=BigInteger)  # of the code that was used last


class RecoveryCodeRow(SQLModel, table=True):
    """A code for who lost her second factor; once used it is gone."""

    __tablename__ = "recovery_codes"

    hash: str = Field(primary_key=True, max_length=HASH_LENGTH)
    account_id: str = Field(foreign_key="accounts.id", ondelete="CASCADE", index=True, max_length=ID_LENGTH)


class PasskeyRow(SQLModel, table=True):
    """The public half of a passkey; the private half never leaves her device."""

    __tablename__ = "passkeys"
    __table_args__ = (in_range("sign_count", 0),)

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    account_id: str = Field(foreign_key="accounts.id", ondelete="CASCADE", index=True, max_length=ID_LENGTH)
    credential: str = Field(max_length=CREDENTIAL_LENGTH, unique=True)
    public_key: bytes
    sign_count: int = Field(sa_type=BigInteger)
    name: str = Field(max_length=100)
    created_at: datetime = Field(sa_type=UtcDateTime)
    used_on: date | None = None


class ChallengeRow(SQLModel, table=True):
    """What a passkey is to sign, once; `account_id` NULL where the passkey itself says who she is."""

    __tablename__ = "passkey_challenges"

    hash: str = Field(primary_key=True, max_length=HASH_LENGTH)
    account_id: str | None = Field(
        default=None, foreign_key="accounts.id", ondelete="CASCADE", index=True, max_length=ID_LENGTH
    )
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class LinkRow(SQLModel, table=True):
    """An account at another provider (OpenID Connect), by what never changes there: issuer and subject."""

    __tablename__ = "account_links"

    issuer: str = Field(primary_key=True, max_length=500)
    subject: str = Field(primary_key=True, max_length=255)
    account_id: str = Field(foreign_key="accounts.id", ondelete="CASCADE", index=True, max_length=ID_LENGTH)
    linked_at: datetime = Field(sa_type=UtcDateTime)
