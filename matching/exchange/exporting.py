"""Exporting candidates and vacancies: JSON Lines (lossless), CSV and XLSX (flat, as the importer reads them back).

Called by the command line and the ways in. A flat file has a Dutch column for every field but past placements and
adaptations, which do not fit in a cell. Cells that a spreadsheet would take for a formula are guarded by an apostrophe.
"""

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError
from sqlmodel import Session

from matching.errors import Invalid
from matching.exchange import words
from matching.exchange.cells import quoted
from matching.exchange.columns import CANDIDATE_NAMES, VACANCY_NAMES
from matching.exchange.fields import NO_TRAVEL
from matching.exchange.tabular import FORMULA_START
from matching.exchange.times import say_grid
from matching.profiles import CandidateProfile, GroupMembership, Language, Profile, Support, Task, VacancyProfile
from matching.store import load_candidates, load_vacancies
from scoring.terms import CAPACITIES, AccessNeed, Capacity, Daypart, Supplier, Weekday

E = TypeVar("E", bound=Enum)
P = TypeVar("P", CandidateProfile, VacancyProfile)
Say: TypeAlias = Callable[[Any], str]
Columns: TypeAlias = Mapping[str, Callable[[Any], str]]

_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_TASK_HEADERS = ("", " uren", " vrijheid", " vaardigheden", " eisen")


def export_candidates(session: Session, path: Path) -> int:
    """Write all candidates to `path` (.jsonl, .csv or .xlsx) and return how many. Raises Invalid for another ending.

    Pseudonymous as the profiles are, and complete: restricted groups too, so whoever asks must be allowed to see them.
    """
    return _export(load_candidates(session), Path(path), _CANDIDATE_COLUMNS, CANDIDATE_NAMES.dutch, 0)


def export_vacancies(session: Session, path: Path) -> int:
    """Write all vacancies, as `export_candidates` does; tasks stand in numbered columns."""
    path = Path(path)
    n_tasks = 0
    if path.suffix.lower() != ".jsonl":
        n_tasks = max((len(vacancy.tasks or []) for _, vacancy in load_vacancies(session)), default=0)
    return _export(load_vacancies(session), path, _VACANCY_COLUMNS, VACANCY_NAMES.dutch, n_tasks)


def _export(
    profiles: Iterator[tuple[str, P]], path: Path, columns: Columns, names: Mapping[str, str], n_tasks: int
) -> int:
    ending = path.suffix.lower()
    unfinished = path.with_name(path.name + ".partial")
    tasks: list[str] = [f"Taak {number}{part}" for number in range(1, n_tasks + 1) for part in _TASK_HEADERS]
    header = [*(names[field] for field in columns), *tasks]

    def rows() -> Iterator[list[str]]:
        for identifier, profile in profiles:
            keyed = profile if profile.source_id else profile.model_copy(update={"source_id": identifier})
            cells = [say(keyed) for say in columns.values()]
            if isinstance(profile, VacancyProfile):
                cells += [part for task in profile.tasks or [] for part in _task_cells(task)]
            yield [_guarded(cell) for cell in cells] + [""] * (len(header) - len(cells))

    try:
        if ending == ".jsonl":
            n_written = _write_lines(profiles, unfinished)
        elif ending == ".csv":
            n_written = _write_csv(header, rows(), unfinished)
        elif ending == ".xlsx":
            n_written = _write_book(header, rows(), unfinished)
        else:
            raise Invalid("file.unknown_ending", file=path.name, known=".jsonl .csv .xlsx")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return n_written


def _write_lines(profiles: Iterator[tuple[str, P]], path: Path) -> int:
    n_written = 0
    with path.open("w", encoding="utf-8", newline="\n") as opened:
        for identifier, profile in profiles:
            line: dict[str, Any] = {"id": identifier, "source": profile.source}
            line |= profile.model_dump(mode="json", by_alias=True, exclude_none=True)
            opened.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            n_written += 1
    return n_written


def _write_csv(header: Sequence[str], rows: Iterator[list[str]], path: Path) -> int:
    """Semicolons and a byte order mark: what a Dutch Excel opens without a question."""
    n_written = 0
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened, delimiter=";")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            n_written += 1
    return n_written


def _write_book(header: Sequence[str], rows: Iterator[list[str]], path: Path) -> int:
    """Every cell is text, so that neither formula nor date is made of it."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Vonk")
    sheet.freeze_panes = "A2"
    sheet.append(list(header))
    n_written = 0
    for row in rows:
        cells = []
        for text in row:
            try:
                cell = WriteOnlyCell(sheet, value=text)
            except IllegalCharacterError:
                cell = WriteOnlyCell(sheet, value=_ILLEGAL.sub("", text))
            cell.data_type = "s"
            cells.append(cell if text else None)
        sheet.append(cells)
        n_written += 1
    book.save(path)
    return n_written


def _guarded(text: str) -> str:
    return f"'{text}" if FORMULA_START.match(text) else text


def _number(value: float | None) -> str:
    """All digits of a number, with a decimal comma."""
    if value is None:
        return ""
    return format(Decimal(repr(value)), "f").removesuffix(".0").replace(".", ",")


def _text(value: str | None) -> str:
    return "" if value is None else quoted(value)


def _day(value: date | None) -> str:
    return "" if value is None else f"{value.day:02d}-{value.month:02d}-{value.year:04d}"


def _yes_no(value: bool | None) -> str:
    return "" if value is None else "ja" if value else "nee"


def _listed(values: Sequence[Any] | None, say: Callable[[Any], str]) -> str:
    """A list by semicolon; the empty list (asked, and none) is "geen", an unknown one an empty cell."""
    return "" if values is None else "; ".join(map(say, values)) or "geen"


def _texts(values: Sequence[str] | None) -> str:
    return _listed(values, quoted)


def _terms(values: Sequence[E] | None, table: dict[str, E]) -> str:
    return _listed(values, lambda term: words.spoken(term, table))


def _term(value: E | None, table: dict[str, E]) -> str:
    return "" if value is None else words.spoken(value, table)


def _grid(value: dict[Weekday, list[Daypart]] | None) -> str:
    return "" if value is None else say_grid(value)


def _language(entry: Language) -> str:
    name = next((name for name, code in words.LANGUAGES.items() if code == entry.language), entry.language)
    return f"{name} {'geen' if not entry.level else entry.level.name}"


def _group(entry: GroupMembership) -> str:
    name = words.spoken(entry.group, words.TARGET_GROUPS)
    start = f"van {_day(entry.valid_from)}" if entry.valid_from else ""
    end = f"tot {_day(entry.valid_until)}" if entry.valid_until else ""
    dates = f"{start} {end}".strip()
    return f"{name} ({dates})" if dates else name


def _support(entry: Support) -> str:
    need = words.spoken(entry.need, words.SUPPORT_NEEDS)
    return need if entry.supplier is Supplier.UNKNOWN else f"{need} ({words.spoken(entry.supplier, words.SUPPLIERS)})"


def _work(profile: CandidateProfile) -> str:
    def say(work: Any) -> str:
        details = [] if work.months is None else [f"{work.months} maanden"]
        details += [] if work.paid is None else ["betaald" if work.paid else "onbetaald"]
        title = quoted(work.title)
        # A number in a title ("2 jaar kassa") would be read as months.
        title = f'"{title}"' if title[0] != '"' and any(sign.isdigit() for sign in title) else title
        return f"{title} ({', '.join(details)})" if details else title

    return _listed(profile.work_done, say)


def _skill(entry: Any) -> str:
    how = entry.how_known
    return quoted(entry.skill) + (f" ({words.spoken(how, words.HOW_KNOWN)})" if how else "")


def _task_cells(task: Task) -> list[str]:
    demands = "; ".join(f"{words.spoken(c, words.CAPACITIES)} {level}" for c, level in task.demands.items())
    return [
        quoted(task.text),
        _number(task.hours_per_week),
        _term(task.freedom, words.FREEDOMS),
        _texts(task.skills),
        demands,
    ]


def _of(part: str, field: str, say: Callable[[Any], str]) -> Callable[[Any], str]:
    """Says a field of a part that may be absent: hours, travel, wishes, pause, work times, wage."""

    def cell(profile: Profile) -> str:
        inner = getattr(profile, part)
        return "" if inner is None else say(getattr(inner, field))

    return cell


def _level(capacity: Capacity, profile: CandidateProfile) -> str:
    return _number(profile.capacities.get(capacity))


def _present(need: AccessNeed, profile: VacancyProfile) -> str:
    return _yes_no((profile.access or {}).get(need))


_CANDIDATE_COLUMNS: Columns = {
    "source": lambda p: _text(p.source),
    "source_id": lambda p: _text(p.source_id),
    "region": lambda p: p.region or "",
    "postcode": lambda p: p.postcode or "",
    "agreed_to_matching": lambda p: _yes_no(p.agreed_to_matching),
    "available_from": lambda p: _day(p.available_from),
    "pause.since": _of("pause", "since", _day),
    "pause.resumes_on": _of("pause", "resumes_on", _day),
    "target_groups": lambda p: _listed(p.target_groups, _group),
    "wishes.work": _of("wishes", "work", _texts),
    "wishes.not_work": _of("wishes", "not_work", _texts),
    "wishes.sectors": _of("wishes", "sectors", lambda v: _terms(v, words.SECTORS)),
    "wishes.not_sectors": _of("wishes", "not_sectors", lambda v: _terms(v, words.SECTORS)),
    "wishes.settings": _of("wishes", "settings", lambda v: _terms(v, words.SETTINGS)),
    "wishes.not_settings": _of("wishes", "not_settings", lambda v: _terms(v, words.SETTINGS)),
    "hours.min": _of("hours", "min", _number),
    "hours.max": _of("hours", "max", _number),
    "hours.build_up_to": _of("hours", "build_up_to", _number),
    "hours.build_up_months": _of("hours", "build_up_months", _number),
    "hours_per_day_max": lambda p: _number(p.hours_per_day_max),
    "minutes_between_breaks": lambda p: _number(p.minutes_between_breaks),
    "weekly_grid": lambda p: _grid(p.weekly_grid),
    "travel.modes": _of("travel", "modes", lambda v: NO_TRAVEL if v == [] else _terms(v, words.TRAVEL_MODES)),
    "travel.max_minutes": _of("travel", "max_minutes", lambda v: "" if v is None else f"{v} min"),
    "languages": lambda p: _listed(p.languages, _language),
    "licences": lambda p: _listed(p.licences, lambda licence: str(licence.value)),
    "certificates": lambda p: _terms(p.certificates, words.CERTIFICATES),
    "screenings.vog": lambda p: _term((p.screenings or {}).get("vog"), words.SCREENING_ANSWERS),
    "screenings.ministry": lambda p: _term((p.screenings or {}).get("ministry"), words.SCREENING_ANSWERS),
    "courses": lambda p: _texts(p.courses),
    "education": lambda p: _term(p.education, words.EDUCATION),
    "work_done": _work,
    "skills": lambda p: _listed(p.skills, _skill),
    **{f"capacities.{c.value}": partial(_level, c) for c in CAPACITIES},
    "support_needs": lambda p: _listed(p.support_needs, _support),
    "access_needs": lambda p: _terms(p.access_needs, words.ACCESS_NEEDS),
    "contract_kinds": lambda p: _terms(p.contract_kinds, words.CONTRACT_KINDS),
    "contract_months_min": lambda p: _number(p.contract_months_min),
    "growth_wish": lambda p: _term(p.growth_wish, words.GROWTH),
    "contact_channel": lambda p: _term(p.contact_channel, words.CONTACT_CHANNELS),
    "representative": lambda p: _term(p.representative, words.REPRESENTATIVES),
    "max_open_introductions": lambda p: _number(p.max_open_introductions),
    "responsible_organisation": lambda p: _text(p.responsible_organisation),
    "caseworker": lambda p: _text(p.caseworker),
    "coach": lambda p: _text(p.coach),
    "benefit_provider": lambda p: _term(p.benefit_provider, words.BENEFIT_PROVIDERS),
    "last_confirmed_on": lambda p: _day(p.last_confirmed_on),
}

_VACANCY_COLUMNS: Columns = {
    "source": lambda p: _text(p.source),
    "source_id": lambda p: _text(p.source_id),
    "title": lambda p: _text(p.title),
    "description": lambda p: _text(p.description),
    "kind": lambda p: _term(p.kind, words.CONTRACT_KINDS),
    "legal_employer": lambda p: _text(p.legal_employer),
    "work_floor": lambda p: _text(p.work_floor),
    "team": lambda p: _text(p.team),
    "sector": lambda p: _term(p.sector, words.SECTORS),
    "settings": lambda p: _terms(p.settings, words.SETTINGS),
    "hours.min": _of("hours", "min", _number),
    "hours.max": _of("hours", "max", _number),
    "hours_per_day": lambda p: _number(p.hours_per_day),
    "work_times.fixed": _of("work_times", "fixed", _grid),
    "work_times.possible": _of("work_times", "possible", _grid),
    "work_times.dayparts_per_week": _of("work_times", "dayparts_per_week", _number),
    "postcode": lambda p: p.postcode or "",
    "region": lambda p: p.region or "",
    "remote_share": lambda p: _number(p.remote_share),
    "trips_per_week": lambda p: _number(p.trips_per_week),
    "education_by_law": lambda p: _term(p.education_by_law, words.EDUCATION),
    "education_wished": lambda p: _term(p.education_wished, words.EDUCATION),
    "languages": lambda p: _listed(p.languages, _language),
    "licences": lambda p: _listed(p.licences, lambda licence: str(licence.value)),
    "licences_desired": lambda p: _listed(p.licences_desired, lambda licence: str(licence.value)),
    "certificates": lambda p: _terms(p.certificates, words.CERTIFICATES),
    "certificates_desired": lambda p: _terms(p.certificates_desired, words.CERTIFICATES),
    "screenings": lambda p: _terms(p.screenings, words.SCREENINGS),
    **{f"access.{need.value}": partial(_present, need) for need in AccessNeed},
    "skills_desired": lambda p: _texts(p.skills_desired),
    "wage.cao": _of("wage", "cao", _text),
    "wage.scale": _of("wage", "scale", _text),
    "wage.euros_per_hour_min": _of("wage", "euros_per_hour_min", _number),
    "wage.euros_per_hour_max": _of("wage", "euros_per_hour_max", _number),
    "contract_months": lambda p: _number(p.contract_months),
    "positions": lambda p: _number(p.positions),
    "start_on": lambda p: _day(p.start_on),
    "closes_on": lambda p: _day(p.closes_on),
    "trial_possible": lambda p: _yes_no(p.trial_possible),
    "offers": lambda p: _terms(p.offers, words.SUPPORT_NEEDS),
    "buddy": lambda p: _yes_no(p.buddy),
    "growth_path": lambda p: _term(p.growth_path, words.GROWTH),
    "counts_for": lambda p: _terms(p.counts_for, words.TARGET_GROUPS),
    "contract": lambda p: _text(p.contract),
    "contact_person": lambda p: _text(p.contact_person),
}
