"""`vonk account ...`: who may come in, as what, and how far."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from getpass import getpass
from typing import Any

from sqlmodel import Session

from api.commands.lookup import candidate_id
from api.commands.prepare import prepare
from api.commands.terminal import out, print_json, say, words
from matching import administration as administering
from matching.accounts import Account, create_account
from matching.actors import Grant, Role
from matching.clock import now
from matching.database import session_scope
from matching.errors import Invalid
from matching.noting import Noted, noted
from matching.organising import find_organisation
from matching.passwords import check_password, hash_password
from matching.settings import Settings
from matching.sign_ins import end_all

_OF_A_REGION = (Role.ADVISER, Role.COORDINATOR)
_OF_A_PERSON = (Role.CANDIDATE, Role.REPRESENTATIVE)


@dataclass(frozen=True)
class AskedReach:
    """Roles, and how far they reach, as options give them."""

    roles: Sequence[Role]
    region: str | None
    organisation: str | None
    candidate: str | None


@dataclass(frozen=True)
class AskedPerson:
    """Who an account is, as options give it."""

    email: str | None
    name: str | None
    phone: str | None
    known_as: str | None


@contextmanager
def writing() -> Iterator[tuple[Session, datetime]]:
    """One transaction on the installation, and its now."""
    settings = Settings()
    engine = prepare(settings)
    with session_scope(engine) as session:
        yield session, now(settings)


def create(person: AskedPerson, reach: AskedReach, *, ask_password: bool, read_password: bool, as_json: bool) -> None:
    """Make an account with its roles, and print its id."""
    email = administering.check_email(person.email) if person.email else None
    kept = None
    if ask_password or read_password:
        if email is None:
            raise Invalid("account.email", "email", reason="needed")
        kept = hash_password(_password(read_password, email, person.name))
    with writing() as (session, moment):
        identifier = create_account(
            session,
            now=moment,
            email=email,
            name=person.name,
            phone=person.phone,
            known_as=person.known_as,
            password_hash=kept,
        )
        noted(session, Noted.ACCOUNT_CHANGED, "created", about=identifier, now=moment)
        give_all(session, identifier, reach, now=moment)
    if as_json:
        print_json({"id": identifier})
    else:
        say("account.made", id=identifier)


def give_all(
    session: Session, identifier: str, reach: AskedReach, *, now: datetime, ends_on: date | None = None
) -> list[str]:
    """Grant each role as far as it can have it; their ids. Raises as `matching.accounts.grant`."""
    organisation = find_organisation(session, reach.organisation).id if reach.organisation else None
    candidate = candidate_id(session, reach.candidate) if reach.candidate else None
    several = len(reach.roles) > 1  # then each takes what belongs to it; one alone has to fit all that is given
    return [
        administering.give_role(
            session,
            identifier,
            Grant(
                role,
                region=reach.region if not several or role in _OF_A_REGION else None,
                organisation_id=organisation if not several or role not in _OF_A_PERSON else None,
                candidate_id=candidate if not several or role in _OF_A_PERSON else None,
            ),
            now=now,
            ends_on=ends_on,
        )
        for role in reach.roles
    ]


def _password(from_stdin: bool, *about_her: str | None) -> str:
    """A password that was typed twice, or the first line of standard input. Raises Invalid where it will not do."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = getpass(words("account.password.ask"))
        if getpass(words("account.password.again")) != password:
            raise Invalid("password.differ", "password")
    check_password(password, *about_her)
    return password


def list_all(as_json: bool) -> None:
    """Print every account on a line."""
    with writing() as (session, _):
        found = administering.list_accounts(session)
    if as_json:
        print_json({"items": [_body(one) for one in found]})
        return
    if not found:
        say("account.none")
    for one in found:
        out(_line(one), 0, 2)


def show(asked: str, as_json: bool) -> None:
    """Print one account with its roles."""
    with writing() as (session, _):
        found = administering.find_account(session, asked)
    if as_json:
        print_json(_body(found))
        return
    out(_line(found), 0, 2)
    for one in found.grants:
        out(f"{one['id']}: {_reach(one)}", 2, 2)


def disable(asked: str) -> None:
    """Let an account in no more; its sessions and tokens end."""
    with writing() as (session, moment):
        identifier = administering.find_account(session, asked).id
        administering.close_account(session, identifier, now=moment)
    say("account.closed", id=identifier)


def enable(asked: str) -> None:
    """Let a closed account in again."""
    with writing() as (session, moment):
        identifier = administering.find_account(session, asked).id
        administering.open_account(session, identifier, now=moment)
    say("account.opened", id=identifier)


def set_password(asked: str, *, read_password: bool) -> None:
    """Give an account another password, and end its sessions."""
    with writing() as (session, _):
        found = administering.find_account(session, asked)
    if found.email is None:
        raise Invalid("account.email", "email", reason="needed")
    kept = hash_password(_password(read_password, found.email, found.name))
    with writing() as (session, moment):
        administering.edit_account(session, found.id, {"password_hash": kept}, now=moment)
        end_all(session, found.id)
    say("account.password.set", id=found.id)


def reset_second_factor(asked: str) -> None:
    """Take away the second factor of who lost hers, and end her sessions."""
    with writing() as (session, moment):
        identifier = administering.find_account(session, asked).id
        administering.reset_factors(session, identifier, now=moment)
    say("account.factor.reset", id=identifier)


def give(asked: str, reach: AskedReach, *, until: str | None, as_json: bool) -> None:
    """Give an account roles."""
    if not reach.roles:
        raise Invalid("grant.incomplete", "role", reason="needed")
    try:
        ends_on = date.fromisoformat(until) if until else None
    except ValueError:
        raise Invalid("account.until", "until", reason="no_date") from None
    with writing() as (session, moment):
        identifier = administering.find_account(session, asked).id
        made = give_all(session, identifier, reach, now=moment, ends_on=ends_on)
    if as_json:
        print_json({"accountId": identifier, "grants": made})
    else:
        say("account.granted", id=identifier, grants=made)


def take(asked: str, grant: str) -> None:
    """Take a role back."""
    with writing() as (session, moment):
        identifier = administering.find_account(session, asked).id
        administering.take_role(session, identifier, grant, now=moment)
    say("account.withdrawn", id=identifier, grant=grant)


def _line(one: Account) -> str:
    roles = ", ".join(_reach(given) for given in one.grants) or words("account.no_role")
    state = "" if one.active else f" ({words('account.is_closed')})"
    return f"{one.id}{state}  {one.name or one.known_as or one.email or '-'}: {roles}"


def _reach(given: Any) -> str:
    where = given["region"] or given["organisation_id"] or given["candidate_id"]
    until = f" {words('account.until', on=given['ends_on'].isoformat())}" if given["ends_on"] else ""
    return words(f"role.{given['role']}") + (f" {where}" if where else "") + until


def _body(one: Account) -> dict[str, Any]:
    from api.schemas.accounts import account_body

    return account_body(one).json_values()
