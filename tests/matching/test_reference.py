"""Reference data in the database: loading a set, reading it as arrays, places and the crosswalk."""

import csv
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import SQLModel

from fixtures.reference_set import read_reference_set
from matching.database import session_scope
from matching.errors import Invalid
from matching.exchange.crosswalk import import_crosswalk
from matching.exchange.geonames import import_postcodes
from matching.reference import (
    Postcode,
    ReferenceSet,
    active_taxonomy,
    load_embedded,
    load_set,
    postcode_table,
)
from scoring.taxonomy import LabelKind, Links, PlaceTable, Taxonomy
from scoring.terms import Sector
from tests.matching.reference_sets import CLEANER_URI, LATER, NOW, official_set, small_set
from tests.shared_data import SHARED_DATA, needs_shared_data

TABLES = SQLModel.metadata.tables
SET_TABLES = (
    "skills",
    "skill_labels",
    "skill_links",
    "occupations",
    "occupation_labels",
    "occupation_tasks",
    "occupation_task_skills",
    "occupation_skills",
    "occupation_links",
)


def load(engine: Engine, content: ReferenceSet, now=NOW) -> bool:
    with session_scope(engine) as session:
        return load_set(session, content, now=now)


def taxonomy(engine: Engine) -> Taxonomy:
    with session_scope(engine) as session:
        return active_taxonomy(session)


def places(engine: Engine) -> PlaceTable:
    with session_scope(engine) as session:
        return postcode_table(session)


def rows(engine: Engine, table: str) -> list[dict[str, object]]:
    with session_scope(engine) as session:
        return [dict(row) for row in session.connection().execute(select(TABLES[table])).mappings()]


def counts(engine: Engine) -> dict[str, int]:
    with session_scope(engine) as session:
        connection = session.connection()
        return {
            name: connection.execute(select(func.count()).select_from(TABLES[name])).scalar_one() for name in SET_TABLES
        }


def linked(links: Links, names: tuple[str, ...], row: str, columns: tuple[str, ...]) -> dict[str, float]:
    """One row of links by name."""
    indices, weights = links.row(names.index(row))
    return {columns[index]: pytest.approx(float(weight)) for index, weight in zip(indices, weights, strict=True)}


def labels_of(known: Taxonomy, occupation: str) -> list[tuple[str, LabelKind]]:
    own = np.flatnonzero(known.label_occupation == known.occupation_codes.index(occupation))
    return [(known.label_texts[i], LabelKind(known.label_kind[i])) for i in own]


def test_loading_the_same_set_again_changes_nothing(engine: Engine) -> None:
    assert load(engine, small_set()) is True
    before = {name: rows(engine, name) for name in (*SET_TABLES, "reference_sets")}
    assert load(engine, small_set(), now=LATER) is False
    assert {name: rows(engine, name) for name in before} == before


def test_two_processes_that_load_at_once_load_it_once(engine: Engine) -> None:
    with ThreadPoolExecutor(2) as both:
        written = list(both.map(lambda _: load(engine, small_set()), range(2)))
    assert sorted(written) == [False, True]
    assert len(rows(engine, "reference_sets")) == 1


def test_a_newer_version_takes_the_place_of_the_older_and_leaves_nothing_of_it(engine: Engine) -> None:
    load(engine, small_set())
    before = counts(engine)
    first, second = small_set().occupations
    assert load(engine, small_set(occupations=(replace(first, title="poetshulp"), second)), now=LATER)
    assert counts(engine) == before
    assert taxonomy(engine).occupation_titles == ("poetshulp", "wasserijmedewerker")
    (only,) = rows(engine, "reference_sets")
    assert only["active"]
    assert only["loaded_at"] == LATER


def test_a_set_that_refers_to_something_unknown_is_refused_and_the_old_one_stays(engine: Engine) -> None:
    load(engine, small_set())
    before = {name: rows(engine, name) for name in (*SET_TABLES, "reference_sets", "regions")}
    first, second = small_set().occupations
    with pytest.raises(Invalid, match="spelling"):
        load(engine, small_set(occupations=(first, replace(second, neighbours=("spelling",))), regions=()))
    assert {name: rows(engine, name) for name in before} == before


def test_only_the_shipped_set_is_loaded_as_embedded(engine: Engine) -> None:
    with session_scope(engine) as session, pytest.raises(Invalid, match="not_embedded"):
        load_embedded(session, official_set(), now=NOW)


def test_an_empty_database_has_an_empty_taxonomy_and_no_places(engine: Engine) -> None:
    assert taxonomy(engine).occupation_codes == ()
    assert taxonomy(engine).occupation_skills.indptr.tolist() == [0]
    assert len(places(engine).pc4) == 0


def test_a_skill_weighs_as_much_as_the_hours_of_the_tasks_that_use_it(engine: Engine) -> None:
    load(engine, small_set())
    known = taxonomy(engine)
    weights = linked(known.occupation_skills, known.occupation_codes, "cleaner", known.skill_codes)
    assert weights == {"mopping": 0.9, "counting": 0.3, "ironing": 0.1}
    assert linked(known.task_skills, known.task_texts, "Trappen dweilen en doekjes tellen", known.skill_codes) == {
        "mopping": 1.0,
        "counting": 1.0,
    }


def test_demands_of_a_task_are_stored_and_what_it_does_not_ask_is_empty(engine: Engine) -> None:
    load(engine, small_set())
    mopping = next(row for row in rows(engine, "occupation_tasks") if row["text"] == "Gangen dweilen")
    assert (mopping["standing"], mopping["lifting"], mopping["sight"]) == (3, 1, None)


def test_the_taxonomy_says_what_the_set_says(engine: Engine) -> None:
    load(engine, small_set())
    known = taxonomy(engine)
    assert known.occupation_codes == ("cleaner", "launderer")
    assert known.isco == ("9112", "9121")
    assert known.sector.tolist() == [list(Sector).index(Sector.CLEANING), -1]
    assert labels_of(known, "cleaner") == [
        ("schoonmaker", LabelKind.PREFERRED),
        ("schoonmaakster", LabelKind.SYNONYM),
        ("medewerker schoonmaak", LabelKind.SYNONYM),
    ]
    assert known.task_occupation.tolist() == [0, 0, 0, 1]
    parents = [known.skill_codes[parent] if parent >= 0 else None for parent in known.skill_parent]
    assert dict(zip(known.skill_codes, parents, strict=True)) == {
        "work": None,
        "indoors": "work",
        "mopping": "indoors",
        "counting": "indoors",
        "ironing": "work",
    }
    assert known.skill_is_group.tolist() == [True, True, False, False, False]
    assert "vloer dweilen" in known.skill_label_texts


def test_neighbours_and_related_skills_hold_both_ways_and_growth_is_no_neighbour(engine: Engine) -> None:
    load(engine, small_set())
    known = taxonomy(engine)
    codes, skills = known.occupation_codes, known.skill_codes
    assert linked(known.occupation_neighbours, codes, "cleaner", codes) == {"launderer": 1.0}
    assert linked(known.occupation_neighbours, codes, "launderer", codes) == {"cleaner": 1.0}
    assert linked(known.skill_related, skills, "ironing", skills) == {"mopping": 1.0}
    assert linked(known.skill_related, skills, "mopping", skills) == {"ironing": 1.0}
    cleaner, launderer = small_set().occupations
    load(engine, small_set(occupations=(replace(cleaner, neighbours=()), launderer)))
    assert len(taxonomy(engine).occupation_neighbours.indices) == 0


@pytest.mark.parametrize("official_first", [False, True])
def test_an_official_set_stands_beside_the_embedded_one_which_wins(engine: Engine, official_first: bool) -> None:
    for content in sorted((small_set(), official_set()), key=lambda one: one.code, reverse=official_first):
        load(engine, content)
    known = taxonomy(engine)
    assert known.occupation_titles == ("schoonmaker", "wasserijmedewerker", "drager")
    assert labels_of(known, "cleaner") == [
        ("schoonmaker", LabelKind.PREFERRED),
        ("schoonmaakster", LabelKind.SYNONYM),
        ("medewerker schoonmaak", LabelKind.SYNONYM),
        ("interieurverzorger", LabelKind.HIDDEN),  # "Schoonmaker" was there already
        ("poetshulp", LabelKind.HIDDEN),
        ("poetser", LabelKind.HIDDEN),
    ]
    codes, skills = known.occupation_codes, known.skill_codes
    assert set(linked(known.occupation_skills, codes, "cleaner", skills)) == {"mopping", "counting", "ironing"}
    assert linked(known.occupation_skills, codes, codes[2], skills) == {skills[-1]: 1.0, "counting": 0.5}
    assert known.skill_titles[-1] == "carrying"
    assert skills[known.skill_parent[len(skills) - 1]] == "counting"
    assert linked(known.occupation_neighbours, codes, codes[2], codes) == {"cleaner": 1.0}


def test_the_version_changes_with_the_content(engine: Engine) -> None:
    load(engine, small_set())
    first = taxonomy(engine).version
    load(engine, official_set())
    second = taxonomy(engine).version
    load(engine, small_set(skills=(*small_set().skills, replace(small_set().skills[0], code="new"))))
    assert len({first, second, taxonomy(engine).version}) == 3


def test_postcodes_stand_in_order_with_their_region(engine: Engine) -> None:
    load(engine, small_set())
    table = places(engine)
    assert table.pc4.tolist() == [9401, 9402, 9711]
    assert [table.region_codes[region] for region in table.region] == ["AM03", "AM03", "AM01"]
    assert table.latitude.tolist() == [52.99, 53.01, 53.215]


def test_a_region_without_a_point_lies_in_the_middle_of_its_postcodes(engine: Engine) -> None:
    load(engine, small_set())
    table = places(engine)
    assert table.region_latitude.tolist() == pytest.approx([53.2, 53.0])
    assert table.region_longitude.tolist() == pytest.approx([6.7, 6.57])


def postal_line(pc4: str, place: str, town: str, code: str, latitude: float, longitude: float) -> str:
    return f"NL\t{pc4}\t{place}\tDrenthe\t01\t{town}\t{code}\t\t\t{latitude}\t{longitude}\t\n"


def write_postal(path: Path, *lines: str) -> Path:
    file = path / "NL.txt"
    file.write_text("".join(lines), encoding="utf-8")
    return file


def import_postal(engine: Engine, file: Path) -> dict[str, int]:
    with session_scope(engine) as session:
        return dict(import_postcodes(session, file).counts)


def postcode(engine: Engine, pc4: str) -> dict[str, object]:
    return next(row for row in rows(engine, "postcodes") if row["pc4"] == pc4)


def test_imported_points_replace_the_shipped_ones_and_stay_when_the_set_is_renewed(
    engine: Engine, tmp_path: Path
) -> None:
    load(engine, small_set())
    file = write_postal(tmp_path, postal_line("9401", "Assen", "Assen Municipality", "0106", 52.9939, 6.5625))
    assert import_postal(engine, file) == {
        "created": 0,
        "updated": 1,
        "unchanged": 0,
        "region_of_nearest": 0,
    }
    assert postcode(engine, "9401")["latitude"] == 52.9939
    assert load(engine, small_set(postcodes=(*small_set().postcodes, Postcode(
        "9403", "Assen", "Assen", "GM0106", "AM03", 53.02, 6.6))))  # fmt: skip
    assert postcode(engine, "9401")["latitude"] == 52.9939
    assert postcode(engine, "9403")["latitude"] == 53.02


def test_importing_postcodes_again_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    load(engine, small_set())
    file = write_postal(
        tmp_path,
        postal_line("9401", "Assen", "Assen Municipality", "0106", 52.9939, 6.5625),
        postal_line("9409", "Loon", "Nieuwstad", "9999", 53.2, 6.6),
    )
    first = import_postal(engine, file)
    before = rows(engine, "postcodes")
    assert first["created"] == 1
    assert import_postal(engine, file)["unchanged"] == 2
    assert rows(engine, "postcodes") == before


@pytest.mark.parametrize(
    ("town", "code", "region"),
    [
        ("Gemeente Groningen", "0014", "AM01"),  # by the code
        ("Assen Municipality", "", "AM03"),  # by the name
        ("Nieuwstad", "9999", "AM01"),  # neither: the nearest postcode is in Groningen
    ],
)
def test_a_new_postcode_gets_the_region_of_its_municipality_or_else_of_its_nearest_neighbour(
    engine: Engine, tmp_path: Path, town: str, code: str, region: str
) -> None:
    load(engine, small_set())
    import_postal(engine, write_postal(tmp_path, postal_line("9712", "Stad", town, code, 53.22, 6.58)))
    assert postcode(engine, "9712")["region"] == region


def test_a_place_far_off_under_the_same_postcode_does_not_pull_it_away(engine: Engine, tmp_path: Path) -> None:
    load(engine, small_set())
    file = write_postal(
        tmp_path,
        postal_line("9401", "Roermond", "Roermond Municipality", "0957", 51.19, 5.99),
        postal_line("9401", "Assen", "Assen Municipality", "0106", 52.98, 6.54),
        postal_line("9401 AB", "Assen", "Assen Municipality", "0106", 53.00, 6.58),
    )
    import_postal(engine, file)
    point = postcode(engine, "9401")
    assert (point["place"], point["latitude"], point["longitude"]) == ("Assen", 52.99, 6.56)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("NL\t9401\tAssen\tDrenthe\t01\tAssen\t0106\t\t\t52.99\t6.56\n", "column=accuracy"),
        ("country,postcode\n", "column=postal_code"),
        (postal_line("9401", "Assen", "Assen", "0106", 6.56, 52.99), "point_elsewhere"),
        (postal_line("AB12", "Assen", "Assen", "0106", 52.99, 6.56), "no_postcode"),
        ("BE" + postal_line("9401", "Assen", "Assen", "0106", 52.99, 6.56)[2:], "no_dutch_rows"),
    ],
)
def test_a_postal_file_of_another_layout_is_refused_and_changes_nothing(
    engine: Engine, tmp_path: Path, line: str, said: str
) -> None:
    load(engine, small_set())
    before = rows(engine, "postcodes")
    good = "" if said == "no_dutch_rows" else postal_line("9402", "Assen", "Assen", "0106", 52.0, 6.0)
    with pytest.raises(Invalid, match=rf"NL\.txt .*{said}"):
        import_postal(engine, write_postal(tmp_path, good, line))
    assert rows(engine, "postcodes") == before


@needs_shared_data("geo")
def test_the_official_postal_file_puts_postcodes_in_their_region(engine: Engine) -> None:
    with session_scope(engine) as session:
        load_embedded(session, read_reference_set(), now=NOW)
    import_postal(engine, SHARED_DATA / "geo" / "NL.txt")
    table = places(engine)
    ours = dict(zip(table.pc4.tolist(), (table.region_codes[region] for region in table.region), strict=True))
    with (SHARED_DATA / "geo" / "pc4.csv").open(encoding="utf-8", newline="") as file:
        published = {int(row["pc4"]): row["amr_code"] for row in csv.DictReader(file)}
    same = sum(ours.get(pc4) == region for pc4, region in published.items())
    assert same >= 0.99 * len(published)


def write_crosswalk(path: Path, *lines: str, header: str = "system,code,system,code,relation") -> Path:
    file = path / "crosswalk.csv"
    file.write_text("\n".join((header, *lines)), encoding="utf-8")
    return file


def import_pairs(engine: Engine, file: Path) -> dict[str, int]:
    with session_scope(engine) as session:
        return dict(import_crosswalk(session, file).counts)


def test_an_exact_pair_gives_occupations_their_competentnl_id_now_and_after_a_newer_set(
    engine: Engine, tmp_path: Path
) -> None:
    load(engine, small_set())
    file = write_crosswalk(
        tmp_path, f"esco,{CLEANER_URI},CompetentNL,c-17,exactMatch", f"esco,{CLEANER_URI},competentnl,c-01,close"
    )
    assert import_pairs(engine, file) == {"created": 2, "updated": 0, "unchanged": 0}
    ids = {row["code"]: row["competentnl_id"] for row in rows(engine, "occupations")}
    assert ids == {"cleaner": "c-17", "launderer": None}
    load(engine, small_set(occupations=small_set().occupations[::-1]))
    ids = {row["code"]: row["competentnl_id"] for row in rows(engine, "occupations")}
    assert ids == {"cleaner": "c-17", "launderer": None}


def test_importing_a_crosswalk_again_changes_nothing_and_a_corrected_one_updates(
    engine: Engine, tmp_path: Path
) -> None:
    load(engine, small_set())
    file = write_crosswalk(
        tmp_path, f"competentnl;c-17;esco;{CLEANER_URI};exact", header="system;code;system;code;relation"
    )
    import_pairs(engine, file)
    assert import_pairs(engine, file) == {"created": 0, "updated": 0, "unchanged": 1}
    corrected = write_crosswalk(tmp_path, f"competentnl,c-17,esco,{CLEANER_URI},close")
    assert import_pairs(engine, corrected) == {"created": 0, "updated": 1, "unchanged": 0}
    assert {row["competentnl_id"] for row in rows(engine, "occupations")} == {None}


@pytest.mark.parametrize(
    ("header", "line", "said"),
    [
        ("system,code,system,relation", "a,1,b,exact", "column=code"),
        ("system,code,system,code", "a,1,b,2", "column=relation"),
        ("system,code,system,code,relation", "a,1,b,2,equal", "unknown_relation row=3"),
        ("system,code,system,code,relation", "a,1,,2,exact", "incomplete_row row=3"),
        ("system,code,system,code,relation", "esco,x,y,z,close", "two_relations row=3"),
    ],
)
def test_a_crosswalk_of_another_layout_is_refused_and_changes_nothing(
    engine: Engine, tmp_path: Path, header: str, line: str, said: str
) -> None:
    with pytest.raises(Invalid, match=rf"crosswalk\.csv .*{said}"):
        import_pairs(engine, write_crosswalk(tmp_path, "esco,x,y,z,exact", line, header=header))
    assert rows(engine, "crosswalk") == []


def test_the_shipped_set_loads_and_comes_back_whole(engine: Engine) -> None:
    shipped = read_reference_set()
    with session_scope(engine) as session:
        assert load_embedded(session, shipped, now=NOW)
    known = taxonomy(engine)
    assert known.occupation_codes == tuple(entry.code for entry in shipped.occupations)
    assert known.skill_codes == tuple(skill.code for skill in shipped.skills)
    assert known.task_texts == tuple(task.text for entry in shipped.occupations for task in entry.tasks)
    per_task = [set(task.skills) for entry in shipped.occupations for task in entry.tasks]
    assert np.diff(known.task_skills.indptr).tolist() == [len(skills) for skills in per_task]
    assert len(places(engine).pc4) == len(shipped.postcodes)
