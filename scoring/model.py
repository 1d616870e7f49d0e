"""The three additive models: one-dimensional shapes as tables of fixed-point log-odds, and their product.

A model is a set of small tables (question, feature) -> int32, so that scoring is look-up and add, and a kernel and the
reference give equal results. The expert prior is read from `prior-1.yaml`, a sentence beside each weight.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import yaml

from scoring.columns import Floats, Ints
from scoring.terms import CAPACITIES, QUESTIONS, Question

FIXED_POINT = 1 << 16  # log-odds are kept as whole numbers of 1/65536
ROUNDING = 1e-7  # what lies so close to the edge of a bin lies on it, however the last digits were rounded
KEPT_STAKES = 2_000
PRIOR_FILE = Path(__file__).with_name("prior-1.yaml")


@dataclass(frozen=True)
class Scale:
    """The grid on which a feature is measured: its unit, the field that it is read from, and its bins."""

    unit: str
    field: str
    low: float
    high: float
    step: float

    @property
    def grid(self) -> Floats:
        return self.low + self.step * np.arange(round((self.high - self.low) / self.step) + 1)

    def bins(self, values: Floats) -> npt.NDArray[np.int16]:
        """The nearest bin of each value (the upper of two), clipped to the grid; NaN (does not apply) becomes -1."""
        clipped = np.minimum(
            np.maximum(np.asarray(values, np.float64), self.low), self.high
        )  # float32 rounds otherwise
        found = np.floor((clipped - self.low) / self.step + (0.5 + ROUNDING))
        return np.where(np.isnan(found), -1, found).astype(np.int16)


# Features that share a field share its uncertainty: one unknown field moves them together.
SCALES: dict[str, Scale] = {
    "skill_coverage": Scale("share", "skills", 0, 1, 0.01),
    "desired_skills": Scale("share", "skills", 0, 1, 0.01),
    "work_nearness": Scale("share", "work_done", 0, 1, 0.01),
    "experience": Scale("months", "work_months", 0, 120, 1),
    "wish_nearness": Scale("share", "wishes", -1, 1, 0.01),
    "sector": Scale("sign", "sectors", -1, 1, 1),
    "setting": Scale("share", "settings", -1, 1, 0.05),
    "travel_minutes": Scale("minutes", "travel", 0, 180, 1),
    "travel_over": Scale("minutes", "travel", 0, 60, 1),
    "hours_overlap": Scale("hours_per_week", "hours", -24, 8, 0.25),
    "dayparts_short": Scale("dayparts", "weekly_grid", 0, 4, 1),
    "start_late": Scale("weeks", "available_from", 0, 12, 1),
    "language_margin": Scale("levels", "languages", -6, 6, 1),
    "education_margin": Scale("levels", "education", -7, 7, 1),
    "desired_papers": Scale("share", "papers", 0, 1, 0.05),
    "papers_to_get": Scale("papers", "papers", 0, 3, 1),
    "to_arrange": Scale("needs", "support_needs", 0, 6, 1),
    "support_supplied": Scale("share", "support_needs", 0, 1, 0.05),
    "fixed_colleague": Scale("code", "support_needs", 0, 2, 1),
    "contract_margin": Scale("months", "contract_months_min", -12, 12, 1),
    "growth": Scale("code", "growth_wish", -1, 2, 1),
    "vacancy_detail": Scale("share", "vacancy", 0, 1, 0.05),
} | {f"capacity.{dimension}": Scale("levels", f"capacities.{dimension}", -4, 4, 0.05) for dimension in CAPACITIES}
FEATURES = tuple(SCALES)
FIELDS = tuple(dict.fromkeys(scale.field for scale in SCALES.values()))


@dataclass(frozen=True)
class Shape:
    """One weight of the prior: its points, why it is so, and which way it may go."""

    why: str
    points: tuple[tuple[float, float], ...]
    monotone: str


@dataclass(frozen=True)
class Bands:
    """From which score a band holds."""

    strong: float
    good: float
    possible: float


@dataclass(frozen=True)
class Model:
    """Three questions, their prior log-odds and their shapes; immutable, one version."""

    version: str
    prior: npt.NDArray[np.int32]  # (3,) fixed point
    uncertainty: tuple[float, ...]  # (3,) standard deviation on the log-odds of the model itself
    shapes: Mapping[Question, Mapping[str, Shape]]
    typical: Mapping[str, tuple[float, ...]]  # five equally likely values per feature
    bands: Bands
    too_little_known: float
    reserved_floor: float

    @cached_property
    def tables(self) -> dict[str, npt.NDArray[np.int32]]:
        """Per feature the fixed-point log-odds (3, bins + 1); the last bin is "does not apply" and adds zero."""
        tables = {}
        for feature, scale in SCALES.items():
            table = np.zeros((len(QUESTIONS), len(scale.grid) + 1), np.int32)
            for number, question in enumerate(QUESTIONS):
                shape = self.shapes[question].get(feature)
                if shape is not None:
                    values, log_odds = zip(*shape.points, strict=True)
                    table[number, :-1] = np.rint(np.interp(scale.grid, values, log_odds) * FIXED_POINT)
            tables[feature] = table
        return tables

    @cached_property
    def stake(self) -> Callable[[tuple[tuple[str, tuple[float, ...]], ...]], float]:
        """How far the values that features of one field typically take move the three questions: a standard deviation.

        From the values (K,) of each feature; most vacancies ask the same.
        """

        def stake(typical: tuple[tuple[str, tuple[float, ...]], ...]) -> float:
            moved = [self.tables[feature][:, SCALES[feature].bins(np.array(values))] for feature, values in typical]
            return float(np.sqrt(np.var(np.sum([one / FIXED_POINT for one in moved], axis=0), axis=1).sum()))

        return lru_cache(KEPT_STAKES)(stake)

    @cached_property
    def importance(self) -> dict[str, float]:
        """How much each feature can move the three questions together: the sum of the ranges of its shapes."""
        return {name: float(np.ptp(table[:, :-1], axis=1).sum()) / FIXED_POINT for name, table in self.tables.items()}


def load_prior(path: Path = PRIOR_FILE) -> Model:
    """Read the expert prior. Raises ValueError naming the question and feature of a shape that is not sound."""
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    shapes: dict[Question, dict[str, Shape]] = {}
    typical: dict[str, tuple[float, ...]] = {}
    for question in QUESTIONS:
        shapes[question] = {}
        for name, weight in raw[question]["features"].items():
            for feature in [f for f in FEATURES if f == name or f.startswith(f"{name}.")]:
                shapes[question][feature] = _shape(f"{question}.{name}", weight)
                if "typical" in weight:
                    typical[feature] = tuple(float(value) for value in weight["typical"])
        unknown = set(raw[question]["features"]) - {feature.split(".")[0] for feature in FEATURES}
        if unknown:
            raise ValueError(f"{path.name}: {question} has no feature called {', '.join(sorted(unknown))}")
    return Model(
        version=raw["version"],
        prior=np.rint(np.array([raw[q]["prior"] for q in QUESTIONS]) * FIXED_POINT).astype(np.int32),
        uncertainty=tuple(float(raw[q]["uncertainty"]) for q in QUESTIONS),
        shapes=shapes,
        typical=typical,
        bands=Bands(**raw["bands"]),
        too_little_known=float(raw["too_little_known"]),
        reserved_floor=float(raw["reserved_floor"]),
    )


def _shape(name: str, weight: Mapping[str, object]) -> Shape:
    points = tuple((float(value), float(log_odds)) for value, log_odds in weight["points"])  # type: ignore[attr-defined]
    values = [value for value, _ in points]
    steps = np.diff([log_odds for _, log_odds in points])
    if values != sorted(set(values)):
        raise ValueError(f"{name}: points must rise in value")
    if not weight.get("why"):
        raise ValueError(f"{name}: says no reason why")
    if (weight["monotone"] == "up" and (steps < 0).any()) or (weight["monotone"] == "down" and (steps > 0).any()):
        raise ValueError(f"{name}: is not monotone {weight['monotone']}")
    return Shape(str(weight["why"]), points, str(weight["monotone"]))


def sigmoid(log_odds: Floats) -> Floats:
    """Chance from log-odds."""
    return np.asarray(1.0 / (1.0 + np.exp(-log_odds)))


# Gauss-Hermite with three nodes a dimension for a normal with mean 0 and variance 1 (Abramowitz and Stegun, 25.4.46).
_NODES = np.array([-np.sqrt(3.0), 0.0, np.sqrt(3.0)])
_WEIGHTS = np.array([1 / 6, 2 / 3, 1 / 6])
GRID = np.stack(np.meshgrid(_NODES, _NODES, _NODES, indexing="ij"), axis=-1).reshape(-1, 3)  # (27, 3)
GRID_WEIGHTS = np.einsum("i,j,k->ijk", _WEIGHTS, _WEIGHTS, _WEIGHTS).reshape(-1)  # (27,)
PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))  # of the three questions, as covariances are kept


@dataclass(frozen=True)
class Unknown:
    """One field that is unknown of m people: how far each value that it may have moves the three questions."""

    people: npt.NDArray[np.int64]  # (m,) rows, rising
    moves: npt.NDArray[np.float64]  # (m, 3, K) log-odds, with mean zero under the weights
    weights: npt.NDArray[np.float64]  # (m, K), rows add up to 1

    def between(self, start: int, stop: int) -> "Unknown":
        """The same field of the people from one row to another, numbered from the first; rows rise."""
        some = slice(*np.searchsorted(self.people, [start, stop]))
        return Unknown(self.people[some] - start, self.moves[some], self.weights[some])


@dataclass(frozen=True)
class Product:
    """The product of the three chances for n people, integrated over what is unknown of each."""

    chances: npt.NDArray[np.float64]  # (n, 3) on the means
    score: npt.NDArray[np.float64]  # (n,) in expectation
    log_mean: npt.NDArray[np.float64]  # (n,) of the logarithm of the score
    log_spread: npt.NDArray[np.float64]  # (n,) its standard deviation, from the unknowns alone


def side_by_side(unknowns: Sequence[Unknown]) -> list[tuple[Ints, Unknown]]:
    """The same unknown fields with those of as many values in one, and the position of the field of each row, (m,)."""
    by_size: dict[int, list[int]] = {}
    for number, unknown in enumerate(unknowns):
        if len(unknown.people):
            by_size.setdefault(unknown.weights.shape[1], []).append(number)
    together = []
    for numbers in by_size.values():
        some = [unknowns[number] for number in numbers]
        both = Unknown(
            np.concatenate([one.people for one in some]),
            np.concatenate([one.moves for one in some]),
            np.concatenate([one.weights for one in some]),
        )
        together.append((np.repeat(numbers, [len(one.people) for one in some]), both))
    return together


_FIRST, _SECOND = (np.array([pair[side] for pair in PAIRS]) for side in (0, 1))
_TWICE = np.array([[1.0 if a == b else 2.0] for a, b in PAIRS])  # how often a pair stands in a full matrix
_VARIANCES = np.flatnonzero(_FIRST == _SECOND)


def _total(values: Floats) -> Floats:
    """The sum over the last axis but one: the values of a belief, with the people last so that each sum is one run."""
    n_values = values.shape[-2]
    # From eight values on numpy adds neighbours in pairs; a sum shall not depend on how an array lies.
    return values.sum(axis=-2) if n_values < 8 else np.ascontiguousarray(np.moveaxis(values, -2, -1)).sum(axis=-1)


def _covariance(moves: Floats, weights: Floats) -> Floats:
    """Covariances (6, m) from centred moves (3, K, m) and weights (K, m)."""
    return _total(moves[_FIRST] * moves[_SECOND] * weights)


AT_ONCE = 2_000  # people whose unknown fields are integrated together


def integrate(log_odds: Floats, unknowns: Sequence[Unknown]) -> Product:
    """Expectation of the product of three chances under shared uncertainty; log_odds (n, 3) on the means.

    One unknown field moves all three questions, so the product of expectations is not the expectation of the product.
    Beliefs are skewed (a long journey costs more than a short one wins), so a normal alone is not enough: the logarithm
    of the product is nearly linear with slopes 1 - chance, and for what is linear the expectation is a product over the
    fields, exact for any belief. What is left is smooth, and is integrated on 27 nodes of the normal that the fields
    make together after that tilt (exponential tilting, as in a saddle-point approximation: Daniels 1954).
    """
    if len(log_odds) <= AT_ONCE:
        return _integrate(log_odds, unknowns)
    parts = [
        _integrate(log_odds[start : start + AT_ONCE], [one.between(start, start + AT_ONCE) for one in unknowns])
        for start in range(0, len(log_odds), AT_ONCE)
    ]
    return Product(*(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Product)))


def _integrate(log_odds: Floats, unknowns: Sequence[Unknown]) -> Product:
    chances = sigmoid(log_odds)
    slopes = np.ascontiguousarray(1 - chances.T)  # questions first from here on
    bends = chances.T * slopes
    gain, shift, tilted, plain = _uncertainty(slopes, unknowns)
    log_chances = -np.logaddexp(0, -log_odds)
    score = chances.prod(axis=1)
    rows = np.flatnonzero(plain[_VARIANCES].sum(axis=0) > 0)
    if len(rows):
        root = _cholesky(tilted[:, rows])[..., None]
        moved = root[:, 0] * GRID[:, 0] + root[:, 2] * GRID[:, 2] + root[:, 1] * GRID[:, 1]  # (3, m, 27)
        moved += shift[:, rows, None]
        bent = -np.logaddexp(0, -(log_odds.T[:, rows, None] + moved)) - log_chances.T[:, rows, None]
        rest = np.exp((bent - slopes[:, rows, None] * moved).sum(axis=0)) @ GRID_WEIGHTS
        score[rows] *= np.exp(gain[rows]) * rest
    straight = _TWICE * plain * slopes[_FIRST] * slopes[_SECOND]
    curved = _TWICE * 0.5 * plain**2 * bends[_FIRST] * bends[_SECOND]
    spread = np.cumsum(np.stack([straight, curved], axis=1).reshape(2 * len(PAIRS), -1), axis=0)[-1]
    fall = (0.5 * plain[_VARIANCES] * bends).sum(axis=0)
    return Product(chances, np.minimum(score, 1.0), log_chances.sum(axis=1) - fall, np.sqrt(np.maximum(spread, 0)))


def _uncertainty(slopes: Floats, unknowns: Sequence[Unknown]) -> tuple[Floats, Floats, Floats, Floats]:
    """What the unknown fields of n people add up to: the logarithm of the gain (n,), and after the tilt by it the
    shift (3, n) and the covariance (6, n); and the covariance without it (6, n)."""
    n, n_terms = slopes.shape[1], 1 + len(slopes) + 2 * len(PAIRS)
    numbers, people, terms = [], [], []
    for which, unknown in side_by_side(unknowns):
        moves = np.ascontiguousarray(unknown.moves.transpose(1, 2, 0))  # (3, K, m)
        weights = np.ascontiguousarray(unknown.weights.T)
        weight = weights * np.exp((slopes[:, None, unknown.people] * moves).sum(axis=0))
        total = _total(weight)
        weight /= total
        mean = _total(moves * weight)
        added = np.empty((n_terms, len(which)))
        added[0], added[1:4] = np.log(total), mean
        added[4:10] = _covariance(moves - mean[:, None], weight)
        added[10:] = _covariance(moves, weights)
        numbers.append(which)
        people.append(unknown.people)
        terms.append(added)
    if not terms:
        return np.zeros(n), np.zeros((3, n)), np.zeros((6, n)), np.zeros((6, n))
    order = np.argsort(np.concatenate(numbers), kind="stable")  # each person's fields in their order
    cells = np.arange(n_terms)[:, None] * n + np.concatenate(people)[order]
    added = np.concatenate(terms, axis=1)[:, order]
    sums = np.bincount(cells.ravel(), added.ravel(), n_terms * n).reshape(n_terms, n)
    return sums[0], sums[1:4], sums[4:10], sums[10:]


def _cholesky(covariance: Floats) -> Floats:
    """Lower triangles (3, 3, m) of covariances (6, m), which may be singular: one unknown field has rank one."""
    a, b, c, d, e, f = covariance
    root = np.zeros((3, 3, covariance.shape[1]))

    def divide(top: Floats, bottom: Floats) -> Floats:
        return np.where(bottom > 1e-12, top / np.maximum(bottom, 1e-12), 0.0)

    root[0, 0] = np.sqrt(np.maximum(a, 0))
    root[1, 0] = divide(b, root[0, 0])
    root[2, 0] = divide(c, root[0, 0])
    root[1, 1] = np.sqrt(np.maximum(d - root[1, 0] ** 2, 0))
    root[2, 1] = divide(e - root[2, 0] * root[1, 0], root[1, 1])
    root[2, 2] = np.sqrt(np.maximum(f - root[2, 0] ** 2 - root[2, 1] ** 2, 0))
    return root


def band_of(scores: Floats, known_share: Floats, model: Model) -> Ints:
    """Positions in Band: strong, good, possible, weak, or too little known to say."""
    bands = model.bands
    at_most_good = np.where(scores >= bands.good, 1, np.where(scores >= bands.possible, 2, 3))
    by_score = np.where(scores >= bands.strong, 0, at_most_good)
    return np.where(known_share < model.too_little_known, 4, by_score).astype(np.int8)
