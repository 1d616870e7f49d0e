"""Vacancies at rest: a wide row, and rows for tasks, languages, adaptations; for the store and the pool."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CHAR, CheckConstraint, SmallInteger, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from matching.tables.base import (
    ID_LENGTH,
    CapacityLevels,
    UtcDateTime,
    at_most,
    in_range,
    level_checks,
    mask,
    one_of,
    owner,
    position,
    small,
    texts,
)
from scoring.terms import N_DAYPARTS, Capacity, ContractKind, Growth, LanguageLevel, Sector, TaskFreedom


class VacancyList(StrEnum):
    """The lists that have rows of their own, as bits of `VacancyRow.answered` (as for candidates)."""

    TASKS = "tasks"
    LANGUAGES = "languages"


class VacancyStatus(StrEnum):
    """Whether people are still sought for it."""

    OPEN = "open"
    CLOSED = "closed"


_MASKS = (
    "settings",
    "licences",
    "licences_desired",
    "certificates",
    "certificates_desired",
    "screenings",
    "access_known",
    "offers",
    "counts_for",
)


class VacancyRow(SQLModel, table=True):
    """What there is one of; `source` is "" where the profile names none: with `source_id` it is a key."""

    __tablename__ = "vacancies"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        CheckConstraint("length(postcode) = 4", name="postcode_four_digits"),
        in_range("hours_min", 0, 60),
        in_range("hours_max", 0, 60),
        at_most("hours_min", "hours_max"),
        in_range("hours_per_day", 0, 12),
        in_range("grid_fixed", 0, 2**N_DAYPARTS - 1),
        in_range("grid_possible", 0, 2**N_DAYPARTS - 1),
        in_range("dayparts_per_week", 0, N_DAYPARTS),
        in_range("remote_share", 0, 1),
        in_range("trips_per_week", 0, 14),
        in_range("education_by_law", 0, 7),
        in_range("education_wished", 0, 7),
        in_range("euros_per_hour_min", 0, 500),
        in_range("euros_per_hour_max", 0, 500),
        in_range("contract_months", 0, 600),
        in_range("positions", 1, 500),
        *(in_range(name, 0) for name in _MASKS),
        CheckConstraint(
            "(access_known IS NULL) = (access_present IS NULL) AND (access_present & ~access_known) = 0",
            name="access_present_is_known",
        ),
        in_range("answered", 0, 2 ** len(VacancyList) - 1),
        in_range("version", 1),
        one_of("status", VacancyStatus),
        one_of("kind", ContractKind),
        one_of("sector", Sector),
        one_of("growth_path", Growth),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    source: str = Field(max_length=100)
    source_id: str | None = Field(max_length=100)
    status: str = Field(max_length=8, index=True)
    title: str | None = Field(max_length=200)
    description: str | None = Field(sa_type=Text)
    kind: str | None = Field(max_length=16)
    legal_employer: str | None = Field(max_length=200)
    work_floor: str | None = Field(max_length=200)
    team: str | None = Field(max_length=200)
    sector: str | None = Field(max_length=20)
    settings: int | None = mask()  # WorkSetting
    hours_min: float | None
    hours_max: float | None
    hours_per_day: float | None
    grid_fixed: int | None = mask()  # scoring.terms.daypart_bit
    grid_possible: int | None = mask()
    dayparts_per_week: int | None = small()
    postcode: str | None = Field(sa_type=CHAR(4), index=True)
    region: str | None = Field(max_length=4, index=True)
    remote_share: float | None
    trips_per_week: float | None
    education_by_law: int | None = small()  # EducationLevel
    education_wished: int | None = small()
    licences: int | None = mask()  # Licence
    licences_desired: int | None = mask()
    certificates: int | None = mask()  # Certificate
    certificates_desired: int | None = mask()
    screenings: int | None = mask()  # Screening
    access_known: int | None = mask()  # AccessNeed: about which something is known
    access_present: int | None = mask()  # AccessNeed: and which the building has
    skills_desired: list[str] | None = texts()
    cao: str | None = Field(max_length=200)
    scale: str | None = Field(max_length=200)
    euros_per_hour_min: float | None
    euros_per_hour_max: float | None
    contract_months: int | None = small()
    positions: int = Field(sa_type=SmallInteger)
    start_on: date | None
    closes_on: date | None
    trial_possible: bool | None
    offers: int | None = mask()  # SupportNeed
    buddy: bool | None
    growth_path: str | None = Field(max_length=16)
    counts_for: int | None = mask()  # TargetGroup
    contract: str | None = Field(max_length=200)
    contact_person: str | None = Field(max_length=200)
    organisation_id: str | None = Field(
        default=None, foreign_key="organisations.id", ondelete="SET NULL", index=True, max_length=ID_LENGTH
    )  # whose it is: the employer that may change it
    answered: int = Field(sa_type=SmallInteger)  # VacancyList
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    version: int  # one more with every change; the ETag is made of it


class VacancyTaskRow(CapacityLevels, table=True):
    """A task, its hours a week, and what it asks on each dimension (NULL: no demand)."""

    __tablename__ = "vacancy_tasks"
    __table_args__ = (
        in_range("position", 0),
        in_range("hours_per_week", 0, 60),
        one_of("freedom", TaskFreedom),
        *level_checks(),
    )

    vacancy_id: str = owner("vacancies.id")
    position: int = position()
    text: str = Field(max_length=1_000)
    hours_per_week: float | None
    freedom: str | None = Field(max_length=12)
    skills: list[str] | None = texts()


class VacancyAdaptationRow(SQLModel, table=True):
    """What lowers a demand by some levels, on one task (numbered from 1) or (NULL) on all."""

    __tablename__ = "vacancy_adaptations"
    __table_args__ = (
        in_range("position", 0),
        one_of("capacity", Capacity),
        in_range("levels", 1, 4),
        in_range("task", 1),
    )

    vacancy_id: str = owner("vacancies.id")
    position: int = position()
    capacity: str = Field(max_length=32)
    levels: int = Field(sa_type=SmallInteger)
    offered: bool
    task: int | None = small()
    text: str | None = Field(max_length=200)


class VacancyLanguageRow(SQLModel, table=True):
    """A language and the level that the work asks."""

    __tablename__ = "vacancy_languages"
    __table_args__ = (in_range("position", 0), in_range("level", 0, max(LanguageLevel).value))

    vacancy_id: str = owner("vacancies.id")
    position: int = position()
    language: str = Field(max_length=3)  # ISO 639
    level: int = Field(sa_type=SmallInteger)  # LanguageLevel
