"""What may not be kept about a person, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.exchange.sensitive import is_bsn, is_day, is_sensitive, may_be_shown, without_bsn, without_contact


@pytest.mark.parametrize(
    "text",
    [
        "autisme",
        "heeft ADHD",
        "PTSS en rugklachten",
        "angststoornis",
        "depressieve klachten",
        "onder behandeling",
        "slikt medicatie",
        "ex-gedetineerde",
        "gokverslaving",
        "in detentie geweest",
        "schulden",
        "is moslim",
        "vluchteling",
        "burn-out",
        "Epilepsie!",
        "ziekenhuis (als patiënt)",
    ],
)
def test_words_that_betray_are_seen(text: str) -> None:
    assert is_sensitive(text)


@pytest.mark.parametrize(
    "text",
    [
        "ziekenhuis",
        "gezondheidszorg",
        "verslavingszorg",
        "strafrecht",
        "gehandicaptenzorg",
        "klachten behandelen",
        "blind typen",
        "medewerker schuldhulpverlening",
        "storingen oplossen",
        "alcoholverkoop",
        "verzorging",
        "medicijnen bezorgen",
        "magazijn",
        "werken met ouderen",
        "geen beperkingen",
        "geloofwaardig overkomen",
        "administratief medewerker GGZ",
    ],
)
def test_work_and_courses_that_only_sound_like_it_are_not(text: str) -> None:
    assert not is_sensitive(text)


@given(st.integers(10_000_000, 999_999_999))
def test_the_eleven_test_is_the_weighted_sum(number: int) -> None:
    digits = f"{number:09d}"
    total = sum(int(d) * w for d, w in zip(digits, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True))
    assert is_bsn(str(number)) == (total % 11 == 0)


def test_a_day_of_eight_digits_or_with_dashes_is_no_bsn_of_a_column() -> None:
    assert is_day("01012027")
    assert not is_bsn("01-01-2113")


def test_a_bsn_in_a_text_is_taken_out_and_a_day_or_phone_number_is_not() -> None:
    assert without_bsn("nummer 111222333, 1112.22.333 en klaar")[1] == 2
    assert without_bsn("op 20270301 bellen met 0612345678") == ("op 20270301 bellen met 0612345678", 0)


@pytest.mark.parametrize("text", ["piet@voorbeeld.nl", "bel 06-12345678", "111222333", "wegens psychose", "x" * 41])
def test_words_about_a_person_are_not_shown_with_a_problem(text: str) -> None:
    assert not may_be_shown(text)


def test_ordinary_words_are_shown_with_a_problem() -> None:
    assert may_be_shown("uren in overleg")


@pytest.mark.parametrize(
    "contact",
    ["06-12345678", "0612345678", "06.12.34.56.78", "030 - 234 56 78", "(030) 2345678", "+31 6 12 34 56 78",
     "0031612345678", "j.de.vries@voorbeeld.nl"],
)  # fmt: skip
def test_a_phone_number_or_an_address_is_taken_out_of_a_text(contact: str) -> None:
    assert without_contact(f"Jan de Vries, tel. {contact}") == ("Jan de Vries", 1)


@pytest.mark.parametrize(
    "text", ["01-03-2020 tot 01-04-2021", "01-03-2020 - 01-04-2021", "van 06-2019 tot 08-2020", "2019-2021 magazijn"]
)
def test_days_and_years_are_no_phone_numbers(text: str) -> None:
    assert without_contact(text) == (text, 0)
