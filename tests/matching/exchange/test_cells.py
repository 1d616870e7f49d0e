"""What Dutch people write in a cell, and what it means (cases 39 and 40 of the worked cases, and their kin)."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.exchange import words
from matching.exchange.answers import (
    Demand,
    read_capacities,
    read_capacity,
    read_demand,
    read_education,
    read_groups,
    read_languages,
    read_licence_demand,
    read_licences,
    read_support,
)
from matching.exchange.cells import (
    is_blank,
    quoted,
    read_date,
    read_minutes,
    read_postcode,
    read_terms,
    read_text,
    read_texts,
    split_list,
)
from matching.exchange.times import read_grid, read_times, say_grid
from scoring.terms import (
    Capacity,
    Certificate,
    Daypart,
    EducationLevel,
    LanguageLevel,
    Licence,
    Sector,
    Supplier,
    SupportNeed,
    TargetGroup,
    TravelMode,
    Weekday,
)

TODAY = date(2026, 11, 22)
MORNING, AFTERNOON, EVENING = Daypart.MORNING, Daypart.AFTERNOON, Daypart.EVENING
MO, TU, WE, TH, FR, SA, SU = Weekday
DAYTIME = [MORNING, AFTERNOON]


@pytest.mark.parametrize(
    "words_of_case", ["geen rijbewijs nodig", "rijbewijs is niet vereist", "rijbewijs mag, hoeft niet"]
)
def test_case_39_these_words_ask_for_no_licence(words_of_case: str) -> None:
    assert read_licence_demand(words_of_case).value == Demand()


def test_case_39_in_bezit_van_rijbewijs_b_asks_for_b() -> None:
    assert read_licence_demand("in bezit van rijbewijs B").value == Demand(required=(Licence.B,))


@pytest.mark.parametrize(
    ("text", "demand"),
    [
        ("rijbewijs B is een pré", Demand(desired=(Licence.B,))),
        ("B, C gewenst", Demand((Licence.B,), (Licence.C,))),
        ("rijbewijs B vereist, BE niet nodig", Demand((Licence.B,))),
        ("c/ce", Demand((Licence.C, Licence.CE))),
        ("geen", Demand()),
        ("Je hebt een rijbewijs", Demand((Licence.B,))),
    ],
)
def test_what_a_vacancy_says_of_licences(text: str, demand: Demand[Licence]) -> None:
    assert read_licence_demand(text).value == demand


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("24,5 uur", 24.5, 24.5),
        ("20-24 uur p/w", 20, 24),
        ("3 dagdelen", 12, 12),
        ("fulltime", 36, 40),
        ("32u", 32, 32),
        ("min. 16 max 24", 16, 24),
        ("24 uur (3 x 8)", 24, 24),
        ("16 tot 24 uur per week", 16, 24),
        ("2-3 dagdelen", 8, 12),
        ("2 tot 3 dagen", 16, 24),
        ("max 24", None, 24),
        ("vanaf 16", 16, None),
        ("20 uur of meer", 20, None),
        ("0,5 fte", 18, 20),
        ("3 dagen van 6 uur", 18, 18),
        ("fulltime (38 uur)", 38, 38),
        ("24", 24, 24),
        ("16/24", 16, 24),
        ("20 à 24 uur", 20, 24),
        ("minimaal 16 uur en maximaal 24 uur", 16, 24),
        ("minder dan 16", None, 16),
        ("niet meer dan 20", None, 20),
        ("max 20", None, 20),
        ("niet minder dan 16", 16, None),
        ("32 uur (4 dagen)", 32, 32),
    ],
)
def test_case_40_words_become_hours(text: str, low: float | None, high: float | None) -> None:
    times = read_times(text).value
    assert times is not None
    assert (times.min, times.max) == (low, high)


def test_case_40_three_dagdelen_are_also_three_dayparts_a_week() -> None:
    times = read_times("3 dagdelen").value
    assert times is not None
    assert times.dayparts_per_week == 3


def test_case_40_days_and_dayparts_under_hours_become_dayparts() -> None:
    times = read_times("ma/di/do ochtend").value
    assert times is not None
    assert times.min is None
    assert times.grid == {MO: [MORNING], TU: [MORNING], TH: [MORNING]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("in overleg", "hours.by_agreement"),
        ("parttime", "hours.not_understood"),
        ("80", "hours.impossible"),
        ("24 uur per maand", "hours.not_per_week"),
        ("24-20", "hours.impossible"),
        ("120", "hours.not_understood"),
        ("-8", "hours.not_understood"),
        ("-24--32", "hours.not_understood"),
        ("24-", "hours.not_understood"),
        ("1e3", "hours.not_understood"),
        ("1.200", "hours.not_understood"),
        ("24?", "hours.not_understood"),
        ("80%", "hours.not_understood"),
        ("niet 24", "hours.not_understood"),
        ("niet 24 maar 16", "hours.not_understood"),
        ("24 uur tenzij het druk is", "hours.not_understood"),
        ("0", "hours.below_one"),
        ("0,8", "hours.below_one"),
        ("0 uur", "hours.below_one"),
    ],
)
def test_case_40_in_overleg_and_its_kin_stay_unknown_with_the_words_kept(text: str, reason: str) -> None:
    reading = read_times(text)
    assert (reading.value, reading.reason, reading.words) == (None, reason, text)


def test_hours_and_a_reservation_are_hours_with_the_reservation_kept() -> None:
    reading = read_times("24 uur in overleg")
    assert reading.value is not None
    assert (reading.value.max, reading.reason, reading.words) == (24, "hours.by_agreement", "in overleg")


def test_build_up_is_read_with_its_term() -> None:
    times = read_times("12 uur, opbouw naar 24 in 6 maanden").value
    assert times is not None
    assert (times.max, times.build_up_to, times.build_up_months) == (12, 24, 6)


def test_a_range_that_excel_made_a_day_of_stays_unknown() -> None:
    assert read_times(datetime(2026, 12, 8)).reason == "cell.date_not_expected"  # noqa: DTZ001


@pytest.mark.parametrize(
    ("text", "grid"),
    [
        ("ma t/m vr overdag", dict.fromkeys((MO, TU, WE, TH, FR), DAYTIME)),
        ("doordeweeks", dict.fromkeys((MO, TU, WE, TH, FR), DAYTIME)),
        ("weekend", {SA: DAYTIME, SU: DAYTIME}),
        ("hele week", dict.fromkeys((MO, TU, WE, TH, FR), DAYTIME)),
        ("woensdagmiddag en vrijdag", {WE: [AFTERNOON], FR: DAYTIME}),
        ("maandag en woensdagmiddag", {MO: DAYTIME, WE: [AFTERNOON]}),
        ("wo-middag, vr-ochtend", {WE: [AFTERNOON], FR: [MORNING]}),
        ("avond", {day: [EVENING] for day in (MO, TU, WE, TH, FR)}),
        ("niet op woensdag", dict.fromkeys((MO, TU, TH, FR), DAYTIME)),
        ("wo en vr middag", {WE: [AFTERNOON], FR: [AFTERNOON]}),
        ("ochtend: ma, wo; middag: di", {MO: [MORNING], TU: [AFTERNOON], WE: [MORNING]}),
        ("vr t/m ma", dict.fromkeys((MO, FR, SA, SU), DAYTIME)),
        ("alle dagen behalve zondag", dict.fromkeys((MO, TU, WE, TH, FR, SA), DAYTIME)),
        ("geen", {}),
    ],
)
def test_days_and_dayparts(text: str, grid: dict[Weekday, list[Daypart]]) -> None:
    assert read_grid(text).value == grid


@pytest.mark.parametrize("text", ["flexibel", "in overleg", "ma t/m", "om de week dinsdag", "9-17"])
def test_days_that_are_not_understood_stay_unknown(text: str) -> None:
    assert read_grid(text).value is None
    assert read_grid(text).reason == "dayparts.not_understood"


grids = st.dictionaries(
    st.sampled_from(Weekday), st.lists(st.sampled_from(Daypart), min_size=1, unique=True), max_size=7
)


@given(grids)
def test_every_grid_that_is_said_is_read_back(grid: dict[Weekday, list[Daypart]]) -> None:
    read = read_grid(say_grid(grid)).value
    assert read is not None
    assert {day: set(parts) for day, parts in read.items()} == {day: set(parts) for day, parts in grid.items()}


@pytest.mark.parametrize("text", ["", "-", "--", "?", "onbekend", "n.v.t.", "nvt", "N.V.T.", " ", "…", "niet bekend"])
def test_not_answered_is_unknown_and_never_a_value(text: str) -> None:
    assert is_blank(text)
    for read in (
        read_text,
        read_texts,
        read_times,
        read_grid,
        read_education,
        read_languages,
        read_licences,
        read_licence_demand,
        read_support,
        read_minutes,
        read_postcode,
        read_capacities,
    ):
        reading = read(text)  # type: ignore[operator]
        assert (reading.value, reading.reason) == (None, None)


@pytest.mark.parametrize("text", ["geen", "nee", "niet", "Geen "])
def test_none_in_a_list_is_the_empty_list(text: str) -> None:
    assert read_texts(text).value == []
    assert read_licences(text).value == []
    assert read_support(text).value == []
    assert read_terms(text, words.CERTIFICATES).value == []
    assert read_groups(text, today=TODAY).value == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("01-03-2027", date(2027, 3, 1)),
        ("1-3-27", date(2027, 3, 1)),
        ("1 maart 2027", date(2027, 3, 1)),
        ("per 1 maart 2027", date(2027, 3, 1)),
        ("1 mrt 2027", date(2027, 3, 1)),
        ("maart 2027", date(2027, 3, 1)),
        ("2027-03-01", date(2027, 3, 1)),
        ("1/3/2027", date(2027, 3, 1)),
        ("per direct", TODAY),
        ("46447", date(2027, 3, 1)),
    ],
)
def test_days(text: str, day: date) -> None:
    assert read_date(text, today=TODAY).value == day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("31-02-2027", "date.not_understood"),
        ("1 maart", "date.no_year"),
        ("zomer", "date.not_understood"),
        ("13-13-2027", "date.not_understood"),
    ],
)
def test_days_that_are_none(text: str, reason: str) -> None:
    assert (read_date(text, today=TODAY).value, read_date(text, today=TODAY).reason) == (None, reason)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("45", 45),
        ("45 min", 45),
        ("1 uur", 60),
        ("1,5 uur", 90),
        ("1:15", 75),
        ("30-45 minuten", 45),
        ("een half uur", 30),
        ("max. 60 min.", 60),
        ("1 uur en 15 min", 75),
    ],
)
def test_travel_minutes(text: str, minutes: int) -> None:
    assert read_minutes(text).value == minutes


def test_a_distance_is_no_time_and_a_small_bare_number_may_be_hours() -> None:
    assert read_minutes("25 km").reason == "minutes.distance"
    assert read_minutes("1").reason == "minutes.unit_missing"
    assert read_minutes("1", in_hours=True).value == 60


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("vmbo", 2),
        ("mbo niveau 2", 3),
        ("mbo2", 3),
        ("praktijkonderwijs", 2),
        ("vso", 2),
        ("havo", 5),
        ("hbo", 6),
        ("wo", 7),
        ("LTS", 2),
        ("mavo", 2),
        ("basisschool", 1),
        ("geen diploma", 0),
        ("MBO niveau III", 4),
        ("vmbo-tl", 2),
        ("mbo-1", 2),
        ("prakijkonderwijs", 2),
        ("mbo 2 of 3", 4),
        ("Mbo-2 Facilitaire dienstverlening", 3),
    ],
)
def test_education(text: str, level: int) -> None:
    assert read_education(text).value == EducationLevel(level)


def test_a_demand_of_one_of_two_levels_asks_the_lower() -> None:
    assert read_education("mbo 2 of 3", lowest=True).value is EducationLevel.MBO_2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mbo", "education.level_missing"),
        ("havo niet afgemaakt", "education.not_finished"),
        ("havo zonder diploma", "education.not_finished"),
        ("2", "education.not_understood"),
    ],
)
def test_education_that_says_too_little_stays_unknown(text: str, reason: str) -> None:
    assert (read_education(text).value, read_education(text).reason) == (None, reason)


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("A2", [("nl", LanguageLevel.A2)]),
        ("Nederlands goed", [("nl", LanguageLevel.B2)]),
        ("NT2 B1", [("nl", LanguageLevel.B1)]),
        ("moedertaal", [("nl", LanguageLevel.C2)]),
        ("A2/B1", [("nl", LanguageLevel.A2)]),
        ("Turks moedertaal, Nederlands matig", [("tr", LanguageLevel.C2), ("nl", LanguageLevel.A2)]),
    ],
)
def test_languages(text: str, languages: list[tuple[str, LanguageLevel]]) -> None:
    assert read_languages(text).value == languages


def test_a_language_without_a_level_is_reported() -> None:
    assert read_languages("Nederlands, Engels").reason == "languages.level_missing"


@pytest.mark.parametrize(
    ("text", "licences"),
    [
        ("geen rijbewijs", []),
        ("B", [Licence.B]),
        ("ja", [Licence.B]),
        ("AM, B", [Licence.AM, Licence.B]),
        ("b+be", [Licence.B, Licence.BE]),
    ],
)
def test_licences_of_a_person(text: str, licences: list[Licence]) -> None:
    assert read_licences(text).value == licences


def test_a_licence_that_she_is_taking_lessons_for_is_not_held() -> None:
    assert read_licences("bezig met rijbewijs B").reason == "licences.not_held_now"


@pytest.mark.parametrize(
    ("text", "modes"),
    [
        ("fiets, ov", [TravelMode.BICYCLE, TravelMode.PUBLIC_TRANSPORT]),
        ("elektrische fiets", [TravelMode.E_BIKE]),
        ("auto", [TravelMode.CAR]),
    ],
)
def test_travel_modes(text: str, modes: list[TravelMode]) -> None:
    assert read_terms(text, words.TRAVEL_MODES, whole=True).value == modes


@pytest.mark.parametrize("text", ["scooter", "fiets, scooter"])
def test_a_mode_that_we_do_not_know_makes_the_modes_unknown_with_the_word_kept(text: str) -> None:
    reading = read_terms(text, words.TRAVEL_MODES, whole=True)
    assert (reading.value, reading.words) == (None, "scooter")


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("doelgroepregister", TargetGroup.BANENAFSPRAAK),
        ("banenafspraak", TargetGroup.BANENAFSPRAAK),
        ("P-wet", TargetGroup.PARTICIPATIEWET),
        ("Wajong", TargetGroup.WAJONG),
        ("vso/pro", TargetGroup.VSO_PRO),
        ("50+", TargetGroup.OLDER_WORKER),
    ],
)
def test_target_groups(text: str, group: TargetGroup) -> None:
    groups = read_groups(text, today=TODAY).value
    assert groups is not None
    assert [member.group for member in groups] == [group]


def test_a_group_that_could_be_two_makes_the_groups_unknown() -> None:
    assert read_groups("Wajong, WW", today=TODAY).value is None


def test_a_group_carries_its_dates() -> None:
    groups = read_groups("banenafspraak (van 01-01-2025 tot 01-01-2027)", today=TODAY).value
    assert groups is not None
    assert (groups[0].valid_from, groups[0].valid_until) == (date(2025, 1, 1), date(2027, 1, 1))


def test_support_names_its_supplier() -> None:
    assert read_support("jobcoach (UWV), vaste begeleider, prikkelarme werkplek").value == [
        (SupportNeed.JOB_COACH, Supplier.UWV),
        (SupportNeed.FIXED_COLLEAGUE, Supplier.UNKNOWN),
        (SupportNeed.QUIET_PLACE, Supplier.UNKNOWN),
    ]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("licht tillen tot 5 kg", 1),
        ("10 kg", 2),
        ("15-20 kg", 3),
        (">20 kg", 4),
        ("meer dan 20 kg", 4),
        ("3", 3),
        ("0", 0),
        ("geen beperking", 4),
        ("kan niet tillen", 0),
        ("20 kg", 3),
    ],
)
def test_lifting(text: str, level: int) -> None:
    assert read_capacity(text, Capacity.LIFTING).value == level


def test_a_bare_number_beyond_the_levels_is_not_taken_for_kilos() -> None:
    assert read_capacity("10", Capacity.LIFTING).reason == "capacity.not_0_to_4"
    assert read_capacity("10", Capacity.LIFTING, in_kilos=True).value == 2


def test_several_capacities_in_one_cell() -> None:
    assert read_capacities("licht tillen tot 5 kg; staan 2; veel lopen").value == {
        Capacity.LIFTING: 1,
        Capacity.STANDING: 2,
        Capacity.WALKING: 3,
    }


def test_every_dimension_and_level_is_read() -> None:
    for name, capacity in words.CAPACITIES.items():
        for level in range(5):
            assert read_capacities(f"{name} {level}").value == {capacity: level}


def test_a_certificate_may_be_asked_or_wished() -> None:
    demand = read_demand("VCA vereist, BHV is een pré", words.CERTIFICATES).value
    assert demand == Demand((Certificate.VCA,), (Certificate.BHV,))


def test_lists_are_separated_but_two_forms_of_one_title_are_not() -> None:
    assert split_list("magazijn, inpakken; groen/schoonmaak\nkassa") == [
        "magazijn",
        "inpakken",
        "groen",
        "schoonmaak",
        "kassa",
    ]
    assert split_list("gastvrouw/gastheer receptie") == ["gastvrouw/gastheer receptie"]
    assert split_list("verkoper/verkoopster (m/v), 1,5 uur koken") == ["verkoper/verkoopster (m/v)", "1,5 uur koken"]


lines = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30).map(str.strip).filter(bool)


@given(st.lists(lines, min_size=1, max_size=5, unique=True))
def test_any_list_that_is_written_is_read_back(items: list[str]) -> None:
    assert read_texts("; ".join(map(quoted, items))).value == items
    assert read_text(quoted(items[0])).value == items[0]


@given(st.text(max_size=40))
def test_no_cell_makes_a_reader_fail(text: str) -> None:
    for read in (
        read_text,
        read_texts,
        read_times,
        read_grid,
        read_education,
        read_languages,
        read_licences,
        read_licence_demand,
        read_support,
        read_minutes,
        read_postcode,
        read_capacities,
    ):
        read(text)  # type: ignore[operator]
    read_date(text, today=TODAY)
    read_groups(text, today=TODAY)
    read_demand(text, words.CERTIFICATES)


@pytest.mark.parametrize("cell", ["elektrische fiets; ov", "ov, elektrische fiets", "elektrische fiets\nov"])
def test_a_short_word_in_a_list_is_not_taken_for_a_typing_error_in_a_long_one(cell: str) -> None:
    assert set(read_terms(cell, words.TRAVEL_MODES, whole=True).value or []) == {
        TravelMode.E_BIKE,
        TravelMode.PUBLIC_TRANSPORT,
    }


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("doelgroepregister, wia", [TargetGroup.BANENAFSPRAAK, TargetGroup.WIA]),
        ("doelgroepregister; pw", [TargetGroup.BANENAFSPRAAK, TargetGroup.PARTICIPATIEWET]),
        ("doelgroepregsiter", [TargetGroup.BANENAFSPRAAK]),
        ("vso/pro", [TargetGroup.VSO_PRO]),
    ],
)
def test_a_list_is_never_taken_for_one_of_its_words_with_a_typing_error(text: str, groups: list[TargetGroup]) -> None:
    assert read_terms(text, words.TARGET_GROUPS).value == groups


def test_a_bus_and_a_bicycle_in_a_list_are_two_ways_to_travel() -> None:
    assert read_terms("ov, fiets", words.TRAVEL_MODES).value == [TravelMode.PUBLIC_TRANSPORT, TravelMode.BICYCLE]


def test_every_certificate_and_sector_of_a_list_is_read() -> None:
    certificates = read_terms("BHV, heftruckcertificaat", words.CERTIFICATES).value
    assert certificates == [Certificate.BHV, Certificate.FORKLIFT]
    assert read_terms("ICT; wasserij en textiel", words.SECTORS).value == [Sector.ICT, Sector.LAUNDRY_TEXTILE]


@pytest.mark.parametrize("text", ["Uitkering: geen", "uitkering geen", "geen uitkering"])
def test_who_has_no_benefit_is_not_said_to_be_in_no_group(text: str) -> None:
    groups = read_groups(text, today=TODAY).value
    assert [group.group for group in groups or []] == [TargetGroup.NUG]
