"""`vonk evaluate titles`: how well Vonk ranks titles of a labelled set, beside its peers; only `api.cli` calls this."""

import tempfile
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from api.commands.terminal import busy, out, print_json, say, title, words

_SYSTEMS = ("vonk", "vonk_semantic", "char_tfidf_pooled", "char_tfidf", "rapidfuzz", "bm25")
_MEASURES = ("map", "ndcg_at_10", "mrr", "recall_at_100", "seconds")
_NAME, _CELL = 30, 10


def titles(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="cli.argument.titles")],
    esco: Annotated[Optional[Path], typer.Option("--esco", help="cli.option.titles.esco")] = None,  # noqa: UP045
    run: Annotated[Optional[Path], typer.Option("--run", help="cli.option.titles.run")] = None,  # noqa: UP045
    as_json: Annotated[bool, typer.Option("--json", help="cli.option.json")] = False,
) -> None:
    """Rank a set of titles and measure it where it was judged; with `--run`, keep the ranking of Vonk in a file."""
    from matching.evaluation.titles import evaluate, rank_titles, read_titles, write_run  # heavy, needed here alone

    found = read_titles(directory)
    with busy("cli.busy.evaluate.titles"):
        taxonomy = _taxonomy(esco)
        if run is not None and found.grades is None:
            write_run(found, rank_titles(found, taxonomy), run)
            body = None
        else:
            body = evaluate(found, taxonomy, run)
    if as_json:
        print_json(body or {"queries": len(found.queries), "corpus": len(found.corpus), "run": str(run)})
        return
    title(words("evaluate.titles.title", queries=len(found.queries), corpus=len(found.corpus)))
    if body:
        _show(body)
    if run is not None:
        say("evaluate.titles.run", file=str(run))


def _taxonomy(esco: Path | None) -> Any:
    """The shipped reference set, and an official one beside it as after `vonk reference import esco`.

    It is made in a folder that is thrown away: what this installation has imported does not count, nor changes.
    """
    from api.commands.prepare import prepare
    from matching.clock import now
    from matching.database import session_scope
    from matching.exchange.esco import import_esco
    from matching.reference import active_taxonomy
    from matching.settings import Settings

    with tempfile.TemporaryDirectory(prefix="vonk-") as folder:
        settings = Settings(data_dir=Path(folder), database_url=f"sqlite:///{folder}/titles.db")
        engine = prepare(settings)
        try:
            if esco is not None:
                with session_scope(engine) as session:
                    import_esco(session, esco, now=now(settings))
            with session_scope(engine, read_only=True) as session:
                return active_taxonomy(session)
        finally:
            engine.dispose()


def _show(body: dict[str, Any]) -> None:
    out(" " * _NAME + "".join(f"{words(f'evaluate.titles.{name}'):>{_CELL}}" for name in _MEASURES))
    for system in _SYSTEMS:
        if body[system] is not None:
            cells = "".join(f"{body[system][name]:>{_CELL}.{1 if name == 'seconds' else 3}f}" for name in _MEASURES)
            out(f"{words(f'evaluate.titles.{system}'):<{_NAME}}" + cells)
    if body["vonk_semantic"] is None:
        say("evaluate.titles.no_semantic")
    for peer in ("char_tfidf", "char_tfidf_pooled"):
        gain = body[f"gain_over_{peer}"]
        low, high = (f"{bound:+.3f}" for bound in gain["interval"])
        name = words(f"evaluate.titles.{peer}")
        say("evaluate.titles.gain", 0, 2, peer=name, gain=f"{gain['map']:+.3f}", low=low, high=high)
