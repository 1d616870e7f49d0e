"""A question counts the vacancies that its answer decides; a person's list is that of the reference."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from matching.demands import open_demands, person_of, possible_for, vacancies_for
from matching.errors import NotFound
from matching.keeper import open_keeper
from matching.pool_building import Held
from matching.questions import questions_for
from matching.ranking import Ranker
from matching.store import load_vacancies
from scoring.columns import UNKNOWN
from scoring.model import load_prior
from scoring.terms import CONSTRAINTS, Constraint
from tests.matching.pool_world import load_world, settings_on


@pytest.fixture
def held(engine: Engine, tmp_path: Path) -> Iterator[Held]:
    load_world(engine)
    with open_keeper(engine, settings_on(tmp_path / "data"), follow=False) as keeper:
        yield keeper.held


def ranker_of(held: Held) -> Ranker:
    return Ranker(held.pool, load_prior(), held.rules, held.today)


def test_the_list_of_a_person_is_that_of_the_reference(held: Held, engine: Engine) -> None:
    ranker = ranker_of(held)
    with Session(engine) as session:
        profiles = dict(load_vacancies(session, [one.id for one in held.vacancies]))
    n_listed = 0
    for candidate in held.pool.people.ids[::4]:
        mine, reference = vacancies_for(held, ranker, candidate), ranker.rank_for(candidate, profiles)
        assert mine.eligible == reference.eligible
        assert [one.vacancy_id for one in mine.items] == [one.vacancy_id for one in reference.items]
        assert [one.score for one in mine.items] == pytest.approx([one.score for one in reference.items], abs=1e-6)
        n_listed += len(mine.items)
    assert n_listed > 10


def test_what_is_possible_is_what_the_reference_does_not_block(held: Held) -> None:
    ranker, people = ranker_of(held), held.pool.people
    tried = CONSTRAINTS.index(Constraint.TRIED)
    blocked = {}
    for vacancy in held.vacancies:
        codes = ranker.answers(vacancy.among(people)).codes.copy()
        codes[:, tried] = 0
        blocked[vacancy.id] = (codes == 3).any(axis=1)
    for row, candidate in enumerate(people.ids):
        person = person_of(ranker, candidate).people
        possible = {
            demands.columns.ids[number]
            for demands, rows in open_demands(held.vacancies)
            for number in possible_for(ranker, person, demands, rows).tolist()
        }
        assert possible == {identifier for identifier, block in blocked.items() if not block[row]}


def test_only_what_is_unknown_is_asked_and_a_capacity_decides_where_a_fixed_task_asks_it(held: Held) -> None:
    ranker, people = ranker_of(held), held.pool.people
    for row in range(0, len(people), 5):
        found = questions_for(held, ranker, people.ids[row])
        fields = {one.field for one in found.questions}
        assert "education" not in fields or people.education[row] == UNKNOWN
        assert "weekly_grid" not in fields or people.grid[row] == UNKNOWN
        assert all(one.vacancies <= found.possible for one in found.questions)
        counts = [one.vacancies for one in found.questions]
        assert counts == sorted(counts, reverse=True)


def test_an_answer_that_decides_can_close_the_vacancies_that_are_counted(held: Held) -> None:
    """Of a person whose weekly grid is unknown: with a week that has no free daypart those vacancies are closed."""
    ranker, people = ranker_of(held), held.pool.people
    n_decided = 0
    for row in np.flatnonzero(people.grid == UNKNOWN).tolist():
        person = person_of(ranker, people.ids[row]).people
        busy = replace(person, grid=np.zeros(1, np.int32))
        closed = sum(
            len(possible_for(ranker, person, demands, rows)) - len(possible_for(ranker, busy, demands, rows))
            for demands, rows in open_demands(held.vacancies)
        )
        told = {one.field: one.vacancies for one in questions_for(held, ranker, people.ids[row]).questions}
        assert told.get("weekly_grid", 0) == closed
        n_decided += closed
    assert n_decided > 0


def test_nobody_is_not_found(held: Held) -> None:
    with pytest.raises(NotFound):
        questions_for(held, ranker_of(held), "c_nobody")
