"""A small made-up world in a database, and all that a process holds of it in plain values, to compare."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine

import fixtures
from fixtures.reference_set import REFERENCE, read_reference_set
from fixtures.world import make_world
from matching.database import session_scope
from matching.fitting import fit_to_json
from matching.pool import Segment
from matching.pool_building import Held
from matching.profiles import CandidateProfile, VacancyProfile
from matching.reference import ReferenceSet, load_embedded
from matching.rule_store import save_rule_sets
from matching.settings import Settings
from matching.store import save_candidates, save_vacancies
from scoring.columns import Candidates, Lists, Vacancy

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
RULES = Path(fixtures.__file__).with_name("rules")
N_CANDIDATES, N_VACANCIES = 80, 6


@cache
def reference() -> ReferenceSet:
    return read_reference_set(REFERENCE)


@cache
def people_and_vacancies(seed: int = 5) -> tuple[list[CandidateProfile], list[VacancyProfile]]:
    """Profiles of a made-up world."""
    world = make_world(reference(), seed=seed, n_candidates=N_CANDIDATES, n_vacancies=N_VACANCIES, today=TODAY)
    return list(world.candidates(0, N_CANDIDATES)), list(world.vacancies())


def load_world(engine: Engine) -> tuple[list[str], list[str]]:
    """Put it into a database; the ids of its people and of its vacancies."""
    people, vacancies = people_and_vacancies()
    with session_scope(engine) as session:
        load_embedded(session, reference(), now=NOW)
        save_rule_sets(session, {path.name: path.read_text(encoding="utf-8") for path in RULES.glob("*.yaml")}, now=NOW)
    with session_scope(engine) as session:
        return save_candidates(session, people, now=NOW).ids, save_vacancies(session, vacancies, now=NOW).ids


def settings_on(folder: Path, moment: datetime = NOW) -> Settings:
    """Settings with a data folder and a clock that stands still."""
    folder.mkdir(parents=True, exist_ok=True)
    clock = folder / "clock"
    clock.write_text(moment.isoformat(), encoding="utf-8")
    return Settings(data_dir=folder, clock=clock)


def person_in(segment: Segment, row: int) -> dict[str, Any]:
    """All that the columns say of one person, with words instead of the numbers of a vocabulary."""
    people = segment.people
    said: dict[str, Any] = {"levels": segment.levels[row].tolist()}
    words = {
        "wishes": people.titles,
        "refusals": people.titles,
        "work": people.titles,
        "tried": people.employers,
    }
    for field in fields(Candidates):
        value = getattr(people, field.name)
        if field.name in ("titles", "employers", "teams", "language_codes"):
            continue
        if field.name == "languages":
            spoken = zip(people.language_codes, value[row].tolist(), strict=True)
            said["languages"] = {code: level for code, level in spoken if level >= 0}
        elif field.name == "tried_teams":
            teams = value[people.tried.starts[row] : people.tried.starts[row + 1]].tolist()
            said["teams"] = [people.teams[team] if team >= 0 else None for team in teams]
        elif isinstance(value, Lists):
            part = slice(*value.starts[row : row + 2].tolist())
            items = [words[field.name][item] if field.name in words else item for item in value.items[part].tolist()]
            said[field.name] = list(zip(items, np.nan_to_num(value.numbers[part], nan=-1.0).tolist(), strict=True))
        elif isinstance(value, np.ndarray):
            said[field.name] = np.nan_to_num(value[row], nan=-1.0).tolist()
        else:
            said[field.name] = value[row]
    return said


def told(held: Held) -> dict[str, Any]:
    """All that a process holds: people by id, vacancies by id, and what is believed."""
    people = {
        segment.people.ids[row]: person_in(segment, row)
        for segment in held.pool.segments
        for row in np.flatnonzero(segment.alive).tolist()
    }
    vacancies = {vacancy.id: vacancy_said(vacancy) for vacancy in held.vacancies}
    return {"people": people, "vacancies": vacancies, "fit": fit_to_json(held.pool.fit)}


def vacancy_said(vacancy: Vacancy) -> str:
    """A vacancy in plain text."""
    return repr(vacancy)


def columns(segment: Segment) -> Mapping[str, Any]:
    """The columns of a segment by name, as they lie in memory."""
    found: dict[str, Any] = {"levels": segment.levels, "alive": segment.alive}
    for field in fields(Candidates):
        value = getattr(segment.people, field.name)
        if isinstance(value, Lists):
            found |= {f"{field.name}.{part}": getattr(value, part) for part in ("starts", "items", "numbers")}
        else:
            found[field.name] = value if isinstance(value, np.ndarray) else tuple(value)
    return found


def same_columns(one: Segment, other: Segment) -> bool:
    """Whether two segments hold the same, to the last bit."""
    first, second = columns(one), columns(other)
    return first.keys() == second.keys() and all(
        np.array_equal(value, second[name], equal_nan=value.dtype.kind == "f")
        if isinstance(value, np.ndarray)
        else value == second[name]
        for name, value in first.items()
    )
