"""Could it be? Seventeen constraints, each with one of four answers and a margin in its own unit.

Only *blocked* excludes. A field that is missing on either side answers *unknown*. A margin is signed: what is to
spare is positive, what is short is negative. The rules (near margins and the like) come from a rule set.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from scoring.capacity import (
    ARRANGE,
    CARVE,
    TASK_BLOCKED,
    TASK_UNKNOWN,
    Demands,
    cell_answers,
    demands_of,
    task_answers,
)
from scoring.columns import NO_DAY, UNKNOWN, Bools, Candidates, Floats, Ints, Lists, Vacancy
from scoring.terms import CONSTRAINTS, Constraint, Screening, ScreeningAnswer, SupportNeed
from scoring.travel import fastest, known_journey

OK, NEAR, UNSURE, BLOCKED = range(4)  # in the order of Answer

UNITS: dict[Constraint, str] = {
    Constraint.AVAILABILITY: "days",
    Constraint.GROUP: "groups",
    Constraint.TRAVEL: "minutes",
    Constraint.HOURS: "hours_per_week",
    Constraint.DAYPARTS: "dayparts",
    Constraint.CAPACITY: "levels",
    Constraint.SUPPORT: "needs",
    Constraint.EDUCATION: "levels",
    Constraint.LANGUAGE: "levels",
    Constraint.LICENCE: "licences",
    Constraint.CERTIFICATE: "certificates",
    Constraint.SCREENING: "screenings",
    Constraint.ACCESS: "facilities",
    Constraint.START: "days",
    Constraint.CONTRACT: "months",
    Constraint.TRIED: "placements",
    Constraint.ATTENTION: "introductions",
}


@dataclass(frozen=True)
class Margins:
    """How far short is still near: the rule set of `cases.md`, as plain numbers."""

    travel_minutes: int
    few_trips_per_week: float  # at most so many trips a week ...
    few_trips_factor: float  # ... and she may travel so many times her maximum
    hours_per_week: float
    hours_per_day: float
    start_days: int
    language_levels: int
    dayparts: int
    papers: int  # licences or certificates that may be missing if they can be had in time
    quick_licences: int  # mask of the licences that can be had in time
    quick_certificates: int
    reasons_that_hold: frozenset[int]  # positions in EndReason after which the same team stays closed


@dataclass(frozen=True)
class Answers:
    """Seventeen answers for n people: codes in the order of Answer, margins in UNITS, and what lies behind them."""

    codes: npt.NDArray[np.uint8]  # (n, 17)
    margins: npt.NDArray[np.float32]  # (n, 17), NaN where there is nothing to measure
    agreed: Bools  # (n,) her agreement to be matched: never overruled, never unknown
    tasks: npt.NDArray[np.int8]  # (n, T) in the order of TaskAnswer
    minutes: npt.NDArray[np.int16]  # (n,) of the journey, -1 unknown
    start_late: npt.NDArray[np.float32]  # (n,) days that she comes too late, NaN unknown
    to_arrange: npt.NDArray[np.int32]  # (n,) mask of SupportNeed that somebody still has to supply

    def mask(self, answer: int) -> npt.NDArray[np.int32]:
        """The bitmask per person of the constraints with this answer (bit = position in Constraint)."""
        return ((self.codes == answer) @ (1 << np.arange(len(CONSTRAINTS)))).astype(np.int32)

    def eligible(self, overruled: Ints | None = None) -> Bools:
        """Who is not blocked, given a mask per person of constraints that an adviser overruled."""
        blocked = self.mask(BLOCKED)
        if overruled is not None:
            blocked = blocked & ~overruled
        return (blocked == 0) & self.agreed

    def take(self, rows: Ints) -> "Answers":
        """The answers of some of the people."""
        return Answers(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def misses_by_one(self) -> npt.NDArray[np.int8]:
        """Per person the position of the only constraint that blocks her; -1 where none or several do."""
        blocked = self.codes == BLOCKED
        return np.where(blocked.sum(axis=1) == 1, blocked.argmax(axis=1), -1).astype(np.int8)


_Part = tuple[Ints, Floats]


def _answer(n: int, code: int = OK) -> Ints:
    return np.full(n, code, np.uint8)


def _nothing(n: int) -> Floats:
    return np.full(n, np.nan, np.float32)


def _by_margin(margin: Floats, near: float, known: Bools) -> _Part:
    """The common form: ok from 0 up, near down to -near, blocked beyond; unknown where not known."""
    codes = np.where(known, np.where(margin >= 0, OK, np.where(margin >= -near, NEAR, BLOCKED)), UNSURE)
    return codes.astype(np.uint8), np.where(known, margin, np.nan).astype(np.float32)


def bits(mask: Ints) -> Ints:
    """How many bits are set in each mask of at most 32 bits, (n,)."""
    return np.bitwise_count(mask.astype(np.uint32)).astype(np.int16)


def availability(people: Candidates) -> _Part:
    """Agreed to be matched, and not paused without an end. A pause with an end is a matter of the start date."""
    blocked = ~people.agreed | (people.paused & (people.resumes_on == NO_DAY))
    return np.where(blocked, BLOCKED, OK).astype(np.uint8), _nothing(len(people))


def group(people: Candidates, vacancy: Vacancy) -> _Part:
    """The legal target groups that the vacancy's contract counts; no contract, no demand."""
    n = len(people)
    if not vacancy.counts_for:
        return _answer(n), _nothing(n)
    shared = bits(np.maximum(people.groups, 0) & vacancy.counts_for)
    codes = np.select([people.groups == UNKNOWN, shared > 0], [UNSURE, OK], BLOCKED)
    return codes.astype(np.uint8), np.where(people.groups == UNKNOWN, np.nan, shared - 1).astype(np.float32)


def journey(people: Candidates, vacancy: Vacancy, place_minutes: Ints) -> npt.NDArray[np.int16]:
    """Minutes of each person's fastest own mode, -1 where they cannot be known, (n,). `place_minutes` (p, 5)."""
    minutes = np.full(len(people), UNKNOWN, np.int16)
    known = known_journey(people.place, people.modes, vacancy.place)
    if known.any():
        minutes[known] = fastest(place_minutes[people.place[known]], people.modes[known])
    return minutes


def travel(people: Candidates, vacancy: Vacancy, minutes: Ints, margins: Margins) -> _Part:
    """Minutes of her fastest own mode against her maximum; few trips a week stretch it, remote work needs none."""
    n = len(people)
    if vacancy.trips_per_week == 0:
        return _answer(n), _nothing(n)
    few = vacancy.trips_per_week <= margins.few_trips_per_week
    limit = people.max_minutes * (margins.few_trips_factor if few else 1.0)
    known = (minutes >= 0) & (people.max_minutes >= 0)
    return _by_margin(limit - minutes, margins.travel_minutes, known)


def overlap_hours(people: Candidates, vacancy: Vacancy) -> tuple[Floats, Bools]:
    """Hours a week that the two ranges overlap (0 when they just touch, negative: the gap), and whether known.

    A bound that is missing leaves the answer open only where it could decide.
    """
    low, high = people.hours_min.astype(np.float64), people.hours_max.astype(np.float64)
    asks_low, asks_high = vacancy.hours_min, vacancy.hours_max
    short = asks_low - high  # she cannot work so many
    long = low - asks_high  # she wants more than there is
    gap = np.fmax(short, long)
    within = np.fmin(high, asks_high) - np.fmax(low, asks_low)
    enough = (high >= asks_low) & ((low <= asks_high) | (high <= asks_high))
    if np.isnan(asks_low):  # "up to so many hours"
        enough = (low <= asks_high) & ~np.isnan(low)
    elif np.isnan(asks_high):  # "at least so many hours"
        enough = (high >= asks_low) & ~np.isnan(high)
    apart = gap > 0
    margin = np.where(apart, -gap, np.maximum(np.nan_to_num(within), 0))
    return margin, apart | enough


def hours(people: Candidates, vacancy: Vacancy, margins: Margins) -> _Part:
    """The two ranges of hours overlap, now or after build-up; and a day is not longer than she can work."""
    margin, known = overlap_hours(people, vacancy)
    codes, shown = _by_margin(margin, margins.hours_per_week, known)
    short_now = vacancy.hours_min > people.hours_max
    grows = short_now & (people.build_up_to >= vacancy.hours_min)
    codes = np.where((codes == BLOCKED) & grows, NEAR, codes)
    day = people.hours_per_day_max - vacancy.hours_per_day
    if not np.isnan(vacancy.hours_per_day):
        codes = np.maximum(codes, np.where(day < -margins.hours_per_day, BLOCKED, OK))
        codes = np.where((day < 0) & ((codes == OK) | (codes == UNSURE)), NEAR, codes)
    return codes.astype(np.uint8), shown


def dayparts_short(grid: Ints, vacancy: Vacancy) -> tuple[Ints, int]:
    """How many of the dayparts that the job needs are not free in these weeks, (n,), and how many it needs."""
    free = np.maximum(grid, 0)
    fixed = int(vacancy.grid_fixed)
    needed = int(fixed).bit_count()
    short = needed - bits(free & fixed)
    if vacancy.dayparts_needed > 0:
        possible = (vacancy.grid_possible or (1 << 28) - 1) & ~fixed
        needed += vacancy.dayparts_needed
        short = short + np.maximum(vacancy.dayparts_needed - bits(free & possible), 0)
    return short, needed


def dayparts(people: Candidates, vacancy: Vacancy, margins: Margins) -> _Part:
    """Her weekly grid covers what the job needs; one missing is near while others are covered."""
    n = len(people)
    if not vacancy.times_stated:
        return _answer(n, UNSURE), _nothing(n)
    short, needed = dayparts_short(people.grid, vacancy)
    near = margins.dayparts if needed > margins.dayparts else 0
    return _by_margin(-short.astype(np.float64), near, people.grid != UNKNOWN)


def capacity(people: Candidates, demands: Demands) -> tuple[Ints, Floats, Ints]:
    """The answers of the tasks become one: blocked before near before unknown; the margin is the worst in levels."""
    n = len(people)
    asked = demands.asked
    if not asked.any():
        return _answer(n), _nothing(n), np.zeros((n, len(demands.freedom)), np.int8)
    tasks = np.zeros((n, len(demands.freedom)), np.int8)
    worst = np.full(n, np.inf)
    codes = _answer(n)
    for start in range(0, n, 20_000):  # keeps the cells of a national pool within memory
        rows = slice(start, start + 20_000)
        levels = people.capacities[rows]
        cells = cell_answers(levels, demands)
        tasks[rows] = task_answers(cells)
        flat = cells.reshape(len(cells), -1)
        mends, unsure = ((flat == ARRANGE) | (flat == CARVE)).any(axis=1), (flat == TASK_UNKNOWN).any(axis=1)
        blocked = (flat == TASK_BLOCKED).any(axis=1)
        codes[rows] = np.where(blocked, BLOCKED, np.where(mends, NEAR, np.where(unsure, UNSURE, OK)))
        margin = np.where(
            (demands.stated > 0) & (levels[:, None, :] >= 0), levels[:, None, :] - demands.offered, np.inf
        )
        worst[rows] = margin.reshape(len(cells), -1).min(axis=1)
    return codes, np.where(np.isinf(worst), np.nan, worst).astype(np.float32), tasks


OWN_AID = 3  # position of "the candidate herself" in Supplier


def support_to_arrange(people: Candidates, vacancy: Vacancy) -> Ints:
    """Mask per person of the needs that neither the employer offers nor she brings herself."""
    needs = np.maximum(people.support_needs, 0)
    own = (people.suppliers == OWN_AID) @ (1 << np.arange(len(SupportNeed)))
    offers = vacancy.offers | (1 << 1 if vacancy.buddy else 0)
    return (needs & ~offers & ~own).astype(np.int32)


def support(people: Candidates, vacancy: Vacancy) -> tuple[Ints, Floats, Ints]:
    """A need that nobody supplies yet is to be arranged, never a no: an employer has to consider it by law."""
    missing = support_to_arrange(people, vacancy)
    count = bits(missing)
    codes = np.select([people.support_needs == UNKNOWN, count > 0], [UNSURE, NEAR], OK).astype(np.uint8)
    return codes, np.where(people.support_needs == UNKNOWN, np.nan, -count).astype(np.float32), missing


def education(people: Candidates, vacancy: Vacancy) -> _Part:
    """What the law asks blocks; what the employer wishes only weighs."""
    n = len(people)
    known = people.education != UNKNOWN
    if vacancy.education_by_law != UNKNOWN:
        return _by_margin((people.education - vacancy.education_by_law).astype(np.float64), 0, known)
    if vacancy.education_wished == UNKNOWN:
        return _answer(n), _nothing(n)
    return _by_margin((people.education - vacancy.education_wished).astype(np.float64), np.inf, known)


def language_margin(people: Candidates, vacancy: Vacancy) -> tuple[Floats, Bools]:
    """Levels above the hardest demand (n,), NaN where no level is known, and whether some level is unknown."""
    worst = np.full(len(people), np.inf)
    unknown = np.zeros(len(people), bool)
    for code, level in vacancy.languages:
        if code in people.language_codes:
            held = people.languages[:, people.language_codes.index(code)]
        else:
            held = np.full(len(people), UNKNOWN, np.int8)
        unknown |= held == UNKNOWN
        worst = np.where(held == UNKNOWN, worst, np.minimum(worst, held.astype(np.float64) - level))
    return np.where(np.isinf(worst), np.nan, worst), unknown


def language(people: Candidates, vacancy: Vacancy, margins: Margins) -> _Part:
    """One level short is near. A language that is not filled in is unknown, unless another one already decides."""
    n = len(people)
    if not vacancy.languages:
        return _answer(n), _nothing(n)
    worst, unknown = language_margin(people, vacancy)
    codes, shown = _by_margin(worst, margins.language_levels, ~np.isnan(worst))
    return np.where((codes == OK) & unknown, UNSURE, codes).astype(np.uint8), shown


def papers(held: Ints, asked: int, quick: int, allowed: int) -> _Part:
    """Licences or certificates: one missing is near if it can be had in time, else blocked. Masks (n,)."""
    n = len(held)
    if not asked:
        return _answer(n), _nothing(n)
    missing = asked & ~np.maximum(held, 0).astype(np.int64)
    count = bits(missing)
    mendable = (count <= allowed) & ((missing & ~quick) == 0)
    codes = np.select([held == UNKNOWN, count == 0, mendable], [UNSURE, OK, NEAR], BLOCKED)
    return codes.astype(np.uint8), np.where(held == UNKNOWN, np.nan, -count).astype(np.float32)


def screening(people: Candidates, vacancy: Vacancy) -> _Part:
    """A certificate of conduct or a ministry's screening: held, to be had, or not to be had."""
    n = len(people)
    codes = _answer(n)
    if not vacancy.screenings:
        return codes, _nothing(n)
    by_answer = {
        ScreeningAnswer.OBTAINED: OK,
        ScreeningAnswer.OBTAINABLE: NEAR,
        ScreeningAnswer.NOT_OBTAINABLE: BLOCKED,
    }
    table = np.array([by_answer[a] for a in reversed(ScreeningAnswer)] + [UNSURE], np.uint8)  # -1 is the last
    short = np.zeros(n, np.float32)
    severity = np.array([0, 2, 1, 3], np.uint8)
    for number, _ in enumerate(Screening):
        if vacancy.screenings >> number & 1:
            answer = table[people.screenings[:, number]]
            codes = np.where(severity[answer] > severity[codes], answer, codes)
            short -= answer != OK
    return codes.astype(np.uint8), np.where(codes == UNSURE, np.nan, short).astype(np.float32)


def access(people: Candidates, vacancy: Vacancy) -> _Part:
    """What she needs to get in and stay in, against what the building has; not filled in is unknown."""
    n = len(people)
    if vacancy.trips_per_week == 0:
        return _answer(n), _nothing(n)
    lacking = sum(1 << number for number, there in enumerate(vacancy.access) if there == 0)
    unstated = sum(1 << number for number, there in enumerate(vacancy.access) if there < 0)
    needs = np.maximum(people.access_needs, 0)
    unsure = np.where(people.access_needs == UNKNOWN, lacking | unstated, needs & unstated)
    count = bits(needs & lacking)
    codes = np.select([count > 0, unsure != 0], [BLOCKED, UNSURE], OK).astype(np.uint8)
    return codes, np.where(codes == UNSURE, np.nan, -count).astype(np.float32)


def days_late(people: Candidates, vacancy: Vacancy, today: int) -> Floats:
    """Days after the start that she can begin (0 or less: in time), NaN where unknown."""
    ready = np.where(people.available_from == NO_DAY, np.nan, people.available_from.astype(np.float64))
    resumes = np.where(people.paused & (people.resumes_on != NO_DAY), people.resumes_on.astype(np.float64), np.nan)
    ready = np.fmax(ready, resumes)  # a pause that ends tells when she can begin, also where nothing else does
    if vacancy.start_on != NO_DAY:
        return ready - max(vacancy.start_on, today)
    return np.where(ready <= today, 0.0, np.nan)


def start(late: Floats, margins: Margins) -> _Part:
    """Ready when the work starts; up to some weeks late is near."""
    return _by_margin(-late, margins.start_days, ~np.isnan(late))


def contract(people: Candidates, vacancy: Vacancy) -> _Part:
    """The form of contract is one that she accepts; a shorter term than she wants is near."""
    n = len(people)
    if vacancy.kind == UNKNOWN:
        codes = _answer(n, UNSURE)
    else:
        accepts = np.maximum(people.contract_kinds, 0) >> vacancy.kind & 1
        codes = np.select([people.contract_kinds == UNKNOWN, accepts == 1], [UNSURE, OK], BLOCKED).astype(np.uint8)
    if vacancy.contract_months == UNKNOWN:
        return codes, _nothing(n)
    spare = (vacancy.contract_months - people.contract_months_min).astype(np.float32)
    wants = people.contract_months_min != UNKNOWN
    codes = np.where(wants & (spare < 0) & (codes != BLOCKED), NEAR, codes).astype(np.uint8)
    return codes, np.where(wants, spare, np.nan).astype(np.float32)


def tried(placements: Lists, teams: Ints, vacancy: Vacancy, margins: Margins) -> _Part:
    """Worked in that team before, and it ended for a reason that still holds. Another team there is near.

    `placements`: employers and reasons of n people; `teams`: beside each placement.
    """
    n = len(placements)
    if not vacancy.employers or not len(placements.items):
        return _answer(n), _nothing(n)
    there = np.isin(placements.items, vacancy.employers)
    if not there.any():
        return _answer(n), _nothing(n)
    there &= np.isin(placements.numbers.astype(np.int32), list(margins.reasons_that_hold))
    unsure = there & ((teams < 0) | (vacancy.team < 0))
    same = there & ~unsure & (teams == vacancy.team)
    rank = np.select([same, unsure, there], [3, 1, 2], 0).astype(np.float32)
    worst = placements.max_of(rank, 0)
    codes = np.array([OK, UNSURE, NEAR, BLOCKED], np.uint8)[worst.astype(np.int8)]
    return codes, np.where(worst >= 2, -1, np.nan).astype(np.float32)


def attention(people: Candidates) -> _Part:
    """No more open introductions than she wants: at her maximum she is busy."""
    spare = people.max_open_introductions.astype(np.float64) - people.open_introductions - 1
    return _by_margin(spare, 0, np.ones(len(people), bool))


def check(people: Candidates, vacancy: Vacancy, place_minutes: Ints, margins: Margins, today: int) -> Answers:
    """All constraints for n people and one vacancy.

    `place_minutes` (p, 5): minutes per mode from every place to the vacancy's; `today`: days since 1970.
    """
    minutes = journey(people, vacancy, place_minutes)
    late = days_late(people, vacancy, today)
    capacity_codes, capacity_margin, tasks = capacity(people, demands_of(vacancy))
    support_codes, support_margin, to_arrange = support(people, vacancy)
    parts: dict[Constraint, Callable[[], _Part]] = {
        Constraint.AVAILABILITY: lambda: availability(people),
        Constraint.GROUP: lambda: group(people, vacancy),
        Constraint.TRAVEL: lambda: travel(people, vacancy, minutes, margins),
        Constraint.HOURS: lambda: hours(people, vacancy, margins),
        Constraint.DAYPARTS: lambda: dayparts(people, vacancy, margins),
        Constraint.CAPACITY: lambda: (capacity_codes, capacity_margin),
        Constraint.SUPPORT: lambda: (support_codes, support_margin),
        Constraint.EDUCATION: lambda: education(people, vacancy),
        Constraint.LANGUAGE: lambda: language(people, vacancy, margins),
        Constraint.LICENCE: lambda: papers(people.licences, vacancy.licences, margins.quick_licences, margins.papers),
        Constraint.CERTIFICATE: lambda: papers(
            people.certificates, vacancy.certificates, margins.quick_certificates, margins.papers
        ),
        Constraint.SCREENING: lambda: screening(people, vacancy),
        Constraint.ACCESS: lambda: access(people, vacancy),
        Constraint.START: lambda: start(late, margins),
        Constraint.CONTRACT: lambda: contract(people, vacancy),
        Constraint.TRIED: lambda: tried(people.tried, people.tried_teams, vacancy, margins),
        Constraint.ATTENTION: lambda: attention(people),
    }
    codes = np.zeros((len(people), len(CONSTRAINTS)), np.uint8)
    shown = np.zeros((len(people), len(CONSTRAINTS)), np.float32)
    for number, constraint in enumerate(CONSTRAINTS):
        codes[:, number], shown[:, number] = parts[constraint]()
    return Answers(codes, shown, people.agreed, tasks, minutes, late.astype(np.float32), to_arrange)
