"""`vonk search`: people of the pool by work, region, hours and papers; unknown stays in unless asked otherwise."""

from dataclasses import asdict
from typing import Annotated, Optional

import typer

from api.commands.terminal import busy, out, print_json, say, words
from scoring.terms import Certificate, Licence, Sector, TravelMode

LIMIT_MOST = 200


def search(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="cli.argument.text")] = "",
    region: Annotated[Optional[list[str]], typer.Option("--region", help="cli.option.region_of_people")] = None,  # noqa: UP045
    hours_min: Annotated[
        Optional[float],  # noqa: UP045 - typer reads it
        typer.Option("--hours-min", min=0, max=60, help="cli.option.hours_min"),
    ] = None,
    hours_max: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option("--hours-max", min=0, max=60, help="cli.option.hours_max"),
    ] = None,
    licence: Annotated[Optional[list[Licence]], typer.Option("--licence", help="cli.option.licence")] = None,  # noqa: UP045
    certificate: Annotated[
        Optional[list[Certificate]],  # noqa: UP045
        typer.Option("--certificate", help="cli.option.certificate"),
    ] = None,
    mode: Annotated[Optional[list[TravelMode]], typer.Option("--mode", help="cli.option.mode")] = None,  # noqa: UP045
    sector: Annotated[Optional[list[Sector]], typer.Option("--sector", help="cli.option.sector")] = None,  # noqa: UP045
    known_only: Annotated[bool, typer.Option("--known-only", help="cli.option.known_only")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=LIMIT_MOST, help="cli.option.limit")] = 20,
    cursor: Annotated[Optional[str], typer.Option("--cursor", help="cli.option.cursor")] = None,  # noqa: UP045
    as_json: Annotated[bool, typer.Option("--json", help="cli.option.json")] = False,
) -> None:
    """Print who is found, how many, and of how many a filter's field is not known."""
    from api.commands.prepare import prepare
    from matching.keeper import open_keeper
    from matching.pool import days
    from matching.search import Filters
    from matching.search import search as search_pool
    from matching.settings import Settings

    settings = Settings()
    filters = Filters(
        regions=tuple(region or ()),
        hours_min=hours_min,
        hours_max=hours_max,
        licences=tuple(licence or ()),
        certificates=tuple(certificate or ()),
        travel_modes=tuple(mode or ()),
        sectors=tuple(sector or ()),
        known_only=known_only,
    )
    with busy("cli.busy.search"), open_keeper(prepare(settings), settings, follow=False) as keeper:
        held = keeper.held
        found = search_pool(held.pool, days(held.today), text or None, filters, limit, cursor)
    if as_json:
        body = asdict(found)
        print_json({"items": [{"candidateId": one} for one in body.pop("ids")], **body})
        return
    say("search.total", total=found.total)
    for name, n in found.unknown.items():
        if n:
            say("search.unknown", 2, n=n, name=words(f"search.filter.{name}"))
    for one in found.ids:
        out(one, 2)
