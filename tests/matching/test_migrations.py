"""The history of the database: forward and back, on both databases, and never at odds with the tables."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import CheckConstraint, Engine, MetaData, Table, inspect, text

from matching.database import alembic_config, downgrade, engine_for, migrate, session_scope
from matching.errors import VonkError
from matching.store import restricted_facts
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


FACTS = {
    "candidate_restricted_groups": [
        ("c_1", 0, "ex_offender", None, None),
        ("c_1", 1, "status_holder", date(2025, 1, 1), date(2027, 1, 1)),
        ("c_2", 0, "status_holder", None, None),
    ],
    "candidate_screenings": [("c_1", "vog", "not_obtainable"), ("c_3", "ministry", "obtained")],
}
ANSWERED = [("c_1", 129), ("c_2", 1), ("c_3", 128), ("c_4", 128), ("c_5", 3)]  # c_4 was asked, and there are none


def _before_they_were_sealed(engine: Engine) -> None:
    downgrade(engine, "0008_signing_in")
    with engine.begin() as connection:
        for one, answered in ANSWERED:
            connection.execute(
                text(
                    "INSERT INTO candidates (id, source, agreed_to_matching, max_open_introductions, answered,"
                    " created_at, updated_at, version)"
                    " VALUES (:id, '', TRUE, 2, :answered, '2027-03-01', '2027-03-01', 1)"
                ),
                {"id": one, "answered": answered},
            )
        for name, rows in FACTS.items():
            table = Table(name, MetaData(), autoload_with=connection)
            connection.execute(table.insert(), [dict(zip(table.c.keys(), row, strict=True)) for row in rows])


def test_restricted_facts_that_were_there_are_sealed_and_back_again(engine: Engine) -> None:
    _before_they_were_sealed(engine)
    migrate(engine)
    with session_scope(engine, read_only=True) as session:
        facts = restricted_facts(session, [one for one, _ in ANSWERED])
        answered = session.connection().execute(text("SELECT id, answered FROM candidates ORDER BY id")).all()
        sealed = session.connection().scalars(text("SELECT sealed FROM candidate_restricted")).all()
    assert [tuple(row) for row in answered] == [(one, bits % 128) for one, bits in ANSWERED]
    assert [(one.group, one.valid_from, one.valid_until) for one in facts["c_1"].groups] == [
        ("ex_offender", None, None),
        ("status_holder", date(2025, 1, 1), date(2027, 1, 1)),
    ]
    assert [facts[one].screenings for one, _ in ANSWERED] == [
        {"vog": "not_obtainable"},
        None,
        {"ministry": "obtained"},
        {},
        None,
    ]
    assert (len(sealed), len({len(one) for one in sealed})) == (4, 1)
    if engine.dialect.name == "sqlite":
        engine.dispose()  # with the last connection the log goes into the file
        assert b"ex_offender" not in Path(engine.url.database or "").read_bytes().replace(b"'ex_offender'", b"")
    downgrade(engine, "0008_signing_in")
    with engine.connect() as connection:
        for name, rows in FACTS.items():
            table = Table(name, MetaData(), autoload_with=connection)
            found = connection.execute(table.select().order_by(*table.primary_key.columns)).all()
            assert [tuple(row) for row in found] == rows
        answered = connection.execute(text("SELECT id, answered FROM candidates ORDER BY id")).all()
        assert [tuple(row) for row in answered] == ANSWERED


def test_without_a_vault_restricted_facts_are_not_migrated_and_nothing_is_lost(engine: Engine) -> None:
    _before_they_were_sealed(engine)
    nobody_s = engine_for(engine.url.render_as_string(hide_password=False))
    with pytest.raises(VonkError, match=r"vault\.not_named"):
        migrate(nobody_s)
    nobody_s.dispose()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM candidate_restricted_groups")) == 3
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0008_signing_in"


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
