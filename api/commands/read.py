"""`vonk read vacancy|candidate FILE`: a text or a file becomes a draft on screen; nothing is stored."""

from pathlib import Path
from typing import Any

from babel import Locale

from api.commands.prepare import prepare
from api.commands.terminal import LANGUAGE, busy, out, print_json, say, title, words
from api.wording import has_words, listed, number
from matching.clock import today
from matching.database import session_scope
from matching.reading import Draft, Part, open_places, read_candidate, read_vacancy
from matching.reading.sources import text_of_file
from matching.reference import active_taxonomy
from matching.settings import Settings
from matching.vocabulary import Vocabulary

_LONGEST_QUOTE = 60  # characters on a terminal; `--json` gives all


def read_file(kind: str, file: Path, *, as_json: bool) -> None:
    """Read the file before the database is opened: bad input is told at once."""
    text = text_of_file(file)
    settings = Settings()
    engine = prepare(settings)
    with busy("cli.busy.read", file=file.name), session_scope(engine, read_only=True) as session:
        vocabulary, places = Vocabulary(active_taxonomy(session)), open_places(session)
    way = read_vacancy if kind == "vacancy" else read_candidate
    draft = way(text, vocabulary, places, today=today(settings))
    if as_json:
        print_json(draft.as_json())
    else:
        _show(draft)


def _show(draft: Draft) -> None:
    """The parts one by one: what was read, from which words, and what a person has to look at."""
    title(words(f"read.title.{draft.kind}"))
    if not draft.parts:
        say("read.nothing")
    for part in draft.parts:
        out(f"- {_field(part)}: {_said(part)}", 0, 2)
        quote = " ".join(part.quote.split())
        quote = quote if len(quote) <= _LONGEST_QUOTE else quote[: _LONGEST_QUOTE - 3] + "..."
        say("read.quote", 2, 2, quote=quote, sure=words(f"read.sure.{_how_sure(part)}"))
        if part.reason is not None:
            say("read.check", 2, 2, why=words(_code(f"read.reason.{part.reason}", "read.reason")))
    if draft.missing:
        out()
        say(f"read.missing.{draft.kind}")
    if draft.not_read:
        out()
        say("read.left_out", kinds=[words(_code(f"read.left.{kind}", "read.left")) for kind in draft.not_read])
    out()
    say("read.nothing_stored")


def _code(code: str, otherwise: str) -> str:
    return code if has_words(LANGUAGE.get(), code) else otherwise


def _field(part: Part) -> str:
    return words(_code(f"read.field.{part.field}", "read.field"))


def _how_sure(part: Part) -> str:
    return "high" if part.confidence >= 0.85 else "middle" if part.confidence >= 0.65 else "low"


_TERMS = {
    "educationWished": "education",
    "educationByLaw": "education",
    "education": "education",
    "certificates": "certificate",
    "certificatesDesired": "certificate",
    "screenings": "screening",
    "kind": "contract_kind",
    "growthWish": "growth_kind",
    "offers": "need",
    "supportNeeds": "need",
    "travelModes": "mode",
    "countsFor": "target_group",
}


def _said(part: Part) -> str:
    """The value of a part in one line."""
    value: Any = part.value
    if value is None:
        return words("read.value.empty" if part.reason is None else "read.value.none")
    if part.field in _TERMS:
        term = f"{_TERMS[part.field]}.{value}"
        return words(_code(term, _TERMS[part.field]))
    match part.field:
        case "hours":
            return _hours(value)
        case "wage":
            code = "read.value.wage_range" if "eurosPerHourMax" in value else "read.value.wage"
            return words(code, least=value["eurosPerHourMin"], most=value.get("eurosPerHourMax"))
        case "days" | "weeklyGrid":
            days = [
                " ".join(
                    [words(f"weekday.{day}"), listed(LANGUAGE.get(), [words(f"daypart.{one}") for one in several])]
                )
                for day, several in value.items()
            ]
            return "; ".join(days)
        case "languages":
            name = Locale.parse(LANGUAGE.get()).languages.get(value["language"], value["language"])
            return f"{name} {value['level']}"
        case "demands":
            return words(f"level.{value['capacity']}.{value['level']}")
        case "access":
            return ", ".join(words(f"building.{need}.{str(there).lower()}") for need, there in value.items())
        case "workDone":
            return words("read.value.months", **value) if "months" in value else str(value["title"])
        case _ if isinstance(value, bool):
            return words(f"word.{str(value).lower()}")
        case _ if isinstance(value, list):
            return ", ".join(map(str, value)) or words("read.value.empty")
        case _ if isinstance(value, float):
            return number(LANGUAGE.get(), value)
        case _:
            return str(value)


def _hours(value: dict[str, float]) -> str:
    """Hours a week: exactly, from, to, or from and to, with what they may grow to."""
    least, most = value.get("min"), value.get("max")
    code = "range" if least is not None and most is not None else "from" if most is None else "to"
    if least == most:
        code = "exact"
    said = words(f"read.value.{code}", least=least, most=most)
    return words("read.value.build_up", hours=said, to=value["buildUpTo"]) if "buildUpTo" in value else said
