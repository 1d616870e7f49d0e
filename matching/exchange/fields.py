"""What a cell under a column says of a profile: for each field its reader; called by `importing` alone.

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
    """What reading a cell needs from outside it: the day, the regions by plain name, the unit in the column's header."""

    today: date
    regions: Mapping[str, str]
    unit: str | None = None


Reader: TypeAlias = Callable[[Cell, Context], Reading[Patch]]
_MONTHS = ("maanden", "maand", "mnd", "mnd.", "mnds")


def _patch(reading: Reading[Any], path: str) -> Reading[Patch]:
    return Reading(None if reading.value is None else {path: reading.value}, reading.reason, reading.words)


def _at(path: str, read: Callable[[Cell], Reading[Any]]) -> Reader:
    return lambda cell, _: _patch(read(cell), path)


def _dated(path: str) -> Reader:
    return lambda cell, context: _patch(read_date(cell, today=context.today), path)


def _list(path: str, table: Mapping[str, Enum], *, whole: bool = False) -> Reader:
    return lambda cell, _: _patch(read_terms(cell, table, whole=whole), path)


def _term(path: str, table: Mapping[str, Enum]) -> Reader:
    return lambda cell, _: _patch(read_term(cell, table), path)


def _hours(path: str) -> Reader:
    units = ("uur", "uren", "u", "uur per week", "uur p/w", "u.", "p/w")
    return _at(path, lambda cell: read_number(cell, 0, 60, units=units))


def _months(path: str, most: int) -> Reader:
    def read(cell: Cell, _: Context) -> Reading[Patch]:
        if match := re.fullmatch(r"([\d,.]+)\s*(?:jaar|jr\.?)", said(cell).lower()):
            years = number(match[1])
            cell = str(round(years * 12)) if years is not None else cell
        return _patch(read_whole(cell, 0, most, units=_MONTHS), path)

    return read


def _languages(default: str) -> Reader:
    def read(cell: Cell, _: Context) -> Reading[Patch]:
        reading = answers.read_languages(cell, default)
        entries = (
            None
            if reading.value is None
            else [{"language": language, "level": level} for language, level in reading.value]
        )
        if default != "nl" and reading.value == []:
            entries = None  # "Engels: geen" says nothing of other languages
        return _patch(Reading(entries, reading.reason, reading.words), "languages")

    return read


def _capacity(path: str, position: int) -> Reader:
    capacity = CAPACITIES[position]

    def read(cell: Cell, context: Context) -> Reading[Patch]:
        reading = answers.read_capacity(cell, capacity, in_kilos=context.unit == "kg")
        value = None if reading.value is None else {capacity.value: reading.value}
        return _patch(Reading(value, reading.reason, reading.words), path)

    return read


def _day(path: str, day: Weekday) -> Reader:
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


def _unquote(item: str) -> str:
    return read_text(item, 1_000).value or item


def _work_done(cell: Cell, _: Context) -> Reading[Patch]:
    """Work with months and whether it was paid: "magazijnmedewerker (2 jaar, betaald)", "3 jaar schoonmaak"."""
    items = _items(cell)
    if items.value is None or not items.value:
        return _patch(items, "work_done")
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
        title = _unquote(title)
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
        return _patch(items, "skills")
    skills: list[dict[str, Any]] = []
    for item in items.value:
        text, details = bracketed(item)
        how = find_term(details[0], words.HOW_KNOWN) if len(details) == 1 else None
        skill = _unquote(item if how is None else text)
        if item.startswith('"') or not is_blank(item):
            skills.append({"skill": skill, **({} if how is None else {"how_known": how})})
    return Reading({"skills": skills} if skills else None)


def _groups(cell: Cell, context: Context) -> Reading[Patch]:
    reading = answers.read_groups(cell, today=context.today)
    entries = None if reading.value is None else [vars(group) for group in reading.value]
    return _patch(Reading(entries, reading.reason, reading.words), "target_groups")


def _support(cell: Cell, _: Context) -> Reading[Patch]:
    reading = answers.read_support(cell)
    entries = (
        None if reading.value is None else [{"need": need, "supplier": supplier} for need, supplier in reading.value]
    )
    return _patch(Reading(entries, reading.reason, reading.words), "support_needs")


def _coach_needed(cell: Cell, _: Context) -> Reading[Patch]:
    reading = read_yes_no(cell)
    need = {"support_needs": [{"need": SupportNeed.JOB_COACH}]} if reading.value else None
    return Reading(need, reading.reason, reading.words)


def _coach(cell: Cell, _: Context) -> Reading[Patch]:
    """A column "Jobcoach" holds either whether one is needed, or who it is."""
    reading = read_yes_no(cell)
    return _patch(read_text(cell), "coach") if reading.reason else _coach_needed(cell, _)


def _wheelchair(cell: Cell, _: Context) -> Reading[Patch]:
    reading = read_yes_no(cell)
    return Reading({"access_needs": [AccessNeed.WHEELCHAIR]} if reading.value else None, reading.reason, reading.words)


def _modes(cell: Cell, _: Context) -> Reading[Patch]:
    """Travel modes; "geen" speaks of no vehicle of her own and leaves walking and the bus open, so it is unknown."""
    if is_none_said(said(cell)):
        return Reading(None, "travel.none_said", said(cell))
    return _patch(read_terms(cell, words.TRAVEL_MODES, whole=True), "travel.modes")


def _minutes(cell: Cell, context: Context) -> Reading[Patch]:
    return _patch(read_minutes(cell, in_hours=context.unit == "uur"), "travel.max_minutes")


def _region(cell: Cell, context: Context) -> Reading[Patch]:
    return _patch(read_region(cell, context.regions), "region")


def _candidate_times(cell: Cell, _: Context) -> Reading[Patch]:
    reading = read_times(cell)
    times = reading.value
    if times is None:
        return Reading(None, reading.reason, reading.words)
    patch = {"hours.min": times.min, "hours.max": times.max, "hours.build_up_to": times.build_up_to,
             "hours.build_up_months": times.build_up_months, "hours_per_day_max": times.hours_per_day,
             "weekly_grid": times.grid}  # fmt: skip
    return Reading({path: value for path, value in patch.items() if value is not None}, reading.reason, reading.words)


def _vacancy_times(cell: Cell, _: Context) -> Reading[Patch]:
    """As for a candidate; work that may grow ("16 uur, opbouw naar 24") is work of 16 to 24 hours."""
    reading = read_times(cell)
    times = reading.value
    if times is None:
        return Reading(None, reading.reason, reading.words)
    patch = {"hours.min": times.min, "hours.max": times.build_up_to or times.max, "hours_per_day": times.hours_per_day,
             "work_times.fixed": times.grid, "work_times.dayparts_per_week": times.dayparts_per_week}  # fmt: skip
    return Reading({path: value for path, value in patch.items() if value is not None}, reading.reason, reading.words)


def _demand(
    required: str, desired: str, read: Callable[[Cell], Reading[answers.Demand[Any]]], *, wish: bool = False
) -> Reader:
    """A demand and a wish in one cell; under a column of wishes (`wish`) all of it is wished."""

    def patch(cell: Cell, _: Context) -> Reading[Patch]:
        reading = read(cell)
        asked = reading.value
        if asked is None:
            return Reading(None, reading.reason, reading.words)
        if wish:
            return Reading({desired: [*asked.required, *asked.desired]}, reading.reason, reading.words)
        value: Patch = {required: list(asked.required)}
        if asked.desired:
            value[desired] = list(asked.desired)
        return Reading(value, reading.reason, reading.words)

    return patch


def _screenings(cell: Cell, _: Context) -> Reading[Patch]:
    """Screenings that are asked; "ja" under such a column is a VOG."""
    text = words.plain(said(cell))
    if text in YES or text in {"vereist", "nodig", "verplicht"}:
        return Reading({"screenings": ["vog"]})
    reading = answers.read_demand(cell, words.SCREENINGS)
    return _patch(Reading(reading.value and list(reading.value.required), reading.reason, reading.words), "screenings")


def _access(need: AccessNeed) -> Reader:
    def read(cell: Cell, _: Context) -> Reading[Patch]:
        reading = read_yes_no(cell)
        return _patch(
            Reading(None if reading.value is None else {need.value: reading.value}, reading.reason, reading.words),
            "access",
        )

    return read


def _share(cell: Cell, context: Context) -> Reading[Patch]:
    """A share of the work at home, 0 to 1: "40%", "0,4", "nee" (a bare number above 1 is a percentage)."""
    text = said(cell)
    if words.plain(text) in NO and words.plain(text) != "0":
        return Reading({"remote_share": 0.0})
    per_cent = text.endswith("%") or context.unit == "%" or (number(text) or 0) > 1
    return _patch(read_number(cell, 0, 1, units=("%",), factor=0.01 if per_cent else 1.0), "remote_share")


def _wage(cell: Cell, _: Context) -> Reading[Patch]:
    if match := re.fullmatch(r"€?\s*([\d.,]+)\s*(?:-|–|tot)\s*€?\s*([\d.,]+)", said(cell)):
        low, high = number(match[1]), number(match[2])
        if low is not None and high is not None and low <= high <= 500:
            return Reading({"wage.euros_per_hour_min": low, "wage.euros_per_hour_max": high})
    return _patch(read_number(cell, 0, 500, units=("per uur", "p/u", "euro", "bruto")), "wage.euros_per_hour_min")


def _tasks(cell: Cell, _: Context) -> Reading[Patch]:
    """Tasks by newline or semicolon, each with its hours and demands in brackets: "archief (8 uur, tillen 10 kg)"."""
    text = said(cell)
    if is_none_said(text):
        return Reading({"tasks": []})
    items = [part for part in split_list(text.replace(",", "\ue000"), on_slash=False) if not is_blank(part)]
    tasks = [_task(item.replace("\ue000", ",")) for item in items]
    return Reading({"tasks": tasks}) if tasks else Reading()


def _task(item: str) -> dict[str, Any]:
    text, details = bracketed(re.sub(r"^\s*(?:\d{1,2}[.)]|[-•*])\s+", "", item))
    task: dict[str, Any] = {}
    for detail in details:
        hours = re.fullmatch(r"(\d+(?:[.,]\d+)?)\s*(?:uur|uren|u)(?: per week| p/w)?", detail.lower())
        demands = answers.read_capacities(detail)
        freedom = find_term(detail, words.FREEDOMS)
        if hours:
            task["hours_per_week"] = number(hours[1])
        elif freedom is not None:
            task["freedom"] = freedom
        elif demands.value and not demands.reason:
            task.setdefault("demands", {}).update({c.value: level for c, level in demands.value.items()})
        else:
            return {"text": _unquote(item)}  # brackets that belong to the sentence
    return {"text": _unquote(text), **task}


def task_part(part: str) -> Reader:
    """The reader of a numbered task column: "Taak 2", "Taak 2 uren"; paths are those of one task."""
    return {
        "text": _at("text", lambda cell: read_text(cell, 1_000)),
        "hours": _hours("hours_per_week"),
        "freedom": _term("freedom", words.FREEDOMS),
        "skills": _at("skills", read_texts),
        "demands": _demands,
    }[part]


def _demands(cell: Cell, _: Context) -> Reading[Patch]:
    reading = answers.read_capacities(cell)
    value = None if reading.value is None else {capacity.value: level for capacity, level in reading.value.items()}
    return _patch(Reading(value, reading.reason, reading.words), "demands")


def _capacities(cell: Cell, context: Context) -> Reading[Patch]:
    reading = _demands(cell, context)
    return Reading(reading.value and {"capacities": reading.value["demands"]}, reading.reason, reading.words)


def _text(path: str, longest: int = 200) -> Reader:
    return _at(path, lambda cell: read_text(cell, longest))


def _whole(path: str, low: int, high: int, *units: str) -> Reader:
    return _at(path, lambda cell: read_whole(cell, low, high, units=units))


# In this order: a column that says one thing exactly goes before one that may say it too.
CANDIDATE_READERS: dict[str, Reader] = {
    "source": _text("source", 100),
    "source_id": _text("source_id", 100),
    "region": _region,
    "postcode": _at("postcode", read_postcode),
    "agreed_to_matching": _at("agreed_to_matching", read_yes_no),
    "available_from": _dated("available_from"),
    "pause.since": _dated("pause.since"),
    "pause.resumes_on": _dated("pause.resumes_on"),
    "target_groups": _groups,
    "wishes.work": _at("wishes.work", read_texts),
    "wishes.not_work": _at("wishes.not_work", read_texts),
    "wishes.sectors": _list("wishes.sectors", words.SECTORS),
    "wishes.not_sectors": _list("wishes.not_sectors", words.SECTORS),
    "wishes.settings": _list("wishes.settings", words.SETTINGS),
    "wishes.not_settings": _list("wishes.not_settings", words.SETTINGS),
    "hours.min": _hours("hours.min"),
    "hours.max": _hours("hours.max"),
    "hours.build_up_to": _hours("hours.build_up_to"),
    "hours.build_up_months": _months("hours.build_up_months", 60),
    "hours_per_day_max": _at("hours_per_day_max", lambda c: read_number(c, 0, 12, units=("uur", "uren", "u"))),
    "minutes_between_breaks": _whole("minutes_between_breaks", 5, 480, "minuten", "min"),
    "weekly_grid": _at("weekly_grid", read_grid),
    **{f"weekly_grid.{day.value}": _day("weekly_grid", day) for day in Weekday},
    "hours": _candidate_times,
    "travel.modes": _modes,
    "travel.max_minutes": _minutes,
    "languages": _languages("nl"),
    "languages.nl": _languages("nl"),
    "languages.en": _languages("en"),
    "licences": _at("licences", answers.read_licences),
    "certificates": _list("certificates", words.CERTIFICATES, whole=True),
    "screenings.vog": _term("screenings.vog", words.SCREENING_ANSWERS),
    "screenings.ministry": _term("screenings.ministry", words.SCREENING_ANSWERS),
    "courses": _at("courses", read_texts),
    "education": _at("education", answers.read_education),
    "work_done": _work_done,
    "skills": _skills,
    **{f"capacities.{c.value}": _capacity("capacities", n) for n, c in enumerate(CAPACITIES)},
    "capacities": _capacities,
    "support_needs": _support,
    "support_needs.job_coach": _coach_needed,
    "coach": _text("coach"),
    "jobcoach": _coach,
    "access_needs": _list("access_needs", words.ACCESS_NEEDS),
    "access_needs.wheelchair": _wheelchair,
    "contract_kinds": _list("contract_kinds", words.CONTRACT_KINDS, whole=True),
    "contract_months_min": _months("contract_months_min", 120),
    "growth_wish": _term("growth_wish", words.GROWTH),
    "contact_channel": _term("contact_channel", words.CONTACT_CHANNELS),
    "representative": _term("representative", words.REPRESENTATIVES),
    "max_open_introductions": _whole("max_open_introductions", 0, 20),
    "responsible_organisation": _text("responsible_organisation"),
    "caseworker": _text("caseworker"),
    "benefit_provider": _term("benefit_provider", words.BENEFIT_PROVIDERS),
    "last_confirmed_on": _dated("last_confirmed_on"),
}

VACANCY_READERS: dict[str, Reader] = {
    "source": _text("source", 100),
    "source_id": _text("source_id", 100),
    "title": _text("title"),
    "description": _text("description", 20_000),
    "tasks": _tasks,
    "kind": _term("kind", words.CONTRACT_KINDS),
    "legal_employer": _text("legal_employer"),
    "work_floor": _text("work_floor"),
    "team": _text("team"),
    "sector": _term("sector", words.SECTORS),
    "settings": _list("settings", words.SETTINGS),
    "hours.min": _hours("hours.min"),
    "hours.max": _hours("hours.max"),
    "hours_per_day": _at("hours_per_day", lambda c: read_number(c, 0, 12, units=("uur", "uren", "u"))),
    "work_times.fixed": _at("work_times.fixed", read_grid),
    **{f"work_times.fixed.{day.value}": _day("work_times.fixed", day) for day in Weekday},
    "work_times.possible": _at("work_times.possible", read_grid),
    "work_times.dayparts_per_week": _whole("work_times.dayparts_per_week", 0, 28, "dagdelen", "dagdeel"),
    "hours": _vacancy_times,
    "postcode": _at("postcode", read_postcode),
    "region": _region,
    "remote_share": _share,
    "trips_per_week": _at("trips_per_week", lambda c: read_number(c, 0, 14, units=("keer", "x", "dagen"))),
    "education_by_law": _at("education_by_law", lambda c: answers.read_education(c, lowest=True)),
    "education_wished": _at("education_wished", lambda c: answers.read_education(c, lowest=True)),
    "languages": _languages("nl"),
    "languages.nl": _languages("nl"),
    "languages.en": _languages("en"),
    "licences_desired": _demand("licences", "licences_desired", answers.read_licence_demand, wish=True),
    "licences": _demand("licences", "licences_desired", answers.read_licence_demand),
    "certificates_desired": _demand("certificates", "certificates_desired",
                                    lambda c: answers.read_demand(c, words.CERTIFICATES), wish=True),
    "certificates": _demand("certificates", "certificates_desired", lambda c: answers.read_demand(c, words.CERTIFICATES)),
    "screenings": _screenings,
    **{f"access.{need.value}": _access(need) for need in AccessNeed},
    "skills_desired": _at("skills_desired", read_texts),
    "wage.cao": _text("wage.cao"),
    "wage.scale": _text("wage.scale"),
    "wage.euros_per_hour_max": _at("wage.euros_per_hour_max", lambda c: read_number(c, 0, 500, units=("per uur", "euro"))),
    "wage.euros_per_hour_min": _wage,
    "contract_months": _months("contract_months", 600),
    "positions": _whole("positions", 1, 500, "plaatsen", "plekken"),
    "start_on": _dated("start_on"),
    "closes_on": _dated("closes_on"),
    "trial_possible": _at("trial_possible", read_yes_no),
    "offers": _list("offers", words.SUPPORT_NEEDS),
    "buddy": _at("buddy", read_yes_no),
    "growth_path": _term("growth_path", words.GROWTH),
    "counts_for": _list("counts_for", words.TARGET_GROUPS, whole=True),
    "contract": _text("contract"),
    "contact_person": _text("contact_person"),
    "demands": _demands,
    **{f"demands.{c.value}": _capacity("demands", n) for n, c in enumerate(CAPACITIES)},
}  # fmt: skip

# Fields in a person's own words: what stands there is looked through before it is kept.
OWN_WORDS = frozenset(
    {"wishes.work", "wishes.not_work", "work_done", "skills", "courses", "coach", "caseworker", "jobcoach"}
)
OWN_WORDS |= {"responsible_organisation"}
