"""Sessions of browsers: a random secret in a cookie, its hash in the database; for who signs people in and out."""

import secrets
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


def begin(session: Session, account_id: str, *, confirmed: bool, now: datetime) -> str:
    """Start a session, and the secret for its cookie; one that is not `confirmed` waits for a second factor."""
    secret = secrets.token_urlsafe(32)
    row = {
        "hash": hash_of(secret),
        "account_id": account_id,
        "began_at": now,
        "seen_at": now,
        "expires_at": now + LASTS,
        "confirmed": confirmed,
    }
    session.connection().execute(sa.insert(SIGN_INS).values(row))
    return secret


def end(session: Session, secret: str) -> None:
    """End a session; one that is not there is ended already."""
    session.connection().execute(sa.delete(SIGN_INS).where(SIGN_INS.c.hash == hash_of(secret)))


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
