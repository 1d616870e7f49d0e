"""Rule sets: every number has a source and a period, and a question outside it is an error, not a guess."""

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.errors import Invalid, NotFound
from matching.rules import NoRule, Rule, RuleSet, parse_rule_set
from scoring.terms import Certificate, EndReason, Licence, Screening, TravelMode

RULES = Path(__file__).resolve().parents[2] / "fixtures" / "rules"
FILES = sorted(RULES.glob("*.yaml"))
TODAY = date(2026, 7, 1)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))

HEAD = "code: trial\nversion: '1'\nregion: null\nrules:\n"


def rule_text(**changed: str) -> str:
    fields = {
        "code": "near.hours",
        "value": "4",
        "unit": "hours",
        "source": "somebody",
        "valid_from": "2020-01-01",
        "valid_until": "null",
        "note": "''",
    } | changed
    return "  - {" + ", ".join(f"{name}: {value}" for name, value in fields.items()) + "}\n"


def shipped(name: str) -> RuleSet:
    return parse_rule_set((RULES / f"{name}.yaml").read_text(encoding="utf-8"), file=f"{name}.yaml")


def problems(text: str) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        parse_rule_set(text, file="trial.yaml")
    return {problem.field: problem.reason for problem in caught.value.problems}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_rule_set_is_valid_and_named_after_its_file(file: Path) -> None:
    rule_set = parse_rule_set(file.read_text(encoding="utf-8"), file=file.name)
    assert rule_set.code == file.stem
    assert rule_set.rules


def test_six_rule_sets_are_shipped() -> None:
    assert [file.stem for file in FILES] == [
        "bouwblokken_rijnvicus",
        "bouwblokken_utrecht",
        "matching",
        "national",
        "pso",
        "trajectories",
    ]


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("near.travel_minutes", 10),
        ("near.hours_per_week", 4),
        ("near.hours_per_day", 1),
        ("near.start_weeks", 4),
        ("near.language_levels", 1),
        ("near.dayparts", 1),
        ("near.papers", 1),
        ("near.papers_months", 3),
        ("near.education_levels", 1),
        ("few_trips.per_week", 1),
        ("few_trips.maximum_factor", 2),
        ("introductions.open_maximum", 2),
    ],
)
def test_the_near_margins_are_those_of_the_worked_cases(code: str, value: float) -> None:
    assert shipped("matching").number(code, TODAY) == value


def test_every_licence_certificate_and_screening_has_a_time_to_obtain() -> None:
    matching = shipped("matching")
    assert set(matching.family("months_to_obtain.licence", TODAY)) == {licence.value for licence in Licence}
    assert set(matching.family("months_to_obtain.certificate", TODAY)) == {paper.value for paper in Certificate}
    assert set(matching.family("weeks_to_obtain.screening", TODAY)) == {screening.value for screening in Screening}


def test_every_travel_mode_has_speed_detour_and_fixed_minutes() -> None:
    matching = shipped("matching")
    for mode in TravelMode:
        travel = matching.family(f"travel.{mode.value}", TODAY)
        assert {"km_per_hour", "detour", "fixed_minutes"} <= set(travel)
        assert matching.number(f"travel.{mode.value}.detour", TODAY) >= 1
    assert {"change_after_km", "change_minutes"} <= set(matching.family("travel.public_transport", TODAY))


def test_atmosphere_and_workload_hold_for_the_same_team_and_nothing_else_does() -> None:
    holds = shipped("matching").family("tried_holds", TODAY)
    assert holds == {"atmosphere": "same_team", "workload_high": "same_team", "workload_low": "same_team"}
    assert set(holds) <= {reason.value for reason in EndReason}


def test_a_banenafspraak_job_is_25_and_a_half_hours() -> None:
    national = shipped("national")
    assert national.value("banenafspraak.hours_per_job", TODAY) == 25.5
    assert national.rule("banenafspraak.hours_per_job", TODAY).source == "werkgeverslijn.nl"


def test_a_rule_that_changed_has_its_value_of_the_day() -> None:
    national = shipped("national")
    assert national.value("lkv.banenafspraak.proof", date(2025, 12, 31)) == "doelgroepverklaring"
    assert national.value("lkv.banenafspraak.proof", date(2026, 1, 1)) == "register_entry"


def test_a_region_has_its_own_values() -> None:
    assert shipped("bouwblokken_utrecht").value("bouwblok.participatiewet", TODAY) == 40_000
    assert shipped("bouwblokken_rijnvicus").value("bouwblok.participatiewet", TODAY) == 25_000
    assert shipped("bouwblokken_utrecht").region != shipped("bouwblokken_rijnvicus").region


def test_a_larger_employer_meets_a_lower_norm() -> None:
    pso = shipped("pso")
    for step in ("step_1", "step_2", "step_3"):
        norms = [pso.number(f"norm.employees_{size}.{step}", TODAY) for size in (10, 50, 100, 105)]
        assert norms == sorted(norms, reverse=True)


@given(first=DAYS, length=st.none() | st.integers(0, 3000), asked=DAYS)
def test_a_rule_holds_from_its_first_to_its_last_day(first: date, length: int | None, asked: date) -> None:
    last = None if length is None else first + timedelta(length)
    rule_set = RuleSet("trial", "1", None, (Rule("near.hours", 4, "hours", "somebody", first, last, ""),))
    if first <= asked and (last is None or asked <= last):
        assert rule_set.value("near.hours", asked) == 4
    else:
        with pytest.raises(NoRule):
            rule_set.value("near.hours", asked)


def test_the_error_names_the_rule_the_set_and_the_date() -> None:
    rule_set = parse_rule_set(HEAD + rule_text(), file="trial.yaml")
    with pytest.raises(NoRule, match=r"near\.hours not_in_force rule_set=trial on=2019-12-31") as early:
        rule_set.value("near.hours", date(2019, 12, 31))
    with pytest.raises(NoRule, match=r"near\.days unknown_code"):
        rule_set.value("near.days", TODAY)
    assert isinstance(early.value, LookupError)
    assert isinstance(early.value, NotFound)


def test_a_list_becomes_a_tuple_and_is_no_number() -> None:
    rule_set = parse_rule_set(HEAD + rule_text(value="[4, 13]"), file="trial.yaml")
    assert rule_set.value("near.hours", TODAY) == (4, 13)
    with pytest.raises(Invalid, match="no_number"):
        rule_set.number("near.hours", TODAY)


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"value": "true"}, "near.hours.value", "not_a_value"),
        ({"value": "null"}, "near.hours.value", "not_a_value"),
        ({"value": ".nan"}, "near.hours.value", "not_a_value"),
        ({"value": "[]"}, "near.hours.value", "not_a_value"),
        ({"value": "{a: 1}"}, "near.hours.value", "not_a_value"),
        ({"unit": "''"}, "near.hours.unit", "not_a_text"),
        ({"source": "' '"}, "near.hours.source", "not_a_text"),
        ({"note": "3"}, "near.hours.note", "not_a_text"),
        ({"valid_from": "soon"}, "near.hours.valid_from", "not_a_date"),
        ({"valid_from": "2020-01-01 10:00:00"}, "near.hours.valid_from", "not_a_date"),
        ({"valid_until": "2019-12-31"}, "near.hours.valid_until", "before_start"),
        ({"code": "''"}, "1.code", "not_a_text"),
        ({"price": "3"}, "near.hours.price", "unknown_field"),
    ],
)
def test_a_wrong_field_is_named_with_file_rule_and_field(changed: dict[str, str], field: str, reason: str) -> None:
    assert problems(HEAD + rule_text(**changed)) == {f"trial.yaml:{field}": reason}


@pytest.mark.parametrize("field", ["value", "unit", "source", "valid_from", "valid_until", "note"])
def test_a_field_that_is_left_out_is_named(field: str) -> None:
    lines = [part for part in rule_text().strip(" -{}\n").split(", ") if not part.startswith(f"{field}:")]
    assert problems(HEAD + "  - {" + ", ".join(lines) + "}\n") == {f"trial.yaml:near.hours.{field}": "missing"}


def test_every_problem_is_listed_not_only_the_first() -> None:
    text = "code: 3\nregion: null\nrules:\n" + rule_text(value="null") + rule_text(code="b", unit="1") + "  - 3\n"
    assert problems(text) == {
        "trial.yaml:version": "missing",
        "trial.yaml:code": "not_a_text",
        "trial.yaml:near.hours.value": "not_a_value",
        "trial.yaml:b.unit": "not_a_text",
        "trial.yaml:3": "not_a_mapping",
    }


def test_two_rules_of_one_code_may_not_hold_on_the_same_day() -> None:
    later = rule_text(value="6", valid_from="2024-01-01")
    assert problems(HEAD + rule_text() + later) == {"trial.yaml:near.hours.valid_from": "overlaps"}
    rule_set = parse_rule_set(HEAD + rule_text(valid_until="2023-12-31") + later, file="trial.yaml")
    assert [rule_set.value("near.hours", date(year, 1, 1)) for year in (2023, 2024)] == [4, 6]


@pytest.mark.parametrize("text", ["a: [", "- 1", "", "day: 2026-02-30"])
def test_a_text_that_holds_no_rule_set_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"trial\.yaml"):
        parse_rule_set(text, file="trial.yaml")


@given(st.text(max_size=200))
def test_no_text_makes_the_parser_fail_otherwise(text: str) -> None:
    with suppress(Invalid):
        parse_rule_set(text, file="trial.yaml")
