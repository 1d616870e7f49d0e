"""People and vacancies as arrays: what the pair model reads, and all that it reads.

`matching.pool` builds these from the tables; nobody else does. Unknown is -1 in integer columns and masks and NaN in
float columns. No column here holds a protected trait as a value to score: target groups and screening stand here for
the legal constraints alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from scoring.texts import Texts

# numpy's own types lose the width of a number in most operations; names say what an array holds, fields say its width.
Ints: TypeAlias = npt.NDArray[Any]
Floats: TypeAlias = npt.NDArray[Any]
Bools: TypeAlias = npt.NDArray[np.bool_]

UNKNOWN = -1
NO_DAY = -(2**31)  # "no date known", as days since 1970-01-01


@dataclass(frozen=True)
class Lists:
    """A ragged array: row i owns `items[starts[i]:starts[i + 1]]`, with one number beside each item."""

    starts: npt.NDArray[np.int64]  # (n + 1,)
    items: npt.NDArray[np.int32]  # (m,)
    numbers: npt.NDArray[np.float32]  # (m,) credit of a skill, months of work; NaN where unknown

    @classmethod
    def of(cls, rows: Sequence[Sequence[tuple[int, float]]]) -> "Lists":
        lengths = np.fromiter((len(row) for row in rows), np.int64, len(rows))
        flat = [pair for row in rows for pair in row]
        return cls(
            np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            np.array([item for item, _ in flat], np.int32),
            np.array([number for _, number in flat], np.float32),
        )

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, rows: Ints) -> "Lists":
        starts, positions = self.positions(rows)
        return Lists(starts, self.items[positions], self.numbers[positions])

    def positions(self, rows: Ints) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Where these rows start when they stand one after the other, (len(rows) + 1,), and where their items are."""
        first = self.starts[rows]
        lengths = self.starts[rows + 1] - first
        starts = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=starts[1:])
        return starts, np.arange(starts[-1]) + np.repeat(first - starts[:-1], lengths)

    def max_of(self, values: Floats, empty: float) -> npt.NDArray[np.float32]:
        """Per row the largest of `values` (one per item), `empty` where the row has no items; shape (n,)."""
        result = np.full(len(self), empty, np.float32)
        filled = np.diff(self.starts) > 0
        if filled.any():
            result[filled] = np.maximum.reduceat(values, self.starts[:-1][filled])
        return result


@dataclass(frozen=True)
class Candidates:
    """n people. One row is one person; the position is her number within this pool only."""

    ids: Sequence[str]  # a tuple, or `Texts`
    key: npt.NDArray[np.uint64]  # (n,) a hash of the id: ties break on it, never on the id
    place: npt.NDArray[np.int32]  # position in the table of places
    region: npt.NDArray[np.int16]  # position in the table's regions
    agreed: Bools  # agreed to be matched
    paused: Bools
    resumes_on: npt.NDArray[np.int32]  # days since 1970
    available_from: npt.NDArray[np.int32]  # days since 1970
    groups: npt.NDArray[np.int32]  # mask of TargetGroup, valid today
    modes: npt.NDArray[np.int8]  # mask of TravelMode
    max_minutes: npt.NDArray[np.int16]
    hours_min: npt.NDArray[np.float32]
    hours_max: npt.NDArray[np.float32]
    build_up_to: npt.NDArray[np.float32]
    hours_per_day_max: npt.NDArray[np.float32]
    grid: npt.NDArray[np.int32]  # mask of 28 dayparts
    education: npt.NDArray[np.int8]
    languages: npt.NDArray[np.int8]  # (n, number of language codes) LanguageLevel
    language_codes: tuple[str, ...]
    licences: npt.NDArray[np.int16]  # mask of Licence
    certificates: npt.NDArray[np.int32]  # mask of Certificate
    screenings: npt.NDArray[np.int8]  # (n, 2) 0 not obtainable, 1 obtainable, 2 obtained
    capacities: npt.NDArray[np.int8]  # (n, 20) levels 0 to 4
    support_needs: npt.NDArray[np.int32]  # mask of SupportNeed
    suppliers: npt.NDArray[np.int8]  # (n, 14) position in Supplier per need
    access_needs: npt.NDArray[np.int8]  # mask of AccessNeed
    contract_kinds: npt.NDArray[np.int16]  # mask of ContractKind
    contract_months_min: npt.NDArray[np.int16]
    growth: npt.NDArray[np.int8]  # position in Growth
    sectors: npt.NDArray[np.int32]  # mask of Sector that she wishes
    not_sectors: npt.NDArray[np.int32]
    settings: npt.NDArray[np.int32]  # mask of WorkSetting that she wishes
    not_settings: npt.NDArray[np.int32]
    open_introductions: npt.NDArray[np.int8]
    max_open_introductions: npt.NDArray[np.int8]
    skills: Lists  # skill number, credit 0..1
    skills_known: Bools
    titles: tuple[str, ...]  # distinct titles of wishes and of work done
    wishes: Lists  # title number, 1
    wishes_known: Bools
    refusals: Lists  # title number, 1
    work: Lists  # title number, months
    work_known: Bools
    tried: Lists  # employer number, position in EndReason
    tried_teams: npt.NDArray[np.int32]  # (m,) team number beside each item of `tried`
    employers: tuple[str, ...]
    teams: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def employer_numbers(self) -> dict[str, int]:
        """The position of each employer in `employers`."""
        return {name: number for number, name in enumerate(self.employers)}

    @cached_property
    def team_numbers(self) -> dict[str, int]:
        """The position of each team in `teams`."""
        return {name: number for number, name in enumerate(self.teams)}

    def take(self, rows: Ints) -> "Candidates":
        """The same columns for some rows, in the order given. Shared vocabularies stay whole."""
        shared = {"language_codes", "titles", "employers", "teams"}
        parts: dict[str, object] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in shared:
                continue
            if field.name == "ids":
                parts["ids"] = value.take(rows) if isinstance(value, Texts) else tuple(value[row] for row in rows)
            elif field.name == "tried_teams":
                parts["tried_teams"] = value[self.tried.positions(rows)[1]]
            elif isinstance(value, Lists):
                parts[field.name] = value.take(rows)
            else:
                parts[field.name] = value[rows]
        return replace(self, **parts)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Task:
    """One task of a vacancy. `skills` are (skill number, weight); `freedom` is a position in TaskFreedom or -1."""

    text: str
    hours_per_week: float  # NaN where not stated
    freedom: int
    demands: npt.NDArray[np.int8]  # (20,) 0 is no demand
    skills: tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Adaptation:
    """Lowers the demand on one capacity by some levels, on one task or (-1) on all."""

    capacity: int
    levels: int
    offered: bool
    task: int


@dataclass(frozen=True)
class Vacancy:
    """One vacancy, ready to be compared with people."""

    id: str
    key: int  # 64-bit hash of the id
    title: str  # "" where there is none
    place: int
    region: int
    trips_per_week: float  # NaN where it cannot be known; 0 for remote work
    tasks: tuple[Task, ...]
    tasks_stated: bool  # False: the tasks' skills were inferred from the title
    adaptations: tuple[Adaptation, ...]
    desired_skills: tuple[tuple[int, float], ...]
    employers: tuple[int, ...]  # numbers in Candidates.employers of those of its names whom somebody worked for
    team: int
    sector: int
    settings: int  # mask, -1 unknown
    hours_min: float
    hours_max: float
    hours_per_day: float
    grid_fixed: int  # mask of dayparts that must be covered, 0 none
    grid_possible: int  # mask of dayparts out of which more are chosen
    dayparts_needed: int  # how many out of the possible ones, -1 unknown
    times_stated: bool
    education_by_law: int
    education_wished: int
    languages: tuple[tuple[str, int], ...]
    licences: int
    licences_desired: int
    certificates: int
    certificates_desired: int
    screenings: int
    access: tuple[int, int, int]  # per AccessNeed: 1 there, 0 not there, -1 unknown
    kind: int
    contract_months: int
    start_on: int
    offers: int  # mask of SupportNeed that the employer supplies
    buddy: bool
    growth_path: int
    counts_for: int  # mask of TargetGroup, 0 any
    detail: float  # share of what a person wants to know that the vacancy states, 0..1
    employer_names: tuple[str, ...] = ()  # folded: the work floor, then the legal employer
    team_name: str | None = None  # folded

    def among(self, people: Candidates) -> "Vacancy":
        """The same vacancy, with employer and team as numbers in the vocabularies of these people."""
        employers = people.employer_numbers
        found = tuple(employers[name] for name in self.employer_names if name in employers)
        team = UNKNOWN if self.team_name is None else people.team_numbers.get(self.team_name, len(people.teams))
        if (found, team) == (self.employers, self.team):
            return self
        return Vacancy.of_fields({**self.__dict__, "employers": found, "team": team})

    @classmethod
    def of_fields(cls, values: dict[str, Any]) -> "Vacancy":
        """A vacancy of all its fields by name, unchecked.

        There are 42 of them, and the constructor of what is frozen sets one after the other: ten times as long.
        """
        made = object.__new__(cls)
        made.__dict__.update(values)
        return made
