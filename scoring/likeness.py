"""How people and a vacancy match in words and skills: wishes, work done, and the tasks that somebody can do already.

`features` compares with it, `matching.vocabulary` makes the likeness; arrays in, arrays out.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from scoring.capacity import demands_of
from scoring.columns import Bools, Candidates, Floats, Ints, Lists, Vacancy

NEAR_WORK = 0.6  # from which nearness months of work count as experience in this work
TASK_COVERED = 0.6  # from which coverage a task counts as one that she can do already
REFUSED = 0.75  # from which nearness to work that she named as "not this" it is that work
TITLE_ONLY = (0.5, 0.3)  # coverage inferred from a title alone is drawn halfway to this


@dataclass(frozen=True)
class Related:
    """The skills that stand in for one that is needed, and how far (0..1]; all others do not."""

    skills: npt.NDArray[np.int32]  # (k,) rising
    strength: npt.NDArray[np.float32]  # (k,)


@dataclass(frozen=True)
class Likeness:
    """How this vacancy's words and skills compare with the vocabularies of the pool."""

    titles: npt.NDArray[np.float32]  # (number of titles,) nearness of each title to this work, 0..1
    related: tuple[Related, ...]  # (m,) per needed skill the skills that stand in for it
    weights: npt.NDArray[np.float64]  # (m,) how telling times how needed
    task: npt.NDArray[np.int32]  # (m,) the task that needs it
    desired: tuple[Related, ...]  # (d,)
    desired_weights: npt.NDArray[np.float64]  # (d,)


@dataclass(frozen=True)
class Tasks:
    """Which tasks each person can do already: coverage (n, T) in 0..1, NaN for a task without skills or person."""

    coverage: npt.NDArray[np.float64]

    @property
    def covered(self) -> Bools:
        return np.nan_to_num(self.coverage) >= TASK_COVERED


def task_coverage(people: Candidates, likeness: Likeness, n_tasks: int) -> Tasks:
    """Weighted share of each task's skills that she has, related skills in part, for n people."""
    best = best_related(people.skills, likeness.related)
    coverage = np.full((len(people), n_tasks), np.nan)
    for task in range(n_tasks):
        mine = likeness.task == task
        total = likeness.weights[mine].sum()
        if total > 0:
            coverage[:, task] = best[:, mine] @ likeness.weights[mine] / total
    coverage[~people.skills_known] = np.nan
    return Tasks(coverage)


def best_related(skills: Lists, needed: Sequence[Related]) -> npt.NDArray[np.float64]:
    """Per person and needed skill the best of (credit x relatedness) over her skills, (n, m)."""
    best = np.zeros((len(skills), len(needed)))
    if needed:
        ends = np.array([len(related.skills) for related in needed]).cumsum()
        helping = np.concatenate([related.skills for related in needed])
        strength = np.concatenate([related.strength for related in needed])
        _best_related(skills.starts, skills.items, skills.numbers, helping, strength, ends, best)
    return best


@njit(cache=True, nogil=True)
def _best_related(
    starts: Ints, items: Ints, numbers: Floats, helping: Ints, strength: Floats, ends: Ints, best: Floats
) -> None:
    """Of each person (starts, items, numbers) and each need; the skills that help a need rise up to where it ends."""
    for person in range(len(starts) - 1):
        begin = 0
        for need in range(len(ends)):
            here = helping[begin : ends[need]]
            for at in range(starts[person], starts[person + 1]):
                found = np.searchsorted(here, items[at])
                if found < len(here) and here[found] == items[at]:
                    best[person, need] = max(best[person, need], strength[begin + found] * numbers[at])
            begin = ends[need]


@dataclass(frozen=True)
class Match:
    """How people and one vacancy match in wishes, work done and skills; each (n,), NaN where unknown."""

    wish: npt.NDArray[np.float64]  # -1..1, negative for work that she named as "not this"
    work: npt.NDArray[np.float64]  # 0..1
    coverage: npt.NDArray[np.float64]  # 0..1 of the skills that the tasks need, by hours
    tasks: Tasks
    asks_skills: Bools  # (T,) whether the task needs skills at all


def match_values(people: Candidates, vacancy: Vacancy, likeness: Likeness) -> Match:
    """Wishes, work done and skills of n people against one vacancy."""
    work = np.where(people.work_known, people.work.max_of(likeness.titles[people.work.items], 0.0), np.nan)
    near_wish = people.wishes.max_of(likeness.titles[people.wishes.items], 0.0)
    refused = people.refusals.max_of(likeness.titles[people.refusals.items], 0.0)
    refuses = (refused >= REFUSED) & (refused >= near_wish)
    wish = np.where(people.wishes_known | refuses, np.where(refuses, -refused, near_wish), np.nan)
    tasks = task_coverage(people, likeness, len(vacancy.tasks))
    weight = task_shares(demands_of(vacancy).hours_share, likeness)
    coverage = np.full(len(people), np.nan)
    if weight.any():
        coverage = np.nan_to_num(tasks.coverage) @ weight
        if not vacancy.tasks_stated:
            coverage = TITLE_ONLY[1] + TITLE_ONLY[0] * (coverage - TITLE_ONLY[1])
        coverage = np.where(people.skills_known, coverage, np.nan)
    return Match(wish, work, coverage, tasks, weight > 0)


def task_shares(hours_share: Floats, likeness: Likeness) -> npt.NDArray[np.float64]:
    """The share of each task in the coverage of the whole, by hours, (T,); 0 for a task that needs no skills."""
    return _task_shares(hours_share, _needed(hours_share, likeness))


def _needed(hours_share: Floats, likeness: Likeness) -> npt.NDArray[np.float64]:
    """How much each task needs, (T,): the sum of the weights of its skills."""
    needed = np.zeros(len(hours_share))
    np.add.at(needed, likeness.task, likeness.weights)  # `bincount` would let go of the interpreter's lock
    return needed


def _task_shares(hours_share: Floats, needed: Floats) -> npt.NDArray[np.float64]:
    weight = hours_share * (needed > 0)
    total = weight.sum()
    return np.asarray(weight / total if total > 0 else weight)


def coverage_shares(hours_share: Floats, likeness: Likeness) -> npt.NDArray[np.float64]:
    """The share of each needed skill in the coverage of the whole, (m,); adds up to 1, or is empty."""
    needed = _needed(hours_share, likeness)
    shares = _task_shares(hours_share, needed)
    if not shares.any():
        return np.zeros(0)
    return likeness.weights / np.where(needed > 0, needed, 1)[likeness.task] * shares[likeness.task]


def sum_of(lists: Lists, values: Floats) -> npt.NDArray[np.float64]:
    """Per row the sum of `values` (one per item); shape (n,)."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return np.asarray(sums[lists.starts[1:]] - sums[lists.starts[:-1]])
