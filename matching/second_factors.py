"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes; for who signs people in.

A code is taken once: the step of the last one is kept, and none of that step or before is taken again. Codes of thirty
seconds ago and ahead are taken too, for clocks that are not quite right.
"""

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
import sqlalchemy as sa
from sqlmodel import Session

from matching.accounts import actor_of
from matching.actors import Role
from matching.clock import date_of
from matching.errors import Conflict
from matching.noting import Noted, noted_by_herself
from matching.sealing import resealed_here, seal_here, unseal_here
from matching.settings import Settings
from matching.tables import metadata
from matching.tokens import hash_of

SECRETS = metadata.tables["one_time_secrets"]
RECOVERY = metadata.tables["recovery_codes"]
PASSKEYS = metadata.tables["passkeys"]
STAFF = frozenset({Role.ADVISER, Role.COACH, Role.CASEWORKER, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR})
SECONDS = 30
N_RECOVERY = 10
_PURPOSE = "one-time secrets"


def asks_second_factor(session: Session, settings: Settings, account_id: str, *, now: datetime) -> bool:
    """Whether a password alone is not enough: she has a second factor, or is staff where the setting asks one."""
    if has_factor(session, account_id):
        return True
    if settings.asks_second_factor_of != "staff":
        return False
    actor = actor_of(session, account_id, today=date_of(now))
    return actor is not None and any(grant.role in STAFF for grant in actor.grants)


def has_app(session: Session, account_id: str) -> bool:
    """Whether she has an authenticator app that was set up to the end."""
    columns = SECRETS.c
    query = sa.select(columns.account_id).where(columns.account_id == account_id, columns.confirmed_at.is_not(None))
    return session.connection().scalar(query) is not None


def has_factor(session: Session, account_id: str) -> bool:
    """Whether she has any second factor: an app, or a passkey."""
    passkey = sa.select(PASSKEYS.c.id).where(PASSKEYS.c.account_id == account_id).limit(1)
    return has_app(session, account_id) or session.connection().scalar(passkey) is not None


def begin_set_up(session: Session, settings: Settings, account_id: str) -> None:
    """Make a secret to put in an app, where there is none yet. Raises Conflict (`factor.there`) where one is in use."""
    if has_app(session, account_id):
        raise Conflict("factor.there")
    if secret_being_set_up(session, settings, account_id) is None:
        sealed = seal_here(settings, _PURPOSE, pyotp.random_base32().encode(), account_id)
        session.connection().execute(sa.insert(SECRETS).values(account_id=account_id, sealed=sealed))


def secret_being_set_up(session: Session, settings: Settings, account_id: str) -> str | None:
    """The secret to put in an app, the same until it is confirmed; None where none is being set up."""
    columns = SECRETS.c
    query = sa.select(columns.sealed).where(columns.account_id == account_id, columns.confirmed_at.is_(None))
    sealed: bytes | None = session.connection().scalar(query)
    return None if sealed is None else unseal_here(settings, _PURPOSE, sealed, account_id).decode()


def address_for_app(secret: str, name: str) -> str:
    """What the picture for an app says: an otpauth address."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name="Vonk")


def set_up(session: Session, settings: Settings, account_id: str, code: str, *, now: datetime) -> Sequence[str] | None:
    """Confirm the app by its first code; the recovery codes, which are not seen again. None where the code is wrong."""
    if has_app(session, account_id) or not _take(session, settings, account_id, code, now):
        return None
    session.connection().execute(sa.update(SECRETS).where(SECRETS.c.account_id == account_id).values(confirmed_at=now))
    noted_by_herself(session, Noted.ACCOUNT_CHANGED, "factor_set_up", account_id, now=now)
    return new_recovery_codes(session, account_id)


def is_code_right(session: Session, settings: Settings, account_id: str, code: str, *, now: datetime) -> bool:
    """Whether a code of her app, or one of her recovery codes, is right; it is used up by asking."""
    if has_app(session, account_id) and _take(session, settings, account_id, code, now):
        return True
    if not has_factor(session, account_id):
        return False
    gone = session.connection().execute(
        sa.delete(RECOVERY).where(RECOVERY.c.account_id == account_id, RECOVERY.c.hash == _hash(account_id, code))
    )
    if gone.rowcount:
        noted_by_herself(session, Noted.ACCOUNT_CHANGED, "recovery_code_used", account_id, now=now)
    return bool(gone.rowcount)


def _take(session: Session, settings: Settings, account_id: str, code: str, now: datetime) -> bool:
    connection = session.connection()
    sealed = connection.scalar(sa.select(SECRETS.c.sealed).where(SECRETS.c.account_id == account_id))
    code = "".join(code.split())
    if sealed is None or not (code.isascii() and code.isdigit()):
        return False
    totp = pyotp.TOTP(unseal_here(settings, _PURPOSE, sealed, account_id).decode())
    step = int(now.timestamp()) // SECONDS
    for one in (step, step - 1, step + 1):
        if hmac.compare_digest(totp.generate_otp(one), code):
            newer = sa.or_(SECRETS.c.last_step.is_(None), SECRETS.c.last_step < one)
            taken = connection.execute(
                sa.update(SECRETS).where(SECRETS.c.account_id == account_id, newer).values(last_step=one)
            )
            return bool(taken.rowcount)
    return False


def reseal_app_secrets(session: Session, settings: Settings) -> int:
    """Seal the secrets of all apps under the secret in force; how many were not. Raises VonkError (`sealed.broken`)."""
    connection, n_resealed = session.connection(), 0
    for row in connection.execute(sa.select(SECRETS.c.account_id, SECRETS.c.sealed)).all():
        anew = resealed_here(settings, _PURPOSE, row.sealed, row.account_id)
        if anew is not None:
            same = (SECRETS.c.account_id == row.account_id, SECRETS.c.sealed == row.sealed)
            n_resealed += connection.execute(sa.update(SECRETS).where(*same).values(sealed=anew)).rowcount
    return n_resealed


def new_recovery_codes(session: Session, account_id: str) -> Sequence[str]:
    """New recovery codes in place of the old ones; they are not seen again."""
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(N_RECOVERY)]
    connection = session.connection()
    connection.execute(sa.delete(RECOVERY).where(RECOVERY.c.account_id == account_id))
    connection.execute(
        sa.insert(RECOVERY), [{"hash": _hash(account_id, code), "account_id": account_id} for code in codes]
    )
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in codes]


def n_recovery_codes(session: Session, account_id: str) -> int:
    """How many recovery codes she has left."""
    query = sa.select(sa.func.count()).select_from(RECOVERY).where(RECOVERY.c.account_id == account_id)
    return int(session.connection().scalar(query) or 0)


def _hash(account_id: str, code: str) -> str:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hash_of(f"{account_id} {plain}")


def remove_factors(session: Session, account_id: str) -> None:
    """Take away every second factor of an account: she lost them, or begins anew. Whoever calls it records it."""
    for table in (SECRETS, RECOVERY, PASSKEYS):
        session.connection().execute(sa.delete(table).where(table.c.account_id == account_id))
