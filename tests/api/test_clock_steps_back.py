"""The clock of the machine is set back, an hour or a day: who is in stays in, work goes on, nothing is done twice."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from matching.actors import Grant, Role
from matching.attempts import LONGEST
from matching.database import session_scope
from matching.record import seal_all, verify
from matching.record.anchor import anchor_file
from tests.api.conftest import Installation
from tests.api.people import ADVISER, House, house, sign_in
from tests.api.town import Town, told, town_on

BACK = (timedelta(hours=1), timedelta(days=1))


@pytest.fixture
def home(installation: Installation, tmp_path: Path) -> Iterator[House]:
    shutil.copytree(installation.data_dir, tmp_path / "data")
    with house(tmp_path) as made:
        yield made


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Iterator[Town]:
    with town_on(engine, tmp_path) as town:
        yield town


def step(town: Town, by: timedelta) -> None:
    """Set the clock of the town."""
    clock = town.world.service.settings.clock
    assert clock is not None
    clock.write_text((town.now + by).isoformat(), encoding="utf-8")


@pytest.mark.parametrize("back", BACK)
def test_who_signed_in_stays_in_and_others_can(home: House, back: timedelta) -> None:
    for email in ("een@voorbeeld.example", "twee@voorbeeld.example"):
        home.account(email, ADVISER)
    browser = home.signed_in("een@voorbeeld.example")
    token = home.served.signed_in(ADVISER)
    home.later(seconds=-back.total_seconds())
    for client in (browser, home.signed_in("twee@voorbeeld.example"), home.signed_in("een@voorbeeld.example")):
        assert client.get("/start").status_code == 200
        assert client.get("/account").status_code == 200
    assert token.get("/v1/candidates").status_code == 200
    home.later(seconds=back.total_seconds())
    assert browser.get("/start").status_code == 200


@pytest.mark.parametrize("back", BACK)
def test_who_has_to_wait_waits_no_longer_for_it(home: House, back: timedelta) -> None:
    home.account("een@voorbeeld.example", ADVISER)
    browser = home.browser()
    statuses = {sign_in(browser, "een@voorbeeld.example", f"verkeerd {turn}").status_code for turn in range(12)}
    assert 429 in statuses
    home.later(seconds=-back.total_seconds())
    home.later(seconds=LONGEST.total_seconds() + 1)
    assert sign_in(browser, "een@voorbeeld.example").status_code == 303


def made(client: TestClient, path: str, body: dict[str, Any], key: str) -> tuple[dict[str, Any], bool]:
    """What is made with a key, and whether it was made before."""
    answer = client.post(path, json=body, headers={"Idempotency-Key": key})
    return told(answer, 201), "idempotency-replayed" in answer.headers


def test_work_goes_on_and_nothing_is_done_twice(town: Town) -> None:
    asked, settings = town.world.client, town.world.service.settings
    body = {"region": "AM01", "travel": {"maxMinutes": 1}}
    first, _ = made(asked, "/v1/candidates", body, "first")
    path, minutes = f"/v1/candidates/{first['id']}", 1
    ids = {first["id"]}
    seal_all(town.engine, settings)
    for number, back in enumerate(BACK):
        old = asked.get(path).headers["etag"]
        step(town, -back)
        assert made(asked, "/v1/candidates", body, "first") == (first, True)
        other, again = made(asked, "/v1/candidates", body, f"other {number}".replace(" ", "-"))
        assert not again
        ids.add(other["id"])
        minutes += 1
        change = {"travel": {"maxMinutes": minutes}}
        changed = asked.patch(path, json=change, headers={"If-Match": old})
        assert told(changed)["travel"]["maxMinutes"] == minutes
        assert changed.headers["etag"] not in (old, None)
        assert asked.patch(path, json=change, headers={"If-Match": old}).status_code == 412
        assert town.world.service.keeper.catch_up().today == town.today
        seal_all(town.engine, settings)
    assert len(ids) == 1 + len(BACK)
    assert ids <= set(listed(asked, "/v1/candidates?limit=1"))
    with session_scope(town.engine, read_only=True) as session:
        found = verify(session, anchor_file(settings))
    assert (found.sound, found.n_batches) == (True, 1 + len(BACK))


def test_a_trajectory_goes_on(town: Town) -> None:
    introduction = town.introduce()
    seen = town.seen(introduction)
    lists = (
        "/v1/introductions",
        "/v1/placements",
        "/v1/caseload",
        "/v1/shortlists",
        f"/v1/candidates/{town.her}/export",
    )
    for back in BACK:
        step(town, -back)
        assert town.seen(introduction)["id"] == seen["id"]
        told(town.adviser.post("/v1/shortlists", json={"title": f"Na {back}"}), 201)
        for one in (*lists, f"/v1/vacancies/{town.job}/ranking"):
            told(town.adviser.get(one))
        assert town.record(introduction, "candidate_agreed").status_code in (201, 409)  # before she was asked: refused
    step(town, timedelta(days=2))
    assert town.record(introduction, "interviewed").status_code in (201, 409)
    keeper = town.world.signed_in(Grant(Role.AUDITOR))
    assert len(listed(keeper, "/v1/audit-entries?limit=7")) == len(set(listed(keeper, "/v1/audit-entries?limit=200")))


def listed(client: TestClient, path: str) -> list[str]:
    """The ids on all pages of a list, each once."""
    found: list[str] = []
    following: str | None = path
    while following:
        page = told(client.get(following))
        found += [str(one["id"]) for one in page["items"]]
        following = page["next"]
    assert len(found) == len(set(found))
    return found
