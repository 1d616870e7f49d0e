"""Which field a column header names, and which it does not."""

import pytest

from matching.exchange.columns import CANDIDATE_NAMES, IDENTITY, PROTECTED, REMARKS, SENSITIVE, VACANCY_NAMES
from matching.exchange.fields import CANDIDATE_READERS
from matching.exchange.vacancy_fields import VACANCY_READERS


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Postcode", "postcode"),
        ("pc", "postcode"),
        ("Uren p/w", "hours"),
        ("Uren min", "hours.min"),
        ("uren van - tot", "hours"),
        ("Beschikbaar per", "available_from"),
        ("Max. reistijd (min)", "travel.max_minutes"),
        ("Vervoer", "travel.modes"),
        ("Rijbewijs", "licences"),
        ("Opleiding", "education"),
        ("Wens beroep", "wishes.work"),
        ("Werkervaring", "work_done"),
        ("Vaardigheden", "skills"),
        ("Taal", "languages"),
        ("Doelgroep", "target_groups"),
        ("Begeleiding nodig", "support_needs"),
        ("Tillen", "capacities.lifting"),
        ("Klantnummer", "source_id"),
        ("KLANT NR.", "source_id"),
        ("Cliëntnummer", "source_id"),
        ("travel.maxMinutes", "travel.max_minutes"),
        ("available_from", "available_from"),
        ("hoursPerDayMax", "hours_per_day_max"),
        ("Werkervarign", "work_done"),
        ("Wens beroep 2", "wishes.work"),
        ("Naam kandidaat", IDENTITY),
        ("Opmerkingen consulent", REMARKS),
        ("Diagnose(n)", SENSITIVE),
        ("Leeftijd", PROTECTED),
        ("Schoenmaat", None),
        ("", None),
    ],
)
def test_a_header_names_a_field(header: str, field: str | None) -> None:
    assert CANDIDATE_NAMES.field_of(header)[0] == field


def test_a_header_may_state_a_unit() -> None:
    assert CANDIDATE_NAMES.field_of("Tillen (kg)") == ("capacities.lifting", "kg")
    assert CANDIDATE_NAMES.field_of("Reistijd (uur)") == ("travel.max_minutes", "uur")


def test_task_columns_are_numbered() -> None:
    assert VACANCY_NAMES.field_of("Taak 2")[0] == "tasks.2.text"
    assert VACANCY_NAMES.field_of("Taak 12 uren")[0] == "tasks.12.hours"


@pytest.mark.parametrize(("names", "readers"), [(CANDIDATE_NAMES, CANDIDATE_READERS), (VACANCY_NAMES, VACANCY_READERS)])
def test_every_named_field_has_a_reader_and_every_reader_a_name(names: object, readers: dict[str, object]) -> None:
    assert {field for field in names.dutch if not field.startswith("#")} == set(readers)  # type: ignore[attr-defined]


@pytest.mark.parametrize("names", [CANDIDATE_NAMES, VACANCY_NAMES])
def test_the_dutch_name_of_a_field_names_that_field(names: object) -> None:
    for field, dutch in names.dutch.items():  # type: ignore[attr-defined]
        assert names.field_of(dutch)[0] == field  # type: ignore[attr-defined]
