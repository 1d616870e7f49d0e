"""`vonk rematch`: the first people of every open vacancy in one go, in this process, in several, or on a cluster."""

import csv
import multiprocessing
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from api.commands.prepare import prepare
from api.commands.terminal import print_json, progressing, say
from matching.current import held_ranker
from matching.errors import Invalid
from matching.keeper import open_keeper
from matching.pool_building import Held
from matching.rematching import Lists, rematch_all, rematch_apart
from matching.settings import Settings
from scoring.columns import Vacancy

LISTED = 50
THREADS = 2


def rematch(*, region: str | None, cluster: str | None, processes: int, file: Path | None, as_json: bool) -> None:
    """Rank all open vacancies (of one region); write the lists to a file where asked, and print what came out."""
    settings = Settings()
    engine = prepare(settings)
    with open_keeper(engine, settings, follow=False) as keeper:
        held = keeper.catch_up()
        chosen = _of_region(held, region)
        started = time.monotonic()
        with progressing("cli.busy.rematch", len(chosen)) as progress, _executor(cluster, processes) as executor:
            if executor is None:
                lists = rematch_all(held_ranker(held), chosen, LISTED, THREADS, progress)
            else:
                ids = tuple(vacancy.id for vacancy in chosen)
                lists = rematch_apart(executor, settings, held, LISTED, progress, ids)
        body = _body(lists, held, time.monotonic() - started)
        if file is not None:
            _write(lists, held, file)
    if as_json:
        print_json(body)
        return
    say("rematch.done", **body)
    if file is not None:
        say("rematch.written", file=str(file))


def _of_region(held: Held, region: str | None) -> list[Vacancy]:
    codes = list(held.pool.places.region_codes)
    if region is None:
        return list(held.vacancies)
    if region not in codes:
        raise Invalid("region.unknown", "region", reason="not_a_region")
    return [vacancy for vacancy in held.vacancies if vacancy.region == codes.index(region)]


@contextmanager
def _executor(cluster: str | None, processes: int) -> Iterator[Executor | None]:
    if cluster is not None:
        try:
            from distributed import Client
        except ModuleNotFoundError:
            raise Invalid("rematch.no_cluster", "cluster", reason="not_installed") from None
        with Client(cluster) as client:
            yield client.get_executor()
    elif processes > 1:
        with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as executor:
            yield executor
    else:
        with nullcontext() as nothing:
            yield nothing


def _body(lists: Lists, held: Held, seconds: float) -> dict[str, Any]:
    """How many vacancies and people, and how many of the people are in somebody's first ten."""
    keys = [lists.keys[number, : min(10, n)] for number, n in enumerate(lists.lengths.tolist())]
    shown = np.unique(np.concatenate(keys)) if keys else np.zeros(0)
    return {
        "vacancies": len(lists),
        "candidates": len(held.pool),
        "inTopTens": len(shown),
        "shortLists": int(np.count_nonzero(lists.lengths < 10)),
        "seconds": round(seconds, 2),
    }


def _write(lists: Lists, held: Held, file: Path) -> None:
    ids = {int(key): one for segment in held.pool.segments for key, one in _keys(segment, lists)}
    with file.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["vacancyId", "rank", "candidateId", "score"])
        for number, vacancy_id in enumerate(lists.vacancy_ids):
            for rank in range(int(lists.lengths[number])):
                key, score = int(lists.keys[number, rank]), float(lists.scores[number, rank])
                rows.writerow([vacancy_id, rank + 1, ids[key], f"{score:.6f}"])


def _keys(segment: Any, lists: Lists) -> Iterator[tuple[int, str]]:
    """Key and id of the people of a segment who are on a list."""
    rows = np.flatnonzero(np.isin(segment.people.key, lists.keys) & segment.alive)
    for row in rows.tolist():
        yield segment.people.key[row], segment.people.ids[row]
