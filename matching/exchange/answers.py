"""Reading the cells with rules of their own: education, languages, licences and other demands, capacities, groups.

Called by `fields` and free for whoever reads what a person typed. What is written here in one place comes from how
the field writes: "is een pré" is a wish, "niet vereist" is no demand, "licht tillen tot 5 kg" is level 1.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Generic, TypeVar

from matching.exchange import words as vocabulary
from matching.exchange.cells import (
    Cell,
    Reading,
    find_term,
    find_terms,
    is_blank,
    is_none_said,
    number,
    read_date,
    said,
    split_list,
)
from matching.exchange.words import plain
from scoring.terms import Capacity, EducationLevel, LanguageLevel, Licence, Supplier, SupportNeed, TargetGroup

E = TypeVar("E", bound=Enum)

_UNFINISHED = re.compile(r"niet (afgemaakt|afgerond|voltooid|behaald|af)\b|(geen|zonder) diploma$|bezig|lopend"
    r"|volgt|gestopt|onafgemaakt"
                         r"|in opleiding|jaar \d|leerjaar")  # fmt: skip
_NOT_ASKED = re.compile(r"\b(niet (per se )?(nodig|vereist|verplicht|noodzakelijk|van toepassing|gevraagd)|hoeft niet"
    r"|geen|zonder"
                        r"|geen (eis|vereiste|must)|niet hoeven|onnodig|overbodig|niet)\b")  # fmt: skip
_WISHED = re.compile(r"\b(pre|gewenst|wenselijk|mooi meegenomen|liefst|bij voorkeur|voorkeur|voordeel|handig|fijn|plus"
                     r"|pluspunt|optioneel|meegenomen)\b")  # fmt: skip


@dataclass(frozen=True)
class Demand(Generic[E]):
    """What a vacancy asks, and what it would like; both empty when the cell says that nothing is asked."""

    required: tuple[E, ...] = ()
    desired: tuple[E, ...] = ()


@dataclass(frozen=True)
class Group:
    """A target group and from when to when it holds."""

    group: TargetGroup
    valid_from: date | None = None
    valid_until: date | None = None


def read_education(cell: Cell, *, lowest: bool = False) -> Reading[EducationLevel]:
    """A level of education; of several the highest, or with `lowest` (a demand: "mbo 2 of 3") the lowest.

    "mbo" without a level and a school that was not finished stay unknown, with the words kept.
    """
    text = said(cell)
    words = plain(text)
    if words in vocabulary.EDUCATION:
        return Reading(vocabulary.EDUCATION[words])
    if is_blank(cell):
        return Reading()
    if _UNFINISHED.search(words):
        return Reading(None, "education.not_finished", text)
    if _NOT_ASKED.search(words) and re.search(r"\b(eis|vereist|nodig|gevraagd|verplicht)", words):
        return Reading(EducationLevel.NONE)
    words = re.sub(r"\bmbo\s*(?:niv|nivo|niveau|n)?\s*(i{1,3}v?|iv)\b", lambda m: f"mbo {_roman(m[1])}", words)
    found: list[EducationLevel] = []
    for match in re.finditer(
        r"\bmbo\s*(?:niv|nivo|niveau|n)?\s*([1-4])(?:\s*(?:of|en|tot|tm|t m|niveau)?\s*([1-4]))?\b", words
    ):
        found += [vocabulary.EDUCATION[f"mbo {digit}"] for digit in match.groups() if digit]
    without = re.sub(
        r"\bmbo\s*(?:niv|nivo|niveau|n)?\s*[1-4](?:\s*(?:of|en|tot|tm|t m|niveau)?\s*[1-4])?\b", " ", words
    )
    without = re.sub(r"\bniveau\b", " ", without)
    for known in sorted((w for w in vocabulary.EDUCATION if w not in {"geen", "none"}), key=len, reverse=True):
        if re.search(rf"\b{re.escape(known)}\b", without):
            found.append(vocabulary.EDUCATION[known])
            without = re.sub(rf"\b{re.escape(known)}\b", " ", without)
    if re.search(r"\bmbo\b", without):
        return Reading(None, "education.level_missing", text)
    if not found:
        near = find_term(text, vocabulary.EDUCATION)
        return Reading(near) if near is not None else Reading(None, "education.not_understood", text)
    return Reading(min(found) if lowest else max(found))


def _roman(digits: str) -> int:
    return {"i": 1, "ii": 2, "iii": 3, "iv": 4}.get(digits, 0)


def read_languages(cell: Cell, default: str = "nl") -> Reading[list[tuple[str, LanguageLevel]]]:
    """Languages (ISO 639) with a level: "Nederlands A2; Engels goed", "NT2 B1", "moedertaal" (of `default`).

    Of two levels ("A2/B1") the lower holds. A language without a level is reported: that she speaks it is not enough.
    """
    text = said(cell)
    if is_none_said(text):
        return Reading([])
    if is_blank(text):
        return Reading()
    value: dict[str, LanguageLevel] = {}
    missed: list[str] = []
    for part in re.split(r"[\n;,]|/(?![ABCabc1-4][12F]?\b)|\ben\b", text):
        if is_blank(part):
            continue
        read = _language_of(plain(part), default)
        if read is None or read[0] in value:
            missed.append(part.strip())
        else:
            value[read[0]] = read[1]
    if not value:
        bare = all(plain(part) in vocabulary.LANGUAGES for part in missed)
        return Reading(None, "languages.level_missing" if bare else "languages.not_understood", text)
    pairs = list(value.items())
    return Reading(pairs, "languages.partly_understood", "; ".join(missed)) if missed else Reading(pairs)


def _language_of(words: str, default: str) -> tuple[str, LanguageLevel] | None:
    words = re.sub(r"\b(niveau|spreekt|taalniveau|taal|erf|cefr|ca|een|op|minimaal|min|minstens)\b", " ", words)
    words = " ".join(words.split())
    names = sorted(vocabulary.LANGUAGES, key=len, reverse=True)
    name = next((n for n in names if re.search(rf"\b{n}\b", words)), None)
    language = vocabulary.LANGUAGES[name] if name else default
    level_words = " ".join(re.sub(rf"\b{name}\b", " ", words, count=1).split()) if name else words
    if name == "nt2" and f"nt2 {level_words}" in vocabulary.LANGUAGE_LEVELS:
        level_words = f"nt2 {level_words}"
    codes = re.findall(r"\b([abc][12])\b", level_words)
    if codes:
        if re.sub(r"\b([abc][12]|tot|of|a)\b", "", level_words).strip() in vocabulary.LANGUAGES.values():
            language = re.sub(r"\b([abc][12]|tot|of|a)\b", "", level_words).strip()
        elif not name and (match := re.fullmatch(r"([a-z]{2,3}) [abc][12]", level_words)):
            language = match[1]
        elif re.sub(r"\b([abc][12]|tot|of|a|nt|redelijk|goed|matig|slecht|voldoende)\b", "", level_words).strip():
            return None
        return language, min(LanguageLevel[code.upper()] for code in codes)
    if not name and (match := re.fullmatch(r"([a-z]{2,3}) geen", level_words)):
        return match[1], LanguageLevel.NONE
    level = find_term(level_words, vocabulary.LANGUAGE_LEVELS)
    return None if level is None else (language, level)


def _licences_in(text: str) -> tuple[list[Licence], str]:
    """Licences that a text names, and the words that are left."""
    words = re.sub(r"\b(B|C|D)\s*\+\s*E\b", r"\1E", text)
    bare = re.sub(r"\b(rijbewijs|rijbewijzen|categorie|cat|type|klasse|rijbew|rbw)\b\.?", " ", words, flags=re.I)
    found: list[Licence] = []
    only_codes = re.fullmatch(r"[\s,;/&+.()-]*(?:(?:am|be|ce|b|c|d|t|en|of)\b[\s,;/&+.()-]*)+", bare, flags=re.I)
    flags = re.I if only_codes or re.search(r"rijbewijs (am|be|ce|[bcdt])\b", text) else 0
    for match in re.finditer(r"(?<!['’\w])(AM|BE|CE|B|C|D|T)(?![\w'’])", bare, flags=flags):
        found.append(Licence(match[1].upper()))
    left = re.sub(r"(?<!['’\w])(AM|BE|CE|B|C|D|T)(?![\w'’])", " ", bare, flags=flags)
    for known, licence in vocabulary.LICENCES.items():
        if len(known) > 3 and re.search(rf"\b{known}\b", plain(left)):
            found.append(licence)
            left = re.sub(rf"\b{known}\b", " ", plain(left))
    return list(dict.fromkeys(found)), plain(left)


def read_licences(cell: Cell) -> Reading[list[Licence]]:
    """Licences that a person has. "ja" is B, as everybody means it; "geen rijbewijs" is the empty list."""
    text = said(cell)
    words = plain(text)
    if is_none_said(text) or re.fullmatch(
        r"(heeft )?(geen|nee geen|niet) (rijbewijs|in bezit)( in bezit)?|zonder rijbewijs|n", words
    ):
        return Reading([])
    if is_blank(text):
        return Reading()
    if re.search(r"\b(bezig|lessen|rijlessen|verlopen|ingevorderd|niet meer|volgt|ontzegging|binnenkort)\b", words):
        return Reading(None, "licences.not_held_now", text)
    found, left = _licences_in(text)
    left = re.sub(
        r"\b(in|bezit|van|heeft|een|ja|j|x|eigen|auto|en|of|wel|aanwezig|geldig|automaat|alleen|met)\b|\+", " ", left
    ).strip()
    if not found and not left and (words in {"ja", "j", "x", "wel", "aanwezig"} or "rijbewijs" in words):
        return Reading([Licence.B])
    if not found:
        return Reading(None, "licences.not_understood", text)
    return Reading(found, "licences.partly_understood", left) if left else Reading(found)


def _clauses(text: str, named: re.Pattern[str]) -> list[str]:
    """Parts of a sentence that each name something; a part that names nothing belongs to the one before."""
    clauses: list[str] = []
    for part in re.split(r"[.;,\n](?!\d)|\bmaar\b", text):
        if clauses and not named.search(part):
            clauses[-1] += f", {part}"
        elif part.strip():
            clauses.append(part)
    return clauses


def read_licence_demand(cell: Cell) -> Reading[Demand[Licence]]:
    """Licences that a vacancy asks or would like, from a cell or a sentence of a vacancy text.

    "geen rijbewijs nodig", "niet vereist" and "mag, hoeft niet" ask for none; "in bezit van rijbewijs B" asks for B;
    "is een pré" desires it. A licence without its letter is B.
    """
    text = said(cell)
    if is_none_said(text):
        return Reading(Demand())
    if is_blank(text):
        return Reading()
    required: list[Licence] = []
    desired: list[Licence] = []
    named = re.compile(r"(?i:rijbewijs)|(?<!['’\w])(AM|BE|CE|B|C|D|T)(?![\w'’])|^\s*(?i:am|be|ce|b|c|d|t)\s*$")
    understood = False
    for clause in _clauses(text, named):
        words = plain(clause)
        found, _ = _licences_in(clause)
        if not found and (
            "rijbewijs" in words or words in {"ja", "vereist", "verplicht", "nodig", "pre", "gewenst", "x"}
        ):
            found = [Licence.B]
        if _NOT_ASKED.search(words) or re.search(r"\bmag\b", words):
            understood = True
        elif found:
            understood = True
            (desired if _WISHED.search(words) else required).extend(found)
    if not understood:
        return Reading(None, "licences.not_understood", text)
    return Reading(Demand(tuple(dict.fromkeys(required)), tuple(dict.fromkeys(desired))))


def read_demand(cell: Cell, table: Mapping[str, E]) -> Reading[Demand[E]]:
    """Members of a closed list that a vacancy asks or would like ("VCA vereist, BHV is een pré", "geen VOG nodig")."""
    text = said(cell)
    if is_none_said(text):
        return Reading(Demand())
    if is_blank(text):
        return Reading()
    required: list[E] = []
    desired: list[E] = []
    missed: list[str] = []
    understood = False
    for part in split_list(text):
        words = plain(part)
        if _NOT_ASKED.search(words):
            understood = True
            continue
        core = _WISHED.sub(" ", words)
        core = re.sub(r"\b(is|een|in bezit van|vereist|verplicht|nodig|certificaat|diploma|ja|geldig|geldige"
            r"|noodzakelijk"
                      r"|aanwezig|hebben|het)\b", " ", core)  # fmt: skip
        found, left = find_terms(part, table)
        if left or not found:
            found, left = find_terms(" ".join(core.split()), table)
        (desired if _WISHED.search(words) else required).extend(found)
        understood = understood or bool(found)
        missed += [part] if left or not found else []
    if not understood:
        return Reading(None, "list.not_understood", text)
    demand = Demand(tuple(dict.fromkeys(required)), tuple(dict.fromkeys(desired)))
    return Reading(demand, "list.partly_understood", "; ".join(missed)) if missed else Reading(demand)


def read_groups(cell: Cell, *, today: date, on_benefit: bool = False) -> Reading[list[Group]]:
    """Target groups, each with or without its dates: "Wajong; banenafspraak (van 01-01-2025 tot 01-01-2027)".

    One part that is not understood makes the field unknown: a list without it would say that she is not in that group.
    Under a column on her benefit (`on_benefit`) "geen" is no benefit (nug), which is not the same as no group.
    """
    text = said(cell)
    benefit = re.fullmatch(r"(?i)\s*(?:soort )?uitkering(?:ssoort)?\s*[:=]?\s*(\w+)\s*", text)
    if (on_benefit and is_none_said(text)) or (benefit and is_none_said(benefit[1])):
        return Reading([Group(TargetGroup.NUG)])
    if is_none_said(text):
        return Reading([])
    if is_blank(text):
        return Reading()
    value: list[Group] = []
    missed: list[str] = []
    for part in split_list(re.sub(r"(?i)\b(vso/pro|pro/vso)\b", "vso pro", text)):
        dated = re.fullmatch(
            r"(.+?)\s*\((?:van|vanaf|sinds)?\s*([\d-]+)?\s*(?:(?:tot en met|t/m|tot)\s*([\d-]+))?\)", part
        )
        if dated and find_term(part, vocabulary.TARGET_GROUPS) is None and (dated[2] or dated[3]):
            start, end = (read_date(d or "", today=today) for d in (dated[2], dated[3]))
            group = find_term(dated[1], vocabulary.TARGET_GROUPS)
            if group is None or start.reason or end.reason:
                missed.append(part)
            else:
                value.append(Group(group, start.value, end.value))
            continue
        found, left = find_terms(
            re.sub(r"(?i)^(indicatie|doelgroep|uitkering)[: ]+(?=\w)", "", part), vocabulary.TARGET_GROUPS
        )
        value += [Group(group) for group in found]
        missed += left
    return Reading(None, "list.not_understood", "; ".join(missed)) if missed else Reading(value or None)


def read_support(cell: Cell) -> Reading[list[tuple[SupportNeed, Supplier]]]:
    """Support needs, each with who supplies it where the cell says so: "jobcoach (UWV), vaste begeleider"."""
    text = said(cell)
    if is_none_said(text):
        return Reading([])
    if is_blank(text):
        return Reading()
    value: dict[SupportNeed, Supplier] = {}
    missed: list[str] = []
    for part in split_list(text):
        core, supplier = part, Supplier.UNKNOWN
        if match := re.fullmatch(
            r"(.+?)\s*(?:\(\s*(?:via |door )?([^)]+)\)|\b(?:via|door|vanuit)\s+(?:de |het )?(\w+))", part
        ):
            named = find_term(match[2] or match[3], vocabulary.SUPPLIERS)
            if named is not None:
                core, supplier = match[1], named
        needs, left = find_terms(core, vocabulary.SUPPORT_NEEDS)
        if left and not needs:
            stripped = re.sub(
                r"\b(heeft|behoefte|aan|een|nodig|graag|wil|inzet|van|met|is|gewenst)\b", " ", plain(core)
            )
            needs, left = find_terms(" ".join(stripped.split()), vocabulary.SUPPORT_NEEDS)
        value.update({need: supplier for need in needs if need not in value})
        missed += [part] if left else []
    if not value:
        return Reading(None, "list.not_understood", text)
    pairs = list(value.items())
    return Reading(pairs, "list.partly_understood", "; ".join(missed)) if missed else Reading(pairs)


def _kilos(words: str, text: str) -> int | None:
    """The level of a weight in kilograms (1 up to 5, 2 up to 10, 3 up to 20, 4 above), or None without a weight."""
    match = re.search(r"(\d+(?:[.,]\d+)?)\s*(?:kg|kilo|kilogram)\b", text.lower())
    kilos = number(match[1]) if match else None
    if kilos is None:
        return None
    if re.search(r"(meer dan|boven|zwaarder dan|ruim|minimaal)\s+\d", words) or ">" in text:
        kilos += 0.1
    return next((level for level, top in enumerate((0, 5, 10, 20)) if kilos <= top), 4)


def read_capacity(cell: Cell, capacity: Capacity, *, in_kilos: bool = False) -> Reading[int]:
    """A level from 0 to 4 of one dimension: a number, a weight (lifting alone), or words ("licht")."""
    if isinstance(cell, date):
        return Reading(None, "cell.date_not_expected", said(cell))
    words = plain(cell)
    if words in vocabulary.DEGREES:
        return Reading(vocabulary.DEGREES[words])
    if is_blank(cell):
        return Reading()
    if capacity is Capacity.LIFTING:
        weight = f"{cell} kg" if in_kilos and re.search(r"\d\s*$", cell) else cell
        level = _kilos(words, weight)
        if level is not None:
            return Reading(level)
    amount = number(cell)
    if amount is not None:
        if amount in (0, 1, 2, 3, 4):
            return Reading(int(amount))
        return Reading(None, "capacity.not_0_to_4", cell)
    core = " ".join(
        w for w in words.split() if w not in {"kan", "mag", "tillen", "staan", "lopen", "zitten", "aan", "wel", "erg"}
    )
    if core in vocabulary.DEGREES:
        return Reading(vocabulary.DEGREES[core])
    return Reading(None, "capacity.not_understood", cell)


def read_capacities(cell: Cell) -> Reading[dict[Capacity, int]]:
    """Several dimensions in one cell: "licht tillen tot 5 kg; staan 2; veel lopen"."""
    text = said(cell)
    if is_blank(text):
        return Reading()
    value: dict[Capacity, int] = {}
    missed: list[str] = []
    names = sorted(vocabulary.CAPACITIES, key=len, reverse=True)
    for part in split_list(text):
        words = plain(part)
        name = next((n for n in names if re.search(rf"\b{re.escape(n)}\b", words)), None)
        if name is None:
            missed.append(part)
            continue
        capacity = vocabulary.CAPACITIES[name]
        degree = " ".join(re.sub(rf"\b{re.escape(name)}\b", " ", words, count=1).split())
        degree = re.sub(r"^(kan|mag|tot)\s+", "", degree)
        kilos = _kilos(words, part) if capacity is Capacity.LIFTING else None
        level = kilos if kilos is not None else read_capacity(degree, capacity).value
        if level is None or capacity in value:
            missed.append(part)
        else:
            value[capacity] = level
    if not value:
        return Reading(None, "capacity.not_understood", text)
    return Reading(value, "list.partly_understood", "; ".join(missed)) if missed else Reading(value)
