"""Statements about skills and occupations: what transfers, what tells, what covers a need, what work lies near."""

import numpy as np
import pytest
from hypothesis import strategies as st

from scoring.skills import (
    COMPACT_GROUP,
    COUSIN,
    LEAST_TELLING,
    RELATED,
    SIBLING,
    OccupationNearness,
    skill_relatedness_row,
    telling,
)
from tests.scoring.reference_taxonomy import build, shipped

GROUPS = [
    {
        "id": "keuken",
        "label": "Keuken",
        "groups": [
            {
                "id": "koken_en_bakken",
                "label": "Koken en bakken",
                "skills": [
                    {"id": "koken", "label": "koken", "related": ["werkbank_poetsen"]},
                    {"id": "bakken", "label": "bakken"},
                ],
            },
            {
                "id": "afwas",
                "label": "Afwas",
                "skills": [{"id": "afwassen", "label": "afwassen"}],
            },
        ],
    },
    {
        "id": "schoonmaak",
        "label": "Schoonmaak",
        "groups": [
            {
                "id": "poetsen",
                "label": "Poetsen",
                "skills": [
                    {"id": "werkbank_poetsen", "label": "werkbank poetsen"},
                    {"id": "samenwerken", "label": "samenwerken"},
                    {"id": "dweilen", "label": "dweilen"},
                ],
            }
        ],
    },
]


def occupation(code: str, isco: str, skills: list[str], neighbours: tuple[str, ...] = ()) -> dict[str, object]:
    task = {"text": code, "share": 100, "skills": skills}
    return {"id": code, "title": code, "isco": isco, "neighbours": list(neighbours), "tasks": [task]}


TAXONOMY = build(
    [
        occupation("kok", "5120", ["koken", "samenwerken"]),
        occupation("bakker", "7512", ["bakken", "samenwerken"]),
        occupation("hulpkok", "5120", ["koken", "afwassen", "samenwerken"]),
        occupation("poetser", "9112", ["werkbank_poetsen", "dweilen", "samenwerken"], ("glazenwasser",)),
        occupation("glazenwasser", "9123", ["dweilen", "samenwerken"]),
        {"id": "astronaut", "title": "astronaut", "isco": "", "tasks": []},
    ],
    GROUPS,
)
N_SKILLS = len(TAXONOMY.skill_codes)


def at(code: str) -> int:
    return TAXONOMY.skill_codes.index(code)


def work(code: str) -> int:
    return TAXONOMY.occupation_codes.index(code)


def test_a_skill_is_itself_and_ties_weaken_from_link_to_sibling_to_cousin() -> None:
    row = skill_relatedness_row(TAXONOMY, at("koken"))
    assert row[at("koken")] == 1.0
    assert row[at("werkbank_poetsen")] == pytest.approx(RELATED)
    assert row[at("bakken")] == pytest.approx(SIBLING)
    assert row[at("afwassen")] == pytest.approx(COUSIN)
    assert row[at("dweilen")] == 0.0
    assert 1.0 > RELATED > SIBLING > COUSIN > 0.0


def test_relatedness_is_the_same_in_both_directions() -> None:
    table = np.array([skill_relatedness_row(TAXONOMY, skill) for skill in range(N_SKILLS)])
    leaves = np.flatnonzero(~TAXONOMY.skill_is_group)
    assert np.array_equal(table[np.ix_(leaves, leaves)], table[np.ix_(leaves, leaves)].T)
    assert table.dtype == np.float32


def test_a_wide_group_ties_its_skills_less() -> None:
    def sibling(n_skills: int) -> float:
        skills = [{"id": f"s{i}", "label": f"s{i}"} for i in range(n_skills)]
        wide = build([], [{"id": "a", "label": "a", "groups": [{"id": "b", "label": "b", "skills": skills}]}])
        first, second = wide.skill_codes.index("s0"), wide.skill_codes.index("s1")
        return float(skill_relatedness_row(wide, first)[second])

    assert sibling(COMPACT_GROUP) == pytest.approx(SIBLING)
    assert SIBLING > sibling(40) > sibling(80) > COUSIN
    assert sibling(400) == pytest.approx(COUSIN)


def test_what_everybody_needs_tells_least_and_what_one_occupation_needs_most() -> None:
    tells = telling(TAXONOMY)
    assert tells.dtype == np.float32
    assert tells[at("afwassen")] == 1.0
    assert tells[at("afwassen")] > tells[at("koken")] > tells[at("samenwerken")] >= LEAST_TELLING
    assert tells.max() <= 1.0


def test_in_the_shipped_set_samenwerken_tells_less_than_heftruck_rijden() -> None:
    taxonomy = shipped()
    tells = telling(taxonomy)
    place = taxonomy.skill_codes.index
    assert tells[place("nauwkeurig_werken")] < tells[place("heftruck_rijden")]


CREDITS = st.floats(0.0, 1.0, width=32)
PEOPLE = st.lists(st.dictionaries(st.integers(0, N_SKILLS - 1), CREDITS, max_size=5), min_size=1, max_size=6)
NEEDED = st.dictionaries(st.integers(0, N_SKILLS - 1), st.floats(0.1, 5.0), min_size=1, max_size=4)


def test_an_occupation_is_nearest_to_itself_and_nearness_is_symmetric() -> None:
    nearness = OccupationNearness(TAXONOMY)
    table = np.array([nearness.row(i) for i in range(len(TAXONOMY.occupation_codes))])
    assert np.all(np.diag(table) == 1.0)
    assert table == pytest.approx(table.T, abs=1e-6)
    assert np.all((table >= 0.0) & (table <= 1.0))
    assert table.dtype == np.float32


def test_shared_skills_and_isco_make_work_near_and_neighbours_nearer() -> None:
    nearness = OccupationNearness(TAXONOMY)
    kok = nearness.row(work("kok"))
    assert kok[work("hulpkok")] > kok[work("bakker")] > kok[work("glazenwasser")]
    poetser = nearness.row(work("poetser"))
    assert poetser[work("glazenwasser")] >= 0.5 > poetser[work("kok")]


def test_work_of_which_nothing_is_known_is_near_to_itself_alone() -> None:
    row = OccupationNearness(TAXONOMY).row(work("astronaut"))
    assert row[work("astronaut")] == 1.0
    assert np.delete(row, work("astronaut")).max() == 0.0


def test_neighbours_of_the_shipped_set_are_nearer_than_work_at_large() -> None:
    taxonomy = shipped()
    nearness = OccupationNearness(taxonomy)
    near, all_rows = [], []
    for i in range(0, len(taxonomy.occupation_codes), 5):
        row = nearness.row(i)
        near.extend(row[taxonomy.occupation_neighbours.row(i)[0]])
        all_rows.append(row.mean())
    assert min(near) >= 0.5
    assert float(np.mean(all_rows)) < 0.2
