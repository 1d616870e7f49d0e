"""A backup restores to exactly what was there, on either database, and never half; the erased stay erased."""

import json
import multiprocessing
import os
import signal
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, inspect

from matching.accounts import create_account
from matching.actors import Actor, Grant, Role
from matching.backup import restore_backup, save_backup
from matching.backup import restoring as restoring_module
from matching.backup import saving as saving_module
from matching.backup.rows import line_of, reader_of
from matching.database import engine_for, migrate, of_installation, session_scope
from matching.errors import Conflict, Invalid, Refused
from matching.profiles import CandidateProfile
from matching.record import RecordFilter, RecordKind, page_of_record, record, verify
from matching.record.sealing import seal_all
from matching.rights import erase
from matching.settings import Settings
from matching.sign_ins import begin, end_all
from matching.store import Identity, get_identity, load_candidates, put_identity, restricted_facts, save_candidates
from matching.tables import metadata
from tests.conftest import BACKENDS, NewDatabase
from tests.matching.pool_world import NOW, load_world, settings_on

LATER = NOW + timedelta(days=3)
SOMEBODY = Identity(name="Anna de Vries", phone="06 12345678")
ADVISER = Actor("a_1", (Grant(Role.ADVISER),))
ODD = "tab\there, back\\slash, \\N, \\t, new\nline, \r\n, naïef €\u2028\x0b"
SPAWN = multiprocessing.get_context("spawn")
Content = dict[str, list[dict[str, Any]]]


@contextmanager
def database(new_database: NewDatabase, backend: str, migrated: bool, settings: Settings) -> Iterator[Engine]:
    engine = of_installation(engine_for(new_database(backend, migrated)), settings)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module", params=BACKENDS)
def source(request: pytest.FixtureRequest, new_database: NewDatabase, tmp_path_factory: Any) -> Iterator[Any]:
    """A database with a small world, sealed identities, a record, and texts that are hard to write down."""
    settings = settings_on(tmp_path_factory.mktemp("source"))
    with database(new_database, request.param, True, settings) as engine:
        people, vacancies = load_world(engine)
        odd = {"source": "odd", "sourceId": "1", "region": "AM05", "courses": [ODD, "ja"], "coach": ODD.strip()}
        with session_scope(engine) as session:
            people += save_candidates(session, [CandidateProfile.model_validate(odd)], now=NOW).ids
            for one in people[:3]:
                put_identity(session, settings, one, SOMEBODY)
            record(session, ADVISER, RecordKind.RANKING_SHOWN, now=NOW, about=vacancies[0], shown=people[:5])
        seal_all(engine, settings)
        with session_scope(engine) as session:
            record(session, ADVISER, RecordKind.PROFILE_READ, now=NOW, about_candidate=people[0])
        yield engine, settings, people


def content(engine: Engine) -> Content:
    """All rows of all tables, as plain values."""
    with engine.connect() as connection:
        return {
            table.name: [
                dict(row)
                for row in connection.execute(sa.select(table).order_by(*table.primary_key.columns)).mappings()
            ]
            for table in metadata.sorted_tables
        }


def without_what_was_done(found: Content) -> Content:
    """But for the entries that say that a backup was made and restored."""
    done = {RecordKind.BACKUP_MADE, RecordKind.RESTORED, RecordKind.ANCHOR_BEGUN}
    entries = [row for row in found["audit_entries"] if row["kind"] not in done]
    return {**found, "audit_entries": entries}


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_is_restored_is_what_was_there(
    source: Any, backend: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    engine, settings, people = source
    before = content(engine)
    with session_scope(engine, read_only=True) as session:
        facts = restricted_facts(session, people)
    assert any(one.groups for one in facts.values())
    saved = save_backup(engine, tmp_path / "vonk.backup", now=NOW)
    assert saved.n_rows == sum(map(len, before.values()))
    assert [path.name for path in tmp_path.iterdir()] == ["vonk.backup"]
    assert (tmp_path / "vonk.backup").stat().st_mode & 0o077 == 0
    with database(new_database, backend, False, settings) as empty:
        restored = restore_backup(empty, settings, tmp_path / "vonk.backup", now=LATER)
        assert without_what_was_done(content(empty)) == without_what_was_done(before)
        assert (restored.n_rows, restored.n_erased_again, restored.n_without_key) == (saved.n_rows, 0, 0)
        with session_scope(empty) as session:
            assert get_identity(session, settings, people[0]) == SOMEBODY
            assert restricted_facts(session, people) == facts
            save_candidates(session, [CandidateProfile(region="AM05")], now=LATER)
        seal_all(empty, settings)
        with session_scope(empty, read_only=True) as session:
            said = verify(session, settings.data_dir / "audit.anchor")
            newest = page_of_record(session, RecordFilter(), limit=2).items
    assert said.sound
    assert [entry.kind for entry in newest] == [RecordKind.ANCHOR_BEGUN, RecordKind.RESTORED]


def test_the_erased_stay_erased(source: Any, new_database: NewDatabase, tmp_path: Path) -> None:
    engine, settings, _ = source
    with session_scope(engine) as session:
        (anna,) = save_candidates(session, [CandidateProfile(region="AM05", coach="Bea-of-Anna")], now=NOW).ids
        put_identity(session, settings, anna, SOMEBODY)
    save_backup(engine, tmp_path / "vonk.backup", now=NOW)
    with session_scope(engine) as session:
        erase(session, settings, anna, now=NOW)
    with database(new_database, "sqlite", False, settings) as empty:
        assert restore_backup(empty, settings, tmp_path / "vonk.backup", now=LATER).n_erased_again == 1
        assert "Bea-of-Anna" not in str(content(empty))
        assert anna not in str(content(empty)["candidates"])


def test_nobody_is_still_signed_in_after_a_restore(source: Any, new_database: NewDatabase, tmp_path: Path) -> None:
    engine, settings, _ = source
    with session_scope(engine) as session:
        account = create_account(session, now=NOW, email="anna@example.org")
        begin(session, account, confirmed=True, now=NOW)
    save_backup(engine, tmp_path / "vonk.backup", now=NOW)
    with session_scope(engine) as session:
        end_all(session, account)
    with database(new_database, "sqlite", False, settings) as empty:
        restore_backup(empty, settings, tmp_path / "vonk.backup", now=NOW)
        assert content(empty)["sign_ins"] == []
        assert account in str(content(empty)["accounts"])


def test_without_the_vault_all_is_restored_but_no_name_and_no_restricted_fact_can_be_read(
    source: Any, new_database: NewDatabase, tmp_path: Path
) -> None:
    engine, _, people = source
    elsewhere = settings_on(tmp_path / "elsewhere")
    save_backup(engine, tmp_path / "vonk.backup", now=NOW)
    assert b"Anna" not in (tmp_path / "vonk.backup").read_bytes()
    sealed = {row["candidate_id"] for row in content(engine)["candidate_restricted"]}
    with database(new_database, "sqlite", False, elsewhere) as empty:
        n_without_key = restore_backup(empty, elsewhere, tmp_path / "vonk.backup", now=LATER).n_without_key
        assert n_without_key == len(sealed.union(people[:3])) > 3
        with session_scope(empty) as session, pytest.raises(Exception, match=r"identity\.no_key"):
            get_identity(session, elsewhere, people[0])
        with session_scope(empty) as session:
            profiles = dict(load_candidates(session, people))
    assert all(profile.screenings is None for profile in profiles.values()), "what is lost is not known"


def test_a_backup_is_of_one_moment_while_others_write(
    engine: Engine, new_database: NewDatabase, tmp_path: Path
) -> None:
    settings = settings_on(tmp_path / "data")
    with session_scope(engine) as session:
        save_candidates(session, [CandidateProfile(region="AM05")], now=NOW)
    before = content(engine)

    def meanwhile(number: int, _total: int) -> None:
        if number == 1:
            with session_scope(engine) as session:
                save_candidates(session, [CandidateProfile(region="AM06")], now=NOW)

    save_backup(engine, tmp_path / "vonk.backup", now=NOW, progress=meanwhile)
    assert len(content(engine)["candidates"]) == 2
    with database(new_database, "sqlite", False, settings) as empty:
        restore_backup(empty, settings, tmp_path / "vonk.backup", now=LATER)
        assert without_what_was_done(content(empty)) == without_what_was_done(before)


def test_a_file_that_is_there_is_not_written_over(sqlite_engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "vonk.backup"
    file.write_text("mine")

    def refused() -> None:
        with pytest.raises(Refused, match=r"backup\.exists"):
            save_backup(sqlite_engine, file, now=NOW, progress=lambda number, _: appear(number))

    def appear(number: int) -> None:
        file.write_text("mine")

    refused()
    file.unlink()
    refused()
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("vonk.backup", "mine")]


def _killed(work: str, url: str, settings: Settings, file: Path) -> None:
    def die(number: int, total: int) -> None:
        if number == total // 2:
            os.kill(os.getpid(), signal.SIGKILL)

    engine = of_installation(engine_for(url), settings)
    if work == "save":
        save_backup(engine, file, now=NOW, progress=die)
    else:
        restore_backup(engine, settings, file, now=NOW, progress=die)


def killed(work: str, engine: Engine, settings: Settings, file: Path) -> None:
    url = engine.url.render_as_string(hide_password=False)
    process = SPAWN.Process(target=_killed, args=(work, url, settings, file))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL


@pytest.mark.soak
def test_killed_halfway_there_is_no_half_file_and_no_half_database(
    source: Any, new_database: NewDatabase, tmp_path: Path
) -> None:
    engine, settings, _ = source
    backend = "sqlite" if engine.dialect.name == "postgresql" else "postgresql"
    file = tmp_path / "vonk.backup"
    killed("save", engine, settings, file)
    assert not file.exists()
    save_backup(engine, file, now=NOW)
    with database(new_database, backend, False, settings) as empty:
        killed("restore", empty, settings, file)
        assert not content(empty)["candidates"]
        assert not content(empty)["skills"]
        assert restore_backup(empty, settings, file, now=LATER).n_rows
        assert content(empty)["candidates"] == content(engine)["candidates"]


def rewritten(file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A copy of a backup with other members."""
    made = file.with_name("changed.backup")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            after = change(name, old.read(name))
            if after is not None:
                new.writestr(name, after)
    return made


def _manifest(change: Callable[[Any], Any]) -> Callable[[str, bytes], bytes | None]:
    def changed(name: str, member: bytes) -> bytes:
        if name != "manifest.json":
            return member
        manifest = json.loads(member)
        change(manifest)
        return json.dumps(manifest).encode()

    return changed


HARM: dict[str, tuple[Callable[[str, bytes], bytes | None], type[Exception], str]] = {
    "another value": (
        lambda name, member: member.replace(b"AM05", b"AM06") if name == "tables/candidates" else member,
        Invalid,
        r"backup\.damaged.*candidates",
    ),
    "a row less": (
        lambda name, member: member.partition(b"\n")[2] if name == "tables/candidate_skills" else member,
        Invalid,
        r"backup\.damaged.*candidate_skills",
    ),
    "half a row": (lambda name, member: member[:-9] if name == "tables/regions" else member, Invalid, r"damaged"),
    "no such table": (lambda name, member: None if name == "tables/regions" else member, Invalid, r"damaged.*regions"),
    "no manifest": (lambda name, member: None if "manifest" in name else member, Invalid, r"backup\.unreadable"),
    "another revision": (_manifest(lambda said: said.update(revision="0001_foundation")), Conflict, r"other_revision"),
    "a table more": (_manifest(lambda said: said["tables"].pop("regions")), Invalid, r"backup\.damaged"),
    "no hash": (_manifest(lambda said: said["tables"]["regions"].pop("sha256")), Invalid, r"backup\.unreadable"),
}


@pytest.mark.parametrize("harm", HARM)
def test_a_backup_that_was_changed_restores_nothing(
    source: Any, harm: str, new_database: NewDatabase, tmp_path: Path
) -> None:
    engine, settings, _ = source
    save_backup(engine, tmp_path / "vonk.backup", now=NOW)
    change, kind, message = HARM[harm]
    file = rewritten(tmp_path / "vonk.backup", change)
    with database(new_database, engine.dialect.name, True, settings) as empty:
        with pytest.raises(kind, match=message) as refused:
            restore_backup(empty, settings, file, now=LATER)
        assert not content(empty)["candidates"]
        assert not content(empty)["audit_entries"]
    assert "AM05" not in str(refused.value)


def test_what_is_no_backup_is_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("boodschappen")
    with pytest.raises(Invalid, match=r"backup\.unreadable"):
        restore_backup(sqlite_engine, settings_on(tmp_path / "data"), tmp_path / "notes.txt", now=NOW)


def test_only_an_empty_database_is_filled(source: Any, engine: Engine, tmp_path: Path) -> None:
    saved, settings, _ = source
    save_backup(saved, tmp_path / "vonk.backup", now=NOW)
    with session_scope(engine) as session:
        save_candidates(session, [CandidateProfile(region="AM05")], now=NOW)
    with pytest.raises(Conflict, match=r"backup\.not_empty"):
        restore_backup(engine, settings, tmp_path / "vonk.backup", now=NOW)
    assert len(content(engine)["candidates"]) == 1


def test_a_database_of_another_version_is_not_saved(empty_engine: Engine, tmp_path: Path) -> None:
    migrate(empty_engine, "0002_changes")
    with pytest.raises(Conflict, match=r"backup\.other_revision"):
        save_backup(empty_engine, tmp_path / "vonk.backup", now=NOW)
    assert "audit_entries" not in inspect(empty_engine).get_table_names()
    assert not list(tmp_path.glob("vonk.backup*"))


MANY = sa.Table(
    "many",
    sa.MetaData(),
    sa.Column("text", sa.String),
    sa.Column("whole", sa.BigInteger),
    sa.Column("number", sa.Float),
    sa.Column("said", sa.Boolean),
    sa.Column("day", sa.Date),
    sa.Column("sealed", sa.LargeBinary),
    sa.Column("listed", sa.JSON),
)
TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"))


@given(
    st.tuples(
        TEXTS | st.sampled_from(["\\N", "\\", "", ODD]),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(allow_nan=False),
        st.booleans(),
        st.dates(date(1000, 1, 1)),
        st.binary(),
        st.lists(TEXTS),
    )
)
def test_every_value_comes_back_from_its_line(values: tuple[Any, ...]) -> None:
    read = reader_of(list(MANY.columns))
    line = line_of(values)
    assert line.count(b"\n") == 1
    assert tuple(read(line).values()) == values
    assert set(read(line_of([None] * len(values))).values()) == {None}


def test_the_sizes_of_parts_do_not_matter(source: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine, settings, _ = source
    save_backup(engine, tmp_path / "one.backup", now=NOW)
    monkeypatch.setattr(saving_module, "_AT_ONCE", 7)
    monkeypatch.setattr(restoring_module, "_AT_ONCE", 7)
    monkeypatch.setattr(restoring_module, "_PART_BYTES", 100)
    url = f"sqlite:///{tmp_path / 'small.db'}"
    small = engine_for(url)
    restore_backup(small, settings, tmp_path / "one.backup", now=LATER)
    assert content(small)["candidates"] == content(engine)["candidates"]
    small.dispose()
