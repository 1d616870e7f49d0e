"""What a reference set holds, as plain values with codes for references; filled by readers, stored by `loading`.

The shipped set and an imported official set have the same shape: the shipped one has tasks with demands, an official
one says which skills are essential or optional.
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from scoring.terms import Capacity, EducationLevel, Sector, TaskFreedom, WorkSetting

EMBEDDED = "embedded"
ESCO = "esco"


@dataclass(frozen=True)
class Skill:
    """A skill, or a group of skills; `parent` and `related` are codes of the same set."""

    code: str
    label: str | None  # Dutch
    english: str | None = None
    parent: str | None = None
    is_group: bool = False
    esco_uri: str | None = None
    synonyms: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """A task: its share of the hours in %, the codes of its skills, and what it asks (levels 1 to 4)."""

    text: str
    english: str
    share: int
    freedom: TaskFreedom
    skills: tuple[str, ...]
    demands: tuple[tuple[Capacity, int], ...]


@dataclass(frozen=True)
class Occupation:
    """An occupation; skills and other occupations by their codes in the same set."""

    code: str
    title: str
    english: str | None = None
    isco: str | None = None
    sector: Sector | None = None
    settings: tuple[WorkSetting, ...] | None = None
    education: EducationLevel | None = None
    esco_uri: str | None = None
    synonyms: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    tasks: tuple[Task, ...] = ()
    essential_skills: tuple[str, ...] = ()
    optional_skills: tuple[str, ...] = ()
    neighbours: tuple[str, ...] = ()
    grows_to: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()


@dataclass(frozen=True)
class Region:
    """A labour-market region and its middle (WGS 84, degrees)."""

    code: str
    name: str
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Municipality:
    """A municipality by its CBS code, in a region."""

    code: str
    name: str
    region: str


@dataclass(frozen=True)
class Postcode:
    """A four-digit postcode, its point (WGS 84, degrees), municipality and region."""

    pc4: str
    place: str
    municipality: str | None
    municipality_code: str | None
    region: str | None
    latitude: float
    longitude: float


@dataclass(frozen=True)
class ReferenceSet:
    """A whole set. Skills stand after their parents; a reference to a code that is not in the set is an error."""

    code: str
    source: str
    licence: str
    skills: tuple[Skill, ...] = ()
    occupations: tuple[Occupation, ...] = ()
    regions: tuple[Region, ...] = ()
    municipalities: tuple[Municipality, ...] = ()
    postcodes: tuple[Postcode, ...] = ()

    @cached_property
    def version(self) -> str:
        """The hash of the content: equal content, equal version."""
        digest = hashlib.sha256()
        for part in (self.skills, self.occupations, self.regions, self.municipalities, self.postcodes):
            digest.update(repr(part).encode())
        return digest.hexdigest()[:16]
