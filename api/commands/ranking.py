"""`vonk rank` and `vonk explain`: who fits a vacancy and why, and why (or why not) one pair."""

from sqlalchemy import Engine

from api.commands.lookup import candidate_id, vacancy_id
from api.commands.prepare import prepare
from api.commands.show import show_pair, show_ranking
from api.commands.terminal import LANGUAGE, busy, print_json
from api.schemas.ranking import explanation_body, ranking_body
from matching import ranking
from matching.current import held_ranker
from matching.database import session_scope
from matching.keeper import open_keeper
from matching.settings import Settings
from matching.store import load_vacancy
from scoring.compiling import not_compiled


def ranker_of_today(engine: Engine, settings: Settings) -> ranking.Ranker:
    """The pool with the rules that are in the database, on the day of the clock; from its snapshot if it has one."""
    with open_keeper(engine, settings, follow=False) as keeper:
        return held_ranker(keeper.held, waits=not_compiled)


def rank(vacancy: str, *, top: int, explained: bool, as_json: bool) -> None:
    """Rank the pool for a vacancy and print the first `top`, explained in full where asked."""
    settings = Settings()
    engine = prepare(settings)
    with busy("cli.busy.rank"), session_scope(engine, read_only=True) as session:
        identifier = vacancy_id(session, vacancy)
        profile = load_vacancy(session, identifier)
        ranked = ranking.rank(session, ranker_of_today(engine, settings), identifier, top)
    if as_json:
        print_json(ranking_body(ranked, LANGUAGE.get(), explained=explained).json_values())
    else:
        show_ranking(ranked, profile, explained=explained)


def explain(vacancy: str, candidate: str, *, as_json: bool) -> None:
    """Print all that there is to say of one pair, also where it is blocked."""
    settings = Settings()
    engine = prepare(settings)
    with busy("cli.busy.rank"), session_scope(engine, read_only=True) as session:
        identifier, person = vacancy_id(session, vacancy), candidate_id(session, candidate)
        profile = load_vacancy(session, identifier)
        item = ranking.explain_pair(session, ranker_of_today(engine, settings), identifier, person)
    if as_json:
        print_json(explanation_body(item, LANGUAGE.get()).json_values())
    else:
        show_pair(item, profile)
