"""Reference data at rest: occupations, skills, places, crosswalk; for `matching.reference` and `exchange`.

Numbers (`id`) are given out by the loader, in the order of the set, and mean nothing outside the database:
the outside knows codes. Rows of a set disappear with the set.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint
from sqlmodel import Field, SQLModel

from matching.tables.base import CapacityLevels, UtcDateTime, in_range, level_checks, one_of
from scoring.terms import Sector, TaskFreedom


class LabelRole(StrEnum):
    """What a label is to its occupation or skill; in the order of `scoring.taxonomy.LabelKind`."""

    PREFERRED = "preferred"
    SYNONYM = "synonym"
    HIDDEN = "hidden"


class SkillNeed(StrEnum):
    """How much an occupation of an official set needs a skill."""

    ESSENTIAL = "essential"
    OPTIONAL = "optional"


class OccupationTie(StrEnum):
    """Moves easily to (neighbour), may grow into (grows_to), is a kind of (broader)."""

    NEIGHBOUR = "neighbour"
    GROWS_TO = "grows_to"
    BROADER = "broader"


class Relation(StrEnum):
    """How a code of one system stands to a code of another (the mapping relations of SKOS)."""

    EXACT = "exact"
    CLOSE = "close"
    BROADER = "broader"
    NARROWER = "narrower"
    RELATED = "related"


class PointSource(StrEnum):
    """Where a postcode's point came from; an imported one is not overwritten by the shipped one."""

    EMBEDDED = "embedded"
    IMPORTED = "imported"


def _number() -> Any:
    """A primary key that the loader gives out (no sequence)."""
    return Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


def _owner(target: str, *, primary_key: bool = False, index: bool = False) -> Any:
    """A reference to what the row belongs to, and with which it disappears."""
    return Field(foreign_key=target, ondelete="CASCADE", primary_key=primary_key, index=index)


class ReferenceSetRow(SQLModel, table=True):
    """One loaded version of a set; `version` is the hash of its content."""

    __tablename__ = "reference_sets"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40)  # embedded | esco
    version: str = Field(max_length=64)
    source: str
    licence: str
    loaded_at: datetime = Field(sa_type=UtcDateTime)
    active: bool


class SkillRow(SQLModel, table=True):
    """A skill, or a group of skills (a heading); `code` is our id or the ESCO uri."""

    __tablename__ = "skills"
    __table_args__ = (UniqueConstraint("set_id", "code"),)

    id: int = _number()
    set_id: int = _owner("reference_sets.id")
    code: str = Field(max_length=200)
    label: str | None  # Dutch; NULL where the official set has none
    english: str | None
    parent_id: int | None = Field(foreign_key="skills.id", ondelete="CASCADE", index=True)
    is_group: bool
    esco_uri: str | None = Field(max_length=200, index=True)


class SkillLabelRow(SQLModel, table=True):
    """A Dutch label of a skill; position 0 is the preferred one."""

    __tablename__ = "skill_labels"
    __table_args__ = (one_of("kind", LabelRole),)

    skill_id: int = _owner("skills.id", primary_key=True)
    position: int = Field(primary_key=True)
    text: str
    kind: str = Field(max_length=12)


class SkillLinkRow(SQLModel, table=True):
    """Two skills of which who has one has much of the other; stored once, meant both ways."""

    __tablename__ = "skill_links"
    __table_args__ = (CheckConstraint("skill_id <> other_id", name="two_skills"),)

    skill_id: int = _owner("skills.id", primary_key=True)
    other_id: int = _owner("skills.id", primary_key=True, index=True)


class OccupationRow(SQLModel, table=True):
    """An occupation; `code` is our id or the ESCO uri. What is NULL is unknown."""

    __tablename__ = "occupations"
    __table_args__ = (
        UniqueConstraint("set_id", "code"),
        one_of("sector", Sector),
        in_range("education", 0, 7),
        in_range("settings", 0),
    )

    id: int = _number()
    set_id: int = _owner("reference_sets.id")
    code: str = Field(max_length=200)
    isco: str | None = Field(max_length=4, index=True)
    title: str
    english: str | None
    sector: str | None = Field(max_length=20, index=True)
    education: int | None = Field(sa_type=SmallInteger)  # EducationLevel that employers usually wish
    settings: int | None  # bitmask of WorkSetting
    esco_uri: str | None = Field(max_length=200, index=True)
    competentnl_id: str | None = Field(max_length=200, index=True)


class OccupationLabelRow(SQLModel, table=True):
    """A Dutch name of an occupation; position 0 is the preferred one."""

    __tablename__ = "occupation_labels"
    __table_args__ = (one_of("kind", LabelRole),)

    occupation_id: int = _owner("occupations.id", primary_key=True)
    position: int = Field(primary_key=True)
    text: str
    kind: str = Field(max_length=12)


class OccupationTaskRow(CapacityLevels, table=True):
    """A task of an occupation, its share of the hours in %, and what it asks (NULL: no demand)."""

    __tablename__ = "occupation_tasks"
    __table_args__ = (
        UniqueConstraint("occupation_id", "position"),
        in_range("share", 1, 100),
        one_of("freedom", TaskFreedom),
        *level_checks(),
    )

    id: int = _number()
    occupation_id: int = _owner("occupations.id")
    position: int = Field(sa_type=SmallInteger)
    text: str
    english: str
    share: int = Field(sa_type=SmallInteger)
    freedom: str = Field(max_length=12)


class OccupationTaskSkillRow(SQLModel, table=True):
    """A skill that a task uses."""

    __tablename__ = "occupation_task_skills"

    task_id: int = _owner("occupation_tasks.id", primary_key=True)
    skill_id: int = _owner("skills.id", primary_key=True, index=True)


class OccupationSkillRow(SQLModel, table=True):
    """A skill that an official set says an occupation needs; our own have theirs through their tasks."""

    __tablename__ = "occupation_skills"
    __table_args__ = (one_of("kind", SkillNeed),)

    occupation_id: int = _owner("occupations.id", primary_key=True)
    skill_id: int = _owner("skills.id", primary_key=True, index=True)
    kind: str = Field(max_length=12)


class OccupationLinkRow(SQLModel, table=True):
    """How one occupation leads to another."""

    __tablename__ = "occupation_links"
    __table_args__ = (
        one_of("kind", OccupationTie),
        CheckConstraint("occupation_id <> other_id", name="two_occupations"),
    )

    occupation_id: int = _owner("occupations.id", primary_key=True)
    other_id: int = _owner("occupations.id", primary_key=True, index=True)
    kind: str = Field(primary_key=True, max_length=12)


class RegionRow(SQLModel, table=True):
    """A labour-market region (arbeidsmarktregio) and its middle, in degrees (WGS 84)."""

    __tablename__ = "regions"
    __table_args__ = (in_range("latitude", -90, 90), in_range("longitude", -180, 180))

    code: str = Field(primary_key=True, max_length=4)
    name: str
    latitude: float | None
    longitude: float | None


class MunicipalityRow(SQLModel, table=True):
    """A municipality, by its CBS code ("GM0363"), and its region."""

    __tablename__ = "municipalities"

    code: str = Field(primary_key=True, max_length=6)
    name: str = Field(index=True)
    region: str = Field(foreign_key="regions.code", index=True)


class PostcodeRow(SQLModel, table=True):
    """A four-digit postcode with its point in degrees (WGS 84) and its region."""

    __tablename__ = "postcodes"
    __table_args__ = (
        CheckConstraint("length(pc4) = 4", name="four_digits"),
        in_range("latitude", -90, 90),
        in_range("longitude", -180, 180),
        one_of("source", PointSource),
    )

    pc4: str = Field(primary_key=True, max_length=4)
    place: str
    municipality: str | None
    municipality_code: str | None = Field(foreign_key="municipalities.code", index=True)
    region: str | None = Field(foreign_key="regions.code", index=True)
    latitude: float
    longitude: float
    source: str = Field(max_length=12)


class CrosswalkRow(SQLModel, table=True):
    """A code of one system against a code of another, as an owner of one of them published it."""

    __tablename__ = "crosswalk"
    __table_args__ = (one_of("relation", Relation), Index(None, "to_system", "to_code"))

    from_system: str = Field(primary_key=True, max_length=40)
    from_code: str = Field(primary_key=True, max_length=200)
    to_system: str = Field(primary_key=True, max_length=40)
    to_code: str = Field(primary_key=True, max_length=200)
    relation: str = Field(max_length=12)
