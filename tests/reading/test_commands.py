"""`vonk read` and `vonk evaluate reading`: one JSON document, words for a person, errors before any work."""

import json
from pathlib import Path

import pytest

from api.commands import evaluate_reading, read
from matching.errors import Invalid

TEXT = (
    "Vakkenvuller gezocht\n\nTaken: schappen vullen, karton persen.\n"
    "20 tot 24 of 32 uur. Rijbewijs niet nodig. Bel Aaltje: 06-12345678."
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    monkeypatch.setenv("VONK_DATA_DIR", str(tmp_path_factory.getbasetemp() / "vonk-read"))
    path = tmp_path / "vacature.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_json_is_one_document_with_profile_parts_and_what_was_left_out(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    read.read_file("vacancy", file, as_json=True)
    body = json.loads(capsys.readouterr().out)
    assert body["kind"] == "vacancy"
    assert body["profile"]["licences"] == []
    hours = next(part for part in body["parts"] if part["field"] == "hours")
    assert (hours["quote"], hours["needsCheck"], hours["reason"]) == ("20 tot 24 of 32 uur", True, "hours.several")
    assert TEXT[hours["start"] : hours["end"]] == hours["quote"]
    assert {one["kind"] for one in body["notRead"]} == {"name", "phone"}


def test_a_person_reads_words_and_no_codes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    read.read_file("vacancy", file, as_json=False)
    said = capsys.readouterr().out
    assert "schappen vullen" in said
    assert "Niet overgenomen: namen en telefoonnummers." in said
    assert "read." not in said
    assert "hours.several" not in said


def test_a_candidate_is_read_the_same_way(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(
        "Ik woon in Veendam. Ik heb drie jaar als schilder gewerkt. Ik heb geen rijbewijs.", encoding="utf-8"
    )
    read.read_file("candidate", file, as_json=False)
    assert "schilder, 36 maanden" in capsys.readouterr().out


def test_bad_input_is_told_with_its_reason_before_a_database_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VONK_DATA_DIR", str(tmp_path / "data"))
    with pytest.raises(Invalid, match=r"file\.not_found"):
        read.read_file("vacancy", tmp_path / "weg.txt", as_json=False)
    assert not (tmp_path / "data").exists()


def test_the_evaluation_gives_figures_for_both_parts(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evaluate_reading.reading(json=True)
    body = json.loads(capsys.readouterr().out)
    assert {part: figures["texts"] for part, figures in body.items()} == {"tuned": 39, "held_out": 21}
    for figures in body.values():
        assert figures["leaks"] == 0
        assert {"precision", "recall", "right", "wrong", "missed"} == figures["fields"]["hours"].keys()
