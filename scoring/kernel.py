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

# Columns of the whole numbers of a person.
PLACE, REGION, MODES, MAX_MINUTES, DRIVES, FLAGS = range(6)
WISHES, REFUSALS, WORK, SKILLS = 6, 8, 10, 12  # first and last + 1 in the items
PARTS = 14  # the value of each part, of which the weekly grid is kept as it is
WISHES_KNOWN, WORK_KNOWN, SKILLS_KNOWN, ALIVE = 1, 2, 4, 8

MAX_FIELDS = 48  # unknown fields of one person at most: the parts, work, travel and twenty capacities
N_LEVELS = 5
SLACK = 0.03  # on the logarithm of a score: a bound holds for the integral, and quadrature is within 3 % of it
BLOCKED = np.float32(-1e30)  # a bound below this: the value blocks
ALL_MODES = 31
FAR = 600  # minutes: as `travel.MAX_MINUTES`
BY_SCORE, BY_CHANCE = 0, 1


class People(NamedTuple):
    """n people in the order of their group (a place, or the region of who has no place)."""

    whole: Any  # (n, columns) int32
    levels: Any  # (n, 3) float64: education, Dutch and hours as levels, NaN unknown
    keys: Any  # (n,) uint64
    items: Any  # titles of wishes, refusals and work, and skills
    numbers: Any  # beside each item: months of work, credit of a skill
    group_starts: Any  # (groups + 1,) rows of each group
    title_starts: Any  # (titles + 1,) rows of the people who wish or did work under each title
    title_rows: Any
    region_starts: Any  # (regions + 1,) places of each region
    region_places: Any
    level_model: Any  # (levels, 2 + factors) mean, noise, loadings
    mode_masks: Any  # the most common sets of modes
    mode_weights: Any  # (2, sets)
    grid_part: int
    n_parts: int


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
    best: float  # what the logarithm of a score can be at most; all bounds are relative to it, none above 0
    at: Any  # (fields,) where each field begins in the tables: the parts, then wish, work, months, coverage, desired
    bins: Any  # (5,) how many bins these five have; then "does not apply", then beliefs
    added: Any  # (values, 4) fixed-point log-odds, row of the belief or -1
    bound: Any  # (values,)
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
    minutes_bound: Any  # (bins,)
    over_added: Any
    nearness: Any  # (titles,)
    near_work: float
    refused: float
    edges: Any  # of the steps of nearness and coverage
    wish_unknown: Any  # (steps,) bound of an unknown wish by the step of the work done
    work_unknown: Any  # (steps,) bound of unknown work by the step of the wish
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
    capacity_bound: Any  # (a, 6) by level, then unknown
    tried: Any  # rows of the people whom a placement there blocks, sorted
    seed: np.uint64  # of the hash that breaks ties


class Room(NamedTuple):
    """Room for one person while she is judged, and for the list."""

    moves: Any  # (MAX_FIELDS, 3, NODES)
    weights: Any  # (MAX_FIELDS, NODES)
    spread: Any  # (MAX_FIELDS, 6)
    best: Any  # one number a needed skill
    minutes: Any  # (5,)
    sums: Any  # (3,) fixed-point log-odds


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
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count


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
    """Weighted share of the skills that are needed; `best` is room for one number a need."""
    best[: len(share)] = 0
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
def _part_value(person: Any, part: int, grid_part: int, fixed: int, possible: int, needs: Any, last: int) -> int:
    """The value of a part; of the weekly grid it is how many dayparts are short."""
    value = person[PARTS + part]
    if part != grid_part or last == 0:
        return value if part != grid_part else 0
    if value < 0:
        return last
    return needs[0] - _bits(value & fixed) + max(needs[1] - _bits(value & possible), 0)


@njit(cache=True, nogil=True)
def _among(row: int, rows: Any) -> bool:
    at = np.searchsorted(rows, row)
    return bool(at < len(rows) and rows[at] == row)


@njit(cache=True, nogil=True)
def count_eligible(people: People, query: Query) -> int:
    """How many people are not blocked."""
    whole, minutes, bound, at = people.whole, query.minutes, query.bound, query.at
    asked, capacity_bound, capacities = query.asked, query.capacity_bound, PARTS + people.n_parts
    count = 0
    for row in range(len(whole)):
        person = whole[row]
        if not person[FLAGS] & ALIVE:
            continue
        if query.travels and person[PLACE] >= 0 and person[MODES] >= 0 and person[MAX_MINUTES] >= 0:
            limit = person[MAX_MINUTES] * query.limit_factor + query.near_minutes
            if _fastest(person[PLACE], person[MODES], minutes) > limit:
                continue
        open_ = True
        for which in range(len(query.blocking)):
            part = query.blocking[which]
            value = _part_value(
                person,
                part,
                people.grid_part,
                query.grid_fixed,
                query.grid_possible,
                query.grid_needs,
                query.grid_last,
            )
            if bound[at[part] + value] < BLOCKED:
                open_ = False
                break
        if open_:
            for one in range(len(asked)):
                level = person[capacities + asked[one]]
                if level >= 0 and capacity_bound[one, level] < BLOCKED:
                    open_ = False
                    break
        if open_ and (len(query.tried) == 0 or not _among(row, query.tried)):
            count += 1
    return count


@njit(cache=True, nogil=True)
def _take(room: Room, n: int, query: Query, belief: int) -> None:
    for k in range(room.weights.shape[1]):
        room.weights[n, k] = query.weights[belief, k]
        for q in range(3):
            room.moves[n, q, k] = query.moves[belief, q, k]
    for c in range(6):
        room.spread[n, c] = query.spread[belief, c]


@njit(cache=True, nogil=True)
def _spread_of(room: Room, n: int) -> None:
    column = 0
    for a in range(3):
        for b in range(a, 3):
            total = 0.0
            for k in range(room.weights.shape[1]):
                total += room.moves[n, a, k] * room.moves[n, b, k] * room.weights[n, k]
            room.spread[n, column] = total
            column += 1


@njit(cache=True, nogil=True)
def _add_travel(person: Any, n: int, people: People, query: Query, room: Room) -> int:
    """Add the journey: known minutes by look-up, others by their belief."""
    place, modes = person[PLACE], person[MODES]
    limit = person[MAX_MINUTES] * query.limit_factor
    has_limit = person[MAX_MINUTES] >= 0
    last, last_over = len(query.minutes_added) - 1, len(query.over_added) - 1
    if place >= 0 and modes >= 0:
        minutes = _fastest(place, modes, query.minutes)
        at = _bin(minutes * query.minutes_weight, 0.0, 1.0, last)
        for q in range(3):
            room.sums[q] += query.minutes_added[at, q]
        if has_limit:
            at = _bin(max(minutes - limit, 0.0), 0.0, 1.0, last_over)
            for q in range(3):
                room.sums[q] += query.over_added[at, q]
        return n
    _believed_minutes(
        place,
        person[REGION],
        modes,
        person[DRIVES],
        people.region_starts,
        people.region_places,
        people.mode_masks,
        people.mode_weights,
        query.minutes,
        room.minutes,
    )
    room.moves[n] = 0
    room.weights[n] = 0
    for q in range(3):
        mean, mean_over, total = 0.0, 0.0, 0.0
        for k in range(5):
            at = query.minutes_added[_bin(room.minutes[k] * query.minutes_weight, 0.0, 1.0, last), q]
            over = 0
            if has_limit:
                over = query.over_added[_bin(max(room.minutes[k] - limit, 0.0), 0.0, 1.0, last_over), q]
            mean += at * 0.2
            mean_over += over * 0.2
            room.moves[n, q, k] = at / 65536 + over / 65536
            room.weights[n, k] = 0.2
            total += room.moves[n, q, k] * 0.2
        for k in range(5):
            room.moves[n, q, k] -= total
        room.sums[q] += int(np.rint(mean)) + int(np.rint(mean_over))
    _spread_of(room, n)
    return n + 1


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
def _add_capacities(person: Any, levels: Any, n: int, people: People, query: Query, nodes: Nodes, room: Room) -> int:
    """Add the margins of the capacities that are asked; unknown ones as believed from what is known of these."""
    first, asked, model = PARTS + people.n_parts, query.asked, people.level_model
    n_asked, n_factors, n_capacities = len(asked), model.shape[1] - 2, len(model) - len(levels)
    unknown = 0
    for at in range(n_asked):
        level = person[first + asked[at]]
        if level < 0:
            unknown += 1
        else:
            for q in range(3):
                room.sums[q] += query.capacity_added[at, level, q]
    if not unknown:
        return n
    precision, pulled = np.eye(n_factors), np.zeros(n_factors)
    for at in range(n_asked + len(levels)):
        if at < n_asked:
            variable = asked[at]
            level_known = float(person[first + variable])
            if level_known < 0:
                continue
        else:
            variable = n_capacities + at - n_asked
            level_known = levels[at - n_asked]
            if np.isnan(level_known):
                continue
        for i in range(n_factors):
            tells = model[variable, 2 + i] / model[variable, 1]
            pulled[i] += tells * (level_known - model[variable, 0])
            for j in range(n_factors):
                precision[i, j] += tells * model[variable, 2 + j]
    spread = _inverse(precision)
    n_spreads = len(nodes.level_spreads)
    last_mean = len(nodes.level_weights) // n_spreads - 1
    for at in range(n_asked):
        variable = asked[at]
        if person[first + variable] >= 0:
            continue
        expected, variance = model[variable, 0], model[variable, 1]
        for i in range(n_factors):
            for j in range(n_factors):
                expected += model[variable, 2 + i] * spread[i, j] * pulled[j]
                variance += model[variable, 2 + i] * spread[i, j] * model[variable, 2 + j]
        deviation = np.sqrt(max(variance, 0.0))
        nearest = 0
        for which in range(1, n_spreads):
            if abs(deviation - nodes.level_spreads[which]) < abs(deviation - nodes.level_spreads[nearest]):
                nearest = which
        step = min(max(int(np.rint((expected - nodes.level_low) / nodes.level_step)), 0), last_mean)
        belief = step * n_spreads + nearest
        room.moves[n] = 0
        room.weights[n] = 0
        for q in range(3):
            mean, total = 0.0, 0.0
            for level_at in range(N_LEVELS):
                weight = nodes.level_weights[belief, level_at]
                mean += query.capacity_added[at, level_at, q] * weight
                room.moves[n, q, level_at] = query.capacity_added[at, level_at, q] / 65536
                room.weights[n, level_at] = weight
                total += room.moves[n, q, level_at] * weight
            for level_at in range(N_LEVELS):
                room.moves[n, q, level_at] -= total
            room.sums[q] += int(np.rint(mean))
        _spread_of(room, n)
        n += 1
    return n


@njit(cache=True, nogil=True)
def _wish_and_work(person: Any, items: Any, nearness: Any, refused_from: float) -> tuple[float, float]:
    """Nearness to what she wishes (negative: refuses) and to the work she did; NaN unknown."""
    near = np.nan
    if person[FLAGS] & WORK_KNOWN:
        near = _nearest(items, person[WORK], person[WORK + 1], nearness)
    wish = _nearest(items, person[WISHES], person[WISHES + 1], nearness)
    refused = _nearest(items, person[REFUSALS], person[REFUSALS + 1], nearness)
    if refused >= refused_from and refused >= wish:
        wish = -refused
    elif not person[FLAGS] & WISHES_KNOWN:
        wish = np.nan
    return wish, near


@njit(cache=True, nogil=True)
def _skill_values(person: Any, people: People, query: Query, wish: float, near: float, best: Any, out: Any) -> None:
    """The values of wish, work, coverage and desired skills, where unknown ones are believed from each other."""
    bins, edges, n_steps = query.bins, query.edges, len(query.wish_unknown)
    coverage = np.nan
    out[2], out[3] = bins[3], bins[4]
    if person[FLAGS] & SKILLS_KNOWN:
        if len(query.need_share):
            coverage = _covered(
                people.items,
                people.numbers,
                person[SKILLS],
                person[SKILLS + 1],
                query.need_starts,
                query.need_index,
                query.need_strength,
                query.need_share,
                best,
            )
            coverage = query.drawn[1] + query.drawn[0] * (coverage - query.drawn[1])
            out[2] = _bin(coverage, 0.0, 0.01, bins[3] - 1)
        if len(query.desired_share):
            desired = _covered(
                people.items,
                people.numbers,
                person[SKILLS],
                person[SKILLS + 1],
                query.desired_starts,
                query.desired_index,
                query.desired_strength,
                query.desired_share,
                best,
            )
            out[3] = _bin(desired, 0.0, 0.01, bins[4] - 1)
    else:
        out[2] = bins[3] + 1 + _step(wish, edges) * n_steps + _step(near, edges)
    if np.isnan(wish):
        out[0] = bins[0] + 1 + _step(coverage, edges) * n_steps + _step(near, edges)
    else:
        out[0] = _bin(wish, -1.0, 0.01, bins[0] - 1)
    if np.isnan(near):
        out[1] = bins[1] + 1 + _step(wish, edges) * n_steps + _step(coverage, edges)
    else:
        out[1] = _bin(near, 0.0, 0.01, bins[1] - 1)


@njit(cache=True, nogil=True)
def _tilted(n: int, chances: Any, room: Room) -> tuple[float, Any, Any]:
    """Gain, shift and covariance of n unknown fields after tilting by the slopes 1 - chance."""
    gain, shift, covariance = 0.0, np.zeros(3), np.zeros(6)
    tilt = np.empty(room.weights.shape[1])
    mean = np.empty(3)
    for f in range(n):
        total = 0.0
        for k in range(room.weights.shape[1]):
            tilt[k] = 0.0
            if room.weights[f, k] > 0:
                along = 0.0
                for q in range(3):
                    along += (1 - chances[q]) * room.moves[f, q, k]
                tilt[k] = room.weights[f, k] * np.exp(along)
                total += tilt[k]
        gain += np.log(total)
        for q in range(3):
            mean[q] = 0.0
            for k in range(room.weights.shape[1]):
                mean[q] += room.moves[f, q, k] * tilt[k] / total
            shift[q] += mean[q]
        column = 0
        for a in range(3):
            for b in range(a, 3):
                for k in range(room.weights.shape[1]):
                    if tilt[k] > 0:
                        covariance[column] += (
                            (room.moves[f, a, k] - mean[a]) * (room.moves[f, b, k] - mean[b]) * tilt[k] / total
                        )
                column += 1
    return gain, shift, covariance


@njit(cache=True, nogil=True)
def _divide(top: float, bottom: float) -> float:
    return top / bottom if bottom > 1e-12 else 0.0


@njit(cache=True, nogil=True)
def _rest(log_odds: Any, log_chances: Any, chances: Any, shift: Any, covariance: Any, nodes: Nodes) -> float:
    """What is left after the tilt, on the nodes of the normal that the fields make together; at most 1."""
    root00 = np.sqrt(max(covariance[0], 0.0))
    root10 = _divide(covariance[1], root00)
    root20 = _divide(covariance[2], root00)
    root11 = np.sqrt(max(covariance[3] - root10**2, 0.0))
    root21 = _divide(covariance[4] - root20 * root10, root11)
    root22 = np.sqrt(max(covariance[5] - root20**2 - root21**2, 0.0))
    rest = 0.0
    for g in range(len(nodes.normal_weights)):
        a, b, c = nodes.normal[g, 0], nodes.normal[g, 1], nodes.normal[g, 2]
        moved0 = shift[0] + root00 * a
        moved1 = shift[1] + root10 * a + root11 * b
        moved2 = shift[2] + root20 * a + root21 * b + root22 * c
        bent = _log_chance(log_odds[0] + moved0) - log_chances[0] - (1 - chances[0]) * moved0
        bent += _log_chance(log_odds[1] + moved1) - log_chances[1] - (1 - chances[1]) * moved1
        bent += _log_chance(log_odds[2] + moved2) - log_chances[2] - (1 - chances[2]) * moved2
        rest += nodes.normal_weights[g] * np.exp(bent)
    return rest


@njit(cache=True, nogil=True)
def _judge(row: int, people: People, query: Query, nodes: Nodes, room: Room) -> int:
    """Put the sums and the unknown fields of one person into `room`; how many fields are unknown."""
    person, n = people.whole[row], 0
    room.sums[:] = query.prior
    values = np.empty(5, np.int64)
    wish, near = _wish_and_work(person, people.items, query.nearness, query.refused)
    _skill_values(person, people, query, wish, near, room.best, values)
    months = query.bins[2] + 1
    if person[FLAGS] & WORK_KNOWN:
        months = _months(
            people.items,
            people.numbers,
            person[WORK],
            person[WORK + 1],
            query.nearness,
            query.near_work,
            query.bins[2],
        )
    values[4], values[3], values[2] = values[3], values[2], months  # in the order of the fields
    for field in range(people.n_parts + 5):
        which = field - people.n_parts
        if which < 0:
            value = _part_value(
                person,
                field,
                people.grid_part,
                query.grid_fixed,
                query.grid_possible,
                query.grid_needs,
                query.grid_last,
            )
        else:
            value = values[which]
        at = query.at[field] + value
        for q in range(3):
            room.sums[q] += query.added[at, q]
        if query.added[at, 3] >= 0:
            _take(room, n, query, query.added[at, 3])
            n += 1
    if query.travels:
        n = _add_travel(person, n, people, query, room)
    return _add_capacities(person, people.levels[row], n, people, query, nodes, room)


@njit(cache=True, nogil=True)
def _score(n: int, least: float, nodes: Nodes, room: Room) -> float:
    """The score of who is in `room`, or -1 where it is sure to be below `least`."""
    log_odds, chances, log_chances = np.empty(3), np.empty(3), np.empty(3)
    score = 1.0
    for q in range(3):
        log_odds[q] = room.sums[q] / 65536
        chances[q] = 1.0 / (1.0 + np.exp(-log_odds[q]))
        log_chances[q] = _log_chance(log_odds[q])
        score *= chances[q]
    plain = 0.0
    for f in range(n):
        plain += room.spread[f, 0] + room.spread[f, 3] + room.spread[f, 5]
    if n and plain > 0:
        gain, shift, covariance = _tilted(n, chances, room)
        score *= np.exp(gain)
        if score < least:
            return -1.0
        score *= _rest(log_odds, log_chances, chances, shift, covariance, nodes)
    return min(score, 1.0)


@njit(cache=True, nogil=True)
def _log_mean_and_spread(n: int, room: Room) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm of the score, from what is unknown."""
    plain = np.zeros(6)
    for f in range(n):
        for c in range(6):
            plain[c] += room.spread[f, c]
    mean, variance, column = 0.0, 0.0, 0
    slopes, bends = np.empty(3), np.empty(3)
    for q in range(3):
        chance = 1.0 / (1.0 + np.exp(-room.sums[q] / 65536))
        slopes[q], bends[q] = 1 - chance, chance * (1 - chance)
        mean += _log_chance(room.sums[q] / 65536)
    for a in range(3):
        for b in range(a, 3):
            twice = 1.0 if a == b else 2.0
            variance += twice * plain[column] * slopes[a] * slopes[b]
            variance += twice * 0.5 * plain[column] ** 2 * bends[a] * bends[b]
            if a == b:
                mean -= 0.5 * plain[column] * bends[a]
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
    )


@njit(cache=True, nogil=True)
def _best_below(near_title: float, query: Query, n_parts: int) -> float:
    """What wish, work and months can come to at most for who has no title so near, unknown ones included."""
    at, bound, bins = query.at, query.bound, query.bins
    wish, work, none = query.wish_unknown.max(), np.float32(-np.inf), bound[at[n_parts + 2]]
    for value in range(_bin(near_title, -1.0, 0.01, bins[0] - 1) + 1):
        wish = max(wish, bound[at[n_parts] + value])
    for value in range(_bin(near_title, 0.0, 0.01, bins[1] - 1) + 1):
        work = max(work, bound[at[n_parts + 1] + value] + none)
    return wish + max(work, query.work_unknown.max() + bound[at[n_parts + 2] + bins[2] + 1])


@njit(cache=True, nogil=True)
def score_rows(chosen: Any, people: People, query: Query, nodes: Nodes) -> tuple[Any, Any]:
    """Log-odds (m, 3) fixed point, and score, log mean and log spread (m, 3) of some rows, blocked or not."""
    room = room_for(query)
    sums, out = np.empty((len(chosen), 3), np.int64), np.empty((len(chosen), 3))
    for at in range(len(chosen)):
        unknown = _judge(chosen[at], people, query, nodes, room)
        sums[at] = room.sums
        out[at, 0] = _score(unknown, 0.0, nodes, room)
        out[at, 1], out[at, 2] = _log_mean_and_spread(unknown, room)
    return sums, out


@njit(cache=True, nogil=True)
def walk(
    how: int,
    k: int,
    near_title: float,
    tenth: float,
    floor: float,
    share: float,
    people: People,
    query: Query,
    nodes: Nodes,
    seen: Any,
) -> tuple[Any, Any, int]:
    """The first k among everybody who is not blocked: rows, numbers to order by, and how many were looked at.

    BY_SCORE: in the plain order. BY_CHANCE: by the chance (a normal deviate, at least `floor`) of belonging above the
    `tenth` score, among those who score at least `share` of it.

    First those whose wish or work is near, wherever they live; then the others from near to far, until nobody who is
    left could enter. `seen` (n,) is room, all zero, and left so.
    """
    whole, items, numbers = people.whole, people.items, people.numbers
    at_field, bound, bins, n_parts = query.at, query.bound, query.bins, people.n_parts
    nearness, minutes, minutes_bound = query.nearness, query.minutes, query.minutes_bound
    capacities, capacity_bound, asked = PARTS + n_parts, query.capacity_bound, query.asked
    room = room_for(query)
    rows, steps = np.empty(k, np.int64), np.empty(k, np.int64)
    ties, found = np.empty(k, np.uint64), np.empty(k)
    values = np.empty(4, np.int64)
    n, touched, least = 0, 0, -np.inf
    if how == BY_CHANCE:
        least = np.log(max(share * tenth, 1e-300)) - SLACK
    log_tenth = np.log(max(tenth, 1e-300))
    near_rows = np.empty(1024, np.int64)
    n_near = 0
    for title in range(len(nearness)):
        if nearness[title] >= near_title:
            for at in range(people.title_starts[title], people.title_starts[title + 1]):
                row = people.title_rows[at]
                if not seen[row]:
                    seen[row] = 1
                    if n_near == len(near_rows):
                        near_rows = np.concatenate((near_rows, np.empty(n_near, np.int64)))
                    near_rows[n_near] = row
                    n_near += 1
    others = _best_below(near_title, query, n_parts)
    for stretch in range(-1, len(query.group_order)):
        first, last, least_minutes = 0, n_near, 0
        if stretch >= 0:
            least_minutes = query.group_minutes[stretch]
            at = _bin(least_minutes * query.minutes_weight, 0.0, 1.0, len(minutes_bound) - 1)
            if query.best + others + (minutes_bound[at] if query.travels else 0.0) < least:
                break
            group = query.group_order[stretch]
            first, last = people.group_starts[group], people.group_starts[group + 1]
        for place_in in range(first, last):
            row = place_in
            if stretch < 0:
                row = near_rows[place_in]
            elif seen[row]:
                continue
            person = whole[row]
            touched += 1
            if not person[FLAGS] & ALIVE:
                continue
            most = query.best
            if query.travels:
                journey = least_minutes
                if person[PLACE] >= 0:
                    modes = person[MODES]
                    journey = _fastest(person[PLACE], modes if modes >= 0 else ALL_MODES, minutes)
                    limit = person[MAX_MINUTES] * query.limit_factor + query.near_minutes
                    if modes >= 0 and person[MAX_MINUTES] >= 0 and journey > limit:
                        continue
                most += minutes_bound[_bin(journey * query.minutes_weight, 0.0, 1.0, len(minutes_bound) - 1)]
            wish, near = _wish_and_work(person, items, nearness, query.refused)
            if np.isnan(wish):
                by_wish = query.wish_unknown[_step(near, query.edges)]
            else:
                by_wish = bound[at_field[n_parts] + _bin(wish, -1.0, 0.01, bins[0] - 1)]
            if np.isnan(near):
                by_work = query.work_unknown[_step(wish, query.edges)]
            else:
                by_work = bound[at_field[n_parts + 1] + _bin(near, 0.0, 0.01, bins[1] - 1)]
            most += by_wish + by_work
            if most < least:
                continue
            months = bins[2] + 1
            if person[FLAGS] & WORK_KNOWN:
                months = _months(items, numbers, person[WORK], person[WORK + 1], nearness, query.near_work, bins[2])
            most += bound[at_field[n_parts + 2] + months]
            for part in range(n_parts):
                value = _part_value(
                    person,
                    part,
                    people.grid_part,
                    query.grid_fixed,
                    query.grid_possible,
                    query.grid_needs,
                    query.grid_last,
                )
                most += bound[at_field[part] + value]
                if most < least or most < BLOCKED:
                    break
            if most < least or most < BLOCKED:
                continue
            for one in range(len(asked)):
                level = person[capacities + asked[one]]
                most += capacity_bound[one, level if level >= 0 else N_LEVELS]
            if most < least or most < BLOCKED:
                continue
            _skill_values(person, people, query, wish, near, room.best, values)
            most += bound[at_field[n_parts] + values[0]] - by_wish + bound[at_field[n_parts + 1] + values[1]] - by_work
            most += bound[at_field[n_parts + 3] + values[2]] + bound[at_field[n_parts + 4] + values[3]]
            if most < least or (len(query.tried) and _among(row, query.tried)):
                continue
            unknown = _judge(row, people, query, nodes, room)
            if how == BY_SCORE:
                number = _score(unknown, found[k - 1] - 2e-9 if n == k else 0.0, nodes, room)
                if number < 0:
                    continue
            else:
                mean, spread = _log_mean_and_spread(unknown, room)
                number = min(max((mean - log_tenth) / max(spread, 1e-9), -40.0), 40.0)
                if number < floor or (n == k and number < found[k - 1] - 2e-9):
                    continue
                if _score(unknown, 0.0, nodes, room) < share * tenth:
                    continue
            step = int(np.rint(number / 1e-9))
            n = _insert(rows, steps, ties, found, n, row, step, _hash(people.keys[row], query.seed), number)
            if n == k and how == BY_SCORE:
                least = np.log(max(found[k - 1] - 2e-9, 1e-300)) - SLACK
    for at in range(n_near):
        seen[near_rows[at]] = 0
    return rows[:n], found[:n], touched
