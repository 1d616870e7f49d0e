"""What a vacancy could ask less, demand by demand, in the field's own steps; pure functions, for `matching.levers`.

What the law asks (education by law, the target group that a contract counts) is no lever, nor is the place of work.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial

import numpy as np

from scoring.capacity import demands_of
from scoring.columns import NO_DAY, UNKNOWN, Adaptation, Vacancy
from scoring.parts import WHOLE_WEEK
from scoring.terms import (
    CAPACITIES,
    DAYPARTS,
    WEEKDAYS,
    AccessNeed,
    Capacity,
    Certificate,
    ContractKind,
    Daypart,
    LanguageLevel,
    Licence,
    Screening,
    SupportNeed,
    TaskFreedom,
    daypart_bit,
)

HOURS_STEP = 4.0  # hours a week, once and twice
MOST_HOURS = 40.0
LEAST_DAY = 2.0  # hours
START_WEEKS = (4, 8)
CONTRACT_MONTHS = (6, 12, 24)  # half a year is what a trial placement asks (domain.md)
OTHER_KINDS = (ContractKind.JOB, ContractKind.SECONDMENT, ContractKind.BBL, ContractKind.WORK_EXPERIENCE)

Values = Mapping[str, str | float | int]
Change = Callable[[Vacancy], Vacancy]
OffersLower = Mapping[SupportNeed, Sequence[tuple[Capacity, int]]]
_FIXED, _MOVABLE = (tuple(TaskFreedom).index(one) for one in (TaskFreedom.FIXED, TaskFreedom.MOVABLE))
_COLLEAGUE = tuple(SupportNeed).index(SupportNeed.FIXED_COLLEAGUE)


@dataclass(frozen=True)
class Relaxation:
    """One thing that the employer could ask less: a code with values for words, and the vacancy that it makes.

    `slot` names what is changed: of one slot one relaxation at a time makes sense.
    """

    code: str
    values: Values
    slot: tuple[str, int | str]
    change: Change


def relaxations(vacancy: Vacancy, offers_lower: OffersLower, today: int) -> list[Relaxation]:
    """All that this vacancy could ask less; nothing for what it does not state. `today`: days since 1970."""
    return [
        *_hours(vacancy),
        *_times(vacancy),
        *_capacities(vacancy),
        *_tasks(vacancy),
        *_papers(vacancy),
        *_languages(vacancy),
        *_education(vacancy),
        *_start(vacancy, today),
        *_contract(vacancy),
        *_access(vacancy),
        *_offers(vacancy, offers_lower),
    ]


def _setting(**fields: float) -> Change:
    """Set fields, whatever they were."""
    return lambda vacancy: replace(vacancy, **fields)  # type: ignore[arg-type]


def _hours(vacancy: Vacancy) -> Iterator[Relaxation]:
    for steps in (1, 2):
        by = HOURS_STEP * steps
        if vacancy.hours_min - by >= HOURS_STEP:
            least = vacancy.hours_min - by
            yield Relaxation("hours.fewer", {"by": by, "hours": least}, ("hours_min", 0), _setting(hours_min=least))
        if vacancy.hours_max + by <= MOST_HOURS:
            most = vacancy.hours_max + by
            yield Relaxation("hours.more", {"by": by, "hours": most}, ("hours_max", 0), _setting(hours_max=most))
    if vacancy.hours_per_day - 1 >= LEAST_DAY:
        day = vacancy.hours_per_day - 1
        yield Relaxation("hours.shorter_day", {"hours": day}, ("day", 0), _setting(hours_per_day=day))


def _without_dayparts(mask: int, vacancy: Vacancy) -> Vacancy:
    return replace(vacancy, grid_fixed=vacancy.grid_fixed & ~mask)


def _times(vacancy: Vacancy) -> Iterator[Relaxation]:
    """A day off, no evenings or nights, one daypart fewer, or the same number of dayparts on days of her choice."""
    fixed = vacancy.grid_fixed if vacancy.times_stated else 0
    groups: list[tuple[str, Values, int]] = [
        ("times.without_day", {"day": day.value}, sum(daypart_bit(day, part) for part in DAYPARTS)) for day in WEEKDAYS
    ]
    groups += [
        ("times.without_part", {"part": part.value}, sum(daypart_bit(day, part) for day in WEEKDAYS))
        for part in (Daypart.EVENING, Daypart.NIGHT)
    ]
    for code, values, mask in groups:
        if fixed & mask and fixed & ~mask:
            yield Relaxation(
                code,
                values,
                ("times", next(iter(map(str, values.values())))),
                partial(_without_dayparts, mask),
            )
    if fixed:
        yield Relaxation("times.movable", {"n": fixed.bit_count()}, ("times", "movable"), _movable)
    if vacancy.times_stated and vacancy.dayparts_needed > 1:
        yield Relaxation(
            "times.one_fewer",
            {"n": vacancy.dayparts_needed - 1},
            ("times", "needed"),
            _setting(dayparts_needed=vacancy.dayparts_needed - 1),
        )


_WORKDAYS = sum(daypart_bit(day, part) for day in WEEKDAYS[:5] for part in DAYPARTS[:2])


def _movable(vacancy: Vacancy) -> Vacancy:
    """The fixed dayparts on other days: as many as before, out of these and of workdays by day."""
    more = max(vacancy.dayparts_needed, 0)
    possible = vacancy.grid_possible if more else vacancy.grid_fixed
    anywhere = more > 0 and not vacancy.grid_possible
    return replace(
        vacancy,
        grid_fixed=0,
        grid_possible=WHOLE_WEEK if anywhere else possible | vacancy.grid_fixed | _WORKDAYS,
        dayparts_needed=more + vacancy.grid_fixed.bit_count(),
    )


def _capacities(vacancy: Vacancy) -> Iterator[Relaxation]:
    """The hardest demand of fixed tasks on a dimension one level down, and adaptations that are possible offered."""
    demands = demands_of(vacancy)
    fixed = demands.freedom == _FIXED
    for number, capacity in enumerate(CAPACITIES):
        level = int(np.where(fixed, demands.offered[:, number], 0).max(initial=0))
        if level > 0:
            tasks = np.flatnonzero(demands.offered[:, number] >= level)
            values: dict[str, str | int] = {"dimension": capacity.value, "level": level - 1}
            if len(tasks) == 1:
                values |= {"task": int(tasks[0]) + 1, "text": vacancy.tasks[tasks[0]].text}
            yield Relaxation(
                "capacity.less",
                values,
                ("capacity", number),
                partial(_one_level_less, number, level),
            )
    for number, one in enumerate(vacancy.adaptations):
        if not one.offered:
            values = {"dimension": CAPACITIES[one.capacity].value, "levels": one.levels}
            if one.task >= 0:
                values |= {"task": one.task + 1, "text": vacancy.tasks[one.task].text}
            yield Relaxation("capacity.adapt", values, ("adaptation", number), partial(_with_offered, number))


def _one_level_less(capacity: int, hardest: int, vacancy: Vacancy) -> Vacancy:
    """The tasks that ask `hardest` or more, after what is offered, ask one level less."""
    offered = demands_of(vacancy).offered[:, capacity]
    tasks = []
    for task, level in zip(vacancy.tasks, offered.tolist(), strict=True):
        demands = task.demands.copy()
        demands[capacity] -= level >= hardest
        tasks.append(replace(task, demands=demands))
    return replace(vacancy, tasks=tuple(tasks))


def _with_offered(number: int, vacancy: Vacancy) -> Vacancy:
    adaptations = list(vacancy.adaptations)
    adaptations[number] = replace(adaptations[number], offered=True)
    return replace(vacancy, adaptations=tuple(adaptations))


def _tasks(vacancy: Vacancy) -> Iterator[Relaxation]:
    """A fixed task that asks something may be done by a colleague; one task at least has to stay."""
    if len(vacancy.tasks) < 2:
        return
    for number, task in enumerate(vacancy.tasks):
        if task.freedom == _FIXED and (task.demands > 0).any():
            yield Relaxation(
                "task.elsewhere",
                {"task": number + 1, "text": task.text},
                ("task", number),
                partial(_with_task_elsewhere, number),
            )


def _with_task_elsewhere(number: int, vacancy: Vacancy) -> Vacancy:
    moved = replace(vacancy.tasks[number], freedom=_MOVABLE)
    return replace(vacancy, tasks=(*vacancy.tasks[:number], moved, *vacancy.tasks[number + 1 :]))


def _bits(mask: int, order: type[StrEnum]) -> Iterator[tuple[int, str]]:
    for number, member in enumerate(order):
        if mask >> number & 1:
            yield 1 << number, member.value


def _licence_later(bit: int, vacancy: Vacancy) -> Vacancy:
    return replace(vacancy, licences=vacancy.licences & ~bit, licences_desired=vacancy.licences_desired | bit)


def _certificate_later(bit: int, vacancy: Vacancy) -> Vacancy:
    desired = vacancy.certificates_desired | bit
    return replace(vacancy, certificates=vacancy.certificates & ~bit, certificates_desired=desired)


def _screening_later(bit: int, vacancy: Vacancy) -> Vacancy:
    return replace(vacancy, screenings=vacancy.screenings & ~bit)


def _papers(vacancy: Vacancy) -> Iterator[Relaxation]:
    """A licence or certificate may be obtained on the job: then it is a plus. A screening may come later."""
    for bit, name in _bits(vacancy.licences, Licence):
        yield Relaxation(
            "licence.later",
            {"licence": name},
            ("licence", name),
            partial(_licence_later, bit),
        )
    for bit, name in _bits(vacancy.certificates, Certificate):
        yield Relaxation(
            "certificate.later",
            {"certificate": name},
            ("certificate", name),
            partial(_certificate_later, bit),
        )
    for bit, name in _bits(vacancy.screenings, Screening):
        yield Relaxation(
            "screening.later",
            {"screening": name},
            ("screening", name),
            partial(_screening_later, bit),
        )


def _languages(vacancy: Vacancy) -> Iterator[Relaxation]:
    for code, level in vacancy.languages:
        if level > LanguageLevel.NONE:
            less = level - 1
            yield Relaxation(
                "language.less" if less else "language.none",
                {"language": code, "level": LanguageLevel(less).name},
                ("language", code),
                partial(_with_language, code, less),
            )


def _with_language(code: str, level: int, vacancy: Vacancy) -> Vacancy:
    """One language at another level; at none it is not asked."""
    asked = ((one, level if one == code else its) for one, its in vacancy.languages)
    return replace(vacancy, languages=tuple((one, its) for one, its in asked if one != code or its > 0))


def _education(vacancy: Vacancy) -> Iterator[Relaxation]:
    if vacancy.education_by_law == UNKNOWN and vacancy.education_wished > 0:
        yield Relaxation("education.not_wished", {}, ("education", 0), _setting(education_wished=UNKNOWN))


def _start(vacancy: Vacancy, today: int) -> Iterator[Relaxation]:
    if vacancy.start_on != NO_DAY:
        for weeks in START_WEEKS:
            yield Relaxation(
                "start.later",
                {"weeks": weeks},
                ("start", 0),
                _setting(start_on=max(vacancy.start_on, today) + 7 * weeks),
            )


def _contract(vacancy: Vacancy) -> Iterator[Relaxation]:
    kinds = tuple(ContractKind)
    if vacancy.kind != UNKNOWN:
        for kind in OTHER_KINDS:
            if kinds[vacancy.kind] != kind:
                yield Relaxation(
                    "contract.also",
                    {"kind": kind.value},
                    ("kind", 0),
                    _setting(kind=kinds.index(kind)),
                )
    if vacancy.contract_months != UNKNOWN:
        longer = next((months for months in CONTRACT_MONTHS if months > vacancy.contract_months), None)
        if longer is not None:
            yield Relaxation(
                "contract.longer",
                {"months": longer},
                ("months", 0),
                _setting(contract_months=longer),
            )


def _with_access(number: int, vacancy: Vacancy) -> Vacancy:
    there = list(vacancy.access)
    there[number] = 1
    return replace(vacancy, access=(there[0], there[1], there[2]))


def _access(vacancy: Vacancy) -> Iterator[Relaxation]:
    for number, need in enumerate(AccessNeed):
        if vacancy.access[number] == 0:
            yield Relaxation(
                "access.made",
                {"access": need.value},
                ("access", number),
                partial(_with_access, number),
            )


def _offers(vacancy: Vacancy, offers_lower: OffersLower) -> Iterator[Relaxation]:
    """Support that is not offered yet; what it lowers is lowered where no adaptation is offered (as in readying)."""
    for number, need in enumerate(SupportNeed):
        if not vacancy.offers >> number & 1 and not (number == _COLLEAGUE and vacancy.buddy):
            lowers = tuple((CAPACITIES.index(capacity), levels) for capacity, levels in offers_lower.get(need, ()))
            yield Relaxation(
                "support.offered",
                {"need": need.value},
                ("support", number),
                partial(_with_offer, number, lowers),
            )


def _with_offer(number: int, lowers: Sequence[tuple[int, int]], vacancy: Vacancy) -> Vacancy:
    told = {one.capacity for one in vacancy.adaptations if one.offered}
    added = tuple(Adaptation(capacity, levels, True, UNKNOWN) for capacity, levels in lowers if capacity not in told)
    return replace(vacancy, offers=vacancy.offers | 1 << number, adaptations=vacancy.adaptations + added)
