"""What list was shown to whom, in bulk and in the caller's transaction; called where a ranking is shown.

One list for each version of it and each who looked; a further page of the same list adds its places to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from matching.tables import metadata
from matching.tables.base import new_id
from matching.tables.pairs import ListOrder

LISTS, EXPOSURES = metadata.tables["exposure_lists"], metadata.tables["exposures"]


@dataclass(frozen=True)
class Shown:
    """One place of a list. `propensity`: how likely it was that she stood here (1 where nothing was drawn)."""

    rank: int
    candidate_id: str
    reserved: bool = False
    propensity: float = 1.0
    card_id: str | None = None


def record_exposures(
    session: Session,
    *,
    vacancy_id: str,
    account_id: str,
    list_version: str,
    model_version: str,
    order: ListOrder,
    places: Sequence[Shown],
    now: datetime,
) -> str:
    """Put on record that somebody was shown these places of a list; the id of the list. What is there already stays."""
    session.flush()
    connection = session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    key = {"vacancy_id": vacancy_id, "list_version": list_version, "account_id": account_id}
    connection.execute(
        dialect.insert(LISTS).on_conflict_do_nothing(),
        [
            {
                **key,
                "id": new_id("x"),
                "model_version": model_version,
                "ordered_by": ListOrder(order).value,
                "shown_at": now,
            }
        ],
    )
    same = sa.and_(*(LISTS.c[name] == value for name, value in key.items()))
    identifier = str(connection.scalars(sa.select(LISTS.c.id).where(same)).one())
    if places:
        connection.execute(
            dialect.insert(EXPOSURES).on_conflict_do_nothing(),
            [
                {
                    "list_id": identifier,
                    "rank": one.rank,
                    "candidate_id": one.candidate_id,
                    "reserved": one.reserved,
                    "propensity": one.propensity,
                    "card_id": one.card_id,
                }
                for one in places
            ],
        )
    return identifier
