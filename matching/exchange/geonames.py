"""Takes over the points and places of postcodes from a GeoNames postal file; called by the command line.

The layout is that of GeoNames (https://download.geonames.org/export/zip/): tab separated, no header, 12 columns.
Several places may share a postcode, and now and then one stands far off under the wrong number: the municipality
with most rows counts, and of its rows the mean point and the first place name.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from matching.changes import note_change
from matching.errors import Invalid
from matching.reference.loading import ImportReport, upsert
from matching.tables.changes import ChangeKind
from matching.tables.reference import PointSource

COLUMNS = (
    "country_code", "postal_code", "place_name", "admin_name1", "admin_code1", "admin_name2", "admin_code2",
    "admin_name3", "admin_code3", "latitude", "longitude", "accuracy",
)  # fmt: skip
TABLES = SQLModel.metadata.tables


@dataclass(frozen=True)
class PostalPlace:
    """One row: a place with a postcode; the municipality's code is "" where the file gives none."""

    pc4: str
    place: str
    municipality: str
    municipality_code: str
    latitude: float
    longitude: float


def import_postcodes(session: Session, file: Path) -> ImportReport:
    """Update or add the Dutch postcodes of a file; the same file again changes nothing.

    The region is that of the municipality (by code, then by name), else the one that the postcode had, else that of
    the nearest postcode with a known region. Raises Invalid as `read_postal_places` does.
    """
    by_postcode: dict[str, list[PostalPlace]] = defaultdict(list)
    for row in read_postal_places(file):
        by_postcode[row.pc4].append(row)
    connection = session.connection()
    municipalities = {row.code: row for row in connection.execute(select(TABLES["municipalities"]))}
    by_name = {row.name.casefold(): row for row in municipalities.values()}
    table = TABLES["postcodes"]
    known = {row.pc4: row for row in connection.execute(select(table))}

    new: list[dict[str, Any]] = []
    for pc4, places in by_postcode.items():
        chosen = _main_places(places)
        first = chosen[0]
        town = municipalities.get(first.municipality_code) or by_name.get(first.municipality.casefold())
        before = known.get(pc4)
        new.append(
            {
                "pc4": pc4,
                "place": first.place,
                "municipality": town.name if town else first.municipality or None,
                "municipality_code": town.code if town else None,
                "region": town.region if town else before.region if before else None,
                "latitude": round(float(np.mean([place.latitude for place in chosen])), 6),
                "longitude": round(float(np.mean([place.longitude for place in chosen])), 6),
                "source": PointSource.IMPORTED.value,
            }
        )
    nearest = _fill_regions(new, [row._asdict() for pc4, row in known.items() if pc4 not in by_postcode])
    created, updated, unchanged = upsert(connection, table, new)
    if created + updated:
        note_change(session, ChangeKind.REFERENCE)
    counts = {"created": created, "updated": updated, "unchanged": unchanged, "region_of_nearest": nearest}
    return ImportReport(created + updated > 0, counts)


def read_postal_places(file: Path) -> list[PostalPlace]:
    """The Dutch rows of a file, in its order; six-character postcodes are cut to their four digits.

    Raises Invalid: `geonames.layout` (not 12 columns; names the first that is missing), `geonames.unreadable`
    (a postcode or point that is none; no Dutch row at all).
    """
    places = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("geonames.unreadable", file.name, reason="not_text") from error
    for number, line in enumerate(lines, start=1):
        cells = line.split("\t")
        if len(cells) != len(COLUMNS):
            missing = (*COLUMNS, "nothing")[min(len(cells), len(COLUMNS))]
            raise Invalid(
                "geonames.layout", file.name, reason="missing_column", column=missing, row=number,
                found=len(cells), expected=len(COLUMNS),
            )  # fmt: skip
        row = dict(zip(COLUMNS, cells, strict=True))
        if row["country_code"] != "NL":
            continue
        pc4 = row["postal_code"].strip()[:4]
        try:
            latitude, longitude = float(row["latitude"]), float(row["longitude"])
        except ValueError as error:
            raise Invalid("geonames.unreadable", file.name, reason="no_point", row=number) from error
        if not (pc4.isascii() and pc4.isdigit() and len(pc4) == 4) or pc4[0] == "0":
            raise Invalid("geonames.unreadable", file.name, reason="no_postcode", row=number)
        if not (50 < latitude < 54 and 3 < longitude < 8):  # outside the European Netherlands
            raise Invalid("geonames.unreadable", file.name, reason="point_elsewhere", row=number)
        code = row["admin_code2"].strip()
        places.append(
            PostalPlace(
                pc4,
                row["place_name"].strip(),
                _plain(row["admin_name2"]),
                f"GM{code:0>4}" if code else "",
                latitude,
                longitude,
            )
        )
    if not places:
        raise Invalid("geonames.unreadable", file.name, reason="no_dutch_rows")
    return places


def _plain(name: str) -> str:
    """The name of a municipality without the word for it ("Gemeente Amsterdam", "Assen Municipality")."""
    return name.strip().removeprefix("Gemeente ").removesuffix(" Municipality")


def _main_places(places: Sequence[PostalPlace]) -> list[PostalPlace]:
    """The rows of the municipality with most rows; of equals the one that comes first."""
    by_municipality: dict[str, list[PostalPlace]] = defaultdict(list)
    for place in places:
        by_municipality[place.municipality_code or place.municipality].append(place)
    return max(by_municipality.values(), key=len)


def _fill_regions(new: list[dict[str, Any]], others: Sequence[Mapping[str, Any]]) -> int:
    """Give each postcode without a region the region of the nearest one that has one; how many there were."""
    sources = [row for row in (*new, *others) if row["region"] is not None]
    lacking = [row for row in new if row["region"] is None]
    if not sources:
        return 0
    points = _flat(sources)
    for row, point in zip(lacking, _flat(lacking), strict=True):
        nearest = int(np.argmin(((points - point) ** 2).sum(axis=1)))
        row["region"] = sources[nearest]["region"]
    return len(lacking)


def _flat(places: Sequence[Mapping[str, Any]]) -> NDArray[np.float64]:
    """Points on a flat map, (n, 2), in degrees of latitude; exact enough to find a neighbour."""
    points = np.array([(row["latitude"], row["longitude"]) for row in places], dtype=np.float64).reshape(-1, 2)
    return points * (1.0, np.cos(np.radians(52.2)))
