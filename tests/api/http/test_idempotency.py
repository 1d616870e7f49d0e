"""A POST that is sent again under the same Idempotency-Key is done once, on both databases."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from matching.clock import now
from matching.database import session_scope
from matching.idempotency import KEPT, forget, prune
from tests.api.http.things import bare_service, client_of, names
from tests.api.town import WSP, town_on

SECRET = "9f2kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e"
KEY = {"Idempotency-Key": "7b1c-one", "Authorization": "Bearer a_1"}


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> TestClient:
    return client_of(bare_service(engine, tmp_path, secret_key=SECRET))


def kept(engine: Engine) -> list[Any]:
    with session_scope(engine, read_only=True) as session:
        return list(session.connection().execute(sa.select(KEPT)))


def test_the_same_again_gives_the_same_answer_and_makes_nothing_twice(client: TestClient, engine: Engine) -> None:
    first = client.post("/v1/things", json={"name": "Zwaantje"}, headers=KEY)
    again = client.post("/v1/things", json={"name": "Zwaantje"}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"]
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert names(engine) == ["Zwaantje"]


def test_another_process_gives_the_same_answer_after_the_first_one_died(engine: Engine, tmp_path: Path) -> None:
    client_of(bare_service(engine, tmp_path, secret_key=SECRET)).post("/v1/things", json={"name": "a"}, headers=KEY)
    engine.dispose()  # nobody read the answer; a new process knows what the database knows
    again = client_of(bare_service(engine, tmp_path, secret_key=SECRET)).post(
        "/v1/things", json={"name": "a"}, headers=KEY
    )
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert names(engine) == ["a"]


def test_a_key_that_was_used_for_something_else_is_refused(client: TestClient, engine: Engine) -> None:
    client.post("/v1/things", json={"name": "a"}, headers=KEY)
    for path, body in (("/v1/things", {"name": "b"}), ("/v1/things?x=1", {"name": "a"}), ("/v1/things", {"nam": 1})):
        other = client.post(path, json=body, headers=KEY)
        assert (other.status_code, other.json()["type"]) == (400, "urn:vonk:problem:idempotency.other_body")
        assert other.json()["errors"][0]["field"] == "Idempotency-Key"
    assert names(engine) == ["a"]


def test_a_key_is_of_one_account(client: TestClient, engine: Engine) -> None:
    for account in ("a_1", "a_2"):
        answer = client.post("/v1/things", json={"name": "a"}, headers=KEY | {"Authorization": f"Bearer {account}"})
        assert "idempotency-replayed" not in answer.headers
    assert names(engine) == ["a", "a"]


def test_without_a_key_each_request_makes_its_own(client: TestClient, engine: Engine) -> None:
    for _ in range(2):
        assert client.post("/v1/things", json={"name": "a"}).status_code == 201
    assert names(engine) == ["a", "a"]
    assert kept(engine) == []


def test_what_failed_changed_nothing_and_may_be_tried_again(client: TestClient, engine: Engine) -> None:
    for _ in range(2):
        failed = client.post("/v1/things", json={"name": "fails afterwards"}, headers=KEY)
        assert (failed.status_code, "idempotency-replayed" in failed.headers) == (409, False)
    assert (names(engine), kept(engine)) == ([], [])
    assert client.post("/v1/things", json={"name": "a"}, headers=KEY).status_code == 201


def test_a_file_is_taken_in_once_too(client: TestClient) -> None:
    def send(file: str) -> Any:
        part = f'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n{file}\r\n--b--\r\n'
        return client.post("/v1/files", content=part, headers=KEY | {"Content-Type": "multipart/form-data; boundary=b"})

    first, again, other = send("x" * 9), send("x" * 9), send("y" * 9)
    assert (first.json(), again.json()) == ({"n": 9}, {"n": 9})
    assert again.headers["idempotency-replayed"] == "true"
    assert other.json()["type"] == "urn:vonk:problem:idempotency.other_body"


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "caf\xe9"])
def test_a_key_is_bounded_and_printable(client: TestClient, engine: Engine, key: str) -> None:
    answer = client.post("/v1/things", json={"name": "a"}, headers={"Idempotency-Key": key.encode("latin-1")})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "Idempotency-Key")
    assert names(engine) == []


def test_of_several_at_once_one_does_it(client: TestClient, engine: Engine) -> None:
    together = threading.Barrier(4)

    def send(_: int) -> Any:
        together.wait(30)
        return client.post("/v1/things", json={"name": "a"}, headers=KEY)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(send, range(4)))
    assert names(engine) == ["a"]
    made = [one for one in answers if one.status_code == 201]
    assert len({one.content for one in made}) == 1
    assert [one.headers.get("idempotency-replayed") for one in made].count(None) == 1
    others = {one.json()["type"] for one in answers if one.status_code != 201}
    assert others <= {"urn:vonk:problem:idempotency.under_way"}


def test_nobody_can_read_a_kept_answer_without_the_key_of_the_client(client: TestClient, engine: Engine) -> None:
    client.post("/v1/things", json={"name": "Zwaantje"}, headers=KEY)
    (row,) = kept(engine)
    assert b"Zwaantje" not in row.sealed
    assert "7b1c" not in row.scope + row.fingerprint


def test_an_answer_goes_after_a_day_and_when_what_was_made_is_erased(
    client: TestClient, engine: Engine, tmp_path: Path
) -> None:
    settings = bare_service(engine, tmp_path, secret_key=SECRET).settings
    made = client.post("/v1/things", json={"name": "a"}, headers=KEY).json()["id"]
    with session_scope(engine) as session:
        assert prune(session, now(settings), at_most=10) == 0
        forget(session, "c_other")
    assert [row.about for row in kept(engine)] == [made]
    with session_scope(engine) as session:
        forget(session, made)
    assert kept(engine) == []
    client.post("/v1/things", json={"name": "b"}, headers=KEY)
    with session_scope(engine) as session:
        session.connection().execute(sa.update(KEPT).values(kept_until=now(settings)))
    later = client.post("/v1/things", json={"name": "c"}, headers=KEY)
    assert (later.status_code, later.json()["name"], len(kept(engine))) == (201, "c", 1)


def test_an_answer_that_was_sealed_under_another_secret_is_not_done_twice(engine: Engine, tmp_path: Path) -> None:
    client_of(bare_service(engine, tmp_path, secret_key=SECRET)).post("/v1/things", json={"name": "a"}, headers=KEY)
    with session_scope(engine) as session:
        session.connection().execute(sa.update(KEPT).values(sealed=b"something else"))
    again = client_of(bare_service(engine, tmp_path, secret_key=SECRET)).post(
        "/v1/things", json={"name": "a"}, headers=KEY
    )
    assert again.json()["type"] == "urn:vonk:problem:idempotency.lost"
    assert names(engine) == ["a"]


def test_what_was_answered_about_her_goes_when_she_is_erased(engine: Engine, tmp_path: Path) -> None:
    with town_on(engine, tmp_path / "data") as town:
        for number, (path, body) in enumerate(
            (
                ("/v1/introductions", {"candidateId": town.her, "vacancyId": town.job}),
                (f"/v1/candidates/{town.her}/contacts", {"kind": "phone", "minutes": 5, "note": "Het ging goed."}),
                (f"/v1/candidates/{town.her}/pauses", {"reason": "personal"}),
                (
                    f"/v1/candidates/{town.her}/legal-bases",
                    {"organisationId": WSP, "basis": "public_task", "reference": "Pw 7", "since": town.day(0)},
                ),
                (f"/v1/vacancies/{town.job}/overrides", {"candidateId": town.her, "direction": "out", "reason": "Nee"}),
            )
        ):
            answer = town.adviser.post(path, json=body, headers={"Idempotency-Key": f"key-{number}"})
            assert answer.status_code == 201, answer.text
        assert {row.about for row in kept(engine)} == {town.her}
        assert town.adviser.delete(f"/v1/candidates/{town.her}").status_code == 204
        assert kept(engine) == []
