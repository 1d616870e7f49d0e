"""Where the work is or where somebody lives: postcodes, and place names of the reference data."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import select
from sqlmodel import Session, SQLModel

from matching.exchange.words import plain
from matching.reading.draft import HIDDEN, Found
from matching.reading.lexicon import word_list

_FULL = re.compile(r"(?<![\d\w])([1-9]\d{3})[ ]?(?!SA|SD|SS)[A-Z]{2}(?![A-Za-z\d])")
_FOUR = re.compile(r"(?<![\d.,/-])([1-9]\d{3})(?!\d|[,./-]\d)")
_CUE = re.compile(
    r"(?:\b(?:in|te|van|nabij|bij|uit|rond|omgeving|regio|woon|woont|woonplaats|plaats|locatie"
    r"|standplaats|werkplek|werklocatie|vestiging|filiaal|city"
    r"|live|gemeente|kantoor|hoofdkantoor|centrum van|provincie|adres|postcode)[:\s|(]*|[|–•(,/-]\s*|^\s*)$",
    re.I,
)
_LIVES = re.compile(
    r"\b(?:woon|woont|woonplaats|live|lives|postcode|standplaats|locatie|werkplek|werklocatie"
    r"|werkadres|plaats|we zitten|adres"
    r"|ons bedrijf staat|vestiging|filiaal|waar)\b",
    re.I,
)
_NICKNAMES = {"den haag": "'s-gravenhage", "den bosch": "'s-hertogenbosch", "haag": "'s-gravenhage"}
_OFTEN_WORDS = word_list("also words")
LEAST_CUE = 1.3
"""A name alone weighs 1; a label, "woont", "in" before it or a line of its own add to it."""


@dataclass(frozen=True)
class Place:
    """A place by name: the postcode nearest to its middle, how many it has, and its region."""

    name: str
    postcode: str
    n_postcodes: int
    region: str | None


@dataclass(frozen=True)
class Places:
    """Place names, postcodes and regions of the reference data, by plain name and by number."""

    by_name: Mapping[str, Place]
    by_postcode: Mapping[str, str | None]  # region
    regions: Mapping[str, str]  # plain name to code


def open_places(session: Session) -> Places:
    """Read the places of a database once; 4,000 rows."""
    tables = SQLModel.metadata.tables
    postcodes = tables["postcodes"]
    rows = session.connection().execute(
        select(
            postcodes.c.pc4, postcodes.c.place, postcodes.c.region, postcodes.c.latitude, postcodes.c.longitude
        ).order_by(postcodes.c.pc4)
    )
    return places_of(
        rows.all(), session.connection().execute(select(tables["regions"].c.code, tables["regions"].c.name)).all()
    )


def places_of(
    postcodes: Iterable[tuple[str, str, str | None, float, float]], regions: Iterable[tuple[str, str]]
) -> Places:
    """Places from rows (postcode, place, region, latitude, longitude) and (code, name).

    Of a name that occurs in several regions, the one with most postcodes counts.
    """
    grouped: dict[tuple[str, str | None], list[tuple[str, float, float, str]]] = {}
    by_postcode: dict[str, str | None] = {}
    for pc4, place, region, latitude, longitude in postcodes:
        by_postcode[pc4] = region
        grouped.setdefault((place, region), []).append((pc4, latitude, longitude, place))
    by_name: dict[str, Place] = {}
    for (name, region), several in sorted(grouped.items(), key=lambda item: (len(item[1]), item[0][0])):
        points = np.array([(latitude, longitude) for _, latitude, longitude, _ in several])
        middle = int(np.square(points - points.mean(axis=0)).sum(axis=1).argmin())
        by_name[plain(name)] = Place(name, several[middle][0], len(several), region)
    for nickname, official in _NICKNAMES.items():
        if plain(official) in by_name and nickname != "haag":
            by_name[nickname] = by_name[plain(official)]
    names = {plain(name): code for code, name in regions}
    return Places(by_name, by_postcode, names)


def read_place(
    text: str, spans: Iterable[tuple[int, int, bool]], places: Places, *, least: float = LEAST_CUE
) -> dict[str, Found]:
    """The postcode or region that a text names for the work or a home: {"postcode": ..., "region": ...}, or {}.

    `spans`: start, end, and whether a label says that a place stands there. A postcode that is written wins; then a
    place with a label, then one behind "in", "te" and the like; the first of equals. A place with several postcodes
    gives the one in its middle, to be checked. `least`: how much has to point to a name before it counts.
    """
    best: tuple[float, int, dict[str, Found]] | None = None

    def offer(weight: float, start: int, found: dict[str, Found]) -> None:
        nonlocal best
        if best is None or weight > best[0]:
            best = (weight, start, found)

    for start, end, labelled in spans:
        for match in _FULL.finditer(text, start, end):
            if match[1] in places.by_postcode:
                offer(4.0, match.start(), {"postcode": Found(match[1], match.start(1), match.end(1), 0.98)})
        for match in _FOUR.finditer(text, start, end):
            before, after = text[max(0, match.start() - 24) : match.start()], text[match.end() : match.end() + 30]
            follows = re.match(r"\s+(?:te\s+)?([A-Z][\w'’-]+(?:\s[A-Z][\w-]+)?)", after)
            named = follows and (plain(follows[1]) in places.by_name or plain(follows[1].split()[0]) in places.by_name)
            if match[1] in places.by_postcode and (
                labelled or named or re.search(r"(?:postcode|woont|woon in|standplaats is)\W*$", before, re.I)
            ):
                offer(3.5, match.start(), {"postcode": Found(match[1], match.start(1), match.end(1), 0.95)})
        for weight, one, last, place in _named_places(text, start, end, labelled, places, least):
            offer(weight, one, _of_place(place, one, last, weight))
        for match in re.finditer(r"(?:arbeidsmarkt)?regio\s+([A-Z][\w-]+(?:[ -][A-Z][\w-]+){0,2})", text[start:end]):
            words = match[1].split()
            for n in range(len(words), 0, -1):
                code = places.regions.get(plain(" ".join(words[:n])))
                if code:
                    offer(
                        2.6,
                        start + match.start(),
                        {"region": Found(code, start + match.start(), start + match.end(), 0.9)},
                    )
                    break
    return best[2] if best else {}


def _of_place(place: Place, start: int, end: int, weight: float) -> dict[str, Found]:
    sure = 0.9 if weight >= 2 else 0.7
    reason = "place.one_of_several_postcodes" if place.n_postcodes > 1 else None
    return {"postcode": Found(place.postcode, start, end, sure if reason is None else sure - 0.2, reason)}


def _named_places(
    text: str, start: int, end: int, labelled: bool, places: Places, least: float
) -> Iterable[tuple[float, int, int, Place]]:
    tokens = list(re.finditer(r"['’]?[^\W\d_]+(?:['’-][^\W\d_]+)*", text[start:end]))
    skip = -1
    for i in range(len(tokens)):
        if i <= skip:
            continue
        for n in (4, 3, 2, 1):
            run = tokens[i : i + n]
            if len(run) < n:
                continue
            one, last = start + run[0].start(), start + run[-1].end()
            words = text[one:last]
            place = places.by_name.get(plain(words))
            if place is None or HIDDEN in words:
                continue
            before = text[max(start, one - 24) : one]
            cued = bool(_CUE.search(before)) and not re.search(r"\bniet (?:in|te)\s*$", before)
            capital = words[0].isupper() or words[:2] in ("'s", "’s")
            doubtful = plain(words) in _OFTEN_WORDS
            lives = bool(_LIVES.search(text, start, one)) or labelled
            at_start = one == start
            if not capital and not (lives or re.search(r"\b(?:in|te)\s+$", before)):
                continue
            if doubtful and not (
                capital
                and (labelled or re.search(r"\b(?:in|te|plaats|locatie|woonplaats|werkplek)[:\s]+$", before, re.I))
            ):
                continue
            alone = at_start and last >= end - 1
            weight = (
                1.0
                + (1.0 if labelled else 0.0)
                + (0.8 if lives else 0.0)
                + (0.6 if cued and not at_start else 0.0)
                + (0.5 if alone else 0.0)
            )
            if at_start and not (labelled or alone):
                weight -= 0.6
            if weight >= least and (cued or weight >= LEAST_CUE):
                yield weight, one, last, place
            skip = i + n - 1
            break
