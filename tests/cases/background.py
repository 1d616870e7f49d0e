"""People and vacancies around a case, drawn with a seed; their fields go together, so that there is much to believe."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from matching.reference import Occupation, ReferenceSet
from scoring.terms import CAPACITIES, Capacity, Daypart, Weekday

Fields = dict[str, Any]

PLACES = (
    "3511",
    "3512",
    "3523",
    "3526",
    "3533",
    "3561",
    "3572",
    "3581",
    "3584",
    "3431",
    "3439",
    "3702",
    "3721",
    "3991",
)
# How a level leans on body, calm and head.
_BODY = {"lifting", "standing", "walking", "bending_kneeling_climbing", "reaching", "dust_temperature", "pace"}
_CALM = {"noise_stimuli", "structure_change", "emotional_load", "contact_customers", "contact_colleagues", "pace"}
_HEAD = {"concentration", "independence", "reading_writing", "structure_change"}
_MISSING = {
    "education": 0.42,
    "wishes": 0.3,
    "capacities": 0.25,
    "skills": 0.3,
    "travel": 0.25,
    "weeklyGrid": 0.35,
    "supportNeeds": 0.25,
    "workDone": 0.2,
    "hours": 0.15,
    "contractKinds": 0.3,
    "languages": 0.15,
    "growthWish": 0.4,
}
_WORKDAYS = list(Weekday)[:5]


def grid(days: Sequence[str], *parts: str) -> dict[str, list[str]]:
    """The weekly grid with these dayparts on these days."""
    return {day: list(parts) for day in days}


def _occupations(reference: ReferenceSet) -> list[Occupation]:
    return [one for one in reference.occupations if len(one.tasks) >= 4 and one.neighbours]


def people(reference: ReferenceSet, seed: int, n: int, *, whole: bool = False) -> list[Fields]:
    """`n` people, of whom much is unknown, or (`whole`) nothing."""
    rng = np.random.default_rng(seed)
    pool = _occupations(reference)
    found = [_person(rng, reference, pool) for _ in range(n)]
    if not whole:
        for one in found:
            for field, rate in _MISSING.items():
                if rng.random() < rate:
                    del one[field]
    return [one | {"source": "background", "sourceId": f"p{number}"} for number, one in enumerate(found)]


def _person(rng: np.random.Generator, reference: ReferenceSet, pool: list[Occupation]) -> Fields:
    by_code = {one.code: one for one in reference.occupations}
    labels = {one.code: one.label for one in reference.skills}
    home = pool[rng.integers(len(pool))]
    near = [by_code[code] for code in home.neighbours]
    done = [home] if rng.random() < 0.75 else [near[rng.integers(len(near))]]
    wished = home if rng.random() < 0.6 else near[rng.integers(len(near))]
    if rng.random() < 0.2:
        wished = pool[rng.integers(len(pool))]
    skills = sorted({code for work in done for task in work.tasks for code in task.skills if rng.random() < 0.75})
    body, calm, head = rng.normal(size=3)
    most = int(np.clip(round(24 + 6 * body + rng.normal(0, 5)), 8, 36))
    travels = ["bicycle", *(["public_transport"] if rng.random() < 0.6 else []), *(["car"] if head > 0.8 else [])]
    return {
        "postcode": str(rng.choice(PLACES)),
        "availableFrom": "2027-01-01",
        "wishes": {"work": [wished.title], "sectors": [wished.sector.value] if wished.sector else []},
        "hours": {"min": max(8, most - 8), "max": most},
        "weeklyGrid": grid([day for day in _WORKDAYS if rng.random() < 0.85], Daypart.MORNING, Daypart.AFTERNOON),
        "travel": {"modes": travels, "maxMinutes": int(rng.choice([30, 45, 60]))},
        "languages": [{"language": "nl", "level": ["A1", "A2", "B1", "B2"][int(np.clip(round(2 + head), 0, 3))]}],
        "licences": ["B"] if "car" in travels else [],
        "certificates": [],
        "screenings": {"vog": "obtained"},
        "education": ["primary", "vmbo", "mbo_2", "mbo_3", "mbo_4"][int(np.clip(round(1.7 + head), 0, 4))],
        "workDone": [{"title": work.title, "months": int(rng.integers(3, 48))} for work in done],
        "skills": [{"skill": labels[code]} for code in skills],
        "capacities": {one.value: _level(rng, one, body, calm, head) for one in CAPACITIES},
        "supportNeeds": [{"need": "job_coach", "supplier": "uwv"}] if calm < -0.4 else [],
        "accessNeeds": [],
        "contractKinds": ["job", "secondment"],
        "contractMonthsMin": 0,
        "growthWish": str(rng.choice(["none", "more_tasks", "diploma"])),
    }


def _level(rng: np.random.Generator, dimension: Capacity, body: float, calm: float, head: float) -> int:
    name = dimension.value
    leans = [factor for group, factor in ((_BODY, body), (_CALM, calm), (_HEAD, head)) if name in group]
    mean = 2.8 + (0.8 * sum(leans) / len(leans) if leans else 0.0)
    return int(np.clip(round(mean + rng.normal(0, 0.6)), 0, 4))


def vacancies(reference: ReferenceSet, seed: int, n: int) -> list[Fields]:
    """`n` vacancies for the same kinds of work, at the same places."""
    rng = np.random.default_rng([seed, 1])
    pool = _occupations(reference)
    labels = {one.code: one.label for one in reference.skills}
    found = []
    for number in range(n):
        work = pool[rng.integers(len(pool))]
        least = int(rng.choice([12, 16, 20]))
        tasks = [
            {
                "text": task.text,
                "hoursPerWeek": task.share * (least + 8) / 100,
                "freedom": task.freedom.value,
                "skills": [labels[code] for code in task.skills],
                "demands": {dimension.value: min(level, 3) for dimension, level in task.demands},
            }
            for task in work.tasks
        ]
        found.append(
            {
                "source": "background",
                "sourceId": f"v{number}",
                "title": work.title,
                "tasks": tasks,
                "hours": {"min": least, "max": least + 8},
                "workTimes": {"possible": grid(_WORKDAYS, "morning", "afternoon"), "daypartsPerWeek": 5},
                "postcode": str(rng.choice(PLACES)),
                "languages": [{"language": "nl", "level": "A2"}],
                "kind": "job",
                "contractMonths": 12,
                "startOn": "2027-03-22",
                "access": {"wheelchair": True, "lift": True, "toilet": True},
                "sector": work.sector.value if work.sector else None,
                "offers": ["job_coach"] if rng.random() < 0.3 else [],
            }
        )
    return found
