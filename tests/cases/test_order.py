"""Worked cases 27 to 35: who comes before whom, all else equal; several of one person in one pool."""

from typing import Any

import pytest

from matching.profiles import CandidateProfile, VacancyProfile
from scoring.terms import Band
from tests.cases.background import people, vacancies
from tests.cases.field import PERSON, SKILLS, TASKS, Field, a_person, a_vacancy, answers

ARCHIVE = "archiefmedewerker"
NEIGHBOURING = "scanmedewerker"
OTHER_WORK = "hovenier"
ADVISORY = "advisory"


def knows(*skills: str) -> dict[str, Any]:
    return {"skills": [{"skill": skill, "howKnown": "coach"} for skill in skills]}


def wishes(*work: str, not_work: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"wishes": PERSON["wishes"] | {"work": list(work), "notWork": list(not_work)}}


def test_27_four_of_five_tasks_before_three_before_nothing_known_before_one(field: Field) -> None:
    candidates = {
        "one of five": knows(SKILLS[0]),
        "nothing known": {"skills": None},
        "three of five": knows(*SKILLS[:3]),
        "four of five": knows(*SKILLS[:4]),
    }
    assert field.order(candidates) == ["four of five", "three of five", "nothing known", "one of five"]


@pytest.mark.parametrize("work_done", [None, [], [{"title": ARCHIVE, "months": 12}]])
def test_27_holds_whatever_is_known_of_her_work(field: Field, work_done: list[dict[str, Any]] | None) -> None:
    # Who did this work has some of each skill by that alone, so only the ends are told apart there.
    candidates = {"nothing known": {"skills": None}, "four of five": knows(*SKILLS[:4])}
    same = {"workDone": work_done}
    assert field.order({name: one | same for name, one in candidates.items()}) == ["four of five", "nothing known"]


def test_28_a_short_ride_before_public_transport_before_a_longer_journey(field: Field) -> None:
    def lives(mode: str, minutes: int) -> dict[str, Any]:
        return {"postcode": field.postcode_at(**{mode: minutes}), "travel": {"modes": [mode], "maxMinutes": 75}}

    candidates = {
        "70 minutes, one change": lives("public_transport", 70),
        "55 minutes": lives("public_transport", 55),
        "40 minutes": lives("public_transport", 40),
        "15 minutes by bicycle": lives("bicycle", 15),
    }
    assert [answers(item) for item in field.scores(candidates).values()] == [{}] * 4
    assert field.order(candidates) == [
        "15 minutes by bicycle",
        "40 minutes",
        "55 minutes",
        "70 minutes, one change",
    ]


def test_29_wished_before_neighbouring_before_not_wished_before_not_this(field: Field) -> None:
    candidates = {
        "not this": wishes(OTHER_WORK, not_work=(ARCHIVE,)),
        "not wished, not refused": wishes(OTHER_WORK),
        "neighbouring": wishes(NEIGHBOURING),
        "wished": wishes(ARCHIVE),
    }
    assert field.order(candidates) == ["wished", "neighbouring", "not wished, not refused", "not this"]


def test_29_work_named_as_not_this_never_blocks(field: Field) -> None:
    assert answers(field.pair(wishes(OTHER_WORK, not_work=(ARCHIVE,)))) == {}


@pytest.mark.parametrize("no_path", ["none", None])
def test_30_who_wants_to_grow_is_better_off_where_there_is_a_path(field: Field, no_path: str | None) -> None:
    jobs = [a_vacancy(growthPath=ADVISORY), a_vacancy(growthPath=no_path)]
    growing = [a_person(growthWish=wish) for wish in (ADVISORY, "more_tasks")]
    with field.opened(growing, jobs) as opened:
        for person in range(len(growing)):
            assert opened.explain(person, 0).score > opened.explain(person, 1).score
        assert opened.explain(0, 0).score > opened.explain(1, 0).score  # toward advisory work is her own path


@pytest.mark.parametrize("no_path", ["none", None])
def test_30_who_does_not_want_to_grow_sees_no_difference(field: Field, no_path: str | None) -> None:
    with field.opened([a_person()], [a_vacancy(growthPath=ADVISORY), a_vacancy(growthPath=no_path)]) as opened:
        assert opened.explain(0, 0).score == opened.explain(0, 1).score


def test_31_two_levels_to_spare_is_hardly_better_than_one_and_none_is_a_little_less(field: Field) -> None:
    asked = {"tasks": [one | {"demands": {"lifting": 2}} for one in TASKS]}
    found = field.scores(
        {str(level): {"capacities": PERSON["capacities"] | {"lifting": level}} for level in (2, 3, 4)}, asked
    )
    exact, one, two = (found[str(level)] for level in (2, 3, 4))
    lasts = [item.chances[2] for item in (exact, one, two)]
    assert 0 <= lasts[2] - lasts[1] < 0.01
    assert 0.01 < lasts[1] - lasts[0] < 0.1
    assert exact.chances[:2] == one.chances[:2] == two.chances[:2]  # neither she nor the employer asks for more
    assert exact.score < one.score <= two.score


def test_32_five_tasks_of_which_she_covers_four_before_a_title_that_covers_everything(field: Field) -> None:
    title_only = VacancyProfile.model_validate({"title": ARCHIVE})
    with field.opened([a_person(**knows(*SKILLS[:4]))], [title_only, a_vacancy()]) as opened:
        bare, full = opened.vacancies
        found = opened.ranker.rank_for(opened.people[0], opened.profiles())
    assert [item.vacancy_id for item in found.items] == [full, bare]


def test_32_leaving_out_the_tasks_that_a_title_means_anyway_does_not_help(field: Field) -> None:
    """For who can do four of the five usual tasks."""
    occupation = next(one for one in field.reference.occupations if one.title == ARCHIVE)
    labels = {one.code: one.label for one in field.reference.skills}
    usual = [[str(labels[code]) for code in one.skills] for one in occupation.tasks]
    told = [{"text": one.text, "skills": skills} for one, skills in zip(occupation.tasks, usual, strict=True)]
    her = a_person(**knows(*(skill for skills in usual[:4] for skill in skills)))
    with field.opened([her], [a_vacancy(tasks=told), a_vacancy(tasks=None)]) as opened:
        assert opened.explain(0, 0).score > opened.explain(0, 1).score


def test_33_register_benefit_and_years_without_work_make_no_difference_at_all(field: Field) -> None:
    candidates: dict[str, dict[str, Any]] = {
        "register": {"targetGroups": [{"group": "banenafspraak"}]},
        "no register": {"targetGroups": [{"group": "participatiewet"}]},
        "older": {"targetGroups": [{"group": "older_worker"}]},
        "origin": {"targetGroups": [{"group": "status_holder"}]},
        "unknown group": {"targetGroups": None},
        "uwv": {"benefitProvider": "uwv"},
        "municipality": {"benefitProvider": "municipality"},
        "long ago": {"pastPlacements": [{"employer": "Elders", "reason": "contract_expired", "endedOn": "2011-01-31"}]},
        "recently": {"pastPlacements": [{"employer": "Elders", "reason": "contract_expired", "endedOn": "2027-01-31"}]},
        "never worked elsewhere": {"pastPlacements": []},
    }
    found = field.scores(candidates)
    assert {name: item.score for name, item in found.items()} == dict.fromkeys(found, found["register"].score)


def test_33_postcodes_at_the_same_travel_time_make_no_difference_at_all(field: Field) -> None:
    places = field.postcodes_at(bicycle=22)
    assert len(places) >= 2
    found = field.scores({place: {"postcode": place} for place in places})
    assert len({item.score for item in found.values()}) == 1


def test_34_who_is_hardly_known_is_too_little_known_with_three_questions(field: Field) -> None:
    item = field.pair(_hardly_known(field))
    assert item.band is Band.TOO_LITTLE_KNOWN
    assert len(set(item.explanation.questions_to_ask)) == 3


def test_34_who_is_hardly_known_stands_near_the_middle_of_the_pool(field: Field) -> None:
    others = [CandidateProfile.model_validate(one | {"source": "34"}) for one in people(field.reference, 34, 150)]
    jobs = [VacancyProfile.model_validate(one | {"source": "34"}) for one in vacancies(field.reference, 34, 12)]
    shares = []
    with field.opened([a_person(**_hardly_known(field)), *others], jobs) as opened:
        for number in range(len(jobs)):
            judged = opened.judged(number)
            scores = judged.product.score
            shares.append(float((scores > scores[0])[judged.answers.eligible()].mean()))
    middle = sum(shares) / len(shares)
    assert 0.3 <= middle <= 0.7


def _hardly_known(field: Field) -> dict[str, Any]:
    """Everything unknown but postcode and wish."""
    return dict.fromkeys(PERSON) | {"postcode": PERSON["postcode"], "wishes": {"work": [ARCHIVE]}}


def test_35_after_one_too_far_nobody_elses_order_moves_by_more_than_a_place(field: Field) -> None:
    too_far = {"pastPlacements": [{"employer": "Elders", "team": "balie", "reason": "travel"}]}
    others = [
        CandidateProfile.model_validate(one | {"source": "35"}) for one in people(field.reference, 35, 60, whole=True)
    ]
    places: list[dict[int, int]] = []
    outcomes: tuple[dict[str, Any], ...] = ({}, too_far)
    for outcome in outcomes:
        with field.opened([a_person(**outcome), *others], [a_vacancy()]) as opened:
            numbers = {identifier: number for number, identifier in enumerate(opened.people)}
            shown = [numbers[i.candidate_id] for i in opened.ranked() if i.candidate_id in numbers]
            places.append({number: place for place, number in enumerate(n for n in shown if n)})
    before, after = places
    assert before.keys() == after.keys()
    assert all(abs(before[number] - after[number]) <= 1 for number in before)


def test_a_wish_for_no_cleaning_is_a_refusal_of_cleaning(field: Field) -> None:
    said = {"no": {"wishes": {"work": ["geen schoonmaak"]}}, "wish": {"wishes": {"work": ["schoonmaak"]}}}
    said["other"] = {"wishes": {"work": ["hovenier"]}}
    assert field.order(said, {"title": "schoonmaker"}) == ["wish", "other", "no"]


def test_a_vacancy_that_says_nothing_of_growth_lies_between_a_path_and_none(field: Field) -> None:
    wants = {"growthWish": "advisory"}
    score = {
        name: field.pair(wants, {"growthPath": path}).score
        for name, path in {"path": "advisory", "unsaid": None, "none": "none"}.items()
    }
    assert score["path"] > score["unsaid"] > score["none"]
