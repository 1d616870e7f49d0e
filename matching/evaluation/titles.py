"""Reads a labelled set of titles and says how well Vonk and its peers rank it; `vonk evaluate titles` calls it."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from matching.errors import Invalid
from matching.evaluation import peers
from matching.evaluation.metrics import Quality, gain_interval, order, quality
from scoring.semantic import installed_encoder
from scoring.taxonomy import Taxonomy
from scoring.title_search import TitleSearch

JUDGED = "qrels.tsv"
RUN_DEPTH = 1_000
"""Titles of each query that a run file holds, best first."""

Ids: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class TitleSet:
    """Queries and a corpus of titles, and what is relevant where that was judged."""

    query_ids: Ids
    queries: tuple[str, ...]
    document_ids: Ids
    corpus: tuple[str, ...]
    grades: NDArray[np.float32] | None  # (n_queries, n_documents), 0 where not relevant or not judged; None: not judged


@dataclass(frozen=True)
class _Measured:
    quality: Quality
    seconds: float

    def body(self) -> dict[str, float]:
        rounded = {name: round(value, 4) for name, value in self.quality.means().items()}
        return rounded | {"seconds": round(self.seconds, 2)}


def read_titles(folder: Path) -> TitleSet:
    """Read `queries.tsv`, `corpus.tsv` (id, text) and, where it is there, `qrels.tsv` (query, document, grade).

    Raises Invalid (`titles.unreadable`: file, row and reason) and OSError where a file is missing.
    """
    query_ids, queries = _texts(folder / "queries.tsv")
    document_ids, corpus = _texts(folder / "corpus.tsv")
    judged = folder / JUDGED
    grades = _grades(judged, query_ids, document_ids) if judged.exists() else None
    return TitleSet(query_ids, queries, document_ids, corpus, grades)


def _rows(path: Path, n_cells: int) -> Iterator[tuple[int, list[str]]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise Invalid("titles.unreadable", path.name, reason="not_utf8") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            cells = line.split("\t")
            if len(cells) != n_cells:
                raise Invalid("titles.unreadable", path.name, reason="wrong_number_of_cells", record=number)
            yield number, cells


def _texts(path: Path) -> tuple[Ids, tuple[str, ...]]:
    found: dict[str, str] = {}
    for number, (name, text) in _rows(path, 2):
        if name in found:
            raise Invalid("titles.unreadable", path.name, reason="twice", record=number)
        found[name] = text
    if not found:
        raise Invalid("titles.unreadable", path.name, reason="empty")
    return tuple(found), tuple(found.values())


def _grades(path: Path, query_ids: Ids, document_ids: Ids) -> NDArray[np.float32]:
    query_at = {name: i for i, name in enumerate(query_ids)}
    document_at = {name: i for i, name in enumerate(document_ids)}
    grades = np.zeros((len(query_ids), len(document_ids)), np.float32)
    for number, (query, document, grade) in _rows(path, 3):
        if query not in query_at or document not in document_at:
            raise Invalid("titles.unreadable", path.name, reason="unknown_id", record=number)
        try:
            value = float(grade)
        except ValueError as error:
            raise Invalid("titles.unreadable", path.name, reason="no_grade", record=number) from error
        if not 0 <= value <= 10:
            raise Invalid("titles.unreadable", path.name, reason="no_grade", record=number)
        grades[query_at[query], document_at[document]] = value
    if not (grades > 0).any():
        raise Invalid("titles.unreadable", path.name, reason="empty")
    return grades


def rank_titles(titles: TitleSet, taxonomy: Taxonomy) -> NDArray[np.float32]:
    """Vonk's scores without the extra `semantic`: float32 (n_queries, n_documents), higher is nearer."""
    return TitleSearch(taxonomy, titles.corpus).scores(titles.queries)


def write_run(titles: TitleSet, scores: NDArray[np.float32], file: Path) -> None:
    """Write query, document and score, tab separated, the best `RUN_DEPTH` of each query first."""
    best = order(scores)[:, :RUN_DEPTH]
    with file.open("w", encoding="utf-8", newline="\n") as lines:
        for i, query in enumerate(titles.query_ids):
            lines.writelines(f"{query}\t{titles.document_ids[j]}\t{scores[i, j]:.6f}\n" for j in best[i])


def evaluate(titles: TitleSet, taxonomy: Taxonomy, file: Path | None = None) -> dict[str, Any]:
    """Rank a judged set by Vonk and its peers in one run, and measure; the run of Vonk goes to `file` where given.

    The names are those of the contract of `vonk evaluate titles --json`. Queries without a relevant title do not
    count; seconds are those of everything from texts to scores. `vonk_semantic` is None without that extra.
    Raises Invalid (`titles.unreadable`) for a set that was not judged.
    """
    if titles.grades is None:
        raise Invalid("titles.unreadable", JUDGED, reason="not_judged")
    judged = np.flatnonzero((titles.grades > 0).any(axis=1))
    grades = titles.grades[judged]

    def measured(scored: Callable[[], NDArray[np.float32]]) -> tuple[NDArray[np.float32], _Measured]:
        start = time.perf_counter()
        scores = scored()
        seconds = time.perf_counter() - start
        return scores, _Measured(quality(scores[judged], grades), seconds)

    queries, corpus = titles.queries, titles.corpus
    scores, vonk = measured(lambda: rank_titles(titles, taxonomy))
    if file is not None:
        write_run(titles, scores, file)
    _, char = measured(lambda: peers.char_tfidf(queries, corpus))
    _, pooled = measured(lambda: peers.pooled(peers.char_tfidf(queries, corpus), corpus, _occupations(taxonomy)))
    _, bm25 = measured(lambda: peers.bm25(queries, corpus))
    _, rapidfuzz = measured(lambda: peers.rapidfuzz(queries, corpus))
    encoder = installed_encoder()
    semantic = None
    if encoder is not None:
        semantic = measured(lambda: TitleSearch(taxonomy, corpus, encoder).scores(queries))[1]
    return {
        "vonk": vonk.body(),
        "vonk_semantic": semantic.body() if semantic else None,
        "char_tfidf": char.body(),
        "char_tfidf_pooled": pooled.body(),
        "bm25": bm25.body(),
        "rapidfuzz": rapidfuzz.body(),
        "gain_over_char_tfidf": _gain(vonk, char),
        "gain_over_char_tfidf_pooled": _gain(vonk, pooled),
    }


def _gain(ours: _Measured, theirs: _Measured) -> dict[str, Any]:
    one, other = ours.quality.average_precision, theirs.quality.average_precision
    low, high = gain_interval(one, other)
    return {"map": round(float((one - other).mean()), 4), "interval": [round(low, 4), round(high, 4)]}


def _occupations(taxonomy: Taxonomy) -> Mapping[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for text, occupation in zip(taxonomy.label_texts, taxonomy.label_occupation.tolist(), strict=True):
        found.setdefault(text.casefold(), set()).add(occupation)
    return {text: frozenset(occupations) for text, occupations in found.items()}
