"""People as the kernel reads them: one type to an array, what is read together side by side; for `scoring.packed`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit
from scipy.sparse import csr_array

from scoring import kernel
from scoring.beliefs import PoolBeliefs
from scoring.columns import UNKNOWN, Candidates, Ints, Lists
from scoring.imputation import NOT_CAPACITIES, levels_of
from scoring.order import BEYOND_PLACES, group_of
from scoring.parts import PARTS
from scoring.terms import CAPACITIES, Licence, mask_of

_LICENCE_B = mask_of([Licence.B], Licence)


@dataclass(frozen=True, eq=False)
class Journeys:
    """Minutes from everywhere to one place; groups are those of `order.group_of`, regions numbered after places."""

    minutes: npt.NDArray[np.int16]  # (places, 5)
    least: npt.NDArray[np.int16]  # (groups,) of the fastest mode from the nearest place of the group


def journeys_of(place_minutes: Ints, regions: Ints) -> Journeys:
    """The journeys to one place, from the minutes per place and mode (places, 5) and the region of each place."""
    minutes = np.ascontiguousarray(place_minutes, np.int16)
    least = np.empty(len(minutes) + int(regions.max(initial=UNKNOWN)) + 3, np.int16)
    _least_of_groups(minutes, regions, least)
    return Journeys(minutes, least)


@njit(cache=True)
def _least_of_groups(minutes: Ints, regions: Ints, least: Ints) -> None:
    """Fill the least minutes of each place, of everywhere, of each region, and of all further regions.

    A region without places is everywhere.
    """
    n_places, none = len(minutes), np.int16(32767)
    least[n_places:] = none
    for place in range(n_places):
        least[place] = minutes[place].min()
        least[n_places] = min(least[n_places], least[place])
        if regions[place] >= 0:
            here = n_places + 1 + regions[place]
            least[here] = min(least[here], least[place])
    for group in range(n_places + 1, len(least)):
        if least[group] == none:
            least[group] = least[n_places]


def _by_region(regions: Ints) -> list[Ints]:
    """The places of each region, from the region of each place. The last has none: it stands for all further regions.

    Who lives in a region without places may live anywhere.
    """
    return [np.flatnonzero(regions == region) for region in range(int(regions.max(initial=-1)) + 2)]


def packed_people(people: Candidates, beliefs: PoolBeliefs, regions: Ints, codes: Sequence[Ints]) -> kernel.People:
    """All of a pool; `regions` (places,) the region of each place, `codes` the values of each part, (n,) each."""
    n_places, places_of = len(regions), _by_region(regions)
    groups = group_of(people)
    beyond = np.minimum(groups - BEYOND_PLACES, len(places_of))
    groups = np.where(groups >= BEYOND_PLACES, beyond + n_places, groups)
    sets = np.where(people.modes < 0, kernel.SETS - 1, people.modes)
    level_model = beliefs.model
    return kernel.People(
        flags=fixed(_flags(people), np.uint8),
        max_minutes=fixed(people.max_minutes, np.int16),
        cells=fixed(groups * kernel.SETS + sets, np.int32),
        lines=_lines(people, codes),
        levels=fixed(levels_of(people)[:, list(NOT_CAPACITIES)], np.float64),
        keys=fixed(people.key, np.uint64),
        **_items(people),
        **_by_title("wish", people.wishes, len(people.titles)),
        **_by_title("work", people.work, len(people.titles)),
        n_groups=n_places + len(places_of) + 1,
        n_places=n_places,
        region_starts=fixed(np.cumsum([0, *(len(one) for one in places_of)]), np.int32),
        region_places=fixed(np.concatenate([*places_of, np.flatnonzero(regions < 0)]), np.int32),
        level_model=fixed(
            np.column_stack(
                [
                    level_model.mean,
                    level_model.noise,
                    level_model.loadings,
                    level_model.loadings / level_model.noise[:, None],
                ]
            ),
            np.float64,
        ),
        mode_masks=fixed(beliefs.mode_masks, np.int8),
        mode_weights=fixed(beliefs.mode_weights, np.float64),
        grid_part=[part.name for part in PARTS].index("weekly_grid"),
    )


def fixed(values: Ints, width: Any) -> Ints:
    """A contiguous array that cannot be written to: from memory or from a file, one type to the compiler."""
    fixed = np.ascontiguousarray(values, width).view()
    fixed.flags.writeable = False
    return fixed


def _flags(people: Candidates) -> Ints:
    drives = (people.licences > 0) & (people.licences & _LICENCE_B > 0)
    known = people.wishes_known * kernel.WISHES_KNOWN + people.work_known * kernel.WORK_KNOWN
    return known + people.skills_known * kernel.SKILLS_KNOWN + drives * kernel.DRIVES + kernel.ALIVE


def _capacity_codes(people: Candidates) -> Ints:
    """Levels of the capacities by three in one number, unknown as a sixth level, (n, CAPACITY_GROUPS)."""
    levels = np.zeros((len(people), 3 * kernel.CAPACITY_GROUPS), np.uint8)
    levels[:, : len(CAPACITIES)] = np.where(people.capacities < 0, kernel.N_LEVELS, people.capacities)
    return levels.reshape(len(people), kernel.CAPACITY_GROUPS, 3) @ np.array([1, 6, 36], np.uint8)


def _items(people: Candidates) -> dict[str, Ints]:
    """Titles of wishes, refusals and work, then skills, person after person, so that hers lie side by side."""
    lists = (people.wishes, people.refusals, people.work, people.skills)
    lengths = np.column_stack([np.diff(one.starts) for one in lists])  # (n, 4)
    ends = np.cumsum(lengths).reshape(lengths.shape)
    starts = np.vstack([ends - lengths, np.full((1, len(lists)), lengths.sum())])
    items, numbers = np.empty(int(lengths.sum()), np.int32), np.empty(int(lengths.sum()), np.float32)
    for which, one in enumerate(lists):
        at = np.repeat(starts[:-1, which] - one.starts[:-1], lengths[:, which]) + np.arange(len(one.items))
        items[at], numbers[at] = one.items, one.numbers
    return {
        "starts": fixed(starts, np.int32),
        "items": fixed(items, np.int32),
        "numbers": fixed(numbers, np.float32),
    }


def _lines(people: Candidates, codes: Sequence[Ints]) -> Ints:
    """What the walk reads of each person, side by side, (n, 4 + parts), as `kernel.People` has it.

    With twelve parts a person is one line of the cache, if the first begins where a line does.
    """
    before = sum(np.diff(one.starts) for one in (people.wishes, people.refusals, people.work))
    skills = np.diff(people.skills.starts)
    width = 4 + len(codes)
    room = np.empty(len(people) * width + _LINE, np.int32)
    first = -room.ctypes.data // room.itemsize % _LINE
    lines = room[first : first + len(people) * width].reshape(len(people), width)
    by_three = np.zeros((len(people), 8), np.uint8)
    by_three[:, : kernel.CAPACITY_GROUPS] = _capacity_codes(people)
    lines[:, 0] = np.cumsum(before + skills) - skills
    lines[:, 1] = _flags(people) | skills << 8
    lines[:, 2:4] = by_three.view(np.int32)
    for part, values in enumerate(codes):
        lines[:, 4 + part] = values
    return fixed(lines, np.int32)


_LINE = 16  # numbers of four bytes


def _by_title(name: str, lists: Lists, n_titles: int) -> dict[str, Ints]:
    """The rows of the people who name each title."""
    shape = (len(lists.starts) - 1, n_titles)
    named = csr_array((np.ones(len(lists.items), bool), lists.items, lists.starts), shape).tocsc()
    return {f"{name}_starts": fixed(named.indptr, np.int32), f"{name}_rows": fixed(named.indices, np.int32)}
