"""A small reference set, as tests load it: three occupations of which one has no ESCO uri, four skills, places."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from matching.reference import (
    EMBEDDED,
    ESCO,
    Municipality,
    Occupation,
    Postcode,
    ReferenceSet,
    Region,
    Skill,
    Task,
)
from scoring.terms import Capacity, EducationLevel, Sector, TaskFreedom, WorkSetting

NOW = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 10, 1, 8, 0, tzinfo=UTC)
CLEANER_URI = "http://data.europa.eu/esco/occupation/cleaner"
COUNTING_URI = "http://data.europa.eu/esco/skill/counting"


def task(text: str, share: int, *skills: str, **demands: int) -> Task:
    levels = tuple((Capacity(name), level) for name, level in demands.items())
    return Task(text, text, share, TaskFreedom.FIXED, skills, levels)


def small_set(**changes: Any) -> ReferenceSet:
    skills = (
        Skill("work", "werk", "work", is_group=True),
        Skill("indoors", "binnen", "indoors", parent="work", is_group=True),
        Skill("mopping", "dweilen", "mopping", parent="indoors", synonyms=("vloer dweilen",)),
        Skill("counting", "tellen", "counting", parent="indoors", esco_uri=COUNTING_URI),
        Skill("ironing", "strijken", "ironing", parent="work", related=("mopping",)),
    )
    occupations = (
        Occupation(
            code="cleaner",
            title="schoonmaker",
            english="cleaner",
            isco="9112",
            sector=Sector.CLEANING,
            settings=(WorkSetting.INDOORS, WorkSetting.ALONE),
            education=EducationLevel.NONE,
            esco_uri=CLEANER_URI,
            synonyms=("schoonmaakster", "medewerker schoonmaak"),
            tasks=(
                task("Gangen dweilen", 60, "mopping", standing=3, lifting=1),
                task("Trappen dweilen en doekjes tellen", 30, "mopping", "counting"),
                task("Gordijnen strijken", 10, "ironing"),
            ),
            neighbours=("launderer",),
        ),
        Occupation(
            code="launderer",
            title="wasserijmedewerker",
            english="launderer",
            isco="9121",
            tasks=(task("Strijken", 100, "ironing"),),
            grows_to=("cleaner",),
        ),
    )
    shipped = ReferenceSet(
        EMBEDDED,
        source="test",
        licence="test",
        skills=skills,
        occupations=occupations,
        regions=(Region("AM01", "Groningen", 53.2, 6.7), Region("AM03", "Drenthe", None, None)),
        municipalities=(
            Municipality("GM0014", "Groningen", "AM01"),
            Municipality("GM0106", "Assen", "AM03"),
        ),
        postcodes=(
            Postcode("9711", "Groningen", "Groningen", "GM0014", "AM01", 53.215, 6.57),
            Postcode("9401", "Assen", "Assen", "GM0106", "AM03", 52.99, 6.56),
            Postcode("9402", "Assen", "Assen", "GM0106", "AM03", 53.01, 6.58),
        ),
    )
    return replace(shipped, **changes)


def official_set(**changes: Any) -> ReferenceSet:
    """Like ESCO: knows the cleaner and counting too, and a porter and carrying that we do not have."""
    group, carrying = "http://data.europa.eu/esco/skill/S", "http://data.europa.eu/esco/skill/carrying"
    porter = "http://data.europa.eu/esco/occupation/porter"
    official = ReferenceSet(
        ESCO,
        source="test",
        licence="test",
        skills=(
            Skill(group, "vaardigheden", is_group=True, esco_uri=group),
            Skill(COUNTING_URI, "Tellen", parent=group, esco_uri=COUNTING_URI, synonyms=("optellen",)),
            Skill(carrying, None, "carrying", parent=COUNTING_URI, esco_uri=carrying),
        ),
        occupations=(
            Occupation(
                CLEANER_URI,
                "interieurverzorger",
                isco="9112",
                esco_uri=CLEANER_URI,
                synonyms=("Schoonmaker", "poetshulp"),
                hidden=("poetser",),
                essential_skills=(carrying,),
            ),
            Occupation(
                porter,
                "drager",
                isco="9333",
                esco_uri=porter,
                essential_skills=(carrying,),
                optional_skills=(COUNTING_URI,),
                broader=(CLEANER_URI,),
            ),
        ),
    )
    return replace(official, **changes)
