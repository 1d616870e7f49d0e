"""Organisations and mandates as an administrator works with them; for commands and routes."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zlib import crc32

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from matching.actors import Actor
from matching.errors import Conflict, NotFound, Refused
from matching.noting import Noted, noted
from matching.tables import metadata
from matching.tables.base import new_id
from matching.tables.organisations import OrganisationKind

ORGANISATIONS = metadata.tables["organisations"]
MANDATES = metadata.tables["mandates"]


@dataclass(frozen=True)
class Organisation:
    """An organisation; `region` None: of several regions."""

    id: str
    kind: OrganisationKind
    name: str
    region: str | None

    @property
    def version(self) -> int:
        """A number that is another when anything of it is."""
        return crc32("\0".join((self.kind.value, self.name, self.region or "")).encode())


@dataclass(frozen=True)
class Mandate:
    """An organisation may introduce a candidate, for a purpose, until (and on) a day."""

    candidate_id: str
    organisation_id: str
    purpose: str
    ends_on: date

    @property
    def id(self) -> str:
        """By which it is named outside: whom, who, and for which purpose (not told by it)."""
        purpose = hashlib.sha256(self.purpose.encode()).hexdigest()[:12]
        return f"{self.candidate_id}-{self.organisation_id}-{purpose}"


def create_organisation(
    session: Session,
    *,
    kind: OrganisationKind,
    name: str,
    region: str | None = None,
    now: datetime,
    by: Actor | None = None,
) -> str:
    """Make an organisation; its id. Raises Conflict (`organisation.taken`), and NotFound (`region.unknown`)."""
    _check_region(session, region)
    identifier = new_id("o")
    row = {"id": identifier, "kind": kind.value, "name": name.strip(), "region": region}
    _written(session, sa.insert(ORGANISATIONS).values(row))
    noted(session, Noted.ORGANISATION_CHANGED, "created", about=identifier, by=by, now=now)
    return identifier


def change_organisation(
    session: Session, identifier: str, changes: dict[str, Any], *, now: datetime, by: Actor | None = None
) -> Organisation:
    """Change kind, name or region. Raises NotFound (`organisation.unknown`, `region.unknown`) and Conflict."""
    load_organisation(session, identifier)
    _check_region(session, changes.get("region"))
    if changes:
        _written(session, sa.update(ORGANISATIONS).where(ORGANISATIONS.c.id == identifier).values(**changes))
        noted(session, Noted.ORGANISATION_CHANGED, "edited", about=identifier, by=by, now=now)
    return load_organisation(session, identifier)


def _check_region(session: Session, region: str | None) -> None:
    codes = metadata.tables["regions"].c.code
    if region and session.connection().scalar(sa.select(codes).where(codes == region)) is None:
        raise NotFound("region.unknown", "region", id=region)


def _written(session: Session, statement: Any) -> None:
    try:
        with session.begin_nested():
            session.connection().execute(statement)
    except IntegrityError:
        raise Conflict("organisation.taken", "name") from None


def load_organisation(session: Session, identifier: str) -> Organisation:
    """One organisation. Raises NotFound (`organisation.unknown`)."""
    row = session.connection().execute(sa.select(ORGANISATIONS).where(ORGANISATIONS.c.id == identifier)).one_or_none()
    if row is None:
        raise NotFound("organisation.unknown", id=identifier)
    return _organisation(row)


def organisation_version(session: Session, identifier: str) -> int:
    """The version of an organisation, locked for who writes. Raises NotFound (`organisation.unknown`)."""
    session.connection().execute(
        sa.select(ORGANISATIONS.c.id).where(ORGANISATIONS.c.id == identifier).with_for_update()
    )
    return load_organisation(session, identifier).version


def find_organisation(session: Session, asked: str) -> Organisation:
    """The organisation of an id or an exact name. Raises NotFound, and Refused (`lookup.several`)."""
    columns = ORGANISATIONS.c
    query = sa.select(ORGANISATIONS).where(sa.or_(columns.id == asked.strip(), columns.name == asked.strip()))
    found = session.connection().execute(query.order_by(columns.id)).all()
    if not found:
        raise NotFound("organisation.unknown", "organisation", id=asked[:20])
    if len(found) > 1:
        raise Refused("lookup.several", "organisation", id=asked, found=[row.id for row in found[:5]])
    return _organisation(found[0])


def list_organisations(
    session: Session,
    *,
    limit: int | None = None,
    after: str | None = None,
    kind: OrganisationKind | None = None,
    region: str | None = None,
    name: str | None = None,
) -> Sequence[Organisation]:
    """Organisations by id, from the one after `after`; of a kind, in a region or of an exact name, where asked."""
    columns = ORGANISATIONS.c
    query = sa.select(ORGANISATIONS).order_by(columns.id)
    asked = {"kind": kind.value if kind else None, "region": region, "name": name}
    query = query.where(*(columns[column] == value for column, value in asked.items() if value is not None))
    if after is not None:
        query = query.where(columns.id > after)
    if limit is not None:
        query = query.limit(limit)
    return [_organisation(row) for row in session.connection().execute(query)]


def _organisation(row: Any) -> Organisation:
    return Organisation(row.id, OrganisationKind(row.kind), row.name, row.region)


def give_mandate(session: Session, mandate: Mandate, *, now: datetime, by: Actor | None = None) -> None:
    """Let an organisation introduce a candidate until a day, or move that day.

    Raises NotFound (`candidate.unknown`, `organisation.unknown`).
    """
    connection = session.connection()
    candidates = metadata.tables["candidates"].c.id
    if connection.scalar(sa.select(candidates).where(candidates == mandate.candidate_id)) is None:
        raise NotFound("candidate.unknown", "candidate", id=mandate.candidate_id)
    load_organisation(session, mandate.organisation_id)
    changed = connection.execute(sa.update(MANDATES).where(*_same(mandate)).values(ends_on=mandate.ends_on))
    if not changed.rowcount:
        connection.execute(
            sa.insert(MANDATES).values(
                candidate_id=mandate.candidate_id,
                organisation_id=mandate.organisation_id,
                purpose=mandate.purpose,
                ends_on=mandate.ends_on,
            )
        )
    noted(session, Noted.MANDATE_CHANGED, "given", about=mandate.candidate_id, by=by, now=now)


def _same(mandate: Mandate) -> tuple[sa.ColumnElement[bool], ...]:
    columns = MANDATES.c
    return (
        columns.candidate_id == mandate.candidate_id,
        columns.organisation_id == mandate.organisation_id,
        columns.purpose == mandate.purpose,
    )


def end_mandate(session: Session, identifier: str, *, now: datetime, by: Actor | None = None) -> None:
    """End a mandate. Raises NotFound (`mandate.unknown`)."""
    candidate_id, _, rest = identifier.partition("-")
    columns = MANDATES.c
    rows = session.connection().execute(
        sa.select(MANDATES).where(
            columns.candidate_id == candidate_id, columns.organisation_id == rest.partition("-")[0]
        )
    )
    found = next((one for one in map(_mandate, rows) if one.id == identifier), None)
    if found is None:
        raise NotFound("mandate.unknown")
    session.connection().execute(sa.delete(MANDATES).where(*_same(found)))
    noted(session, Noted.MANDATE_CHANGED, "ended", about=candidate_id, by=by, now=now)


def list_mandates(
    session: Session,
    *,
    limit: int,
    after: tuple[str, str, str] | None = None,
    candidate_id: str | None = None,
    organisation_id: str | None = None,
) -> Sequence[Mandate]:
    """Mandates by candidate, organisation and purpose, from the one after `after`; also those that are over."""
    columns = MANDATES.c
    order = (columns.candidate_id, columns.organisation_id, columns.purpose)
    query = sa.select(MANDATES).order_by(*order).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(*order) > after)
    if candidate_id is not None:
        query = query.where(columns.candidate_id == candidate_id)
    if organisation_id is not None:
        query = query.where(columns.organisation_id == organisation_id)
    return [_mandate(row) for row in session.connection().execute(query)]


def _mandate(row: Any) -> Mandate:
    return Mandate(row.candidate_id, row.organisation_id, row.purpose, row.ends_on)
