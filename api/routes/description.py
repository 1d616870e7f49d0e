"""`GET /v1/openapi.json`: the API described for machines, open to everybody."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from api.dependencies import Public
from api.problems import MEDIA_TYPE, Problem
from api.routes import accounts, organisations, rankings, tokens

API_VERSION = "1.0.0"
CONTACT = {"name": "Vonk", "email": "vonk@vonk.example", "url": "https://vonk.example"}
_ABOUT = "Ranks people from the target groups of the Dutch Banenafspraak for vacancies, and says why."
_PROBLEMS = {
    "400": "A field cannot be accepted; `errors` says which and why.",
    "404": "There is no such thing, or not for who asks.",
    "500": "Something went wrong that is not the fault of who asks.",
}

_SUBJECTS = (rankings, accounts, tokens, organisations)
router = APIRouter(dependencies=[Depends(Public())], include_in_schema=False)


@router.get("/openapi.json")
def openapi(request: Request) -> JSONResponse:
    """The description, with this server's own address."""
    return JSONResponse(description(f"{request.base_url}v1"), headers={"Access-Control-Allow-Origin": "*"})


def description(url: str) -> dict[str, Any]:
    """The OpenAPI document of the routes under /v1; `url` is where these are, and ends in /v1."""
    document = get_openapi(
        title="Vonk",
        version=API_VERSION,
        description=_ABOUT,
        contact=CONTACT,
        routes=[route for one in _SUBJECTS for route in one.router.routes],
        servers=[{"url": url}],
    )
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):  # FastAPI's own; ours is Problem
        schemas.pop(name, None)
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas |= problem.pop("$defs") | {"Problem": problem}
    for operation in _operations(document):
        responses = operation["responses"]
        responses.pop("422", None)
        for status, answer in responses.items():
            if status[0] in "23":
                answer["headers"] = {"API-Version": {"description": "The version.", "schema": {"type": "string"}}}
        content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
        responses |= {status: {"description": text, "content": content} for status, text in _PROBLEMS.items()}
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from path.values()
