"""Signing in by password, in three steps: count the attempt, judge the password outside a transaction, begin a session.

An account that is not there, one without a password, one that may not act and a wrong password are told apart by
nobody, by words or by time.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from matching import attempts, sign_ins
from matching.attempts import Counter
from matching.noting import Noted, noted, noted_by_herself
from matching.passwords import verify_password
from matching.second_factors import asks_second_factor, begin_set_up, has_factor
from matching.settings import Settings
from matching.tables import metadata

ACCOUNTS = metadata.tables["accounts"]


@dataclass(frozen=True)
class Attempt:
    """An attempt that was counted; what it is judged by shows nowhere."""

    mine: Counter
    address: Counter
    account_id: str | None
    password_hash: str | None


@dataclass(frozen=True)
class SignedIn:
    """A session that began: its secret; it waits for a second factor where it is not `confirmed`."""

    account_id: str
    secret: str
    confirmed: bool


def open_attempt(
    session: Session, settings: Settings, email: str, *, address: str, browser: str | None, now: datetime
) -> Attempt:
    """Count an attempt on an account. Raises TooSoon where it has to wait; that is counted nowhere."""
    email = email.strip().lower()
    row = (
        session.connection()
        .execute(sa.select(ACCOUNTS.c.id, ACCOUNTS.c.password_hash, ACCOUNTS.c.active).where(ACCOUNTS.c.email == email))
        .one_or_none()
    )
    known = attempts.of_browser(settings, row.id if row else None, browser)
    mine = known or attempts.of_account(settings, email)
    address_counter = attempts.of_address(settings, address)
    attempts.count(session, (mine, address_counter), now=now)
    if row is None or not row.active:
        return Attempt(mine, address_counter, None, None)
    return Attempt(mine, address_counter, row.id, row.password_hash)


def is_right(attempt: Attempt, password: str) -> bool:
    """Whether the password is that of the account; takes long on purpose, outside any transaction."""
    return verify_password(password, attempt.password_hash)


def close_attempt(
    session: Session, settings: Settings, attempt: Attempt, right: bool, *, now: datetime
) -> SignedIn | None:
    """Begin a session where the password was right, else note that it went wrong; None then."""
    if attempt.account_id is None or not right or not _still(session, attempt):
        noted(session, Noted.SIGN_IN_FAILED, "password", about=attempt.account_id, now=now)
        return None
    attempts.was_right(session, attempt.mine, attempt.address)
    return begin_session(session, settings, attempt.account_id, "password", now=now)


def _still(session: Session, attempt: Attempt) -> bool:
    """Whether what was judged is still so: she was not closed out, nor the password changed, in the meantime."""
    row = session.connection().execute(
        sa.select(ACCOUNTS.c.password_hash).where(ACCOUNTS.c.id == attempt.account_id, ACCOUNTS.c.active)
    )
    return row.scalar_one_or_none() == attempt.password_hash


def begin_session(
    session: Session,
    settings: Settings,
    account_id: str,
    how: str,
    *,
    now: datetime,
    issuer: str | None = None,
    factor_given: bool = False,
) -> SignedIn:
    """A session of who proved who she is; confirmed where no second factor is asked of her, or it was given.

    Who has to give one and has none begins to set it up.
    """
    confirmed = factor_given or not asks_second_factor(session, settings, account_id, now=now)
    if not confirmed and not has_factor(session, account_id):
        begin_set_up(session, settings, account_id)
    secret = sign_ins.begin(session, account_id, confirmed=confirmed, now=now, issuer=issuer)
    if confirmed:
        noted_by_herself(session, Noted.SIGNED_IN, how, account_id, now=now)
    else:  # nobody yet: it takes more to be she
        noted(session, Noted.SIGNED_IN, f"{how}_awaits_factor", about=account_id, now=now)
    return SignedIn(account_id, secret, confirmed)
