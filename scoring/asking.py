"""What a vacancy asks, as the kernel looks it up: capacities by level, and which skills help which needs; for `packed`.

Compiled, since there are some hundreds of small numbers in it and numpy takes microseconds a call. These functions take
microseconds themselves, so they keep the interpreter's lock: to let it go and wait for it again would cost more. No
constant of another module is read in them: numba's cache would not notice that it changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from scoring.capacity import Demands, by_level
from scoring.columns import Floats, Ints
from scoring.likeness import Related
from scoring.model import ROUNDING, SCALES, Model
from scoring.terms import CAPACITIES


@dataclass(frozen=True)
class CapacityTables:
    """What each margin of each capacity adds; the capacities share one scale."""

    added: npt.NDArray[np.int32]  # (20, bins, 3) fixed-point log-odds
    scale: tuple[float, float, float, float]  # lowest and highest margin, step, and what is added before rounding down

    @classmethod
    def of(cls, model: Model) -> "CapacityTables":
        """Raises ValueError where two capacities are measured on different scales."""
        features = [f"capacity.{dimension}" for dimension in CAPACITIES]
        ((low, high, step),) = {(SCALES[one].low, SCALES[one].high, SCALES[one].step) for one in features}
        added = np.stack([model.tables[one][:, :-1].T for one in features])
        return cls(np.ascontiguousarray(added, np.int32), (float(low), float(high), step, 0.5 + ROUNDING))


@dataclass(frozen=True)
class AskedCapacities:
    """The `a` capacities that some task asks something of, by the five levels."""

    asked: npt.NDArray[np.int64]  # (a,) rising
    added: npt.NDArray[np.int32]  # (a, 5, 3) fixed-point log-odds
    blocked: npt.NDArray[np.bool_]  # (a, 5)


def asked_capacities(demands: Demands, tables: CapacityTables) -> AskedCapacities:
    """What each level of each capacity that is asked adds, and which levels block."""
    return AskedCapacities(*_asked_capacities(*by_level(demands), tables.added, *tables.scale))


@njit(cache=True)
def _asked_capacities(
    margins: Floats, blocked: Ints, table: Ints, low: float, high: float, step: float, half: float
) -> tuple[Ints, Ints, Ints]:
    """From margins and blocked (20, 5) and the table (20, bins, 3); bins as `Scale.bins` has them."""
    n_capacities, n_levels = margins.shape
    asked, n = np.empty(n_capacities, np.int64), 0
    for capacity in range(n_capacities):
        if not np.isnan(margins[capacity, 0]):
            asked[n] = capacity
            n += 1
    asked = asked[:n]
    added = np.empty((len(asked), n_levels, table.shape[2]), np.int32)
    blocks = np.empty((len(asked), n_levels), np.bool_)
    for at, one in enumerate(asked):
        for level in range(n_levels):
            margin = min(max(margins[one, level], low), high)
            bin_ = int(np.floor((margin - low) / step + half))
            for question in range(table.shape[2]):
                added[at, level, question] = table[one, bin_, question]
            blocks[at, level] = blocked[one, level]
    return asked, added, blocks


def needs_by_skill(related: Sequence[Related], n_skills: int) -> tuple[Ints, Ints, Ints]:
    """For each skill which needs it helps, and how far: starts (skills + 1,) int32, index int32, strength float32.

    There are `n_skills` skills, or as many as the needs speak of where these are more.
    """
    if not related:
        return np.zeros(n_skills + 1, np.int32), np.zeros(0, np.int32), np.zeros(0, np.float32)
    skills = np.concatenate([one.skills for one in related])
    strength = np.concatenate([one.strength for one in related])
    ends = np.array([len(one.skills) for one in related]).cumsum()
    starts, index, sorted_strength = _needs_by_skill(skills, strength, ends, n_skills)
    return starts, index, sorted_strength


@njit(cache=True)
def _needs_by_skill(skills: Ints, strength: Floats, ends: Ints, n_skills: int) -> tuple[Ints, Ints, Floats]:
    """A counting sort of the skills (k,) of all needs, each need's up to where it ends; needs of a skill rise."""
    for skill in skills:
        n_skills = max(n_skills, skill + 1)
    starts = np.zeros(n_skills + 1, np.int32)
    for skill in skills:
        starts[skill + 1] += 1
    for skill in range(n_skills):
        starts[skill + 1] += starts[skill]
    free = starts[:-1].copy()
    index, sorted_strength = np.empty(len(skills), np.int32), np.empty(len(skills), np.float32)
    need = 0
    for at, skill in enumerate(skills):
        while at >= ends[need]:
            need += 1
        index[free[skill]], sorted_strength[free[skill]] = need, strength[at]
        free[skill] += 1
    return starts, index, sorted_strength
