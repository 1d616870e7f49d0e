"""A CV, letter or note about somebody becomes a draft without her name, contact data, age, origin or health."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from matching.exchange.words import TRAVEL_MODES
from matching.profiles import CandidateProfile
from matching.reading.contract import DATE, read_day
from matching.reading.demands import read_offers
from matching.reading.draft import HIDDEN, Draft, Found, Part, Parts, checked, counted
from matching.reading.hours import joined_grid, read_days, read_hours, read_hours_a_day
from matching.reading.languages import read_language_levels
from matching.reading.layouts import CANDIDATE_LAYOUT
from matching.reading.lexicon import NUMBERS, Asked, Scanner, asked
from matching.reading.papers import (
    highest,
    read_certificates,
    read_finished_education,
    read_held_licences,
    read_labelled_licences,
    read_screenings,
)
from matching.reading.passages import Passage, clauses, passages
from matching.reading.place import Places, read_place
from matching.reading.private import hidden
from matching.reading.skill_words import LEAST_SKILL, says_it, skill_label
from matching.reading.work import read_work
from matching.vocabulary import Vocabulary
from scoring.terms import TravelMode

_UNREAD = frozenset({"hobby", "references"})
_WISH = re.compile(
    r"(?:\b(?:ik|kand\.?|klant|hij|zij)\s+)?\b(?:zoek(?:t)?(?: een baan| werk| naar)?"
    r"|wil(?:t)?(?: graag| het liefst| liefst)?|looking for(?: a job)?|solliciteer ik naar"
    r"|liefst werk ik|would like to)\s+"
    r"(?P<what>[^.;\n]+)",
    re.I,
)
_WISH_LEAD = re.compile(
    r"^(?:(?:graag|werk(?:en)?|een baan|baan|een functie|functie|de baan|iets|wat|de functie|a job"
    r"|work|werkzaam zijn)\s+)*(?:(?:in|als|van|met|op|as|of|een|de|het|a|an|naar"
    r"|doen)\s+)*(?:(?:werk|functie|baan)\s+(?:als|in)\s+)?",
    re.I,
)
_NO_WISH = re.compile(
    r"^(?:(?:op )?(?:een )?rustige plek|(?:rustig |graag )?beginnen|niet|uren|uur|\d|hooguit"
    r"|maximaal|werken\b|reizen|doorgroeien|een diploma|leren|niet meer|weer|solliciteren|fulltime"
    r"|parttime)\b|\b\d+ (?:uur|u)\b.*$",
    re.I,
)
_LIVES_IN = re.compile(r"\bwoon(?:t)? (?:in|te)\b|\blive in\b", re.I)
_NOT = re.compile(
    r"\b(?:liever (?:geen|niet)|wil (?:ik )?(?:liever )?(?:geen|niet)"
    r"|geen)\s+(?P<what>(?:in (?:een|de)\s+)?[\w -]{3,40})",
    re.I,
)
_NO_REFUSAL = re.compile(
    (
        r"\b(?:diploma|rijbewijs|auto|ervaring|opleiding|uitkering|school|weekend|nachtdienst|vervoer"
        r"|fiets|probleem|idee|kinderen|computer)\b"
    ),
    re.I,
)
_MODES = Scanner(
    TRAVEL_MODES,
    without=("walk", "wandelen", "wandelend", "lopen", "fietsen", "elektrisch fietsen", "car", "bike", "o v"),
    extra={
        "car": TravelMode.CAR,
        "bicycle": TravelMode.BICYCLE,
        "bike": TravelMode.BICYCLE,
        "on foot": TravelMode.WALK,
        "train": TravelMode.PUBLIC_TRANSPORT,
        "e bike": TravelMode.E_BIKE,
        "te voet": TravelMode.WALK,
    },
)
_TRAVELS = re.compile(
    r"\b(?:reis|reist|vervoer|kom|ga|heb|heeft|rijd|travel|have|rijbewijs|wel|fiets|ov)\b|e-bike", re.I
)
_MINUTES = re.compile(
    r"(?:max(?:imaal|\.)?|hooguit|niet (?:langer|verder|meer) dan|tot|up to|langer dan|verder dan"
    r"|minder dan)\s+(?P<n>\d{1,3}|een half|een|half|anderhalf|drie)\s*(?P<unit>min(?:uten|utes"
    r"|\.)?|uur|kwartier|hour)\b",
    re.I,
)
_GROWTH = (
    ("diploma", r"\bdiploma halen|\bopleiding (?:doen|volgen)|\bmbo\b[^.]{0,20}halen"),
    ("more_tasks", r"\bmeer taken|\bdoorgroeien|\bbijleren"),
)
_AT_ONCE = re.compile(r"\b(?:per direct|direct beschikbaar|meteen beginnen|immediately)\b", re.I)
_FROM = re.compile(r"\b(?:vanaf|beschikbaar|beginnen|start|from|available|per)\b", re.I)
_CAN = re.compile(r"\b(?:kan goed|ik kan|kan|ben|is|werk(?:t)?|taken|deed ik|goed in|handig|:|komt)\b", re.I)


def read_candidate(text: str, vocabulary: Vocabulary, places: Places, *, today: date) -> Draft:
    """The draft that a text about a person gives; `today` is the day that "per direct" and "heden" mean.

    What may not be kept is hidden before anything is read, so no part can quote it; the draft only says of which kind
    something was left out. A denial that the text makes of a licence is an answer: an empty list.
    """
    readable, left_out = hidden(text, about_a_person=True)
    found = passages(readable, CANDIDATE_LAYOUT)
    flat = readable.replace("\n", " ")
    parts = Parts(text, flat)
    read = [one for one in found if one.section not in _UNREAD]
    work = list(read_work(readable, flat, read, vocabulary, today=today))
    parts.add_all("work_done", work)
    spans = [
        (one.start, one.end, one.label == "place")
        for one in read
        if one.section not in ("work", "education")
        or one.label == "place"
        or _LIVES_IN.search(flat, one.start, one.end)
    ]
    for name, value in read_place(flat, spans, places).items():
        parts.add(name, value)
    _times(parts, flat, read)
    for one in read:
        _papers(parts, flat, one)
        _wishes(parts, flat, one)
        _travel(parts, flat, one)
        _start(parts, flat, one, today)
        parts.add_all("skills", _skills(flat, one, work, vocabulary))
        if one.section not in ("work", "education"):
            parts.add_all("support_needs", (value for _, value in read_offers(flat, one.start, one.end)))
    return _draft(parts.parts, counted([*left_out, *{one.section for one in found if one.section in _UNREAD}]))


def _times(parts: Parts, text: str, read: list[Passage]) -> None:
    stated: list[Found] = []
    grids: list[Found] = []
    for one in read:
        if one.section in ("work", "education") and one.label is None:
            continue
        if one.label == "work":
            continue
        if (hours := read_hours(text, one.start, one.end, labelled=one.label == "hours")) is not None:
            stated.append(hours)
        if (value := read_hours_a_day(text, one.start, one.end)) is not None:
            parts.add_all("hours_per_day_max", [value])
        if (days := read_days(text, one.start, one.end)) is not None and not re.search(
            r"\bdag per week", text[one.start : one.end]
        ):
            grids.append(days)
    if stated:
        parts.add("hours", max(stated, key=lambda one: (one.confidence, -one.start)))
    if grids:
        grid = grids[0].value
        for other in grids[1:]:
            grid = {
                day.value: [part.value for part in several] for day, several in joined_grid(grid, other.value).items()
            }
        reason = next((one.reason for one in grids if one.reason), None)
        parts.add("weekly_grid", Found(grid, grids[0].start, grids[0].end, grids[0].confidence, reason))


def _papers(parts: Parts, text: str, one: Passage) -> None:
    """Licences, certificates, screenings, languages, education: what she has."""
    words = text[one.start : one.end]
    licences: Found | None = None
    if one.label == "licences" and not re.search(r"rij?be?wijs", words, re.I):
        held = read_labelled_licences(words)
        licences = held and Found(held.value, one.start, one.end, held.confidence, held.reason)
    elif not any(part.field == "licences" for part in parts.parts):
        licences = read_held_licences(text, one.start, one.end)
    parts.add("licences", licences)
    listed = one.section == "certificates" or one.label == "certificates"
    if one.section != "wishes":
        for name, value in read_certificates(text, one.start, one.end, listed=listed, held=True):
            parts.add_all(name, [value])
    for screening in read_screenings(text, one.start, one.end):
        if screening.value is not None:
            parts.add_all("screenings", [screening])
    if one.section not in ("work", "hobby") or one.label == "languages":
        parts.add_all("languages", read_language_levels(text, one.start, one.end, held=True))
    if one.section != "work" and not re.search(r"\bzoek\b", words):
        parts.add_all("education", read_finished_education(text, one.start, one.end))


def _wishes(parts: Parts, text: str, one: Passage) -> None:
    """The work that she wants and the work that she does not, in the text's own words."""
    if one.label in ("wishes", "not_wishes"):
        name = one.label
        for start, end in (piece for part in clauses(text, one.start, one.end) for piece in _alternatives(text, *part)):
            denied = re.match(r"(?:liever )?(?:geen|niet)\s+", text[start:end], re.I)
            field = "not_wishes" if denied or name == "not_wishes" else "wishes"
            _wish(parts, field, text, start + (denied.end() if denied else 0), end)
        return
    words = text[one.start : one.end]
    if one.section in ("work", "education", "languages", "certificates") and not re.match(
        r"ik (?:wil|zoek)\b", words, re.I
    ):
        return
    for match in _WISH.finditer(words):
        if re.match(r"(?:ik )?(?:liever )?(?:niet|geen)\b", match["what"], re.I):
            continue
        start = one.start + match.start("what")
        end = one.start + match.end("what")
        cut = re.search(
            (
                r"\s*,\s*(?:liever geen|geen|en later|\d+ (?:uur|hours))|\s+en wil\b|\s*,\s+(?:en )?(?:ik"
                r"|daarna)\b"
            ),
            text[start:end],
        )
        end = start + cut.start() if cut else end
        for piece_start, piece_end in _alternatives(text, start, end):
            _wish(parts, "wishes", text, piece_start, piece_end)
    for match in _NOT.finditer(words):
        if not _NO_REFUSAL.search(match["what"]) and not re.search(r"avond|nacht|weekend|werken wil", match["what"]):
            _wish(parts, "not_wishes", text, one.start + match.start("what"), one.start + match.end("what"))


def _alternatives(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Several works in one wish: parted at "of", and at commas where no more follows than a name."""
    pieces: list[tuple[int, int]] = []
    opens = start
    for match in re.finditer(
        r"\s+(?:of|or)\s+(?:in\s+|als\s+|met\s+)?(?:een\s+|de\s+|het\s+)?|\s*,\s+", text[start:end]
    ):
        pieces.append((opens, start + match.start()))
        opens = start + match.end()
    return [*pieces, (opens, end)]


def _wish(parts: Parts, field: str, text: str, start: int, end: int) -> None:
    piece = text[start:end]
    lead = _WISH_LEAD.match(piece)
    start += lead.end() if lead else 0
    piece = text[start:end].rstrip(" .,;:")
    piece = re.sub(r"\s+(?:werken|doen|worden|gaan werken|werk)$", "", piece)
    if not piece or len(piece) < 3 or _NO_WISH.search(piece) or HIDDEN in piece or len(piece.split()) > 9:
        return
    parts.add_all(field, [Found(" ".join(piece.split()), start, start + len(piece), 0.75)])


def _travel(parts: Parts, text: str, one: Passage) -> None:
    """Her modes of travel and how long at most."""
    if (one.section in ("work", "hobby", "skills") and one.label != "transport") or one.label in (
        "work",
        "wishes",
        "not_wishes",
        "skills",
    ):
        return
    words = text[one.start : one.end]
    if one.label == "transport" or _TRAVELS.search(words):
        for start, end in clauses(text, one.start, one.end):
            for named in _MODES.find(text, start, end):
                before = text[max(start, named.start - 30) : named.start]
                if re.search(r"\b(?:geen|no|zonder)\s+(?:eigen\s+)?$", before, re.I) or (
                    re.search(r"\bgeen (?:eigen )?auto", text[start:end]) and named.term is TravelMode.CAR
                ):
                    continue
                close = (
                    one.label == "transport"
                    or re.search(
                        r"\b(?:fiets|bus|trein|ov|openbaar vervoer|lopend|auto|car|bicycle|bike"
                        r"|bus|train|e-bike)\b",
                        before,
                        re.I,
                    )
                    or re.search(
                        (
                            r"\b(?:met|heb|heeft|eigen|kom(?:t)?|reis(?:t)?|ga|by|a|wel|op|vervoer|per|en|of"
                            r"|and|or|een)\W+(?:de|een|mijn|het|eigen|ook met de|a)?\s*$"
                        ),
                        before,
                        re.I,
                    )
                )
                if close:
                    parts.add_all("travel_modes", [Found(named.term.value, named.start, named.end, 0.85)])
    for match in _MINUTES.finditer(text, one.start, one.end):
        if match["unit"].lower() in ("uur", "hour") and not re.search(
            r"reis|reiz|travel|trein|bus|vervoer|ov\b|fiets|auto", words, re.I
        ):
            continue
        n = match["n"].lower()
        amount = float(n) if n.isdigit() else 0.5 if n.endswith("half") else NUMBERS[n]
        minutes = round(amount * {"u": 60, "h": 60, "k": 15}.get(match["unit"].lower()[0], 1))
        if minutes <= 240 and not re.search(r"per dag", text[match.end() : match.end() + 9]):
            parts.add_all("travel_minutes", [Found(minutes, match.start(), match.end(), 0.85)])


def _start(parts: Parts, text: str, one: Passage, today: date) -> None:
    """From which day she can work, and what she wants to grow into."""
    if one.section in ("work", "education"):
        return
    if match := _AT_ONCE.search(text, one.start, one.end):
        parts.add_all("available_from", [Found(today.isoformat(), match.start(), match.end(), 0.85)])
    for match in DATE.finditer(text, one.start, one.end):
        day = read_day(match[0], today)
        if day is not None and (
            one.label == "hours"
            or _FROM.search(text[one.start : match.start()])
            or _FROM.search(text[match.end() : match.end() + 16])
        ):
            parts.add_all("available_from", [Found(day.isoformat(), match.start(), match.end(), 0.85)])
    for growth, pattern in _GROWTH:
        match = re.search(pattern, text[one.start : one.end], re.I)
        if match and not any(part.field == "growthWish" for part in parts.parts):
            parts.add("growth_wish", Found(growth, one.start + match.start(), one.start + match.end(), 0.7))


def _skills(text: str, one: Passage, work: list[Found], vocabulary: Vocabulary) -> Iterator[Found]:
    """Skills that the text says she has: under their heading, behind work done, or behind "ik kan"."""
    elsewhere = one.section in ("education", "languages", "certificates", "hobby", "personal", "wishes")
    if (elsewhere and one.label != "skills") or one.label in (
        "place",
        "licences",
        "transport",
        "hours",
        "days",
        "education",
        "languages",
        "certificates",
        "wishes",
        "not_wishes",
        "support",
        "remark",
    ):
        return
    listed = one.section in ("skills", "work") or one.label in ("skills", "work")
    for start, end in _skill_pieces(text, one.start, one.end):
        words = text[start:end]
        if HIDDEN in words or not (listed or _CAN.search(text[one.start : end])) or asked(words) is Asked.NO:
            continue
        if re.search(
            (
                r"\b(?:wil|zoek|zou|solliciteer|looking for)\b|\d\s*(?:uur|u)\b|rijbewijs|\bmet de (?:bus"
                r"|fiets|trein)|\bmaanden\b|\bspreek\b|\bniveau\b"
            ),
            words,
        ):
            continue
        for found in vocabulary.skills.resolve_skills(words):
            first, last = start + found.start, start + found.end
            in_title = any(done.start <= first < done.end for done in work)
            if found.confidence >= LEAST_SKILL and not in_title and says_it(text[first:last], found, vocabulary):
                yield Found(skill_label(vocabulary, found.skill), first, last, found.confidence)


def _skill_pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence cut at commas and "en", so that each skill is read by itself."""
    for one, last in clauses(text, start, end):
        opens = one
        for match in re.finditer(r"\s+(?:en|and)\s+|:\s+", text[one:last]):
            yield opens, one + match.start()
            opens = one + match.end()
        yield opens, last


def _draft(parts: list[Part], not_read: dict[str, int]) -> Draft:
    """The parts put together as a profile."""
    data: dict[str, Any] = {}
    for name in (
        "hours",
        "hoursPerDayMax",
        "postcode",
        "region",
        "availableFrom",
        "weeklyGrid",
        "growthWish",
        "licences",
    ):
        first = next((part.value for part in parts if part.field == name and part.value is not None), None)
        if first is not None:
            data[name] = first
    for name in ("certificates", "languages"):
        values = [part.value for part in parts if part.field == name and part.value is not None]
        if values:
            data[name] = values
    schools = [part.value for part in parts if part.field == "education" and part.value is not None]
    if schools:
        data["education"] = highest(schools)
    done = [part.value for part in parts if part.field == "workDone"]
    if done:
        data["workDone"] = done
    skills = list(dict.fromkeys(part.value for part in parts if part.field == "skills"))
    if skills:
        data["skills"] = [{"skill": skill, "howKnown": "self"} for skill in skills]
    needs = [part.value for part in parts if part.field == "supportNeeds"]
    if needs:
        data["supportNeeds"] = [{"need": need} for need in needs]
    screenings = {part.value: "obtained" for part in parts if part.field == "screenings"}
    if screenings:
        data["screenings"] = screenings
    wishes = {
        name: [part.value for part in parts if part.field == field]
        for name, field in (("work", "wishes"), ("notWork", "notWishes"))
    }
    if any(wishes.values()):
        data["wishes"] = {name: values for name, values in wishes.items() if values}
    modes = [part.value for part in parts if part.field == "travelModes"]
    minutes = next((part.value for part in parts if part.field == "travelMinutes"), None)
    if modes or minutes:
        data["travel"] = ({"modes": modes} if modes else {}) | ({"maxMinutes": minutes} if minutes else {})
    profile, refused, missing = checked(CandidateProfile, data)
    kept = tuple(
        part
        if part.field not in refused
        else Part(part.field, None, part.quote, part.start, part.end, part.confidence, "not_valid")
        for part in parts
    )
    return Draft("candidate", profile, kept, not_read, missing)
