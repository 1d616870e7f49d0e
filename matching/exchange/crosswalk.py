"""Takes over pairs of codes from two systems of occupations or skills; called by the command line.

A CSV file with five columns: system, code, system, code, relation. Relations are those of SKOS, written as "exact"
or "exactMatch". An exact pair of ESCO and CompetentNL gives the occupations with that ESCO uri their CompetentNL id.
"""

import csv
from pathlib import Path

from sqlmodel import Session, SQLModel

from matching.errors import Invalid
from matching.reference.loading import ImportReport, tie_to_competentnl, upsert
from matching.tables.reference import Relation

HEADER = ("system", "code", "system", "code", "relation")
MAX_LENGTHS = (40, 200, 40, 200, 40)


def import_crosswalk(session: Session, file: Path) -> ImportReport:
    """Add or update the pairs of a file; the same file again changes nothing.

    Raises Invalid: `crosswalk.layout` (another header; names the missing column), `crosswalk.unreadable` (a row with
    an empty cell or an unknown relation, or one pair with two relations; names the row).
    """
    pairs = _read(file)
    connection = session.connection()
    rows = [
        dict(zip(("from_system", "from_code", "to_system", "to_code"), pair, strict=True))
        | {"relation": relation.value}
        for pair, relation in pairs.items()
    ]
    created, updated, unchanged = upsert(connection, SQLModel.metadata.tables["crosswalk"], rows)
    if created or updated:
        tie_to_competentnl(connection)
    return ImportReport(created + updated > 0, {"created": created, "updated": updated, "unchanged": unchanged})


def _read(file: Path) -> dict[tuple[str, str, str, str], Relation]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("crosswalk.unreadable", file.name, reason="not_text") from error
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    records = csv.reader(text.splitlines(), delimiter=separator)
    header = [cell.strip().lower() for cell in next(records, [])]
    for position, name in enumerate(HEADER):
        if len(header) <= position or header[position] != name:
            raise Invalid("crosswalk.layout", file.name, reason="missing_column", column=name, position=position + 1)
    pairs: dict[tuple[str, str, str, str], Relation] = {}
    for number, record in enumerate(records, start=2):
        if not any(cell.strip() for cell in record):
            continue
        cells = [cell.strip() for cell in record[: len(HEADER)]]
        if len(cells) < len(HEADER) or not all(cells):
            raise Invalid("crosswalk.unreadable", file.name, reason="incomplete_row", row=number)
        if any(len(cell) > most for cell, most in zip(cells, MAX_LENGTHS, strict=True)):
            raise Invalid("crosswalk.unreadable", file.name, reason="too_long", row=number)
        try:
            relation = Relation(cells[4].lower().removesuffix("match"))
        except ValueError as error:
            raise Invalid("crosswalk.unreadable", file.name, reason="unknown_relation", row=number) from error
        pair = (cells[0].lower(), cells[1], cells[2].lower(), cells[3])
        if pairs.setdefault(pair, relation) != relation:
            raise Invalid("crosswalk.unreadable", file.name, reason="two_relations", row=number)
    return pairs
