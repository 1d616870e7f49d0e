"""What changed is on record in the order in which it became visible, with what changed it or not at all."""

import threading
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session

from matching import changes as module
from matching.changes import Changes, Stand, changes_since, note_change, prune, stand_of
from matching.database import session_scope
from matching.errors import NotFound
from matching.profiles import CandidateProfile, VacancyProfile
from matching.reference import load_embedded
from matching.rule_store import save_rule_sets
from matching.store import delete_candidate, save_candidates, save_vacancies
from matching.tables import metadata
from matching.tables.changes import ChangeKind
from tests.matching.pool_world import RULES, reference

COUNTER = metadata.tables["change_counter"]


def person(**fields: object) -> CandidateProfile:
    return CandidateProfile.model_validate({"source": "wsp", "sourceId": "1", "postcode": "3511", **fields})


def save_and_fail(session: Session, profile: CandidateProfile, moment: datetime) -> None:
    save_candidates(session, [profile], now=moment)
    delete_candidate(session, "c_nobody")


def now_at(engine: Engine) -> Stand:
    with session_scope(engine, read_only=True) as session:
        return stand_of(session)


def since(engine: Engine, stand: Stand) -> Changes | None:
    with session_scope(engine, read_only=True) as session:
        return changes_since(session, stand)


def test_what_is_saved_changed_or_erased_is_named_once(engine: Engine, moment: datetime) -> None:
    start = now_at(engine)
    with session_scope(engine) as session:
        (woman,) = save_candidates(session, [person()], now=moment).ids
        (job,) = save_vacancies(session, [VacancyProfile.model_validate({"title": "tuinman"})], now=moment).ids
    saved = since(engine, start)
    assert saved is not None
    assert saved == Changes(saved.stand, frozenset({woman}), frozenset({job}))
    with session_scope(engine) as session:
        save_candidates(session, [person(postcode="1011")], now=moment)
    with session_scope(engine) as session:
        delete_candidate(session, woman)
    later = since(engine, saved.stand)
    assert later is not None
    assert later == Changes(later.stand, frozenset({woman}))
    assert later.stand.version == saved.stand.version + 2


def test_what_stays_the_same_is_no_change(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        save_candidates(session, [person()], now=moment)
    stand = now_at(engine)
    with session_scope(engine) as session:
        assert save_candidates(session, [person()], now=moment).unchanged == 1
    assert now_at(engine) == stand


def test_other_words_places_or_rules_are_a_change_of_the_reference(engine: Engine, moment: datetime) -> None:
    def load_words(session: Session) -> object:
        return load_embedded(session, reference(), now=moment)

    def load_rules(session: Session) -> object:
        return save_rule_sets(session, {path.name: path.read_text() for path in RULES.glob("*.yaml")}, now=moment)

    for load in (load_words, load_rules):
        stand = now_at(engine)
        with session_scope(engine) as session:
            load(session)
        found = since(engine, stand)
        assert found is not None
        assert found.reference


def test_what_is_rolled_back_never_happened(engine: Engine, moment: datetime) -> None:
    stand = now_at(engine)
    with pytest.raises(NotFound), session_scope(engine) as session:
        save_and_fail(session, person(), moment)
    assert now_at(engine) == stand


def test_a_part_that_was_taken_back_does_not_hide_the_rest(engine: Engine, moment: datetime) -> None:
    stand = now_at(engine)
    with session_scope(engine) as session:
        (kept,) = save_candidates(session, [person()], now=moment).ids
        with pytest.raises(NotFound), session.begin_nested():
            save_and_fail(session, person(sourceId="2"), moment)
    found = since(engine, stand)
    assert found is not None
    assert found.candidates is not None
    assert kept in found.candidates


def test_versions_become_visible_in_order_however_transactions_overlap(engine: Engine) -> None:
    """Eight writers at once: whoever sees a version sees all that came before it."""
    seen: list[set[str]] = []

    def write(number: int) -> None:
        with session_scope(engine) as session:
            note_change(session, ChangeKind.CANDIDATE, [f"c_{number}"])
        with session_scope(engine, read_only=True) as session:
            version = stand_of(session).version
            rows = session.connection().scalars(sa.text("SELECT DISTINCT version FROM changes")).all()
            seen.append({"whole"} if sorted(rows) == list(range(1, version + 1)) else {"gap"})

    writers = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert seen == [{"whole"}] * 8
    assert now_at(engine).version == 8


def test_many_changes_of_one_transaction_are_told_as_any(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_NAMED", 3)
    start = now_at(engine)
    with session_scope(engine) as session:
        note_change(session, ChangeKind.CANDIDATE, [f"c_{number}" for number in range(4)])
        note_change(session, ChangeKind.VACANCY, ["v_1"])
    found = since(engine, start)
    assert found is not None
    assert found == Changes(found.stand, None, frozenset({"v_1"}))


def test_from_another_past_nothing_can_be_told(engine: Engine) -> None:
    """A database that was put back and went on has the same version under another stamp."""
    start = now_at(engine)
    for one in ("c_1", "c_2", "c_3"):
        with session_scope(engine) as session:
            note_change(session, ChangeKind.CANDIDATE, [one])
    assert since(engine, start) is not None
    assert since(engine, Stand(start.version, "another")) is None
    assert since(engine, Stand(2, "another")) is None
    assert since(engine, Stand(99, "another")) is None


def test_what_was_pruned_cannot_be_told_and_what_is_left_can(engine: Engine) -> None:
    stands = [now_at(engine)]
    for one in ("c_1", "c_2", "c_3"):
        with session_scope(engine) as session:
            note_change(session, ChangeKind.CANDIDATE, [one])
        stands.append(now_at(engine))
    with session_scope(engine) as session:
        assert prune(session, stands[2]) == 1
    assert since(engine, stands[1]) is None
    left = since(engine, stands[2])
    assert left is not None
    assert left.candidates == frozenset({"c_3"})


def test_a_notice_holds_nothing_but_the_version(engine: Engine) -> None:
    if engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no notices")
    raw = engine.raw_connection()
    driver = raw.driver_connection
    assert driver is not None
    driver.autocommit = True
    driver.execute(f"LISTEN {module.CHANNEL}")
    with session_scope(engine) as session:
        note_change(session, ChangeKind.CANDIDATE, ["c_secret"])
    heard = [notice.payload for notice in driver.notifies(timeout=10, stop_after=1)]
    raw.close()
    assert heard == [str(now_at(engine).version)]
