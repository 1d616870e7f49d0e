"""Accounts as an administrator works with them: found, listed, closed, opened, given rights; for commands and routes.

There is always somebody who can let others in: the last active administrator is neither closed out nor stripped.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matching import sign_ins, tokens
from matching.accounts import ACCOUNTS, GRANTS, Account, change_account, grant, load_account, load_accounts, withdraw
from matching.actors import Actor, Grant, Role
from matching.clock import date_of
from matching.errors import Conflict, Invalid, NotFound
from matching.noting import Noted, noted
from matching.second_factors import remove_factors

EMAIL_LENGTH = 254


def check_email(email: str) -> str:
    """An e-mail address as it is kept. Raises Invalid (`account.email`) for what is none; it is not quoted."""
    plain = email.strip().lower()
    name, _, host = plain.partition("@")
    odd = any(letter.isspace() or not letter.isprintable() for letter in plain)
    if not name or not host or "@" in host or odd or len(plain) > EMAIL_LENGTH:
        raise Invalid("account.email", "email", reason="no_email")
    return plain


def find_account(session: Session, asked: str) -> Account:
    """The account of an id or an e-mail address. Raises NotFound (`account.not_found`), which does not quote it."""
    asked = asked.strip()
    identifier = session.connection().scalar(
        sa.select(ACCOUNTS.c.id).where(sa.or_(ACCOUNTS.c.id == asked, ACCOUNTS.c.email == asked.lower()))
    )
    if identifier is None:
        raise NotFound("account.not_found", "account")
    return load_account(session, identifier)


def list_accounts(
    session: Session, *, limit: int | None = None, after: str | None = None, role: Role | None = None
) -> Sequence[Account]:
    """Accounts by id, from the one after `after`; those with a role, where one is asked."""
    query = sa.select(ACCOUNTS.c.id).order_by(ACCOUNTS.c.id)
    if after is not None:
        query = query.where(ACCOUNTS.c.id > after)
    if role is not None:
        query = query.where(ACCOUNTS.c.id.in_(sa.select(GRANTS.c.account_id).where(GRANTS.c.role == role.value)))
    if limit is not None:
        query = query.limit(limit)
    return load_accounts(session, session.connection().scalars(query))


def close_account(session: Session, identifier: str, *, now: datetime, by: Actor | None = None) -> None:
    """Let an account in no more; its sessions and tokens end at once.

    Raises NotFound (`account.unknown`), and Conflict (`account.last_administrator`).
    """
    with _an_administrator_remains(session, date_of(now)):
        change_account(session, identifier, {"active": False}, now=now)
    sign_ins.end_all(session, identifier)
    tokens.revoke_all(session, identifier, now=now)
    noted(session, Noted.ACCOUNT_CHANGED, "closed", about=identifier, by=by, now=now)


def open_account(session: Session, identifier: str, *, now: datetime, by: Actor | None = None) -> None:
    """Let a closed account in again. Raises NotFound (`account.unknown`)."""
    change_account(session, identifier, {"active": True}, now=now)
    noted(session, Noted.ACCOUNT_CHANGED, "opened", about=identifier, by=by, now=now)


def edit_account(
    session: Session, identifier: str, changes: dict[str, Any], *, now: datetime, by: Actor | None = None
) -> None:
    """Change e-mail, name, telephone or `known_as` of an account. Raises NotFound, Conflict and Invalid."""
    if changes.get("email"):
        changes = changes | {"email": check_email(changes["email"])}
    change_account(session, identifier, changes, now=now)
    noted(session, Noted.ACCOUNT_CHANGED, "edited", about=identifier, by=by, now=now)


def give_role(
    session: Session,
    account_id: str,
    given: Grant,
    *,
    now: datetime,
    ends_on: date | None = None,
    by: Actor | None = None,
) -> str:
    """Grant a role; its id. Raises as `matching.accounts.grant`, and Conflict (`account.last_administrator`)."""
    with _an_administrator_remains(session, date_of(now)):
        identifier = grant(
            session, account_id, given, now=now, ends_on=ends_on, granted_by=by.account_id if by else None
        )
    change_account(session, account_id, {}, now=now)  # what is shown of it changed, and so does its version
    noted(session, Noted.RIGHTS_CHANGED, f"granted_{given.role.value}", about=account_id, by=by, now=now)
    return identifier


def take_role(session: Session, account_id: str, grant_id: str, *, now: datetime, by: Actor | None = None) -> None:
    """Take a role back. Raises NotFound (`grant.unknown`), and Conflict (`account.last_administrator`)."""
    with _an_administrator_remains(session, date_of(now)):
        withdraw(session, account_id, grant_id)
    change_account(session, account_id, {}, now=now)
    noted(session, Noted.RIGHTS_CHANGED, "withdrawn", about=account_id, by=by, now=now)


def reset_factors(session: Session, identifier: str, *, now: datetime, by: Actor | None = None) -> None:
    """She lost her second factor: take it away, and end her sessions. Raises NotFound (`account.unknown`)."""
    change_account(session, identifier, {}, now=now)
    remove_factors(session, identifier)
    sign_ins.end_all(session, identifier)
    noted(session, Noted.ACCOUNT_CHANGED, "factors_reset", about=identifier, by=by, now=now)


@contextmanager
def _an_administrator_remains(session: Session, today: date) -> Iterator[None]:
    """Raise Conflict where what happens within leaves nobody who may let others in, and somebody was there before."""
    before = _administrators(session, today)
    yield
    if before and not _administrators(session, today):
        raise Conflict("account.last_administrator")


def _administrators(session: Session, today: date) -> Sequence[str]:
    """The accounts that administrate today; nobody else changes that until the end of the transaction."""
    query = (
        sa.select(ACCOUNTS.c.id)
        .join_from(ACCOUNTS, GRANTS)
        .where(
            ACCOUNTS.c.active,
            GRANTS.c.role == Role.ADMINISTRATOR.value,
            sa.or_(GRANTS.c.ends_on.is_(None), GRANTS.c.ends_on >= today),
        )
        .order_by(ACCOUNTS.c.id)
        .with_for_update()
    )
    return session.connection().scalars(query).all()
