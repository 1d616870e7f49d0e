"""Rule sets: numbers of law and region as versioned data with source and validity; anybody in matching may read them.

Parsing is all that happens here: text comes in, frozen rules come out. Where the text is kept is the business of
`matching.tables.rules`.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Any

import yaml

from matching.errors import FieldProblem, Invalid, NotFound

Scalar = int | float | str
Value = Scalar | tuple[Scalar, ...]

SET_FIELDS = ("code", "version", "region", "rules")
RULE_FIELDS = ("code", "value", "unit", "source", "valid_from", "valid_until", "note")


class NoRule(NotFound, LookupError):
    """A rule set has no rule of this code that holds on this date."""


@dataclass(frozen=True)
class Rule:
    """One rule: a value in a unit, from a source, in force from `valid_from` up to and including `valid_until`."""

    code: str
    value: Value
    unit: str
    source: str
    valid_from: date
    valid_until: date | None
    note: str

    def holds_on(self, on: date) -> bool:
        """Whether the rule is in force on a date."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    def overlaps(self, other: "Rule") -> bool:
        """Whether two rules of one code are in force on a same day, so that none could say which one counts."""
        return self.code == other.code and (self.holds_on(other.valid_from) or other.holds_on(self.valid_from))


@dataclass(frozen=True)
class RuleSet:
    """One version of a set of rules, for a labour-market region or (`region` is None) the whole country.

    A code may stand in it several times, each time for another period.
    """

    code: str
    version: str
    region: str | None
    rules: tuple[Rule, ...]

    def rule(self, code: str, on: date) -> Rule:
        """The rule of a code in force on a date, with its unit and source. Raises NoRule when there is none."""
        for rule in self.rules:
            if rule.code == code and rule.holds_on(on):
                return rule
        known = any(rule.code == code for rule in self.rules)
        reason = "not_in_force" if known else "unknown_code"
        raise NoRule("rules.no_rule", code, reason=reason, rule_set=self.code, on=on.isoformat())

    def value(self, code: str, on: date) -> Value:
        """The value of a code on a date. Raises NoRule when no rule of that code is in force then."""
        return self.rule(code, on).value

    def number(self, code: str, on: date) -> float:
        """The value of a code that is a number. Raises NoRule, or Invalid (`rules.no_number`) when it is none."""
        value = self.value(code, on)
        if not isinstance(value, int | float):
            raise Invalid("rules.no_number", code, rule_set=self.code)
        return value

    def family(self, prefix: str, on: date) -> dict[str, Value]:
        """The values in force of all codes under a prefix, by the rest of the code: "travel.walk" -> "detour", ..."""
        start = f"{prefix}."
        return {
            rule.code.removeprefix(start): rule.value
            for rule in self.rules
            if rule.code.startswith(start) and rule.holds_on(on)
        }


def parse_rule_set(text: str, *, file: str) -> RuleSet:
    """The rule set that a YAML text holds; `file` names the text in errors.

    Raises Invalid (`rules.unreadable`, `rules.invalid`). Every problem found is listed, its field given as
    `file:rule.field`; a rule without a usable code is named by its position, from 1.
    """
    try:
        document = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that is none, such as 2026-02-30
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        raise Invalid("rules.unreadable", file, reason="not_yaml", line=line) from error
    if not isinstance(document, dict):
        raise Invalid("rules.unreadable", file, reason="not_a_mapping")
    problems = _problems_of_set(document, file)
    if problems:
        raise Invalid("rules.invalid", file, problems=tuple(problems))
    rules = tuple(_rule_of(entry) for entry in document["rules"])
    for one, other in combinations(rules, 2):
        if one.overlaps(other):
            latest = max(one.valid_from, other.valid_from).isoformat()
            problems.append(FieldProblem(f"{file}:{one.code}.valid_from", "overlaps", {"on": latest}))
    if problems:
        raise Invalid("rules.invalid", file, problems=tuple(problems))
    return RuleSet(document["code"], document["version"], document["region"], rules)


def _rule_of(entry: Mapping[str, Any]) -> Rule:
    value = entry["value"]
    return Rule(**{**entry, "value": tuple(value) if isinstance(value, list) else value})


def _problems_of_set(document: Mapping[Any, Any], file: str) -> list[FieldProblem]:
    problems = _wrong_fields(document, SET_FIELDS, file)
    for field in ("code", "version"):
        if field in document and not _is_text(document[field]):
            problems.append(FieldProblem(f"{file}:{field}", "not_a_text"))
    if document.get("region") is not None and not _is_text(document["region"]):
        problems.append(FieldProblem(f"{file}:region", "not_a_text"))
    rules = document.get("rules", [])
    if not isinstance(rules, list):
        return [*problems, FieldProblem(f"{file}:rules", "not_a_list")]
    for position, entry in enumerate(rules, start=1):
        problems += _problems_of_rule(entry, file, position)
    return problems


def _problems_of_rule(entry: object, file: str, position: int) -> list[FieldProblem]:
    if not isinstance(entry, dict):
        return [FieldProblem(f"{file}:{position}", "not_a_mapping")]
    place = f"{file}:{entry['code'] if _is_text(entry.get('code')) else position}"
    problems = _wrong_fields(entry, RULE_FIELDS, place)
    for field in ("code", "unit", "source"):
        if field in entry and not _is_text(entry[field]):
            problems.append(FieldProblem(f"{place}.{field}", "not_a_text"))
    if not isinstance(entry.get("note", ""), str):
        problems.append(FieldProblem(f"{place}.note", "not_a_text"))
    if "value" in entry and not _is_value(entry["value"]):
        problems.append(FieldProblem(f"{place}.value", "not_a_value"))
    start, end = entry.get("valid_from"), entry.get("valid_until")
    if "valid_from" in entry and not _is_day(start):
        problems.append(FieldProblem(f"{place}.valid_from", "not_a_date"))
    if end is not None and not _is_day(end):
        problems.append(FieldProblem(f"{place}.valid_until", "not_a_date"))
    elif _is_day(start) and end is not None and end < start:
        problems.append(FieldProblem(f"{place}.valid_until", "before_start"))
    return problems


def _wrong_fields(mapping: Mapping[Any, Any], expected: Sequence[str], place: str) -> list[FieldProblem]:
    join = "." if ":" in place else ":"
    missing = [FieldProblem(f"{place}{join}{field}", "missing") for field in expected if field not in mapping]
    unknown = [FieldProblem(f"{place}{join}{field}", "unknown_field") for field in mapping if field not in expected]
    return missing + unknown


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_day(value: object) -> bool:
    return type(value) is date  # a datetime is a date too, but says more than a rule can mean


def _is_scalar(value: object) -> bool:
    if isinstance(value, bool):
        return False
    return math.isfinite(value) if isinstance(value, int | float) else _is_text(value)


def _is_value(value: object) -> bool:
    return all(map(_is_scalar, value)) and bool(value) if isinstance(value, list) else _is_scalar(value)
