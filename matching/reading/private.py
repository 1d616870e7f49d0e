"""What of a text is about a person and may not be copied into a draft: found, hidden from the readers, and counted.

Names, contact data, birth, age, origin, civil status, citizen service numbers, and words on health, debts and the like.
It says of which kind something was, never what.
"""

import re
from collections.abc import Iterator

from matching.exchange.sensitive import is_bsn, is_day, is_sensitive, without_contact
from matching.reading.draft import HIDDEN

_NAME = (
    r"(?:(?:van|de|den|der|el|al|ten|ter|te|la|bin|ben|von|da|dos"
    r"|ibn)\s+){0,3}[A-Z][^\W\d_]+(?:-[A-Z][^\W\d_]+)?"
)
_INITIALS = r"(?:[A-Z]\.[ ]?){1,4}"
_PERSON = rf"(?:{_INITIALS})?{_NAME}(?:[ ]+{_NAME}){{0,3}}"
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@\w[\w-]{0,62}(?:\.[\w-]{1,63}){0,5}")
_PHONE = re.compile(r"(?<![\d+])(?:(?:\+|00)\d{2}|\(0\d{0,3}\)|0)(?:[ .()–-]{0,3}\d){6,10}(?!\d)")
_DATE = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ]\d{2,4}|\d{4}[-/]\d{1,2}[-/]\d{1,2}")
_NUMBER = re.compile(r"(?<![\d.,-])(?:\d{8,9}|\d{4}[. ]\d{2}[. ]\d{3}|\d{3}[. -]\d{3}[. -]\d{3})(?![\d]|[.,]\d)")
_STREET = re.compile(
    r"\b(?:[A-Z][\w'’.-]{0,40}[ ]){0,3}[A-Z]?[\w'’-]{0,40}(?:straat|laan|weg|plein|kade|singel|gracht|dreef"
    r"|hof|pad|steeg|dijk|markt"
    r"|plantsoen|hoek|wal|baan)[ ]+\d{1,5}[ ]?[a-zA-Z]?(?![\w.])"
)

# A whole line by its label; the value is what follows the label.
_LINES = {
    "name": r"naam|name|achternaam|voornaam(?:en)?|voornamen|roepnaam|volledige naam|naam kandidaat"
    r"|contactpersoon"
    r"|contact person|referenties?|references?",
    "birth_date": r"geboortedatum|geb\.?[ ]?datum|geboren(?: op| te)?|date of birth|born"
    r"|geboorteplaats(?: en -datum)?"
    r"|geboorteplaats|place of birth|geboortejaar",
    "age": r"leeftijd|age",
    "nationality": r"nationaliteit|nationality|geboorteland|land van herkomst|country of birth|herkomst",
    "civil_status": r"burgerlijke staat|burgelijke staat|marital status|gezinssituatie|kinderen",
    "gender": r"geslacht|gender|sex",
    "religion": r"geloof|religie|godsdienst|religion",
    "bsn": r"bsn|burgerservicenummer|sofinummer|sofi-?nummer",
    "address": r"adres|address|straat(?: en huisnummer)?",
}
_LINE = {
    kind: re.compile(rf"^[ \t]*(?:{words})(?:[ \t]*[:|\t]|[ ]{{1,}}(?=\S))[ \t:|]*(?P<value>[^\n]+)", re.I | re.M)
    for kind, words in _LINES.items()
}
# The first lines of a CV, a greeting, the end of a letter, and where a sentence names somebody.
_NAMED = [
    re.compile(
        (
            rf"(?i:^[ \t]*(?:curriculum vitae|c\.?v\.?|resume|profiel)(?:[ ]+(?:van|of|:"
            rf"|-))?)[ ]+(?P<value>{_PERSON}(?:[ ][A-Z]\.)?)[ ]*$"
        ),
        re.M,
    ),
    re.compile(
        (
            r"(?i:^[ \t]*(?:hoi|hallo|hey|beste|dag|geachte|lieve|dear))[ ]+(?!(?:collega|heer|mevrouw"
            r"|meneer|meneer,|allen|sir)\b)(?P<value>[^\n,!.]{2,40})[ ]*[,!]?[ ]*$"
        ),
        re.M,
    ),
    re.compile(
        rf"(?i:\b(?:met vriendelijke groet(?:en)?|vriendelijke groet(?:en)?|hartelijke groet(?:en)?"
        rf"|hoogachtend|mvg|groet(?:en|jes)?|kind regards"
        rf"|regards)\b)[, ]*(?:van[ ]+)?(?:\n[ \t]*){{0,2}}(?P<value>{_PERSON})"
    ),
    re.compile(
        rf"\b(?i:mijn naam is|ik heet|heet|genaamd|my name is|i am"
        rf"|ik ben)[ ]+(?P<value>{_NAME}(?:[ ]+{_NAME}){{0,2}})"
    ),
    re.compile(rf"\b(?i:dhr\.?|de heer|mevr\.?|mevrouw|mw\.?|meneer|mr\.|mrs\.|ms\.)[ ]*(?P<value>{_PERSON})"),
    re.compile(
        rf"\b(?i:bel(?: maar| even)?(?: met)?|app|appen|mail|mailen|bellen|vraag|vragen"
        rf"|contact op(?: nemen)?|inlichtingen|informatie|reageren|aanmelden|recruiter|contactpersoon"
        rf"|leidinggevende|teamleider|werkbegeleider|via|bij|naar|met|vragen\?)(?:[ ]+(?:met|bij|naar"
        rf"|op|via|aan|van|onze|recruiter"
        rf"|teamleider)){{0,2}}[ ]+(?P<value>{_PERSON})(?=[^\n.]{{0,40}}(?:\ue000|teamleid|recruiter"
        rf"|adviseur|hoofd\b|\d{{3}}))"
    ),
    re.compile(
        rf"\b(?i:onze|de|mijn)[ ]+(?i:recruiter|teamleider|adviseur|jobcoach|werkbegeleider|begeleider"
        rf"|coach|consulent|klantmanager)[ ]+(?P<value>(?!heet){_PERSON})"
    ),
    re.compile(rf"(?i:\bstuur\b[^\n.]{{0,60}}\bnaar)[ ]+(?P<value>{_PERSON})"),
    re.compile(rf"(?i:\b(?:hallo|hoi|hey)[ ]+met)[ ]+(?P<value>{_PERSON})"),
]
_FIRST_LINE = re.compile(
    rf"\A\s*(?!(?:Curriculum|Persoonlijke|Personal|Profiel|Werk|Mijn|Over|Motivatie|Sollicitatie|Intake|Gesprek)\b)"
    rf"(?P<value>(?:{_INITIALS}|[A-Z][a-zà-ÿ]+\s){_PERSON})[ ]*(?=\n|\Z)"
)
_AGE = re.compile(
    r"(?i)\b(?:ik ben|is|i am|ben)[ ]+(?:nu[ ]+)?(?P<value>\d{2}[ ]+(?:jaar|jr|years)(?:[ ]+(?:oud|old|jong))?)"
    r"|\b(?P<alone>\d{2}[ ]+(?:jaar oud|years old))|\b(?P<born>(?:geboren|born)\b[^\n,;]{0,60}\d{4})"
)
_ORIGIN = re.compile(
    r"(?i)\b(?:afkomstig uit|gevlucht uit|kom(?:t)? uit|came (?:to the netherlands|from)\b[^\n.]*"
    r"|from origin)"
    r"[^\n.,;]{0,40}|\bin (?P<country>marokko|turkije|syri[eë]|eritrea"
    r"|ethiopi[eë]|somali[eë]|irak|iran|afghanistan"
    r"|polen|oekra[iï]ne|suriname|china|pakistan|india|soedan|bulgarije|roemeni[eë])\b"
)
_STATUS = re.compile(
    r"(?i)\b(?:alleenstaande?|gescheiden|gehuwd|getrouwd|weduwe|weduwnaar|samenwonend|single parent"
    r"|\d (?:kinderen|kids)|zwanger)\b(?:[ ](?:moeder|vader|ouder))?"
)


def hidden(text: str, *, about_a_person: bool) -> tuple[str, list[str]]:
    """The text with HIDDEN for every character that may not be copied (same length), and of which kinds that was.

    `about_a_person`: a CV, of which age, origin, family and health are hidden as well.
    """
    kinds: list[str] = []
    names: list[str] = []
    readable = text

    def hide(kind: str, start: int, end: int) -> None:
        nonlocal readable
        piece = readable[start:end]
        end = start + len(piece.rstrip())
        if end > start and set(piece[: end - start]) - {HIDDEN, " ", "\n", ".", ","}:
            kinds.append(kind)
            if kind == "name":
                names.append(text[start:end])
            masked = "".join(letter if letter == "\n" else HIDDEN for letter in readable[start:end])
            readable = readable[:start] + masked + readable[end:]

    for kind, start, end in _contact(text):
        hide(kind, start, end)
    for kind, pattern in _LINE.items():
        if about_a_person or kind in ("name", "bsn"):
            for match in pattern.finditer(readable):
                stop = _until_next_column(match["value"])
                if kind == "address" and not any(letter.isdigit() for letter in match["value"]):
                    continue
                if kind == "address":
                    street = _STREET.search(match["value"]) or re.match(r"[^,\d]+\d+\s?\w?(?=,|$)", match["value"])
                    stop = street.end() if street else 0
                hide(kind, match.start("value"), match.start("value") + stop)
    for match in _STREET.finditer(readable):
        hide("address", match.start(), match.end())
    for pattern in (*_NAMED, *((_FIRST_LINE,) if about_a_person else ())):
        for match in pattern.finditer(readable):
            if _is_a_name(match["value"]):
                hide("name", match.start("value"), match.end("value"))
    for first_name in _first_names(names):
        for match in re.finditer(rf"\b{re.escape(first_name)}\b", readable):
            hide("name", match.start(), match.end())
    if about_a_person:
        for kind, one, last in _of_a_life(readable):
            hide(kind, one, last)
        for one, last in _sensitive(readable):
            hide("sensitive", one, last)
    return readable, kinds


_NO_NAMES = re.compile(
    r"^(?i:je|jij|u|wij|we|ik|ons|onze|een|(?:het|de) [a-z]|heer|mevrouw|collega|hr|p&o|human"
    r"|sollicit\w*|whatsapp|website|curriculum"
    r"|personeelszaken|nederland\w*|engels|duits|linkedin|arabisch|rijbewijs|vca|mbo|excel|word)\b"
)


def _first_names(names: list[str]) -> set[str]:
    """The first of each name, to hide it elsewhere too; a family name is often a trade as well."""
    known = (re.fullmatch(r"([A-Z][a-zà-ÿ]{2,})(?:\s+[A-Za-zà-ÿ.'-]+){0,4}", name) for name in names)
    return {match[1] for match in known if match and _is_a_name(match[1])}


def _is_a_name(words: str) -> bool:
    return not _NO_NAMES.match(words.strip())


def _until_next_column(value: str) -> int:
    """Where a labelled value ends: at a column's edge (three spaces, a tab, a bar) or the end of the line."""
    match = re.search(r"\s{3,}|\t|\|", value)
    return match.start() if match else len(value)


def _contact(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _EMAIL.finditer(text):
        yield "email", match.start(), match.end()
    for match in _NUMBER.finditer(text):
        if is_bsn(match[0]) and not is_day(match[0]):
            yield "bsn", match.start(), match.end()
    for match in _PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if (9 <= len(digits) <= 13 and not _DATE.match(match[0])) or without_contact(match[0])[1]:
            yield "phone", match.start(), match.end()


def _of_a_life(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _AGE.finditer(text):
        kind = "birth_date" if match["born"] else "age"
        name = next(name for name in ("value", "alone", "born") if match[name])
        yield kind, match.start(name), match.end(name)
    for match in _ORIGIN.finditer(text):
        yield "nationality", match.start(), match.end()
    for match in _STATUS.finditer(text):
        yield "civil_status", match.start(), match.end()


def _sensitive(text: str) -> Iterator[tuple[int, int]]:
    """The words on health, debts and the like: the fewest words together that are sensitive, else the whole line."""
    for line in re.finditer(r"[^\n]+", text):
        if not is_sensitive(line[0]):
            continue
        words = [(line.start() + one.start(), line.start() + one.end()) for one in re.finditer(r"\S+", line[0])]
        covered: set[int] = set()
        for n in (1, 2, 3, 4):
            for first in range(len(words) - n + 1):
                span = range(first, first + n)
                if covered.isdisjoint(span) and is_sensitive(text[words[first][0] : words[first + n - 1][1]]):
                    covered.update(span)
                    yield words[first][0], words[first + n - 1][1]
        if not covered:
            yield line.start(), line.end()
