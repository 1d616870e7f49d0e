"""Which vacancies there are for somebody, a page at a time; the ways in list by it."""

import sqlalchemy as sa
from sqlmodel import Session

from matching.reach import Regions
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
