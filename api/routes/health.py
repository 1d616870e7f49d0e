"""Whether the server lives and is ready, for whatever watches over it."""

from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from api.dependencies import Public, ServiceDep
from matching.database import session_scope

router = APIRouter(prefix="/health", dependencies=[Depends(Public())], include_in_schema=False)
Health = dict[str, Annotated[str, "ok"]]


@router.get("/live")
def live() -> Health:
    """The process answers."""
    return {"status": "ok"}


@router.get("/ready")
def ready(service: ServiceDep) -> Health:
    """The database can be read; the ranker was opened before the first request. Else 503."""
    try:
        with session_scope(service.engine, read_only=True) as session:
            session.connection().execute(text("SELECT 1 FROM reference_sets"))
    except SQLAlchemyError as error:
        raise HTTPException(503) from error
    return {"status": "ok"}
