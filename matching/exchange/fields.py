"""What a cell under a column says of a candidate: for each field its reader; called by `importing` and `drafts`.

A reader gives a patch: values by the path of their field, in the names of the profiles ("hours.min"). One cell may
fill several fields ("24 uur, ma/di/do"), several columns one ("Wens beroep 1", "Wens beroep 2").
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, TypeAlias

from matching.exchange import answers, words
from matching.exchange.cells import (
    NO,
    YES,
    Cell,
    Reading,
    find_term,
    is_blank,
    is_none_said,
    number,
    read_date,
    read_minutes,
    read_number,
    read_postcode,
    read_region,
    read_term,
    read_terms,
    read_text,
    read_texts,
    read_whole,
    read_yes_no,
    said,
    split_list,
)
from matching.exchange.times import read_grid, read_times
from scoring.terms import CAPACITIES, DAYPARTS, AccessNeed, Daypart, SupportNeed, Weekday

Patch: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Context:
    """What reading a cell needs from outside it: the day, the regions by plain name, the unit in the header."""

    today: date
    regions: Mapping[str, str]
    unit: str | None = None


Reader: TypeAlias = Callable[[Cell, Context], Reading[Patch]]
NO_TRAVEL = "kan niet reizen"
_MONTHS = ("maanden", "maand", "mnd", "mnd.", "mnds")


def patch_of(reading: Reading[Any], path: str) -> Reading[Patch]:
    """The reading as a patch of one field."""
    return Reading(None if reading.value is None else {path: reading.value}, reading.reason, reading.words)


def at(path: str, read: Callable[[Cell], Reading[Any]]) -> Reader:
    """A reader of one field that needs nothing but the cell."""
    return lambda cell, _: patch_of(read(cell), path)


def dated_at(path: str) -> Reader:
    """A reader of a day."""
    return lambda cell, context: patch_of(read_date(cell, today=context.today), path)


def list_at(path: str, table: Mapping[str, Enum], *, whole: bool = False) -> Reader:
    """A reader of members of a closed list (`whole`: as in `read_terms`)."""
    return lambda cell, _: patch_of(read_terms(cell, table, whole=whole), path)


def term_at(path: str, table: Mapping[str, Enum]) -> Reader:
    """A reader of one member of a closed list."""
    return lambda cell, _: patch_of(read_term(cell, table), path)


def hours_at(path: str) -> Reader:
    """A reader of hours a week, 0 to 60."""
    units = ("uur", "uren", "u", "uur per week", "uur p/w", "u.", "p/w")
    return at(path, lambda cell: read_number(cell, 0, 60, units=units))


def months_at(path: str, most: int) -> Reader:
    """A reader of months, from months or years."""

    def read(cell: Cell, _: Context) -> Reading[Patch]:
        if match := re.fullmatch(r"([\d,.]+)\s*(?:jaar|jr\.?)", said(cell).lower()):
            years = number(match[1])
            cell = str(round(years * 12)) if years is not None else cell
        return patch_of(read_whole(cell, 0, most, units=_MONTHS), path)

    return read


def languages_at(default: str) -> Reader:
    """A reader of languages; a level without a language is of `default`."""

    def read(cell: Cell, _: Context) -> Reading[Patch]:
        reading = answers.read_languages(cell, default)
        entries = (
            None
            if reading.value is None
            else [{"language": language, "level": level} for language, level in reading.value]
        )
        if default != "nl" and reading.value == []:
            entries = None  # "Engels: geen" says nothing of other languages
        return patch_of(Reading(entries, reading.reason, reading.words), "languages")

    return read


def capacity_at(path: str, position: int) -> Reader:
    """A reader of one capacity dimension, by its position in the list."""
    capacity = CAPACITIES[position]

    def read(cell: Cell, context: Context) -> Reading[Patch]:
        reading = answers.read_capacity(cell, capacity, in_kilos=context.unit == "kg")
        value = None if reading.value is None else {capacity.value: reading.value}
        return patch_of(Reading(value, reading.reason, reading.words), path)

    return read


def day_at(path: str, day: Weekday) -> Reader:
    """One column of a weekly grid: "x" or "ja" is the day, "ochtend" the morning, "nee" none of it."""

    def read(cell: Cell, _: Context) -> Reading[Patch]:
        if isinstance(cell, date) or is_blank(cell):
            return Reading() if is_blank(cell) else Reading(None, "cell.date_not_expected", said(cell))
        text = words.plain(cell)
        if text in YES:
            return Reading({path: {day.value: [Daypart.MORNING, Daypart.AFTERNOON]}})
        if text in NO:
            return Reading({path: {day.value: []}})
        reading = read_grid(cell)
        parts = {part for day_parts in (reading.value or {}).values() for part in day_parts}
        if not parts:
            return Reading(None, "dayparts.not_understood", said(cell))
        return Reading({path: {day.value: [part for part in DAYPARTS if part in parts]}})

    return read


def bracketed(item: str) -> tuple[str, list[str]]:
    """An item of a list and what stands in brackets at its end, by comma: "magazijn (2 jaar, betaald)"."""
    match = re.fullmatch(r"(.+?)\s*\(([^()\"]*)\)", item, re.DOTALL)
    return (match[1], split_list(match[2])) if match else (item, [])


def _items(cell: Cell) -> Reading[list[str]]:
    """The items of a list as they stand, quotes and brackets included."""
    reading = read_texts(cell, max_length=1_000, max_items=100)
    return Reading(split_list(said(cell)), None) if reading.value else reading


def unquote(item: str) -> str:
    """The text of an item, without its quotes."""
    return read_text(item, 1_000).value or item


def _work_done(cell: Cell, _: Context) -> Reading[Patch]:
    """Work with months and whether it was paid: "magazijnmedewerker (2 jaar, betaald)", "3 jaar schoonmaak"."""
    items = _items(cell)
    if items.value is None or not items.value:
        return patch_of(items, "work_done")
    work: list[dict[str, Any]] = []
    for item in items.value:
        title, details = bracketed(item)
        entry: dict[str, Any] = {}
        for detail in details:
            if (months := _duration(detail)) is not None:
                entry["months"] = months
            elif words.plain(detail) in {"betaald", "onbetaald", "vrijwillig", "vrijwilligerswerk", "stage"}:
                entry["paid"] = words.plain(detail) == "betaald"
            else:
                title, entry = item, {}
                break
        if match := re.fullmatch(
            r"(\d+(?:[.,]\d+)?\s*(?:jaar|jr|maanden|mnd|maand)\.?)(?: als| in de| in)?\s+(.{3,})", title
        ):
            entry["months"], title = _duration(match[1]), match[2]
        elif match := re.fullmatch(r"([^\"].{2,}?)[\s:,-]+(\d+(?:[.,]\d+)?\s*(?:jaar|jr|maanden|mnd|maand)\.?)", title):
            entry["months"], title = _duration(match[2]), match[1]
        title = unquote(title)
        if title and (item.startswith('"') or not is_blank(item)):
            work.append({"title": title.strip(), **entry})
    return Reading({"work_done": work} if work else None)


def _duration(text: str) -> int | None:
    match = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(jaar|jr|maanden|maand|mnd)\.?", text.strip().lower())
    amount = number(match[1]) if match else None
    months = None if amount is None or match is None else round(amount * (12 if match[2] in ("jaar", "jr") else 1))
    return months if months is not None and months <= 720 else None


def _skills(cell: Cell, _: Context) -> Reading[Patch]:
    """Skills, each with how it is known where that stands behind it: "heftruck rijden (certificaat)"."""
    items = _items(cell)
    if items.value is None or not items.value:
        return patch_of(items, "skills")
    skills: list[dict[str, Any]] = []
    for item in items.value:
        text, details = bracketed(item)
        how = find_term(details[0], words.HOW_KNOWN) if len(details) == 1 else None
        skill = unquote(item if how is None else text)
        if item.startswith('"') or not is_blank(item):
            skills.append({"skill": skill, **({} if how is None else {"how_known": how})})
    return Reading({"skills": skills} if skills else None)


def _groups_at(*, on_benefit: bool) -> Reader:
    def read(cell: Cell, context: Context) -> Reading[Patch]:
        reading = answers.read_groups(cell, today=context.today, on_benefit=on_benefit)
        entries = None if reading.value is None else [vars(group) for group in reading.value]
        return patch_of(Reading(entries, reading.reason, reading.words), "target_groups")

    return read


def _support(cell: Cell, _: Context) -> Reading[Patch]:
    reading = answers.read_support(cell)
    entries = (
        None if reading.value is None else [{"need": need, "supplier": supplier} for need, supplier in reading.value]
    )
    return patch_of(Reading(entries, reading.reason, reading.words), "support_needs")


def _coach_needed(cell: Cell, _: Context) -> Reading[Patch]:
    reading = read_yes_no(cell)
    need = {"support_needs": [{"need": SupportNeed.JOB_COACH}]} if reading.value else None
    return Reading(need, reading.reason, reading.words)


def _coach(cell: Cell, _: Context) -> Reading[Patch]:
    """A column "Jobcoach" holds either whether one is needed, or who it is."""
    reading = read_yes_no(cell)
    return patch_of(read_text(cell), "coach") if reading.reason else _coach_needed(cell, _)


def _wheelchair(cell: Cell, _: Context) -> Reading[Patch]:
    reading = read_yes_no(cell)
    return Reading({"access_needs": [AccessNeed.WHEELCHAIR]} if reading.value else None, reading.reason, reading.words)


def _modes(cell: Cell, _: Context) -> Reading[Patch]:
    """Travel modes; "geen" speaks of no vehicle of her own and leaves walking and the bus open, so it is unknown."""
    if words.plain(said(cell)) == NO_TRAVEL:
        return Reading({"travel.modes": []})
    if is_none_said(said(cell)):
        return Reading(None, "travel.none_said", said(cell))
    return patch_of(read_terms(cell, words.TRAVEL_MODES, whole=True), "travel.modes")


def _minutes(cell: Cell, context: Context) -> Reading[Patch]:
    return patch_of(read_minutes(cell, in_hours=context.unit == "uur"), "travel.max_minutes")


def read_region_cell(cell: Cell, context: Context) -> Reading[Patch]:
    """The region of a cell."""
    return patch_of(read_region(cell, context.regions), "region")


def _candidate_times(cell: Cell, _: Context) -> Reading[Patch]:
    reading = read_times(cell)
    times = reading.value
    if times is None:
        return Reading(None, reading.reason, reading.words)
    patch = {"hours.min": times.min, "hours.max": times.max, "hours.build_up_to": times.build_up_to,
             "hours.build_up_months": times.build_up_months, "hours_per_day_max": times.hours_per_day,
             "weekly_grid": times.grid}  # fmt: skip
    return Reading({path: value for path, value in patch.items() if value is not None}, reading.reason, reading.words)


def read_demands(cell: Cell, _: Context) -> Reading[Patch]:
    """Several capacity dimensions in one cell."""
    reading = answers.read_capacities(cell)
    value = None if reading.value is None else {capacity.value: level for capacity, level in reading.value.items()}
    return patch_of(Reading(value, reading.reason, reading.words), "demands")


def _capacities(cell: Cell, context: Context) -> Reading[Patch]:
    reading = read_demands(cell, context)
    return Reading(reading.value and {"capacities": reading.value["demands"]}, reading.reason, reading.words)


def text_at(path: str, longest: int = 200) -> Reader:
    """A reader of one text."""
    return at(path, lambda cell: read_text(cell, longest))


def whole_at(path: str, low: int, high: int, *units: str) -> Reader:
    """A reader of a whole number within bounds."""
    return at(path, lambda cell: read_whole(cell, low, high, units=units))


# In this order: a column that says one thing exactly goes before one that may say it too.
CANDIDATE_READERS: dict[str, Reader] = {
    "source": text_at("source", 100),
    "source_id": text_at("source_id", 100),
    "region": read_region_cell,
    "postcode": at("postcode", read_postcode),
    "agreed_to_matching": at("agreed_to_matching", read_yes_no),
    "available_from": dated_at("available_from"),
    "pause.since": dated_at("pause.since"),
    "pause.resumes_on": dated_at("pause.resumes_on"),
    "target_groups": _groups_at(on_benefit=False),
    "target_groups.benefit": _groups_at(on_benefit=True),
    "wishes.work": at("wishes.work", read_texts),
    "wishes.not_work": at("wishes.not_work", read_texts),
    "wishes.sectors": list_at("wishes.sectors", words.SECTORS),
    "wishes.not_sectors": list_at("wishes.not_sectors", words.SECTORS),
    "wishes.settings": list_at("wishes.settings", words.SETTINGS),
    "wishes.not_settings": list_at("wishes.not_settings", words.SETTINGS),
    "hours.min": hours_at("hours.min"),
    "hours.max": hours_at("hours.max"),
    "hours.build_up_to": hours_at("hours.build_up_to"),
    "hours.build_up_months": months_at("hours.build_up_months", 60),
    "hours_per_day_max": at("hours_per_day_max", lambda c: read_number(c, 0, 12, units=("uur", "uren", "u"))),
    "minutes_between_breaks": whole_at("minutes_between_breaks", 5, 480, "minuten", "min"),
    "weekly_grid": at("weekly_grid", read_grid),
    **{f"weekly_grid.{day.value}": day_at("weekly_grid", day) for day in Weekday},
    "hours": _candidate_times,
    "travel.modes": _modes,
    "travel.max_minutes": _minutes,
    "languages": languages_at("nl"),
    "languages.nl": languages_at("nl"),
    "languages.en": languages_at("en"),
    "licences": at("licences", answers.read_licences),
    "certificates": list_at("certificates", words.CERTIFICATES, whole=True),
    "screenings.vog": term_at("screenings.vog", words.SCREENING_ANSWERS),
    "screenings.ministry": term_at("screenings.ministry", words.SCREENING_ANSWERS),
    "courses": at("courses", read_texts),
    "education": at("education", answers.read_education),
    "work_done": _work_done,
    "skills": _skills,
    **{f"capacities.{c.value}": capacity_at("capacities", n) for n, c in enumerate(CAPACITIES)},
    "capacities": _capacities,
    "support_needs": _support,
    "support_needs.job_coach": _coach_needed,
    "coach": text_at("coach"),
    "jobcoach": _coach,
    "access_needs": list_at("access_needs", words.ACCESS_NEEDS),
    "access_needs.wheelchair": _wheelchair,
    "contract_kinds": list_at("contract_kinds", words.CONTRACT_KINDS, whole=True),
    "contract_months_min": months_at("contract_months_min", 120),
    "growth_wish": term_at("growth_wish", words.GROWTH),
    "contact_channel": term_at("contact_channel", words.CONTACT_CHANNELS),
    "representative": term_at("representative", words.REPRESENTATIVES),
    "max_open_introductions": whole_at("max_open_introductions", 0, 20),
    "responsible_organisation": text_at("responsible_organisation"),
    "caseworker": text_at("caseworker"),
    "benefit_provider": term_at("benefit_provider", words.BENEFIT_PROVIDERS),
    "last_confirmed_on": dated_at("last_confirmed_on"),
}


# Fields in a person's own words: what stands there is looked through before it is kept, the lists part by part.
OWN_LISTS = frozenset({"wishes.work", "wishes.not_work", "work_done", "skills", "courses"})
OWN_WORDS = OWN_LISTS | {"coach", "caseworker", "jobcoach", "responsible_organisation"}
# Cells of a closed form: of these alone may words that were not understood be shown to whoever imports.
SHOWN = frozenset({"postcode", "region", "agreed_to_matching", "available_from", "pause.since", "pause.resumes_on"}
    | {"hours", "hours.min", "hours.max", "hours.build_up_to", "hours.build_up_months", "hours_per_day_max"}
    | {"minutes_between_breaks", "travel.max_minutes", "languages", "languages.nl", "languages.en", "education"}
    | {"licences", "contract_months_min", "max_open_introductions", "last_confirmed_on"})  # fmt: skip
