"""Passkeys on pages: made on the account page, used as second factor or in place of a password; with a small script."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse

from api.auth import check_from_here
from api.dependencies import MomentDep, Needs, Public, Service, ServiceDep, SessionDep
from api.pages.forms import NextField
from api.pages.rendering import STATIC
from api.policies import signed_in
from api.routes.account_pages import Myself, account_again
from api.routes.signing_in import SECOND, TRIES, confirmed, let_in, recovery_page, sign_in_again, waiting
from matching import passkeys
from matching.accounts import load_account
from matching.noting import Noted, noted
from matching.passkeys import Site
from matching.second_factors import has_factor, n_recovery_codes, new_recovery_codes
from matching.signing_in import begin_session

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_OPEN = [Depends(Public())]
_OWN_FORM = [Depends(Public()), Depends(check_from_here)]
_MINE = [Depends(Needs(signed_in))]
Answer = Annotated[str, Form(max_length=20_000)]
JSON = "application/json"


@router.get("/passkeys.js", dependencies=_OPEN)
def script() -> FileResponse:
    """The script that asks a browser for a passkey; pages that use it work without."""
    return FileResponse(STATIC / "passkeys.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})


@router.post("/sign-in/passkey/options", dependencies=_OWN_FORM)
def options_alone(request: Request, service: ServiceDep, session: SessionDep, moment: MomentDep) -> Response:
    """What a browser needs to use a passkey in place of a password."""
    return Response(passkeys.options_to_use(session, None, _site(request, service), now=moment), media_type=JSON)


@router.post("/sign-in/passkey", dependencies=TRIES)
def use_alone(
    request: Request,
    service: ServiceDep,
    session: SessionDep,
    moment: MomentDep,
    answer: Answer = "",
    back: NextField = "",
) -> Response:
    """Sign in by a passkey alone: her device made sure that it is she."""
    account_id = passkeys.used(session, answer, None, _site(request, service), now=moment)
    if account_id is None:
        noted(session, Noted.SIGN_IN_FAILED, "passkey", about=None, now=moment)
        return sign_in_again(request, service, back, "sign_in.wrong_passkey", 401)
    begun = begin_session(session, service.settings, account_id, "passkey", now=moment, factor_given=True)
    return let_in(request, service, session, begun, back)


@router.post(f"{SECOND}/passkey/options", dependencies=_OWN_FORM)
def options_second(request: Request, service: ServiceDep, session: SessionDep, moment: MomentDep) -> Response:
    """What a browser needs to use a passkey as second factor."""
    account_id = waiting(request, session, moment)
    options = passkeys.options_to_use(session, account_id, _site(request, service), now=moment)
    return Response(options, media_type=JSON)


@router.post(f"{SECOND}/passkey", dependencies=TRIES)
def use_second(
    request: Request,
    service: ServiceDep,
    session: SessionDep,
    moment: MomentDep,
    answer: Answer = "",
    back: NextField = "",
) -> Response:
    """Confirm the session by a passkey."""
    account_id = waiting(request, session, moment)
    if passkeys.used(session, answer, account_id, _site(request, service), now=moment) is None:
        noted(session, Noted.SIGN_IN_FAILED, "factor", about=account_id, now=moment)
        return sign_in_again(request, service, back, "sign_in.wrong_passkey", 401)
    return confirmed(request, service, session, account_id, back)


@router.post("/account/passkeys/options", dependencies=_MINE)
def options_to_make(
    request: Request, service: ServiceDep, session: SessionDep, account_id: Myself, moment: MomentDep
) -> Response:
    """What a browser needs to make a passkey."""
    options = passkeys.options_to_make(session, load_account(session, account_id), _site(request, service), now=moment)
    return Response(options, media_type=JSON)


@router.post("/account/passkeys", dependencies=_MINE)
def keep(
    request: Request,
    service: ServiceDep,
    session: SessionDep,
    account_id: Myself,
    moment: MomentDep,
    answer: Answer = "",
    name: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Keep a passkey that a browser made; with the first second factor come recovery codes."""
    first = not has_factor(session, account_id)
    name = name.strip() or "passkey"
    if not passkeys.keep(session, account_id, answer, name, _site(request, service), now=moment):
        return account_again(request, service, session, account_id, "account.passkey.refused")
    if first or not n_recovery_codes(session, account_id):
        return recovery_page(request, new_recovery_codes(session, account_id), "/account")
    return RedirectResponse("/account", 303)


def _site(request: Request, service: Service) -> Site:
    """For whom passkeys are: the address under which people reach Vonk."""
    parts = urlsplit(service.settings.public_url or str(request.base_url))
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")
