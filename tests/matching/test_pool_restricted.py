"""Few may know it, contracts may ask it: what is sealed counts in the pool, and what is lost excludes nobody."""

import logging
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine

from matching.database import installation_of, of_installation, session_scope
from matching.errors import VonkError
from matching.pool import Pool, read_segment
from matching.pool_building import build
from matching.profiles import CandidateProfile
from matching.settings import Settings, secret_of
from matching.store import save_candidates
from scoring.columns import UNKNOWN
from scoring.terms import Screening, ScreeningAnswer, TargetGroup, members_of
from tests.matching.pool_world import NOW, TODAY, load_world, settings_on

PEOPLE = {
    "both": {"targetGroups": ["wajong", "ex_offender"], "screenings": {"vog": "not_obtainable"}},
    "late": {"targetGroups": [{"group": "status_holder", "validFrom": "2027-01-01"}]},
    "asked": {"targetGroups": ["banenafspraak"], "screenings": {}},
    "plain": {"targetGroups": ["banenafspraak"]},
    "unknown": {},
}


@pytest.fixture
def people(engine: Engine) -> dict[str, str]:
    """Ids by what was said of them, in a small world."""
    load_world(engine)
    told = [CandidateProfile.model_validate({"postcode": "3511"} | said | _groups(said)) for said in PEOPLE.values()]
    with session_scope(engine) as session:
        return dict(zip(PEOPLE, save_candidates(session, told, now=NOW).ids, strict=True))


def _groups(said: dict[str, object]) -> dict[str, object]:
    groups = said.get("targetGroups")
    if not isinstance(groups, list):
        return {}
    return {"targetGroups": [one if isinstance(one, dict) else {"group": one} for one in groups]}


def groups_of(pool: Pool, identifier: str) -> list[str] | None:
    mask = int(pool.people.groups[pool.position[identifier]])
    return None if mask == UNKNOWN else members_of(mask, TargetGroup)


def answer_of(pool: Pool, identifier: str) -> str | None:
    column = list(Screening).index(Screening.VOG)
    number = int(pool.people.screenings[pool.position[identifier], column])
    return None if number == UNKNOWN else list(reversed(ScreeningAnswer))[number].value


def test_what_is_sealed_counts_in_the_pool(engine: Engine, people: dict[str, str], tmp_path: Path) -> None:
    pool = build(engine, settings_on(tmp_path / "data")).pool
    assert groups_of(pool, people["both"]) == ["wajong", "ex_offender"]
    assert groups_of(pool, people["late"]) == [], "her membership begins later"
    assert groups_of(pool, people["plain"]) == groups_of(pool, people["asked"]) == ["banenafspraak"]
    assert groups_of(pool, people["unknown"]) is None
    assert [answer_of(pool, one) for one in people.values()] == ["not_obtainable", None, None, None, None]


def test_of_whom_it_is_lost_nothing_is_known_and_nobody_is_left_out(
    engine: Engine, people: dict[str, str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = build(engine, settings_on(tmp_path / "data")).pool
    with session_scope(engine, read_only=True) as session:
        secret = SecretStr(secret_of(installation_of(session.connection())).decode())
    of_installation(engine, Settings(data_dir=tmp_path / "elsewhere", secret_key=secret))
    with caplog.at_level(logging.WARNING):
        pool = build(engine, settings_on(tmp_path / "other")).pool
    assert set(pool.people.ids) == set(whole.people.ids)
    assert [groups_of(pool, people[name]) for name in ("both", "late", "asked", "unknown")] == [None] * 4
    assert groups_of(pool, people["plain"]) == ["banenafspraak"], "of whom nothing was sealed all stays known"
    assert answer_of(pool, people["both"]) is None
    assert "cannot be opened" in caplog.text
    assert not any(one in caplog.text for one in people.values())


def test_under_another_secret_no_pool_is_made_and_the_error_says_why(
    engine: Engine, people: dict[str, str], tmp_path: Path
) -> None:
    pool = build(engine, settings_on(tmp_path / "data")).pool
    of_installation(engine, Settings(data_dir=tmp_path, secret_key=SecretStr("Zz8kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e")))
    with session_scope(engine, read_only=True) as session, pytest.raises(VonkError, match=r"vault\.other_secret"):
        read_segment(session, pool.vocabulary, pool.places, TODAY, pool.fit, [people["both"]])
