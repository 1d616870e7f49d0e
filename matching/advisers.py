"""What advisers keep to work with: shortlists and saved searches, their own or shared in a region; for the ways in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matching.database import is_read_only
from matching.errors import Invalid, NotFound
from matching.reach import Reach
from matching.tables import metadata
from matching.tables.base import new_id
from matching.trajectories.visible import EVERYBODY, people_of

SHORTLISTS, PEOPLE = metadata.tables["shortlists"], metadata.tables["shortlist_people"]
SEARCHES, CANDIDATES = metadata.tables["saved_searches"], metadata.tables["candidates"]


@dataclass(frozen=True)
class Listed:
    """Somebody on a shortlist, with a note."""

    candidate_id: str
    note: str | None = field(default=None, repr=False)


def shortlist_of(session: Session, reach: Reach, identifier: str, *, mine: bool = False) -> dict[str, Any]:
    """A shortlist that somebody may see, or (`mine`) change, with its people. Raises NotFound (`shortlist.unknown`)."""
    row = _one(session, SHORTLISTS, reach, identifier, mine, "shortlist.unknown")
    return row | {"people": _people(session, [identifier]).get(identifier, [])}


def shortlists_for(
    session: Session, reach: Reach, *, after: tuple[str, str] | None, limit: int
) -> list[dict[str, Any]]:
    """Hers and those shared in her region, newest first."""
    rows = _some(session, SHORTLISTS, reach, after, limit)
    people = _people(session, [row["id"] for row in rows])
    return [row | {"people": people.get(row["id"], [])} for row in rows]


def as_seen(session: Session, reach: Reach, rows: Sequence[dict[str, Any]], today: date) -> list[dict[str, Any]]:
    """Shortlists with the people whom somebody sees herself: who shared one may reach further than a colleague does."""
    mine = reach.actor.account_id
    ids = sorted({one.candidate_id for row in rows if row["account_id"] != mine for one in row["people"]})
    around = people_of(reach, reach.sees, today)
    if not ids or around is EVERYBODY:
        return list(rows)
    columns = CANDIDATES.c
    near = sa.false() if around is None else columns.id.in_(around)
    seen = set(session.connection().scalars(sa.select(columns.id).where(columns.id.in_(ids), near)))
    return [
        row | {"people": [one for one in row["people"] if row["account_id"] == mine or one.candidate_id in seen]}
        for row in rows
    ]


def save_shortlist(
    session: Session,
    reach: Reach,
    values: Mapping[str, Any],
    people: Sequence[Listed] | None,
    *,
    identifier: str | None = None,
    now: datetime,
) -> str:
    """Make a shortlist, or (with an id) change one's own; `people` None leaves them as they are. Its id.

    Raises NotFound (`shortlist.unknown`), and Invalid (`shortlist.twice`) where somebody stands on it twice.
    """
    if people is not None and len({one.candidate_id for one in people}) < len(people):
        raise Invalid("shortlist.twice", "people", reason="twice")
    made = _save(session, SHORTLISTS, reach, values, identifier, "s", "shortlist.unknown", now)
    if people is not None:
        connection = session.connection()
        connection.execute(sa.delete(PEOPLE).where(PEOPLE.c.shortlist_id == made))
        rows = [
            {"shortlist_id": made, "position": place, "candidate_id": one.candidate_id, "note": one.note}
            for place, one in enumerate(people)
        ]
        if rows:
            connection.execute(sa.insert(PEOPLE), rows)
    return made


def delete_shortlist(session: Session, reach: Reach, identifier: str) -> None:
    """Take away one's own shortlist. Raises NotFound (`shortlist.unknown`)."""
    _one(session, SHORTLISTS, reach, identifier, True, "shortlist.unknown")
    session.connection().execute(sa.delete(SHORTLISTS).where(SHORTLISTS.c.id == identifier))


def search_of(session: Session, reach: Reach, identifier: str, *, mine: bool = False) -> dict[str, Any]:
    """A saved search that somebody may see, or (`mine`) change. Raises NotFound (`saved_search.unknown`)."""
    return _one(session, SEARCHES, reach, identifier, mine, "saved_search.unknown")


def searches_for(session: Session, reach: Reach, *, after: tuple[str, str] | None, limit: int) -> list[dict[str, Any]]:
    """Hers and those shared in her region, newest first."""
    return _some(session, SEARCHES, reach, after, limit)


def save_search(
    session: Session, reach: Reach, values: Mapping[str, Any], *, identifier: str | None = None, now: datetime
) -> str:
    """Make a saved search, or change one's own; its id. Raises NotFound (`saved_search.unknown`)."""
    return _save(session, SEARCHES, reach, values, identifier, "q", "saved_search.unknown", now)


def delete_search(session: Session, reach: Reach, identifier: str) -> None:
    """Take away one's own saved search. Raises NotFound (`saved_search.unknown`)."""
    _one(session, SEARCHES, reach, identifier, True, "saved_search.unknown")
    session.connection().execute(sa.delete(SEARCHES).where(SEARCHES.c.id == identifier))


def _visible(table: sa.Table, reach: Reach) -> sa.ColumnElement[bool]:
    """Her own, and what a colleague of one of her regions shares; who works for all regions shares with all."""
    columns = table.c
    here = sa.true() if reach.acts_in is None else columns.region.in_(sorted(reach.acts_in))
    shared = sa.and_(columns.shared, sa.or_(columns.region.is_(None), here))
    return sa.or_(columns.account_id == reach.actor.account_id, shared)


def _one(session: Session, table: sa.Table, reach: Reach, identifier: str, mine: bool, unknown: str) -> dict[str, Any]:
    allowed = table.c.account_id == reach.actor.account_id if mine else _visible(table, reach)
    query = sa.select(table).where(table.c.id == identifier, allowed)
    if mine and not is_read_only(session):
        query = query.with_for_update()  # it is going to be changed, on the version that is read here
    row = session.connection().execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(unknown, id=identifier)
    return dict(row)


def _some(
    session: Session, table: sa.Table, reach: Reach, after: tuple[str, str] | None, limit: int
) -> list[dict[str, Any]]:
    columns = table.c
    query = sa.select(table).where(_visible(table, reach))
    if after is not None:
        made = datetime.fromisoformat(after[0])
        query = query.where(
            sa.or_(columns.created_at < made, sa.and_(columns.created_at == made, columns.id > after[1]))
        )
    query = query.order_by(columns.created_at.desc(), columns.id).limit(limit)
    return [dict(row) for row in session.connection().execute(query).mappings()]


def _people(session: Session, ids: Sequence[str]) -> dict[str, list[Listed]]:
    columns = PEOPLE.c
    found: dict[str, list[Listed]] = {}
    query = (
        sa.select(PEOPLE).where(columns.shortlist_id.in_(list(ids))).order_by(columns.shortlist_id, columns.position)
    )
    for row in session.connection().execute(query).mappings():
        found.setdefault(row["shortlist_id"], []).append(Listed(row["candidate_id"], row["note"]))
    return found


def _save(
    session: Session,
    table: sa.Table,
    reach: Reach,
    values: Mapping[str, Any],
    identifier: str | None,
    prefix: str,
    unknown: str,
    now: datetime,
) -> str:
    connection = session.connection()
    if identifier is not None:
        _one(session, table, reach, identifier, True, unknown)
        changed = {**values, "updated_at": now, "version": table.c.version + 1}
        connection.execute(sa.update(table).where(table.c.id == identifier).values(changed))
        return identifier
    made = new_id(prefix)
    region = next(iter(sorted(reach.acts_in)), None) if reach.acts_in else None
    row = {
        **values,
        "id": made,
        "account_id": reach.actor.account_id,
        "region": region,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    connection.execute(sa.insert(table).values(row))
    return made
