"""From a file to rows: CSV in any of its Dutch forms, XLSX, and JSON Lines, within limits.

Called by `importing`. Raises `Invalid` where a file as a whole cannot be read; single cells are never a reason to stop.
A row carries the number under which a spreadsheet shows it.
"""

import csv
import io
import json
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError  # the exception alone: nothing is parsed here

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from matching.errors import Invalid
from matching.exchange.cells import Cell
from matching.exchange.columns import Column, Names

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 400_000
MAX_COLUMNS = 200
MAX_UNPACKED = 600 * 1024 * 1024  # of a whole workbook
MAX_SHARED_STRINGS = 150 * 1024 * 1024  # of its texts, which are held in memory
MAX_LINE = 2_000_000  # characters of one line of JSON
_HEADER_WITHIN = 30  # rows
_EXCEL_ROWS = 1_048_576
_TEXT_ENDINGS = (".csv", ".txt", ".tsv")
_BOOK_ENDINGS = (".xlsx", ".xlsm")
_LINE_ENDINGS = (".jsonl", ".ndjson")
_SWALLOWED = 131_072  # characters of a cell with line ends and separators in it: quotes that never close
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
FORMULA_START = re.compile(r"'*[=+\-@\t\r]")


@dataclass(frozen=True)
class Row:
    """One row: its number as the spreadsheet shows it, and its cells by position (missing at the end: empty)."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """The sheet that was chosen: its columns, its rows (each call begins anew), and the other sheets by name."""

    columns: list[Column]
    rows: Callable[[], Iterator[Row]]
    other_sheets: tuple[str, ...] = ()


def kind_of(path: Path) -> str:
    """Say "table" or "lines", by the ending of the name; checks size and that the content is what the ending says."""
    ending = path.suffix.lower()
    if ending not in (*_TEXT_ENDINGS, *_BOOK_ENDINGS, *_LINE_ENDINGS):
        code = "file.old_spreadsheet" if ending in (".xls", ".ods") else "file.unknown_ending"
        raise Invalid(code, file=path.name, known=".csv .xlsx .jsonl")
    if not path.is_file():
        raise Invalid("file.not_found", file=path.name)
    if path.stat().st_size > MAX_BYTES:
        raise Invalid(
            "file.too_large", file=path.name, megabytes=path.stat().st_size // 2**20, limit=MAX_BYTES // 2**20
        )
    with path.open("rb") as opened:
        start = opened.read(8)
    magic = {b"PK\x03\x04": "xlsx or zip", b"\xd0\xcf\x11\xe0": "an old or a protected Office file", b"%PDF": "pdf"}
    looks_like = next((what for begin, what in magic.items() if start.startswith(begin)), "text")
    if not start and ending not in _LINE_ENDINGS:
        raise Invalid("file.empty", file=path.name)
    if (ending in _BOOK_ENDINGS) != (looks_like == "xlsx or zip"):
        raise Invalid("file.not_what_its_ending_says", file=path.name, ending=ending, looks_like=looks_like)
    if looks_like not in ("text", "xlsx or zip"):
        raise Invalid("file.not_what_its_ending_says", file=path.name, ending=ending, looks_like=looks_like)
    return "lines" if ending in _LINE_ENDINGS else "table"


def read_sheet(path: Path, names: Names) -> Sheet:
    """The rows below the header of a CSV or XLSX file; the header is the row with the most known column names."""
    return _read_book(path, names) if path.suffix.lower() in _BOOK_ENDINGS else _read_text(path, names)


def clean(text: str) -> str:
    """A text without control characters and half characters, its line ends "\\n", its guard against formulas off."""
    text = _CONTROL.sub("", text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")).strip()
    return text[1:] if _GUARDED.match(text) else text


def _cell(value: Any) -> Cell:
    if value is None:
        return ""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, time):
        return f"{value.hour}:{value.minute:02d}"
    return str(value)


def _header_at(records: Sequence[Sequence[Cell]], names: Names) -> tuple[int, int]:
    """Position of the header among the first rows, and how many names in it are known."""
    scores = [names.n_known([c for c in record if isinstance(c, str)]) for record in records]
    best = max(scores, default=0)
    return (scores.index(best) if best else 0), best


def _sheet(
    header: Sequence[Cell], names: Names, rows: Callable[[], Iterator[Row]], path: Path, other: tuple[str, ...]
) -> Sheet:
    headers = [cell if isinstance(cell, str) else cell.isoformat() for cell in header]
    if sum(1 for text in headers if text) > MAX_COLUMNS:
        raise Invalid("file.too_many_columns", file=path.name, limit=MAX_COLUMNS)
    return Sheet(names.columns(headers), rows, other)


def _filled(records: Iterator[tuple[int, tuple[Cell, ...]]], path: Path) -> Iterator[Row]:
    n_rows = 0
    for number, cells in records:
        if any(cell != "" for cell in cells):
            n_rows += 1
            if n_rows > MAX_ROWS:
                raise Invalid("file.too_many_rows", file=path.name, limit=MAX_ROWS)
            yield Row(number, cells)


def _decoded(path: Path) -> str:
    """The text of a file: UTF-8 with or without mark, UTF-16 with mark, else Windows-1252."""
    content = path.read_bytes()
    encodings = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Invalid("file.not_text", file=path.name)


def _read_text(path: Path, names: Names) -> Sheet:
    text = _decoded(path)
    first_line, _, rest = text.partition("\n")
    delimiters: tuple[str, ...] = (";", ",", "\t", "|")
    if declared := re.fullmatch(r'"?sep=(.)"?\r?', first_line):  # a line for Excel, which it does not show or number
        text, delimiters = rest, (declared[1],)

    def records(delimiter: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        csv.field_size_limit(MAX_BYTES)  # a long cell is one cell's problem, not the file's
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        number = 0
        try:
            for record in reader:
                number += 1
                if any(len(cell) > _SWALLOWED and "\n" in cell and delimiter in cell for cell in record):
                    raise Invalid("file.quotes_not_closed", file=path.name, row=number)
                yield number, tuple(clean(cell) for cell in record)
        except csv.Error as error:
            raise Invalid("file.quotes_not_closed", file=path.name, row=number + 1) from error

    def score(delimiter: str) -> tuple[int, int]:
        start = [cells for _, cells in islice(records(delimiter), _HEADER_WITHIN)]
        position, n_known = _header_at(start, names)
        return n_known, len(start[position]) if start else 0

    delimiter = max(delimiters, key=score)
    start = [cells for _, cells in islice(records(delimiter), _HEADER_WITHIN)]
    position, n_known = _header_at(start, names)
    if not n_known:
        raise Invalid("file.no_header", file=path.name)

    def rows() -> Iterator[Row]:
        return _filled(islice(records(delimiter), position + 1, None), path)

    return _sheet(start[position], names, rows, path, ())


def _check_unpacked(path: Path) -> None:
    """Refuse an archive that unpacks beyond its limits; `zipfile` never unpacks more of a part than it declares."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Invalid("file.damaged", file=path.name) from error
    texts = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    if len(parts) > 10_000 or sum(part.file_size for part in parts) > MAX_UNPACKED or texts > MAX_SHARED_STRINGS:
        raise Invalid("file.unpacks_too_large", file=path.name, limit_megabytes=MAX_UNPACKED // 2**20)
    if not any(part.filename.lower() == "xl/workbook.xml" for part in parts):
        raise Invalid("file.not_what_its_ending_says", file=path.name, ending=path.suffix, looks_like="zip")


def _read_book(path: Path, names: Names) -> Sheet:
    _check_unpacked(path)

    def records(title: str) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        for number, values in enumerate(_book_rows(path, title), 1):
            if number > _EXCEL_ROWS:
                raise Invalid("file.too_many_rows", file=path.name, limit=MAX_ROWS)
            yield number, tuple(_cell(value) for value in values[:1_000])

    best: tuple[int, str, list[tuple[Cell, ...]], int] | None = None
    titles = _book_titles(path)
    for title in titles[:20]:
        start = [cells for _, cells in islice(records(title), _HEADER_WITHIN)]
        position, n_known = _header_at(start, names)
        if n_known and (best is None or n_known > best[0]):
            best = (n_known, title, start, position)
    if best is None:
        raise Invalid("file.no_header", file=path.name)
    _, chosen, start, position = best

    def rows() -> Iterator[Row]:
        return _filled(islice(records(chosen), position + 1, None), path)

    return _sheet(start[position], names, rows, path, tuple(title for title in titles if title != chosen))


def _book_titles(path: Path) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of openpyxl, on extensions such as validation lists
            book = load_workbook(path, read_only=True, data_only=True)
        try:
            return [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
        finally:
            book.close()
    except (InvalidFileException, KeyError, ValueError, OSError, ParseError, zipfile.BadZipFile) as error:
        raise Invalid("file.damaged", file=path.name) from error


def _book_rows(path: Path, title: str) -> Iterator[tuple[Any, ...]]:
    """The values of a sheet row by row, formulas as their cached results; the size that the sheet states is ignored."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = book[title]
            sheet.reset_dimensions()
            rows = sheet.iter_rows(values_only=True)
            while True:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    values = next(rows, None)
                if values is None:
                    return
                yield values
        finally:
            book.close()
    except (InvalidFileException, KeyError, ValueError, OSError, ParseError, zipfile.BadZipFile) as error:
        raise Invalid("file.damaged", file=path.name) from error


def column_label(column: Column) -> str:
    """A column by its own header, or by its letter where it has none."""
    return column.header or f"({get_column_letter(column.position + 1)})"


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any] | None]]:
    """The objects of a JSON Lines file with their line numbers; None for a line that is no object."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Invalid("file.not_text", file=path.name) from error
    n_rows = 0
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        n_rows += 1
        if n_rows > MAX_ROWS:
            raise Invalid("file.too_many_rows", file=path.name, limit=MAX_ROWS)
        value = _object(line)
        if n_rows == 1 and value is None and not line.lstrip().startswith("{"):
            raise Invalid(
                "file.not_what_its_ending_says", file=path.name, ending=path.suffix, looks_like="no JSON Lines"
            )
        yield number, value


def _object(line: str) -> dict[str, Any] | None:
    if len(line) > MAX_LINE:
        return None
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return _without_half_characters(value) if isinstance(value, dict) else None


def _without_half_characters(value: Any) -> Any:
    """Lone surrogates cannot be stored by a database, and stand in no text that a person wrote."""
    if isinstance(value, str):
        return re.sub(r"[\ud800-\udfff]", "", value)
    if isinstance(value, dict):
        return {_without_half_characters(key): _without_half_characters(part) for key, part in value.items()}
    return [_without_half_characters(part) for part in value] if isinstance(value, list) else value
