"""Tokens of machines: made once and shown once, kept as a hash, with scopes and an end; for the ways in and commands.

A token is `vonk_` and 43 random characters (256 bits), so that a fast hash is enough, and a scanner of secrets can
tell it when it is left somewhere.
"""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matching.accounts import actor_of
from matching.actors import Actor, Scope
from matching.clock import date_of
from matching.errors import Invalid, NotFound
from matching.tables import metadata
from matching.tables.base import new_id
from scoring.terms import mask_of, members_of

TOKENS = metadata.tables["tokens"]
PREFIX = "vonk_"
DAYS_DEFAULT, DAYS_MAX = 90, 366


@dataclass(frozen=True)
class Token:
    """What is known of a token; the secret itself is nowhere."""

    id: str
    account_id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_on: date | None


def hash_of(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(
    session: Session, account_id: str, name: str, *, scopes: Collection[Scope], days: int, now: datetime
) -> tuple[Token, str]:
    """A new token of an account, and its secret, which is not seen again.

    Raises NotFound (`account.unknown`), and Invalid (`token.days`, `token.scopes`) for an end that is too far away or
    no scope at all.
    """
    if not 1 <= days <= DAYS_MAX:
        raise Invalid("token.days", "days", reason="range", most=DAYS_MAX)
    if not scopes:
        raise Invalid("token.scopes", "scopes", reason="none")
    accounts = metadata.tables["accounts"].c
    connection = session.connection()
    if connection.scalar(sa.select(accounts.id).where(accounts.id == account_id)) is None:
        raise NotFound("account.unknown", id=account_id)
    secret = PREFIX + secrets.token_urlsafe(32)
    identifier = new_id("t")
    row = {
        "id": identifier,
        "account_id": account_id,
        "name": name,
        "hash": hash_of(secret),
        "scopes": mask_of(scopes, Scope),
        "created_at": now,
        "expires_at": now + timedelta(days=days),
    }
    connection.execute(sa.insert(TOKENS).values(row))
    return token_of(session, identifier), secret


def token_of(session: Session, identifier: str) -> Token:
    """A token by its id. Raises NotFound (`token.unknown`)."""
    row = session.connection().execute(sa.select(TOKENS).where(TOKENS.c.id == identifier)).mappings().one_or_none()
    if row is None:
        raise NotFound("token.unknown", id=identifier)
    return _token(row)


def _token(row: Any) -> Token:
    names = ("id", "account_id", "name", "created_at", "expires_at", "revoked_at", "used_on")
    scopes = tuple(Scope(one) for one in members_of(row["scopes"], Scope))
    return Token(**{name: row[name] for name in names}, scopes=scopes)


def list_tokens(
    session: Session, *, account_id: str | None = None, limit: int | None = None, after: str | None = None
) -> Sequence[Token]:
    """Tokens by id, from the one after `after`; of one account, where asked; also those that ended."""
    query = sa.select(TOKENS).order_by(TOKENS.c.id)
    if account_id is not None:
        query = query.where(TOKENS.c.account_id == account_id)
    if after is not None:
        query = query.where(TOKENS.c.id > after)
    if limit is not None:
        query = query.limit(limit)
    return [_token(row) for row in session.connection().execute(query).mappings()]


def revoke_all(session: Session, account_id: str, *, now: datetime) -> None:
    """End every token of an account at once."""
    columns = TOKENS.c
    session.connection().execute(
        sa.update(TOKENS).where(columns.account_id == account_id, columns.revoked_at.is_(None)).values(revoked_at=now)
    )


def revoke(session: Session, identifier: str, *, now: datetime) -> None:
    """End a token at once; one that ended already stays as it was. Raises NotFound (`token.unknown`)."""
    token_of(session, identifier)
    session.connection().execute(
        sa.update(TOKENS).where(TOKENS.c.id == identifier, TOKENS.c.revoked_at.is_(None)).values(revoked_at=now)
    )


def is_to_be_used(session: Session, secret: str, *, today: date) -> bool:
    """Whether `used` did not yet keep that a token is used on this day."""
    columns = TOKENS.c
    other = sa.or_(columns.used_on.is_(None), columns.used_on < today)
    query = sa.select(columns.id).where(columns.hash == hash_of(secret), other)
    return session.connection().scalar(query) is not None


def used(session: Session, secret: str, *, today: date) -> None:
    """Keep on which day a token was last used."""
    columns = TOKENS.c
    other = sa.or_(columns.used_on.is_(None), columns.used_on < today)
    session.connection().execute(sa.update(TOKENS).where(columns.hash == hash_of(secret), other).values(used_on=today))


def actor_of_token(session: Session, secret: str, *, now: datetime) -> Actor | None:
    """Who acts by a token; None where it is not known, ended, or its account may not act."""
    if not secret.startswith(PREFIX):
        return None
    columns = TOKENS.c
    row = (
        session.connection()
        .execute(
            sa.select(columns.account_id, columns.scopes).where(
                columns.hash == hash_of(secret), columns.revoked_at.is_(None), columns.expires_at > now
            )
        )
        .one_or_none()
    )
    if row is None:
        return None
    scopes = frozenset(Scope(one) for one in members_of(row.scopes, Scope))
    return actor_of(session, row.account_id, today=date_of(now), scopes=scopes)
