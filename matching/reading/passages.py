"""A text as passages: headings, labelled lines, bullets and sentences, each under its section; for the readers alone.

Positions are those of the text itself, so that every part can quote exactly. Lines that a mail program or a PDF broke
off are read on; which lines those are follows from the width of the text.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matching.exchange.words import plain

_BULLET = re.compile(r"\s*(?:[-–—•*·▪►●◦✓✔‣+]|\d{1,2}[.)]|[a-z][.)])(?=\s+\S)")
_ABBREVIATION = re.compile(
    r"\b(?:dhr|mevr|mw|mr|drs|ing|ca|bijv|bv|o\.a|i\.v\.m|nr|tel|max|min|etc|incl|excl|evt|resp"
    r"|m\.u\.v|(?<!bewijs )[A-Z])\.$"
)
_SENTENCE_END = re.compile(r"[.!?]+[)'\"”]?\s+(?=[^\s])")
_LABEL = re.compile(r"\s*([^\W\d][^:|\t\n]{1,45}?)\s*(?::(?!//)|\||\t|\s{3,})\s*(?=\S|$)")
_LONGEST_HEADING = 60  # characters
_LONGEST_SENTENCE = 800  # characters
_NARROWEST = 50  # characters; shorter lines are lines of their own
_NEARLY_FULL = 0.85


@dataclass(frozen=True)
class Passage:
    """A sentence, bullet or labelled value: `text[start:end]`, the section it stands in, and its label if any."""

    start: int
    end: int
    section: str | None = None
    label: str | None = None  # the field that the label names, e.g. "hours"
    bullet: bool = False
    line: int = 0  # number of the paragraph it belongs to


@dataclass(frozen=True)
class Layout:
    """The words by which a kind of text names its parts: headings to sections, labels to fields."""

    headings: Mapping[str, re.Pattern[str]]
    labels: Mapping[str, re.Pattern[str]]

    def section_of(self, line: str) -> str | None:
        """The section that a heading opens, or None where the line is no heading."""
        words = plain(line)
        if not words or len(line.strip()) > _LONGEST_HEADING or line.rstrip().endswith((".", ",", ";")):
            return None
        return next((name for name, pattern in self.headings.items() if pattern.fullmatch(words)), None)

    def label_of(self, words: str) -> str | None:
        """The field that a label names."""
        return next((name for name, pattern in self.labels.items() if pattern.fullmatch(plain(words))), None)


def passages(text: str, layout: Layout) -> list[Passage]:
    """The passages of a text in their order; headings and labels themselves are left out."""
    found: list[Passage] = []
    section: str | None = None
    in_list = False
    for number, (start, end, bullet) in enumerate(_paragraphs(text, layout)):
        block = text[start:end]
        if in_list and not bullet and section in ("tasks", "demands", "offer") and text[:start].endswith("\n\n"):
            section = None  # a new paragraph behind a list
        in_list = bullet
        opened = layout.section_of(block)
        if opened is not None and not bullet:
            section = opened
            continue
        label, value = _labelled(text, start, end, layout)
        if label is not None:
            heading = layout.section_of(text[start:value])
            if value >= end:  # "Taken:" with its list below
                section = heading or label
                continue
            if label not in ("work", section) and section in ("work", "tasks"):
                section = None
            if heading and not bullet and not text[start:value].rstrip().endswith((":", "|")):
                label = heading
            for one, last in _sentences(text, value, end):
                found.append(Passage(one, last, section, label, bullet, number))
            continue
        if block.rstrip().endswith(":") and not bullet and len(block.split()) <= 14:
            lead = _lead(block, layout)
            if lead:
                section = lead
        for one, last in _sentences(text, start, end):
            within, value = _labelled(text, one, last, layout) if ":" in text[one : one + 30] else (None, one)
            found.append(Passage(value, last, section, within, bullet, number))
    return found


def _lead(block: str, layout: Layout) -> str | None:
    """The section that a sentence before a list opens ("De medewerker draagt zorg voor:")."""
    words = plain(block)
    pattern = layout.headings.get("lead")
    return "tasks" if pattern and pattern.search(words) else None


def _labelled(text: str, start: int, end: int, layout: Layout) -> tuple[str | None, int]:
    """The field that the beginning of a line names, and where its value begins; (None, start) without one."""
    match = _LABEL.match(text, start, end)
    if match:
        label = layout.label_of(match[1])
        if label:
            return label, match.end()
    # A table that lost its lines: "Plaats Veendam", "Aantal uren 12 - 16".
    line = text[start:end]
    if len(line) <= 120 and "\n" not in line and not line.rstrip().endswith((".", "!", "?")):
        words = list(re.finditer(r"\S+", line))
        for n in range(min(3, len(words) - 1), 0, -1):
            label = layout.label_of(line[: words[n - 1].end()])
            if (
                label
                and (line[:1].isupper() or len(words) <= 5)
                and not re.match(r"(?:is|zijn|voor|van|om|en|of|in|met)\b", line[words[n].start() :])
            ):
                return label, start + words[n].start()
    return None, start


def _paragraphs(text: str, layout: Layout) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it is a bullet, of each run of lines that belong together."""
    lines = [(match.start(), match.end()) for match in re.finditer(r"[^\n]+", text) if match[0].strip()]
    width = max((end - start for start, end in lines), default=0)
    open_at: int | None = None
    closes = 0
    is_bullet = False
    for start, end in lines:
        bullet = _BULLET.match(text, start, end)
        first = bullet.end() if bullet else start
        first += len(text[first:end]) - len(text[first:end].lstrip())
        last = start + len(text[start:end].rstrip())
        before = text[open_at:closes].rsplit("\n", 1)[-1] if open_at is not None else ""
        goes_on = (
            open_at is not None
            and not bullet
            and "\n" not in text[closes:start].replace("\n", "", 1)
            and width >= _NARROWEST
            and len(before) >= _NEARLY_FULL * (width - len(text[first:end].split(maxsplit=1)[0]))
            and layout.section_of(text[first:last]) is None
            and layout.section_of(before) is None
            and not (
                _labelled(text, first, last, layout)[0] and (_LABEL.match(text, first, last) or text[first].isupper())
            )
        )
        if goes_on:
            closes = last
            continue
        if open_at is not None:
            yield open_at, closes, is_bullet
        open_at, closes, is_bullet = first, last, bullet is not None
    if open_at is not None:
        yield open_at, closes, is_bullet


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentences of a paragraph, without what is between them; one that never ends is cut at a space."""
    for one, last in _to_full_stops(text, start, end):
        while last - one > _LONGEST_SENTENCE:
            space = text.rfind(" ", one + 1, one + _LONGEST_SENTENCE)
            cut = space if space > one else one + _LONGEST_SENTENCE
            yield one, cut
            one = cut + 1 if space > one else cut
        if text[one:last].strip():
            yield one, last


def _to_full_stops(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    opens = start
    for match in _SENTENCE_END.finditer(text, start, end):
        before = text[max(opens, match.start() - 24) : match.start() + 1]
        following = text[match.end() : match.end() + 1]
        if _ABBREVIATION.search(before) or (following.islower() and match[0].startswith(".") and len(before) < 12):
            continue
        if text[match.start() - 1 : match.start()].isdigit() and following.isdigit():
            continue
        yield opens, match.start() + len(match[0].rstrip())
        opens = match.end()
    if text[opens:end].strip():
        yield opens, end


def clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence in parts at commas, semicolons, "maar" and "en liefst"; decimal commas and brackets stay whole."""
    cut = re.compile(r"[,;](?!\d)(?![^(\n]*\))|\s(?:maar|but)\s|\sen\s(?=(?:liefst|bij voorkeur|het liefst)\b)")
    parts: list[tuple[int, int]] = []
    opens = start
    for match in cut.finditer(text, start, end):
        parts.append((opens, match.start()))
        opens = match.end()
    parts.append((opens, end))
    trimmed = []
    for one, last in parts:
        piece = text[one:last]
        one += len(piece) - len(piece.lstrip())
        if piece.strip():
            trimmed.append((one, one + len(piece.strip())))
    return trimmed
