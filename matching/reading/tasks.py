"""The tasks in a vacancy text: under their heading, as bullets, in sentences to "je", in lists of verbs, in nouns."""

import re
from collections.abc import Iterator, Sequence

from matching.exchange.words import plain
from matching.reading.draft import HIDDEN, Found
from matching.reading.lexicon import NO_TASK_VERBS
from matching.reading.passages import Passage

_SUBJECT = re.compile(
    r"^(?:(?:verder|ook|daarnaast|daar|soms|vooral|vervolgens|af en toe|incidenteel|dagelijks"
    r"|samen met \w+ \w+|als [\w -]{3,40}?)\s*,?\s*)?"
    r"(?:en\s+)?(?:(?:je|jij|u|hij of zij|hij|zij|ze|you|you will|de medewerker"
    r"|de (?:\w+))\s+(?:gaat\s+|will\s+)?)",
    re.I,
)
_YOU = re.compile(r"\b(?:je|jij|u|you|hij of zij)\b", re.I)
_MODAL = re.compile(
    r"\b(?:je|jij|u)\s+(?:gaat|moet|mag|helpt (?:met|bij)|leert|leer|kunt|zorgt voor"
    r"|bent verantwoordelijk voor|bent bezig met|houdt je bezig met)\s+(?:ook\s+)?"
    r"|\b(?:gaat|ga|moet|leer|leert|mag)\s+(?:je|jij|u)\s+(?:ook\s+)?|\b(?:ook|en)\s+(?:moet|mag|kun)\s+je\s+",
    re.I,
)
_OWN = re.compile(r"\b(?:we|wij|ons|onze|our|us)\b", re.I)
_WANTED = re.compile(
    r"\b(?:zoek(?:en|t)?|gezocht|nodig|gevraagd|hulp|helpen|taken|werkzaamheden|werk:|klussen"
    r"|te doen|moet(?:en)? (?:er|gebeuren)|bestaan uit|behoren)\b",
    re.I,
)
_CUT = re.compile(
    r"\s*[,;]\s+(?:en\s+|en ook\s+)?|\s+en\s+(?:ook\s+|soms\s+|als het kan ook\s+)?|\s+or\s+|\s+and\s+", re.I
)
_LEADING = re.compile(
    r"^(?:(?:en|of|ook|verder|vervolgens|daarnaast|soms|vooral|dan|het liefst|als het kan(?: ook)?"
    r"|aan het eind van de dag|wie|die|om|te|er|daar|dus"
    r"|een beetje|ook een beetje|and|then)\s+)*"
    r"(?:(?:je|jij|u|you|hij of zij|hij|zij|ze|de medewerker)\s+(?:(?:gaat|zult|moet|mag|kunt"
    r"|will)\s+)?)?(?:verder\s+|ook\s+|soms\s+)?",
    re.I,
)
_TRAILING = re.compile(r"[\s.,;:!?]+$|\s+(?:en|of|and)$", re.I)
_NO_TASK = re.compile(
    r"€|\b(?:uur|uren|hours|salaris|loon|contract|rijbewijs|licen[cs]e|diploma|certificaat|vog"
    r"|ervaring|cao|reiskosten|pensioen|vakantiedagen|korting"
    r"|jobcoach|begeleider|proefplaatsing|beschikbaar|mbo|vmbo|bbl|locatie|standplaats|sfeer"
    r"|borrel|team|werktijden|per week|ochtends|middags|maandag|weekend|in totaal|available"
    r"|no \w+ needed)\b"
    r"|\b\d+\s*(?:kg|kilo)\b|^\s*(?:lang|goed)\s+kunnen\b|\bbasiskennis\b|\bkennis van\b|\b(?:is"
    r"|zijn) een (?:pr[eé]|plus)\b",
    re.I,
)
_CONDITION = re.compile(r"€|\b(?:uur|uren|hours|salaris|contract|rijbewijs|proefplaatsing)\b", re.I)
_NOT_HERE = frozenset(
    {"company", "offer", "procedure", "contact", "demands", "times", "place", "education", "licences", "languages"}
)
_NOUN_TASK = re.compile(
    (
        r"^(?:(?:het|de)\s+)?(?:[\w-]+en(?:\s+en\s+[\w-]+en)?\s+van|[\w-]+\s?schoonmaak\s+van"
        r"|schoonmaak\s+van|lichte schoonmaak|beheer\s+van|controle\s+(?:van|op)|verzorging\s+van"
        r"|onderhoud\s+(?:van|aan)|ondersteuning\s+(?:van|bij)|uitgifte\s+van|assistentie\s+bij|hulp\s+bij"
        r"|[\w-]+ing\s+van)\b"
    ),
    re.I,
)
_LONGEST = 200  # characters
MOST_TASKS = 25


def read_tasks(
    text: str, found: Sequence[Passage], verbs: tuple[frozenset[str], frozenset[str]], *, listed: bool
) -> list[Found]:
    """The tasks of a vacancy in the order of the text, as its own words; at most MOST_TASKS.

    `verbs`: infinitives and forms of the present of verbs of work. `listed`: the text has a heading for tasks, so that
    elsewhere only sentences to "you" count.
    """
    tasks: list[Found] = []
    for passage in found:
        for task in _of_passage(text, passage, verbs, listed=listed):
            if all(task.start >= other.end or task.end <= other.start for other in tasks):
                tasks.append(task)
    return tasks[:MOST_TASKS]


def _of_passage(
    text: str, passage: Passage, verbs: tuple[frozenset[str], frozenset[str]], *, listed: bool
) -> Iterator[Found]:
    start, end = passage.start, passage.end
    words = text[start:end]
    if passage.label == "tasks":
        yield from _pieces(text, start, end, verbs, every=True, sure=0.95)
    elif passage.label is not None or passage.section in _NOT_HERE:
        return
    elif passage.section == "tasks":
        if passage.bullet and not _CONDITION.search(words):
            yield from _whole(text, start, end, 0.95)
        elif not passage.bullet and not (_OWN.match(words) and not _YOU.search(words)):
            yield from _pieces(text, start, end, verbs, every=False, sure=0.9)
    elif listed:
        return
    elif passage.bullet:
        if _names_work(words, verbs, anywhere=True) and not _NO_TASK.search(words):
            yield from _whole(text, start, end, 0.75)
    elif not (_OWN.match(words) and not _YOU.search(words) and not _WANTED.search(words)):
        yield from _pieces(text, start, end, verbs, every=False, sure=0.7)


def _whole(text: str, start: int, end: int, sure: float) -> Iterator[Found]:
    """A bullet as one task, without "Je" before it and the full stop behind it."""
    bounds = _trimmed(text, start, end)
    if bounds and HIDDEN not in text[bounds[0] : bounds[1]]:
        yield Found(text[bounds[0] : bounds[1]].replace("\n", " ")[:_LONGEST], *bounds, sure)


def _pieces(
    text: str, start: int, end: int, verbs: tuple[frozenset[str], frozenset[str]], *, every: bool, sure: float
) -> Iterator[Found]:
    """The tasks of a sentence: cut at commas and "en" where what follows has a verb of work of its own.

    `every`: all of the sentence is tasks (it stands behind "Taken:"), also parts without a verb that we know.
    """
    infinitives, finite = verbs
    sentence = text[start:end]
    colon = re.search(r":\s+(?=\S)", sentence)
    if colon and not every and len(sentence[: colon.start()].split()) <= 12:
        start += colon.end()
        sentence = text[start:end]
        every = _WANTED.search(text[start - colon.end() : start]) is not None
    modal = _MODAL.search(sentence)
    to_you = bool(_SUBJECT.match(sentence) or _YOU.search(sentence) or re.search(r"\bdie\b", sentence))
    in_list = modal is not None or every or not to_you
    if modal and not every:
        if re.match(r"(?:goed|lang|niet)\b", sentence[modal.end() :]):
            return
        start += modal.end()
    elif re.search(r"\bbehoren\b|\bbestaan uit\b|\bdraagt zorg voor\b", sentence):
        cue = re.search(r"\b(?:behoren|bestaan uit|draagt zorg voor)\s+", sentence)
        start += cue.end() if cue else 0
        every = in_list = True
    elif in_list and not every:
        lead = re.search(r"^(?:[^,;:]*?\b(?:voor|hal|om)\b)[,:]\s+", text[start:end])
        if lead:
            start += lead.end()
    cuts = [(match.start() + start, match.end() + start) for match in _CUT.finditer(text[start:end])]
    edges = [start, *[last for _, last in cuts]]
    ends = [*[one for one, _ in cuts], end]
    kept: list[list[int]] = []
    waiting: int | None = None
    n_with_verb = 0
    for one, last in zip(edges, ends, strict=True):
        piece = text[one:last]
        begin = waiting if waiting is not None else one
        if in_list:
            has_verb = _has_infinitive(piece, infinitives) or _NOUN_TASK.match(piece) is not None
            dangling = re.search(r"\w-$", piece.strip()) is not None
            if has_verb and not dangling:
                if not every and waiting is not None and _NO_TASK.search(text[waiting:one]):
                    begin = one
                kept.append([begin, last])
                waiting = None
                n_with_verb += 1
            elif every and re.search(r"[,;]", text[last : last + 2]) and not dangling and len(piece.split()) > 1:
                kept.append([begin, last])
                waiting = None
            elif kept and waiting is None and last == ends[-1] and not every:
                if not re.search(r"\d|\b(?:locatie|start|eigen|rijbewijs)\b", piece, re.I) and text[
                    one - 4 : one
                ].strip().endswith("en"):
                    kept[-1][1] = last
            else:
                waiting = begin
        elif _has_finite(piece, finite, verb_first=not kept) and not _states(piece):
            kept.append([one, last])
            n_with_verb += 1
        elif (
            kept
            and not _SUBJECT.match(piece)
            and not _states(piece)
            and not _OWN.search(piece)
            and one - kept[-1][1] < 12
        ):
            kept[-1][1] = last
    if waiting is not None and every:
        kept.append([waiting, end])
    if in_list and not every and modal is None and n_with_verb < 2:
        return
    for one, last in kept:
        piece = text[one:last]
        if HIDDEN in piece or (not every and _NO_TASK.search(piece)) or (_OWN.match(piece.strip()) and not every):
            continue
        who = (
            re.search(r"\bdie\s+", piece)
            if not in_list and re.search(r"\b(?:iemand|mensen|collega|hulp)\b", piece)
            else None
        )
        bounds = _trimmed(text, one + (who.end() if who else 0), last)
        if bounds and len(plain(text[bounds[0] : bounds[1]]).split()) >= (1 if every or not in_list else 2):
            value = " ".join(text[bounds[0] : bounds[1]].split())[:_LONGEST]
            yield Found(value, *bounds, sure)


def _has_infinitive(piece: str, infinitives: frozenset[str]) -> bool:
    return any(word in infinitives and word not in NO_TASK_VERBS for word in plain(piece).split())


def _has_finite(piece: str, finite: frozenset[str], *, verb_first: bool) -> bool:
    """Whether a verb of work in the present stands near the beginning of a piece, or at its end ("die ... dweilt")."""
    words = [word for word in plain(piece).split() if word]
    near = words[: 4 if verb_first else 3]
    subject = _SUBJECT.match(piece)
    if subject:
        near = plain(piece[subject.end() :]).split()[:1] + words[:4]
    elif not verb_first:
        near = words[:1] + ([words[1]] if words[:1] and words[0] in {"je", "ook", "verder", "soms", "zij", "u"} else [])
    return (
        any(word in finite and word not in {"je", "of"} for word in near)
        or (len(words) > 2 and words[-1] in finite and "die" in words[:6])
        or (not verb_first and len(words) > 2 and words[-1] in finite)
    )


_STATES = re.compile(
    r"^\s*(?:(?:en|dan|daar|hier|ook|dat|dus|die|dat|deze|als \w+)\s+){0,2}(?:(?:je|jij|u|you"
    r"|hij of zij|hij|zij|ze)\s+)?(?:hebt?|heeft|bent|ben|is|kunt|kan|krijgt|werkt"
    r"|spreekt (?:goed |vloeiend |een |redelijk )*(?:nederlands|engels|duits|de |beetje)|beschikt"
    r"|wilt|houdt van|hoeft|moet|mag|komt"
    r"|start|begint|vindt|verdient|weet|kiest|woont|zit|staat|rijdt \w+ (?:ochtend|middag)|voldoet"
    r"|leert|bereid|have|are|can|speak|need|get)\b",
    re.I,
)


def _states(piece: str) -> bool:
    """Whether a piece says what somebody is, has, gets or can: no task."""
    return _STATES.match(piece) is not None


def _names_work(words: str, verbs: tuple[frozenset[str], frozenset[str]], *, anywhere: bool) -> bool:
    infinitives, finite = verbs
    if _states(words) or (_OWN.search(words) and not _YOU.search(words)):
        return False
    split = plain(words).split()
    return (
        _has_infinitive(words, infinitives)
        or _NOUN_TASK.match(words) is not None
        or any(word in finite for word in split[:3])
    )


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The bounds of a task without "je" and "en" before it and the marks behind it; None where nothing is left."""
    piece = text[start:end]
    lead = _LEADING.match(piece.lstrip())
    start += len(piece) - len(piece.lstrip()) + (lead.end() if lead else 0)
    piece = text[start:end]
    while match := _TRAILING.search(piece):
        piece = piece[: match.start()]
        if not match[0]:
            break
    return (start, start + len(piece)) if len(piece.strip()) > 2 else None
