"""Whether all that a database holds is a made-up world, so that it is called so wherever it is shown."""

import sqlalchemy as sa
from sqlmodel import Session

from matching.tables import metadata

MADE_UP = "demo"  # the source of everything in a made-up world


def only_made_up(session: Session) -> bool:
    """Whether there are people or vacancies, and none of another source."""
    connection, somebody = session.connection(), False
    for name in ("candidates", "vacancies"):
        source = metadata.tables[name].c.source
        for others in (source < MADE_UP, source > MADE_UP):  # two ranges of an index, whatever the size
            if connection.scalar(sa.select(source).where(others).limit(1)) is not None:
                return False
        somebody = somebody or connection.scalar(sa.select(source).where(source == MADE_UP).limit(1)) is not None
    return somebody
