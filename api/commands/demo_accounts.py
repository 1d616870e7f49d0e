"""Who may look along in the made-up world: one account for each role, with people and vacancies that are there."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session

from api.commands.lookup import candidate_id, vacancy_id
from api.commands.terminal import words
from matching.accounts import create_account, grant
from matching.actors import Grant, Role
from matching.database import session_scope
from matching.made_up import made_up_accounts, made_up_email
from matching.organising import create_organisation, list_organisations
from matching.tables import metadata
from matching.tables.organisations import OrganisationKind

_VACANCY = "demo-archive"  # whose employer looks along
_HERSELF, _REPRESENTED = "story-near-by-bicycle", "story-carves-a-task"
_BY_NAME: Mapping[Role, str] = {Role.COACH: "coach", Role.CASEWORKER: "caseworker"}


def make_accounts(engine: Engine, *, now: datetime) -> None:
    """Make the accounts that are not there yet; none of them has a password."""
    with session_scope(engine, read_only=True) as session:
        if len(made_up_accounts(session)) == len(Role):
            return
    with session_scope(engine) as session:
        there = made_up_accounts(session)
        for role in Role:
            if role not in there:
                _make(session, role, now)


def _make(session: Session, role: Role, now: datetime) -> None:
    known_as = _busiest(session, _BY_NAME[role]) if role in _BY_NAME else None
    identifier = create_account(
        session, now=now, email=made_up_email(role), name=words(f"demo.account.{role.value}"), known_as=known_as
    )
    grant(session, identifier, _grant(session, role, now), now=now)


def _grant(session: Session, role: Role, now: datetime) -> Grant:
    match role:
        case Role.EMPLOYER:
            return Grant(role, organisation_id=_employer(session, now))
        case Role.CANDIDATE:
            return Grant(role, candidate_id=candidate_id(session, _HERSELF))
        case Role.REPRESENTATIVE:
            return Grant(role, candidate_id=candidate_id(session, _REPRESENTED))
        case _:
            return Grant(role)


def _employer(session: Session, now: datetime) -> str:
    """The organisation of a vacancy that the demo shows; made where it is only a name."""
    vacancies = metadata.tables["vacancies"].c
    name = session.connection().scalar(
        sa.select(vacancies.legal_employer).where(vacancies.id == vacancy_id(session, _VACANCY))
    )
    known = list_organisations(session, name=name)
    if known:
        return known[0].id
    return create_organisation(session, kind=OrganisationKind.CLIENT, name=str(name), now=now)


def _busiest(session: Session, column: str) -> str | None:
    """The coach or caseworker of most people."""
    name = metadata.tables["candidates"].c[column]
    return session.connection().scalar(
        sa.select(name).where(name.is_not(None)).group_by(name).order_by(sa.func.count().desc(), name).limit(1)
    )
