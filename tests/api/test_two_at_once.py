"""Two who change one thing at the same moment, both from the version that they read: one is told, nothing is lost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from matching.actors import Grant, Role
from matching.database import session_scope
from matching.tables import metadata
from tests.api.town import FIRM, Town, told, town_on

PLACEMENT = {"kind": "job", "startsOn": "2027-02-01", "legalEmployer": "De Firma"}
SECONDS = 30


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Iterator[Town]:
    with town_on(engine, tmp_path) as town:
        yield town


def account(town: Town, keeper: TestClient) -> str:
    return f"/v1/accounts/{told(keeper.post('/v1/accounts', json={'name': 'Een'}), 201)['id']}"


def shortlist(town: Town, keeper: TestClient) -> str:
    return f"/v1/shortlists/{told(town.adviser.post('/v1/shortlists', json={'title': 'Een'}), 201)['id']}"


def search(town: Town, keeper: TestClient) -> str:
    body = {"title": "Een", "text": "zorg"}
    return f"/v1/saved-searches/{told(town.adviser.post('/v1/saved-searches', json=body), 201)['id']}"


def placement(town: Town, keeper: TestClient) -> str:
    made = told(town.coach.post("/v1/placements", json=PLACEMENT | {"candidateId": town.her}), 201)
    return f"/v1/placements/{made['id']}"


def pause(town: Town, keeper: TestClient) -> str:
    path = f"/v1/candidates/{town.her}/pauses"
    return f"{path}/{told(town.coach.post(path, json={'reason': 'other'}), 201)['id']}"


def outcome(town: Town, keeper: TestClient) -> str:
    introduction = town.introduce()
    made = told(town.record(introduction, "candidate_agreed"), 201)
    return f"/v1/introductions/{introduction}/outcomes/{made['id']}"


def version(asks: TestClient, path: str) -> str:
    """The version of a thing as it stands, for If-Match."""
    collection, _, identifier = path.rpartition("/")
    if collection.endswith(("pauses", "outcomes")):
        found = next(one for one in told(asks.get(collection))["items"] if one["id"] == identifier)
        return f'"{found["version"]}"'
    answer = asks.get(path)
    told(answer)
    return str(answer.headers["etag"])


@contextmanager
def held(engine: Engine, table: str) -> Iterator[None]:
    """Nobody gets to write of this; on PostgreSQL until both wait for it."""
    with session_scope(engine) as session:
        for name in {"candidates", table}:
            session.connection().execute(sa.select(metadata.tables[name]).with_for_update()).all()
        yield
        if engine.dialect.name == "postgresql":
            never, until = Event(), monotonic() + SECONDS
            while waiting(engine) < 2:
                assert monotonic() < until, "they do not wait"
                never.wait(0.01)


def waiting(engine: Engine) -> int:
    """How many wait for a lock in this database of PostgreSQL."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with engine.connect() as connection:
        return int(connection.execute(sa.text(query)).scalar_one())


# What is changed, by whom, how, what two say of it, and in which table its row is.
Case = tuple[Callable[[Town, TestClient], str], str, str, dict[str, Any], dict[str, Any], str]
CASES: dict[str, Case] = {
    "account": (account, "keeper", "PATCH", {"name": "Twee"}, {"phone": "0612345678"}, "accounts"),
    "organisation": (
        lambda town, keeper: f"/v1/organisations/{FIRM}",
        "keeper",
        "PATCH",
        {"name": "Twee"},
        {"region": "AM01"},
        "organisations",
    ),
    "candidate": (
        lambda town, keeper: f"/v1/candidates/{town.her}",
        "coach",
        "PATCH",
        {"travel": {"maxMinutes": 20}},
        {"hours": {"min": 8}},
        "candidates",
    ),
    "vacancy": (
        lambda town, keeper: f"/v1/vacancies/{town.job}",
        "employer",
        "PATCH",
        {"title": "Twee"},
        {"team": "Dag"},
        "vacancies",
    ),
    "card": (
        lambda town, keeper: f"/v1/candidates/{town.her}/card",
        "coach",
        "PUT",
        {"about": "Ik werk graag.", "shows": ["skills"]},
        {"about": "Ik leer graag.", "shows": []},
        "cards",
    ),
    "shortlist": (shortlist, "adviser", "PATCH", {"title": "Twee"}, {"shared": True}, "shortlists"),
    "search": (search, "adviser", "PATCH", {"title": "Twee"}, {"text": "schoonmaak"}, "saved_searches"),
    "placement": (placement, "coach", "PATCH", {"legalEmployer": "Twee"}, {"startsOn": "2027-02-02"}, "placements"),
    "pause": (pause, "coach", "PATCH", {"resumesOn": "2027-04-01"}, {"since": "2027-02-01"}, "pauses"),
    "outcome": (outcome, "coach", "PATCH", {"note": "Zij wil graag."}, {"until": "2027-05-01"}, "outcomes"),
}


@pytest.mark.parametrize("name", CASES)
def test_of_two_who_change_at_once_one_is_told_that_it_was_changed(town: Town, name: str) -> None:
    make, who, method, *bodies, table = CASES[name]
    keeper = town.world.signed_in(Grant(Role.ADMINISTRATOR))
    path = make(town, keeper)
    asks: TestClient = keeper if who == "keeper" else getattr(town, who)
    first = version(asks, path)
    assert asks.request(method, path, json=bodies[0]).status_code == 428
    with ThreadPoolExecutor(2) as threads:
        with held(town.engine, table):
            asked = [
                threads.submit(asks.request, method, path, json=body, headers={"If-Match": first}) for body in bodies
            ]
        answers = [one.result() for one in asked]
    assert sorted(one.status_code for one in answers) == [200, 412], [one.text for one in answers]
    (refused,) = (one for one in answers if one.status_code == 412)
    assert refused.json()["type"] == "urn:vonk:problem:precondition.stale"
    assert version(asks, path) != first
