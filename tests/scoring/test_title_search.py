"""Ranking a corpus of titles: the work that is meant comes first, whatever words it has."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.semantic import Encoder, UniversalSentenceEncoder, installed_encoder
from scoring.taxonomy import Taxonomy
from scoring.title_search import TitleSearch
from tests.scoring.reference_taxonomy import build, shipped

TITLES = ("taxichauffeur", "orderpicker", "kapper", "reachtruckchauffeur", "winkelmedewerker", "tandarts")


@pytest.fixture(scope="module")
def search() -> TitleSearch:
    return TitleSearch(shipped(), TITLES)


def best(search: TitleSearch, query: str, titles: Sequence[str] = TITLES) -> str:
    return titles[int(search.scores([query])[0].argmax())]


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("heftruckchauffeur", "reachtruckchauffeur"),
        ("magazijnmedewerker", "orderpicker"),
        ("verkoopmedewerker", "winkelmedewerker"),
        ("TAXI chauffeur (m/v)", "taxichauffeur"),
        ("taxichaufeur", "taxichauffeur"),
    ],
)
def test_the_same_or_the_nearest_work_comes_first(search: TitleSearch, query: str, title: str) -> None:
    assert best(search, query) == title


def test_labels_of_the_occupation_that_is_meant_stand_together() -> None:
    taxonomy = shipped()
    search = TitleSearch(taxonomy, taxonomy.label_texts)
    for title in ("magazijnmedewerker", "hovenier", "receptionist"):
        occupation = taxonomy.occupation_titles.index(title)
        own = np.flatnonzero(taxonomy.label_occupation == occupation)
        first = np.argsort(-search.scores([title])[0], kind="stable")[: len(own)]
        assert len(set(first) & set(own)) >= 0.8 * len(own)


def test_a_word_points_to_work_also_where_no_label_is_like_the_title() -> None:
    skills = [{"id": name, "label": name} for name in ("snijden", "bakken", "metselen", "voegen")]
    groups = [{"id": "al", "label": "al", "groups": [{"id": "alles", "label": "alles", "skills": skills}]}]

    def work(name: str, title: str, *uses: str) -> dict[str, object]:
        return {"id": name, "title": title, "tasks": [{"text": title, "share": 100, "skills": list(uses)}]}

    taxonomy = build(
        [
            work("a", "brood afdeling ochtend", "snijden", "bakken"),
            work("b", "brood ploeg avond", "snijden", "bakken"),
            work("c", "muur afdeling ochtend", "metselen", "voegen"),
            work("d", "muur ploeg avond", "metselen", "voegen"),
        ],
        groups,
    )
    titles = ("iets met brood", "iets met muur")
    search = TitleSearch(taxonomy, titles)
    assert best(search, "brood in het weekend", titles) == titles[0]
    assert best(search, "muur in het weekend", titles) == titles[1]


def test_the_same_corpus_gives_the_same_scores_whatever_stands_beside_a_query(search: TitleSearch) -> None:
    queries = ["heftruckchauffeur", "kapper", "xqzw"]
    together = search.scores(queries)
    again = TitleSearch(shipped(), TITLES).scores(queries)
    assert (together == again).all()
    for i, query in enumerate(queries):
        assert search.scores([query])[0] == pytest.approx(together[i], abs=1e-5)


def test_nothing_known_and_nothing_asked_give_an_answer_of_the_right_shape(search: TitleSearch) -> None:
    assert search.scores([]).shape == (0, len(TITLES))
    assert np.isfinite(search.scores(["", "???"])).all()
    empty: Taxonomy = build([], [])
    scores = TitleSearch(empty, ["kok", "bakker"]).scores(["kok"])
    assert scores.dtype == np.float32
    assert scores[0, 0] > scores[0, 1]


def test_of_titles_that_the_taxonomy_does_not_know_the_likest_text_comes_first() -> None:
    titles = ("sterrenkundige", "reachtruckchauffeur", "sterrenkundig onderzoeker", "onderzoeker")
    scores = TitleSearch(shipped(), titles).scores(["onderzoeker sterrenkunde"])[0]
    assert scores.argmax() == 2
    assert scores[1] < 0.1


class Meaning:
    """An encoder that knows of two words that they mean the same."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        placed = np.zeros((len(texts), 2), np.float32)
        for i, text in enumerate(texts):
            placed[i, int(text not in ("haarstylist salon", "coiffeur"))] = 1.0
        return placed


def test_an_encoder_adds_what_no_label_knows() -> None:
    titles = ("haarstylist salon", "tandarts", "monteur")
    encoder: Encoder = Meaning()
    assert best(TitleSearch(shipped(), titles, encoder), "coiffeur", titles) == titles[0]


def test_the_installed_encoder_gives_unit_vectors() -> None:
    encoder = installed_encoder()
    if encoder is None:
        pytest.skip("the extra `semantic` is not installed")
    assert isinstance(encoder, UniversalSentenceEncoder)
    placed = encoder.encode(["bakker", "banketbakker", "piloot"])
    assert np.linalg.norm(placed, axis=1) == pytest.approx(np.ones(3), abs=1e-3)
    assert placed[0] @ placed[1] > placed[0] @ placed[2]
    assert encoder.encode([]).shape == (0, 512)
