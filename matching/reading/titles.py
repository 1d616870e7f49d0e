"""The title of a vacancy and the occupation it names, in running text; for the readers alone."""

import re
from collections.abc import Sequence

from matching.exchange.words import plain
from matching.reading.draft import HIDDEN, Found
from matching.reading.passages import Passage
from matching.vocabulary import Vocabulary

SURE_TITLE = 0.8
"""From this confidence of the matcher on, words in a sentence are taken for a title."""
_MOST_TRIED = 60  # places in a text where a title may stand
_LIKELY_TITLE = 0.55  # the same for a first line or a label, where a title is expected
_FRAME = re.compile(
    r"^(?:vacature|gezocht|te vervullen|functie(?:omschrijving|titel)?|wij zoeken(?: een)?"
    r"|word jij onze(?: nieuwe)?|word onze|aanvraag(?: \d+ plekken)?"
    r"|per \d.*?\d{4}|per direct|\d+\s*x|hiring|wanted|onderwerp)\s*[:|-]?\s*",
    re.I,
)
_BEHIND = re.compile(
    r"\s*(?:\((?:m/v(?:/x)?|v/m(?:/x)?|leerbaan|part-?time|full-?time|[^)]*\d[^)]*"
    r"|[^)]*thuis[^)]*)\)|\bm/v(?:/x)?\b|\bgezocht\b|\bgezogt\b|\bwanted\b|\bzoekt\b.*|\bvoor \d.*"
    r"|\b\d+\s*(?:-\s*\d+\s*)?(?:uur|uren|u|hours)\b.*|[?!.:]+$|\bvoor (?:onze|ons|de|het)\b.*"
    r"|\bvoor kantoor\b.*|\bat (?:our|the)\b.*)",
    re.I,
)
_SPLIT = re.compile(r"\s+[|–•-]\s+|\s*[|,]\s+|:\s+|\s+regio\s+")
_SOUGHT = re.compile(
    r"\b(?:zoek(?:en|t)?(?:\s+(?:wij|we|ik|de cateraar|per direct))?|op zoek naar|gezocht:?"
    r"|looking for|vacature voor|functie van)\s+(?:(?:nog|naar|een|a|an|extra|twee|drie|vier|\d+"
    r"|nieuwe|enthousiaste|een nieuwe|per direct)\s+)*",
    re.I,
)
_AS = re.compile(
    r"(?:\b(?i:als(?! (?:het|er|de|je|u|dat|wij|we|ze|iemand))|as an?)|(?<![\w,] )\bDe)\s+(?=[a-zé-])",
)


def read_title(text: str, found: Sequence[Passage], vocabulary: Vocabulary) -> Found | None:
    """The title that a text gives its work: under a label, in the first lines, or behind "wij zoeken een"; or None."""
    for passage in found:
        if passage.label == "title":
            title = _in_line(text, passage.start, passage.end, vocabulary, sure=0.0)
            if title:
                return title
    first = [passage for passage in found if passage.label is None and not passage.bullet][:3]
    for passage in first:
        if _is_heading(text[passage.start : passage.end]):
            title = _in_line(text, passage.start, passage.end, vocabulary, sure=_LIKELY_TITLE)
            if title:
                return title
    best: Found | None = None
    n_tried = 0
    for passage in found:
        if passage.section in ("procedure", "contact", "offer") or passage.label not in (None, "tasks"):
            continue
        for cue, least in ((_SOUGHT, SURE_TITLE), (_AS, SURE_TITLE)):
            for match in cue.finditer(text, passage.start, passage.end):
                n_tried += 1
                if n_tried > _MOST_TRIED:
                    return best
                title = _after(text, match.end(), passage.end, vocabulary, least)
                if title and (best is None or title.confidence > best.confidence + 0.05):
                    best = title
    return best


_SPEAKS = re.compile(r"\b(?:je|jij|we|wij|ik|u|ons|onze|is|zijn|heeft|hebben|beste|hoi|hallo|goedemorgen)\b", re.I)


def _is_heading(line: str) -> bool:
    """Whether a line can name the work: short and no sentence, or one that opens with "Gezocht:" and the like."""
    frame = _FRAME.match(line)
    if frame and frame[0]:
        return len(line) <= 300
    return len(line) <= 110 and not line.endswith(".") and not _SPEAKS.search(line)


def _in_line(text: str, start: int, end: int, vocabulary: Vocabulary, *, sure: float) -> Found | None:
    """The title in a line that may hold hours, a place and "(m/v)" as well: the surest of its parts."""
    asked_for = False
    while True:
        frame = _FRAME.match(text[start:end])
        if frame is None or not frame[0]:
            break
        asked_for = asked_for or bool(re.search(r"gezocht|vervullen|zoeken|word", frame[0], re.I))
        start += frame.end()
    parts: list[tuple[int, int]] = []
    opens = start
    for match in _SPLIT.finditer(text, start, end):
        parts.append((opens, match.start()))
        opens = match.end()
    parts.append((opens, end))
    if sure == 0.0 and parts:
        parts = parts[:1]
    best: Found | None = None
    for one, last in parts:
        behind = _BEHIND.search(text[one:last])
        last = one + behind.start() if behind else last
        words = text[one:last].strip().rstrip(" (-–|,;:")
        if not words or len(words) > 80 or HIDDEN in words or len(words.split()) > 7:
            continue
        resolved = vocabulary.titles.resolve(words, 1)
        confidence = resolved[0].confidence if resolved else 0.0
        announced = one == start and (
            asked_for or (behind is not None and re.match(r"\s*\b(?:gezocht|gezogt|wanted)\b", behind[0], re.I))
        )
        if (sure == 0.0 or confidence >= sure or announced) and (best is None or confidence > best.confidence + 0.25):
            begin = one + len(text[one:last]) - len(text[one:last].lstrip())
            best = Found(words, begin, begin + len(words), max(confidence, 0.6 if sure == 0.0 or announced else 0.0))
    return best


def _after(text: str, start: int, end: int, vocabulary: Vocabulary, least: float) -> Found | None:
    """The run of up to four words from here that is a title most surely; of equals the longest."""
    best: Found | None = None
    words = list(re.finditer(r"[^\s.,;:!?()|]+", text[start:end]))[:5]
    for n in range(min(4, len(words)), 0, -1):
        if words[0].start() > 1 or any(
            re.search(r"[.,;:!?()|]", text[start + words[i].end() : start + words[i + 1].start()]) for i in range(n - 1)
        ):
            continue
        run = text[start + words[0].start() : start + words[n - 1].end()]
        if HIDDEN in run or plain(run.split()[-1]) in {
            "en",
            "of",
            "voor",
            "met",
            "in",
            "die",
            "om",
            "van",
            "bij",
            "wie",
        }:
            continue
        resolved = vocabulary.titles.resolve(run, 1)
        sure = 0.9 * resolved[0].confidence if resolved else 0.0
        if resolved and resolved[0].confidence >= least and (best is None or sure > best.confidence + 0.1):
            best = Found(run, start + words[0].start(), start + words[n - 1].end(), sure)
    return best


def occupation_of(title: Found, vocabulary: Vocabulary) -> Found | None:
    """The occupation that a title most likely means, by its title in the taxonomy; unsure ones are for a person."""
    resolved = vocabulary.titles.resolve(str(title.value), 1)
    if not resolved:
        return None
    name = vocabulary.taxonomy.occupation_titles[resolved[0].occupation]
    sure = resolved[0].confidence
    return Found(name, title.start, title.end, sure, None if sure >= SURE_TITLE else "occupation.unsure")
