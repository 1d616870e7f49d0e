"""The whole country: a made-up world of 325,000 people loads, opens and is ranked by the reference."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

import fixtures
from fixtures.reference_set import REFERENCE, read_reference_set
from fixtures.world import make_world
from matching.database import create_engine, migrate, session_scope
from matching.profiles import VacancyProfile
from matching.ranking import Ranker, open_ranker
from matching.readying import ready_vacancy
from matching.reference import load_embedded
from matching.rules import parse_rule_set
from matching.settings import Settings
from matching.store import load_vacancy, save_candidates, save_vacancies

pytestmark = pytest.mark.soak

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
N_CANDIDATES = 325_000
STEP = 25_000
Country = tuple[Ranker, dict[str, VacancyProfile]]
RULES = Path(fixtures.__file__).with_name("rules") / "matching.yaml"


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Country]:
    """A ranker over the national pool, and twelve vacancies by id."""
    engine = create_engine(Settings(data_dir=tmp_path_factory.mktemp("country")))
    migrate(engine)
    content = read_reference_set(REFERENCE)
    world = make_world(content, seed=1, n_candidates=N_CANDIDATES, n_vacancies=60, today=TODAY)
    with session_scope(engine) as session:
        load_embedded(session, content, now=NOW)
    for start in range(0, N_CANDIDATES, STEP):
        with session_scope(engine) as session:
            assert save_candidates(session, world.candidates(start, start + STEP), now=NOW).created == STEP
    with session_scope(engine) as session:
        ids = save_vacancies(session, world.vacancies(), now=NOW).ids[:12]
    with session_scope(engine, read_only=True) as session:
        rules = parse_rule_set(RULES.read_text(encoding="utf-8"), file=RULES.name)
        yield open_ranker(session, TODAY, rules), {one: load_vacancy(session, one) for one in ids}


def test_everybody_in_the_country_is_considered_for_every_vacancy(country: Country) -> None:
    ranker, vacancies = country
    for identifier, profile in vacancies.items():
        ranking = ranker.rank(identifier, profile, 50)
        assert ranking.considered == N_CANDIDATES
        assert ranking.eligible > 1_000
        assert len(ranking.items) == 50


def test_what_is_shown_adds_up_and_is_explained_alike_alone(country: Country) -> None:
    ranker, vacancies = country
    identifier, profile = next(iter(vacancies.items()))
    for item in ranker.rank(identifier, profile, 20).items:
        alone = ranker.explain(identifier, profile, item.candidate_id)
        assert alone.score == pytest.approx(item.score, abs=1e-12)
        for question in item.explanation.questions.values():
            assert question.prior + sum(part.contribution for part in question.contributions) == question.log_odds


def test_the_plain_order_of_the_country_is_by_score(country: Country) -> None:
    ranker, vacancies = country
    identifier, profile = list(vacancies.items())[3]
    vacancy = ready_vacancy(identifier, profile, ranker.pool)
    answers = ranker.answers(vacancy)
    best = ranker.judge(vacancy, np.flatnonzero(answers.eligible())).product.score.max()
    assert ranker.rank(identifier, profile, 1).items[0].score == pytest.approx(best, abs=1e-12)
