"""What few may know of a candidate: restricted groups, screenings, and who she is.

Apart from the ordinary tables, so that no list read can join them by accident, and sealed under her own key. Read and
written by `matching.store` alone: `restricted_facts`, `get_identity`, `put_identity`.
"""

from sqlalchemy import LargeBinary
from sqlmodel import Field, SQLModel

from matching.tables.base import owner


class CandidateRestrictedRow(SQLModel, table=True):
    """Groups that reveal origin or a record (GDPR 9 and 10) and screenings, of which a no may; sealed in one."""

    __tablename__ = "candidate_restricted"

    candidate_id: str = owner("candidates.id")
    sealed: bytes = Field(sa_type=LargeBinary)


class IdentityRow(SQLModel, table=True):
    """Name and contact data, sealed; `key_id` tells with which key, without telling the key."""

    __tablename__ = "identities"

    candidate_id: str = owner("candidates.id")
    sealed: bytes = Field(sa_type=LargeBinary)
    key_id: str = Field(max_length=16)
