"""Too much, too fast and too slow are told so, and do no harm to others."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from api.commands.serving import send_at_once
from api.http.rates import KEPT_KEYS, Buckets
from matching.database import create_engine as open_database
from matching.settings import Settings
from tests.api.http import things
from tests.api.http.conftest import Running, Start
from tests.api.http.things import bare_service, client_of, names

PROBLEM = "application/problem+json"


@pytest.fixture(autouse=True)
def _not_released() -> Iterator[None]:
    things.released.clear()
    yield
    things.released.set()


def test_a_bucket_allows_a_minute_at_once_and_fills_evenly() -> None:
    now = [0.0]
    buckets = Buckets(60, clock=lambda: now[0])
    assert [buckets.take("a") for _ in range(60)] == [0.0] * 60
    assert buckets.take("a") == pytest.approx(1)
    assert buckets.take("b") == 0
    now[0] = 2.5
    assert [buckets.take("a") > 0 for _ in range(3)] == [False, False, True]
    now[0] = 1e6
    assert [buckets.take("a") > 0 for _ in range(61)] == [False] * 60 + [True]


def test_buckets_forget_who_did_not_ask_for_longest() -> None:
    buckets = Buckets(1, clock=lambda: 0.0)
    for number in range(KEPT_KEYS + 1):
        buckets.take(str(number))
    assert buckets.take("0") == 0
    assert buckets.take(str(KEPT_KEYS)) > 0


def test_who_asks_too_often_is_told_when_to_come_back(sqlite_engine: Engine, tmp_path: Path) -> None:
    service = bare_service(sqlite_engine, tmp_path, anonymous_per_minute=2, account_per_minute=3, sign_in_per_minute=1)
    client = client_of(service)
    anonymous = [client.get("/v1/things") for _ in range(3)]
    assert [one.status_code for one in anonymous] == [200, 200, 429]
    assert anonymous[2].headers["content-type"] == PROBLEM
    assert 0 < int(anonymous[2].headers["retry-after"]) <= 30
    assert anonymous[2].json()["type"] == "urn:vonk:problem:rate.exceeded"
    accounts = [client.get("/v1/things", headers={"Authorization": "Bearer a_1"}).status_code for _ in range(4)]
    assert accounts == [200, 200, 200, 429]
    assert client.get("/v1/things", headers={"Authorization": "Bearer a_2"}).status_code == 200
    assert client.get("/health/live").status_code == 200
    wrong = [client.get("/v1/things", headers={"Authorization": "Bearer nobody"}).status_code for _ in range(2)]
    assert wrong == [429, 429], "no credentials that are wrong either, while the address asks too much"


def test_attempts_to_sign_in_are_counted_apart_for_each_address(sqlite_engine: Engine, tmp_path: Path) -> None:
    service = bare_service(sqlite_engine, tmp_path, sign_in_per_minute=1, trusted_proxies="127.0.0.0/8")
    client = client_of(service)

    def sign_in(address: str) -> int:
        return client.post("/v1/sessions", headers={"X-Forwarded-For": address}).status_code

    assert [sign_in("192.0.2.1"), sign_in("192.0.2.1"), sign_in("192.0.2.2")] == [200, 429, 200]
    one_subscriber = [sign_in("2001:db8:0:1::1"), sign_in("2001:db8:0:1::2"), sign_in("2001:db8:0:2::1")]
    assert one_subscriber == [200, 429, 200]


def test_an_address_that_a_client_makes_up_is_not_believed(sqlite_engine: Engine, tmp_path: Path) -> None:
    client = client_of(bare_service(sqlite_engine, tmp_path, sign_in_per_minute=1))
    made_up = [client.post("/v1/sessions", headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in (1, 2)]
    assert made_up == [200, 429]


def test_who_waits_too_long_is_told_so_and_what_is_written_then_is_rolled_back(engine: Engine, tmp_path: Path) -> None:
    with client_of(bare_service(engine, tmp_path, request_seconds=0.3)) as client:
        answer = client.post("/v1/slow-things", json={"name": "a"})
        assert (answer.status_code, answer.headers["content-type"]) == (504, PROBLEM)
        assert answer.json()["type"] == "urn:vonk:problem:request.took_too_long"
        things.released.set()
        assert client.post("/v1/things", json={"name": "b"}).status_code == 201  # SQLite: waits for the first to end
    assert names(engine) == ["b"]


@pytest.mark.soak
def test_a_server_that_is_full_says_so_and_can_still_be_watched(start: Start) -> None:
    server = start(concurrent_requests="1")
    with server.client() as client, ThreadPoolExecutor(6) as pool:
        slow = pool.submit(client.get, "/v1/waits")
        _until((server.data_dir / "waiting").exists)
        full = [pool.submit(client.get, "/v1/things") for _ in range(5)]
        told = [one.result() for one in full]
        assert [one.status_code for one in told] == [429] * 5
        assert {one.headers["retry-after"] for one in told} == {"25"}
        assert client.get("/health/ready").status_code == 200
        (server.data_dir / "released").touch()
        assert slow.result().status_code == 200
        assert client.get("/v1/things").status_code == 200


def test_every_request_that_is_worked_on_can_have_two_connections(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, concurrent_requests=12)
    engine = open_database(settings)
    with ExitStack() as stack:
        began = time.monotonic()
        held = [stack.enter_context(engine.connect()) for _ in range(2 * 12)]
        assert (len(held), time.monotonic() - began < 20) == (24, True), "none waits for another"
    engine.dispose()


def test_a_body_is_refused_before_all_of_it_was_sent(short_of_time: Running) -> None:
    server = short_of_time
    head = b"POST /v1/things HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    said, answer = server.raw(head + b"Content-Length: 3000\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert PROBLEM.encode() in answer
    said.close()
    chunk = b"5dc\r\n" + b"x" * 1_500 + b"\r\n"
    said, answer = server.raw(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk + chunk)
    assert answer.startswith(b"HTTP/1.1 413 ")
    said.close()
    said, answer = server.raw(head + b"Content-Length: 30\r\n\r\n{")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in answer.lower()
    said.close()
    said, answer = server.raw(b"GET /v1/things HTTP/1.1\r\nHost: x\r\nX-Long: " + b"y" * 70_000)
    assert answer.startswith(b"HTTP/1.1 400 ")
    said.close()
    with server.client() as client:
        assert client.post("/v1/things", json={"name": "a"}).status_code == 201


def test_a_connection_on_which_no_request_begins_is_closed(short_of_time: Running) -> None:
    server = short_of_time
    for said in (b"G", b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Slow: y"):
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
        connection.sendall(said)
        assert connection.recv(10) == b""
        connection.close()
    connection, answer = server.raw(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    connection.sendall(b"GET /health/live HTTP/1.1\r\nX: ")
    while part := connection.recv(65_536):
        assert not part.startswith(b"HTTP/1.1 4")
    connection.close()


def test_an_answer_does_not_wait_for_the_client_to_confirm_its_head() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        send_at_once(listener)
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_file_may_be_larger_than_other_bodies(sqlite_engine: Engine, tmp_path: Path) -> None:
    client = client_of(bare_service(sqlite_engine, tmp_path, body_bytes=2_000, upload_bytes=20_000))
    assert client.post("/v1/files", files={"file": b"x" * 10_000}).json() == {"n": 10_000}
    assert client.post("/v1/files", files={"file": b"x" * 20_000}).status_code == 413
    other = client.post("/v1/files", json={"file": "x"})
    assert (other.status_code, other.headers["accept"]) == (415, "multipart/form-data")
    broken = client.post(
        "/v1/files", content=b"--a\r\nnothing", headers={"Content-Type": "multipart/form-data; boundary=b"}
    )
    assert (broken.status_code, broken.headers["content-type"]) == (400, PROBLEM)


def test_a_database_that_is_away_is_no_fault_of_who_asks(sqlite_engine: Engine, tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path / 'no' / 'x.db'}", "postgresql+psycopg://nobody@127.0.0.1:1/none"):
        engine = create_engine(url)
        answer = client_of(bare_service(engine, tmp_path)).get("/v1/things")
        assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)
        assert answer.headers["retry-after"] == "5"
        assert answer.json()["type"] == "urn:vonk:problem:database.away"
        engine.dispose()


def test_a_database_without_room_is_told_as_that(sqlite_engine: Engine, tmp_path: Path) -> None:
    client = client_of(bare_service(sqlite_engine, tmp_path))

    def no_more_pages(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # it stays at what there is

    event.listen(sqlite_engine, "checkout", no_more_pages)
    answers = [client.post("/v1/things", json={"name": f"{n:080}"}) for n in range(60)]
    full = [one for one in answers if one.status_code != 201]
    assert full
    for answer in full:
        assert (answer.status_code, answer.headers["content-type"]) == (507, PROBLEM)
        assert answer.json()["type"] == "urn:vonk:problem:storage.full"
        assert answer.headers["retry-after"]
    assert len(names(sqlite_engine)) == len(answers) - len(full)


def test_a_database_that_was_asked_wrongly_is_our_fault(engine: Engine, tmp_path: Path) -> None:
    answer = client_of(bare_service(engine, tmp_path)).get("/v1/raises/wrong")
    assert (answer.status_code, answer.json()["type"]) == (500, "urn:vonk:problem:internal")
    assert "marker" not in answer.text


def _until(holds: object) -> None:
    """Wait for something that another process does; a minute at most."""
    never, until = threading.Event(), time.monotonic() + 60
    while not holds() and time.monotonic() < until:  # type: ignore[operator]
        never.wait(0.01)
