"""Each field of each body, each parameter and each header with some two hundred nasty values.

What the description forbids is refused, each field by its name, and changes nothing; what it allows is accepted or
refused; nothing ends in 500. Values that are forbidden are sent in all fields of a level at once.
"""

import hashlib
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import pytest
import sqlalchemy as sa

from api.http.bodies import parsed
from api.http.input_words import field_of
from api.http.kinds import HttpProblem
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
KIND_ABOUT_CASE = ("None",)  # the level "none", which the description has in small letters alone
TEXTS_OF_ADDRESSES = NASTY_TEXTS[::4]  # the same few parameters stand in most addresses
LONGEST_ADDRESS = 60_000  # a client sends none that is longer
MOST_TOLD = 100  # what is wrong beyond these is not told
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


def at_once(whole: Any) -> Iterator[tuple[tuple[Any, ...], ...]]:
    """Places none of which lies in another, level by level: what is nasty in all of these is one body."""
    found = sorted(places(whole), key=len)
    for depth in sorted({len(path) for path in found}):
        yield tuple(path for path in found if len(path) == depth)


def is_plain(body: Any) -> bool:
    """Whether a body can be read at all; where it cannot, the first fault is told and no other."""
    try:
        parsed(json.dumps(body).encode())
    except HttpProblem:
        return False
    return True


def schema_of(asking: Asking, operation: Operation) -> Any:
    made_as = PATCHES.get(operation.id, operation.id)
    (made,) = [one for one in asking.operations() if one.id == made_as]
    return jsonschema_rs.Draft202012Validator(made.body, validate_formats=True)


def fits(schema: Any, body: Any) -> bool:
    try:
        return bool(schema.is_valid(body))
    except (ValueError, UnicodeEncodeError, OverflowError):
        return False  # no JSON at all


def sent(operation: Operation, body: Any, path: tuple[Any, ...]) -> Any:
    """What goes out: a body, or of a change the field that changes."""
    return {path[0]: body[path[0]]} if operation.id in PATCHES else body


def test_what_the_description_forbids_is_refused_by_name_and_changes_nothing(asking: Asking) -> None:
    wrong: list[Any] = []
    for operation in asking.operations():
        if operation.body is None or operation.id in PATCHES:  # these are by the same models
            continue
        schema, whole = schema_of(asking, operation), asking.body(operation.example)
        path, before = asking.path(operation.template), stored(asking)
        for nasty in NASTY:
            answer = None if fits(schema, nasty) else asking.send(operation, path, nasty)
            if answer is not None and not 400 <= answer.status_code < 500:
                wrong.append((operation.id, "body", answer.status_code, repr(nasty)[:80]))
            for group in at_once(whole):
                bad = [one for one in group if not fits(schema, put(whole, one, nasty))]
                if not bad:
                    continue
                body = whole
                for one in group:
                    body = put(body, one, nasty)
                answer = asking.send(operation, path, body)
                if not 400 <= answer.status_code < 500:
                    wrong.append((operation.id, bad, answer.status_code, repr(nasty)[:80], answer.text[:200]))
                elif answer.status_code == 400 and is_plain(body):
                    told = {one["field"] for one in answer.json()["errors"]}
                    if len(answer.json()["errors"]) == MOST_TOLD or nasty in KIND_ABOUT_CASE:
                        continue
                    names = {field_of(("body", *one)) for one in bad}
                    missed = sorted(one for one in names if not any(f"{name}.".startswith(f"{one}.") for name in told))
                    if missed:
                        wrong.append((operation.id, "not refused", missed, repr(nasty)[:80], sorted(told)))
        if stored(asking) != before:
            wrong.append((operation.id, "something was changed by what was refused"))
    assert wrong == []


def test_what_the_description_allows_is_accepted_or_refused_in_each_field(asking: Asking) -> None:
    wrong: list[Any] = []
    n_sent = 0
    for operation in asking.operations():
        if operation.body is None:
            continue
        schema, whole = schema_of(asking, operation), asking.body(EXAMPLES[PATCHES.get(operation.id, operation.id)])
        path = asking.path(operation.template)
        values = NASTY[::5] if operation.id == "previewVacancy" else NASTY  # fields as when one is made, but it ranks
        for place in places(whole):
            for nasty in values:
                body = put(whole, place, nasty)
                if not fits(schema, body):
                    continue
                answer = asking.send(operation, path, sent(operation, body, place))
                n_sent += 1
                if answer.status_code >= 500:
                    wrong.append((operation.id, place, answer.status_code, repr(nasty)[:80], answer.text[:200]))
    assert n_sent > 5_000
    assert wrong == []


def test_no_parameter_is_hurt_by_anything(asking: Asking) -> None:
    wrong = []
    before = stored(asking)
    for operation in asking.operations():
        example = asking.body(operation.example) if operation.body is not None else None
        for parameter in operation.parameters:
            if parameter["in"] == "query":
                path = asking.path(operation.template)
                paths = [f"{path}?{parameter['name']}={quote(text, errors='replace')}" for text in TEXTS_OF_ADDRESSES]
                paths.append(f"{path}?{'&'.join([parameter['name'] + '=1'] * 300)}")
            elif parameter["in"] == "path":
                paths = [
                    asking.path(operation.template, {parameter["name"]: quote(text, safe="", errors="replace")})
                    for text in TEXTS_OF_ADDRESSES
                    if text.strip("./ \t\r\n")  # such a path is another one
                ]
            else:
                continue
            for path in (one for one in paths if len(one) < LONGEST_ADDRESS):
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
