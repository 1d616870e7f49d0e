"""The tables hold what a profile promises, also against code that forgets to validate; and one transaction is one."""

import threading
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlalchemy.orm import class_mapper
from sqlmodel import Session, SQLModel, select

from matching import database
from matching.database import create_engine, migrate, session_scope
from matching.settings import Settings
from matching.tables import metadata
from matching.tables.accounts import AccountRow, GrantRow
from matching.tables.base import CapacityLevels, new_id
from matching.tables.candidates import (
    CandidateAvailabilityRow,
    CandidateCapacitiesRow,
    CandidateGroupRow,
    CandidateList,
    CandidateRow,
    CandidateSkillRow,
    CandidateTravelRow,
)
from matching.tables.organisations import MandateRow, OrganisationRow
from matching.tables.pairs import IntroductionRow, OverrideRow
from matching.tables.restricted import CandidateRestrictedRow, IdentityRow
from matching.tables.vacancies import VacancyRow, VacancyTaskRow
from scoring.terms import CAPACITIES

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
ANONYMOUS = {"exposures"}  # places of lists that were shown: of who is erased, the place stays and she does not


def candidate(**fields: Any) -> CandidateRow:
    given = {
        "id": "c_1",
        "source": "",
        "agreed_to_matching": True,
        "max_open_introductions": 2,
        "answered": 0,
        "created_at": NOW,
        "updated_at": NOW,
        "version": 1,
    }
    return CandidateRow(**given | fields)


def vacancy(**fields: Any) -> VacancyRow:
    given = {
        "id": "v_1",
        "source": "",
        "status": "open",
        "positions": 1,
        "answered": 0,
        "created_at": NOW,
        "updated_at": NOW,
        "version": 1,
    }
    return VacancyRow(**given | fields)


def add(engine: Engine, *rows: SQLModel) -> None:
    with session_scope(engine) as session:
        for row in rows:
            session.add(row)
            session.flush()


@pytest.mark.parametrize(
    "row",
    [
        candidate(),
        candidate(education=0, licences=0, max_open_introductions=0, answered=2 ** len(CandidateList) - 1),
        candidate(paused_since=date(2027, 1, 1), resumes_on=date(2027, 1, 1), agreed_on=date(2027, 1, 1)),
        vacancy(remote_share=1, access_known=3, access_present=2),
    ],
)
def test_what_the_field_allows_is_allowed(engine: Engine, row: SQLModel) -> None:
    add(engine, row)


@pytest.mark.parametrize(
    "row",
    [
        candidate(education=8),
        candidate(max_open_introductions=21),
        candidate(postcode="351"),
        candidate(growth_wish="rich"),
        candidate(licences=-1),
        candidate(paused_since=date(2027, 3, 1), resumes_on=date(2027, 2, 1)),
        candidate(resumes_on=date(2027, 2, 1)),
        candidate(agreed_to_matching=False, agreed_on=date(2027, 2, 1)),
        candidate(responsible_organisation_id="o_nobody"),
        CandidateAvailabilityRow(candidate_id="c_0", hours_min=61),
        CandidateAvailabilityRow(candidate_id="c_0", hours_min=24, hours_max=12),
        CandidateAvailabilityRow(candidate_id="c_0", weekly_grid=2**28),
        CandidateCapacitiesRow(candidate_id="c_0", lifting=5),
        CandidateCapacitiesRow(candidate_id="c_0", irregular_hours=-1),
        CandidateTravelRow(candidate_id="c_nobody"),
        CandidateGroupRow(candidate_id="c_0", position=0, target_group="ex_offender"),
        vacancy(status="lost"),
        vacancy(remote_share=1.01),
        vacancy(positions=0),
        vacancy(hours_min=24, hours_max=12),
        vacancy(access_known=1, access_present=2),
        vacancy(access_known=1),
        VacancyTaskRow(vacancy_id="v_0", position=0, text="tillen", lifting=9),
        OrganisationRow(id="o_1", kind="club", name="De Vrienden"),
    ],
    ids=lambda row: f"{type(row).__name__}({', '.join(sorted(row.model_fields_set - candidate().model_fields_set))})",
)
def test_what_no_profile_may_say_no_table_takes(engine: Engine, row: SQLModel) -> None:
    add(engine, candidate(id="c_0"), vacancy(id="v_0"))
    with pytest.raises(IntegrityError):
        add(engine, type(row)(**row.model_dump()))


def test_a_source_gives_a_number_to_one_person_only(engine: Engine) -> None:
    add(engine, candidate(id="c_1", source="wsp", source_id="7"), candidate(id="c_2", source="uwv", source_id="7"))
    add(engine, candidate(id="c_3"), candidate(id="c_4"))
    with pytest.raises(IntegrityError):
        add(engine, candidate(id="c_5", source="wsp", source_id="7"))


def test_an_organisation_has_one_row_for_each_kind_that_it_is(engine: Engine) -> None:
    add(engine, OrganisationRow(id="o_1", kind="wsp", name="A"), OrganisationRow(id="o_2", kind="client", name="A"))
    with pytest.raises(IntegrityError):
        add(engine, OrganisationRow(id="o_3", kind="wsp", name="A"))


def test_nothing_stays_of_a_candidate_who_is_deleted(engine: Engine) -> None:
    add(
        engine,
        candidate(),
        vacancy(),
        OrganisationRow(id="o_1", kind="wsp", name="WSP"),
        CandidateSkillRow(candidate_id="c_1", position=0, skill="kassa"),
        CandidateRestrictedRow(candidate_id="c_1", sealed=b"?"),
        IdentityRow(candidate_id="c_1", sealed=b"?", key_id="k"),
        MandateRow(candidate_id="c_1", organisation_id="o_1", purpose="bemiddeling", ends_on=date(2027, 9, 1)),
        OverrideRow(
            candidate_id="c_1", vacancy_id="v_1", direction="in", constraints=1, reason="past", made_by="a", made_at=NOW
        ),
        IntroductionRow(
            id="i_1",
            candidate_id="c_1",
            vacancy_id="v_1",
            organisation_id=None,
            card_id=None,
            made_by=None,
            created_at=NOW,
        ),
        AccountRow(id="a_1", active=True, created_at=NOW, updated_at=NOW, version=1),
        GrantRow(id="g_1", account_id="a_1", role="candidate", candidate_id="c_1", granted_at=NOW),
    )
    with session_scope(engine) as session:
        session.connection().execute(text("DELETE FROM candidates"))
    owned = [table for table in metadata.tables.values() if "candidate_id" in table.c and table.name not in ANONYMOUS]
    assert len(owned) > 20
    with engine.connect() as connection:
        assert {table.name: connection.execute(table.select()).all() for table in owned} == {
            table.name: [] for table in owned
        }


def test_every_row_that_belongs_to_a_candidate_or_vacancy_goes_with_it() -> None:
    for table in metadata.tables.values():
        for key in table.foreign_keys:
            if key.column.table.name in {"candidates", "vacancies"} and table.name not in ANONYMOUS:
                assert key.ondelete == "CASCADE", f"{table.name}.{key.parent.name}"


def test_every_constraint_has_a_name_by_which_a_migration_finds_it() -> None:
    for table in metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints), table.name
        assert all(index.name for index in table.indexes), table.name
        assert all(len(str(constraint.name)) <= 63 for constraint in table.constraints), table.name


def test_the_capacity_columns_are_the_dimensions_in_their_order() -> None:
    assert tuple(CapacityLevels.model_fields) == CAPACITIES


def test_no_table_fetches_anything_behind_ones_back() -> None:
    for row in SQLModel.__subclasses__():
        if hasattr(row, "__table__"):
            assert not class_mapper(row).relationships


def test_an_id_tells_nothing_and_is_told_twice_to_nobody() -> None:
    ids = {new_id("c") for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(len(made) == 14 and made.startswith("c_") and made[2:].isalnum() and made.islower() for made in ids)


def test_a_moment_comes_back_in_utc_and_a_naive_one_is_refused(engine: Engine) -> None:
    in_amsterdam = datetime(2027, 7, 1, 11, 0, tzinfo=timezone(timedelta(hours=2)))
    add(engine, candidate(created_at=in_amsterdam))
    with session_scope(engine, read_only=True) as session:
        (kept,) = session.exec(select(CandidateRow.created_at)).all()
    assert (kept, kept.tzinfo) == (in_amsterdam, UTC)
    with pytest.raises(StatementError, match="without a time zone"):
        add(engine, candidate(id="c_2", created_at=datetime(2027, 7, 1)))  # noqa: DTZ001


# Transactions


def _names(session: Session) -> list[str]:
    return list(session.exec(select(OrganisationRow.name).order_by(OrganisationRow.name)))


def test_a_transaction_that_fails_leaves_nothing(engine: Engine) -> None:
    with pytest.raises(IntegrityError):
        add(engine, OrganisationRow(id="o_1", kind="wsp", name="WSP"), candidate(education=8))
    with session_scope(engine) as session:
        assert _names(session) == []


def test_who_only_reads_cannot_write_and_may_write_afterwards(engine: Engine) -> None:
    insert = text("INSERT INTO organisations (id, kind, name) VALUES ('o_1', 'wsp', 'WSP')")
    with session_scope(engine, read_only=True) as session, pytest.raises(DBAPIError, match=r"(?i)read-?only"):
        session.connection().execute(insert)
    with session_scope(engine) as session:
        session.connection().execute(insert)
        assert _names(session) == ["WSP"]


def test_who_reads_sees_one_state_and_holds_nobody_up(engine: Engine) -> None:
    add(engine, OrganisationRow(id="o_1", kind="wsp", name="first"))
    with session_scope(engine, read_only=True) as reader:
        assert _names(reader) == ["first"]
        add(engine, OrganisationRow(id="o_2", kind="wsp", name="second"))
        assert _names(reader) == ["first"]
    with session_scope(engine, read_only=True) as reader:
        assert _names(reader) == ["first", "second"]


def test_writers_at_the_same_time_wait_for_each_other(sqlite_engine: Engine) -> None:
    """On SQLite a transaction that read before it writes would fail if another wrote in between."""
    add(sqlite_engine, candidate())
    errors: list[BaseException] = []

    def count_up() -> None:
        try:
            for _ in range(20):
                with session_scope(sqlite_engine) as session:
                    row = session.get_one(CandidateRow, "c_1")
                    row.version += 1
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with session_scope(sqlite_engine) as session:
        assert session.get_one(CandidateRow, "c_1").version == 81


def test_an_acknowledged_write_on_sqlite_is_on_disk(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert values == ["wal", 2]


def test_an_empty_data_folder_becomes_an_embedded_database(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "not" / "there")
    engine = create_engine(settings)
    migrate(engine)
    add(engine, candidate())
    engine.dispose()
    assert (settings.data_dir / "vonk.db").exists()


def test_only_the_database_module_commits() -> None:
    root = Path(database.__file__).parent.parent
    callers = [
        path.relative_to(root).as_posix()
        for folder in ("matching", "api", "fixtures")
        for path in (root / folder).rglob("*.py")
        if ".commit()" in path.read_text(encoding="utf-8").replace("writer.commit()", "")  # of a search index
    ]
    assert callers == []
