"""Unknown fields: levels from what is known of the person, and what skills, work and wishes tell of each other."""

import numpy as np

from scoring.beliefs import COVERAGE_UNTOLD, N_STEPS, fit_match
from scoring.imputation import EDUCATION, N_BELIEFS, N_VARIABLES, NOT_CAPACITIES, SPREADS, belief_table, beliefs, fit
from scoring.terms import CAPACITIES, Capacity

LIFTING, STANDING = CAPACITIES.index(Capacity.LIFTING), CAPACITIES.index(Capacity.STANDING)


def _people(n: int, seed: int) -> np.ndarray:
    """Levels that go together in two ways: body, and head."""
    random = np.random.default_rng(seed)
    body, head = random.standard_normal((2, n, 1))
    loads = np.zeros((2, N_VARIABLES))
    loads[0, :7], loads[1, 12:] = 0.9, 0.9
    levels = 2 + body * loads[0] + head * loads[1] + 0.5 * random.standard_normal((n, N_VARIABLES))
    return np.clip(np.rint(levels), 0, 4)


def test_an_unknown_level_is_believed_from_the_levels_that_go_with_it() -> None:
    levels = _people(2_000, seed=3)
    model = fit(levels)
    blank = np.full((2, N_VARIABLES), np.nan)
    blank[0, STANDING], blank[1, STANDING] = 0, 4
    rows = beliefs(model, blank, range(N_VARIABLES))[:, LIFTING] // len(SPREADS)
    assert rows[1] > rows[0] + 4, "who can stand all day can probably lift more: by over a level"


def test_imputation_given_what_is_known_beats_the_pools_average() -> None:
    levels = _people(3_000, seed=4)
    hidden = np.random.default_rng(5).random(levels.shape) < 0.4
    seen = np.where(hidden, np.nan, levels)
    model = fit(seen)
    table = belief_table(np.arange(5.0))
    rows = beliefs(model, seen, range(N_VARIABLES))
    expected = (table @ np.arange(5.0))[rows]
    mean = np.nanmean(seen, axis=0)
    ours = np.abs(expected - levels)[hidden].mean()
    average = np.abs(mean - levels)[hidden].mean()
    assert ours < 0.8 * average


def test_a_pool_of_nobody_and_of_one_person_still_has_beliefs() -> None:
    for n in (0, 1):
        model = fit(np.full((n, N_VARIABLES), np.nan))
        assert np.isfinite(model.mean).all()
        assert (model.noise > 0).all()
        rows = beliefs(model, np.full((1, N_VARIABLES), np.nan), range(N_VARIABLES))
        assert (rows >= 0).all()
        assert (rows < N_BELIEFS).all()


def test_who_has_a_diploma_probably_reads_dutch_better() -> None:
    model = fit(np.full((0, N_VARIABLES), np.nan))
    two = np.full((2, N_VARIABLES), np.nan)
    two[0, EDUCATION], two[1, EDUCATION] = 1, 5
    rows = beliefs(model, two, NOT_CAPACITIES)[:, 1] // len(SPREADS)
    assert rows[1] > rows[0]


def test_the_probabilities_of_a_belief_add_up_to_one() -> None:
    assert np.allclose(belief_table(np.arange(5.0)).sum(axis=1), 1)


def test_more_of_what_is_known_never_lowers_what_is_believed_of_the_rest() -> None:
    random = np.random.default_rng(6)
    wish = np.where(random.random(5_000) < 0.4, np.nan, random.random(5_000))
    work = np.where(random.random(5_000) < 0.3, np.nan, random.random(5_000))
    coverage = random.random(5_000)
    for table in vars(fit_match(wish, work, coverage)).values():
        grid = table.mean(axis=1).reshape(N_STEPS, N_STEPS)[: N_STEPS - 1, : N_STEPS - 1]
        assert (np.diff(grid, axis=0) >= -1e-9).all()
        assert (np.diff(grid, axis=1) >= -1e-9).all()


def test_nothing_known_about_tasks_lies_between_three_of_five_and_one_of_five() -> None:
    ones = np.ones(4_000)
    grid = fit_match(ones, np.full(4_000, np.nan), ones).coverage.reshape(N_STEPS, N_STEPS, -1)
    untold = grid[:, N_STEPS - 1].mean(axis=-1)
    assert (untold > 0.2).all()
    assert (untold < 0.6).all()
    assert COVERAGE_UNTOLD[0] > 0.2
    assert COVERAGE_UNTOLD[1] < 0.6
