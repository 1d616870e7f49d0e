"""What a file says of a person is kept as far as it may be, and what is not says why (no words of hers)."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from matching.exchange.report import ImportReport
from scoring.terms import TargetGroup
from tests.matching.exchange.test_importing import load, stored, told, write_csv


def write_lines(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return path


def load_rows(engine: Engine, tmp_path: Path, *rows: list[str]) -> ImportReport:
    return load(engine, write_csv(tmp_path / "a.csv", rows))


def test_no_benefit_is_not_no_target_group(sqlite_engine: Engine, tmp_path: Path) -> None:
    load_rows(
        sqlite_engine,
        tmp_path,
        ["Klantnr", "Postcode", "Uitkering", "Doelgroep"],
        ["1", "3511", "geen", ""],
        ["2", "3511", "geen", "banenafspraak"],
        ["3", "3511", "tja", "banenafspraak"],
    )
    groups = {
        number: None if profile.target_groups is None else [entry.group for entry in profile.target_groups]
        for number, profile in stored(sqlite_engine).items()
    }
    assert groups["1"] == [TargetGroup.NUG]
    assert set(groups["2"] or []) == {TargetGroup.NUG, TargetGroup.BANENAFSPRAAK}
    assert groups["3"] is None


def test_a_number_of_a_person_may_be_written_as_a_number(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = write_lines(
        tmp_path / "a.jsonl", {"id": 17, "postcode": 3511}, {"sourceId": 18, "postcode": "3512", "coach": "Kim"}
    )
    assert told(load(sqlite_engine, path)) == []
    people = stored(sqlite_engine)
    assert {number: profile.postcode for number, profile in people.items()} == {"17": "3511", "18": "3512"}
    assert load(sqlite_engine, path).unchanged == 2


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ({"id": "x" * 101}, "id", "text.too_long"),
        ({"id": ["a"]}, "id", "text.not_text"),
        ({"sourceId": "x" * 101}, "sourceId", "text.too_long"),
        ({"hours": {"min": float("nan")}}, "hours.min", "number.not_finite"),
        ({"hours": {"min": 20, "max": 10}}, "hours", "range.min_above_max"),
        ({"hours": {"max": 20, "buildUpTo": 10}}, "hours", "range.build_up_below_max"),
        ({"availableFrom": "2027-02-31"}, "availableFrom", "date.does_not_exist"),
        ({"availableFrom": "zomer"}, "availableFrom", "date.not_understood"),
        ({"coach": "x" * 201}, "coach", "text.too_long"),
        ({"coach": "K\0im"}, "coach", "text.nul"),
        ({"coach": 5}, "coach", "text.not_text"),
        ({"licences": "B"}, "licences", "list.not_a_list"),
        ({"education": "mbo_9"}, "education", "term.not_known"),
        ({"region": "Utrecht"}, "region", "region.not_known"),
        ({"maxOpenIntroductions": 1.5}, "maxOpenIntroductions", "number.not_whole"),
        ({"pause": {"since": "2027-02-01", "resumesOn": "2027-01-01"}}, "pause", "range.ends_before_start"),
    ],
)
def test_a_bad_field_is_named_with_what_is_wrong_and_the_person_loads(
    sqlite_engine: Engine, tmp_path: Path, line: dict[str, Any], column: str, reason: str
) -> None:
    path = write_lines(tmp_path / "a.jsonl", {"sourceId": "1", "postcode": "3511", "growthWish": "diploma"} | line)
    report = load(sqlite_engine, path)
    assert told(report) == [(1, column, reason)]
    [profile] = stored(sqlite_engine).values()
    assert (profile.postcode, profile.growth_wish) == ("3511", "diploma")


def test_a_cell_of_two_hundred_thousand_characters_costs_that_cell_alone(sqlite_engine: Engine, tmp_path: Path) -> None:
    report = load_rows(
        sqlite_engine,
        tmp_path,
        ["Klantnr", "Postcode", "Wens beroep"],
        ["1", "3511", "x" * 200_000],
        ["2", "3511", "groen"],
    )
    assert told(report) == [(2, "Wens beroep", "cell.too_long")]
    assert report.created == 2


def test_the_same_number_under_another_source_is_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["Klantnr", "Postcode"], ["1", "3511"], ["2", "3511"]])
    assert "key.under_another_source" not in load(sqlite_engine, path, source="wsp").assumed
    path = write_csv(tmp_path / "b.csv", [["Klantnr", "Postcode"], ["2", "3511"], ["3", "3511"]])
    assert load(sqlite_engine, path, source="b").assumed["key.under_another_source"] == 1


def test_free_words_about_a_person_are_told_nowhere(sqlite_engine: Engine, tmp_path: Path) -> None:
    report = load_rows(
        sqlite_engine,
        tmp_path,
        ["Klantnr", "Postcode", "Tillen", "Begeleiding nodig", "Toegankelijkheid", "Doelgroep", "VOG", "Uren"],
        ["1", "3511", "door zijn rug", "zijn moeder Anja", "zie zijn dossier", "kent Piet", "vraag Piet", "parttime"],
    )
    assert report.n_problems == 6
    assert {problem.column: problem.words for problem in report.problems if problem.words} == {"Uren": "parttime"}


def test_phone_numbers_and_addresses_are_taken_out_of_every_free_text(sqlite_engine: Engine, tmp_path: Path) -> None:
    report = load_rows(
        sqlite_engine,
        tmp_path,
        ["Klantnr", "Postcode", "Wens beroep", "Vaardigheden", "Werkervaring", "Klantmanager", "Coach", "Organisatie"],
        ["1", "3511", "groen; 0612345678", "kassa, a@b.nl", "magazijn (0612345678)", "Kim 06-12345678",
         "0612345678", "WSP, 030-2345678"],
    )  # fmt: skip
    assert {problem.reason for problem in report.problems} == {"contact.discarded"}
    assert report.n_problems == 6
    profile = stored(sqlite_engine)["1"]
    assert profile.wishes is not None
    assert profile.wishes.work == ["groen"]
    assert [known.skill for known in profile.skills or []] == ["kassa"]
    assert [work.title for work in profile.work_done or []] == ["magazijn"]
    assert (profile.caseworker, profile.coach, profile.responsible_organisation) == ("Kim", None, "WSP")


def test_phone_numbers_are_taken_out_of_json_lines_too(sqlite_engine: Engine, tmp_path: Path) -> None:
    line = {"sourceId": "0612345678", "postcode": "3511", "coach": "Kim 0612345678", "skills": [{"skill": "a@b.nl"}]}
    report = load(sqlite_engine, write_lines(tmp_path / "a.jsonl", line))
    assert (1, "coach", "contact.discarded") in told(report)
    profile = stored(sqlite_engine)["0612345678"]
    assert (profile.coach, profile.skills) == ("Kim", None)


def test_a_sensitive_part_of_a_list_is_held_back_and_the_rest_is_kept(sqlite_engine: Engine, tmp_path: Path) -> None:
    report = load_rows(
        sqlite_engine,
        tmp_path,
        ["Klantnr", "Postcode", "Wens beroep", "Vaardigheden", "Werkervaring"],
        ["1", "3511", "groen, geen nacht ivm epilepsie", "heeft adhd", "ziekenhuis (als patiënt); magazijn (2 jaar)"],
    )
    assert sorted(told(report)) == [
        (2, "Vaardigheden", "sensitive.held_back"),
        (2, "Wens beroep", "sensitive.part_held_back"),
        (2, "Werkervaring", "sensitive.part_held_back"),
    ]
    profile = stored(sqlite_engine)["1"]
    assert profile.wishes is not None
    assert profile.wishes.work == ["groen"]
    assert [(work.title, work.months) for work in profile.work_done or []] == [("magazijn", 24)]
    assert profile.skills is None


def test_a_sensitive_part_of_a_line_is_held_back_and_the_rest_is_kept(sqlite_engine: Engine, tmp_path: Path) -> None:
    line = {
        "sourceId": "1",
        "postcode": "3511",
        "wishes": {"work": ["groen", "iets rustigs ivm autisme"]},
        "skills": [{"skill": "kassa"}, {"skill": "ondanks adhd"}],
        "coach": "Kim (kent haar depressie)",
    }
    report = load(sqlite_engine, write_lines(tmp_path / "a.jsonl", line))
    assert sorted(told(report)) == [
        (1, "coach", "sensitive.held_back"),
        (1, "skills", "sensitive.part_held_back"),
        (1, "wishes.work", "sensitive.part_held_back"),
    ]
    profile = stored(sqlite_engine)["1"]
    assert profile.wishes is not None
    assert (profile.wishes.work, [known.skill for known in profile.skills or []]) == (["groen"], ["kassa"])
    assert profile.coach is None
