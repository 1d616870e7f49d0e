"""Statements about Dutch job language: what counts as the same word, what a compound is made of, what is alike."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.text import Compounds, TextSpace, fold, normalise, spans, stem, words

TITLES = [
    "magazijnmedewerker",
    "winkelmedewerker",
    "heftruckchauffeur",
    "reachtruckchauffeur",
    "taxichauffeur",
    "vrachtwagenchauffeur",
    "schoonmaker",
    "medewerker schoonmaak",
    "inpakker",
    "stratenmaker",
    "receptionist",
    "kantoormedewerker",
]
TASKS = ["orders inpakken in het magazijn", "de winkel schoonmaken", "een heftruck rijden", "straten maken"]
TEXT = st.text(max_size=40)
DUTCH = st.lists(
    st.sampled_from([*" -/()", "m/v", "24 uur", "ĳ", "mdw.", "gastvrouw", "ster", "en", "ë", *TITLES]), max_size=6
).map("".join)


@pytest.fixture(scope="module")
def compounds() -> Compounds:
    return Compounds([*TITLES, *TASKS])


@pytest.fixture(scope="module")
def space(compounds: Compounds) -> TextSpace:
    return TextSpace(compounds, TITLES, np.arange(len(TITLES), dtype=np.int32))


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("Magazijnmedewerker", "magazijnmedewerker"),
        ("CONCIËRGE", "conciërge"),
        ("dienstverlener bĳ de balie", "dienstverlener bij de balie"),
        ("magazijn-medewerker", "magazijn medewerker"),
        ("magazijn mdw.", "magazijn medewerker"),
        ("Medew. magazijn", "medewerker magazijn"),
        ("mw catering", "medewerker catering"),
        ("kok m/v", "kok"),
        ("kok (m/v/x)", "kok"),
        ("hovenier man/vrouw", "hovenier"),
        ("hovenier 24 uur", "hovenier"),
        ("hovenier 24-32 uur p/w", "hovenier"),
        ("hovenier 16,5 uur per week", "hovenier"),
        ("hovenier (fulltime)", "hovenier"),
        ("verkopers", "verkoper"),
        ("winkels", "winkel"),
        ("straten", "straat"),
        ("sorteren", "sorteer"),
    ],
)
def test_spelling_abbreviation_hours_and_plural_make_no_difference(typed: str, plain: str) -> None:
    assert normalise(typed) == normalise(plain)


@pytest.mark.parametrize(
    ("female", "male"),
    [
        ("schoonmaakster", "schoonmaker"),
        ("medewerkster", "medewerker"),
        ("inpakster", "inpakker"),
        ("verzorgster", "verzorger"),
        ("begeleidster", "begeleider"),
        ("schrijfster", "schrijver"),
        ("kunstenaarster", "kunstenaar"),
        ("receptioniste", "receptionist"),
        ("telefonist(e)", "telefonist"),
        ("medewerk(st)er", "medewerker"),
        ("medewerker/ster", "medewerker"),
        ("verkoper/verkoopster", "verkoper"),
        ("caissière", "caissier"),
        ("chauffeuse", "chauffeur"),
        ("directrice", "directeur"),
        ("timmervrouw", "timmerman"),
        ("timmerlieden", "timmerman"),
        ("gastvrouw", "gastheer"),
        ("gastvrouw/gastheer receptie", "gastheer receptie"),
    ],
)
def test_a_title_is_the_same_work_for_women_and_men(female: str, male: str) -> None:
    assert normalise(female) == normalise(male)


@pytest.mark.parametrize("word", ["minister", "burgemeester", "rooster", "ziekster", "huisvrouw", "juffrouw"])
def test_not_every_ending_is_a_female_form(word: str) -> None:
    assert words(word) == [word]


def test_different_work_stays_different_after_normalising() -> None:
    assert len({normalise(title) for title in TITLES}) == len(TITLES)


@given(TEXT | DUTCH)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(TEXT)
def test_case_and_accents_never_matter(text: str) -> None:
    assert normalise(fold(text)) == normalise(text)


def test_letters_without_end_are_no_way_to_keep_the_splitter_busy(compounds: Compounds) -> None:
    assert sum(map(len, compounds.parts("magazijnen" * 2_000))) <= 60


@given(TEXT)
def test_every_span_points_at_letters_of_the_text_as_typed(text: str) -> None:
    for word, start, end in spans(text):
        assert word
        assert text[start:end].strip()


def test_a_compound_is_its_parts_in_any_order(compounds: Compounds) -> None:
    assert set(compounds.parts("magazijnmedewerker")) == set(compounds.parts("medewerker magazijn"))
    assert set(compounds.parts("heftruckchauffeur")) == set(compounds.parts("chauffeur heftruck"))


def test_linking_letters_belong_to_no_part(compounds: Compounds) -> None:
    assert compounds.parts("stratenmaker") == (stem("straat"), "maker")
    assert compounds.parts("winkelsmedewerker") == ("winkel", "medewerker")


def test_an_unknown_word_before_a_head_is_a_part_of_its_own(compounds: Compounds) -> None:
    assert compounds.parts("zwembadmedewerkers")[-1] == "medewerker"
    assert compounds.parts("reachtruckmonteur") == ("reachtruck", "monteur")


def test_an_agent_noun_holds_its_activity(compounds: Compounds) -> None:
    assert set(compounds.parts("inpakker")) == set(compounds.parts("medewerker inpakken"))


def test_a_word_that_is_usual_by_itself_is_not_split(compounds: Compounds) -> None:
    for word in ("kantoor", "receptionist", "medewerker"):
        assert compounds.parts(word) == (stem(word),)


@given(st.permutations([*TITLES, *TASKS]), st.sampled_from(TITLES))
def test_splitting_does_not_depend_on_the_order_of_learning(texts: list[str], title: str) -> None:
    assert Compounds(texts).parts(title) == Compounds([*TITLES, *TASKS]).parts(title)


def test_a_shared_head_is_little_and_a_shared_modifier_much(space: TextSpace) -> None:
    same_place, same_head, nothing = space.similarity(
        "magazijnmedewerker", ["magazijnhulp", "winkelmedewerker", "receptionist"]
    )
    assert same_place > 0.8
    assert same_head < 0.3
    assert nothing < same_head


def test_a_typing_error_leaves_a_title_alike(space: TextSpace) -> None:
    mistyped, other = space.similarity("heftruckchauffeur", ["heftrukchauffeur", "taxichauffeur"])
    assert mistyped > other + 0.1


@settings(deadline=None)
@given(DUTCH | TEXT, DUTCH | TEXT)
def test_similarity_is_symmetric_and_within_range(one: str, other: str) -> None:
    compounds = Compounds([*TITLES, *TASKS])
    space = TextSpace(compounds, TITLES, np.arange(len(TITLES), dtype=np.int32))
    (there,) = space.similarity(one, [other])
    (back,) = space.similarity(other, [one])
    assert 0.0 <= there <= 1.0
    assert there == pytest.approx(back, abs=1e-5)
    assert space.similarity(one, [one]).tolist() == [1.0]


@settings(deadline=None)
@given(st.lists(DUTCH | TEXT, min_size=1, max_size=4))
def test_a_text_alone_stands_where_it_stands_among_others(space: TextSpace, texts: list[str]) -> None:
    unseen: dict[str, int] = {}
    split = [space.compounds.parts(text) for text in texts]
    together = space.embed(split, unseen)
    for number, parts in enumerate(split):
        columns, values = space.embed_one(parts, unseen)
        row = together[number].sorted_indices()
        assert columns.tolist() == row.indices.tolist()
        np.testing.assert_allclose(values, row.data, rtol=1e-5)


def test_nothing_to_compare_with_gives_an_empty_answer(space: TextSpace) -> None:
    answer = space.similarity("kok", [])
    assert answer.shape == (0,)
    assert answer.dtype == np.float32
