"""What can go wrong in matching: stable codes and values, no HTTP and no sentences; anybody may raise them.

A code is for machines and never changes its meaning; words are made of it where it is shown. Values never
hold what a person wrote or personal data: they name a row, a column, a field, an id.
"""

import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldProblem:
    """One field that could not be accepted: which (dotted path), why (a stable code), and values for the sentence."""

    field: str
    reason: str
    values: dict[str, object] = dataclasses.field(default_factory=dict)


class VonkError(Exception):
    """The base of every error that Vonk raises on purpose."""

    def __init__(self, code: str, /, field: str | None = None, *, reason: str | None = None, **values: object):
        self.code = code
        self.field = field
        self.reason = reason
        self.values = values
        said = " ".join(f"{name}={value}" for name, value in values.items())
        super().__init__(" ".join(part for part in (code, field, reason, said) if part))


class NotFound(VonkError):
    """There is no such thing, or it may not be known to whoever asks."""


class Conflict(VonkError):
    """The thing is no longer as the asker thought, or somebody else was first."""


class Refused(VonkError):
    """It is understood, and not allowed here."""


class Invalid(VonkError):
    """Input that cannot be accepted, with every problem found, not only the first."""

    def __init__(
        self,
        code: str,
        /,
        field: str | None = None,
        *,
        reason: str | None = None,
        problems: tuple[FieldProblem, ...] = (),
        **values: object,
    ):
        super().__init__(code, field, reason=reason, **values)
        self.problems = problems
        if problems:
            self.args = (f"{self.args[0]}: " + "; ".join(f"{p.field} {p.reason}" for p in problems),)
