"""The people of a list judged as the reference judges them, with what a demand decides looked up; for `packed`."""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from scoring import constraints
from scoring.beliefs import PoolBeliefs
from scoring.capacity import N_LEVELS, Demands, demands_of
from scoring.columns import UNKNOWN, Candidates, Floats, Ints, Vacancy
from scoring.constraints import Answers
from scoring.features import (
    Builder,
    asked_capacities,
    believed_capacities,
    capacity_field,
    compare_travel,
    compare_vacancy,
    compare_work,
)
from scoring.imputation import N_BELIEFS
from scoring.likeness import Likeness, match_values
from scoring.model import Model, Product, Unknown
from scoring.parts import GridIndex, PartIndex, PartTable
from scoring.reference import FieldScores, Judged, Surroundings, put_together, score_field
from scoring.terms import CONSTRAINTS, Constraint

KEPT_DEMANDS = 500  # demands on one capacity of which the scores are kept, each some 25 kB


class Telling:
    """Judges some people of one pool at a time."""

    def __init__(self, parts: Sequence[PartIndex | GridIndex], beliefs: PoolBeliefs, model: Model) -> None:
        self._parts, self._beliefs, self._model = parts, beliefs, model
        self._by_capacity = lru_cache(KEPT_DEMANDS)(self._scores_of_capacity)

    def judged(
        self,
        rows: Ints,
        people: Candidates,
        vacancy: Vacancy,
        likeness: Likeness,
        tables: Sequence[PartTable],
        around: Surroundings,
        log_odds: Ints,
        product: Product,
        believed: Callable[[Ints], Floats],
    ) -> Judged:
        """What the reference says of the people of these rows, blocked or not.

        `log_odds` and `product` are theirs, `believed` gives the minutes that the journeys of some of them may take.
        """
        margins = around.margins
        beliefs, demands = self._beliefs.take(rows), demands_of(vacancy)
        found = [(part.values(rows, vacancy), table) for part, table in zip(self._parts, tables, strict=True)]
        answers = _answers(people, vacancy, demands, found, around)
        match = match_values(people, vacancy, likeness)
        build = Builder(len(rows), self._model)
        compare_work(build, people, vacancy, likeness, match, beliefs)
        compare_travel(build, people, vacancy, answers.minutes, believed, margins)
        compare_vacancy(build, vacancy)
        looked_up = [taken(table.scores, values) for values, table in found if table.scores is not None]
        *compared, of_vacancy = [score_field(values, self._model) for values in build.fields]
        fields = (*looked_up, *compared, *self._capacities(people, demands, beliefs), of_vacancy)
        return put_together(answers, match.tasks, fields, log_odds, product, self._model)

    def _capacities(self, people: Candidates, demands: Demands, beliefs: PoolBeliefs) -> list[FieldScores]:
        asked, by_level = asked_capacities(demands)
        levels = people.capacities[:, asked]
        values = np.where(levels >= 0, levels, N_LEVELS + believed_capacities(beliefs.model, people, asked))
        return [
            taken(self._by_capacity(number, *margins), mine)
            for number, margins, mine in zip(asked, by_level.tolist(), values.T, strict=True)
        ]

    def _scores_of_capacity(self, number: int, *by_level: float) -> FieldScores:
        """The scores of one capacity of which this is the margin by level, by value: each level, then each belief."""
        levels = np.concatenate([np.arange(N_LEVELS), np.full(N_BELIEFS, UNKNOWN)])
        belief = np.concatenate([np.full(N_LEVELS, -1), np.arange(N_BELIEFS)])
        return score_field(capacity_field(number, np.array(by_level), levels, belief), self._model)


def taken(scores: FieldScores, values: Ints) -> FieldScores:
    """The scores of one field for the people who have these of its values."""
    known = scores.known.take(values)
    people, unknown = (~known).nonzero()[0], scores.unknown
    behind = unknown.people.searchsorted(values.take(people))
    return FieldScores(
        scores.field,
        {name: by_value.take(values) for name, by_value in scores.values.items()},
        {name: table.take(values, axis=1) for name, table in scores.contributions.items()},
        known,
        Unknown(people, unknown.moves.take(behind, axis=0), unknown.weights.take(behind, axis=0)),
        scores.stake,
    )


def _answers(
    people: Candidates,
    vacancy: Vacancy,
    demands: Demands,
    found: Sequence[tuple[Ints, PartTable]],
    around: Surroundings,
) -> Answers:
    """The answers of these people; `found`: the value of each person in each table of a part."""
    codes = np.zeros((len(people), len(CONSTRAINTS)), np.uint8)
    margins = np.full((len(people), len(CONSTRAINTS)), np.nan, np.float32)
    for values, table in found:
        for constraint, (given, by) in table.answers.items():
            number = _NUMBER_OF[constraint]
            codes[:, number], margins[:, number] = given.take(values), by.take(values)
    journey = constraints.journey(people, vacancy, around.place_minutes)
    of_capacity, short_of_capacity, tasks = constraints.capacity(people, demands)
    for constraint, (given, by) in {
        Constraint.TRAVEL: constraints.travel(people, vacancy, journey, around.margins),
        Constraint.CAPACITY: (of_capacity, short_of_capacity),
        Constraint.TRIED: constraints.tried(people.tried, people.tried_teams, vacancy, around.margins),
    }.items():
        codes[:, _NUMBER_OF[constraint]], margins[:, _NUMBER_OF[constraint]] = given, by
    late = constraints.days_late(people, vacancy, around.today).astype(np.float32)
    to_arrange = constraints.support_to_arrange(people, vacancy)
    return Answers(codes, margins, people.agreed, tasks, journey, late, to_arrange)


_NUMBER_OF = {constraint: number for number, constraint in enumerate(CONSTRAINTS)}
