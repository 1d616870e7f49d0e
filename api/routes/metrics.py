"""`GET /metrics`, for who watches over the server: with the token of the settings, else from this machine alone."""

import secrets

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST

from api.dependencies import Public, ServiceDep
from api.http.kinds import HttpProblem
from api.http.metrics import exposition
from api.policies import is_loopback
from matching.settings import Settings

router = APIRouter(dependencies=[Depends(Public())], include_in_schema=False)
_THROUGH_A_PROXY = ("forwarded", "x-forwarded-for", "via")


@router.get("/metrics")
def metrics(request: Request, service: ServiceDep) -> Response:
    """Counts and times. Who may not see them is told that there is nothing here."""
    if not _may_see(request, service.settings):
        raise HttpProblem("not_found")
    return Response(exposition(service), media_type=CONTENT_TYPE_LATEST)


def _may_see(request: Request, settings: Settings) -> bool:
    if settings.metrics_token is not None:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        expected = settings.metrics_token.get_secret_value()
        return scheme.lower() == "bearer" and secrets.compare_digest(shown.encode(), expected.encode())
    came_straight = not any(name in request.headers for name in _THROUGH_A_PROXY)
    return came_straight and request.client is not None and is_loopback(request.client.host)
