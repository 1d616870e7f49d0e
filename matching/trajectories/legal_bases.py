"""On what each controller bases its use of her data: recorded apart from her agreement; the ways in call it."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session

from matching.errors import Invalid, NotFound
from matching.tables import metadata
from matching.tables.base import new_id
from matching.trajectories.terms import LegalBasis

LEGAL_BASES = metadata.tables["legal_bases"]


@dataclass(frozen=True)
class RecordedBasis:
    """The basis of one organisation, from a day until a day or for as long as it holds."""

    id: str
    organisation_id: str
    basis: LegalBasis
    reference: str
    since: date
    until: date | None
    recorded_at: datetime


def record_basis(
    session: Session,
    candidate_id: str,
    *,
    organisation_id: str,
    basis: LegalBasis,
    reference: str,
    since: date,
    until: date | None,
    account_id: str | None,
    now: datetime,
) -> RecordedBasis:
    """Put a basis on record. Raises Invalid (`legal_basis.invalid`), NotFound (`organisation.unknown`)."""
    if until is not None and until < since:
        raise Invalid("legal_basis.invalid", "until", reason="before_start")
    organisations = metadata.tables["organisations"].c.id
    connection = session.connection()
    if connection.scalar(sa.select(organisations).where(organisations == organisation_id)) is None:
        raise NotFound("organisation.unknown", id=organisation_id)
    made = RecordedBasis(new_id("l"), organisation_id, basis, reference, since, until, now)
    connection.execute(
        sa.insert(LEGAL_BASES).values(
            id=made.id,
            candidate_id=candidate_id,
            organisation_id=organisation_id,
            basis=basis.value,
            reference=reference,
            since=since,
            until=until,
            recorded_by=account_id,
            recorded_at=now,
        )
    )
    return made


def list_bases(session: Session, candidate_id: str, *, on: date | None = None) -> list[RecordedBasis]:
    """Her legal bases, the latest first; with `on` those that hold on that day."""
    columns = LEGAL_BASES.c
    query = sa.select(LEGAL_BASES).where(columns.candidate_id == candidate_id)
    if on is not None:
        query = query.where(columns.since <= on, sa.or_(columns.until.is_(None), columns.until >= on))
    rows = session.connection().execute(query.order_by(columns.since.desc(), columns.id.desc()))
    return [
        RecordedBasis(
            row.id, row.organisation_id, LegalBasis(row.basis), row.reference, row.since, row.until, row.recorded_at
        )
        for row in rows
    ]
