"""What few may know of a candidate: restricted groups, screenings, and who she is.

Apart from the ordinary tables, so that no list read can join them by accident. Read and written by
`matching.store` alone: `restricted_facts`, `get_identity`, `put_identity`.
"""

from datetime import date

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from matching.tables.base import at_most, in_range, one_of, owner, position
from scoring.terms import RESTRICTED_GROUPS, Screening, ScreeningAnswer, TargetGroup


class CandidateRestrictedGroupRow(SQLModel, table=True):
    """A group that reveals origin or a record (GDPR 9 and 10)."""

    __tablename__ = "candidate_restricted_groups"
    __table_args__ = (
        in_range("position", 0),
        one_of("target_group", TargetGroup, only=RESTRICTED_GROUPS),
        at_most("valid_from", "valid_until"),
    )

    candidate_id: str = owner("candidates.id")
    position: int = position()
    target_group: str = Field(max_length=20)
    valid_from: date | None
    valid_until: date | None


class CandidateScreeningRow(SQLModel, table=True):
    """Whether a screening was or can be passed: a no may reveal a record."""

    __tablename__ = "candidate_screenings"
    __table_args__ = (one_of("screening", Screening), one_of("answer", ScreeningAnswer))

    candidate_id: str = owner("candidates.id")
    screening: str = Field(primary_key=True, max_length=12)
    answer: str = Field(max_length=16)


class IdentityRow(SQLModel, table=True):
    """Name and contact data, sealed; `key_id` tells with which key, without telling the key."""

    __tablename__ = "identities"

    candidate_id: str = owner("candidates.id")
    sealed: bytes = Field(sa_type=LargeBinary)
    key_id: str = Field(max_length=16)
