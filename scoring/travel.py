"""Travel: kilometres between places, and minutes per mode with sourced speeds and detours.

Speeds and detour factors are a rule set (`fixtures/rules/matching.yaml`), handed in as `Speeds`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from scoring.columns import Bools, Floats, Ints
from scoring.terms import TRAVEL_MODES, TravelMode

EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG
MAX_MINUTES = 600  # further than this is simply far


@dataclass(frozen=True)
class Speeds:
    """Per travel mode, in the order of TravelMode: km/h over the road, road km per straight km, fixed minutes.

    A journey by public transport that is longer than `change_after_km` needs a change, which costs `change_minutes`.
    """

    km_per_hour: tuple[float, ...]
    detour: tuple[float, ...]
    fixed_minutes: tuple[float, ...]
    change_after_km: float
    change_minutes: float


def kilometres(latitude: float, longitude: float, latitudes: Floats, longitudes: Floats) -> Floats:
    """Great-circle distance in km from one point to many (haversine); coordinates in degrees, result (n,)."""
    north, east = np.radians(latitudes), np.radians(longitudes)
    here_north, here_east = np.radians(latitude), np.radians(longitude)
    half = (
        np.sin((north - here_north) / 2) ** 2 + np.cos(north) * np.cos(here_north) * np.sin((east - here_east) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))))


def minutes_by_mode(km: Floats, speeds: Speeds) -> npt.NDArray[np.int16]:
    """Whole minutes, rounded up, per place and mode, shape (n, 5), from straight kilometres (n,).

    Within one postcode area people still travel: 0 km counts as half a kilometre.
    """
    by_mode = np.array([speeds.fixed_minutes, speeds.detour, speeds.km_per_hour], np.float64)
    changes = TRAVEL_MODES.index(TravelMode.PUBLIC_TRANSPORT), speeds.change_after_km, speeds.change_minutes
    minutes = np.empty((len(km), by_mode.shape[1]), np.int16)
    _minutes_by_mode(np.asarray(km, np.float64), by_mode, *changes, MAX_MINUTES, minutes)
    return minutes


@njit(cache=True)
def _minutes_by_mode(
    km: Floats, by_mode: Floats, public: int, change_after_km: float, change_minutes: float, most: int, minutes: Ints
) -> None:
    """Fill the minutes; `by_mode` (3, 5): minutes that are fixed, detour, speed."""
    for place in range(len(km)):
        straight = max(km[place], 0.5)
        for mode in range(by_mode.shape[1]):
            took = by_mode[0, mode] + straight * by_mode[1, mode] / by_mode[2, mode] * 60
            if mode == public and straight > change_after_km:
                took += change_minutes
            minutes[place, mode] = min(np.ceil(took - 1e-9), most)


def fastest(minutes: Ints, modes: Ints) -> npt.NDArray[np.int16]:
    """The minutes of her fastest own mode: minutes (n, 5), masks (n,); MAX_MINUTES where the mask is empty."""
    has = (modes[:, None] >> np.arange(len(TRAVEL_MODES))) & 1
    return np.where(has == 1, minutes, MAX_MINUTES).min(axis=1).astype(np.int16)


def fastest_by_mask(minutes: Ints, masks: Ints) -> npt.NDArray[np.int16]:
    """The same for each of some masks: minutes (n, 5), masks (m,); (m, n)."""
    result = np.full((len(masks), len(minutes)), MAX_MINUTES, np.int16)
    for mode in range(len(TRAVEL_MODES)):
        has = np.flatnonzero(masks >> mode & 1)
        result[has] = np.minimum(result[has], minutes[:, mode])
    return result


def known_journey(place: Ints, modes: Ints, vacancy_place: int) -> Bools:
    """Whether the minutes of a journey can be computed at all, (n,)."""
    return (place >= 0) & (modes >= 0) & (vacancy_place >= 0)
