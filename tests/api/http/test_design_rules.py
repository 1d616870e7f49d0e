"""The description of the API against the NL GOV API Design Rules, as far as a machine can tell; every route counts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, _IncludedRouter
from sqlalchemy import Engine

from api.app import create_app
from api.http.bounds import LARGEST, LONGEST_LIST, LONGEST_TEXT, is_bounded, names_coming_in, parts
from api.http.routing import ApiRoute, routes_of
from api.routes.description import description
from tests.api.http.things import bare_service, with_things
from tests.api.serving import Served

METHODS = {"get", "put", "post", "patch", "delete"}
SINGULAR_ON_PURPOSE = {"ranking", "identity", "card", "export", "promotion", "freeze", "caseload", "openapi.json"}


@pytest.fixture(params=["as shipped", "with things"])
def document(request: pytest.FixtureRequest, world: Served, sqlite_engine: Engine, tmp_path: Path) -> dict[str, Any]:
    """The description; of all that is there, and of routes that show more of HTTP."""
    if request.param == "as shipped":
        return description(world.app, "https://vonk.example/v1")
    return description(with_things(create_app(bare_service(sqlite_engine, tmp_path))), "https://vonk.example/v1")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            yield path, method, operation


def schemas(value: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema in a document with the name of its field."""
    if isinstance(value, dict):
        if "type" in value and isinstance(value["type"], str):
            yield name, value
        for key, inner in value.items():
            if key == "properties":
                for field, schema in inner.items():
                    yield from schemas(schema, field)
            elif key not in ("examples", "example", "default", "enum", "const"):
                yield from schemas(inner, name if key in ("items", "anyOf", "oneOf", "allOf", "schema") else key)
    elif isinstance(value, list):
        for inner in value:
            yield from schemas(inner, name)


def test_every_route_under_v1_is_described_and_reads_bodies_strictly(world: Served) -> None:
    assert any(isinstance(one, _IncludedRouter) for one in world.app.routes)
    routes = [one for one in routes_of(world.app) if (one.path or "").startswith("/v1/")]
    assert all(isinstance(one.original_route, ApiRoute) for one in routes if one.path != "/v1/openapi.json")
    described = description(world.app, "/v1")["paths"]
    assert {one.path for one in routes} == {f"/v1{path}" for path in described} | {"/v1/openapi.json"}
    plain = FastAPI()
    plain.get("/v1/plain")(lambda: None)
    assert not any(isinstance(one.original_route, ApiRoute) for one in routes_of(plain) if one.path == "/v1/plain")
    assert issubclass(ApiRoute, APIRoute)


def test_paths_are_plural_kebab_case_without_a_slash_at_the_end(document: dict[str, Any]) -> None:
    for path, _, _ in operations(document):
        assert re.fullmatch(r"(/([a-z]+(-[a-z]+)*|\{[a-z][A-Za-z]*\}))+", path), path
        for word in re.findall(r"/([a-z-]+)", path):
            assert word.endswith("s") or word in SINGULAR_ON_PURPOSE, path


def test_parameters_and_fields_are_lower_camel_case(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            pattern = {"path": r"[a-z][A-Za-z]*", "query": r"[a-z][A-Za-z0-9]*"}.get(parameter["in"], r"[A-Za-z-]+")
            assert re.fullmatch(pattern, parameter["name"]), (path, parameter["name"])
    for name, schema in document["components"]["schemas"].items():
        for field in schema.get("properties", {}):
            assert re.fullmatch(r"[a-z][A-Za-z0-9]*", field), (name, field)


def test_who_to_ask_and_where_it_is(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert all(server["url"].endswith("/v1") for server in document["servers"])
    contact = document["info"]["contact"]
    assert contact["name"]
    assert "@" in contact["email"]
    assert contact["url"].startswith("https://")
    assert re.fullmatch(r"\d+\.\d+\.\d+", document["info"]["version"])


def test_every_answer_says_the_version_and_every_problem_is_a_problem(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        responses = operation["responses"]
        assert "422" not in responses
        assert {"400", "404", "429", "500", "503", "507"} <= responses.keys(), path
        for status, answer in responses.items():
            if status[0] in "23":
                assert "API-Version" in answer["headers"], (path, status)
            else:
                assert list(answer["content"]) == ["application/problem+json"], (path, status)
            assert ("Retry-After" in answer.get("headers", {})) == (status in ("429", "503", "504", "507")), (
                path,
                status,
            )
        asked = {one["name"] for one in operation.get("parameters", [])}
        assert (method == "patch") <= ("If-Match" in asked)
        assert ("If-Match" in asked) == ({"412", "428"} <= responses.keys())
        assert ("requestBody" in operation) == ({"408", "413", "415"} <= responses.keys())
        assert (method == "post" and "201" in responses) <= ("Idempotency-Key" in asked), path


def test_every_operation_has_a_name_and_says_who_may(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    known = document["components"]["securitySchemes"].keys()
    assert {"token", "session"} <= known
    for _, _, operation in operations(document):
        assert "security" in operation
        assert all(name in known for one in operation["security"] for name in one)
    assert any(
        operation["security"] == [{"token": []}, {"session": []}] for _, _, operation in operations(document)
    ) or ("/things" in document["paths"])


def test_every_number_text_and_list_is_bounded_and_what_comes_in_by_its_own_schema(document: dict[str, Any]) -> None:
    whole = document["components"]["schemas"]
    for path, method, operation in operations(document):
        assert all(map(is_bounded, parts(operation))), (path, method)
    for name, schema in whole.items():
        assert [one for one in parts(schema) if not is_bounded(one)] == [], name
    coming_in = [whole[name] for name in names_coming_in(document)]
    coming_in += [one for _, _, operation in operations(document) for one in operation.get("parameters", [])]
    for one in parts(coming_in):
        bounds = {one.get("maxLength"), one.get("maxItems"), one.get("maximum")}
        assert bounds.isdisjoint({LONGEST_TEXT, LONGEST_LIST, LARGEST})
        assert one["type"] != "number" or {"minimum", "exclusiveMinimum"} & one.keys()


def test_times_and_days_are_as_rfc_3339_has_them(document: dict[str, Any]) -> None:
    for field, one in schemas(document["components"]["schemas"]):
        if re.search(r"(At|On|From|Until|date)$", field) and one["type"] == "string":
            assert one.get("format") in ("date", "date-time"), field


def test_that_nothing_changed_is_an_answer_with_a_version_too(document: dict[str, Any]) -> None:
    not_modified = [
        one for _, _, item in operations(document) for status, one in item["responses"].items() if status == "304"
    ]
    assert not_modified
    assert all("API-Version" in one["headers"] and "content" not in one for one in not_modified)


def test_what_is_referred_to_is_there(document: dict[str, Any]) -> None:
    there = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(re.findall(r"'\$ref': '([^']+)'", str(document))) <= there
