"""Profiles in and out of the tables: nothing is lost, nothing is written twice, and few may read what is restricted."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from pydantic import SecretStr, ValidationError
from sqlalchemy import Engine, event, text
from sqlmodel import Session

from matching.database import session_scope
from matching.errors import Conflict, NotFound, VonkError
from matching.profiles import CandidateProfile, VacancyProfile
from matching.settings import Settings
from matching.store import (
    Identity,
    delete_candidate,
    delete_vacancy,
    get_identity,
    load_candidate,
    load_candidates,
    load_vacancies,
    load_vacancy,
    put_identity,
    save_candidates,
    save_vacancies,
)
from matching.tables import metadata
from scoring.terms import RESTRICTED_GROUPS
from tests.matching.generated_profiles import as_kept, candidates, vacancies

generated = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
ONE_SKILL = {"skill": "koffie bijvullen", "howKnown": "coach"}


def person(**fields: Any) -> CandidateProfile:
    return CandidateProfile.model_validate({"source": "wsp", "sourceId": "1", "region": "AM05", **fields})


def job(**fields: Any) -> VacancyProfile:
    return VacancyProfile.model_validate({"source": "ats", "sourceId": "1", "title": "archiefmedewerker", **fields})


def many(n: int) -> list[CandidateProfile]:
    return [
        person(
            sourceId=str(number),
            postcode=str(1000 + number % 9000),
            wishes={"work": ["magazijnmedewerker"], "sectors": ["logistics"]},
            hours={"min": 12, "max": 24},
            courses=["VCA \\ basis,\tdeel 1", "koffie\nzetten"],
            availableFrom="2027-04-01",
            travel={"modes": ["bicycle"], "maxMinutes": 30},
            languages=[{"language": "nl", "level": "B1"}],
            workDone=[{"title": "orderpicker", "months": 14, "paid": True}],
            skills=[ONE_SKILL, {"skill": "dozen vouwen"}],
            capacities={"lifting": 2, "standing": 3},
            supportNeeds=[{"need": "job_coach", "supplier": "uwv"}],
            targetGroups=[{"group": "banenafspraak", "validFrom": "2024-01-01"}],
        )
        for number in range(n)
    ]


@contextmanager
def undone(engine: Engine) -> Iterator[Session]:
    """A transaction of which nothing stays."""
    with Session(engine) as session:
        yield session


@pytest.fixture
def statements(engine: Engine) -> Iterator[list[str]]:
    """The statements that reach the database."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


@generated
@given(candidates)
@example(person(sourceId=None, source=None))
@example(person(wishes={}, hours={}, travel={}, skills=[], targetGroups=[], screenings={}, weeklyGrid={"monday": []}))
def test_a_candidate_comes_back_as_she_went_in(engine: Engine, moment: datetime, profile: CandidateProfile) -> None:
    with undone(engine) as session:
        (identifier,) = save_candidates(session, [profile], now=moment).ids
        assert load_candidate(session, identifier) == as_kept(profile)
        assert save_candidates(session, [as_kept(profile)], now=moment).unchanged == (1 if profile.source_id else 0)


@generated
@given(vacancies)
@example(job(tasks=[], languages=[], access={}, workTimes={"fixed": {}}, wage={}))
@example(
    job(
        tasks=[{"text": "post rondbrengen"}, {"text": "dossiers opbergen", "demands": {"reaching": 2}}],
        adaptations=[{"capacity": "reaching", "levels": 1, "task": 2}, {"capacity": "pace", "levels": 4}],
    )
)
def test_a_vacancy_comes_back_as_it_went_in(engine: Engine, moment: datetime, profile: VacancyProfile) -> None:
    with undone(engine) as session:
        (identifier,) = save_vacancies(session, [profile], now=moment).ids
        assert load_vacancy(session, identifier) == as_kept(profile)
        assert save_vacancies(session, [as_kept(profile)], now=moment).unchanged == (1 if profile.source_id else 0)


def test_unknown_is_not_the_same_as_none(engine: Engine, moment: datetime) -> None:
    nobody_asked, asked_and_none = person(sourceId="1"), person(sourceId="2", skills=[], licences=[], courses=[])
    with session_scope(engine) as session:
        ids = save_candidates(session, [nobody_asked, asked_and_none], now=moment).ids
    with session_scope(engine, read_only=True) as session:
        unknown, none = (profile for _, profile in load_candidates(session, ids))
    assert (unknown.skills, unknown.licences, unknown.courses) == (None, None, None)
    assert (none.skills, none.licences, none.courses) == ([], [], [])


def test_the_same_again_writes_nothing_at_all(engine: Engine, moment: datetime, statements: list[str]) -> None:
    with session_scope(engine) as session:
        first = save_candidates(session, many(5), now=moment)
    statements.clear()
    with session_scope(engine) as session:
        again = save_candidates(session, many(5), now=moment + timedelta(days=1))
    assert (first.created, again.created, again.updated, again.unchanged) == (5, 0, 0, 5)
    assert again.ids == first.ids
    assert not [statement for statement in statements if statement.split()[0] in {"INSERT", "UPDATE", "DELETE"}]


def test_a_change_updates_what_differs_and_counts_the_version(
    engine: Engine, moment: datetime, statements: list[str]
) -> None:
    later = moment + timedelta(days=1)
    with session_scope(engine) as session:
        (identifier,) = save_candidates(session, [person(skills=[ONE_SKILL])], now=moment).ids
    statements.clear()
    with session_scope(engine) as session:
        report = save_candidates(session, [person(skills=[ONE_SKILL, {"skill": "kassa"}])], now=later)
        assert [known.skill for known in load_candidate(session, identifier).skills or []] == [
            "koffie bijvullen",
            "kassa",
        ]
    assert (report.created, report.updated, report.unchanged, report.ids) == (0, 1, 0, [identifier])
    written = [statement.split()[2] for statement in statements if statement.split()[0] in {"INSERT", "DELETE"}]
    assert written == ["candidate_skills", "candidate_skills", "changes"]
    row = _root(engine, "candidates", identifier)
    assert (row["version"], row["created_at"], row["updated_at"]) == (2, moment, later)


def _root(engine: Engine, table: str, identifier: str) -> Any:
    columns = metadata.tables[table]
    with engine.connect() as connection:
        return connection.execute(columns.select().where(columns.c.id == identifier)).mappings().one()


def test_without_a_key_every_profile_is_a_new_one(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        report = save_candidates(session, [person(sourceId=None)] * 2, now=moment)
        again = save_candidates(session, [person(sourceId=None)], now=moment)
    assert (report.created, again.created, len({*report.ids, *again.ids})) == (2, 1, 3)


@pytest.mark.parametrize("source", [None, "wsp"])
def test_of_two_with_one_key_the_later_stands(engine: Engine, moment: datetime, source: str | None) -> None:
    with session_scope(engine) as session:
        report = save_candidates(
            session, [person(source=source, coach="eerste"), person(source=source, coach="tweede")], now=moment
        )
        assert (report.created, report.updated, len(set(report.ids))) == (1, 1, 1)
        assert load_candidate(session, report.ids[0]).coach == "tweede"


def test_one_number_of_two_sources_is_two_people(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        report = save_candidates(session, [person(source="wsp"), person(source="uwv")], now=moment)
    assert report.created == 2


def test_who_writes_the_same_key_at_the_same_time_gets_a_conflict(engine: Engine, moment: datetime) -> None:
    """Simulated by a row that appears between the question which keys are there and the writing."""
    row = "INSERT INTO vacancies (id, source, source_id, status, positions, answered, created_at, updated_at, version)"

    def interrupt(connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO vacancies") and not done:
            done.append(True)
            connection.execute(
                text(f"{row} VALUES ('v_other', 'ats', '1', 'open', 1, 0, :at, :at, 1)"), {"at": "2027-03-01 09:00:00"}
            )

    done: list[bool] = []
    event.listen(engine, "before_cursor_execute", interrupt)
    with pytest.raises(Conflict, match=r"vacancy\.taken"), session_scope(engine) as session:
        save_vacancies(session, [job()], now=moment)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM vacancies")) == 0


def test_a_conflict_says_nothing_of_what_people_wrote(engine: Engine, moment: datetime) -> None:
    """Also where so many rows are written that PostgreSQL has them copied."""
    people = [one.model_copy(update={"coach": "Anna"}) for one in many(600)]
    with session_scope(engine) as session:
        session.connection().execute(text("CREATE UNIQUE INDEX one_coach ON candidates (coach)"))
    with pytest.raises(Conflict) as conflict, session_scope(engine) as session:
        save_candidates(session, people, now=moment)
    said = "".join(traceback.format_exception(conflict.value))
    assert "candidate.taken" in said
    assert "Anna" not in said


def test_her_agreement_keeps_the_day_on_which_it_was_given(engine: Engine, moment: datetime) -> None:
    def agreed_on(agreed: bool, days_later: int, coach: str) -> date | None:
        with session_scope(engine) as session:
            profile = person(agreedToMatching=agreed, coach=coach)
            report = save_candidates(session, [profile], now=moment + timedelta(days=days_later))
        on: date | None = _root(engine, "candidates", report.ids[0])["agreed_on"]
        return on

    assert agreed_on(True, 0, "a") == date(2027, 3, 1)
    assert agreed_on(True, 1, "b") == date(2027, 3, 1)
    assert agreed_on(False, 2, "b") is None
    assert agreed_on(True, 3, "b") == date(2027, 3, 4)


def test_a_closed_vacancy_stays_closed_when_it_is_loaded_again(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        (identifier,) = save_vacancies(session, [job()], now=moment).ids
        session.connection().execute(text("UPDATE vacancies SET status = 'closed'"))
    with session_scope(engine) as session:
        assert save_vacancies(session, [job()], now=moment).unchanged == 1
        assert save_vacancies(session, [job(buddy=True)], now=moment).updated == 1
    assert _root(engine, "vacancies", identifier)["status"] == "closed"


def test_a_responsible_organisation_is_made_once_and_found_by_name(engine: Engine, moment: datetime) -> None:
    with session_scope(engine) as session:
        session.connection().execute(
            text("INSERT INTO organisations (id, kind, name) VALUES ('o_1', 'inclusive_employer', 'Groenrijk')")
        )
        people = [
            person(sourceId="1", responsibleOrganisation="WSP Utrecht"),
            person(sourceId="2", responsibleOrganisation="WSP Utrecht"),
            person(
                sourceId="3",
                pastPlacements=[
                    {"employer": "Groenrijk", "reason": "travel"},
                    {"employer": "WSP Utrecht", "reason": "school"},
                    {"employer": "bakker op de hoek", "reason": "atmosphere"},
                ],
            ),
        ]
        save_candidates(session, people, now=moment)
        again = save_candidates(session, people, now=moment)
    assert again.unchanged == 3
    with engine.connect() as connection:
        kinds = connection.execute(text("SELECT name, kind FROM organisations ORDER BY name")).all()
        linked = connection.execute(
            text("SELECT employer, organisation_id FROM candidate_past_placements ORDER BY position")
        ).all()
    assert [tuple(row) for row in kinds] == [("Groenrijk", "inclusive_employer"), ("WSP Utrecht", "supplier")]
    assert tuple(linked[0]) == ("Groenrijk", "o_1")
    assert tuple(linked[2]) == ("bakker op de hoek", None)


def test_a_list_read_never_touches_the_restricted_tables(
    engine: Engine, moment: datetime, statements: list[str]
) -> None:
    known = person(targetGroups=[{"group": "ex_offender"}, {"group": "wajong"}], screenings={"vog": "obtained"})
    with session_scope(engine) as session:
        (identifier,) = save_candidates(session, [known], now=moment).ids
    statements.clear()
    with session_scope(engine, read_only=True) as session:
        ((_, seen),) = load_candidates(session, restricted=False)
        alone = load_candidate(session, identifier, restricted=False)
    assert not [statement for statement in statements if "restricted" in statement]
    for profile in (seen, alone):
        assert {membership.group for membership in profile.target_groups or []}.isdisjoint(RESTRICTED_GROUPS)
        assert profile.screenings is None


@pytest.mark.parametrize(
    ("save", "load_one", "load_many", "delete", "profile"),
    [
        (save_candidates, load_candidate, load_candidates, delete_candidate, person()),
        (save_vacancies, load_vacancy, load_vacancies, delete_vacancy, job()),
    ],
)
def test_what_was_deleted_is_not_found(
    engine: Engine,
    moment: datetime,
    save: Callable[..., Any],
    load_one: Callable[..., Any],
    load_many: Callable[..., Any],
    delete: Callable[..., Any],
    profile: Any,
) -> None:
    with session_scope(engine) as session:
        (identifier,) = save(session, [profile], now=moment).ids
        delete(session, identifier)
        assert list(load_many(session)) == []
        with pytest.raises(NotFound):
            load_one(session, identifier)
        with pytest.raises(NotFound):
            list(load_many(session, [identifier]))
        with pytest.raises(NotFound):
            delete(session, identifier)


def test_thousands_are_written_and_read_in_a_few_statements(
    engine: Engine, moment: datetime, statements: list[str]
) -> None:
    """Time is measured elsewhere; what makes it short is that the number of statements hardly grows."""
    people = many(3_000)
    with session_scope(engine) as session:
        report = save_candidates(session, people, now=moment)
    assert report.created == 3_000
    assert len(statements) < 80
    statements.clear()
    with session_scope(engine, read_only=True) as session:
        loaded = dict(load_candidates(session))
        backwards = [identifier for identifier, _ in load_candidates(session, reversed(report.ids))]
    assert len(statements) < 120
    assert [loaded[identifier] for identifier in report.ids] == people
    assert backwards == report.ids[::-1]


def test_a_text_that_no_database_can_hold_is_refused_as_a_profile() -> None:
    for fields in ({"coach": "a\0b"}, {"sourceId": "\0"}, {"skills": [{"skill": "\0kassa"}]}):
        with pytest.raises(ValidationError, match="NUL"):
            person(**fields)


# Who she is

SOMEBODY = Identity(name="Anna de Vries", email="anna@example.org", phone="06 12345678", address="Dorpsstraat 1")


@pytest.fixture
def installation(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, secret_key=SecretStr("9f2kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e"))


def test_an_identity_is_kept_sealed(engine: Engine, moment: datetime, installation: Settings) -> None:
    with session_scope(engine) as session:
        (identifier,) = save_candidates(session, [person()], now=moment).ids
        put_identity(session, installation, identifier, replace(SOMEBODY, phone=None))
        put_identity(session, installation, identifier, SOMEBODY)
        assert get_identity(session, installation, identifier) == SOMEBODY
        (sealed,) = session.connection().execute(text("SELECT sealed FROM identities")).one()
    assert b"Anna" not in bytes(sealed)
    assert "Anna" not in repr(SOMEBODY)


def test_an_identity_opens_for_nobody_else(
    engine: Engine, moment: datetime, installation: Settings, tmp_path: Path
) -> None:
    other = Settings(data_dir=tmp_path, secret_key=SecretStr("Zz8kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e"))
    elsewhere = Settings(data_dir=tmp_path / "elsewhere", secret_key=installation.secret_key)
    with session_scope(engine) as session:
        first, second = save_candidates(session, [person(), person(sourceId="2")], now=moment).ids
        for identifier in (second, first):
            put_identity(session, installation, identifier, SOMEBODY)
        with pytest.raises(VonkError, match=r"identity\.other_key"):
            get_identity(session, other, first)
        with pytest.raises(VonkError, match=r"identity\.no_key"):
            get_identity(session, elsewhere, first)
        session.connection().execute(text("DELETE FROM identities WHERE candidate_id = :other"), {"other": second})
        session.connection().execute(text("UPDATE identities SET candidate_id = :other"), {"other": second})
        with pytest.raises(VonkError, match=r"identity\.broken"):
            get_identity(session, installation, second)
        with pytest.raises(NotFound, match=r"identity\.unknown"):
            get_identity(session, installation, first)
        with pytest.raises(NotFound, match=r"candidate\.unknown"):
            put_identity(session, installation, "c_nobody", SOMEBODY)
