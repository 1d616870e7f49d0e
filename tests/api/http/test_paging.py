"""A list in parts shows everything once, and a cursor tells nothing and fits one list."""

import base64
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.http.paging import CURSOR_LENGTH
from matching.database import session_scope
from tests.api.http.things import KEPT, bare_service, client_of

NAMES = [f"Zwaantje {number:02}" for number in range(11)]


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> TestClient:
    with session_scope(engine) as session:
        rows = [{"id": f"o_{number:02}", "kind": "wsp", "name": name} for number, name in enumerate(NAMES)]
        session.connection().execute(sa.insert(KEPT), rows)
    return client_of(bare_service(engine, tmp_path))


def test_all_parts_together_are_the_list(client: TestClient) -> None:
    shown, address, n_parts = [], "/v1/things?limit=4&kind=wsp", 0
    while address is not None:
        body = client.get(address).json()
        assert body.keys() == {"items", "next"}
        shown += [one["name"] for one in body["items"]]
        assert len(body["items"]) <= 4
        address, n_parts = body["next"], n_parts + 1
        assert address is None or address.startswith("/v1/things?limit=4&kind=wsp&cursor=")
    assert (shown, n_parts) == (NAMES, 3)


def test_an_exact_fit_has_no_further_part(client: TestClient) -> None:
    assert client.get("/v1/things?limit=11").json()["next"] is None
    assert client.get("/v1/things?limit=200").json()["next"] is None


def test_a_cursor_tells_nothing_of_where_the_list_is(client: TestClient) -> None:
    cursor = client.get("/v1/things?limit=4").json()["next"].partition("cursor=")[2]
    assert b"Zwaantje" not in base64.urlsafe_b64decode(cursor + "==")
    assert len(cursor) < CURSOR_LENGTH


def test_a_cursor_that_is_not_of_this_list_is_refused(client: TestClient) -> None:
    ours = client.get("/v1/things?limit=4&kind=wsp").json()["next"].partition("cursor=")[2]
    assert client.get(f"/v1/things?kind=wsp&cursor={ours}&limit=2&language=en").status_code == 200
    changed = ours[:-2] + ("AA" if ours[-2:] != "AA" else "BB")
    for cursor, kind in ((ours, "other"), (changed, "wsp"), ("", "wsp"), ("AAAA", "wsp"), ("é!", "wsp")):
        answer = client.get("/v1/things", params={"cursor": cursor, "kind": kind})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "cursor"), cursor
    assert client.get("/v1/things?cursor=" + "A" * (CURSOR_LENGTH + 1)).json()["errors"][0]["field"] == "cursor"
    for limit in ("0", "201", "-1", "1.5", "x"):
        assert client.get(f"/v1/things?limit={limit}").json()["errors"][0]["field"] == "limit"
