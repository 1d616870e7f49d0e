"""`vonk evaluate reading`: how well texts are read, on the labelled texts of the project, in both parts apart."""

from typing import Any

from api.commands.prepare import prepare
from api.commands.terminal import busy, out, print_json, say, title, words
from fixtures.reading import HELD_OUT, TUNED, FieldScore, evaluate, labelled_texts
from fixtures.reading.judging import totals
from matching.database import session_scope
from matching.reading import open_places
from matching.reference import active_taxonomy
from matching.settings import Settings
from matching.vocabulary import Vocabulary


def reading(json: bool = False) -> None:
    """Print precision and recall per field, for the texts on which the reader was made and for those held out."""
    engine = prepare(Settings())
    with busy("cli.busy.evaluate_reading"), session_scope(engine, read_only=True) as session:
        vocabulary, places = Vocabulary(active_taxonomy(session)), open_places(session)
    body: dict[str, Any] = {}
    for part in (TUNED, HELD_OUT):
        judged = evaluate(labelled_texts(part), vocabulary, places)
        body[part] = {
            "texts": len(judged),
            "leaks": sum(len(one.leaked) for one in judged),
            "fields": {name: _figures(score) for name, score in totals(judged).items()},
        }
    if json:
        print_json(body)
        return
    for part, figures in body.items():
        title(words(f"evaluate.reading.{part}", texts=figures["texts"]))
        out(
            f"{words('evaluate.reading.field'):<24}{words('evaluate.reading.precision'):>10}{words('evaluate.reading.recall'):>10}"
        )
        for name, score in figures["fields"].items():
            out(f"{name:<24}{_share(score['precision']):>10}{_share(score['recall']):>10}")
        say("evaluate.reading.leaks", leaks=figures["leaks"])
        out()


def _figures(score: FieldScore) -> dict[str, Any]:
    return {
        "precision": None if score.precision is None else round(score.precision, 3),
        "recall": None if score.recall is None else round(score.recall, 3),
        "right": score.right,
        "wrong": score.wrong,
        "missed": score.missed,
    }


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}"
