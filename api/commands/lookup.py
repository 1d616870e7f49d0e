"""Which vacancy or candidate somebody means: an id, the start of one, or the number that its source gave it."""

from sqlalchemy import Table, select
from sqlmodel import Session

from matching.errors import NotFound, Refused
from matching.tables import metadata

MAX_LENGTH = 200


def vacancy_id(session: Session, asked: str) -> str:
    """The id of the vacancy that is meant. Raises NotFound (`vacancy.unknown`), or Refused where several could be."""
    return _find(session, metadata.tables["vacancies"], "vacancy", asked)


def candidate_id(session: Session, asked: str) -> str:
    """The id of the candidate that is meant; raises as `vacancy_id` does."""
    return _find(session, metadata.tables["candidates"], "candidate", asked)


def _find(session: Session, table: Table, noun: str, asked: str) -> str:
    asked = asked.strip()
    if not 0 < len(asked) <= MAX_LENGTH:
        raise NotFound(f"{noun}.unknown", noun, id=asked[:20])
    connection, ids = session.connection(), table.c.id
    starts = select(ids).where(ids.startswith(asked, autoescape=True)).limit(50)
    by_start = {str(one) for one in connection.scalars(starts) if one.startswith(asked)}  # SQLite's LIKE ignores case
    by_source = {str(one) for one in connection.scalars(select(ids).where(table.c.source_id == asked).limit(50))}
    found = sorted({asked} & by_start or by_source or by_start)
    if not found:
        raise NotFound(f"{noun}.unknown", noun, id=asked)
    if len(found) > 1:
        raise Refused("lookup.several", noun, id=asked, found=found[:5])
    return found[0]
