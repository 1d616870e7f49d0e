"""Spreadsheets as they are kept at a WSP, loaded: what is taken over, what is reported, what is never stored."""

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import Engine

import matching.exchange.tabular as tabular
from matching.database import session_scope
from matching.errors import Invalid
from matching.exchange.importing import import_candidates, import_vacancies
from matching.exchange.report import ImportReport
from matching.profiles import CandidateProfile, VacancyProfile
from matching.store import load_candidates, load_vacancies
from scoring.terms import Capacity, Daypart, EducationLevel, Licence, SupportNeed, TravelMode, Weekday

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
BSN = ("111222333", "123456782", "100000009")

HEADER = [
    "Klantnr",
    "pc",
    "Uren p/w",
    "Beschikbaar per",
    "Max. reistijd (min)",
    "Vervoer",
    "Rijbewijs",
    "Opleiding",
    "Wens beroep",
    "Werkervaring",
    "Vaardigheden",
    "Taal",
    "Doelgroep",
    "Begeleiding nodig",
    "Tillen",
    "Schoenmaat",
]
ROW = [
    "1001",
    "3511 AB",
    "20-24",
    "1 maart 2027",
    "45",
    "fiets, ov",
    "geen",
    "mbo2",
    "magazijn, groen",
    "kassa (2 jaar)",
    "inpakken; sorteren",
    "Nederlands A2",
    "banenafspraak",
    "jobcoach",
    "licht tillen tot 5 kg",
    "43",
]


def write_csv(path: Path, rows: Sequence[Sequence[str]], *, delimiter: str = ";", encoding: str = "utf-8") -> Path:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def write_book(path: Path, rows: Sequence[Sequence[Any]], title: str = "Blad1") -> Path:
    book = Workbook()
    assert book.active is not None
    book.active.title = title
    for row in rows:
        book.active.append(list(row))
    book.save(path)
    return path


def load(engine: Engine, path: Path, *, today: date = TODAY, source: str = "wsp") -> ImportReport:
    with session_scope(engine) as session:
        return import_candidates(session, path, source=source, today=today, now=NOW)


def load_jobs(engine: Engine, path: Path) -> ImportReport:
    with session_scope(engine) as session:
        return import_vacancies(session, path, source="wsp", today=TODAY, now=NOW)


def stored(engine: Engine) -> dict[str | None, CandidateProfile]:
    with session_scope(engine) as session:
        return {profile.source_id: profile for _, profile in load_candidates(session)}


def stored_jobs(engine: Engine) -> dict[str | None, VacancyProfile]:
    with session_scope(engine) as session:
        return {profile.source_id: profile for _, profile in load_vacancies(session)}


def told(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(problem.row, problem.column, problem.reason) for problem in report.problems]


def assert_is_the_candidate_of_row(profile: CandidateProfile) -> None:
    assert profile.postcode == "3511"
    assert profile.hours is not None
    assert (profile.hours.min, profile.hours.max) == (20, 24)
    assert profile.available_from == date(2027, 3, 1)
    assert profile.travel is not None
    assert profile.travel.max_minutes == 45
    assert profile.travel.modes == [TravelMode.BICYCLE, TravelMode.PUBLIC_TRANSPORT]
    assert profile.licences == []
    assert profile.education is EducationLevel.MBO_2
    assert profile.wishes is not None
    assert profile.wishes.work == ["magazijn", "groen"]
    assert profile.work_done is not None
    assert (profile.work_done[0].title, profile.work_done[0].months) == ("kassa", 24)
    assert [skill.skill for skill in profile.skills or []] == ["inpakken", "sorteren"]
    assert profile.support_needs is not None
    assert profile.support_needs[0].need is SupportNeed.JOB_COACH
    assert profile.capacities == {Capacity.LIFTING: 1}


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_csv_file_is_read_in_each_of_its_forms(
    sqlite_engine: Engine, tmp_path: Path, delimiter: str, encoding: str
) -> None:
    rows = [["Kandidaten regio, café"], [], HEADER, ROW]
    report = load(sqlite_engine, write_csv(tmp_path / "a.csv", rows, delimiter=delimiter, encoding=encoding))
    assert (report.created, report.problems, report.unread_columns) == (1, (), ("Schoenmaat",))
    assert_is_the_candidate_of_row(stored(sqlite_engine)["1001"])


def test_a_workbook_is_read_with_its_dates_and_numbers(engine: Engine, tmp_path: Path) -> None:
    row = [1001, "3511 AB", "20-24", datetime(2027, 3, 1), 45.0, *ROW[5:]]  # noqa: DTZ001
    report = load(engine, write_book(tmp_path / "a.xlsx", [["Lijst van november"], [], HEADER, row]))
    assert (report.created, report.problems, report.unread_columns) == (1, (), ("Schoenmaat",))
    assert_is_the_candidate_of_row(stored(engine)["1001"])


def test_again_changes_nothing_and_a_corrected_file_updates(engine: Engine, tmp_path: Path) -> None:
    rows = [HEADER, ROW, ["1002", "1011", *[""] * 14]]
    assert load(engine, write_csv(tmp_path / "a.csv", rows)).created == 2
    again = load(engine, tmp_path / "a.csv")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    corrected = [HEADER, ROW, ["1002", "1012", *[""] * 14]]
    third = load(engine, write_csv(tmp_path / "a.csv", corrected))
    assert (third.created, third.updated, third.unchanged) == (0, 1, 1)
    assert stored(engine)["1002"].postcode == "1012"


def test_rows_without_a_number_are_known_again_by_what_stays_the_same(sqlite_engine: Engine, tmp_path: Path) -> None:
    rows = [[*HEADER[1:]], ROW[1:], ["1011", *[""] * 14], ["1011", *[""] * 14]]
    first = load(sqlite_engine, write_csv(tmp_path / "a.csv", rows))
    assert first.created == 3
    assert told(first) == [(4, "", "row.same_as_earlier")]
    assert first.assumed["key.from_content"] == 3
    assert load(sqlite_engine, tmp_path / "a.csv").unchanged == 3
    rows[1] = [ROW[1], "16 uur", *ROW[3:]]
    assert load(sqlite_engine, write_csv(tmp_path / "a.csv", rows)).updated == 1
    assert len(stored(sqlite_engine)) == 3


def test_two_people_who_say_the_same_things_never_become_one(sqlite_engine: Engine, tmp_path: Path) -> None:
    rows = [HEADER[1:], ROW[1:], [ROW[1], "8 uur", *ROW[3:]]]
    assert load(sqlite_engine, write_csv(tmp_path / "a.csv", rows)).created == 2
    assert load(sqlite_engine, write_csv(tmp_path / "a.csv", [rows[0], rows[2], rows[1]])).unchanged == 2


def test_per_direct_keeps_the_day_on_which_it_was_first_read(engine: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["Klantnr", "Postcode", "Beschikbaar per"], ["1", "3511", "per direct"]])
    load(engine, path)
    assert load(engine, path, today=date(2027, 2, 1)).unchanged == 1
    assert stored(engine)["1"].available_from == TODAY


def test_each_unreadable_cell_is_told_by_row_column_and_reason_and_the_rest_loads(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    bad = [
        "1001",
        "3511",
        "in overleg",
        "volgende zomer",
        "25 km",
        "scooter",
        "tja",
        "mbo",
        "magazijn",
        "",
        "",
        "Nederlands",
        "WW",
        "ja",
        "10",
        "",
    ]
    report = load(sqlite_engine, write_csv(tmp_path / "a.csv", [["Lijst"], [], HEADER, bad, ROW[:1] + [""] * 15]))
    assert sorted(told(report)) == sorted(
        [
            (4, "Uren p/w", "hours.by_agreement"),
            (4, "Beschikbaar per", "date.not_understood"),
            (4, "Max. reistijd (min)", "minutes.distance"),
            (4, "Vervoer", "list.not_understood"),
            (4, "Rijbewijs", "licences.not_understood"),
            (4, "Opleiding", "education.level_missing"),
            (4, "Taal", "languages.level_missing"),
            (4, "Doelgroep", "list.not_understood"),
            (4, "Begeleiding nodig", "list.not_understood"),
            (4, "Tillen", "capacity.not_0_to_4"),
            (5, "", "candidate.no_region_or_postcode"),
        ]
    )
    assert (report.created, report.refused) == (1, 1)
    assert "in overleg" in {problem.words for problem in report.problems}
    assert "overleg" not in repr(report)
    profile = stored(sqlite_engine)["1001"]
    assert profile.wishes is not None
    assert profile.wishes.work == ["magazijn"]
    assert (profile.hours, profile.education, profile.licences, profile.travel) == (None, None, None, None)


def test_an_empty_cell_is_unknown_and_geen_is_none(sqlite_engine: Engine, tmp_path: Path) -> None:
    header = ["Klantnr", "Postcode", "Rijbewijs", "Certificaten", "Vaardigheden", "Doelgroep"]
    rows = [["1", "3511", "", "-", "?", "onbekend"], ["2", "3511", "geen", "geen", "geen", "geen"]]
    load(sqlite_engine, write_csv(tmp_path / "a.csv", [header, *rows]))
    unknown, none = stored(sqlite_engine)["1"], stored(sqlite_engine)["2"]
    assert (unknown.licences, unknown.certificates, unknown.skills, unknown.target_groups) == (None,) * 4
    assert (none.licences, none.certificates, none.skills, none.target_groups) == ([],) * 4


def test_a_file_without_a_column_on_agreement_counts_registration_and_says_so(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    report = load(sqlite_engine, write_csv(tmp_path / "a.csv", [HEADER, ROW]))
    assert report.assumed["agreement.from_registration"] == 1


def test_with_a_column_on_agreement_only_a_yes_is_agreement(sqlite_engine: Engine, tmp_path: Path) -> None:
    rows = [
        ["Klantnr", "Postcode", "Akkoord"],
        ["1", "3511", "ja"],
        ["2", "3511", "nee"],
        ["3", "3511", ""],
        ["4", "3511", "hm"],
    ]
    report = load(sqlite_engine, write_csv(tmp_path / "a.csv", rows))
    agreed = {number: profile.agreed_to_matching for number, profile in stored(sqlite_engine).items()}
    assert agreed == {"1": True, "2": False, "3": False, "4": False}
    assert (4, "Akkoord", "agreement.not_answered") in told(report)
    assert "agreement.from_registration" not in report.assumed


def test_a_weekly_grid_may_stand_in_seven_columns(sqlite_engine: Engine, tmp_path: Path) -> None:
    header = ["Klantnr", "Postcode", "Ma", "Di", "Wo", "Do", "Vr"]
    rows = [
        ["1", "3511", "x", "ochtend", "nee", "", ""],
        ["2", "3511", "x", "soms", "", "", ""],
        ["3", "3511", *[""] * 5],
    ]
    load(sqlite_engine, write_csv(tmp_path / "a.csv", [header, *rows]))
    people = stored(sqlite_engine)
    assert people["1"].weekly_grid == {
        Weekday.MONDAY: [Daypart.MORNING, Daypart.AFTERNOON],
        Weekday.TUESDAY: [Daypart.MORNING],
    }
    assert people["2"].weekly_grid is None
    assert people["3"].weekly_grid is None


def test_the_same_number_twice_in_a_file_is_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    report = load(sqlite_engine, write_csv(tmp_path / "a.csv", [HEADER, ROW, [*ROW[:2], *[""] * 14]]))
    assert told(report) == [(3, "", "key.duplicate")]
    assert report.problems[0].values == {"first_row": 2}
    assert (report.created, report.refused) == (1, 1)


def test_a_column_of_bsns_is_discarded_whatever_it_is_called(sqlite_engine: Engine, tmp_path: Path) -> None:
    rows = [["Klantnr", "Postcode", "Nummer systeem"], *([str(n), "3511", bsn] for n, bsn in enumerate(BSN, 1))]
    report = load(sqlite_engine, write_csv(tmp_path / "a.csv", rows))
    assert [(left.column, left.reason) for left in report.discarded_columns] == [("Nummer systeem", "bsn")]
    as_key = [["Klantnr", "Postcode"], *([bsn, "3511"] for bsn in BSN)]
    report = load(sqlite_engine, write_csv(tmp_path / "b.csv", as_key))
    assert [(left.column, left.reason) for left in report.discarded_columns] == [("Klantnr", "bsn")]
    dump = json.dumps([profile.model_dump(mode="json") for profile in stored(sqlite_engine).values()])
    assert not any(bsn in dump for bsn in BSN)


def test_a_single_bsn_in_a_text_is_taken_out_and_told(sqlite_engine: Engine, tmp_path: Path) -> None:
    row = [*ROW[:10], f"inpakken {BSN[0]}; sorteren", *ROW[11:]]
    report = load(sqlite_engine, write_csv(tmp_path / "a.csv", [HEADER, row]))
    assert told(report) == [(2, "Vaardigheden", "bsn.discarded")]
    assert [skill.skill for skill in stored(sqlite_engine)["1001"].skills or []] == ["inpakken", "sorteren"]
    assert BSN[0] not in repr(report)


def test_identity_is_named_and_not_stored(sqlite_engine: Engine, tmp_path: Path) -> None:
    header = [*HEADER, "Achternaam", "E-mail", "Tel. mobiel (telefoonnummer)", "Geboortedatum", "Geslacht"]
    row = [*ROW, "Van Testeren", "t@voorbeeld.nl", "0612345678", "01-01-1990", "v"]
    report = load(sqlite_engine, write_csv(tmp_path / "a.csv", [header, row]))
    assert [left.reason for left in report.discarded_columns] == ["identity"] * 4 + ["protected_trait"]
    dump = stored(sqlite_engine)["1001"].model_dump_json()
    assert not any(text in dump for text in ("Testeren", "voorbeeld", "0612345678", "1990"))


def test_a_remark_on_health_is_held_back_and_its_text_told_nowhere(sqlite_engine: Engine, tmp_path: Path) -> None:
    header = [*HEADER, "Opmerkingen"]
    row = [*ROW[:8], "magazijn, ivm depressie", *ROW[9:], "Heeft autisme"]
    second = ["1002", "3511", *[""] * 14, "Komt graag op de fiets"]
    report = load(sqlite_engine, write_csv(tmp_path / "a.csv", [header, row, second]))
    assert sorted(told(report)) == [
        (2, "Opmerkingen", "sensitive.held_back"),
        (2, "Wens beroep", "sensitive.part_held_back"),
    ]
    assert report.unread_columns == ("Schoenmaat", "Opmerkingen")
    wishes = stored(sqlite_engine)["1001"].wishes
    assert wishes is not None
    assert wishes.work == ["magazijn"]
    assert all(problem.words is None for problem in report.problems)


def test_health_in_a_cell_of_a_closed_list_is_not_among_the_words_kept(sqlite_engine: Engine, tmp_path: Path) -> None:
    rows = [["Klantnr", "Postcode", "Begeleiding nodig"], ["1", "3511", "hulp vanwege psychose"]]
    report = load(sqlite_engine, write_csv(tmp_path / "a.csv", rows))
    assert [(problem.reason, problem.words) for problem in report.problems] == [("list.not_understood", None)]


def test_numbered_and_misspelt_columns_and_english_names_work(sqlite_engine: Engine, tmp_path: Path) -> None:
    header = [
        "id",
        "postalCode",
        "Wens beroep 1",
        "Wens beroep 2",
        "Vaardigehden",
        "travel.maxMinutes",
        "hours.max",
        "availableFrom",
    ]
    row = ["7", "1011", "groen", "catering", "inpakken", "30", "24,5", "2027-03-01"]
    report = load(sqlite_engine, write_csv(tmp_path / "a.csv", [header, row]))
    profile = stored(sqlite_engine)["7"]
    assert report.unread_columns == ()
    assert profile.wishes is not None
    assert profile.wishes.work == ["groen", "catering"]
    assert profile.hours is not None
    assert profile.hours.max == 24.5


def test_a_field_said_twice_leaves_the_second_column_unread(sqlite_engine: Engine, tmp_path: Path) -> None:
    rows = [["Klantnr", "Postcode", "PC"], ["1", "3511", "9711"]]
    assert load(sqlite_engine, write_csv(tmp_path / "a.csv", rows)).unread_columns == ("PC",)
    assert stored(sqlite_engine)["1"].postcode == "3511"


VACANCY_HEADER = [
    "Vacaturenr",
    "Functie",
    "Taken",
    "Taak 1",
    "Taak 1 uren",
    "Uren",
    "Dagen",
    "Postcode",
    "Soort",
    "Opleiding",
    "Wettelijk vereiste opleiding",
    "Rijbewijs",
    "Certificaten",
    "Startdatum",
    "Sluitingsdatum",
    "Aantal plaatsen",
    "Doelgroep",
    "Begeleiding",
    "Tillen",
    "Rolstoeltoegankelijk",
    "VOG",
    "Uurloon",
]
VACANCY_ROW = [
    "V1",
    "archiefmedewerker",
    "Dossiers opbergen (tillen 10 kg, 8 uur); post, pakketten rondbrengen",
    "Scannen",
    "4",
    "16-24",
    "ma/di ochtend",
    "2511 AA",
    "baan",
    "mbo 2 of 3",
    "",
    "rijbewijs B is een pré",
    "VCA, BHV is een pré",
    "01-03-2027",
    "15-02-2027",
    "2",
    "banenafspraak, Wajong",
    "jobcoach, rustige werkplek",
    "1",
    "ja",
    "ja",
    "€ 14,71",
]


def test_a_vacancy_is_read_with_its_tasks_demands_and_offers(engine: Engine, tmp_path: Path) -> None:
    report = load_jobs(engine, write_csv(tmp_path / "v.csv", [VACANCY_HEADER, VACANCY_ROW]))
    assert (report.created, report.problems, report.unread_columns) == (1, (), ())
    job = stored_jobs(engine)["V1"]
    assert job.tasks is not None
    assert [task.text for task in job.tasks] == ["Dossiers opbergen", "post, pakketten rondbrengen", "Scannen"]
    assert [task.hours_per_week for task in job.tasks] == [8, None, 4]
    assert [task.demands[Capacity.LIFTING] for task in job.tasks] == [2, 1, 1]
    assert report.assumed == {"demands.on_all_tasks": 1}
    assert job.education_wished is EducationLevel.MBO_2
    assert (job.education_by_law, job.licences, job.licences_desired) == (None, [], [Licence.B])
    assert job.work_times is not None
    assert job.work_times.fixed == {Weekday.MONDAY: [Daypart.MORNING], Weekday.TUESDAY: [Daypart.MORNING]}
    assert (job.positions, job.start_on, job.closes_on) == (2, date(2027, 3, 1), date(2027, 2, 15))
    assert job.access == {"wheelchair": True}
    assert job.wage is not None
    assert job.wage.euros_per_hour_min == 14.71
    assert load_jobs(engine, tmp_path / "v.csv").unchanged == 1


def test_a_vacancy_without_title_and_tasks_is_refused_and_the_rest_loads(sqlite_engine: Engine, tmp_path: Path) -> None:
    rows = [["Functie", "Postcode"], ["", "3511"], ["schoonmaker", "3511"]]
    report = load_jobs(sqlite_engine, write_csv(tmp_path / "v.csv", rows))
    assert told(report) == [(2, "", "vacancy.no_title_or_tasks")]
    assert (report.created, report.refused) == (1, 1)


def test_json_lines_are_the_profiles_and_may_carry_an_id(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = [
        {
            "id": "c_1",
            "postcode": "3511AB",
            "hours": {"min": 30, "max": 12},
            "education": "mbo_2",
            "favouriteColour": "blauw",
        },
        {"sourceId": "2", "region": "AM05", "licences": ["B", "Z"], "travel": {"modes": ["car"], "maxMinutes": 999}},
        {"sourceId": "3", "postcode": "3511", "agreedToMatching": None, "skills": [{"skill": "ondanks adhd"}]},
        {"sourceId": "4"},
    ]
    path.write_text("\n".join([*map(json.dumps, lines), "[1, 2]", "{"]), encoding="utf-8")
    report = load(sqlite_engine, path)
    assert sorted(told(report)) == [
        (1, "hours", "range.min_above_max"),
        (2, "licences", "term.not_known"),
        (2, "travel.maxMinutes", "number.out_of_range"),
        (3, "agreedToMatching", "agreement.not_answered"),
        (3, "skills", "sensitive.held_back"),
        (4, "", "candidate.no_region_or_postcode"),
        (5, "", "line.not_json_object"),
        (6, "", "line.not_json_object"),
    ]
    people = stored(sqlite_engine)
    assert set(people) == {"c_1", "2", "3"}
    assert (people["c_1"].education, people["c_1"].hours) == (EducationLevel.MBO_2, None)
    assert people["2"].licences is None
    assert people["2"].travel is not None
    assert (people["2"].travel.modes, people["2"].travel.max_minutes) == ([TravelMode.CAR], None)
    assert not people["3"].agreed_to_matching
    assert report.unread_columns == ("favouriteColour",)
    assert load(sqlite_engine, path).unchanged == 3


def refusal(engine: Engine, path: Path) -> str:
    with pytest.raises(Invalid) as refused:
        load(engine, path)
    return refused.value.code


def test_a_file_that_is_not_what_its_ending_says_is_refused(sqlite_engine: Engine, tmp_path: Path) -> None:
    write_book(tmp_path / "a.xlsx", [HEADER, ROW]).rename(tmp_path / "b.csv")
    assert refusal(sqlite_engine, tmp_path / "b.csv") == "file.not_what_its_ending_says"
    write_csv(tmp_path / "c.xlsx", [HEADER, ROW])
    assert refusal(sqlite_engine, tmp_path / "c.xlsx") == "file.not_what_its_ending_says"
    write_csv(tmp_path / "d.jsonl", [HEADER, ROW])
    assert refusal(sqlite_engine, tmp_path / "d.jsonl") == "file.not_what_its_ending_says"
    (tmp_path / "e.xlsx").write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)
    assert refusal(sqlite_engine, tmp_path / "e.xlsx") == "file.not_what_its_ending_says"
    with zipfile.ZipFile(tmp_path / "f.xlsx", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    assert refusal(sqlite_engine, tmp_path / "f.xlsx") == "file.not_what_its_ending_says"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "file.empty"),
        ("a.pdf", b"x", "file.unknown_ending"),
        ("a.xls", b"x", "file.old_spreadsheet"),
        ("a.csv", b"een;twee\ndrie;vier\n", "file.no_header"),
        ("a.csv", b"Postcode;\x00\x01\n", "file.not_text"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    sqlite_engine: Engine, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    (tmp_path / name).write_bytes(content)
    assert refusal(sqlite_engine, tmp_path / name) == code


def test_a_workbook_that_unpacks_too_large_is_refused_unopened(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_book(tmp_path / "a.xlsx", [HEADER, *[ROW] * 200])
    monkeypatch.setattr(tabular, "MAX_UNPACKED", 10_000)
    assert refusal(sqlite_engine, path) == "file.unpacks_too_large"


@pytest.mark.parametrize(
    ("limit", "value", "code"),
    [
        ("MAX_ROWS", 2, "file.too_many_rows"),
        ("MAX_COLUMNS", 5, "file.too_many_columns"),
        ("MAX_BYTES", 50, "file.too_large"),
    ],
)
def test_a_file_beyond_a_limit_is_refused_and_nothing_is_stored(
    sqlite_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, code: str
) -> None:
    path = write_csv(tmp_path / "a.csv", [HEADER, ROW, [*ROW[:0], "2", *ROW[1:]], ["3", *ROW[1:]]])
    monkeypatch.setattr(tabular, limit, value)
    assert refusal(sqlite_engine, path) == code
    assert stored(sqlite_engine) == {}


def _table_file(path: Path, header: Sequence[str], *rows: Sequence[str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([header, *rows])
    return path


def test_a_spreadsheet_adds_and_never_erases_what_was_filled_in_since(sqlite_engine: Engine, tmp_path: Path) -> None:
    first = _table_file(
        tmp_path / "a.csv", ["Klantnr", "Postcode", "Vaardigheden", "Tillen"], ["7", "3511", "inpakken", "2"]
    )
    later = _table_file(
        tmp_path / "b.csv",
        ["Klantnr", "Postcode", "Vaardigheden", "Staan", "Max. reistijd (min)"],
        ["7", "3511", "", "1", "40"],
    )
    with session_scope(sqlite_engine) as session:
        import_candidates(session, first, source="wsp", today=TODAY, now=NOW)
        report = import_candidates(session, later, source="wsp", today=TODAY, now=NOW)
        [(_, stored)] = load_candidates(session)
    assert report.updated == 1
    assert stored.capacities == {Capacity.LIFTING: 2, Capacity.STANDING: 1}
    assert [known.skill for known in stored.skills or []] == ["inpakken"]
    assert stored.travel is not None
    assert stored.travel.max_minutes == 40


def test_who_withdrew_her_agreement_is_not_agreed_again_by_a_file_without_that_column(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    withdrawn = _table_file(tmp_path / "a.csv", ["Klantnr", "Postcode", "Akkoord"], ["7", "3511", "nee"])
    later = _table_file(tmp_path / "b.csv", ["Klantnr", "Postcode", "Tillen"], ["7", "3511", "2"])
    with session_scope(sqlite_engine) as session:
        import_candidates(session, withdrawn, source="wsp", today=TODAY, now=NOW)
        import_candidates(session, later, source="wsp", today=TODAY, now=NOW)
        [(_, stored)] = load_candidates(session)
    assert stored.agreed_to_matching is False
    assert stored.capacities == {Capacity.LIFTING: 2}


def test_who_moved_does_not_keep_her_old_region(sqlite_engine: Engine, tmp_path: Path) -> None:
    before = _table_file(tmp_path / "a.csv", ["Klantnr", "Postcode", "Regio"], ["7", "3511", "AM13"])
    after = _table_file(tmp_path / "b.csv", ["Klantnr", "Postcode"], ["7", "9711"])
    with session_scope(sqlite_engine) as session:
        import_candidates(session, before, source="wsp", today=TODAY, now=NOW)
        import_candidates(session, after, source="wsp", today=TODAY, now=NOW)
        [(_, stored)] = load_candidates(session)
    assert (stored.postcode, stored.region) == ("9711", None)
