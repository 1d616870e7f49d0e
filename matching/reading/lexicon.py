"""Words by which readers find their way in running text: members of closed lists, denials and wishes, verbs of work."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Generic, TypeVar

from matching.exchange.words import plain

E = TypeVar("E", bound=Enum)

NUMBERS = {
    "een": 1,
    "één": 1,
    "twee": 2,
    "drie": 3,
    "vier": 4,
    "vijf": 5,
    "zes": 6,
    "zeven": 7,
    "acht": 8,
    "negen": 9,
    "tien": 10,
    "elf": 11,
    "twaalf": 12,
    "zestien": 16,
    "twintig": 20,
    "vierentwintig": 24,
    "tweeëndertig": 32,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "twelve": 12,
    "anderhalf": 1.5,
}


class Asked(StrEnum):
    """What a clause says of what it names: asked, wished, or said not to be needed."""

    YES = "yes"
    WISHED = "wished"
    NO = "no"


_UNACCENTED = str.maketrans("áàâäéèêëíìîïóòôöúùûüçñ", "aaaaeeeeiiiioooouuuucn")
_NOT = re.compile(
    r"\b(?:niet|geen|zonder|nvt|n v t|onnodig|overbodig|nooit|not|no|without|maakt niet uit)\b"
    r"|\bhoef(?:t|je)?\b|^nee\b"
)
_NOT_A_DENIAL = re.compile(
    r"\b(?:niet (?:meer dan|minder dan|langer dan|later dan|alleen)|zo niet|niet bang"
    r"|geen probleem|no problem)\b"
)
_WISH = re.compile(
    r"\b(?:pre|gewenst|wenselijk|mooi meegenomen|meegenomen|liefst|voorkeur|voordeel|handig|fijn"
    r"|plus|pluspunt|optioneel"
    r"|tot aanbeveling|aanbeveling|welkom|graag|leuk|a plus|an advantage|preferred"
    r"|nice to have|desirable)\b"
)


def asked(clause: str) -> Asked:
    """Whether a clause asks for what it names, would like it, or says that it is not needed.

    "Handig maar hoeft niet" is a wish: who says so would like it.
    """
    words = _NOT_A_DENIAL.sub(" ", plain(clause))
    if _WISH.search(words):
        return Asked.WISHED
    return Asked.NO if _NOT.search(words) else Asked.YES


@dataclass(frozen=True)
class Named(Generic[E]):
    """A member of a closed list that a text names, and where."""

    term: E
    start: int
    end: int
    words: str


class Scanner(Generic[E]):
    """Finds members of a closed list in running text, the longest words first, also before "-diploma" and the like."""

    def __init__(self, table: Mapping[str, E], *, without: Iterable[str] = (), extra: Mapping[str, E] | None = None):
        left_out = set(without)
        self._table = {words: term for words, term in table.items() if words not in left_out and len(words) > 1}
        self._table |= {plain(words): term for words, term in (extra or {}).items()}
        listed = sorted(self._table, key=len, reverse=True)
        spelled = (r"[\s'’./-]*".join(map(re.escape, words.split())) for words in listed)
        ending = r"(?:e|en|s|'er|[ -]?(?:certificaat|diploma|pas|verklaring|certificate))?"
        self._pattern = re.compile(rf"(?<![\w-])({'|'.join(spelled)}){ending}(?![\w])", re.I)

    def find(self, text: str, start: int, end: int) -> Iterator[Named[E]]:
        """The members named in `text[start:end]`, in the order of the text."""
        for match in self._pattern.finditer(text.translate(_UNACCENTED), start, end):
            words = plain(match[1])
            term = self._table.get(words)
            if term is not None:
                yield Named(term, match.start(), match.end(), words)


_PREFIXES = (
    "samen",
    "klaar",
    "schoon",
    "terug",
    "vast",
    "door",
    "over",
    "rond",
    "voor",
    "dicht",
    "open",
    "weg",
    "neer",
    "mee",
    "bij",
    "uit",
    "aan",
    "toe",
    "los",
    "na",
    "op",
    "in",
    "af",
    "om",
    "stuk",
    "leeg",
    "heen",
    "binnen",
    "rein",
    "goed",
    "bijeen",
)


@cache
def _word_lists() -> dict[str, frozenset[str]]:
    lists: dict[str, set[str]] = {}
    for line in files("matching.reading").joinpath("words.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            lists[line.strip("[]")] = listed = set()
        elif line and not line.startswith("#"):
            listed.update(line.split())
    return {name: frozenset(words) for name, words in lists.items()}


def word_list(name: str) -> frozenset[str]:
    """A list of `words.txt` by its name. Raises KeyError for one that is not there."""
    return _word_lists()[name]


_USUAL_VERBS = word_list("verbs")
_ENGLISH_VERBS = word_list("english verbs")
NO_TASK_VERBS = word_list("no tasks")
"""Verbs that say what somebody is, has or gets; without the heading of tasks they make no task."""


def _finite(infinitive: str) -> set[str]:
    """The forms of the present tense that a Dutch verb may have; where spelling leaves a choice, both."""
    stem = infinitive.removesuffix("en") if infinitive.endswith("en") else infinitive.removesuffix("n")
    stems = {stem}
    if re.search(r"([bcdfgklmnprst])\1$", stem):
        stems = {stem[:-1]}
    elif match := re.search(r"(?<![aeiou])([aeou])([bdfgklmnprstvz])$", stem):
        doubled = stem[: -len(match[0])] + match[1] * 2 + match[2]
        # "halen" is "haal"; of "regelen" and "sorteren" the spelling does not tell.
        stems = {doubled} if len(re.findall(r"[aeiouy]+", stem)) == 1 else {stem, doubled}
    forms: set[str] = set()
    for one in stems:
        one = one[:-1] + {"v": "f", "z": "s"}.get(one[-1:], one[-1:])
        forms |= {one, one if one.endswith("t") else one + "t"}
    return forms


@lru_cache(maxsize=4)
def task_verbs(labels: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """Verbs of work, as infinitives and in the present tense: those of `labels` (skills, tasks) and the usual ones."""
    infinitives = set(_USUAL_VERBS)
    for label in labels:
        last = plain(label).rsplit(" ", 1)[-1]
        if last.endswith("en") and len(last) > 4 and " " in label.strip():
            infinitives.add(last)
    infinitives -= {
        "mensen",
        "dingen",
        "spullen",
        "kinderen",
        "klanten",
        "dieren",
        "planten",
        "water",
        "toezicht",
        "lijnen",
        "tafelen",
    }
    for verb in list(infinitives):
        prefix = next((one for one in _PREFIXES if verb.startswith(one) and len(verb) - len(one) > 4), None)
        if prefix:
            infinitives.add(verb.removeprefix(prefix))
    finite = {form for verb in infinitives for form in _finite(verb) if len(form) > 2}
    finite -= {
        "was",
        "kast",
        "plant",
        "plan",
        "werk",
        "werkt",
        "staat",
        "zit",
        "pers",
        "dek",
        "druk",
        "pakt in",
        "maat",
    } - {"was"}
    return frozenset(infinitives), frozenset(finite | set(_ENGLISH_VERBS))
