"""Hours a week, days and dayparts in running text; amounts themselves are read by `exchange.times`."""

import re
from dataclasses import dataclass
from typing import Any

from matching.exchange.times import HOURS_A_DAY, HOURS_A_DAYPART, Grid, read_grid, read_times
from matching.exchange.words import DAYPARTS, WEEKDAYS, plain
from matching.reading.draft import Found
from matching.reading.lexicon import NUMBERS
from scoring.terms import DAYPARTS as ALL_PARTS
from scoring.terms import WEEKDAYS as ALL_DAYS
from scoring.terms import Daypart

_T = r"(?:[01]?\d|2[0-4])(?:[.:][0-5]\d)?"
_U = r"(?:\s*(?:uur|u|h|hrs|am|pm))?"
_CLOCKS = re.compile(
    rf"(?P<from>(?:[01]?\d|2[0-4])[.:][0-5]\d){_U}\s*(?:-|–|tot(?: en met)?|en|to"
    rf"|till)\s*(?P<to>{_T}){_U}(?![\d,])"
    rf"|(?:van|tussen|from)\s+(?P<from2>{_T})\s*(?:uur|u)?\s*(?:-|–|tot|en|to)\s+(?P<to2>{_T})\s*(?:uur|u)\b"
    rf"|om\s+(?P<from3>{_T})\s*uur\b(?:[^.\n]{{0,25}}?\bom\s+(?P<half>half\s+)?(?P<to3>{_T})(?:\s*uur)?)?"
    r"|\b(?:om|tot|vanaf)\s+half\s+\d{1,2}(?:\s+uur)?|\b(?P<alone>(?:[01]?\d|2[0-4])[.:][0-5]\d)\s*(?:uur|u)\b",
    re.I,
)
_A_WEEK = re.compile(r"per week|p/w|\bpw\b|p\.w|wk\b|in de week|a week|weekly|werkweek", re.I)
_N = r"\d{1,2}(?:[.,]\d{1,2})?"
_HOUR = r"(?:urige|uren|uur|uurtjes|u|hours|hrs)\b"
_AND = r"\s*(?:-|–|—|/|,|tot(?: en met)?|t/m|à|a|of|or|to|en|and|max\.?)\s*"
_AMOUNT = re.compile(
    rf"(?P<few>(?:min(?:imaal|imum|\.)?|max(?:imaal|imum|\.)?|maximum|tenminste|ten minste|hooguit"
    rf"|hoogstens|vanaf|tot|ongeveer|ca\.?"
    rf"|tussen(?: de)?|at least|up to)\s+)?(?P<n>{_N}(?:\s*(?:{_HOUR})?{_AND}{_N}){{0,3}})\s*(?:\+\s*)?{_HOUR}"
    rf"(?:\s*(?:per week|p/w|pw|p\.w\.?|in de week|a week|per wk))?",
    re.I,
)
_BARE = re.compile(rf"(?:(?:min(?:imaal|imum|\.)?|max(?:imaal|imum|\.)?)\s+)?{_N}(?:{_AND}{_N}){{0,3}}", re.I)
_COUNTED = (
    r"(?P<n>\d{1,2}(?:\s*(?:-|–|of|tot|à)\s*\d{1,2})?|"
    r"(?:een|één|twee|drie|vier|vijf|zes)(?:\s+(?:of|tot)\s+(?:een|twee|drie|vier|vijf"
    r"|zes))?)\s+(?:hele\s+)?"
)
_PORTIONS = re.compile(
    (
        rf"\b{_COUNTED}(?P<what>dagdelen|dagdeel|ochtenden|middagen|avonden|dagen|days"
        rf"|mornings)\b(?:\s+(?:van|à|of)\s+(?P<each>{_N})\s*(?:{_HOUR}))?"
    ),
    re.I,
)
_SPOKEN = re.compile(r"\been uur of (?P<a>\w+)(?:\s*(?:à|of|,)?\s*(?P<b>\w+))?(?=\s+(?:per|in de)\s+week)", re.I)
_FTE = re.compile(rf"\b{_N}\s*fte\b", re.I)
_WHOLE = re.compile(r"\b(?:full\s?-?time|voltijds?)\b", re.I)
_PART = re.compile(r"\bpart?\s?-?time\b|\bdeeltijd\b", re.I)
_OPEN = re.compile(
    r"overleg|bespreekbaar|flexibel|mag ook (?:minder|meer)|maakt niet uit|in consultation|negotiable", re.I
)
_OTHER_OPEN = re.compile(
    r"\b(?:dagen|werktijden|tijden|rooster|start|datum)\s+(?:zijn\s+|is\s+)?(?:in|nader)\s+overleg", re.I
)
_NO_WEEK = re.compile(
    r"per dag|/\s*dag|a day|per maand|reizen|reistijd|rijden|minuten|training|cursus|per keer|€|euro", re.I
)
_GROW = re.compile(
    rf"(?:opbouw(?:en)?|uitbreid(?:en|ing)|groei(?:en)?|later|op termijn|daarna"
    rf"|straks)\b[^.\n\d]{{0,20}}?(?P<n>{_N})"
    r"\s*(?:uur|uren|u)?(?:\s*(?:binnen|in|na)\s*(?P<months>\d{1,2})\s*(?:maanden|maand|mnd))?",
    re.I,
)
_A_DAY = re.compile(rf"(?P<n>{_N})\s*(?:uur|uren|u|hours)\s*(?:per dag|/\s*dag|p/d|a day|per day)", re.I)
_DAY_AMOUNT = re.compile(rf"dagen (?:van|à) (?P<n>{_N})\s*(?:uur|uren|u)\b", re.I)

_DUTCH_NAMES = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_ENGLISH = {
    **dict(zip((day.value for day in ALL_DAYS), _DUTCH_NAMES, strict=True)),
    "mornings": "ochtend",
    "morning": "ochtend",
    "afternoons": "middag",
    "afternoon": "middag",
    "evenings": "avond",
    "evening": "avond",
    "weekends": "weekend",
    "weekend": "weekend",
    "and": "en",
    "or": "of",
    "to": "tm",
    "through": "tm",
}
_DUTCH_DAYS = {w for w in WEEKDAYS if " " not in w and w not in {"vrij", "mon"}}
_PARTS = {w for w in DAYPARTS if " " not in w and w not in {"vm", "nm", "mid", "och", "morgen"}} | {"overdag"}
_COMPOUND = {day + part for day in _DUTCH_DAYS for part in _PARTS if len(part) > 3 and len(day) > 1}
_SPECIAL = {"weekend", "weekenden", "werkdagen", "doordeweeks", "smorgens", "smiddags", "savonds", "snachts"}
_DAY_TOKENS = _DUTCH_DAYS | _PARTS | _COMPOUND | _SPECIAL | (_ENGLISH.keys() - {"and", "or", "to", "through"})
_JOINTS = {
    "en",
    "of",
    "tm",
    "t/m",
    "tot",
    "met",
    "-",
    "–",
    "/",
    ",",
    "+",
    "&",
    "and",
    "or",
    "to",
    "through",
    "behalve",
    "niet",
    "de",
    "op",
    "alle",
    "dagen",
    "s",
    "hele",
    ":",
    "in",
    "t",
    "elke",
    "iedere",
}
_TOKEN = re.compile(r"t/m|[^\W\d_]+|[-–/,+&:]")
_LOOSE = re.compile(
    r"\b(?:liefst|voorkeur|waaronder|overleg|om het weekend|om de week|afwisselend|rooster|vooral"
    r"|kies\w*|drukst|or|wisselend\w*)\b",
    re.I,
)
_PART_HOURS = {
    Daypart.MORNING: (6, 12.5),
    Daypart.AFTERNOON: (12.5, 18),
    Daypart.EVENING: (18, 24),
    Daypart.NIGHT: (24, 30),
}
_LEAST_IN_PART = 1.5  # hours
_REPEATED = re.compile(r"\bs ?(?=morgens|ochtends|middags|avonds|nachts)|['’]s (?=\w)", re.I)


@dataclass(frozen=True)
class Hours:
    """Hours a week as a text gives them, with what they may grow to and how long a day is."""

    min: float | None = None
    max: float | None = None
    build_up_to: float | None = None
    build_up_months: int | None = None

    def as_profile(self) -> dict[str, Any]:
        """Only what is said, under the names of the profile in JSON."""
        named = {"min": self.min, "max": self.max, "buildUpTo": self.build_up_to, "buildUpMonths": self.build_up_months}
        return {name: value for name, value in named.items() if value is not None}


def read_hours(text: str, start: int, end: int, *, labelled: bool = False) -> Found | None:
    """The hours a week that a sentence states, or None; the reason says why a person has to look.

    `labelled`: the sentence stands under "Uren", so that a bare number counts.
    """
    piece = text[start:end]
    bare = _CLOCKS.sub(lambda match: " " * len(match[0]), piece) if not _spoken_as_hours(piece) else piece
    growth = _GROW.search(bare)
    build = (
        (float(growth["n"].replace(",", ".")), int(growth["months"]) if growth["months"] else None) if growth else None
    )
    if growth:
        bare = bare[: growth.start()] + " " * len(growth[0]) + bare[growth.end() :]
    found = _amount(bare, labelled=labelled)
    if found is None:
        return None
    hours, one, last, sure, reason = found
    if reason is None and _OPEN.search(_OTHER_OPEN.sub(" ", piece[max(0, one - 25) : last + 40])):
        reason = "hours.by_agreement"
    if hours is not None and build and build[0] >= (hours.max or hours.min or 0):
        hours = Hours(hours.min, hours.max, *build)
        if growth:
            last = max(last, growth.end())
    value = None if hours is None else hours.as_profile()
    return Found(value, start + one, start + last, sure, reason)


def _spoken_as_hours(piece: str) -> bool:
    """ "Tussen de 6 en 10 uur per week" is an amount, not a time of the day."""
    return bool(
        re.search(
            r"(?:van|tussen)\s+(?:de\s+)?\d{1,2}\s*(?:en|tot|-)\s*\d{1,2}\s*uur\s+(?:per|in de)\s+week", piece, re.I
        )
    )


def _amount(piece: str, *, labelled: bool) -> tuple[Hours | None, int, int, float, str | None] | None:
    if match := _SPOKEN.search(piece):
        numbers = [n for n in (_number(match["a"]), _number(match["b"] or "")) if n is not None]
        if numbers:
            return Hours(min(numbers), max(numbers)), match.start(), match.end(), 0.6, "hours.approximate"
    choices = []
    for match in _AMOUNT.finditer(piece):
        around = piece[max(0, match.start() - 12) : match.end() + 16]
        if _NO_WEEK.search(piece[match.end() : match.end() + 16]) or re.search(
            r"(?:€|\bbij)\s*$", piece[: match.start()]
        ):
            continue
        if re.search(r"\bdagen (?:van|à)\s*$", piece[: match.start()]):
            continue
        weekly = bool(_A_WEEK.search(around) or _A_WEEK.search(match[0]))
        choices.append((not weekly, match.start(), match))
    if choices:
        match = min(choices)[2]
        read = _of_numbers(match["n"], match["few"] or "")
        if read is not None:
            weekly = bool(_A_WEEK.search(match[0])) or labelled
            return read[0], match.start(), match.end(), 0.95 if weekly else 0.85, read[1]
    if labelled and (match := _BARE.search(piece)):
        read = _of_numbers(re.sub(r"^\D+", "", match[0]), match[0].split()[0] if match[0][:1].isalpha() else "")
        if read is not None and not re.match(r"\s*(?:dagen|dagdelen|ochtend|middag)", piece[match.end() :]):
            return read[0], match.start(), match.end(), 0.9, read[1]
    if match := _PORTIONS.search(piece):
        low, high, either = _range(match["n"])
        each = float(match["each"].replace(",", ".")) if match["each"] else None
        a_day = match["what"].lower() in ("dagen", "days")
        if a_day and each is None and not _A_WEEK.search(piece[match.end() : match.end() + 12]):
            return None
        unit = each or (HOURS_A_DAY if a_day else HOURS_A_DAYPART)
        reason = "hours.either" if either else None if each or not a_day else "hours.from_days"
        return Hours(low * unit, high * unit), match.start(), match.end(), 0.9 if each else 0.7, reason
    whole, part = _WHOLE.search(piece), _PART.search(piece)
    if whole and part:
        one, last = min(whole.start(), part.start()), max(whole.end(), part.end())
        return None, one, last, 0.9, "hours.full_or_part_time"
    if match := _FTE.search(piece) or whole:
        times = read_times(match[0]).value
        if times is not None:
            return Hours(times.min, times.max), match.start(), match.end(), 0.8, None
    return None


def _number(word: str) -> float | None:
    return float(word) if word.isdigit() else NUMBERS.get(word.lower())


def _range(words: str) -> tuple[float, float, bool]:
    """From and to of "twee of drie", "2-3", "4", and whether it was "of"."""
    numbers = [n for n in (_number(word) for word in re.findall(r"\w+", words)) if n is not None]
    return min(numbers), max(numbers), re.search(r"\bof\b", words) is not None


def _of_numbers(words: str, before: str) -> tuple[Hours, str | None] | None:
    """Hours from numbers and the word before them; more than two numbers, "of" and a range from 0 are for a person."""
    numbers = [float(n.replace(",", ".")) for n in re.findall(_N, words)]
    if not numbers or max(numbers) > 60 or max(numbers) < 2:
        return None
    lead = before.strip().lower()
    if len(numbers) == 1:
        if re.match(r"min|vanaf|ten ?minste|at least", lead):
            return Hours(numbers[0], None), None
        if re.match(r"max|tot|hooguit|hoogstens|up to", lead):
            return Hours(None, numbers[0]), None
        return Hours(numbers[0], numbers[0]), None
    hours = Hours(min(numbers), max(numbers))
    if len(numbers) > 2:
        return hours, "hours.several"
    if hours.min == 0:
        return hours, "hours.from_zero"
    either = re.search(r"\b(?:of|or)\b|(?<=\d)\s*/\s*(?=\d)", words)
    return hours, "hours.either" if either else None


def read_hours_a_day(text: str, start: int, end: int) -> Found | None:
    """Hours a day: "max 4 uur per dag", "4 dagen van 6 uur"."""
    match = _A_DAY.search(text, start, end) or _DAY_AMOUNT.search(text, start, end)
    if match is None:
        return None
    hours = float(match["n"].replace(",", "."))
    return Found(hours, match.start(), match.end(), 0.9) if 0 < hours <= 12 else None


def read_days(text: str, start: int, end: int) -> Found | None:
    """The weekly grid that a sentence states by days, dayparts and clock times; a value {day: [dayparts]}, or None.

    Clock times count for the days beside them. Dayparts alone are those of Monday to Friday. "In overleg", "of" and
    "bij voorkeur" are marked for a person to look at.
    """
    piece = text[start:end]
    run = _run_of_days(piece)
    clock = _clock_parts(piece)
    if run is None:
        return None
    one, last = run
    if re.search(r"\book (?:in het |op |in )?$", piece[:one]) and re.fullmatch(
        r"weekend(?:en)?", piece[one:last], re.I
    ):
        return None  # "ook in het weekend" is no grid
    words = " ".join(_ENGLISH.get(token.lower(), token) for token in _TOKEN.findall(piece[one:last]))
    words = re.sub(r"\bt ?/ ?m\b|\btot en met\b|\btot\b|\bthrough\b", "t/m", re.sub(r"(?<=\w) - (?=\w)", "-", words))
    words = re.sub(r"\bs(?=(?:morgens|ochtends|middags|avonds|nachts)\b)|\bs (?=\w)", "", words)
    reading = read_grid(re.sub(r"\s*,\s*", ", ", words).strip(" ,-:/"))
    grid = reading.value
    if not grid:
        return None
    names_part = bool(
        set(plain(words).split()) & (_PARTS | _SPECIAL - {"weekend", "weekenden", "werkdagen", "doordeweeks"})
    ) or bool(set(plain(words).split()) & _COMPOUND)
    reason = None
    if clock and not names_part:
        grid = {day: list(clock) for day in grid}
    single = len(plain(words).split()) == 1 and plain(words) in _PARTS
    if _LOOSE.search(piece) or re.search(r"\b(?:of|or)\b", words):
        reason = "days.to_choose"
    elif single and len(plain(words)) <= 3:
        return None
    count = re.search(rf"{_COUNTED}\s*$", piece[:one], re.I)
    if count and names_part and len(grid) > int(_range(count["n"])[1]):
        reason = "days.to_choose"
    return Found(
        {day.value: [part.value for part in parts] for day, parts in grid.items()},
        start + one,
        start + last,
        0.85,
        reason,
    )


def _run_of_days(piece: str) -> tuple[int, int] | None:
    """The longest stretch of words that name days and dayparts; the joints between them belong to it."""
    best: tuple[int, int, int] | None = None
    begin = last = count = 0
    gap = False
    for match in _TOKEN.finditer(piece):
        token = match[0].lower()
        if token in _DAY_TOKENS and not (
            token in {"do", "di", "zo", "za", "vr", "wo", "ma"} and not _short_day(piece, match)
        ):
            if not count:
                begin = match.start()
            count, last, gap = count + 1, match.end(), False
            if best is None or count > best[0]:
                best = (count, begin, last)
        elif token not in _JOINTS or not count:
            if count and (gap or token not in {"minst", "vaste"}):
                count = 0
            gap = True
        else:
            gap = piece[last : match.end()].count(" ") > 3
    return (best[1], best[2]) if best else None


def _short_day(piece: str, match: re.Match[str]) -> bool:
    """Whether "do" or "zo" stands beside another day, a daypart or "t/m", so that it is a day and no word."""
    around = f"{piece[max(0, match.start() - 14) : match.start()]} {piece[match.end() : match.end() + 14]}".lower()
    near = set(re.findall(r"t/m|\w+", around))
    return bool(near & (_DAY_TOKENS | {"t/m", "tm"}))


def _clock_parts(piece: str) -> list[Daypart]:
    """The dayparts that the clock times of a sentence cover for at least one and a half hour."""
    parts: set[Daypart] = set()
    for match in _CLOCKS.finditer(piece):
        begins = match["from"] or match["from2"] or match["from3"]
        ends = match["to"] or match["to2"] or match["to3"]
        if not begins or not ends or re.match(r"\s*(?:per|in de) week", piece[match.end() :]):
            continue
        first, last = _hour(begins), _hour(ends) - (0.5 if match["half"] else 0)
        if last <= first:
            last += 12 if first < 12 and last + 12 > first and last < 8 else 24
        for part, (low, high) in _PART_HOURS.items():
            if min(last, high) - max(first, low) >= _LEAST_IN_PART:
                parts.add(part)
    return [part for part in ALL_PARTS if part in parts]


def _hour(words: str) -> float:
    hour, _, minute = words.replace(".", ":").partition(":")
    return int(hour) + (int(minute) if minute else 0) / 60


def joined_grid(one: dict[str, list[str]], other: dict[str, list[str]]) -> Grid:
    """Two grids as one, in the order of the week."""
    return {
        day: [part for part in ALL_PARTS if part in {*one.get(day, ()), *other.get(day, ())}]
        for day in ALL_DAYS
        if day in one or day in other
    }
