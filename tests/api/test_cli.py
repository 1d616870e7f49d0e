import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from api.cli import run
from api.commands import demo
from api.commands.prepare import prepare
from matching.database import session_scope
from matching.ranking import open_vacancy_ids
from matching.rule_store import active_rules
from matching.settings import Settings
from matching.store import load_candidates
from tests.api.conftest import Installation, Vonk, environment

SHEET = """Kandidaten van een werkgeversservicepunt
Klantnummer;Postcode;Uren p/w;Vervoer;Max. reistijd (min);Wens beroep;Geboortedatum;Sterrenbeeld
A1;3511 AB;16-24 uur;fiets;30;archiefmedewerker;01-02-1990;ram
A2;2511;heel veel;fiets, ov;45;medewerker catering;;
A3;;12 uur;ov;60;schoonmaker;;
"""


@pytest.fixture(scope="session")
def without_people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that was prepared and holds nobody."""
    data_dir = tmp_path_factory.mktemp("empty") / "data"
    prepare(Settings(data_dir=data_dir)).dispose()
    return data_dir


@pytest.fixture
def own(tmp_path: Path, without_people: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own without people, for the command line within this process."""
    data_dir = tmp_path / "data"
    shutil.copytree(without_people, data_dir)
    for name, value in environment(data_dir).items():
        monkeypatch.setenv(name, value)
    return data_dir


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    status = run(arguments)
    said = capsys.readouterr()
    return status, said.out, said.err


def json_of(text: str) -> Any:
    """The one document; anything else on standard output makes this fail."""
    return json.loads(text)


def test_rank_prints_one_json_document_and_nothing_else(vonk: Vonk, installation: Installation) -> None:
    done = vonk("rank", "demo-archive", "--top", "3", "--explain", "--json", data_dir=installation.data_dir)
    assert (done.returncode, done.stderr) == (0, "")
    body = json_of(done.stdout)
    assert [item["rank"] for item in body["items"]] == [1, 2, 3]
    assert all("explanation" in item for item in body["items"])


def test_rank_in_a_pipe_is_plain_text_of_at_most_80_columns(
    here: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, error = asked(capsys, "--language", "en", "rank", "demo-archive", "--explain")
    assert (status, error) == (0, "")
    assert "\033" not in out
    assert max(map(len, out.splitlines())) <= 80
    assert "Employer says yes: about" in out
    assert "%" not in out


@pytest.mark.soak
def test_an_empty_data_folder_is_prepared_on_first_use_also_by_two_at_once(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    both = [
        subprocess.Popen(
            [sys.executable, "-m", "api.cli", "rank", "anything"],
            env=environment(data_dir),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in both:
        out, error = process.communicate(timeout=120)
        assert (process.returncode, out) == (1, "")
        assert error == "Er is geen vacature met dit nummer: anything.\n"
    engine = prepare(Settings(data_dir=data_dir))
    with session_scope(engine, read_only=True) as session:
        assert active_rules(session).code == "matching"
        assert session.connection().exec_driver_sql("SELECT count(*) FROM rule_sets").scalar_one() == 6
        assert session.connection().exec_driver_sql("SELECT count(*) FROM reference_sets").scalar_one() == 1
    engine.dispose()


def test_what_is_prepared_is_not_prepared_again(without_people: Path) -> None:
    settings = Settings(data_dir=without_people)
    times = []
    for _ in range(5):
        start = time.process_time()
        prepare(settings).dispose()
        times.append(time.process_time() - start)
    assert min(times) < 0.3


def test_a_database_that_was_emptied_is_prepared_again(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    prepare(settings).dispose()
    for file in settings.data_dir.glob("vonk.db*"):
        file.unlink()
    engine = prepare(settings)
    with session_scope(engine, read_only=True) as session:
        assert active_rules(session).code == "matching"
    engine.dispose()


def test_a_vacancy_is_found_by_its_id_the_start_of_it_or_the_number_of_its_source(
    here: Installation, session: Session, capsys: pytest.CaptureFixture[str]
) -> None:
    identifier = json_of(asked(capsys, "rank", "demo-archive", "--top", "1", "--json")[1])["vacancyId"]
    others = [one for one in open_vacancy_ids(session) if one != identifier]
    length = next(n for n in range(3, 20) if not any(one.startswith(identifier[:n]) for one in others))
    for name in (identifier, identifier[:length]):
        assert json_of(asked(capsys, "rank", name, "--top", "1", "--json")[1])["vacancyId"] == identifier
    status, out, error = asked(capsys, "rank", "v_", "--json")
    assert (status, out) == (1, "")
    assert error.startswith("v_ kan meer dan één zijn: v_")


def test_a_blocked_pair_is_explained_in_words(here: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = asked(capsys, "explain", "demo-archive", "story-not-in-the-register")
    assert status == 0
    assert "Haar doelgroep telt niet mee voor deze opdracht." in out
    assert "De opdracht moet ook voor haar doelgroep tellen." in out
    body = json_of(asked(capsys, "explain", "demo-archive", "story-not-in-the-register", "--json")[1])
    assert not body["eligible"]
    assert [one["code"] for one in body["wouldHaveToChange"]] == ["change.group"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["rank", "nobody"], 1, "Er is geen vacature met dit nummer: nobody."),
        (["rank", ""], 1, "Er is geen vacature met dit nummer: ."),
        (["--language", "en", "rank", "nobody"], 1, "There is no vacancy with this id: nobody."),
        (["explain", "demo-archive", "nobody"], 1, "Er is geen kandidaat met dit nummer: nobody."),
        (["rank"], 2, "Hier ontbreekt iets: VACANCY."),
        (["rank", "x", "--top", "0"], 2, "De waarde van --top is niet goed."),
        (["rank", "x", "--tpo"], 2, "Deze optie bestaat niet: --tpo."),
        (["import", "people", "x.csv"], 2, "De waarde van WHAT is niet goed. Kies uit: candidates en vacancies."),
        (["--language=en", "import", "people", "x.csv"], 2, "The value of WHAT is not right."),
        (["--language", "fr", "rank", "x"], 2, "De waarde van --language is niet goed. Kies uit: nl en en."),
        (["nonsense"], 2, "Deze opdracht is niet begrepen"),
        (["import", "candidates", "absent.csv"], 1, "Het bestand absent.csv is er niet."),
        (["import", "candidates", "people.doc"], 1, "Van people.doc kent Vonk de soort niet."),
        (["export", "candidates", "people.doc"], 1, "Van people.doc kent Vonk de soort niet."),
        (["reference", "import", "esco", "absent"], 1, "Dit zijn niet de bestanden van ESCO."),
        (["reference", "import", "postcodes", "absent"], 1, "Dit postcodebestand is niet te lezen."),
        (["reference", "import", "regions", "absent"], 1, "Deze lijst van regio's of gemeenten is niet te lezen."),
        (["reference", "import", "crosswalk", "absent"], 1, "Deze lijst van paren is niet te lezen."),
    ],
)
def test_what_a_user_can_cause_is_told_in_words_on_standard_error(
    here: Installation, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, said: str
) -> None:
    found, out, error = asked(capsys, *arguments)
    assert (found, out) == (status, "")
    assert said in " ".join(error.split())


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("VONK_CLOCK", "/nowhere/clock", "De klok is niet te lezen"),
        ("VONK_DATABASE_URL", "postgresql://nobody@localhost:1/none", "De database is niet te bereiken"),
        ("VONK_DATABASE_URL", "nonsense", "Dit is geen adres van een SQLite- of PostgreSQL-database"),
        ("VONK_DATABASE_URL", "mysql://u:p@h/x", "Dit is geen adres van een SQLite- of PostgreSQL-database"),
        ("VONK_ENV", "holiday", "VONK_ENV"),
        ("VONK_SECRET_KEY", "changeme", "VONK_SECRET_KEY"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    own: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    said: str,
) -> None:
    monkeypatch.setenv(name, value)
    status, out, error = asked(capsys, "reference", "import", "esco", "absent")
    assert (status, out) == (1, "")
    assert said in error
    assert "changeme" not in error


def test_help_speaks_the_language_that_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    dutch, english = asked(capsys, "--help"), asked(capsys, "--language", "en", "--help")
    assert "op volgorde" in dutch[1]
    assert "Rank the people for a vacancy." in english[1]
    assert "cli." not in dutch[1] + english[1] + asked(capsys, "import", "--help")[1]


def test_an_import_loads_what_can_be_read_and_names_the_rest_by_row_and_column(
    own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "kandidaten.csv"
    file.write_text(SHEET, encoding="utf-8")
    status, out, error = asked(capsys, "import", "candidates", str(file), "--json")
    assert (status, error) == (0, "")
    report = json_of(out)
    assert (report["created"], report["refused"], report["problemCount"]) == (2, 1, 2)
    assert {(one["row"], one["column"]) for one in report["problems"]} == {(4, "Uren p/w"), (5, "")}
    assert all(one["text"].startswith(f"Rij {one['row']}") for one in report["problems"])
    assert report["unreadColumns"] == ["Sterrenbeeld"]
    assert report["discardedColumns"] == [{"column": "Geboortedatum", "reason": "identity"}]
    assert report["assumed"]["agreement.from_registration"] == 2


def test_a_second_import_changes_nothing(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "kandidaten.csv"
    file.write_text(SHEET, encoding="utf-8")
    first = asked(capsys, "import", "candidates", str(file), "--source", "wsp")[1]
    again = asked(capsys, "import", "candidates", str(file), "--source", "wsp")[1]
    assert first.startswith("Kandidaten: 2 nieuw, 0 gewijzigd, 0 gelijk gebleven.")
    assert again.startswith("Kandidaten: 0 nieuw, 0 gewijzigd, 2 gelijk gebleven.")
    assert 'Rij 4, kolom "Uren p/w": Deze uren zijn niet begrepen.' in " ".join(again.split())
    assert "Niet gelezen kolommen: Sterrenbeeld." in again


def test_an_export_comes_home_unchanged(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, exported = tmp_path / "kandidaten.csv", tmp_path / "uit.jsonl"
    file.write_text(SHEET, encoding="utf-8")
    asked(capsys, "import", "candidates", str(file), "--source", "wsp")
    assert asked(capsys, "export", "candidates", str(exported))[1].startswith("2 profielen geschreven naar")
    report = json_of(asked(capsys, "import", "candidates", str(exported), "--json")[1])
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, 2)


def test_regions_are_imported_once(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "regions.csv"
    file.write_text("code,name\nAM01,Groningen en omstreken\n", encoding="utf-8")
    first = json_of(asked(capsys, "reference", "import", "regions", str(file), "--json")[1])
    assert first == {"changed": True, "counts": {"created": 0, "updated": 1, "unchanged": 0}}
    status, out, _ = asked(capsys, "reference", "import", "regions", str(file))
    assert status == 0
    assert out.startswith("regions.csv was al overgenomen; er is niets veranderd.")


def test_migrate_says_that_the_database_is_up_to_date(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(capsys, "migrate") == (0, "De database is bij.\n", "")
    assert asked(capsys, "--language", "en", "migrate") == (0, "The database is up to date.\n", "")


@pytest.fixture
def small_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo with fewer people, in an empty current folder."""
    for name in environment(tmp_path / "unused"):
        if name.startswith("VONK_"):
            monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "N_CANDIDATES", 150)
    monkeypatch.setattr(demo, "N_VACANCIES", 14)
    return tmp_path


def test_the_demo_shows_three_vacancies_and_a_second_run_loads_nothing(
    small_demo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, error = asked(capsys, "demo")
    assert (status, error) == (0, "")
    assert max(map(len, out.splitlines())) <= 80
    assert "Alles hieronder is verzonnen" in out
    for part in ("Archiefmedewerker", "bedrijfsrestaurant", "Was vouwen, twee ochtenden", "Waarom niet: c_"):
        assert part in out
    assert out.count("\n 1. c_") == 3
    assert "VONK_DATA_DIR=.vonk/demo .venv/bin/vonk rank demo-archive" in out
    assert asked(capsys, "demo") == (0, out, "")
    engine = prepare(Settings(data_dir=small_demo / ".vonk" / "demo"))
    with session_scope(engine, read_only=True) as session:
        assert sum(1 for _ in load_candidates(session, None)) == 150
    engine.dispose()


def test_the_demo_is_not_added_to_other_people(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "kandidaten.csv"
    file.write_text(SHEET, encoding="utf-8")
    asked(capsys, "import", "candidates", str(file), "--source", "wsp")
    status, out, error = asked(capsys, "demo")
    assert (status, out) == (1, "")
    assert "In deze database staan al andere mensen." in error


def test_the_demo_does_not_run_in_production(
    small_demo: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VONK_ENV", "production")
    monkeypatch.setenv("VONK_SECRET_KEY", "kX9-w2Lq_7Rz!mB4vT8yNc3Hd6PfGs5J")
    assert asked(capsys, "demo")[0] == 1
    assert not (small_demo / ".vonk").exists()


def test_rematch_ranks_every_open_vacancy_and_keeps_the_lists(
    here: Installation, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "lists.csv"
    found = json_of(asked(capsys, "rematch", "--out", str(file), "--json")[1])
    assert found["vacancies"] > 0
    lines = file.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "vacancyId,rank,candidateId,score"
    assert len({line.split(",")[0] for line in lines[1:]}) == found["vacancies"]


def test_rematch_of_an_unknown_region_says_so(here: Installation, capsys: pytest.CaptureFixture[str]) -> None:
    status, output, complaint = asked(capsys, "rematch", "--region", "AM99")
    assert (status, output) == (1, "")
    assert "region" in complaint
