"""What policies go by: where a person or a vacancy belongs, and to whom; read afresh for every request.

Nothing here tells what somebody can do, or who she is.
"""

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlmodel import Session

from matching.errors import NotFound
from matching.tables import metadata
from matching.tables.organisations import OrganisationKind
from matching.tables.vacancies import VacancyStatus

_EMPLOYERS = (OrganisationKind.SUPPLIER, OrganisationKind.INCLUSIVE_EMPLOYER, OrganisationKind.CLIENT)


@dataclass(frozen=True)
class CandidateFacts:
    """Where a candidate belongs; `region` None where neither she nor her postcode tells."""

    id: str
    region: str | None
    coach: str | None
    caseworker: str | None
    responsible_id: str | None  # the organisation that is responsible for her
    mandated_ids: frozenset[str]  # the organisations that it let introduce her, today


@dataclass(frozen=True)
class VacancyFacts:
    """Where a vacancy belongs, and whose it is (None: nobody's who has an account)."""

    id: str
    region: str | None
    organisation_id: str | None
    is_open: bool


def candidate_facts(session: Session, identifier: str, today: date) -> CandidateFacts:
    """Where one candidate belongs. Raises NotFound (`candidate.unknown`)."""
    people, places = metadata.tables["candidates"], metadata.tables["postcodes"]
    connection = session.connection()
    row = connection.execute(
        sa.select(
            sa.func.coalesce(people.c.region, places.c.region).label("region"),
            people.c.coach,
            people.c.caseworker,
            people.c.responsible_organisation_id,
        )
        .select_from(people.outerjoin(places, places.c.pc4 == people.c.postcode))
        .where(people.c.id == identifier)
    ).one_or_none()
    if row is None:
        raise NotFound("candidate.unknown", id=identifier)
    mandates = metadata.tables["mandates"].c
    mandated = connection.scalars(
        sa.select(mandates.organisation_id).where(mandates.candidate_id == identifier, mandates.ends_on >= today)
    )
    return CandidateFacts(
        identifier, row.region, row.coach, row.caseworker, row.responsible_organisation_id, frozenset(mandated)
    )


def vacancy_facts(session: Session, identifier: str) -> VacancyFacts:
    """Where one vacancy belongs. Raises NotFound (`vacancy.unknown`).

    One that came from a file belongs to the employer by whose name it goes, where that is an organisation.
    """
    vacancies, places = metadata.tables["vacancies"], metadata.tables["postcodes"]
    row = (
        session.connection()
        .execute(
            sa.select(
                sa.func.coalesce(vacancies.c.region, places.c.region).label("region"),
                sa.func.coalesce(vacancies.c.organisation_id, _by_name(vacancies)).label("organisation_id"),
                vacancies.c.status,
            )
            .select_from(vacancies.outerjoin(places, places.c.pc4 == vacancies.c.postcode))
            .where(vacancies.c.id == identifier)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound("vacancy.unknown", id=identifier)
    return VacancyFacts(identifier, row.region, row.organisation_id, row.status == VacancyStatus.OPEN.value)


def _by_name(vacancies: sa.Table) -> sa.ScalarSelect[str]:
    organisations = metadata.tables["organisations"].c
    return (
        sa.select(organisations.id)
        .where(
            organisations.name == vacancies.c.legal_employer,
            organisations.kind.in_([kind.value for kind in _EMPLOYERS]),
        )
        .order_by(organisations.kind, organisations.id)
        .limit(1)
        .scalar_subquery()
    )
