"""What goes wrong, told over HTTP: problem+json (RFC 9457) or, for pages, a page; in the language of who asks."""

import logging
import traceback
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from api.auth import SAFE_METHODS, SIGN_IN, NotSignedIn
from api.languages import language_of
from api.pages.rendering import render
from api.wording import has_words, sentence
from matching.errors import Conflict, Invalid, NotFound, Refused, VonkError

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:vonk:problem:"
_STATUS = ((NotFound, 404), (Conflict, 409), (Refused, 403), (Invalid, 400))
_PLACES = 5  # of the stack, in the log
_MACHINES = ("/v1", "/health")  # the rest is for people

log = logging.getLogger("vonk.http")


class FieldError(BaseModel):
    """A field that cannot be accepted, and why."""

    field: str
    reason: str


class Problem(BaseModel):
    """A problem as RFC 9457 has it; `type` is stable and for machines, the texts are in the language of who asks."""

    type: str = Field(description="Stable; for machines.")
    title: str
    status: int
    detail: str | None = None
    errors: list[FieldError] | None = Field(default=None, description="For bad input: the fields and the reasons.")


def add_handlers(app: FastAPI) -> None:
    """Let an app tell its problems this way. What nobody foresaw is for `unforeseen`, which the middleware calls."""
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(VonkError, _vonk_error)
    app.add_exception_handler(RequestValidationError, _bad_input)
    app.add_exception_handler(HTTPException, _http_error)


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


def _vonk_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, VonkError)  # noqa: S101 - registered for this class
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 400)
    language = language_of(request)
    code = f"error.{error.code}"
    detail = sentence(language, code, {"field": error.field} | error.values) if has_words(language, code) else None
    return _told(request, status, error.code, detail=detail)


def _bad_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    language = language_of(request)
    errors = []
    for one in error.errors():
        code = f"http.input.{one['type']}"
        known = code if has_words(language, code) else "http.input"
        errors.append(FieldError(field=str(one["loc"][-1]), reason=sentence(language, known, one.get("ctx"))))
    once = list({(one.field, one.reason): one for one in errors}.values())  # a policy and a route may read the same
    return _told(request, 400, "bad_input", errors=once)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    name = HTTPStatus(error.status_code).name.lower()
    return _told(request, error.status_code, name, headers=error.headers)


def _told(
    request: Request,
    status: int,
    kind: str,
    *,
    detail: str | None = None,
    errors: Sequence[FieldError] = (),
    headers: Any = None,
) -> Response:
    language = language_of(request)
    code = f"http.{status}"
    title = sentence(language, code if has_words(language, code) else "http.error")
    problem = Problem(type=_TYPE + kind, title=title, status=status, detail=detail, errors=list(errors) or None)
    if request.url.path.startswith(_MACHINES):
        return JSONResponse(problem.model_dump(exclude_none=True), status, headers, MEDIA_TYPE)
    return HTMLResponse(render(request, "problem.html", problem=problem), status, headers)
