"""What somebody does with her own account: password, language, second factor, sessions; for her own page."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from matching import sign_ins
from matching.accounts import change_account
from matching.noting import Noted, noted_by_herself
from matching.tables import metadata

ACCOUNTS = metadata.tables["accounts"]


@dataclass(frozen=True)
class Kept:
    """What is kept of her to judge and weigh a password by; it shows nowhere."""

    password_hash: str | None
    email: str | None
    name: str | None


def kept_of(session: Session, account_id: str) -> Kept:
    """What is kept of an account that is there."""
    columns = ACCOUNTS.c
    query = sa.select(columns.password_hash, columns.email, columns.name).where(columns.id == account_id)
    return Kept(*session.connection().execute(query).one())


def change_password(session: Session, account_id: str, password_hash: str, *, secret: str, now: datetime) -> None:
    """Keep another password, and end every session but this one."""
    change_account(session, account_id, {"password_hash": password_hash}, now=now)
    sign_ins.end_others(session, account_id, secret)
    noted_by_herself(session, Noted.ACCOUNT_CHANGED, "password", account_id, now=now)


def choose_language(session: Session, account_id: str, language: str | None, *, now: datetime) -> None:
    """Keep in which language she reads; None: as her browser asks."""
    change_account(session, account_id, {"language": language}, now=now)
