"""`GET /v1/openapi.json`: the API described for machines, open to everybody; all routes under /v1 that are there."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import RouteContext

from api.dependencies import Public
from api.http.bounds import bound_answers
from api.http.headers import API_VERSION
from api.http.routing import routes_of
from api.problems import MEDIA_TYPE, Problem
from api.schemas.examples import EXAMPLES

PREFIX = "/v1"
SESSION_COOKIE = "vonk_session"
CONTACT = {"name": "Vonk", "email": "vonk@vonk.example", "url": "https://vonk.example"}
LICENCE = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
_ABOUT = "Ranks people from the target groups of the Dutch Banenafspraak for vacancies, and says why."
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "An API token, for machines."},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE, "description": "Who signed in."},
}
_PROBLEMS = {
    "400": "A field cannot be accepted; `errors` says which and why.",
    "401": "Who asks is not known.",
    "403": "It is understood, and not allowed.",
    "404": "There is no such thing, or not for who asks.",
    "408": "The request came in too slowly.",
    "409": "The thing is no longer as was thought, or somebody else was first.",
    "412": "What is stored is of another version than If-Match says.",
    "413": "The body is too large.",
    "414": "The address is too long.",
    "415": "The body is of another media type than this route reads.",
    "428": "If-Match is missing.",
    "429": "Too many requests, of who asks or of all together; Retry-After says when to come back.",
    "500": "Something went wrong that is not the fault of who asks.",
    "503": "The server is not ready, stops, or cannot reach its database; Retry-After says when to come back.",
    "504": "It took too long.",
    "507": "There is no room left on the disk of the server; nothing was changed.",
}
_ALWAYS = ("400", "404", "414", "429", "500", "503", "504", "507")
_WITH_A_BODY = ("408", "413", "415")
_CHANGES = ("post", "put", "patch", "delete")
_COME_BACK = ("429", "503", "504", "507")

router = APIRouter(dependencies=[Depends(Public())], include_in_schema=False)


@router.get("/openapi.json")
def openapi(request: Request) -> JSONResponse:
    """The description, with this server's own address."""
    headers = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    document = dict(_described(request.app), servers=[{"url": f"{str(request.base_url).rstrip('/')}{PREFIX}"}])
    return JSONResponse(document, headers=headers)


@lru_cache(maxsize=4)
def _described(app: FastAPI) -> dict[str, Any]:
    return description(app, PREFIX)


def description(app: FastAPI, url: str) -> dict[str, Any]:
    """The OpenAPI document of the routes of an app under /v1; `url` is where these are, and ends in /v1."""
    routes = {_key(one): one for one in routes_of(app) if (one.path or "").startswith(f"{PREFIX}/")}
    document = get_openapi(
        title="Vonk",
        version=API_VERSION,
        description=_ABOUT,
        contact=CONTACT,
        license_info=LICENCE,
        routes=list(routes.values()),
        servers=[{"url": url}],
    )
    document["paths"] = {path.removeprefix(PREFIX): item for path, item in document["paths"].items()}
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own; ours is Problem
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    components["securitySchemes"] = _SECURITY
    for path, method, operation in _operations(document):
        is_public = _is_public(routes[f"{method} {PREFIX}{path}"])
        operation["security"] = [] if is_public else [{name: []} for name in _SECURITY]
        _complete(method, operation, is_public=is_public)
    bound_answers(document)
    return document


def _complete(method: str, operation: dict[str, Any], *, is_public: bool) -> None:
    """Add what every answer has, and the problems that this operation can have."""
    responses = operation["responses"]
    responses.pop("422", None)
    for status, answer in responses.items():
        if status[0] in "23":
            answer.setdefault("headers", {})["API-Version"] = _header("The full version of the API.")
    for content in operation.get("requestBody", {}).get("content", {}).values():
        if (example := EXAMPLES.get(operation["operationId"])) is not None:
            content["example"] = example
    asked = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
    statuses = {*_ALWAYS, *(() if is_public else ("401", "403"))}
    statuses |= {"409"} if method in _CHANGES else set()
    statuses |= {"412", "428"} if "If-Match" in asked else set()
    statuses |= {*_WITH_A_BODY} if "requestBody" in operation else set()
    for status in sorted(statuses):
        told: dict[str, Any] = {
            "description": _PROBLEMS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        if status in _COME_BACK:
            told["headers"] = {"Retry-After": _header("Seconds to wait.")}
        responses.setdefault(status, told)


def _header(text: str) -> dict[str, Any]:
    return {"description": text, "schema": {"type": "string", "maxLength": 100}}


def _is_public(route: RouteContext) -> bool:
    return any(isinstance(one.call, Public) for one in route.dependant.dependencies)


def _key(route: RouteContext) -> str:
    return f"{next(iter(route.methods or {'get'})).lower()} {route.path_format}"


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation
