"""A lever counts exactly the people whom the reference blocks now and would not block then."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from matching.keeper import open_keeper
from matching.levers import levers_of, rounded_for_employers
from matching.pool import days
from matching.pool_building import Held
from matching.ranking import Ranker
from scoring.columns import Bools, Vacancy
from scoring.levers import expected_placements
from scoring.model import load_prior
from scoring.relaxations import relaxations
from tests.matching.pool_world import load_world, settings_on


@pytest.fixture
def held(engine: Engine, tmp_path: Path) -> Iterator[Held]:
    load_world(engine)
    with open_keeper(engine, settings_on(tmp_path / "data"), follow=False) as keeper:
        yield keeper.held


def ranker_of(held: Held) -> Ranker:
    return Ranker(held.pool, load_prior(), held.rules, held.today)


def eligible(ranker: Ranker, vacancy: Vacancy) -> Bools:
    return ranker.answers(vacancy.among(ranker.pool.people)).eligible()


def demanding(vacancies: list[Vacancy]) -> list[Vacancy]:
    """The vacancies, and the same with more demands, near everybody, so that many are blocked by little."""
    harder = [
        replace(
            one,
            trips_per_week=0.0,
            hours_min=24.0,
            hours_max=28.0,
            hours_per_day=7.0,
            licences=3,
            certificates=3,
            languages=(("nl", 4),),
            grid_fixed=0b0011_0011_0111,
            times_stated=True,
            screenings=1,
        )
        for one in vacancies
    ]
    return [*vacancies, *(replace(one, trips_per_week=0.0) for one in vacancies), *harder]


def test_people_gained_are_those_whom_the_reference_blocks_now_and_not_then(held: Held) -> None:
    ranker = ranker_of(held)
    n_gained = 0
    for vacancy in demanding(list(held.vacancies)):
        now = eligible(ranker, vacancy)
        options = relaxations(vacancy, held.pool.offers_lower, days(held.today))
        told = levers_of(ranker, vacancy)
        assert told.eligible == np.count_nonzero(now)
        counted = {(one.steps[0].code, str(one.steps[0].values)): one.people_gained for one in told.singles}
        for option in options:
            gained = int(np.count_nonzero(eligible(ranker, option.change(vacancy)) & ~now))
            assert counted.get((option.code, str(option.values)), 0) == gained, option.code
            n_gained += gained
    assert n_gained > 50


def test_two_levers_together_gain_whom_either_or_both_would_not_block(held: Held) -> None:
    ranker = ranker_of(held)
    n_pairs = 0
    for vacancy in demanding(list(held.vacancies)):
        now = eligible(ranker, vacancy)
        options = relaxations(vacancy, held.pool.offers_lower, days(held.today))
        told = {
            tuple((step.code, str(step.values)) for step in one.steps): one for one in levers_of(ranker, vacancy).pairs
        }
        for first, second in combinations(options, 2):
            pair = told.get(((first.code, str(first.values)), (second.code, str(second.values))))
            if pair is not None:
                one, other = first.change(vacancy), second.change(vacancy)
                then = [eligible(ranker, reading) for reading in (one, other, second.change(one))]
                assert pair.people_gained == np.count_nonzero(np.any(then, axis=0) & ~now)
                n_pairs += 1
    assert n_pairs > 5


def test_what_the_law_asks_is_no_lever(held: Held) -> None:
    vacancy = replace(held.vacancies[0], education_by_law=5, counts_for=1)
    codes = {one.code for one in relaxations(vacancy, held.pool.offers_lower, days(held.today))}
    assert not any(code.startswith(("education", "group")) for code in codes)


def test_a_lever_never_costs_placements_and_the_best_stands_first(held: Held) -> None:
    ranker = ranker_of(held)
    for vacancy in held.vacancies:
        gains = [one.placements_gained for one in levers_of(ranker, vacancy, positions=2).singles]
        assert gains == sorted(gains, reverse=True)
        assert all(gain >= 0 for gain in gains)


def test_placements_are_the_positions_times_the_mean_of_the_list() -> None:
    assert expected_placements(np.full(30, 0.3), 2) == pytest.approx(0.6)
    assert expected_placements(np.array([0.5]), 1) == pytest.approx(0.05)  # nine places of the list are empty
    assert expected_placements(np.full(30, 0.5), 20) == pytest.approx(10)


def test_an_employer_reads_rounded_counts() -> None:
    assert [rounded_for_employers(n) for n in (0, 9, 10, 12, 13, 108)] == [None, None, 10, 10, 15, 110]
