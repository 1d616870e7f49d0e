"""A small pool ranked by the reference, in the form that the kernel gives; for `scoring.packed`."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.beliefs import PoolBeliefs
from scoring.columns import Bools, Candidates, Floats, Ints, Vacancy
from scoring.constraints import Answers, check
from scoring.likeness import Likeness
from scoring.reference import Judged, Surroundings, judge, mixed_hash, plain_order


@dataclass(frozen=True)
class PlainPool:
    """People, and what is believed of them."""

    people: Candidates
    beliefs: PoolBeliefs
    alive: Bools  # (n,) who counts

    def possible(self, vacancy: Vacancy, barred: Ints, around: Surroundings) -> tuple[Ints, Answers]:
        """Rows of the people who count and are not blocked, rising, and the answers of everybody."""
        answers = check(self.people, vacancy, around.place_minutes, around.margins, around.today)
        counts = answers.eligible() & self.alive
        counts[barred] = False
        return np.flatnonzero(counts), answers

    def walk(
        self, k: int, share: float, vacancy: Vacancy, likeness: Likeness, barred: Ints, around: Surroundings
    ) -> tuple[Ints, Floats, Floats, npt.NDArray[np.int64]]:
        """As `kernel.walk`, which looks at fewer."""
        rows, answers = self.possible(vacancy, barred, around)
        told = told_of(rows, self.judged(rows, vacancy, likeness, around, answers.take(rows)))
        ties = mixed_hash(self.people.key[rows], vacancy.key, around.today)
        first = plain_order(told[:, 1], ties)[:k]
        return rows[first], told[first, 1], told if share > 0 else told[:0], np.full(3, len(rows))

    def judged(
        self, rows: Ints, vacancy: Vacancy, likeness: Likeness, around: Surroundings, answers: Answers | None = None
    ) -> Judged:
        """What the reference says of some rows, blocked or not."""
        return judge(self.people.take(rows), vacancy, likeness, self.beliefs.take(rows), around, answers)


def told_of(rows: Ints, judged: Judged) -> Floats:
    """Row, score, mean and spread of its logarithm, and the three sums, (n, 7), as `kernel.score_rows` gives them."""
    product = judged.product
    return np.column_stack([rows, product.score, product.log_mean, product.log_spread, judged.log_odds])
