"""From rows and lines to validated profiles; what does not fit becomes unknown and is noted. Called by `importing`."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from matching.exchange.cells import Cell, Reading, is_at_once
from matching.exchange.columns import BSN, IDENTITY, PROTECTED, REMARKS, SENSITIVE, Column, Names
from matching.exchange.fields import SHOWN, Context, Patch, Reader
from matching.exchange.keeping import kept_cell, kept_line, present
from matching.exchange.reasons import reason_of
from matching.exchange.report import LeftOut, Notes
from matching.exchange.sensitive import is_bsn, is_day
from matching.exchange.tabular import Row, Sheet, column_label, read_lines
from matching.exchange.vacancy_fields import fitted_days, task_part
from matching.profiles import CandidateProfile, VacancyProfile

P = TypeVar("P", CandidateProfile, VacancyProfile)

_NOT_STORED = {IDENTITY: "identity", SENSITIVE: "sensitive", PROTECTED: "protected_trait", BSN: "bsn"}
# Where one unreadable cell of several makes the whole field unknown: a shorter list would say that the rest is not so.
_WHOLE = frozenset(
    {"weekly_grid", "work_times.fixed", "work_times.days", "target_groups", "certificates", "counts_for"}
)


@dataclass(frozen=True)
class Kind(Generic[P]):
    """What differs between candidates and vacancies: names, readers, profile, the field of the start."""

    names: Names
    readers: Mapping[str, Reader]
    model: type[P]
    start_field: str
    nowhere: str  # the reason when a row lacks what it cannot do without
    about_a_person: bool


@dataclass(frozen=True)
class Draft(Generic[P]):
    """A validated profile and its row. `at_once`: its start was "per direct". `identifier`: the `id` of a line."""

    row: int
    profile: P
    at_once: bool = False
    identifier: str | None = None


def chosen_columns(sheet: Sheet, kind: Kind[P], notes: Notes) -> tuple[list[Column], bool]:
    """The columns to read, in the order of the readers, and whether every row has a number of its own.

    Notes the columns that are not read, and those that are not to be kept.

    Goes through the whole sheet once: most of the filled cells of a column decide whether it holds BSNs.
    """
    n_filled = [0] * 1_000
    n_bsn = [0] * 1_000
    n_rows = 0
    for row in sheet.rows():
        n_rows += 1
        for position, cell in enumerate(row.cells):
            if isinstance(cell, str) and cell:
                n_filled[position] += 1
                n_bsn[position] += is_bsn(cell) and not is_day(cell)
            elif cell:
                n_filled[position] += 1
    chosen: list[Column] = []
    known = len(sheet.columns)
    nameless: list[Column] = [Column(n, "", None) for n in range(known, 1_000) if n_filled[n]]
    for column in (*sheet.columns, *nameless):
        label = column_label(column)
        bsn = n_bsn[column.position] * 2 > n_filled[column.position] > 0
        if bsn or column.field in _NOT_STORED:
            reason = "bsn" if bsn else _NOT_STORED[column.field or BSN]
            notes.discarded_columns.append(LeftOut(label, reason))
        elif column.field is None or column.field == REMARKS:
            if column.header or n_filled[column.position]:
                notes.unread_columns[label] = None
            if column.field == REMARKS and kind.about_a_person:
                chosen.append(column)
        else:
            chosen.append(column)
    order = {field: position for position, field in enumerate(kind.readers)}
    numbered = any(c.field == "source_id" and n_filled[c.position] == n_rows for c in chosen)
    return sorted(chosen, key=lambda column: order.get(column.field or "", len(order))), numbered


def table_drafts(
    sheet: Sheet, columns: list[Column], kind: Kind[P], context: Context, notes: Notes
) -> Iterator[Draft[P]]:
    """One draft a row; a row that cannot be a profile is refused and noted."""
    asks_agreement = any(column.field == "agreed_to_matching" for column in columns)
    for row in sheet.rows():
        draft = _row_draft(row, columns, kind, context, notes, asks_agreement)
        if draft is not None:
            yield draft


class _Answers:
    """The patches of one row, put together, and under which column each field was read."""

    def __init__(self) -> None:
        self.values: Patch = {}
        self.origin: dict[str, str] = {}
        self.spoilt: set[str] = set()

    def add(self, patch: Patch, label: str) -> None:
        """The first column that says something stands; lists and maps of several columns come together."""
        for path, value in patch.items():
            there = self.values.get(path)
            if isinstance(there, list) and isinstance(value, list):
                keys = [_key_of(item) for item in there]
                self.values[path] = there + [item for item in value if _key_of(item) not in keys]
            elif isinstance(there, dict) and isinstance(value, dict):
                self.values[path] = value | there
            elif there is None:
                self.values[path] = value
            self.origin.setdefault(path, label)

    def settle_days(self) -> None:
        """The days of a vacancy as fixed or possible ones, under the column that named them."""
        label = self.origin.get("work_times.days")
        if "work_times.days" in self.spoilt:
            self.values.pop("work_times.days", None)
        fitted_days(self.values)
        if label is not None:
            self.origin.setdefault("work_times.fixed", label)
            self.origin.setdefault("work_times.possible", label)

    def nested(self) -> dict[str, Any]:
        """The values as a profile has them: "hours.min" within "hours"."""
        data: dict[str, Any] = {}
        for path, value in self.values.items():
            if path in self.spoilt:
                continue
            if path in ("weekly_grid", "work_times.fixed", "work_times.possible"):
                value = {day: parts for day, parts in value.items() if parts}
            first, _, second = path.partition(".")
            if second:
                data.setdefault(first, {})[second] = value
            else:
                data[first] = value
        return data

    def label(self, *path: str) -> str:
        """The column under which a field was read, or the field's own name where none was."""
        whole = ".".join(path[:2])
        near = (label for known, label in self.origin.items() if known.split(".")[0] == path[0])
        return self.origin.get(whole) or self.origin.get(path[0]) or next(near, path[0])


def _key_of(item: Any) -> Any:
    return next(iter(item.values())) if isinstance(item, dict) else item


def _row_draft(
    row: Row, columns: list[Column], kind: Kind[P], context: Context, notes: Notes, asks_agreement: bool
) -> Draft[P] | None:
    answers = _Answers()
    tasks: dict[int, dict[str, Any]] = {}
    at_once = False
    for column in columns:
        field, label = column.field or "", column_label(column)
        cell: Cell = row.cells[column.position] if column.position < len(row.cells) else ""
        cell = kept_cell(row.number, label, field, cell, notes, about_a_person=kind.about_a_person)
        if cell == "" or field == REMARKS:
            continue
        parts = field.split(".")
        numbered = len(parts) == 3 and parts[0] == "tasks"
        read = task_part(parts[2]) if numbered else kind.readers[field]
        reading: Reading[Patch] = read(cell, replace(context, unit=column.unit))
        if reading.reason is not None:
            shown = reading.words if not kind.about_a_person or field in SHOWN else None
            notes.problem(row.number, label, reading.reason, words=shown)
            base = field if field in _WHOLE else field.rpartition(".")[0]
            if reading.value is None and base in _WHOLE:
                answers.spoilt.add(base)
        if reading.value is not None and numbered:
            tasks.setdefault(int(parts[1]), {}).update(reading.value)
        elif reading.value is not None:
            answers.add(reading.value, label)
            at_once = at_once or (field == kind.start_field and is_at_once(cell))
    if asks_agreement and "agreed_to_matching" not in answers.values:
        # Never unknown: where the file asks for it, no answer is no agreement.
        answers.values["agreed_to_matching"] = False
        label = next(column_label(column) for column in columns if column.field == "agreed_to_matching")
        notes.problem(row.number, label, "agreement.not_answered")
    if not kind.about_a_person:
        _add_tasks(row.number, answers, tasks, notes)
        answers.settle_days()
    profile = _validated(row.number, kind, answers.nested(), notes, answers.label)
    if profile is not None and kind.about_a_person and not asks_agreement:
        notes.assumed["agreement.from_registration"] += 1
    return None if profile is None else Draft(row.number, profile, at_once)


def _add_tasks(row: int, answers: _Answers, numbered: dict[int, dict[str, Any]], notes: Notes) -> None:
    """Numbered task columns behind the tasks of one cell; demands of the whole vacancy count for each of its tasks."""
    tasks = list(answers.values.get("tasks") or [])
    for number, task in sorted(numbered.items()):
        if "text" in task:
            tasks.append(task)
        else:
            notes.problem(row, f"{number}", "task.no_text")
    demands = answers.values.pop("demands", None)
    title = answers.values.get("title")
    if demands and (tasks or title):
        tasks = [{**task, "demands": demands | task.get("demands", {})} for task in tasks or [{"text": title}]]
        notes.assumed["demands.on_all_tasks"] += 1
    if tasks:
        answers.values["tasks"] = tasks


def _validated(row: int, kind: Kind[P], data: dict[str, Any], notes: Notes, label: Callable[..., str]) -> P | None:
    """The profile; each part that it does not accept becomes unknown, is noted, and the rest is tried again."""
    needed = ("region", "postcode") if kind.about_a_person else ("title", "tasks")
    for _ in range(100):
        if not any(data.get(name) for name in needed):
            notes.refuse(row, "", kind.nowhere)
            return None
        try:
            return kind.model.model_validate(data)
        except ValidationError as error:
            for problem in error.errors(include_url=False, include_context=False):
                path = [str(step) for step in problem["loc"]]
                if not _take_out(data, list(problem["loc"]) or ["adaptations"]):
                    continue
                if problem["type"] == "extra_forbidden" and len(path) == 1:
                    notes.unread_columns[path[0]] = None
                else:
                    notes.problem(row, label(*(path or ["adaptations"])), reason_of(problem))
    notes.refuse(row, "", "row.not_accepted")
    return None


def _take_out(data: dict[str, Any], loc: list[int | str]) -> bool:
    """Take the refused part out: within a map or a task its key, and of any other list the whole list."""
    here: Any = data
    for depth, step in enumerate(loc):
        key = present(here, step)
        if key is None:
            return False
        inner = here[key]
        more = loc[depth + 1 :]
        goes_on = more and (
            (isinstance(inner, dict) and present(inner, more[0]) is not None)
            or (isinstance(inner, list) and depth == 0 and step == "tasks" and len(more) > 1)
        )
        if isinstance(here, list) and not goes_on:
            del here[key]
            return True
        if not goes_on:
            del here[key]
            return True
        here = inner
    return False


def line_drafts(path: Path, kind: Kind[P], notes: Notes) -> Iterator[Draft[P]]:
    """One draft a line of JSON Lines, in the shape of the profiles; names in lowerCamelCase or snake_case."""
    for number, data in read_lines(path):
        if data is None:
            notes.refuse(number, "", "line.not_json_object")
            continue
        identifier = _identifier(number, data, notes)
        for name in {"sourceId", "source_id", "postcode"} & data.keys():
            data[name] = _as_text(data[name])
        data = kept_line(number, data, notes, about_a_person=kind.about_a_person)
        agreed = {"agreedToMatching", "agreed_to_matching"} & data.keys()
        for name in agreed:
            if not isinstance(data[name], bool):
                data[name] = False  # never unknown: what is not a yes is no agreement
                notes.problem(number, name, "agreement.not_answered")
        profile = _validated(number, kind, data, notes, lambda *steps: ".".join(s for s in steps if not s.isdigit()))
        if profile is not None:
            if kind.about_a_person and not agreed:
                notes.assumed["agreement.from_registration"] += 1
            yield Draft(number, profile, identifier=identifier)


def _as_text(value: Any) -> Any:
    """A number as text: systems write client numbers and postcodes as numbers."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _identifier(row: int, data: dict[str, Any], notes: Notes) -> str | None:
    """The `id` of a line, taken out; one that cannot be a key is noted, and the line loads without it."""
    identifier = _as_text(data.pop("id", None))
    if identifier is None or (isinstance(identifier, str) and 0 < len(identifier) <= 100 and "\0" not in identifier):
        return identifier
    if not isinstance(identifier, str):
        notes.problem(row, "id", "text.not_text")
    elif "\0" in identifier:
        notes.problem(row, "id", "text.nul")
    else:
        notes.problem(row, "id", "text.too_long" if identifier else "text.empty")
    return None
