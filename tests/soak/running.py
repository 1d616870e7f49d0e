"""A real `vonk serve` on a made-up world, started and killed as by an operator or a power cut; for the long checks."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from api.commands.prepare import prepare
from fixtures.reference_set import read_reference_set
from fixtures.world import make_world
from matching.accounts import create_account, grant
from matching.actors import Grant, Role, Scope
from matching.clock import now
from matching.database import session_scope
from matching.settings import Settings
from matching.store import save_candidates, save_vacancies
from matching.tokens import create_token

TODAY = date(2027, 3, 1)


@dataclass(frozen=True)
class Installed:
    """A data folder and a database with a made-up world; tokens of an adviser of the whole country and an auditor."""

    environment: dict[str, str]
    token: str
    auditor: str
    vacancies: tuple[str, ...]
    candidates: tuple[str, ...]


def install(folder: Path, url: str | None, *, n_candidates: int, n_vacancies: int) -> Installed:
    """Make the world in an empty database: SQLite in the folder, or that of a URL."""
    settings = Settings(data_dir=folder, database_url=url or "")
    engine = prepare(settings)
    world = make_world(read_reference_set(), seed=5, n_candidates=n_candidates, n_vacancies=n_vacancies, today=TODAY)
    moment = now(settings)
    with session_scope(engine) as session:
        people = save_candidates(session, world.candidates(), now=moment).ids
        jobs = save_vacancies(session, world.vacancies(), now=moment).ids
        tokens = []
        for role in (Role.ADVISER, Role.AUDITOR):
            account = create_account(session, now=moment)
            grant(session, account, Grant(role), now=moment)
            tokens.append(create_token(session, account, "soak", scopes=tuple(Scope), days=2, now=moment)[1])
    engine.dispose()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VONK_")}
    environment = kept | {
        "VONK_DATA_DIR": str(folder),
        "VONK_ACCOUNT_PER_MINUTE": "1000000",
        "VONK_DRAIN_SECONDS": "0",
        **({"VONK_DATABASE_URL": url} if url else {}),
    }
    return Installed(environment, tokens[0], tokens[1], tuple(jobs), tuple(people))


@dataclass
class Running:
    """A server that answers."""

    process: subprocess.Popen[str]
    address: str

    def kill(self) -> None:
        """As a power cut does it."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def start(installed: Installed, folder: Path) -> Running:
    """Start a server, and wait until it says where it is."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--port", "0"],
        env=installed.environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://[\d.:]+", line)
    assert found, line
    return Running(process, found[0])


@contextmanager
def serving(installed: Installed, folder: Path, n: int = 1) -> Iterator[list[Running]]:
    """Some servers on one database, stopped at the end."""
    servers = [start(installed, folder) for _ in range(n)]
    try:
        yield servers
    finally:
        for server in servers:
            server.process.terminate()
        for server in servers:
            server.process.wait(60)


def vonk(installed: Installed, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command on the same installation."""
    return subprocess.run(
        [sys.executable, "-m", "api.cli", *arguments],
        env=installed.environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
