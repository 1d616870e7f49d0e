"""`vonk token ...`: tokens for machines; the secret is printed once, when it is made."""

from collections.abc import Sequence

from api.commands.accounts import AskedReach, give_all, writing
from api.commands.terminal import out, print_json, say, words
from matching.accounts import create_account
from matching.actors import Scope
from matching.administration import find_account
from matching.errors import Invalid
from matching.noting import Noted, noted
from matching.tokens import create_token, list_tokens
from matching.tokens import revoke as revoke_token

__all__ = ["AskedReach", "create", "list_all", "revoke"]


def create(
    asked: str | None,
    reach: AskedReach,
    known_as: str | None,
    *,
    name: str,
    scopes: Sequence[Scope],
    days: int,
    as_json: bool,
) -> None:
    """Make a token of an account, or of a new one with these roles, and print it once."""
    if (asked is None) == (not reach.roles):
        raise Invalid("token.whose", "account")
    with writing() as (session, moment):
        if asked is not None:
            account_id = find_account(session, asked).id
        else:
            account_id = create_account(session, now=moment, name=name, known_as=known_as)
            noted(session, Noted.ACCOUNT_CHANGED, "created", about=account_id, now=moment)
            give_all(session, account_id, reach, now=moment)
        made, secret = create_token(session, account_id, name, scopes=set(scopes), days=days, now=moment)
        noted(session, Noted.TOKEN_CHANGED, "created", about=made.id, now=moment)
    if as_json:
        from api.schemas.accounts import token_body

        print_json(token_body(made, secret).json_values())
        return
    say("token.made", id=made.id, account=account_id, until=made.expires_at.date().isoformat())
    out(secret)
    say("token.once")


def list_all(asked: str | None, as_json: bool) -> None:
    """Print tokens, without their secrets."""
    with writing() as (session, moment):
        found = list_tokens(session, account_id=find_account(session, asked).id if asked else None)
    if as_json:
        from api.schemas.accounts import token_body

        print_json({"items": [token_body(one).json_values() for one in found]})
        return
    if not found:
        say("token.none")
    for one in found:
        over = one.revoked_at is not None or one.expires_at <= moment
        state = words("token.over") if over else words("account.until", on=one.expires_at.date().isoformat())
        out(f"{one.id}  {one.name}: {one.account_id}, {', '.join(one.scopes)}, {state}", 0, 2)


def revoke(identifier: str) -> None:
    """End a token at once."""
    with writing() as (session, moment):
        revoke_token(session, identifier, now=moment)
        noted(session, Noted.TOKEN_CHANGED, "revoked", about=identifier, now=moment)
    say("token.ended", id=identifier)
