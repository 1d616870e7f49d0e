"""`vonk import` and `vonk export`: candidates and vacancies from and to files, with all that could not be read."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from api.commands.kinds import What
from api.commands.prepare import prepare
from api.commands.terminal import LANGUAGE, busy, out, print_json, say, words
from api.wording import has_words
from matching.clock import now, today
from matching.database import session_scope
from matching.exchange.exporting import export_candidates, export_vacancies
from matching.exchange.importing import import_candidates, import_vacancies
from matching.exchange.report import ImportReport, Problem
from matching.settings import Settings

SHOWN = 50  # problems on a terminal; `--json` gives all that the report holds


@dataclass(frozen=True)
class _Way:
    read: Callable[..., ImportReport]
    write: Callable[[Session, Path], int]


_WAYS = {
    What.CANDIDATES: _Way(import_candidates, export_candidates),
    What.VACANCIES: _Way(import_vacancies, export_vacancies),
}


def import_file(what: What, file: Path, *, source: str | None, as_json: bool) -> None:
    """Load a file under the name of a source (its own name, if none is given) and print what was read and what not."""
    settings = Settings()
    engine = prepare(settings)
    with busy("cli.busy.import", file=file.name), session_scope(engine) as session:
        report = _WAYS[what].read(
            session, file, source=source or file.stem[:100], today=today(settings), now=now(settings)
        )
    if as_json:
        print_json(_body(report))
    else:
        _show(report, what)


def export_file(what: What, file: Path) -> None:
    """Write all candidates or vacancies to a file; its ending says how (.jsonl, .csv, .xlsx)."""
    engine = prepare(Settings())
    with busy("cli.busy.export"), session_scope(engine, read_only=True) as session:
        n_written = _WAYS[what].write(session, file)
    say("cli.exported", n=n_written, file=str(file))


def reason_words(reason: str, values: dict[str, Any] | None = None) -> str:
    """Why a cell or a row was not taken over."""
    return words(f"problem.{reason}" if has_words(LANGUAGE.get(), f"problem.{reason}") else "problem", **(values or {}))


def _problem_words(problem: Problem) -> str:
    reason = reason_words(problem.reason, dict(problem.values))
    code = "cli.problem" if problem.column else "cli.problem_of_row"
    return words(code, row=problem.row, column=problem.column, reason=reason, words=problem.words)


def _body(report: ImportReport) -> dict[str, Any]:
    return {
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "problemCount": report.n_problems,
        "problems": [
            {
                "row": problem.row,
                "column": problem.column,
                "reason": problem.reason,
                "values": dict(problem.values),
                "words": problem.words,
                "text": _problem_words(problem),
            }
            for problem in report.problems
        ],
        "unreadColumns": list(report.unread_columns),
        "discardedColumns": [{"column": one.column, "reason": one.reason} for one in report.discarded_columns],
        "assumed": dict(report.assumed),
        "otherSheets": list(report.other_sheets),
    }


def _show(report: ImportReport, what: What) -> None:
    say(f"cli.imported.{what}", created=report.created, updated=report.updated, unchanged=report.unchanged)
    if report.refused:
        say("cli.refused", n=report.refused)
    for name, n in report.assumed.items():
        say(f"cli.assumed.{name}" if has_words(LANGUAGE.get(), f"cli.assumed.{name}") else "cli.assumed", n=n)
    for one in report.discarded_columns:
        say(f"cli.discarded.{one.reason}", column=one.column)
    if report.unread_columns:
        say("cli.unread_columns", columns=list(report.unread_columns))
    if report.other_sheets:
        say("cli.other_sheets", sheets=list(report.other_sheets))
    if report.problems:
        say("cli.problems", n=report.n_problems)
        for problem in report.problems[:SHOWN]:
            out(f"- {_problem_words(problem)}", 2, 2)
        if report.n_problems > SHOWN:
            say("cli.problems_more", 2, n=report.n_problems - SHOWN)
