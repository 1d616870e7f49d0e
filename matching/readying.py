"""A vacancy made ready to be compared with a pool: texts resolved, masks made, trips counted.

`matching.ranking` asks it, for stored vacancies and for those that are only being written.
"""

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum

import numpy as np

from matching.pool import OffersLower, Pool, days, key_of, number_or_nan, place_of
from matching.profiles import VacancyProfile
from matching.store.masks import to_grid, to_mask
from matching.vocabulary import Vocabulary, stated_detail
from scoring.columns import UNKNOWN, Adaptation, Task, Vacancy
from scoring.taxonomy import PlaceTable
from scoring.terms import (
    CAPACITIES,
    AccessNeed,
    Capacity,
    Certificate,
    ContractKind,
    Growth,
    Licence,
    Screening,
    Sector,
    SupportNeed,
    TargetGroup,
    TaskFreedom,
    WorkSetting,
)


def ready_vacancy(identifier: str, profile: VacancyProfile, pool: Pool) -> Vacancy:
    """A vacancy ready to be compared with this pool: texts resolved, masks made, trips counted.

    For a pool of several segments `Vacancy.among` gives employer and team as numbers of each.
    """
    vacancy = ready(identifier, profile, pool.vocabulary, pool.places, pool.offers_lower)
    return vacancy.among(pool.people) if len(pool.segments) == 1 else vacancy


def ready(
    identifier: str, profile: VacancyProfile, vocabulary: Vocabulary, places: PlaceTable, offers_lower: OffersLower
) -> Vacancy:
    """A vacancy ready to be compared with any people; employer and team by name alone."""
    place = place_of(places, profile.postcode)
    regions = {code: number for number, code in enumerate(places.region_codes)}
    tasks = tuple(
        Task(
            task.text,
            number_or_nan(task.hours_per_week),
            UNKNOWN if task.freedom is None else list(TaskFreedom).index(task.freedom),
            np.array([task.demands.get(dimension, 0) for dimension in CAPACITIES], np.int8),
            vocabulary.needed_skills(task),
        )
        for task in profile.tasks or []
    )
    stated = any(task.skills for task in tasks)
    if not stated and profile.title:
        usual = vocabulary.skills_of_title(profile.title)
        blank = Task(profile.title, float("nan"), UNKNOWN, np.zeros(len(CAPACITIES), np.int8), usual)
        tasks = tuple(replace(task, skills=usual) for task in tasks) or (blank,)
    desired: dict[int, float] = {}
    for text in profile.skills_desired or []:
        desired.update(vocabulary.skills_of(text))
    times = profile.work_times
    fixed = to_grid(times.fixed) if times else None
    access = profile.access or {}
    return Vacancy(
        id=identifier,
        key=key_of(identifier),
        title=profile.title or "",
        place=place,
        region=int(places.region[place]) if place >= 0 else regions.get(profile.region or "", UNKNOWN),
        trips_per_week=trips_per_week(profile),
        tasks=tasks,
        tasks_stated=stated,
        adaptations=_adaptations(profile, offers_lower),
        desired_skills=tuple(desired.items()),
        employers=(),
        team=UNKNOWN,
        sector=UNKNOWN if profile.sector is None else list(Sector).index(profile.sector),
        settings=_mask(profile.settings, WorkSetting, UNKNOWN),
        hours_min=number_or_nan(profile.hours.min if profile.hours else None),
        hours_max=number_or_nan(profile.hours.max if profile.hours else None),
        hours_per_day=number_or_nan(profile.hours_per_day),
        grid_fixed=fixed or 0,
        grid_possible=(to_grid(times.possible) if times else None) or 0,
        dayparts_needed=UNKNOWN if times is None or times.dayparts_per_week is None else times.dayparts_per_week,
        times_stated=bool(times and (fixed or times.dayparts_per_week is not None)),
        education_by_law=UNKNOWN if profile.education_by_law is None else int(profile.education_by_law),
        education_wished=UNKNOWN if profile.education_wished is None else int(profile.education_wished),
        languages=tuple((one.language, int(one.level)) for one in profile.languages or []),
        licences=_mask(profile.licences, Licence, 0),
        licences_desired=_mask(profile.licences_desired, Licence, 0),
        certificates=_mask(profile.certificates, Certificate, 0),
        certificates_desired=_mask(profile.certificates_desired, Certificate, 0),
        screenings=_mask(profile.screenings, Screening, 0),
        access=tuple(UNKNOWN if need not in access else int(access[need]) for need in AccessNeed),  # type: ignore[arg-type]
        kind=UNKNOWN if profile.kind is None else list(ContractKind).index(profile.kind),
        contract_months=UNKNOWN if profile.contract_months is None else profile.contract_months,
        start_on=days(profile.start_on),
        offers=_mask(profile.offers, SupportNeed, 0),
        buddy=bool(profile.buddy),
        growth_path=UNKNOWN if profile.growth_path is None else list(Growth).index(profile.growth_path),
        counts_for=_mask(profile.counts_for, TargetGroup, 0),
        detail=stated_detail(profile),
        employer_names=tuple(name.casefold() for name in (profile.work_floor, profile.legal_employer) if name),
        team_name=None if profile.team is None else profile.team.casefold(),
    )


def _adaptations(profile: VacancyProfile, offers_lower: OffersLower) -> tuple[Adaptation, ...]:
    """The adaptations that a vacancy states, and what its offers lower where it states none (a quiet place: noise)."""
    stated = [
        Adaptation(
            CAPACITIES.index(one.capacity), one.levels, one.offered, UNKNOWN if one.task is None else one.task - 1
        )
        for one in profile.adaptations
    ]
    told = {one.capacity for one in profile.adaptations if one.offered}
    lowered: dict[Capacity, int] = {}
    for offer in profile.offers or []:
        for capacity, levels in offers_lower.get(offer, ()):
            if capacity not in told:
                lowered[capacity] = max(lowered.get(capacity, 0), levels)
    return (*stated, *(Adaptation(CAPACITIES.index(capacity), n, True, UNKNOWN) for capacity, n in lowered.items()))


def _mask(members: Iterable[StrEnum] | None, order: type[StrEnum], unknown: int) -> int:
    mask = to_mask(members, order)
    return unknown if mask is None else mask


def trips_per_week(profile: VacancyProfile) -> float:
    """Trips to work a week: as stated, else the days of the work times, else from the hours; 0 for remote work.

    Where only hours are stated a working day is taken as half a day, since too few trips would stretch her maximum.
    NaN where nothing tells.
    """
    if profile.trips_per_week is not None:
        return profile.trips_per_week
    if profile.remote_share == 1:
        return 0.0
    on_site = 1 - (profile.remote_share or 0.0)
    times = profile.work_times
    if times and (times.fixed or times.dayparts_per_week is not None):
        return (len(times.fixed or {}) + (times.dayparts_per_week or 0)) * on_site
    most = profile.hours and (profile.hours.max or profile.hours.min)
    if not most:
        return float("nan")
    return min(5.0, float(np.ceil(most / (profile.hours_per_day or 4.0)))) * on_site
