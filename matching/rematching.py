"""The whole country in one go: the first people of every open vacancy; for the command, and for scheduled runs.

In one process (threads: the kernel holds no lock) or over an executor whose processes each open the snapshot, on this
machine or on others. Either way the lists are the same.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from matching.current import held_ranker
from matching.database import create_engine
from matching.errors import Conflict
from matching.keeper import open_keeper
from matching.pool_building import Held
from matching.ranking import Ranker
from matching.settings import Settings
from matching.vacancy_pool import VacancyPool
from scoring.columns import Vacancy

CHUNK = 250  # vacancies that are handed out together
Progress = Callable[[int, int], None]  # how many vacancies are done, out of how many


@dataclass(frozen=True)
class Lists:
    """The first k people of v vacancies, in the order of the vacancies."""

    vacancy_ids: tuple[str, ...]
    keys: npt.NDArray[np.uint64]  # (v, k) hash of the candidate's id, 0 beyond the list
    scores: npt.NDArray[np.float32]  # (v, k), 0 beyond the list
    lengths: npt.NDArray[np.int32]  # (v,)

    def __len__(self) -> int:
        return len(self.vacancy_ids)


def rematch_all(
    ranker: Ranker,
    vacancies: VacancyPool | Sequence[Vacancy],
    k: int = 50,
    workers: int = 2,
    progress: Progress | None = None,
) -> Lists:
    """Rank every vacancy in this process, in so many threads; the plain order."""
    if isinstance(vacancies, VacancyPool):
        ids, places = vacancies.ids, vacancies.place.tolist()
    else:
        ids, places = [vacancy.id for vacancy in vacancies], [vacancy.place for vacancy in vacancies]
    lists = _empty(ids, k)
    ranker.packed()  # made once, not by each thread

    def rank(chunk: Sequence[int]) -> int:
        for number in chunk:
            _fill(lists, number, ranker, vacancies[number], k)
        return len(chunk)

    with ThreadPoolExecutor(workers, thread_name_prefix="vonk-rematch") as pool:
        _follow([pool.submit(rank, chunk) for chunk in _chunks(places)], len(vacancies), progress)
    return lists


def rematch_apart(
    executor: Executor,
    settings: Settings,
    held: Held,
    k: int = 50,
    progress: Progress | None = None,
    vacancy_ids: Sequence[str] | None = None,
) -> Lists:
    """Rank every open vacancy (or those of some ids) over an executor, whose processes read the same database.

    Raises Conflict where a process stands at another version of the pool than `held`.
    """
    ids, places = held.vacancies.ids, held.vacancies.place
    if vacancy_ids is not None:
        ids = list(vacancy_ids)
        places = places[[_position(held.vacancies, identifier) for identifier in ids]]
    lists = _empty(ids, k)
    waiting = {
        executor.submit(
            _rank_chunk, settings, held.pool.version, held.today, tuple(lists.vacancy_ids[at] for at in chunk), k
        ): chunk
        for chunk in _chunks(places.tolist())
    }
    done = 0
    for finished in as_completed(waiting):
        chunk = list(waiting[finished])
        part: Lists = finished.result()
        lists.keys[chunk], lists.scores[chunk], lists.lengths[chunk] = part.keys, part.scores, part.lengths
        done += len(chunk)
        if progress is not None:
            progress(done, len(ids))
    return lists


def _chunks(places: Sequence[int]) -> list[list[int]]:
    """Numbers of vacancies, those at one place together: they share the journeys to it."""
    order = sorted(range(len(places)), key=places.__getitem__)
    return [order[start : start + CHUNK] for start in range(0, len(order), CHUNK)]


def _follow(waiting: "Sequence[Future[int]]", total: int, progress: Progress | None) -> None:
    done = 0
    for finished in as_completed(waiting):
        done += finished.result()
        if progress is not None:
            progress(done, total)


def _empty(ids: Sequence[str], k: int) -> Lists:
    n = len(ids)
    return Lists(tuple(ids), np.zeros((n, k), np.uint64), np.zeros((n, k), np.float32), np.zeros(n, np.int32))


def _fill(lists: Lists, number: int, ranker: Ranker, vacancy: Vacancy, k: int) -> None:
    keys, scores = ranker.first(vacancy, k)
    lists.keys[number, : len(keys)] = keys
    lists.scores[number, : len(keys)] = scores
    lists.lengths[number] = len(keys)


@lru_cache(maxsize=1)
def _opened(settings: Settings, version: int, today: date) -> tuple[Ranker, VacancyPool]:
    """The ranker of a worker process; kept until another version is asked for."""
    keeper = open_keeper(create_engine(settings), settings, follow=False)
    held = keeper.held
    if (held.pool.version, held.today) != (version, today):
        raise Conflict("rematch.other_version")
    return held_ranker(held), held.vacancies


def _rank_chunk(settings: Settings, version: int, today: date, ids: tuple[str, ...], k: int) -> Lists:
    ranker, vacancies = _opened(settings, version, today)
    lists = _empty(ids, k)
    for number, identifier in enumerate(ids):
        _fill(lists, number, ranker, vacancies[_position(vacancies, identifier)], k)
    return lists


def _position(vacancies: VacancyPool, identifier: str) -> int:
    at = vacancies.position(identifier)
    if at is None:
        raise Conflict("rematch.other_version")
    return at
