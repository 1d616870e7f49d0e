"""Accounts, tokens, organisations and mandates as JSON; commands and the HTTP API give these bodies."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from api.schemas.ranking import Body
from matching.accounts import Account
from matching.actors import Role, Scope
from matching.organising import Mandate, Organisation
from matching.profiles import IN_DIGITS, Day, YesNo
from matching.tables.base import ID_LENGTH
from matching.tables.organisations import OrganisationKind
from matching.tokens import DAYS_DEFAULT, DAYS_MAX, Token

Id = Annotated[str, Field(pattern="^[a-z0-9_]+$", max_length=ID_LENGTH)]
Region = Annotated[str, Field(pattern="^[A-Z0-9]{1,4}$", max_length=4)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Email = Annotated[str, Field(min_length=3, max_length=254)]
Phone = Annotated[str, Field(min_length=1, max_length=40)]


class GrantBody(Body):
    """A role, and how far it reaches; without a region it is the whole country."""

    id: str
    role: Role
    region: str | None
    organisation_id: str | None
    candidate_id: str | None
    ends_on: date | None
    granted_at: datetime
    granted_by: str | None


class AccountBody(Body):
    """An account; secrets are nowhere in it."""

    id: str
    email: str | None
    name: str | None
    phone: str | None
    known_as: str | None
    active: bool
    created_at: datetime
    version: int
    grants: list[GrantBody]


class TokenBody(Body):
    """A token; `token` is the secret, which is in the answer to its making alone."""

    id: str
    account_id: str
    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_on: date | None
    token: str | None = None


class OrganisationBody(Body):
    """An organisation; without a region it is of several."""

    id: str
    kind: OrganisationKind
    name: str
    region: str | None


class MandateBody(Body):
    """An organisation may introduce a candidate, for a purpose, until and on a day."""

    id: str
    candidate_id: str
    organisation_id: str
    purpose: str
    ends_on: date


class AccountsBody(Body):
    items: list[AccountBody]
    next: str | None


class TokensBody(Body):
    items: list[TokenBody]
    next: str | None


class OrganisationsBody(Body):
    items: list[OrganisationBody]
    next: str | None


class MandatesBody(Body):
    items: list[MandateBody]
    next: str | None


class NewGrant(Body):
    """A role to give."""

    role: Role
    region: Region | None = None
    organisation_id: Id | None = None
    candidate_id: Id | None = None
    ends_on: Day | None = None


class NewAccount(Body):
    """An account to make, with its roles."""

    email: Email | None = None
    name: Name | None = None
    phone: Phone | None = None
    known_as: Name | None = None
    grants: list[NewGrant] = Field(default_factory=list, max_length=20)


class AccountChanges(Body):
    """What to change of an account; what is left out stays. `active` false ends its sessions and tokens at once."""

    email: Email | None = None
    name: Name | None = None
    phone: Phone | None = None
    known_as: Name | None = None
    active: YesNo | None = None


class NewToken(Body):
    """A token to make; without an account it is of who asks."""

    account_id: Id | None = None
    name: Annotated[str, Field(min_length=1, max_length=100)]
    scopes: list[Scope] = Field(min_length=1, max_length=len(Scope))
    days: Annotated[int, Field(ge=1, le=DAYS_MAX), IN_DIGITS] = DAYS_DEFAULT


class NewOrganisation(Body):
    """An organisation to make."""

    kind: OrganisationKind
    name: Name
    region: Region | None = None


class OrganisationChanges(Body):
    """What to change of an organisation; what is left out stays."""

    kind: OrganisationKind | None = None
    name: Name | None = None
    region: Region | None = None


class NewMandate(Body):
    """A mandate to give; given before for this purpose, it gets this end."""

    candidate_id: Id
    organisation_id: Id
    purpose: Name
    ends_on: Day


def account_body(one: Account) -> AccountBody:
    """An account with its grants."""
    grants = [GrantBody(**{name: given[name] for name in GrantBody.model_fields}) for given in one.grants]
    return AccountBody(**_fields(one, AccountBody, "grants"), grants=grants)


def token_body(one: Token, secret: str | None = None) -> TokenBody:
    """A token, and where it was just made its secret."""
    known = _fields(one, TokenBody, "scopes", "token") | {"scopes": list(one.scopes)}
    return TokenBody(**known, **({"token": secret} if secret else {}))


def organisation_body(one: Organisation) -> OrganisationBody:
    """An organisation."""
    return OrganisationBody(**_fields(one, OrganisationBody))


def mandate_body(one: Mandate) -> MandateBody:
    """A mandate, with the name by which it is ended."""
    return MandateBody(**_fields(one, MandateBody))


def _fields(one: object, body: type[Body], *but: str) -> dict[str, Any]:
    return {name: getattr(one, name) for name in body.model_fields if name not in but}
