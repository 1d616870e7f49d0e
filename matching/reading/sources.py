"""From a file to its text: plain text, PDF and DOCX, within limits; for commands and the API.

Raises `Invalid` with the reason where a file cannot be read. The text of a PDF comes in the order in which the file
draws it, which keeps columns apart and the rows of a table together.
"""

import io
import logging
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.exceptions import InvalidXmlError
from docx.table import Table
from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, LimitReachedError, PyPdfError

from matching.errors import Invalid

MAX_BYTES = 10 * 2**20
MAX_PAGES = 30
MAX_CHARACTERS = 60_000  # some twenty full pages
MAX_UNPACKED = 40 * 2**20  # of a whole DOCX
MAX_MEMBERS = 2_000  # files within a DOCX
MAX_XML = 8 * 2**20  # of the text of a DOCX, which is held in memory
MAX_DRAWN = 4 * 2**20  # instructions of one page of a PDF
_ENDINGS = (".txt", ".md", ".pdf", ".docx")
_MAGIC = {b"%PDF": ".pdf", b"PK\x03\x04": ".docx", b"\xd0\xcf\x11\xe0": "an old or a protected Office file"}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\u200b-\u200f\u2060\ufeff\u00ad\ue000-\uf8ff]")
_SPACES = re.compile(r"[\u00a0\u2000-\u200a\u202f\u3000]")
_LETTERS = dict(zip("ﬀﬁﬂﬃﬄﬅﬆĳĲ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st", "ij", "IJ"), strict=True))
_WORDS = re.compile(r"[^\W\d_]{2,}")
_FEWEST_WORDS = 3

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what it finds odd in a file may quote that file


def text_of_file(path: Path) -> str:
    """The text of a file. Raises Invalid as `text_of` does, and where there is no such file."""
    if not path.is_file():
        raise Invalid("file.not_found", file=path.name)
    _small_enough(path.stat().st_size, path.name)
    return text_of(path.read_bytes(), path.name)


def text_of(data: bytes, name: str) -> str:
    """The text of what a file holds, with single line ends; `name` gives the ending and stands in errors.

    Raises Invalid: `file.unknown_ending`, `file.empty`, `file.too_large` (10 MB), `file.not_what_its_ending_says`,
    `file.not_text`, `file.encrypted`, `file.damaged`, `file.too_many_pages` (30), `file.unpacks_too_large`,
    `file.no_text` (a scan: pictures without text), `file.too_much_text` (60,000 characters).
    """
    ending = Path(name).suffix.lower()
    if ending not in _ENDINGS:
        raise Invalid("file.unknown_ending", file=name, known=" ".join(_ENDINGS))
    _small_enough(len(data), name)
    if not data.strip():
        raise Invalid("file.empty", file=name)
    start = data[:1024].lstrip() if ending == ".pdf" else data[:8]
    looks_like = next((kind for begin, kind in _MAGIC.items() if start.startswith(begin)), ".txt")
    if looks_like != (".txt" if ending == ".md" else ending):
        raise Invalid("file.not_what_its_ending_says", file=name, ending=ending, looks_like=looks_like)
    text = tidy({".pdf": _of_pdf, ".docx": _of_docx}.get(ending, _of_text)(data, name))
    if len(_WORDS.findall(text)) < _FEWEST_WORDS:
        raise Invalid("file.empty" if ending in (".txt", ".md") else "file.no_text", file=name)
    return within_length(text, name)


def within_length(text: str, name: str) -> str:
    """The text itself. Raises Invalid where it is longer than a vacancy or a CV can be."""
    if len(text) > MAX_CHARACTERS:
        raise Invalid("file.too_much_text", file=name, limit=MAX_CHARACTERS)
    return text


def tidy(text: str) -> str:
    """A text with plain spaces and line ends, composed letters, and without control characters."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0c", "\n"))
    for joined, letters in _LETTERS.items():
        text = text.replace(joined, letters)
    return _CONTROL.sub("", _SPACES.sub(" ", text)).strip("\n")


def _small_enough(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise Invalid("file.too_large", file=name, megabytes=size // 2**20, limit=MAX_BYTES // 2**20)


def _of_text(data: bytes, name: str) -> str:
    """UTF-8 or UTF-16 with its mark, UTF-8 without, else Windows-1252."""
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return text
    raise Invalid("file.not_text", file=name)


def _of_pdf(data: bytes, name: str) -> str:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Invalid("file.encrypted", file=name)
        if len(reader.pages) > MAX_PAGES:
            raise Invalid("file.too_many_pages", file=name, limit=MAX_PAGES)
        pages: list[str] = []
        for page in reader.pages:
            contents = page.get_contents()
            if contents is not None and len(contents.get_data()) > MAX_DRAWN:
                raise Invalid("file.unpacks_too_large", file=name, limit_megabytes=MAX_DRAWN // 2**20)
            pages.append(page.extract_text())
            if sum(map(len, pages)) > MAX_CHARACTERS:
                break
        return "\n".join(pages)
    except FileNotDecryptedError as error:
        raise Invalid("file.encrypted", file=name) from error
    except LimitReachedError as error:
        raise Invalid("file.unpacks_too_large", file=name, limit_megabytes=MAX_DRAWN // 2**20) from error
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, RecursionError) as error:
        # What pypdf raises on a broken file depends on where it is broken.
        raise Invalid("file.damaged", file=name) from error


def _of_docx(data: bytes, name: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = packed.infolist()
            if "word/document.xml" not in packed.namelist():
                raise Invalid("file.not_what_its_ending_says", file=name, ending=".docx", looks_like="zip")
            too_large = sum(member.file_size for member in members) > MAX_UNPACKED or len(members) > MAX_MEMBERS
            xml = sum(member.file_size for member in members if member.filename.endswith((".xml", ".rels")))
            if too_large or xml > MAX_XML:
                limit = MAX_UNPACKED if too_large else MAX_XML
                raise Invalid("file.unpacks_too_large", file=name, limit_megabytes=limit // 2**20)
            if any(member.flag_bits & 1 for member in members):
                raise Invalid("file.encrypted", file=name)
        return "\n".join(_blocks(io.BytesIO(data)))
    except (zipfile.BadZipFile, PackageNotFoundError, InvalidXmlError, SyntaxError, KeyError, ValueError) as error:
        # SyntaxError is what lxml raises on XML that is none.
        raise Invalid("file.damaged", file=name) from error


def _blocks(file: io.BytesIO) -> Iterator[str]:
    """Paragraphs and rows of tables in their order; an item of a list gets a dash, cells stand apart by a tab."""
    for block in Document(file).iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                cells = list(dict.fromkeys(cell.text.strip() for cell in row.cells))
                yield "\t".join(cell.replace("\n", "; ") for cell in cells if cell)
        else:
            style = (block.style.name or "") if block.style is not None else ""
            numbered = block._p.pPr is not None and block._p.pPr.numPr is not None
            text = block.text
            yield f"- {text}" if text.strip() and (style.startswith("List") or numbered) else text
