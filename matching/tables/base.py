"""What every table shares: names of constraints, column types, CHECKs and ids; for this package alone."""

import base64
import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, DateTime, Dialect, Integer, SmallInteger
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from scoring.terms import CAPACITIES

# Before the first table, so that every constraint has a name by which a migration can find it again.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

ID_LENGTH = 16


def new_id(prefix: str) -> str:
    """A random id that tells nothing: prefix, "_", 12 base32 characters (60 bits), e.g. "c_4h7qk2mzap3x"."""
    return f"{prefix}_{base64.b32encode(secrets.token_bytes(8)).decode().lower()[:12]}"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, in UTC on both databases (SQLite forgets the zone); a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Into the database, as UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Out of the database, aware and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def in_range(column: str, low: float, high: float | None = None) -> CheckConstraint:
    """A CHECK that a column stands within low..high (both included), or at least at low; NULL passes."""
    rule = f"{column} >= {low}" if high is None else f"{column} BETWEEN {low} AND {high}"
    return CheckConstraint(rule, name=f"{column}_range")


def one_of(column: str, members: type[StrEnum], *, but: Collection[StrEnum] = ()) -> CheckConstraint:
    """A CHECK that a text column holds a member of a closed list (all `but` some); NULL passes."""
    allowed = [member for member in members if member not in but]
    listed = ", ".join(f"'{member.value}'" for member in allowed)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_listed")


def at_most(lower: str, upper: str) -> CheckConstraint:
    """A CHECK that one column is not more (or later) than another; NULL in either passes."""
    return CheckConstraint(f"{lower} <= {upper}", name=f"{lower}_{upper}_order")


def level_checks() -> tuple[CheckConstraint, ...]:
    """The CHECKs that go with `CapacityLevels`: each of the twenty between 0 and 4."""
    return tuple(in_range(capacity.value, 0, 4) for capacity in CAPACITIES)


def small(**options: Any) -> Any:
    """A nullable SMALLINT column; NULL is unknown."""
    return Field(default=None, sa_type=SmallInteger, **options)


def mask() -> Any:
    """A nullable bitmask of a closed list (`scoring.terms.mask_of`); NULL is unknown, 0 is none."""
    return Field(default=None, sa_type=Integer)


def texts() -> Any:
    """A nullable list of short texts in one cell, for what is only read together with its row."""
    return Field(default=None, sa_type=JSON(none_as_null=True), nullable=True)


def owner(target: str, *, primary_key: bool = True) -> Any:
    """A reference to what the row belongs to, and with which it disappears; by default (part of) its key."""
    return Field(foreign_key=target, ondelete="CASCADE", primary_key=primary_key, max_length=ID_LENGTH)


def position() -> Any:
    """The place of a row in its list, from 0; together with the owner it is the key."""
    return Field(primary_key=True, sa_type=SmallInteger, sa_column_kwargs={"autoincrement": False})


class CapacityLevels(SQLModel):
    """Twenty columns, one a capacity dimension, levels 0 to 4; NULL: unknown (person), no demand (task)."""

    lifting: int | None = small()
    standing: int | None = small()
    walking: int | None = small()
    sitting: int | None = small()
    bending_kneeling_climbing: int | None = small()
    reaching: int | None = small()
    fine_hand_work: int | None = small()
    sight: int | None = small()
    hearing: int | None = small()
    noise_stimuli: int | None = small()
    dust_temperature: int | None = small()
    pace: int | None = small()
    concentration: int | None = small()
    structure_change: int | None = small()
    independence: int | None = small()
    emotional_load: int | None = small()
    contact_customers: int | None = small()
    contact_colleagues: int | None = small()
    reading_writing: int | None = small()
    irregular_hours: int | None = small()
