"""Signing in by another provider, on pages: there, back, and out again."""

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api import oidc
from api.cookies import PROVIDER, drop_cookie, read_cookie, set_cookie
from api.dependencies import MomentDep, Public, Service, ServiceDep
from api.oidc import ProviderFailed
from api.pages.forms import Next, local_path
from api.routes.signing_in import let_in, sign_in_again
from matching.database import session_scope
from matching.errors import NotFound
from matching.linking import account_for
from matching.noting import Noted, noted
from matching.signing_in import begin_session

router = APIRouter(
    prefix="/sign-in/provider",
    include_in_schema=False,
    default_response_class=HTMLResponse,
    dependencies=[Depends(Public())],
)
Said = Annotated[str, Query(max_length=4_000)]
log = logging.getLogger("vonk.accounts")


@router.get("")
def there(request: Request, service: ServiceDep, moment: MomentDep, back: Next = "") -> Response:
    """Go and sign in at the provider."""
    _check_there_is_one(service)
    try:
        address, kept = oidc.begin(
            service.settings, _callback(request, service), back if local_path(back) else "", now=moment
        )
    except ProviderFailed as failed:
        return _failed(request, service, back, failed)
    response = RedirectResponse(address, 303)
    set_cookie(request, response, PROVIDER, kept, seconds=int(oidc.LASTS.total_seconds()))
    return response


@router.get("/callback")
def back_again(request: Request, service: ServiceDep, moment: MomentDep, state: Said = "", code: Said = "") -> Response:
    """Come back with a code, of which the provider tells whose it is."""
    _check_there_is_one(service)
    settings, back = service.settings, ""
    try:
        pending = oidc.pending_of(settings, read_cookie(request, PROVIDER), state, now=moment)
        back = pending.back
        who = oidc.finish(settings, _callback(request, service), pending, code, now=moment)
    except ProviderFailed as failed:
        response = _failed(request, service, back, failed)
        drop_cookie(request, response, PROVIDER)
        return response
    with session_scope(service.engine) as session:
        account_id = account_for(session, who, creates=settings.oidc_creates_accounts, now=moment)
        if account_id is None:
            noted(session, Noted.SIGN_IN_FAILED, "provider", about=None, now=moment)
            response = sign_in_again(request, service, back, "sign_in.provider_unknown", 401)
        else:
            begun = begin_session(
                session,
                settings,
                account_id,
                "provider",
                now=moment,
                issuer=who.issuer,
                factor_given=who.factor_given,
            )
            response = let_in(request, service, session, begun, back)
    drop_cookie(request, response, PROVIDER)
    return response


@router.get("/leave")
def leave(request: Request, service: ServiceDep) -> Response:
    """Sign out at the provider too, after signing out here."""
    _check_there_is_one(service)
    return RedirectResponse(oidc.leave(service.settings, _here(request, service) + "/sign-in") or "/sign-in", 303)


def _check_there_is_one(service: Service) -> None:
    if service.settings.oidc_issuer is None:
        raise NotFound("page.closed")


def _failed(request: Request, service: Service, back: str, failed: ProviderFailed) -> Response:
    """Told in general; the log has the step, and nothing that was said."""
    log.warning("signing in by the provider failed: %s", failed.code)
    return sign_in_again(request, service, back, "sign_in.provider_failed", 401)


def _here(request: Request, service: Service) -> str:
    return (service.settings.public_url or str(request.base_url)).rstrip("/")


def _callback(request: Request, service: Service) -> str:
    return _here(request, service) + "/sign-in/provider/callback"
