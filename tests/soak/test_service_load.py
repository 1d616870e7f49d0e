"""Two hundred clients at once: nothing lost, nothing doubled; on SQLite and PostgreSQL.

Who is not served in time is told to come back (429), and nobody hears anything worse; that is counted, and how many
there may be is no matter of a test: it hangs on the machine.
"""

import asyncio
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa

from matching.database import engine_for
from matching.tables import metadata
from tests.conftest import NewDatabase
from tests.soak.running import Installed, install, serving, vonk

pytestmark = pytest.mark.soak
CLIENTS, SECONDS = 200, 60
SOURCE = "soak"


@dataclass
class Seen:
    """What the clients were told."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    made: dict[str, str] = field(default_factory=dict)  # id by source id
    changed: dict[str, int] = field(default_factory=dict)  # the last acknowledged minutes by id, one writer each
    ranking_seconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)


async def client(number: int, addresses: list[str], installed: Installed, seen: Seen, until: float) -> None:
    """One client: reads lists, makes people (each twice with one key, as after a lost answer), changes its own."""
    dice = random.Random(number)
    mine: list[str] = []
    async with httpx2.AsyncClient(
        base_url=dice.choice(addresses), headers={"Authorization": f"Bearer {installed.token}"}, timeout=120
    ) as http:
        turn = 0
        while time.monotonic() < until:
            turn += 1
            what = dice.random()
            try:
                if what < 0.5:
                    begin = time.monotonic()
                    answer = await http.get(f"/v1/vacancies/{dice.choice(installed.vacancies)}/ranking?limit=10")
                    seen.ranking_seconds.append(time.monotonic() - begin)
                    name = "ranking"
                elif what < 0.7:
                    answer, name = await http.get(f"/v1/candidates/{dice.choice(installed.candidates)}"), "read"
                elif what < 0.85 or not mine:
                    source_id = f"{number}-{turn}"
                    body = {"source": SOURCE, "sourceId": source_id, "region": "AM06", "travel": {"maxMinutes": 0}}
                    key = {"Idempotency-Key": f"soak-{number:04d}-{turn:06d}"}
                    name = "made"
                    answer = await http.post("/v1/candidates", json=body, headers=key)
                    if answer.status_code == 201:
                        seen.made[source_id] = answer.json()["id"]
                        mine.append(seen.made[source_id])
                        again = await http.post("/v1/candidates", json=body, headers=key)
                        seen.statuses["again", again.status_code] += 1
                        assert again.status_code != 201 or again.json()["id"] == seen.made[source_id]
                else:
                    one = dice.choice(mine)
                    minutes = turn % 200
                    name = "changed"
                    answer = await http.patch(
                        f"/v1/candidates/{one}", json={"travel": {"maxMinutes": minutes}}, headers={"If-Match": "*"}
                    )
                    if answer.status_code == 200:
                        seen.changed[one] = minutes
                seen.statuses[name, answer.status_code] += 1
            except httpx2.HTTPError as error:
                seen.failures[type(error).__name__] += 1


async def load(addresses: list[str], installed: Installed) -> Seen:
    seen, until = Seen(), time.monotonic() + SECONDS
    await asyncio.gather(*(client(number, addresses, installed, seen, until) for number in range(CLIENTS)))
    return seen


@pytest.mark.parametrize(("backend", "n_servers"), [("sqlite", 1), ("postgresql", 2)])
def test_two_hundred_clients_lose_nothing_and_double_nothing(
    backend: str, n_servers: int, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    new_database: NewDatabase = request.getfixturevalue("new_database")
    url = new_database(backend, False) if backend == "postgresql" else None
    installed = install(tmp_path / "data", url, n_candidates=2_000, n_vacancies=40)
    with serving(installed, tmp_path, n_servers) as servers:
        seen = asyncio.run(load([one.address for one in servers], installed))
    print(backend, dict(seen.statuses), sorted(seen.ranking_seconds)[int(len(seen.ranking_seconds) * 0.99)])  # noqa: T201
    assert seen.failures == Counter()
    assert {status for _, status in seen.statuses} <= {200, 201, 429}
    assert sum(n for (_, status), n in seen.statuses.items() if status < 300) > CLIENTS
    engine = engine_for(url or f"sqlite:///{tmp_path / 'data' / 'vonk.db'}")
    people, travel = metadata.tables["candidates"].c, metadata.tables["candidate_travel"].c
    with engine.connect() as connection:
        stored = dict(connection.execute(sa.select(people.source_id, people.id).where(people.source == SOURCE)).all())
        minutes = dict(connection.execute(sa.select(travel.candidate_id, travel.max_minutes)).all())
    engine.dispose()
    assert stored == seen.made
    assert {one: minutes[one] for one in seen.changed} == seen.changed
    verified = vonk(installed, tmp_path, "audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
