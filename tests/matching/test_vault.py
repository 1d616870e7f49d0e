"""What is sealed for a person opens for her alone, by either secret while one replaces another, and never once she is
erased."""

import hashlib
import json
import multiprocessing
import os
import signal
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr, ValidationError
from sqlalchemy import Engine, inspect, text

from matching.database import alembic_config, downgrade, migrate, revision_of, session_scope
from matching.errors import Invalid, NotFound, Refused, VonkError
from matching.profiles import CandidateProfile
from matching.settings import Settings
from matching.store import Identity, get_identity, reseal_identities, save_candidates
from matching.vault import (
    VAULT,
    destroy,
    forget_keys_of_nobody,
    n_keys,
    open_for,
    open_many,
    rotate,
    seal_for,
    seal_many,
    tombstones,
)
from matching.vault import keys as module
from matching.vault.tables import metadata

OLD, NEW = "9f2kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e", "Zz8kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e"
DAY = date(2027, 3, 1)


@pytest.fixture
def settings(empty_engine: Engine, tmp_path: Path) -> Settings:
    """An installation with its vault on each of the two databases in turn."""
    return on(empty_engine.url.render_as_string(hide_password=False), tmp_path, OLD)


def on(url: str, folder: Path, secret: str, old: str | None = None) -> Settings:
    secrets = {"secret_key": SecretStr(secret), "secret_key_old": None if old is None else SecretStr(old)}
    return Settings(data_dir=folder, vault_url=url, **secrets)


def under(settings: Settings, secret: str, old: str | None = None) -> Settings:
    return on(settings.vault_url, settings.data_dir, secret, old)


def test_what_is_sealed_for_her_opens_for_her_and_for_that_purpose_alone(settings: Settings) -> None:
    sealed = seal_for(settings, "c_1", b"Anna", "identity")
    assert b"Anna" not in sealed
    assert sealed != seal_for(settings, "c_1", b"Anna", "identity"), "equal contents do not show"
    assert open_for(settings, "c_1", sealed, "identity") == b"Anna"
    seal_for(settings, "c_2", b"Bea", "identity")
    for other, purpose in (("c_2", "identity"), ("c_1", "groups")):
        with pytest.raises(VonkError, match=r"vault\.broken"):
            open_for(settings, other, sealed, purpose)
    for broken in (sealed[:-1], sealed[:5], b"", bytes([sealed[0] ^ 1]) + sealed[1:]):
        with pytest.raises(VonkError, match=r"vault\.broken"):
            open_for(settings, "c_1", broken, "identity")
    with pytest.raises(NotFound, match=r"vault\.no_key"):
        open_for(settings, "c_3", sealed, "identity")
    assert n_keys(settings) == 2, "who only asks makes no key"


def test_many_are_sealed_and_opened_at_once_and_who_cannot_be_opened_is_told_apart(
    settings: Settings, empty_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MANY_AT_ONCE", 3)
    plain = {f"c_{n}": f"diary {n}".encode() for n in range(8)}
    first = seal_for(settings, "c_0", b"diary 0", "facts")
    sealed = seal_many(settings, plain, "facts")
    assert (n_keys(settings), len(set(sealed.values()))) == (8, 8)
    assert open_for(settings, "c_5", sealed["c_5"], "facts") == b"diary 5"
    assert open_many(settings, {"c_0": first}, "facts").plain == {"c_0": b"diary 0"}, "the key that was there"
    destroy(settings, ["c_1"], DAY)
    with empty_engine.begin() as connection:
        connection.execute(
            text("UPDATE person_keys SET wrapped = :broken WHERE candidate_id = 'c_4'"), {"broken": b"x"}
        )
    found = open_many(settings, sealed | {"c_2": sealed["c_3"], "c_9": first}, "facts")
    assert found.closed == {"c_1", "c_2", "c_4", "c_9"}
    assert found.plain == {one: plain[one] for one in ("c_0", "c_3", "c_5", "c_6", "c_7")}
    assert "diary" not in repr(found)
    with pytest.raises(VonkError, match=r"vault\.other_secret"):
        open_many(under(settings, NEW), sealed, "facts")
    with pytest.raises(Refused, match=r"vault\.erased"):
        seal_many(settings, plain, "facts")


def test_keys_lie_wrapped(settings: Settings, empty_engine: Engine) -> None:
    sealed = seal_for(settings, "c_1", b"Anna", "identity")
    with empty_engine.connect() as connection:
        (wrapped,) = connection.execute(text("SELECT wrapped FROM person_keys")).one()
    for key in (bytes(wrapped)[-32:], bytes(wrapped)[12:44]):
        with pytest.raises(Exception, match=r"^$"):
            AESGCM(key).decrypt(sealed[:12], sealed[12:], b"c_1\0identity")
    with pytest.raises(VonkError, match=r"vault\.other_secret"):
        open_for(under(settings, NEW), "c_1", sealed, "identity")


def test_nobody_opens_what_was_sealed_for_an_erased_person(settings: Settings) -> None:
    sealed = [seal_for(settings, identifier, b"Anna", "identity") for identifier in ("c_1", "c_2")]
    assert destroy(settings, ["c_1", "c_9"], DAY) == 1
    assert destroy(settings, ["c_1"], DAY + timedelta(days=1)) == 0
    assert tombstones(settings) == {"c_1": DAY, "c_9": DAY}
    with pytest.raises(NotFound, match=r"vault\.no_key"):
        open_for(settings, "c_1", sealed[0], "identity")
    with pytest.raises(Refused, match=r"vault\.erased"):
        seal_for(settings, "c_1", b"Anna", "identity")
    assert open_for(settings, "c_2", sealed[1], "identity") == b"Anna"


def test_a_secret_is_replaced_while_everything_goes_on(settings: Settings) -> None:
    before = {f"c_{n}": seal_for(settings, f"c_{n}", b"Anna", "identity") for n in range(7)}
    both, new = under(settings, NEW, OLD), under(settings, NEW)
    before["c_new"] = seal_for(both, "c_new", b"Anna", "identity")
    with pytest.raises(VonkError, match=r"vault\.other_secret"):
        rotate(new)
    for identifier, sealed in before.items():
        assert open_for(both, identifier, sealed, "identity") == b"Anna"
    seen: list[tuple[int, int]] = []
    done = rotate(both, lambda n, of: seen.append((n, of)))
    assert (done.n_wrapped, done.n_keys, seen[-1]) == (7, 8, (7, 8))
    assert rotate(both).n_wrapped == 0
    for identifier, sealed in before.items():
        assert open_for(new, identifier, sealed, "identity") == b"Anna"
    with pytest.raises(VonkError, match=r"vault\.other_secret"):
        open_for(settings, "c_1", before["c_1"], "identity")


def _killed_halfway(settings: Settings) -> None:
    module._AT_ONCE = 3
    rotate(settings, lambda *_: os.kill(os.getpid(), signal.SIGKILL))


def test_a_rotation_that_is_killed_halfway_loses_nothing_and_goes_on(settings: Settings) -> None:
    sealed = {f"c_{n}": seal_for(settings, f"c_{n}", b"Anna", "identity") for n in range(8)}
    both = under(settings, NEW, OLD)
    process = multiprocessing.get_context("spawn").Process(target=_killed_halfway, args=(both,))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    for identifier in sealed:
        assert open_for(both, identifier, sealed[identifier], "identity") == b"Anna"
    assert rotate(both).n_wrapped == 5
    for identifier in sealed:
        assert open_for(under(settings, NEW), identifier, sealed[identifier], "identity") == b"Anna"


def test_a_key_whose_person_never_came_is_forgotten_after_some_days(settings: Settings, tmp_path: Path) -> None:
    def at(day: date) -> Settings:
        (tmp_path / "clock").write_text(f"{day.isoformat()}T12:00:00+00:00")
        return settings.model_copy(update={"clock": tmp_path / "clock"})

    seal_for(at(DAY), "c_1", b"Anna", "identity")
    seal_for(at(DAY), "c_2", b"Bea", "identity")
    seal_for(at(DAY + timedelta(days=2)), "c_3", b"Cora", "identity")
    assert forget_keys_of_nobody(at(DAY + timedelta(days=2)), lambda ids: {"c_1"}, since=DAY) == 0
    assert forget_keys_of_nobody(at(DAY + timedelta(days=3)), lambda ids: {"c_1"}, since=DAY) == 1
    assert n_keys(settings) == 2
    assert tombstones(settings) == {}


def test_the_vault_has_a_history_of_its_own(empty_engine: Engine) -> None:
    migrate(empty_engine, history=VAULT)
    assert revision_of(empty_engine) == VAULT.newest
    assert set(inspect(empty_engine).get_table_names()) == {*metadata.tables, "alembic_version"}
    with empty_engine.connect() as connection:
        command.check(alembic_config(connection, VAULT))
    downgrade(empty_engine, "base", VAULT)
    assert inspect(empty_engine).get_table_names() == ["alembic_version"]


def test_a_vault_of_its_own_file_is_for_this_account_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    seal_for(settings, "c_1", b"Anna", "identity")
    assert {path.name: path.stat().st_mode & 0o077 for path in tmp_path.glob("vault.db*")}.popitem()[1] == 0
    assert not [path for path in tmp_path.glob("vault.db*") if path.stat().st_mode & 0o077]


def test_the_vault_stands_apart_from_the_database(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="must stand apart"):
        Settings(database_url="postgresql://db/vonk", vault_url="postgresql://db/vonk")
    with pytest.raises(Invalid, match="VONK_VAULT_URL"):
        seal_for(Settings(data_dir=tmp_path, vault_url="mysql://db/vault"), "c_1", b"Anna", "identity")


SOMEBODY = Identity(name="Anna de Vries", email="anna@example.org", phone=None, address="Dorpsstraat 1")


def test_an_identity_that_was_sealed_the_old_way_is_read_and_sealed_anew(
    engine: Engine, moment: datetime, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr(OLD))
    both = Settings(data_dir=tmp_path, secret_key=SecretStr(NEW), secret_key_old=SecretStr(OLD))
    new = Settings(data_dir=tmp_path, secret_key=SecretStr(NEW))
    with session_scope(engine) as session:
        (identifier,) = save_candidates(session, [CandidateProfile(region="AM05")], now=moment).ids
        key = HKDF(SHA256(), 32, salt=None, info=b"vonk identities").derive(OLD.encode())
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(key).encrypt(nonce, json.dumps(asdict(SOMEBODY)).encode(), identifier.encode())
        named = hashlib.sha256(b"vonk key name" + key).hexdigest()[:16]
        session.connection().execute(
            text("INSERT INTO identities VALUES (:id, :sealed, :key)"),
            {"id": identifier, "sealed": sealed, "key": named},
        )
        assert get_identity(session, settings, identifier) == SOMEBODY
        assert get_identity(session, both, identifier) == SOMEBODY
        with pytest.raises(VonkError, match=r"identity\.other_key"):
            get_identity(session, new, identifier)
        assert (reseal_identities(session, both, 10), reseal_identities(session, both, 10)) == (1, 0)
        assert get_identity(session, new, identifier) == SOMEBODY
