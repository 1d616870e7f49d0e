"""Measuring speed: what is compared does what it says, on the same people; nothing is left out or made up.

No test here looks at how long anything took.
"""

import importlib.util
import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from api.commands import bench as command
from fixtures import bench
from fixtures.bench_http import OverHttp, rank_over_http
from fixtures.bench_peers import PEERS, Collection, Question, collection_of, measure_peers, question_of
from matching.errors import Conflict
from matching.ranking import Ranker
from matching.settings import Settings
from matching.snapshot import folder_of
from scoring.constraints import BLOCKED

N_PEOPLE, N_VACANCIES, K = 700, 12, 50
MODULES = {"sparse_dot_topn": "sparse_dot_topn", "faiss": "faiss", "bm25s": "bm25s", "tantivy": "tantivy"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("bench")
    clock = folder / "clock"
    clock.write_text(datetime(2027, 3, 1, 9, tzinfo=UTC).isoformat(), encoding="ascii")
    made = Settings(database_url="", data_dir=folder, env="development", clock=clock)
    bench.fill(made, N_PEOPLE, N_VACANCIES)
    bench.build_and_warm(made)
    return made


@pytest.fixture(scope="module")
def ranked(settings: Settings) -> bench.Ranked:
    return bench.start_and_rank(settings)


@pytest.fixture(scope="module")
def asked(settings: Settings) -> tuple[Collection, list[Question]]:
    held = bench.held_from_snapshot(settings)
    ranker = bench.ranker_of(held)
    collection = collection_of(held.pool.people, len(held.pool.vocabulary.taxonomy.skill_codes))
    vacancies = [held.vacancies[at].among(held.pool.people) for at in range(len(held.vacancies))]
    return collection, [question_of(collection, one, ranker.answers(one).eligible()) for one in vacancies]


@pytest.fixture(scope="module")
def found(ranked: bench.Ranked, asked: tuple[Collection, list[Question]]) -> dict[str, Any]:
    peers = measure_peers(*asked, K, bench.THREADS)
    return bench.figures(ranked, peers, N_VACANCIES, 1e10) | {
        "over_http": OverHttp((4.0, 5.0), 0).figures(),
        "build_seconds": 1.0,
        "snapshot_mb": 1.0,
        "machine": bench.machine(),
    }


def installed(peer: str) -> bool:
    return peer not in MODULES or importlib.util.find_spec(MODULES[peer]) is not None


def test_the_figures_carry_every_name_that_others_rely_on(found: dict[str, Any]) -> None:
    assert {"p50_ms", "p99_ms"} <= set(found["rank_one"])
    assert {"seconds", "vacancies", "candidates", "survivors_per_s"} <= set(found["batch"])
    assert set(found["peers"]) == {"sparse_dot_topn", "faiss", "bm25s", "tantivy", "scipy", "numpy"}
    assert all({"survivors_per_s", "seconds"} <= set(peer) for peer in found["peers"].values() if peer)
    assert {"ratio_to_fastest_peer", "bandwidth_share", "start_seconds", "peak_mb"} <= set(found)
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_what_was_run_is_what_is_said(found: dict[str, Any], ranked: bench.Ranked) -> None:
    batch = found["batch"]
    assert (batch["candidates"], batch["vacancies"]) == (N_PEOPLE, N_VACANCIES)
    assert batch["survivors_per_s"] == pytest.approx(ranked.survivors / batch["seconds"])
    assert found["rank_one"]["vacancies"] == N_VACANCIES
    peers = [peer["survivors_per_s"] for peer in found["peers"].values() if peer]
    assert found["ratio_to_fastest_peer"] == pytest.approx(batch["survivors_per_s"] / max(peers))


def test_seconds_are_never_extrapolated_and_an_extrapolation_is_called_one(ranked: bench.Ranked) -> None:
    small = bench.figures(ranked, {}, 0, 1e10)["batch"]
    assert small["seconds"] == ranked.batch_seconds
    assert small["extrapolated_seconds_for_100000"] == pytest.approx(ranked.batch_seconds / N_VACANCIES * 100_000)
    full = bench.figures(replace(ranked, n_vacancies=100_000), {}, 0, 1e10)["batch"]
    assert "extrapolated_seconds_for_100000" not in full


def test_survivors_are_the_people_whom_the_reference_does_not_block(
    ranked: bench.Ranked, asked: tuple[Collection, list[Question]]
) -> None:
    assert ranked.survivors == sum(len(question.rows) for question in asked[1])
    assert 0 < ranked.survivors < N_PEOPLE * N_VACANCIES


def test_everything_but_time_is_the_same_in_another_run(settings: Settings, ranked: bench.Ranked) -> None:
    again = bench.start_and_rank(settings)
    assert (again.survivors, again.walked) == (ranked.survivors, ranked.walked)
    assert 0 < ranked.walked.judged <= ranked.walked.touched <= N_PEOPLE


def test_a_start_that_had_to_build_is_not_taken_for_a_start_from_a_snapshot(settings: Settings) -> None:
    clean = bench.held_from_snapshot(settings)
    assert len(clean.pool) == N_PEOPLE
    (manifest,) = folder_of(settings).glob("*/manifest.json")
    kept = manifest.read_text(encoding="utf-8")
    manifest.write_text("{}", encoding="utf-8")
    try:
        with pytest.raises(Conflict, match=r"bench\.not_from_snapshot"):
            bench.held_from_snapshot(settings)
    finally:
        if manifest.parent.exists():
            manifest.write_text(kept, encoding="utf-8")


def test_peers_over_other_survivors_are_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Ranker.answers

    def all_but_one(self: Ranker, vacancy: Any) -> Any:
        told = answers(self, vacancy)
        one = int(np.flatnonzero(told.eligible())[0])
        codes = told.codes.copy()
        codes[one, 0] = BLOCKED
        return replace(told, codes=codes)

    monkeypatch.setattr(Ranker, "answers", all_but_one)
    with pytest.raises(Conflict, match=r"bench\.other_survivors"):
        bench.peers_of(settings)


@pytest.mark.parametrize("peer", PEERS)
def test_each_way_of_a_peer_finds_survivors_alone_and_the_same_best_ones(
    peer: str, asked: tuple[Collection, list[Question]]
) -> None:
    if not installed(peer):
        pytest.skip(f"{peer} is not installed")
    collection, questions = asked
    lists = {name: way(questions, 2) for name, way in PEERS[peer](collection, K).items()}
    assert lists
    for number, question in enumerate(questions):
        of_this = [found[number] for found in lists.values()]
        positive = [np.sort(scores[scores > 1e-6])[::-1] for _, scores in of_this]
        assert max(map(len, positive)) > 0
        for (rows, scores), best in zip(of_this, positive, strict=True):
            assert question.mask[rows].all()
            assert len(set(rows.tolist())) == len(rows) <= K
            assert (np.diff(scores) <= 1e-6).all()
            np.testing.assert_allclose(best, positive[0], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("one", "other"), [("scipy", "sparse_dot_topn"), ("numpy", "faiss")])
def test_peers_of_the_same_vectors_agree(one: str, other: str, asked: tuple[Collection, list[Question]]) -> None:
    if not installed(other):
        pytest.skip(f"{other} is not installed")
    collection, questions = asked
    by_one, by_other = (next(iter(PEERS[peer](collection, K).values()))(questions, 1) for peer in (one, other))
    for (_, first), (_, second) in zip(by_one, by_other, strict=True):
        np.testing.assert_allclose(first[first > 1e-6], second[second > 1e-6], rtol=1e-3, atol=1e-5)


def test_a_peer_that_is_not_installed_is_named_and_never_left_out(
    asked: tuple[Collection, list[Question]],
    ranked: bench.Ranked,
    found: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "faiss", None)
    peers = measure_peers(*asked, K, 1)
    assert peers["faiss"] is None
    assert peers["numpy"] is not None
    figures = found | bench.figures(ranked, peers, N_VACANCIES, 1e10)
    assert figures["peers"]["faiss"] is None
    command.show(figures)
    lines = capsys.readouterr().out.splitlines()
    assert any(line.split()[:1] == ["faiss"] and "niet geïnstalleerd" in line for line in lines)
    assert all(len(line) <= 80 for line in lines)
    nobody = bench.figures(ranked, dict.fromkeys(PEERS), 0, 1e10)
    assert nobody["ratio_to_fastest_peer"] is None


@pytest.mark.soak
def test_rankings_over_http_are_all_answered_by_real_servers(settings: Settings) -> None:
    found = rank_over_http(settings, seconds=1)
    assert (len(found.milliseconds), found.refused) == (50, 0)
    assert min(found.milliseconds) > 0


def test_memory_is_read_at_some_speed() -> None:
    assert bench.read_bandwidth(1 << 20) > 0


@pytest.mark.soak
def test_the_command_measures_from_an_empty_folder_and_prints_one_document(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    command.bench(candidates=N_PEOPLE, vacancies=N_VACANCIES, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert (said["batch"]["candidates"], said["batch"]["vacancies"]) == (N_PEOPLE, N_VACANCIES)
    assert list(tmp_path.iterdir()) == []
