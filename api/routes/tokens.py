"""`/v1/tokens`: tokens of machines; administrators make them, and everybody lists and ends her own."""

from typing import Annotated

from fastapi import Depends, Path, Query, Response

from api.dependencies import MomentDep, Needs, ReachDep, SessionDep
from api.http.idempotency import ONCE
from api.http.paging import PagingDep
from api.http.routing import api_router
from api.policies import end_token, list_tokens_of, only, signed_in
from api.schemas.accounts import NewToken, TokenBody, TokensBody, token_body
from matching.actors import Role
from matching.errors import NotFound
from matching.noting import Noted, noted
from matching.tables.base import ID_LENGTH
from matching.tokens import create_token, list_tokens, revoke, token_of

router = api_router(prefix="/tokens", tags=["tokens"])
_ID = {"pattern": "^[a-z0-9_]+$", "max_length": ID_LENGTH}
TokenId = Annotated[str, Path(alias="tokenId", **_ID)]


@router.post(
    "",
    dependencies=[Depends(Needs(only(Role.ADMINISTRATOR))), ONCE],
    status_code=201,
    response_model_exclude_unset=True,
    operation_id="createToken",
)
def make_token(
    body: NewToken, session: SessionDep, reach: ReachDep, moment: MomentDep, response: Response
) -> TokenBody:
    """Make a token; the secret is in this answer, and nowhere else."""
    account_id = body.account_id or reach.actor.account_id
    made, secret = create_token(session, account_id, body.name, scopes=set(body.scopes), days=body.days, now=moment)
    noted(session, Noted.TOKEN_CHANGED, "created", about=made.id, by=reach.actor, now=moment)
    response.headers["Location"] = f"/v1/tokens?accountId={account_id}"
    return token_body(made, secret)


@router.get("", dependencies=[Depends(Needs(signed_in))], response_model_exclude_unset=True, operation_id="listTokens")
def get_tokens(
    session: SessionDep,
    reach: ReachDep,
    paging: PagingDep,
    account_id: Annotated[
        str | None, Query(alias="accountId", description="Of this account; without it all that she may see.", **_ID)
    ] = None,
) -> TokensBody:
    """Tokens without their secrets: her own; for administrators and auditors of every account."""
    asked = account_id
    if list_tokens_of(reach, account_id) is not None:
        if account_id is not None:
            raise NotFound("account.unknown", id=account_id)
        asked = reach.actor.account_id
    after = str(paging.after[0]) if paging.after else None
    rows, following = paging.page(
        list_tokens(session, account_id=asked, limit=paging.limit + 1, after=after), lambda one: (one.id,)
    )
    return TokensBody(items=[token_body(one) for one in rows], next=following)


@router.delete("/{tokenId}", dependencies=[Depends(Needs(signed_in))], status_code=204, operation_id="deleteToken")
def delete_token(token_id: TokenId, session: SessionDep, reach: ReachDep, moment: MomentDep) -> None:
    """End a token at once: one of hers, or as administrator any."""
    if end_token(reach, token_of(session, token_id).account_id) is not None:
        raise NotFound("token.unknown", id=token_id)
    revoke(session, token_id, now=moment)
    noted(session, Noted.TOKEN_CHANGED, "revoked", about=token_id, by=reach.actor, now=moment)
