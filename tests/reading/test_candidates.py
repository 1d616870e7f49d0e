"""What a CV or a note says that somebody can, did and wants becomes a draft; what is private stays out of it."""

from collections.abc import Callable

import pytest

from matching.reading import Draft

Read = Callable[[str], Draft]


def test_periods_become_months_and_no_dates(candidate: Read) -> None:
    draft = candidate(
        "Werkervaring\nmrt 2019 - jun 2021  Kassamedewerker, supermarkt\n2015 - 2018  Postbezorger\n\nWoonplaats: Assen"
    )
    assert draft.profile["workDone"] == [
        {"title": "Kassamedewerker", "months": 28},
        {"title": "Postbezorger", "months": 36},
    ]


@pytest.mark.parametrize(
    ("said", "title", "months"),
    [
        ("Ik heb drie jaar als schilder gewerkt.", "schilder", 36),
        ("Ik werkte 6 maanden bij de kringloop.", "kringloop", 6),
        ("Daarvoor was ik 5 jaar inpakker bij een fabriek.", "inpakker", 60),
    ],
)
def test_work_in_a_sentence_is_read_with_its_length(candidate: Read, said: str, title: str, months: int) -> None:
    assert candidate(f"Ik woon in Assen. {said}").profile["workDone"] == [{"title": title, "months": months}]


@pytest.mark.parametrize(
    ("said", "licences"),
    [
        ("Ik heb geen rijbewijs.", []),
        ("Rijbewijs: geen", []),
        ("Rijbewijs: B en BE", ["B", "BE"]),
        ("Ik ben bezig met lessen voor mijn rijbewijs.", None),
        ("Rijbewijs: B, verlopen", None),
        ("Ik fiets graag.", None),
    ],
)
def test_a_licence_that_is_not_held_now_is_unknown_and_none_is_an_answer(
    candidate: Read, said: str, licences: list[str] | None
) -> None:
    assert candidate(f"Woonplaats: Assen\n{said}").profile.get("licences") == licences


def test_a_school_that_was_not_finished_is_no_education(candidate: Read) -> None:
    draft = candidate("Ik woon in Assen.\nOpleiding\nvmbo, diploma behaald\nmbo 2 verkoper, niet afgemaakt")
    assert draft.profile["education"] == "vmbo"
    assert "education.not_finished" in {part.reason for part in draft.parts}


def test_hours_may_grow(candidate: Read) -> None:
    draft = candidate("Ik woon in Assen. Ik kan nu 16 uur per week werken, later 24 uur.")
    assert draft.profile["hours"] == {"min": 16, "max": 16, "buildUpTo": 24}


def test_a_wish_and_a_refusal_are_kept_apart(candidate: Read) -> None:
    wishes = candidate("Ik woon in Assen. Ik wil graag werken met planten. Ik wil niet in een fabriek werken.").profile[
        "wishes"
    ]
    assert wishes["work"] == ["planten"]
    assert "fabriek" in wishes["notWork"][0]


@pytest.mark.parametrize(
    ("line", "kind", "secret"),
    [
        ("Naam: Aaltje Voorbeeld", "name", "Aaltje"),
        ("Ik heet Aaltje Voorbeeld en zoek werk.", "name", "Aaltje"),
        ("Aaltje Voorbeeld", "name", "Aaltje"),
        ("CV van Aaltje Voorbeeld\nWerkwens: Aaltje wil schilder worden", "name", "Aaltje"),
        ("Geboortedatum: 4 mei 1980", "birth_date", "1980"),
        ("Ik ben 47 jaar.", "age", "47"),
        ("Nationaliteit: Belgische", "nationality", "Belgische"),
        ("Adres: Dorpsstraat 12, 9401 AB Assen", "address", "Dorpsstraat"),
        ("Burgerlijke staat: gehuwd", "civil_status", "gehuwd"),
        ("BSN 111222333", "bsn", "111222333"),
        ("Tel. 06-12345678", "phone", "12345678"),
        ("E-mail: aaltje@post.example", "email", "post.example"),
        ("Door mijn depressie werk ik liever rustig.", "sensitive", "depressie"),
        ("Ik heb veel schulden gehad.", "sensitive", "schulden"),
    ],
)
def test_what_is_private_is_nowhere_in_the_draft_and_only_its_kind_is_said(
    candidate: Read, line: str, kind: str, secret: str
) -> None:
    draft = candidate(f"{line}\nIk heb drie jaar als schilder gewerkt. Ik kan 24 uur werken. Postcode 9401.")
    assert secret not in str(draft.as_json())
    assert kind in draft.not_read
    assert draft.profile["postcode"] == "9401"
    assert draft.profile["workDone"]


def test_a_full_postcode_loses_its_letters(candidate: Read) -> None:
    draft = candidate("Postcode: 9401 AB Assen")
    assert draft.profile == {"postcode": "9401"}
    assert "9401 AB" not in str(draft.as_json())


def test_a_candidate_without_a_place_says_what_is_missing(candidate: Read) -> None:
    assert candidate("Ik heb drie jaar als schilder gewerkt.").missing == ("region", "postcode")
