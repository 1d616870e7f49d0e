"""`/v1/accounts`: who may come in, as what and how far; kept by administrators, read by auditors too."""

from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response

from api.dependencies import MomentDep, Needs, ReachDep, SessionDep
from api.http.etags import NOT_MODIFIED, IfMatchDep, answer_with_version
from api.http.idempotency import ONCE
from api.http.paging import PagingDep
from api.http.routing import api_router
from api.policies import only
from api.schemas.accounts import (
    AccountBody,
    AccountChanges,
    AccountsBody,
    GrantBody,
    NewAccount,
    NewGrant,
    account_body,
)
from matching.accounts import account_version, create_account, load_account
from matching.actors import Grant, Role
from matching.administration import (
    check_email,
    close_account,
    edit_account,
    give_role,
    list_accounts,
    open_account,
    take_role,
)
from matching.noting import Noted, noted
from matching.tables.base import ID_LENGTH

router = api_router(prefix="/accounts", tags=["accounts"])
KEEPS = [Depends(Needs(only(Role.ADMINISTRATOR)))]
READS = [Depends(Needs(only(Role.ADMINISTRATOR, Role.AUDITOR)))]
_ID = {"pattern": "^[a-z0-9_]+$", "max_length": ID_LENGTH}
AccountId = Annotated[str, Path(alias="accountId", **_ID)]
GrantId = Annotated[str, Path(alias="grantId", **_ID)]


@router.post("", dependencies=[*KEEPS, ONCE], status_code=201, operation_id="createAccount")
def make_account(
    body: NewAccount, request: Request, session: SessionDep, reach: ReachDep, moment: MomentDep, response: Response
) -> AccountBody:
    """Make an account with its roles. It has no password: she comes in by another provider, or gets one by hand."""
    identifier = create_account(
        session,
        now=moment,
        email=check_email(body.email) if body.email else None,
        name=body.name,
        phone=body.phone,
        known_as=body.known_as,
    )
    noted(session, Noted.ACCOUNT_CHANGED, "created", about=identifier, by=reach.actor, now=moment)
    for one in body.grants:
        _give(session, identifier, one, reach, moment)
    response.headers["Location"] = f"/v1/accounts/{identifier}"
    return _body(request, response, session, identifier)


@router.get("", dependencies=READS, operation_id="listAccounts")
def get_accounts(
    session: SessionDep, paging: PagingDep, role: Annotated[Role | None, Query(description="With this role.")] = None
) -> AccountsBody:
    """Accounts, by id."""
    after = str(paging.after[0]) if paging.after else None
    rows, following = paging.page(
        list_accounts(session, limit=paging.limit + 1, after=after, role=role), lambda one: (one.id,)
    )
    return AccountsBody(items=[account_body(one) for one in rows], next=following)


@router.get("/{accountId}", dependencies=READS, operation_id="getAccount", responses={**NOT_MODIFIED})
def get_account(account_id: AccountId, request: Request, response: Response, session: SessionDep) -> AccountBody:
    """One account with its roles."""
    return _body(request, response, session, account_id)


@router.patch("/{accountId}", dependencies=KEEPS, operation_id="changeAccount")
def change(
    account_id: AccountId,
    body: AccountChanges,
    if_match: IfMatchDep,
    request: Request,
    response: Response,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
) -> AccountBody:
    """Change an account; `active` false ends its sessions and tokens at once."""
    if_match.require(account_version(session, account_id))
    changes = body.model_dump(exclude_unset=True)
    active = changes.pop("active", None)
    if changes:
        edit_account(session, account_id, changes, now=moment, by=reach.actor)
    if active is True:
        open_account(session, account_id, now=moment, by=reach.actor)
    if active is False:
        close_account(session, account_id, now=moment, by=reach.actor)
    return _body(request, response, session, account_id)


@router.post("/{accountId}/grants", dependencies=[*KEEPS, ONCE], status_code=201, operation_id="createGrant")
def make_grant(
    account_id: AccountId, body: NewGrant, session: SessionDep, reach: ReachDep, moment: MomentDep, response: Response
) -> GrantBody:
    """Give an account a role; given before, it gets this end."""
    identifier = _give(session, account_id, body, reach, moment)
    response.headers["Location"] = f"/v1/accounts/{account_id}"
    given = account_body(load_account(session, account_id)).grants
    return next(one for one in given if one.id == identifier)


@router.delete("/{accountId}/grants/{grantId}", dependencies=KEEPS, status_code=204, operation_id="deleteGrant")
def end_grant(
    account_id: AccountId, grant_id: GrantId, session: SessionDep, reach: ReachDep, moment: MomentDep
) -> None:
    """Take a role back."""
    take_role(session, account_id, grant_id, now=moment, by=reach.actor)


def _give(session: SessionDep, account_id: str, body: NewGrant, reach: ReachDep, moment: MomentDep) -> str:
    given = Grant(body.role, body.region, body.organisation_id, body.candidate_id)
    return give_role(session, account_id, given, now=moment, ends_on=body.ends_on, by=reach.actor)


def _body(request: Request, response: Response, session: SessionDep, account_id: str) -> AccountBody:
    found = load_account(session, account_id)
    answer_with_version(request, response, found.version)
    return account_body(found)
