"""The pair model in clear numpy: judge people for one vacancy, and put them in order.

This is the reference against which any faster code is tested: same fixed-point sums, same order.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from scoring.beliefs import PoolBeliefs
from scoring.columns import Bools, Candidates, Floats, Ints, Vacancy
from scoring.constraints import Answers, Margins, check
from scoring.features import FieldValues, compare
from scoring.likeness import Likeness, Tasks
from scoring.model import FIXED_POINT, SCALES, Model, Product, Unknown, band_of, integrate, sigmoid
from scoring.terms import QUESTIONS

SCORE_STEP = 1e-9  # scores closer than this are a tie, and ties break by hash
LIST_LENGTH = 10
RESERVED_PLACES = (3, 7)  # the fourth and the eighth of every ten
RESERVED_SHARE = 0.5  # of the tenth score: below it nobody gets a reserved place, however little is known of her
INTERVAL = 1.2816  # 80 % of a normal


@dataclass(frozen=True)
class Surroundings:
    """What is the same for every pair of a day: distances, margins, model, day."""

    place_minutes: npt.NDArray[np.int16]  # (p, 5) from each place to this vacancy's
    region_places: dict[int, Ints]
    margins: Margins
    model: Model
    today: int  # days since 1970-01-01


@dataclass(frozen=True)
class FieldScores:
    """The contributions of one field for n people: fixed-point log-odds per feature and question."""

    field: str
    values: dict[str, npt.NDArray[np.float64]]  # per feature (n,): known, or the mean of what is believed
    contributions: dict[str, npt.NDArray[np.int32]]  # per feature (3, n)
    known: Bools  # (n,)
    unknown: Unknown  # of whom it is unknown, and what it may be
    stake: float  # how much hangs on this field if it were unknown


@dataclass(frozen=True)
class Judged:
    """n people judged for one vacancy."""

    answers: Answers
    tasks: Tasks
    fields: tuple[FieldScores, ...]
    log_odds: npt.NDArray[np.int64]  # (n, 3) fixed point: prior plus the sum of all contributions
    product: Product
    interval: npt.NDArray[np.float64]  # (n, 2) of the score, 80 %
    known_share: npt.NDArray[np.float64]  # (n,) of what is at stake for this vacancy
    bands: npt.NDArray[np.int8]  # position in Band


def believed(
    nodes: dict[str, Floats], weights: Floats, model: Model
) -> tuple[dict[str, npt.NDArray[np.int32]], npt.NDArray[np.float64]]:
    """What beliefs (rows, K) of one field add: expected contributions per feature (3, rows), and how far each value
    moves the three questions from there, (rows, 3, K) log-odds."""
    expected = {}
    moved = np.zeros((len(QUESTIONS), *weights.shape))
    for feature, values in nodes.items():
        at_nodes = model.tables[feature].take(SCALES[feature].bins(values), axis=1).astype(np.float64)  # (3, rows, K)
        expected[feature] = np.rint((at_nodes * weights).sum(axis=2)).astype(np.int32)
        moved += at_nodes / FIXED_POINT
    return expected, (moved - (moved * weights).sum(axis=2, keepdims=True)).transpose(1, 0, 2)


def score_field(values: FieldValues, model: Model) -> FieldScores:
    """Look up and add: known values in the table, unknown ones as the expectation over their belief."""
    unknown = values.belief >= 0
    people = unknown.nonzero()[0]
    rows, nodes, weights = values.belief[people], values.nodes, values.weights
    if len(people) < len(weights):  # few of the beliefs are anybody's
        nodes, weights = {feature: table[rows] for feature, table in nodes.items()}, weights[rows]
        rows = np.arange(len(people), dtype=np.int32)
    shown = {feature: known.astype(np.float64) for feature, known in values.values.items()}
    contributions = {
        feature: model.tables[feature].take(SCALES[feature].bins(known), axis=1)
        for feature, known in values.values.items()
    }
    if len(people):
        expected, moves = believed(nodes, weights, model)
        for feature in shown:
            contributions[feature][:, people] = expected[feature][:, rows]
            shown[feature][people] = (nodes[feature] * weights).sum(axis=1)[rows]
        open_ = Unknown(people, moves[rows], weights[rows])
    else:
        open_ = Unknown(people, np.zeros((0, len(QUESTIONS), weights.shape[1])), weights[:0])
    typical = [(feature, tuple(taken.tolist())) for feature, taken in values.typical.items()]
    stakes = tuple([one for one in typical if one[1][0] == one[1][0]])  # what does not apply moves nothing
    stake = model.stake(stakes) if stakes else 0.0
    return FieldScores(values.field, shown, contributions, ~unknown, open_, stake)


def judge(
    people: Candidates,
    vacancy: Vacancy,
    likeness: Likeness,
    beliefs: PoolBeliefs,
    around: Surroundings,
    answers: Answers | None = None,
) -> Judged:
    """Judge n people for one vacancy: answers (if not given), three questions, their product with its uncertainty."""
    answers = answers or check(people, vacancy, around.place_minutes, around.margins, around.today)
    compared, tasks = compare(
        people,
        vacancy,
        likeness,
        answers,
        beliefs,
        around.place_minutes,
        around.region_places,
        around.margins,
        around.model,
    )
    return judged(answers, tasks, tuple(score_field(values, around.model) for values in compared), around.model)


def judged(answers: Answers, tasks: Tasks, fields: tuple[FieldScores, ...], model: Model) -> Judged:
    """Put the fields of n people together: sums, product, interval, bands."""
    tables = np.array([table for field in fields for table in field.contributions.values()])
    log_odds = model.prior.astype(np.int64) + tables.sum(axis=0, dtype=np.int64).T
    product = integrate(log_odds / FIXED_POINT, [field.unknown for field in fields])
    return put_together(answers, tasks, fields, log_odds, product, model)


def put_together(
    answers: Answers, tasks: Tasks, fields: tuple[FieldScores, ...], log_odds: Ints, product: Product, model: Model
) -> Judged:
    """The same with sums and product given: interval and bands, by how much is known."""
    n = len(answers.agreed)
    stakes = np.array([field.stake for field in fields])
    known = np.cumsum(np.array([field.known for field in fields]) * stakes[:, None], axis=0)[-1]
    stake = sum(field.stake for field in fields)
    share = known / stake if stake > 0 else np.ones(n)
    interval = _interval(log_odds / FIXED_POINT, product, model)
    return Judged(answers, tasks, fields, log_odds, product, interval, share, band_of(product.score, share, model))


def _interval(log_odds: Floats, product: Product, model: Model) -> npt.NDArray[np.float64]:
    """80 % interval of the score on the scale of its logarithm: what is unknown of her, and of the model itself."""
    slope = 1 - sigmoid(log_odds)  # of the logarithm of a chance
    of_model = ((slope * np.array(model.uncertainty)) ** 2).sum(axis=1)
    half = INTERVAL * np.sqrt(product.log_spread**2 + of_model)
    low, high = np.exp(product.log_mean - half), np.exp(np.minimum(product.log_mean + half, 0))
    return np.stack([np.minimum(low, product.score), np.maximum(high, product.score)], axis=1)


def day_seed(vacancy_key: int, day: int) -> int:
    """What of vacancy and day goes into the hash that breaks ties, 64 bits."""
    return (vacancy_key ^ (day * 0x9E3779B97F4A7C15)) & 0xFFFFFFFFFFFFFFFF


def mixed_hash(keys: npt.NDArray[np.uint64], vacancy_key: int, day: int) -> npt.NDArray[np.uint64]:
    """A hash of candidate, vacancy and day, (n,)."""
    return hashes(keys, np.uint64(day_seed(vacancy_key, day)))


def hashes(keys: npt.NDArray[np.uint64], seed: np.uint64) -> npt.NDArray[np.uint64]:
    """A hash of keys and a seed, (n,): splitmix64 (Steele, Lea and Flood 2014)."""
    with np.errstate(over="ignore"):
        mixed = keys.astype(np.uint64) ^ seed
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def plain_order(scores: Floats, ties: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """Positions from the best score to the least; ties by their hash."""
    return np.lexsort((ties, -np.rint(scores / SCORE_STEP).astype(np.int64)))


def tenth_score(scores: Floats, order: Ints) -> float:
    """The score that belongs to the last of the top ten; 0 where everybody is in it."""
    return float(scores[order[LIST_LENGTH - 1]]) if len(order) > LIST_LENGTH else 0.0


def top_ten_chance(scores: Floats, log_mean: Floats, log_spread: Floats, tenth: float) -> npt.NDArray[np.float64]:
    """Probability per person that she belongs in the top ten, given what is unknown of her; (n,), in SCORE_STEPs.

    Zero for who may be anything, but whose score is below RESERVED_SHARE of the `tenth`.
    """
    if tenth <= 0:
        return np.ones(len(scores))
    chance = np.rint(ndtr((log_mean - np.log(tenth)) / np.maximum(log_spread, 1e-9)) / SCORE_STEP) * SCORE_STEP
    return np.where(scores >= RESERVED_SHARE * tenth, chance, 0.0)


def with_reserved(
    order: Ints, chance: Floats, ties: npt.NDArray[np.uint64], floor: float, limit: int
) -> tuple[npt.NDArray[np.int64], Bools]:
    """The order with the fourth and eighth of every ten places given to whoever may well belong in the top ten.

    A reserved place goes to the person with the highest `chance` among those whom the plain order would not show in
    this ten; where nobody reaches `floor` the plain order stands. Returns the first `limit` positions and whether each
    was reserved. Deterministic.
    """
    placed: list[int] = []
    reserved: list[bool] = []
    waiting = [int(position) for position in order]
    hopefuls = [int(position) for position in np.lexsort((ties, -chance)) if chance[position] >= floor]
    taken: set[int] = set()
    while waiting and len(placed) < limit:
        shown_anyway = set(waiting[:LIST_LENGTH])
        outside = [person for person in hopefuls if person not in taken and person not in shown_anyway]
        chosen = dict(zip(RESERVED_PLACES, outside, strict=False))
        taken.update(chosen.values())
        waiting = [person for person in waiting if person not in chosen.values()]
        for place in range(LIST_LENGTH):
            if place in chosen:
                placed.append(chosen[place])
            elif waiting:
                placed.append(waiting.pop(0))
                taken.add(placed[-1])
            else:
                continue
            reserved.append(place in chosen)
    return np.array(placed[:limit], np.int64), np.array(reserved[:limit], bool)
