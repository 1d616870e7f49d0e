"""A person's card has one name for each employer and vacancy, however many ask for it at once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from sqlalchemy import Engine, event

from matching.cards import name_cards
from matching.database import session_scope
from tests.api.town import FIRM, town_on

AT_ONCE = 2


def test_two_who_ask_at_once_for_the_first_time_get_one_name(engine: Engine, tmp_path: Path) -> None:
    with town_on(engine, tmp_path / "data") as town:
        both_looked = Barrier(AT_ONCE)

        def wait_for_the_other(connection: object, cursor: object, statement: str, *_: object) -> None:
            if statement.startswith("INSERT INTO card_names"):
                both_looked.wait(10)

        def ask(_: int) -> dict[str, str]:
            with session_scope(town.engine) as session:
                return name_cards(session, town.job, FIRM, [town.her], now=town.now)

        if town.engine.dialect.name == "postgresql":  # SQLite has one writer at a time
            event.listen(town.engine, "before_cursor_execute", wait_for_the_other)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            first, second = pool.map(ask, range(AT_ONCE))
    assert first == second
