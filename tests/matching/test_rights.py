"""A person can have all that is stored of her, and be erased so that no backup and no file brings her back."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, LargeBinary, text

from matching import keeper as keeper_module
from matching import rights
from matching.accounts import create_account
from matching.actors import Actor, Grant, Role
from matching.changes import stand_of
from matching.database import of_installation, session_scope
from matching.errors import NotFound
from matching.keeper import open_keeper
from matching.pool_building import build
from matching.profiles import CandidateProfile
from matching.record import RecordFilter, RecordKind, page_of_record, record
from matching.retention import retain
from matching.rights import apply_tombstones, erase, export_of, raise_nobody, tables_of_a_candidate
from matching.settings import Settings
from matching.snapshot import folder_of, stands_in
from matching.store import Identity, get_identity, put_identity, save_candidates
from matching.store.restricted import PURPOSE, RESTRICTED
from matching.tables import metadata
from matching.vault import n_keys, open_for, open_many, seal_for, tombstones
from tests.matching.pool_world import NOW, load_world, settings_on

SOMEBODY = Identity(name="Anna de Vries", email="anna@example.org", phone="06 12345678", address="Dorpsstraat 1")
ADVISER = Actor("a_adviser", (Grant(Role.ADVISER, region="AM05", organisation_id="o_wsp"),))
ROWS = {
    "organisations": {"id": "o_wsp", "kind": "wsp", "name": "WSP Utrecht"},
    "vacancies": {
        "id": "v_1",
        "source": "ats",
        "title": "archiefmedewerker",
        "status": "open",
        "positions": 1,
        "answered": 0,
        "trial_possible": None,
        "created_at": NOW,
        "updated_at": NOW,
        "version": 1,
    },
}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_on(tmp_path / "data")


def add(engine: Engine, table: str, **values: Any) -> None:
    with session_scope(engine) as session:
        session.connection().execute(sa.insert(metadata.tables[table]), values)


@pytest.fixture
def anna(engine: Engine, settings: Settings) -> str:
    """A candidate of whom something stands everywhere."""
    of_installation(engine, settings)
    for table, row in ROWS.items():
        add(engine, table, **row)
    profile = CandidateProfile.model_validate(
        {
            "source": "wsp",
            "sourceId": "1",
            "region": "AM05",
            "coach": "Bea",
            "targetGroups": [{"group": "banenafspraak"}, {"group": "ex_offender"}],
            "screenings": {"vog": "not_obtainable"},
            "skills": [{"skill": "koffie zetten"}],
        }
    )
    with session_scope(engine) as session:
        (identifier,) = save_candidates(session, [profile], now=NOW).ids
        put_identity(session, settings, identifier, SOMEBODY)
        own = create_account(session, now=NOW, email="anna@example.org", name="Anna de Vries")
        mother = create_account(session, now=NOW, email="moeder@example.org", name="Carla de Vries")
        boss = create_account(session, now=NOW, email="boss@example.org", name="Dirk")
        connection = session.connection()
        for number, (account, role, candidate) in enumerate(
            [
                (own, "candidate", identifier),
                (mother, "representative", identifier),
                (boss, "representative", identifier),
                (boss, "employer", None),
            ]
        ):
            values = {"id": f"g_{number}", "account_id": account, "role": role, "candidate_id": candidate}
            connection.execute(sa.insert(metadata.tables["grants"]), {**values, "granted_at": NOW})
        record(session, ADVISER, RecordKind.RANKING_SHOWN, now=NOW, about="v_1", shown=["c_other", identifier])
        record(session, ADVISER, RecordKind.PROFILE_READ, now=NOW, about_candidate=identifier)
        record(session, None, RecordKind.CHANGED, now=NOW, about_candidate=identifier)
    pair = {"candidate_id": identifier, "vacancy_id": "v_1"}
    add(engine, "overrides", **pair, direction="in", constraints=4, reason="kan wel", made_by="Bea", made_at=NOW)
    add(engine, "introductions", **pair, id="i_1", organisation_id=None, card_id=None, made_by=None, created_at=NOW)
    asked = {"kind": "asked", "happened_on": NOW.date(), "recorded_as": "adviser", "recorded_at": NOW}
    add(engine, "outcomes", id="u_1", version=1, introduction_id="i_1", quarantined=False, retracted=False, **asked)
    add(
        engine,
        "mandates",
        candidate_id=identifier,
        organisation_id="o_wsp",
        purpose="voorstellen",
        ends_on=date(2028, 1, 1),
    )
    return identifier


def everywhere(engine: Engine, found: str) -> list[str]:
    """The tables in which a text occurs."""
    with engine.connect() as connection:
        return [
            table.name
            for table in metadata.sorted_tables
            if found in str(connection.execute(sa.select(table)).mappings().all())
        ]


def test_she_gets_all_that_is_stored_of_her(engine: Engine, settings: Settings, anna: str) -> None:
    with session_scope(engine, read_only=True) as session:
        export = export_of(session, settings, anna, now=NOW)
    assert json.loads(json.dumps(export)) == export
    assert export["identity"] == vars(SOMEBODY)
    assert [group["group"] for group in export["profile"]["targetGroups"]] == ["banenafspraak", "ex_offender"]
    assert export["profile"]["screenings"] == {"vog": "not_obtainable"}
    assert [account["email"] for account in export["accounts"]] == ["anna@example.org"]
    (override,), (introduction,) = export["stored"]["overrides"], export["stored"]["introductions"]
    assert (override["reason"], override["constraints"]) == ("kan wel", ["travel"])
    assert "made_by" not in introduction
    assert [one["kind"] for one in export["stored"]["outcomes"]] == ["asked"]
    assert export["stored"]["mandates"][0]["ends_on"] == "2028-01-01"
    assert (export["organisations"], export["vacancies"]) == ({"o_wsp": "WSP Utrecht"}, {"v_1": "archiefmedewerker"})
    assert [(one["what"], one["role"], one["organisation"], one["rank"]) for one in export["record"]] == [
        ("changed", None, None, None),
        ("profile_read", "adviser", "WSP Utrecht", None),
        ("ranking_shown", "adviser", "WSP Utrecht", 2),
    ]
    said = json.dumps({name: part for name, part in export.items() if name != "profile"})
    assert "Bea" not in said, "a colleague is a role and an organisation"
    assert "Carla" not in said
    assert "hash" not in said


def test_everybody_else_is_not_there(engine: Engine, settings: Settings) -> None:
    with session_scope(engine) as session:
        for ask in (lambda: export_of(session, settings, "c_nobody", now=NOW), lambda: _erase(session, settings)):
            with pytest.raises(NotFound, match=r"candidate\.unknown"):
                ask()
    assert tombstones(settings) == {}


def _erase(session: Any, settings: Settings, candidate_id: str = "c_nobody") -> None:
    erase(session, settings, candidate_id, now=NOW, actor=ADVISER)


def test_no_table_with_something_of_a_candidate_is_left_out() -> None:
    """A table that holds a candidate's id, under whatever name, is exported and erased or named with the reason."""
    for table in metadata.sorted_tables:
        for column in table.c:
            leads_to_her = any(key.column.table.name == "candidates" for key in column.foreign_keys)
            if leads_to_her or ("candidate" in column.name and not column.name.startswith("n_")):
                assert column.name == "candidate_id" or (table.name, column.name) in rights.OTHER_NAMES, table.name
                if column.name == "candidate_id":
                    assert table in tables_of_a_candidate() or table in rights.TOLD_OTHERWISE, table.name
    for table in tables_of_a_candidate():
        sealed = [column.name for column in table.c if isinstance(column.type, LargeBinary)]
        assert sealed == [], f"{table.name}: what is sealed is opened for her, in an export of its own"
    by_name = (*rights.WITHHELD, *rights.FOR_FEW, *rights.KEPT_WHEN_ERASED)
    for named in (*by_name, *(table for table, _ in rights.OTHER_NAMES)):
        assert named in metadata.tables


def test_an_erased_person_is_nowhere_but_in_the_record(engine: Engine, settings: Settings, anna: str) -> None:
    with session_scope(engine) as session:
        sealed = seal_for(settings, anna, b"diary", "test")
        facts = session.connection().scalars(sa.select(RESTRICTED.c.sealed)).one()
        assert not open_many(settings, {anna: facts}, PURPOSE).closed
        before = stand_of(session).version
        _erase(session, settings, anna)
    assert everywhere(engine, anna) == ["audit_entries", "audit_people", "changes"]
    for trace in ("Anna", "anna@", "06 12345678", "Carla", "koffie", "ex_offender", "kan wel", "g_0", "g_2"):
        assert everywhere(engine, trace) == [], trace
    assert everywhere(engine, "Dirk") == ["accounts"], "who does other work here stays"
    with pytest.raises(NotFound, match=r"vault\.no_key"):
        open_for(settings, anna, sealed, "test")
    assert open_many(settings, {anna: facts}, PURPOSE).closed == {anna}, "a copy of her facts is noise"
    assert tombstones(settings) == {anna: date(2026, 11, 22)}
    with session_scope(engine, read_only=True) as session:
        assert stand_of(session).version == before + 1
        kinds = [entry.kind for entry in page_of_record(session, RecordFilter(candidate_id=anna)).items]
    assert kinds == [RecordKind.ERASED, RecordKind.CHANGED, RecordKind.PROFILE_READ, RecordKind.RANKING_SHOWN]


def test_an_erasure_that_was_begun_is_finished(engine: Engine, settings: Settings, anna: str) -> None:
    with pytest.raises(KeyError), session_scope(engine) as session:  # noqa: PT012 - the transaction fails after it
        _erase(session, settings, anna)
        raise KeyError
    assert "candidates" in everywhere(engine, anna)
    assert raise_nobody(engine, settings, now=NOW) == 1
    assert "candidates" not in everywhere(engine, anna)


def rows_of(engine: Engine, candidate_id: str) -> dict[str, list[dict[str, Any]]]:
    with engine.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            for table in metadata.sorted_tables
            if table.name == "candidates" or table in (*rights.TOLD_OTHERWISE, metadata.tables["mandates"])
        }


def test_who_comes_back_with_an_old_backup_is_erased_again(engine: Engine, settings: Settings, anna: str) -> None:
    backup = rows_of(engine, anna)

    def put_back() -> None:
        with session_scope(engine) as session:
            for table in metadata.sorted_tables:
                if backup.get(table.name):
                    session.connection().execute(sa.insert(table), backup[table.name])

    with session_scope(engine) as session:
        _erase(session, settings, anna)
    assert raise_nobody(engine, settings, now=NOW) == 0
    put_back()
    with session_scope(engine, read_only=True) as session, pytest.raises(Exception, match=r"identity\.no_key"):
        get_identity(session, settings, anna)
    assert raise_nobody(engine, settings, now=NOW) == 1
    assert everywhere(engine, "koffie") == []
    with session_scope(engine, read_only=True) as session:
        newest = page_of_record(session, RecordFilter(candidate_id=anna), limit=1).items[0]
    assert (newest.kind, newest.details) == (RecordKind.ERASED, {"again": True})
    # The vault put back to an older day as well: then the record knows.
    elsewhere = settings_on(settings.data_dir / "elsewhere")
    seal_for(elsewhere, anna, b"diary", "test")
    put_back()
    assert raise_nobody(engine, elsewhere, now=NOW) == 1
    assert (n_keys(elsewhere), list(tombstones(elsewhere))) == (0, [anna])


def test_no_snapshot_holds_an_erased_person(sqlite_engine: Engine, settings: Settings) -> None:
    people, _ = load_world(sqlite_engine)
    folder = folder_of(settings)

    def files_hold(candidate_id: str) -> bool:
        return any(candidate_id.encode() in path.read_bytes() for path in folder.rglob("*.npy"))

    build(sqlite_engine, settings)
    assert files_hold(people[3])
    with session_scope(sqlite_engine) as session:
        _erase(session, settings, people[3])
        assert files_hold(people[3]), "not before it is committed"
    assert not files_hold(people[3])
    assert stands_in(folder) == []
    build(sqlite_engine, settings)
    assert (files_hold(people[4]), files_hold(people[3])) == (True, False)
    with session_scope(sqlite_engine) as session:
        apply_tombstones(session, settings, now=NOW)
    assert stands_in(folder), "a snapshot without her stays"


def test_a_snapshot_of_the_state_before_an_erasure_does_not_stay(sqlite_engine: Engine, settings: Settings) -> None:
    people, _ = load_world(sqlite_engine)
    elsewhere = settings_on(settings.data_dir / "elsewhere")
    held = build(sqlite_engine, settings)
    with session_scope(sqlite_engine) as session:
        _erase(session, settings, people[3])
    from matching import pool_building

    pool_building._save(sqlite_engine, elsewhere, held)  # a builder that began before, and saves after
    assert stands_in(folder_of(elsewhere)) == []


def test_a_server_lets_go_of_whoever_was_erased(
    sqlite_engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another server's data folder: it hears of the change, drops its snapshot, and builds its pool anew."""
    monkeypatch.setattr(keeper_module, "RENEW_SECONDS", 0.0)
    people, _ = load_world(sqlite_engine)
    elsewhere = settings_on(settings.data_dir / "elsewhere")
    with open_keeper(sqlite_engine, elsewhere) as keeper:
        with session_scope(sqlite_engine) as session:
            _erase(session, settings, people[3])
        assert keeper.wait_until(
            lambda held: people[3] not in held.pool.segments[0].position and len(held.pool.segments) == 1, 60.0
        )
    files = [path.read_bytes() for path in folder_of(elsewhere).rglob("*.npy")]
    assert files
    assert not any(people[3].encode() in content for content in files)


# What goes by itself


@pytest.fixture
def ruled(engine: Engine, anna: str) -> str:
    """Anna, where the national rules are in force."""
    from matching.rule_store import save_rule_sets
    from tests.matching.pool_world import RULES

    with session_scope(engine) as session:
        save_rule_sets(session, {"national.yaml": (RULES / "national.yaml").read_text(encoding="utf-8")}, now=NOW)
    return anna


@pytest.mark.parametrize(
    ("rejected", "agreed", "days", "gone"),
    [
        (True, False, 27, False),
        (True, False, 28, True),
        (True, True, 28, False),
        (True, True, 364, False),
        (True, True, 366, True),
        (False, False, 4_000, False),
    ],
)
def test_an_introduction_of_which_no_work_came_goes_when_its_term_is_over(
    engine: Engine, settings: Settings, ruled: str, rejected: bool, agreed: bool, days: int, gone: bool
) -> None:
    values = {"rejected_at": NOW if rejected else None, "keep_agreed_on": NOW.date() if agreed else None}
    with session_scope(engine) as session:
        session.connection().execute(sa.update(metadata.tables["introductions"]).values(values))
    with session_scope(engine) as session:
        done = retain(session, settings, now=NOW + timedelta(days=days))
    assert done.n_introductions == int(gone)
    assert ("introductions" not in everywhere(engine, "i_1")) == gone
    assert "candidates" in everywhere(engine, ruled)


def test_a_profile_that_nobody_confirmed_is_counted_and_not_erased(
    engine: Engine, settings: Settings, ruled: str
) -> None:
    def unconfirmed(moment: datetime) -> int:
        with session_scope(engine) as session:
            return retain(session, settings, now=moment).n_unconfirmed

    assert (unconfirmed(NOW + timedelta(days=300)), unconfirmed(NOW + timedelta(days=400))) == (0, 1)
    with session_scope(engine) as session:
        session.connection().execute(text("UPDATE candidates SET last_confirmed_on = '2027-11-01'"))
    assert unconfirmed(NOW + timedelta(days=400)) == 0
    assert "candidates" in everywhere(engine, ruled)


def test_the_record_is_kept_as_long_as_is_set_and_no_shorter_than_the_law_asks(
    engine: Engine, settings: Settings, ruled: str
) -> None:
    from matching.record import seal

    def months(n: int) -> Settings:
        return settings.model_copy(update={"audit_months": n})

    def dropped(n: int, moment: datetime) -> int:
        with session_scope(engine) as session:
            return retain(session, months(n), now=moment).n_entries

    for days in (0, 1):
        with session_scope(engine) as session:
            record(session, None, RecordKind.SIGNED_IN, now=NOW + timedelta(days=days))
            seal(session, NOW + timedelta(days=days))
    later = NOW + timedelta(days=370)
    assert dropped(24, later) == 0
    assert dropped(13, later) == 0
    assert dropped(12, later) == 4, "those of the first day; the newest batch stays"
    assert dropped(1, later) == 0


def test_settings_refuse_a_term_below_six_months() -> None:
    with pytest.raises(ValueError, match="greater than or equal to 6"):
        Settings(audit_months=5)


def test_keys_of_nobody_go_and_those_of_people_stay(engine: Engine, settings: Settings, ruled: str) -> None:
    seal_for(settings, "c_never", b"x", "test")
    later = settings_on(settings.data_dir, NOW + timedelta(days=9))
    with session_scope(engine) as session:
        assert replace(retain(session, later, now=NOW + timedelta(days=9)), n_unconfirmed=0).n_keys == 1
        assert get_identity(session, later, ruled) == SOMEBODY
