"""Languages with their levels in running text: asked by a vacancy, or spoken by somebody."""

import re
from collections.abc import Iterator

from matching.exchange.words import LANGUAGE_LEVELS, LANGUAGES, plain
from matching.reading.draft import Found
from matching.reading.lexicon import Asked, asked
from scoring.terms import LanguageLevel

_ENGLISH_LANGUAGES = {
    "dutch": "nl",
    "english": "en",
    "german": "de",
    "french": "fr",
    "spanish": "es",
    "polish": "pl",
    "turkish": "tr",
    "arabic": "ar",
    "ukrainian": "uk",
    "russian": "ru",
    "romanian": "ro",
    "bulgarian": "bg",
    "portuguese": "pt",
    "italian": "it",
    "nederlandse": "nl",
    "engelse": "en",
    "duitse": "de",
    "franse": "fr",
    "tigrinja": "ti",
    "somali": "so",
}
_LANGUAGE_NAMES = {
    **{name: code for name, code in LANGUAGES.items() if len(name) > 3 and " " not in name},
    **_ENGLISH_LANGUAGES,
}
_LANGUAGE = re.compile(
    rf"(?<![\w-])(?:{'|'.join(sorted(_LANGUAGE_NAMES, key=len, reverse=True))}|NT2|NL|oekraïens)(?![\w-])", re.I
)
_ENGLISH_LEVELS = {
    "native": LanguageLevel.C2,
    "mother tongue": LanguageLevel.C2,
    "fluent": LanguageLevel.C1,
    "good": LanguageLevel.B2,
    "reasonable": LanguageLevel.B1,
    "basic": LanguageLevel.A1,
    "basiskennis": LanguageLevel.A1,
    "goede": LanguageLevel.B2,
    "redelijke": LanguageLevel.B1,
    "uitstekende": LanguageLevel.C1,
    "eenvoudig": LanguageLevel.A2,
    "vlot": LanguageLevel.B2,
}
_LEVEL_WORDS = {
    words: level for words, level in LANGUAGE_LEVELS.items() if words not in {"niet", "geen", "slecht", "none"}
}
_LEVEL_WORDS |= _ENGLISH_LEVELS
_LEVEL = re.compile(
    rf"\b(?:[ABC][12](?:\s*/\s*[ABC][12])?"
    rf"|{'|'.join(sorted(map(re.escape, _LEVEL_WORDS), key=len, reverse=True))})\b",
    re.I,
)


def read_language_levels(text: str, start: int, end: int, *, held: bool = False) -> Iterator[Found]:
    """Languages with a level, as {"language", "level"}; what has no level, or is one of several, is for a person.

    `held`: what somebody speaks; else what a vacancy asks, where "Nederlands of Engels" asks for neither.
    """
    names = [match for match in _LANGUAGE.finditer(text, start, end) if match[0] != "nl"]
    if not names:
        return
    alternatives = (
        not held
        and len(names) > 1
        and bool(re.search(r"\b(?:of|or)\b", text[names[0].end() : names[-1].start()], re.I))
    )
    if alternatives:
        yield Found(None, names[0].start(), names[-1].end(), 0.8, "languages.one_of_several")
        return
    for i, name in enumerate(names):
        code = _LANGUAGE_NAMES.get(plain(name[0])) or LANGUAGES.get(plain(name[0]), "nl")
        before = max(start, names[i - 1].end() if i else start)
        after = names[i + 1].start() if i + 1 < len(names) else end
        stops = re.search(r"[;.](?!\d)|,\s+(?!dat is|dit is)(?=[a-z]+\s+[a-z]+)|\s{3,}", text[name.end() : after])
        if stops:
            after = name.end() + stops.start()
        level, one, last = _level_near(text, before, name, after, shared=(i + 1 < len(names) and i == 0) or held)
        around = text[one if level else before : max(last, after)]
        if not held and asked(re.sub(r"\bgoede?\b", " ", text[before:after])) is Asked.NO:
            continue
        if level is None:
            tail = text[names[i + 1].end() : end] if held and i + 1 < len(names) else ""
            shared = (
                _LEVEL.search(tail)
                if re.match(
                    r"\s*(?:en|and|,)\s*$", text[name.end() : names[i + 1].start()] if i + 1 < len(names) else "x"
                )
                else None
            )
            if shared:
                level, last = _level_of(shared[0]), name.end()
        if level is not None:
            yield Found({"language": code, "level": level.name}, min(one, name.start()), max(last, name.end()), 0.9)
        elif held or re.search(r"sprek|spreek|taal|speak|beheers", around, re.I):
            yield Found(None, name.start(), name.end(), 0.7, "languages.level_missing")


def _level_near(
    text: str, before: int, name: re.Match[str], after: int, *, shared: bool
) -> tuple[LanguageLevel | None, int, int]:
    """The level behind the name, else the one before it ("goed Nederlands", "B1 Engels")."""
    behind = _LEVEL.search(text, name.end(), after)
    ahead = list(_LEVEL.finditer(text, before, name.start()))
    between = text[name.end() : behind.start()] if behind else ""
    if behind and not re.search(r"[,;]\s*(?!dat is|dit is)\w+\s+\w+\s+\w+", between):
        return _level_of(behind[0]), name.start(), behind.end()
    if ahead and not re.search(r"[,;:]", text[ahead[-1].end() : name.start()]) and name.start() - ahead[-1].end() < 30:
        return _level_of(ahead[-1][0]), ahead[-1].start(), name.end()
    return None, name.start(), name.end()


def _level_of(words: str) -> LanguageLevel:
    codes = re.findall(r"[ABC][12]", words.upper())
    if codes and len(plain(words)) <= 5:
        return min(LanguageLevel[code] for code in codes)
    return _LEVEL_WORDS[plain(words)] if plain(words) in _LEVEL_WORDS else _LEVEL_WORDS[words.lower()]
