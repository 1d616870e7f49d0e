"""Codes and values become words, in Dutch or English; every view and every command says things through here.

The words stand in `locale/<language>/LC_MESSAGES/vonk.po`, which are read as they are. A message id is a code:
`reason.travel_minutes.far`. What a sentence says may depend on which values there are:

- `code+minutes+mode` is for a code that comes with these values, `code+by=1` for one in which `by` is 1, `code+n>180`
  for one in which `n` is more; the id that asks most and holds is taken, and `code` alone is for when nothing more is
  known.
- `{minutes:unit.minutes}` puts a number in its unit, `{mode:mode}` a term in its words, `{from:date}` a day that is
  written 2027-03-01; `{by}` alone a number or date as the language writes it.
- where a message has plural forms, `msgid_plural` holds the value that counts: `{n}`.
"""

import re
import warnings
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from gettext import c2py  # how the standard library reads a Plural-Forms expression
from pathlib import Path
from string import Formatter
from typing import Any

from babel.dates import format_date, format_datetime
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from matching.clock import AMSTERDAM

LOCALES = ("nl", "en")
DUTCH = "nl"
_CONVENTIONS = {"nl": "nl_NL", "en": "en_GB"}  # how numbers and dates are written
KEPT_SENTENCES = 50_000
LOCALE_FOLDER = Path(__file__).parent / "locale"

Values = Mapping[str, object]

# A sentence that opens with a term opens with a capital; a name or a code stays as it is.
_OPENS_WITH_TERM = re.compile(r"\{\w+:.*[.?!]$", re.DOTALL)


class MissingWords(UserWarning):
    """A code or a value for which a language has no words; the tests turn it into an error."""


@cache
def catalog(locale: str) -> Catalog:
    """The messages of a language, read once. Raises ValueError for a language that is not in LOCALES."""
    if locale not in LOCALES:
        raise ValueError(f"{locale!r} is not one of {', '.join(LOCALES)}")
    with (LOCALE_FOLDER / locale / "LC_MESSAGES" / "vonk.po").open("rb") as file:
        return read_po(file, locale=locale, domain="vonk")


@cache
def _by_code(locale: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Per code the conditions of its messages, the most demanding first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for message in catalog(locale):
        if message.id:
            identifier = message.id if isinstance(message.id, str) else message.id[0]
            code, *conditions = identifier.split("+")
            found.setdefault(code, []).append(tuple(conditions))
    return {
        code: tuple(sorted(several, key=lambda conditions: (-len(conditions), -sum("=" in one for one in conditions))))
        for code, several in found.items()
    }


@cache
def _plural(locale: str) -> Any:
    return c2py(catalog(locale).plural_expr)


def has_words(locale: str, code: str) -> bool:
    """Whether a language has a message of this code."""
    return code in _by_code(locale)


def sentence(locale: str, code: str, values: Values | None = None) -> str:
    """What a code says with these values. What a language lacks is said in Dutch; never is a code shown."""
    named = tuple((name, type(value), value) for name, value in values.items()) if values else ()
    try:
        return _kept_sentence(locale, code, named)
    except TypeError:  # a value that cannot be kept, such as a list
        return _sentence(locale, code, values)


@lru_cache(KEPT_SENTENCES)
def _kept_sentence(locale: str, code: str, named: tuple[tuple[str, type, object], ...]) -> str:
    """The same things are said of many: who makes a list does not say them anew. By type, as 1 is not "yes"."""
    return _sentence(locale, code, {name: value for name, _, value in named})


def _sentence(locale: str, code: str, values: Values | None) -> str:
    known = _with_derived(values or {})
    for language in dict.fromkeys((locale, DUTCH)):
        template = _template(language, code, known)
        if template is not None:
            text = _Words(language).vformat(template, (), known)
            return text[:1].upper() + text[1:] if _OPENS_WITH_TERM.match(template) else text
        warnings.warn(f"{language} has no words for {code}", MissingWords, stacklevel=2)
    return sentence(locale, "no_words")


def listed(locale: str, parts: Sequence[str]) -> str:
    """Several things in one line: "a, b en c"."""
    if len(parts) < 2:
        return "".join(parts)
    return sentence(locale, "list.last", {"first": ", ".join(parts[:-1]), "last": parts[-1]})


def number(locale: str, value: float) -> str:
    """A number as the language writes it, with at most two decimals."""
    return format_decimal(value, "#,##0.##", locale=_CONVENTIONS[locale])


def _template(locale: str, code: str, values: Values) -> str | None:
    for conditions in _by_code(locale).get(code, ()):
        if all(_holds(condition, values) for condition in conditions):
            message = catalog(locale).get("+".join((code, *conditions)))
            if message is None:
                return None
            if isinstance(message.string, tuple):
                count = values.get(message.id[1].strip("{}"), 0)
                whole = isinstance(count, int) or (isinstance(count, float) and count.is_integer())
                return str(message.string[_plural(locale)(int(count)) if whole else -1])  # type: ignore[call-overload]
            return str(message.string)
    return None


def _holds(condition: str, values: Values) -> bool:
    name, more, least = condition.partition(">")
    if more:
        amount = values.get(name)
        return isinstance(amount, int | float) and amount > float(least)
    name, equals, value = condition.partition("=")
    if not equals:
        return values.get(name) is not None
    given = values.get(name)
    return isinstance(given, int | float | str) and (
        given == value if isinstance(given, str) else given == float(value)
    )


def _with_derived(values: Values) -> dict[str, object]:
    """The values, and what follows from several of them: all tasks covered; she grows into it, too few or too many."""
    known = dict(values)
    covered, of = known.get("covered"), known.get("of")
    if covered is not None and covered == of:
        known["all"] = 1
    hours = {name: float(known[name]) for name in ("her_min", "her_max", "grows_to", "min", "max") if name in known}  # type: ignore[arg-type]
    if "her_max" in hours and "min" in hours and hours["her_max"] < hours["min"]:
        known["too_many"] = hours["min"] - hours["her_max"]
        if hours.get("grows_to", -1) >= hours["min"]:
            known["grows"] = 1
    elif "her_min" in hours and "max" in hours and hours["her_min"] > hours["max"]:
        known["too_few"] = hours["her_min"] - hours["max"]
    return known


class _Words(Formatter):
    """Fills in a message: `{value}` by its type, `{value:name}` as the term `name.<value>` or in the unit `name`."""

    def __init__(self, locale: str) -> None:
        self.locale = locale

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if kwargs.get(str(key)) is None:
            warnings.warn(f"no value for {key}", MissingWords, stacklevel=2)
            return "..."
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> Any:
        if isinstance(value, Sequence) and not isinstance(value, str):
            return listed(self.locale, [self.format_field(one, format_spec) for one in value])
        if format_spec == "date":
            return format_date(date.fromisoformat(str(value)), "long", locale=_CONVENTIONS[self.locale])
        if format_spec and isinstance(value, int | float):
            return sentence(self.locale, format_spec, {"n": value})
        if format_spec:
            return sentence(self.locale, f"{format_spec}.{value}")
        if isinstance(value, bool):
            return sentence(self.locale, f"word.{str(value).lower()}")
        if isinstance(value, int | float):
            return number(self.locale, value)
        if isinstance(value, datetime):
            return format_datetime(value.astimezone(AMSTERDAM), "long", locale=_CONVENTIONS[self.locale])
        if isinstance(value, date):
            return format_date(value, "long", locale=_CONVENTIONS[self.locale])
        return str(value)
