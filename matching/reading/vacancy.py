"""A vacancy text becomes a draft: called by the command line and the API; deterministic, nothing is stored."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from matching.exchange.vacancy_fields import fitted_days
from matching.profiles import VacancyProfile
from matching.reading.contract import read_contract, read_dates
from matching.reading.demands import read_access, read_demands, read_groups, read_offers
from matching.reading.draft import Draft, Found, Part, Parts, checked, counted
from matching.reading.hours import joined_grid, read_days, read_hours, read_hours_a_day
from matching.reading.languages import read_language_levels
from matching.reading.layouts import VACANCY_LAYOUT
from matching.reading.lexicon import Asked, asked, task_verbs
from matching.reading.papers import (
    read_certificates,
    read_education_demand,
    read_licence_demands,
    read_screenings,
)
from matching.reading.passages import Passage, clauses, passages
from matching.reading.place import Places, read_place
from matching.reading.private import hidden
from matching.reading.skill_words import LEAST_SKILL, says_it, skill_label
from matching.reading.tasks import read_tasks
from matching.reading.titles import occupation_of, read_title
from matching.vocabulary import Vocabulary

LEAST_LIKENESS = 0.5
"""From this likeness of the skills of the tasks on, an occupation is proposed for a text without a title."""


_UNREAD = frozenset({"company", "procedure", "contact"})
_BUDDY = re.compile(r"\bbuddy\b", re.I)
_SKILL_CUE = re.compile(
    r"\bje (?:kunt|bent|hebt|typt|houdt|vindt)|\bu (?:kunt|bent|werkt)|\bkennis van"
    r"|\bervaring (?:met|als|in)|\bbasiskennis|\bhoudt van|\bwerkt zelfstandig|\bnauwkeurig"
    r"|\bwerken met\b|\bkunnen\b|\bkunt\b|\bzelfstandig\b",
    re.I,
)
_NO_SKILL = re.compile(
    (
        r"\b(?:tillen|\w*tempo|werktijden|chauffeurskaart|ehbo|bhv|vca|haccp|functie|collega\w*|staan"
        r"|lopen|bukken|rijbewijs|taal|nederlands|engels|diploma|uur|uren|jaar|vervoer|beschikbaar"
        r"|certificaat|vog|niveau)\b"
    ),
    re.I,
)


def read_vacancy(text: str, vocabulary: Vocabulary, places: Places, *, today: date) -> Draft:
    """The draft that a vacancy text gives; `today` is the day that "per direct" means.

    What the text says of the company and its procedure is skipped; names, numbers and addresses are hidden before
    anything is read. A demand on the body counts for every task, as in files, unless it stands in a task.
    """
    readable, left_out = hidden(text, about_a_person=False)
    found = passages(readable, VACANCY_LAYOUT)
    flat = readable.replace("\n", " ")
    verbs = task_verbs((*vocabulary.taxonomy.skill_label_texts, *vocabulary.taxonomy.task_texts))
    parts = Parts(text, flat)
    title = read_title(flat, found, vocabulary)
    parts.add("title", title)
    named = any(one.section == "tasks" or one.label == "tasks" for one in found)
    tasks = read_tasks(flat, found, verbs, listed=named)
    parts.add_all("tasks", tasks)
    parts.add("occupation", _occupation(title, tasks, flat, vocabulary))
    read = [one for one in found if one.section not in _UNREAD and one.label not in _UNREAD]
    _times(parts, flat, read)
    located = [one for one in found if one.section != "procedure"]
    spans = [
        (one.start, one.end, one.label == "place" or one.section == "place")
        for one in located
        if one.section != "company"
    ]
    place = read_place(flat, spans, places) or {
        name: Found(value.value, value.start, value.end, 0.4, "place.of_the_company")
        for name, value in read_place(flat, [(one.start, one.end, False) for one in located], places, least=1.0).items()
    }
    for name, value in place.items():
        parts.add(name, value)
    _papers(parts, flat, found, read)
    for one in read:
        parts.add_all(
            "offers", (value for _, value in read_offers(flat, one.start, one.end) if one.section != "demands")
        )
        if match := _BUDDY.search(flat, one.start, one.end):
            parts.add_all("buddy", [Found(True, match.start(), match.end(), 0.85)])
        for need, value in read_access(flat, one.start, one.end):
            parts.add_all("access", [Found({need: value.value}, value.start, value.end, value.confidence)])
        parts.add_all("counts_for", read_groups(flat, one.start, one.end))
        read_contract(parts, flat, one, today)
        parts.add_all("skills_desired", _skills(flat, one, tasks, vocabulary))
    for one in read:
        for capacity, value in read_demands(flat, one.start, one.end):
            in_task = next((n for n, task in enumerate(tasks, 1) if task.start <= value.start < task.end), None)
            reason = None if in_task or not tasks else "demands.on_all_tasks"
            already = any(
                part.field == "demands" and part.value.get("capacity") == capacity.value for part in parts.parts
            )
            if not already:
                said = {"capacity": capacity.value, "level": value.value} | ({"task": in_task} if in_task else {})
                parts.add("demands", Found(said, value.start, value.end, value.confidence, reason))
    for one in (one for one in found if one.section == "procedure"):
        read_dates(parts, flat, one, today)
        for screening in read_screenings(flat, one.start, one.end):
            if screening.value is not None:
                parts.add_all("screenings", [screening])
    skipped = [one.section or one.label or "" for one in found]
    kinds = [*left_out, *{name for name in skipped if name in ("company", "procedure")}]
    return _draft(parts.parts, counted(kinds))


def _occupation(title: Found | None, tasks: list[Found], text: str, vocabulary: Vocabulary) -> Found | None:
    """The occupation of the title, else the one whose work is most like the tasks, for a person to check."""
    if title is not None and (named := occupation_of(title, vocabulary)) is not None:
        return named
    skills = [skill for task in tasks for skill in vocabulary.skills_of(str(task.value))]
    name, like = vocabulary.likely_title(skills)
    if not name or like < LEAST_LIKENESS:
        return None
    return Found(
        name, min(task.start for task in tasks), max(task.end for task in tasks), like, "occupation.from_tasks"
    )


def _times(parts: Parts, text: str, read: list[Passage]) -> None:
    """Hours a week, hours a day, and the days; the surest statement of hours stands, another one is marked."""
    stated: list[Found] = []
    grids: list[Found] = []
    by_agreement = False
    for one in read:
        labelled = one.label == "hours"
        hours = read_hours(text, one.start, one.end, labelled=labelled)
        if hours is not None and (one.section != "tasks" or labelled or hours.confidence >= 0.9):
            stated.append(hours)
        if (value := read_hours_a_day(text, one.start, one.end)) is not None:
            parts.add_all("hours_per_day", [value])
        if one.label != "title" and (days := read_days(text, one.start, one.end)) is not None:
            grids.append(days)
        by_agreement = by_agreement or bool(
            re.search(
                (
                    r"\b(?:dagen|werktijden|tijden|rooster) (?:zijn )?(?:in overleg|kies|te bepalen)"
                    r"|samen met ons welke dagen"
                ),
                text[one.start : one.end],
                re.I,
            )
        )
    if stated:
        best = max(stated, key=lambda one: (one.confidence, -one.start))
        open_one = next((one for one in stated if one.value is None or one.reason == "hours.by_agreement"), None)
        if open_one and best is not open_one and best.reason is None:
            best = Found(best.value, best.start, best.end, best.confidence - 0.2, open_one.reason)
        if best.value and "buildUpTo" in best.value:
            best = Found(
                {"min": best.value.get("min"), "max": best.value["buildUpTo"]},
                best.start,
                best.end,
                best.confidence,
                best.reason,
            )
        differing = [
            one for one in stated if one.value and best.value and one.value != best.value and one.confidence >= 0.85
        ]
        if differing and best.reason is None:
            best = Found(best.value, best.start, best.end, best.confidence - 0.2, "hours.stated_twice")
        parts.add("hours", best)
    if grids:
        grid = grids[0].value
        for other in grids[1:]:
            grid = {
                day.value: [part.value for part in several] for day, several in joined_grid(grid, other.value).items()
            }
        reason = next((one.reason for one in grids if one.reason), "days.to_choose" if by_agreement else None)
        parts.add("days", Found(grid, grids[0].start, grids[0].end, grids[0].confidence, reason))


def _papers(parts: Parts, text: str, found: list[Passage], read: list[Passage]) -> None:
    """Licences, certificates, screenings, languages and education."""
    for one in read:
        if one.label == "licences" and not re.search(r"rijbewijs", text[one.start : one.end], re.I):
            words = text[one.start : one.end]
            if asked(words) is Asked.NO:
                parts.add("licences", Found(None, one.start, one.end, 0.95))
            else:
                from_label = list(read_licence_demands(f"rijbewijs {words}", 0, len(words) + 10))
                for name, value in from_label:
                    parts.add_all(name, [Found(value.value, one.start, one.end, value.confidence)])
        if one.section != "offer":
            for name, value in read_licence_demands(text, one.start, one.end):
                parts.add_all(name, [value])
        for name, value in read_certificates(text, one.start, one.end, listed=one.label == "certificates"):
            parts.add_all(name, [value])
        parts.add_all("screenings", read_screenings(text, one.start, one.end))
        if one.section not in ("offer", "tasks") or one.label == "languages":
            parts.add_all("languages", read_language_levels(text, one.start, one.end))
        if one.label == "education" and re.search(r"\b(?:geen|niet)\b", text[one.start : one.end], re.I):
            parts.add("education_wished", Found("none", one.start, one.end, 0.9))
        elif one.section != "offer":
            for name, value in read_education_demand(text, one.start, one.end):
                parts.add_all(name, [value])


def _skills(text: str, one: Passage, tasks: list[Found], vocabulary: Vocabulary) -> Iterator[Found]:
    """Skills that a demand speaks of; what the text asks hangs on no task yet, so a person has to say on which."""
    if one.section not in ("demands", None) and one.label != "skills":
        return
    for start, end in clauses(text, one.start, one.end):
        words = text[start:end]
        if any(start < task.end and task.start < end for task in tasks):
            continue
        in_demands = one.section == "demands" or one.label == "skills"
        if not (in_demands or _SKILL_CUE.search(words)) or _NO_SKILL.search(words) or asked(words) is Asked.NO:
            continue
        wished = asked(words) is Asked.WISHED
        for found in vocabulary.skills.resolve_skills(words):
            if found.confidence >= LEAST_SKILL and says_it(words[found.start : found.end], found, vocabulary):
                label = skill_label(vocabulary, found.skill)
                reason = None if wished else "skills.on_no_task"
                yield Found(label, start + found.start, start + found.end, found.confidence, reason)


def _draft(parts: list[Part], not_read: dict[str, int]) -> Draft:
    """The parts put together as a profile: lists, demands on their tasks, days fixed or possible."""
    data: dict[str, Any] = {}
    for name in (
        "title",
        "kind",
        "hours",
        "hoursPerDay",
        "postcode",
        "region",
        "educationByLaw",
        "educationWished",
        "wage",
        "contractMonths",
        "positions",
        "startOn",
        "closesOn",
        "trialPossible",
        "buddy",
        "remoteShare",
    ):
        first = next((part.value for part in parts if part.field == name and part.value is not None), None)
        if first is not None:
            data[name] = first
    for name in (
        "licences",
        "licencesDesired",
        "certificates",
        "certificatesDesired",
        "screenings",
        "languages",
        "offers",
        "countsFor",
        "skillsDesired",
    ):
        listed = [part for part in parts if part.field == name]
        values = [part.value for part in listed if part.value is not None]
        denied = any(part.value is None and part.reason is None for part in listed)
        if values or (denied and name in ("licences", "certificates", "screenings")):
            data[name] = list(values)
    access = {need: there for part in parts if part.field == "access" for need, there in part.value.items()}
    if access:
        data["access"] = access
    tasks = [{"text": part.value, "demands": {}} for part in parts if part.field == "tasks"]
    stated = [part.value for part in parts if part.field == "demands"]
    if stated and not tasks and "title" in data:
        tasks = [{"text": data["title"], "demands": {}}]
    for demand in stated:
        for number, task in enumerate(tasks, 1):
            if demand.get("task", number) == number:
                task["demands"][demand["capacity"]] = demand["level"]
    if tasks:
        data["tasks"] = [{name: value for name, value in task.items() if value} for task in tasks]
    _with_days(data, parts)
    profile, refused, missing = checked(VacancyProfile, data)
    kept = tuple(
        part
        if part.field not in refused
        else Part(part.field, None, part.quote, part.start, part.end, part.confidence, "not_valid")
        for part in parts
    )
    return Draft("vacancy", profile, kept, not_read, missing)


def _with_days(data: dict[str, Any], parts: list[Part]) -> None:
    """Days as fixed or possible ones, by the same rule as in files; days to choose from are possible ones."""
    days = next((part for part in parts if part.field == "days" and part.value), None)
    if days is None:
        return
    hours = data.get("hours") or {}
    values = {"work_times.days": days.value, "hours.min": hours.get("min"), "hours.max": hours.get("max")}
    fitted_days(values)
    times = {
        name: values[path]
        for name, path in (
            ("fixed", "work_times.fixed"),
            ("possible", "work_times.possible"),
            ("daypartsPerWeek", "work_times.dayparts_per_week"),
        )
        if path in values
    }
    if days.reason is not None and "fixed" in times:
        times["possible"] = times.pop("fixed")
    data["workTimes"] = times
