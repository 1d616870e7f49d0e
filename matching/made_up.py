"""Whether all that a database holds is a made-up world, so that it is called so wherever it is shown; who is in it."""

from collections.abc import Mapping

import sqlalchemy as sa
from sqlmodel import Session

from matching.actors import Role
from matching.tables import metadata

MADE_UP = "demo"  # the source of everything in a made-up world
_HOST = "demo.vonk.example"  # of the e-mail addresses of who is made up; .example reaches nobody


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


def made_up_email(role: Role) -> str:
    """The address of the made-up account of a role."""
    return f"{role.value}@{_HOST}"


def made_up_accounts(session: Session) -> Mapping[Role, str]:
    """The made-up accounts by role, in the order of the roles."""
    accounts = metadata.tables["accounts"].c
    asked = {made_up_email(role): role for role in Role}
    rows = session.connection().execute(
        sa.select(accounts.email, accounts.id).where(accounts.email.in_(asked), accounts.active)
    )
    found = {asked[row.email]: str(row.id) for row in rows}
    return {role: found[role] for role in Role if role in found}
