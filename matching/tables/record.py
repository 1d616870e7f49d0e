"""The record: who looked at whom, who changed what, and the seals over it; written by `matching.record` alone.

Append-only: triggers of both databases refuse to change or remove an entry. They let two things through: that a new
entry is put in a sealed batch, and that batches whose term is over are dropped as far as `audit_start` says.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CHAR, BigInteger, CheckConstraint, Index, Integer, SmallInteger, Text, text
from sqlmodel import Field, SQLModel

from matching.actors import Role
from matching.tables.base import ID_LENGTH, UtcDateTime, in_range, one_of

BIG = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself in an INTEGER only
CODE_LENGTH = 64
DETAILS_LENGTH = 2_000


class RecordKind(StrEnum):
    """What happened."""

    # Somebody saw something of a person.
    PROFILE_READ = "profile_read"
    IDENTITY_READ = "identity_read"
    CARD_READ = "card_read"
    RANKING_SHOWN = "ranking_shown"
    VACANCIES_SHOWN = "vacancies_shown"  # ranked for her
    EXPLANATION_SHOWN = "explanation_shown"
    QUESTIONS_SHOWN = "questions_shown"
    SEARCH_SHOWN = "search_shown"
    CASELOAD_SHOWN = "caseload_shown"
    INTRODUCTION_READ = "introduction_read"
    EXPORT_MADE = "export_made"
    READ_BY_MACHINE = "read_by_machine"  # through a token
    # Somebody changed something.
    CREATED = "created"
    CHANGED = "changed"
    ERASED = "erased"
    IMPORTED = "imported"
    IDENTITY_CHANGED = "identity_changed"
    CARD_CHANGED = "card_changed"
    MANDATE_CHANGED = "mandate_changed"
    ORGANISATION_CHANGED = "organisation_changed"
    OVERRULED = "overruled"
    INTRODUCTION_CHANGED = "introduction_changed"
    OUTCOME_RECORDED = "outcome_recorded"
    CONTACT_RECORDED = "contact_recorded"
    AGREEMENT_GIVEN = "agreement_given"
    AGREEMENT_DECLINED = "agreement_declined"
    AGREEMENT_WITHDRAWN = "agreement_withdrawn"
    # Who may come in.
    ACCOUNT_CHANGED = "account_changed"
    RIGHTS_CHANGED = "rights_changed"
    TOKEN_CHANGED = "token_changed"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    ACCESS_DENIED = "access_denied"
    # How the service is kept.
    SETTINGS_CHANGED = "settings_changed"
    MODEL_CHANGED = "model_changed"
    REMATCH_MADE = "rematch_made"
    KEYS_ROTATED = "keys_rotated"
    BACKUP_MADE = "backup_made"
    RESTORED = "restored"
    RETENTION_APPLIED = "retention_applied"
    RECORD_EXPIRED = "record_expired"
    ANCHOR_BEGUN = "anchor_begun"


LOOKS = frozenset(
    {
        RecordKind.PROFILE_READ,
        RecordKind.IDENTITY_READ,
        RecordKind.CARD_READ,
        RecordKind.RANKING_SHOWN,
        RecordKind.VACANCIES_SHOWN,
        RecordKind.EXPLANATION_SHOWN,
        RecordKind.QUESTIONS_SHOWN,
        RecordKind.SEARCH_SHOWN,
        RecordKind.CASELOAD_SHOWN,
        RecordKind.INTRODUCTION_READ,
        RecordKind.EXPORT_MADE,
        RecordKind.READ_BY_MACHINE,
    }
)


class AuditEntryRow(SQLModel, table=True):
    """One thing that happened: ids, codes and numbers, never a name or a text that somebody wrote.

    `role` and `organisation_id` are those in which the account acted then; `account_id` NULL is the system or the
    command line. `about` is what else it is about (a vacancy, a list, an account). There are no foreign keys: an entry
    stays when what it names is gone.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (
        one_of("kind", RecordKind),
        one_of("role", Role),
        in_range("batch", 1),
        Index(None, "about_candidate", "id"),
        Index(None, "account_id", "id"),
        Index(None, "kind", "id"),
        Index(None, "batch", "id"),
        Index(
            "ix_audit_entries_unsealed",
            "id",
            sqlite_where=text("batch IS NULL"),
            postgresql_where=text("batch IS NULL"),
        ),
        {"sqlite_autoincrement": True},  # a number is never given twice
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BIG)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    kind: str = Field(max_length=24)
    account_id: str | None = Field(max_length=ID_LENGTH)
    role: str | None = Field(max_length=16)
    organisation_id: str | None = Field(max_length=ID_LENGTH)
    about_candidate: str | None = Field(max_length=ID_LENGTH)
    about: str | None = Field(max_length=CODE_LENGTH)
    request_id: str | None = Field(max_length=CODE_LENGTH)
    basis: str | None = Field(max_length=CODE_LENGTH)  # legal basis or purpose, a code
    details: str | None = Field(sa_type=Text)  # JSON in one fixed spelling, so that its bytes can be sealed
    batch: int | None = Field(sa_type=BigInteger)  # NULL: not sealed yet


class AuditPersonRow(SQLModel, table=True):
    """A person whom an entry shows among others, at a rank (from 1); sealed together with the entry."""

    __tablename__ = "audit_people"
    __table_args__ = (in_range("rank", 1),)

    about_candidate: str = Field(primary_key=True, max_length=ID_LENGTH)
    entry_id: int = Field(primary_key=True, sa_type=BigInteger, index=True, sa_column_kwargs={"autoincrement": False})
    rank: int = Field(sa_type=SmallInteger)


class AuditSealRow(SQLModel, table=True):
    """A sealed batch: the hash is over the hash before it and every entry in it."""

    __tablename__ = "audit_seals"
    __table_args__ = (
        in_range("number", 1),
        in_range("n_entries", 1),
        CheckConstraint("length(hash) = 64", name="hash_length"),
    )

    number: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    hash: str = Field(sa_type=CHAR(64))  # SHA-256, hexadecimal
    n_entries: int
    last_at: datetime = Field(sa_type=UtcDateTime)  # the latest moment in it
    sealed_at: datetime = Field(sa_type=UtcDateTime)


class AuditStartRow(SQLModel, table=True):
    """The one row that says where the chain starts: after this batch, with this hash; before it, terms were over."""

    __tablename__ = "audit_start"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"), in_range("through", 0))

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    through: int = Field(sa_type=BigInteger)
    hash: str = Field(sa_type=CHAR(64))
    n_dropped: int = Field(sa_type=BigInteger)  # entries, in all
