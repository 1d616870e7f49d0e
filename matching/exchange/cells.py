"""Reading one Dutch spreadsheet cell: text, lists, numbers, dates, yes or no, and words of closed lists.

Called by `fields` (files) and free for whoever reads what a person typed. Hours and dayparts are in `times`; education,
languages, licences and capacities in `answers`. No reader raises on a cell: what it cannot read comes back as a reason.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Generic, TypeAlias, TypeVar

from rapidfuzz import fuzz, process

from matching.exchange.words import plain

T = TypeVar("T")
E = TypeVar("E", bound=Enum)
Cell: TypeAlias = str | date

MAX_CELL = 32_767  # characters; what Excel itself allows in a cell
BLANK = frozenset(
    {"onbekend", "nvt", "n.v.t.", "n.v.t", "nb", "n.b.", "n.b", "niet bekend", "nog niet bekend", "nog onbekend"}
    | {"niet ingevuld", "geen gegevens", "niet van toepassing", "unknown", "n/a", "null", "leeg", "weet niet"}
)
NONE_SAID = frozenset({"geen", "nee", "niet", "niets", "none", "nee geen", "geen enkele", "geen van deze"})
YES = frozenset({"ja", "j", "yes", "y", "true", "waar", "x", "1", "akkoord", "wel", "jazeker", "v"})
NO = frozenset({"nee", "n", "no", "false", "onwaar", "0", "niet akkoord", "niet", "geen", "geen akkoord"})
_MONTHS_1 = ("januari", "februari", "maart", "april", "mei", "juni")
MONTHS = (*_MONTHS_1, "juli", "augustus", "september", "oktober", "november", "december")
SPREADSHEET_ERRORS = re.compile(
    r"#(N/A|N/B|REF!|VERW!|VALUE!|WAARDE!|NAME\?|NAAM\?|DIV/0!|DEEL/0!|NUM!|GETAL!|NULL!|LEEG!)"
)
_EXCEL_EPOCH = date(1899, 12, 30)
_TYPING_ERROR = 90.0  # of 100: one letter wrong in about eight


@dataclass(frozen=True)
class Reading(Generic[T]):
    """What a cell says: a value, or None with nothing else (unknown), or a reason code with the words kept.

    `words` holds what could not be read. With a value beside it, the rest of the cell was read. The words are for the
    person who imports, so they stay out of `repr`, and with that out of logs.
    """

    value: T | None = None
    reason: str | None = None
    words: str | None = field(default=None, repr=False)


def unread(reason: str, words: str) -> "Reading[T]":
    """Nothing read, for this reason."""
    return Reading(None, reason, words)


def said(cell: Cell) -> str:
    """A cell as text; a date as Excel gives it in the Dutch way of writing."""
    if isinstance(cell, date):
        return f"{cell.day:02d}-{cell.month:02d}-{cell.year}"
    return cell.strip()


def is_blank(cell: Cell | None) -> bool:
    """Nobody answered: empty, only punctuation ("-", "?"), or a word for not knowing ("onbekend", "n.v.t.")."""
    if cell is None or isinstance(cell, date):
        return cell is None
    text = cell.strip().lower()
    return text in BLANK or not any(letter.isalnum() for letter in text)


def is_none_said(text: str) -> bool:
    """Somebody answered: none."""
    return plain(text) in NONE_SAID


def _unquoted(text: str) -> str | None:
    """The text within double quotes that span all of it (an export writes so what would read as something else)."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        inner = text[1:-1]
        if '"' not in inner.replace('""', ""):
            return inner.replace('""', '"')
    return None


def quoted(text: str) -> str:
    """The text so that `read_text` and `read_texts` give exactly it back as one item."""
    plain_item = re.fullmatch(r"\w[\w .()'+&:-]*", text) is not None and "--" not in text
    if plain_item and not is_blank(text) and not is_none_said(text) and _balanced(text) and not text.startswith("#"):
        return text
    return '"' + text.replace('"', '""') + '"'


def _balanced(text: str) -> bool:
    return "(" not in text and ")" not in text


def read_text(cell: Cell, max_length: int = 200) -> Reading[str]:
    """One text of at most `max_length` characters."""
    text = said(cell)
    inner = _unquoted(text)
    if inner is None and is_blank(text):
        return Reading()
    text = text if inner is None else inner
    if len(text) > max_length:
        return Reading(None, "text.too_long", text)
    return Reading(text)


def split_list(text: str, *, on_slash: bool = True) -> list[str]:
    """The items of a list in a cell, separated by newline, semicolon, comma or slash.

    Not separated: what stands in brackets or double quotes, decimal commas, and the two forms of one title
    ("gastvrouw/gastheer", "m/v").
    """
    items, item, depth, in_quotes, doubled = [], "", 0, False, False
    for position, letter in enumerate(text):
        before, after = text[position - 1 : position], text[position + 1 : position + 2]
        if doubled:
            doubled = False
        elif letter == '"' and in_quotes and after == '"':
            doubled = True
        elif letter == '"' and (in_quotes or not item.strip()):
            in_quotes = not in_quotes
        elif not in_quotes and letter in "([":
            depth += 1
        elif not in_quotes and letter in ")]":
            depth = max(0, depth - 1)
        separates = (
            letter in "\n;"
            or (letter == "," and not (before.isdigit() and after.isdigit()))
            or (letter == "/" and on_slash and not _two_forms(item, text[position + 1 :]))
        )
        if separates and not in_quotes and (depth == 0 or (letter in "\n;" and ")" not in text[position:])):
            items.append(item)
            item, depth = "", 0
        else:
            item += letter
    stripped = (re.sub(r"^\s*[•*·–-]\s+", "", part).strip() for part in (*items, item))
    return [part for part in stripped if part]


def _two_forms(before: str, after: str) -> bool:
    """Whether a slash stands between two forms of one word: gastvrouw/gastheer, verkoper/-ster, m/v/x, en/of, p/w."""
    left = plain(before).rsplit(" ", 1)[-1]
    right = plain(re.split(r"[,;\n]", after, maxsplit=1)[0]).split(" ", 1)[0]
    if after[:1] == "-" or (left, right) in {("en", "of"), ("p", "w"), ("man", "vrouw"), ("vrouw", "man")}:
        return True
    if {left, right} <= {"m", "v", "x"} or (left.endswith("vrouw") and right.endswith("heer")):
        return True
    n_shared = len([1 for a, b in zip(left, right, strict=False) if a == b])
    shared = next((n for n in range(n_shared, 2, -1) if left[:n] == right[:n]), 0)
    return shared >= 3 and shared >= min(len(left), len(right)) - 4


def read_texts(cell: Cell, max_length: int = 200, max_items: int = 50) -> Reading[list[str]]:
    """A list in somebody's own words; "geen" alone is the empty list."""
    text = said(cell)
    items = split_list(text)
    if len(items) == 1 and _unquoted(items[0]) is None:
        if is_none_said(text):
            return Reading([])
        if is_blank(text):
            return Reading()
    if not items:
        return Reading()
    value: list[str] = []
    for item in items:
        inner = _unquoted(item)
        if inner is not None:
            value.append(inner)
        elif not is_blank(item):
            value.append(item)
    value = list(dict.fromkeys(value))
    if len(value) > max_items:
        return Reading(None, "list.too_many", text)
    if any(len(item) > max_length for item in value):
        return Reading(None, "text.too_long", text)
    return Reading(value or None)


def find_term(text: str, table: Mapping[str, E]) -> E | None:
    """The one term that these words stand for: exactly, or with a typing error in words of six letters or more.

    A typing error leaves no word out: "elektrische fiets, ov" is more than an e-bike.
    """
    words = plain(text)
    if words in table:
        return table[words]
    if len(words) < 6 or any(digit.isdigit() for digit in words):
        return None
    near = process.extract(words, table.keys(), scorer=fuzz.ratio, score_cutoff=_TYPING_ERROR, limit=5)
    terms = {table[key] for key, _, _ in near if len(key.split()) >= len(words.split())}
    return terms.pop() if len(terms) == 1 else None


def read_term(cell: Cell, table: Mapping[str, E]) -> Reading[E]:
    """One member of a closed list."""
    text = said(cell)
    term = find_term(text, table)
    if term is not None:
        return Reading(term)
    return Reading() if is_blank(text) else Reading(None, "term.not_known", text)


def read_terms(cell: Cell, table: Mapping[str, E], *, whole: bool = False) -> Reading[list[E]]:
    """Members of a closed list. "geen" is the empty list.

    `whole`: one part that is not understood makes the list unknown. So for what somebody *has*: a list that
    lacks what we could not read would say that she has it not, and that excludes, where unknown does not.
    """
    text = said(cell)
    if plain(text) not in table:
        if is_none_said(text):
            return Reading([])
        if is_blank(text):
            return Reading()
    value, missed = find_terms(text, table)
    if missed and (whole or not value):
        return Reading(None, "list.not_understood", "; ".join(missed))
    if missed:
        return Reading(value, "list.partly_understood", "; ".join(missed))
    return Reading(value)


def find_terms(text: str, table: Mapping[str, E]) -> tuple[list[E], list[str]]:
    """The terms of a list, in its order, and the parts that stand for none ("geen ..." never stands for a term).

    A whole list is never one term with a typing error ("doelgroepregister, wia" is two), so only parts may have one.
    """
    one = table.get(plain(text))
    if one is not None and not re.search(r"[,;\n]", text):
        return [one], []
    value: list[E] = []
    missed: list[str] = []
    for part in split_list(text):
        term = find_term(part, table)
        pieces = [part] if term else re.split(r"\s+(?:en|of|plus|met|and|\+|&)\s+|\s*[+&]\s*", part)
        for piece in pieces:
            term = find_term(piece, table)
            if term is not None:
                value.append(term)
            elif not is_blank(piece):
                missed.append(piece)
    return list(dict.fromkeys(value)), missed


def read_yes_no(cell: Cell) -> Reading[bool]:
    """Yes or no: "ja", "x" and "akkoord", or "nee", "niet akkoord"."""
    text = plain(said(cell))
    if text in YES or text.startswith("ja "):
        return Reading(True)
    if text in NO or text.startswith("nee "):
        return Reading(False)
    return Reading() if is_blank(cell) else Reading(None, "yes_no.not_understood", said(cell))


def number(text: str) -> float | None:
    """A number as Dutch people and machines write it: "24,5", "24.5", "1.250,00"."""
    bare = text.strip().replace(" ", "").removeprefix("€")
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+", bare):
        bare = bare.replace(".", "")
    bare = bare.replace(",", ".")
    return float(bare) if re.fullmatch(r"\d{1,9}(\.\d+)?", bare) else None


def read_number(
    cell: Cell, low: float, high: float, *, units: Sequence[str] = (), factor: float = 1.0
) -> Reading[float]:
    """One number within [low, high], with or without its unit behind it ("6 maanden"); `factor` scales it."""
    if isinstance(cell, date):
        return Reading(None, "cell.date_not_expected", said(cell))
    if is_blank(cell):
        return Reading()
    words = cell.strip().lower()
    for unit in sorted(units, key=len, reverse=True):
        if words.endswith(unit):
            words = words.removesuffix(unit)
            break
    value = number(re.sub(r"^(max\.?|maximaal|min\.?|minimaal|ca\.?|ongeveer|eur|euro)\s*", "", words))
    if value is None:
        return Reading(None, "number.not_understood", cell)
    value *= factor
    return Reading(value) if low <= value <= high else Reading(None, "number.out_of_range", cell)


def read_whole(cell: Cell, low: int, high: int, *, units: Sequence[str] = ()) -> Reading[int]:
    """One whole number within [low, high]."""
    reading = read_number(cell, low, high, units=units)
    if reading.value is None:
        return Reading(None, reading.reason, reading.words)
    if reading.value != int(reading.value):
        return Reading(None, "number.not_whole", said(cell))
    return Reading(int(reading.value))


def read_minutes(cell: Cell, *, in_hours: bool = False) -> Reading[int]:
    """Minutes of travel: "45", "45 min", "1 uur", "1,5 uur", "1:15", "30-45 minuten" (the longest counts).

    A distance is no time and stays unknown; so does a bare number below 5, which may be hours.
    """
    if isinstance(cell, date):
        return Reading(None, "cell.date_not_expected", said(cell))
    if is_blank(cell):
        return Reading()
    text = re.sub(r"\b(max\.?|maximaal|tot|ongeveer|ca\.?|enkele reis|reistijd)(?=\W|\d|$)", " ", cell.lower()).strip()
    text = text.replace("anderhalf uur", "1,5 uur").replace("half uur", "0,5 uur").replace("een uur", "1 uur")
    text = re.sub(r"^een (?=0,5)", "", text).replace("een kwartier", "15 min").replace("drie kwartier", "45 min")
    clock = re.fullmatch(r"(\d):(\d\d)(?:\s*(?:uur|u))?", text)
    parts = re.fullmatch(r"(\d)\s*(?:uur|u)\s*(?:en\s*)?(\d\d?)\s*(?:min\w*\.?)?", text)
    spread = re.fullmatch(r"(?:[\d,.]+\s*(?:-|–|à|a|of)\s*)?([\d,.]+)\s*(min\w*\.?|m|'|uur|uren|u)?\.?", text)
    minutes: float | None = None
    if match := clock or parts:
        minutes = int(match[1]) * 60 + int(match[2])
    elif spread and (amount := number(spread[1])) is not None:
        unit = spread[2] or ("uur" if in_hours else "")
        if not unit and amount < 5:
            return Reading(None, "minutes.unit_missing", cell)
        minutes = amount * 60 if unit.startswith("u") else amount
    if minutes is None:
        return Reading(
            None, "minutes.distance" if "km" in text or "kilometer" in text else "minutes.not_understood", cell
        )
    return Reading(round(minutes)) if minutes <= 240 else Reading(None, "number.out_of_range", cell)


def _date_of(year_digits: str, month: int, day: int) -> date | None:
    year = int(year_digits)
    if len(year_digits) == 2:
        year += 2000 if year < 80 else 1900
    try:
        return date(year, month, day)
    except ValueError:
        return None


def read_date(cell: Cell, *, today: date) -> Reading[date]:
    """A day: "01-03-2027", "1-3-27", "1 maart 2027", "maart 2027", ISO, an Excel date; "per direct" is today.

    Day before month, always. A date without a year stays unknown: which year depends on when one reads it.
    """
    if isinstance(cell, datetime):
        return Reading(cell.date())
    if isinstance(cell, date):
        return Reading(cell)
    if is_blank(cell):
        return Reading()
    text = re.sub(
        r"^(?:per|vanaf|op|tot|sinds|ingaande|ma|di|wo|do|vr|za|zo|\w+dag)\s+(?=\d|[a-z])", "", cell.strip().lower()
    )
    found: date | None = None
    if is_at_once(cell):
        found = today
    elif match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[t ][\d:.]+z?)?", text):
        found = _date_of(match[1], int(match[2]), int(match[3]))
    elif match := re.fullmatch(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: 0?0:00(?::00)?)?", text):
        found = _date_of(match[3], int(match[2]), int(match[1]))
    elif match := re.fullmatch(r"(?:(\d{1,2})(?:e|ste|de)?[- ])?([a-z]+)\.?[- ]'?(\d{4}|\d{2})", text):
        months = [n for n, name in enumerate(MONTHS, 1) if len(match[2]) >= 3 and name.startswith(match[2])]
        months = months or [n for n, name in ((3, "mrt"), (8, "aug"), (10, "okt")) if name == match[2]]
        found = _date_of(match[3], months[0], int(match[1] or 1)) if len(months) == 1 else None
    elif re.fullmatch(r"\d{5}(\.0+)?", text) and 36_526 <= float(text) <= 73_050:
        found = _EXCEL_EPOCH + timedelta(days=int(float(text)))  # the day number of a cell that lost its date format
    elif re.fullmatch(r"\d{1,2}[-/. ]\d{1,2}|\d{1,2} [a-z]+|[a-z]+", text):
        no_year = bool(re.search(r"\d", text)) or text in MONTHS
        return Reading(None, "date.no_year" if no_year else "date.not_understood", cell)
    return Reading(None, "date.not_understood", cell) if found is None else Reading(found)


def is_at_once(cell: Cell) -> bool:
    """Whether the cell says "now" without naming a day."""
    return plain(said(cell)) in {"per direct", "direct", "nu", "meteen", "per heden", "heden", "zo snel mogelijk",
        "z s m", "zsm",
        "direct beschikbaar", "per direct beschikbaar", "vandaag", "asap", "per nu"}  # fmt: skip


def read_postcode(cell: Cell) -> Reading[str]:
    """Four digits; letters behind them are dropped."""
    text = said(cell)
    if is_blank(text):
        return Reading()
    match = re.fullmatch(r"(?:NL[- ]?)?([1-9]\d{3})\s*(?:[A-Za-z]{2})?(?:[ ,]+[A-Za-z' -]+)?", text)
    return Reading(match[1]) if match else Reading(None, "postcode.not_understood", text)


def read_region(cell: Cell, names: Mapping[str, str]) -> Reading[str]:
    """The code of a labour-market region, from its code or its name; `names` goes from plain names to codes."""
    text = said(cell)
    if is_blank(text):
        return Reading()
    if match := re.fullmatch(r"(AM\d{2})\b.*", text.upper()):
        return Reading(match[1])
    words = re.sub(r"^(arbeidsmarktregio|regio) ", "", plain(text))
    code = names.get(words) or names.get(f"regio {words}")
    return Reading(code) if code else Reading(None, "region.not_known", text)
