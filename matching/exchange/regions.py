"""Takes over labour-market regions, or which municipality lies in which; called by the command line.

Two layouts, told apart by their header. Regions: code, name and, if known, latitude and longitude. Municipalities:
code, name and region; the column names that Statistics Netherlands uses are read too.
"""

import csv
import re
from pathlib import Path

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, SQLModel

from matching.changes import note_change
from matching.errors import Invalid
from matching.reference.loading import ImportReport, upsert
from matching.tables.changes import ChangeKind

TABLES = SQLModel.metadata.tables
_NAMES = {
    "municipality_code": "municipality_code", "gemeente_code": "municipality_code", "gemeentecode": "municipality_code",
    "municipality": "municipality", "gemeente": "municipality", "gemeentenaam": "municipality",
    "region": "region", "amr_code": "region", "arbeidsmarktregio": "region", "arbeidsmarktregiocode": "region",
    "code": "code", "name": "name", "naam": "name", "amr": "name",
    "latitude": "latitude", "longitude": "longitude",
}  # fmt: skip
_REGION = re.compile(r"AM\d{2}")
_MUNICIPALITY = re.compile(r"GM\d{4}")
_MAX_NAME = 100

Cells = dict[str, str]


def import_regions(session: Session, file: Path) -> ImportReport:
    """Add or update regions or municipalities; the same file again changes nothing.

    The postcodes of a municipality follow it to its region. Raises Invalid: `regions.layout` (a column is missing),
    `regions.unreadable` (a row with a code, name, point or region that is none; names the row).
    """
    header, rows = _read(file)
    importer = _import_municipalities if "region" in header else _import_regions
    report = importer(session, file, header, rows)
    if report.changed:
        note_change(session, ChangeKind.REFERENCE)
    return report


def _read(file: Path) -> tuple[set[str], list[tuple[int, Cells]]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("regions.unreadable", file.name, reason="not_text") from error
    separator = max(",;\t", key=text.partition("\n")[0].count)
    records = csv.reader(text.splitlines(), delimiter=separator)
    header = [_NAMES.get(cell.strip().lower(), "") for cell in next(records, [])]
    rows = []
    for number, record in enumerate(records, start=2):
        cells = {name: cell.strip() for name, cell in zip(header, record, strict=False) if name}
        if any(cells.values()):
            rows.append((number, cells))
    if not rows:
        raise Invalid("regions.unreadable", file.name, reason="empty")
    return set(header), rows


def _need(file: Path, header: set[str], *names: str) -> None:
    for name in names:
        if name not in header:
            raise Invalid("regions.layout", file.name, reason="missing_column", column=name)


def _name(file: Path, number: int, text: str) -> str:
    if not 0 < len(text) <= _MAX_NAME:
        raise Invalid("regions.unreadable", file.name, reason="no_name", row=number)
    return text


def _import_regions(session: Session, file: Path, header: set[str], rows: list[tuple[int, Cells]]) -> ImportReport:
    _need(file, header, "code", "name")
    table, connection = TABLES["regions"], session.connection()
    known = {row.code: row for row in connection.execute(select(table))}
    new = {}
    for number, cells in rows:
        code = cells.get("code", "")
        if not _REGION.fullmatch(code):
            raise Invalid("regions.unreadable", file.name, reason="no_region", row=number)
        latitude, longitude = _point(file, number, cells)
        if latitude is None and code in known:  # a file without points leaves the point that we have
            latitude, longitude = known[code].latitude, known[code].longitude
        name = _name(file, number, cells.get("name", ""))
        new[code] = {"code": code, "name": name, "latitude": latitude, "longitude": longitude}
    created, updated, unchanged = upsert(connection, table, new.values())
    return ImportReport(created + updated > 0, {"created": created, "updated": updated, "unchanged": unchanged})


def _point(file: Path, number: int, cells: Cells) -> tuple[float | None, float | None]:
    texts = [cells.get(name, "").replace(",", ".") for name in ("latitude", "longitude")]
    if not any(texts):
        return None, None
    try:
        latitude, longitude = map(float, texts)
    except ValueError as error:
        raise Invalid("regions.unreadable", file.name, reason="no_point", row=number) from error
    if not (50 < latitude < 54 and 3 < longitude < 8):  # outside the European Netherlands
        raise Invalid("regions.unreadable", file.name, reason="point_elsewhere", row=number)
    return latitude, longitude


def _import_municipalities(
    session: Session, file: Path, header: set[str], rows: list[tuple[int, Cells]]
) -> ImportReport:
    code_column = "municipality_code" if "municipality_code" in header else "code"
    name_column = "municipality" if "municipality" in header else "name"
    _need(file, header, code_column, name_column)
    connection = session.connection()
    regions = set(connection.scalars(select(TABLES["regions"].c.code)))
    new = {}
    for number, cells in rows:
        code, region = cells.get(code_column, ""), cells.get("region", "")
        if not _MUNICIPALITY.fullmatch(code):
            raise Invalid("regions.unreadable", file.name, reason="no_municipality", row=number)
        if region not in regions:
            raise Invalid("regions.unreadable", file.name, reason="no_region", row=number)
        new[code] = {"code": code, "name": _name(file, number, cells.get(name_column, "")), "region": region}
    created, updated, unchanged = upsert(connection, TABLES["municipalities"], new.values())
    if created or updated:
        postcodes = TABLES["postcodes"].c
        connection.execute(
            update(TABLES["postcodes"])
            .where(postcodes.municipality_code == bindparam("of"))
            .values(region=bindparam("to")),
            [{"of": row["code"], "to": row["region"]} for row in new.values()],
        )
    return ImportReport(created + updated > 0, {"created": created, "updated": updated, "unchanged": unchanged})
