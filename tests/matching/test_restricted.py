"""What reveals origin or a record stands sealed, comes through one function, and is unknown where it is lost."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, select, text

from matching.database import engine_for, installation_of, of_installation, session_scope
from matching.errors import VonkError
from matching.profiles import CandidateProfile
from matching.settings import Settings, secret_of
from matching.store import load_candidate, restricted_facts, save_candidates
from matching.store.restricted import RESTRICTED as SEALED
from tests.matching.generated_profiles import as_kept


def person(**fields: Any) -> CandidateProfile:
    return CandidateProfile.model_validate({"source": "wsp", "sourceId": "1", "region": "AM05", **fields})


RESTRICTED = person(
    targetGroups=[{"group": "ex_offender"}, {"group": "wajong"}, {"group": "status_holder", "validFrom": "2025-01-01"}],
    screenings={"vog": "not_obtainable"},
)


def test_restricted_facts_stand_apart_and_come_through_one_function(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        people = [RESTRICTED, person(sourceId="2"), person(sourceId="3", screenings={})]
        first, second, third = save_candidates(session, people, now=moment).ids
        facts = restricted_facts(session, [first, second, third])
        ordinary = session.connection().execute(text("SELECT target_group, position FROM candidate_groups")).all()
    assert [membership.group for membership in facts[first].groups] == ["ex_offender", "status_holder"]
    assert facts[first].screenings == {"vog": "not_obtainable"}
    assert (facts[second].groups, facts[second].screenings) == ((), None)
    assert (facts[third].groups, facts[third].screenings) == ((), {}), "asked, and none"
    assert [tuple(row) for row in ordinary] == [("wajong", 0)]
    assert "ex_offender" not in repr(facts)


def test_restricted_facts_are_sealed_and_their_row_does_not_tell_which_they_are(
    engine: Engine, moment: datetime
) -> None:
    people = [
        RESTRICTED,
        person(sourceId="2", targetGroups=[{"group": "status_holder", "validUntil": "2027-01-01"}]),
        person(sourceId="3", screenings={"vog": "obtained"}),
        person(sourceId="4", screenings={"vog": "obtained"}),
        person(sourceId="5", targetGroups=[{"group": "wajong"}]),
    ]
    with session_scope(engine) as session:
        ids = save_candidates(session, people, now=moment).ids
        rows = {row.candidate_id: bytes(row.sealed) for row in session.connection().execute(select(SEALED))}
        answered = {row.answered for row in session.connection().execute(text("SELECT answered FROM candidates"))}
    assert rows.keys() == set(ids[:4])
    assert len(set(rows.values())) == 4, "equal facts do not show"
    assert len(set(map(len, rows.values()))) == 1
    assert not any(word in sealed for sealed in rows.values() for word in (b"vog", b"ex_offender", b"obtain"))
    assert answered <= {0, 1}, "that screenings are known is told nowhere else"


def test_restricted_facts_change_and_go_with_the_profile(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        (identifier,) = save_candidates(session, [RESTRICTED], now=moment).ids
        assert save_candidates(session, [RESTRICTED], now=moment).unchanged == 1
        changed = person(targetGroups=[{"group": "ex_offender"}], screenings={"vog": "obtainable"})
        assert save_candidates(session, [changed], now=moment).updated == 1
        assert load_candidate(session, identifier) == changed
        assert save_candidates(session, [person()], now=moment).updated == 1
        assert load_candidate(session, identifier) == person()
        assert session.connection().execute(select(SEALED)).all() == []


def test_facts_that_nobody_can_open_any_more_are_not_known_and_stay_until_others_come_in_their_place(
    engine: Engine, moment: datetime, tmp_path: Path
) -> None:
    with session_scope(engine) as session:
        (identifier,) = save_candidates(session, [RESTRICTED], now=moment).ids
        here = installation_of(session.connection())
    elsewhere = Settings(data_dir=tmp_path / "elsewhere", secret_key=SecretStr(secret_of(here).decode()))
    of_installation(engine, elsewhere)
    with session_scope(engine) as session:
        lost = load_candidate(session, identifier)
        assert [one.group for one in lost.target_groups or []] == ["wajong"]
        assert lost.screenings is None
        assert save_candidates(session, [lost.model_copy(update={"coach": "Bea"})], now=moment).updated == 1
    of_installation(engine, here)
    with session_scope(engine) as session:
        assert load_candidate(session, identifier) == RESTRICTED.model_copy(
            update={"coach": "Bea", "target_groups": as_kept(RESTRICTED).target_groups}
        ), "the vault came back"
    of_installation(engine, elsewhere)
    with session_scope(engine) as session:
        assert save_candidates(session, [person(screenings={"vog": "obtained"})], now=moment).updated == 1
        assert load_candidate(session, identifier).screenings == {"vog": "obtained"}


def test_under_another_secret_or_without_a_vault_restricted_facts_are_an_error_that_says_so(
    engine: Engine, moment: datetime, tmp_path: Path
) -> None:
    with session_scope(engine) as session:
        (identifier,) = save_candidates(session, [RESTRICTED], now=moment).ids
    other = Settings(data_dir=tmp_path, secret_key=SecretStr("Zz8kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e"))
    of_installation(engine, other)
    with session_scope(engine, read_only=True) as session, pytest.raises(VonkError, match=r"vault\.other_secret"):
        load_candidate(session, identifier)
    nobody_s = engine_for(engine.url.render_as_string(hide_password=False))
    with session_scope(nobody_s, read_only=True) as session:
        assert load_candidate(session, identifier, restricted=False).region == "AM05"
        with pytest.raises(VonkError, match=r"vault\.not_named"):
            load_candidate(session, identifier)
    with session_scope(nobody_s) as session:
        assert save_candidates(session, [person(sourceId="2")], now=moment).created == 1, (
            "without such facts all goes on"
        )
        with pytest.raises(VonkError, match=r"vault\.not_named"):
            save_candidates(session, [RESTRICTED.model_copy(update={"source_id": "3"})], now=moment)
    nobody_s.dispose()
