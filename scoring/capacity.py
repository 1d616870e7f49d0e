"""Capacity against demand: what becomes of each task for each person, and the margin on each dimension.

A demand is lowered by the adaptations that are offered. What is still above the person's level is a gap: it is
arranged where an adaptation is possible, carved where the task may go, and blocks on a fixed task alone.
Profile comparison as MELBA / IMBA do it; levels 0 to 4, -1 unknown. What one level meets in one task is said once,
compiled: the reference asks it of people, a vacancy that is made ready of the five levels. The compiled functions take
microseconds, so they keep the interpreter's lock; no constant of another module is read in them, since numba's cache
would not notice that it changed.
"""

from dataclasses import dataclass
from math import isnan

import numpy as np
import numpy.typing as npt
from numba import njit

from scoring.columns import Ints, Vacancy
from scoring.terms import CAPACITIES, TaskFreedom

N_LEVELS = 5
DONE, ARRANGE, CARVE, TASK_UNKNOWN, TASK_BLOCKED = range(5)  # in the order of TaskAnswer

# Where on the scale of margins (levels) a gap lies that can be mended: between "exactly at the demand" (0) and
# "one level short" (-1). Carving costs more the more hours it takes out of the job.
ARRANGE_MARGIN = -0.3
CARVE_MARGIN_LEAST, CARVE_MARGIN_MOST = -0.4, -0.9

_FREEDOM = tuple(TaskFreedom)
_FIXED = _FREEDOM.index(TaskFreedom.FIXED)


@dataclass(frozen=True)
class Demands:
    """The demands of a vacancy with T tasks, before and after adaptations."""

    stated: npt.NDArray[np.int8]  # (T, 20) levels, 0 no demand
    offered: npt.NDArray[np.int8]  # (T, 20) after the adaptations that are offered
    possible: npt.NDArray[np.int8]  # (T, 20) after those that are possible as well
    freedom: npt.NDArray[np.int8]  # (T,) position in TaskFreedom, -1 unknown
    hours_share: npt.NDArray[np.float64]  # (T,) share of the hours, adds up to 1

    @property
    def asked(self) -> npt.NDArray[np.bool_]:
        """(20,) which dimensions some task asks something of, adaptations or not."""
        return np.asarray((self.stated > 0).any(axis=0))


def demands_of(vacancy: Vacancy) -> Demands:
    """The demands of a vacancy as arrays; hours shares are equal where a task states no hours."""
    tasks = vacancy.tasks
    stated = np.array([task.demands for task in tasks], np.int8).reshape(len(tasks), len(CAPACITIES))
    stated = np.maximum(stated, 0)
    offered, possible = stated.copy(), stated.copy()
    for adaptation in vacancy.adaptations:
        lowered = slice(None) if adaptation.task < 0 else adaptation.task
        possible[lowered, adaptation.capacity] -= adaptation.levels
        if adaptation.offered:
            offered[lowered, adaptation.capacity] -= adaptation.levels
    if vacancy.adaptations:
        offered, possible = np.maximum(offered, 0), np.maximum(possible, 0)
    return Demands(
        stated,
        offered,
        possible,
        np.array([task.freedom for task in tasks], np.int8),
        _hours_shares([task.hours_per_week for task in tasks]),
    )


def _hours_shares(hours: list[float]) -> npt.NDArray[np.float64]:
    """The share of each task in the hours, (T,); what is not stated counts as the mean of what is."""
    if not hours:
        return np.zeros(0)
    if not all(one > 0 for one in hours):
        n_known = sum(not isnan(one) for one in hours)
        usual = float(np.nan_to_num(np.array(hours)).sum()) / n_known if n_known else 1.0
        hours = [one if one > 0 else usual if usual > 0 else 1.0 for one in hours]
    shares = np.array(hours)
    return np.asarray(shares / shares.sum())


@njit(cache=True)
def _cell_answer(level: int, offered: int, possible: int, freedom: int, fixed: int) -> int:
    """The answer of one level to one demand of one task, in the order of TaskAnswer."""
    if offered <= 0:
        return DONE
    if level < 0:
        return TASK_UNKNOWN
    if offered <= level:
        return DONE
    if possible <= level:
        return ARRANGE
    if freedom < 0:
        return TASK_UNKNOWN  # nobody has said whether this task may go
    return TASK_BLOCKED if freedom == fixed else CARVE


@njit(cache=True)
def _cells(levels: Ints, offered: Ints, possible: Ints, freedom: Ints, fixed: int) -> npt.NDArray[np.int8]:
    n, (n_tasks, n_dimensions) = len(levels), offered.shape
    answers = np.empty((n, n_tasks, n_dimensions), np.int8)
    for person in range(n):
        for task in range(n_tasks):
            for one in range(n_dimensions):
                answers[person, task, one] = _cell_answer(
                    levels[person, one], offered[task, one], possible[task, one], freedom[task], fixed
                )
    return answers


def cell_answers(levels: Ints, demands: Demands) -> npt.NDArray[np.int8]:
    """The answer per person, task and dimension: levels (n, 20) to codes (n, T, 20) in the order of TaskAnswer."""
    answers: npt.NDArray[np.int8] = _cells(levels, demands.offered, demands.possible, demands.freedom, _FIXED)
    return answers


# The worst answer of a task's dimensions is the answer of the task; unknown stands above what can be mended.
_SEVERITY = np.array([0, 1, 3, 2, 4], np.int8)  # by answer code
_BY_SEVERITY = np.argsort(_SEVERITY).astype(np.int8)


def task_answers(cells: Ints) -> npt.NDArray[np.int8]:
    """The answer per person and task, (n, T), from the cells (n, T, 20)."""
    return np.asarray(_BY_SEVERITY[_SEVERITY[cells].max(axis=2)])


@njit(cache=True)
def _by_level(
    stated: Ints, offered: Ints, possible: Ints, freedom: Ints, hours_share: Ints, fixed: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    n_tasks, n_dimensions = stated.shape
    margins = np.full((n_dimensions, N_LEVELS), np.nan)
    blocked = np.zeros((n_dimensions, N_LEVELS), np.bool_)
    for task in range(n_tasks):
        carve = CARVE_MARGIN_LEAST + (CARVE_MARGIN_MOST - CARVE_MARGIN_LEAST) * hours_share[task]
        for one in range(n_dimensions):
            if stated[task, one] <= 0:
                continue
            for level in range(N_LEVELS):
                answer = _cell_answer(level, offered[task, one], possible[task, one], freedom[task], fixed)
                margin = float(level - offered[task, one])
                if answer == ARRANGE:
                    margin = ARRANGE_MARGIN
                elif answer == CARVE:
                    margin = carve
                elif answer == TASK_BLOCKED:
                    blocked[one, level] = True
                if not margin >= margins[one, level]:
                    margins[one, level] = margin
    return margins, blocked


def by_level(demands: Demands) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """The margins by level, (20, 5), as `margins_by_level` gives them, and which levels some task blocks, (20, 5)."""
    found: tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]] = _by_level(
        demands.stated, demands.offered, demands.possible, demands.freedom, demands.hours_share, _FIXED
    )
    return found


def margins_by_level(demands: Demands) -> npt.NDArray[np.float64]:
    """The margin in levels that a person of each level would have, per dimension, (20, 5).

    The least over the tasks of level - demand, where a gap that can be arranged or carved counts as
    ARRANGE_MARGIN or as a carve margin by its share of the hours. NaN where no task asks anything.
    Never falls when an adaptation is added, and never falls with the level.
    """
    return by_level(demands)[0]
