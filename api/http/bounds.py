"""Bounds in the description of the API: every number, text and list has them; for `api.routes.description`.

What comes in is bounded by its own schema, and refused beyond that. What is answered follows from what is stored; where
its schema names no bound, the description gets one that no answer passes.
"""

import re
from collections.abc import Iterator
from typing import Any

LONGEST_TEXT, LONGEST_LIST, LARGEST = 100_000, 100_000, 2**53 - 1
_REFERENCE = re.compile(r"'#/components/schemas/([^']+)'")


def bound_answers(document: dict[str, Any]) -> None:
    """Put bounds on the schemas of a document that are of answers alone."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    coming_in = names_coming_in(document)
    for name, schema in schemas.items():
        if name not in coming_in:
            for one in parts(schema):
                _bound(one)
    for item in document["paths"].values():
        for operation in item.values():
            for one in parts(operation["responses"]):
                _bound(one)


def names_coming_in(document: dict[str, Any]) -> set[str]:
    """Names of the schemas that parameters and bodies of requests refer to, directly or through others."""
    schemas: dict[str, Any] = document["components"]["schemas"]
    asked = [
        operation.get(part) for item in document["paths"].values() for operation in item.values()
        for part in ("parameters", "requestBody")
    ]  # fmt: skip
    left, found = set(_REFERENCE.findall(str(asked))), set[str]()
    while left:
        name = left.pop()
        found.add(name)
        left |= set(_REFERENCE.findall(str(schemas[name]))) - found
    return found


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema with a type within a part of a document."""
    if isinstance(value, dict):
        if isinstance(value.get("type"), str):
            yield value
        for key, inner in value.items():
            if key not in ("example", "examples", "default", "enum"):
                yield from parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from parts(inner)


def is_bounded(schema: dict[str, Any]) -> bool:
    """Whether a schema says how much there may be of it."""
    if {"enum", "const", "format", "contentMediaType"} & schema.keys() and schema["type"] == "string":
        return True
    match schema["type"]:
        case "string":
            return "maxLength" in schema
        case "array":
            return "maxItems" in schema
        case "integer":
            low, high = {"minimum", "exclusiveMinimum"}, {"maximum", "exclusiveMaximum"}
            return "const" in schema or "enum" in schema or bool(low & schema.keys() and high & schema.keys())
        case _:
            return True


def _bound(schema: dict[str, Any]) -> None:
    if is_bounded(schema):
        return
    match schema["type"]:
        case "string":
            schema["maxLength"] = LONGEST_TEXT
        case "array":
            schema["maxItems"] = LONGEST_LIST
        case "integer":
            if not {"minimum", "exclusiveMinimum"} & schema.keys():
                schema["minimum"] = -LARGEST
            if not {"maximum", "exclusiveMaximum"} & schema.keys():
                schema["maximum"] = LARGEST
