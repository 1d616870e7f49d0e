"""Who changes something says which version she read; who reads again is told when nothing changed."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from tests.api.http.things import bare_service, client_of

NAME = {"name": "a"}


@pytest.fixture
def client(sqlite_engine: Engine, tmp_path: Path) -> TestClient:
    return client_of(bare_service(sqlite_engine, tmp_path))


def test_a_change_needs_the_version_that_was_read(client: TestClient) -> None:
    tag = client.get("/v1/versions/7").headers["etag"]
    assert tag == '"7.nl"'
    missing = client.patch("/v1/versions/7", json=NAME)
    assert (missing.status_code, missing.json()["type"]) == (428, "urn:vonk:problem:precondition.required")
    for good in (tag, '"3.nl", "7.en"', "*"):
        assert client.patch("/v1/versions/7", json=NAME, headers={"If-Match": good}).status_code == 200
    for stale in ('"6.nl"', '"77.nl"', f"W/{tag}", '""'):
        answer = client.patch("/v1/versions/7", json=NAME, headers={"If-Match": stale})
        assert (answer.status_code, answer.json()["type"]) == (412, "urn:vonk:problem:precondition.stale")


@pytest.mark.parametrize("said", ["7", '"7.nl" "8.nl"', '"7', "x" * 1_001])
def test_what_is_no_etag_is_bad_input(client: TestClient, said: str) -> None:
    answer = client.patch("/v1/versions/7", json=NAME, headers={"If-Match": said})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "If-Match")


def test_who_has_this_version_gets_no_body_again(client: TestClient) -> None:
    for said in ('"7.nl"', 'W/"7.nl"', '"1.nl", "7.nl"', "*"):
        answer = client.get("/v1/versions/7", headers={"If-None-Match": said})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"7.nl"')
        assert answer.headers["api-version"]
    assert client.head("/v1/versions/7", headers={"If-None-Match": '"7.nl"'}).status_code == 304
    assert client.get("/v1/versions/7", headers={"If-None-Match": '"6.nl"'}).json() == {"version": 7}
    english = {"If-None-Match": '"7.nl"', "Accept-Language": "en"}
    assert client.get("/v1/versions/7", headers=english).headers["etag"] == '"7.en"'
