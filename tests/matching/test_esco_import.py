"""Importing an official ESCO package: its layout, what comes of it, and what is refused."""

import csv
import gzip
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from matching.database import session_scope
from matching.errors import Invalid
from matching.exchange.esco import import_esco, read_esco
from matching.reference import active_taxonomy, load_embedded
from matching.reference.loading import ImportReport
from scoring.taxonomy import LabelKind, Taxonomy
from tests.matching.reference_sets import CLEANER_URI, LATER, NOW, small_set
from tests.shared_data import SHARED_DATA, needs_shared_data

ESCO = "http://data.europa.eu/esco"
PORTER, NIGHT_PORTER = f"{ESCO}/occupation/porter", f"{ESCO}/occupation/night-porter"
WATCHING, GREETING, GREETING_KINDLY = f"{ESCO}/skill/w", f"{ESCO}/skill/g", f"{ESCO}/skill/gk"
TOP, SOCIAL = f"{ESCO}/skill/S", f"{ESCO}/skill/S1"
OCCUPATION, SKILL, GROUP = "Occupation", "KnowledgeSkillCompetence", "SkillGroup"

Table = tuple[list[str], list[list[str]]]


def package() -> dict[str, Table]:
    """A package of two occupations, three skills in two groups, as the official files lay it out."""
    return {
        "occupations": (
            ["conceptType", "conceptUri", "iscoGroup", "preferredLabel", "altLabels", "hiddenLabels", "status"],
            [
                [
                    OCCUPATION,
                    PORTER,
                    "9621",
                    "portier",
                    "deurwacht\nportierster\nportierster",
                    "poortwacht",
                    "released",
                ],
                [OCCUPATION, NIGHT_PORTER, "9621", "nachtportier", "", "", "released"],
                [OCCUPATION, f"{ESCO}/occupation/old", "9621", "poorter", "", "", "obsolete"],
            ],
        ),
        "skills": (
            ["conceptUri", "preferredLabel", "altLabels", "hiddenLabels", "status"],
            [
                [WATCHING, "toezicht houden", "opletten\nwaken", "", "released"],
                [GREETING, "gasten begroeten", "", "", "released"],
                [GREETING_KINDLY, "", "", "", "released"],
            ],
        ),
        "skillGroups": (
            ["conceptUri", "preferredLabel"],
            [[SOCIAL, "omgaan met mensen"], [TOP, "vaardigheden"]],
        ),
        "ISCOGroups": (["conceptUri", "code"], [[f"{ESCO}/isco/C9621", "9621"]]),
        "occupationSkillRelations": (
            ["occupationUri", "relationType", "skillType", "skillUri"],
            [
                [PORTER, "essential", "skill/competence", WATCHING],
                [PORTER, "optional", "skill/competence", GREETING],
                [NIGHT_PORTER, "essential", "skill/competence", WATCHING],
            ],
        ),
        "broaderRelationsOccPillar": (
            ["conceptType", "conceptUri", "broaderType", "broaderUri"],
            [
                [OCCUPATION, PORTER, "ISCOGroup", f"{ESCO}/isco/C9621"],
                [OCCUPATION, NIGHT_PORTER, OCCUPATION, PORTER],
            ],
        ),
        "broaderRelationsSkillPillar": (
            ["conceptType", "conceptUri", "broaderType", "broaderUri"],
            [
                [SKILL, WATCHING, GROUP, SOCIAL],
                [SKILL, GREETING, GROUP, SOCIAL],
                [SKILL, GREETING_KINDLY, SKILL, GREETING],
                [SKILL, GREETING_KINDLY, GROUP, SOCIAL],
                [GROUP, SOCIAL, GROUP, TOP],
            ],
        ),
    }


def write(folder: Path, tables: dict[str, Table], language: str = "nl", zipped: Iterable[str] = ()) -> Path:
    folder.mkdir(exist_ok=True)
    for kind, (header, rows) in tables.items():
        path = folder / f"{kind}_{language}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        if kind in zipped:
            path.with_name(f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
    return folder


def without(table: Table, column: str) -> Table:
    header, rows = table
    at = header.index(column)
    return header[:at] + header[at + 1 :], [row[:at] + row[at + 1 :] for row in rows]


def add(tables: dict[str, Table], kind: str, *rows: list[str]) -> None:
    tables[kind][1].extend(rows)


def load(engine: Engine, folder: Path, now=NOW) -> ImportReport:
    with session_scope(engine) as session:
        return import_esco(session, folder, now=now)


def taxonomy(engine: Engine) -> Taxonomy:
    with session_scope(engine) as session:
        return active_taxonomy(session)


def assert_same(one: Taxonomy, other: Taxonomy) -> None:
    for name, value in vars(one).items():
        again = getattr(other, name)
        arrays = vars(value).values() if hasattr(value, "indptr") else [value]
        others = vars(again).values() if hasattr(value, "indptr") else [again]
        for left, right in zip(arrays, others, strict=True):
            assert np.array_equal(left, right), name


def test_labels_on_lines_of_their_own_each_become_a_label(engine: Engine, tmp_path: Path) -> None:
    load(engine, write(tmp_path / "esco", package()))
    known = taxonomy(engine)
    labels = list(zip(known.label_texts, known.label_kind.tolist(), strict=True))
    assert labels == [
        ("portier", LabelKind.PREFERRED),
        ("deurwacht", LabelKind.SYNONYM),
        ("portierster", LabelKind.SYNONYM),
        ("poortwacht", LabelKind.HIDDEN),
        ("nachtportier", LabelKind.PREFERRED),
    ]
    assert [text for text in known.skill_label_texts if text in ("toezicht houden", "opletten", "waken")] == [
        "toezicht houden",
        "opletten",
        "waken",
    ]


def test_skills_hierarchy_and_isco_come_over_and_obsolete_occupations_do_not(engine: Engine, tmp_path: Path) -> None:
    load(engine, write(tmp_path / "esco", package()))
    known = taxonomy(engine)
    number = {code: position for position, code in enumerate(known.skill_codes)}
    assert known.occupation_codes == (PORTER, NIGHT_PORTER)
    assert known.isco == ("9621", "9621")
    assert dict(zip(*(part.tolist() for part in known.occupation_skills.row(0)), strict=True)) == {
        number[WATCHING]: 1.0,
        number[GREETING]: 0.5,
    }
    assert known.occupation_neighbours.row(0)[0].tolist() == [1]
    assert {code: known.skill_parent[at] for code, at in number.items()} == {
        TOP: -1,
        SOCIAL: number[TOP],
        WATCHING: number[SOCIAL],
        GREETING: number[SOCIAL],
        GREETING_KINDLY: number[SOCIAL],
    }
    assert known.skill_related.row(number[GREETING_KINDLY])[0].tolist() == [number[GREETING]]
    assert {code for code, at in number.items() if known.skill_is_group[at]} == {TOP, SOCIAL}


def test_importing_twice_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    folder = write(tmp_path / "esco", package())
    assert load(engine, folder).changed is True
    before = taxonomy(engine)
    again = load(engine, folder, now=LATER)
    assert again.changed is False
    assert again.counts["occupations"] == 2
    assert_same(before, taxonomy(engine))


def test_gzipped_files_and_another_language_read_alike(tmp_path: Path) -> None:
    plain = read_esco(write(tmp_path / "plain", package()))
    zipped = read_esco(write(tmp_path / "zipped", package(), language="de", zipped=list(package())[::2]))
    assert plain == zipped


def test_dutch_is_taken_from_a_folder_of_several_languages(tmp_path: Path) -> None:
    english = package()
    english["occupations"][1][0][3] = "porter"
    write(tmp_path / "esco", english, language="en")
    content = read_esco(write(tmp_path / "esco", package())).content
    assert content.occupations[0].title == "portier"


def test_english_names_are_used_where_the_file_has_them(tmp_path: Path) -> None:
    header, rows = package()["skills"]
    tables = package() | {"skills": ([*header, "preferredLabelEn"], [[*row, "greet kindly"] for row in rows])}
    content = read_esco(write(tmp_path / "esco", tables)).content
    assert next(skill.english for skill in content.skills if skill.code == GREETING_KINDLY) == "greet kindly"
    plain = read_esco(write(tmp_path / "plain", package())).content
    assert {skill.english for skill in plain.skills} == {None}


def test_what_refers_to_a_concept_of_another_version_is_left_out_and_counted(engine: Engine, tmp_path: Path) -> None:
    tables = package()
    add(tables, "occupationSkillRelations", [f"{ESCO}/occupation/new", "essential", "", WATCHING])
    add(tables, "occupationSkillRelations", [PORTER, "essential", "", f"{ESCO}/skill/new"])
    add(tables, "broaderRelationsSkillPillar", [SKILL, WATCHING, GROUP, f"{ESCO}/skill/new"])
    add(tables, "broaderRelationsOccPillar", [OCCUPATION, PORTER, OCCUPATION, f"{ESCO}/occupation/new"])
    assert load(engine, write(tmp_path / "esco", tables)).counts == {
        "occupations": 2,
        "occupation_labels": 5,
        "skills": 3,
        "skills_with_label": 2,
        "skill_groups": 2,
        "occupation_skills": 3,
        "unknown_references": 4,
    }


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("occupations", "iscoGroup"),
        ("skills", "altLabels"),
        ("occupationSkillRelations", "relationType"),
        ("broaderRelationsSkillPillar", "broaderUri"),
    ],
)
def test_another_layout_is_refused_by_file_and_column_and_the_old_set_stays(
    engine: Engine, tmp_path: Path, kind: str, column: str
) -> None:
    load(engine, write(tmp_path / "good", package()))
    before = taxonomy(engine)
    bad = write(tmp_path / "bad", package() | {kind: without(package()[kind], column)})
    with pytest.raises(Invalid, match=rf"esco\.layout {kind}_nl\.csv missing_column column={column}"):
        load(engine, bad)
    assert_same(before, taxonomy(engine))


def test_every_missing_column_is_named(tmp_path: Path) -> None:
    tables = package()
    for kind, column in (("skills", "conceptUri"), ("ISCOGroups", "code")):
        tables[kind] = without(tables[kind], column)
    with pytest.raises(Invalid) as caught:
        read_esco(write(tmp_path / "esco", tables))
    assert {(problem.field, problem.values["column"]) for problem in caught.value.problems} == {
        ("skills_nl.csv", "conceptUri"),
        ("ISCOGroups_nl.csv", "code"),
    }


def test_a_missing_file_is_named_and_so_is_one_in_another_language(tmp_path: Path) -> None:
    tables = package()
    skills = tables.pop("skills")
    folder = write(tmp_path / "esco", tables)
    with pytest.raises(Invalid, match=r"skills_nl\.csv missing_file"):
        read_esco(folder)
    with pytest.raises(Invalid, match=r"skills_nl\.csv missing_file"):
        read_esco(write(folder, {"skills": skills}, language="fr"))
    with pytest.raises(Invalid, match="no_esco_files"):
        read_esco(tmp_path)


def test_a_file_that_breaks_off_is_refused(tmp_path: Path) -> None:
    folder = write(tmp_path / "esco", package(), zipped=["skills"])
    path = folder / "skills_nl.csv.gz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Invalid, match=r"skills_nl\.csv\.gz not_csv"):
        read_esco(folder)
    folder = write(tmp_path / "other", package())
    with (folder / "occupationSkillRelations_nl.csv").open("a") as file:
        file.write(f"{PORTER},essen")
    with pytest.raises(Invalid, match=r"occupationSkillRelations_nl\.csv wrong_number_of_cells record=5"):
        read_esco(folder)


def test_a_skill_that_is_broader_than_itself_is_refused(tmp_path: Path) -> None:
    tables = package()
    add(tables, "broaderRelationsSkillPillar", [GROUP, TOP, GROUP, SOCIAL])
    with pytest.raises(Invalid, match="broader_than_itself"):
        read_esco(write(tmp_path / "esco", tables))


def test_our_occupation_gets_the_labels_of_the_official_one_and_keeps_its_tasks(engine: Engine, tmp_path: Path) -> None:
    tables = package()
    add(tables, "occupations", [OCCUPATION, CLEANER_URI, "9112", "interieurverzorger", "poetser", "", "released"])
    add(tables, "ISCOGroups", [f"{ESCO}/isco/C9112", "9112"])
    with session_scope(engine) as session:
        load_embedded(session, small_set(), now=NOW)
    tasks_before = taxonomy(engine).task_texts
    load(engine, write(tmp_path / "esco", tables))
    known = taxonomy(engine)
    own = known.label_occupation == known.occupation_codes.index("cleaner")
    assert {"schoonmaker", "interieurverzorger", "poetser"} <= {known.label_texts[at] for at in np.flatnonzero(own)}
    assert CLEANER_URI not in known.occupation_codes
    assert known.task_texts == tasks_before


@pytest.mark.soak
@needs_shared_data("esco")
def test_the_official_package_comes_over_whole(engine: Engine) -> None:
    report = load(engine, SHARED_DATA / "esco")
    assert report.counts["occupations"] == 3039
    assert report.counts["skills"] == 13896
    assert report.counts["skills_with_label"] == 6939
    assert report.counts["occupation_skills"] + report.counts["unknown_references"] >= 123855
    assert report.counts["unknown_references"] < 250
    known = taxonomy(engine)
    assert len(known.occupation_skills.indices) == report.counts["occupation_skills"]
    assert np.bincount(known.label_occupation, minlength=3039).min() >= 1
    assert (known.skill_parent >= 0).sum() >= 14500
    assert load(engine, SHARED_DATA / "esco", now=LATER).changed is False
