"""Files become text within limits, and every refusal says why."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from matching.errors import Invalid
from matching.reading import sources
from matching.reading.sources import text_of, text_of_file

LINES = (
    "Wij zoeken een vakkenvuller in Veendam.",
    "Je vult de schappen en je perst het karton.",
    "Werktijden 12 tot 16 uur per week.",
)


def pdf(*pages: tuple[str, ...]) -> bytes:
    document = FPDF()
    document.set_font("helvetica", size=11)
    for lines in pages:
        document.add_page()
        for line in lines:
            document.multi_cell(0, 6, line, new_x="LMARGIN", new_y="NEXT")
    return bytes(document.output())


def two_columns() -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=11)
    with document.text_columns(ncols=2, gutter=10) as columns:
        columns.write(text="Talen\nNederlands B1\nTigrinya moedertaal\n")
        columns.new_column()
        columns.write(text="Werkervaring\n2019 - 2021 Afwasser in een hotel\n2021 - 2023 Keukenhulp in een school\n")
    return bytes(document.output())


def word(fill: Callable[[object], None]) -> bytes:
    document = Document()
    fill(document)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def refusal(data: bytes, name: str) -> Invalid:
    with pytest.raises(Invalid) as caught:
        text_of(data, name)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_the_encodings_in_which_people_save_it(encoding: str) -> None:
    text = "Conciërge gezocht in Sneek\r\nmaximaal 20 uur"
    assert text_of(text.encode(encoding), "vacature.txt") == text.replace("\r\n", "\n")


def test_a_pdf_gives_its_lines_in_their_order() -> None:
    text = text_of(pdf(LINES[:2], LINES[2:]), "vacature.pdf")
    assert [line for line in text.splitlines() if line.strip()] == list(LINES)


def test_the_columns_of_a_pdf_do_not_run_through_each_other() -> None:
    text = text_of(two_columns(), "cv.pdf")
    assert text.index("Tigrinya") < text.index("Werkervaring") < text.index("Afwasser") < text.index("Keukenhulp")


def test_a_docx_gives_paragraphs_bullets_and_rows_in_their_order() -> None:
    def fill(document: object) -> None:
        document.add_heading("Vakkenvuller")  # type: ignore[attr-defined]
        document.add_paragraph("karton persen", style="List Bullet")  # type: ignore[attr-defined]
        table = document.add_table(rows=1, cols=2)  # type: ignore[attr-defined]
        table.cell(0, 0).text, table.cell(0, 1).text = "Plaats", "Veendam"
        document.add_paragraph("Tot ziens")  # type: ignore[attr-defined]

    assert text_of(word(fill), "vacature.docx") == "Vakkenvuller\n- karton persen\nPlaats\tVeendam\nTot ziens"


def test_a_scan_is_told_from_a_text() -> None:
    document = FPDF()
    document.add_page()
    document.rect(20, 20, 100, 100, style="F")
    assert refusal(bytes(document.output()), "scan.pdf").code == "file.no_text"


def test_a_pdf_behind_a_password_is_refused_as_such() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf(LINES))))
    writer.encrypt("geheim", algorithm="AES-256")
    held = io.BytesIO()
    writer.write(held)
    assert refusal(held.getvalue(), "cv.pdf").code == "file.encrypted"


def test_a_pdf_that_only_forbids_printing_can_be_read() -> None:
    writer = PdfWriter(PdfReader(io.BytesIO(pdf(LINES))))
    writer.encrypt("", "eigenaar", algorithm="AES-256")
    held = io.BytesIO()
    writer.write(held)
    assert LINES[0] in text_of(held.getvalue(), "cv.pdf")


@pytest.mark.parametrize("name", ["leeg.txt", "leeg.pdf", "leeg.docx"])
def test_an_empty_file_is_refused_as_empty(name: str) -> None:
    assert refusal(b" \n", name).code == "file.empty"


def test_a_pdf_of_too_many_pages_is_refused_with_the_limit() -> None:
    error = refusal(pdf(*[LINES] * (sources.MAX_PAGES + 1)), "boek.pdf")
    assert (error.code, error.values["limit"]) == ("file.too_many_pages", sources.MAX_PAGES)


def test_a_page_with_too_much_drawn_on_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_DRAWN", 200)
    assert refusal(pdf(LINES), "tekening.pdf").code == "file.unpacks_too_large"


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "groot.txt"
    with path.open("wb") as file:
        file.truncate(sources.MAX_BYTES + 1)
    with pytest.raises(Invalid, match=r"file\.too_large"):
        text_of_file(path)


def test_a_text_longer_than_a_vacancy_can_be_is_refused_with_the_limit() -> None:
    error = refusal(b"dozen vouwen " * 6_000, "lang.txt")
    assert (error.code, error.values["limit"]) == ("file.too_much_text", sources.MAX_CHARACTERS)


@pytest.mark.parametrize("member", ["word/document.xml", "word/media/beeld.png"])
def test_a_docx_that_unpacks_to_far_too_much_is_refused_without_unpacking_it(member: str) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        if member != "word/document.xml":
            packed.writestr("word/document.xml", "<w/>")
        packed.writestr(member, b"\0" * (sources.MAX_UNPACKED + 1))
    assert len(held.getvalue()) < 100_000
    assert refusal(held.getvalue(), "bom.docx").code == "file.unpacks_too_large"


def test_a_docx_with_entities_that_multiply_does_not_grow() -> None:
    clean = word(lambda document: document.add_paragraph("Wij zoeken een vakkenvuller"))  # type: ignore[attr-defined]
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(clean)) as packed, zipfile.ZipFile(held, "w") as made:
        for item in packed.infolist():
            data = packed.read(item)
            if item.filename == "word/document.xml":
                laughs = b'<!DOCTYPE w [<!ENTITY a "ha ha "><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
                head, _, body = data.partition(b"?>")
                data = head + b"?>" + laughs + body.replace(b"vakkenvuller", b"vakkenvuller &c;")
            made.writestr(item, data)
    assert text_of(held.getvalue(), "cv.docx").count("ha") < 2


@pytest.mark.parametrize(
    ("name", "data"),
    [("cv.pdf", b"Gewoon tekst"), ("cv.docx", b"%PDF-1.7"), ("cv.txt", b"%PDF-1.7 x"), ("cv.txt", b"PK\x03\x04")],
)
def test_a_file_that_is_something_else_than_its_ending_says_is_refused(name: str, data: bytes) -> None:
    assert refusal(data, name).code == "file.not_what_its_ending_says"


def test_a_zip_that_is_no_docx_is_refused() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("iets.txt", "iets")
    assert refusal(held.getvalue(), "cv.docx").code == "file.not_what_its_ending_says"


@pytest.mark.parametrize("name", ["cv.odt", "cv.doc", "cv", "cv.exe"])
def test_an_ending_that_is_not_known_is_refused_with_those_that_are(name: str) -> None:
    error = refusal(b"tekst", name)
    assert error.code == "file.unknown_ending"
    assert ".docx" in str(error.values["known"])


@pytest.mark.parametrize("cut", [200, 600])
def test_a_pdf_that_broke_off_is_refused(cut: int) -> None:
    assert refusal(pdf(LINES)[:cut], "cv.pdf").code in ("file.damaged", "file.no_text")


def test_a_docx_that_broke_off_is_refused() -> None:
    assert refusal(word(lambda document: None)[:-200], "cv.docx").code == "file.damaged"


def test_no_error_tells_what_stands_in_a_file() -> None:
    error = refusal(b"Jantje Geheim \0", "cv.txt")
    assert error.code == "file.not_text"
    assert "Geheim" not in f"{error} {error.values}"
