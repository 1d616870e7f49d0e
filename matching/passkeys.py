"""Passkeys (Web Authentication): as a second factor, or in place of the password; for who signs people in.

A challenge is kept until it is used, once. With a passkey alone she is let in only where her device made sure that it
is she (a finger, a face, a code): then it is two factors in one.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from matching.accounts import Account
from matching.clock import date_of
from matching.noting import Noted, noted_by_herself
from matching.tables import metadata
from matching.tables.base import new_id
from matching.tokens import hash_of

PASSKEYS = metadata.tables["passkeys"]
CHALLENGES = metadata.tables["passkey_challenges"]
ACCOUNTS = metadata.tables["accounts"]
LASTS = timedelta(minutes=5)
MOST = 10  # of one account
# What wrong or hostile input makes the library, or the reading of it, raise.
_REFUSED = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True)
class Site:
    """For whom a passkey is: the name of the host, and the whole origin that browsers put in what they sign."""

    host: str
    origin: str


@dataclass(frozen=True)
class Passkey:
    """A passkey as its owner sees it."""

    id: str
    name: str
    created_at: datetime


def options_to_make(session: Session, account: Account, site: Site, *, now: datetime) -> str:
    """What a browser needs to make a passkey, as JSON."""
    name = account.email or account.name or account.id
    options = generate_registration_options(
        rp_id=site.host,
        rp_name="Vonk",
        user_id=account.id.encode(),
        user_name=name,
        user_display_name=account.name or name,
        challenge=_new_challenge(session, account.id, now),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_descriptors(session, account.id),
    )
    return options_to_json(options)


def keep(session: Session, account_id: str, answer: str, name: str, site: Site, *, now: datetime) -> bool:
    """Keep the passkey that a browser made; False where it is not good, known already, or one too many."""
    challenge = _taken(session, answer, account_id, now)
    known = of_account(session, account_id)
    if challenge is None or len(known) >= MOST:
        return False
    try:
        made = verify_registration_response(
            credential=answer, expected_challenge=challenge, expected_rp_id=site.host, expected_origin=site.origin
        )
    except _REFUSED:
        return False
    credential = bytes_to_base64url(made.credential_id)
    connection = session.connection()
    if connection.scalar(sa.select(PASSKEYS.c.id).where(PASSKEYS.c.credential == credential)) is not None:
        return False
    row = {
        "id": new_id("k"),
        "account_id": account_id,
        "credential": credential,
        "public_key": made.credential_public_key,
        "sign_count": made.sign_count,
        "name": name,
        "created_at": now,
    }
    connection.execute(sa.insert(PASSKEYS).values(row))
    noted_by_herself(session, Noted.ACCOUNT_CHANGED, "passkey_made", account_id, now=now)
    return True


def options_to_use(session: Session, account_id: str | None, site: Site, *, now: datetime) -> str:
    """What a browser needs to use a passkey, as JSON; None: any of this site, and the device makes sure who it is."""
    alone = account_id is None
    options = generate_authentication_options(
        rp_id=site.host,
        challenge=_new_challenge(session, account_id, now),
        allow_credentials=None if alone else _descriptors(session, str(account_id)),
        user_verification=UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED,
    )
    return options_to_json(options)


def used(session: Session, answer: str, account_id: str | None, site: Site, *, now: datetime) -> str | None:
    """Whose passkey signed the challenge; None where it is not good, or not of this account where one is named."""
    challenge = _taken(session, answer, account_id, now)
    row = _passkey_of(session, answer)
    if challenge is None or row is None or (account_id is not None and row.account_id != account_id):
        return None
    try:
        verified = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=row.public_key,
            credential_current_sign_count=row.sign_count,
            require_user_verification=account_id is None,
        )
    except _REFUSED:
        return None
    session.connection().execute(
        sa.update(PASSKEYS)
        .where(PASSKEYS.c.id == row.id)
        .values(sign_count=verified.new_sign_count, used_on=date_of(now))
    )
    return str(row.account_id)


def of_account(session: Session, account_id: str) -> Sequence[Passkey]:
    """The passkeys of an account, the oldest first."""
    columns = PASSKEYS.c
    rows = session.connection().execute(
        sa.select(columns.id, columns.name, columns.created_at)
        .where(columns.account_id == account_id)
        .order_by(columns.created_at, columns.id)
    )
    return [Passkey(*row) for row in rows]


def _descriptors(session: Session, account_id: str) -> list[PublicKeyCredentialDescriptor]:
    query = sa.select(PASSKEYS.c.credential).where(PASSKEYS.c.account_id == account_id)
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in session.connection().scalars(query)]


def _passkey_of(session: Session, answer: str) -> Any:
    query = (
        sa.select(PASSKEYS)
        .join_from(PASSKEYS, ACCOUNTS)
        .where(PASSKEYS.c.credential == _part(answer, "id"), ACCOUNTS.c.active)
    )
    return session.connection().execute(query).one_or_none()


def _new_challenge(session: Session, account_id: str | None, now: datetime) -> bytes:
    challenge, connection = secrets.token_bytes(32), session.connection()
    connection.execute(sa.delete(CHALLENGES).where(CHALLENGES.c.expires_at <= now))
    row = {"hash": hash_of(challenge.hex()), "account_id": account_id, "expires_at": now + LASTS}
    connection.execute(sa.insert(CHALLENGES).values(row))
    return challenge


def _taken(session: Session, answer: str, account_id: str | None, now: datetime) -> bytes | None:
    """The challenge that an answer says it signed, where it is one of ours, for this account; it is used up."""
    try:
        said = json.loads(base64url_to_bytes(_part(answer, "response", "clientDataJSON")))["challenge"]
        challenge = base64url_to_bytes(said)
    except _REFUSED:
        return None
    columns = CHALLENGES.c
    gone = session.connection().execute(
        sa.delete(CHALLENGES).where(
            columns.hash == hash_of(challenge.hex()),
            columns.account_id.is_not_distinct_from(account_id),
            columns.expires_at > now,
        )
    )
    return challenge if gone.rowcount else None


def _part(answer: str, *names: str) -> str:
    """A text within an answer; empty where there is none."""
    try:
        found = json.loads(answer)
        for name in names:
            found = found[name]
    except _REFUSED:
        return ""
    return found if isinstance(found, str) else ""
