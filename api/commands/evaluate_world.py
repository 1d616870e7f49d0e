"""`vonk evaluate world`: how Vonk's lists do in made-up worlds whose truths are known; only `api.cli` calls this."""

from typing import Annotated, Any

import typer

from api.commands.terminal import LANGUAGE, busy, out, print_json, say, title, words
from api.wording import number

_SHOWN = ("vonk", "random", "skills_only", "tfidf", "ceiling", "oracle")
_WIDTH = 34


def world(
    seeds: Annotated[int, typer.Option("--seeds", min=2, max=100, help="cli.option.world.seeds")] = 5,
    candidates: Annotated[
        int, typer.Option("--candidates", min=400, max=100_000, help="cli.option.world.candidates")
    ] = 6_000,
    vacancies: Annotated[int, typer.Option("--vacancies", min=5, max=5_000, help="cli.option.world.vacancies")] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="cli.option.json")] = False,
) -> None:
    """Judge Vonk and six other ways to make a list by the hidden truths of so many worlds, each one region."""
    from fixtures.judging import judge_seeds, summary  # heavy, and nobody else needs it

    with busy("cli.busy.world", worlds=seeds):
        found = summary(list(judge_seeds(range(1, seeds + 1), candidates, vacancies)))
    if as_json:
        print_json(found)
    else:
        _show(found, candidates, vacancies)


def _show(found: dict[str, Any], candidates: int, vacancies: int) -> None:
    title(words("world.title"))
    say("world.about", worlds=found["worlds"], people=candidates, vacancies=vacancies)
    for mode in ("full", "missing"):
        out()
        _show_mode(mode, found[mode])
    out()
    say("world.loss", share=_percent(found["loss"]["ratio_to_ceiling"]), ceiling=_percent(found["loss"]["ceiling"]))


def _show_mode(mode: str, found: dict[str, Any]) -> None:
    say(f"world.{mode}")
    for policy in _SHOWN:
        name = words(f"world.policy.{policy}")
        out(f"{name:<{_WIDTH}}{number(LANGUAGE.get(), found[policy]):>6}", 2)
    low, high = found["interval"]
    say("world.ratio", 2, 2, share=_percent(found["ratio_to_ceiling"]), low=_percent(low), high=_percent(high))
    say("world.gain", 2, 2, share=_percent(found["gain_share"]))
    if found["unknown_share_ratio"] is not None:
        say("world.unknown", 2, 2, ratio=found["unknown_share_ratio"])


def _percent(share: float) -> int:
    return round(100 * share)
