"""The expert prior, the fixed-point tables, and the product of three chances."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.model import FEATURES, FIXED_POINT, PRIOR_FILE, SCALES, Unknown, integrate, load_prior
from scoring.terms import QUESTIONS

MODEL = load_prior()


def test_every_weight_of_the_prior_says_why() -> None:
    for question in QUESTIONS:
        assert MODEL.shapes[question]
        for shape in MODEL.shapes[question].values():
            assert len(shape.why) > 20


def test_every_feature_moves_some_question() -> None:
    for feature in FEATURES:
        assert np.abs(MODEL.tables[feature]).max() > 0, feature


def test_shapes_only_go_the_way_that_the_prior_states() -> None:
    for number, question in enumerate(QUESTIONS):
        for feature, shape in MODEL.shapes[question].items():
            steps = np.diff(MODEL.tables[feature][number, :-1])
            assert (steps >= 0).all() if shape.monotone == "up" else (steps <= 0).all(), (question, feature)


def test_what_does_not_apply_adds_exactly_nothing() -> None:
    for feature, scale in SCALES.items():
        nothing = scale.bins(np.array([np.nan]))
        assert (MODEL.tables[feature][:, nothing] == 0).all()


def test_no_protected_trait_or_near_proxy_is_a_feature() -> None:
    forbidden = ("age", "sex", "gender", "group", "origin", "nation", "benefit", "recency", "gap", "postcode", "faith")
    words = {word for feature in FEATURES for word in feature.replace(".", "_").split("_")}
    assert not words & set(forbidden)


def test_a_prior_with_a_shape_that_turns_is_refused_by_name(tmp_path: Path) -> None:
    text = PRIOR_FILE.read_text(encoding="utf-8")
    assert "points: [[0.0, -0.08], [1.0, 0.25]]" in text
    broken = tmp_path / "prior.yaml"
    broken.write_text(text.replace("points: [[0.0, -0.08], [1.0, 0.25]]", "points: [[0.0, 0.25], [1.0, -0.08]]"))
    with pytest.raises(ValueError, match=r"employer\.desired_skills"):
        load_prior(broken)


def test_a_prior_with_an_unknown_feature_is_refused_by_name(tmp_path: Path) -> None:
    broken = tmp_path / "prior.yaml"
    broken.write_text(PRIOR_FILE.read_text(encoding="utf-8").replace("desired_papers:", "desired_hats:"))
    with pytest.raises(ValueError, match="desired_hats"):
        load_prior(broken)


VALUES = st.lists(st.lists(st.floats(-1.2, 0.8), min_size=5, max_size=5), min_size=3, max_size=3)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.lists(st.floats(-4, 2), min_size=3, max_size=3), st.lists(VALUES, min_size=1, max_size=4))
def test_the_integral_is_within_five_percent_of_every_value_that_the_unknowns_may_have(
    means: list[float], fields: list[list[list[float]]]
) -> None:
    """Up to four unknown fields of five skewed values, against the sum over all 625 combinations."""
    weights = np.array([0.1, 0.2, 0.4, 0.2, 0.1])
    unknowns, combined, chance = [], np.array(means)[:, None], np.ones(1)
    for field in fields:
        moves = np.sort(np.array(field), axis=1)
        moves -= (moves * weights).sum(axis=1, keepdims=True)
        unknowns.append(Unknown(np.array([0]), moves[None], weights[None]))
        combined = (combined[:, :, None] + moves[:, None, :]).reshape(3, -1)
        chance = np.outer(chance, weights).ravel()
    exact = float((1 / (1 + np.exp(-combined))).prod(axis=0) @ chance)
    product = integrate(np.array([means]), unknowns)
    assert product.score[0] == pytest.approx(exact, rel=0.05)


def test_without_unknowns_the_score_is_the_product_of_the_chances() -> None:
    product = integrate(np.array([[0.3, -0.2, 1.0]]), [])
    assert product.score[0] == pytest.approx(product.chances[0].prod(), abs=1e-15)
    assert product.log_spread[0] == 0


def test_log_odds_are_whole_numbers_of_one_65536th() -> None:
    assert FIXED_POINT == 65_536
    for table in MODEL.tables.values():
        assert table.dtype == np.int32


def test_a_number_has_one_bin_whatever_it_is_kept_in() -> None:
    """Nearness is kept in four bytes, of which .935 is a little more than that."""
    scale = SCALES["work_nearness"]
    midpoints = (np.arange(100) * 0.01 + 0.005).astype(np.float32)
    assert scale.bins(midpoints).tolist() == scale.bins(midpoints.astype(np.float64)).tolist()
