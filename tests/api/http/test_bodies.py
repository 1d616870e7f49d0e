"""What a request may be: every bad one is told with field and reason, and changes nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic_core import core_schema
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.http.input_words import NOT_FROM_OUTSIDE, REASON_OF, field_of
from api.wording import LOCALES, has_words
from tests.api.http.things import bare_service, client_of, names

PROBLEM = "application/problem+json"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client(sqlite_engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    client = client_of(bare_service(sqlite_engine, tmp_path, body_bytes=10_000, upload_bytes=50_000))
    yield client
    assert names(sqlite_engine) == []


def errors(answer: Any, status: int = 400) -> dict[str, str]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    return {one["field"]: one["reason"] for one in answer.json()["errors"]}


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        (b'{"name": "a"', "body", "Dit is geen geldige JSON. Het gaat mis bij teken 13."),
        (b"", "body", "Dit veld is nodig."),
        (b'{"name": "a\\u0000"}', "name", "Hier staat een teken in dat niet bewaard kan worden (NUL)."),
        (b'{"name": "a\\ud800"}', "name", "Hier staan tekens in die geen tekst zijn."),
        (b'{"name": "\xff"}', "body", "Dit is geen tekst in UTF-8."),
        (b'{"name": "a", "name": "b"}', "name", "Dit veld staat er twee keer."),
        (b'{"name": "a", "anything": [NaN]}', "anything.0", "Dit moet een gewoon getal zijn, niet oneindig."),
        (b'{"name": "a", "anything": -Infinity}', "anything", "Dit moet een gewoon getal zijn, niet oneindig."),
        (b'{"name": "a", "anything": 1e999}', "anything", "Dit moet een gewoon getal zijn, niet oneindig."),
        (b'{"name": "a", "anything": 9223372036854775808}', "anything", "Dit getal is te groot."),
        (b'{"name": "a", "anything": -9223372036854775809}', "anything", "Dit getal is te groot."),
        (b'{"name": "a", "anything": -' + b"1" * 5_000 + b"}", "anything", "Dit getal is te groot."),
        (b'{"name": "a", "anything": ' + b"[" * 40 + b"]" * 40 + b"}", "body", "hoogstens 32 lagen"),
        (b"[" * 5_000 + b"]" * 5_000, "body", "hoogstens 32 lagen"),
        (b'{"name": "a", "anything": {"b\\u0000": 1}}', "anything", "De naam van dit veld kan zo niet."),
        (b'{"name": "a", "parts": [{"hours": 41}]}', "parts.0.hours", "Dit mag hoogstens 40 zijn."),
        (b'{"name": "a", "parts": [{"hours": 1.5}]}', "parts.0.hours", "Dit moet een heel getal zijn."),
        (b'{"name": "a", "parts": {}}', "parts", "Dit moet een lijst zijn."),
        (b'{"name": 1}', "name", "Dit moet tekst zijn."),
        (b'{"name": "a", "nmae": 1}', "nmae", "Dit veld bestaat hier niet."),
        (b"[]", "body", "Dit moet een object zijn"),
    ],
)
def test_a_bad_body_names_the_field_and_the_reason(client: TestClient, body: bytes, field: str, reason: str) -> None:
    found = errors(client.post("/v1/things", content=body, headers=JSON))
    assert list(found) == [field]
    assert reason in found[field]


def test_every_problem_of_a_body_is_told_not_only_the_first(client: TestClient) -> None:
    body = {"parts": [{"hours": 0}, {"hours": "x", "ratio": 2}]}
    found = errors(client.post("/v1/things", json=body, headers={"Accept-Language": "en"}))
    assert found == {
        "name": "This field is needed.",
        "parts.0.hours": "This has to be 1 or more.",
        "parts.1.hours": "This has to be a whole number.",
        "parts.1.ratio": "This may be 1 at most.",
    }


def test_whole_numbers_of_64_bits_are_taken(client: TestClient) -> None:
    for number in (2**63 - 1, -(2**63)):
        body = json.dumps({"name": "", "anything": number})
        assert list(errors(client.post("/v1/things", content=body, headers=JSON))) == ["name"]


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/xml", "application/x-www-form-urlencoded", "application/json; charset=latin-1"],
)
def test_another_media_type_is_refused_and_the_right_one_named(client: TestClient, content_type: str) -> None:
    answer = client.post("/v1/things", content=b'{"name": "a"}', headers={"Content-Type": content_type})
    assert (answer.status_code, answer.headers["accept"]) == (415, "application/json")
    assert answer.json()["detail"] == "Hier kan alleen: application/json."


def test_a_patch_takes_a_merge_patch_and_a_post_does_not(client: TestClient) -> None:
    merge = {"Content-Type": "application/merge-patch+json", "If-Match": "*"}
    assert client.patch("/v1/versions/1", content=b'{"name": "a"}', headers=merge).json() == {"name": "a"}
    assert client.post("/v1/things", content=b'{"name": "a"}', headers=merge).status_code == 415


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    answer = client.post("/v1/things", json={"name": "a", "anything": "b" * 10_000})
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)
    assert answer.json()["detail"] == "Een aanvraag mag hier hoogstens 10.000 bytes groot zijn."


def test_a_body_without_a_length_is_refused_as_soon_as_it_is_too_large(client: TestClient) -> None:
    sent: list[int] = []

    def parts() -> Iterator[bytes]:
        for number in range(100):
            sent.append(number)
            yield b"x" * 1_000

    assert client.post("/v1/things", content=parts(), headers=JSON).status_code == 413


def test_an_address_is_bounded_and_is_utf_8(client: TestClient) -> None:
    assert client.get("/v1/things?kind=" + "a" * 9_000).json()["type"] == "urn:vonk:problem:url.too_long"
    assert errors(client.get("/v1/things?kind=%ff")) == {"kind": "Dit is geen tekst in UTF-8."}
    assert list(errors(client.get("/v1/things?kind=%00"))) == ["kind"]
    assert errors(client.get("/v1/%ff")) == {"path": "Dit is geen tekst in UTF-8."}
    assert errors(client.get("/v1/things?limit=99999999999999999999999")) == {"limit": "Dit mag hoogstens 200 zijn."}
    assert client.get("/v1/things", headers=[(f"x-{n}", "y") for n in range(101)]).status_code == 431


def test_what_the_field_finds_wrong_is_told_by_field_too(client: TestClient) -> None:
    found = errors(client.get("/v1/raises/invalid", headers={"Accept-Language": "en"}))
    assert found.keys() == {"hours.min", "tasks.0"}
    assert all(reason.endswith(".") for reason in found.values())
    assert client.get("/v1/raises/gone").json()["type"] == "urn:vonk:problem:vacancy.unknown"


def test_head_is_get_without_a_body_and_options_tells_all_methods_of_a_path(client: TestClient) -> None:
    head, get = client.head("/v1/things"), client.get("/v1/things")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"]
    options = client.options("/v1/things")
    assert (options.status_code, options.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    wrong = client.delete("/v1/things")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, HEAD, OPTIONS, POST")
    assert client.head("/v1/files").headers["allow"] == "OPTIONS, POST"
    assert client.options("/v1/nothing").status_code == 404


def test_every_kind_of_error_that_pydantic_knows_has_words() -> None:
    kinds = set(get_args(core_schema.ErrorType))
    assert len(kinds) > 100
    assert kinds - REASON_OF.keys() - NOT_FROM_OUTSIDE == set()
    assert NOT_FROM_OUTSIDE.isdisjoint(REASON_OF)
    for language in LOCALES:
        assert [one for one in REASON_OF.values() if not has_words(language, f"http.input.{one}")] == []


def test_a_field_is_a_dotted_path_and_never_what_cannot_be_a_name() -> None:
    assert field_of(("body", "tasks", 0, "text")) == "tasks.0.text"
    assert field_of(("body",)) == "body"
    assert field_of(("header", "If-Match")) == "If-Match"
    assert field_of(("body", "anything", "jan jansen\n", "x" * 65)) == "anything"
