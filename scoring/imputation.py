"""What is probably so where a field is empty, given what is known of the person.

A factor model over her levels (capacities, education, Dutch, hours, ...): the known ones tell of the unknown ones, more
where they go together. Fitted on the pool by expectation-maximisation with a prior, so that a pool of ten people
behaves too (Rubin and Thayer 1982, with missing values as in Ghahramani and Hinton 1997).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from scoring.columns import Bools, Candidates, Floats, Ints
from scoring.terms import CAPACITIES

EDUCATION, DUTCH, HOURS = len(CAPACITIES), len(CAPACITIES) + 1, len(CAPACITIES) + 2
N_VARIABLES = len(CAPACITIES) + 3
NOT_CAPACITIES = (EDUCATION, DUTCH, HOURS)
_HOURS_UNIT = 8.0  # hours a week are kept in working days, to be of the size of a level

# Prior belief on how levels go together: body, calm, contact, head. Rows in the order of Capacity, then education,
# Dutch, hours. Signs and sizes as occupational physicians' profiles have them in outline; the pool corrects them.
_PRIOR_MEAN = np.array(
    [2.2, 2.4, 2.5, 2.9, 2.2, 2.5, 2.6, 3.1, 3.1, 2.1, 2.5, 2.0, 2.2, 2.0, 2.2, 1.9, 2.2, 2.5, 2.0, 1.8, 2.4, 3.3, 2.9]
)
_PRIOR_LOADINGS = np.array(
    [
        [0.8, 0.0, 0.0, 0.0],
        [0.8, 0.0, 0.0, 0.0],
        [0.8, 0.0, 0.0, 0.0],
        [0.2, 0.1, 0.0, 0.2],
        [0.8, 0.0, 0.0, 0.0],
        [0.7, 0.0, 0.0, 0.0],
        [0.4, 0.1, 0.0, 0.1],
        [0.1, 0.0, 0.0, 0.1],
        [0.1, 0.1, 0.1, 0.0],
        [0.0, 0.8, 0.2, 0.0],
        [0.4, 0.2, 0.0, 0.0],
        [0.3, 0.5, 0.0, 0.2],
        [0.0, 0.6, 0.0, 0.4],
        [0.0, 0.7, 0.2, 0.1],
        [0.0, 0.4, 0.2, 0.5],
        [0.0, 0.6, 0.4, 0.0],
        [0.0, 0.3, 0.8, 0.2],
        [0.0, 0.3, 0.7, 0.0],
        [0.0, 0.0, 0.1, 0.8],
        [0.2, 0.4, 0.1, 0.0],
        [0.0, 0.1, 0.0, 1.0],
        [0.0, 0.0, 0.2, 0.9],
        [0.3, 0.3, 0.1, 0.1],
    ]
)
_PRIOR_NOISE = np.full(N_VARIABLES, 0.7)
_PRIOR_PEOPLE = 40.0  # the prior weighs as much as so many people
_MAX_SAMPLE = 20_000
_ROUNDS = 12


@dataclass(frozen=True)
class LevelModel:
    """mean (v,), loadings (v, 4), noise variance (v,) of the v levels."""

    mean: npt.NDArray[np.float64]
    loadings: npt.NDArray[np.float64]
    noise: npt.NDArray[np.float64]


def levels_of(people: Candidates) -> npt.NDArray[np.float64]:
    """The levels of n people as (n, v), NaN where unknown."""
    levels = np.empty((len(people), N_VARIABLES))
    levels[:, : len(CAPACITIES)] = people.capacities
    levels[:, EDUCATION] = people.education
    levels[:, DUTCH] = people.languages[:, people.language_codes.index("nl")] if "nl" in people.language_codes else -1
    levels[levels < 0] = np.nan
    levels[:, HOURS] = people.hours_max / _HOURS_UNIT
    return levels


def fit(levels: Floats) -> LevelModel:
    """Fit the level model on people (n, v), NaN where unknown; deterministic, and sound for n = 0."""
    model = LevelModel(_PRIOR_MEAN, _PRIOR_LOADINGS, _PRIOR_NOISE)
    if len(levels) > _MAX_SAMPLE:
        levels = levels[np.linspace(0, len(levels) - 1, _MAX_SAMPLE).astype(np.int64)]
    known = ~np.isnan(levels)
    filled = np.where(known, levels, 0.0)
    n_factors = _PRIOR_LOADINGS.shape[1]
    prior_moment = np.diag([1.0] * n_factors + [1.0]) * _PRIOR_PEOPLE
    prior_cross = np.column_stack([_PRIOR_LOADINGS, _PRIOR_MEAN]) * _PRIOR_PEOPLE
    counts = known.sum(axis=0)
    for _ in range(_ROUNDS if len(levels) else 0):
        factors, spread = _factors(model, filled, known)
        extended = np.column_stack([factors, np.ones(len(factors))])
        moments = np.einsum("ni,nj->nij", extended, extended)
        moments[:, :n_factors, :n_factors] += spread
        moment = np.einsum("nv,nij->vij", known.astype(np.float64), moments) + prior_moment
        cross = np.einsum("nv,ni->vi", filled, extended) + prior_cross
        solved = np.linalg.solve(moment, cross[:, :, None])[:, :, 0]
        square = (filled**2).sum(axis=0) + _PRIOR_PEOPLE * (
            _PRIOR_NOISE + (_PRIOR_LOADINGS**2).sum(axis=1) + _PRIOR_MEAN**2
        )
        noise = (square - (solved * cross).sum(axis=1)) / (counts + _PRIOR_PEOPLE)
        model = LevelModel(solved[:, -1], solved[:, :-1], np.maximum(noise, 0.05))
    return model


def _factors(model: LevelModel, filled: Floats, known: Bools) -> tuple[Floats, Floats]:
    """Posterior mean (n, 4) and covariance (n, 4, 4) of each person's factors."""
    weighted = model.loadings / model.noise[:, None]
    precision = np.einsum("nv,vi,vj->nij", known.astype(np.float64), weighted, model.loadings, optimize=True)
    precision += np.eye(model.loadings.shape[1])
    spread = np.linalg.inv(precision)
    surprise = np.where(known, filled - model.mean, 0.0)
    return np.einsum("nij,nj->ni", spread, surprise @ weighted), spread


# An unknown level is kept as one of a few beliefs: its mean in quarters of a level and one of four spreads.
MEANS = np.arange(-0.5, 7.51, 0.25)
SPREADS = np.array([0.45, 0.7, 1.0, 1.4])
N_BELIEFS = len(MEANS) * len(SPREADS)


def beliefs(model: LevelModel, levels: Floats, variables: Sequence[int]) -> npt.NDArray[np.int16]:
    """Per person and variable the number of her belief (row of `belief_table`), -1 where known; (n, len(variables)).

    Only the variables named tell of each other (a normal, conditioned on what is known of them): what the work does not
    ask must not count, not even by what it tells of something else. One inverse for each pattern of what is known.
    """
    chosen = np.asarray(variables)
    mean, noise, loadings = model.mean[chosen], model.noise[chosen], model.loadings[chosen]
    part = levels[:, chosen]
    known = ~np.isnan(part)
    _, first, pattern_of = np.unique(
        known @ (1 << np.arange(len(chosen), dtype=np.int64)), return_index=True, return_inverse=True
    )
    weighted = loadings / noise[:, None]
    told = (weighted[:, :, None] * loadings[:, None, :]).reshape(len(chosen), -1)  # about the factors, by each variable
    n_factors = loadings.shape[1]
    precision = (known[first] @ told).reshape(-1, n_factors, n_factors) + np.eye(n_factors)
    doubt = np.linalg.inv(precision)  # (patterns, 4, 4) covariance of the factors
    surprise = np.where(known, part - mean, 0.0) @ weighted
    expected = mean + np.einsum("nij,nj->ni", doubt[pattern_of], surprise) @ loadings.T
    variance = noise + ((loadings @ doubt) * loadings).sum(axis=2)  # (patterns, variables)
    spread = np.abs(np.sqrt(variance)[:, :, None] - SPREADS).argmin(axis=2)
    step = np.clip(np.rint((expected - MEANS[0]) / 0.25), 0, len(MEANS) - 1)
    return np.where(known, -1, step * len(SPREADS) + spread[pattern_of]).astype(np.int16)


def belief_table(levels: Ints) -> npt.NDArray[np.float64]:
    """Probability of each whole level under each belief, (N_BELIEFS, number of levels); rows add up to 1."""
    mean = np.repeat(MEANS, len(SPREADS))[:, None]
    spread = np.tile(SPREADS, len(MEANS))[:, None]
    edges = np.concatenate([[-np.inf], (levels[:-1] + levels[1:]) / 2, [np.inf]])
    below = ndtr((edges[None, :] - mean) / spread)
    return np.asarray(np.diff(below, axis=1))


@cache
def level_beliefs(n_levels: int) -> npt.NDArray[np.float64]:
    """`belief_table` of the levels from 0, so many; not to be written to."""
    table = belief_table(np.arange(n_levels, dtype=np.float64))
    table.flags.writeable = False
    return table


def hours_of_belief(quantiles: Floats) -> npt.NDArray[np.float64]:
    """Hours a week at some normal quantiles under each belief, (N_BELIEFS, k)."""
    mean = np.repeat(MEANS, len(SPREADS))[:, None]
    spread = np.tile(SPREADS, len(MEANS))[:, None]
    return np.clip((mean + spread * quantiles) * _HOURS_UNIT, 2, 40)
