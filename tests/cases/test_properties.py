"""What holds for every pair: unknown never excludes, support never blocks, more travel never helps, equals tie."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from math import exp, isfinite

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from matching.profiles import CandidateProfile, VacancyProfile
from matching.ranking import RankedItem, Ranker
from scoring.constraints import BLOCKED
from scoring.terms import (
    CAPACITIES,
    TRAVEL_MODES,
    Supplier,
    SupportNeed,
    TargetGroup,
)
from tests.cases.background import Fields, grid
from tests.cases.field import PERSON, SKILLS, TASKS, VACANCY, WORKDAYS, Field, a_person, a_vacancy
from tests.matching.generated_profiles import candidates as any_candidates
from tests.matching.generated_profiles import vacancies as any_vacancies

LEAST = 1e-12  # of a score: beneath what a sum of doubles keeps


def drawn(examples: int) -> settings:
    """The same examples in every run."""
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )


def _levels(*dimensions: str) -> st.SearchStrategy[dict[str, int]]:
    names = list(dimensions) or [one.value for one in CAPACITIES]
    return st.dictionaries(st.sampled_from(names), st.integers(0, 4))


DEMANDED = ("lifting", "standing", "noise_stimuli", "concentration", "pace")
ANY_SKILLS = [*SKILLS, "orders verzamelen", "groenten snijden", "dossiers opzoeken", "gegevens invoeren"]
ANY_WORK = ["archiefmedewerker", "scanmedewerker", "hovenier", "magazijnmedewerker", "iets met dieren"]
work = st.lists(st.sampled_from(ANY_WORK), min_size=1, max_size=2, unique=True)
skill_lists = st.lists(
    st.fixed_dictionaries({"skill": st.sampled_from(ANY_SKILLS), "howKnown": st.sampled_from(["self", "test"])}),
    max_size=4,
    unique_by=lambda one: str(one["skill"]),
)
# Persons and jobs near the complete ones: each field may be as it is there, other, or unknown.
persons: st.SearchStrategy[Fields] = st.fixed_dictionaries(
    {},
    optional={
        "availableFrom": st.sampled_from([None, "2027-04-05", "2027-09-01"]),
        "wishes": st.none()
        | st.fixed_dictionaries(
            {"work": st.none() | work}, optional={"notWork": work, "notSectors": st.just(["care"])}
        ),
        "hours": st.sampled_from([None, {"min": 8, "max": 12, "buildUpTo": 20}, {"min": 24, "max": 32}, {"max": 16}]),
        "hoursPerDayMax": st.sampled_from([None, 2, 3, 6]),
        "weeklyGrid": st.sampled_from([None, grid(WORKDAYS[:3], "morning"), grid(["saturday"], "evening")]),
        "travel": st.sampled_from(
            [
                None,
                {"maxMinutes": 20},
                {"modes": ["walk"], "maxMinutes": 45},
                {"modes": ["public_transport", "bicycle"]},
                {"modes": ["car"], "maxMinutes": 60},
            ]
        ),
        "languages": st.sampled_from([None, [], [{"language": "nl", "level": "A1"}]]),
        "licences": st.sampled_from([None, ["B"]]),
        "certificates": st.sampled_from([None, ["vca"]]),
        "screenings": st.sampled_from([None, {"vog": "not_obtainable"}, {"vog": "obtainable"}]),
        "education": st.sampled_from([None, "primary", "mbo_4"]),
        "workDone": st.none() | work.map(lambda titles: [{"title": title, "months": 9} for title in titles]),
        "skills": st.none() | skill_lists,
        "capacities": _levels(),
        "supportNeeds": st.sampled_from(
            [None, [{"need": "job_coach", "supplier": "uwv"}], [{"need": "fixed_colleague"}, {"need": "quiet_place"}]]
        ),
        "accessNeeds": st.sampled_from([None, ["toilet"], ["wheelchair", "lift"]]),
        "contractKinds": st.sampled_from([None, ["trial"], ["job", "secondment"]]),
        "contractMonthsMin": st.sampled_from([None, 6, 24]),
        "growthWish": st.sampled_from([None, "advisory", "diploma"]),
        "pause": st.sampled_from([{"since": "2027-02-01"}, {"since": "2027-02-01", "resumesOn": "2027-03-08"}]),
        "targetGroups": st.sampled_from([None, [], [{"group": "wia"}, {"group": "ex_offender"}]]),
        "pastPlacements": st.just([{"employer": "Lindenhof", "team": "archief", "reason": "atmosphere"}]),
    },
)
_freedoms: st.SearchStrategy[Fields] = st.sampled_from([{}, *({"freedom": one} for one in ("fixed", "droppable"))])
tasks = st.lists(
    st.builds(
        lambda text, hours, freedom, skills, demands: {
            "text": text, "hoursPerWeek": hours, "skills": skills, "demands": demands, **freedom
        },
        st.sampled_from([one["text"] for one in TASKS]),
        st.sampled_from([2, 8]),
        _freedoms,
        st.lists(st.sampled_from(ANY_SKILLS), min_size=1, max_size=2, unique=True),
        _levels(*DEMANDED),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip
adaptations = st.builds(
    lambda capacity, levels, offered: {"capacity": capacity, "levels": levels, "offered": offered},
    st.sampled_from(DEMANDED),
    st.integers(1, 3),
    st.booleans(),
)
jobs: st.SearchStrategy[Fields] = st.fixed_dictionaries(
    {},
    optional={
        "tasks": tasks,
        "adaptations": st.lists(adaptations, max_size=2),
        "title": st.sampled_from(["hovenier", "pantry bijvullen"]),
        "hours": st.sampled_from([None, {"min": 24, "max": 32}, {"max": 12}, {"min": 20}]),
        "hoursPerDay": st.sampled_from([None, 7]),
        "workTimes": st.sampled_from([None, {"fixed": grid(["monday", "saturday"], "morning")}]),
        "languages": st.sampled_from([None, [{"language": "nl", "level": "B1"}, {"language": "en", "level": "A2"}]]),
        "licences": st.just(["B"]),
        "certificatesDesired": st.just(["vca", "bhv"]),
        "screenings": st.just(["vog"]),
        "educationWished": st.just("mbo_2"),
        "educationByLaw": st.just("mbo_3"),
        "access": st.sampled_from([None, {"toilet": False}]),
        "kind": st.sampled_from([None, "trial"]),
        "contractMonths": st.sampled_from([None, 3]),
        "startOn": st.sampled_from([None, "2027-03-08"]),
        "offers": st.sampled_from([None, ["job_coach", "fixed_colleague"]]),
        "buddy": st.booleans(),
        "growthPath": st.sampled_from([None, "advisory"]),
        "countsFor": st.sampled_from([["banenafspraak"], ["wia", "wajong"]]),
        "tripsPerWeek": st.sampled_from([0, 0.5, 3]),
        "postcode": st.sampled_from([None, "3511"]),
    },
)


def nameless(item: RankedItem) -> RankedItem:
    """All that is said of a pair but of whom it is said."""
    return replace(item, candidate_id="", vacancy_id="")


def blanks(person: CandidateProfile) -> Iterator[tuple[str, CandidateProfile]]:
    """The same person with one answer left out: each field, each part of wishes and travel, each capacity."""
    said = {name: value for name, value in person.model_dump(mode="json").items() if value is not None}
    parts = {
        (name, part)
        for name in ("wishes", "travel", "capacities")
        for part, value in said.get(name, {}).items()
        if value is not None
    }
    for name in said:
        left = {other: value for other, value in said.items() if other != name}
        if "region" in left or "postcode" in left:
            yield name, CandidateProfile.model_validate(left)
    for name, part in sorted(parts):
        left = said | {name: {other: value for other, value in said[name].items() if other != part}}
        yield f"{name}.{part}", CandidateProfile.model_validate(left)


@drawn(25)
@given(persons, jobs)
@example(dict(PERSON), dict(VACANCY))
@example(PERSON | {"region": "AM14", "pause": {"since": "2027-02-01"}}, {"screenings": ["vog"], "licences": ["B"]})
def test_a_missing_field_never_excludes_a_candidate(field: Field, person: Fields, job: Fields) -> None:
    _no_blank_blocks(field, a_person(**person), a_vacancy(**job))


@drawn(40)
@given(any_candidates, any_vacancies)
def test_a_missing_field_never_excludes_any_candidate_from_any_vacancy(
    field: Field, person: CandidateProfile, job: VacancyProfile
) -> None:
    _no_blank_blocks(field, person, job)


def _no_blank_blocks(field: Field, person: CandidateProfile, job: VacancyProfile) -> None:
    unnamed = person.model_copy(update={"source": None, "source_id": None})
    left_out = dict(blanks(unnamed))
    with field.opened([unnamed, *left_out.values()], [job]) as opened:
        answers = opened.judged().answers
    masks, eligible = answers.mask(BLOCKED), answers.eligible()
    for number, name in enumerate(left_out, start=1):
        assert masks[number] & ~masks[0] == 0, name
        assert eligible[number] or not eligible[0], name


@drawn(25)
@given(
    st.lists(
        st.lists(st.tuples(st.sampled_from(SupportNeed), st.sampled_from(Supplier)), unique_by=lambda one: one[0]),
        min_size=1,
        max_size=8,
    ),
    st.none() | st.lists(st.sampled_from(SupportNeed), max_size=3, unique=True),
)
def test_a_support_that_the_employer_lacks_never_blocks(
    field: Field, needs: list[list[tuple[SupportNeed, Supplier]]], offers: list[SupportNeed] | None
) -> None:
    people = [a_person(supportNeeds=[{"need": need, "supplier": whose} for need, whose in one]) for one in needs]
    with field.opened(people, [a_vacancy(offers=offers)]) as opened:
        for item, hers in zip(opened.explain_all(), needs, strict=True):
            assert item.explanation.eligible
            missing = {n.value for n, whose in hers if n not in (offers or []) and whose != Supplier.CANDIDATE}
            assert {one.need for one in item.explanation.to_arrange} == missing


@drawn(30)
@given(
    st.lists(_levels(), min_size=1, max_size=8),
    st.lists(st.tuples(_levels(), st.sampled_from(["droppable", "movable"])), min_size=1, max_size=5),
)
def test_a_gap_on_a_task_that_may_go_never_blocks(
    field: Field, levels: list[dict[str, int]], asked: list[tuple[dict[str, int], str]]
) -> None:
    job = a_vacancy(tasks=[TASKS[0] | {"demands": demands, "freedom": freedom} for demands, freedom in asked])
    with field.opened([a_person(capacities=one) for one in levels], [job]) as opened:
        assert opened.judged().answers.eligible().all()


@drawn(30)
@given(persons, tasks, st.lists(_levels(), min_size=1, max_size=6))
def test_a_capacity_that_no_task_asks_for_changes_nothing_at_all(
    field: Field, person: Fields, asked: list[Fields], others: list[dict[str, int]]
) -> None:
    """What the work asks is known of her here: where it is not, it is believed from what she can do elsewhere."""
    demanded = {name for one in asked for name, level in one["demands"].items() if level}
    told: Fields = {"education": "mbo_2", "hours": PERSON["hours"], "languages": PERSON["languages"]}
    known = dict.fromkeys(demanded, 2)
    people = [
        a_person(**person | told | {"capacities": {n: level for n, level in one.items() if n not in demanded} | known})
        for one in [{}, *others]
    ]
    with field.opened(people, [a_vacancy(tasks=asked)]) as opened:
        first, *rest = (nameless(item) for item in opened.explain_all())
    assert all(item == first for item in rest)


@drawn(25)
@given(st.lists(persons, min_size=1, max_size=6), st.lists(jobs, min_size=1, max_size=3))
def test_the_contributions_of_near_pairs_add_up_exactly(field: Field, people: list[Fields], work: list[Fields]) -> None:
    _sound(field, [a_person(**one) for one in people], [a_vacancy(**one) for one in work])


@drawn(25)
@given(st.lists(any_candidates, min_size=1, max_size=4), st.lists(any_vacancies, min_size=1, max_size=3))
def test_the_contributions_of_any_pair_add_up_exactly(
    field: Field, people: list[CandidateProfile], work: list[VacancyProfile]
) -> None:
    blank = {"source": None, "source_id": None}
    _sound(field, [one.model_copy(update=blank) for one in people], [one.model_copy(update=blank) for one in work])


def _sound(field: Field, people: Sequence[CandidateProfile], work: Sequence[VacancyProfile]) -> None:
    """Prior plus contributions is the log-odds, to the last bit; scores are chances and lie within their interval."""
    with field.opened(people, work) as opened:
        for number in range(len(work)):
            for item in opened.explain_all(number):
                for answered in item.explanation.questions.values():
                    parts = [one.contribution for one in answered.contributions]
                    assert answered.prior + sum(parts) == answered.log_odds
                    assert answered.chance == pytest.approx(1 / (1 + exp(-answered.log_odds)), rel=1e-9)
                product = item.chances[0] * item.chances[1] * item.chances[2]
                assert item.score == pytest.approx(product + item.explanation.correction)
                assert all(isfinite(value) and 0 <= value <= 1 for value in (item.score, *item.interval, *item.chances))
                assert item.interval[0] <= item.score <= item.interval[1]


def _ever_further(field: Field, n: int) -> list[str]:
    """Postcodes ever further from work, near and far."""
    minutes = field.minutes_to_work[:, TRAVEL_MODES.index("walk")].astype(int)
    wanted = np.linspace(5, 590, n)
    rows = sorted({int(np.abs(minutes - one).argmin()) for one in wanted}, key=lambda row: minutes[row])
    return [str(field.places.pc4[row]) for row in rows]


@drawn(40)
@given(persons, jobs)
@example({"travel": None}, {})
@example({"travel": {"maxMinutes": 30}}, {})
@example({"travel": {"modes": ["car"]}}, {"tripsPerWeek": 0.5})
def test_more_travel_never_helps(field: Field, person: Fields, job: Fields) -> None:
    people = [a_person(**person | {"postcode": place}) for place in _ever_further(field, 25)]
    at_work = {"postcode": VACANCY["postcode"]}
    with field.opened(people, [a_vacancy(**job | at_work)]) as opened:
        scores = opened.scores()
    assert all(further <= nearer + LEAST for nearer, further in pairwise(scores))


@drawn(60)
@given(persons, jobs, skill_lists, st.permutations(SKILLS))
def test_more_of_a_required_skill_never_hurts(
    field: Field, person: Fields, job: Fields, some: list[Fields], more: list[str]
) -> None:
    held = [one for one in some if one["skill"] not in more]
    ever_more = [
        [*held, *({"skill": skill, "howKnown": "coach"} for skill in more[:number])] for number in range(len(more) + 1)
    ]
    people = [a_person(**person | {"skills": skills}) for skills in ever_more]
    with field.opened(people, [a_vacancy(**job | {"tasks": list(TASKS)})]) as opened:
        scores = opened.scores()
    assert all(after >= before - LEAST for before, after in pairwise(scores))


@drawn(60)
@given(st.lists(persons, min_size=1, max_size=6), tasks, st.lists(adaptations, max_size=1), adaptations)
def test_an_adaptation_never_hurts(
    field: Field, people: list[Fields], asked: list[Fields], there: list[Fields], extra: Fields
) -> None:
    possible, offered = extra | {"offered": False}, extra | {"offered": True}
    ever_more = [there, [*there, possible], [*there, offered], [*there, offered, {**offered, "levels": 1}]]
    work = [a_vacancy(tasks=asked, adaptations=one) for one in ever_more]
    with field.opened([a_person(**one) for one in people], work) as opened:
        found = [opened.judged(number) for number in range(len(work))]
    for fewer, more in pairwise(found):
        assert (more.answers.mask(BLOCKED) & ~fewer.answers.mask(BLOCKED) == 0).all()
        assert (more.product.score >= fewer.product.score - LEAST).all()


@drawn(20)
@given(persons, jobs)
def test_what_may_not_count_changes_no_score(field: Field, person: Fields, job: Fields) -> None:
    homes = field.postcodes_at(bicycle=22)
    as_it_is: Fields = {"travel": {"modes": ["bicycle"], "maxMinutes": 30}, "postcode": homes[0]}
    other: list[Fields] = [
        {},
        *({"targetGroups": [{"group": group}]} for group in TargetGroup),
        {"targetGroups": None},
        {"targetGroups": []},
        *({"benefitProvider": one} for one in ("uwv", "municipality", "nobody")),
        *({"representative": one} for one in ("parent", "guardian", "nobody")),
        *({name: "Iemand"} for name in ("caseworker", "coach", "responsibleOrganisation", "source")),
        *({"lastConfirmedOn": day} for day in ("2019-01-01", "2027-02-28")),
        *({"contactChannel": channel} for channel in ("phone", "through_coach")),
        *({"postcode": home} for home in homes[1:]),
    ]
    people = [a_person(**person | as_it_is | one) for one in other]
    at_work = {"postcode": VACANCY["postcode"], "countsFor": None}
    with field.opened(people, [a_vacancy(**job | at_work)]) as opened:
        judged = opened.judged()
    for number, changes in enumerate(other):
        assert (judged.log_odds[number] == judged.log_odds[0]).all(), changes
        assert judged.product.score[number] == pytest.approx(judged.product.score[0], abs=LEAST), changes
        assert judged.interval[number] == pytest.approx(judged.interval[0], abs=LEAST), changes
        assert judged.bands[number] == judged.bands[0], changes


@pytest.fixture
def twins() -> list[CandidateProfile]:
    """Twelve people of whom the very same is known."""
    return [a_person() for _ in range(12)]


def test_ties_do_not_break_by_id(field: Field, twins: list[CandidateProfile]) -> None:
    with field.opened(twins, [a_vacancy(), a_vacancy()]) as opened:
        orders = []
        for number in range(2):
            shown = [item for item in opened.ranked(number) if item.candidate_id in opened.people]
            assert len({item.score for item in shown}) == 1
            orders.append([item.candidate_id for item in shown])
    ascending = sorted(twelve := orders[0])
    assert twelve not in (ascending, ascending[::-1])
    assert orders[0] != orders[1]  # nobody is always the first of equals


def test_ranking_twice_on_the_same_day_is_identical(field: Field, twins: list[CandidateProfile]) -> None:
    with field.opened(twins, [a_vacancy()]) as opened:
        again = replace(opened, ranker=field.ranker(opened.session))
        assert opened.ranked() == again.ranked()


def test_equals_change_places_from_day_to_day(field: Field, twins: list[CandidateProfile]) -> None:
    with field.opened(twins, [a_vacancy()]) as opened:
        tomorrow = Ranker(opened.ranker.pool, field.model, field.rules, field.today + timedelta(days=1))
        days = [replace(opened, ranker=ranker).ranked() for ranker in (opened.ranker, tomorrow)]
    first, second = ([item.candidate_id for item in one if item.candidate_id in opened.people] for one in days)
    assert first != second
    assert sorted(first) == sorted(second)
