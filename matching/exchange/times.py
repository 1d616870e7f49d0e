"""Reading hours a week and dayparts as people write them: "20-24 uur p/w", "3 dagdelen", "ma/di/do ochtend".

Called by `fields`. Conventions of the field, stated here once: a daypart is 4 hours, a working day 8, full time 36 to
40 hours a week; a day without a daypart is its morning and afternoon; dayparts without days are Monday to Friday.
"""

import re
from dataclasses import dataclass, replace
from datetime import date

from matching.exchange.cells import Cell, Reading, is_blank, said
from matching.exchange.words import DAYPARTS, WEEKDAYS, plain, spoken
from scoring.terms import DAYPARTS as ALL_PARTS
from scoring.terms import WEEKDAYS as ALL_DAYS
from scoring.terms import Daypart, Weekday

HOURS_A_DAYPART = 4.0
HOURS_A_DAY = 8.0
FULL_TIME = (36.0, 40.0)
MAX_WEEK = 60.0
Grid = dict[Weekday, list[Daypart]]

_DAYTIME = (Daypart.MORNING, Daypart.AFTERNOON)
_WORKDAYS = ALL_DAYS[:5]
_DAY_WORDS: dict[str, tuple[Weekday, ...]] = {
    **{words: (day,) for words, day in WEEKDAYS.items() if " " not in words},
    "doordeweeks": _WORKDAYS, "werkdagen": _WORKDAYS, "weekdagen": _WORKDAYS, "weekend": ALL_DAYS[5:],
    "weekenden": ALL_DAYS[5:], "alledagen": ALL_DAYS, "dagelijks": ALL_DAYS, "heleweek": _WORKDAYS,
}  # fmt: skip
_PART_WORDS: dict[str, tuple[Daypart, ...]] = {
    **{words: (part,) for words, part in DAYPARTS.items() if " " not in words},
    "overdag": _DAYTIME, "heledag": _DAYTIME, "dag": _DAYTIME, "heledagen": _DAYTIME, "kantooruren": _DAYTIME,
}  # fmt: skip
_DAY_AND_PART = {  # "woensdagmiddag": one word that says both, and takes no other day along
    f"{day}{part}": (WEEKDAYS[day], DAYPARTS[part])
    for day in WEEKDAYS
    for part in DAYPARTS
    if " " not in day + part and len(part) > 3
}
_WHOLE_WEEK = re.compile(r"\b(?:de )?hele week\b|\bheel de week\b")
_FILLING = frozenset(
    {"en", "of", "op", "de", "in", "het", "s", "elke", "iedere", "alle", "beschikbaar", "vrij", "alleen"}
)
_FILLING |= {"alleen", "wel", "vast", "vaste", "liefst", "bij", "voorkeur", "plus"}


@dataclass(frozen=True)
class Times:
    """What a cell says about when and how much: hours a week and a day, build-up, dayparts a week, the weekly grid."""

    min: float | None = None
    max: float | None = None
    build_up_to: float | None = None
    build_up_months: int | None = None
    hours_per_day: float | None = None
    dayparts_per_week: int | None = None
    grid: Grid | None = None


def read_grid(cell: Cell) -> Reading[Grid]:
    """The weekly grid of a cell; "geen" is the empty grid, "in overleg" and "flexibel" stay unknown."""
    if isinstance(cell, date):
        return Reading(None, "cell.date_not_expected", said(cell))
    if is_blank(cell):
        return Reading()
    if plain(cell) in {"geen", "niet", "nee"}:
        return Reading({})
    found = _grid_of(cell)
    return Reading(None, "dayparts.not_understood", cell) if found is None else Reading(found)


def _grid_of(text: str) -> Grid | None:
    """The grid that the words state, or None where a word is left that we do not know."""
    lower = text.lower().replace("'s ", "").replace("’s ", "")
    lower = re.sub(r"\b(hele|alle)\s+(dag|dagen)\b", lambda m: "alledagen" if m[1] == "alle" else "heledag", lower)
    lower = _WHOLE_WEEK.sub("heleweek", lower).replace("door de week", "doordeweeks")
    lower = re.sub(r"\b([a-z]{2,9})\s?-\s?([a-z]{5,10})\b", _glued, lower)
    positive, *negatives = re.split(r"\b(?:niet|geen|behalve|m\.u\.v\.?|met uitzondering van|uitgezonderd)\b", lower)
    cells = _cells_of(positive)
    refused = [_cells_of(negative, refusing=True) for negative in negatives]
    if cells is None or not all(refused):  # "niet" without a day says nothing
        return None
    if not cells:
        if not refused:
            return None
        cells = {(day, part) for day in _WORKDAYS for part in _DAYTIME}
    for part in refused:
        cells -= part or set()
    by_day = {day: [part for part in ALL_PARTS if (day, part) in cells] for day in ALL_DAYS}
    return {day: parts for day, parts in by_day.items() if parts}


def _glued(match: re.Match[str]) -> str:
    """Write "wo-middag" as one word, "maandag- en" and "ma - vr" as they stand."""
    return match[1] + match[2] if match[1] + match[2] in _DAY_AND_PART else match[0]


def _cells_of(text: str, *, refusing: bool = False) -> set[tuple[Weekday, Daypart]] | None:
    """Pairs of day and daypart in words: days first ("ma/di ochtend") or dayparts first ("ochtend: ma, di")."""
    joined = re.sub(r"\s*(t/m|tot en met|t\.e\.m\.)\s*|(?<=[a-z])\s*[-–]\s*(?=[a-z])", " tm ", text)
    tokens = [token for token in re.split(r"[^a-zà-ÿ0-9]+", joined) if token and token not in _FILLING]
    groups: list[tuple[list[Weekday], list[Daypart]]] = []
    days: list[Weekday] = []
    parts: list[Daypart] = []
    parts_first = bool(tokens) and tokens[0] in _PART_WORDS
    through = False
    for token in tokens:
        if token == "tm" and days:
            through = True
        elif token in _DAY_WORDS:
            named = _DAY_WORDS[token]
            if through and len(named) == 1:
                first, last = ALL_DAYS.index(days[-1]), ALL_DAYS.index(named[0])
                days += ALL_DAYS[first + 1 : last + 1] if last > first else ALL_DAYS[first + 1 :] + ALL_DAYS[: last + 1]
                through = False
                continue
            if days and parts and not parts_first:
                groups.append((days, parts))
                days, parts = [], []
            days = [*days, *named]
        elif token in _DAY_AND_PART and not through:
            if days or parts:
                groups.append((days, parts))
            day, part = _DAY_AND_PART[token]
            groups.append(([day], [part]))
            days, parts = [], []
        elif token in _PART_WORDS:
            if days and parts and parts_first:
                groups.append((days, parts))
                days, parts = [], []
            parts = [*parts, *_PART_WORDS[token]]
        else:
            return None
    if through:
        return None
    if days or parts:
        groups.append((days, parts))
    every_day = ALL_DAYS if refusing else _WORKDAYS
    every_part = ALL_PARTS if refusing else _DAYTIME
    return {(day, part) for group in groups for day in group[0] or every_day for part in group[1] or every_part}


def say_grid(grid: dict[Weekday, list[Daypart]]) -> str:
    """A grid in the words that `read_grid` reads back: "ma ochtend, ma middag; di avond"."""
    said_days = (
        ", ".join(f"{spoken(day, WEEKDAYS)} {spoken(part, DAYPARTS)}" for part in parts)
        for day, parts in sorted(grid.items(), key=lambda item: ALL_DAYS.index(item[0]))
        if parts
    )
    return "; ".join(said_days) or "geen"


_N = r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)(?!\d|[.,]\d)"
_H = r"(?:uren|uur|u|hrs|h)\b\.?"
_WEEK = r"(?:\s*(?:p/w|pw|p\.w\.?|per week|/\s*week|in de week|/w|wk|pwk|p/wk|a week)(?![a-z]))?"
_TO = r"\s*(?:-|–|—|tot en met|t/m|tot|à|a|/|of|max(?:imaal)?\.?|en)\s*"


_AMOUNT = rf"{_N}\s*(?:{_H})?{_WEEK}"
_FROM = rf"(?:min(?:imaal)?|vanaf|van|tussen)\.?(?: de)?\s*{_AMOUNT}"
_FROM_TO = rf"{_FROM}(?:,|;|{_TO})?\s*(?:max(?:imaal)?\.?|tot|en)?\s*{_AMOUNT}"
_AT_LEAST = rf"(?:min(?:imaal|imum)?|vanaf|tenminste|ten minste|niet minder dan|(?<!niet )meer dan)\.?\s*{_AMOUNT}"
_AT_MOST = (
    rf"(?:max(?:imaal|imum)?|tot|hooguit|hoogstens|ten hoogste|niet (?:meer|langer) dan|(?<!niet )minder dan)"
    rf"\.?\s*{_AMOUNT}"
)
_MINUS = re.compile(r"(?:^|[,;:(])\s*[-–−]\s*\d|[-–−]\s*[-–−]|−|\d\s*[-–]\s*$")  # no number of hours is below zero
_NEGATED = re.compile(r"\b(?:niet|geen)\s+(?!meer dan|minder dan|langer dan)(?:\w+ )?\d")
_BY_AGREEMENT = re.compile(
    r"(?:in|nader|te|bepalen|is|zijn|ook|mogelijk|werktijden|dagen|tijden|verdeling|\(|\)|in onderling|onderling"
    r"|overleg|flexibele?|bespreekbaar|onderhandelbaar|wisselende?|variabele?|\s)+"
)
_COUNT = rf"(?:^|(?<=\s))(\d{{1,2}})(?:{_TO}(\d{{1,2}}))?\s*"
_DAYPARTS_A_WEEK = rf"{_COUNT}(?:dagdelen|dagdeel|(?:ochtend|middag|avond|nacht)(?:en)?)\b{_WEEK}"
_DAYS_A_WEEK = rf"{_COUNT}(?:hele )?(?:dagen|dag)\b{_WEEK}"


def _value(text: str) -> float:
    return float(text.replace(",", "."))


def read_times(cell: Cell) -> Reading[Times]:
    """Hours and dayparts of one cell. "fulltime" is 36 to 40, "3 dagdelen" 12 hours, "0,5 fte" 18 to 20.

    "in overleg", "parttime", hours a month and the like stay unknown, with the words kept. So does a number beside
    words or signs that we do not know ("niet 24 maar 16", "-8", "1e3"): no hours rather than invented ones.
    """
    if isinstance(cell, date):
        return Reading(None, "cell.date_not_expected", said(cell))  # Excel made a day of "8-12"
    if is_blank(cell):
        return Reading()
    text = _WHOLE_WEEK.sub("heleweek", re.sub(r"\s+", " ", cell.strip().lower()))
    if re.search(r"per (twee|2|maand|jaar)|/\s*(maand|mnd|jaar)|p/m\b", text):
        return Reading(None, "hours.not_per_week", cell)
    if _MINUS.search(text) or _NEGATED.search(text):
        return Reading(None, "hours.not_understood", cell)
    times, rest = _take_hours(text)
    rest = re.sub(r"[±~]|\b(uren|uur|per week|p/w|pw|werkweek|week|ca|circa|ongeveer|gemiddeld)\b", " ", rest)
    left = re.sub(r"[\s().,;:&+-]+", " ", rest).strip()
    if left and left not in {"en", "of", "op"}:
        grid = _grid_of(left if re.search(r"t/m|[/-]", rest) is None else rest.strip(" ().,;:&+"))
        if grid is None:
            by_agreement = re.search(r"overleg|flexibel|bespreekbaar|nader|onderhandel|wisselend|variabel", left)
            reason = "hours.by_agreement" if by_agreement else "hours.not_understood"
            checked = _checked(times) if _BY_AGREEMENT.fullmatch(left) and _is_an_hour_or_more(times) else None
            nothing = checked is None or checked == Times()
            return Reading(None if nothing else checked, reason, cell if nothing else left)
        times = replace(times, grid=grid)
    checked = _checked(times)
    if checked is None:
        return Reading(None, "hours.impossible", cell)
    if not _is_an_hour_or_more(times):
        return Reading(None, "hours.below_one", cell)
    return Reading(None, "hours.not_understood", cell) if times == Times() else Reading(checked)


def _is_an_hour_or_more(times: Times) -> bool:
    """Whether no amount is below one hour a week: who writes that means a share of a full week, or nothing."""
    return all(hours >= 1 for hours in (times.min, times.max, times.build_up_to) if hours is not None)


def _checked(times: Times) -> Times | None:
    """The times where they make sense: within a week, from not above to, build-up not below to."""
    amounts = [hours for hours in (times.min, times.max, times.build_up_to) if hours is not None]
    top = times.max if times.max is not None else times.min
    disordered = times.min is not None and times.max is not None and times.min > times.max
    shrinks = times.build_up_to is not None and top is not None and times.build_up_to < top
    too_long_a_day = times.hours_per_day is not None and not 0 < times.hours_per_day <= 12
    return None if any(h > MAX_WEEK for h in amounts) or disordered or shrinks or too_long_a_day else times


def _take_hours(text: str) -> tuple[Times, str]:
    """The hours that the text states, and the text without the words that stated them."""
    times = Times()

    def take(pattern: str) -> re.Match[str] | None:
        nonlocal text
        match = re.search(pattern, text)
        if match:
            text = f"{text[: match.start()]} {text[match.end() :]}"
        return match

    growth = r"\(?(?:met )?(?:mogelijke? )?(?:opbouw(?:en|end)?|uitbreid(?:en|ing)|groei(?:en|end)?|later|op termijn)"
    if match := take(rf"[,;+]?\s*{growth}(?: mogelijk)?(?: (?:naar|tot|op))?(?: max\.?)?\s*{_N}\s*(?:{_H})?{_WEEK}\)?"):
        times = replace(times, build_up_to=_value(match[1]))
        if match := take(r"\b(?:in|binnen|na)\s+(\d{1,2})\s*(?:maanden|maand|mnd)\b\.?\)?"):
            times = replace(times, build_up_months=int(match[1]))
        elif take(r"\b(?:in|binnen|na)\s+(?:een )?half jaar\b\)?"):
            times = replace(times, build_up_months=6)
        elif take(r"\b(?:in|binnen|na)\s+(?:een|1) jaar\b\)?"):
            times = replace(times, build_up_months=12)
    if match := take(rf"\(?(\d)\s*(?:x|×|dagen van|dagen à|dagen a|keer)\s*{_N}\s*(?:{_H})?(?: per dag)?\)?"):
        hours = int(match[1]) * _value(match[2])
        times = replace(times, min=hours, max=hours, hours_per_day=_value(match[2]))
    if match := take(rf"(?:max(?:imaal)?\.?\s*)?{_N}\s*{_H}\s*(?:per dag|p/d|/\s*dag|a day)"):
        times = replace(times, hours_per_day=_value(match[1]))
    in_hours = re.search(rf"{_N}\s*{_H}", text) is not None
    if match := take(rf"{_N}\s*fte\b"):
        hours = _value(match[1])
        times = replace(times, min=round(hours * FULL_TIME[0], 2), max=round(hours * FULL_TIME[1], 2))
    elif match := take(rf"(?:full ?-?time|voltijds?)(?:\s*\(?{_N}\s*(?:{_H})?{_WEEK}\)?)?"):
        low, high = (_value(match[1]),) * 2 if match[1] else FULL_TIME
        times = replace(times, min=low, max=high)
    elif not in_hours and (match := take(_DAYPARTS_A_WEEK)):
        low, high = int(match[1]), int(match[2] or match[1])
        times = replace(times, min=low * HOURS_A_DAYPART, max=high * HOURS_A_DAYPART)
        times = replace(times, dayparts_per_week=low if low == high else None)
    elif not in_hours and times.min is None and (match := take(_DAYS_A_WEEK)):
        a_day = times.hours_per_day or HOURS_A_DAY
        times = replace(times, min=int(match[1]) * a_day, max=int(match[2] or match[1]) * a_day)
    elif match := take(_FROM_TO) or take(rf"{_AMOUNT}{_TO}{_AMOUNT}"):
        times = replace(times, min=_value(match[1]), max=_value(match[2]))
    elif match := take(rf"{_AMOUNT}\s*(?:of meer|\+(?=\s|$)|en meer|of langer)") or take(_AT_LEAST):
        times = replace(times, min=_value(match[1]))
    elif match := take(_AT_MOST):
        times = replace(times, max=_value(match[1]))
    elif match := take(_AMOUNT):
        times = replace(times, min=_value(match[1]), max=_value(match[1]))
    if in_hours:
        take(r"\(?\b(?:(?:verdeeld )?over |in |op )?\d{1,2} (?:hele )?(?:dagen|dag|dagdelen)\b(?: per week)?\)?")
    return times, text
