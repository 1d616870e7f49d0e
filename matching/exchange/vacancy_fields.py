"""What a cell under a column says of a vacancy: for each field its reader; called by `importing` and `drafts`.

The readers that candidates and vacancies share are in `fields`.
"""

import math
import re
from collections.abc import Callable
from typing import Any

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
    read_number,
    read_postcode,
    read_term,
    read_text,
    read_texts,
    read_yes_no,
    said,
    split_list,
)
from matching.exchange.fields import (
    Context,
    Patch,
    Reader,
    at,
    bracketed,
    capacity_at,
    dated_at,
    day_at,
    hours_at,
    languages_at,
    list_at,
    months_at,
    patch_of,
    read_demands,
    read_region_cell,
    term_at,
    text_at,
    unquote,
    whole_at,
)
from matching.exchange.times import HOURS_A_DAYPART, read_grid, read_times
from scoring.terms import CAPACITIES, AccessNeed, Growth, Weekday

_SHORT_TASK = 5  # words
_BY_LAW = re.compile(r"\b(?:wettelijke?|wet|bij|volgens|de|verplichte?|vereiste?|eis)\b")
_LIGHTENS = {
    "tilhulp": "lifting", "tillift": "lifting", "heftafel": "lifting", "stahulp": "standing", "zitkruk": "standing",
    "stasteun": "standing", "zadelkruk": "standing", "koptelefoon": "noise_stimuli", "loep": "sight",
    "gehoorbescherming": "noise_stimuli", "beeldschermloep": "sight", "ringleiding": "hearing",
}  # fmt: skip


def fitted_days(values: Patch) -> None:
    """Settle the days that a vacancy names: fixed, or only possible where they are more than its hours need.

    "ma t/m vr" beside 16 hours names the days to choose from: four dayparts of four hours out of ten. Without hours
    the whole week says nothing of how many. Days under a column of fixed days are fixed, whatever the hours.
    """
    grid = values.pop("work_times.days", None)
    if grid is None:
        return
    n_named = sum(len(set(parts)) for parts in grid.values())
    least, most = values.get("hours.min"), values.get("hours.max")
    n_needed = values.get("work_times.dayparts_per_week")
    if n_needed is None and (hours := least or most):
        n_needed = math.ceil(hours / HOURS_A_DAYPART)
    n_most = max(n_needed or 0, math.ceil((most or 0) / HOURS_A_DAYPART))
    whole_week = n_named >= 10 and n_needed is None
    if "work_times.fixed" in values or not (whole_week or 0 < n_most < n_named):
        values.setdefault("work_times.fixed", grid)
        return
    values.setdefault("work_times.possible", grid)
    if n_needed is not None:
        values["work_times.dayparts_per_week"] = n_needed


def _education(cell: Cell, _: Context) -> Reading[Patch]:
    """A wished education, or by law where the cell says so: "mbo-2 wettelijk verplicht", "mbo 2 verplicht (wet)"."""
    plainly = words.plain(said(cell))
    by_law = re.search(r"\bwet(?:telijke?)?\b", plainly) and not re.search(r"\b(?:niet|geen)\b", plainly)
    if not by_law:
        return patch_of(answers.read_education(cell, lowest=True), "education_wished")
    reading = answers.read_education(" ".join(_BY_LAW.sub(" ", plainly).split()), lowest=True)
    return patch_of(Reading(reading.value, reading.reason, said(cell) if reading.reason else None), "education_by_law")


def _growth(cell: Cell, _: Context) -> Reading[Patch]:
    """What one may grow into; "ja" is the least of it, more tasks."""
    if words.plain(said(cell)) in YES | {"mogelijk", "ja mogelijk"}:
        return Reading({"growth_path": Growth.MORE_TASKS})
    return patch_of(read_term(cell, words.GROWTH), "growth_path")


def _adaptations(cell: Cell, _: Context) -> Reading[Patch]:
    """Aids by their names, each taking one level off what the work asks: possible, or offered where it is there."""
    reading = read_texts(cell)
    if not reading.value:
        return Reading(None, reading.reason, reading.words)
    adaptations: list[dict[str, Any]] = []
    missed: list[str] = []
    for item in reading.value:
        plainly = words.plain(item)
        named = next((capacity for aid, capacity in _LIGHTENS.items() if re.search(rf"\b{aid}s?\b", plainly)), None)
        if named is None or re.search(r"\b(?:geen|niet)\b", plainly):
            missed.append(item)
            continue
        offered = re.search(r"\b(?:aanwezig|beschikbaar|geregeld)\b", plainly) is not None
        adaptations.append({"capacity": named, "levels": 1, "offered": offered, "text": item})
    reason = ("list.partly_understood" if adaptations else "list.not_understood") if missed else None
    value: Patch | None = {"adaptations": adaptations} if adaptations else None
    return Reading(value, reason, "; ".join(missed) or None)


def _vacancy_times(cell: Cell, _: Context) -> Reading[Patch]:
    """As for a candidate; work that may grow ("16 uur, opbouw naar 24") is work of 16 to 24 hours."""
    reading = read_times(cell)
    times = reading.value
    if times is None:
        return Reading(None, reading.reason, reading.words)
    patch = {"hours.min": times.min, "hours.max": times.build_up_to or times.max, "hours_per_day": times.hours_per_day,
             "work_times.days": times.grid, "work_times.dayparts_per_week": times.dayparts_per_week}  # fmt: skip
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
    return patch_of(
        Reading(reading.value and list(reading.value.required), reading.reason, reading.words), "screenings"
    )


def _access(need: AccessNeed) -> Reader:
    def read(cell: Cell, _: Context) -> Reading[Patch]:
        reading = read_yes_no(cell)
        return patch_of(
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
    return patch_of(read_number(cell, 0, 1, units=("%",), factor=0.01 if per_cent else 1.0), "remote_share")


def _wage(cell: Cell, _: Context) -> Reading[Patch]:
    if match := re.fullmatch(r"€?\s*([\d.,]+)\s*(?:-|–|tot)\s*€?\s*([\d.,]+)", said(cell)):
        low, high = number(match[1]), number(match[2])
        if low is not None and high is not None and low <= high <= 500:
            return Reading({"wage.euros_per_hour_min": low, "wage.euros_per_hour_max": high})
    return patch_of(read_number(cell, 0, 500, units=("per uur", "p/u", "euro", "bruto")), "wage.euros_per_hour_min")


def _tasks(cell: Cell, _: Context) -> Reading[Patch]:
    """Tasks by newline or semicolon, each with its hours and demands in brackets: "archief (8 uur, tillen 10 kg)";
    without these by comma too, where every part is short ("post sorteren, kopiëren"): a sentence stays one task."""
    text = said(cell)
    if is_none_said(text):
        return Reading({"tasks": []})
    items = [part for part in split_list(text.replace(",", "\ue000"), on_slash=False) if not is_blank(part)]
    by_comma = split_list(text, on_slash=False) if len(items) == 1 else []
    if len(by_comma) > 1 and all(len(bracketed(part)[0].split()) <= _SHORT_TASK for part in by_comma):
        items = by_comma
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
            return {"text": unquote(item)}  # brackets that belong to the sentence
    return {"text": unquote(text), **task}


def task_part(part: str) -> Reader:
    """The reader of a numbered task column: "Taak 2", "Taak 2 uren"; paths are those of one task."""
    return {
        "text": at("text", lambda cell: read_text(cell, 1_000)),
        "hours": hours_at("hours_per_week"),
        "freedom": term_at("freedom", words.FREEDOMS),
        "skills": at("skills", read_texts),
        "demands": read_demands,
    }[part]


VACANCY_READERS: dict[str, Reader] = {
    "source": text_at("source", 100),
    "source_id": text_at("source_id", 100),
    "title": text_at("title"),
    "description": text_at("description", 20_000),
    "tasks": _tasks,
    "kind": term_at("kind", words.CONTRACT_KINDS),
    "legal_employer": text_at("legal_employer"),
    "work_floor": text_at("work_floor"),
    "team": text_at("team"),
    "sector": term_at("sector", words.SECTORS),
    "settings": list_at("settings", words.SETTINGS),
    "hours.min": hours_at("hours.min"),
    "hours.max": hours_at("hours.max"),
    "hours_per_day": at("hours_per_day", lambda c: read_number(c, 0, 12, units=("uur", "uren", "u"))),
    "work_times.fixed": at("work_times.fixed", read_grid),
    "work_times.days": at("work_times.days", read_grid),
    **{f"work_times.days.{day.value}": day_at("work_times.days", day) for day in Weekday},
    "work_times.possible": at("work_times.possible", read_grid),
    "work_times.dayparts_per_week": whole_at("work_times.dayparts_per_week", 0, 28, "dagdelen", "dagdeel"),
    "hours": _vacancy_times,
    "postcode": at("postcode", read_postcode),
    "region": read_region_cell,
    "remote_share": _share,
    "trips_per_week": at("trips_per_week", lambda c: read_number(c, 0, 14, units=("keer", "x", "dagen"))),
    "education_by_law": at("education_by_law", lambda c: answers.read_education(c, lowest=True)),
    "education_wished": _education,
    "languages": languages_at("nl"),
    "languages.nl": languages_at("nl"),
    "languages.en": languages_at("en"),
    "licences_desired": _demand("licences", "licences_desired", answers.read_licence_demand, wish=True),
    "licences": _demand("licences", "licences_desired", answers.read_licence_demand),
    "certificates_desired": _demand("certificates", "certificates_desired",
                                    lambda c: answers.read_demand(c, words.CERTIFICATES), wish=True),
    "certificates": _demand("certificates", "certificates_desired",
                            lambda c: answers.read_demand(c, words.CERTIFICATES)),
    "screenings": _screenings,
    **{f"access.{need.value}": _access(need) for need in AccessNeed},
    "skills_desired": at("skills_desired", read_texts),
    "wage.cao": text_at("wage.cao"),
    "wage.scale": text_at("wage.scale"),
    "wage.euros_per_hour_max": at("wage.euros_per_hour_max", lambda c: read_number(c, 0, 500, units=("euro",))),
    "wage.euros_per_hour_min": _wage,
    "contract_months": months_at("contract_months", 600),
    "positions": whole_at("positions", 1, 500, "plaatsen", "plekken"),
    "start_on": dated_at("start_on"),
    "closes_on": dated_at("closes_on"),
    "trial_possible": at("trial_possible", read_yes_no),
    "offers": list_at("offers", words.SUPPORT_NEEDS),
    "buddy": at("buddy", read_yes_no),
    "growth_path": _growth,
    "adaptations": _adaptations,
    "counts_for": list_at("counts_for", words.TARGET_GROUPS, whole=True),
    "contract": text_at("contract"),
    "contact_person": text_at("contact_person"),
    "demands": read_demands,
    **{f"demands.{c.value}": capacity_at("demands", n) for n, c in enumerate(CAPACITIES)},
}  # fmt: skip
