"""What goes out comes in again: JSON Lines without any loss, CSV and XLSX for the fields that they have."""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import Session

from matching.database import session_scope
from matching.errors import Invalid
from matching.exchange.exporting import export_candidates, export_vacancies
from matching.exchange.importing import import_candidates, import_vacancies
from matching.exchange.sensitive import is_sensitive, without_bsn
from matching.profiles import CandidateProfile, VacancyProfile
from matching.store import (
    delete_candidate,
    delete_vacancy,
    load_candidates,
    load_vacancies,
    save_candidates,
    save_vacancies,
)
from tests.matching.generated_profiles import as_kept, candidates, vacancies

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
Tried = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much],
)


def texts_of(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for part in value.values() for text in texts_of(part)]
    if isinstance(value, list):
        return [text for part in value for text in texts_of(part)]
    return [value] if isinstance(value, str) else []


def is_plain(profile: CandidateProfile | VacancyProfile) -> bool:
    """No control characters, which a spreadsheet cannot hold, and nothing that an import is right to hold back."""
    texts = texts_of(profile.model_dump(mode="json"))
    return not any(
        is_sensitive(text) or without_bsn(text)[1] or any(not c.isprintable() for c in text) for text in texts
    )


def numbered(profiles: list[Any]) -> list[Any]:
    return [p.model_copy(update={"source": "a", "source_id": f"n{n}"}) for n, p in enumerate(profiles)]


def round_trip_candidates(engine: Engine, path: Path, profiles: list[CandidateProfile]) -> tuple[dict[Any, Any], Any]:
    """Store, export, erase, import; what is there then."""
    with session_scope(engine) as session:
        clear(session)
        save_candidates(session, profiles, now=NOW)
        export_candidates(session, path)
        clear(session)
        report = import_candidates(session, path, source="b", today=TODAY, now=NOW)
        return {profile.source_id: profile for _, profile in load_candidates(session)}, report


def round_trip_vacancies(engine: Engine, path: Path, profiles: list[VacancyProfile]) -> tuple[dict[Any, Any], Any]:
    with session_scope(engine) as session:
        clear(session)
        save_vacancies(session, profiles, now=NOW)
        export_vacancies(session, path)
        clear(session)
        report = import_vacancies(session, path, source="b", today=TODAY, now=NOW)
        return {profile.source_id: profile for _, profile in load_vacancies(session)}, report


def clear(session: Session) -> None:
    for identifier, _ in list(load_candidates(session)):
        delete_candidate(session, identifier)
    for identifier, _ in list(load_vacancies(session)):
        delete_vacancy(session, identifier)


@Tried
@given(profiles=st.lists(candidates.filter(is_plain), max_size=4))
def test_candidates_come_back_from_json_lines_without_loss(
    sqlite_engine: Engine, tmp_path: Path, profiles: list[CandidateProfile]
) -> None:
    given_ = numbered(profiles)
    back, report = round_trip_candidates(sqlite_engine, tmp_path / "a.jsonl", given_)
    assert report.problems == ()
    assert back == {p.source_id: as_kept(p) for p in given_}


@Tried
@given(profiles=st.lists(vacancies.filter(is_plain), max_size=4))
def test_vacancies_come_back_from_json_lines_without_loss(
    sqlite_engine: Engine, tmp_path: Path, profiles: list[VacancyProfile]
) -> None:
    given_ = numbered(profiles)
    back, report = round_trip_vacancies(sqlite_engine, tmp_path / "a.jsonl", given_)
    assert report.problems == ()
    assert back == {p.source_id: as_kept(p) for p in given_}


def flat_candidate(profile: CandidateProfile) -> CandidateProfile:
    """The profile as far as a flat file goes: no past placements; and of what may stand once, the first."""
    data = as_kept(profile).model_dump()
    data["past_placements"] = []
    data["screenings"] = data["screenings"] or None
    data["languages"] = once(data["languages"], "language")
    data["support_needs"] = once(data["support_needs"], "need")
    return CandidateProfile.model_validate(data)


def flat_vacancy(profile: VacancyProfile) -> VacancyProfile:
    data = as_kept(profile).model_dump()
    data |= {"adaptations": [], "access": data["access"] or None, "languages": once(data["languages"], "language")}
    data["tasks"] = data["tasks"] or None
    return VacancyProfile.model_validate(data)


def once(entries: list[dict[str, Any]] | None, name: str) -> list[dict[str, Any]] | None:
    if entries is None:
        return None
    first: dict[Any, dict[str, Any]] = {}
    for entry in entries:
        first.setdefault(entry[name], entry)
    return list(first.values())


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@Tried
@given(profiles=st.lists(candidates.filter(is_plain), min_size=1, max_size=3))
def test_candidates_come_back_from_a_flat_file_without_loss_for_its_fields(
    sqlite_engine: Engine, tmp_path: Path, ending: str, profiles: list[CandidateProfile]
) -> None:
    given_ = [flat_candidate(p) for p in numbered(profiles)]
    back, report = round_trip_candidates(sqlite_engine, tmp_path / f"a.{ending}", given_)
    assert report.problems == ()
    assert back == {p.source_id: as_kept(p) for p in given_}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@Tried
@given(profiles=st.lists(vacancies.filter(is_plain), min_size=1, max_size=3))
def test_vacancies_come_back_from_a_flat_file_without_loss_for_its_fields(
    sqlite_engine: Engine, tmp_path: Path, ending: str, profiles: list[VacancyProfile]
) -> None:
    given_ = [flat_vacancy(p) for p in numbered(profiles)]
    back, report = round_trip_vacancies(sqlite_engine, tmp_path / f"a.{ending}", given_)
    assert report.problems == ()
    assert back == {p.source_id: as_kept(p) for p in given_}


@pytest.mark.parametrize("text", ["=1+1", "+31", "-5", "@SUM(A1)", "'=1", "''+x"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_cell_is_a_formula_and_each_is_read_back(
    sqlite_engine: Engine, tmp_path: Path, ending: str, text: str
) -> None:
    path = tmp_path / f"a.{ending}"
    person = CandidateProfile(source="a", source_id=text, postcode="3511", coach=text)
    back, _ = round_trip_candidates(sqlite_engine, path, [person])
    assert back[text].coach == text
    if ending == "csv":
        rows = list(csv.reader(path.open(encoding="utf-8-sig", newline=""), delimiter=";"))
    else:
        sheet = load_workbook(path).active
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for row in rows for cell in row)


def test_an_export_that_comes_home_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    people = [
        CandidateProfile(source="a", source_id="1", postcode="3511"),
        CandidateProfile(source_id="2", postcode="3511"),
        CandidateProfile(postcode="1011", courses=["lassen"]),
    ]
    with session_scope(engine) as session:
        save_candidates(session, people, now=NOW)
        export_candidates(session, tmp_path / "a.jsonl")
        report = import_candidates(session, tmp_path / "a.jsonl", source="b", today=TODAY, now=NOW)
        assert (report.created, report.updated, report.unchanged) == (0, 0, 3)


def test_a_line_may_not_overwrite_by_id(sqlite_engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with session_scope(sqlite_engine) as session:
        identifier = save_candidates(session, [CandidateProfile(postcode="1011")], now=NOW).ids[0]
        path.write_text(json.dumps({"id": identifier, "postcode": "9711"}), encoding="utf-8")
        report = import_candidates(session, path, source="b", today=TODAY, now=NOW)
        assert [problem.reason for problem in report.problems] == ["id.content_differs"]
        assert [profile.postcode for _, profile in load_candidates(session)] == ["1011"]


def test_an_unknown_ending_is_refused_and_leaves_no_file(sqlite_engine: Engine, tmp_path: Path) -> None:
    with session_scope(sqlite_engine) as session, pytest.raises(Invalid):
        export_candidates(session, tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []
