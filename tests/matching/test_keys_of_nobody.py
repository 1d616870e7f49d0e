"""Keys whose person is not there go only where it is certain that nobody else has her."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from matching.database import session_scope
from matching.record import RecordKind, record
from matching.retention import retain
from matching.rule_store import save_rule_sets
from matching.settings import Settings
from matching.vault import open_for, seal_for
from tests.matching.pool_world import NOW, RULES, settings_on


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_on(tmp_path / "data")


@pytest.mark.parametrize("restored", [None, RecordKind.RESTORED, RecordKind.ANCHOR_BEGUN])
def test_a_database_that_is_new_or_was_set_back_destroys_no_keys_of_people_whom_it_does_not_know(
    engine: Engine, settings: Settings, restored: RecordKind | None
) -> None:
    sealed = seal_for(settings, "c_elsewhere", b"Anna", "test")
    later = settings_on(settings.data_dir, NOW + timedelta(days=9))
    with session_scope(engine) as session:
        save_rule_sets(session, {"national.yaml": (RULES / "national.yaml").read_text(encoding="utf-8")}, now=NOW)
        if restored is not None:
            record(session, None, RecordKind.CHANGED, now=NOW - timedelta(days=30))
            record(session, None, restored, now=NOW + timedelta(days=5))
        else:
            record(session, None, RecordKind.ACCOUNT_CHANGED, now=NOW + timedelta(days=5))
        assert retain(session, later, now=NOW + timedelta(days=9)).n_keys == 0
    assert open_for(later, "c_elsewhere", sealed, "test") == b"Anna"
