"""The order in which people are kept, so that a ranking walks them from near to far; `matching` sorts by it."""

import numpy as np
import numpy.typing as npt

from scoring.columns import Candidates

BEYOND_PLACES = 1 << 20  # groups from here on are regions, of people without a place


def group_of(people: Candidates) -> npt.NDArray[np.int64]:
    """The group of each person (n,): her place, or beyond all places her region, of which the first is "not known"."""
    return np.where(people.place >= 0, people.place, BEYOND_PLACES + 1 + people.region.astype(np.int64))


def row_order(people: Candidates) -> npt.NDArray[np.int64]:
    """The order in which a pool is kept: by group, modes of travel, most minutes (unknown first), hash of the id."""
    most = np.where(people.max_minutes < 0, np.iinfo(np.int16).max, people.max_minutes).astype(np.int64)
    return np.lexsort((people.key, -most, people.modes, group_of(people)))
