"""`vonk questions`: which unknown fields of a candidate are worth asking about, and why."""

from api.commands.lookup import candidate_id
from api.commands.prepare import prepare
from api.commands.terminal import LANGUAGE, busy, out, print_json, say, title, words
from api.schemas.said import ask_text
from matching.current import held_ranker
from matching.database import session_scope
from matching.keeper import open_keeper
from matching.questions import questions_for
from matching.settings import Settings
from scoring.compiling import not_compiled


def questions(
    candidate: str,
    as_json: bool = False,
) -> None:
    """Print the questions that are worth asking a candidate, the most telling first."""
    settings = Settings()
    engine = prepare(settings)
    with busy("cli.busy.rank"):
        with session_scope(engine, read_only=True) as session:
            identifier = candidate_id(session, candidate)
        with open_keeper(engine, settings, follow=False) as keeper:
            held = keeper.catch_up()
        found = questions_for(held, held_ranker(held, waits=not_compiled), identifier)
    locale = LANGUAGE.get()
    if as_json:
        items = [
            {
                "field": one.field,
                "vacancies": one.vacancies,
                "moves": one.moves,
                "text": ask_text(locale, one.field),
            }
            for one in found.questions
        ]
        print_json({"candidateId": identifier, "possible": found.possible, "items": items})
        return
    title(words("question.title", candidate=identifier))
    say("question.possible", possible=found.possible)
    if not found.questions:
        say("question.none")
    for one in found.questions:
        out(f"- {ask_text(locale, one.field)} {words('question.decides', n=one.vacancies)}", 2, 2)
