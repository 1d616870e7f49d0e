"""On sixty labelled texts: what a draft promises always holds, and reading is as good as it was."""

import random
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fixtures.reading import HELD_OUT, READ_ON, TUNED, Labelled, evaluate, labelled_texts
from fixtures.reading.judging import totals
from matching.profiles import CandidateProfile, VacancyProfile
from matching.reading import Draft, read_candidate, read_vacancy
from tests.reading.conftest import Shelf

ALL = (*labelled_texts(TUNED), *labelled_texts(HELD_OUT))


def draft_of(text: str, kind: str, shelf: Shelf) -> Draft:
    read = read_vacancy if kind == "vacancy" else read_candidate
    return read(text, shelf.vocabulary, shelf.places, today=READ_ON)


def promises(draft: Draft, text: str) -> None:
    for part in draft.parts:
        assert part.quote == text[part.start : part.end] != ""
        assert 0 < part.confidence <= 1
        assert (
            part.value is not None
            or part.reason is not None
            or part.field in ("licences", "certificates", "screenings")
        )
    stand_in: dict[str, Any] = {"title": "-"} if draft.kind == "vacancy" else {"region": "AM01"}
    model = VacancyProfile if draft.kind == "vacancy" else CandidateProfile
    model.model_validate(draft.profile | (stand_in if draft.missing else {}))


def test_there_are_forty_vacancies_and_twenty_cvs_of_which_a_third_is_held_out() -> None:
    assert sorted(one.kind for one in ALL) == ["candidate"] * 20 + ["vacancy"] * 40
    assert len({one.id for one in ALL}) == 60
    assert len(labelled_texts(HELD_OUT)) >= 20


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_every_part_quotes_the_text_and_the_profile_is_valid(one: Labelled, shelf: Shelf) -> None:
    promises(draft_of(one.text, one.kind, shelf), one.text)


def test_nothing_private_of_any_text_stands_in_its_draft(shelf: Shelf) -> None:
    judged = evaluate(ALL, shelf.vocabulary, shelf.places)
    assert [one.labelled.id for one in judged if one.leaked] == []


@pytest.mark.parametrize(("part", "least"), [(TUNED, 0.93), (HELD_OUT, 0.83)])
def test_reading_is_as_good_as_it_was(part: str, least: float, shelf: Shelf) -> None:
    over_all = totals(evaluate(labelled_texts(part), shelf.vocabulary, shelf.places))["all"]
    assert (over_all.precision or 0) >= least
    assert (over_all.recall or 0) >= least


def test_reading_twice_gives_the_same(shelf: Shelf) -> None:
    for one in ALL[::7]:
        assert draft_of(one.text, one.kind, shelf) == draft_of(one.text, one.kind, shelf)


def test_a_text_is_read_in_well_under_a_tenth_of_a_second(shelf: Shelf) -> None:
    for one in ALL:  # the first reading fills what the vocabulary keeps
        draft_of(one.text, one.kind, shelf)
    begun = time.process_time()
    for one in ALL:
        draft_of(one.text, one.kind, shelf)
    assert (time.process_time() - begun) / len(ALL) < 0.1


@pytest.mark.parametrize("kind", ["vacancy", "candidate"])
def test_texts_cut_and_shuffled_at_random_never_break_the_promises(kind: str, shelf: Shelf) -> None:
    chance = random.Random(5)
    lines = [line for one in ALL for line in one.text.splitlines()]
    for _ in range(30):
        text = "\n".join(line[chance.randrange(0, 8) :] for line in chance.sample(lines, 15))
        promises(draft_of(text, kind, shelf), text)


@given(text=st.text(max_size=300), kind=st.sampled_from(["vacancy", "candidate"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True)
def test_any_text_gives_a_draft(text: str, kind: str, shelf: Shelf) -> None:
    promises(draft_of(text, kind, shelf), text)


@pytest.mark.parametrize("piece", ["a, ", "uur ", "1-", "van ", "ma ", "A. ", "en ", "(", "\n- ", "0 6 ", "De Heer "])
def test_a_long_text_of_one_piece_takes_no_longer_than_other_long_texts(piece: str, shelf: Shelf) -> None:
    text = piece * (20_000 // len(piece))
    begun = time.process_time()
    for kind in ("vacancy", "candidate"):
        promises(draft_of(text, kind, shelf), text)
    assert time.process_time() - begun < 20
