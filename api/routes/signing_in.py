"""Signing in and out on pages, without JavaScript: a password, then a second factor where one is asked."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from api.auth import NotSignedIn, check_from_here
from api.cookies import A_YEAR, BROWSER, LANGUAGE, SESSION, drop_cookie, read_cookie, set_cookie
from api.dependencies import MomentDep, Needs, Public, ReachDep, Service, ServiceDep, SessionDep, lets_look_along
from api.http.callers import sign_in_limit
from api.pages.forms import Code, Email, Next, NextField, Password, address_of, local_path
from api.pages.picture import picture_of
from api.pages.rendering import render
from api.pages.security import SCRIPTED_POLICY
from api.pages.who import home_of
from api.policies import signed_in
from matching import attempts, sign_ins
from matching.accounts import actor_of, load_account
from matching.actors import Role
from matching.attempts import TooSoon
from matching.clock import date_of, now
from matching.database import session_scope
from matching.errors import NotFound
from matching.made_up import made_up_accounts
from matching.noting import Noted, noted, noted_by_herself
from matching.passkeys import of_account
from matching.second_factors import address_for_app, has_factor, is_code_right, secret_being_set_up, set_up
from matching.signing_in import SignedIn, begin_session, close_attempt, is_right, open_attempt

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_OPEN = [Depends(Public())]
_OWN_FORM = [Depends(Public()), Depends(check_from_here)]
TRIES = [*_OWN_FORM, Depends(sign_in_limit)]  # a password, a code or a passkey
SECOND = "/sign-in/second-factor"


@router.get("/sign-in", dependencies=_OPEN)
def sign_in_page(request: Request, service: ServiceDep, back: Next = "") -> Response:
    """Where somebody signs in."""
    with session_scope(service.engine, read_only=True) as session:
        roles = list(made_up_accounts(session)) if lets_look_along(service, session) else []
    return with_script(_page(request, service, back, roles=roles))


@router.post("/sign-in", dependencies=TRIES)
def sign_in(
    request: Request,
    service: ServiceDep,
    moment: MomentDep,
    email: Email = "",
    password: Password = "",
    back: NextField = "",
) -> Response:
    """Begin a session where e-mail and password are right; the attempt counts before it is judged."""
    settings = service.settings
    try:
        with session_scope(service.engine) as session:
            attempt = open_attempt(
                session,
                settings,
                email,
                address=address_of(request),
                browser=read_cookie(request, BROWSER),
                now=moment,
            )
    except TooSoon as wait:
        page = _page(request, service, back, email=email, fault="sign_in.wait", seconds=wait.seconds)
        return with_script(page, 429, {"Retry-After": str(wait.seconds)})
    right = is_right(attempt, password)
    with session_scope(service.engine) as session:
        begun = close_attempt(session, settings, attempt, right, now=moment)
        if begun is not None:
            return let_in(request, service, session, begun, back)
    return with_script(_page(request, service, back, email=email, fault="sign_in.wrong"), 401)


@router.post("/sign-in/made-up", dependencies=_OWN_FORM)
def look_along(
    request: Request,
    service: ServiceDep,
    session: SessionDep,
    moment: MomentDep,
    role: Annotated[Role, Form()],
    back: NextField = "",
) -> Response:
    """Look along as somebody who is made up; only where everything is."""
    account_id = made_up_accounts(session).get(role) if lets_look_along(service, session) else None
    if account_id is None:
        raise NotFound("page.closed")
    begun = begin_session(session, service.settings, account_id, "made_up", now=moment, factor_given=True)
    return let_in(request, service, session, begun, back)


@router.get(SECOND, dependencies=_OPEN)
def second_factor_page(
    request: Request, service: ServiceDep, session: SessionDep, moment: MomentDep, back: Next = ""
) -> Response:
    """Where a second factor is asked; or, where she has none yet, set up."""
    account_id = waiting(request, session, moment)
    return with_script(_second_page(request, service, session, account_id, back))


@router.post(SECOND, dependencies=TRIES)
def second_factor(
    request: Request, service: ServiceDep, session: SessionDep, moment: MomentDep, code: Code = "", back: NextField = ""
) -> Response:
    """Confirm the session by a code, under a new secret."""
    account_id = waiting(request, session, moment)
    settings = service.settings
    mine, address = attempts.of_factor(settings, account_id), attempts.of_address(settings, address_of(request))
    try:
        attempts.count(session, (mine, address), now=moment)
    except TooSoon as wait:
        page = _second_page(request, service, session, account_id, back, fault="sign_in.wait", seconds=wait.seconds)
        return with_script(page, 429, {"Retry-After": str(wait.seconds)})
    codes = None
    if has_factor(session, account_id):
        right = is_code_right(session, settings, account_id, code, now=moment)
    else:
        codes = set_up(session, settings, account_id, code, now=moment)
        right = codes is not None
    if not right:
        noted(session, Noted.SIGN_IN_FAILED, "factor", about=account_id, now=moment)
        page = _second_page(request, service, session, account_id, back, fault="sign_in.wrong_code")
        return with_script(page, 401)
    attempts.was_right(session, mine, address)
    return confirmed(request, service, session, account_id, back, codes=codes)


def confirmed(
    request: Request,
    service: Service,
    session: Session,
    account_id: str,
    back: str,
    *,
    codes: Sequence[str] | None = None,
) -> Response:
    """The answer to a second factor that was right: a session under a new secret; new recovery codes are shown once."""
    secret = sign_ins.confirm(session, read_cookie(request, SESSION) or "", account_id, now=now(service.settings))
    noted_by_herself(session, Noted.SIGNED_IN, "factor", account_id, now=now(service.settings))
    response = let_in(request, service, session, SignedIn(account_id, secret, True), back)
    if codes is None:
        return response
    shown = recovery_page(request, codes, response.headers["location"])
    for name, value in response.raw_headers:
        if name == b"set-cookie":
            shown.raw_headers.append((name, value))
    return shown


def recovery_page(request: Request, codes: Sequence[str], go_on: str) -> Response:
    """New recovery codes, shown once."""
    return HTMLResponse(render(request, "recovery_codes.html", codes=codes, go_on=go_on))


def let_in(request: Request, service: Service, session: Session, begun: SignedIn, back: str) -> Response:
    """Give the browser its session, and lead to the second factor or to where she was going."""
    if begun.confirmed:
        actor = actor_of(session, begun.account_id, today=date_of(now(service.settings)))
        home = home_of(actor) if actor else "/"
        response = RedirectResponse(local_path(back) or home, 303)
        set_cookie(
            request,
            response,
            BROWSER,
            attempts.mark_of_browser(service.settings, begun.account_id),
            seconds=A_YEAR,
        )
        language = load_account(session, begun.account_id).language
        if language:
            set_cookie(request, response, LANGUAGE, language, seconds=A_YEAR)
    else:
        response = RedirectResponse(_with_next(SECOND, back), 303)
    set_cookie(request, response, SESSION, begun.secret)
    return response


@router.post("/sign-out", dependencies=_OWN_FORM)
def sign_out(request: Request, service: ServiceDep, session: SessionDep) -> Response:
    """End the session, here and in the database."""
    secret, left = read_cookie(request, SESSION), "here"
    if secret:
        left = "provider" if sign_ins.issuer_of(session, secret) else left
        account_id = sign_ins.end(session, secret)
        if account_id:
            noted_by_herself(session, Noted.SIGNED_OUT, "by_herself", account_id, now=now(service.settings))
    response = RedirectResponse("/sign-in?" + urlencode({"left": left}), 303)
    drop_cookie(request, response, SESSION)
    return response


@router.get("/start", dependencies=[Depends(Needs(signed_in))])
def start(request: Request, reach: ReachDep) -> str:
    """What she can do here so far, by her roles."""
    return render(request, "start.html", roles=sorted(reach.roles))


def sign_in_again(request: Request, service: Service, back: str, fault: str, status: int) -> Response:
    """The page to sign in, with what went wrong."""
    return with_script(_page(request, service, back, fault=fault), status)


def with_script(page: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A page on which our own script for passkeys may run, and ask this server alone."""
    return HTMLResponse(page, status, {"Content-Security-Policy": SCRIPTED_POLICY} | dict(headers or {}))


def _page(
    request: Request,
    service: Service,
    back: str,
    /,
    *,
    email: str = "",
    fault: str = "",
    roles: Sequence[Role] = (),
    **values: object,
) -> str:
    return render(
        request,
        "sign_in.html",
        back=back if local_path(back) else "",
        email=email,
        fault=fault,
        values=values,
        left=request.query_params.get("left", ""),
        provider=service.settings.oidc_name if service.settings.oidc_issuer else None,
        roles=roles,
    )


def _second_page(
    request: Request,
    service: Service,
    session: Session,
    account_id: str,
    back: str,
    /,
    *,
    fault: str = "",
    **values: object,
) -> str:
    secret = None
    if not has_factor(session, account_id):
        secret = secret_being_set_up(session, service.settings, account_id)
    return render(
        request,
        "second_factor.html",
        back=back if local_path(back) else "",
        secret=secret,
        passkeys=bool(of_account(session, account_id)),
        picture=secret and picture_of(address_for_app(secret, name_for_app(session, account_id))),
        action=SECOND,
        fault=fault,
        values=values,
    )


def name_for_app(session: Session, account_id: str) -> str:
    """By which an authenticator app tells one account from another."""
    account = load_account(session, account_id)
    return account.email or account.name or account.id


def waiting(request: Request, session: Session, moment: MomentDep) -> str:
    """The account that waits for its second factor. Raises NotSignedIn (`auth.session`)."""
    secret = read_cookie(request, SESSION)
    account_id = sign_ins.waiting(session, secret, now=moment) if secret else None
    if account_id is None:
        raise NotSignedIn("auth.session")
    return account_id


def _with_next(path: str, back: str) -> str:
    return f"{path}?{urlencode({'next': back})}" if local_path(back) else path
