"""Rows as lines of text, in the text format of PostgreSQL's COPY, which both databases read and write here.

Columns are separated by tabs, rows end with a newline, NULL is `\\N`; a backslash goes before what would be mistaken.
Moments are in UTC.
"""

import json
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary

from matching.tables.base import UtcDateTime

_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"}
_TO_ESCAPE = re.compile(r"[\\\t\n\r\b\f\v]")
_MEANT = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def line_of(values: Iterable[Any]) -> bytes:
    """A row as a line."""
    return "\t".join(map(_text, values)).encode() + b"\n"


def _text(value: Any) -> str:
    match value:
        case None:
            return "\\N"
        case bool():
            return "t" if value else "f"
        case str():
            return _escaped(value)
        case int():
            return str(value)
        case float():
            return repr(value)
        case datetime():
            return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat(' ')}+00"
        case date():
            return value.isoformat()
        case bytes():
            return f"\\\\x{value.hex()}"
        case _:
            return _escaped(json.dumps(value, ensure_ascii=False))


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(lambda found: _ESCAPED[found[0]], text)


def reader_of(columns: Sequence[Column[Any]]) -> Callable[[bytes], dict[str, Any]]:
    """The reverse of `line_of`, for these columns. It raises ValueError for a line that is none."""
    fields = [(column.name, _meaning(column)) for column in columns]

    def read(line: bytes) -> dict[str, Any]:
        parts = line.removesuffix(b"\n").decode().split("\t")
        return {
            name: None if part == "\\N" else meaning(_plain(part))
            for (name, meaning), part in zip(fields, parts, strict=True)
        }

    return read


def _plain(part: str) -> str:
    return _ESCAPE.sub(lambda found: _MEANT.get(found[1], found[1]), part) if "\\" in part else part


def _meaning(column: Column[Any]) -> Callable[[str], Any]:
    match column.type:
        case UtcDateTime():
            return datetime.fromisoformat
        case Boolean():
            return lambda text: text == "t"
        case Integer():
            return int
        case Float():
            return float
        case Date():
            return date.fromisoformat
        case LargeBinary():
            return lambda text: bytes.fromhex(text.removeprefix("\\x"))
        case JSON():
            return json.loads
        case _:
            return str
