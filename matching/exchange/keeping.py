"""What of a cell or a line may be kept: without BSNs, contact data and parts that betray what may not be stored.

Called by `drafts` before anything is read. Every note names row, column and reason; the text itself stays out.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from pydantic.alias_generators import to_snake

from matching.exchange.cells import MAX_CELL, SPREADSHEET_ERRORS, Cell, split_list
from matching.exchange.columns import REMARKS
from matching.exchange.fields import OWN_LISTS, OWN_WORDS
from matching.exchange.report import Notes
from matching.exchange.sensitive import is_sensitive, without_bsn, without_contact

_KEYS = ("sourceId", "source_id")


def kept_cell(row: int, label: str, field: str, cell: Cell, notes: Notes, *, about_a_person: bool) -> Cell:
    """The cell without what may not be kept; "" where nothing of it may, or nothing can be read."""
    if isinstance(cell, date) or cell == "":
        return cell
    if len(cell) > MAX_CELL:
        notes.problem(row, label, "cell.too_long", limit=MAX_CELL)
        return ""
    if SPREADSHEET_ERRORS.fullmatch(cell):
        notes.problem(row, label, "cell.spreadsheet_error")
        return ""
    if about_a_person and (field in OWN_WORDS or field == REMARKS) and is_sensitive(cell):
        cell = _harmless_parts(row, label, cell if field in OWN_LISTS else "", notes)
    if field in ("source_id", REMARKS):
        return cell
    text, n_found = without_bsn(cell)
    if n_found:
        notes.problem(row, label, "bsn.discarded", count=n_found)
    return _without_contact(row, label, text, notes) if about_a_person and field in OWN_WORDS else text


def _harmless_parts(row: int, label: str, cell: str, notes: Notes) -> str:
    """The parts of a list that betray nothing; "" where there are none, or where they betray it together."""
    parts = split_list(cell)
    harmless = [part for part in parts if not is_sensitive(part)]
    if not harmless or len(harmless) == len(parts) or is_sensitive(" ".join(harmless)):
        notes.problem(row, label, "sensitive.held_back")
        return ""
    notes.problem(row, label, "sensitive.part_held_back", count=len(parts) - len(harmless))
    return "; ".join(harmless)


def _without_contact(row: int, label: str, text: str, notes: Notes) -> str:
    text, n_found = without_contact(text)
    if n_found:
        notes.problem(row, label, "contact.discarded", count=n_found)
    return text


def kept_line(row: int, data: dict[str, Any], notes: Notes, *, about_a_person: bool) -> dict[str, Any]:
    """A line of JSON without BSNs, and for a person without contact data and parts that may not be kept."""

    def cleaned(value: Any, field: str) -> Any:
        if isinstance(value, str):
            text, n_found = without_bsn(value)
            if n_found:
                notes.problem(row, field, "bsn.discarded", count=n_found)
            return _without_contact(row, field, text, notes) if about_a_person else text
        if isinstance(value, dict):
            return {key: cleaned(part, field or str(key)) for key, part in value.items()}
        if isinstance(value, list):
            parts = [cleaned(part, field) for part in value]
            return [part for part, before in zip(parts, value, strict=True) if part != "" or before == ""]
        return value

    data = {key: part if key in _KEYS else cleaned(part, str(key)) for key, part in data.items()}
    for path in sorted(OWN_WORDS) if about_a_person else ():
        first, _, second = path.partition(".")
        outer = present(data, first) or present(data, _camel(first))
        here: Any = data if not second else data.get(outer) if outer else None
        name = (present(here, second) or present(here, _camel(second))) if second else outer
        if name is None or not any(is_sensitive(text) for text in _texts(here[name])):
            continue
        label = f"{outer}.{name}" if second else str(name)
        parts = here[name] if isinstance(here[name], list) else []
        harmless = [part for part in parts if not any(is_sensitive(text) for text in _texts(part))]
        if harmless:
            here[name] = harmless
            notes.problem(row, label, "sensitive.part_held_back", count=len(parts) - len(harmless))
        else:
            del here[name]
            notes.problem(row, label, "sensitive.held_back")
    return data


def present(container: Any, step: int | str) -> Any:
    """The key under which a step of a path stands: the name as given, or its snake_case form; None where it is not."""
    if isinstance(container, list):
        return step if isinstance(step, int) and step < len(container) else None
    if not isinstance(container, dict):
        return None
    names = (step, to_snake(step)) if isinstance(step, str) else (step,)
    return next((key for key in container if key in names or str(getattr(key, "value", key)) in names), None)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
