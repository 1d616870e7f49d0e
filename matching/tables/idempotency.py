"""Answers that were given to requests with an Idempotency-Key, kept for a day; for `matching.idempotency` alone."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from matching.tables.base import ID_LENGTH, UtcDateTime

DIGEST_LENGTH = 64  # SHA-256 as hexadecimal digits


class KeptAnswerRow(SQLModel, table=True):
    """One answer, sealed. Whose it is, for what and under which key stand here only as a keyed hash."""

    __tablename__ = "kept_answers"

    scope: str = Field(primary_key=True, max_length=DIGEST_LENGTH)
    fingerprint: str = Field(max_length=DIGEST_LENGTH)  # of what was asked
    about: str | None = Field(default=None, max_length=ID_LENGTH, index=True)  # what was made: erased together with it
    sealed: bytes = Field(sa_type=LargeBinary)
    kept_until: datetime = Field(sa_type=UtcDateTime, index=True)
