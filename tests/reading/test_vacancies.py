"""What a vacancy text says becomes parts with their words; what it denies, wishes or leaves open stays so."""

from collections.abc import Callable
from typing import Any

import pytest

from matching.profiles import VacancyProfile
from matching.reading import Draft

Read = Callable[[str], Draft]


def values(draft: Draft, field: str) -> list[Any]:
    return [part.value for part in draft.parts if part.field == field]


def reasons(draft: Draft, field: str) -> set[str | None]:
    return {part.reason for part in draft.parts if part.field == field}


@pytest.mark.parametrize(
    ("said", "asked", "wished"),
    [
        ("Je hebt rijbewijs B.", ["B"], None),
        ("Rijbewijs niet nodig.", [], None),
        ("Je hoeft geen rijbewijs te hebben.", [], None),
        ("Een rijbewijs is geen vereiste.", [], None),
        ("Rijbewijs B is een pré.", None, ["B"]),
        ("Rijbewijs C is niet nodig, rijbewijs B wel.", ["B"], None),
        ("Driving licence not required.", [], None),
        ("Je werkt buiten.", None, None),
    ],
)
def test_a_licence_is_asked_wished_denied_or_not_spoken_of(
    vacancy: Read, said: str, asked: list[str] | None, wished: list[str] | None
) -> None:
    profile = vacancy(f"Vakkenvuller gezocht\n\n{said}").profile
    assert (profile.get("licences"), profile.get("licencesDesired")) == (asked, wished)


def test_a_denial_does_not_reach_the_next_thing_that_is_asked(vacancy: Read) -> None:
    profile = vacancy("Vakkenvuller\n\nErvaring is geen vereiste, een VCA-certificaat wel. BHV is niet nodig.").profile
    assert profile["certificates"] == ["vca"]


@pytest.mark.parametrize(
    ("said", "hours", "reason"),
    [
        ("32 uur per week", {"min": 32, "max": 32}, None),
        ("24 - 32 uur", {"min": 24, "max": 32}, None),
        ("32 uur verdeeld over 4 dagen", {"min": 32, "max": 32}, None),
        ("4 dagen van 6 uur", {"min": 24, "max": 24}, None),
        ("minimaal 16 uur per week", {"min": 16}, None),
        ("20 tot 24 of 32 uur", {"min": 20, "max": 32}, "hours.several"),
        ("24 of 32 uur per week", {"min": 24, "max": 32}, "hours.either"),
        ("0-24 uur", {"min": 0, "max": 24}, "hours.from_zero"),
        ("16 uur per week, in overleg", {"min": 16, "max": 16}, "hours.by_agreement"),
        ("fulltime of parttime", None, "hours.full_or_part_time"),
        ("van 9 uur tot 3 uur", None, None),
        ("een training van 8 uur per dag", None, None),
    ],
)
def test_hours_are_read_and_what_leaves_them_open_is_marked(
    vacancy: Read, said: str, hours: dict[str, float] | None, reason: str | None
) -> None:
    draft = vacancy(f"Vakkenvuller gezocht\n\nWij bieden werk: {said}.")
    assert draft.profile.get("hours") == hours
    assert reasons(draft, "hours") == ({reason} if hours or reason else set())


def test_days_with_clock_times_are_dayparts(vacancy: Read) -> None:
    times = vacancy("Schoonmaker\n\n15 uur, ma t/m vr van 6.00 tot 9.00 uur.").profile["workTimes"]
    days = times.get("fixed") or times["possible"]
    assert days == {day: ["morning"] for day in ("monday", "tuesday", "wednesday", "thursday", "friday")}


@pytest.mark.parametrize(
    ("said", "tasks"),
    [
        ("Je vouwt dozen, plakt etiketten en stapelt pallets.", ["vouwt dozen", "plakt etiketten", "stapelt pallets"]),
        ("De medewerker sorteert de post en brengt pakketten rond.", ["sorteert de post", "brengt pakketten rond"]),
        ("Werkzaamheden: vloeren dweilen, ramen lappen.", ["vloeren dweilen", "ramen lappen"]),
        ("Je gaat onkruid wieden en heggen knippen.", ["onkruid wieden", "heggen knippen"]),
        ("Your tasks:\n- Pick orders\n- Clean the hall", ["Pick orders", "Clean the hall"]),
        (
            "Tot uw taken behoren het sorteren van post en het scannen van dossiers.",
            ["het sorteren van post", "het scannen van dossiers"],
        ),
    ],
)
def test_tasks_are_read_in_every_person_and_mood(vacancy: Read, said: str, tasks: list[str]) -> None:
    assert values(vacancy(f"Vacature\n\n{said}"), "tasks") == tasks


def test_what_the_company_does_or_gives_is_no_task(vacancy: Read) -> None:
    draft = vacancy(
        "Inpakker\n\nOver ons\nWij bakken koekjes en verpakken ze in dozen. Onze chauffeurs rijden door het land.\n\n"
        "Wat ga je doen?\n- Dozen vouwen\n\nWat bieden wij?\n- Wij betalen je opleiding\n- Samen lunchen\n\n"
        "Procedure\nStuur je cv en vul het formulier in. Je loopt een dag mee."
    )
    assert values(draft, "tasks") == ["Dozen vouwen"]
    assert {"company", "procedure"} <= draft.not_read.keys()


def test_a_demand_on_the_body_counts_for_the_task_in_which_it_stands_or_for_all(vacancy: Read) -> None:
    draft = vacancy("Vakkenvuller\n\nTaken:\n- Karton persen\n- Kratten tillen tot 15 kg\n\nHet is staand werk.")
    first, second = draft.profile["tasks"]
    assert first.get("demands") == {"standing": 3}
    assert second["demands"] == {"lifting": 3, "standing": 3}
    assert reasons(draft, "demands") == {None, "demands.on_all_tasks"}


def test_an_education_is_a_wish_unless_the_law_asks_it(vacancy: Read) -> None:
    wish = vacancy("Zorghulp\n\nMbo niveau 2 werk- en denkniveau of gelijkwaardig.").profile
    law = vacancy("Zorghulp\n\nEen diploma mbo 2 is wettelijk verplicht.").profile
    assert (wish.get("educationWished"), wish.get("educationByLaw")) == ("mbo_2", None)
    assert (law.get("educationWished"), law.get("educationByLaw")) == (None, "mbo_2")


def test_one_of_several_languages_is_asked_of_nobody_and_left_to_a_person(vacancy: Read) -> None:
    draft = vacancy("Orderpicker\n\nBeheersing van Nederlands, Engels of Pools op A2.")
    assert "languages" not in draft.profile
    assert reasons(draft, "languages") == {"languages.one_of_several"}


def test_a_place_with_several_postcodes_is_proposed_and_marked(vacancy: Read) -> None:
    draft = vacancy("Vakkenvuller\n\nStandplaats: Veendam")
    assert draft.profile["postcode"].startswith("964")
    assert reasons(draft, "postcode") == {"place.one_of_several_postcodes"}
    assert reasons(vacancy("Vakkenvuller\n\nLocatie: 9641 AB Veendam"), "postcode") == {None}


@pytest.mark.parametrize("word", ["goes", "best", "een heel enter", "echt zwaar"])
def test_a_word_that_is_also_a_place_is_no_place(vacancy: Read, word: str) -> None:
    assert "postcode" not in vacancy(f"Vakkenvuller\n\nHet werk is {word}. Je werkt in een team.").profile


def test_a_name_and_a_number_in_a_vacancy_go_nowhere(vacancy: Read) -> None:
    draft = vacancy("Vakkenvuller\n\nJe vult de schappen.\nBel mevrouw Wiersinga: 06-12345678 of w@winkel.example.")
    said = str(draft.as_json())
    assert not any(words in said for words in ("Wiersinga", "12345678", "winkel.example"))
    assert {"name", "phone", "email"} <= draft.not_read.keys()


def test_a_text_without_work_is_an_empty_draft_that_says_what_is_missing(vacancy: Read) -> None:
    draft = vacancy("Morgen wordt het mooi weer.")
    assert draft.missing == ("title", "tasks")
    assert draft.profile == {}


def test_a_draft_that_lacks_nothing_is_a_valid_vacancy(vacancy: Read) -> None:
    draft = vacancy("Vakkenvuller\n\nTaken: schappen vullen, karton persen. 12 tot 16 uur. Je werkt in Veendam.")
    assert VacancyProfile.model_validate(draft.profile).title == "Vakkenvuller"
