"""Candidates at rest, pseudonymous: scalars in wide one-to-one tables, lists in tables of their own.

For `matching.store` (profiles in and out) and the pool (whole columns). What may reveal origin or a record
is not here but in `matching.tables.restricted`.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CHAR, CheckConstraint, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from matching.profiles import BenefitProvider, ContactChannel, HowKnown, Representative
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
from scoring.terms import (
    N_DAYPARTS,
    RESTRICTED_GROUPS,
    EndReason,
    Growth,
    LanguageLevel,
    Supplier,
    SupportNeed,
    TargetGroup,
)


class CandidateList(StrEnum):
    """The lists that have rows of their own, as bits of `CandidateRow.answered`.

    A set bit says that the question was answered, so that "asked, and none" differs from "unknown". Whether her
    screenings are known stands sealed, beside them.
    """

    TARGET_GROUPS = "target_groups"
    WISHES_WORK = "wishes_work"
    WISHES_NOT_WORK = "wishes_not_work"
    WORK_DONE = "work_done"
    SKILLS = "skills"
    LANGUAGES = "languages"
    SUPPORT_NEEDS = "support_needs"


class WishKind(StrEnum):
    """Work that she wishes, or does not want."""

    WORK = "work"
    NOT_WORK = "not_work"


class CandidateRow(SQLModel, table=True):
    """What there is one of; `source` is "" where the profile names none: with `source_id` it is a key."""

    __tablename__ = "candidates"
    __table_args__ = (
        UniqueConstraint("source", "source_id"),
        CheckConstraint("length(postcode) = 4", name="postcode_four_digits"),
        at_most("paused_since", "resumes_on"),
        CheckConstraint("paused_since IS NOT NULL OR resumes_on IS NULL", name="resumes_from_a_pause"),
        CheckConstraint("agreed_to_matching OR agreed_on IS NULL", name="agreed_on_with_agreement"),
        in_range("max_open_introductions", 0, 20),
        in_range("education", 0, 7),
        in_range("contract_months_min", 0, 120),
        *(in_range(name, 0) for name in ("contract_kinds", "licences", "certificates", "access_needs")),
        in_range("answered", 0, 2 ** len(CandidateList) - 1),
        in_range("version", 1),
        one_of("growth_wish", Growth),
        one_of("contact_channel", ContactChannel),
        one_of("representative", Representative),
        one_of("benefit_provider", BenefitProvider),
    )

    id: str = Field(primary_key=True, max_length=ID_LENGTH)
    source: str = Field(max_length=100)
    source_id: str | None = Field(max_length=100)
    region: str | None = Field(max_length=4, index=True)
    postcode: str | None = Field(sa_type=CHAR(4), index=True)
    agreed_to_matching: bool
    agreed_on: date | None  # the day on which her agreement was first on record here
    available_from: date | None
    paused_since: date | None
    resumes_on: date | None
    max_open_introductions: int = Field(sa_type=SmallInteger)
    education: int | None = small()  # EducationLevel
    growth_wish: str | None = Field(max_length=16)
    contact_channel: str | None = Field(max_length=24)
    representative: str | None = Field(max_length=16)
    benefit_provider: str | None = Field(max_length=16)
    responsible_organisation_id: str | None = Field(
        foreign_key="organisations.id", ondelete="RESTRICT", index=True, max_length=ID_LENGTH
    )
    caseworker: str | None = Field(max_length=200, index=True)
    coach: str | None = Field(max_length=200, index=True)
    contract_kinds: int | None = mask()  # ContractKind
    contract_months_min: int | None = small()
    licences: int | None = mask()  # Licence
    certificates: int | None = mask()  # Certificate
    access_needs: int | None = mask()  # AccessNeed
    courses: list[str] | None = texts()
    answered: int = Field(sa_type=SmallInteger)  # CandidateList
    last_confirmed_on: date | None
    created_at: datetime = Field(sa_type=UtcDateTime)
    updated_at: datetime = Field(sa_type=UtcDateTime)
    version: int  # one more with every change; the ETag is made of it


class CandidateAvailabilityRow(SQLModel, table=True):
    """Hours a week and a day, build-up in months, minutes between breaks, and the weekly grid of dayparts."""

    __tablename__ = "candidate_availability"
    __table_args__ = (
        *(in_range(name, 0, 60) for name in ("hours_min", "hours_max", "build_up_to", "build_up_months")),
        at_most("hours_min", "hours_max"),
        at_most("hours_max", "build_up_to"),
        in_range("hours_per_day_max", 0, 12),
        in_range("minutes_between_breaks", 5, 480),
        in_range("weekly_grid", 0, 2**N_DAYPARTS - 1),
    )

    candidate_id: str = owner("candidates.id")
    hours_min: float | None
    hours_max: float | None
    build_up_to: float | None
    build_up_months: int | None = small()
    hours_per_day_max: float | None
    minutes_between_breaks: int | None = small()
    weekly_grid: int | None = mask()  # scoring.terms.daypart_bit


class CandidateTravelRow(SQLModel, table=True):
    """How she travels, and for how long at most, one way."""

    __tablename__ = "candidate_travel"
    __table_args__ = (in_range("modes", 0), in_range("max_minutes", 0, 240))

    candidate_id: str = owner("candidates.id")
    modes: int | None = mask()  # TravelMode
    max_minutes: int | None = small()


class CandidateCapacitiesRow(CapacityLevels, table=True):
    """What she can sustain on each dimension."""

    __tablename__ = "candidate_capacities"
    __table_args__ = level_checks()

    candidate_id: str = owner("candidates.id")


class CandidateWishMasksRow(SQLModel, table=True):
    """Sectors (Sector) and settings (WorkSetting) that she wishes, and that she does not want."""

    __tablename__ = "candidate_wish_masks"
    __table_args__ = (
        in_range("sectors", 0),
        in_range("not_sectors", 0),
        in_range("settings", 0),
        in_range("not_settings", 0),
    )

    candidate_id: str = owner("candidates.id")
    sectors: int | None = mask()
    not_sectors: int | None = mask()
    settings: int | None = mask()
    not_settings: int | None = mask()


class CandidateWishRow(SQLModel, table=True):
    """Work that she wishes or does not want, in her own order and words."""

    __tablename__ = "candidate_wishes"
    __table_args__ = (one_of("kind", WishKind), in_range("position", 0))

    candidate_id: str = owner("candidates.id")
    kind: str = Field(primary_key=True, max_length=8)
    position: int = position()
    text: str = Field(max_length=200)


class CandidateWorkDoneRow(SQLModel, table=True):
    """Work that she did; `paid` NULL is unknown."""

    __tablename__ = "candidate_work_done"
    __table_args__ = (in_range("position", 0), in_range("months", 0, 720))

    candidate_id: str = owner("candidates.id")
    position: int = position()
    title: str = Field(max_length=200)
    months: int | None = small()
    paid: bool | None


class CandidateSkillRow(SQLModel, table=True):
    """A skill in the words in which it was given, and how it is known."""

    __tablename__ = "candidate_skills"
    __table_args__ = (in_range("position", 0), one_of("how_known", HowKnown))

    candidate_id: str = owner("candidates.id")
    position: int = position()
    skill: str = Field(max_length=200)
    how_known: str | None = Field(max_length=12)


class CandidateLanguageRow(SQLModel, table=True):
    """A language and her level; level 0 is a stated absence."""

    __tablename__ = "candidate_languages"
    __table_args__ = (in_range("position", 0), in_range("level", 0, max(LanguageLevel).value))

    candidate_id: str = owner("candidates.id")
    position: int = position()
    language: str = Field(max_length=3)  # ISO 639
    level: int = Field(sa_type=SmallInteger)  # LanguageLevel


class CandidateSupportNeedRow(SQLModel, table=True):
    """A support need and who supplies it."""

    __tablename__ = "candidate_support_needs"
    __table_args__ = (in_range("position", 0), one_of("need", SupportNeed), one_of("supplier", Supplier))

    candidate_id: str = owner("candidates.id")
    position: int = position()
    need: str = Field(max_length=24)
    supplier: str = Field(max_length=16)


class CandidateGroupRow(SQLModel, table=True):
    """An ordinary target group; the restricted ones (`scoring.terms.RESTRICTED_GROUPS`) are refused here."""

    __tablename__ = "candidate_groups"
    __table_args__ = (
        in_range("position", 0),
        one_of("target_group", TargetGroup, but=RESTRICTED_GROUPS),
        at_most("valid_from", "valid_until"),
    )

    candidate_id: str = owner("candidates.id")
    position: int = position()
    target_group: str = Field(max_length=20)
    valid_from: date | None
    valid_until: date | None


class CandidatePastPlacementRow(SQLModel, table=True):
    """A placement that ended; `organisation_id` where the employer's name is that of a known organisation."""

    __tablename__ = "candidate_past_placements"
    __table_args__ = (in_range("position", 0), one_of("reason", EndReason))

    candidate_id: str = owner("candidates.id")
    position: int = position()
    employer: str = Field(max_length=200)
    organisation_id: str | None = Field(
        foreign_key="organisations.id", ondelete="SET NULL", index=True, max_length=ID_LENGTH
    )
    team: str | None = Field(max_length=200)
    reason: str = Field(max_length=24)
    ended_on: date | None
