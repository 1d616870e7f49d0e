"""The client against a real app, and against servers that fail on the way."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine

from api.client import TRIES, Client, ProblemError
from matching.database import session_scope
from matching.ranking import open_vacancy_ids
from tests.api.http.things import bare_service, client_of, names
from tests.api.serving import Served

Step = Callable[[httpx2.Request], httpx2.Response] | int


class Shaky(httpx2.BaseTransport):
    """A way to an app that breaks before or after some requests; then it passes them on."""

    def __init__(self, app: httpx2.Client, *breaks: str | int) -> None:
        self.app, self.breaks, self.keys, self.n_requests = app, list(breaks), set[str](), 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self.n_requests += 1
        self.keys.add(request.headers.get("idempotency-key", ""))
        step = self.breaks.pop(0) if self.breaks else "pass"
        if step == "before":
            raise httpx2.ConnectError("no connection")
        if isinstance(step, int):
            return httpx2.Response(step, headers={"Retry-After": "7"})
        answer = self.app.send(request)
        if step == "after":
            raise httpx2.ReadError("the answer was lost")
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)


@pytest.fixture
def app(sqlite_engine: Engine, tmp_path: Path) -> httpx2.Client:
    return client_of(bare_service(sqlite_engine, tmp_path))


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def shaky(app: httpx2.Client, waits: list[float]) -> Iterator[Callable[..., tuple[Client, Shaky]]]:
    made: list[Client] = []

    def make(*breaks: str | int, **options: str) -> tuple[Client, Shaky]:
        way = Shaky(app, *breaks)
        made.append(Client("http://127.0.0.1:8000", transport=way, wait=waits.append, **options))  # type: ignore[arg-type]
        return made[-1], way

    yield make
    for one in made:
        one.close()


Make = Callable[..., tuple[Client, Shaky]]


def test_a_ranking_and_an_explanation_are_typed(world: Served) -> None:
    with session_scope(world.service.engine, read_only=True) as session:
        vacancy = open_vacancy_ids(session)[0]
    token = world.client.headers["Authorization"].removeprefix("Bearer ")
    with Client("http://127.0.0.1:8000", token=token, transport=Shaky(world.client), language="en") as client:
        ranking = client.ranking(vacancy, limit=2)
        assert [item.rank for item in ranking.items] == [1, 2]
        explanation = client.explanation(vacancy, ranking.items[0].candidate_id)
        assert explanation.score == pytest.approx(ranking.items[0].score)
        with pytest.raises(ProblemError) as gone:
            client.ranking("v_nothere")
    assert (gone.value.status, gone.value.type, gone.value.title) == (
        404,
        "urn:vonk:problem:vacancy.unknown",
        "Not found",
    )


def test_what_is_made_is_made_once_however_often_it_is_sent(shaky: Make, sqlite_engine: Engine) -> None:
    client, way = shaky("before", "after", 503, "after", token="a_1")  # noqa: S106 - no secret: the name of an account
    made = client.create("/things", {"name": "a"})
    assert made.content["name"] == "a"
    assert made.location == f"/v1/things/{made.content['id']}"
    assert (way.n_requests, len(way.keys), names(sqlite_engine)) == (5, 1, ["a"])
    client.create("/things", {"name": "a"})
    assert (len(way.keys), names(sqlite_engine)) == (2, ["a", "a"])


def test_it_waits_as_long_as_the_server_says_and_gives_up_in_the_end(shaky: Make, waits: list[float]) -> None:
    client, way = shaky(429, 503)
    assert client.get("/versions/3").content == {"version": 3}
    assert waits == [7.0, 7.0]
    client, way = shaky(*[503] * TRIES)
    with pytest.raises(ProblemError) as full:
        client.get("/versions/3")
    assert (full.value.status, full.value.type, way.n_requests) == (503, "about:blank", TRIES)
    client, way = shaky(*["before"] * TRIES)
    with pytest.raises(httpx2.ConnectError):
        client.get("/versions/3")
    assert way.n_requests == TRIES
    assert all(0.1 <= one <= 7 for one in waits)


def test_bad_input_is_not_sent_again_and_names_its_fields(shaky: Make) -> None:
    client, way = shaky()
    with pytest.raises(ProblemError) as bad:
        client.create("/things", {"parts": [{"hours": 99}]})
    assert bad.value.errors == {"name": "Dit veld is nodig.", "parts.0.hours": "Dit mag hoogstens 40 zijn."}
    assert (bad.value.status, way.n_requests) == (400, 1)
    assert "nodig" not in str(bad.value)


def test_a_change_names_its_version_and_is_not_sent_again_when_nobody_knows(shaky: Make) -> None:
    client, way = shaky()
    read = client.get("/versions/3")
    assert client.change("/versions/3", {"name": "a"}, etag=read.etag).content == {"name": "a"}
    with pytest.raises(ProblemError) as stale:
        client.change("/versions/4", {"name": "a"}, etag=read.etag)
    assert stale.value.status == 412
    client, way = shaky("after")
    with pytest.raises(httpx2.ReadError):
        client.change("/versions/3", {"name": "a"}, etag=None)
    assert way.n_requests == 1


def test_a_list_is_read_to_its_end(shaky: Make) -> None:
    client, way = shaky()
    for number in range(5):
        client.create("/things", {"name": f"n{number}"})
    assert len(list(client.each("/things", {"limit": 2, "kind": "wsp"}))) == 5
    assert way.n_requests == 5 + 3
