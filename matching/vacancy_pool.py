"""The open vacancies, ready to be compared, as columns; `matching.keeper` keeps them, rankings for a person read them.

A vacancy is made ready once, which is what costs (its texts are resolved), and kept in a snapshot.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session

from matching.pool import OffersLower, Positions
from matching.readying import ready
from matching.store import load_vacancies
from matching.tables import metadata
from matching.tables.vacancies import VacancyStatus
from matching.vocabulary import Vocabulary
from scoring.columns import UNKNOWN, Adaptation, Bools, Ints, Lists, Task, Vacancy
from scoring.taxonomy import PlaceTable
from scoring.terms import CAPACITIES, AccessNeed
from scoring.texts import Texts

_FLOATS = ("trips_per_week", "hours_min", "hours_max", "hours_per_day", "detail")
_BOOLS = ("tasks_stated", "times_stated", "buddy")
_APART = {"id", "key", "title", "tasks", "adaptations", "desired_skills", "languages", "access"}
_APART |= {"employers", "team", "employer_names", "team_name"}
_INTS = tuple(one.name for one in fields(Vacancy) if one.name not in {*_APART, *_FLOATS, *_BOOLS})
_IDS_AT_ONCE = 2_000


@dataclass(frozen=True)
class VacancyColumns:
    """n vacancies: scalars in three tables with a column a field, what is ragged with where each begins.

    Weights of skills are float32. Employer and team are names: `Vacancy.among` gives the numbers of a segment.
    """

    ids: Texts
    key: Ints  # (n,) uint64
    titles: Texts
    floats: Ints  # (n, 5) float64, _FLOATS
    flags: Ints  # (n, 3) bool, _BOOLS
    whole: Ints  # (n, f) int64, _INTS
    access: Ints  # (n, 3) int8
    task_starts: Ints  # (n + 1,) int64, tasks of each
    task_texts: Texts  # (t,)
    task_hours: Ints  # (t,) float64
    task_freedom: Ints  # (t,) int8
    task_demands: Ints  # (t, 20) int8
    task_skills: Lists  # (t,)
    desired_skills: Lists  # (n,)
    adaptation_starts: Ints  # (n + 1,) int64
    adaptations: Ints  # (a, 4) int32: capacity, levels, offered, task
    languages: Lists  # (n,) number of the code, level
    language_codes: tuple[str, ...]
    employer_starts: Ints  # (n + 1,) int64
    employer_names: Texts
    team_known: Bools  # (n,)
    team_names: Texts  # (n,) "" where there is none

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def place(self) -> Ints:
        """The place of each, (n,)."""
        return self.whole[:, _INTS.index("place")]

    @classmethod
    def of(cls, vacancies: Sequence[Vacancy]) -> "VacancyColumns":
        codes = sorted({code for vacancy in vacancies for code, _ in vacancy.languages})
        number = {code: i for i, code in enumerate(codes)}
        tasks = [task for vacancy in vacancies for task in vacancy.tasks]
        adaptations = [
            (one.capacity, one.levels, one.offered, one.task) for vacancy in vacancies for one in vacancy.adaptations
        ]
        n = len(vacancies)

        def table(names: Sequence[str], width: Any) -> Ints:
            rows = [[getattr(vacancy, name) for name in names] for vacancy in vacancies]
            return np.array(rows, width).reshape(n, len(names))

        return cls(
            ids=Texts.of(vacancy.id for vacancy in vacancies),
            key=np.array([vacancy.key for vacancy in vacancies], np.uint64),
            titles=Texts.of(vacancy.title for vacancy in vacancies),
            floats=table(_FLOATS, np.float64),
            flags=table(_BOOLS, np.bool_),
            whole=table(_INTS, np.int64),
            access=np.array([vacancy.access for vacancy in vacancies], np.int8).reshape(n, len(AccessNeed)),
            task_starts=_starts(len(vacancy.tasks) for vacancy in vacancies),
            task_texts=Texts.of(task.text for task in tasks),
            task_hours=np.array([task.hours_per_week for task in tasks], np.float64),
            task_freedom=np.array([task.freedom for task in tasks], np.int8),
            task_demands=np.array([task.demands for task in tasks], np.int8).reshape(-1, len(CAPACITIES)),
            task_skills=Lists.of([task.skills for task in tasks]),
            desired_skills=Lists.of([vacancy.desired_skills for vacancy in vacancies]),
            adaptation_starts=_starts(len(vacancy.adaptations) for vacancy in vacancies),
            adaptations=np.array(adaptations, np.int32).reshape(-1, 4),
            languages=Lists.of([[(number[code], level) for code, level in one.languages] for one in vacancies]),
            language_codes=tuple(codes),
            employer_starts=_starts(len(vacancy.employer_names) for vacancy in vacancies),
            employer_names=Texts.of(name for vacancy in vacancies for name in vacancy.employer_names),
            team_known=np.array([vacancy.team_name is not None for vacancy in vacancies], np.bool_),
            team_names=Texts.of(vacancy.team_name or "" for vacancy in vacancies),
        )

    def __getitem__(self, row: int) -> Vacancy:
        first, last = self.task_starts[row : row + 2].tolist()
        tasks = map(
            Task,
            self.task_texts.between(first, last),
            self.task_hours[first:last].tolist(),
            self.task_freedom[first:last].tolist(),
            self.task_demands[first:last],
            _pairs(self.task_skills, first, last),
        )
        begin, end = self.adaptation_starts[row : row + 2].tolist()
        adaptations = tuple(
            Adaptation(capacity, levels, bool(offered), task)
            for capacity, levels, offered, task in self.adaptations[begin:end].tolist()
        )
        begin, end = self.employer_starts[row : row + 2].tolist()
        (languages,) = _pairs(self.languages, row, row + 1)
        (desired_skills,) = _pairs(self.desired_skills, row, row + 1)
        values: dict[str, Any] = {
            "id": self.ids[row],
            "key": self.key.item(row),
            "title": self.titles[row],
            "tasks": tuple(tasks),
            "adaptations": adaptations,
            "desired_skills": desired_skills,
            "languages": tuple((self.language_codes[code], int(level)) for code, level in languages),
            "access": tuple(self.access[row].tolist()),
            "employers": (),
            "team": UNKNOWN,
            "employer_names": tuple(self.employer_names.between(begin, end)),
            "team_name": self.team_names[row] if self.team_known[row] else None,
        }
        values.update(zip(_INTS, self.whole[row].tolist(), strict=True))
        values.update(zip(_FLOATS, self.floats[row].tolist(), strict=True))
        values.update(zip(_BOOLS, self.flags[row].tolist(), strict=True))
        return Vacancy.of_fields(values)


@dataclass(frozen=True)
class VacancyPool:
    """The open vacancies: those of the base that still stand as they were, then those that changed since."""

    base: VacancyColumns
    base_position: Positions
    alive: Bools  # (n,) False: changed since, closed or gone
    recent: VacancyColumns

    def __len__(self) -> int:
        return len(self._rows) + len(self.recent)

    @cached_property
    def _rows(self) -> Ints:
        return np.flatnonzero(self.alive)

    @cached_property
    def _recent_position(self) -> Mapping[str, int]:
        return {identifier: row for row, identifier in enumerate(self.recent.ids)}

    def __getitem__(self, number: int) -> Vacancy:
        """The vacancy at a place below len(self). Raises IndexError."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        n = len(self._rows)
        return self.base[int(self._rows[number])] if number < n else self.recent[number - n]

    def __iter__(self) -> Iterator[Vacancy]:
        return (self[number] for number in range(len(self)))

    @property
    def ids(self) -> list[str]:
        """The id of each, without making the rest of it."""
        return [*self.base.ids.take(self._rows), *self.recent.ids]

    @property
    def place(self) -> Ints:
        """The place of each, (n,), likewise."""
        return np.concatenate([self.base.place[self._rows], self.recent.place])

    def position(self, identifier: str) -> int | None:
        """The place of an open vacancy, None where there is none of this id."""
        if identifier in self._recent_position:
            return len(self._rows) + self._recent_position[identifier]
        row = self.base_position.get(identifier, -1)
        return int(np.searchsorted(self._rows, row)) if row >= 0 and self.alive[row] else None

    def changed(self, gone: Iterable[str], ready_now: Sequence[Vacancy]) -> "VacancyPool":
        """The same vacancies without those of some ids, and with these, as they are now."""
        gone = [*gone, *(vacancy.id for vacancy in ready_now)]
        alive = self.alive.copy()
        alive[self.base_position.find(gone)] = False
        without = set(gone)
        kept = [one for one in (self.recent[row] for row in range(len(self.recent))) if one.id not in without]
        recent = sorted([*kept, *ready_now], key=lambda vacancy: vacancy.id)
        return replace(self, alive=alive, recent=VacancyColumns.of(recent))


def vacancy_pool_of(columns: VacancyColumns) -> VacancyPool:
    """A pool of these vacancies, all as they are."""
    position = Positions.of(columns.ids, columns.key)
    return VacancyPool(columns, position, np.ones(len(columns), bool), VacancyColumns.of([]))


def read_vacancies(
    session: Session,
    vocabulary: Vocabulary,
    places: PlaceTable,
    offers_lower: OffersLower,
    ids: Iterable[str] | None = None,
) -> list[Vacancy]:
    """The open vacancies, or those of some ids that are open, made ready; in the order of their ids."""
    table = metadata.tables["vacancies"].c
    query = sa.select(table.id).where(table.status == VacancyStatus.OPEN.value).order_by(table.id)
    connection = session.connection()
    if ids is None:
        found = list(connection.scalars(query))
    else:
        chosen = sorted(ids)
        parts = [chosen[start : start + _IDS_AT_ONCE] for start in range(0, len(chosen), _IDS_AT_ONCE)]
        found = [one for part in parts for one in connection.scalars(query.where(table.id.in_(part)))]
    return [
        ready(identifier, profile, vocabulary, places, offers_lower)
        for identifier, profile in load_vacancies(session, found)
    ]


def _starts(lengths: Iterable[int]) -> Ints:
    return np.cumsum([0, *lengths], dtype=np.int64)


def _pairs(lists: Lists, first: int, last: int) -> list[tuple[tuple[int, float], ...]]:
    """The items of each row with their numbers, from the first row up to the last."""
    starts = lists.starts[first : last + 1].tolist()
    begin, end = starts[0], starts[-1]
    pairs = [*zip(lists.items[begin:end].tolist(), lists.numbers[begin:end].tolist(), strict=True)]
    return [tuple(pairs[one - begin : other - begin]) for one, other in pairwise(starts)]
