"""Accounts and what they were granted; the ways in and the commands make them, policies read what comes out.

The caller's transaction decides. Nothing here puts a name or an e-mail address into an error.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from matching.actors import Actor, Grant, Role, Scope
from matching.errors import Conflict, Invalid, NotFound
from matching.tables import metadata
from matching.tables.base import new_id

ACCOUNTS = metadata.tables["accounts"]
GRANTS = metadata.tables["grants"]
_OF_A_PERSON = (Role.CANDIDATE, Role.REPRESENTATIVE)
_OF_A_REGION = (Role.ADVISER, Role.COORDINATOR)


@dataclass(frozen=True)
class Account:
    """An account as administrators see it; secrets are nowhere in it."""

    id: str
    email: str | None
    name: str | None
    phone: str | None
    known_as: str | None
    language: str | None
    active: bool
    created_at: datetime
    version: int
    grants: tuple[Mapping[str, Any], ...] = ()


def create_account(
    session: Session,
    *,
    now: datetime,
    email: str | None = None,
    name: str | None = None,
    phone: str | None = None,
    known_as: str | None = None,
    password_hash: str | None = None,
) -> str:
    """Make an account that may nothing yet; its id.

    Raises Conflict (`account.taken`) where the e-mail or `known_as` is that of another account.
    """
    identifier = new_id("a")
    row = {
        "id": identifier,
        "email": email.strip().lower() if email else None,
        "name": name,
        "phone": phone,
        "known_as": known_as,
        "password_hash": password_hash,
        "active": True,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    _written(session, sa.insert(ACCOUNTS).values(row))
    return identifier


def account_version(session: Session, identifier: str) -> int:
    """The version of an account, locked for who writes. Raises NotFound (`account.unknown`)."""
    query = sa.select(ACCOUNTS.c.version).where(ACCOUNTS.c.id == identifier).with_for_update()
    found: int | None = session.connection().scalar(query)
    if found is None:
        raise NotFound("account.unknown", id=identifier)
    return found


def change_account(session: Session, identifier: str, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Change some columns of an account. Raises NotFound (`account.unknown`) and Conflict (`account.taken`)."""
    values = dict(changes)
    if values.get("email"):
        values["email"] = values["email"].strip().lower()
    changed = _written(
        session,
        sa.update(ACCOUNTS)
        .where(ACCOUNTS.c.id == identifier)
        .values(**values, updated_at=now, version=ACCOUNTS.c.version + 1),
    )
    if not changed:
        raise NotFound("account.unknown", id=identifier)


def _written(session: Session, statement: Any) -> int:
    try:
        with session.begin_nested():
            return int(session.connection().execute(statement).rowcount)
    except IntegrityError:
        raise Conflict("account.taken") from None  # the database would quote the row


def grant(
    session: Session,
    account_id: str,
    given: Grant,
    *,
    now: datetime,
    ends_on: date | None = None,
    granted_by: str | None = None,
) -> str:
    """Grant a role, and how far it reaches; its id. Granted before, it gets this end.

    Raises Invalid (`grant.incomplete`) where the role needs a region, an organisation or a candidate that is not
    named, or has one that it cannot have; NotFound where what is named is not there.
    """
    _check(session, account_id, given)
    key = {
        "account_id": account_id,
        "role": given.role.value,
        "region": given.region,
        "organisation_id": given.organisation_id,
        "candidate_id": given.candidate_id,
    }
    connection = session.connection()
    same = sa.and_(*(GRANTS.c[name].is_not_distinct_from(value) for name, value in key.items()))
    there: str | None = connection.scalar(sa.select(GRANTS.c.id).where(same))
    if there is not None:
        connection.execute(sa.update(GRANTS).where(GRANTS.c.id == there).values(ends_on=ends_on))
        return there
    made = new_id("g")
    row = {**key, "id": made, "ends_on": ends_on, "granted_at": now, "granted_by": granted_by}
    connection.execute(sa.insert(GRANTS).values(row))
    return made


def _check(session: Session, account_id: str, given: Grant) -> None:
    needs = {
        "organisation": given.role is Role.EMPLOYER,
        "candidate": given.role in _OF_A_PERSON,
    }
    named = {"organisation": given.organisation_id, "candidate": given.candidate_id}
    for field, needed in needs.items():
        if needed and not named[field]:
            raise Invalid("grant.incomplete", field, reason="needed", role=given.role.value)
    if given.candidate_id and given.role not in _OF_A_PERSON:
        raise Invalid("grant.incomplete", "candidate", reason="not_for_role", role=given.role.value)
    if given.region and given.role not in _OF_A_REGION:
        raise Invalid("grant.incomplete", "region", reason="not_for_role", role=given.role.value)
    for table, identifier, code in (
        ("accounts", account_id, "account.unknown"),
        ("organisations", given.organisation_id, "organisation.unknown"),
        ("candidates", given.candidate_id, "candidate.unknown"),
    ):
        if identifier and not _is_there(session, table, "id", identifier):
            raise NotFound(code, id=identifier)
    if given.region and not _is_there(session, "regions", "code", given.region):
        raise NotFound("region.unknown", "region", id=given.region)


def _is_there(session: Session, table: str, column: str, value: str) -> bool:
    columns = metadata.tables[table].c
    return session.connection().scalar(sa.select(columns[column]).where(columns[column] == value)) is not None


def withdraw(session: Session, account_id: str, grant_id: str) -> None:
    """Take a grant back. Raises NotFound (`grant.unknown`)."""
    gone = session.connection().execute(
        sa.delete(GRANTS).where(GRANTS.c.id == grant_id, GRANTS.c.account_id == account_id)
    )
    if not gone.rowcount:
        raise NotFound("grant.unknown", id=grant_id)


def load_account(session: Session, identifier: str) -> Account:
    """One account with its grants. Raises NotFound (`account.unknown`)."""
    found = load_accounts(session, [identifier])
    if not found:
        raise NotFound("account.unknown", id=identifier)
    return found[0]


def load_accounts(session: Session, ids: Iterable[str]) -> list[Account]:
    """Accounts with their grants, in the order given; those that are not there are left out."""
    wanted = list(ids)
    connection = session.connection()
    rows = {
        row["id"]: row for row in connection.execute(sa.select(ACCOUNTS).where(ACCOUNTS.c.id.in_(wanted))).mappings()
    }
    grants: dict[str, list[Mapping[str, Any]]] = {}
    query = sa.select(GRANTS).where(GRANTS.c.account_id.in_(wanted)).order_by(GRANTS.c.granted_at, GRANTS.c.id)
    for row in connection.execute(query).mappings():
        grants.setdefault(row["account_id"], []).append(dict(row))
    names = ("id", "email", "name", "phone", "known_as", "language", "active", "created_at", "version")
    return [
        Account(**{name: rows[one][name] for name in names}, grants=tuple(grants.get(one, ())))
        for one in wanted
        if one in rows
    ]


def actor_of(session: Session, account_id: str, *, today: date, scopes: frozenset[Scope] | None = None) -> Actor | None:
    """An account as it acts on a day: what it was granted and still holds; None where it may not act at all."""
    connection = session.connection()
    columns = ACCOUNTS.c
    known_as = connection.execute(
        sa.select(columns.known_as).where(columns.id == account_id, columns.active)
    ).one_or_none()
    if known_as is None:
        return None
    rows = connection.execute(
        sa.select(GRANTS.c.role, GRANTS.c.region, GRANTS.c.organisation_id, GRANTS.c.candidate_id)
        .where(GRANTS.c.account_id == account_id, sa.or_(GRANTS.c.ends_on.is_(None), GRANTS.c.ends_on >= today))
        .order_by(GRANTS.c.granted_at, GRANTS.c.id)
    )
    grants = tuple(Grant(Role(role), region, organisation, candidate) for role, region, organisation, candidate in rows)
    return Actor(account_id, grants, known_as[0], scopes)
