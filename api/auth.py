"""Who asks: by a token in the Authorization header, or by the session of a browser; for the dependencies of routes."""

from datetime import datetime
from urllib.parse import urlsplit

from fastapi import Request
from sqlmodel import Session

from api.cookies import SESSION, read_cookie
from matching import sign_ins, tokens
from matching.actors import Actor
from matching.clock import date_of
from matching.errors import Refused, VonkError
from matching.sign_ins import actor_of_cookie
from matching.tokens import actor_of_token

SIGN_IN = "/sign-in"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class NotSignedIn(VonkError):
    """Nobody is signed in, or not any more, or the token is not (or no longer) one of ours."""


def who_asks(request: Request, session: Session, *, now: datetime) -> Actor:
    """The account that asks. A token goes before a cookie, and a wrong one is never made good by the other.

    Raises NotSignedIn (`auth.none`, `auth.token`, `auth.session`), and Refused (`auth.other_site`) for a request that
    changes something and that a browser was led to by another site.
    """
    given = request.headers.get("authorization")
    if given is not None:
        kind, _, token = given.partition(" ")
        actor = actor_of_token(session, token.strip(), now=now) if kind.lower() == "bearer" else None
        if actor is None:
            raise NotSignedIn("auth.token")
        return actor
    secret = read_cookie(request, SESSION)
    if not secret:
        raise NotSignedIn("auth.none")
    actor = actor_of_cookie(session, secret, now=now)
    if actor is None:
        raise NotSignedIn("auth.session")
    if request.method not in SAFE_METHODS:
        check_from_here(request)
    return actor


def is_to_be_noticed(request: Request, session: Session, *, now: datetime) -> bool:
    """Whether it is to be kept that this session or token is used now (`notice`)."""
    token, secret = _given_token(request), read_cookie(request, SESSION)
    if token is not None:
        return tokens.is_to_be_used(session, token, today=date_of(now))
    return secret is not None and sign_ins.is_to_be_seen(session, secret, now=now)


def notice(request: Request, session: Session, *, now: datetime) -> None:
    """Keep that this session or token is used now."""
    token, secret = _given_token(request), read_cookie(request, SESSION)
    if token is not None:
        tokens.used(session, token, today=date_of(now))
    elif secret is not None:
        sign_ins.seen(session, secret, now=now)


def _given_token(request: Request) -> str | None:
    given = request.headers.get("authorization")
    return None if given is None else given.partition(" ")[2].strip()


def check_from_here(request: Request) -> None:
    """Raise Refused (`auth.other_site`) for a request that a browser was led to by another site."""
    if not from_here(request):
        raise Refused("auth.other_site")


def from_here(request: Request) -> bool:
    """Whether a browser sent this from one of our own pages: by Sec-Fetch-Site where it says so, else by Origin."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")
