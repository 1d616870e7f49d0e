"""Vacancies in and out of the tables; the mapping of a vacancy's profile to rows and back.

Closed sets come back in the order of their list, and a part of which nothing is known (`hours`, `work_times`,
`wage`) as None; all else comes back as it was given.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlmodel import Session

from matching.changes import note_change
from matching.errors import Conflict, NotFound
from matching.profiles import VacancyHours, VacancyProfile, Wage, WorkTimes
from matching.store.masks import education_of, from_grid, from_mask, known_or_none, languages_of, to_grid, to_mask
from matching.store.saving import Row, Rows, SaveReport, Shape, load, remove, save, save_as, version_of
from matching.tables import metadata
from matching.tables.changes import ChangeKind
from matching.tables.vacancies import VacancyList, VacancyStatus
from scoring.terms import (
    CAPACITIES,
    AccessNeed,
    Certificate,
    Licence,
    Screening,
    SupportNeed,
    TargetGroup,
    WorkSetting,
)

VACANCIES = metadata.tables["vacancies"]
TASKS = metadata.tables["vacancy_tasks"]
_HISTORY = [metadata.tables[name] for name in ("introductions", "exposure_lists")]
LANGUAGES = metadata.tables["vacancy_languages"]
ADAPTATIONS = metadata.tables["vacancy_adaptations"]

_NO_HOURS, _NO_TIMES, _NO_WAGE = VacancyHours(), WorkTimes(), Wage()
_SAME = (
    "title",
    "description",
    "kind",
    "legal_employer",
    "work_floor",
    "team",
    "sector",
    "hours_per_day",
    "postcode",
    "region",
    "remote_share",
    "trips_per_week",
    "skills_desired",
    "contract_months",
    "positions",
    "start_on",
    "closes_on",
    "trial_possible",
    "buddy",
    "growth_path",
    "contract",
    "contact_person",
)
_LEVELS = ("education_by_law", "education_wished")
_SETS = {
    "settings": WorkSetting,
    "licences": Licence,
    "licences_desired": Licence,
    "certificates": Certificate,
    "certificates_desired": Certificate,
    "screenings": Screening,
    "offers": SupportNeed,
    "counts_for": TargetGroup,
}


def save_vacancies(session: Session, profiles: Iterable[VacancyProfile], *, now: datetime) -> SaveReport:
    """Write vacancies: create (open), update, or leave as they were; keys and errors as for `save_candidates`.

    Whether it is open or closed is no part of the profile: an update leaves that as it was.
    """
    return save(session, _SHAPE, profiles, now)


def change_vacancy(session: Session, identifier: str, profile: VacancyProfile, *, now: datetime) -> bool:
    """Write a vacancy in place of what is there; whether anything changed.

    Raises NotFound (`vacancy.unknown`) and Conflict (`vacancy.taken`).
    """
    return bool(save_as(session, _SHAPE, identifier, profile, now).updated)


def vacancy_version(session: Session, identifier: str) -> int:
    """The version of a vacancy, locked for who writes. Raises NotFound (`vacancy.unknown`)."""
    return version_of(session, _SHAPE, identifier)


def refuse_known_vacancy(session: Session, profile: VacancyProfile) -> None:
    """Raise Conflict (`vacancy.exists`) where source and source id are those of a vacancy that is there."""
    columns = VACANCIES.c
    same = select(columns.id).where(columns.source == (profile.source or ""), columns.source_id == profile.source_id)
    if session.connection().scalar(same) is not None:
        raise Conflict("vacancy.exists", "sourceId")


def hand_over(session: Session, identifier: str, organisation_id: str | None, *, status: VacancyStatus) -> None:
    """Say whose vacancy it is and whether people are still sought for it.

    Raises NotFound (`vacancy.unknown`, `organisation.unknown`).
    """
    columns, organisations = VACANCIES.c, metadata.tables["organisations"].c
    known = select(organisations.id).where(organisations.id == organisation_id)
    if organisation_id is not None and session.connection().scalar(known) is None:
        raise NotFound("organisation.unknown", id=organisation_id)
    done = session.connection().execute(
        update(VACANCIES)
        .where(columns.id == identifier)
        .values(organisation_id=organisation_id, status=status.value, version=columns.version + 1)
    )
    if not done.rowcount:
        raise NotFound("vacancy.unknown", id=identifier)
    note_change(session, ChangeKind.VACANCY, [identifier])


def load_vacancy(session: Session, identifier: str) -> VacancyProfile:
    """One vacancy. Raises NotFound (`vacancy.unknown`)."""
    return next(load(session, _SHAPE, [identifier], guarded=True))[1]


def load_vacancies(session: Session, ids: Iterable[str] | None = None) -> Iterator[tuple[str, VacancyProfile]]:
    """Vacancies with their ids, read a chunk at a time: those asked for, in that order, or all, in order of id.

    Raises NotFound (`vacancy.unknown`) at one that is not there.
    """
    return load(session, _SHAPE, ids, guarded=True)


def delete_vacancy(session: Session, identifier: str) -> None:
    """Delete a vacancy and all that belongs to it. Raises NotFound (`vacancy.unknown`)."""
    remove(session, _SHAPE, identifier)


def take_away(session: Session, identifier: str) -> bool:
    """Take a vacancy away, or close it where somebody was shown or introduced for it; whether it is gone.

    What was shown, and what became of it, is history: people's own, and what is learned from.
    Raises NotFound (`vacancy.unknown`).
    """
    version_of(session, _SHAPE, identifier)  # nobody is introduced in between
    if not any(
        session.connection().scalar(select(exists().where(table.c.vacancy_id == identifier))) for table in _HISTORY
    ):
        delete_vacancy(session, identifier)
        return True
    columns = VACANCIES.c
    done = session.connection().execute(
        update(VACANCIES)
        .where(columns.id == identifier, columns.status != VacancyStatus.CLOSED.value)
        .values(status=VacancyStatus.CLOSED.value, version=columns.version + 1)
    )
    if done.rowcount:
        note_change(session, ChangeKind.VACANCY, [identifier])
    return False


def _take_apart(profile: VacancyProfile, _organisation_ids: Mapping[str, str]) -> Rows:
    hours, times = profile.hours or _NO_HOURS, profile.work_times or _NO_TIMES
    wage, access = profile.wage or _NO_WAGE, profile.access
    answered: dict[VacancyList, Any] = {
        VacancyList.TASKS: profile.tasks,
        VacancyList.LANGUAGES: profile.languages,
    }
    root: Row = {
        **{name: getattr(profile, name) for name in (*_SAME, *_LEVELS)},
        **{name: to_mask(getattr(profile, name), members) for name, members in _SETS.items()},
        "source": profile.source or "",
        "source_id": profile.source_id or None,
        "hours_min": hours.min,
        "hours_max": hours.max,
        "grid_fixed": to_grid(times.fixed),
        "grid_possible": to_grid(times.possible),
        "dayparts_per_week": times.dayparts_per_week,
        "access_known": to_mask(access, AccessNeed),
        "access_present": to_mask(
            None if access is None else [need for need, present in access.items() if present], AccessNeed
        ),
        "cao": wage.cao,
        "scale": wage.scale,
        "euros_per_hour_min": wage.euros_per_hour_min,
        "euros_per_hour_max": wage.euros_per_hour_max,
        "answered": to_mask([name for name, value in answered.items() if value is not None], VacancyList),
    }
    return {
        VACANCIES: [root],
        TASKS: [
            {
                "position": position,
                "text": task.text,
                "hours_per_week": task.hours_per_week,
                "freedom": task.freedom,
                "skills": task.skills,
                **{capacity.value: task.demands.get(capacity) for capacity in CAPACITIES},
            }
            for position, task in enumerate(profile.tasks or [])
        ],
        LANGUAGES: [
            {"position": position, "language": asked.language, "level": asked.level}
            for position, asked in enumerate(profile.languages or [])
        ],
        ADAPTATIONS: [
            {
                "position": position,
                "capacity": adaptation.capacity,
                "levels": adaptation.levels,
                "offered": adaptation.offered,
                "task": adaptation.task,
                "text": adaptation.text,
            }
            for position, adaptation in enumerate(profile.adaptations)
        ],
    }


def _put_together(rows: Rows, _organisation_names: Mapping[str, str]) -> VacancyProfile:
    root = rows[VACANCIES][0]
    answered = from_mask(root["answered"], VacancyList) or []
    known = from_mask(root["access_known"], AccessNeed)
    present = from_mask(root["access_present"], AccessNeed) or []
    tasks = [
        {
            **{name: row[name] for name in ("text", "hours_per_week", "freedom", "skills")},
            "demands": {capacity: row[capacity] for capacity in CAPACITIES if row[capacity] is not None},
        }
        for row in rows[TASKS]
    ]
    return VacancyProfile.model_validate(
        {
            **{name: root[name] for name in _SAME},
            **{name: from_mask(root[name], members) for name, members in _SETS.items()},
            "source": root["source"] or None,
            "source_id": root["source_id"],
            **{name: education_of(root[name]) for name in _LEVELS},
            "tasks": tasks if VacancyList.TASKS in answered else None,
            "languages": languages_of(rows[LANGUAGES]) if VacancyList.LANGUAGES in answered else None,
            "hours": known_or_none({"min": root["hours_min"], "max": root["hours_max"]}),
            "work_times": known_or_none(
                {
                    "fixed": from_grid(root["grid_fixed"]),
                    "possible": from_grid(root["grid_possible"]),
                    "dayparts_per_week": root["dayparts_per_week"],
                }
            ),
            "access": None if known is None else {need: need in present for need in known},
            "wage": known_or_none(
                {name: root[name] for name in ("cao", "scale", "euros_per_hour_min", "euros_per_hour_max")}
            ),
            "adaptations": [
                {name: row[name] for name in ("capacity", "levels", "offered", "task", "text")}
                for row in rows[ADAPTATIONS]
            ],
        }
    )


def _kept(old: Row | None, _new: Row, _on: date) -> Row:
    return {
        "status": old["status"] if old else VacancyStatus.OPEN,
        "organisation_id": old["organisation_id"] if old else None,
    }


_SHAPE: Shape[VacancyProfile] = Shape(
    noun="vacancy",
    prefix="v",
    root=VACANCIES,
    parts=(TASKS, LANGUAGES, ADAPTATIONS),
    take_apart=_take_apart,
    put_together=_put_together,
    organisation_ids=lambda _session, _profiles: {},
    organisation_names=lambda _session, _roots: {},
    kept=_kept,
)
