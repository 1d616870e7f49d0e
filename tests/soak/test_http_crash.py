"""A server that is killed around a commit: what was asked with an Idempotency-Key is done once, and told."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.api.conftest import installation as installation
from tests.api.http.conftest import Start
from tests.api.http.conftest import start as start

pytestmark = pytest.mark.soak

KEY = {"Idempotency-Key": "7b1c-one", "Authorization": "Bearer a_1"}


def made(client: httpx2.Client) -> Iterator[str]:
    for one in client.get("/v1/things?limit=200").json()["items"]:
        yield one["name"].partition("#")[0]


def test_a_server_that_is_killed_before_or_after_its_commit_does_it_once(start: Start) -> None:
    server = start()
    for moment, done in (("before", 0), ("after", 1)):
        with server.client() as client, pytest.raises(httpx2.TransportError):
            client.post("/v1/things", json={"name": "a"}, headers=KEY | {"X-Die": moment})
        assert server.process.wait(60) == -9
        server = start(again=server.data_dir)
        with server.client() as client:
            assert len(list(made(client))) == done
    with server.client() as client:
        told = client.post("/v1/things", json={"name": "a"}, headers=KEY)
        assert (told.status_code, told.headers["idempotency-replayed"]) == (201, "true")
        assert told.json()["name"] == "a"
        assert list(made(client)) == ["a"]
    assert server.stop() == 0
