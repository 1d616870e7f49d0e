"""Which introductions and placements are somebody's to see, as conditions of a query; lists read by them.

They say the same as the policies over one introduction or placement; a test compares the two.
"""

import sqlalchemy as sa

from matching.actors import Role
from matching.reach import Reach, Regions
from matching.tables import metadata
from matching.trajectories.past import PLACEMENTS
from matching.trajectories.reading import CANDIDATES, INTRODUCTIONS, has
from matching.trajectories.terms import OutcomeKind

_POSTCODES, _MANDATES = metadata.tables["postcodes"].c, metadata.tables["mandates"].c


def introductions(reach: Reach, today: object) -> sa.ColumnElement[bool]:
    """The introductions that somebody may see: of her people, of her organisation, or her own."""
    columns = INTRODUCTIONS.c
    ways: list[sa.ColumnElement[bool]] = []
    if (people := people_of(reach, reach.sees, today)) is not None:
        ways.append(people if people is EVERYBODY else columns.candidate_id.in_(people))
    if reach.organisations:
        known = sa.or_(columns.card_id.is_not(None), has(OutcomeKind.CANDIDATE_AGREED))
        ways.append(sa.and_(columns.organisation_id.in_(sorted(reach.organisations)), known))
    if reach.people:
        ways.append(sa.and_(columns.candidate_id.in_(sorted(reach.people)), has(OutcomeKind.ASKED)))
    return sa.or_(sa.false(), *ways)


def placements(reach: Reach, today: object) -> sa.ColumnElement[bool]:
    """The placements that somebody may see: those of her people."""
    people = people_of(reach, reach.acts_in, today)
    if people is None:
        return sa.false()
    return people if people is EVERYBODY else PLACEMENTS.c.candidate_id.in_(people)


EVERYBODY = sa.true()


def people_of(
    reach: Reach, regions: Regions | None, today: object
) -> "sa.ColumnElement[bool] | sa.Select[tuple[str]] | None":
    """The people around an adviser (of these regions) or a coach, as a query; EVERYBODY is true, None is nobody."""
    ways: list[sa.ColumnElement[bool]] = []
    columns = CANDIDATES.c
    if Role.ADVISER in reach.roles:
        if regions is None:
            return EVERYBODY
        by_postcode = sa.select(_POSTCODES.region).where(_POSTCODES.pc4 == columns.postcode).scalar_subquery()
        region = sa.func.coalesce(columns.region, by_postcode)
        if regions:
            ways.append(sa.or_(region.in_(sorted(regions)), region.is_(None)))
        if reach.works_for:
            mine = sorted(reach.works_for)
            ways.append(columns.responsible_organisation_id.in_(mine))
            mandated = sa.select(_MANDATES.candidate_id).where(
                _MANDATES.organisation_id.in_(mine), _MANDATES.ends_on >= today
            )
            ways.append(columns.id.in_(mandated))
    if Role.COACH in reach.roles:
        ways.append(columns.coach.in_(sorted(reach.names)))
    return sa.select(columns.id).where(sa.or_(*ways)) if ways else None
