"""What an explanation holds, as codes and values; `scoring.explain` makes it, every view renders it."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from scoring.terms import (
    Answer,
    Constraint,
    Question,
    TaskAnswer,
)

Value = str | int | float | tuple[str, ...]
Values = Mapping[str, Value]
Fact = tuple[tuple[str, Value], ...]  # values by name, in the order in which they are told; () nothing
Facts = Mapping[str, Sequence[Fact]]  # per feature that of each person
KEPT_ANSWERS = 20_000  # answers to constraints, and reasons, that all explanations share


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: a code that the locale has a sentence for, and the values in it."""

    code: str
    values: Values
    weight: float = 0.0  # log-odds over the three questions together


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one feature adds to one question, in log-odds; exact multiples of 1/65536."""

    feature: str
    value: float | None  # the mean of what is believed where not known
    unit: str
    known: bool
    contribution: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """One of the three questions: prior plus contributions is the log-odds."""

    prior: float
    log_odds: float
    chance: float
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True)
class AnsweredConstraint:
    """One constraint of a pair; margin is signed (short is negative), None where there is nothing to measure."""

    constraint: Constraint
    answer: Answer
    margin: float | None
    unit: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class ToArrange:
    """A support need, or an adaptation on a capacity, that somebody still has to supply."""

    need: str
    supplier: str


@dataclass(frozen=True)
class PairExplanation:
    """All that there is to say of one pair; the waterfall of the questions is put together when it is asked for."""

    eligible: bool
    constraints: tuple[AnsweredConstraint, ...]
    correction: float  # score minus the product of the three chances: shared uncertainty
    score: float
    tasks: tuple[tuple[str, TaskAnswer], ...]
    to_arrange: tuple[ToArrange, ...]
    reasons: tuple[Reason, ...]
    questions_to_ask: tuple[str, ...]  # unknown fields, the most telling first
    would_have_to_change: tuple[Reason, ...]
    waterfall: Callable[[], dict[Question, AnsweredQuestion]] = field(compare=False, repr=False)

    @cached_property
    def questions(self) -> Mapping[Question, AnsweredQuestion]:
        """The three questions with everything that adds to them."""
        return self.waterfall()


def shown_number(value: float) -> float | None:
    """A number as it is told, to four places; None for NaN."""
    return None if math.isnan(value) else round(float(value), 4) + 0.0  # no negative zero
