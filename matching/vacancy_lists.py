"""Which vacancies there are for somebody, a page at a time; the ways in list by it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matching.actors import Role
from matching.profiles import CandidateProfile, VacancyProfile
from matching.reach import Reach, Regions
from matching.tables import metadata
from matching.tables.vacancies import VacancyStatus

VACANCIES, POSTCODES = metadata.tables["vacancies"], metadata.tables["postcodes"]


def in_regions(regions: Regions | None) -> sa.ColumnElement[bool]:
    """Whether a vacancy lies in some regions, by itself or by its postcode; where it is not known, in all."""
    if regions is None:
        return sa.true()
    by_postcode = sa.select(POSTCODES.c.region).where(POSTCODES.c.pc4 == VACANCIES.c.postcode).scalar_subquery()
    where = sa.func.coalesce(VACANCIES.c.region, by_postcode)
    return sa.or_(where.in_(sorted(regions)), where.is_(None)) if regions else sa.false()


def open_vacancies(session: Session, regions: Regions | None, *, limit: int, offset: int) -> tuple[list[str], int]:
    """Ids of one page of the open vacancies of some regions, in the order of their sources, and how many there are."""
    columns = VACANCIES.c
    query = (
        sa.select(columns.id)
        .where(columns.status == VacancyStatus.OPEN.value, in_regions(regions))
        .order_by(columns.source, columns.source_id, columns.id)
    )
    connection = session.connection()
    n_open = connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
    return list(connection.scalars(query.offset(offset).limit(limit))), n_open


def belongs_to(organisations: Collection[str]) -> sa.ColumnElement[bool]:
    """Whether a vacancy is of one of these employers, as `matching.facts` has it."""
    if not organisations:
        return sa.false()
    table = metadata.tables["organisations"]
    names = sa.select(table.c.name).where(table.c.id.in_(sorted(organisations)))
    by_name = sa.and_(VACANCIES.c.organisation_id.is_(None), VACANCIES.c.legal_employer.in_(names))
    return sa.or_(VACANCIES.c.organisation_id.in_(sorted(organisations)), by_name)


def vacancies_of(
    session: Session,
    reach: Reach,
    *,
    text: str | None = None,
    region: Collection[str] = (),
    status: VacancyStatus | None = None,
    after: tuple[str, str] | None = None,
    limit: int,
) -> tuple[list[tuple[str, str]], int]:
    """The vacancies that somebody sees, newest first: moment of making and id of each, and how many there are.

    `after`: the last that was shown. At most `limit` are given.
    """
    columns = VACANCIES.c
    conditions = [
        sa.or_(in_regions(reach.sees) if Role.ADVISER in reach.roles else sa.false(), belongs_to(reach.organisations))
    ]
    if text:
        pattern = f"%{text.strip().lower().replace('|', '||').replace('%', '|%').replace('_', '|_')}%"
        conditions.append(sa.func.lower(columns.title).like(pattern, escape="|"))
    if region:
        conditions.append(in_regions(frozenset(region)))
    if status is not None:
        conditions.append(columns.status == status.value)
    connection = session.connection()
    total = connection.scalar(sa.select(sa.func.count()).select_from(VACANCIES).where(*conditions)) or 0
    if after is not None:
        made = datetime.fromisoformat(after[0])
        conditions.append(sa.or_(columns.created_at < made, sa.and_(columns.created_at == made, columns.id > after[1])))
    query = (
        sa.select(columns.id, columns.created_at)
        .where(*conditions)
        .order_by(columns.created_at.desc(), columns.id)
        .limit(limit)
    )
    return [(row.created_at.isoformat(), row.id) for row in connection.execute(query)], total


def stored_vacancies(session: Session, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What the store adds to each of some vacancies: whose it is, whether it is open, when it was made and changed."""
    columns = VACANCIES.c
    names = ("id", "status", "organisation_id", "created_at", "updated_at", "version")
    rows = session.connection().execute(sa.select(*(columns[name] for name in names)).where(columns.id.in_(list(ids))))
    return {row.id: {name: getattr(row, name) for name in names} for row in rows}


def region_of(session: Session, profile: VacancyProfile | CandidateProfile) -> str | None:
    """The region of a vacancy or candidate, by itself or by its postcode; None where it is not known."""
    if profile.region is not None:
        return profile.region
    region: str | None = session.connection().scalar(
        sa.select(POSTCODES.c.region).where(POSTCODES.c.pc4 == profile.postcode)
    )
    return region
