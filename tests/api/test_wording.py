import ast
import itertools
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

import api
import matching
from api.schemas.said import ask_text, chance_text, need_text
from api.wording import LOCALES, MissingWords, catalog, has_words, listed, sentence
from scoring.explain import REASON_CODES
from scoring.explanation import ToArrange
from scoring.model import FIELDS
from scoring.terms import (
    CAPACITIES,
    CONSTRAINTS,
    TRAVEL_MODES,
    Answer,
    Band,
    Question,
    Supplier,
    SupportNeed,
    TaskAnswer,
)

CODE_LIKE = re.compile(r"[{}]|\w+_\w+|\b[a-z]+\.[a-z]+\b|\bNone\b|\.\.\.|nan")
HOURS = {"her_min": 16.0, "her_max": 20.5, "grows_to": 32.0, "min": 24.0, "max": 28.0}
DAY = {"available_from": "2027-03-01"}


def subsets(values: dict[str, float]) -> Iterator[dict[str, float]]:
    for size in range(len(values) + 1):
        for names in itertools.combinations(values, size):
            yield {name: values[name] for name in names}


PARTS = ("tasks", "hours", "times", "place", "start", "kind", "term", "work_place")
# What scoring may say beside a code: every combination of values that a pair can have.
FACTS: dict[str, list[dict[str, Any]]] = {
    "travel_minutes": [{}, *({"minutes": n, "mode": mode.value} for mode in TRAVEL_MODES for n in (1, 34, 600))],
    "travel_over": [{}, {"minutes": 34, "over": 4}, {"minutes": 31, "over": 1}],
    "skill_coverage": [{}, *({"covered": done, "of": of} for of in (1, 5) for done in range(of + 1))],
    "start_late": [
        more | why
        for more in ({}, DAY)
        for why in ({}, *({"because": one} for one in ("agreement", "pause", "agreement_and_pause")))
    ],
    "attention": [{}, {"because": "busy"}, {"because": "wants_none"}],
    "asked": [{}, {"asked": "no"}, {"needed": "no"}],
    "growth": [{}, {"because": "vacancy"}],
    "vacancy_detail": [{}, *({"missing": PARTS[:n]} for n in (1, 2, 3)), {"missing": PARTS[3:]}],
    "hours_overlap": [
        dict(some)
        for hours in (HOURS, {**HOURS, "her_min": 32.0, "her_max": 36.0, "grows_to": 40.0}, {**HOURS, "grows_to": 22.0})
        for some in subsets(hours)
    ],
}
ABOUT = {"availability": "start_late", "start": "start_late", "travel": "travel_minutes", "hours": "hours_overlap"}
ABOUT |= {"capacity": "skill_coverage", "attention": "attention"}
MORE: dict[str, list[dict[str, Any]]] = {
    "travel": [{}, {"asked": "no"}],
    "capacity": [{}, {"asked": "no"}, {"because": "level"}, {"because": "freedom"}],
}


def said_well(text: str) -> bool:
    return bool(text) and not CODE_LIKE.search(text) and (text[0].isupper() or text[0].isdigit()) and text[-1] in ".?"


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("code", REASON_CODES)
def test_every_reason_that_scoring_can_give_is_a_sentence(locale: str, code: str) -> None:
    feature = code.partition(".")[0]
    values: list[dict[str, Any]] = (
        [{"dimension": one.value} for one in CAPACITIES] if feature == "capacity" else FACTS.get(feature, [{}])
    )
    for given, value in itertools.product(values, ({}, {"value": 0.0}, {"value": 1.0}, {"value": -0.65})):
        assert said_well(sentence(locale, f"reason.{code}", given | value)), (given, value)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_every_answer_of_every_constraint_is_a_sentence(locale: str, constraint: str) -> None:
    codes = [*(f"constraint.{constraint}.{answer}" for answer in Answer), f"change.{constraint}"]
    dimensions: tuple[dict[str, Any], ...] = ({}, {"dimensions": ["lifting"]}, {"dimensions": ["lifting", "pace"]})
    for code, given, why, margin, more in itertools.product(
        codes,
        FACTS[ABOUT.get(constraint, "asked")],
        MORE.get(constraint, [{}]),
        ({}, {"by": 0.0}, {"by": 1.0}, {"by": 2.5}),
        dimensions,
    ):
        assert said_well(sentence(locale, code, given | why | margin | more)), (code, given, why, margin)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_term_has_words(locale: str) -> None:
    codes = [
        *(f"band.{one}" for one in Band),
        *(f"question.{one}" for one in Question),
        *(f"answer.{one}" for one in Answer),
        *(f"task_answer.{one}" for one in TaskAnswer),
        *(f"constraint.{one}" for one in CONSTRAINTS),
        *(f"capacity.{one}" for one in CAPACITIES),
        *(f"mode.{one}" for one in TRAVEL_MODES),
        *(f"level.{one}.{level}" for one in CAPACITIES for level in range(5)),
    ]
    for code in codes:
        assert not CODE_LIKE.search(sentence(locale, code)), code
    for field in FIELDS:
        assert said_well(ask_text(locale, field)), field
    for need, supplier in itertools.product([*SupportNeed, *CAPACITIES], Supplier):
        assert not CODE_LIKE.search(need_text(locale, ToArrange(need, supplier))), need


@pytest.mark.parametrize("locale", LOCALES)
def test_a_level_is_said_in_words_never_as_its_number(locale: str) -> None:
    texts = {sentence(locale, f"level.{one}.{level}") for one in CAPACITIES for level in range(5)}
    assert len(texts) == 100
    assert [text for text in texts if re.search(r"\d", text) and "kilo" not in text] == []


def messages(locale: str) -> dict[str, tuple[str, ...]]:
    found = {}
    for message in catalog(locale):
        if message.id:
            key = message.id if isinstance(message.id, str) else "|".join(message.id)
            found[key] = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
    return found


def placeholders(text: str) -> set[tuple[str, str]]:
    return {(name, spec or "") for _, name, spec, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_messages_with_the_same_values() -> None:
    dutch, english = messages("nl"), messages("en")
    assert dutch.keys() == english.keys()
    for code, texts in dutch.items():
        assert all(texts + english[code]), code
        for one, other in zip(texts, english[code], strict=True):
            assert placeholders(one) == placeholders(other), code


@pytest.mark.parametrize("locale", LOCALES)
def test_a_reason_names_only_values_that_its_id_asks_for(locale: str) -> None:
    for identifier, texts in messages(locale).items():
        code, *conditions = identifier.partition("|")[0].split("+")
        if code.startswith(("reason.", "constraint.", "change.")):
            asked = {re.split("[=>]", condition)[0] for condition in conditions} | {"dimension"}
            assert {name for text in texts for name, _ in placeholders(text)} <= asked, identifier


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_said_of_a_person_is_said_in_short_sentences(locale: str) -> None:
    for code, texts in messages(locale).items():
        if code.startswith(("reason.", "constraint.", "change.", "ask.")):
            longest = max(len(part.split()) for text in texts for part in re.split(r"[.?:] ", text))
            assert longest <= 18, code


def test_the_worked_examples_read_as_a_job_coach_would_say_them() -> None:
    def dutch(code: str, **values: object) -> str:
        return sentence("nl", code, values)

    assert dutch("reason.skill_coverage.much", covered=4, of=5) == "Zij heeft 4 van de 5 taken al geleerd of gedaan."
    assert dutch("reason.wish_nearness.wished", value=1.0) == "Zij wil dit werk graag."
    assert (
        dutch("constraint.travel.near", minutes=34, mode="bicycle", by=4.0)
        == "De reis duurt 34 minuten op de fiets, 4 minuten langer dan zij wil."
    )
    assert (
        dutch("constraint.hours.near", her_min=8.0, her_max=12.0, grows_to=24.0, min=16.0, max=24.0, by=4.0)
        == "Zij kan beginnen met 12 uur en groeien naar 24."
    )
    assert (
        dutch("reason.capacity.carve", dimension="lifting", value=-0.5)
        == "Tillen: een taak vraagt meer dan zij kan. Die taak kan er misschien uit."
    )


def test_numbers_dates_and_plurals_follow_the_language() -> None:
    hours = {"by": 2.5, "her_max": 13.5, "min": 16.0}
    assert "2,5 uur" in sentence("nl", "constraint.hours.near", hours)
    assert "2.5 hours" in sentence("en", "constraint.hours.near", hours)
    assert "1 maand " in sentence("nl", "reason.experience.some", {"value": 1.0})
    assert "8 maanden " in sentence("nl", "reason.experience.some", {"value": 8.0})
    assert "1 maart 2027" in sentence("nl", "constraint.availability.ok", DAY)
    assert "1 March 2027" in sentence("en", "constraint.availability.ok", DAY)
    assert sentence("nl", "error.rules.no_rule", {"on": date(2027, 3, 1), "field": "a", "rule_set": "b"}).count("maart")
    assert listed("nl", ["tillen", "staan", "zien"]) == "tillen, staan en zien"


def test_a_chance_is_told_in_tens() -> None:
    said = [chance_text("nl", chance) for chance in (0.01, 0.62, 0.98)]
    assert said == ["minder dan 1 op de 10", "ongeveer 6 op de 10", "meer dan 9 op de 10"]
    assert chance_text("en", 0.306, of=100) == "about 31 in 100"


def test_a_code_without_words_is_noticed_and_never_shown() -> None:
    with pytest.warns(MissingWords):
        text = sentence("en", "reason.no_such_feature.much")
    assert "no_such" not in text


def calls(package: Path) -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                yield name, node


def said_by(packages: tuple[Path, ...], *names: str) -> set[str]:
    """The codes that stand as plain strings in calls of these names."""
    return {
        part.value
        for package in packages
        for name, node in calls(package)
        if name in names
        for argument in node.args
        for part in ([argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument])
        if isinstance(part, ast.Constant)
        and isinstance(part.value, str)
        and re.fullmatch(r"[a-z_]+(\.[a-z_0-9]+)+", part.value)
    }


MATCHING, API = (Path(str(package.__file__)).parent for package in (matching, api))


def test_every_error_and_its_reason_have_words() -> None:
    errors = ("Invalid", "NotFound", "Conflict", "Refused", "NoRule")
    codes = said_by((MATCHING, API), *errors)
    assert len(codes) > 30
    assert sorted(code for code in codes if not has_words("nl", f"error.{code}")) == []
    reasons = {
        keyword.value.value
        for package in (MATCHING, API)
        for name, node in calls(package)
        if name in errors
        for keyword in node.keywords
        if keyword.arg == "reason" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }
    assert len(reasons) > 15
    assert sorted(one for one in reasons if " " not in one and not has_words("nl", f"why.{one}")) == []


def test_every_reason_why_a_cell_is_not_taken_over_has_words() -> None:
    reasons = said_by((MATCHING / "exchange",), "unread", "Reading", "problem", "refuse")
    assert len(reasons) > 30
    assert sorted(one for one in reasons if not has_words("nl", f"problem.{one}")) == []
