"""The compiled walk over a pool: who is not blocked, who stands first for one vacancy; for `scoring.packed` alone.

Equal to `scoring.reference` in score and order. What makes it fast is a bound: the logarithm of a chance is concave, so
a straight line that touches it lies above it everywhere, and over a sum of fields a straight line is a sum. Each value
of each field thus has one number that it can add at most to the logarithm of a score, unknown fields included, and a
person whose sum is below the last score of the list is left before the rest of her is looked at. No constant of
another module is read: numba's cache would not notice that it changed.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

WISHES_KNOWN, WORK_KNOWN, SKILLS_KNOWN, DRIVES, ALIVE = 1, 2, 4, 8, 16  # flags of a person
WISHES, REFUSALS, WORK, SKILLS = range(4)  # where her items of each kind begin; each ends where the next begins

MAX_FIELDS = 48  # unknown fields of one person at most: the parts, work, travel and twenty capacities
N_LEVELS = 5
SLACK = 0.03  # on the logarithm of a score: a bound holds for the integral, and quadrature is within 3 % of it
BLOCKED = np.float32(-1e30)  # a bound below this: the value blocks
ALL_MODES = 31
FAR = 600  # minutes: as `travel.MAX_MINUTES`
BY_SCORE, BY_CHANCE = 0, 1
FIRST_BATCH = 1024  # people who are put in order of their bound before the first is judged
NEXT_BATCH = 64  # and after that


class People(NamedTuple):
    """n people by group (a place, or the region of who has no place), then by modes of travel, then by most minutes."""

    flags: Any  # (n,) uint8
    max_minutes: Any  # (n,) int16, -1 unknown: these stand first in a run, then from many minutes to few
    codes: Any  # (n, parts) int32 value of each part; the weekly grid as it is
    capacities: Any  # (n, 20) int8
    levels: Any  # (n, 3) float64: education, Dutch and hours as levels, NaN unknown
    keys: Any  # (n,) uint64
    starts: Any  # (n + 1, 4) int32 into items
    items: Any  # titles of wishes, refusals and work, then skills, person after person
    numbers: Any  # beside each item: months of work, credit of a skill
    slots: Any  # (n, 4) titles of two wishes and two jobs, or what stands for none, unknown, or more than fit
    group_runs: Any  # (groups + 1,) runs of each group
    run_rows: Any  # (runs + 1,) rows of each run of people with the same modes
    run_modes: Any  # (runs,) mask, -1 unknown
    group_of: Any  # (n,)
    run_of: Any  # (n,)
    n_places: int  # groups beyond are regions, the first of them is nothing known
    region_starts: Any  # (regions + 1,) places of each region
    region_places: Any
    level_model: Any  # (levels, 2 + factors) mean, noise, loadings
    mode_masks: Any  # the most common sets of modes
    mode_weights: Any  # (2, sets)
    grid_part: int


class Nodes(NamedTuple):
    """What integration and beliefs stand on."""

    normal: Any  # (27, 3)
    normal_weights: Any  # (27,)
    level_weights: Any  # (beliefs, levels) probability of each level
    level_low: float  # mean of the first belief
    level_step: float
    level_spreads: Any


class Query(NamedTuple):
    """One vacancy as look-up tables for one pool."""

    prior: Any  # (3,) fixed point, with what is the same for everybody
    blocking: Any  # the parts that block anybody
    part_order: Any  # (parts,) those that take most from most people first
    best: Any  # (lines,) what the logarithm of a score can be at most; all bounds are relative to it, none above 0
    touch: Any  # (lines,) height of each line at log-odds of 0
    slopes: Any  # (lines, 3)
    at: Any  # (fields,) where each field begins in the tables: the parts, then wish, work, months, coverage, desired
    bins: Any  # (5,) how many bins these five have; then "does not apply", then beliefs
    added: Any  # (values, 4) fixed-point log-odds, row of the belief or -1
    bound: Any  # (lines, values)
    moves: Any  # (beliefs, 3, NODES) centred log-odds
    weights: Any  # (beliefs, NODES)
    spread: Any  # (beliefs, 6)
    grid_fixed: int
    grid_possible: int
    grid_needs: Any  # (2,) dayparts out of the fixed and out of the possible ones
    grid_last: int  # the value of an unknown grid
    travels: bool  # whether the journey counts
    minutes: Any  # (places, 5)
    group_order: Any  # groups from near to far
    group_minutes: Any  # (groups,) of the fastest mode from the nearest place, in that order
    limit_factor: float
    near_minutes: float
    minutes_weight: float
    minutes_added: Any  # (bins, 3)
    minutes_bound: Any  # (lines, bins)
    over_added: Any
    nearness: Any  # (titles,)
    near_work: float
    refused: float
    edges: Any  # of the steps of nearness and coverage
    wish_unknown: Any  # (lines, steps) bound of an unknown wish by the step of the work done
    work_unknown: Any  # (lines, steps) bound of unknown work by the step of the wish
    drawn: Any  # (2,) coverage inferred from a title is drawn by the first to the second; 1 for stated tasks
    need_starts: Any  # (skills + 1,) needs that a skill helps
    need_index: Any
    need_strength: Any
    need_share: Any  # (needs,) adds up to 1, or is empty
    desired_starts: Any
    desired_index: Any
    desired_strength: Any
    desired_share: Any
    asked: Any  # (a,) capacities that some task asks something of
    capacity_added: Any  # (a, 5, 3)
    capacity_bound: Any  # (lines, a, 6) by level, then unknown
    barred: Any  # rows of the people who are left out, sorted: an earlier placement there, or an adviser's word
    seed: np.uint64  # of the hash that breaks ties


class Room(NamedTuple):
    """Room for one person while she is judged, and for the list."""

    moves: Any  # (MAX_FIELDS, 3, NODES)
    weights: Any  # (MAX_FIELDS, NODES)
    spread: Any  # (MAX_FIELDS, 6)
    best: Any  # one number a needed skill
    minutes: Any  # (5,)
    sums: Any  # (3,) fixed-point log-odds
    values: Any  # (5,) of wish, work, months, coverage and desired skills
    log_odds: Any  # (3,)
    chances: Any
    tilt: Any  # (NODES,)
    shift: Any  # (3,)
    covariance: Any  # (6,)


@njit(cache=True, nogil=True)
def _log_chance(x: float) -> float:
    return -np.log1p(np.exp(-x)) if x > 0 else x - np.log1p(np.exp(x))


@njit(cache=True, nogil=True)
def _hash(key: np.uint64, seed: np.uint64) -> np.uint64:
    mixed = key ^ seed
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@njit(cache=True, nogil=True)
def _bin(value: float, low: float, step: float, last: int) -> int:
    """As `Scale.bins`, for a value that applies."""
    at = int(np.floor((value - low) / step + (0.5 + 1e-7)))
    return min(max(at, 0), last)


@njit(cache=True, nogil=True)
def _step(value: float, edges: Any) -> int:
    if np.isnan(value):
        return len(edges) + 1
    at = 0
    while at < len(edges) and value >= edges[at]:
        at += 1
    return at


@njit(cache=True, nogil=True)
def _fastest(place: int, modes: int, minutes: Any) -> int:
    """Minutes of the fastest of her modes."""
    best = FAR
    for mode in range(minutes.shape[1]):
        if modes >> mode & 1 and minutes[place, mode] < best:
            best = minutes[place, mode]
    return best


@njit(cache=True, nogil=True)
def _bits(mask: int) -> int:
    """How many bits of at most 32 are set: side by side sums, which compilers know as one instruction."""
    mask = mask - (mask >> 1 & 0x55555555)
    mask = (mask & 0x33333333) + (mask >> 2 & 0x33333333)
    return ((mask + (mask >> 4) & 0x0F0F0F0F) * 0x01010101 & 0xFFFFFFFF) >> 24


@njit(cache=True, nogil=True)
def _believed_minutes(
    place: int,
    region: int,
    modes: int,
    drives: int,
    region_starts: Any,
    region_places: Any,
    mode_masks: Any,
    mode_weights: Any,
    minutes: Any,
    out: Any,
) -> None:
    """Fill five equally likely values of the minutes of who has no place or no modes; counted, hence in order."""
    counted = np.zeros(FAR + 1)
    first, last = 0, len(region_places)
    if region >= 0 and region_starts[region] < region_starts[region + 1]:
        first, last = region_starts[region], region_starts[region + 1]
    n_masks = 1 if modes >= 0 else len(mode_masks)
    n_places = 1 if place >= 0 else last - first
    for m in range(n_masks):
        mask = modes if modes >= 0 else mode_masks[m]
        weight = (1.0 if modes >= 0 else mode_weights[drives, m]) / n_places
        for at in range(n_places):
            here = place if place >= 0 else region_places[first + at]
            counted[_fastest(here, mask, minutes)] += weight
    reached, quantile = 0.0, 0
    for minute in range(FAR + 1):
        if counted[minute] > 0:
            reached += counted[minute]
            while quantile < 5 and reached >= (quantile + 0.5) / 5 - 1e-7:
                out[quantile] = minute
                quantile += 1
    while quantile < 5:
        out[quantile] = out[quantile - 1] if quantile else FAR
        quantile += 1


@njit(cache=True, nogil=True)
def _nearest(items: Any, first: int, last: int, nearness: Any) -> float:
    best = 0.0
    for at in range(first, last):
        best = max(best, nearness[items[at]])
    return best


@njit(cache=True, nogil=True)
def _months(items: Any, numbers: Any, first: int, last: int, nearness: Any, near_work: float, n_bins: int) -> int:
    """Value of the months of work done under near titles, told or not."""
    months, untold = 0.0, False
    for at in range(first, last):
        if nearness[items[at]] >= near_work:
            if np.isnan(numbers[at]):
                untold = True
            else:
                months += numbers[at]
    if untold and months <= 0:
        return n_bins + 1
    return _bin(months, 0.0, 1.0, n_bins - 1)


@njit(cache=True, nogil=True)
def _covered(
    items: Any,
    numbers: Any,
    first: int,
    last: int,
    starts: Any,
    index: Any,
    strength: Any,
    share: Any,
    best: Any,
) -> float:
    """Weighted share of the skills that are needed, NaN where none is; `best` is room for one number a need."""
    if len(share) == 0:
        return np.nan
    for need in range(len(share)):
        best[need] = 0.0
    for at in range(first, last):
        skill = items[at]
        for need in range(starts[skill], starts[skill + 1]):
            credit = strength[need] * numbers[at]
            if credit > best[index[need]]:
                best[index[need]] = credit
    total = 0.0
    for need in range(len(share)):
        total += best[need] * share[need]
    return total


@njit(cache=True, nogil=True)
def _grid_value(grid: int, fixed: int, possible: int, needs: Any, last: int) -> int:
    """The value of a weekly grid: how many dayparts are short, or the last one where it is unknown."""
    if last == 0:
        return 0
    if grid < 0:
        return last
    return needs[0] - _bits(grid & fixed) + max(needs[1] - _bits(grid & possible), 0)


@njit(cache=True, nogil=True)
def _among(row: int, rows: Any) -> bool:
    at = np.searchsorted(rows, row)
    return bool(at < len(rows) and rows[at] == row)


@njit(cache=True, nogil=True)
def count_eligible(people: People, query: Query) -> int:
    """How many people are not blocked."""
    flags, max_minutes, codes, capacities = people.flags, people.max_minutes, people.codes, people.capacities
    run_rows, run_modes, group_runs, minutes = people.run_rows, people.run_modes, people.group_runs, query.minutes
    bound, at, blocking, asked = query.bound[0], query.at, query.blocking, query.asked
    capacity_bound, grid_needs, barred = query.capacity_bound[0], query.grid_needs, query.barred
    fixed, possible, grid_last, grid_part = query.grid_fixed, query.grid_possible, query.grid_last, people.grid_part
    count = 0
    for group in range(len(group_runs) - 1):
        for run in range(group_runs[group], group_runs[group + 1]):
            modes, journey = run_modes[run], -1.0
            if query.travels and group < people.n_places and modes >= 0:
                journey = (_fastest(group, modes, minutes) - query.near_minutes) / query.limit_factor
            for row in range(run_rows[run], run_rows[run + 1]):
                if journey > max_minutes[row] >= 0:
                    break
                open_ = flags[row] & ALIVE > 0
                for which in range(len(blocking)):
                    if not open_:
                        break
                    part = blocking[which]
                    value = codes[row, part]
                    if part == grid_part:
                        value = _grid_value(value, fixed, possible, grid_needs, grid_last)
                    open_ = bound[at[part] + value] > BLOCKED
                for one in range(len(asked)):
                    if not open_:
                        break
                    level = capacities[row, asked[one]]
                    open_ = level < 0 or capacity_bound[one, level] > BLOCKED
                if open_ and (len(barred) == 0 or not _among(row, barred)):
                    count += 1
    return count


@njit(cache=True, nogil=True)
def _take(
    moves: Any, weights: Any, spread: Any, n: int, from_moves: Any, from_weights: Any, from_spread: Any, belief: int
) -> None:
    for k in range(weights.shape[1]):
        weights[n, k] = from_weights[belief, k]
        for q in range(3):
            moves[n, q, k] = from_moves[belief, q, k]
    for c in range(6):
        spread[n, c] = from_spread[belief, c]


@njit(cache=True, nogil=True)
def _spread_of(moves: Any, weights: Any, spread: Any, n: int) -> None:
    column = 0
    for a in range(3):
        for b in range(a, 3):
            total = 0.0
            for k in range(weights.shape[1]):
                total += moves[n, a, k] * moves[n, b, k] * weights[n, k]
            spread[n, column] = total
            column += 1


@njit(cache=True, nogil=True)
def _add_unknown_journey(
    n: int,
    five: Any,
    limit: float,
    minutes_weight: float,
    minutes_added: Any,
    over_added: Any,
    sums: Any,
    moves: Any,
    weights: Any,
    spread: Any,
) -> None:
    """Add the expectation over five values of the minutes; `limit` below 0: no maximum known."""
    last, last_over = len(minutes_added) - 1, len(over_added) - 1
    for q in range(3):
        mean, mean_over, total = 0.0, 0.0, 0.0
        for k in range(weights.shape[1]):
            moves[n, q, k] = 0.0
            weights[n, k] = 0.2 if k < 5 else 0.0
        for k in range(5):
            added = minutes_added[_bin(five[k] * minutes_weight, 0.0, 1.0, last), q]
            over = 0
            if limit >= 0:
                over = over_added[_bin(max(five[k] - limit, 0.0), 0.0, 1.0, last_over), q]
            mean += added * 0.2
            mean_over += over * 0.2
            moves[n, q, k] = added / 65536 + over / 65536
            total += moves[n, q, k] * 0.2
        for k in range(5):
            moves[n, q, k] -= total
        sums[q] += int(np.rint(mean)) + int(np.rint(mean_over))
    _spread_of(moves, weights, spread, n)


@njit(cache=True, nogil=True)
def _inverse(matrix: Any) -> Any:
    """Inverse of a small positive definite matrix, which is spent."""
    n = len(matrix)
    inverse = np.eye(n)
    for i in range(n):
        pivot = 1.0 / matrix[i, i]
        for j in range(n):
            matrix[i, j] *= pivot
            inverse[i, j] *= pivot
        for other in range(n):
            if other != i:
                factor = matrix[other, i]
                for j in range(n):
                    matrix[other, j] -= factor * matrix[i, j]
                    inverse[other, j] -= factor * inverse[i, j]
    return inverse


@njit(cache=True, nogil=True)
def _add_unknown_capacities(
    row: int,
    n: int,
    capacities: Any,
    levels: Any,
    asked: Any,
    capacity_added: Any,
    model: Any,
    level_weights: Any,
    level_low: float,
    level_step: float,
    level_spreads: Any,
    sums: Any,
    moves: Any,
    weights: Any,
    spread: Any,
) -> int:
    """Add the capacities that are asked and unknown, as believed from those that are known and three levels more."""
    n_asked, n_factors, n_capacities = len(asked), model.shape[1] - 2, len(model) - levels.shape[1]
    precision, pulled = np.eye(n_factors), np.zeros(n_factors)
    for at in range(n_asked + levels.shape[1]):
        if at < n_asked:
            variable = asked[at]
            level_known = float(capacities[row, variable])
            if level_known < 0:
                continue
        else:
            variable = n_capacities + at - n_asked
            level_known = levels[row, at - n_asked]
            if np.isnan(level_known):
                continue
        for i in range(n_factors):
            tells = model[variable, 2 + i] / model[variable, 1]
            pulled[i] += tells * (level_known - model[variable, 0])
            for j in range(n_factors):
                precision[i, j] += tells * model[variable, 2 + j]
    shared = _inverse(precision)
    n_spreads = len(level_spreads)
    last_mean = len(level_weights) // n_spreads - 1
    for at in range(n_asked):
        variable = asked[at]
        if capacities[row, variable] >= 0:
            continue
        expected, variance = model[variable, 0], model[variable, 1]
        for i in range(n_factors):
            for j in range(n_factors):
                expected += model[variable, 2 + i] * shared[i, j] * pulled[j]
                variance += model[variable, 2 + i] * shared[i, j] * model[variable, 2 + j]
        deviation = np.sqrt(max(variance, 0.0))
        nearest = 0
        for which in range(1, n_spreads):
            if abs(deviation - level_spreads[which]) < abs(deviation - level_spreads[nearest]):
                nearest = which
        step = min(max(int(np.rint((expected - level_low) / level_step)), 0), last_mean)
        belief = step * n_spreads + nearest
        for q in range(3):
            mean, total = 0.0, 0.0
            for level in range(weights.shape[1]):
                moves[n, q, level] = 0.0
                weights[n, level] = 0.0
                if level < N_LEVELS:
                    weight = level_weights[belief, level]
                    weights[n, level] = weight
                    mean += capacity_added[at, level, q] * weight
                    moves[n, q, level] = capacity_added[at, level, q] / 65536
                    total += moves[n, q, level] * weight
            for level in range(N_LEVELS):
                moves[n, q, level] -= total
            sums[q] += int(np.rint(mean))
        _spread_of(moves, weights, spread, n)
        n += 1
    return n


@njit(cache=True, nogil=True)
def _wish_and_work(
    row: int, flags: Any, starts: Any, items: Any, nearness: Any, refused_from: float
) -> tuple[float, float]:
    """Nearness to what she wishes (negative: refuses) and to the work she did; NaN unknown."""
    near = np.nan
    if flags[row] & WORK_KNOWN:
        near = _nearest(items, starts[row, WORK], starts[row, SKILLS], nearness)
    wish = _nearest(items, starts[row, WISHES], starts[row, REFUSALS], nearness)
    refused = _nearest(items, starts[row, REFUSALS], starts[row, WORK], nearness)
    if refused >= refused_from and refused >= wish:
        wish = -refused
    elif not flags[row] & WISHES_KNOWN:
        wish = np.nan
    return wish, near


@njit(cache=True, nogil=True)
def _skill_values(
    wish: float, near: float, coverage: float, desired: float, skills_known: bool, bins: Any, edges: Any, out: Any
) -> None:
    """The values of wish, work, coverage and desired skills, where unknown ones are believed from each other."""
    n_steps = len(edges) + 2
    out[2], out[3] = bins[3], bins[4]
    if not skills_known:
        out[2] = bins[3] + 1 + _step(wish, edges) * n_steps + _step(near, edges)
    elif not np.isnan(coverage):
        out[2] = _bin(coverage, 0.0, 0.01, bins[3] - 1)
    if not np.isnan(desired):
        out[3] = _bin(desired, 0.0, 0.01, bins[4] - 1)
    if np.isnan(wish):
        out[0] = bins[0] + 1 + _step(coverage, edges) * n_steps + _step(near, edges)
    else:
        out[0] = _bin(wish, -1.0, 0.01, bins[0] - 1)
    if np.isnan(near):
        out[1] = bins[1] + 1 + _step(wish, edges) * n_steps + _step(coverage, edges)
    else:
        out[1] = _bin(near, 0.0, 0.01, bins[1] - 1)


@njit(cache=True, nogil=True)
def _tilted(n: int, chances: Any, moves: Any, weights: Any, tilt: Any, shift: Any, covariance: Any) -> float:
    """Gain of n unknown fields after tilting by the slopes 1 - chance; fills their shift and covariance."""
    gain = 0.0
    slope0, slope1, slope2 = 1 - chances[0], 1 - chances[1], 1 - chances[2]
    for q in range(3):
        shift[q] = 0.0
    for c in range(6):
        covariance[c] = 0.0
    for f in range(n):
        total, mean0, mean1, mean2 = 0.0, 0.0, 0.0, 0.0
        for k in range(weights.shape[1]):
            tilt[k] = 0.0
            if weights[f, k] > 0:
                along = slope0 * moves[f, 0, k] + slope1 * moves[f, 1, k] + slope2 * moves[f, 2, k]
                tilt[k] = weights[f, k] * np.exp(along)
                total += tilt[k]
                mean0 += moves[f, 0, k] * tilt[k]
                mean1 += moves[f, 1, k] * tilt[k]
                mean2 += moves[f, 2, k] * tilt[k]
        gain += np.log(total)
        mean0, mean1, mean2 = mean0 / total, mean1 / total, mean2 / total
        shift[0] += mean0
        shift[1] += mean1
        shift[2] += mean2
        for k in range(weights.shape[1]):
            if tilt[k] > 0:
                weight = tilt[k] / total
                a, b, c = moves[f, 0, k] - mean0, moves[f, 1, k] - mean1, moves[f, 2, k] - mean2
                covariance[0] += a * a * weight
                covariance[1] += a * b * weight
                covariance[2] += a * c * weight
                covariance[3] += b * b * weight
                covariance[4] += b * c * weight
                covariance[5] += c * c * weight
    return gain


@njit(cache=True, nogil=True)
def _divide(top: float, bottom: float) -> float:
    return top / bottom if bottom > 1e-12 else 0.0


@njit(cache=True, nogil=True)
def _rest(log_odds: Any, chances: Any, shift: Any, covariance: Any, normal: Any, normal_weights: Any) -> float:
    """What is left after the tilt, on the nodes of the normal that the fields make together; at most 1."""
    root00 = np.sqrt(max(covariance[0], 0.0))
    root10 = _divide(covariance[1], root00)
    root20 = _divide(covariance[2], root00)
    root11 = np.sqrt(max(covariance[3] - root10**2, 0.0))
    root21 = _divide(covariance[4] - root20 * root10, root11)
    root22 = np.sqrt(max(covariance[5] - root20**2 - root21**2, 0.0))
    rest = 0.0
    for g in range(len(normal_weights)):
        a, b, c = normal[g, 0], normal[g, 1], normal[g, 2]
        moved0 = shift[0] + root00 * a
        moved1 = shift[1] + root10 * a + root11 * b
        moved2 = shift[2] + root20 * a + root21 * b + root22 * c
        tilt = (1 - chances[0]) * moved0 + (1 - chances[1]) * moved1 + (1 - chances[2]) * moved2
        below = 1 + np.exp(-log_odds[0] - moved0)
        below *= 1 + np.exp(-log_odds[1] - moved1)
        below *= 1 + np.exp(-log_odds[2] - moved2)
        rest += normal_weights[g] * np.exp(-tilt) / below
    return rest / (chances[0] * chances[1] * chances[2])


@njit(cache=True, nogil=True)
def _judge(row: int, people: People, query: Query, nodes: Nodes, room: Room) -> int:
    """Put the sums and the unknown fields of one person into `room`; how many fields are unknown."""
    flags, starts, items, numbers, sums = people.flags, people.starts, people.items, people.numbers, room.sums
    moves, weights, spread, n = room.moves, room.weights, room.spread, 0
    for q in range(3):
        sums[q] = query.prior[q]
    values = room.values
    wish, near = _wish_and_work(row, flags, starts, items, query.nearness, query.refused)
    coverage, desired = np.nan, np.nan
    skills_known = flags[row] & SKILLS_KNOWN > 0
    first, last = starts[row, SKILLS], starts[row + 1, WISHES]
    if skills_known:
        coverage = _covered(
            items,
            numbers,
            first,
            last,
            query.need_starts,
            query.need_index,
            query.need_strength,
            query.need_share,
            room.best,
        )
        coverage = query.drawn[1] + query.drawn[0] * (coverage - query.drawn[1])
        desired = _covered(
            items,
            numbers,
            first,
            last,
            query.desired_starts,
            query.desired_index,
            query.desired_strength,
            query.desired_share,
            room.best,
        )
    _skill_values(wish, near, coverage, desired, skills_known, query.bins, query.edges, values)
    months = query.bins[2] + 1
    if flags[row] & WORK_KNOWN:
        first, last = starts[row, WORK], starts[row, SKILLS]
        months = _months(items, numbers, first, last, query.nearness, query.near_work, query.bins[2])
    values[4], values[3], values[2] = values[3], values[2], months  # in the order of the fields
    n_parts, added, at_field = people.codes.shape[1], query.added, query.at
    for field in range(n_parts + 5):
        if field >= n_parts:
            value = values[field - n_parts]
        else:
            value = people.codes[row, field]
            if field == people.grid_part:
                value = _grid_value(value, query.grid_fixed, query.grid_possible, query.grid_needs, query.grid_last)
        at = at_field[field] + value
        for q in range(3):
            sums[q] += added[at, q]
        if added[at, 3] >= 0:
            _take(moves, weights, spread, n, query.moves, query.weights, query.spread, added[at, 3])
            n += 1
    if query.travels:
        group, modes = people.group_of[row], people.run_modes[people.run_of[row]]
        place = group if group < people.n_places else -1
        limit = -1.0
        if people.max_minutes[row] >= 0:
            limit = people.max_minutes[row] * query.limit_factor
        if place >= 0 and modes >= 0:
            minutes = _fastest(place, modes, query.minutes)
            at = _bin(minutes * query.minutes_weight, 0.0, 1.0, len(query.minutes_added) - 1)
            over = _bin(max(minutes - limit, 0.0), 0.0, 1.0, len(query.over_added) - 1)
            for q in range(3):
                sums[q] += query.minutes_added[at, q]
                if limit >= 0:
                    sums[q] += query.over_added[over, q]
        else:
            _believed_minutes(
                place,
                group - people.n_places - 1,
                modes,
                1 if flags[row] & DRIVES else 0,
                people.region_starts,
                people.region_places,
                people.mode_masks,
                people.mode_weights,
                query.minutes,
                room.minutes,
            )
            _add_unknown_journey(
                n,
                room.minutes,
                limit,
                query.minutes_weight,
                query.minutes_added,
                query.over_added,
                sums,
                moves,
                weights,
                spread,
            )
            n += 1
    unknown = False
    for one in range(len(query.asked)):
        level = people.capacities[row, query.asked[one]]
        if level < 0:
            unknown = True
        else:
            for q in range(3):
                sums[q] += query.capacity_added[one, level, q]
    if unknown:
        n = _add_unknown_capacities(
            row,
            n,
            people.capacities,
            people.levels,
            query.asked,
            query.capacity_added,
            people.level_model,
            nodes.level_weights,
            nodes.level_low,
            nodes.level_step,
            nodes.level_spreads,
            sums,
            moves,
            weights,
            spread,
        )
    return n


@njit(cache=True, nogil=True)
def _score(n: int, least: float, normal: Any, normal_weights: Any, room: Room) -> float:
    """The score of who is in `room`, or -1 where it is sure to be below `least`."""
    log_odds, chances = room.log_odds, room.chances
    score = 1.0
    for q in range(3):
        log_odds[q] = room.sums[q] / 65536
        chances[q] = 1.0 / (1.0 + np.exp(-log_odds[q]))
        score *= chances[q]
    plain = 0.0
    for f in range(n):
        plain += room.spread[f, 0] + room.spread[f, 3] + room.spread[f, 5]
    if n and plain > 0:
        score *= np.exp(_tilted(n, chances, room.moves, room.weights, room.tilt, room.shift, room.covariance))
        if score < least:
            return -1.0
        score *= _rest(log_odds, chances, room.shift, room.covariance, normal, normal_weights)
    return min(score, 1.0)


@njit(cache=True, nogil=True)
def _log_mean_and_spread(n: int, sums: Any, spread: Any, plain: Any) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of the score, from what is unknown. `plain` (6,) is room."""
    for c in range(6):
        plain[c] = 0.0
        for f in range(n):
            plain[c] += spread[f, c]
    mean, variance, column = 0.0, 0.0, 0
    for a in range(3):
        chance_a = 1.0 / (1.0 + np.exp(-sums[a] / 65536))
        mean += _log_chance(sums[a] / 65536)
        for b in range(a, 3):
            chance_b = 1.0 / (1.0 + np.exp(-sums[b] / 65536))
            twice = 1.0 if a == b else 2.0
            variance += twice * plain[column] * (1 - chance_a) * (1 - chance_b)
            variance += twice * 0.5 * plain[column] ** 2 * chance_a * (1 - chance_a) * chance_b * (1 - chance_b)
            if a == b:
                mean -= 0.5 * plain[column] * chance_a * (1 - chance_a)
            column += 1
    return mean, np.sqrt(max(variance, 0.0))


@njit(cache=True, nogil=True)
def _insert(
    rows: Any, steps: Any, ties: Any, scores: Any, n: int, row: int, step: int, tie: np.uint64, score: float
) -> int:
    """Keep the first k in order: higher step first, ties by hash. Returns how many there are."""
    k = len(rows)
    if n == k and (step < steps[k - 1] or (step == steps[k - 1] and tie > ties[k - 1])):
        return n
    at = min(n, k - 1)
    while at > 0 and (steps[at - 1] < step or (steps[at - 1] == step and ties[at - 1] > tie)):
        rows[at], steps[at], ties[at], scores[at] = rows[at - 1], steps[at - 1], ties[at - 1], scores[at - 1]
        at -= 1
    rows[at], steps[at], ties[at], scores[at] = row, step, tie, score
    return min(n + 1, k)


@njit(cache=True, nogil=True)
def room_for(query: Query) -> Room:
    """Room to judge one person at a time."""
    n_nodes, n_needs = query.weights.shape[1], max(len(query.need_share), len(query.desired_share), 1)
    return Room(
        np.zeros((MAX_FIELDS, 3, n_nodes)),
        np.zeros((MAX_FIELDS, n_nodes)),
        np.zeros((MAX_FIELDS, 6)),
        np.zeros(n_needs),
        np.zeros(5),
        np.zeros(3, np.int64),
        np.zeros(5, np.int64),
        np.zeros(3),
        np.zeros(3),
        np.zeros(n_nodes),
        np.zeros(3),
        np.zeros(6),
    )


@njit(cache=True, nogil=True)
def score_rows(chosen: Any, people: People, query: Query, nodes: Nodes) -> tuple[Any, Any]:
    """Log-odds (m, 3) fixed point, and score, log mean and log spread (m, 3) of some rows, blocked or not."""
    room = room_for(query)
    sums, out = np.empty((len(chosen), 3), np.int64), np.empty((len(chosen), 3))
    for at in range(len(chosen)):
        unknown = _judge(chosen[at], people, query, nodes, room)
        sums[at] = room.sums
        out[at, 0] = _score(unknown, 0.0, nodes.normal, nodes.normal_weights, room)
        out[at, 1], out[at, 2] = _log_mean_and_spread(unknown, room.sums, room.spread, room.covariance)
    return sums, out


@njit(cache=True, nogil=True)
def _line_for(row: int, people: People, query: Query, nodes: Nodes, room: Room) -> int:
    """The line that lies closest above the score of this person."""
    _judge(row, people, query, nodes, room)
    line, least = 0, np.inf
    for one in range(len(query.touch)):
        height = query.touch[one]
        for q in range(3):
            height += query.slopes[one, q] * room.sums[q] / 65536
        if height < least:
            line, least = one, height
    return line


@njit(cache=True, nogil=True)
def _take_in(
    n_waiting: int,
    waiting: Any,
    promise: Any,
    how: int,
    n: int,
    log_tenth: float,
    floor: float,
    least_score: float,
    least: float,
    people: People,
    query: Query,
    nodes: Nodes,
    room: Room,
    rows: Any,
    steps: Any,
    ties: Any,
    found: Any,
) -> tuple[int, float, int]:
    """Judge those who wait, the most promising first: how many are on the list, what its next must reach, judged."""
    k, judged = len(rows), 0
    order = np.argsort(-promise[:n_waiting])
    for at in range(n_waiting):
        row = waiting[order[at]]
        if promise[order[at]] < least:
            break
        judged += 1
        unknown = _judge(row, people, query, nodes, room)
        if how == BY_SCORE:
            enters = found[k - 1] - 2e-9 if n == k else 0.0
            number = _score(unknown, enters, nodes.normal, nodes.normal_weights, room)
            if number < 0:
                continue
        else:
            mean, spread = _log_mean_and_spread(unknown, room.sums, room.spread, room.covariance)
            number = min(max((mean - log_tenth) / max(spread, 1e-9), -40.0), 40.0)
            if number < floor or (n == k and number < found[k - 1] - 2e-9):
                continue
            if _score(unknown, 0.0, nodes.normal, nodes.normal_weights, room) < least_score:
                continue
        tie = _hash(people.keys[row], query.seed)
        n = _insert(rows, steps, ties, found, n, row, int(np.rint(number / 1e-9)), tie, number)
        if n == k and how == BY_SCORE:
            least = np.log(max(found[k - 1] - 2e-9, 1e-300)) - SLACK
    return n, least, judged


@njit(cache=True, nogil=True)
def _bounds_of_titles(
    nearness: Any, wish: Any, unknown_wish: float, work: Any, unknown_work: float, wish_out: Any, work_out: Any
) -> None:
    """The bound of each title as a wish and as work done, and of what stands in for a title: none, unknown, more."""
    for title in range(len(nearness)):
        wish_out[title] = wish[_bin(nearness[title], -1.0, 0.01, len(wish) - 1)]
        work_out[title] = work[_bin(nearness[title], 0.0, 0.01, len(work) - 1)]
    none, unknown, more = len(nearness), len(nearness) + 1, len(nearness) + 2
    wish_out[none], wish_out[unknown], wish_out[more] = wish[_bin(0.0, -1.0, 0.01, len(wish) - 1)], unknown_wish, 0.0
    work_out[none], work_out[unknown], work_out[more] = work[0], unknown_work, 0.0


@njit(cache=True, nogil=True)
def walk(
    how: int,
    k: int,
    tenth: float,
    floor: float,
    share: float,
    people: People,
    query: Query,
    nodes: Nodes,
) -> tuple[Any, Any, int, int]:
    """The first k among everybody who is not blocked: rows, numbers to order by, how many were looked at and judged.

    BY_SCORE: in the plain order. BY_CHANCE: by the chance (a normal deviate, at least `floor`) of belonging above the
    `tenth` score, among those who score at least `share` of it.

    From near to far, until nobody who is left could enter. The first who are found are put in order of their bound
    before they are judged, so that the list is good from the start.
    """
    flags, max_minutes, codes, capacities = people.flags, people.max_minutes, people.codes, people.capacities
    starts, items, numbers = people.starts, people.items, people.numbers
    run_rows, run_modes, group_runs, n_places = people.run_rows, people.run_modes, people.group_runs, people.n_places
    at_field, bins, n_parts, edges = query.at, query.bins, people.codes.shape[1], query.edges
    at_wish, at_work, at_months = at_field[n_parts], at_field[n_parts + 1], at_field[n_parts + 2]
    at_coverage, at_desired, grid_part = at_field[n_parts + 3], at_field[n_parts + 4], people.grid_part
    nearness, minutes, asked, barred, travels = query.nearness, query.minutes, query.asked, query.barred, query.travels
    need_starts, need_index, need_strength = query.need_starts, query.need_index, query.need_strength
    desired_starts, desired_index, desired_strength = query.desired_starts, query.desired_index, query.desired_strength
    need_share, desired_share, drawn, grid_needs = query.need_share, query.desired_share, query.drawn, query.grid_needs
    near_work, refused_from, minutes_weight = query.near_work, query.refused, query.minutes_weight
    fixed, possible, grid_last = query.grid_fixed, query.grid_possible, query.grid_last
    group_order, group_minutes = query.group_order, query.group_minutes
    limit_factor, near_minutes = query.limit_factor, query.near_minutes
    room = room_for(query)
    best_of, values = room.best, np.empty(4, np.int64)
    rows, steps = np.empty(k, np.int64), np.empty(k, np.int64)
    ties, found = np.empty(k, np.uint64), np.empty(k)
    waiting, promise = np.empty(FIRST_BATCH, np.int64), np.empty(FIRST_BATCH, np.float32)
    n, n_waiting, batch, touched, judged, least = 0, 0, FIRST_BATCH, 0, 0, -np.inf
    if how == BY_CHANCE:
        least = np.log(max(share * tenth, 1e-300)) - SLACK
    log_tenth, line, next_line = np.log(max(tenth, 1e-300)), -1, 1
    bound, best, minutes_bound = query.bound[0], query.best[0], query.minutes_bound[0]
    wish_unknown, work_unknown, capacity_bound = query.wish_unknown[0], query.work_unknown[0], query.capacity_bound[0]
    slots, part_order = people.slots, query.part_order
    wish_bound, work_bound = np.empty(len(nearness) + 3, np.float32), np.empty(len(nearness) + 3, np.float32)
    last_bin = query.minutes_bound.shape[1] - 1
    for stretch in range(len(group_order)):
        if line != next_line:
            line = next_line
            bound, best, minutes_bound = query.bound[line], query.best[line], query.minutes_bound[line]
            wish_unknown, work_unknown = query.wish_unknown[line], query.work_unknown[line]
            capacity_bound = query.capacity_bound[line]
            _bounds_of_titles(
                nearness,
                bound[at_wish : at_wish + bins[0]],
                wish_unknown.max(),
                bound[at_work : at_work + bins[1]],
                work_unknown.max(),
                wish_bound,
                work_bound,
            )
        if travels:
            at = _bin(group_minutes[stretch] * minutes_weight, 0.0, 1.0, last_bin)
            if best + minutes_bound[at] < least:
                break
        group = group_order[stretch]
        for run in range(group_runs[group], group_runs[group + 1]):
            modes, journey, limit, begin = run_modes[run], 0.0, -1.0, best
            if travels:
                journey = float(group_minutes[stretch])
                if group < n_places:
                    journey = float(_fastest(group, modes if modes >= 0 else ALL_MODES, minutes))
                    if modes >= 0:
                        limit = (journey - near_minutes) / limit_factor
                begin += minutes_bound[_bin(journey * minutes_weight, 0.0, 1.0, last_bin)]
                if begin < least:
                    continue
            for row in range(run_rows[run], run_rows[run + 1]):
                if limit > max_minutes[row] >= 0:
                    break
                if not flags[row] & ALIVE:
                    continue
                touched += 1
                most = begin + max(wish_bound[slots[row, 0]], wish_bound[slots[row, 1]])
                most += max(work_bound[slots[row, 2]], work_bound[slots[row, 3]])
                if most < least:
                    continue
                for which in range(n_parts):
                    part = part_order[which]
                    value = codes[row, part]
                    if part == grid_part:
                        value = _grid_value(value, fixed, possible, grid_needs, grid_last)
                    most += bound[at_field[part] + value]
                    if most < least or most < BLOCKED:
                        break
                if most < least or most < BLOCKED:
                    continue
                for one in range(len(asked)):
                    level = capacities[row, asked[one]]
                    most += capacity_bound[one, level if level >= 0 else N_LEVELS]
                if most < least or most < BLOCKED:
                    continue
                most -= max(wish_bound[slots[row, 0]], wish_bound[slots[row, 1]])
                most -= max(work_bound[slots[row, 2]], work_bound[slots[row, 3]])
                first, second, third = starts[row, WISHES], starts[row, REFUSALS], starts[row, WORK]
                wish: Any = np.float32(0)
                refused: Any = np.float32(0)
                near: Any = np.float32(0)
                for at in range(first, second):  # as _wish_and_work, which costs more to call than to do
                    wish = max(wish, nearness[items[at]])
                for at in range(second, third):
                    refused = max(refused, nearness[items[at]])
                for at in range(third, starts[row, SKILLS]):
                    near = max(near, nearness[items[at]])
                if refused >= refused_from and refused >= wish:
                    wish = -refused
                elif not flags[row] & WISHES_KNOWN:
                    wish = np.float32(np.nan)
                if not flags[row] & WORK_KNOWN:
                    near = np.float32(np.nan)
                by_wish = wish_unknown[_step(near, edges)]
                if not np.isnan(wish):
                    by_wish = bound[at_wish + _bin(wish, -1.0, 0.01, bins[0] - 1)]
                by_work = work_unknown[_step(wish, edges)]
                if not np.isnan(near):
                    by_work = bound[at_work + _bin(near, 0.0, 0.01, bins[1] - 1)]
                months = 0
                if not flags[row] & WORK_KNOWN:
                    months = bins[2] + 1
                elif near >= near_work:
                    first, last = starts[row, WORK], starts[row, SKILLS]
                    months = _months(items, numbers, first, last, nearness, near_work, bins[2])
                most += bound[at_months + months]
                if most + by_wish + by_work < least:
                    continue
                coverage, desired = np.nan, np.nan
                skills_known = flags[row] & SKILLS_KNOWN > 0
                if skills_known:
                    first, last = starts[row, SKILLS], starts[row + 1, WISHES]
                    coverage = _covered(
                        items, numbers, first, last, need_starts, need_index, need_strength, need_share, best_of
                    )
                    coverage = drawn[1] + drawn[0] * (coverage - drawn[1])
                    desired = _covered(
                        items,
                        numbers,
                        first,
                        last,
                        desired_starts,
                        desired_index,
                        desired_strength,
                        desired_share,
                        best_of,
                    )
                _skill_values(wish, near, coverage, desired, skills_known, bins, edges, values)
                most += bound[at_wish + values[0]] + bound[at_work + values[1]]
                most += bound[at_coverage + values[2]] + bound[at_desired + values[3]]
                if most < least or (len(barred) and _among(row, barred)):
                    continue
                waiting[n_waiting], promise[n_waiting] = row, most
                n_waiting += 1
                if n_waiting == batch:
                    n, least, more = _take_in(
                        n_waiting,
                        waiting,
                        promise,
                        how,
                        n,
                        log_tenth,
                        floor,
                        share * tenth,
                        least,
                        people,
                        query,
                        nodes,
                        room,
                        rows,
                        steps,
                        ties,
                        found,
                    )
                    if n:  # from the next group on: a bound must be by one line from begin to end
                        next_line = _line_for(rows[n - 1], people, query, nodes, room)
                    judged, n_waiting, batch = judged + more, 0, NEXT_BATCH
    n, least, more = _take_in(
        n_waiting,
        waiting,
        promise,
        how,
        n,
        log_tenth,
        floor,
        share * tenth,
        least,
        people,
        query,
        nodes,
        room,
        rows,
        steps,
        ties,
        found,
    )
    return rows[:n], found[:n], touched, judged + more
