"""Each field of each body, each parameter and each header with some two hundred nasty values.

What the description forbids is refused and changes nothing; what it allows is accepted or refused; nothing ends in 500.
"""

import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import pytest
import sqlalchemy as sa

from api.schemas.examples import EXAMPLES
from matching.tables import metadata
from tests.api.serving import Served
from tests.contract.asking import Asking, Operation
from tests.contract.conftest import tried as tried
from tests.contract.nasty import NASTY, NASTY_TEXTS

pytestmark = pytest.mark.soak

# A change names some fields of what was made, as a merge patch; any of them may be nasty.
PATCHES = {
    "changeCandidate": "createCandidate",
    "changeVacancy": "createVacancy",
    "changeShortlist": "createShortlist",
    "changeSavedSearch": "createSavedSearch",
}
NOT_COUNTED = ("audit", "counts_asked", "exposure", "sign_in", "occupation", "skill_", "skills", "postcodes")
HEADERS = ("If-Match", "If-None-Match", "Idempotency-Key", "Accept-Language", "Accept", "X-Request-Id", "Content-Type")


@pytest.fixture(scope="module")
def asking(tried: Served) -> Asking:
    return Asking(tried)


def stored(asking: Asking) -> str:
    """A digest of all that is stored, but for what is noted of the asking itself, and for the reference set."""
    digest = hashlib.sha256()
    with asking.served.service.engine.connect() as connection:
        for table in metadata.sorted_tables:
            if not table.name.startswith(NOT_COUNTED):
                rows = connection.execute(sa.select(table).order_by(*table.primary_key)).all()
                digest.update(repr((table.name, rows)).encode())
    return digest.hexdigest()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something stands in a body: fields, and the first of each list."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*path, 0))


def put(value: Any, path: tuple[Any, ...], nasty: Any) -> Any:
    """The body with something else in one place."""
    if not path:
        return nasty
    first, *rest = path
    if isinstance(value, dict):
        return value | {first: put(value[first], tuple(rest), nasty)}
    return [put(value[0], tuple(rest), nasty), *value[1:]]


def bodies(operation: Operation) -> Iterator[tuple[Any, Any, str]]:
    """Bodies to send, the same as it has to fit the schema, and the place that is nasty."""
    made_as = PATCHES.get(operation.id)
    whole = EXAMPLES[made_as or operation.id]
    for nasty in NASTY:
        yield nasty, nasty, "body"
    for path in places(whole):
        for nasty in NASTY:
            body = put(whole, path, nasty)
            name = ".".join(str(part) for part in path)
            if made_as is None:
                yield body, body, name
            elif nasty is not None and not isinstance(nasty, dict):  # these merge
                yield {path[0]: body[path[0]]}, body, name


def schema_of(asking: Asking, operation: Operation) -> Any:
    made_as = PATCHES.get(operation.id, operation.id)
    (made,) = [one for one in asking.operations() if one.id == made_as]
    return jsonschema_rs.Draft202012Validator(made.body, validate_formats=True)


def fits(schema: Any, body: Any) -> bool:
    try:
        return bool(schema.is_valid(body))
    except (ValueError, UnicodeEncodeError, OverflowError):
        return False  # no JSON at all


def with_bodies(asking: Asking) -> list[str]:
    return [one.id for one in asking.operations() if one.body is not None]


def test_no_field_of_a_body_is_hurt_by_anything(asking: Asking) -> None:
    wrong, n_sent = [], 0
    for operation in asking.operations():
        if operation.body is None:
            continue
        schema = schema_of(asking, operation)
        path = asking.path(operation.template)
        allowed = []
        before = stored(asking)
        for body, as_made, place in bodies(operation):
            if fits(schema, asking.body(as_made)):
                allowed.append((body, place))
                continue
            answer = asking.send(operation, path, asking.body(body))
            n_sent += 1
            if not 400 <= answer.status_code < 500 or "vonk:problem" not in answer.text:
                wrong.append((operation.id, place, answer.status_code, repr(body)[:80], answer.text[:200]))
        if stored(asking) != before:
            wrong.append((operation.id, "something was changed by what was refused"))
        for body, place in allowed:
            answer = asking.send(operation, path, asking.body(body))
            n_sent += 1
            if answer.status_code >= 500:
                wrong.append((operation.id, place, answer.status_code, repr(body)[:80], answer.text[:200]))
    assert n_sent > 10_000
    assert wrong == []


def test_no_parameter_is_hurt_by_anything(asking: Asking) -> None:
    wrong = []
    before = stored(asking)
    for operation in asking.operations():
        example = asking.body(operation.example) if operation.body is not None else None
        for parameter in operation.parameters:
            if parameter["in"] == "query":
                path = asking.path(operation.template)
                paths = [f"{path}?{parameter['name']}={quote(text, errors='replace')}" for text in NASTY_TEXTS]
                paths.append(f"{path}?{'&'.join([parameter['name'] + '=1'] * 300)}")
            elif parameter["in"] == "path":
                paths = [
                    asking.path(operation.template, {parameter["name"]: quote(text, safe="", errors="replace")})
                    for text in NASTY_TEXTS
                    if text.strip("./ \t\r\n")  # such a path is another one
                ]
            else:
                continue
            for path in paths:
                answer = asking.send(operation, path, example)
                fault = answer.status_code >= 500 or (parameter["in"] == "path" and answer.status_code < 400)
                if fault:
                    wrong.append((operation.id, parameter["name"], answer.status_code, path[:120], answer.text[:200]))
    assert stored(asking) == before
    assert wrong == []


def test_no_header_is_hurt_by_anything(asking: Asking) -> None:
    wrong = []
    for operation in asking.operations():
        if operation.id not in ("getCandidate", "changeCandidate", "createShortlist", "getRanking"):
            continue
        path = asking.path(operation.template)
        for name in HEADERS:
            for text in NASTY_TEXTS:
                value = text.encode("utf-8", "replace").replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")
                headers = {
                    "If-Match": b"*",
                    "Content-Type": (operation.media_type or "text/plain").encode(),
                    name: value,
                }
                content = b"{}" if operation.body is not None else None
                answer = asking.client.request(operation.method, path, headers=headers, content=content)
                if answer.status_code >= 500:
                    wrong.append((operation.id, name, answer.status_code, value[:80], answer.text[:200]))
    assert wrong == []
