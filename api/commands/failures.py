"""What went wrong, in words on standard error: which field, why, and where; only `api.cli` calls this."""

from collections.abc import Iterable
from typing import cast

import typer
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from api.commands.kinds import TOP_MOST, Language, OrganisationKinds, ReferenceKind, What
from api.commands.terminal import LANGUAGE, complain, words
from api.wording import has_words
from matching.actors import Role, Scope
from matching.errors import Conflict, FieldProblem, Invalid, NotFound, Refused, VonkError

# The base of all that typer raises where a command line is not understood; typer gives it no public name.
_UsageError = cast(type[Exception], typer.BadParameter.__base__)
_KINDS = ((NotFound, "not_found"), (Conflict, "conflict"), (Refused, "refused"), (Invalid, "invalid"))
_SHOWN = 20
_CHOICES: dict[str, Iterable[object]] = {
    "language": Language,
    "what": What,
    "kind": ReferenceKind,
    "of_kind": OrganisationKinds,
    "role": Role,
    "scope": Scope,
    "top": (f"1 - {TOP_MOST}",),
}


def told(error: Exception) -> int | None:
    """Say what went wrong and give the exit status; None where it is nothing that a user caused."""
    match error:
        case VonkError():
            _tell(error)
        case ValidationError() if error.title == "Settings":
            _tell_settings(error)
        case DBAPIError() | ArgumentError() | NoSuchModuleError():
            complain(words("error.database"))
        case OSError():
            complain(words("error.file", file=error.filename or "", reason=error.strerror or ""))
        case _ if isinstance(error, _UsageError):
            _tell_usage(error)
            return 2
        case _:
            return None
    return 1


def _has(code: str) -> bool:
    return has_words(LANGUAGE.get(), code)


def _tell(error: VonkError) -> None:
    """The sentence of the error's code, then field and reason, then every problem."""
    kind = next((name for known, name in _KINDS if isinstance(error, known)), "invalid")
    code = f"error.{error.code}" if _has(f"error.{error.code}") else f"error.{kind}"
    reason = _why(error.reason, error.values) if error.reason else None
    values = {"field": error.field, "reason": reason, "code": error.code} | error.values
    complain(words(code, **values))
    if reason:
        complain(words("error.why", field=error.field, reason=reason, row=error.values.get("row")), 2)
    problems = getattr(error, "problems", ())
    for problem in problems[:_SHOWN]:
        complain(_problem(problem), 2)
    if len(problems) > _SHOWN:
        complain(words("error.more", n=len(problems) - _SHOWN), 2)


def _problem(problem: FieldProblem) -> str:
    return words("error.problem", field=problem.field, reason=_why(problem.reason, problem.values))


def _why(reason: str, values: object) -> str:
    """The words of a reason; a reason without words of its own is shown as it is, since it names what is wrong."""
    name = reason.partition(" ")[0]
    given = dict(values) if isinstance(values, dict) else {}
    return words(f"why.{name}", **given) if _has(f"why.{name}") else reason


def _tell_settings(error: ValidationError) -> None:
    """Which setting cannot be accepted, and why; never what was filled in."""
    complain(words("error.settings"))
    for one in error.errors(include_input=False, include_url=False, include_context=False):
        name = "VONK_" + "_".join(map(str, one["loc"])).upper() if one["loc"] else "VONK_ENV"
        complain(words("error.problem", field=name, reason=one["msg"].removeprefix("Value error, ")), 2)


def _tell_usage(error: Exception) -> None:
    """What of the command line is not understood; the classes of typer are known by name."""
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        complain(str(error))
        return
    param = getattr(error, "param", None)
    field = getattr(param, "name", None) or ""
    opts = [opt for opt in getattr(param, "opts", ()) if opt.startswith("--")]
    name = getattr(error, "option_name", None) or (opts[0] if opts else getattr(param, "metavar", None) or field)
    known = _CHOICES.get(field)
    code = f"cli.usage.{kind}"
    complain(
        words(
            code if _has(code) else "cli.usage",
            name=name,
            message=getattr(error, "message", None) or str(error),
            known=known and list(known),
        )
    )
    complain(words("cli.usage.help"))
