"""Licences, certificates, screenings and education in running text: asked, wished, held, or said not to be needed."""

import re
from collections.abc import Iterator

from matching.exchange.answers import read_education, read_licence_demand, read_licences
from matching.exchange.words import CERTIFICATES, SCREENINGS, plain
from matching.reading.draft import Found
from matching.reading.lexicon import Asked, Scanner, asked
from matching.reading.passages import clauses
from scoring.terms import Certificate, EducationLevel, Screening

_LICENCE = re.compile(r"rij?be?wij[sz]\w*|driv(?:ing|er'?s) licen[cs]e|\brbw\b", re.I)
_LICENCE_WORDS = re.compile(
    r"(?:(?i:geen|zonder|no|in bezit van|een)\s+)?(?i:bromfiets|auto|vrachtwagen|groot "
    r"|trekker)?(?i:rij?be?wij[sz]\w*|driv(?:ing|er'?s) licen[cs]e)"
    r"(?:\s*[:-]?\s*(?:(?:AM|BE|CE|B|C|D|T|am|be|ce|b|c|d|t)\b(?:\s*(?:,|/|en|of|\+)\s*(?:AM|BE|CE"
    r"|B|C|D|T|be|ce)\b)*))?"
)
_MENTIONS = re.compile(
    (
        r"rij?be?wij[sz]\w*|driv(?:ing|er'?s) licen[cs]e|(?<![\w'’])(?:AM|BE|CE|B/BE|B|C|D)(?![\w'’])"
        r"|\b(?:liefst(?: ook)?|ook) (?:be|ce|c)\b"
    ),
    re.I,
)
_CERTIFICATES = Scanner(
    CERTIFICATES,
    without=("vop", "diploma"),
    extra={
        "forklift": Certificate.FORKLIFT,
        "forklift licence": Certificate.FORKLIFT,
        "first aid": Certificate.FIRST_AID,
    },
)
_SCREENINGS = Scanner(
    SCREENINGS, extra={"certificate of conduct": Screening.VOG, "verklaring omtrent het gedrag": Screening.VOG}
)
_PAPER = re.compile(
    (
        r"certifica|diploma|bewijs|licentie|licence|\bpas\b|gehaald|in bezit|behaald|geldig|training"
        r"|cursus"
    ),
    re.I,
)
_NEEDS_CONTEXT = frozenset(
    {
        Certificate.FORKLIFT,
        Certificate.REACH_TRUCK,
        Certificate.AERIAL_PLATFORM,
        Certificate.CHAINSAW,
        Certificate.PESTICIDE,
        Certificate.TRAFFIC_CONTROLLER,
        Certificate.OFFICE_SOFTWARE,
    }
)
"""Words that name a tool, work or program as well: a paper only beside "certificaat", "diploma" and the like."""
_TO_BE_HAD = re.compile(r"\b(?:halen|behalen|bereid|regelt zelf|wordt geregeld|samen met je)\b")
_POINTS_BACK = re.compile(r"^(?:(?:dus|en|maar)\s+)?(?:die|dat|deze|dit|hoeft|is|zijn|of je|of bereid)\b", re.I)

_EDUCATION = re.compile(
    r"\b(?:mbo|vmbo|mavo|havo|vwo|hbo|wo(?= niveau|-niveau| werk)|lts|mts|lbo|vso"
    r"|praktijkonderwijs|praktijkschool|basisonderwijs|basisschool|entree(?:opleiding)?"
    r"|startkwalificatie|universit\w+)\b(?:[- ](?:diploma|opleiding|werk))?(?:[ -]*(?:niveau"
    r"|niv\.?)?[ -]*[1-4](?:\s*(?:/|of|en|tot|-)\s*(?:mbo\s*)?[1-4])?\b)?",
    re.I,
)
_NO_EDUCATION = re.compile(
    r"\b(?:geen|zonder|no) (?:diploma\w*|opleiding\w*|vooropleiding|diploma's)\b[^.,;]{0,12}"
    r"|\bhoeft geen (?:diploma|opleiding)\w*[^.,;]{0,14}",
    re.I,
)
_NOT_FINISHED = re.compile(
    (
        r"niet (?:af|afgemaakt|afgerond|voltooid|behaald)\b|geen diploma|bezig met|nog bezig|gestopt"
        r"|volg nu|not finished"
    ),
    re.I,
)
_NO_DIPLOMA = re.compile(r"\bgeen (?:diploma|opleiding)(?:'s)?\b", re.I)
_ABOUT_LAW = re.compile(r"\bwettelijke?\b|\bbij wet\b|\bwet\b", re.I)


def read_licence_demands(text: str, start: int, end: int) -> Iterator[tuple[str, Found]]:
    """Licences that a sentence asks ("licences") or wishes ("licences_desired"); a value None where none is needed."""
    for one, last in _about(text, start, end, _MENTIONS, within=_LICENCE):
        words = text[one:last]
        if re.search(r"reach|heftruck", words, re.I):
            continue
        state = asked(words)
        mention = _LICENCE_WORDS.search(text, one, last) or _LICENCE.search(text, one, last)
        first, final = (mention.start(), mention.end()) if mention else (one, last)
        if state is Asked.NO:
            yield "licences", Found(None, one, last, 0.95)
            continue
        bare = re.sub(
            r"driv(?:ing|er'?s) licen[cs]e",
            "rijbewijs",
            re.sub(r"\brijbwijs\b", "rijbewijs", words, flags=re.I),
            flags=re.I,
        )
        bare = re.sub(r"(?i)\b(?:handig|maar|hoeft|niet|geen|must|is|wel)\b", " ", bare)
        bare = re.sub(r"\b(liefst(?: ook)?|ook) (be|ce|c)\b", lambda m: f"{m[1]} rijbewijs {m[2].upper()}", bare)
        reading = read_licence_demand(bare)
        if reading.value is None:
            continue
        for licence in (*reading.value.required, *reading.value.desired):
            field = "licences_desired" if state is Asked.WISHED else "licences"
            sure = 0.95 if re.search(rf"\b{licence}\b", words, re.I) else 0.8
            yield field, Found(licence.value, first, final, sure)


def read_held_licences(text: str, start: int, end: int) -> Found | None:
    """The licences that somebody says to have; an empty list is none; "bezig met lessen" is for a person to look at."""
    for one, last in _about(text, start, end, _MENTIONS, within=_LICENCE):
        words = re.sub(r"driv(?:ing|er'?s) licen[cs]e", "rijbewijs", text[one:last], flags=re.I)
        words = re.sub(r"\bno rijbewijs", "geen rijbewijs", words, flags=re.I)
        denied = re.search(
            (
                r"\b(?:geen|zonder)\s+rij?bewijs\b|rij?bewijs\s*[:-]?\s*(?:geen|nee|no|none)\b"
                r"|\bniet in bezit"
            ),
            words,
            re.I,
        )
        if denied:
            return Found([], one, last, 0.95)
        mention = re.search(
            (
                r"(?i:rijbewijs\w*)(?:\W+(?i:en|of|type|categorie))*\W*(?:(?:AM|BE|CE|B|C|D|T|am|be|ce|b"
                r"|c)\b\W*(?:en\s+|of\s+)?)*(?:\b(?i:ja|verlopen|ingevorderd|lessen|bezig)\b)?"
            ),
            words,
        )
        late = re.search(r"verlopen|ingevorderd|lessen|bezig|niet meer|binnenkort|ontzegging", words, re.I)
        if late:
            return Found(None, one, last, 0.9, "licences.not_held_now")
        reading = read_licences(mention[0].strip(" ,.()") if mention else words)
        if reading.value is not None:
            return Found([licence.value for licence in reading.value], one, last, 0.95)
    return None


def read_labelled_licences(words: str) -> Found:
    """The licences behind a label "Rijbewijs": of the words themselves, positions to be set by the caller."""
    reading = read_licences(re.sub(r"^(?:no|none)\b", "nee", words, flags=re.I))
    if reading.value is None:
        return Found(None, 0, len(words), 0.9, "licences.not_held_now")
    return Found([licence.value for licence in reading.value], 0, len(words), 0.95)


def _about(
    text: str, start: int, end: int, mentions: re.Pattern[str], *, within: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    """The clauses of a sentence that speak of something, each with what points back to it behind it."""
    if not within.search(text, start, end):
        return
    parts = clauses(text, start, end)
    kept: list[tuple[int, int]] = []
    speaking = False
    for one, last in parts:
        words = text[one:last]
        if mentions.search(words):
            joined = (
                kept
                and not within.search(words)
                and len(words.split()) <= 2
                and not re.search(r"\b[A-Z]{1,2}\b", words)
            )
            if joined:
                continue
            kept.append((one, last))
            speaking = True
        elif (
            kept and speaking and (_POINTS_BACK.match(words) or re.match(r"\s*(?:maar|but)\s", text[kept[-1][1] : one]))
        ):
            kept[-1] = (kept[-1][0], last)
        else:
            speaking = False
    yield from kept


def read_certificates(
    text: str, start: int, end: int, *, listed: bool = False, held: bool = False
) -> Iterator[tuple[str, Found]]:
    """Certificates that a sentence asks, wishes or (`held`) says to have; a value None where one is not needed.

    `listed`: the sentence stands under "Certificaten", so that a tool's name is a paper as well.
    """
    parts = clauses(text, start, end)
    for i, (one, last) in enumerate(parts):
        for named in _CERTIFICATES.find(text, one, last):
            if named.term in _NEEDS_CONTEXT and not listed and not _PAPER.search(text, one, last):
                continue
            final = last
            for _, after in parts[i + 1 : i + 2]:
                if _POINTS_BACK.match(text[parts[i + 1][0] : after]) and not any(
                    _CERTIFICATES.find(text, parts[i + 1][0], after)
                ):
                    final = after
            words = text[one:final]
            state = asked(words)
            if held:
                if state is not Asked.NO:
                    yield "certificates", Found(named.term.value, named.start, named.end, 0.9)
            elif state is Asked.NO:
                yield "certificates", Found(None, one, final, 0.9)
            elif state is Asked.WISHED or _TO_BE_HAD.search(plain(words)):
                reason = "certificates.may_be_obtained" if _TO_BE_HAD.search(plain(words)) else None
                yield "certificates_desired", Found(named.term.value, named.start, named.end, 0.85, reason)
            else:
                yield "certificates", Found(named.term.value, named.start, named.end, 0.85)


def read_screenings(text: str, start: int, end: int) -> Iterator[Found]:
    """Screenings that a sentence asks; a value None where one is not needed."""
    for one, last in clauses(text, start, end):
        for named in _SCREENINGS.find(text, one, last):
            no = asked(text[one:last]) is Asked.NO
            yield Found(None if no else named.term.value, named.start, named.end, 0.9)


def read_education_demand(text: str, start: int, end: int) -> Iterator[tuple[str, Found]]:
    """The education that a sentence wishes, or that it says the law asks; of alternatives the lowest."""
    nothing = _NO_EDUCATION.search(text, start, end)
    if nothing:
        yield "education_wished", Found("none", nothing.start(), nothing.end(), 0.9)
        return
    for one, last in _sides(text, start, end):
        mentions = list(_EDUCATION.finditer(text, one, last))
        if not mentions:
            continue
        words = text[one:last]
        state = asked(words)
        if state is Asked.NO or re.search(r"\b(?:opleiding tot|opleiden|leer je|diploma halen|behaal)\b", words, re.I):
            continue
        level = _education(text[mentions[0].start() : min(last, mentions[-1].end() + 24)], lowest=True)
        first, final = mentions[0].start(), mentions[-1].end()
        if level is None:
            yield "education_wished", Found(None, first, final, 0.7, "education.level_missing")
            continue
        by_law = _ABOUT_LAW.search(words) is not None and state is not Asked.WISHED
        yield ("education_by_law" if by_law else "education_wished"), Found(level.name.lower(), first, final, 0.9)


def _sides(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Clauses, where a comma between levels ("vmbo, mbo 1 of mbo 2") does not part them."""
    parts: list[tuple[int, int]] = []
    for one, last in clauses(text, start, end):
        if (
            parts
            and _EDUCATION.match(text, one)
            and len(text[one:last].split()) <= 5
            and asked(text[one:last]) is Asked.YES
        ):
            parts[-1] = (parts[-1][0], last)
        else:
            parts.append((one, last))
    return parts


def _education(words: str, *, lowest: bool) -> EducationLevel | None:
    bare = re.sub(r"(?i)(?<=mbo)[- ]*(?:diploma|opleiding|werk)?[- ]*(?=(?:niveau|niv)?[ -]*[1-4])", " ", words)
    bare = re.sub(r"(?i)\b([1-4])\s*/\s*([1-4])\b", r"\1 of \2", bare)
    bare = re.sub(r"[^\w\s-].*$", "", bare, flags=re.S) if not lowest else bare
    return read_education(bare, lowest=lowest).value


def read_finished_education(text: str, start: int, end: int) -> Iterator[Found]:
    """The levels of schools that somebody says to have finished; of an unfinished one a part without a value."""
    none = _NO_DIPLOMA.search(text, start, end)
    if none and not _EDUCATION.search(text, start, end):
        yield Found("none", none.start(), none.end(), 0.8)
        return
    mentions = list(_EDUCATION.finditer(text, start, end))
    for i, match in enumerate(mentions):
        after = mentions[i + 1].start() if i + 1 < len(mentions) else end
        before = text[max(start, match.start() - 24, mentions[i - 1].end() if i else start) : match.start()]
        if _NOT_FINISHED.search(text[match.start() : after]) or re.search(
            r"\bbezig\b[^.,;]*$|\bwil\b[^.,;]*$", before, re.I
        ):
            yield Found(None, match.start(), match.end(), 0.8, "education.not_finished")
            continue
        level = _education(match[0], lowest=False)
        if level is not None:
            yield Found(level.name.lower(), match.start(), match.end(), 0.9)
        elif re.match(r"mbo", match[0], re.I):
            yield Found(None, match.start(), match.end(), 0.7, "education.level_missing")


def highest(levels: list[str]) -> str:
    """The highest of some levels of education, by name."""
    return max(levels, key=lambda name: EducationLevel[name.upper()])
