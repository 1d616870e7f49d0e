"""Sessions of browsers: a random secret in a cookie, its hash in the database; for who signs people in and out."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from matching.accounts import actor_of
from matching.actors import Actor
from matching.clock import date_of
from matching.tables import metadata
from matching.tokens import hash_of

SIGN_INS = metadata.tables["sign_ins"]
LASTS = timedelta(hours=12)  # a working day, whatever happens
IDLE = timedelta(hours=2)  # and at most so long without a request
SEEN_EVERY = timedelta(minutes=5)  # how precisely it is kept when she was last here
WAITS = timedelta(minutes=10)  # for a second factor


@dataclass(frozen=True)
class SignIn:
    """A session as its own account sees it; `here`: it is the one by which she asks."""

    began_at: datetime
    seen_at: datetime
    here: bool


def begin(session: Session, account_id: str, *, confirmed: bool, now: datetime, issuer: str | None = None) -> str:
    """Start a session, and the secret for its cookie; one that is not `confirmed` waits for a second factor.

    Those that are over are dropped on the way.
    """
    prune(session, now=now)
    secret = secrets.token_urlsafe(32)
    row = {
        "hash": hash_of(secret),
        "account_id": account_id,
        "began_at": now,
        "seen_at": now,
        "expires_at": now + LASTS,
        "confirmed": confirmed,
        "issuer": issuer,
    }
    session.connection().execute(sa.insert(SIGN_INS).values(row))
    return secret


def end(session: Session, secret: str) -> str | None:
    """End a session, and tell whose it was; None for one that is not there, which is ended already."""
    query = sa.delete(SIGN_INS).where(SIGN_INS.c.hash == hash_of(secret)).returning(SIGN_INS.c.account_id)
    return session.connection().execute(query).scalar_one_or_none()


def end_others(session: Session, account_id: str, secret: str) -> None:
    """End every session of an account but this one."""
    columns = SIGN_INS.c
    session.connection().execute(
        sa.delete(SIGN_INS).where(columns.account_id == account_id, columns.hash != hash_of(secret))
    )


def end_all(session: Session, account_id: str) -> None:
    """End every session of an account: its password changed, or it was closed."""
    session.connection().execute(sa.delete(SIGN_INS).where(SIGN_INS.c.account_id == account_id))


def actor_of_cookie(session: Session, secret: str, *, now: datetime) -> Actor | None:
    """Who acts by a session; None where it is not known, over, idle too long, or not confirmed yet."""
    columns = SIGN_INS.c
    account_id = session.connection().scalar(
        sa.select(columns.account_id).where(
            columns.hash == hash_of(secret),
            columns.confirmed,
            columns.expires_at > now,
            columns.seen_at > now - IDLE,
        )
    )
    return None if account_id is None else actor_of(session, account_id, today=date_of(now))


def waiting(session: Session, secret: str, *, now: datetime) -> str | None:
    """The account of a session that waits for a second factor; None where there is none, or it waited too long."""
    columns = SIGN_INS.c
    accounts = metadata.tables["accounts"].c
    return session.connection().scalar(
        sa.select(columns.account_id)
        .join_from(SIGN_INS, metadata.tables["accounts"])
        .where(columns.hash == hash_of(secret), ~columns.confirmed, columns.began_at > now - WAITS, accounts.active)
    )


def confirm(session: Session, secret: str, account_id: str, *, now: datetime) -> str:
    """Her second factor was right: a session that is confirmed, under a new secret, in place of the one that waited."""
    columns = SIGN_INS.c
    issuer = session.connection().scalar(sa.select(columns.issuer).where(columns.hash == hash_of(secret)))
    end(session, secret)
    return begin(session, account_id, confirmed=True, now=now, issuer=issuer)


def issuer_of(session: Session, secret: str) -> str | None:
    """By which other provider a session came; None for none."""
    columns = SIGN_INS.c
    return session.connection().scalar(sa.select(columns.issuer).where(columns.hash == hash_of(secret)))


def of_account(session: Session, account_id: str, secret: str | None, *, now: datetime) -> Sequence[SignIn]:
    """The sessions of an account that are going on, the one by which she asks (`secret`) first."""
    columns = SIGN_INS.c
    here = hash_of(secret) if secret else None
    rows = session.connection().execute(
        sa.select(columns.hash, columns.began_at, columns.seen_at)
        .where(
            columns.account_id == account_id, columns.confirmed, columns.expires_at > now, columns.seen_at > now - IDLE
        )
        .order_by(columns.seen_at.desc(), columns.hash)
    )
    found = [SignIn(row.began_at, row.seen_at, row.hash == here) for row in rows]
    return sorted(found, key=lambda one: not one.here)


def is_to_be_seen(session: Session, secret: str, *, now: datetime) -> bool:
    """Whether it is long enough ago that `seen` kept something."""
    columns = SIGN_INS.c
    at: datetime | None = session.connection().scalar(sa.select(columns.seen_at).where(columns.hash == hash_of(secret)))
    return at is not None and at < now - SEEN_EVERY


def seen(session: Session, secret: str, *, now: datetime) -> None:
    """Keep that somebody is still here, once in some minutes."""
    columns = SIGN_INS.c
    session.connection().execute(
        sa.update(SIGN_INS)
        .where(columns.hash == hash_of(secret), columns.seen_at < now - SEEN_EVERY)
        .values(seen_at=now)
    )


def prune(session: Session, *, now: datetime) -> int:
    """Drop sessions that are over; how many."""
    return int(session.connection().execute(sa.delete(SIGN_INS).where(SIGN_INS.c.expires_at <= now)).rowcount)
