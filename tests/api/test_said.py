"""What is said of a pair is true of that pair: the complete person and vacancy of the cases, each changed a little."""

from typing import Any

import numpy as np
import pytest

from api.schemas.said import changes, constraint_text, reason_text, unknown_name
from api.wording import sentence
from matching.ranking import RankedItem
from scoring.columns import Ints
from scoring.explain import reason_of
from scoring.explanation import Reason
from scoring.model import Unknown
from scoring.reference import FieldScores
from scoring.terms import Answer
from tests.cases.field import AT_WORK, PERSON, VACANCY, Field, a_person, a_vacancy, tasks_with_first


def constraint(item: RankedItem, name: str, locale: str = "nl") -> str:
    one = next(one for one in item.explanation.constraints if one.constraint == name)
    return constraint_text(locale, one, item.explanation)


def reason(item: RankedItem, feature: str) -> str:
    parts = [part for question in item.explanation.questions.values() for part in question.contributions]
    return reason_text("nl", next(part.reason for part in parts if part.feature == feature))


def change(item: RankedItem) -> list[str]:
    return [sentence("nl", one.code, values) for one, values in changes(item.explanation)]


def said_of(feature: str, value: float) -> str:
    """The sentence of one known value."""
    nobody: Ints = np.zeros(0, np.int64)
    unknown = Unknown(nobody, np.zeros((0, 3, 1)), np.zeros((0, 1)))
    part = FieldScores(
        "field", {feature: np.array([value])}, {feature: np.zeros((3, 1), np.int32)}, np.array([True]), unknown, 0.0
    )
    return reason_text("nl", reason_of(feature, part, 0, {}))


@pytest.mark.parametrize(
    ("feature", "value", "text"),
    [
        ("wish_nearness", 1.0, "Zij wil dit werk graag."),
        ("wish_nearness", 0.95, "Zij wil dit werk graag."),
        ("wish_nearness", 0.9, "Dit werk lijkt op werk dat zij wil."),
        ("wish_nearness", 0.1, "Zij noemde dit werk niet als wens."),
        ("wish_nearness", -0.8, "Dit werk lijkt op werk dat zij niet wil."),
        ("wish_nearness", -0.95, "Zij zei dat zij dit werk niet wil."),
        ("wish_nearness", -1.0, "Zij zei dat zij dit werk niet wil."),
        ("work_nearness", 0.95, "Zij deed dit werk al eerder."),
        ("work_nearness", 0.9, "Haar eerdere werk lijkt op dit werk."),
        ("work_nearness", 0.0, "Zij deed dit werk nog niet eerder."),
        ("experience", 24.0, "Zij heeft twee jaar of meer ervaring in werk zoals dit."),
        ("language_margin", -3.0, "Haar taalniveau is lager dan dit werk vraagt."),
    ],
)
def test_like_work_is_not_called_this_work(feature: str, value: float, text: str) -> None:
    assert said_of(feature, value) == text


def test_who_refused_and_did_neighbouring_work_is_not_said_to_have_refused_or_done_this_work(field: Field) -> None:
    neighbour = {"wishes": PERSON["wishes"] | {"work": ["hovenier"], "notWork": ["scanmedewerker"]}}
    item = field.pair(neighbour | {"workDone": [{"title": "scanmedewerker", "months": 10}]})
    assert reason(item, "wish_nearness") == "Dit werk lijkt op werk dat zij niet wil."
    assert reason(item, "work_nearness") == "Haar eerdere werk lijkt op dit werk."
    assert reason(item, "experience") == "Zij heeft 10 maanden ervaring in werk zoals dit."


def test_a_vacancy_with_tasks_is_not_said_to_say_little_of_the_work(field: Field) -> None:
    silent = dict.fromkeys(("hours", "workTimes", "startOn", "contractMonths"))
    text = "De vacature noemt nog niet alles wat iemand wil weten, zoals de uren, de werktijden en de startdatum."
    assert reason(field.pair(vacancy=silent), "vacancy_detail") == text
    assert reason(field.pair(), "vacancy_detail") == "De vacature noemt het meeste wat iemand wil weten."


def test_what_she_learned_and_what_she_can_sustain_are_told_apart(field: Field) -> None:
    item = field.pair()
    assert reason(item, "skill_coverage") == "Zij heeft 4 van de 5 taken al geleerd of gedaan."
    told = {sentence("nl", f"task_answer.{answer}") for _, answer in item.explanation.tasks}
    assert told == {"kan zij aan"}


def test_a_task_of_which_nobody_said_whether_it_may_go_is_what_is_not_known(field: Field) -> None:
    heavy = {"tasks": tasks_with_first(freedom=None, demands={"lifting": 4})}
    item = field.pair(vacancy=heavy)
    text = "Een taak vraagt meer dan zij kan: tillen. Wij weten nog niet of die taak uit het werk mag."
    assert constraint(item, "capacity") == text
    unknown = [unknown_name("nl", one) for one in item.explanation.constraints if one.answer == Answer.UNKNOWN]
    assert unknown == ["of een zware taak uit het werk mag"]
    levels = {name: level for name, level in PERSON["capacities"].items() if name != "standing"}
    untold = field.pair({"capacities": levels}, {"tasks": tasks_with_first(freedom=None)})
    assert constraint(untold, "capacity") == "Wij weten nog niet of zij aankan wat de taken vragen."


PAUSE = {"pause": {"since": "2027-02-01"}}


@pytest.mark.parametrize(
    ("person", "name", "text", "changed"),
    [
        (
            {"maxOpenIntroductions": 0},
            "attention",
            "Zij wil nu geen gesprekken.",
            "Zij moet eerst weer gesprekken willen.",
        ),
        (
            {"agreedToMatching": False},
            "availability",
            "Zij is niet akkoord met bemiddeling.",
            "Zij moet eerst akkoord gaan met bemiddeling.",
        ),
        (
            PAUSE,
            "availability",
            "Zij heeft nu een pauze. Wij weten niet tot wanneer.",
            "Haar pauze moet eerst voorbij zijn.",
        ),
        (
            PAUSE | {"agreedToMatching": False},
            "availability",
            "Zij is niet akkoord met bemiddeling. Zij heeft nu ook een pauze.",
            "Zij moet eerst weer beschikbaar zijn, en akkoord gaan met bemiddeling.",
        ),
    ],
    ids=["wants none", "not agreed", "paused", "both"],
)
def test_why_she_is_not_introduced_now_is_told_as_it_is(
    field: Field, person: dict[str, Any], name: str, text: str, changed: str
) -> None:
    item = field.pair(person)
    assert constraint(item, name) == text
    assert change(item) == [changed]


def test_who_is_at_her_maximum_is_in_conversation(field: Field) -> None:
    with field.opened([a_person()], [a_vacancy()], open_introductions=2) as opened:
        item = opened.explain()
    assert constraint(item, "attention").startswith("Zij is al in gesprek over ander werk.")
    assert change(item) == ["Eerst moet een ander voorstel klaar zijn."]


def test_where_nothing_is_asked_nothing_is_said_of_her(field: Field) -> None:
    tasks = [{name: value for name, value in task.items() if name != "demands"} for task in VACANCY["tasks"]]
    item = field.pair(vacancy={"languages": None, "tasks": tasks})
    assert {
        name: constraint(item, name)
        for name in (
            "group", "capacity", "support", "education", "language", "licence", "certificate", "screening", "access"
        )
    } == {
        "group": "De opdracht vraagt geen doelgroep.",
        "capacity": "De vacature noemt geen eisen aan wat iemand aankan.",
        "support": "Zij heeft geen steun nodig.",
        "education": "De vacature vraagt geen opleiding.",
        "language": "De vacature vraagt geen taalniveau.",
        "licence": "Voor dit werk is geen rijbewijs nodig.",
        "certificate": "Voor dit werk zijn geen certificaten nodig.",
        "screening": "Voor dit werk is geen screening nodig.",
        "access": "Zij heeft in het gebouw niets bijzonders nodig.",
    }  # fmt: skip


def test_where_something_is_asked_it_is_said_of_her(field: Field) -> None:
    able = {"licences": ["B"], "certificates": ["vca"], "accessNeeds": ["lift"], "supportNeeds": []}
    asks = {"licences": ["B"], "certificates": ["vca"], "screenings": ["vog"], "educationWished": "mbo_2"}
    item = field.pair(able, asks)
    assert [constraint(item, name) for name in ("licence", "certificate", "screening", "access", "language")] == [
        "Zij heeft het rijbewijs dat nodig is.",
        "Zij heeft de certificaten die nodig zijn.",
        "De screening is in orde.",
        "Zij kan het gebouw in en gebruiken.",
        "Zij kent de taal goed genoeg voor dit werk.",
    ]


def test_work_at_home_asks_no_journey_and_no_building(field: Field) -> None:
    item = field.pair({"accessNeeds": ["lift"]}, {"remoteShare": 1})
    assert constraint(item, "travel") == "Voor dit werk hoeft zij niet te reizen."
    assert constraint(item, "access") == "Voor dit werk hoeft zij niet naar een gebouw."


def test_a_journey_of_more_than_three_hours_is_not_counted_in_minutes(field: Field) -> None:
    item = field.pair({"postcode": "9711", "travel": {"modes": ["walk"], "maxMinutes": 30}}, {"postcode": AT_WORK})
    assert constraint(item, "travel").startswith("De reis duurt meer dan 3 uur lopend, meer dan 3 uur langer")
    said = [sentence("nl", "unit.minutes", {"n": n}) for n in (179, 180, 181, 600)]
    assert said == ["179 minuten", "180 minuten", "meer dan 3 uur", "meer dan 3 uur"]
    assert sentence("en", "unit.minutes", {"n": 600}) == "more than 3 hours"


def test_who_wants_to_grow_where_nothing_is_told_of_it_is_not_said_to_be_silent(field: Field) -> None:
    item = field.pair({"growthWish": "diploma"}, {"growthPath": None})
    assert reason(item, "growth") == "Zij wil groeien. Wij weten nog niet of dat in dit werk kan."
    silent = field.pair({"growthWish": None}, {"growthPath": None})
    assert reason(silent, "growth") == "Wij weten nog niet of zij wil groeien."


def test_a_task_that_may_go_is_not_said_to_ask_only_a_little_more() -> None:
    carved = Reason("capacity.carve", {"dimension": "lifting", "value": -0.5})
    assert reason_text("nl", carved) == "Tillen: een taak vraagt meer dan zij kan. Die taak kan er misschien uit."
