"""What employers write in a row about a vacancy, and what it says of the work."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from matching.exchange.report import ImportReport
from matching.profiles import VacancyProfile
from scoring.terms import Capacity, Daypart, EducationLevel, Growth, Weekday
from tests.matching.exchange.test_importing import load_jobs, stored_jobs, told, write_csv

DAYTIME = [Daypart.MORNING, Daypart.AFTERNOON]
MO, TU, WE, TH, FR, SA, SU = Weekday
WORKDAYS = dict.fromkeys((MO, TU, WE, TH, FR), DAYTIME)


def vacancy(engine: Engine, tmp_path: Path, **cells: str) -> tuple[VacancyProfile, ImportReport]:
    header = ["Vacaturenr", "Functie", *(name.replace("_", " ") for name in cells)]
    report = load_jobs(engine, write_csv(tmp_path / "v.csv", [header, ["V1", "medewerker", *cells.values()]]))
    return stored_jobs(engine)["V1"], report


@pytest.mark.parametrize(
    ("hours", "days", "n_dayparts"),
    [("16", "ma t/m vr", 4), ("16-24", "hele week", 4), ("32", "ma t/m vr", 8), ("", "ma t/m vr", None)],
)
def test_more_days_than_the_hours_need_are_days_to_choose_from(
    sqlite_engine: Engine, tmp_path: Path, hours: str, days: str, n_dayparts: int | None
) -> None:
    job, _ = vacancy(sqlite_engine, tmp_path, Uren=hours, Dagen=days)
    assert job.work_times is not None
    assert (job.work_times.fixed, job.work_times.possible) == (None, WORKDAYS)
    assert job.work_times.dayparts_per_week == n_dayparts


def test_hours_and_days_in_one_cell_are_days_to_choose_from_too(sqlite_engine: Engine, tmp_path: Path) -> None:
    job, _ = vacancy(sqlite_engine, tmp_path, Uren="16 uur, ma t/m vr")
    assert job.work_times is not None
    assert (job.work_times.fixed, job.work_times.possible, job.work_times.dayparts_per_week) == (None, WORKDAYS, 4)


def test_days_in_columns_of_their_own_are_days_to_choose_from_too(sqlite_engine: Engine, tmp_path: Path) -> None:
    job, _ = vacancy(sqlite_engine, tmp_path, Uren="8", Ma="x", Wo="x")
    assert job.work_times is not None
    assert (job.work_times.possible, job.work_times.dayparts_per_week) == ({MO: DAYTIME, WE: DAYTIME}, 2)


@pytest.mark.parametrize(("hours", "days"), [("16", "ma, di"), ("", "ma, di"), ("40", "ma t/m vr")])
def test_days_that_the_hours_fill_are_fixed(sqlite_engine: Engine, tmp_path: Path, hours: str, days: str) -> None:
    job, _ = vacancy(sqlite_engine, tmp_path, Uren=hours, Dagen=days)
    assert job.work_times is not None
    assert job.work_times.fixed is not None
    assert (job.work_times.possible, job.work_times.dayparts_per_week) == (None, None)


def test_days_that_are_called_fixed_are_fixed(sqlite_engine: Engine, tmp_path: Path) -> None:
    job, _ = vacancy(sqlite_engine, tmp_path, Uren="16", Vaste_dagen="ma t/m vr")
    assert job.work_times is not None
    assert job.work_times.fixed == WORKDAYS


@pytest.mark.parametrize(
    ("cell", "tasks"),
    [
        ("post sorteren, kopiëren (4 uur), koffie rondbrengen", ["post sorteren", "kopiëren", "koffie rondbrengen"]),
        ("Je helpt de collega's bij het inpakken, en soms bij het laden",
         ["Je helpt de collega's bij het inpakken, en soms bij het laden"]),
        ("post, pakketten rondbrengen; kopiëren", ["post, pakketten rondbrengen", "kopiëren"]),
    ],
)  # fmt: skip
def test_short_tasks_between_commas_are_tasks_and_a_sentence_is_one(
    sqlite_engine: Engine, tmp_path: Path, cell: str, tasks: list[str]
) -> None:
    job, _ = vacancy(sqlite_engine, tmp_path, Taken=cell)
    assert [task.text for task in job.tasks or []] == tasks


@pytest.mark.parametrize("cell", ["mbo-2 wettelijk verplicht", "mbo 2 verplicht (wet)"])
def test_an_education_that_the_law_asks_is_no_wish(sqlite_engine: Engine, tmp_path: Path, cell: str) -> None:
    job, report = vacancy(sqlite_engine, tmp_path, Opleiding=cell)
    assert (job.education_by_law, job.education_wished) == (EducationLevel.MBO_2, None)
    assert report.problems == ()


def test_an_education_that_the_law_does_not_ask_is_a_wish(sqlite_engine: Engine, tmp_path: Path) -> None:
    job, _ = vacancy(sqlite_engine, tmp_path, Opleiding="mbo 2, niet wettelijk verplicht")
    assert job.education_by_law is None


def test_growth_that_is_only_said_to_be_there_is_more_tasks(sqlite_engine: Engine, tmp_path: Path) -> None:
    assert vacancy(sqlite_engine, tmp_path, Doorgroei="ja")[0].growth_path is Growth.MORE_TASKS


def test_an_aid_lightens_the_work_by_one_level(sqlite_engine: Engine, tmp_path: Path) -> None:
    job, report = vacancy(
        sqlite_engine, tmp_path, Aanpassingen="tilhulp mogelijk; zitkruk aanwezig; nieuwe verf; geen loep"
    )
    assert [(a.capacity, a.levels, a.offered) for a in job.adaptations] == [
        (Capacity.LIFTING, 1, False),
        (Capacity.STANDING, 1, True),
    ]
    assert told(report) == [(2, "Aanpassingen", "list.partly_understood")]
