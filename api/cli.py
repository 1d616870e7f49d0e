"""The command `vonk`: its commands and options. The work is in `api.commands`, read when a command is called.

Results go to standard output; errors and progress to standard error, in the language. Exit status: 0 done, 1 not
possible, 2 not understood, 130 stopped by the user.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from api.access import account, organisation, token
from api.commands import keeping
from api.commands.bench import bench
from api.commands.kinds import TOP_MOST, Language, ReferenceKind, What
from api.commands.search import search
from api.commands.terminal import LANGUAGE, words
from api.measures import evaluate

app = typer.Typer(
    name="vonk",
    help="cli.help",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
reference = typer.Typer(help="cli.help.reference", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(reference, name="reference")
read = typer.Typer(help="cli.help.read", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(read, name="read")
app.add_typer(evaluate, name="evaluate")
app.add_typer(account, name="account")
app.add_typer(organisation, name="organisation")
app.add_typer(token, name="token")
app.command("bench", help="cli.help.bench")(bench)
keeping.register(app)
app.command("search", help="cli.help.search")(search)

Vacancy = Annotated[str, typer.Argument(metavar="VACANCY", help="cli.argument.vacancy")]
Candidate = Annotated[str, typer.Argument(metavar="CANDIDATE", help="cli.argument.candidate")]
Kind = Annotated[What, typer.Argument(metavar="WHAT", help="cli.argument.what")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="cli.argument.file")]
TextFile = Annotated[Path, typer.Argument(metavar="FILE", help="cli.argument.read_file")]
Top = Annotated[int, typer.Option("--top", min=1, max=TOP_MOST, help="cli.option.top")]
Explain = Annotated[bool, typer.Option("--explain", help="cli.option.explain")]
AsJson = Annotated[bool, typer.Option("--json", help="cli.option.json")]
Source = Annotated[Optional[str], typer.Option("--source", help="cli.option.source")]  # noqa: UP045 - typer reads it


@app.callback()
def settings(
    language: Annotated[Language, typer.Option("--language", help="cli.option.language")] = Language.DUTCH,
) -> None:
    """What holds for every command."""
    LANGUAGE.set(language.value)


@app.command("migrate", help="cli.help.migrate")
def migrate() -> None:
    """Bring the database to the newest revision."""
    from api.commands import reference as work

    work.migrate()


@app.command("demo", help="cli.help.demo")
def demo() -> None:
    """Show what Vonk does on a made-up world."""
    from api.commands import demo as work

    work.demo()


@app.command("rank", help="cli.help.rank")
def rank(vacancy: Vacancy, top: Top = 10, explain: Explain = False, as_json: AsJson = False) -> None:
    """Rank the people of the pool for a vacancy."""
    from api.commands import ranking as work

    work.rank(vacancy, top=top, explained=explain, as_json=as_json)


@app.command("explain", help="cli.help.explain")
def explain_pair(vacancy: Vacancy, candidate: Candidate, as_json: AsJson = False) -> None:
    """Explain one pair in full."""
    from api.commands import ranking as work

    work.explain(vacancy, candidate, as_json=as_json)


@app.command("levers", help="cli.help.levers")
def levers(vacancy: Vacancy, as_json: AsJson = False) -> None:
    """What a vacancy could ask less."""
    from api.commands import levers as work

    work.levers(vacancy, as_json)


@app.command("questions", help="cli.help.questions")
def questions(candidate: Candidate, as_json: AsJson = False) -> None:
    """What is worth asking a candidate."""
    from api.commands import questions as work

    work.questions(candidate, as_json)


@app.command("import", help="cli.help.import")
def import_file(what: Kind, file: File, source: Source = None, as_json: AsJson = False) -> None:
    """Load candidates or vacancies from a file."""
    from api.commands import files as work

    work.import_file(what, file, source=source, as_json=as_json)


@app.command("export", help="cli.help.export")
def export_file(what: Kind, file: File) -> None:
    """Write candidates or vacancies to a file."""
    from api.commands import files as work

    work.export_file(what, file)


@app.command("worker", help="cli.help.worker")
def worker() -> None:
    """Work without serving."""
    from api.commands import worker as work

    work.worker()


@app.command("serve", help="cli.help.serve")
def serve(
    host: Annotated[str, typer.Option("--host", help="cli.option.host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65_535, help="cli.option.port")] = 8000,
    with_demo: Annotated[bool, typer.Option("--demo", help="cli.option.demo")] = False,
) -> None:
    """Serve the pages and the API until stopped."""
    from api.commands import serve as work

    work.serve(host, port, with_demo=with_demo)


@app.command("rematch", help="cli.help.rematch")
def rematch(
    region: Annotated[Optional[str], typer.Option("--region", help="cli.option.region")] = None,  # noqa: UP045
    cluster: Annotated[Optional[str], typer.Option("--cluster", help="cli.option.cluster")] = None,  # noqa: UP045
    processes: Annotated[int, typer.Option("--processes", min=1, max=256, help="cli.option.processes")] = 1,
    file: Annotated[Optional[Path], typer.Option("--out", help="cli.option.rematch_out")] = None,  # noqa: UP045
    as_json: AsJson = False,
) -> None:
    """Rank all open vacancies in one go."""
    from api.commands import rematch as work

    work.rematch(region=region, cluster=cluster, processes=processes, file=file, as_json=as_json)


@reference.callback()
def reference_sets() -> None:
    """The commands on reference sets."""


@reference.command("import", help="cli.help.reference.import")
def import_reference(
    kind: Annotated[ReferenceKind, typer.Argument(metavar="KIND", help="cli.argument.kind")],
    path: Annotated[Path, typer.Argument(metavar="PATH", help="cli.argument.path")],
    as_json: AsJson = False,
) -> None:
    """Take over an official set."""
    from api.commands import reference as work

    work.import_reference(kind, path, as_json=as_json)


@read.callback()
def reading() -> None:
    """The commands that read a text."""


@read.command("vacancy", help="cli.help.read.vacancy")
def read_vacancy(file: TextFile, as_json: AsJson = False) -> None:
    """Read the text of a vacancy to a draft."""
    from api.commands import read as work

    work.read_file("vacancy", file, as_json=as_json)


@read.command("candidate", help="cli.help.read.candidate")
def read_candidate(file: TextFile, as_json: AsJson = False) -> None:
    """Read a CV to a draft."""
    from api.commands import read as work

    work.read_file("candidate", file, as_json=as_json)


def main() -> None:
    """The entry point of `vonk`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run a command line and give its exit status; what a user can cause is told in words, never as a traceback."""
    LANGUAGE.set(_asked_language(arguments))
    command: Any = typer.main.get_command(app)
    _put_in_words(command)
    try:
        status = command.main(args=list(arguments), prog_name="vonk", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:  # whoever read along has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        from api.commands.failures import told

        status = told(error)
        if status is None:
            raise
        return status


def _asked_language(arguments: Sequence[str]) -> str:
    """The language for help and for errors, also where the command line itself is not understood."""
    for position, word in enumerate(arguments):
        following = arguments[position + 1 : position + 2]
        asked = following[0] if word == "--language" and following else word.removeprefix("--language=")
        if asked in set(Language) and word != asked:
            return asked
    return Language.DUTCH.value


def _put_in_words(command: Any) -> None:
    """The help of commands and options are codes until here."""
    for part in (command, *command.params):
        if (getattr(part, "help", None) or "").startswith("cli."):
            part.help = words(part.help)
    for inner in getattr(command, "commands", {}).values():
        _put_in_words(inner)


if __name__ == "__main__":
    main()
