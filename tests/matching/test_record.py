"""Who looked and who changed what is on the record, in order, and no part of it can be changed unnoticed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from matching.actors import Actor, Grant, Role
from matching.caretaker import Caretaker
from matching.database import session_scope
from matching.errors import Conflict, Refused
from matching.leader import Leadership
from matching.record import (
    Entry,
    RecordFilter,
    RecordKind,
    Verified,
    anchor_sealed,
    begin_anchor,
    expire,
    page_of_record,
    record,
    record_all,
    seal,
    sealing,
    verify,
    verifying,
    who_looked,
)
from matching.rule_store import save_rule_sets
from matching.settings import Settings
from tests.matching.pool_world import RULES, settings_on

ADVISER = Actor("a_adviser", (Grant(Role.ADVISER, region="AM05", organisation_id="o_wsp"),))
EMPLOYER = Actor("a_boss", (Grant(Role.EMPLOYER, organisation_id="o_shop"), Grant(Role.ADVISER)))


@pytest.fixture
def anchor(tmp_path: Path) -> Path:
    return tmp_path / "audit.anchor"


def entries(n: int, **fields: Any) -> list[Entry]:
    return [Entry(RecordKind.PROFILE_READ, ADVISER, about_candidate=f"c_{number}", **fields) for number in range(n)]


def write(engine: Engine, moment: datetime, written: list[Entry]) -> None:
    with session_scope(engine) as session:
        record_all(session, written, now=moment)


def sealed(engine: Engine, anchor: Path, moment: datetime) -> int:
    with session_scope(engine) as session:
        n_sealed = seal(session, moment)
    with session_scope(engine, read_only=True) as session:
        anchor_sealed(session, anchor)
    return n_sealed


def three_batches(engine: Engine, anchor: Path, moment: datetime) -> None:
    """Entries 1 to 12: four in each batch, of which the last shows people."""
    for hour in range(3):
        at = moment + timedelta(hours=hour)
        write(engine, at, [*entries(3), Entry(RecordKind.RANKING_SHOWN, ADVISER, shown=["c_8", "c_9"])])
        assert sealed(engine, anchor, at) == 4


def verified(engine: Engine, anchor: Path) -> Verified:
    with session_scope(engine, read_only=True) as session:
        return verify(session, anchor)


def found(engine: Engine, anchor: Path) -> list[tuple[str, int | None]]:
    return [(finding.code, finding.batch) for finding in verified(engine, anchor).findings]


@contextmanager
def unguarded(engine: Engine) -> Iterator[Connection]:
    """Somebody who may do everything in the database, also without its triggers."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for name in connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        yield connection


def test_an_entry_is_kept_with_what_it_is_about_or_not_at_all(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        record(session, ADVISER, RecordKind.PROFILE_READ, now=moment, about_candidate="c_1", request_id="r-1")
    with Session(engine) as session:  # and what it is about is taken back
        record(session, ADVISER, RecordKind.CHANGED, now=moment, about_candidate="c_1")
    with session_scope(engine, read_only=True) as session:
        (entry,) = page_of_record(session, RecordFilter()).items
    assert (entry.kind, entry.account_id, entry.role, entry.organisation_id) == (
        RecordKind.PROFILE_READ,
        "a_adviser",
        Role.ADVISER,
        "o_wsp",
    )
    assert (entry.at, entry.about_candidate, entry.request_id, entry.batch) == (moment, "c_1", "r-1", None)


@pytest.mark.parametrize(
    "field",
    [
        {"details": {"note": "zij was te laat"}},
        {"details": {"name": "anna@example.org"}},
        {"details": {"people": ["c_1", "Anna de Vries"]}},
        {"details": {"nested": {"a": 1}}},
        {"details": {"many": list(range(2_000))}},
        {"about": "Anna de Vries"},
        {"request_id": "x" * 65},
    ],
)
def test_what_a_person_wrote_cannot_be_recorded(sqlite_engine: Engine, moment: datetime, field: dict[str, Any]) -> None:
    with session_scope(sqlite_engine) as session, pytest.raises(ValueError, match=r"of an entry") as refused:
        record(session, None, RecordKind.CHANGED, now=moment, **field)
    assert "Anna" not in str(refused.value)


def test_entries_are_paged_newest_first_by_what_auditors_ask(engine: Engine, moment: datetime) -> None:
    write(engine, moment, entries(5))
    write(engine, moment + timedelta(hours=1), [Entry(RecordKind.SIGNED_IN, EMPLOYER), *entries(2)])
    write(engine, moment + timedelta(hours=2), [Entry(RecordKind.SEARCH_SHOWN, EMPLOYER, shown=["c_1", "c_0"])])

    def ids(limit: int = 500, **fields: Any) -> list[int]:
        with session_scope(engine, read_only=True) as session:
            page = page_of_record(session, RecordFilter(**fields), limit=limit)
            listed = [entry.id for entry in page.items]
            while page.next is not None:
                page = page_of_record(session, RecordFilter(**fields), limit=limit, cursor=page.next)
                listed += [entry.id for entry in page.items]
            return listed

    everything = ids()
    assert everything == sorted(everything, reverse=True)
    assert len(everything) == 9
    assert ids(limit=2) == everything
    assert ids(limit=9) == everything
    assert ids(kinds=frozenset({RecordKind.SIGNED_IN})) == [everything[3]]
    assert ids(account_id="a_boss") == [everything[0], everything[3]]
    assert ids(candidate_id="c_1") == [everything[0], everything[1], everything[7]]
    assert ids(candidate_id="c_1", account_id="a_boss") == [everything[0]]
    assert ids(since=moment + timedelta(hours=1), until=moment + timedelta(hours=2)) == everything[1:4]


@pytest.mark.parametrize("cursor", ["", "x", "-1", "0", "f" * 20])
def test_a_cursor_that_is_none_is_refused(sqlite_engine: Engine, cursor: str) -> None:
    with session_scope(sqlite_engine, read_only=True) as session:
        with pytest.raises(Refused, match=r"record\.cursor"):
            page_of_record(session, RecordFilter(), cursor=cursor)
        with pytest.raises(Refused, match=r"record\.limit"):
            page_of_record(session, RecordFilter(), limit=501)


def test_she_sees_who_looked_by_role_and_organisation(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        session.connection().execute(text("INSERT INTO organisations (id, kind, name) VALUES ('o_wsp', 'wsp', 'WSP')"))
        record(session, ADVISER, RecordKind.RANKING_SHOWN, now=moment, about="v_1", shown=["c_7", "c_1"], first_rank=11)
        record(session, EMPLOYER, RecordKind.CARD_READ, now=moment, about_candidate="c_1")
        record(session, EMPLOYER, RecordKind.CARD_READ, now=moment, about_candidate="c_7")
        record(session, None, RecordKind.CHANGED, now=moment, about_candidate="c_1")
    with session_scope(engine, read_only=True) as session:
        card, ranking = who_looked(session, "c_1").items
        first = who_looked(session, "c_1", limit=1)
        assert who_looked(session, "c_1", limit=1, cursor=first.next).items == [ranking]
    assert (card.kind, card.role, card.organisation, card.rank) == (RecordKind.CARD_READ, Role.EMPLOYER, None, None)
    assert (ranking.role, ranking.organisation, ranking.about, ranking.rank) == (Role.ADVISER, "WSP", "v_1", 12)


def test_who_looked_at_one_person_is_found_through_an_index(engine: Engine, moment: datetime) -> None:
    write(engine, moment, [Entry(RecordKind.RANKING_SHOWN, ADVISER, shown=[f"c_{n}" for n in range(50)])] * 40)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("ANALYZE audit_people"))
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        query = "SELECT entry_id, rank FROM audit_people WHERE about_candidate = 'c_7'"
        plan = str(connection.execute(text(f"{explain} {query}")).all())
    assert "pk_audit_people" in plan or "PRIMARY KEY" in plan or "autoindex" in plan


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET kind = 'created' WHERE id = 1",
        "UPDATE audit_entries SET kind = 'created' WHERE id = 5",
        "UPDATE audit_entries SET batch = NULL WHERE id = 1",
        "UPDATE audit_entries SET batch = 2, about = 'v_9' WHERE id = 5",
        "DELETE FROM audit_entries WHERE id = 1",
        "DELETE FROM audit_entries WHERE id = 5",
        "UPDATE audit_people SET rank = 3",
        "DELETE FROM audit_people",
        "UPDATE audit_seals SET n_entries = 3",
        "DELETE FROM audit_seals",
        "UPDATE audit_start SET n_dropped = 3",
    ],
)
def test_the_database_refuses_to_change_or_remove_entries(
    engine: Engine, moment: datetime, anchor: Path, statement: str
) -> None:
    write(engine, moment, [*entries(3), Entry(RecordKind.RANKING_SHOWN, ADVISER, shown=["c_8"])])
    sealed(engine, anchor, moment)
    write(engine, moment, entries(1))
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text(statement))
    assert verified(engine, anchor).sound


def test_what_is_sealed_fits_and_what_is_not_sealed_yet_is_counted(
    engine: Engine, moment: datetime, anchor: Path
) -> None:
    assert verified(engine, anchor).sound, "an empty record"
    three_batches(engine, anchor, moment)
    write(engine, moment, entries(2))
    said = verified(engine, anchor)
    assert said.sound
    assert (said.n_batches, said.n_entries, said.n_unsealed) == (3, 12, 2)
    assert (said.anchored_from, said.anchored_to) == (1, 3)
    assert sealed(engine, anchor, moment) == 2
    assert sealed(engine, anchor, moment) == 0, "nothing is no batch"
    assert verified(engine, anchor).n_unsealed == 0


@pytest.mark.parametrize(
    ("tampering", "expected"),
    [
        (["UPDATE audit_entries SET about_candidate = 'c_9' WHERE id = 6"], [("altered", 2)]),
        (["UPDATE audit_entries SET at = '2027-03-01 09:00:01' WHERE id = 12"], [("altered", 3)]),
        (["UPDATE audit_entries SET account_id = NULL WHERE id = 1"], [("altered", 1)]),
        (["UPDATE audit_people SET rank = 3 - rank WHERE entry_id = 4"], [("altered", 1)]),
        (["DELETE FROM audit_people WHERE entry_id = 4 AND rank = 1"], [("altered", 1)]),
        (["INSERT INTO audit_people VALUES ('c_5', 5, 1)"], [("altered", 2)]),
        (["INSERT INTO audit_people VALUES ('c_5', 99, 1)"], [("stray_people", None)]),
        (["DELETE FROM audit_entries WHERE id = 6"], [("removed", 2)]),
        (["UPDATE audit_entries SET batch = 2 WHERE id = 3"], [("removed", 1), ("inserted", 2)]),
        (
            ["UPDATE audit_entries SET id = 99 WHERE id = 1", "UPDATE audit_entries SET id = 1 WHERE id = 2"],
            [("altered", 1)],
        ),
        (["UPDATE audit_entries SET batch = 7 WHERE id = 3"], [("removed", 1), ("stray_entries", 7)]),
        (
            [
                "DELETE FROM audit_entries WHERE batch = 3",
                "DELETE FROM audit_people WHERE entry_id > 8",
                "DELETE FROM audit_seals WHERE number = 3",
            ],
            [("cut_off", 2)],
        ),
        (
            [
                "DELETE FROM audit_entries WHERE batch = 2",
                "DELETE FROM audit_people WHERE entry_id IN (8)",
                "DELETE FROM audit_seals WHERE number = 2",
            ],
            [("missing_batch", 2)],
        ),
        (["DELETE FROM audit_entries", "DELETE FROM audit_people", "DELETE FROM audit_seals"], [("cut_off", 0)]),
        (["UPDATE audit_seals SET sealed_at = '2027-03-01 09:00:01' WHERE number = 2"], [("altered", 2)]),
        (["UPDATE audit_seals SET last_at = '2027-03-01 09:00:01' WHERE number = 2"], [("altered", 2)]),
        (
            [
                "UPDATE audit_start SET through = 1, hash = (SELECT hash FROM audit_seals WHERE number = 1)",
                "DELETE FROM audit_entries WHERE batch = 1",
                "DELETE FROM audit_people WHERE entry_id = 4",
                "DELETE FROM audit_seals WHERE number = 1",
            ],
            [("start", 1)],
        ),
    ],
)
def test_whatever_is_changed_behind_its_back_is_found(
    engine: Engine, moment: datetime, anchor: Path, tampering: list[str], expected: list[tuple[str, int]]
) -> None:
    three_batches(engine, anchor, moment)
    with unguarded(engine) as connection:
        for statement in tampering:
            connection.execute(text(statement))
    assert found(engine, anchor) == expected


def test_a_history_written_anew_does_not_fit_the_anchor(engine: Engine, moment: datetime, anchor: Path) -> None:
    three_batches(engine, anchor, moment)
    with unguarded(engine) as connection:
        connection.execute(text("DELETE FROM audit_entries WHERE id = 6"))
        connection.execute(text("DELETE FROM audit_seals WHERE number >= 2"))
        connection.execute(text("UPDATE audit_entries SET batch = NULL WHERE batch >= 2"))
    with session_scope(engine) as session:
        seal(session, moment)
    assert found(engine, anchor) == [("anchor_differs", 2), ("cut_off", 2)]
    with session_scope(engine, read_only=True) as session, pytest.raises(Conflict, match=r"record\.anchor_ahead"):
        anchor_sealed(session, anchor)


def test_on_an_anchor_that_does_not_fit_nothing_is_built(engine: Engine, moment: datetime, tmp_path: Path) -> None:
    settings = settings_on(tmp_path, moment)
    anchor = tmp_path / "audit.anchor"
    three_batches(engine, anchor, moment)
    write(engine, moment, entries(2))
    kept = anchor.read_bytes()

    def refused(content: bytes | None, code: str) -> None:
        anchor.unlink() if content is None else anchor.write_bytes(content)
        with pytest.raises(Conflict, match=code):
            sealing.seal_all(engine, settings)
        assert verified(engine, anchor).n_unsealed == 2

    refused(None, r"record\.no_anchor")
    refused(b"", r"record\.no_anchor")
    refused(kept.replace(b'"number": 3', b'"number": 4'), r"record\.anchor_ahead")
    refused(kept[:-100] + b"\n", r"record\.anchor_damaged")
    refused(kept.replace(b'"hash": "', b'"hash": "0'), r"record\.anchor_differs")
    anchor.write_bytes(kept)
    assert sealing.seal_all(engine, settings) == 2
    assert verified(engine, anchor).sound


def test_an_anchor_that_is_gone_or_damaged_is_told(engine: Engine, moment: datetime, anchor: Path) -> None:
    three_batches(engine, anchor, moment)
    kept = anchor.read_bytes()
    anchor.write_bytes(kept + b'{"number": 4, "ha')
    assert verified(engine, anchor).sound, "a line that a killed process did not finish told nothing yet"
    write(engine, moment, entries(1))
    sealed(engine, anchor, moment)
    assert (verified(engine, anchor).anchored_to, found(engine, anchor)) == (4, [])
    anchor.write_bytes(b"what is this\n" + kept)
    assert found(engine, anchor) == [("anchor_damaged", None)]
    anchor.unlink()
    assert found(engine, anchor) == [("anchor_missing", None)]


def test_an_anchor_begun_again_on_purpose_is_on_the_record(engine: Engine, moment: datetime, anchor: Path) -> None:
    three_batches(engine, anchor, moment)
    anchor.unlink()
    with session_scope(engine) as session:
        begin_anchor(session, anchor, "moved", now=moment)
    assert sealed(engine, anchor, moment) == 1
    said = verified(engine, anchor)
    assert (said.sound, said.anchored_from, said.anchored_to, [one.begins for one in said.begun]) == (
        True,
        3,
        4,
        ["moved"],
    )
    with session_scope(engine, read_only=True) as session:
        (entry,) = page_of_record(session, RecordFilter(kinds=frozenset({RecordKind.ANCHOR_BEGUN}))).items
    assert (entry.details["number"], entry.details["why"]) == (3, "moved")


def test_a_chain_put_back_to_an_earlier_day_goes_on_where_that_is_said(
    engine: Engine, moment: datetime, anchor: Path
) -> None:
    three_batches(engine, anchor, moment)
    with unguarded(engine) as connection:  # as a restored backup of before the third batch
        connection.execute(text("DELETE FROM audit_entries WHERE batch = 3"))
        connection.execute(text("DELETE FROM audit_people WHERE entry_id > 8"))
        connection.execute(text("DELETE FROM audit_seals WHERE number = 3"))
    assert found(engine, anchor) == [("cut_off", 2)]
    with session_scope(engine) as session:
        begin_anchor(session, anchor, "restored", now=moment)
    assert verified(engine, anchor).sound
    sealed(engine, anchor, moment)
    assert found(engine, anchor) == []


def test_what_is_committed_late_comes_into_a_later_batch(engine: Engine, moment: datetime, anchor: Path) -> None:
    """On PostgreSQL the number of an entry is taken before others that are committed first; SQLite has one writer."""
    if engine.dialect.name == "sqlite":
        write(engine, moment, entries(1))
        write(engine, moment, entries(2))
        assert sealed(engine, anchor, moment) == 3
        return
    with Session(engine) as slow, slow.begin():
        record_all(slow, entries(1), now=moment)
        slow.flush()
        write(engine, moment, entries(2))
        assert sealed(engine, anchor, moment) == 2
    assert verified(engine, anchor).n_unsealed == 1
    assert sealed(engine, anchor, moment) == 1
    said = verified(engine, anchor)
    assert (said.sound, said.n_batches, said.n_entries) == (True, 2, 3)


def test_two_that_seal_at_once_make_one_chain(engine: Engine, moment: datetime, anchor: Path) -> None:
    write(engine, moment, entries(20))
    ready = threading.Barrier(4)

    def seal_some() -> None:
        ready.wait()
        for _ in range(5):
            with session_scope(engine) as session:
                record_all(session, entries(2), now=moment)
                seal(session, moment)

    threads = [threading.Thread(target=seal_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with session_scope(engine) as session:
        seal(session, moment)
        begin_anchor(session, anchor, "test", now=moment)
    said = verified(engine, anchor)
    assert (said.sound, said.n_entries) == (True, 60)


def test_more_than_a_batch_and_more_than_fits_in_memory_at_once(
    engine: Engine, moment: datetime, anchor: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sealing, "BATCH_MOST", 40)
    monkeypatch.setattr(verifying, "_CHUNK", 7)
    write(engine, moment, [replace(one, shown=["c_1", "c_2"]) for one in entries(100)])
    assert sealing.seal_all(engine, settings_on(tmp_path, moment)) == 100
    said = verified(engine, anchor)
    assert (said.sound, said.n_batches, said.n_entries) == (True, 3, 100)


def test_old_batches_are_dropped_whole_and_the_chain_goes_on(engine: Engine, moment: datetime, anchor: Path) -> None:
    three_batches(engine, anchor, moment)
    later = moment + timedelta(days=400)
    write(engine, later, entries(2))
    sealed(engine, anchor, later)
    with session_scope(engine) as session:
        assert expire(session, moment, now=later) == (0, 0), "nothing is older"
        assert expire(session, moment + timedelta(hours=1, minutes=30), now=later) == (2, 8)
    assert verified(engine, anchor).sound, "also before that itself is sealed"
    sealed(engine, anchor, later)
    said = verified(engine, anchor)
    assert (said.sound, said.expired_through, said.n_dropped, said.n_entries) == (True, 2, 8, 7)
    with session_scope(engine) as session:
        assert expire(session, later + timedelta(days=1), now=later + timedelta(days=400)) == (2, 6)
    said = verified(engine, anchor)
    assert (said.sound, said.n_batches, said.n_unsealed) == (True, 1, 1)


def test_batches_dropped_before_their_term_are_told(engine: Engine, moment: datetime, anchor: Path) -> None:
    three_batches(engine, anchor, moment)
    with session_scope(engine) as session:
        expire(session, moment + timedelta(days=1), now=moment + timedelta(days=2))
    assert found(engine, anchor) == [("too_early", 2)]


def test_one_process_leads_until_it_lets_go(engine: Engine) -> None:
    with Leadership(engine, "sealer") as first, Leadership(engine, "sealer") as second:
        assert (first.holds(), second.holds(), first.holds()) == (True, False, True)
        with Leadership(engine, "scheduler") as other:
            assert other.holds(), "one may lead in one thing, another in another"
        first.close()
        assert (second.holds(), first.holds()) == (True, False)


def test_a_leader_that_lost_its_connection_notices(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        return  # the lock goes with the process
    with Leadership(engine, "sealer") as first, Leadership(engine, "sealer") as second:
        assert first.holds()
        with engine.connect() as connection:
            locks = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            connection.execute(text(locks))
        assert second.holds() or second.holds()
        assert not first.holds()


def test_a_server_seals_and_drops_what_is_due_by_itself(engine: Engine, moment: datetime, tmp_path: Path) -> None:
    settings: Settings = settings_on(tmp_path, moment)
    anchor = tmp_path / "audit.anchor"
    with session_scope(engine) as session:
        texts = {name: (RULES / name).read_text(encoding="utf-8") for name in ("national.yaml", "trajectories.yaml")}
        save_rule_sets(session, texts, now=moment)
    for months in (30, 1):
        write(engine, moment - timedelta(days=30 * months), entries(3))
        sealing.seal_all(engine, settings)
    write(engine, moment, entries(2))
    done = threading.Event()
    with Caretaker(engine, settings), Caretaker(engine, settings):
        for _ in range(1_200):
            said = verified(engine, anchor)
            if said.n_dropped and not said.n_unsealed:
                break
            done.wait(0.05)
    assert (said.sound, said.n_dropped, said.n_unsealed) == (True, 3, 0)
    assert said.n_entries == 3 + 2 + 2, "and that it was done, twice told"
