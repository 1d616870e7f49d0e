"""Beliefs about unknown fields: a few weighted values each, given what else is known of the person.

A belief is K values per feature with K weights, in rows; an unknown field of a person points to one row. Features of
one field share a row, so that they move together.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.columns import Candidates, Floats, Ints
from scoring.imputation import NOT_CAPACITIES, LevelModel, beliefs, fit, levels_of
from scoring.model import ROUNDING
from scoring.terms import Licence, TravelMode, mask_of

K = 5
QUANTILES = np.array([-1.2816, -0.5244, 0.0, 0.5244, 1.2816])  # of a normal, at 10, 30, 50, 70 and 90 %
EQUAL = np.full(K, 1 / K)

# Nearness and coverage are told apart in six steps: five of value, and unknown.
EDGES = np.array([0.2, 0.45, 0.7, 0.9]) - ROUNDING
N_STEPS = len(EDGES) + 2
_UNKNOWN_STEP = N_STEPS - 1
_STEP_VALUE = np.array([0.08, 0.32, 0.57, 0.8, 0.97, 0.25])  # what a step stands for in the prior
_PRIOR_PAIRS = 25.0

# Nothing known about her tasks is between "known to cover three of five" and "known to cover one of five".
COVERAGE_UNTOLD = (0.21, 0.55)


def step_of(values: Floats) -> npt.NDArray[np.int8]:
    """The step of each value in 0..1; NaN is the unknown step."""
    steps = EDGES.searchsorted(values, side="right")
    return np.where(np.isnan(values), _UNKNOWN_STEP, steps).astype(np.int8)


def row_of(first: Floats, second: Floats) -> npt.NDArray[np.int16]:
    """The row of a match belief from the two features that tell of the third."""
    return step_of(first).astype(np.int16) * np.int16(N_STEPS) + step_of(second)


@dataclass(frozen=True)
class MatchBeliefs:
    """What skill coverage, nearness of work done and nearness to wishes tell of each other: rows (36, K)."""

    coverage: npt.NDArray[np.float64]  # given (wish, work)
    work: npt.NDArray[np.float64]  # given (wish, coverage)
    wish: npt.NDArray[np.float64]  # given (coverage, work)


def fit_match(wish: Floats, work: Floats, coverage: Floats) -> MatchBeliefs:
    """Fit on sampled pairs of people and vacancies, each (p,), NaN where unknown; p may be 0."""
    return MatchBeliefs(
        coverage=_table(coverage, wish, work, (0.20, 0.18, 0.38), 0.17, untold=COVERAGE_UNTOLD),
        work=_table(work, wish, coverage, (0.06, 0.28, 0.35), 0.20),
        wish=_table(np.where(wish < -0.5, np.nan, wish), coverage, work, (0.05, 0.20, 0.35), 0.26),
    )


def _table(
    target: Floats,
    first: Floats,
    second: Floats,
    weights: tuple[float, float, float],
    spread: float,
    untold: tuple[float, float] = (0.0, 1.0),
) -> npt.NDArray[np.float64]:
    """Quantiles of the target per step of the two others: the prior's mean, moved by the pairs that were seen.

    The means never fall as either of the two rises, so that more skill or nearer work never hurts by way of a belief.
    `untold` bounds the mean where the second is unknown.
    """
    constant, by_first, by_second = weights
    mean = constant + by_first * _STEP_VALUE[:, None] + by_second * _STEP_VALUE[None, :]
    seen = ~np.isnan(target)
    count, total, square = np.zeros((N_STEPS, N_STEPS)), np.zeros((N_STEPS, N_STEPS)), np.zeros((N_STEPS, N_STEPS))
    told, a, b = target[seen], step_of(first[seen]), step_of(second[seen])
    unknown = np.full(len(a), _UNKNOWN_STEP, np.int8)
    for rows, columns in ((a, b), (unknown, b), (a, unknown), (unknown, unknown)):
        # A pair also teaches the rows in which one or both of the others are unknown.
        fresh = (rows != a) | (columns != b) | ((rows is a) and (columns is b))
        for grid, value in ((count, 1.0), (total, told[fresh]), (square, told[fresh] ** 2)):
            np.add.at(grid, (rows[fresh], columns[fresh]), value)
    variance = np.full((N_STEPS, N_STEPS), spread**2)
    fitted = (mean * _PRIOR_PAIRS + total) / (count + _PRIOR_PAIRS)
    moment = ((variance + mean**2) * _PRIOR_PAIRS + square) / (count + _PRIOR_PAIRS)
    width = np.sqrt(np.maximum(moment - fitted**2, 0.05**2))
    told_steps = N_STEPS - 1
    for axis in (0, 1):
        part = [slice(None), slice(None)]
        part[axis] = slice(0, told_steps)
        fitted[tuple(part)] = np.maximum.accumulate(fitted[tuple(part)], axis=axis)
    fitted[:, _UNKNOWN_STEP] = np.clip(fitted[:, _UNKNOWN_STEP], *untold)
    nodes = np.clip(fitted[..., None] + width[..., None] * QUANTILES, 0.0, 1.0)
    return np.asarray(nodes.reshape(N_STEPS * N_STEPS, K))


@dataclass(frozen=True)
class PoolBeliefs:
    """All that is believed of a pool of n people: their levels, match beliefs, and who travels how.

    Beliefs about capacities are made for each vacancy, from the capacities that it asks and these levels.
    """

    levels: npt.NDArray[np.int16]  # (n, 3) of education, Dutch, hours: row of the belief table, -1 where known
    match: MatchBeliefs
    mode_masks: npt.NDArray[np.int8]  # (m,) the most common sets of travel modes
    mode_weights: npt.NDArray[np.float64]  # (2, m) how common, without and with a known licence for a car
    model: LevelModel

    def take(self, rows: Ints) -> "PoolBeliefs":
        """The same beliefs for some of the people."""
        return PoolBeliefs(self.levels[rows], self.match, self.mode_masks, self.mode_weights, self.model)


_MODE_PRIOR = {0b00010: 9.0, 0b01010: 9.0, 0b00100: 2.0, 0b01000: 4.0, 0b10010: 6.0, 0b11010: 4.0, 0b00001: 1.0}
_LICENCE_B = mask_of([Licence.B], Licence)
_CAR = mask_of([TravelMode.CAR], TravelMode)


def fit_pool(people: Candidates, match: MatchBeliefs) -> PoolBeliefs:
    """Fit the beliefs of a pool; deterministic."""
    levels = levels_of(people)
    model = fit(levels)
    masks = np.array(sorted(_MODE_PRIOR), np.int8)
    weights = np.array([[_MODE_PRIOR[int(m)] * (0.4 if m & _CAR else 1.0) for m in masks]] * 2)
    weights[1] = [_MODE_PRIOR[int(m)] * (2.5 if m & _CAR else 1.0) for m in masks]
    known = people.modes >= 0
    drives = (people.licences > 0) & (people.licences & _LICENCE_B > 0)
    for row, group in enumerate((known & ~drives, known & drives)):
        for column, mask in enumerate(masks):
            weights[row, column] += np.count_nonzero(people.modes[group] == mask)
    return PoolBeliefs(
        beliefs(model, levels, NOT_CAPACITIES), match, masks, weights / weights.sum(axis=1, keepdims=True), model
    )
