from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from matching.database import session_scope
from matching.errors import Invalid, NotFound
from matching.rule_store import active_rules, save_rule_sets

DAY = date(2027, 3, 1)


def text(value: int, version: str = "2027.1") -> str:
    return (
        f'code: matching\nversion: "{version}"\nregion: null\nrules:\n'
        f"  - {{code: near.travel_minutes, value: {value}, unit: minutes, source: a test,"
        ' valid_from: 2020-01-01, valid_until: null, note: ""}\n'
    )


def test_a_rule_set_comes_back_as_it_was_published(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        assert save_rule_sets(session, {"matching.yaml": text(10)}, now=moment) == 1
    with session_scope(engine, read_only=True) as session:
        assert active_rules(session, "matching").number("near.travel_minutes", DAY) == 10


def test_the_same_text_again_writes_nothing(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        save_rule_sets(session, {"matching.yaml": text(10)}, now=moment)
        assert save_rule_sets(session, {"matching.yaml": text(10)}, now=moment + timedelta(days=1)) == 0


def test_the_version_that_was_loaded_last_counts_and_the_earlier_one_stays(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        save_rule_sets(session, {"matching.yaml": text(10)}, now=moment)
        save_rule_sets(session, {"matching.yaml": text(15, "2027.2")}, now=moment + timedelta(days=1))
        assert active_rules(session).version == "2027.2"
        assert session.connection().exec_driver_sql("SELECT count(*) FROM rule_sets").scalar_one() == 2


def test_a_corrected_text_of_one_version_replaces_it(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        save_rule_sets(session, {"matching.yaml": text(10)}, now=moment)
        assert save_rule_sets(session, {"matching.yaml": text(12)}, now=moment) == 1
        assert active_rules(session).number("near.travel_minutes", DAY) == 12


def test_one_set_that_is_not_sound_leaves_all_as_it_was(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        with pytest.raises(Invalid):
            save_rule_sets(session, {"good.yaml": text(10), "bad.yaml": "code: [1"}, now=moment)
        with pytest.raises(NotFound):
            active_rules(session)
