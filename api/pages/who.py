"""Who is signed in, for the head of every page; and where she begins."""

from dataclasses import dataclass

import sqlalchemy as sa
from fastapi import Request
from sqlmodel import Session

from api.cookies import SESSION, read_cookie
from matching.actors import Actor, Role
from matching.tables import metadata

START, VACANCIES = "/start", "/"
_BY_NAME = ("name", "known_as", "email")


@dataclass(frozen=True)
class Who:
    """By which name she is known; `by_session`: she signed in, and can sign out."""

    name: str
    home: str
    by_session: bool


def who_is(request: Request, session: Session, actor: Actor) -> Who:
    """The account that asks, by the first of its names that there is."""
    accounts = metadata.tables["accounts"].c
    row = session.connection().execute(
        sa.select(*(accounts[name] for name in _BY_NAME)).where(accounts.id == actor.account_id)
    )
    names = row.one()
    by_session = "authorization" not in request.headers and read_cookie(request, SESSION) is not None
    return Who(next((name for name in names if name), actor.account_id), home_of(actor), by_session)


def home_of(actor: Actor) -> str:
    """Where she begins: advisers with the vacancies, others with what they can do here so far."""
    return VACANCIES if any(actor.granted(Role.ADVISER)) else START
