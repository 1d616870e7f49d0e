"""The commands that keep what is stored say what they did, and end with 1 where something does not fit."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from api.commands.prepare import prepare
from api.wording import LOCALES, has_words
from matching.accounts import create_account
from matching.database import create_engine, session_scope
from matching.profiles import CandidateProfile
from matching.record import FindingCode, RecordKind, record, seal_all
from matching.rights import erase
from matching.second_factors import begin_set_up, secret_being_set_up
from matching.settings import Settings
from matching.store import Identity, get_identity, put_identity, save_candidates
from matching.tables import metadata
from tests.api.conftest import MOMENT, environment
from tests.api.test_cli import asked, json_of

OLD, NEW = "9f2kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e", "Zz8kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e"
SOMEBODY = Identity(name="Anna de Vries")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data_dir = tmp_path_factory.mktemp("kept") / "data"
    prepare(Settings(data_dir=data_dir)).dispose()
    return data_dir


@pytest.fixture
def own(tmp_path: Path, prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A data folder of its own without people."""
    data_dir = tmp_path / "data"
    shutil.copytree(prepared, data_dir)
    for name, value in (environment(data_dir) | {"VONK_SECRET_KEY": OLD}).items():
        monkeypatch.setenv(name, value)
    return Settings()


def woman(settings: Settings) -> str:
    engine = create_engine(settings)
    with session_scope(engine) as session:
        (identifier,) = save_candidates(session, [CandidateProfile(region="AM05")], now=MOMENT).ids
        put_identity(session, settings, identifier, SOMEBODY)
        record(session, None, RecordKind.CREATED, now=MOMENT, about_candidate=identifier)
    seal_all(engine, settings)
    engine.dispose()
    return identifier


def tamper(settings: Settings) -> None:
    engine = create_engine(settings)
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER audit_entries_no_update"))
        connection.execute(text("UPDATE audit_entries SET kind = 'changed'"))
    engine.dispose()


def test_a_sound_record_is_told_and_a_changed_one_ends_with_1(
    own: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    woman(own)
    status, out, error = asked(capsys, "audit", "verify", "--json")
    body = json_of(out)
    assert (status, error, body["sound"], body["entries"], body["anchoredTo"]) == (0, "", True, 1, 1)
    assert asked(capsys, "audit", "verify")[1].startswith("Het logboek klopt.")
    tamper(own)
    status, out, error = asked(capsys, "audit", "verify", "--json")
    (finding,) = json_of(out)["findings"]
    assert (status, json_of(out)["sound"], finding["code"], finding["batch"]) == (1, False, "altered", 1)
    status, out, error = asked(capsys, "audit", "verify")
    assert (status, "klopt niet" in out, "Deel 1" in error) == (1, True, True)


def test_to_verify_changes_nothing_and_asks_for_a_database(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VONK_DATA_DIR", str(tmp_path / "nothing"))
    status, out, error = asked(capsys, "audit", "verify")
    assert (status, out, "vonk migrate" in error) == (1, "", True)


def test_an_anchor_that_is_gone_is_begun_again(own: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    woman(own)
    (own.data_dir / "audit.anchor").unlink()
    assert asked(capsys, "audit", "verify")[0] == 1
    assert asked(capsys, "audit", "anchor")[0] == 0
    assert asked(capsys, "audit", "verify")[0] == 0


def test_a_backup_is_restored_elsewhere_without_whoever_was_erased_since(
    own: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stays, goes = woman(own), woman(own)
    file = tmp_path / "vonk.backup"
    status, out, _ = asked(capsys, "backup", str(file), "--json")
    assert (status, json_of(out)["tables"]) == (0, len(metadata.tables))
    assert asked(capsys, "backup", str(file))[0] == 1
    engine = create_engine(own)
    with session_scope(engine) as session:
        erase(session, own, goes, now=MOMENT)
    engine.dispose()
    monkeypatch.setenv("VONK_DATABASE_URL", f"sqlite:///{tmp_path / 'other.db'}")
    status, out, error = asked(capsys, "restore", str(file), "--json")
    assert (status, error, json_of(out)["erasedAgain"], json_of(out)["withoutKey"]) == (0, "", 1, 0)
    status, _, error = asked(capsys, "restore", str(file))
    assert (status, "niet leeg" in error) == (1, True)
    assert asked(capsys, "audit", "verify")[0] == 0
    engine = create_engine(Settings())
    with session_scope(engine) as session:
        assert get_identity(session, Settings(), stays) == SOMEBODY
        assert set(session.connection().scalars(text("SELECT id FROM candidates"))) == {stays}
    engine.dispose()


def test_keys_go_over_to_a_new_secret(
    own: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    identifier = woman(own)
    engine = create_engine(own)
    with session_scope(engine) as session:
        account = create_account(session, now=MOMENT)
        begin_set_up(session, own, account)
        secret = secret_being_set_up(session, own, account)
    monkeypatch.setenv("VONK_SECRET_KEY", NEW)
    status, _, error = asked(capsys, "keys", "rotate")
    assert (status, "VONK_SECRET_KEY_OLD" in error) == (1, True)
    monkeypatch.setenv("VONK_SECRET_KEY_OLD", OLD)
    status, out, _ = asked(capsys, "keys", "rotate", "--json")
    assert (status, json_of(out)) == (0, {"keys": 1, "wrapped": 1, "resealed": 0, "factors": 1})
    monkeypatch.delenv("VONK_SECRET_KEY_OLD")
    with session_scope(engine) as session:
        assert get_identity(session, Settings(), identifier) == SOMEBODY
        assert secret_being_set_up(session, Settings(), account) == secret
    engine.dispose()


def test_who_came_back_is_gone_before_any_command_shows_something(
    own: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    identifier = woman(own)
    shutil.copyfile(own.data_dir / "vonk.db", tmp_path / "copy.db")
    engine = create_engine(own)
    with session_scope(engine) as session:
        erase(session, own, identifier, now=MOMENT)
    engine.dispose()
    for left in own.data_dir.glob("vonk.db-*"):
        left.unlink()
    shutil.copyfile(tmp_path / "copy.db", own.data_dir / "vonk.db")
    status, _, error = asked(capsys, "questions", identifier)
    assert (status, identifier in error or "kandidaat" in error.lower()) == (1, True)


def test_what_is_due_goes_when_asked(own: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    woman(own)
    status, out, _ = asked(capsys, "retain", "--json")
    expected = {"entries": 0, "batches": 0, "introductions": 0, "keys": 0, "unconfirmed": 0}
    assert (status, json_of(out)) == (0, expected)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_finding_has_words(locale: str) -> None:
    assert [code for code in FindingCode if not has_words(locale, f"audit.finding.{code}")] == []
