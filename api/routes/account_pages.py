"""My account: who I am and what I may, language, password, second factor and sessions; pages without JavaScript."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlmodel import Session

from api.auth import NotSignedIn
from api.cookies import A_YEAR, LANGUAGE, SESSION, drop_cookie, read_cookie, set_cookie
from api.dependencies import MomentDep, Needs, ReachDep, Service, ServiceDep, SessionDep
from api.pages.forms import Code, Password, address_of
from api.pages.picture import picture_of
from api.pages.rendering import render
from api.policies import signed_in
from api.routes.signing_in import name_for_app, recovery_page, with_script
from matching import attempts, passkeys, sign_ins
from matching import second_factors as factors
from matching.accounts import Account, load_account
from matching.attempts import TooSoon
from matching.clock import now
from matching.errors import Invalid
from matching.noting import Noted, noted_by_herself
from matching.own_account import change_password, choose_language, kept_of
from matching.passwords import check_password, hash_password, verify_password
from matching.tables import metadata

router = APIRouter(prefix="/account", include_in_schema=False, default_response_class=HTMLResponse)
_MINE = [Depends(Needs(signed_in))]
_WHERE = (("region", "regions", "code"), ("organisation_id", "organisations", "id"))


@dataclass(frozen=True)
class GrantLine:
    """A role, and where: the name of a region or organisation, or an id."""

    role: str
    where: str | None
    ends_on: object


@router.get("", dependencies=_MINE)
def account(request: Request, service: ServiceDep, session: SessionDep, reach: ReachDep) -> Response:
    """Who I am here and what I may."""
    return with_script(_page(request, service, session, reach.actor.account_id))


@router.post("/language", dependencies=_MINE)
def language(
    request: Request,
    session: SessionDep,
    reach: ReachDep,
    moment: MomentDep,
    chosen: Annotated[Literal["nl", "en", ""], Form(alias="language")] = "",
) -> Response:
    """Choose in which language I read; none: as my browser asks."""
    choose_language(session, reach.actor.account_id, chosen or None, now=moment)
    response = RedirectResponse("/account", 303)
    if chosen:
        set_cookie(request, response, LANGUAGE, chosen, seconds=A_YEAR)
    else:
        drop_cookie(request, response, LANGUAGE)
    return response


def _myself(request: Request, reach: ReachDep) -> str:
    """The account that signed in on a page. Raises NotSignedIn for a token: these things are for people."""
    if request.headers.get("authorization") is not None:
        raise NotSignedIn("auth.none")
    return reach.actor.account_id


Myself = Annotated[str, Depends(_myself)]


@router.post("/password", dependencies=_MINE)
def password(
    request: Request,
    service: ServiceDep,
    session: SessionDep,
    account_id: Myself,
    moment: MomentDep,
    current: Password = "",
    new: Password = "",
    again: Password = "",
) -> Response:
    """Change my password; the current one is asked, and my other sessions end."""
    settings, before = service.settings, kept_of(session, account_id)
    mine, address = attempts.of_factor(settings, account_id), attempts.of_address(settings, address_of(request))
    try:
        attempts.count(session, (mine, address), now=moment)
    except TooSoon as wait:
        return _fault(request, service, session, account_id, "sign_in.wait", 429, seconds=wait.seconds)
    if not verify_password(current, before.password_hash):
        return _fault(request, service, session, account_id, "account.password.wrong", 400)
    attempts.was_right(session, mine, address)
    if new != again:
        return _fault(request, service, session, account_id, "error.password.differ", 400)
    try:
        check_password(new, before.email, before.name)
    except Invalid as weak:
        return _fault(request, service, session, account_id, f"why.{weak.reason}", 400, **weak.values)
    change_password(session, account_id, hash_password(new), secret=read_cookie(request, SESSION) or "", now=moment)
    return with_script(_page(request, service, session, account_id, said="account.password.changed"))


@router.post("/sessions", dependencies=_MINE)
def end_sessions(request: Request, service: ServiceDep, session: SessionDep, account_id: Myself) -> Response:
    """End my sessions elsewhere."""
    sign_ins.end_others(session, account_id, read_cookie(request, SESSION) or "")
    noted_by_herself(session, Noted.SIGNED_OUT, "others", account_id, now=now(service.settings))
    return with_script(_page(request, service, session, account_id, said="account.sessions.ended"))


@router.post("/second-factor", dependencies=_MINE)
def begin_second_factor(service: ServiceDep, session: SessionDep, account_id: Myself) -> Response:
    """Begin to set up an app for codes."""
    factors.begin_set_up(session, service.settings, account_id)
    return RedirectResponse("/account/second-factor", 303)


@router.get("/second-factor", dependencies=_MINE)
def second_factor(request: Request, service: ServiceDep, session: SessionDep, account_id: Myself) -> Response:
    """Set up an app for codes."""
    return _set_up_page(request, service, session, account_id)


@router.post("/second-factor/confirmation", dependencies=_MINE)
def confirm_second_factor(
    request: Request, service: ServiceDep, session: SessionDep, account_id: Myself, moment: MomentDep, code: Code = ""
) -> Response:
    """Confirm the app by its first code; the recovery codes are shown once."""
    codes = factors.set_up(session, service.settings, account_id, code, now=moment)
    if codes is None:
        return _set_up_page(request, service, session, account_id, fault="sign_in.wrong_code")
    sign_ins.end_others(session, account_id, read_cookie(request, SESSION) or "")
    return recovery_page(request, codes, "/account")


@router.post("/second-factor/removal", dependencies=_MINE)
def remove_second_factor(
    request: Request, service: ServiceDep, session: SessionDep, account_id: Myself, moment: MomentDep, code: Code = ""
) -> Response:
    """Take away my second factors, by a code; who has to have one sets it up anew at her next sign-in."""
    fault = _wrong_code(request, service, session, account_id, code)
    if fault is not None:
        return fault
    factors.remove_factors(session, account_id)
    noted_by_herself(session, Noted.ACCOUNT_CHANGED, "factors_removed", account_id, now=moment)
    sign_ins.end_others(session, account_id, read_cookie(request, SESSION) or "")
    return with_script(_page(request, service, session, account_id, said="account.factor.removed"))


@router.post("/recovery-codes", dependencies=_MINE)
def recovery_codes(
    request: Request, service: ServiceDep, session: SessionDep, account_id: Myself, code: Code = ""
) -> Response:
    """New recovery codes in place of the old ones, by a code; shown once."""
    fault = _wrong_code(request, service, session, account_id, code)
    if fault is not None:
        return fault
    codes = factors.new_recovery_codes(session, account_id)
    noted_by_herself(session, Noted.ACCOUNT_CHANGED, "recovery_codes", account_id, now=now(service.settings))
    return recovery_page(request, codes, "/account")


def _wrong_code(request: Request, service: Service, session: Session, account_id: str, code: str) -> Response | None:
    """The answer where a code is not right, which counts; None where it is."""
    settings = service.settings
    mine, address = attempts.of_factor(settings, account_id), attempts.of_address(settings, address_of(request))
    moment = now(settings)
    try:
        attempts.count(session, (mine, address), now=moment)
    except TooSoon as wait:
        return _fault(request, service, session, account_id, "sign_in.wait", 429, seconds=wait.seconds)
    if not factors.is_code_right(session, settings, account_id, code, now=moment):
        return _fault(request, service, session, account_id, "sign_in.wrong_code", 400)
    attempts.was_right(session, mine, address)
    return None


def _set_up_page(request: Request, service: Service, session: Session, account_id: str, fault: str = "") -> Response:
    secret = factors.secret_being_set_up(session, service.settings, account_id)
    if secret is None:
        return RedirectResponse("/account", 303)
    picture = picture_of(factors.address_for_app(secret, name_for_app(session, account_id)))
    page = render(
        request,
        "second_factor.html",
        back="",
        secret=secret,
        picture=picture,
        action="/account/second-factor/confirmation",
        fault=fault,
        values={},
        passkeys=False,
    )
    return HTMLResponse(page, 400 if fault else 200)


def account_again(request: Request, service: Service, session: Session, account_id: str, fault: str) -> Response:
    """My account, with what went wrong."""
    return _fault(request, service, session, account_id, fault, 400)


def _fault(
    request: Request,
    service: Service,
    session: Session,
    account_id: str,
    code: str,
    status: int,
    **values: object,
) -> Response:
    page = _page(request, service, session, account_id, fault=code, values=values)
    return with_script(page, status, {"Retry-After": str(values["seconds"])} if status == 429 else None)


def _page(
    request: Request,
    service: Service,
    session: Session,
    account_id: str,
    *,
    said: str = "",
    fault: str = "",
    values: Mapping[str, object] | None = None,
) -> str:
    found, moment = load_account(session, account_id), now(service.settings)
    return render(
        request,
        "account.html",
        account=found,
        grants=_grant_lines(session, found),
        has_password=kept_of(session, account_id).password_hash is not None,
        has_app=factors.has_app(session, account_id),
        passkeys=passkeys.of_account(session, account_id),
        has_factor=factors.has_factor(session, account_id),
        n_recovery=factors.n_recovery_codes(session, account_id),
        sessions=sign_ins.of_account(session, account_id, read_cookie(request, SESSION), now=moment),
        said=said,
        fault=fault,
        values=values or {},
    )


def _grant_lines(session: Session, account: Account) -> Sequence[GrantLine]:
    """Her roles with the names of where they reach."""
    names: dict[str, str] = {}
    for field, table, key in _WHERE:
        columns = metadata.tables[table].c
        asked = {given[field] for given in account.grants if given[field]}
        rows = session.connection().execute(sa.select(columns[key], columns.name).where(columns[key].in_(asked)))
        names |= {row[0]: row[1] for row in rows}
    return [
        GrantLine(
            given["role"],
            ", ".join(
                names.get(value, value)
                for field in ("organisation_id", "region", "candidate_id")
                if (value := given[field])
            ),
            given["ends_on"],
        )
        for given in account.grants
    ]
