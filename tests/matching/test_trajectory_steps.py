"""Where an introduction stands follows from its dates; what cannot be is refused with the reason."""

import itertools
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import fixtures
from api.wording import LOCALES, sentence
from matching.rules import parse_rule_set
from matching.trajectories.deadlines import terms_on, working_days_after
from matching.trajectories.notes import names_a_trait
from matching.trajectories.steps import REQUESTED, Impossible, Standing, Step, by_date, standing, walk
from matching.trajectories.terms import CLOSING, WEEKS, OutcomeKind

K = OutcomeKind
ASKED_ON = date(2027, 3, 1)
RULES = Path(fixtures.__file__).parent / "rules" / "trajectories.yaml"
TERMS = terms_on(parse_rule_set(RULES.read_text("utf-8"), file=RULES.name), ASKED_ON)


def on(days: int) -> date:
    return ASKED_ON + timedelta(days=days)


def step(kind: OutcomeKind, days: int, week: int | None = None, *reasons: str) -> Step:
    return Step(kind, on(days), week, reasons, on(days + 182) if kind is K.CANDIDATE_AGREED else None)


STORY = [
    step(K.ASKED, 0),
    step(K.CANDIDATE_AGREED, 2),
    step(K.INTERVIEWED, 9),
    step(K.TRIAL_DAY, 12),
    step(K.TRIAL_STARTED, 20),
    step(K.TRIAL_ENDED, 80),
    step(K.STARTED, 81),
    step(K.PRESENT, 81 + 28, 4),
    step(K.PRESENT, 81 + 91, 13),
    step(K.CONTRACT_EXTENDED, 81 + 170),
    step(K.PRESENT, 81 + 182, 26),
    step(K.MOVED_ON, 81 + 200),
]


def stands(steps: list[Step], after: int, **more: object) -> Standing:
    return standing(steps, created_on=ASKED_ON, today=on(after), terms=TERMS, **more)  # type: ignore[arg-type]


def refused(steps: list[Step], new: Step | None = None) -> str:
    with pytest.raises(Impossible) as caught:
        walk(steps, new)
    for locale in LOCALES:
        text = sentence(locale, f"error.{caught.value.code}", {"field": caught.value.field} | caught.value.values)
        assert text.endswith(".")
        assert "_" not in text
    return caught.value.code.removeprefix("outcome.")


@pytest.mark.parametrize(
    ("n", "state", "is_open", "awaits"),
    [
        (0, REQUESTED, False, "adviser"),
        (1, K.ASKED, True, "candidate"),
        (2, K.CANDIDATE_AGREED, True, "employer"),
        (3, K.INTERVIEWED, True, "employer"),
        (4, K.TRIAL_DAY, True, "employer"),
        (5, K.TRIAL_STARTED, True, None),
        (6, K.TRIAL_ENDED, True, "employer"),
        (7, K.STARTED, False, None),
        (11, K.STARTED, False, None),
        (12, K.MOVED_ON, False, None),
    ],
)
def test_each_step_of_a_way_into_work_says_who_is_to_answer(
    n: int, state: str, is_open: bool, awaits: str | None
) -> None:
    now = stands(STORY[:n], (STORY[n - 1].on - ASKED_ON).days if n else 0)
    assert (now.state, now.is_open, now.awaits) == (state, is_open, awaits)


@given(st.permutations(STORY))
def test_in_whatever_order_facts_are_recorded_they_come_to_the_same(recorded: list[Step]) -> None:
    assert by_date(recorded) == STORY
    assert stands(recorded, 300) == stands(STORY, 300)


@pytest.mark.parametrize(
    ("n", "new", "why"),
    [
        (0, step(K.CANDIDATE_AGREED, 0), "not_asked"),
        (1, step(K.ASKED, 1), "already_asked"),
        (1, step(K.STARTED, 3), "not_agreed"),
        (1, step(K.INTERVIEWED, 3), "not_agreed"),
        (1, step(K.EMPLOYER_DECLINED, 3, None, "skills_for_task"), "not_agreed"),
        (2, step(K.CANDIDATE_AGREED, 3), "already_agreed"),
        (2, step(K.INTERVIEWED, 1), "not_agreed"),
        (2, step(K.PRESENT, 50, 4), "not_started"),
        (2, step(K.ENDED, 50, None, "travel"), "not_started"),
        (3, step(K.OFFER_DECLINED, 10), "no_offer"),
        (3, step(K.TRIAL_ENDED, 10), "no_trial"),
        (5, step(K.TRIAL_DAY, 30), "in_trial"),
        (5, step(K.EXPIRED, 30), "not_waiting"),
        (7, step(K.PRESENT, 81 + 100, 26), "too_early"),
        (7, step(K.PRESENT, 20, 26), "not_started"),
        (7, step(K.CANDIDATE_DECLINED, 90), "already_started"),
        (7, step(K.EMPLOYER_DECLINED, 90, None, "hours"), "already_started"),
        (8, step(K.PRESENT, 81 + 30, 4), "already_recorded"),
        (9, step(K.PRESENT, 81 + 95, 4), "already_recorded"),
        (11, step(K.RESUMED, 300), "not_paused"),
        (12, step(K.PRESENT, 81 + 364, 52), "over"),
        (12, step(K.PAUSED, 400), "over"),
        (11, step(K.ENDED, 81 + 60, None, "atmosphere"), "over"),  # she was there at week 13
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(n: int, new: Step, why: str) -> None:
    assert refused(STORY[:n], new) == why


def test_a_week_that_was_left_out_is_recorded_late_but_not_after_a_later_one() -> None:
    without = [*STORY[:7], STORY[8]]
    assert walk(without, step(K.PRESENT, 81 + 28, 4)).weeks == [4, 13]
    assert refused(without, step(K.PRESENT, 81 + 100, 4)) == "weeks_out_of_order"


def test_every_reason_of_a_refusal_has_words() -> None:
    paused = [*STORY[:3], step(K.PAUSED, 10)]
    withdrawn = [*STORY[:7], step(K.AGREEMENT_WITHDRAWN, 90)]
    expired = [STORY[0], step(K.EXPIRED, 14)]
    assert refused(paused, step(K.PAUSED, 11)) == "already_paused"
    assert refused(withdrawn, step(K.AGREEMENT_WITHDRAWN, 91)) == "already_withdrawn"
    assert refused(expired, step(K.CANDIDATE_AGREED, 15)) == "expired"


@given(st.sets(st.sampled_from(range(len(STORY)))))
def test_a_part_of_a_story_stands_only_if_what_it_leans_on_is_in_it(places: set[int]) -> None:
    part = [STORY[place] for place in sorted(places)]
    kinds = {one.kind for one in part}
    leans = {K.CANDIDATE_AGREED: K.ASKED, K.TRIAL_ENDED: K.TRIAL_STARTED}
    leans |= dict.fromkeys((K.INTERVIEWED, K.TRIAL_DAY, K.TRIAL_STARTED, K.STARTED), K.CANDIDATE_AGREED)
    leans |= dict.fromkeys((K.PRESENT, K.CONTRACT_EXTENDED, K.MOVED_ON), K.STARTED)
    if all(leans.get(kind, kind) in kinds for kind in kinds):
        assert walk(part).started == (STORY[6] if places & {6} else None)
    else:
        assert refused(part).startswith(("not_", "no_"))


def test_what_is_not_answered_expires_and_is_not_a_no() -> None:
    asked = STORY[:1]
    assert stands(asked, 14).state == K.ASKED
    assert stands(asked, 14).expires_on == on(14)
    late = stands(asked, 15)
    assert (late.state, late.since, late.is_open, late.expires_on) == (K.EXPIRED, on(14), False, None)
    assert stands(STORY[:2], 2 + 21).state == K.CANDIDATE_AGREED
    silent = stands(STORY[:2], 2 + 22)
    assert (silent.state, silent.agreement) == (K.EXPIRED, None)
    assert stands(STORY[:3], 200).state == K.INTERVIEWED  # somebody spoke with her: that does not lapse by itself
    assert stands([], 15).state == K.EXPIRED  # no adviser asked her


def test_while_she_pauses_no_term_runs() -> None:
    assert stands(STORY[:1], 60, paused=True).state == K.ASKED
    assert stands(STORY[:1], 60, resumed_on=on(50)).expires_on == on(64)
    of_her_own = [*STORY[:2], step(K.PAUSED, 5)]
    assert (stands(of_her_own, 60).state, stands(of_her_own, 60).paused) == (K.CANDIDATE_AGREED, True)
    again = [*of_her_own, step(K.RESUMED, 50)]
    assert (stands(again, 60).expires_on, stands(again, 60).paused) == (on(71), False)


def test_an_agreement_holds_from_its_day_to_its_end_and_is_gone_when_she_withdraws_it() -> None:
    agreed = Step(K.CANDIDATE_AGREED, on(2), until=on(10))
    met = [STORY[0], agreed, step(K.INTERVIEWED, 5)]
    assert [stands(met, day).agreement == agreed for day in (2, 10, 11)] == [True, True, False]
    withdrawn = [*met, step(K.AGREEMENT_WITHDRAWN, 6)]
    assert (stands(withdrawn, 6).agreement, stands(withdrawn, 6).state) == (None, K.AGREEMENT_WITHDRAWN)
    at_work = [*STORY[:7], step(K.AGREEMENT_WITHDRAWN, 100)]
    assert (stands(at_work, 100).agreement, stands(at_work, 100).state) == (None, K.STARTED)
    assert refused(at_work, step(K.CANDIDATE_AGREED, 101)) == "already_agreed"


@pytest.mark.parametrize("kind", sorted(CLOSING - {K.EXPIRED}))
def test_nobody_knows_her_by_name_any_more_once_it_is_over(kind: OutcomeKind) -> None:
    before = [*STORY[:7]] if kind in (K.ENDED, K.MOVED_ON) else [*STORY[:3], step(K.OFFER_MADE, 15)]
    closed = [*before, step(kind, 90)]
    assert (stands(closed, 90).agreement is None) == (kind is not K.STARTED)
    assert not stands(closed, 90).is_open


def test_a_position_that_is_filled_while_she_thinks_is_told_by_the_employer_and_nothing_else_is() -> None:
    filled = step(K.EMPLOYER_DECLINED, 3, None, "position_filled")
    assert walk(STORY[:1], filled).decline == filled
    assert refused(STORY[:1], step(K.EMPLOYER_DECLINED, 3, None, "position_filled", "other")) == "not_agreed"


def test_five_working_days_pass_over_the_weekend() -> None:
    assert working_days_after(date(2027, 3, 3), 5) == date(2027, 3, 10)
    assert working_days_after(date(2027, 3, 6), 1) == date(2027, 3, 8)


def test_contact_is_more_often_in_the_first_weeks() -> None:
    rhythm = [TERMS.contact_days(weeks) for weeks in (0, 3, 4, 13, 26, 200)]
    assert rhythm == sorted(rhythm)
    assert len(set(rhythm)) == 4


@pytest.mark.parametrize(
    "note",
    [
        "Ze is te oud voor dit team.",
        "We zoeken iemand die jonger is, iemand van een andere leeftijd.",
        "Zij meldt zich vast vaak ziek.",
        "Haar gezondheid laat dit niet toe",
        "Zwangere medewerkers kunnen dit niet.",
        "Een hoofddoek past hier niet.",
        "Past niet vanwege haar afkomst",
        "She is too old for us",
        "We worry about her health",
    ],
)
def test_a_note_that_names_a_trait_is_noticed(note: str) -> None:
    assert names_a_trait(note)


@pytest.mark.parametrize(
    "note",
    ["De uren passen niet bij ons rooster.", "Wij zochten iemand met een heftruckcertificaat.", "Tillen was te zwaar."],
)
def test_a_note_about_the_work_is_not(note: str) -> None:
    assert not names_a_trait(note)


def test_weeks_that_are_asked_about_lie_apart() -> None:
    assert all(later - sooner >= 9 for sooner, later in itertools.pairwise(WEEKS))
