"""What is said of a candidate and of a vacancy: validated, pseudonymous, every field optional but a few.

The one shape between the outside (files, HTTP) and the tables. Field names are those of the field; in JSON they
are lowerCamelCase. `None` is always *unknown* (nobody asked, or no answer), an empty list is *none* (asked, and none).
No identity here: names and contact data live apart.
"""

import re
from datetime import date
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    AfterValidator,
    AllowInfNan,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    Strict,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from scoring.terms import (
    AccessNeed,
    Capacity,
    Certificate,
    ContractKind,
    Daypart,
    EducationLevel,
    EndReason,
    Growth,
    LanguageLevel,
    Licence,
    Screening,
    ScreeningAnswer,
    Sector,
    Supplier,
    SupportNeed,
    TargetGroup,
    TaskFreedom,
    TravelMode,
    Weekday,
    WorkSetting,
)

MAX_LIST = 50


def _by_name(levels: type[IntEnum]) -> BeforeValidator:
    """Accept a level by its name ("B1", "mbo_2"), as it is written on screen and in JSON; its number means nothing."""
    names = [_name(level) for level in levels]

    def parse(value: Any) -> Any:
        if isinstance(value, levels):
            return value
        name = value.strip().upper().replace("-", "_") if isinstance(value, str) else ""
        if name not in levels.__members__:
            expected = ", ".join(f"'{one}'" for one in names)
            raise PydanticCustomError("enum", "one of: {expected}", {"expected": expected})
        return levels[name]

    return BeforeValidator(parse, json_schema_input_type=Literal[*names])


def _name(level: IntEnum) -> str:
    return level.name if isinstance(level, LanguageLevel) and level else level.name.lower()


def _unique(values: list[Any]) -> list[Any]:
    return list(dict.fromkeys(values))


def _without_nul(value: str) -> str:
    """A NUL is no text in any language, and PostgreSQL cannot hold it."""
    if "\0" in value:
        raise ValueError("a text may not contain a NUL character")
    return value


def _day(value: Any) -> Any:
    """A day is written 2027-03-01; a bare number, which would be read as seconds or days since 1970, is none."""
    if isinstance(value, date) or (
        isinstance(value, str) and re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value.strip())
    ):
        return value
    raise PydanticCustomError("date_parsing", "a day is written as 2027-03-01")


def _a_number(value: Any) -> Any:
    """Whole numbers may be written as 24.0; what is in quotes, and yes or no, are none."""
    if isinstance(value, bool | str):
        raise PydanticCustomError("int_type", "a whole number is needed")
    return value


def _postcode(value: str) -> str:
    """Four digits; the letters of a full postcode are dropped, since nobody needs to know the street."""
    found = re.fullmatch("([1-9][0-9]{3}) ?([A-Za-z]{2})?", value.strip())
    if found is None:
        raise ValueError("a Dutch postcode has four digits, with or without two letters")
    return found[1]


Education = Annotated[EducationLevel, _by_name(EducationLevel), PlainSerializer(_name, return_type=str)]
Level = Annotated[LanguageLevel, _by_name(LanguageLevel), PlainSerializer(_name, return_type=str)]
A_DAY = BeforeValidator(_day)
Day = Annotated[date, A_DAY]
Postcode = Annotated[
    str,
    Field(max_length=7, json_schema_extra={"pattern": r"^\s*[1-9][0-9]{3} ?([A-Za-z]{2})?\s*$"}),
    AfterValidator(_postcode),
]
RegionCode = Annotated[str, Field(pattern="^AM[0-9]{2}$", json_schema_extra={"maxLength": 4})]
WITHOUT_NUL = AfterValidator(_without_nul)
Words = Annotated[str, WITHOUT_NUL]
ShortText = Annotated[Words, Field(min_length=1, max_length=200)]
LongText = Annotated[Words, Field(min_length=1, max_length=20_000)]
# What is said is of its own kind: "24" and true are no numbers, 1 is no yes.
IN_DIGITS = BeforeValidator(_a_number)
Number = Annotated[float, Strict(), AllowInfNan(False)]
YesNo = Annotated[bool, Strict()]
CapacityLevel = Annotated[int, Field(ge=0, le=4), IN_DIGITS]
WeekHours = Annotated[Number, Field(ge=0, le=60)]
Listed = AfterValidator(_unique)
T = TypeVar("T")
Few = Annotated[list[T], Field(max_length=MAX_LIST), Listed]
WeeklyGrid = Annotated[dict[Weekday, Few[Daypart]], Field(max_length=7)]


class Profile(BaseModel):
    """Strict about names, kind about case: snake_case in Python, lowerCamelCase in JSON."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="forbid", frozen=True, str_strip_whitespace=True
    )


class HowKnown(StrEnum):
    """How we know that she has a skill."""

    SELF = "self"
    COACH = "coach"
    EMPLOYER = "employer"
    CERTIFICATE = "certificate"
    TEST = "test"


class CandidateHours(Profile):
    """Hours a week as one answer: from, to, and to how many they may grow within how many months."""

    min: WeekHours | None = None
    max: WeekHours | None = None
    build_up_to: WeekHours | None = None
    build_up_months: Annotated[int, Field(ge=0, le=60), IN_DIGITS] | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is more than max")
        if self.build_up_to is not None and self.max is not None and self.build_up_to < self.max:
            raise ValueError("buildUpTo is less than max")
        return self


class VacancyHours(Profile):
    min: WeekHours | None = None
    max: WeekHours | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError("min is more than max")
        return self


class Wishes(Profile):
    """What she wants and what not, in her own order and words; work is free text, resolved to occupations later."""

    work: Few[ShortText] | None = None
    not_work: Few[ShortText] | None = None
    sectors: Few[Sector] | None = None
    not_sectors: Few[Sector] | None = None
    settings: Few[WorkSetting] | None = None
    not_settings: Few[WorkSetting] | None = None


class Travel(Profile):
    modes: Few[TravelMode] | None = None
    max_minutes: Annotated[int, Field(ge=0, le=240), IN_DIGITS] | None = None


class Language(Profile):
    language: Annotated[
        str, Field(pattern=r"^[a-z]{2,3}$", description="ISO 639, e.g. nl", json_schema_extra={"maxLength": 3})
    ]
    level: Level


class GroupMembership(Profile):
    group: TargetGroup
    valid_from: Day | None = None
    valid_until: Day | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_from > self.valid_until:
            raise ValueError("validFrom is after validUntil")
        return self


class WorkDone(Profile):
    """Work that she did, paid or not. Dates are not asked: how long ago is nobody's business here."""

    title: ShortText
    months: Annotated[int, Field(ge=0, le=720), IN_DIGITS] | None = None
    paid: YesNo | None = None


class KnownSkill(Profile):
    skill: ShortText
    how_known: HowKnown | None = None


class Support(Profile):
    need: SupportNeed
    supplier: Supplier = Supplier.UNKNOWN


class Pause(Profile):
    """A trajectory that stands still for a while; the reason is nobody's but the coach's."""

    since: Day
    resumes_on: Day | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.resumes_on and self.resumes_on < self.since:
            raise ValueError("resumesOn is before since")
        return self


class PastPlacement(Profile):
    """A placement that ended, at which employer and team, and why."""

    employer: ShortText
    team: ShortText | None = None
    reason: EndReason
    ended_on: Day | None = None


class ContactChannel(StrEnum):
    PHONE = "phone"
    EMAIL = "email"
    MESSAGE = "message"
    LETTER = "letter"
    THROUGH_COACH = "through_coach"
    THROUGH_REPRESENTATIVE = "through_representative"


class Representative(StrEnum):
    PARENT = "parent"
    MENTOR = "mentor"
    ADMINISTRATOR = "administrator"  # bewindvoerder
    GUARDIAN = "guardian"
    OTHER = "other"
    NOBODY = "nobody"


class BenefitProvider(StrEnum):
    UWV = "uwv"
    MUNICIPALITY = "municipality"
    NOBODY = "nobody"


class CandidateProfile(Profile):
    """A candidate, pseudonymous. Only a region or a postcode is needed."""

    source: Annotated[Words, Field(max_length=100)] | None = None
    source_id: Annotated[Words, Field(max_length=100)] | None = None
    region: RegionCode | None = None
    postcode: Postcode | None = None
    agreed_to_matching: YesNo = True
    available_from: Day | None = None
    pause: Pause | None = None
    target_groups: Annotated[list[GroupMembership], Field(max_length=MAX_LIST)] | None = None
    wishes: Wishes | None = None
    hours: CandidateHours | None = None
    hours_per_day_max: Annotated[Number, Field(gt=0, le=12)] | None = None
    minutes_between_breaks: Annotated[int, Field(ge=5, le=480), IN_DIGITS] | None = None
    weekly_grid: WeeklyGrid | None = None
    travel: Travel | None = None
    languages: Annotated[list[Language], Field(max_length=MAX_LIST)] | None = None
    licences: Few[Licence] | None = None
    certificates: Few[Certificate] | None = None
    screenings: dict[Screening, ScreeningAnswer] | None = None
    courses: Few[ShortText] | None = None
    education: Education | None = None
    work_done: Annotated[list[WorkDone], Field(max_length=MAX_LIST)] | None = None
    skills: Annotated[list[KnownSkill], Field(max_length=100)] | None = None
    capacities: dict[Capacity, CapacityLevel] = Field(default_factory=dict)
    support_needs: Annotated[list[Support], Field(max_length=MAX_LIST)] | None = None
    access_needs: Few[AccessNeed] | None = None
    contract_kinds: Few[ContractKind] | None = None
    contract_months_min: Annotated[int, Field(ge=0, le=120), IN_DIGITS] | None = None
    growth_wish: Growth | None = None
    contact_channel: ContactChannel | None = None
    representative: Representative | None = None
    max_open_introductions: Annotated[int, Field(ge=0, le=20), IN_DIGITS] = 2
    responsible_organisation: ShortText | None = None
    caseworker: ShortText | None = None
    coach: ShortText | None = None
    benefit_provider: BenefitProvider | None = None
    past_placements: Annotated[list[PastPlacement], Field(max_length=MAX_LIST)] = Field(default_factory=list)
    last_confirmed_on: Day | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.region is None and self.postcode is None:
            raise ValueError("region or postcode is needed")
        return self


class Task(Profile):
    """One task of a vacancy: the unit of job carving. No freedom stated means nobody has said whether it may go."""

    text: Annotated[Words, Field(min_length=1, max_length=1_000)]
    hours_per_week: WeekHours | None = None
    freedom: TaskFreedom | None = None
    skills: Few[ShortText] | None = None
    demands: dict[Capacity, CapacityLevel] = Field(default_factory=dict)


class Adaptation(Profile):
    """Something that lowers a demand by some levels: offered by the employer, or possible but not offered."""

    capacity: Capacity
    levels: Annotated[int, Field(ge=1, le=4), IN_DIGITS]
    offered: YesNo = False
    task: Annotated[int, Field(ge=1, le=MAX_LIST), IN_DIGITS] | None = Field(
        default=None, description="number of the task; all tasks if left out"
    )
    text: ShortText | None = None


class WorkTimes(Profile):
    """When the work is: dayparts that are fixed, and how many more out of which possible ones."""

    fixed: WeeklyGrid | None = None
    possible: WeeklyGrid | None = None
    dayparts_per_week: Annotated[int, Field(ge=0, le=28), IN_DIGITS] | None = None


class Wage(Profile):
    cao: ShortText | None = None
    scale: ShortText | None = None
    euros_per_hour_min: Annotated[Number, Field(ge=0, le=500)] | None = None
    euros_per_hour_max: Annotated[Number, Field(ge=0, le=500)] | None = None


class VacancyProfile(Profile):
    """A supporting role. Only a title or tasks are needed."""

    source: Annotated[Words, Field(max_length=100)] | None = None
    source_id: Annotated[Words, Field(max_length=100)] | None = None
    title: ShortText | None = None
    description: LongText | None = None
    tasks: Annotated[list[Task], Field(max_length=MAX_LIST)] | None = None
    kind: ContractKind | None = None
    legal_employer: ShortText | None = None
    work_floor: ShortText | None = None
    team: ShortText | None = None
    sector: Sector | None = None
    settings: Few[WorkSetting] | None = None
    hours: VacancyHours | None = None
    hours_per_day: Annotated[Number, Field(gt=0, le=12)] | None = None
    work_times: WorkTimes | None = None
    postcode: Postcode | None = None
    region: RegionCode | None = None
    remote_share: Annotated[Number, Field(ge=0, le=1)] | None = None
    trips_per_week: Annotated[Number, Field(ge=0, le=14)] | None = None
    education_by_law: Education | None = None
    education_wished: Education | None = None
    languages: Annotated[list[Language], Field(max_length=MAX_LIST)] | None = None
    licences: Few[Licence] | None = None
    licences_desired: Few[Licence] | None = None
    certificates: Few[Certificate] | None = None
    certificates_desired: Few[Certificate] | None = None
    screenings: Few[Screening] | None = None
    access: dict[AccessNeed, YesNo] | None = None
    skills_desired: Few[ShortText] | None = None
    wage: Wage | None = None
    contract_months: Annotated[int, Field(ge=0, le=600), IN_DIGITS] | None = None
    positions: Annotated[int, Field(ge=1, le=500), IN_DIGITS] = 1
    start_on: Day | None = None
    closes_on: Day | None = None
    trial_possible: YesNo | None = None
    offers: Few[SupportNeed] | None = None
    adaptations: Annotated[list[Adaptation], Field(max_length=MAX_LIST)] = Field(default_factory=list)
    buddy: YesNo | None = None
    growth_path: Growth | None = None
    counts_for: Few[TargetGroup] | None = None
    contract: ShortText | None = None
    contact_person: ShortText | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.title and not self.tasks:
            raise ValueError("title or tasks are needed")
        n_tasks = len(self.tasks or [])
        for adaptation in self.adaptations:
            if adaptation.task is not None and adaptation.task > n_tasks:
                raise ValueError(f"adaptation for task {adaptation.task}, but there are {n_tasks} tasks")
        return self
