"""Statements about titles and task texts: which occupation and which skills people mean by what they write."""

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.resolve import LEAST_CONFIDENCE, SkillMatcher, TitleMatcher, TitleTable
from scoring.taxonomy import LabelKind, Taxonomy
from scoring.text import normalise
from tests.scoring.reference_taxonomy import build, shipped

with (Path(__file__).parent / "pairs.tsv").open(encoding="utf-8", newline="") as file:
    PAIRS = [(row["query"], row["nearer"], row["farther"]) for row in csv.DictReader(file, delimiter="\t")]

SMALL = build(
    [
        {
            "id": "kok",
            "title": "kok",
            "isco": "5120",
            "synonyms": ["keukenkok", "souschef"],
            "tasks": [{"text": "Soep koken", "share": 100, "skills": ["koken"]}],
        },
        {"id": "chef", "title": "chef", "isco": "3434", "synonyms": ["kokschef", "souschef"]},
        {"id": "souschef", "title": "adjunct", "isco": "3434", "synonyms": ["kok"]},
    ],
    [
        {
            "id": "keuken",
            "label": "Keuken",
            "groups": [
                {"id": "bereiden", "label": "Bereiden", "skills": [{"id": "koken", "label": "eten koken"}]},
            ],
        }
    ],
)


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return shipped()


@pytest.fixture(scope="module")
def matcher(taxonomy: Taxonomy) -> TitleMatcher:
    return TitleMatcher(taxonomy)


@pytest.fixture(scope="module")
def skill_matcher(taxonomy: Taxonomy, matcher: TitleMatcher) -> SkillMatcher:
    return SkillMatcher(taxonomy, matcher.compounds)


def occupation_of(matcher: TitleMatcher, title: str) -> str | None:
    found = matcher.resolve(title)
    return matcher.taxonomy.occupation_codes[found[0].occupation] if found else None


def skills_of(matcher: SkillMatcher, taxonomy: Taxonomy, text: str) -> dict[str, str]:
    return {taxonomy.skill_codes[one.skill]: text[one.start : one.end] for one in matcher.resolve_skills(text)}


def test_case_36_ways_to_write_magazijnmedewerker_resolve_to_one_occupation(matcher: TitleMatcher) -> None:
    titles = ["medewerker magazijn", "magazijnmedewerkster", "magazijn mdw", "logistiek medewerker (magazijn)"]
    assert {occupation_of(matcher, title) for title in titles} == {"magazijnmedewerker"}


def test_case_37_heftruckchauffeur_is_near_reachtruckchauffeur_not_near_taxichauffeur(
    matcher: TitleMatcher,
) -> None:
    near, far = matcher.nearness("heftruckchauffeur", ["reachtruckchauffeur", "taxichauffeur"])
    assert near > 0.6
    assert far < 0.3


def test_case_37_sharing_a_head_makes_no_titles_alike_by_their_text_either(matcher: TitleMatcher) -> None:
    near, far = matcher.similarity("heftruckchauffeur", ["reachtruckchauffeur", "taxichauffeur"])
    assert near > far
    assert far < 0.3


def test_case_38_gastvrouw_gastheer_receptie_resolves_to_receptionist_and_gastvrouw_zorg_does_not(
    matcher: TitleMatcher,
) -> None:
    assert occupation_of(matcher, "gastvrouw/gastheer receptie") == "receptionist"
    codes = {matcher.taxonomy.occupation_codes[one.occupation] for one in matcher.resolve("gastvrouw zorg")}
    assert "receptionist" not in codes


def test_there_are_fifty_pairs_over_different_work() -> None:
    assert len(PAIRS) == 50
    assert len({query for query, _, _ in PAIRS}) == 50


@pytest.mark.parametrize(("query", "nearer", "farther"), PAIRS, ids=[query for query, _, _ in PAIRS])
def test_the_nearer_work_is_nearer(matcher: TitleMatcher, query: str, nearer: str, farther: str) -> None:
    near, far = matcher.nearness(query, [nearer, farther])
    assert near > far + 0.05


def test_every_label_resolves_to_its_own_occupation(matcher: TitleMatcher, taxonomy: Taxonomy) -> None:
    answers = matcher.resolve_many(taxonomy.label_texts)
    wrong = [
        text
        for text, occupation, found in zip(taxonomy.label_texts, taxonomy.label_occupation, answers, strict=True)
        if not found or int(occupation) not in {one.occupation for one in found}
    ]
    assert wrong == []


@pytest.mark.parametrize("title", ["magazijnmederwerker", "heftruckchaufeur", "hoveneir", "schoonmker kantoor"])
def test_a_typing_error_lowers_confidence_and_hides_nobody(matcher: TitleMatcher, title: str) -> None:
    found = matcher.resolve(title)
    assert found
    assert LEAST_CONFIDENCE <= found[0].confidence < 1.0


@pytest.mark.parametrize("title", ["", "  ", "???", "medewerker", "hulp (m/v) 24 uur", "astronaut", "xqzw vbn"])
def test_what_says_nothing_of_known_work_gets_no_occupation(matcher: TitleMatcher, title: str) -> None:
    assert matcher.resolve(title) == ()


def test_another_head_is_no_confident_answer(matcher: TitleMatcher) -> None:
    confidences = [one.confidence for one in matcher.resolve("magazijnarts")]
    assert all(confidence < 0.8 for confidence in confidences)


def test_many_titles_resolve_as_one_by_one_and_in_their_order(matcher: TitleMatcher) -> None:
    titles = [title for pair in PAIRS for title in pair]
    assert matcher.resolve_many(titles) == [matcher.resolve(title) for title in titles]


def test_confidences_fall_and_stay_within_range(matcher: TitleMatcher) -> None:
    for found in matcher.resolve_many([title for pair in PAIRS for title in pair], k=5):
        confidences = [one.confidence for one in found]
        assert confidences == sorted(confidences, reverse=True)
        assert all(LEAST_CONFIDENCE <= confidence <= 1.0 for confidence in confidences)
        assert len({one.occupation for one in found}) == len(found) <= 5


def test_a_preferred_label_goes_before_the_same_synonym() -> None:
    first, second = TitleMatcher(SMALL).resolve("kok")
    assert (SMALL.occupation_codes[first.occupation], first.confidence) == ("kok", 1.0)
    assert SMALL.occupation_codes[second.occupation] == "souschef"
    assert second.confidence < first.confidence
    assert SMALL.label_kind[0] == LabelKind.PREFERRED


def test_a_label_of_two_occupations_is_sure_of_neither() -> None:
    found = TitleMatcher(SMALL).resolve("souschef")
    assert {SMALL.occupation_codes[one.occupation] for one in found} == {"kok", "chef"}
    assert all(one.confidence < 1.0 for one in found)


def test_an_official_synonym_in_other_words_than_the_preferred_label_is_less_sure() -> None:
    official = build(
        [
            {
                "id": "http://example.org/artillery",
                "title": "officier artillerie",
                "synonyms": ["soldaat", "officier veldartillerie", "soldaat infanterie"],
            }
        ],
        [],
    )
    matcher = TitleMatcher(official)
    (other,), (usual,), (preferred,) = matcher.resolve_many(
        ["soldaat", "officier veldartillerie", "officier artillerie"]
    )
    assert other.confidence < 0.9
    assert usual.confidence > 0.9
    assert preferred.confidence == 1.0


def test_a_taxonomy_without_content_answers_nothing() -> None:
    empty = build([], [])
    matcher = TitleMatcher(empty)
    assert matcher.resolve("kok") == ()
    assert matcher.nearness("kok", ["kok", "bakker"]).tolist()[0] == 1.0
    assert SkillMatcher(empty, matcher.compounds).resolve_skills("eten koken") == ()


def test_the_same_occupation_under_two_names_is_as_near_as_can_be(matcher: TitleMatcher) -> None:
    (near,) = matcher.nearness("hovenier", [matcher.taxonomy.occupation_titles[_at(matcher, "hovenier")]])
    assert near == 1.0
    assert matcher.nearness("barista", ["koffiebarmedewerker"]).tolist() == [1.0]


def _at(matcher: TitleMatcher, code: str) -> int:
    return matcher.taxonomy.occupation_codes.index(code)


TITLE = st.one_of(st.sampled_from([title for pair in PAIRS for title in pair]), st.text(max_size=20))


@settings(deadline=None)
@given(TITLE, TITLE)
def test_nearness_is_symmetric_within_range_and_one_for_the_same_text(one: str, other: str) -> None:
    matcher = _shared_matcher()
    (there,) = matcher.nearness(one, [other])
    (back,) = matcher.nearness(other, [one])
    assert 0.0 <= there <= 1.0
    assert there == pytest.approx(back, abs=1e-5)
    assert matcher.nearness(one, [one]).tolist() == [1.0]


_MATCHERS: list[TitleMatcher] = []


def _shared_matcher() -> TitleMatcher:
    if not _MATCHERS:
        _MATCHERS.append(TitleMatcher(shipped()))
    return _MATCHERS[0]


def test_a_table_of_titles_answers_as_the_titles_do_each_alone(matcher: TitleMatcher) -> None:
    titles = [nearer for _, nearer, _ in PAIRS]
    together = TitleTable(matcher, titles).nearness("orderpicker")
    alone = [matcher.nearness("orderpicker", [title])[0] for title in titles]
    assert together == pytest.approx(np.array(alone), abs=1e-5)
    assert together.dtype == np.float32


def test_a_task_text_leads_to_its_skills(skill_matcher: SkillMatcher, taxonomy: Taxonomy) -> None:
    found = skills_of(skill_matcher, taxonomy, "Dossiers op nummer in de kast opbergen")
    assert {"dossiers_opbergen", "op_nummer_sorteren"} <= set(found)


@pytest.mark.parametrize(
    ("text", "skill", "because"),
    [
        ("kassa", "kassa_bedienen", "kassa"),
        ("orderpicken", "orders_verzamelen", "orderpicken"),
        ("goed met computers", "computer_basis", "computers"),
        ("ik kan heftruck rijden en lassen", "heftruck_rijden", "heftruck rijden"),
        ("'s Ochtends de was vouwen!", "was_vouwen", "was vouwen"),
        ("heftruk rijden", "heftruck_rijden", "heftruk rijden"),
    ],
)
def test_a_skill_as_a_person_types_it_is_found_with_the_words_that_led_to_it(
    skill_matcher: SkillMatcher, taxonomy: Taxonomy, text: str, skill: str, because: str
) -> None:
    assert skills_of(skill_matcher, taxonomy, text).get(skill) == because


@pytest.mark.parametrize("text", ["", "...", "goed werk doen", "voetbal kijken op zondag"])
def test_what_speaks_of_no_skill_gives_none(skill_matcher: SkillMatcher, text: str) -> None:
    assert skill_matcher.resolve_skills(text) == ()


def test_a_skill_is_something_a_person_does_never_a_heading(skill_matcher: SkillMatcher, taxonomy: Taxonomy) -> None:
    texts = [taxonomy.skill_titles[i] for i in np.flatnonzero(taxonomy.skill_is_group)]
    assert texts
    for text in texts:
        assert not any(taxonomy.skill_is_group[one.skill] for one in skill_matcher.resolve_skills(text))


def test_most_preferred_skill_labels_lead_to_their_own_skill(skill_matcher: SkillMatcher, taxonomy: Taxonomy) -> None:
    skills = np.flatnonzero(~taxonomy.skill_is_group)
    met = [
        int(skill) in {one.skill for one in skill_matcher.resolve_skills(taxonomy.skill_titles[skill])}
        for skill in skills
    ]
    assert np.mean(met) > 0.95


@settings(deadline=None)
@given(st.text(max_size=60))
def test_spans_lie_within_the_text(text: str) -> None:
    for one in SkillMatcher(SMALL, TitleMatcher(SMALL).compounds).resolve_skills("eten " + text + " koken"):
        assert 0 <= one.start < one.end <= len(text) + 11
        assert 0.0 < one.confidence <= 1.0


@pytest.mark.parametrize(
    ("title", "work"),
    [
        ("Magazijnmedewerker webshop Tilburg", "magazijnmedewerker"),
        ("receptionist locatie Zwolle", "receptionist"),
        ("hulp in de keuken verzorgingshuis", "keukenhulp"),
        ("medewerker groen gemeente Arnhem", "medewerker groenvoorziening"),
    ],
)
def test_a_title_that_says_more_than_the_work_still_names_the_work(
    matcher: TitleMatcher, taxonomy: Taxonomy, title: str, work: str
) -> None:
    found = matcher.resolve(title)
    assert taxonomy.occupation_titles[found[0].occupation] == work
    assert found[0].confidence < 1


@pytest.mark.parametrize("title", ["manager schoonmaak", "docent schoonmaak", "schoolarts"])
def test_who_manages_or_teaches_work_does_not_do_it(matcher: TitleMatcher, title: str) -> None:
    assert matcher.resolve(title) == ()


def test_nearness_mixes_work_and_text_by_how_sure_both_titles_are(matcher: TitleMatcher) -> None:
    titles = sorted({title for pair in PAIRS for title in pair})[:300]
    table = TitleTable(matcher, [*titles, "zzxq", ""])
    arrays = table.arrays()
    occupation, confidence = arrays["occupation"], arrays["confidence"]
    surest = confidence.max(axis=1)
    relative = confidence / np.where(surest > 0, surest, 1.0)[:, None]
    for query in [*titles[::25], "kok of lasser", "Medewerker zzxq"]:
        text, found = table._placed.similarity(query), matcher.resolve(query)
        expected = text
        if found:
            top = found[0].confidence
            rows = [matcher.occupations.row(one.occupation) * (one.confidence / top) for one in found]
            near = (np.max(rows, axis=0)[occupation] * relative).max(axis=1)
            near += (1.0 - near) * 0.3 * text
            trust = top * surest
            expected = np.where(text == 1.0, text, np.clip(trust * near + (1.0 - trust) * text, 0.0, 1.0))
        assert np.array_equal(table.nearness(query), expected)


def test_likeness_of_text_is_the_inner_product_of_the_places_of_both(matcher: TitleMatcher) -> None:
    titles = sorted({title for pair in PAIRS for title in pair})[:300]
    placed = matcher.space.place([*titles, "zzxq", "Kok", "kok"])
    for query in ["kok", "KOK!", "zzxq kok", "nergens genoemd woord", ""]:
        unseen = dict(placed._unseen)
        vector = matcher.space.embed([matcher.compounds.parts(query)], unseen)[:, : placed._by_column.shape[0]]
        expected = np.clip((vector @ placed._by_column).toarray().ravel(), 0.0, 1.0)
        expected[placed._normal == normalise(query)] = 1.0
        found = placed.similarity(query)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)
        assert np.array_equal(placed.similarity(query), found)  # and when it is asked again
