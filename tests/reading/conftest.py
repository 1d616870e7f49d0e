"""The shipped vocabulary and places, opened once; and one way to read a text as a person would paste it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.reading import READ_ON
from fixtures.reference_set import read_reference_set
from matching.database import engine_for, migrate, session_scope
from matching.reading import Draft, Places, open_places, read_candidate, read_vacancy
from matching.reference import active_taxonomy, load_embedded
from matching.vocabulary import Vocabulary


@dataclass(frozen=True)
class Shelf:
    """What a reader needs beside the text."""

    vocabulary: Vocabulary
    places: Places


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    engine = engine_for(f"sqlite:///{Path(tmp_path_factory.mktemp('reading')) / 'reference.db'}")
    migrate(engine)
    with session_scope(engine) as session:
        load_embedded(session, read_reference_set(), now=datetime(2027, 3, 1, tzinfo=UTC))
    with session_scope(engine, read_only=True) as session:
        yield Shelf(Vocabulary(active_taxonomy(session)), open_places(session))
    engine.dispose()


@pytest.fixture
def vacancy(shelf: Shelf) -> Callable[[str], Draft]:
    return lambda text: read_vacancy(text, shelf.vocabulary, shelf.places, today=READ_ON)


@pytest.fixture
def candidate(shelf: Shelf) -> Callable[[str], Draft]:
    return lambda text: read_candidate(text, shelf.vocabulary, shelf.places, today=READ_ON)
