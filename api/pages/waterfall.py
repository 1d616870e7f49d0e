"""A question as a waterfall: from where everybody starts, by what counts, to where she stands; for the pages.

The picture (positions in an SVG) and the table beside it are made of the same steps, so that they never disagree.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from babel.numbers import format_decimal

from api.schemas.said import reason_text
from api.wording import sentence
from scoring.explanation import AnsweredQuestion

SHOWN_FROM = 0.1  # log-odds; what counts less is one step together
_MUCH, _PLAIN = 0.6, 0.25  # log-odds from which something counts for much, or plainly
WIDTH, _LEFT, _RIGHT = 260, 26, 4  # units of the SVG; the number of a step stands left
ROW, _BAR = 22, 13

Kind = Literal["start", "for", "against", "sum"]


@dataclass(frozen=True)
class Step:
    """One step: what it is, its weight in log-odds in words and as written, and its bar in the picture."""

    number: int
    kind: Kind
    text: str
    effect: str
    written: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Waterfall:
    """The steps of one question; `zero` and `width` and `height` are units of the SVG."""

    steps: tuple[Step, ...]
    outcome: str
    zero: float
    links: tuple[tuple[float, float, float], ...]  # x, and from which y to which y
    width: int
    height: int


def waterfall(question: AnsweredQuestion, outcome: str, locale: str) -> Waterfall:
    """The waterfall of a question in a language, with its outcome in words. Start and steps add up to the sum."""
    ordered = sorted(question.contributions, key=lambda part: -abs(part.contribution))
    shown = [part for part in ordered if abs(part.contribution) >= SHOWN_FROM]
    rest = [part.contribution for part in ordered[len(shown) :] if part.contribution]
    told: list[tuple[str, float]] = [(reason_text(locale, part.reason), part.contribution) for part in shown]
    if rest:
        told.append((sentence(locale, "page.waterfall.rest", {"n": len(rest)}), sum(rest)))

    reached = [question.prior]
    for _, weight in told:
        reached.append(reached[-1] + weight)
    low, high = min(0.0, *reached), max(0.0, *reached)
    scale = (WIDTH - _LEFT - _RIGHT) / max(high - low, 0.1)

    def at(value: float) -> float:
        return round(_LEFT + (value - low) * scale, 1)

    spans = [(0.0, question.prior), *pairwise(reached), (0.0, reached[-1])]
    texts = [(sentence(locale, "page.waterfall.start"), question.prior), *told]
    texts.append((sentence(locale, "page.waterfall.sum"), question.log_odds))
    steps = []
    for number, ((text, weight), (begin, end)) in enumerate(zip(texts, spans, strict=True)):
        kind = _kind(number, len(texts), weight)
        steps.append(
            Step(
                number + 1,
                kind,
                text,
                sentence(locale, f"page.effect.{_effect(kind, weight)}"),
                format_decimal(weight, "+0.00;-0.00", locale=locale),
                at(min(begin, end)),
                number * ROW + (ROW - _BAR) / 2,
                max(round(abs(end - begin) * scale, 1), 1.5),
                _BAR,
            )
        )
    links = tuple(
        (at(value), number * ROW + (ROW + _BAR) / 2, (number + 1) * ROW + (ROW - _BAR) / 2)
        for number, value in enumerate(reached)
    )
    return Waterfall(tuple(steps), outcome, at(0.0), links, WIDTH, len(steps) * ROW)


def _kind(number: int, n_steps: int, weight: float) -> Kind:
    if number == 0:
        return "start"
    if number == n_steps - 1:
        return "sum"
    return "for" if weight > 0 else "against"


def _effect(kind: Kind, weight: float) -> str:
    if kind in ("start", "sum"):
        return kind
    size = "much" if abs(weight) >= _MUCH else "plain" if abs(weight) >= _PLAIN else "little"
    return f"{kind}_{size}"
