"""Which people there are for somebody: of her regions, her caseload, or herself; the ways in search among these."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Session

from matching.actors import Role
from matching.current import CurrentRanker
from matching.pool import Pool
from matching.reach import Reach
from matching.tables import metadata

CANDIDATES, MANDATES = metadata.tables["candidates"], metadata.tables["mandates"]


def people_for(session: Session, current: CurrentRanker, reach: Reach, today: date) -> Pool:
    """The pool as far as somebody sees it."""
    whole = current.get().pool
    around = ids_around(session, reach, today)
    if Role.ADVISER not in reach.roles:
        return whole.among(around)
    part = current.within(reach.sees).pool
    return part if reach.sees is None or not around else whole.joined(part, around)


def ids_around(session: Session, reach: Reach, today: date) -> list[str]:
    """The people whom she sees wherever they live: her caseload, those whom her organisation acts for, herself."""
    columns = CANDIDATES.c
    conditions: list[sa.ColumnElement[bool]] = []
    if Role.COACH in reach.roles:
        conditions.append(columns.coach.in_(reach.names))
    if Role.CASEWORKER in reach.roles:
        conditions.append(columns.caseworker.in_(reach.names))
    if Role.ADVISER in reach.roles and reach.works_for and reach.sees is not None:
        mandated = sa.select(MANDATES.c.candidate_id).where(
            MANDATES.c.organisation_id.in_(reach.works_for), MANDATES.c.ends_on >= today
        )
        conditions += [columns.responsible_organisation_id.in_(reach.works_for), columns.id.in_(mandated)]
    if reach.people:
        conditions.append(columns.id.in_(reach.people))
    if not conditions:
        return []
    return list(session.connection().scalars(sa.select(columns.id).where(sa.or_(*conditions))))
