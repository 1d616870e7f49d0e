"""How often an employer asked for counts of people today: bounded, so that differences between them reveal nobody."""

from datetime import date

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from matching.tables import metadata

ASKED = metadata.tables["counts_asked"]
MOST_A_DAY = 200  # some ten vacancies written with care


def asked_once_more(session: Session, organisation_id: str, on: date) -> bool:
    """Count one more question of an employer on a day; whether it may still be answered."""
    connection = session.connection()
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(ASKED).values(organisation_id=organisation_id, on=on, n=1)
    counted = insert.on_conflict_do_update(index_elements=["organisation_id", "on"], set_={"n": ASKED.c.n + 1})
    n = connection.execute(counted.returning(ASKED.c.n)).scalar_one()
    if n == 1:
        connection.execute(sa.delete(ASKED).where(ASKED.c.organisation_id == organisation_id, ASKED.c.on < on))
    return bool(n <= MOST_A_DAY)
