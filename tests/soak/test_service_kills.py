"""kill -9 at random moments under write load: what was acknowledged is there, nothing is half, the chain fits."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from matching.database import engine_for, session_scope
from matching.settings import Settings
from tests.conftest import NewDatabase
from tests.soak.forked import Nursery, Server
from tests.soak.lives import Teller, assert_all_there, assert_whole
from tests.soak.running import install, vonk

pytestmark = pytest.mark.soak
SERVERS, TELLERS = 2, 6


def kill_often(server: Server, n_kills: int, seed: int, tellers: list[Teller]) -> None:
    """Start and kill a server many times, mostly while it works, sometimes while it starts; then let it be.

    It works for some answers (of both servers) and a moment, so that a slow machine also gets something done.
    """
    dice = random.Random(seed)
    for _ in range(n_kills):
        server.start()
        assert server.process is not None
        if dice.random() < 0.2:
            time.sleep(dice.uniform(0, 0.6))
        else:
            server.wait()
            until, at_most = n_answers(tellers) + dice.randrange(25), time.monotonic() + 5
            while n_answers(tellers) < until and time.monotonic() < at_most:
                time.sleep(0.002)
            time.sleep(dice.uniform(0, 0.05))
        server.process.kill()
    server.start()
    server.wait()


@contextmanager
def stopped_at_the_end(servers: list[Server]) -> Iterator[None]:
    try:
        yield
    finally:
        for server in servers:
            if server.process is not None:
                server.process.stop()


def n_answers(tellers: list[Teller]) -> int:
    return sum(sum(one.told.copy().values()) for one in tellers)


def back_up_often(server: Server, folder: Path, stop: threading.Event) -> int:
    """Make backups, and kill every other one at a random moment; how many were begun."""
    dice, n = random.Random(3), 0
    while not stop.is_set():
        process = server.nursery.fork(
            server.installed, server.folder, folder / "said", "backup", str(folder / f"{n}.zip")
        )
        if n % 2:
            time.sleep(dice.uniform(0, 0.5))
            process.kill()
        assert process.has_ended(120)
        n += 1
        stop.wait(3)
    return n


@pytest.mark.parametrize(("backend", "n_kills"), [("sqlite", 70), ("postgresql", 30)])
def test_a_killed_server_loses_nothing_that_it_acknowledged(
    backend: str, n_kills: int, tmp_path: Path, nursery: Nursery, new_database: NewDatabase
) -> None:
    url = new_database(backend, False) if backend == "postgresql" else None
    installed = install(tmp_path / "data", url, n_candidates=100, n_vacancies=10)
    servers = [Server(nursery, installed, tmp_path) for _ in range(SERVERS)]
    tellers = [Teller(number, [one.address for one in servers], installed) for number in range(TELLERS)]
    backups = tmp_path / "backups"
    backups.mkdir()
    over = threading.Event()
    with stopped_at_the_end(servers), ThreadPoolExecutor(SERVERS + TELLERS + 1) as threads:
        try:
            told = [threads.submit(one.tell, lambda: not over.is_set()) for one in tellers]
            backing_up = threads.submit(back_up_often, servers[0], backups, over)
            killing = [
                threads.submit(kill_often, one, n_kills // SERVERS, seed, tellers) for seed, one in enumerate(servers)
            ]
            for one in killing:
                one.result()
        finally:
            over.set()
        for one in told:
            one.result()
        n_backups = backing_up.result()
    lives = {name: life for one in tellers for name, life in one.lives.items()}
    counts = sum((one.told for one in tellers), Counter())
    print(backend, len(lives), "lives", dict(counts), sum(one.n_lost for one in tellers), "lost", n_backups, "backups")  # noqa: T201
    assert len(lives) > n_kills
    settings = Settings(data_dir=tmp_path / "data", database_url=url or "")
    engine = engine_for(settings.url)
    with session_scope(engine, read_only=True) as session:
        assert_all_there(session, settings, lives)
    engine.dispose()
    whole = list(backups.glob("*.zip"))
    assert whole
    for backup in whole:
        assert_whole(backup)
    verified = vonk(installed, tmp_path, "audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
