"""Whose card an employer means: cards have names of their own in every list that an employer is shown."""

import sqlalchemy as sa
from sqlmodel import Session

from matching.errors import NotFound
from matching.tables import metadata

_LISTS, _EXPOSURES, _GRANTS = (metadata.tables[name] for name in ("exposure_lists", "exposures", "grants"))


def resolve_card(session: Session, organisation_id: str, card_id: str) -> str:
    """The candidate of a card that was shown to somebody of an organisation. Raises NotFound (`card.unknown`)."""
    of_organisation = sa.select(_GRANTS.c.account_id).where(_GRANTS.c.organisation_id == organisation_id)
    found = session.connection().scalar(
        sa.select(_EXPOSURES.c.candidate_id)
        .join(_LISTS, _LISTS.c.id == _EXPOSURES.c.list_id)
        .where(
            _EXPOSURES.c.card_id == card_id,
            _EXPOSURES.c.candidate_id.is_not(None),
            _LISTS.c.account_id.in_(of_organisation),
        )
        .limit(1)
    )
    if found is None:
        raise NotFound("card.unknown")
    return str(found)
