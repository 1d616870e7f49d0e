"""How a command speaks: words on standard output, errors and progress on standard error; for the commands alone."""

import json
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from api.wording import DUTCH, sentence

WIDTH = 80
LANGUAGE: ContextVar[str] = ContextVar("language", default=DUTCH)


def words(code: str, /, **values: object) -> str:
    """A sentence in the language that was asked for."""
    return sentence(LANGUAGE.get(), code, values)


def out(text: str = "", indent: int = 0, hang: int = 0) -> None:
    """Print text, wrapped at 80 columns; `indent` columns in, further lines `hang` columns more."""
    sys.stdout.write(wrapped(text, indent, hang) + "\n")


def say(code: str, indent: int = 0, hang: int = 0, /, **values: object) -> None:
    """Print a sentence."""
    out(words(code, **values), indent, hang)


def title(text: str) -> None:
    """Print a line that heads others: bold on a terminal, underlined everywhere."""
    line = wrapped(text)
    rule = "-" * min(WIDTH, max(map(len, line.splitlines())))
    sys.stdout.write(f"\033[1m{line}\033[0m\n{rule}\n" if sys.stdout.isatty() else f"{line}\n{rule}\n")


def complain(text: str, indent: int = 0) -> None:
    """Print a line of an error."""
    sys.stderr.write(wrapped(text, indent, 2) + "\n")


def wrapped(text: str, indent: int = 0, hang: int = 0) -> str:
    """Text in lines of at most 80 columns; a command or a path is never broken."""
    lines = [
        textwrap.fill(
            line,
            WIDTH,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hang),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in text.split("\n")
    ]
    return "\n".join(lines)


@contextmanager
def busy(code: str, /, **values: object) -> Iterator[None]:
    """Show that long work goes on, on a terminal; silent in a pipe."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # only where it shows

    with Console(stderr=True).status(words(code, **values)):
        yield


@contextmanager
def progressing(code: str, total: int, /, **values: object) -> Iterator[Callable[[int, int], None] | None]:
    """Show how far long work is, on a terminal; None, and silent, in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # only where it shows
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(words(code, **values), total=total)
        yield lambda done, _total: bar.update(task, completed=done)


def print_json(body: dict[str, Any]) -> None:
    """One JSON document on standard output, and nothing else."""
    json.dump(body, sys.stdout, ensure_ascii=False, indent=2, allow_nan=False)
    sys.stdout.write("\n")
