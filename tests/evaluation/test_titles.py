"""Judging the ranking of titles: what a set holds, what a run holds, and that Vonk does better than its peers."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from api.commands.evaluate import titles as evaluate_titles
from matching.errors import Invalid
from matching.evaluation import peers
from matching.evaluation.metrics import gain_interval, quality
from matching.evaluation.titles import evaluate, rank_titles, read_titles, write_run
from tests.scoring.reference_taxonomy import shipped
from tests.shared_data import SHARED_DATA, needs_shared_data

QUERIES = {"q1": "chauffeur heftruck", "q2": "medewerker schoonmaak", "q3": "hulp in de keuken"}
CORPUS = {
    "d1": "heftruckchauffeur",
    "d2": "schoonmaker",
    "d3": "keukenhulp",
    "d4": "reachtruckchauffeur",
    "d5": "taxichauffeur",
    "d6": "interieurverzorger",
    "d7": "receptionist",
}
JUDGED = [("q1", "d1", "2"), ("q1", "d4", "1"), ("q2", "d2", "1"), ("q2", "d6", "1"), ("q3", "d3", "1")]


def put(folder: Path, *, judged: bool = True, instead: Mapping[str, str] = MappingProxyType({})) -> Path:
    rows: dict[str, list[tuple[str, ...]]] = {
        "queries": [*QUERIES.items()],
        "corpus": [*CORPUS.items()],
        "qrels": [*JUDGED] if judged else [],
    }
    for name, lines in rows.items():
        text = instead.get(name, "".join("\t".join(line) + "\n" for line in lines))
        if text:
            (folder / f"{name}.tsv").write_text(text, encoding="utf-8")
    return folder


def test_a_set_is_read_as_it_stands(tmp_path: Path) -> None:
    found = read_titles(put(tmp_path))
    assert dict(zip(found.document_ids, found.corpus, strict=True)) == CORPUS
    assert found.grades is not None
    assert found.grades[0].tolist() == [2, 0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("queries", "q1\n", "wrong_number_of_cells"),
        ("queries", "\n", "empty"),
        ("corpus", "d1\tkok\nd1\tbakker\n", "twice"),
        ("qrels", "q1\td99\t1\n", "unknown_id"),
        ("qrels", "q1\td1\tveel\n", "no_grade"),
        ("qrels", "q1\td1\tnan\n", "no_grade"),
        ("qrels", "q1\td1\t0\n", "empty"),
    ],
)
def test_what_cannot_be_read_is_named_by_file_and_reason(tmp_path: Path, file: str, text: str, reason: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_titles(put(tmp_path, instead={file: text}))
    assert (caught.value.field, caught.value.reason) == (f"{file}.tsv", reason)


def test_a_run_holds_query_title_and_score_best_first(tmp_path: Path) -> None:
    found = read_titles(put(tmp_path, judged=False))
    write_run(found, rank_titles(found, shipped()), tmp_path / "run.tsv")
    rows = [line.split("\t") for line in (tmp_path / "run.tsv").read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(QUERIES) * len(CORPUS)
    for query, best in (("q1", "d1"), ("q2", "d2"), ("q3", "d3")):
        mine = [(document, float(score)) for name, document, score in rows if name == query]
        assert mine[0][0] == best
        assert [score for _, score in mine] == sorted((score for _, score in mine), reverse=True)


def test_the_figures_have_the_names_of_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.evaluation.titles.installed_encoder", lambda: None)
    found = evaluate(read_titles(put(tmp_path)), shipped(), tmp_path / "run.tsv")
    assert found["vonk_semantic"] is None
    for system in ("vonk", "char_tfidf", "char_tfidf_pooled", "bm25", "rapidfuzz"):
        assert set(found[system]) == {"map", "ndcg_at_10", "mrr", "recall_at_100", "seconds"}
    assert found["vonk"]["map"] > 0.9 > found["bm25"]["map"]
    gain = found["gain_over_char_tfidf"]
    assert gain["map"] == pytest.approx(found["vonk"]["map"] - found["char_tfidf"]["map"], abs=2e-4)
    assert gain["interval"][0] <= gain["map"] <= gain["interval"][1]
    assert set(found["gain_over_char_tfidf_pooled"]) == {"map", "interval"}
    assert (tmp_path / "run.tsv").exists()


def test_a_query_for_which_nothing_is_relevant_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("matching.evaluation.titles.installed_encoder", lambda: None)
    judged = "".join("\t".join(row) + "\n" for row in JUDGED if row[0] != "q3")
    found = evaluate(read_titles(put(tmp_path, instead={"qrels": judged})), shipped())
    assert found["vonk"]["map"] > 0.9


def test_a_set_that_was_not_judged_is_ranked_and_never_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VONK_CLOCK", raising=False)
    put(tmp_path, judged=False)
    with pytest.raises(Invalid, match="not_judged"):
        evaluate(read_titles(tmp_path), shipped())
    evaluate_titles(tmp_path, run=tmp_path / "run.tsv", as_json=True)
    assert json.loads(capsys.readouterr().out)["queries"] == len(QUERIES)
    assert len((tmp_path / "run.tsv").read_text(encoding="utf-8").splitlines()) == len(QUERIES) * len(CORPUS)


def test_titles_of_one_occupation_share_the_best_score_of_them() -> None:
    scores = np.array([[0.9, 0.1, 0.4]], np.float32)
    shared = peers.pooled(
        scores, ["Kok", "keukenprins", "bakker"], {"kok": frozenset({1}), "keukenprins": frozenset({1, 2})}
    )
    assert shared[0] == pytest.approx([0.9, 0.9, 0.4])


def test_rare_words_count_for_more_in_bm25_and_unknown_ones_for_nothing() -> None:
    corpus = ["medewerker magazijn", "medewerker keuken", "medewerker winkel", "portier"]
    (found,) = peers.bm25(["medewerker keuken"], corpus)
    assert found.argmax() == 1
    assert found[0] > found[3] == 0
    assert peers.bm25(["astronaut"], corpus).tolist() == [[0, 0, 0, 0]]


@needs_shared_data("titles/jts_nl")
@pytest.mark.parametrize(("name", "precision"), [("char_tfidf", 0.28), ("bm25", 0.17), ("rapidfuzz", 0.20)])
def test_peers_do_as_well_here_as_others_measured(name: str, precision: float) -> None:
    found = read_titles(SHARED_DATA / "titles" / "jts_nl")
    assert found.grades is not None
    measured = quality(getattr(peers, name)(found.queries, found.corpus), found.grades)
    assert measured.means()["map"] == pytest.approx(precision, abs=0.012)


@pytest.mark.soak
@needs_shared_data("titles/jts_nl")
@needs_shared_data("esco/occupations_nl.csv.gz")
def test_vonk_with_an_official_set_ranks_judged_titles_better_than_letters_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = SHARED_DATA / "titles" / "jts_nl"
    unjudged = tmp_path / "unjudged"
    unjudged.mkdir()
    for name in ("queries.tsv", "corpus.tsv"):
        (unjudged / name).write_bytes((folder / name).read_bytes())
    evaluate_titles(unjudged, esco=SHARED_DATA / "esco", run=tmp_path / "run.tsv", as_json=True)
    capsys.readouterr()
    found = read_titles(folder)
    assert found.grades is not None
    query_at = {name: i for i, name in enumerate(found.query_ids)}
    document_at = {name: i for i, name in enumerate(found.document_ids)}
    scores = np.full(found.grades.shape, -1.0, np.float32)
    for line in (tmp_path / "run.tsv").read_text(encoding="utf-8").splitlines():
        query, document, score = line.split("\t")
        scores[query_at[query], document_at[document]] = float(score)
    ours = quality(scores, found.grades).average_precision
    letters = quality(peers.char_tfidf(found.queries, found.corpus), found.grades).average_precision
    assert gain_interval(ours, letters)[0] >= 0.1
