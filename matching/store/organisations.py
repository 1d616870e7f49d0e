"""Organisations by name and by id, for the candidates' mapping."""

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from matching.tables import metadata
from matching.tables.base import new_id
from matching.tables.organisations import OrganisationKind

ORGANISATIONS = metadata.tables["organisations"]
_ORDER = {kind.value: position for position, kind in enumerate(OrganisationKind)}


def ids_by_name(session: Session, *, needed: set[str | None], useful: set[str]) -> dict[str, str]:
    """Ids of organisations by their exact name; who is needed and unknown is made, as a supplier."""
    needed_names = {name for name in needed if name}
    found = _known(session, needed_names | useful)
    made = [
        {"id": new_id("o"), "kind": OrganisationKind.SUPPLIER, "name": name}
        for name in sorted(needed_names - found.keys())
    ]
    if not made:
        return found
    connection = session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    # Another transaction may make the same one at this moment: then its row is the one.
    connection.execute(dialect.insert(ORGANISATIONS).on_conflict_do_nothing(), made)
    return found | _known(session, {row["name"] for row in made})


def _known(session: Session, names: set[str]) -> dict[str, str]:
    if not names:
        return {}
    columns = ORGANISATIONS.c
    rows = session.connection().execute(
        select(columns.name, columns.id, columns.kind).where(columns.name.in_(sorted(names)))
    )
    return {row.name: row.id for row in sorted(rows, key=lambda row: _ORDER[row.kind], reverse=True)}


def names_by_id(session: Session, ids: set[str | None]) -> dict[str, str]:
    """Names of organisations by id."""
    known = sorted(identifier for identifier in ids if identifier)
    if not known:
        return {}
    columns = ORGANISATIONS.c
    rows = session.connection().execute(select(columns.id, columns.name).where(columns.id.in_(known)))
    return {row.id: row.name for row in rows}
