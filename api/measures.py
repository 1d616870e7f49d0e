"""The commands that measure: `vonk evaluate ...`; `api.cli` registers them."""

from typing import Annotated

import typer

from api.commands.evaluate import titles
from api.commands.evaluate_world import world

evaluate = typer.Typer(help="cli.help.evaluate", no_args_is_help=True, rich_markup_mode=None)
evaluate.command("titles", help="cli.help.evaluate.titles")(titles)
evaluate.command("world", help="cli.help.evaluate.world")(world)


@evaluate.callback()
def measures() -> None:
    """The commands on quality."""


@evaluate.command("reading", help="cli.help.evaluate.reading")
def reading(as_json: Annotated[bool, typer.Option("--json", help="cli.option.json")] = False) -> None:
    """Measure how texts are read."""
    from api.commands.evaluate_reading import reading as work

    work(as_json)
