"""The field in which the cases play: one migrated SQLite file with the embedded reference data, once a session."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import fixtures
from fixtures.reference_set import read_reference_set
from matching.database import create_engine, migrate, session_scope
from matching.profiles import CandidateProfile, VacancyProfile
from matching.reference import active_taxonomy, load_embedded, postcode_table
from matching.rules import parse_rule_set
from matching.settings import Settings
from matching.store import save_candidates, save_vacancies
from matching.vocabulary import Vocabulary
from scoring.model import load_prior
from tests.cases.background import people, vacancies
from tests.cases.field import Field

FIXTURES = Path(fixtures.__file__).parent
SEED = 20270301


@pytest.fixture(scope="session")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """The field, with sixty people and five vacancies around each case."""
    now = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
    engine = create_engine(Settings(data_dir=tmp_path_factory.mktemp("cases")))
    migrate(engine)
    reference = read_reference_set(FIXTURES / "reference")
    with session_scope(engine) as session:
        load_embedded(session, reference, now=now)
        save_candidates(session, map(CandidateProfile.model_validate, people(reference, SEED, 60)), now=now)
        save_vacancies(session, map(VacancyProfile.model_validate, vacancies(reference, SEED, 5)), now=now)
    with session_scope(engine, read_only=True) as session:
        taxonomy, places = active_taxonomy(session), postcode_table(session)
    rules = FIXTURES / "rules" / "matching.yaml"
    yield Field(
        engine,
        Vocabulary(taxonomy),
        places,
        reference,
        parse_rule_set(rules.read_text(encoding="utf-8"), file=rules.name),
        load_prior(),
        now,
    )
    engine.dispose()
