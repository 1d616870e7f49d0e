"""One person against all open vacancies: what they ask as columns, each distinct demand compared with her once.

`matching.questions` asks it, and the ways in for the list of a person. It is exact: what is left is what
`scoring.constraints.check` does not block, but for earlier placements, which are seen when the pair is judged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
import numpy.typing as npt

from matching.errors import NotFound
from matching.pool import days
from matching.pool_building import Held
from matching.ranking import Ranker, VacancyRanking
from matching.vacancy_pool import _BOOLS, _FLOATS, _INTS, VacancyColumns, VacancyPool
from scoring.beliefs import PoolBeliefs
from scoring.columns import Bools, Candidates, Ints, Lists, Vacancy
from scoring.constraints import BLOCKED
from scoring.packed import PackedPool
from scoring.packing import Journeys
from scoring.parts import PARTS, Asked, Part, distinct
from scoring.reference import SCORE_STEP, Judged, Surroundings, judge, mixed_hash
from scoring.resolve import TitleTable
from scoring.terms import CAPACITIES, TaskFreedom
from scoring.travel import fastest, kilometres, minutes_by_mode

_FIXED = tuple(TaskFreedom).index(TaskFreedom.FIXED)
_ASKED_BY: Mapping[str, tuple[str, ...]] = {  # the columns on which a part's constraints depend
    "formal": ("counts_for", "remote", "access"),
    "hours": ("hours_min", "hours_max", "hours_per_day"),
    "weekly_grid": ("times_stated", "grid_fixed", "grid_possible", "dayparts_needed"),
    "contract": ("kind", "contract_months"),
    "start": ("start_on",),
    "papers": ("licences", "certificates", "screenings"),
    "languages": ("languages",),
    "education": ("education_by_law",),
}
BLOCKING: Mapping[str, Part] = {part.name: part for part in PARTS if part.name in _ASKED_BY}


class Demands:
    """What n vacancies ask: per part the number of each distinct demand, and the least level per capacity."""

    def __init__(self, columns: VacancyColumns) -> None:
        self.columns = columns
        self.place = self._column("place")[0]
        self.trips = self._column("trips_per_week")[0]
        self.least = _least_levels(columns)
        self.codes: dict[str, npt.NDArray[np.int32]] = {}
        self._first: dict[str, Ints] = {}
        self._examples: dict[tuple[str, int], Vacancy] = {}
        for name, fields in _ASKED_BY.items():
            if len(columns):
                found = [column for field in fields for column in self._column(field)]
                self.codes[name], self._first[name] = distinct(found)
            else:
                self.codes[name], self._first[name] = np.zeros(0, np.int32), np.zeros(0, np.int64)

    def __len__(self) -> int:
        return len(self.columns)

    def _column(self, field: str) -> list[Ints]:
        columns = self.columns
        if field in _FLOATS:
            values = columns.floats[:, _FLOATS.index(field)]
            return [np.nan_to_num(values, nan=-1.0).view(np.int64)] if field != "trips_per_week" else [values]
        if field in _BOOLS:
            return [columns.flags[:, _BOOLS.index(field)].astype(np.int64)]
        if field in _INTS:
            return [columns.whole[:, _INTS.index(field)]]
        if field == "access":
            return [*columns.access.T.astype(np.int64)]
        if field == "remote":
            return [(columns.floats[:, _FLOATS.index("trips_per_week")] == 0).astype(np.int64)]
        known: dict[tuple[bytes, bytes], int] = {}
        lists = columns.languages
        spans = [slice(*span) for span in zip(lists.starts[:-1].tolist(), lists.starts[1:].tolist(), strict=True)]
        told = [(lists.items[span].tobytes(), lists.numbers[span].tobytes()) for span in spans]
        return [np.array([known.setdefault(one, len(known)) for one in told], np.int64)]

    def example(self, part: str, code: int) -> Vacancy:
        """A vacancy with this demand; made once."""
        vacancy = self._examples.get((part, code))
        if vacancy is None:
            vacancy = self._examples[part, code] = self.columns[int(self._first[part][code])]
        return vacancy

    def by_demand(self, part: str, rows: Ints, says: Callable[[Part, Vacancy], bool]) -> Bools:
        """What is said of each of these vacancies, (m,), asked once per distinct demand of a part."""
        codes = self.codes[part][rows]
        said = np.zeros(len(self._first[part]), bool)
        for code in np.unique(codes).tolist():
            said[code] = says(BLOCKING[part], self.example(part, code))
        return said[codes]


def _least_levels(columns: VacancyColumns) -> npt.NDArray[np.int8]:
    """As `scoring.levers.least_levels`, for all vacancies, (n, 20)."""
    possible = columns.task_demands.astype(np.int16)
    possible = np.maximum(possible, 0)
    owner = np.repeat(np.arange(len(columns)), np.diff(columns.adaptation_starts))
    for vacancy, (capacity, levels, _, task) in zip(owner.tolist(), columns.adaptations.tolist(), strict=True):
        first, last = columns.task_starts[vacancy : vacancy + 2].tolist()
        rows = slice(first, last) if task < 0 else first + task
        possible[rows, capacity] -= levels
    possible = np.where((columns.task_freedom == _FIXED)[:, None], np.maximum(possible, 0), 0)
    least = np.zeros((len(columns), len(CAPACITIES)), np.int8)
    np.maximum.at(least, np.repeat(np.arange(len(columns)), np.diff(columns.task_starts)), possible.astype(np.int8))
    return least


def open_demands(vacancies: VacancyPool) -> list[tuple[Demands, Ints]]:
    """What the open vacancies ask, with the rows that are open: those of the base, and those that changed since."""
    recent = Demands(vacancies.recent)
    return [(_demands_of(vacancies.base), np.flatnonzero(vacancies.alive)), (recent, np.arange(len(recent)))]


_HER, _NO_MINUTES = np.zeros(1, np.int64), np.zeros(0, np.int16)
_lock = Lock()
_kept: list[Demands] = []


def _demands_of(columns: VacancyColumns) -> Demands:
    """The demands of the base; kept for the columns that were asked last, which stand for a long time."""
    with _lock:
        for one in _kept:
            if one.columns is columns:
                return one
        made = Demands(columns)
        _kept[:] = [made, *_kept[:1]]
        return made


def journey_minutes(ranker: Ranker, place: int) -> npt.NDArray[np.int16]:
    """Minutes per mode between a place and every place, (places, 5); alike in both directions."""
    places = ranker.pool.places
    here = float(places.latitude[place]), float(places.longitude[place])
    return minutes_by_mode(kilometres(*here, places.latitude, places.longitude), ranker.speeds)


def blocked_by_travel(ranker: Ranker, person: Candidates, demands: Demands, rows: Ints) -> Bools:
    """Whether her journey blocks each of these vacancies, (m,); `person` is one row."""
    place, modes, most = int(person.place[0]), int(person.modes[0]), int(person.max_minutes[0])
    if min(place, modes, most) < 0:
        return np.zeros(len(rows), bool)
    margins, there = ranker.margins, demands.place[rows]
    minutes = fastest(journey_minutes(ranker, place)[there], np.full(len(rows), modes))
    few = demands.trips[rows] <= margins.few_trips_per_week
    limit = most * np.where(few, margins.few_trips_factor, 1.0)
    too_far = limit - minutes < -margins.travel_minutes
    return np.asarray((there >= 0) & (demands.trips[rows] != 0) & too_far)


def blocks(person: Candidates, asked: Asked) -> Callable[[Part, Vacancy], bool]:
    """Whether a part blocks her, for a vacancy."""

    def says(part: Part, vacancy: Vacancy) -> bool:
        return any(codes[0] == BLOCKED for codes, _ in part.answers(person, vacancy, asked).values())

    return says


def possible_for(ranker: Ranker, person: Candidates, demands: Demands, rows: Ints) -> npt.NDArray[np.int64]:
    """Which of these vacancies do not block her, but for earlier placements there; `person` is one row."""
    rows = rows[~blocked_by_travel(ranker, person, demands, rows)]
    levels = person.capacities[0]
    rows = rows[~((levels >= 0) & (levels < demands.least[rows])).any(axis=1)]
    says = blocks(person, ranker.asked)
    for part in BLOCKING:
        rows = rows[~demands.by_demand(part, rows, says)]
    return rows


@dataclass(frozen=True)
class Person:
    """One person, ready to be judged for many vacancies: her row alone, and the titles that are hers."""

    people: Candidates
    titles: TitleTable
    beliefs: PoolBeliefs
    minutes: npt.NDArray[np.int16] | None  # (places, 5) from her place to each, None where hers is not known


def person_of(ranker: Ranker, candidate_id: str) -> Person:
    """One person of the pool. Raises NotFound."""
    found = ranker.pool.find(candidate_id)
    if found is None:
        raise NotFound("candidate.not_found", field="candidateId", reason="no candidate with this id")
    segment, rows = ranker.pool.segments[found[0]], np.array([found[1]])
    people = segment.people.take(rows)
    used = np.unique(np.concatenate([people.wishes.items, people.refusals.items, people.work.items]))
    people = replace(
        people,
        titles=tuple(people.titles[one] for one in used.tolist()),
        wishes=_numbered(people.wishes, used),
        refusals=_numbered(people.refusals, used),
        work=_numbered(people.work, used),
    )
    place = int(people.place[0])
    return Person(
        people,
        ranker.pool.vocabulary.title_table(people.titles),
        ranker.pool.fit.beliefs(segment.levels).take(rows),
        journey_minutes(ranker, place) if place >= 0 else None,
    )


def _numbered(lists: Lists, used: Ints) -> Lists:
    return replace(lists, items=np.searchsorted(used, lists.items).astype(np.int32))


def judged_for(ranker: Ranker, person: Person, vacancy: Vacancy) -> Judged:
    """One pair judged by the reference."""
    here = vacancy.among(person.people)
    around = Surroundings(
        _minutes(ranker, person, here), ranker.pool.region_places, ranker.margins, ranker.model, days(ranker.today)
    )
    likeness = ranker.pool.vocabulary.likeness(here, person.titles)
    return judge(person.people, here, likeness, person.beliefs, around)


def _minutes(ranker: Ranker, person: Person, vacancy: Vacancy) -> npt.NDArray[np.int16]:
    """Minutes from each place to the vacancy's, (places, 5); where her place is known from there alone, else 0."""
    if person.minutes is None or vacancy.place < 0:
        return ranker.around(vacancy).place_minutes
    minutes = np.zeros_like(person.minutes)
    minutes[person.people.place[0]] = person.minutes[vacancy.place]
    return minutes


@dataclass(frozen=True)
class Suitable:
    """An open vacancy that does not block her, with the score of the pair."""

    vacancy: Vacancy
    score: float


def suitable(ranker: Ranker, vacancies: VacancyPool, person: Person, at_most: int | None = None) -> list[Suitable]:
    """Open vacancies that do not block her, in the order of her list; scored by the kernel, as rankings are.

    All of them, or `at_most` so many out of each group of vacancies, evenly spread.
    """
    packed = PackedPool(person.people, person.beliefs, ranker.model, ranker.pool.places.region, ranker.waits)
    found = []
    for demands, rows in open_demands(vacancies):
        possible = possible_for(ranker, person.people, demands, rows)
        step = 1 if at_most is None else max(1, -(-len(possible) // at_most))
        for row in possible[::step].tolist():
            vacancy = demands.columns[row]
            here = vacancy.among(person.people)
            likeness = ranker.pool.vocabulary.likeness(here, person.titles)
            journeys = Journeys(_minutes(ranker, person, vacancy), _NO_MINUTES)
            query = packed.query(here, likeness, journeys, ranker.asked)
            if not len(query.barred):
                found.append(Suitable(vacancy, float(packed.told(query, _HER)[0, 1])))
    return sorted(found, key=lambda one: _place_in_list(ranker, person, one))


def _place_in_list(ranker: Ranker, person: Person, one: Suitable) -> tuple[int, int]:
    tie = mixed_hash(person.people.key, one.vacancy.key, days(ranker.today))[0]
    return -round(one.score / SCORE_STEP), int(tie)


def vacancies_for(held: Held, ranker: Ranker, candidate_id: str, limit: int = 50) -> VacancyRanking:
    """Rank all open vacancies for one person: what `Ranker.rank_for` says, without judging each. Raises NotFound."""
    person = person_of(ranker, candidate_id)
    found = suitable(ranker, held.vacancies, person)
    items = tuple(
        ranker._item(place + 1, person.people, vacancy, judged_for(ranker, person, vacancy))
        for place, vacancy in enumerate(one.vacancy.among(person.people) for one in found[:limit])
    )
    return VacancyRanking(candidate_id, ranker.model.version, len(found), items)
