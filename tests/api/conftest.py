"""A Vonk with a small made-up world, prepared once; the command line of the tests runs on it."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from api.commands.prepare import prepare
from fixtures.reference_set import read_reference_set
from fixtures.world import make_world
from matching.database import session_scope
from matching.ranking import Ranker, open_ranker
from matching.rule_store import active_rules
from matching.settings import Settings
from matching.store import save_candidates, save_vacancies
from tests.api.serving import Served, served
from tests.cases.conftest import field as field  # the worked cases, for what is said of them

TODAY = date(2027, 3, 1)
MOMENT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
N_CANDIDATES, N_VACANCIES = 160, 14
Vonk = Callable[..., subprocess.CompletedProcess[str]]


def environment(data_dir: Path) -> dict[str, str]:
    """The environment of a command: nothing of whoever runs the tests, and the clock stands still."""
    clock = data_dir.parent / "clock"
    clock.write_text(MOMENT.isoformat(), encoding="utf-8")
    slow = "PYTHONDONTWRITEBYTECODE"  # compiling everything anew takes longer than what is tested
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VONK_") and name != slow}
    return kept | {"VONK_DATA_DIR": str(data_dir), "VONK_CLOCK": str(clock)}


@dataclass(frozen=True)
class Installation:
    """A data folder with the small world, and its settings."""

    data_dir: Path
    settings: Settings


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    data_dir = tmp_path_factory.mktemp("vonk") / "data"
    settings = Settings(data_dir=data_dir)
    engine = prepare(settings)
    world = make_world(read_reference_set(), seed=7, n_candidates=N_CANDIDATES, n_vacancies=N_VACANCIES, today=TODAY)
    with session_scope(engine) as session:
        save_candidates(session, world.candidates(), now=MOMENT)
        save_vacancies(session, world.vacancies(), now=MOMENT)
    engine.dispose()
    return Installation(data_dir, settings)


@pytest.fixture(scope="session")
def session(installation: Installation) -> Iterator[Session]:
    """A look into the small world."""
    engine = prepare(installation.settings)
    with session_scope(engine, read_only=True) as session:
        yield session
    engine.dispose()


@pytest.fixture(scope="session")
def ranker(session: Session) -> Ranker:
    """The small world, ready to rank."""
    return open_ranker(session, TODAY, active_rules(session))


@pytest.fixture
def here(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The command line within this process, on the small world."""
    for name, value in environment(installation.data_dir).items():
        monkeypatch.setenv(name, value)
    for name in os.environ:
        if name.startswith("VONK_") and name not in ("VONK_DATA_DIR", "VONK_CLOCK"):
            monkeypatch.delenv(name)
    return installation


@pytest.fixture
def vonk(tmp_path: Path) -> Vonk:
    """Runs the command as a user would, in a process of its own, with a given data folder."""

    def run(*arguments: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "api.cli", *arguments],
            env=environment(data_dir),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def world(installation: Installation) -> Iterator[Served]:
    """The small world, served within this process, on the day of the clock."""
    settings = Settings(data_dir=installation.data_dir, clock=Path(environment(installation.data_dir)["VONK_CLOCK"]))
    engine = prepare(settings)
    yield served(settings, engine)
    engine.dispose()
