"""`vonk bench`: how fast Vonk is on a made-up country, beside peers; only `api.cli` calls this."""

import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.terminal import LANGUAGE, busy, out, print_json, say, title, words
from api.wording import number

_WIDTH = 18


def bench(
    candidates: Annotated[
        int, typer.Option("--candidates", min=500, max=2_000_000, help="cli.option.bench.candidates")
    ] = 325_000,
    vacancies: Annotated[
        int, typer.Option("--vacancies", min=10, max=1_000_000, help="cli.option.bench.vacancies")
    ] = 3_000,
    as_json: Annotated[bool, typer.Option("--json", help="cli.option.json")] = False,
) -> None:
    """Measure speed, memory and start on made-up people, with peers on the same people; in a folder that goes after."""
    from fixtures import bench as measuring  # heavy, and nobody else needs it

    with tempfile.TemporaryDirectory(prefix="vonk-bench-") as folder:
        found = measuring.bench(
            candidates,
            vacancies,
            Path(folder),
            lambda stage: busy("cli.busy.bench", stage=words(f"bench.stage.{stage}")),
        )
    if as_json:
        print_json(found)
    else:
        show(found)


def show(found: dict[str, Any]) -> None:
    """Print what was measured as sentences and a table of the peers."""
    one, batch, machine = found["rank_one"], found["batch"], found["machine"]
    title(words("bench.title"))
    say("bench.machine", processor=machine["processor"], cores=machine["cores"])
    say("bench.batch", seconds=batch["seconds"], vacancies=batch["vacancies"], people=batch["candidates"])
    say("bench.rank_one", p50=one["p50_ms"], p99=one["p99_ms"], vacancies=one["vacancies"], shown=one["explained"])
    say("bench.over_http", **found["over_http"])
    say("bench.start", start=found["start_seconds"], build=found["build_seconds"])
    if found["peak_mb"] is not None:
        say("bench.memory", peak=round(found["peak_mb"]))
    say("bench.bandwidth", share=100 * found["bandwidth_share"], speed=found["bandwidth_bytes_per_s"] / 1e9)
    out()
    say("bench.survivors", vacancies=found["peer_vacancies"])
    _line(words("bench.vonk"), batch["survivors_per_s"])
    for name, peer in found["peers"].items():
        _line(name, None if peer is None else peer["survivors_per_s"])
    if found["ratio_to_fastest_peer"] is not None:
        say("bench.ratio", ratio=found["ratio_to_fastest_peer"])


def _line(name: str, per_second: float | None) -> None:
    said = words("bench.absent") if per_second is None else number(LANGUAGE.get(), round(per_second))
    out(f"{name:<{_WIDTH}}{said:>16}", 2)
