"""A served world with something of everything, for whoever tries the whole API on it."""

from collections.abc import Iterator

import pytest

from api.commands.prepare import prepare
from fixtures.reference_set import read_reference_set
from fixtures.world import make_world
from matching.database import session_scope
from matching.settings import Settings
from matching.store import save_candidates, save_vacancies
from tests.api.conftest import MOMENT, TODAY
from tests.api.serving import Served, served


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Sixty people, six vacancies."""
    folder = tmp_path_factory.mktemp("contract")
    clock = folder / "clock"
    clock.write_text(MOMENT.isoformat(), encoding="utf-8")
    settings = Settings(
        data_dir=folder / "data", clock=clock, account_per_minute=1_000_000, anonymous_per_minute=1_000_000
    )
    engine = prepare(settings)
    world = make_world(read_reference_set(), seed=3, n_candidates=60, n_vacancies=6, today=TODAY)
    with session_scope(engine) as session:
        save_candidates(session, world.candidates(), now=MOMENT)
        save_vacancies(session, world.vacancies(), now=MOMENT)
    yield served(settings, engine)
    engine.dispose()
