"""What goes wrong, told over HTTP: problem+json (RFC 9457) or, for pages, a page; in the language of who asks."""

import logging
import traceback
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from api.auth import SAFE_METHODS, SIGN_IN, NotSignedIn
from api.http.input_words import field_problems
from api.http.kinds import KIND_OF, HttpProblem, retry_after
from api.languages import language_of
from api.pages.rendering import render
from api.wording import has_words, sentence
from matching.database import is_away, is_busy, is_full
from matching.errors import Conflict, FieldProblem, Invalid, NotFound, Refused, VonkError
from matching.timing import DATABASE_ERRORS

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:vonk:problem:"
STATUS_OF_ERROR = ((NotFound, 404), (Conflict, 409), (Refused, 403), (Invalid, 400))
_PLACES = 5  # of the stack, in the log
_MACHINES = ("/v1", "/health", "/metrics")  # the rest is for people
_MOST_ERRORS, _LONGEST = 100, 1_000
_SECONDS_AWAY = 5  # after which a database may be back
_SECONDS_BUSY = 2  # after which others may be done
_SECONDS_FULL = 30  # after which somebody may have made room
_REASONS = ("http.input", "problem", "why", "error")  # where the words of a reason may stand, in this order

log = logging.getLogger("vonk.http")


class FieldError(BaseModel):
    """A field that cannot be accepted, and why."""

    field: str = Field(max_length=_LONGEST, description="A dotted path, such as `tasks.0.text`.")
    reason: str = Field(max_length=_LONGEST)


class Problem(BaseModel):
    """A problem as RFC 9457 has it; `type` is stable and for machines, the texts are in the language of who asks."""

    type: str = Field(max_length=200, description="Stable; for machines.")
    title: str = Field(max_length=200)
    status: int = Field(ge=400, le=599)
    detail: str | None = Field(default=None, max_length=2_000)
    errors: list[FieldError] | None = Field(
        default=None, max_length=_MOST_ERRORS, description="For bad input: the fields and the reasons."
    )


def add_handlers(app: FastAPI) -> None:
    """Let an app tell its problems this way. What nobody foresaw is for `unforeseen`, which the middleware calls."""
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(VonkError, _vonk_error)
    app.add_exception_handler(RequestValidationError, _bad_input)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(SQLAlchemyError, _database_error)
    app.add_exception_handler(OSError, _system_error)


def unforeseen(request: Request, error: Exception) -> Response:
    """A 500 that tells nothing of what happened; the log has the kind and the place, and no values of anybody."""
    innermost = traceback.extract_tb(error.__traceback__)[: -_PLACES - 1 : -1]
    places = " < ".join(f"{one.filename}:{one.lineno}" for one in innermost)
    log.error("%s at %s", type(error).__name__, places)
    return _told(request, 500, "internal")


def _not_signed_in(request: Request, error: Exception) -> Response:
    """A machine hears 401; a person is led to where she signs in, and back to where she was."""
    assert isinstance(error, NotSignedIn)  # noqa: S101 - registered for this class
    if request.url.path.startswith(_MACHINES):
        language = language_of(request)
        detail = sentence(language, f"error.{error.code}")
        return _told(request, 401, error.code, detail=detail, headers={"WWW-Authenticate": 'Bearer realm="vonk"'})
    back = request.url.path if request.method in SAFE_METHODS else "/"
    return RedirectResponse(f"{SIGN_IN}?{urlencode({'next': back})}", 303)


def http_problem(request: Request, problem: HttpProblem) -> Response:
    """A problem of HTTP itself, told."""
    return _told(
        request,
        problem.status_code,
        problem.kind,
        detail=_words(request, (f"http.detail.{problem.kind}",), problem.values),
        errors=problem.errors,
        headers=problem.headers,
    )


def _vonk_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, VonkError)  # noqa: S101 - registered for this class
    status = next((status for kind, status in STATUS_OF_ERROR if isinstance(error, kind)), 400)
    values = {"field": error.field} | error.values
    detail = _words(request, (f"error.{error.code}",), values)
    errors = list(getattr(error, "problems", ()))
    if status == 400 and error.field and not errors:
        errors = [FieldProblem(error.field, error.reason or error.code, values)]
    return _told(request, status, error.code, detail=detail, errors=errors)


def _bad_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    found = field_problems(error.errors())
    once = list({(one.field, one.reason): one for one in found}.values())  # a policy and a route may read the same
    return _told(request, 400, "bad_input", errors=once)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    if isinstance(error, HttpProblem):
        return http_problem(request, error)
    kind, headers = KIND_OF.get(error.status_code, "internal"), dict(error.headers or {})
    if kind == "method_not_allowed":  # the framework names the methods of one route of several
        headers["Allow"] = ", ".join(request.app.state.directory.allowed(request.url.path))
    return _told(request, error.status_code, kind, headers=headers)


def _database_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, SQLAlchemyError)  # noqa: S101 - registered for this class
    DATABASE_ERRORS.labels(type(error).__name__).inc()
    if is_full(error):
        return _no_room(request)
    if is_busy(error):
        log.warning("the database is busy: %s", type(error).__name__)
        return http_problem(request, HttpProblem("server.busy", headers=retry_after(_SECONDS_BUSY)))
    if not is_away(error):
        return unforeseen(request, error)
    log.warning("the database is away: %s", type(error).__name__)
    return http_problem(request, HttpProblem("database.away", headers=retry_after(_SECONDS_AWAY)))


def _system_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, OSError)  # noqa: S101 - registered for this class
    if not is_full(error):
        raise error  # for who answers what nobody foresaw
    return _no_room(request)


def _no_room(request: Request) -> Response:
    log.error("there is no room left on a disk")
    return http_problem(request, HttpProblem("storage.full", headers=retry_after(_SECONDS_FULL)))


def _words(request: Request, codes: Iterable[str], values: Mapping[str, object]) -> str | None:
    """What the first of these codes that has words says; None where none has."""
    language = language_of(request)
    code = next((one for one in codes if has_words(language, one)), None)
    return None if code is None else sentence(language, code, values)


def _reason(request: Request, problem: FieldProblem) -> str:
    codes = [f"{place}.{problem.reason}" for place in _REASONS]
    return _words(request, [*codes, "http.input"], problem.values) or ""


def _told(
    request: Request,
    status: int,
    kind: str,
    *,
    detail: str | None = None,
    errors: Sequence[FieldProblem] = (),
    headers: Any = None,
) -> Response:
    problem = Problem(
        type=TYPE + kind,
        title=_words(request, (f"http.{status}", "http.error"), {}) or "",
        status=status,
        detail=detail,
        errors=[FieldError(field=one.field[:_LONGEST], reason=_reason(request, one)) for one in errors[:_MOST_ERRORS]]
        or None,
    )
    if request.url.path.startswith(_MACHINES):
        return JSONResponse(problem.model_dump(exclude_none=True), status, headers, MEDIA_TYPE)
    return HTMLResponse(render(request, "problem.html", problem=problem), status, headers)
