"""kill -9 at random moments under write load: what was acknowledged is there, nothing is half, the chain fits."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa

from matching.database import engine_for
from matching.tables import metadata
from tests.soak.running import Installed, Running, install, start, vonk

pytestmark = pytest.mark.soak
ROUNDS, SERVERS = 5, 2
WRITERS = 4  # of each server
SOURCE = "killed"


def write(
    number: int, server: Running, installed: Installed, acknowledged: dict[str, str], stop: threading.Event
) -> None:
    """Make people one after another until the server is gone; a wish in a table of its own goes with each."""
    with httpx2.Client(
        base_url=server.address, headers={"Authorization": f"Bearer {installed.token}"}, timeout=30
    ) as http:
        turn = 0
        while not stop.is_set():
            source_id = f"{number}-{time.monotonic_ns()}-{turn}"
            body = {"source": SOURCE, "sourceId": source_id, "region": "AM06", "wishes": {"work": [source_id, "zorg"]}}
            try:
                answer = http.post("/v1/candidates", json=body)
            except httpx2.HTTPError:
                return
            if answer.status_code == 201:
                acknowledged[source_id] = answer.json()["id"]
            turn += 1


def test_a_killed_server_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    installed = install(tmp_path / "data", None, n_candidates=300, n_vacancies=10)
    dice = random.Random(9)
    acknowledged: dict[str, str] = {}
    for _ in range(ROUNDS):
        with ThreadPoolExecutor(SERVERS) as starting:
            servers = list(starting.map(lambda _: start(installed, tmp_path), range(SERVERS)))
        stop = threading.Event()
        writers = [
            threading.Thread(target=write, args=(number, servers[number % SERVERS], installed, acknowledged, stop))
            for number in range(WRITERS * SERVERS)
        ]
        for writer in writers:
            writer.start()
        for server in servers:
            time.sleep(dice.uniform(0.1, 1.2))
            server.kill()
        stop.set()
        for writer in writers:
            writer.join()
    assert len(acknowledged) > 20
    engine = engine_for(f"sqlite:///{tmp_path / 'data' / 'vonk.db'}")
    people, wishes = metadata.tables["candidates"].c, metadata.tables["candidate_wishes"].c
    with engine.connect() as connection:
        stored = dict(connection.execute(sa.select(people.source_id, people.id).where(people.source == SOURCE)).all())
        counts = dict(
            connection.execute(sa.select(wishes.candidate_id, sa.func.count()).group_by(wishes.candidate_id)).all()
        )
    engine.dispose()
    assert {one: stored.get(one) for one in acknowledged} == acknowledged
    assert [one for one in stored.values() if counts.get(one) != 2] == []  # no half-written person
    assert len(stored) - len(acknowledged) <= ROUNDS * SERVERS * WRITERS  # each writer had one answer under way at most
    verified = vonk(installed, tmp_path, "audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
