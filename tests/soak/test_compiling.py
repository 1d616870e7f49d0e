"""A new machine with few people: a server answers before the kernel is compiled beside it, and goes on alike."""

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.soak.running import install, serving

pytestmark = pytest.mark.soak
MOST_SECONDS = 300


def compiled(cache: Path) -> set[str]:
    """What numba keeps of the two functions that take long."""
    return {name for name in ("walk", "score_rows") if list(cache.rglob(f"kernel.{name}-*.nbi"))}


def test_few_people_are_ranked_at_once_and_alike_when_the_kernel_is_there(tmp_path: Path) -> None:
    cache = tmp_path / "numba"
    made = install(tmp_path / "data", None, n_candidates=300, n_vacancies=5)
    installed = replace(made, environment=made.environment | {"NUMBA_CACHE_DIR": str(cache)})
    headers = {"Authorization": f"Bearer {installed.token}"}

    def lists(address: str) -> list[Any]:
        with httpx2.Client(base_url=address, headers=headers, timeout=60) as http:
            answers = [http.get(f"/v1/vacancies/{one}/ranking?limit=20") for one in installed.vacancies]
        assert {one.status_code for one in answers} == {200}
        return [[(item["candidateId"], item["score"]) for item in one.json()["items"]] for one in answers]

    with serving(installed, tmp_path) as (server,):
        before = lists(server.address)
        assert compiled(cache) != {"walk", "score_rows"}  # nobody waited for it
        until = time.monotonic() + MOST_SECONDS
        while compiled(cache) != {"walk", "score_rows"} and time.monotonic() < until:
            time.sleep(0.5)
        assert compiled(cache) == {"walk", "score_rows"}
        after = lists(server.address)
    assert [[one for one, _ in found] for found in after] == [[one for one, _ in found] for found in before]
    for old, new in zip(before, after, strict=True):
        assert [score for _, score in new] == pytest.approx([score for _, score in old], abs=1e-6)
