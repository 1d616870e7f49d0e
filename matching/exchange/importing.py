"""Importing candidates and vacancies from a file: rows become profiles, profiles go to the store, the rest is reported.

Called by the command line and the ways in; the caller's transaction decides. Nothing is silently dropped: what is
not taken over stands in the report by row, column and reason, or as an unread or discarded column.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from sqlalchemy import Table, select
from sqlmodel import Session

from matching.errors import Invalid
from matching.exchange.columns import CANDIDATE_NAMES, VACANCY_NAMES
from matching.exchange.drafts import Draft, Kind, chosen_columns, line_drafts, table_drafts
from matching.exchange.fields import CANDIDATE_READERS, Context
from matching.exchange.report import ImportReport, Notes
from matching.exchange.tabular import kind_of, read_sheet
from matching.exchange.vacancy_fields import VACANCY_READERS
from matching.exchange.words import plain
from matching.profiles import CandidateProfile, Profile, VacancyProfile
from matching.store import SaveReport, load_candidates, load_vacancies, save_candidates, save_vacancies
from matching.tables import metadata

P = TypeVar("P", CandidateProfile, VacancyProfile)

_CHUNK = 500
_CANDIDATES: Kind[CandidateProfile] = Kind(
    CANDIDATE_NAMES, CANDIDATE_READERS, CandidateProfile, "available_from", "candidate.no_region_or_postcode", True
)
_VACANCIES: Kind[VacancyProfile] = Kind(
    VACANCY_NAMES, VACANCY_READERS, VacancyProfile, "start_on", "vacancy.no_title_or_tasks", False
)


def import_candidates(session: Session, path: Path, *, source: str, today: date, now: datetime) -> ImportReport:
    """Load candidates from CSV, XLSX or JSON Lines under the name of a source ("wsp-midden-utrecht").

    The key is (source, client number); without a number it is made from what stays the same in a row. The same file
    again changes nothing, a corrected file updates. Raises Invalid when the file as a whole cannot be read.
    """
    table = metadata.tables["candidates"]
    return _import(session, path, _CANDIDATES, table, save_candidates, load_candidates, source, today, now)


def import_vacancies(session: Session, path: Path, *, source: str, today: date, now: datetime) -> ImportReport:
    """Load vacancies, one a row, as `import_candidates` does candidates."""
    table = metadata.tables["vacancies"]
    return _import(session, path, _VACANCIES, table, save_vacancies, load_vacancies, source, today, now)


def _import(
    session: Session,
    path: Path,
    kind: Kind[P],
    table: Table,
    save: Callable[..., SaveReport],
    load: Callable[..., Iterator[tuple[str, P]]],
    source: str,
    today: date,
    now: datetime,
) -> ImportReport:
    if not 0 < len(source) <= 100:
        raise Invalid("import.source_length", "source", limit=100)
    path = Path(path)
    notes = Notes()
    other_sheets: tuple[str, ...] = ()
    drafts: Callable[[Notes], Iterator[Draft[P]]]
    is_table = kind_of(path) != "lines"
    if not is_table:
        numbered = False
        drafts = partial(line_drafts, path, kind)
    else:
        sheet = read_sheet(path, kind.names)
        columns, numbered = chosen_columns(sheet, kind, notes)
        other_sheets = sheet.other_sheets
        drafts = partial(table_drafts, sheet, columns, kind, Context(today, _region_names(session)))
    shared = set() if numbered else _shared_content(drafts(Notes()))
    there_already = 0

    def ready() -> Iterator[P]:
        nonlocal there_already
        keyed = _keyed(drafts(notes), source, shared, notes)
        while chunk := list(islice(keyed, _CHUNK)):
            _note_other_sources(session, chunk, table, notes)
            chunk, n_known = _without_known_ids(session, chunk, table, load, notes)
            there_already += n_known
            if is_table:
                chunk = _completed(session, chunk, table, load)
            yield from _kept_starts(session, chunk, table, kind.start_field, today)

    saved = save(session, ready(), now=now)
    return ImportReport(
        created=saved.created,
        updated=saved.updated,
        unchanged=saved.unchanged + there_already,
        refused=notes.refused,
        problems=tuple(sorted(notes.problems, key=lambda problem: problem.row)),
        n_problems=notes.n_problems,
        unread_columns=tuple(notes.unread_columns),
        discarded_columns=tuple(notes.discarded_columns),
        assumed=dict(notes.assumed),
        other_sheets=other_sheets,
    )


def _region_names(session: Session) -> dict[str, str]:
    """Plain names of the labour-market regions, and their codes."""
    regions = metadata.tables["regions"].c
    names = {plain(name): code for code, name in session.connection().execute(select(regions.code, regions.name))}
    return names | {name.removeprefix("regio "): code for name, code in names.items()}


def _stable(profile: CandidateProfile | VacancyProfile) -> tuple[Any, ...] | None:
    """What of a row without a number stays the same when it is corrected; None where that is too little to go by.

    Two people must never become one: so at least three things beside the place have to be known.
    """
    if isinstance(profile, VacancyProfile):
        named = (profile.title, profile.legal_employer, profile.work_floor, profile.team, profile.postcode)
        return named if profile.title and sum(part is not None for part in named) >= 3 else None
    work = tuple(work.title for work in profile.work_done) if profile.work_done else None
    wishes = tuple(profile.wishes.work) if profile.wishes and profile.wishes.work else None
    languages = tuple((entry.language, int(entry.level)) for entry in profile.languages or ()) or None
    told = (work, wishes, languages, profile.education)
    return (profile.region, profile.postcode, *told) if sum(part is not None for part in told) >= 3 else None


def _hash(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, default=str).encode()).hexdigest()[:32]


def _shared_content(drafts: Iterable[Draft[P]]) -> set[str]:
    """Hashes of stable content that several rows without a number have in common: no key, since it names no one row."""
    counts: Counter[str] = Counter()
    for draft in drafts:
        if draft.profile.source_id is None and draft.identifier is None:
            stable = _stable(draft.profile)
            counts[_hash(stable)] += stable is not None
    return {content for content, n_rows in counts.items() if n_rows > 1}


def _keyed(drafts: Iterable[Draft[P]], source: str, shared: set[str], notes: Notes) -> Iterator[Draft[P]]:
    """Drafts with their key. Of two rows with one number the first stands; the other is refused and noted."""
    first_rows: dict[tuple[str | None, str], int] = {}
    for draft in drafts:
        profile = draft.profile
        number = profile.source_id or draft.identifier
        from_source = profile.source if profile.source is not None or "source" in profile.model_fields_set else source
        if number is None:
            number = _number_from_content(profile, shared)
            notes.assumed["key.from_content"] += 1
            if (from_source, number) in first_rows:
                first = first_rows[from_source, number]
                notes.problem(draft.row, "", "row.same_as_earlier", first_row=first)
                n_same = 2
                while (from_source, f"{number}-{n_same}") in first_rows:
                    n_same += 1
                number = f"{number}-{n_same}"
        elif (from_source, number) in first_rows:
            notes.refuse(draft.row, "", "key.duplicate", first_row=first_rows[from_source, number])
            continue
        first_rows[from_source, number] = draft.row
        keyed = profile.model_copy(update={"source": from_source, "source_id": number})
        stands_by_id = profile.source_id is None and draft.identifier is not None
        yield Draft(draft.row, keyed, draft.at_once, draft.identifier if stands_by_id else None)


def _number_from_content(profile: P, shared: set[str]) -> str:
    stable = _stable(profile)
    if stable is not None and (content := _hash(stable)) not in shared:
        return content
    return _hash(profile.model_dump(mode="json", exclude={"source", "source_id", "available_from", "start_on"}))


def _without_known_ids(
    session: Session, chunk: list[Draft[P]], table: Table, load: Callable[..., Iterator[tuple[str, P]]], notes: Notes
) -> tuple[list[Draft[P]], int]:
    """Leave out lines of an export that come home: their id is here, without a number from any source.

    The same content counts as unchanged; another is noted, since a file may not overwrite by id.
    """
    ids = [draft.identifier for draft in chunk if draft.identifier is not None]
    if not ids:
        return chunk, 0
    query = select(table.c.id).where(table.c.id.in_(ids), table.c.source_id.is_(None))
    here = dict(load(session, [row[0] for row in session.connection().execute(query)]))
    n_known = 0
    rest: list[Draft[P]] = []
    for draft in chunk:
        stored = here.get(draft.identifier or "")
        if stored is None:
            rest.append(draft)
        elif draft.profile.model_copy(update={"source": stored.source, "source_id": None}) == stored:
            n_known += 1
        else:
            notes.refuse(draft.row, "id", "id.content_differs")
    return rest, n_known


def _note_other_sources(session: Session, chunk: list[Draft[P]], table: Table, notes: Notes) -> None:
    """Count rows whose number is here under another source: maybe the same people, loaded twice under two names."""
    keys = [draft.profile.source_id for draft in chunk]
    query = select(table.c.source, table.c.source_id).where(table.c.source_id.in_(keys))
    here: dict[str, set[str | None]] = {}
    for source, number in session.connection().execute(query):
        here.setdefault(number, set()).add(source)
    n_rows = sum(bool(here.get(d.profile.source_id or "", set()) - {d.profile.source}) for d in chunk)
    if n_rows:
        notes.assumed["key.under_another_source"] += n_rows


def _completed(
    session: Session, chunk: list[Draft[P]], table: Table, load: Callable[..., Iterator[tuple[str, P]]]
) -> list[Draft[P]]:
    """What a table leaves empty, or has no column for, stays as it is stored: a spreadsheet adds, it never erases.

    Half the cells of a spreadsheet are empty, and a coach may have filled in since what it lacks.
    """
    keys = [draft.profile.source_id for draft in chunk]
    query = select(table.c.id, table.c.source, table.c.source_id).where(table.c.source_id.in_(keys))
    ids = {(source, number): identifier for identifier, source, number in session.connection().execute(query)}
    wanted = {draft.row: ids.get((draft.profile.source or "", draft.profile.source_id)) for draft in chunk}
    here = dict(load(session, sorted({identifier for identifier in wanted.values() if identifier is not None})))
    return [
        replace(draft, profile=completed(draft.profile, here[identifier])) if identifier in here else draft
        for draft in chunk
        for identifier in [wanted[draft.row] or ""]
    ]


def completed(new: P, stored: P) -> P:
    """The new profile with what is stored where the new one says nothing; compound answers part by part.

    Who moved has another region; a compound that would no longer be sound (from 20 to 16 hours) is taken as it is new.
    """
    moved = stored.postcode != new.postcode if new.postcode else stored.region != new.region and bool(new.region)
    kept: dict[str, Any] = {}
    for name in type(new).model_fields:
        given, before = getattr(new, name), getattr(stored, name)
        if moved and name in ("postcode", "region"):
            continue
        if given is None or name not in new.model_fields_set:
            kept[name] = before
        elif isinstance(given, dict) and isinstance(before, dict):
            kept[name] = before | given
        elif isinstance(given, Profile) and isinstance(before, Profile):
            kept[name] = _joined(given, before)
        elif name == "tasks" and [task.text for task in given] == [task.text for task in before or []]:
            kept[name] = [_joined(task, old) for task, old in zip(given, before, strict=True)]
    return new.model_copy(update=kept)


def _joined(given: Profile, before: Profile) -> Profile:
    try:
        return type(given).model_validate(before.model_dump(exclude_none=True) | given.model_dump(exclude_unset=True))
    except ValidationError:
        return given


def _kept_starts(session: Session, chunk: list[Draft[P]], table: Table, start_field: str, today: date) -> Iterator[P]:
    """Profiles in order; "per direct" keeps the day on which it was first read, so that time alone changes nothing."""
    keys = [draft.profile.source_id for draft in chunk if draft.at_once]
    starts: dict[tuple[str | None, str | None], date] = {}
    if keys:
        query = select(table.c.source, table.c.source_id, table.c[start_field]).where(
            table.c.source_id.in_(keys), table.c[start_field].is_not(None), table.c[start_field] <= today
        )
        starts = {(origin, number): start for origin, number, start in session.connection().execute(query)}
    for draft in chunk:
        profile = draft.profile
        start = starts.get((profile.source, profile.source_id)) if draft.at_once else None
        yield profile if start is None else profile.model_copy(update={start_field: start})
