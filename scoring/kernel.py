"""The compiled walk over a pool: who stands first for one vacancy; for `scoring.packed` alone.

Equal to `scoring.reference` in score and order. What makes it fast is a bound: the logarithm of a chance is concave, so
a straight line that touches it lies above it everywhere, and over a sum of fields a straight line is a sum. Each value
of each field thus has one number that it takes at least from the best score there can be, its deficit. Deficits of
everybody stand in columns of bytes, one for each thing that a vacancy may ask, and the walk adds up columns. Whose sum
is too much is left; of the others wishes, work, capacities and skills are bounded the same way, then all fields
exactly, and who is then still above the last of the list is judged. No constant of another module is read: numba's
cache would not notice that it changed.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

WISHES_KNOWN, WORK_KNOWN, SKILLS_KNOWN, DRIVES, ALIVE = 1, 2, 4, 8, 16  # flags of a person
WISHES, REFUSALS, WORK, SKILLS = range(4)  # where her items of each kind begin; each ends where the next begins

MAX_FIELDS = 48  # fields of one person at most: the parts, five of work, travel and twenty capacities
N_LEVELS = 5
SLACK = 0.03  # on the logarithm of a score: a bound holds for the integral, and quadrature is within 3 % of it
BLOCKED = np.float32(-1e30)  # a bound below this: the value blocks
SETS = 33  # sets of five modes of travel, and the last where they are not known
FAR = 600  # minutes: as `travel.MAX_MINUTES`
TENTH = 9  # place of the last of the top ten

BLOCK = 256  # rows whose columns are added up together
UNIT = 1 / 64  # of a deficit, on the logarithm of a score
NO_ENTRY = 255  # deficit of a value that blocks; all others are less
NEAR_NONE, NEAR_UNKNOWN = 0, 101  # beside the hundredths of nearness
NEAR_FROM = 25  # hundredths of nearness above which the people of a title are looked up
PACK_EIGHT = np.uint64(0x0102040810204080)  # times eight bytes of 0 or 1: these as bits, in the highest byte
CAPACITY_GROUPS, GROUP_CODES = 7, 216  # capacities by three, each of six: five levels and unknown
SEED = 256  # people at least who are judged first, those with the least deficit: they say what it takes to enter
CHUNK = 2048  # people of whom every field is bounded before the best of them is judged
PATTERNS = 251  # of what is known of levels, of which it is kept what they tell of the others
AHEAD = 12  # people ahead whose fields are fetched into the cache


# Division as numpy has it: one by zero is no error, for which each would need a way out.
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}

# What Python does not call needs no way in from there, which for tuples as these is more code than all else.
_WITHIN: dict[str, Any] = {**_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}

F = TypeVar("F", bound=Callable[..., Any])


def _compiled(function: F) -> F:
    """What Python calls."""
    return cast(F, njit(**_OPTIONS)(function))


def _within(function: F) -> F:
    """What only compiled code calls; a call from Python ends the process."""
    return cast(F, njit(**_WITHIN)(function))


def _inlined(function: F) -> F:
    """The same, put in place at each call."""
    return cast(F, njit(**_WITHIN, forceinline=True)(function))


# A literal is a type of its own to the compiler, which would make each function anew for it; these are numbers.
_int: Any = np.int64
_bool: Any = np.bool_


class People(NamedTuple):
    """n people by group: a place, or the region of who has no place."""

    flags: Any  # (n,) uint8
    max_minutes: Any  # (n,) int16, -1 unknown
    cells: Any  # (n,) int32 her group times SETS, plus the set of her modes
    lines: Any  # (n, 4 + parts) int32, a line of the cache: where her skills begin, her flags and above them how many
    # skills, codes of her capacities by three in bytes, then her value of each part; the weekly grid as it is
    levels: Any  # (n, 3) float64: education, Dutch and hours as levels, NaN unknown
    keys: Any  # (n,) uint64
    starts: Any  # (n + 1, 4) int32 into items
    items: Any  # titles of wishes, refusals and work, then skills, person after person
    numbers: Any  # beside each item: months of work, credit of a skill
    wish_starts: Any  # (titles + 1,) into the rows of the people who wish for a title
    wish_rows: Any
    work_starts: Any  # the same of work done
    work_rows: Any
    n_groups: int
    n_places: int  # groups beyond are regions, the first of them is nothing known
    region_starts: Any  # (regions + 1,) places of each region
    region_places: Any
    level_model: Any  # (levels, 2 + 2 factors) mean, noise, loadings, loadings over noise
    mode_masks: Any  # the most common sets of modes
    mode_weights: Any  # (2, sets)
    grid_part: int


class Nodes(NamedTuple):
    """What integration and beliefs stand on."""

    normal: Any  # (3, 27)
    normal_weights: Any  # (27,)
    level_low: float  # mean of the first belief on a level
    level_step: float
    n_means: int
    level_spreads: Any


class Query(NamedTuple):
    """One vacancy as look-up tables for one pool."""

    prior: Any  # (3,) fixed point, with what is the same for everybody
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
    limit_factor: float
    minutes_weight: float
    minutes_added: Any  # (bins, 3)
    minutes_bound: Any  # (lines, bins)
    over_added: Any
    nearness: Any  # (titles,)
    near_work: float
    refused: float
    edges: Any  # of the steps of nearness and coverage
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
    asked_at: Any  # (a,) where each begins in the tables: five levels, then beliefs
    asked_deficit: Any  # (a, 6) by level, then unknown, at least
    seed: np.uint64  # of the hash that breaks ties


class Sweep(NamedTuple):
    """What is added up over everybody for one vacancy; rows are filled up to whole blocks."""

    line: int  # by which deficits are counted
    columns: Any  # one column (rows,) uint8 a part, and the last by what is known of wishes, work and skills
    used: Any  # those that are not all zero
    journey: Any  # (rows,) uint8 deficit of the journey
    open: Any  # (rows / 64,) uint64 a bit for each person who counts and is not blocked


class Scratch(NamedTuple):
    """Room for one walk at a time; what is written in it is wiped at the end of each."""

    wish_near: Any  # (rows,) uint8 hundredths of the nearest wish, 0 as yet none that is near
    work_near: Any
    saved: Any  # (rows,) uint8 what these take off her deficit
    touched: Any  # (rows,) int32 those in whom something is written
    rows: Any  # (rows,) int32 who is not blocked
    totals: Any  # (rows,) int16 and her deficit so far
    chosen: Any  # (CHUNK,) int32 of whom every field is bounded
    deficits: Any  # (CHUNK,) int64
    values: Any  # (CHUNK, 5) int32
    places: Any  # (CHUNK, MAX_FIELDS) int32
    tops: Any  # (CHUNK,)


class Room(NamedTuple):
    """Room for those who are judged, of whom one at a time."""

    moves: Any  # (MAX_FIELDS, 3, NODES)
    weights: Any  # (MAX_FIELDS, NODES)
    spread: Any  # (MAX_FIELDS, 6)
    best: Any  # one number a needed skill
    minutes: Any  # (5,)
    sums: Any  # (3,) fixed-point log-odds
    places: Any  # (CHUNK, MAX_FIELDS) int32 of their values in the tables
    tops: Any  # (CHUNK,) bounds
    pulled: Any  # (factors,)
    pattern: Any  # (PATTERNS,) which levels are known, of what follows; -1 nothing yet
    root: Any  # (PATTERNS, factors, factors) as `_told_by`
    solved: Any  # (PATTERNS, asked, factors)
    nearest: Any  # (PATTERNS, asked)
    log_odds: Any  # (3,)
    chances: Any
    tilt: Any  # (NODES,)
    shift: Any  # (3,)
    covariance: Any  # (6,)
    at_nodes: Any  # (27,)
    region_minutes: Any  # (regions, SETS, 2, 5) minutes believed so far, -1 not yet


class Found(NamedTuple):
    """The first k so far, from the best on."""

    rows: Any
    steps: Any  # scores in steps within which they tie
    ties: Any
    scores: Any
    lines: Any  # the line that lies closest above each
    counts: Any  # (4,) on the list, bounded in full, judged, noted
    least: Any  # (2,) below which logarithm of a bound, and below which score, nobody matters


def _power_of_two_of(typing_context: Any, exponent: Any) -> Any:
    """2 to a whole power within the normal range, by its bits."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        biased = builder.add(args[0], ir.Constant(ir.IntType(64), 1023))
        return builder.bitcast(builder.shl(biased, ir.Constant(ir.IntType(64), 52)), ir.DoubleType())

    return types.float64(types.int64), build


_power_of_two: Any = intrinsic(_power_of_two_of)


def _lowest_bit_of(typing_context: Any, word: Any) -> Any:
    """The number of the lowest bit that is set in a word (one instruction; there is no Python for it)."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), build


_lowest_bit: Any = intrinsic(_lowest_bit_of)


def _fetch_of(typing_context: Any, array: Any, at: Any) -> Any:
    """Ask for an item of an array before it is needed."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        held = context.make_array(signature.args[0])(context, builder, args[0])
        item = builder.gep(held.data, [args[1]])
        int32 = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [item.type, int32, int32, int32])
        fetch = builder.module.declare_intrinsic("llvm.prefetch", [item.type], kind)
        builder.call(fetch, [item, int32(0), int32(3), int32(1)])
        return context.get_dummy_value()

    return types.none(array, types.int64), build


_fetch: Any = intrinsic(_fetch_of)


def _ones_of(typing_context: Any, word: Any) -> Any:
    """How many bits of a word are set."""

    def build(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.ctpop(args[0])

    return types.int32(types.int32), build


_ones: Any = intrinsic(_ones_of)


@_inlined
def _exp(x: float) -> float:
    """exp, to some 2e-16 of itself, without a branch: a compiler does eight at a time of it.

    As Cody and Waite: a power of two times the series of what is left, at most ln(2) / 2.
    """
    x = min(max(x, -700.0), 700.0)
    n = np.floor(x * 1.4426950408889634 + 0.5)
    r = x - n * 0.693147180369123816490 - n * 1.90821492927058770002e-10
    p = 1.6059043836821613e-10
    p = p * r + 2.08767569878681e-09
    p = p * r + 2.505210838544172e-08
    p = p * r + 2.755731922398589e-07
    p = p * r + 2.7557319223985893e-06
    p = p * r + 2.48015873015873e-05
    p = p * r + 0.0001984126984126984
    p = p * r + 0.001388888888888889
    p = p * r + 0.008333333333333333
    p = p * r + 0.041666666666666664
    p = p * r + 0.16666666666666666
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * _power_of_two(np.int64(n))


@_within
def _highest(values: Any, first: int, last: int) -> Any:
    """The highest of a stretch of values."""
    top = values[first]
    for at in range(first + 1, last):
        top = max(top, values[at])
    return top


@_within
def _sink(heap: Any, n: int, at: int, by: Any) -> None:
    """Let a number sink in a heap of n until what is below it stands no higher in `by`."""
    number = heap[at]
    while 2 * at + 1 < n:
        below = 2 * at + 1
        if below + 1 < n and by[heap[below + 1]] > by[heap[below]]:
            below += 1
        if by[heap[below]] <= by[number]:
            break
        heap[at] = heap[below]
        at = below
    heap[at] = number


@_within
def _heap_by(heap: Any, n: int, by: Any) -> None:
    """Fill a heap with the first n numbers, the one that stands highest in `by` on top."""
    for at in range(n):
        heap[at] = at
    for at in range(n // 2 - 1, -1, -1):
        _sink(heap, n, at, by)


@_within
def _with_more_room(noted: Any) -> Any:
    """The same rows in twice the room."""
    more = np.empty((2 * len(noted), noted.shape[1]))
    for at in range(len(noted)):
        for one in range(noted.shape[1]):
            more[at, one] = noted[at, one]
    return more


@_within
def _log_chance(x: float) -> float:
    return -np.log1p(np.exp(-x)) if x > 0 else x - np.log1p(np.exp(x))


@_within
def _hash(key: np.uint64, seed: np.uint64) -> np.uint64:
    mixed = key ^ seed
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@_inlined
def _bin(value: float, low: float, step: float, last: int) -> int:
    """As `Scale.bins`, for a value that applies."""
    at = int(np.floor((value - low) / step + (0.5 + 1e-7)))
    return min(max(at, 0), last)


@_inlined
def _step(value: float, edges: Any) -> int:
    if np.isnan(value):
        return len(edges) + 1
    at = 0
    while at < len(edges) and value >= edges[at]:
        at += 1
    return at


@_within
def _fastest(place: int, modes: int, minutes: Any) -> int:
    """Minutes of the fastest of her modes."""
    best = FAR
    for mode in range(minutes.shape[1]):
        if modes >> mode & 1 and minutes[place, mode] < best:
            best = minutes[place, mode]
    return best


@_within
def _minutes_by_modes(place: int, drives: int, mode_masks: Any, mode_weights: Any, minutes: Any, out: Any) -> None:
    """Fill five equally likely values of the minutes of who has a place and no modes."""
    n = len(mode_masks)
    order = np.empty(n, np.int64)
    fastest = np.empty(n, np.int64)
    for m in range(n):
        fastest[m] = _fastest(place, _int(mode_masks[m]), minutes)
        at = m
        while at > 0 and fastest[order[at - 1]] > fastest[m]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = m
    reached, quantile = 0.0, 0
    for m in range(n):
        reached += mode_weights[drives, order[m]]
        while quantile < 5 and reached >= (quantile + 0.5) / 5 - 1e-7:
            out[quantile] = fastest[order[m]]
            quantile += 1
    while quantile < 5:
        out[quantile] = fastest[order[n - 1]] if quantile else FAR
        quantile += 1


@_within
def _minutes_by_region(
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
    """The same of who has no place; counted, hence in order."""
    counted = np.zeros(FAR + 1)
    first, last = 0, len(region_places)
    if region >= 0 and region_starts[region] < region_starts[region + 1]:
        first, last = region_starts[region], region_starts[region + 1]
    n_masks = 1 if modes >= 0 else len(mode_masks)
    for m in range(n_masks):
        mask = modes if modes >= 0 else _int(mode_masks[m])
        weight = (1.0 if modes >= 0 else mode_weights[drives, m]) / (last - first)
        for at in range(first, last):
            counted[_fastest(_int(region_places[at]), mask, minutes)] += weight
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


@_inlined
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


@_inlined
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


@_inlined
def _grid_value(grid: int, fixed: int, possible: int, needs: Any, last: int) -> int:
    """The value of a weekly grid: how many dayparts are short, or the last one where it is unknown."""
    short = needs[0] - _ones(np.int32(grid & fixed)) + max(needs[1] - _ones(np.int32(grid & possible)), 0)
    return last if grid < 0 or last == 0 else short


@_within
def _take(
    moves: Any, weights: Any, spread: Any, n: int, from_moves: Any, from_weights: Any, from_spread: Any, belief: int
) -> None:
    for k in range(weights.shape[1]):
        weights[n, k] = from_weights[belief, k]
        for q in range(3):
            moves[n, q, k] = from_moves[belief, q, k]
    for c in range(6):
        spread[n, c] = from_spread[belief, c]


@_within
def _spread_of(moves: Any, weights: Any, spread: Any, n: int) -> None:
    column = 0
    for a in range(3):
        for b in range(a, 3):
            total = 0.0
            for k in range(weights.shape[1]):
                total += moves[n, a, k] * moves[n, b, k] * weights[n, k]
            spread[n, column] = total
            column += 1


@_within
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


@_inlined
def _skill_values(
    wish: float, near: float, coverage: float, desired: float, skills_known: bool, bins: Any, edges: Any, out: Any
) -> None:
    """The values of wish, work, coverage and desired skills, where unknown ones are believed from each other."""
    n_steps = len(edges) + 2
    out[3], out[4] = bins[3], bins[4]
    if not skills_known:
        out[3] = bins[3] + 1 + _step(wish, edges) * n_steps + _step(near, edges)
    elif not np.isnan(coverage):
        out[3] = _bin(coverage, 0.0, 0.01, bins[3] - 1)
    if not np.isnan(desired):
        out[4] = _bin(desired, 0.0, 0.01, bins[4] - 1)
    if np.isnan(wish):
        out[0] = bins[0] + 1 + _step(coverage, edges) * n_steps + _step(near, edges)
    else:
        out[0] = _bin(wish, -1.0, 0.01, bins[0] - 1)
    if np.isnan(near):
        out[1] = bins[1] + 1 + _step(wish, edges) * n_steps + _step(coverage, edges)
    else:
        out[1] = _bin(near, 0.0, 0.01, bins[1] - 1)


@_within
def _values_of_work(chosen: Any, n: int, people: People, query: Query, best_of: Any, values: Any) -> None:
    """The values (n, 5) of wish, work, months, coverage and desired skills of the first n who are chosen."""
    starts, items, numbers, nearness = people.starts, people.items, people.numbers, query.nearness
    need_starts, need_index, need_strength = query.need_starts, query.need_index, query.need_strength
    desired_starts, desired_index, desired_strength = query.desired_starts, query.desired_index, query.desired_strength
    need_share, desired_share, drawn, bins, near_work = (
        query.need_share,
        query.desired_share,
        query.drawn,
        query.bins,
        query.near_work,
    )
    for at in range(n):
        if at + 2 * AHEAD < n:
            _fetch(starts, 4 * np.int64(chosen[at + 2 * AHEAD]))
        if at + AHEAD < n:
            _fetch(items, np.int64(starts[chosen[at + AHEAD], WISHES]))
            _fetch(numbers, np.int64(starts[chosen[at + AHEAD], WORK]))
        row, out = chosen[at], values[at]
        flag = people.flags[row]
        first, second = starts[row, WISHES], starts[row, REFUSALS]
        third, fourth = starts[row, WORK], starts[row, SKILLS]
        wish, refused, near = 0.0, 0.0, 0.0
        for one in range(first, second):
            wish = max(wish, nearness[items[one]])
        for one in range(second, third):
            refused = max(refused, nearness[items[one]])
        for one in range(third, fourth):
            near = max(near, nearness[items[one]])
        if refused >= query.refused and refused >= wish:
            wish = -refused
        elif not flag & WISHES_KNOWN:
            wish = np.nan
        out[2] = 0
        if not flag & WORK_KNOWN:
            near = np.nan
            out[2] = bins[2] + 1
        elif near >= near_work:
            out[2] = _months(items, numbers, third, fourth, nearness, near_work, bins[2])
        coverage, desired = np.nan, np.nan
        if flag & SKILLS_KNOWN:
            last = starts[row + 1, WISHES]
            coverage = _covered(
                items, numbers, fourth, last, need_starts, need_index, need_strength, need_share, best_of
            )
            coverage = drawn[1] + drawn[0] * (coverage - drawn[1])
            desired = _covered(
                items, numbers, fourth, last, desired_starts, desired_index, desired_strength, desired_share, best_of
            )
        _skill_values(wish, near, coverage, desired, flag & SKILLS_KNOWN > 0, bins, query.edges, out)


@_within
def _told_by(
    known: Any, levels: Any, asked: Any, model: Any, spreads: Any, root: Any, solved: Any, nearest: Any
) -> None:
    """What it tells of the factors behind all levels, and of the levels that are not known, which ones are known.

    Fills the Cholesky root of the precision of the factors, and for each of the asked capacities (asked,) that is not
    known what the factors tell of it, and the nearest of a few spreads. `levels` are three levels more.
    """
    n_asked, n_factors = len(asked), len(root)
    n_capacities = len(model) - len(levels)
    for i in range(n_factors):
        for j in range(i + 1):
            root[i, j] = 1.0 if i == j else 0.0
    for at in range(n_asked + len(levels)):
        if known[at] == N_LEVELS if at < n_asked else np.isnan(levels[at - n_asked]):
            continue
        variable = asked[at] if at < n_asked else n_capacities + at - n_asked
        for i in range(n_factors):
            tells = model[variable, 2 + n_factors + i]
            for j in range(i + 1):
                root[i, j] += tells * model[variable, 2 + j]
    for i in range(n_factors):
        for j in range(i + 1):
            left = root[i, j]
            for m in range(j):
                left -= root[i, m] * root[j, m]
            root[i, j] = np.sqrt(left) if i == j else left / root[j, j]
    for at in range(n_asked):
        if known[at] != N_LEVELS:
            continue
        variance = model[asked[at], 1]
        for i in range(n_factors):
            left = model[asked[at], 2 + i]
            for m in range(i):
                left -= root[i, m] * solved[at, m]
            solved[at, i] = left / root[i, i]
            variance += solved[at, i] * solved[at, i]
        deviation = np.sqrt(max(variance, 0.0))
        nearest[at] = 0
        for which in range(1, len(spreads)):
            if abs(deviation - spreads[which]) < abs(deviation - spreads[nearest[at]]):
                nearest[at] = which


@_within
def _pulled_by(known: Any, levels: Any, asked: Any, model: Any, root: Any, pulled: Any) -> None:
    """Fill the inverse of the root times the pull of what is known on the factors."""
    n_asked, n_factors = len(asked), len(pulled)
    n_capacities = len(model) - len(levels)
    for i in range(n_factors):
        pulled[i] = 0.0
    for at in range(n_asked + len(levels)):
        if known[at] == N_LEVELS if at < n_asked else np.isnan(levels[at - n_asked]):
            continue
        variable = asked[at] if at < n_asked else n_capacities + at - n_asked
        surprise = (float(known[at]) if at < n_asked else levels[at - n_asked]) - model[variable, 0]
        for i in range(n_factors):
            pulled[i] += model[variable, 2 + n_factors + i] * surprise
    for i in range(n_factors):
        for m in range(i):
            pulled[i] -= root[i, m] * pulled[m]
        pulled[i] /= root[i, i]


@_within
def _tilted(n: int, chances: Any, moves: Any, weights: Any, tilt: Any, shift: Any, covariance: Any) -> float:
    """Gain of n unknown fields after tilting by the slopes 1 - chance; fills their shift and covariance."""
    gain = 0.0
    slope0, slope1, slope2 = 1 - chances[0], 1 - chances[1], 1 - chances[2]
    for q in range(3):
        shift[q] = 0.0
    for c in range(6):
        covariance[c] = 0.0
    for f in range(n):
        for k in range(weights.shape[1]):
            along = slope0 * moves[f, 0, k] + slope1 * moves[f, 1, k] + slope2 * moves[f, 2, k]
            tilt[k] = weights[f, k] * _exp(along)
        total, mean0, mean1, mean2 = 0.0, 0.0, 0.0, 0.0
        for k in range(weights.shape[1]):
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
            weight = tilt[k] / total
            a, b, c = moves[f, 0, k] - mean0, moves[f, 1, k] - mean1, moves[f, 2, k] - mean2
            covariance[0] += a * a * weight
            covariance[1] += a * b * weight
            covariance[2] += a * c * weight
            covariance[3] += b * b * weight
            covariance[4] += b * c * weight
            covariance[5] += c * c * weight
    return gain


@_within
def _divide(top: float, bottom: float) -> float:
    return top / bottom if bottom > 1e-12 else 0.0


@_within
def _rest(
    log_odds: Any, chances: Any, shift: Any, covariance: Any, normal: Any, normal_weights: Any, at_nodes: Any
) -> float:
    """What is left after the tilt, on the nodes of the normal that the fields make together; at most 1."""
    root00 = np.sqrt(max(covariance[0], 0.0))
    root10 = _divide(covariance[1], root00)
    root20 = _divide(covariance[2], root00)
    root11 = np.sqrt(max(covariance[3] - root10**2, 0.0))
    root21 = _divide(covariance[4] - root20 * root10, root11)
    root22 = np.sqrt(max(covariance[5] - root20**2 - root21**2, 0.0))
    slope0, slope1, slope2 = 1 - chances[0], 1 - chances[1], 1 - chances[2]
    for g in range(len(normal_weights)):
        a, b, c = normal[0, g], normal[1, g], normal[2, g]
        moved0 = shift[0] + root00 * a
        moved1 = shift[1] + root10 * a + root11 * b
        moved2 = shift[2] + root20 * a + root21 * b + root22 * c
        tilt = slope0 * moved0 + slope1 * moved1 + slope2 * moved2
        below = (
            (1 + _exp(-log_odds[0] - moved0)) * (1 + _exp(-log_odds[1] - moved1)) * (1 + _exp(-log_odds[2] - moved2))
        )
        at_nodes[g] = normal_weights[g] * _exp(-tilt) / below
    rest = 0.0
    for g in range(len(normal_weights)):
        rest += at_nodes[g]
    return rest / (chances[0] * chances[1] * chances[2])


@_within
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
        score *= _rest(log_odds, chances, room.shift, room.covariance, normal, normal_weights, room.at_nodes)
    return min(score, 1.0)


@_within
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


@_within
def _insert(found: Found, row: int, tie: np.uint64, score: float, line: int) -> None:
    """Keep the first k in order: higher step first, ties by hash."""
    rows, steps, ties, scores, lines = found.rows, found.steps, found.ties, found.scores, found.lines
    n, k, step = found.counts[0], len(rows), int(np.rint(score / 1e-9))
    if n == k and (step < steps[k - 1] or (step == steps[k - 1] and tie > ties[k - 1])):
        return
    at = min(n, k - 1)
    while at > 0 and (steps[at - 1] < step or (steps[at - 1] == step and ties[at - 1] > tie)):
        rows[at], steps[at], ties[at] = rows[at - 1], steps[at - 1], ties[at - 1]
        scores[at], lines[at] = scores[at - 1], lines[at - 1]
        at -= 1
    rows[at], steps[at], ties[at], scores[at], lines[at] = row, step, tie, score, line
    found.counts[0] = min(n + 1, k)


@_within
def _room_for(people: People, query: Query, nodes: Nodes, places: Any, tops: Any) -> Room:
    """Room to judge one person at a time, of as many as there are places for."""
    n_nodes, n_needs = query.weights.shape[1], max(len(query.need_share), len(query.desired_share), 1)
    n_factors = (people.level_model.shape[1] - 2) // 2
    return Room(
        np.zeros((MAX_FIELDS, 3, n_nodes)),
        np.zeros((MAX_FIELDS, n_nodes)),
        np.zeros((MAX_FIELDS, 6)),
        np.zeros(n_needs),
        np.zeros(5),
        np.zeros(3, np.int64),
        places,
        tops,
        np.zeros(n_factors),
        np.full(PATTERNS, -1, np.int64),
        np.empty((PATTERNS, n_factors, n_factors)),
        np.empty((PATTERNS, len(query.asked), n_factors)),
        np.empty((PATTERNS, len(query.asked)), np.int64),
        np.zeros(3),
        np.zeros(3),
        np.zeros(n_nodes),
        np.zeros(3),
        np.zeros(6),
        np.zeros(len(nodes.normal_weights)),
        np.full((people.n_groups - people.n_places, SETS, 2, 5), -1, np.int16),
    )


@_within
def _found_for(k: int) -> Found:
    return Found(
        np.empty(k, np.int64),
        np.empty(k, np.int64),
        np.empty(k, np.uint64),
        np.empty(k),
        np.empty(k, np.int64),
        np.zeros(4, np.int64),
        np.array([-np.inf, 0.0]),
    )


@_within
def _believed_minutes(row: int, people: People, minutes: Any, region_minutes: Any, five: Any) -> None:
    """Fill five equally likely values of the minutes of who has no place, or no modes."""
    group, modes = _int(people.cells[row] // SETS), _int(people.cells[row] % SETS)
    drives = _int(people.flags[row] & DRIVES > 0)
    if group < people.n_places:
        _minutes_by_modes(group, drives, people.mode_masks, people.mode_weights, minutes, five)
        return
    believed = region_minutes[group - people.n_places, modes, drives]
    if believed[0] < 0:
        _minutes_by_region(
            group - people.n_places - 1,
            modes if modes < SETS - 1 else _int(-1),
            drives,
            people.region_starts,
            people.region_places,
            people.mode_masks,
            people.mode_weights,
            minutes,
            believed,
        )
    for one in range(5):
        five[one] = believed[one]


@_compiled
def believed_minutes(rows: Any, people: People, minutes: Any) -> Any:
    """Five equally likely values of the minutes of people of whom the place or the modes are not known, (n, 5)."""
    believed = np.empty((len(rows), 5))
    region_minutes = np.full((people.n_groups - people.n_places, SETS, 2, 5), -1, np.int16)
    for at in range(len(rows)):
        _believed_minutes(rows[at], people, minutes, region_minutes, believed[at])
    return believed


@_inlined
def _code_of(lines: Any, row: int, group: int) -> int:
    """The code of a group of her capacities."""
    return lines[row, 2 + (group >> 2)] >> 8 * (group & 3) & 255


@_within
def _bounded(
    chosen: Any,
    values: Any,
    n_chosen: int,
    everybody: bool,
    line: int,
    people: People,
    query: Query,
    nodes: Nodes,
    room: Room,
    found: Found,
) -> int:
    """Bound the scores of those who are chosen by all their fields; who may still matter, or `everybody`, is kept.

    Returns how many these are: the first of `chosen`, with their values and bounds in `room`.
    """
    lines, levels, cells, n_parts = people.lines, people.levels, people.cells, people.lines.shape[1] - 4
    model, grid_part, n_places = people.level_model, people.grid_part, people.n_places
    at_field, bound, asked, asked_at = query.at, query.bound[line], query.asked, query.asked_at
    minutes, minutes_weight, minutes_bound = query.minutes, query.minutes_weight, query.minutes_bound[line]
    pulled, five, least = room.pulled, room.minutes, found.least
    n_asked, n_beliefs, last_minute = len(asked), nodes.n_means * len(nodes.level_spreads), len(minutes_bound) - 1
    believed_best, known, kept = np.empty(n_asked, np.float32), np.empty(n_asked, np.int64), 0
    for one in range(n_asked):
        first = asked_at[one] + N_LEVELS
        believed_best[one] = _highest(bound, first, first + n_beliefs)
    for at in range(n_chosen):
        if at + AHEAD < n_chosen:
            _fetch(levels, 3 * np.int64(chosen[at + AHEAD]))
            _fetch(lines, (4 + n_parts) * np.int64(chosen[at + AHEAD]))
        row, places, top = _int(chosen[at]), room.places[kept], query.best[line]
        for part in range(n_parts):
            places[part] = at_field[part] + lines[row, 4 + part]
        places[grid_part] = at_field[grid_part] + _grid_value(
            lines[row, 4 + grid_part], query.grid_fixed, query.grid_possible, query.grid_needs, query.grid_last
        )
        for one in range(5):
            places[n_parts + one] = at_field[n_parts + one] + values[at, one]
        for field in range(n_parts + 5):
            top += bound[places[field]]
        untold, pattern = 0, 0
        for one in range(n_asked):
            level = np.int64(_code_of(lines, row, asked[one] // 3))
            for _ in range(asked[one] % 3):
                level //= 6
            level %= 6
            known[one] = level
            pattern = pattern << 1 | (0 if level == N_LEVELS else 1)
            if level == N_LEVELS:
                untold += 1
                top += believed_best[one]
            else:
                places[n_parts + 5 + one] = asked_at[one] + level
                top += bound[asked_at[one] + level]
        if query.travels:
            group, modes = _int(cells[row] // SETS), _int(cells[row] % SETS)
            if group < n_places and modes < SETS - 1:
                journey = _fastest(group, modes, minutes)
                top += minutes_bound[_bin(journey * minutes_weight, 0.0, 1.0, last_minute)]
            else:
                _believed_minutes(row, people, minutes, room.region_minutes, five)
                nearest: Any = BLOCKED
                for one in range(5):
                    nearest = max(nearest, minutes_bound[_bin(five[one] * minutes_weight, 0.0, 1.0, last_minute)])
                top += nearest
        if not everybody and top < least[0]:
            continue
        if untold:
            mine = levels[row]
            for one in range(len(mine)):
                pattern = pattern << 1 | (0 if np.isnan(mine[one]) else 1)
            slot = pattern % PATTERNS
            root, solved, nearest_spread = room.root[slot], room.solved[slot], room.nearest[slot]
            if room.pattern[slot] != pattern:
                _told_by(known, mine, asked, model, nodes.level_spreads, root, solved, nearest_spread)
                room.pattern[slot] = pattern
            _pulled_by(known, mine, asked, model, root, pulled)
            for one in range(n_asked):
                if known[one] == N_LEVELS:
                    expected = model[asked[one], 0]
                    for i in range(len(pulled)):
                        expected += solved[one, i] * pulled[i]
                    mean = int(np.rint((expected - nodes.level_low) / nodes.level_step))
                    belief = min(max(mean, 0), nodes.n_means - 1) * len(nodes.level_spreads) + nearest_spread[one]
                    place = asked_at[one] + N_LEVELS + belief
                    places[n_parts + 5 + one] = place
                    top += bound[place] - believed_best[one]
        if not everybody and top < least[0]:
            continue
        chosen[kept], room.tops[kept] = row, top
        kept += 1
    found.counts[1] += n_chosen
    return kept


@_within
def _judge(
    chosen: Any,
    values: Any,
    n_chosen: int,
    share: float,
    everybody: bool,
    line: int,
    people: People,
    query: Query,
    nodes: Nodes,
    room: Room,
    found: Found,
    noted: Any,
) -> Any:
    """Judge those who are chosen, from the highest bound on, as far as they may still matter: for the list, or by a
    score of at least `share` of the tenth. Or `everybody`, as they come. At most CHUNK of them.

    `values` (n, 5) are theirs of wish, work, months, coverage and desired skills.

    Returns `noted`, or more room with the same in it: row, score, mean and spread of its logarithm, and the three sums
    of each who was judged and may matter.
    """
    kept = _bounded(chosen, values, n_chosen, everybody, line, people, query, nodes, room, found)
    n_fields = people.lines.shape[1] - 4 + 5 + len(query.asked)
    added, minutes, minutes_weight = query.added, query.minutes, query.minutes_weight
    minutes_added, over_added, slopes, touch = query.minutes_added, query.over_added, query.slopes, query.touch
    sums, five, tops = room.sums, room.minutes, room.tops
    counts, least, scores, k = found.counts, found.least, found.scores, len(found.rows)
    last_minute, last_over = len(minutes_added) - 1, len(over_added) - 1
    n_lines = len(touch)
    heap = np.empty(kept, np.int64)
    _heap_by(heap, kept, tops)
    for turn in range(kept):
        which = turn
        if not everybody:
            which = heap[0]
            if tops[which] < least[0]:
                break
            left = kept - turn - 1
            heap[0] = heap[left]
            _sink(heap, left, _int(0), tops)
        row, places = _int(chosen[which]), room.places[which]
        counts[2] += 1
        sums[0], sums[1], sums[2] = query.prior[0], query.prior[1], query.prior[2]
        unknown = _int(0)
        for field in range(n_fields):
            at = places[field]
            sums[0] += added[at, 0]
            sums[1] += added[at, 1]
            sums[2] += added[at, 2]
            belief = added[at, 3]
            if belief >= 0:
                _take(room.moves, room.weights, room.spread, unknown, query.moves, query.weights, query.spread, belief)
                unknown += 1
        if query.travels:
            limit = -1.0
            if people.max_minutes[row] >= 0:
                limit = people.max_minutes[row] * query.limit_factor
            group, modes = _int(people.cells[row] // SETS), _int(people.cells[row] % SETS)
            if group < people.n_places and modes < SETS - 1:
                journey = _fastest(group, modes, minutes)
                at = _bin(journey * minutes_weight, 0.0, 1.0, last_minute)
                over = _bin(max(journey - limit, 0.0), 0.0, 1.0, last_over)
                for q in range(3):
                    sums[q] += minutes_added[at, q]
                    if limit >= 0:
                        sums[q] += over_added[over, q]
            else:
                _believed_minutes(row, people, minutes, room.region_minutes, five)
                _add_unknown_journey(
                    unknown,
                    five,
                    limit,
                    minutes_weight,
                    minutes_added,
                    over_added,
                    sums,
                    room.moves,
                    room.weights,
                    room.spread,
                )
                unknown += 1
        score = _score(unknown, 0.0 if everybody else least[1], nodes.normal, nodes.normal_weights, room)
        if score < 0:
            continue
        if everybody or share > 0:
            mean, spread = _log_mean_and_spread(unknown, sums, room.spread, room.covariance)
            if counts[3] == len(noted):
                noted = _with_more_room(noted)
            to = noted[counts[3]]
            to[0], to[1], to[2], to[3] = row, score, mean, spread
            to[4], to[5], to[6] = sums[0], sums[1], sums[2]
            counts[3] += 1
        closest, height = _int(0), np.inf
        for one in range(n_lines):
            this = touch[one] + (slopes[one, 0] * sums[0] + slopes[one, 1] * sums[1] + slopes[one, 2] * sums[2]) / 65536
            if this < height:
                closest, height = one, this
        _insert(found, row, _hash(people.keys[row], query.seed), score, closest)
        if counts[0] == k:
            least[1] = scores[k - 1] - 2e-9
            if share > 0:
                least[1] = min(least[1], share * scores[TENTH] - 2e-9)
            least[0] = np.log(max(least[1], 1e-300)) - SLACK
    return noted


@_compiled
def score_rows(chosen: Any, people: People, query: Query, nodes: Nodes) -> Any:
    """Of some rows, blocked or not: row, score, mean and spread of its logarithm, the three sums; (m, 7)."""
    n = len(chosen)
    some, values = np.empty(CHUNK, np.int32), np.empty((CHUNK, 5), np.int32)
    room = _room_for(people, query, nodes, np.empty((min(n, CHUNK), MAX_FIELDS), np.int32), np.empty(min(n, CHUNK)))
    found, noted = _found_for(_int(1)), np.empty((max(n, 1), 7))
    for begin in range(0, n, CHUNK):
        m = min(CHUNK, n - begin)
        for at in range(m):
            some[at] = chosen[begin + at]
        _values_of_work(some, m, people, query, room.best, values)
        noted = _judge(some, values, m, 0.0, _bool(True), _int(0), people, query, nodes, room, found, noted)
    return noted[:n]


@_within
def _deficit(bound: Any) -> int:
    """In units, rounded towards none."""
    return min(int(-bound / UNIT), NO_ENTRY - 1)


@_within
def _title_deficits(query: Query, line: int, n_parts: int, wish: Any, work: Any) -> None:
    """Least deficits by hundredths of nearness: of a wish that is at most so near, and of work with its months."""
    bound, bins = query.bound[line], query.bins
    at_wish, at_work, at_months = query.at[n_parts], query.at[n_parts + 1], query.at[n_parts + 2]
    top, zero = np.float32(-np.inf), _bin(0.0, -1.0, 0.01, bins[0] - 1)
    for value in range(bins[0]):
        top = max(top, bound[at_wish + value])
        if value >= zero:
            wish[value - zero] = _deficit(top)
    unknown = _highest(bound, at_wish, at_wish + zero + 1)  # she may refuse some work beside wishes that are not known
    n_beliefs = (len(query.edges) + 2) ** 2
    first = at_wish + bins[0] + 1
    wish[NEAR_UNKNOWN] = _deficit(max(unknown, _highest(bound, first, first + n_beliefs)))
    top = np.float32(-np.inf)
    for value in range(bins[1]):
        top = max(top, bound[at_work + value])
        months = bound[at_months] if (value + 1) * 0.01 < query.near_work else np.float32(0)
        work[value] = _deficit(top + months)
    first = at_work + bins[1] + 1
    unknown = _highest(bound, first, first + n_beliefs)
    work[NEAR_UNKNOWN] = _deficit(unknown + bound[at_months + bins[2] + 1])


@_within
def _coverage_deficits(query: Query, line: int, n_parts: int, coverage: Any, gain: Any) -> None:
    """Least deficits by hundredths of coverage, the last of skills that are not known; and what a skill adds at most.

    Skills that stand in for the same need are counted each, so that coverage is never above the sum.
    """
    bound, bins, at, last = query.bound[line], query.bins, query.at[n_parts + 3], len(coverage) - 1
    needs = len(query.need_share) > 0
    for skill in range(len(gain)):
        total = 0.0
        for need in range(query.need_starts[skill], query.need_starts[skill + 1] if needs else 0):
            total += query.need_strength[need] * query.need_share[query.need_index[need]]
        gain[skill] = total
    n_beliefs = (len(query.edges) + 2) ** 2
    coverage[last] = _deficit(_highest(bound, at + bins[3] + 1, at + bins[3] + 1 + n_beliefs))
    for hundredth in range(last):
        value = bins[3]
        if len(query.need_share):
            share = min(hundredth * 0.01, 1.0)
            value = _bin(query.drawn[1] + query.drawn[0] * (share - query.drawn[1]), 0.0, 0.01, bins[3] - 1)
            coverage[hundredth] = _deficit(_highest(bound, at, at + value + 1))
        else:
            coverage[hundredth] = _deficit(bound[at + value])


@_compiled
def flag_deficits(query: Query, line: int, n_parts: int) -> Any:
    """Least deficits of wishes, work and skills together by which of these is known (8,), where no title is near."""
    wish, work = np.zeros(NEAR_UNKNOWN + 1, np.uint8), np.zeros(NEAR_UNKNOWN + 1, np.uint8)
    _title_deficits(query, line, n_parts, wish, work)
    coverage, gain = np.empty(103, np.uint8), np.empty(len(query.need_starts) - 1, np.float32)
    _coverage_deficits(query, line, n_parts, coverage, gain)
    by_flag = np.empty(8, np.uint8)
    for flag in range(8):
        total = 0 if flag & SKILLS_KNOWN else int(coverage[102])
        total += int(wish[NEAR_FROM if flag & WISHES_KNOWN else NEAR_UNKNOWN])
        total += int(work[NEAR_FROM if flag & WORK_KNOWN else NEAR_UNKNOWN])
        by_flag[flag] = min(total, NO_ENTRY - 1)
    return by_flag


@_within
def _by_title(
    nearness: Any,
    deficit: Any,
    title_starts: Any,
    title_rows: Any,
    known: int,
    flags: Any,
    open_: Any,
    mine: Any,
    other: Any,
    scratch: Scratch,
    n_touched: int,
) -> int:
    """Note how near the titles are that people name who are not blocked, and what that takes off their deficits.

    `mine` are the hundredths that are noted, `other` those of the other kind of title; returns how many are touched.
    """
    saved, touched = scratch.saved, scratch.touched
    for title in range(len(nearness)):
        if nearness[title] * 100 < NEAR_FROM:
            continue
        near = min(int(nearness[title] * 100 + 0.501), 100)
        if near <= NEAR_FROM:
            continue
        for at in range(title_starts[title], title_starts[title + 1]):
            row = title_rows[at]
            if not open_[row >> 6] >> np.uint64(row & 63) & np.uint64(1):
                continue
            before = mine[row]
            if near <= before or not flags[row] & known:
                continue
            if before == 0 and other[row] == 0:
                touched[n_touched] = row
                n_touched += 1
            saved[row] += np.uint16(deficit[max(before, NEAR_FROM)]) - np.uint16(deficit[near])
            mine[row] = near
    return n_touched


@_within
def _steps_at_most(edges: Any, out: Any) -> None:
    """The highest step of a nearness by its hundredths, and that of an unknown one."""
    for hundredth in range(len(out)):
        out[hundredth] = _step(hundredth * 0.01 + 0.0051, edges)
    out[NEAR_UNKNOWN] = len(edges) + 1


@_within
def _belief_deficits(bound: Any, by_wish: bool, out: Any) -> None:
    """Least deficits (steps, steps) of what is believed, by the highest steps of the two that tell of it.

    Where the first is the wish: who refuses some work beside wishes that are not known has the lowest step.
    """
    n = len(out)
    for one in range(n):
        for other in range(n):
            top = bound[one * n + other]
            if one < n - 1 and one > 0:  # the last step is unknown, not more
                top = max(top, np.float32(out[one - 1, other]))
            if other < n - 1 and other > 0:
                top = max(top, np.float32(out[one, other - 1]))
            out[one, other] = top
    if by_wish:
        for other in range(n):
            out[n - 1, other] = max(out[n - 1, other], out[0, other])
    for one in range(n):
        for other in range(n):
            out[one, other] = _deficit(out[one, other])


@_within
def _capacity_deficits(query: Query, table: Any, groups: Any) -> int:
    """Deficits by group of capacities and their code; how many groups something is asked of, and which."""
    by_capacity = np.full(3 * CAPACITY_GROUPS, -1, np.int64)
    for one in range(len(query.asked)):
        by_capacity[query.asked[one]] = one
    n_groups = 0
    for group in range(CAPACITY_GROUPS):
        if _highest(by_capacity, 3 * group, 3 * group + 3) < 0:
            continue
        groups[n_groups] = group
        n_groups += 1
        for code in range(GROUP_CODES):
            total, rest = 0, code
            for which in range(3):
                one = by_capacity[3 * group + which]
                if one >= 0:
                    total += query.asked_deficit[one, rest % 6]
                rest //= 6
            table[group, code] = min(total, NO_ENTRY)
    return n_groups


@_within
def _add_up(sweep: Sweep, saved: Any, rows: Any, totals: Any) -> int:
    """Everybody who is not blocked with her deficit by the columns; how many these are."""
    columns, used, journey, open_ = sweep.columns, sweep.used, sweep.journey, sweep.open
    total, n = np.empty(BLOCK, np.int16), 0
    for begin in range(0, len(journey), BLOCK):
        here, off = journey[begin : begin + BLOCK], saved[begin : begin + BLOCK]
        for at in range(BLOCK):
            total[at] = np.int16(here[at]) - np.int16(off[at])
        for which in range(len(used)):
            here = columns[used[which]][begin : begin + BLOCK]
            for at in range(BLOCK):
                total[at] += here[at]
        for word in range(BLOCK // 64):
            left = open_[begin // 64 + word]
            while left:
                at = word * 64 + int(_lowest_bit(left))
                left &= left - np.uint64(1)
                rows[n], totals[n] = begin + at, total[at]
                n += 1
    return n


@_within
def _least_totals(totals: Any, n: int, most: int) -> int:
    """The total up to which at least so many people stand, or all."""
    counted = np.zeros(4096, np.int64)
    for at in range(n):
        counted[min(max(int(totals[at]), 0), 4095)] += 1
    reached = 0
    for total in range(4096):
        reached += counted[total]
        if reached >= most:
            return total
    return 32767


class Look(NamedTuple):
    """Deficits for a closer look at wishes, work, skills and capacities."""

    wish: Any  # (102,) by hundredths of nearness at most, then of unknown wishes
    work: Any
    coverage: Any  # (103,) by hundredths of coverage at most, the last of unknown skills
    gain: Any  # (skills,) what one adds to the coverage at most
    step: Any  # (102,) highest step of a nearness
    covered_step: Any  # (102,) and of a coverage
    wish_believed: Any  # (steps, steps)
    work_believed: Any
    skills_believed: Any
    refusal: float  # of who refuses some work beside wishes that are not known
    months_unknown: int
    capacity: Any  # (groups, codes)
    groups: Any  # of capacities, those of which something is asked
    by_flag: Any  # as `flag_deficits`


@_within
def _look_for(query: Query, line: int, n_parts: int) -> Look:
    """The tables of a closer look for one vacancy."""
    bound, bins, edges, drawn = query.bound[line], query.bins, query.edges, query.drawn
    at_wish, at_work, at_months = query.at[n_parts], query.at[n_parts + 1], query.at[n_parts + 2]
    at_coverage, n_steps = query.at[n_parts + 3], len(edges) + 2
    n_beliefs = n_steps**2
    wish, work = np.zeros(NEAR_UNKNOWN + 1, np.uint8), np.zeros(NEAR_UNKNOWN + 1, np.uint8)
    _title_deficits(query, line, n_parts, wish, work)
    coverage, gain = np.empty(103, np.uint8), np.empty(len(query.need_starts) - 1, np.float32)
    _coverage_deficits(query, line, n_parts, coverage, gain)
    step, covered_step = np.empty(NEAR_UNKNOWN + 1, np.int64), np.empty(102, np.int64)
    _steps_at_most(edges, step)
    for hundredth in range(102):
        covered_step[hundredth] = _step(drawn[1] + drawn[0] * (hundredth * 0.01 - drawn[1]), edges)
    wish_believed, work_believed = np.empty((n_steps, n_steps)), np.empty((n_steps, n_steps))
    skills_believed = np.empty((n_steps, n_steps))
    _belief_deficits(bound[at_wish + bins[0] + 1 : at_wish + bins[0] + 1 + n_beliefs], _bool(False), wish_believed)
    _belief_deficits(bound[at_work + bins[1] + 1 : at_work + bins[1] + 1 + n_beliefs], _bool(True), work_believed)
    _belief_deficits(
        bound[at_coverage + bins[3] + 1 : at_coverage + bins[3] + 1 + n_beliefs], _bool(True), skills_believed
    )
    capacity, groups = np.zeros((CAPACITY_GROUPS, GROUP_CODES), np.uint8), np.empty(CAPACITY_GROUPS, np.int64)
    n_groups = _capacity_deficits(query, capacity, groups)
    return Look(
        wish,
        work,
        coverage,
        gain,
        step,
        covered_step,
        wish_believed,
        work_believed,
        skills_believed,
        float(wish[NEAR_NONE]),
        _deficit(bound[at_months + bins[2] + 1]),
        capacity,
        groups[:n_groups],
        flag_deficits(query, line, n_parts),
    )


@_within
def _closer_look(
    begin: int,
    n: int,
    above: int,
    upto: int,
    enough: int,
    needs: bool,
    people: People,
    scratch: Scratch,
    look: Look,
    chosen: Any,
    deficits: Any,
) -> tuple[int, int]:
    """Of those who are not blocked, with a total above one number and up to another, whose deficit is not more than
    `enough` after a closer look, from `begin` on until CHUNK are chosen. Deficits are without wishes, work and skills.

    Returns where to go on, and how many are chosen.
    """
    lines, items, numbers, width = people.lines, people.items, people.numbers, people.lines.shape[1]
    rows, totals, saved, groups = scratch.rows, scratch.totals, scratch.saved, look.groups
    n_steps, m, most = len(look.wish_believed), 0, min(upto, enough)
    for at in range(begin, n):
        if m == len(chosen):
            return at, m
        if at + 2 * AHEAD < n and totals[at + 2 * AHEAD] <= most:
            _fetch(lines, width * np.int64(rows[at + 2 * AHEAD]))
        if at + AHEAD < n and totals[at + AHEAD] <= most:
            ahead = np.int64(lines[rows[at + AHEAD], 0])
            _fetch(items, ahead)
            _fetch(numbers, ahead)
        deficit = np.int64(totals[at])
        if deficit > most or deficit <= above:
            continue
        row = rows[at]
        for which in range(len(groups)):
            deficit += np.int64(look.capacity[groups[which], _code_of(lines, row, groups[which])])
        if deficit > enough:
            continue
        flag = lines[row, 1]
        by_wish, by_work = np.int64(scratch.wish_near[row]), np.int64(scratch.work_near[row])
        if by_wish == 0:
            by_wish = np.int64(NEAR_FROM if flag & WISHES_KNOWN else NEAR_UNKNOWN)
        if by_work == 0:
            by_work = np.int64(NEAR_FROM if flag & WORK_KNOWN else NEAR_UNKNOWN)
        wish_step, work_step, covered_step = look.step[by_wish], look.step[by_work], n_steps - 1
        deficit -= np.int64(look.by_flag[flag & 7]) - np.int64(saved[row])
        before = deficit
        if not flag & SKILLS_KNOWN:
            deficit += np.int64(look.skills_believed[wish_step, work_step])
        elif needs:
            first, covered = lines[row, 0], 0.0
            for one in range(first, first + (flag >> 8)):
                covered += look.gain[items[one]] * numbers[one]
            at_most = min(int(covered * 100 + 1.001), 101)
            deficit += np.int64(look.coverage[at_most])
            covered_step = look.covered_step[at_most]
        else:
            deficit += np.int64(look.coverage[0])
        if flag & WISHES_KNOWN:
            deficit += np.int64(look.wish[by_wish])
        else:
            deficit += np.int64(min(look.wish_believed[covered_step, work_step], look.refusal))
        if flag & WORK_KNOWN:
            deficit += np.int64(look.work[by_work])
        else:
            deficit += np.int64(look.work_believed[wish_step, covered_step]) + look.months_unknown
        if deficit <= enough:
            chosen[m], deficits[m] = row, before
            m += 1
    return n, m


@_compiled
def walk(
    k: int, share: float, people: People, query: Query, sweep: Sweep, scratch: Scratch, nodes: Nodes
) -> tuple[Any, Any, Any, Any]:
    """The first k among everybody who is not blocked: rows and scores; then all who score at least `share` of the tenth
    (some others too), as `score_rows` has them; and how many are not blocked, are bounded in full, are judged.

    Those who have the least deficit are judged first, and four times as many after them, so that the list is good from
    the start; then all who could still enter it.
    """
    n_parts, line, bound = people.lines.shape[1] - 4, sweep.line, query.bound[sweep.line]
    at_wish, at_work, at_months = query.at[n_parts], query.at[n_parts + 1], query.at[n_parts + 2]
    at_coverage, at_desired = query.at[n_parts + 3], query.at[n_parts + 4]
    room = _room_for(people, query, nodes, scratch.places, scratch.tops)
    found, noted = _found_for(k), np.empty((max(4 * k, 16), 7))
    chosen, deficits, values = scratch.chosen, scratch.deficits, scratch.values
    look, needs, best = _look_for(query, line, n_parts), len(query.need_share) > 0, query.best[line]
    wish_near, work_near, flags = scratch.wish_near, scratch.work_near, people.flags
    touched = _by_title(
        query.nearness,
        look.wish,
        people.wish_starts,
        people.wish_rows,
        _int(WISHES_KNOWN),
        flags,
        sweep.open,
        wish_near,
        work_near,
        scratch,
        _int(0),
    )
    touched = _by_title(
        query.nearness,
        look.work,
        people.work_starts,
        people.work_rows,
        _int(WORK_KNOWN),
        flags,
        sweep.open,
        work_near,
        wish_near,
        scratch,
        touched,
    )
    n = _add_up(sweep, scratch.saved, scratch.rows, scratch.totals)
    first = max(SEED, 4 * k)
    enough = _int(1 << 30)  # whose deficit is more cannot enter
    above, upto = _int(-32768), _least_totals(scratch.totals, n, first)
    for turn in range(3):
        begin = _int(0)
        while begin < n:
            begin, m = _closer_look(begin, n, above, upto, enough, needs, people, scratch, look, chosen, deficits)
            _values_of_work(chosen, m, people, query, room.best, values)
            kept = _int(0)
            for at in range(m):
                value = values[at]
                exactly = bound[at_wish + value[0]] + bound[at_work + value[1]] + bound[at_months + value[2]]
                exactly += bound[at_coverage + value[3]] + bound[at_desired + value[4]]
                if deficits[at] + int(-exactly / UNIT) <= enough:
                    chosen[kept] = chosen[at]
                    for one in range(5):
                        values[kept, one] = value[one]
                    kept += 1
            noted = _judge(chosen, values, kept, share, _bool(False), line, people, query, nodes, room, found, noted)
            if found.counts[0] == k:
                line = found.lines[k - 1]
                enough = int(np.floor((best - found.least[0]) / UNIT))
        above = upto
        upto = _least_totals(scratch.totals, n, 4 * first) if turn == 0 else _int(1 << 30)
    for at in range(touched):
        row = scratch.touched[at]
        wish_near[row], work_near[row], scratch.saved[row] = 0, 0, 0
    last = found.counts[0]
    return (
        found.rows[:last],
        found.scores[:last],
        noted[: found.counts[3]],
        np.array([n, found.counts[1], found.counts[2]]),
    )


@_within
def _open_where_not_blocked(column: Any, open_: Any) -> None:
    """A bit for each person whom the deficits of a column do not block."""
    free = np.empty(64, np.uint8)
    by_eight = free.view(np.uint64)
    for word in range(len(open_)):
        here = column[64 * word : 64 * word + 64]
        for at in range(64):
            free[at] = here[at] != NO_ENTRY
        bits = np.uint64(0)
        for eight in range(8):
            bits |= by_eight[eight] * PACK_EIGHT >> np.uint64(56) << np.uint64(8 * eight)
        open_[word] = bits


@_compiled
def fill_column(codes: Any, deficit: Any, column: Any, open_: Any) -> None:
    """The deficit of each person by her value, and a bit for each whom it does not block."""
    for row in range(len(codes)):
        column[row] = deficit[codes[row]]
    _open_where_not_blocked(column, open_)


@_compiled
def fill_grid_column(
    grids: Any, fixed: int, possible: int, needs: Any, last: int, deficit: Any, column: Any, open_: Any
) -> None:
    """The same for the weekly grid."""
    for row in range(len(grids)):
        column[row] = deficit[_grid_value(grids[row], fixed, possible, needs, last)]
    _open_where_not_blocked(column, open_)


@_compiled
def fill_levels(capacities: Any, other: Any) -> None:
    """For each capacity and level (20, 5, rows / 64) a bit for each person who is not known to be at that level."""
    for row in range(len(capacities)):
        for capacity in range(capacities.shape[1]):
            level = capacities[row, capacity]
            if level >= 0:
                other[capacity, level, row >> 6] &= ~(np.uint64(1) << np.uint64(row & 63))


@_compiled
def fill_journeys(
    minutes: Any,
    least_of_group: Any,
    deficit: Any,
    deficit_from: Any,
    near_minutes: float,
    limit_factor: float,
    people: People,
    column: Any,
    open_: Any,
) -> None:
    """The deficit of each person's journey by its minutes, and a bit for each whose journey is not too long.

    `deficit_from`: the least of so many minutes and more.

    Whose modes are not known is taken to have all; who has no place, to live at the nearest place of her region. The
    deficit hangs on group and modes alone, and so does the least maximum with which the journey is not too long.
    """
    cells, max_minutes = people.cells, people.max_minutes
    by_minute = np.empty(FAR + 1, np.int32)
    for minute in range(FAR + 1):
        least = max(np.ceil((minute - near_minutes) / limit_factor), 0.0)
        by_minute[minute] = int(least) << 8 | int(deficit[minute])
    by_cell, fastest = np.empty(people.n_groups * SETS, np.int32), np.empty(SETS - 1, np.int64)
    for group in range(people.n_groups):
        first, unknown = group * SETS, deficit_from[least_of_group[group]]
        if group >= people.n_places:
            by_cell[first : first + SETS] = unknown
            continue
        fastest[0] = FAR
        for mode in range(5):
            for modes in range(1 << mode):
                fastest[(1 << mode) + modes] = min(fastest[modes], int(minutes[group, mode]))
        for modes in range(SETS - 1):
            by_cell[first + modes] = by_minute[fastest[modes]]
        by_cell[first + SETS - 1] = deficit_from[fastest[SETS - 2]]
    free = np.zeros(64, np.uint8)
    by_eight = free.view(np.uint64)
    for word in range(len(open_)):
        begin = 64 * word
        n = min(64, len(cells) - begin)
        for at in range(n):
            found = by_cell[cells[begin + at]]
            column[begin + at] = found & 255
            free[at] = np.uint16(max_minutes[begin + at]) >= found >> 8
        bits = np.uint64(0)
        for eight in range(8):
            bits |= by_eight[eight] * PACK_EIGHT >> np.uint64(56) << np.uint64(8 * eight)
        open_[word] = bits
