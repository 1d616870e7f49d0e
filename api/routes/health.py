"""Whether the server lives and is ready, for whatever watches over it."""

import logging
from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy.exc import SQLAlchemyError

from api.dependencies import Public, Service, ServiceDep
from api.http.kinds import HttpProblem, retry_after
from matching.database import is_at_newest, session_scope

router = APIRouter(prefix="/health", dependencies=[Depends(Public())], include_in_schema=False)
Health = dict[str, Annotated[str, "ok"]]
_AGAIN_SECONDS = 2

log = logging.getLogger("vonk.health")


@router.get("/live")
def live() -> Health:
    """The process answers."""
    return {"status": "ok"}


@router.get("/ready")
def ready(service: ServiceDep) -> Health:
    """The database answers and is at the newest revision, the pool keeps up with it, and nothing stops. Else 503."""
    if reason := not_ready(service):
        log.warning("not ready: %s", reason)
        raise HttpProblem("server.not_ready", headers=retry_after(_AGAIN_SECONDS))
    return {"status": "ok"}


def not_ready(service: Service) -> str | None:
    """Why no requests should come here; None where they may."""
    if service.stopping.is_set():
        return "stopping"
    try:
        with session_scope(service.engine, read_only=True) as session:
            if not is_at_newest(session):
                return "database at another revision"
    except SQLAlchemyError:
        return "no database"
    return "pool is behind" if service.keeper.behind_seconds > service.settings.ready_behind_seconds else None
