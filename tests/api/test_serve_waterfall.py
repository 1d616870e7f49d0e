import pytest

from api.pages.waterfall import SHOWN_FROM, WIDTH, waterfall
from scoring.explanation import AnsweredQuestion, Contribution, Reason


def question(prior: float, *weights: float) -> AnsweredQuestion:
    reason = Reason("wish_nearness.wished", {})
    parts = tuple(Contribution(f"f{n}", 1.0, "share", True, weight, reason) for n, weight in enumerate(weights))
    return AnsweredQuestion(prior, prior + sum(weights), 0.5, parts)


def test_the_heaviest_counts_first_and_what_counts_little_is_one_step() -> None:
    fall = waterfall(question(-0.5, 0.05, 0.25, -1.0, 0.0, 0.03), "ongeveer 2 op de 10", "nl")
    assert [step.kind for step in fall.steps] == ["start", "against", "for", "for", "sum"]
    assert [step.written for step in fall.steps] == ["-0,50", "-1,00", "+0,25", "+0,08", "-1,17"]
    assert [step.effect for step in fall.steps[1:4]] == ["werkt erg tegen", "helpt", "helpt een beetje"]
    assert fall.steps[3].text == "2 andere punten, die weinig tellen"


def test_every_bar_begins_where_the_one_before_it_ended_and_the_last_runs_from_zero() -> None:
    fall = waterfall(question(0.25, 0.5, -0.75, 0.125), "about 6 in 10", "en")
    scale = fall.steps[0].width / 0.25
    start, down, up, little, total = fall.steps
    assert start.x == pytest.approx(fall.zero)
    assert down.x + down.width == pytest.approx(start.x + start.width, abs=0.2)
    assert up.x == pytest.approx(down.x, abs=0.2)
    assert little.x == pytest.approx(up.x + up.width, abs=0.2)
    assert total.x == pytest.approx(fall.zero, abs=0.2)
    assert total.width == pytest.approx(0.125 * scale, abs=0.2)


@pytest.mark.parametrize("weights", [(), (0.0,), (SHOWN_FROM,), (-3.0, 2.0, 4.0), (1e-5,)])
def test_every_bar_is_within_the_picture_and_can_be_seen(weights: tuple[float, ...]) -> None:
    fall = waterfall(question(0.0, *weights), "ongeveer 2 op de 10", "nl")
    for step in fall.steps:
        assert step.width >= 1.5
        assert step.x >= 0
        assert step.x + step.width <= WIDTH
        assert step.y + step.height <= fall.height
