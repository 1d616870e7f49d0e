"""A pool in segments ranks as the same people in one segment, with an adviser's word too, and both as the reference."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest

from fixtures.world import make_world
from matching.database import create_engine, migrate, session_scope
from matching.pool import Pool, Segment, days, places_of_regions, pool_of, read_segment
from matching.pool_loading import read_people
from matching.profiles import VacancyProfile
from matching.ranking import NOTHING_OVERRULED, Overruled, Ranker, Ranking, offers_lower_of
from matching.readying import ready_vacancy
from matching.reference import active_taxonomy, load_embedded, postcode_table
from matching.rules import RuleSet, parse_rule_set
from matching.settings import Settings
from matching.store import save_candidates, save_vacancies
from matching.vocabulary import Vocabulary
from scoring.constraints import BLOCKED
from scoring.model import load_prior
from scoring.packed import PackedPool
from scoring.parts import Store
from scoring.reference import mixed_hash, plain_order, tenth_score, top_ten_chance, with_reserved
from scoring.terms import CONSTRAINTS
from tests.matching.pool_world import NOW, RULES, TODAY, reference

N_CANDIDATES, N_VACANCIES = 3_000, 30
N_IN_PIECES = 12  # vacancies that are asked of several pools
EVERYTHING = (1 << len(CONSTRAINTS)) - 1
LIMIT = 40


@dataclass(frozen=True)
class Town:
    """The same made-up people as a pool of one segment and as pools of two and three."""

    whole: Pool
    in_pieces: tuple[Pool, ...]
    rules: RuleSet
    vacancies: dict[str, VacancyProfile]
    gone: frozenset[str]

    def ranker(self, pool: Pool) -> Ranker:
        return Ranker(pool, load_prior(), self.rules, TODAY)


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    engine = create_engine(Settings(data_dir=tmp_path_factory.mktemp("town")))
    migrate(engine)
    made = make_world(reference(), seed=11, n_candidates=N_CANDIDATES, n_vacancies=N_VACANCIES, today=TODAY)
    with session_scope(engine) as session:
        load_embedded(session, reference(), now=NOW)
    with session_scope(engine) as session:
        ids = save_candidates(session, made.candidates(0, N_CANDIDATES), now=NOW).ids
        profiles = list(made.vacancies())
        vacancy_ids = save_vacancies(session, profiles, now=NOW).ids
    rules = parse_rule_set((RULES / "matching.yaml").read_text(encoding="utf-8"), file="matching.yaml")
    rng = np.random.default_rng(3)
    moved = [ids[i] for i in np.flatnonzero(rng.random(len(ids)) < 0.12)]
    gone, moved = moved[::6], [one for number, one in enumerate(moved) if number % 6]
    twice = moved[::5]  # changed a second time: in the third segment, and no longer alive in the second
    with session_scope(engine, read_only=True) as session:
        vocabulary, places = Vocabulary(active_taxonomy(session)), postcode_table(session)
        everybody, _, _ = read_people(session, vocabulary, places, TODAY)
        fit = pool_of(everybody, vocabulary, places, offers_lower_of(rules, TODAY)).fit

        def segment(some: Sequence[str]) -> Segment:
            return read_segment(session, vocabulary, places, TODAY, fit, some)

        def pool(*segments: Segment) -> Pool:
            return Pool(segments, fit, places, vocabulary, places_of_regions(places), offers_lower_of(rules, TODAY))

        base = segment(ids).without([*moved, *gone])
        pieces = (
            pool(base, segment(moved)),
            pool(base, segment(moved).without(twice), segment([*twice, *gone]).without(gone)),
        )
        staying = set(ids) - set(gone)
        whole = pool(segment([one for one in ids if one in staying]))
    engine.dispose()
    vacancies = dict(zip(vacancy_ids, profiles, strict=True))
    return Town(whole, pieces, rules, vacancies, frozenset(gone))


def by_reference(
    ranker: Ranker, identifier: str, profile: VacancyProfile, limit: int, overruled: Overruled = NOTHING_OVERRULED
) -> tuple[int, list[tuple[str, bool]], list[float]]:
    """Of a pool of one segment: how many are eligible, who is shown and whether reserved, and the scores."""
    vacancy = ready_vacancy(identifier, profile, ranker.pool)
    people, answers = ranker.pool.people, ranker.answers(vacancy)
    masks = np.array([overruled.constraints.get(one, 0) for one in people.ids], np.int32)
    out = np.array([one in overruled.out for one in people.ids])
    rows = np.flatnonzero(answers.eligible(masks) & ~out)
    product = ranker.judge(vacancy, rows, answers.take(rows)).product
    ties = mixed_hash(people.key[rows], vacancy.key, days(TODAY))
    order = plain_order(product.score, ties)
    tenth = tenth_score(product.score, order)
    chance = top_ten_chance(product.score, product.log_mean, product.log_spread, tenth)
    placed, reserved = with_reserved(order, chance, ties, ranker.model.reserved_floor, limit)
    shown = [(people.ids[rows[at]], bool(by)) for at, by in zip(placed, reserved, strict=True)]
    return len(rows), shown, product.score[placed].tolist()


def shown_by(ranking: Ranking) -> list[tuple[str, bool]]:
    return [(item.candidate_id, item.reserved) for item in ranking.items]


def assert_equal(one: Ranking, other: Ranking) -> None:
    """Equal in all that is said, scores to the last but a few bits."""
    assert (one.eligible, one.considered, one.list_version) == (other.eligible, other.considered, other.list_version)
    for item, same in zip(one.items, other.items, strict=True):
        assert item.score == pytest.approx(same.score, abs=1e-12)
        assert item.interval == pytest.approx(same.interval, abs=1e-12)
        assert (item.rank, item.candidate_id, item.band, item.unknown, item.reserved, item.chances) == (
            same.rank,
            same.candidate_id,
            same.band,
            same.unknown,
            same.reserved,
            same.chances,
        )
        mine, hers = item.explanation, same.explanation
        assert mine.questions.keys() == hers.questions.keys()
        for question, told in mine.questions.items():
            assert told.log_odds == hers.questions[question].log_odds
            assert told.contributions == hers.questions[question].contributions


def test_a_pool_from_the_tables_ranks_as_by_the_reference(town: Town) -> None:
    ranker = town.ranker(town.whole)
    reserved = 0
    for identifier, profile in town.vacancies.items():
        ranking = ranker.rank(identifier, profile, LIMIT)
        eligible, shown, scores = by_reference(ranker, identifier, profile, LIMIT)
        assert (ranking.eligible, shown_by(ranking)) == (eligible, shown)
        assert [item.score for item in ranking.items] == pytest.approx(scores, abs=1e-12)
        reserved += sum(by for _, by in shown)
    assert reserved > 10


def test_most_people_from_the_tables_are_not_judged(town: Town) -> None:
    ranker = town.ranker(town.whole)
    few = 0
    for identifier, profile in town.vacancies.items():
        (prepared,) = ranker.prepare(ranker.ready(identifier, profile))
        packed, query = prepared.packed, prepared.asking.query
        _, _, _, (touched, _, judged) = packed.walk(query, 10, 0.0)
        assert judged <= touched <= len(packed)
        few += judged < packed.count(query) / 2
    assert few >= 3


@pytest.mark.parametrize("number", [0, 1])
def test_a_pool_in_segments_ranks_as_the_same_people_in_one(town: Town, number: int) -> None:
    pieces, whole = town.ranker(town.in_pieces[number]), town.ranker(town.whole)
    assert len(town.in_pieces[number].segments) == number + 2
    for identifier, profile in list(town.vacancies.items())[:N_IN_PIECES]:
        ranking = pieces.rank(identifier, profile, LIMIT)
        assert_equal(ranking, whole.rank(identifier, profile, LIMIT))
        assert not town.gone & {item.candidate_id for item in ranking.items}


def word_of_advisers(ranker: Ranker, identifier: str, profile: VacancyProfile, seed: int) -> Overruled:
    """Some who are blocked let in, some only of half of what blocks them, some of the first put out, some both."""
    rng = np.random.default_rng(seed)
    vacancy = ready_vacancy(identifier, profile, ranker.pool)
    answers, ids = ranker.answers(vacancy), ranker.pool.people.ids
    blocked, half = answers.mask(BLOCKED), answers.mask(BLOCKED) & 0b10101010101010101
    shut = np.flatnonzero((blocked > 0) & answers.agreed)
    let_in = {ids[row]: EVERYTHING for row in rng.choice(shut, 8, replace=False)}
    partly = {ids[row]: int(half[row]) for row in rng.choice(shut, 30, replace=False)}
    disagreed = {ids[row]: EVERYTHING for row in np.flatnonzero(~answers.agreed)[:3]}
    first = [item.candidate_id for item in ranker.rank(identifier, profile, 12).items]
    constraints = partly | disagreed | let_in | dict.fromkeys(first[:2], EVERYTHING)
    return Overruled(constraints, frozenset([*first[1::3], *list(let_in)[:2], "somebody_else"]))


@pytest.mark.parametrize("number", [0, 1])
def test_what_advisers_overruled_counts_alike_in_segments_in_one_and_by_the_reference(town: Town, number: int) -> None:
    pieces, whole = town.ranker(town.in_pieces[number]), town.ranker(town.whole)
    for seed, (identifier, profile) in enumerate(list(town.vacancies.items())[:N_IN_PIECES]):
        overruled = word_of_advisers(whole, identifier, profile, seed)
        ranking = whole.rank(identifier, profile, LIMIT, overruled)
        eligible, shown, _ = by_reference(whole, identifier, profile, LIMIT, overruled)
        assert (ranking.eligible, shown_by(ranking)) == (eligible, shown)
        assert_equal(pieces.rank(identifier, profile, LIMIT, overruled), ranking)
        assert not overruled.out & {item.candidate_id for item in ranking.items}


def test_a_pool_without_room_for_many_tables_answers_the_same(town: Town) -> None:
    """Two askers for whom different people count share a store that is full after a few vacancies."""
    base, *_ = town.in_pieces[0].segments
    cramped = replace(town.in_pieces[0], segments=tuple(replace(one, made={}) for one in town.in_pieces[0].segments))
    for packed in town.ranker(cramped).packed():
        packed._kept.store = Store(12_000, 3_500)
    fewer = base.without(base.people.ids[::7])
    others = replace(cramped, segments=(replace(fewer, made=cramped.segments[0].made), cramped.segments[1]))
    first, second = town.ranker(cramped), town.ranker(others)
    roomy = town.ranker(town.in_pieces[0])
    roomy_others = town.ranker(replace(town.in_pieces[0], segments=(fewer, town.in_pieces[0].segments[1])))
    stores = set()
    for identifier, profile in list(town.vacancies.items())[:6] * 2:
        assert_equal(first.rank(identifier, profile, LIMIT), roomy.rank(identifier, profile, LIMIT))
        assert_equal(second.rank(identifier, profile, LIMIT), roomy_others.rank(identifier, profile, LIMIT))
        (whole,) = cramped.segments[0].made.values()
        assert isinstance(whole, PackedPool)
        stores.add(id(whole._kept.store))
    assert len(stores) > 1
