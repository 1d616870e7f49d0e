"""Work that somebody did, in a CV or in sentences: what it was, and for how many months; no employer and no dates."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from matching.exchange.cells import MONTHS
from matching.exchange.words import plain
from matching.reading.draft import HIDDEN, Found
from matching.reading.lexicon import NUMBERS
from matching.reading.passages import Passage
from matching.vocabulary import Vocabulary

SURE_TITLE = 0.75
"""From this confidence on, words without a period beside them are taken for work that was done."""
_ENGLISH = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTH = r"(?:jan|feb|mrt|maa|mar|apr|mei|may|jun|jul|aug|sep|okt|oct|nov|dec)[a-z]*\.?"
_POINT = rf"(?:(?P<m{{0}}>{_MONTH})\s+|(?P<d{{0}}>\d{{{{1,2}}}})[-/.])?(?P<y{{0}}>(?:19|20)\d{{{{2}}}})"
_PERIOD = re.compile(
    rf"{_POINT.format(1)}\s*(?:-|–|—|tot(?: en met)?|t/m|to|until)\s*(?:{_POINT.format(2)}"
    rf"|(?P<now>heden|nu|present|now|today))",
    re.I,
)
_SINCE = re.compile(r"\b(?:sinds|vanaf|since)\s+(?:(?P<m>" + _MONTH + r")\s+)?(?P<y>(?:19|20)\d{2})\b", re.I)
_YEAR = re.compile(r"(?<![\d-])(?:19|20)\d{2}(?![\d-])")
_LENGTH = re.compile(
    r"(?P<n>\d{1,2}(?:[.,]\d)?|een|één|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf"
    r"|anderhalf|half|one|two|three|four|five)\s+(?P<half>en een half\s+)?(?P<unit>jaar|jr|maanden"
    r"|maand|mnd|years?|months?)\b",
    re.I,
)
_DID = re.compile(
    r"\b(?:(?:heb|was|werkte|werk|gewerkt|ben|werkzaam|ervaring|worked|stage gelopen"
    r"|hulp)\b(?:(?! om | wil ).){0,60}?\b(?:als|as)|ben vrijwilliger geworden"
    r"|daarvoor \d+ jaar als|was ik \d+ jaar|was ik)\s+(?:een\s+|a\s+)?(?P<what>[a-zà-ÿ][^.,;:(]*)",
    re.I,
)
_PLACE_OF_WORK = re.compile(r"\b(?:in|bij|op|gelopen in)\s+(?:een|de|het|a)\s+(?P<what>[a-zà-ÿ-]+)", re.I)
_WORKED = re.compile(r"\b(?:gewerkt|werkte|stage gelopen|stage|vrijwilliger)\b", re.I)
_EMPLOYER = re.compile(
    r"\s+(?:bij|voor|van|at|for|op)\s+(?:de |het |een |a )?.*$|\s{3,}.*$|\s*[|–].*$|\s*\(.*$|\s+-\s.*$"
)
_NO_TITLE = re.compile(r"\b(?:opleiding|diploma|mbo|vmbo|school|cursus|niveau|certificaat)\b", re.I)


def read_work(
    text: str, flat: str, found: Sequence[Passage], vocabulary: Vocabulary, *, today: date
) -> Iterator[Found]:
    """Work done as {"title", "months"} in the order of the text; months where it gives a length or a period.

    `text` with and `flat` without line ends, of equal length. `today` is what "heden" means.
    """
    sections = [one for one in found if one.section == "work" or one.label == "work"]
    in_lines = list(_of_lines(text, flat, sections, vocabulary, today))
    taken = [(one.start, one.end) for one in in_lines]
    yield from in_lines
    in_sections = {id(one) for one in sections} if in_lines else set()
    for one in found:
        if id(one) in in_sections or one.section in ("education", "languages", "skills", "certificates", "personal"):
            continue
        for work in _of_sentence(flat, one.start, one.end, vocabulary, today):
            if all(work.start >= last or work.end <= first for first, last in taken):
                taken.append((work.start, work.end))
                yield work


def _of_lines(
    text: str, flat: str, sections: Sequence[Passage], vocabulary: Vocabulary, today: date
) -> Iterator[Found]:
    """Lines of a CV: a title with its period or length beside it, or on a line below."""
    pending: list[tuple[int, int, float]] = []
    for one in sections:
        for start, end in _entries(text, one.start, one.end):
            words = flat[start:end]
            period = _PERIOD.search(words)
            length = _LENGTH.search(words)
            year = _YEAR.search(words) if not period else None
            months = _months_of(period, today) if period else _months_of_length(length) if length else None
            rest = [(start, end)]
            for match in (period, length if not period else None, year):
                if match:
                    rest = _without(rest, start + match.start(), start + match.end())
            dated = period is not None or length is not None or year is not None
            title = _best_title(flat, rest, vocabulary, least=0.45 if dated else SURE_TITLE)
            if title is None and dated and (period or length) and pending:
                first, last, sure = max(pending, key=lambda one: one[2])
                yield _work(flat, first, last, months, 0.5 + 0.4 * sure)
                pending = []
            elif title is None and dated and any(flat[a:b].strip(" -–•,:") for a, b in rest):
                guess = _first_words(flat, rest)
                if (
                    guess
                    and not _NO_TITLE.search(flat[guess[0] : guess[1]])
                    and not flat[guess[0] : guess[1]].lower().startswith(("ik ", "daar"))
                ):
                    yield _work(flat, *guess, months, 0.5, "work.unknown_title")
            elif title is not None and dated:
                yield _work(
                    flat,
                    title[0],
                    title[1],
                    months,
                    0.6 + 0.35 * title[2],
                    None if title[2] >= 0.6 else "work.unknown_title",
                )
                pending = []
            elif not one.bullet and (above := _best_title(flat, rest, vocabulary, least=0.45)):
                pending.append(above)


def _entries(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A passage as entries: at line ends, and at commas that each have a length of time ("a (4 jaar), b (1 jaar)")."""
    for line in re.finditer(r"[^\n]+", text[start:end]):
        one, last = start + line.start(), start + line.end()
        pieces = [
            match.span()
            for match in re.finditer(r"[^,(]*(?:\([^)]*\)[^,]*)?(?:,|$)", text[one:last])
            if match[0].strip(" ,")
        ]
        if len(pieces) > 1 and sum(bool(_LENGTH.search(text[one + a : one + b])) for a, b in pieces) > 1:
            yield from ((one + a, one + b) for a, b in pieces)
        else:
            yield one, last


def _of_sentence(flat: str, start: int, end: int, vocabulary: Vocabulary, today: date) -> Iterator[Found]:
    """Sentences: "drie jaar als schilder gewerkt", "werkte 6 maanden bij de kringloop", "inpakker bij ..., 5 jaar"."""
    words = flat[start:end]
    lengths = list(_LENGTH.finditer(words))
    since = _SINCE.search(words)
    if not (lengths or since or _WORKED.search(words)):
        return
    parts = re.split(
        (
            r"(\s+en (?:daarvoor|daarna)?\s*(?=[^,.]*\b(?:jaar|maand|stage))|;\s|,\s+(?=[^,.]*\b(?:jaar"
            r"|maanden|mnd)\b))"
        ),
        words,
    )
    position = start
    for part in parts:
        first, last = position, position + len(part)
        position = last
        length = _LENGTH.search(part)
        months = _months_of_length(length)
        if months is None and since and first <= start + since.start() < last:
            months = (today.year - int(since["y"])) * 12
        if not (length or since or _WORKED.search(part)):
            continue
        if re.search(r"\b(?:wil|zoek|jaar oud|school|opleiding)\b", part, re.I):
            continue
        done = _DID.search(part)
        if done:
            cut = re.search(r"\s+(?:gewerkt|in een|in de|in het|bij|en|geweest|werkzaam)\b", done["what"])
            stop = first + done.start("what") + (cut.start() if cut else len(done["what"].rstrip()))
            one = first + done.start("what")
            lead = re.match(r"(?:\d+ jaar\s+|een\s+)", flat[one:stop])
            one += lead.end() if lead else 0
            if HIDDEN not in flat[one:stop] and stop - one > 2:
                yield _work(flat, one, stop, months, 0.8)
                continue
        rest = [(first, last)]
        if length:
            rest = _without(rest, first + length.start(), first + length.end())
        title = _best_title(flat, rest, vocabulary, least=SURE_TITLE) if length else None
        if title:
            yield _work(flat, title[0], title[1], months, 0.75)
        elif _WORKED.search(part) and (place := _PLACE_OF_WORK.search(part)):
            one, stop = first + place.start("what"), first + place.end("what")
            if HIDDEN not in flat[one:stop]:
                yield _work(flat, one, stop, months, 0.6, "work.only_the_place")


def _work(flat: str, start: int, end: int, months: int | None, sure: float, reason: str | None = None) -> Found:
    said = {"title": " ".join(flat[start:end].split())[:200]} | ({"months": months} if months is not None else {})
    return Found(said, start, end, sure, reason)


def _best_title(
    flat: str, spans: Sequence[tuple[int, int]], vocabulary: Vocabulary, *, least: float
) -> tuple[int, int, float] | None:
    """The piece that is most surely a title: (start, end, confidence), at least `least`; an employer is cut off."""
    best: tuple[int, int, float] | None = None
    for start, end in spans:
        for match in re.finditer(r"[^,;|:]+", flat[start:end]):
            one, last = start + match.start(), start + match.end()
            column = re.match(r"\s{3,}", flat[one:last])  # a title in a column behind its period
            one += column.end() if column else 0
            behind = _EMPLOYER.search(flat[one:last])
            last = one + behind.start() if behind else last
            piece = flat[one:last]
            lead = re.match(
                (
                    r"[\s•*·–-]*(?:(?:functie|duur|vakantiewerk als|stage(?:s)?|werk als|als|a|an|ik|was"
                    r"|nu)\s+)*"
                ),
                piece,
                re.I,
            )
            one += lead.end() if lead else 0
            piece = flat[one:last].rstrip(" .-–:")
            piece = re.sub(r"(?i)\s+(?:duur|functie|stage|periode|gehad)$", "", piece)
            if HIDDEN in piece or not piece or len(piece.split()) > 6 or _NO_TITLE.search(piece):
                continue
            resolved = vocabulary.titles.resolve(piece, 1)
            sure = resolved[0].confidence if resolved else 0.0
            if sure >= least and (best is None or sure > best[2] + 0.3):
                best = (one, one + len(piece), sure)
    return best


def _first_words(flat: str, spans: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """The first words of what is left of a line, up to the employer or a comma."""
    for start, end in spans:
        match = re.search(r"[^\s,;|:•*()-][^,;|:(]*", flat[start:end])
        if match and HIDDEN not in match[0] and len(match[0].strip()) > 2:
            behind = _EMPLOYER.search(match[0])
            stop = behind.start() if behind else len(match[0].rstrip(" .-–"))
            if 0 < len(match[0][:stop].split()) <= 6:
                return start + match.start(), start + match.start() + stop
    return None


def _without(spans: list[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    left = []
    for one, last in spans:
        if start < last and end > one:
            left += [(one, max(one, start)), (min(last, end), last)]
        else:
            left.append((one, last))
    return [(one, last) for one, last in left if last > one]


def _months_of(period: re.Match[str], today: date) -> int | None:
    """The months of a period: both named months count; of years alone, the difference."""
    first, last = int(period["y1"]), int(period["y2"]) if period["y2"] else today.year
    begins, ends = _month(period["m1"], period["d1"]), _month(period["m2"], period["d2"])
    if period["now"]:
        ends = today.month if begins else None
    months = (last - first) * 12 + (ends - begins + 1 if begins and ends else 0)
    return months if 0 <= months <= 720 else None


def _month(name: str | None, digits: str | None) -> int | None:
    if digits:
        return int(digits) if 1 <= int(digits) <= 12 else None
    if not name:
        return None
    short = plain(name)[:3]
    found = [n for names in (MONTHS, _ENGLISH) for n, month in enumerate(names, 1) if month.startswith(short)]
    return found[0] if found else {"mrt": 3, "maa": 3}.get(short)


def _months_of_length(length: re.Match[str] | None) -> int | None:
    if length is None:
        return None
    n = length["n"].lower().replace(",", ".")
    amount = 0.5 if n == "half" else float(n) if n[0].isdigit() else NUMBERS[n]
    return round((amount + (0.5 if length["half"] else 0)) * (12 if length["unit"].lower()[0] in "jy" else 1))
