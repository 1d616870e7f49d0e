"""Capacity against demand: what becomes of each task for each person, and the margin on each dimension.

A demand is lowered by the adaptations that are offered. What is still above the person's level is a gap: it is
arranged where an adaptation is possible, carved where the task may go, and blocks on a fixed task alone.
Profile comparison as MELBA / IMBA do it; levels 0 to 4, -1 unknown.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.columns import UNKNOWN, Ints, Vacancy
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
    n_tasks = len(vacancy.tasks)
    stated = np.zeros((n_tasks, len(CAPACITIES)), np.int8)
    for number, task in enumerate(vacancy.tasks):
        stated[number] = np.maximum(task.demands, 0)
    offered, possible = stated.copy(), stated.copy()
    for adaptation in vacancy.adaptations:
        tasks = slice(None) if adaptation.task < 0 else adaptation.task
        possible[tasks, adaptation.capacity] -= adaptation.levels
        if adaptation.offered:
            offered[tasks, adaptation.capacity] -= adaptation.levels
    hours = np.array([task.hours_per_week for task in vacancy.tasks], np.float64)
    hours = (
        np.where(np.isnan(hours) | (hours <= 0), 1.0 if np.isnan(hours).all() else np.nanmean(hours), hours)
        if n_tasks
        else hours
    )
    hours = np.where(hours > 0, hours, 1.0)
    return Demands(
        stated,
        np.maximum(offered, 0),
        np.maximum(possible, 0),
        np.array([task.freedom for task in vacancy.tasks], np.int8),
        hours / hours.sum() if n_tasks else hours,
    )


def cell_answers(levels: Ints, demands: Demands) -> npt.NDArray[np.int8]:
    """The answer per person, task and dimension: levels (n, 20) to codes (n, T, 20) in the order of TaskAnswer."""
    person = levels[:, None, :]
    freedom = demands.freedom[None, :, None]
    gap = (demands.offered > person) & (demands.offered > 0)
    mendable = demands.possible <= person
    answers = np.full(gap.shape, DONE, np.int8)
    answers[gap & (freedom == _FIXED)] = TASK_BLOCKED
    answers[gap & (freedom == UNKNOWN)] = TASK_UNKNOWN  # nobody has said whether this task may go
    answers[gap & (freedom > _FIXED)] = CARVE
    answers[gap & mendable] = ARRANGE
    unknown = (person == UNKNOWN) & (demands.offered > 0)
    answers[np.broadcast_to(unknown, answers.shape)] = TASK_UNKNOWN
    return answers


# The worst answer of a task's dimensions is the answer of the task; unknown stands above what can be mended.
_SEVERITY = np.array([0, 1, 3, 2, 4], np.int8)  # by answer code
_BY_SEVERITY = np.argsort(_SEVERITY).astype(np.int8)


def task_answers(cells: Ints) -> npt.NDArray[np.int8]:
    """The answer per person and task, (n, T), from the cells (n, T, 20)."""
    return np.asarray(_BY_SEVERITY[_SEVERITY[cells].max(axis=2)])


def margins_by_level(demands: Demands) -> npt.NDArray[np.float64]:
    """The margin in levels that a person of each level would have, per dimension, (20, 5).

    The least over the tasks of level - demand, where a gap that can be arranged or carved counts as
    ARRANGE_MARGIN or as a carve margin by its share of the hours. NaN where no task asks anything.
    Never falls when an adaptation is added, and never falls with the level.
    """
    n_dimensions = demands.stated.shape[1]
    levels = np.repeat(np.arange(N_LEVELS)[:, None], n_dimensions, axis=1)
    cells = cell_answers(levels, demands)  # (5, T, 20)
    margin = (levels[:, None, :] - demands.offered).astype(np.float64)
    carve = CARVE_MARGIN_LEAST + (CARVE_MARGIN_MOST - CARVE_MARGIN_LEAST) * demands.hours_share
    margin = np.where(cells == ARRANGE, ARRANGE_MARGIN, margin)
    margin = np.where(cells == CARVE, carve[None, :, None], margin)
    margin = np.where(demands.stated > 0, margin, np.inf)
    least = margin.min(axis=1, initial=np.inf)
    return np.where(np.isinf(least), np.nan, least).T
