"""From seventeen answers: three masks, who is eligible, and who misses by exactly one thing."""

import numpy as np

from scoring.constraints import BLOCKED, NEAR, UNSURE, Answers
from scoring.terms import CONSTRAINTS, Constraint

HOURS, TRAVEL = CONSTRAINTS.index(Constraint.HOURS), CONSTRAINTS.index(Constraint.TRAVEL)


def answers(*people: dict[int, int]) -> Answers:
    codes = np.zeros((len(people), len(CONSTRAINTS)), np.uint8)
    for row, said in enumerate(people):
        for constraint, answer in said.items():
            codes[row, constraint] = answer
    n = len(people)
    nothing = np.zeros(n, np.int32)
    return Answers(codes, np.zeros(codes.shape), np.ones(n, bool), np.zeros((n, 0)), nothing, nothing, nothing)


def test_only_blocked_excludes() -> None:
    assert list(answers({HOURS: NEAR}, {HOURS: UNSURE}, {HOURS: BLOCKED}).eligible()) == [True, True, False]


def test_who_misses_by_exactly_one_thing_and_which() -> None:
    found = answers({HOURS: BLOCKED}, {HOURS: BLOCKED, TRAVEL: BLOCKED}, {TRAVEL: NEAR}).misses_by_one()
    assert list(found) == [HOURS, -1, -1]


def test_the_masks_have_the_bit_of_each_constraint() -> None:
    found = answers({HOURS: NEAR, TRAVEL: BLOCKED})
    assert list(found.mask(NEAR)) == [1 << HOURS]
    assert list(found.mask(BLOCKED)) == [1 << TRAVEL]
