import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from api.commands.prepare import prepare
from matching.database import session_scope
from matching.settings import Settings
from matching.tokens import actor_of_token
from tests.api.conftest import MOMENT, Installation, environment

MAIL = "baas.marker@voorbeeld.nl"
PASSWORD = "een blauwe fiets in de regen"


@pytest.fixture
def own(installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the small world, for the command line within this process."""
    shutil.copytree(installation.data_dir, tmp_path / "data")
    for name, value in environment(tmp_path / "data").items():
        monkeypatch.setenv(name, value)
    return tmp_path / "data"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = run(arguments)
    out, error = capsys.readouterr()
    return status, out, error


def body(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    status, out, error = said(capsys, *arguments, "--json")
    assert (status, error) == (0, "")
    return json.loads(out)


def test_one_command_gives_a_machine_its_account_its_roles_and_its_token(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = body(capsys, "token", "create", "--role", "adviser", "--region", "AM13", "--role", "auditor", "--days", "7")
    assert made["scopes"] == ["read", "write"]
    settings = Settings()
    engine = prepare(settings)
    with session_scope(engine, read_only=True) as session:
        actor = actor_of_token(session, made["token"], now=MOMENT)
    engine.dispose()
    assert actor is not None
    assert {(grant.role.value, grant.region) for grant in actor.grants} == {("adviser", "AM13"), ("auditor", None)}
    listed = body(capsys, "token", "list", made["accountId"])["items"]
    assert [(one["id"], "token" in one) for one in listed] == [(made["id"], False)]
    assert said(capsys, "token", "revoke", made["id"])[0] == 0
    assert body(capsys, "token", "list", made["accountId"])["items"][0]["revokedAt"] is not None


def test_a_first_administrator_is_made_and_is_not_the_last_one_to_go(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(PASSWORD + "\n"))
    account_id = body(
        capsys, "account", "create", "--email", MAIL.upper(), "--role", "administrator", "--password-stdin"
    )["id"]
    shown = body(capsys, "account", "show", MAIL)
    assert (shown["id"], shown["email"], shown["grants"][0]["role"]) == (account_id, MAIL, "administrator")
    assert PASSWORD not in json.dumps(shown)
    status, out, error = said(capsys, "account", "disable", MAIL)
    assert (status, out) == (1, "")
    assert error.startswith("Dit is de laatste beheerder.")
    assert said(capsys, "account", "revoke", MAIL, shown["grants"][0]["id"])[0] == 1
    assert body(capsys, "account", "show", MAIL) == shown
    body(capsys, "account", "create", "--name", "Twee", "--role", "administrator")
    assert said(capsys, "account", "disable", account_id)[0] == 0
    assert body(capsys, "account", "show", account_id)["active"] is False
    assert said(capsys, "account", "enable", account_id)[0] == 0


def test_a_role_is_given_until_a_day_and_taken_back(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    organisation = body(capsys, "organisation", "create", "Firma Marker", "--kind", "supplier")["id"]
    account_id = body(capsys, "account", "create", "--name", "Werkgever")["id"]
    given = body(
        capsys,
        "account",
        "grant",
        account_id,
        "--role",
        "employer",
        "--organisation",
        "Firma Marker",
        "--until",
        "2027-12-31",
    )
    shown = body(capsys, "account", "show", account_id)["grants"]
    assert [(one["organisationId"], one["endsOn"]) for one in shown] == [(organisation, "2027-12-31")]
    assert "werkgever" in said(capsys, "account", "list")[1]
    assert said(capsys, "account", "revoke", account_id, given["grants"][0])[0] == 0
    assert body(capsys, "account", "show", account_id)["grants"] == []


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("token", "create"), "Noem een account"),
        (("token", "create", MAIL), "Er is geen account"),
        (("token", "create", "--role", "employer"), "organisation: dit is nodig"),
        (("token", "create", "--role", "adviser", "--region", "AM99"), "arbeidsmarktregio is niet bekend"),
        (("token", "create", "--role", "coach", "--region", "AM13"), "dit hoort niet bij deze rol"),
        (("token", "create", "--role", "auditor", "--days", "0"), "1 tot 366"),
        (("account", "create", "--email", "marker zonder"), "Dit is geen e-mailadres"),
        (("account", "create", "--password-stdin"), "email: dit is nodig"),
        (("account", "grant", MAIL, "--role", "auditor", "--until", "morgen"), "Dit is geen datum"),
    ],
)
def test_what_cannot_be_is_told_and_changes_nothing(
    own: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], why: str
) -> None:
    before = body(capsys, "account", "list")
    status, out, error = said(capsys, *arguments)
    assert (status, out) == (1, "")
    assert why in error
    assert "marker" not in error
    assert body(capsys, "account", "list") == before


def test_a_password_that_will_not_do_is_refused_without_being_repeated(
    own: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for password, why in (
        ("kort", "12 tekens of meer"),
        ("qwertyuiop12", "makkelijk te raden"),
        ("baas.marker2027", "makkelijk te raden"),
        ("x" * 201, "hoogstens 200"),
    ):
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        status, _, error = said(capsys, "account", "create", "--email", MAIL, "--password-stdin")
        assert status == 1
        assert why in error
        assert password not in error


def test_the_commands_explain_themselves_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for language, words in (("nl", "rollen"), ("en", "roles")):
        status, out, _ = said(capsys, "--language", language, "account", "--help")
        assert status == 0
        assert words in out
        assert "cli." not in out
