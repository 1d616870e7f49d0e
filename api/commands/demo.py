"""`vonk demo`: a made-up world in a folder of its own, three vacancies ranked, one pair that cannot be, what next."""

import os
from pathlib import Path

from sqlalchemy import Engine, select
from sqlmodel import Session

from api.commands.demo_accounts import make_accounts
from api.commands.lookup import candidate_id, vacancy_id
from api.commands.prepare import prepare
from api.commands.ranking import ranker_of_today
from api.commands.show import show_ranking, show_why_not
from api.commands.terminal import busy, out, say, title, words, wrapped
from fixtures.reference_set import read_reference_set
from fixtures.world import make_world
from matching.clock import now, today
from matching.database import session_scope
from matching.errors import Refused
from matching.made_up import MADE_UP
from matching.ranking import rank
from matching.settings import Settings
from matching.store import load_vacancy, save_candidates, save_vacancies
from matching.tables import metadata

DATA_DIR = Path(".vonk/demo")
SEED = 2027
N_CANDIDATES, N_VACANCIES = 3_000, 300
TOP = 10
SHOWN = ("demo-archive", "demo-catering", "demo-laundry")
WHY_NOT = ("demo-catering", "story-needs-a-toilet")


def demo() -> None:
    """Load the made-up world where it is not there yet, and show what Vonk makes of it."""
    settings = demo_settings()
    with busy("cli.busy.prepare"):
        engine = prepare(settings)
    with busy("cli.busy.demo"):
        load_world(engine, settings)
    with session_scope(engine, read_only=True) as session:
        _show(session, engine, settings)


def demo_settings() -> Settings:
    """The settings, with a data folder of the demo's own where none was chosen. Raises Refused in production."""
    settings = Settings()
    if settings.env == "production":
        raise Refused("demo.production", "env", reason="production")
    return settings if "data_dir" in settings.model_fields_set else Settings(data_dir=DATA_DIR)


def load_world(engine: Engine, settings: Settings) -> None:
    """Put the world in the database, all of it or nothing; what was loaded before stays as it is.

    Raises Refused (`demo.not_empty`) where there are people who are not of the demo.
    """
    with session_scope(engine, read_only=True) as session:
        loaded = _is_loaded(session)
    if not loaded:
        _load(engine, settings)
    make_accounts(engine, now=now(settings))


def _load(engine: Engine, settings: Settings) -> None:
    world = make_world(
        read_reference_set(), seed=SEED, n_candidates=N_CANDIDATES, n_vacancies=N_VACANCIES, today=today(settings)
    )
    with session_scope(engine) as session:
        if not _is_loaded(session):  # nobody else was first
            save_candidates(session, world.candidates(), now=now(settings))
            save_vacancies(session, world.vacancies(), now=now(settings))


def _is_loaded(session: Session) -> bool:
    people = metadata.tables["candidates"].c
    sources = set(session.connection().scalars(select(people.source).distinct()))
    if sources and MADE_UP not in sources:
        raise Refused("demo.not_empty", "database", reason="other_people")
    return bool(sources)


def _show(session: Session, engine: Engine, settings: Settings) -> None:
    with busy("cli.busy.rank"):
        ranker = ranker_of_today(engine, settings)
        identifiers = [vacancy_id(session, source_id) for source_id in SHOWN]
        rankings = [rank(session, ranker, identifier, TOP) for identifier in identifiers]  # the first ever compiles
    title(words("demo.title"))
    say("demo.made_up", people=N_CANDIDATES, vacancies=N_VACANCIES)
    for identifier, ranking in zip(identifiers, rankings, strict=True):
        out()
        show_ranking(ranking, load_vacancy(session, identifier))
    out()
    refused_vacancy, person = vacancy_id(session, WHY_NOT[0]), candidate_id(session, WHY_NOT[1])
    profile = load_vacancy(session, refused_vacancy)
    show_why_not(ranker.explain(refused_vacancy, profile, person), profile)
    out()
    _show_how_to_go_on(settings)


def _show_how_to_go_on(settings: Settings) -> None:
    title(words("demo.go_on"))
    folder = "" if os.environ.get("VONK_DATA_DIR") else f"VONK_DATA_DIR={settings.data_dir} "
    vonk, own = f"{folder}.venv/bin/vonk", words("demo.go_on.folder")
    for code, command in (
        ("demo.go_on.rank", f"{vonk} rank {SHOWN[0]} --top 3 --explain"),
        ("demo.go_on.explain", f"{vonk} explain {WHY_NOT[0]} {WHY_NOT[1]}"),
        ("demo.go_on.import", f"VONK_DATA_DIR=.vonk/{own} .venv/bin/vonk import candidates {words('demo.go_on.file')}"),
        ("demo.go_on.serve", "make serve"),
    ):
        say(code)
        out(wrapped(command, 2, 2).strip().replace("\n", " \\\n"), 2)  # still one command when it is copied
