"""The history of the database: forward and back, on both databases, and never at odds with the tables."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import CheckConstraint, Engine, inspect, text

from matching.database import alembic_config, downgrade, engine_for, migrate
from matching.tables import metadata

BOOKKEEPING = "alembic_version"


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {BOOKKEEPING}


def test_an_empty_database_becomes_a_complete_one(empty_engine: Engine) -> None:
    migrate(empty_engine)
    assert _tables(empty_engine) == set(metadata.tables)


def test_to_migrate_again_changes_nothing(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO organisations (id, kind, name) VALUES ('o_1', 'wsp', 'WSP Utrecht')"))
    migrate(engine)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT name FROM organisations")) == "WSP Utrecht"


def test_every_revision_goes_back_and_forward_again(engine: Engine) -> None:
    revisions = [script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]
    for revision in revisions[1:]:
        downgrade(engine, revision)
    downgrade(engine, "base")
    assert _tables(engine) == set()
    for revision in reversed(revisions):
        migrate(engine, revision)
    assert _tables(engine) == set(metadata.tables)


def test_the_history_leads_to_the_tables_of_today(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_alembic_check_finds_nothing_to_do_and_would_find_drift(engine: Engine) -> None:
    with engine.connect() as connection:
        command.check(alembic_config(connection))
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_vacancies_status"))
    with engine.connect() as connection, pytest.raises(CommandError, match="ix_vacancies_status"):
        command.check(alembic_config(connection))


def test_every_check_of_the_tables_stands_in_the_database(engine: Engine) -> None:
    """Alembic does not compare CHECKs. Names are compared here, and on SQLite, which keeps the text, the rules."""
    inspector = inspect(engine)
    for table in metadata.tables.values():
        stated = {
            str(constraint.name): str(constraint.sqltext)
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        }
        stated = {name if name.startswith("ck_") else f"ck_{table.name}_{name}": rule for name, rule in stated.items()}
        found = {str(check["name"]): str(check["sqltext"]) for check in inspector.get_check_constraints(table.name)}
        assert found.keys() == stated.keys()
        if engine.dialect.name == "sqlite":
            assert found == stated


def _migrate(url: str) -> None:
    engine = engine_for(url)
    migrate(engine)
    engine.dispose()


def test_two_processes_that_migrate_at_once_do_it_once(empty_engine: Engine) -> None:
    url = empty_engine.url.render_as_string(hide_password=False)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        for future in [pool.submit(_migrate, url) for _ in range(2)]:
            future.result()
    assert _tables(empty_engine) == set(metadata.tables)


def test_a_migration_that_fails_leaves_nothing_behind(empty_engine: Engine) -> None:
    """The last table that the first revision makes is there already: what it made before that is undone."""
    last = inspect_order()[-1]
    with empty_engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE {last} (in_the_way INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(empty_engine)
    assert _tables(empty_engine) == {last}


def inspect_order() -> tuple[str, ...]:
    """The tables in the order in which the first revision makes them."""
    script = ScriptDirectory.from_config(alembic_config()).get_revision("0001_foundation")
    tables: tuple[str, ...] = script.module.TABLES
    return tables


def test_an_unknown_revision_is_refused(engine: Engine) -> None:
    with pytest.raises(CommandError):
        migrate(engine, "9999_nowhere")
    assert _tables(engine) == set(metadata.tables)


def test_foreign_keys_are_held_again_after_a_migration(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        with pytest.raises(Exception, match=r"(?i)foreign key"):
            connection.execute(text("INSERT INTO candidate_travel (candidate_id) VALUES ('c_nobody')"))
