"""What a vacancy says of the contract: kind, term, wage, places, trial, work at home, and the days of the calendar."""

import re
from datetime import date

from matching.exchange.cells import MONTHS, read_date
from matching.reading.draft import Found, Parts
from matching.reading.lexicon import NUMBERS, Asked, asked
from matching.reading.passages import Passage, clauses

_MONTH_NAMES = "|".join((*MONTHS, "january", "february", "march", "may", "june", "july", "august", "october"))
DATE = re.compile(
    (
        rf"\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}"
        rf"|(?:\d{{1,2}}\s+)?(?:{_MONTH_NAMES})\s+\d{{4}}"
    ),
    re.I,
)
_ENGLISH_MONTHS = dict(
    zip(
        ("january", "february", "march", "may", "june", "july", "august", "october"),
        ("januari", "februari", "maart", "mei", "juni", "juli", "augustus", "oktober"),
        strict=True,
    )
)
_AT_ONCE = re.compile(
    (
        r"\b(?:per direct|direct beschikbaar|(?:kan|kunt|kun je|mag) (?:meteen|direct) beginnen"
        r"|start(?:en)? (?:direct|meteen)|start immediately|immediately|zo snel mogelijk|per nu)\b"
    ),
    re.I,
)
_STARTS = re.compile(r"\b(?:start\w*|begin\w*|ingang\w*|per|vanaf|aanvang|from|beschikbaar|available)\b", re.I)
_CLOSES = re.compile(
    r"\b(?:sluitingsdatum|sluit|reageer|reageren|solliciteer|solliciteren|uiterlijk|deadline|v[oó]+r)\b", re.I
)
_KINDS = (
    ("secondment", r"\bdetacher\w+|\bgedetacheerd\b|\bsecondment\b"),
    ("bbl", r"\bbbl\b|\bleerbaan\b|\bleerwerk\w*|\bleer-werk\w*"),
    ("internship", r"\bstage(?:plek|plaats|plaatsen)?\b|\binternship\b"),
    ("work_experience", r"\bwerkervarings(?:plek|plaats)\w*"),
    (
        "job",
        (
            r"^tijdelijk\b|\b(?:arbeidsovereenkomst|(?:vast|tijdelijk|jaar)\s?contract|jaarcontract"
            r"|oproepcontract|contract (?:voor|van|for|of)|aanstelling|fixed-term contract"
            r"|vast dienstverband|vaste baan)\b"
        ),
    ),
)
_TERM = re.compile(
    r"\b(?:contract|overeenkomst|aanstelling|duur|bepaalde tijd|detachering|period[eo]?"
    r"|proefperiode|looptijd|tijdelijk)\b[^.\n\d€]{0,42}?\b(?P<n>\d{1,2}|een|één|twee|drie|zes"
    r"|zeven|acht|negen|twaalf|half|halfjaar)\s*(?P<unit>maanden|maand|mnd|months|jaar|year)"
    r"|\b(?P<year>jaarcontract|halfjaarcontract)\b",
    re.I,
)
_WAGE = re.compile(
    (
        r"(?:€|eur(?:o)?)\s*(?P<low>\d{1,3}[.,]\d{2})(?:\s*(?:-|–|tot|en"
        r"|to)\s*(?:€\s*)?(?P<high>\d{1,3}[.,]\d{2}))?[^.\n]{0,18}?\b(?:per uur|p/u|uur|per hour|hour)\b"
    ),
    re.I,
)
_BARE_WAGE = re.compile(r"(?P<low>\d{1,2}[.,]\d{2})(?:\s*(?:-|–|tot)\s*(?P<high>\d{1,2}[.,]\d{2}))?")
_POSITIONS = re.compile(
    (
        r"\b(?P<n>\d{1,2}|twee|drie|vier|vijf|zes)\s+(?:plekken|plaatsen|vacatures|functies|posities"
        r"|keukenhulpen|medewerkers|kandidaten|collega's|positions)\b"
    ),
    re.I,
)
_TRIAL = re.compile(r"\bproefplaats\w*", re.I)
_HOME = re.compile(
    (
        r"\b(?:(?P<share>\d{1,3})\s?%[^.\n]{0,20}thuis|(?P<half>de helft van de tijd|half) (?:thuis"
        r"|vanuit huis)|volledig (?:thuis|op afstand)|fully remote)"
    ),
    re.I,
)


def read_contract(parts: Parts, text: str, one: Passage, today: date) -> None:
    """Kind and term of the contract, wage, number of places, trial, work at home, start."""
    words = text[one.start : one.end]
    for kind, pattern in _KINDS:
        match = re.search(pattern, words, re.I)
        if (
            match
            and asked(words) is not Asked.NO
            and not re.search(r"\buitzicht op\b[^.,]*$", words[: match.start()], re.I)
            and not any(part.field == "kind" for part in parts.parts)
        ):
            parts.add("kind", Found(kind, one.start + match.start(), one.start + match.end(), 0.8))
    term = _TERM.search(text, one.start, one.end)
    if term is None and one.label == "contract":
        term = re.compile(r"(?P<n>\d{1,2}|een|één|twee)\s*(?P<unit>maanden|maand|mnd|jaar)(?P<year>\b)").search(
            text, one.start, one.end
        )
    if term and not re.search(r"proeft?ijd|proefplaatsing", term[0], re.I):
        months = _months(term)
        if months:
            parts.add_all("contract_months", [Found(months, term.start(), term.end(), 0.85)])
    wage = _WAGE.search(text, one.start, one.end) or (
        _BARE_WAGE.search(text, one.start, one.end) if one.label == "wage" else None
    )
    if wage:
        low, high = (float(value.replace(",", ".")) if value else None for value in (wage["low"], wage["high"]))
        if low is not None and 5 <= low <= 100:
            said = {"eurosPerHourMin": low} | ({"eurosPerHourMax": high} if high else {})
            parts.add_all("wage", [Found(said, wage.start(), wage.end(), 0.9)])
    places = _POSITIONS.search(text, one.start, one.end)
    if places or (
        one.label == "positions" and (places := re.compile(r"(?P<n>\d{1,3})").search(text, one.start, one.end))
    ):
        n = int(places["n"]) if places["n"].isdigit() else int(NUMBERS[places["n"].lower()])
        if n >= 1 and one.section not in ("offer",) and not re.search(r"\bmet\s*$", text[one.start : places.start()]):
            parts.add_all("positions", [Found(n, places.start(), places.end(), 0.8)])
    if match := _TRIAL.search(text, one.start, one.end):
        parts.add_all("trial_possible", [Found(asked(words) is not Asked.NO, match.start(), match.end(), 0.85)])
    if match := _HOME.search(text, one.start, one.end):
        share = int(match["share"]) / 100 if match["share"] else 0.5 if match["half"] else 1.0
        parts.add_all("remote_share", [Found(min(share, 1.0), match.start(), match.end(), 0.85)])
    read_dates(parts, text, one, today)


def _months(term: re.Match[str]) -> int | None:
    """The months of a term: "7 maanden", "een jaar", "een half jaar", "jaarcontract"."""
    if term["year"]:
        return 6 if term["year"].lower().startswith("half") else 12
    n = term["n"].lower()
    if n in ("half", "halfjaar"):
        return 6
    amount = float(n) if n.isdigit() else NUMBERS[n]
    return round(amount * (12 if term["unit"].lower() in ("jaar", "year") else 1))


def read_dates(parts: Parts, text: str, one: Passage, today: date) -> None:
    """The start of the work and the last day to react."""
    for start, end in clauses(text, one.start, one.end):
        words = text[start:end]
        if (match := _AT_ONCE.search(text, start, end)) and one.section != "procedure":
            parts.add_all("start_on", [Found(today.isoformat(), match.start(), match.end(), 0.85)])
        for match in DATE.finditer(text, start, end):
            day = read_day(match[0], today)
            if day is None:
                continue
            before = text[max(one.start, match.start() - 60) : match.start()]
            if _CLOSES.search(before):
                parts.add_all("closes_on", [Found(day.isoformat(), match.start(), match.end(), 0.85)])
            elif (one.label == "start" or _STARTS.search(before)) and one.section != "procedure":
                parts.add_all("start_on", [Found(day.isoformat(), match.start(), match.end(), 0.9)])
        if one.label == "start" and re.search(r"direct|zsm|z\.s\.m|meteen", words, re.I):
            parts.add_all("start_on", [Found(today.isoformat(), start, end, 0.85)])


def read_day(words: str, today: date) -> date | None:
    """A day as Dutch or English people write it; without a year it stays unknown."""
    dutch = re.sub(r"[a-z]+", lambda match: _ENGLISH_MONTHS.get(match[0], match[0]), words.lower())
    return read_date(dutch, today=today).value
