"""Worked cases 1 to 26: a complete person and a complete vacancy, of which one thing is changed."""

from typing import Any

import pytest

from matching.ranking import Overruled, RankedItem
from matching.store import load_vacancy
from matching.tables.pairs import OverrideDirection, OverrideRow
from scoring.terms import CONSTRAINTS, Constraint
from tests.cases.background import grid
from tests.cases.field import (
    PERSON,
    SKILLS,
    TASKS,
    WORKDAYS,
    Field,
    a_person,
    a_vacancy,
    answer,
    answers,
    contribution,
    task,
    tasks_with_first,
)

BICYCLE_ONLY = {"modes": ["bicycle"], "maxMinutes": 30}


def capacities(**levels: int | None) -> dict[str, int]:
    return {name: level for name, level in (PERSON["capacities"] | levels).items() if level is not None}


def tasks_of(item: RankedItem) -> list[str]:
    return [answered.value for _, answered in item.explanation.tasks]


def to_arrange(item: RankedItem) -> list[tuple[str, str]]:
    return [(one.need, one.supplier) for one in item.explanation.to_arrange]


def test_the_complete_person_and_the_complete_vacancy_fit_in_everything(field: Field) -> None:
    item = field.pair()
    assert answers(item) == {}
    assert item.explanation.eligible
    assert item.explanation.questions_to_ask == ()
    assert [one.constraint for one in item.explanation.constraints] == list(CONSTRAINTS)


@pytest.mark.parametrize("asked", [{"educationWished": "mbo_2"}, {"educationByLaw": "mbo_2"}])
def test_01_education_that_is_not_filled_in_is_unknown_and_she_stays_in(field: Field, asked: dict[str, Any]) -> None:
    item = field.pair({"education": None}, asked)
    assert answers(item) == {"education": ("unknown", None, "levels")}
    assert item.explanation.eligible


def test_01b_one_level_under_a_wished_education_is_near(field: Field) -> None:
    item = field.pair({"education": "vmbo"}, {"educationWished": "mbo_2"})
    assert answers(item) == {"education": ("near", 1, "levels")}
    assert item.explanation.eligible


def test_01b_one_level_under_an_education_that_the_law_asks_blocks(field: Field) -> None:
    item = field.pair({"education": "vmbo"}, {"educationByLaw": "mbo_2"})
    assert answers(item) == {"education": ("blocked", 1, "levels")}
    assert not item.explanation.eligible


def test_02_a_ride_of_34_minutes_is_4_too_long_for_who_rides_at_most_30(field: Field) -> None:
    item = field.pair({"postcode": field.postcode_at(bicycle=34), "travel": BICYCLE_ONLY})
    assert answers(item) == {"travel": ("near", 4, "minutes")}
    assert item.explanation.eligible


def test_03_a_ride_of_55_minutes_blocks_who_rides_at_most_30(field: Field) -> None:
    item = field.pair({"postcode": field.postcode_at(bicycle=55), "travel": BICYCLE_ONLY})
    assert answers(item) == {"travel": ("blocked", 25, "minutes")}
    assert not item.explanation.eligible


def test_04_an_e_bike_brings_that_ride_back_to_8_minutes_too_long(field: Field) -> None:
    far = field.postcode_at(bicycle=55, e_bike=38)
    item = field.pair({"postcode": far, "travel": {"modes": ["bicycle", "e_bike"], "maxMinutes": 30}})
    assert answers(item) == {"travel": ("near", 8, "minutes")}


@pytest.mark.parametrize("trips", [{"tripsPerWeek": 0.5}, {"tripsPerWeek": 1}])
def test_05_with_at_most_one_trip_a_week_she_may_travel_twice_her_maximum(field: Field, trips: dict[str, Any]) -> None:
    item = field.pair(
        {"postcode": field.postcode_at(bicycle=55), "travel": BICYCLE_ONLY}, {"remoteShare": 0.9, **trips}
    )
    assert answers(item) == {}


def test_06_travel_modes_that_are_not_filled_in_are_unknown_also_nearby(field: Field) -> None:
    nearby = field.postcode_at(bicycle=23)  # some four kilometres in a straight line
    item = field.pair({"postcode": nearby, "travel": {"maxMinutes": 30}})
    assert answers(item) == {"travel": ("unknown", None, "minutes")}
    assert item.explanation.eligible


@pytest.mark.parametrize(("least", "short"), [(16, 4), (20, 8)])
def test_07_hours_that_overlap_only_after_build_up_are_near(field: Field, least: int, short: int) -> None:
    growing = {"min": 8, "max": 12, "buildUpTo": 24, "buildUpMonths": 6}
    item = field.pair({"hours": growing}, {"hours": {"min": least, "max": 24}})
    assert answers(item) == {"hours": ("near", short, "hours_per_week")}
    values = next(one.reason.values for one in item.explanation.constraints if one.constraint == Constraint.HOURS)
    assert (values["her_max"], values["grows_to"]) == (12, 24)  # "start with 12, grow"


def test_07_without_build_up_so_many_hours_short_block(field: Field) -> None:
    item = field.pair({"hours": {"min": 8, "max": 12}}, {"hours": {"min": 20, "max": 24}})
    assert answers(item) == {"hours": ("blocked", 8, "hours_per_week")}


def test_08_eight_hours_more_than_there_are_block(field: Field) -> None:
    item = field.pair({"hours": {"min": 24, "max": 32}}, {"hours": {"min": 8, "max": 16}})
    assert answers(item) == {"hours": ("blocked", 8, "hours_per_week")}


def test_09_two_free_mornings_cover_two_mornings_on_any_day(field: Field) -> None:
    any_day = {"possible": grid(WORKDAYS, "morning"), "daypartsPerWeek": 2}
    item = field.pair({"weeklyGrid": grid(["tuesday", "thursday"], "morning")}, {"workTimes": any_day})
    assert answers(item) == {}


def test_10_a_fixed_saturday_morning_blocks_who_is_free_on_monday_and_wednesday(field: Field) -> None:
    free = grid(["monday", "wednesday"], "morning", "afternoon")
    item = field.pair({"weeklyGrid": free}, {"workTimes": {"fixed": grid(["saturday"], "morning")}})
    assert answers(item) == {"dayparts": ("blocked", 1, "dayparts")}


def test_10_one_daypart_missing_is_near_while_others_are_covered(field: Field) -> None:
    free = grid(["monday", "wednesday"], "morning", "afternoon")
    item = field.pair({"weeklyGrid": free}, {"workTimes": {"fixed": grid(["monday", "saturday"], "morning")}})
    assert answers(item) == {"dayparts": ("near", 1, "dayparts")}


def test_11_lifting_two_levels_under_a_fixed_task_without_adaptation_blocks(field: Field) -> None:
    item = field.pair({"capacities": capacities(lifting=1)}, {"tasks": tasks_with_first(demands={"lifting": 3})})
    assert answers(item) == {"capacity": ("blocked", 2, "levels")}
    assert tasks_of(item) == ["blocked", "done", "done", "done", "done"]


@pytest.mark.parametrize("freedom", ["droppable", "movable"])
def test_12_a_gap_on_a_task_that_may_be_dropped_or_moved_is_near_carve_the_task(field: Field, freedom: str) -> None:
    heavy = task(freedom=freedom, demands={"lifting": 3})
    light = [one | {"demands": {"lifting": number % 2}} for number, one in enumerate(TASKS[1:])]
    item = field.pair({"capacities": capacities(lifting=1)}, {"tasks": [heavy, *light]})
    assert answers(item) == {"capacity": ("near", 2, "levels")}
    assert tasks_of(item) == ["carve", "done", "done", "done", "done"]
    assert item.explanation.eligible


def test_13_a_gap_that_a_possible_lifting_aid_closes_is_near_arrange(field: Field) -> None:
    aid = {"capacity": "lifting", "levels": 2, "offered": False, "task": 1}
    item = field.pair(
        {"capacities": capacities(lifting=1)}, {"tasks": tasks_with_first(demands={"lifting": 3}), "adaptations": [aid]}
    )
    assert answers(item) == {"capacity": ("near", 2, "levels")}
    assert tasks_of(item) == ["arrange", "done", "done", "done", "done"]
    assert to_arrange(item) == [("lifting", "employer")]


def test_14_a_quiet_place_that_is_offered_makes_the_noise_no_gap(field: Field) -> None:
    quiet = {"capacity": "noise_stimuli", "levels": 1, "offered": True}
    noisy = [one | {"demands": {"noise_stimuli": 2}} for one in TASKS]
    item = field.pair({"capacities": capacities(noise_stimuli=1)}, {"tasks": noisy, "adaptations": [quiet]})
    assert answers(item) == {}
    assert set(tasks_of(item)) == {"done"}


def test_14_an_offer_of_a_quiet_place_lowers_the_noise_by_itself(field: Field) -> None:
    noisy = [one | {"demands": {"noise_stimuli": 2}} for one in TASKS]
    item = field.pair({"capacities": capacities(noise_stimuli=1)}, {"tasks": noisy, "offers": ["quiet_place"]})
    assert answers(item) == {}
    assert set(tasks_of(item)) == {"done"}


def test_15_an_unknown_capacity_that_tasks_ask_is_unknown_and_worth_a_question(field: Field) -> None:
    noisy = [one | {"demands": {"noise_stimuli": 3}} for one in TASKS]
    item = field.pair({"capacities": capacities(noise_stimuli=None)}, {"tasks": noisy})
    assert answers(item) == {"capacity": ("unknown", None, "levels")}
    assert item.explanation.eligible
    assert item.explanation.questions_to_ask == ("capacities.noise_stimuli",)


def test_16_a_dimension_that_no_task_names_is_no_demand_and_contributes_nothing(field: Field) -> None:
    found = field.scores({str(level): {"capacities": capacities(sight=level)} for level in (0, 2, 4, None)})
    for item in found.values():
        assert answers(item) == {}
        assert all(contribution(item, question, "capacity.sight") == 0 for question in ("employer", "lasting"))
    assert {item.score for item in found.values()} == {found["2"].score}


def test_17_a_job_coach_that_the_employer_does_not_offer_is_arranged_with_uwv(field: Field) -> None:
    item = field.pair({"supportNeeds": [{"need": "job_coach", "supplier": "uwv"}]}, {"offers": []})
    assert answers(item) == {"support": ("near", 1, "needs")}
    assert to_arrange(item) == [("job_coach", "uwv")]
    assert item.explanation.eligible


def test_18_a_building_without_the_toilet_that_she_needs_blocks(field: Field) -> None:
    there = {"wheelchair": True, "lift": True, "toilet": False}
    item = field.pair({"accessNeeds": ["toilet"]}, {"access": there})
    assert answers(item) == {"access": ("blocked", 1, "facilities")}


@pytest.mark.parametrize("told", [None, {"wheelchair": True, "lift": True}])
def test_18_access_that_is_not_filled_in_is_unknown(field: Field, told: dict[str, bool] | None) -> None:
    item = field.pair({"accessNeeds": ["toilet"]}, {"access": told})
    assert answers(item) == {"access": ("unknown", None, "facilities")}


def test_19_dutch_one_level_short_is_near(field: Field) -> None:
    item = field.pair(
        {"languages": [{"language": "nl", "level": "A2"}]}, {"languages": [{"language": "nl", "level": "B1"}]}
    )
    assert answers(item) == {"language": ("near", 1, "levels")}


def test_20_a_little_understanding_is_enough_asks_no_more_than_a1(field: Field) -> None:
    item = field.pair(
        {"languages": [{"language": "nl", "level": "A2"}]}, {"languages": [{"language": "nl", "level": "A1"}]}
    )
    assert answers(item) == {}


def test_21_a_contract_that_counts_the_register_alone_blocks_who_is_not_in_it(field: Field) -> None:
    outside = {"targetGroups": [{"group": "participatiewet"}]}
    blocked = field.pair(outside, {"countsFor": ["banenafspraak"]})
    assert answers(blocked) == {"group": ("blocked", 1, "groups")}
    assert answers(field.pair(outside)) == {}


def placed_before(reason: str, **where: str) -> dict[str, Any]:
    return {"pastPlacements": [{"employer": "Lindenhof", **where, "reason": reason, "endedOn": "2026-06-30"}]}


def test_22_a_contract_that_expired_there_is_no_reason_against(field: Field) -> None:
    assert answers(field.pair(placed_before("contract_expired", team="archief"))) == {}


def test_23_an_atmosphere_that_ended_it_in_the_same_team_blocks(field: Field) -> None:
    item = field.pair(placed_before("atmosphere", team="archief"))
    assert answers(item) == {"tried": ("blocked", 1, "placements")}


def test_23_an_adviser_can_overrule_that_with_a_reason(field: Field) -> None:
    with field.opened([a_person(**placed_before("atmosphere", team="archief"))], [a_vacancy()]) as opened:
        her, vacancy = opened.people[0], opened.vacancies[0]
        assert her not in [item.candidate_id for item in opened.ranked()]
        opened.session.add(
            OverrideRow(
                candidate_id=her,
                vacancy_id=vacancy,
                direction=OverrideDirection.IN,
                constraints=1 << CONSTRAINTS.index(Constraint.TRIED),
                reason="nieuwe leidinggevende",
                made_by="adviseur",
                made_at=field.now,
            )
        )
        opened.session.flush()
        assert her in [item.candidate_id for item in opened.ranked()]


@pytest.mark.parametrize("stated", [{}, {"availableFrom": None}], ids=["available long since", "only the pause known"])
def test_24_a_pause_that_ends_before_the_start_is_ok_available_from(field: Field, stated: dict[str, Any]) -> None:
    paused = {"pause": {"since": "2027-02-01", "resumesOn": "2027-03-08"}}
    item = field.pair(paused | stated, {"startOn": "2027-03-22"})
    assert answers(item) == {}
    start = next(one for one in item.explanation.constraints if one.constraint == Constraint.START)
    assert (start.margin, start.unit) == (14, "days")
    assert start.reason.values["available_from"] == "2027-03-08"


def test_24_a_pause_without_an_end_blocks(field: Field) -> None:
    item = field.pair({"pause": {"since": "2027-02-01"}})
    assert answers(item) == {"availability": ("blocked", None, "days")}


def test_25_who_is_in_as_many_introductions_as_she_wants_is_busy(field: Field) -> None:
    with field.opened([a_person()], [a_vacancy()], open_introductions=1) as opened:
        assert answers(opened.explain()) == {}
    with field.opened([a_person()], [a_vacancy()], open_introductions=2) as opened:
        assert answers(opened.explain()) == {"attention": ("blocked", 1, "introductions")}
    with field.opened([a_person(maxOpenIntroductions=3)], [a_vacancy()], open_introductions=2) as opened:
        assert answers(opened.explain()) == {}


def test_26_a_licence_that_is_a_plus_asks_nothing_and_helps_who_has_it_a_little(field: Field) -> None:
    found = field.scores({"without": {"licences": []}, "with": {"licences": ["B"]}}, {"licencesDesired": ["B"]})
    assert [answers(item) for item in found.values()] == [{}, {}]
    assert 0 < found["with"].score - found["without"].score < 0.1


def test_a_paper_that_can_be_had_within_three_months_is_near_and_others_block(field: Field) -> None:
    assert answers(field.pair({}, {"certificates": ["vca"]})) == {"certificate": ("near", 1, "certificates")}
    assert answer(field.pair({}, {"certificates": ["security_pass"]}), "certificate") == "blocked"
    assert answers(field.pair({}, {"licences": ["B"]})) == {"licence": ("blocked", 1, "licences")}


@pytest.mark.parametrize(("weeks", "expected"), [(4, "near"), (5, "blocked")])
def test_up_to_four_weeks_late_is_near(field: Field, weeks: int, expected: str) -> None:
    late = {4: "2027-04-19", 5: "2027-04-26"}[weeks]
    item = field.pair({"availableFrom": late}, {"startOn": "2027-03-22"})
    assert answers(item) == {"start": (expected, 7 * weeks, "days")}


def test_what_an_adviser_overruled_is_explained_as_in_the_list(field: Field) -> None:
    with field.opened([a_person(**placed_before("atmosphere", team="archief"))], [a_vacancy()]) as opened:
        her, vacancy = opened.people[0], opened.vacancies[0]
        profile = load_vacancy(opened.session, vacancy)
        overruled = Overruled({her: 1 << CONSTRAINTS.index(Constraint.TRIED)}, frozenset())
        assert not opened.ranker.explain(vacancy, profile, her).explanation.eligible
        assert opened.ranker.explain(vacancy, profile, her, overruled).explanation.eligible
        out = Overruled({}, frozenset({her}))
        assert not opened.ranker.explain(vacancy, profile, her, out).explanation.eligible


def test_agreement_to_be_matched_is_never_overruled(field: Field) -> None:
    with field.opened([a_person(agreedToMatching=False)], [a_vacancy()]) as opened:
        everything = {opened.people[0]: (1 << len(CONSTRAINTS)) - 1}
        shown = opened.ranked(overruled=Overruled(everything, frozenset()))
        assert opened.people[0] not in [item.candidate_id for item in shown]


def test_a_skill_list_that_covers_every_task_is_seen_as_such(field: Field) -> None:
    item = field.pair({"skills": [{"skill": skill, "howKnown": "coach"} for skill in SKILLS]})
    values = next(one.reason.values for one in item.explanation.constraints if one.constraint == Constraint.CAPACITY)
    assert (values["covered"], values["of"]) == (5, 5)
