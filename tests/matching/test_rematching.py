"""The whole country in one go: the same lists in threads, in processes, and vacancy by vacancy."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from matching.current import held_ranker
from matching.errors import Conflict
from matching.keeper import open_keeper
from matching.pool_building import Held
from matching.rematching import Lists, rematch_all, rematch_apart
from matching.settings import Settings
from scoring.reference import mixed_hash, plain_order
from tests.matching.pool_world import N_VACANCIES, load_world, settings_on

K = 20


@pytest.fixture
def opened(sqlite_engine: Engine, tmp_path: Path) -> tuple[Settings, Held]:
    """A small world that other processes can open too, and what is held of it."""
    load_world(sqlite_engine)
    settings = settings_on(tmp_path / "data").model_copy(
        update={"database_url": sqlite_engine.url.render_as_string(hide_password=False)}
    )
    with open_keeper(sqlite_engine, settings, follow=False) as keeper:
        return settings, keeper.catch_up()


def test_every_vacancy_has_the_people_whom_the_reference_puts_first(opened: tuple[Settings, Held]) -> None:
    _, held = opened
    ranker = held_ranker(held)
    done: list[tuple[int, int]] = []
    lists = rematch_all(ranker, held.vacancies, K, workers=2, progress=lambda now, all_: done.append((now, all_)))
    assert done[-1] == (N_VACANCIES, N_VACANCIES)
    assert list(lists.vacancy_ids) == [vacancy.id for vacancy in held.vacancies]
    for number, vacancy in enumerate(held.vacancies):
        here = vacancy.among(ranker.pool.people)
        rows = np.flatnonzero(ranker.answers(here).eligible())
        keys = ranker.pool.people.key[rows]
        scores = ranker.judge(here, rows).product.score
        order = plain_order(scores, mixed_hash(keys, vacancy.key, ranker.asked.today))[:K]
        assert lists.lengths[number] == len(order) > 0
        assert (lists.keys[number, : len(order)] == keys[order]).all()
        assert lists.scores[number, : len(order)] == pytest.approx(scores[order], abs=1e-6)


def test_processes_give_the_same_lists_as_threads(opened: tuple[Settings, Held]) -> None:
    settings, held = opened
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        apart = rematch_apart(executor, settings, held, K)
        some = rematch_apart(executor, settings, held, K, vacancy_ids=[held.vacancies[2].id])
    together = rematch_all(held_ranker(held), held.vacancies, K)
    for name in ("keys", "scores", "lengths"):
        assert (getattr(apart, name) == getattr(together, name)).all()
    assert some.vacancy_ids == (held.vacancies[2].id,)
    assert (some.keys[0] == together.keys[2]).all()


def test_a_process_that_stands_at_another_version_says_so(opened: tuple[Settings, Held]) -> None:
    settings, held = opened
    later = replace(held, pool=replace(held.pool, version=held.pool.version + 7))
    with (
        ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor,
        pytest.raises(Conflict, match=r"rematch\.other_version"),
    ):
        rematch_apart(executor, settings, later, K)


def test_no_vacancies_give_no_lists(opened: tuple[Settings, Held]) -> None:
    lists: Lists = rematch_all(held_ranker(opened[1]), [], K)
    assert (len(lists), lists.keys.shape) == (0, (0, K))
