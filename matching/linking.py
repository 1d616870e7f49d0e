"""Accounts at another provider (OpenID Connect): known by issuer and subject, which never change there."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from matching.accounts import ACCOUNTS, create_account
from matching.noting import Noted, noted
from matching.tables import metadata

LINKS = metadata.tables["account_links"]


@dataclass(frozen=True)
class Vouched:
    """Whom a provider vouches for; `email` only where it verified that."""

    issuer: str
    subject: str
    email: str | None
    name: str | None
    factor_given: bool  # it asked a second factor


def account_for(session: Session, who: Vouched, *, creates: bool, now: datetime) -> str | None:
    """The account of whom a provider vouches for; None where there is none, or it may not act.

    By subject first; else by an e-mail address that the provider verified, where that account is not yet linked to
    another subject there (an address may have passed to somebody else); else a new one, only where `creates` says so.
    """
    connection = session.connection()
    linked = connection.execute(
        sa.select(ACCOUNTS.c.id, ACCOUNTS.c.active)
        .join_from(LINKS, ACCOUNTS)
        .where(LINKS.c.issuer == who.issuer, LINKS.c.subject == who.subject)
    ).one_or_none()
    if linked is not None:
        return linked.id if linked.active else None
    email = who.email.strip().lower() if who.email else None
    known = None
    if email:
        known = connection.execute(
            sa.select(ACCOUNTS.c.id, ACCOUNTS.c.active).where(ACCOUNTS.c.email == email)
        ).one_or_none()
    if known is None:
        if not creates:
            return None
        identifier = create_account(session, now=now, email=email, name=who.name[:200] if who.name else None)
        noted(session, Noted.ACCOUNT_CHANGED, "created_by_provider", about=identifier, now=now)
    elif not known.active or _is_linked(session, known.id, who.issuer):
        return None
    else:
        identifier = known.id
    row = {"issuer": who.issuer, "subject": who.subject, "account_id": identifier, "linked_at": now}
    connection.execute(sa.insert(LINKS).values(row))
    noted(session, Noted.ACCOUNT_CHANGED, "linked", about=identifier, now=now)
    return identifier


def _is_linked(session: Session, account_id: str, issuer: str) -> bool:
    query = sa.select(LINKS.c.subject).where(LINKS.c.account_id == account_id, LINKS.c.issuer == issuer)
    return session.connection().scalar(query) is not None
