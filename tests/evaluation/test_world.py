"""Judging by hidden truths: nobody beats who knows everything, seeing beats drawing lots, figures are honest."""

import json
from functools import cache
from typing import Any

import numpy as np
import pytest

from api.commands import evaluate_world
from fixtures.judging import LIST, POLICIES, Judgement, interval, judge_seeds, summary
from matching.errors import Invalid

pytestmark = pytest.mark.soak
SEEDS, N_PEOPLE, N_VACANCIES = (1, 2), 1_200, 10


@cache
def worlds() -> tuple[tuple[Judgement, Judgement], ...]:
    return tuple(judge_seeds(SEEDS, N_PEOPLE, N_VACANCIES))


@cache
def found() -> dict[str, Any]:
    return summary(worlds())


@pytest.mark.parametrize("mode", [0, 1])
@pytest.mark.parametrize("world", range(len(SEEDS)))
def test_nobody_beats_who_knows_everything_and_a_list_holds_ten(world: int, mode: int) -> None:
    judged = worlds()[world][mode].placements
    assert set(judged) == set(POLICIES)
    assert all(0 < placements <= judged["oracle"] <= LIST for placements in judged.values())


@pytest.mark.parametrize("mode", ["full", "missing"])
def test_looking_at_more_than_skills_beats_skills_and_skills_beat_drawing_lots(mode: str) -> None:
    one = found()[mode]
    assert one["random"] < one["skills_only"] < one["vonk"]
    assert one["random"] < one["tfidf"] < one["vonk"]
    assert one["random"] < one["ceiling"] < one["oracle"]


def test_both_modes_are_judged_over_the_same_vacancies() -> None:
    for full, missing in worlds():
        assert set(missing.vacancies) <= set(full.vacancies)
        assert missing.eligible > full.eligible  # an unknown never excludes


def test_with_everything_known_nobody_has_an_open_question_and_the_share_of_unknowns_says_nothing() -> None:
    assert all(share == 0 for full, _ in worlds() for share in full.many_unknown.values())
    assert found()["full"]["unknown_share_ratio"] is None


def test_where_fields_are_missing_people_with_many_unknowns_belong_in_lists_and_stand_in_them() -> None:
    for _, missing in worlds():
        assert 0.3 < missing.many_unknown_eligible < 0.95
        assert missing.many_unknown["oracle"] > 0.1
        ratio = missing.unknown_share_ratio()
        assert ratio is not None
        assert ratio > 0.3


def test_what_is_missing_costs_the_ceiling_too() -> None:
    assert found()["loss"]["ceiling"] > 0


def test_a_list_by_the_truth_itself_is_all_of_the_ceiling_and_lots_gain_nothing() -> None:
    full = worlds()[0][0]
    assert full.ratio("oracle", to="oracle") == 1
    assert full.gain_share("random") == 0
    assert full.gain_share("ceiling") == 1


def test_the_interval_is_students_over_the_worlds() -> None:
    low, high = interval([0.70, 0.80, 0.90])
    assert (low + high) / 2 == pytest.approx(0.80)
    assert (high - low) / 2 == pytest.approx(4.3027 * 0.1 / np.sqrt(3), rel=1e-4)  # t of two degrees of freedom


@pytest.mark.soak
def test_the_figures_are_the_same_each_time() -> None:
    first, again = (list(judge_seeds((3,), 600, 5)) for _ in range(2))
    for one, other in zip(first, again, strict=True):
        for judged, judged_again in zip(one, other, strict=True):
            assert judged.placements == pytest.approx(judged_again.placements, rel=1e-9)
            assert judged.many_unknown == judged_again.many_unknown
            assert judged.vacancies == judged_again.vacancies


def test_a_world_with_nothing_to_choose_is_refused() -> None:
    with pytest.raises(Invalid, match=r"world\.too_small"):
        list(judge_seeds((1,), 24, 2))


def test_the_command_prints_one_document_with_what_was_promised(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fixtures.judging.judge_seeds", lambda seeds, people, vacancies: iter(worlds()))
    evaluate_world.world(seeds=2, candidates=N_PEOPLE, vacancies=N_VACANCIES, as_json=True)
    printed = json.loads(capsys.readouterr().out)
    promised = {"vonk", "random", "skills_only", "tfidf", "ceiling", "oracle", "ratio_to_ceiling", "interval",
                "unknown_share_ratio"}  # fmt: skip
    for mode in ("full", "missing"):
        assert promised <= set(printed[mode])
        low, high = printed[mode]["interval"]
        assert low <= printed[mode]["ratio_to_ceiling"] <= high
    assert printed == found()


def test_the_command_says_it_in_words(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fixtures.judging.judge_seeds", lambda seeds, people, vacancies: iter(worlds()))
    evaluate_world.world(seeds=2, candidates=N_PEOPLE, vacancies=N_VACANCIES, as_json=False)
    said = capsys.readouterr().out
    assert "Orakel" in said
    assert all(len(line) <= 80 for line in said.splitlines())
