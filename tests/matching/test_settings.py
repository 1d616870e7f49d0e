"""Settings and the clock: what production refuses, and one time for everybody."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from matching import settings_page
from matching.clock import now, today
from matching.errors import FieldProblem, Invalid, VonkError
from matching.settings import Settings, secret_of
from matching.settings_page import page

REAL = "9f2kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"VONK_{name.upper()}", raising=False)
    monkeypatch.setenv("VONK_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)


def test_a_development_machine_needs_no_settings(tmp_path: Path) -> None:
    settings = Settings()
    assert settings.env == "development"
    assert settings.url == f"sqlite:///{tmp_path.as_posix()}/vonk.db"


def test_settings_come_from_the_environment_or_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "vonk.env").write_text("VONK_DATABASE_URL=postgresql://db/vonk\nVONK_ENV=production\n")
    monkeypatch.setenv("VONK_SECRET_KEY", REAL)
    assert (Settings().url, Settings().env) == ("postgresql://db/vonk", "production")


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({}, "VONK_SECRET_KEY is needed"),
        ({"VONK_SECRET_KEY": REAL[:31]}, "shorter than 32"),
        ({"VONK_SECRET_KEY": "a" * 40}, "placeholder"),
        ({"VONK_SECRET_KEY": f"change-this-{REAL}"}, "placeholder"),
        ({"VONK_SECRET_KEY": REAL, "VONK_CLOCK": "now.txt"}, "VONK_CLOCK is refused"),
    ],
)
def test_production_refuses_to_start(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], reason: str) -> None:
    monkeypatch.setenv("VONK_ENV", "production")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=reason) as refused:
        Settings()
    assert variables.get("VONK_SECRET_KEY", "-") not in str(refused.value) or not variables


def test_the_secret_never_shows() -> None:
    assert REAL not in repr(Settings(secret_key=REAL))


def test_a_development_machine_keeps_one_secret(tmp_path: Path) -> None:
    first, again = secret_of(Settings()), secret_of(Settings())
    assert first == again
    assert len(first) >= 32
    assert [path.stat().st_mode & 0o077 for path in tmp_path.iterdir()] == [0]
    assert secret_of(Settings(secret_key=REAL)) == REAL.encode()


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())


def test_the_clock_is_that_of_the_machine_or_of_a_file(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    assert before <= now(Settings()) <= datetime.now(UTC)
    (tmp_path / "now.txt").write_text("2027-06-30T23:30:00+00:00\n")
    settings = Settings(clock=tmp_path / "now.txt")
    assert now(settings) == datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
    assert today(settings) == date(2027, 7, 1), "it is past midnight in the Netherlands"
    (tmp_path / "now.txt").write_text("2027-01-01T00:30:00+01:00")
    assert (now(settings).tzinfo, today(settings)) == (UTC, date(2027, 1, 1))


@pytest.mark.parametrize("content", [None, "", "tomorrow", "2027-01-01T09:00:00"])
def test_a_clock_that_cannot_be_read_is_an_error(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "now.txt").write_text(content)
    with pytest.raises(Invalid, match=r"clock\.unreadable"):
        now(Settings(clock=tmp_path / "now.txt"))


def test_an_error_carries_a_code_a_field_and_values() -> None:
    error = Invalid("import.refused", "hours", problems=(FieldProblem("hours.min", "too_much"),), row=7)
    assert isinstance(error, VonkError)
    assert (error.code, error.field, error.values, error.problems[0].reason) == (
        "import.refused",
        "hours",
        {"row": 7},
        "too_much",
    )
    assert str(error) == "import.refused hours row=7: hours.min too_much"


def test_the_page_of_settings_is_what_the_classes_say() -> None:
    """Else: make docs."""
    assert (Path(__file__).parents[2] / "docs" / "settings.md").read_text(encoding="utf-8") == page()


def test_a_setting_under_no_heading_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(settings_page.SUBJECTS, "Limits")
    with pytest.raises(ValueError, match="body_bytes"):
        page()


def test_secrets_come_from_a_folder_of_files_after_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "vonk_secret_key").write_text(f"{REAL}\n")
    (folder / "vonk_database_url").write_text("postgresql://of-the-folder/vonk")
    (folder / "vonk_metrics_token").write_text("of-the-folder-0123")
    monkeypatch.setenv("VONK_SECRETS_DIR", str(folder))
    monkeypatch.setenv("VONK_DATABASE_URL", "postgresql://of-the-environment/vonk")
    settings = Settings(env="production")
    assert secret_of(settings) == REAL.encode()
    assert settings.url == "postgresql://of-the-environment/vonk"
    assert settings.metrics_token is not None
    monkeypatch.delenv("VONK_SECRETS_DIR")
    (tmp_path / "vonk.env").write_text(f"VONK_SECRETS_DIR={folder}\n")
    assert secret_of(Settings(env="production")) == REAL.encode()


def test_a_folder_of_secrets_that_is_not_there_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VONK_SECRETS_DIR", str(tmp_path / "secrets"))
    with pytest.raises(ValidationError, match="no such folder"):
        Settings()
