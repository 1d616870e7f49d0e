"""What changed of all that a pool is made of, in the order in which it became visible; for `matching.changes`."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Text
from sqlmodel import Field, SQLModel

from matching.tables.base import ID_LENGTH, UtcDateTime, in_range, one_of


class ChangeKind(StrEnum):
    """What a change is of. Reference: words, places or rules; fit: what all processes believe of the pool."""

    CANDIDATE = "candidate"
    VACANCY = "vacancy"
    REFERENCE = "reference"
    FIT = "fit"


class ChangeRow(SQLModel, table=True):
    """Something changed in the transaction that made this version; an empty `about` says: any of this kind.

    `about` is the id of a candidate or vacancy, also of one that is gone, so there is no foreign key. It tells nothing
    more, and is pruned with its version.
    """

    __tablename__ = "changes"
    __table_args__ = (one_of("kind", ChangeKind), in_range("version", 1))

    version: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(primary_key=True, max_length=12)
    about: str = Field(primary_key=True, max_length=ID_LENGTH)
    stamp: str = Field(max_length=16)  # of its transaction, as in the counter


class ChangeCounterRow(SQLModel, table=True):
    """The one row that a transaction which changes something holds to its end, so that versions come in order.

    The stamp is a random one with every version: a database that was put back to an earlier day and went on from
    there has the same versions under other stamps.
    """

    __tablename__ = "change_counter"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("kept_from <= version", name="kept_from_version_order"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int = Field(sa_type=BigInteger)
    kept_from: int = Field(sa_type=BigInteger)  # changes after this version are all there
    stamp: str = Field(max_length=16)
    origin: str = Field(max_length=16)  # the stamp of version 0


class PoolFitRow(SQLModel, table=True):
    """What was fitted on the pool, by format and version of the words; all processes believe the newest."""

    __tablename__ = "pool_fits"
    __table_args__ = (in_range("n_candidates", 0), in_range("n_vacancies", 0))

    id: int | None = Field(default=None, primary_key=True)
    made_from: str = Field(index=True)  # format of the fit, and version of the reference set
    n_candidates: int
    n_vacancies: int
    fitted: str = Field(sa_type=Text)  # JSON
    fitted_at: datetime = Field(sa_type=UtcDateTime)
