"""What scoring says in codes and values, put in words: reasons, constraints, needs, chances; for schemas, commands."""

from api.wording import sentence
from scoring.explanation import AnsweredConstraint, PairExplanation, Reason, ToArrange
from scoring.terms import Answer, Constraint, SupportNeed

Values = dict[str, object]

_CAPACITY = "capacity."
_MENDABLE = -0.05  # from which margin downwards a dimension needs an adaptation or a smaller job (scoring.explain)
_GAP = -0.95  # from which margin downwards a dimension blocks


def reason_text(locale: str, reason: Reason) -> str:
    """The sentence of a reason of a score."""
    return sentence(locale, f"reason.{reason.code}", reason.values)


def constraint_values(one: AnsweredConstraint, explanation: PairExplanation) -> Values:
    """The values of a constraint's sentence: `by` only where something is short, and which capacities it is about."""
    values: Values = dict(one.reason.values)
    short = one.answer in (Answer.NEAR, Answer.BLOCKED)
    if short and short_by(one) is None:
        values.pop("by", None)
    may_be_short = short or values.get("because") == "freedom"
    if one.constraint == Constraint.CAPACITY and may_be_short and (dimensions := _dimensions(one.answer, explanation)):
        values["dimensions"] = dimensions
    return values


def _dimensions(answer: Answer, explanation: PairExplanation) -> list[str]:
    """The capacities that are short: those that block or may block, or those that can be mended."""
    most = _MENDABLE if answer == Answer.NEAR else _GAP
    found = {
        part.feature.removeprefix(_CAPACITY): part.value
        for question in explanation.questions.values()
        for part in question.contributions
        if part.feature.startswith(_CAPACITY) and part.known and part.value is not None and part.value < most
    }
    return sorted(found, key=lambda name: (found[name], name))


def short_by(one: AnsweredConstraint) -> float | None:
    """How much a constraint is short, in its unit, as a positive number; None where it is not, or not measured."""
    return -one.margin if one.margin is not None and one.margin < 0 else None


def constraint_text(locale: str, one: AnsweredConstraint, explanation: PairExplanation) -> str:
    """The sentence of a constraint's answer."""
    return sentence(locale, f"constraint.{one.constraint}.{one.answer}", constraint_values(one, explanation))


def changes(explanation: PairExplanation) -> list[tuple[Reason, Values]]:
    """What would have to change before a blocked pair is possible, with the values of each sentence."""
    blocked = {f"change.{one.constraint}": one for one in explanation.constraints}
    return [
        (reason, constraint_values(blocked[reason.code], explanation)) for reason in explanation.would_have_to_change
    ]


def unknown_name(locale: str, one: AnsweredConstraint) -> str:
    """What is not known: of a known journey how long it may take, of a task above her level whether it may go."""
    if one.reason.values.get("because") == "freedom":
        return sentence(locale, "show.task_freedom")
    journey_known = one.constraint == Constraint.TRAVEL and "minutes" in one.reason.values
    return sentence(locale, "show.travel_limit" if journey_known else f"constraint.{one.constraint}")


def need_text(locale: str, one: ToArrange) -> str:
    """What is to be arranged and by whom: "stille plek (door de werkgever)"."""
    if one.need in set(SupportNeed):
        need = sentence(locale, f"need.{one.need}")
    else:
        need = sentence(locale, "adaptation", {"dimension": one.need})
    return sentence(locale, "arranged", {"need": need, "supplier": one.supplier})


def ask_text(locale: str, field: str) -> str:
    """The question that a coach could ask about a field that is unknown."""
    name, _, dimension = field.partition(".")
    return sentence(locale, f"ask.{name}", {"dimension": dimension} if dimension else {})


def chance_text(locale: str, chance: float, *, of: int = 10) -> str:
    """A chance as people say it: "ongeveer 6 op de 10"; `of` is 10 or 100."""
    n = round(chance * of)
    if of == 100:
        return sentence(locale, "chance.hundred" if n else "chance.hundred_few", {"n": n})
    if 0 < n < of:
        return sentence(locale, "chance.tens", {"n": n})
    return sentence(locale, "chance.nearly_all" if n else "chance.few")
