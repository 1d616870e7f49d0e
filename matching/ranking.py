"""Asking the pool: who fits a vacancy, which vacancies fit a person, and why (or why not) one pair."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from matching.errors import NotFound
from matching.fitting import SAMPLED_VACANCIES, fit_to, sample_of
from matching.pool import Pool, Segment, days, load_candidates, pool_of
from matching.profiles import VacancyProfile
from matching.readying import ready, ready_vacancy
from matching.reference import active_taxonomy, postcode_table
from matching.rules import RuleSet
from matching.store import load_vacancies, load_vacancy
from matching.tables.pairs import OverrideDirection
from matching.tables.vacancies import VacancyStatus
from matching.timing import RANKING_SECONDS
from matching.vocabulary import Vocabulary
from scoring.columns import Candidates, Floats, Ints, Vacancy
from scoring.compiling import FEW, never
from scoring.constraints import UNSURE, Answers, Margins, check
from scoring.explain import Explainer
from scoring.explanation import PairExplanation
from scoring.likeness import Likeness
from scoring.listing import Asking, ranked
from scoring.model import Model, load_prior
from scoring.packed import PackedPool
from scoring.packing import Journeys, journeys_of
from scoring.parts import Asked
from scoring.reference import SCORE_STEP, Judged, Surroundings, hashes, judge, mixed_hash, plain_order
from scoring.taxonomy import PlaceTable
from scoring.terms import (
    CONSTRAINTS,
    TRAVEL_MODES,
    Band,
    Capacity,
    Certificate,
    Constraint,
    EndReason,
    Licence,
    SupportNeed,
    mask_of,
)
from scoring.travel import Speeds, kilometres, minutes_by_mode

KEPT_SETS = 4_096  # sets of constraints by name
KEPT_JOURNEYS = 256  # places to which the minutes from everywhere are kept


@dataclass(frozen=True)
class RankedItem:
    """One person (or, in her own list, one vacancy) at a rank."""

    rank: int
    candidate_id: str
    vacancy_id: str
    score: float
    band: Band
    interval: tuple[float, float]
    chances: tuple[float, float, float]  # in the order of Question
    unknown: tuple[Constraint, ...]
    reserved: bool
    explanation: PairExplanation


@dataclass(frozen=True)
class Ranking:
    """The ranked people of one vacancy."""

    vacancy_id: str
    order: str
    list_version: str
    model_version: str
    eligible: int
    considered: int
    items: tuple[RankedItem, ...]


@dataclass(frozen=True)
class VacancyRanking:
    """The ranked vacancies of one person."""

    candidate_id: str
    model_version: str
    eligible: int
    items: tuple[RankedItem, ...]


@dataclass(frozen=True)
class Overruled:
    """What advisers decided for one vacancy, by candidate: constraints overruled, and who was put out."""

    constraints: Mapping[str, int]
    out: frozenset[str]


NOTHING_OVERRULED = Overruled({}, frozenset())


def margins_of(rules: RuleSet, on: date) -> Margins:
    """The near margins of a rule set on a day, as plain numbers."""
    in_time = rules.number("near.papers_months", on)

    def quick(kind: str, order: type[StrEnum]) -> int:
        months = rules.family(f"months_to_obtain.{kind}", on)
        return mask_of([paper for paper, needs in months.items() if float(str(needs)) <= in_time], order)

    return Margins(
        travel_minutes=int(rules.number("near.travel_minutes", on)),
        few_trips_per_week=rules.number("few_trips.per_week", on),
        few_trips_factor=rules.number("few_trips.maximum_factor", on),
        hours_per_week=rules.number("near.hours_per_week", on),
        hours_per_day=rules.number("near.hours_per_day", on),
        start_days=round(rules.number("near.start_weeks", on) * 7),
        language_levels=int(rules.number("near.language_levels", on)),
        dayparts=int(rules.number("near.dayparts", on)),
        papers=int(rules.number("near.papers", on)),
        quick_licences=quick("licence", Licence),
        quick_certificates=quick("certificate", Certificate),
        reasons_that_hold=frozenset(
            list(EndReason).index(EndReason(reason)) for reason in rules.family("tried_holds", on)
        ),
    )


def offers_lower_of(rules: RuleSet, on: date) -> dict[SupportNeed, list[tuple[Capacity, int]]]:
    """Which demands an offer of the employer lowers, by how many levels (rules `offer_lowers.<offer>.<capacity>`)."""
    result: dict[SupportNeed, list[tuple[Capacity, int]]] = {}
    for need in SupportNeed:
        for capacity, levels in rules.family(f"offer_lowers.{need}", on).items():
            result.setdefault(need, []).append((Capacity(capacity), int(str(levels))))
    return result


def speeds_of(rules: RuleSet, on: date) -> Speeds:
    """Travel speeds, detours and fixed minutes of a rule set on a day."""

    def per_mode(what: str) -> tuple[float, ...]:
        return tuple(rules.number(f"travel.{mode}.{what}", on) for mode in TRAVEL_MODES)

    return Speeds(
        per_mode("km_per_hour"),
        per_mode("detour"),
        per_mode("fixed_minutes"),
        rules.number("travel.public_transport.change_after_km", on),
        rules.number("travel.public_transport.change_minutes", on),
    )


@dataclass(frozen=True)
class _Prepared:
    """One vacancy made ready for one segment of the pool."""

    segment: Segment
    packed: PackedPool
    vacancy: Vacancy
    asking: Asking


class Ranker:
    """A pool, a model and the rules of a day, ready to rank. Reads nothing after it was made."""

    def __init__(
        self, pool: Pool, model: Model, rules: RuleSet, today: date, waits: Callable[[], bool] = never
    ) -> None:
        """A small pool is ranked by the reference as long as it `waits` for the kernel to be compiled."""
        self.pool = pool
        self.model = model
        self.today = today
        self.margins = margins_of(rules, today)
        self.speeds = speeds_of(rules, today)
        self.asked = Asked(self.margins, model, days(today))
        self.waits = waits if len(pool) <= FEW else never
        self._journeys = lru_cache(KEPT_JOURNEYS)(self._journeys_of)
        self._packed = lru_cache(None)(self._packed_of)

    def over(self, pool: Pool) -> "Ranker":
        """The same model, rules and journeys over some of the same people."""
        other = copy(self)
        other.pool = pool
        other._packed = lru_cache(None)(other._packed_of)
        return other

    def around(self, vacancy: Vacancy) -> Surroundings:
        """Distances to this vacancy, with margins, model and day."""
        minutes = self._journeys(vacancy.place).minutes
        return Surroundings(minutes, self.pool.region_places, self.margins, self.model, days(self.today))

    def _journeys_of(self, place: int) -> Journeys:
        places = self.pool.places
        if place < 0:
            return journeys_of(np.zeros((len(places.pc4), len(TRAVEL_MODES)), np.int16), places.region)
        here = float(places.latitude[place]), float(places.longitude[place])
        minutes = minutes_by_mode(kilometres(*here, places.latitude, places.longitude), self.speeds)
        return journeys_of(minutes, places.region)

    def _packed_of(self, number: int) -> PackedPool:
        """A segment as the kernel walks it; made once for its people, whoever of them is alive."""
        segment = self.pool.segments[number]
        by = (self.model.version, self.margins, self.today, id(self.pool.places), self.waits)
        whole = segment.made.get(by)
        if not isinstance(whole, PackedPool):
            beliefs = self.pool.fit.beliefs(segment.levels)
            whole = PackedPool(segment.people, beliefs, self.model, self.pool.places.region, self.waits)
            segment.made.clear()  # what was made by other rules or on another day is not asked for again
            segment.made[by] = whole
        return whole if segment.alive.all() else whole.among(segment.alive)

    def packed(self) -> tuple[PackedPool, ...]:
        """The segments of the pool as the kernel walks them."""
        return tuple(self._packed(number) for number in range(len(self.pool.segments)))

    def prepare(
        self, vacancy: Vacancy, overruled: Overruled = NOTHING_OVERRULED, among: Sequence[int] | None = None
    ) -> list[_Prepared]:
        """This vacancy made ready for each segment of the pool (or some of them); who is overruled is left to `extra`.

        Whom an adviser put out is barred; of whom he overruled a constraint, the answer is looked at apart.
        """
        prepared = []
        journeys = self._journeys(vacancy.place)
        for number in range(len(self.pool.segments)) if among is None else among:
            segment, packed = self.pool.segments[number], self._packed(number)
            here = vacancy.among(segment.people)
            likeness = self.pool.vocabulary.likeness(here, segment.titles)
            spoken_of = segment.position.find([*overruled.constraints, *overruled.out])
            query = packed.query(here, likeness, journeys, self.asked, spoken_of)
            extra = self._overruled(segment, here, overruled)
            prepared.append(_Prepared(segment, packed, here, Asking(packed, query, extra)))
        return prepared

    def _overruled(self, segment: Segment, vacancy: Vacancy, overruled: Overruled) -> Ints:
        """Rows of the people who are not blocked any more since an adviser overruled what blocked them."""
        rows = segment.position.find([one for one in overruled.constraints if one not in overruled.out])
        rows = rows[segment.alive[rows]]
        if not len(rows):
            return rows
        rows = np.sort(rows)
        masks = np.array([overruled.constraints[segment.people.ids[row]] for row in rows], np.int32)
        return rows[self._check(segment.people.take(rows), vacancy).eligible(masks)]

    def _check(self, people: Candidates, vacancy: Vacancy) -> Answers:
        return check(people, vacancy, self._journeys(vacancy.place).minutes, self.margins, days(self.today))

    def likeness(self, vacancy: Vacancy) -> Likeness:
        """How this vacancy's words and skills compare with those of a pool of one segment."""
        return self.pool.vocabulary.likeness(vacancy, self.pool.titles)

    def answers(self, vacancy: Vacancy) -> Answers:
        """The seventeen constraints for everybody in a pool of one segment, by the reference."""
        return self._check(self.pool.people, vacancy)

    def judge(self, vacancy: Vacancy, rows: Ints, answers: Answers | None = None) -> Judged:
        """Judge some people of a pool of one segment for one vacancy, blocked or not, by the reference."""
        people, beliefs = self.pool.people.take(rows), self.pool.beliefs.take(rows)
        return judge(people, vacancy, self.likeness(vacancy), beliefs, self.around(vacancy), answers)

    def rank(
        self, identifier: str, profile: VacancyProfile, limit: int = 50, overruled: Overruled = NOTHING_OVERRULED
    ) -> Ranking:
        """Rank everybody who is not blocked; the first `limit` explained. Nobody is left out for a low chance."""
        return self.rank_ready(self.ready(identifier, profile), limit, overruled)

    def ready(self, identifier: str, profile: VacancyProfile) -> Vacancy:
        """A vacancy ready to be compared, from what is said of it."""
        return ready(identifier, profile, self.pool.vocabulary, self.pool.places, self.pool.offers_lower)

    def rank_ready(self, vacancy: Vacancy, limit: int = 50, overruled: Overruled = NOTHING_OVERRULED) -> Ranking:
        """The same for a vacancy that is ready."""
        prepared = self.prepare(vacancy, overruled)
        segments, told, reserved = ranked([one.asking for one in prepared], limit)
        items: dict[int, RankedItem] = {}
        for number, one in enumerate(prepared):
            places = np.flatnonzero(segments == number)
            if len(places):
                mine, around = told[places], self.around(vacancy)
                people = one.segment.people.take(mine[:, 0].astype(np.int64))
                judged = one.packed.judged(one.asking.query, mine, people, around)
                ranks, apart = (places + 1).tolist(), reserved[places].tolist()
                items |= zip(ranks, self._items(ranks, people, one.vacancy, judged, apart), strict=True)
        shown = tuple(items[rank] for rank in range(1, len(told) + 1))
        eligible = sum(one.packed.count(one.asking.query) + len(one.asking.extra) for one in prepared)
        version = list_version(vacancy.id, self.model.version, self.today, [item.candidate_id for item in shown])
        return Ranking(vacancy.id, "score", version, self.model.version, eligible, len(self.pool), shown)

    def count(self, vacancy: Vacancy) -> int:
        """How many people are not blocked, no adviser's word taken."""
        return sum(one.packed.count(one.asking.query) for one in self.prepare(vacancy))

    def first(self, vacancy: Vacancy, k: int) -> tuple[Ints, Floats]:
        """Keys (hashes of ids) and scores of the first k of the plain order: what a rematch keeps."""
        prepared = self.prepare(vacancy)
        found = [one.packed.first(one.asking.query, k) for one in prepared]
        keys = [one.segment.people.key[rows] for one, (rows, _) in zip(prepared, found, strict=True)]
        if len(found) == 1:
            return keys[0], found[0][1]
        together, scores = np.concatenate(keys), np.concatenate([scores for _, scores in found])
        order = plain_order(scores, hashes(together, prepared[0].asking.query.query.seed))[:k]
        return together[order], scores[order]

    def explain(
        self,
        identifier: str,
        profile: VacancyProfile,
        candidate_id: str,
        overruled: Overruled = NOTHING_OVERRULED,
    ) -> RankedItem:
        """Explain one pair in full, also where it is blocked. Raises NotFound for a person who is not in the pool."""
        people, item = self._pair(self.ready(identifier, profile), *self._find(candidate_id))
        mask = np.array([overruled.constraints.get(candidate_id, 0)], np.int32)
        eligible = bool(item[1].answers.eligible(mask)[0]) and candidate_id not in overruled.out
        shown = self._item(0, people, item[0], item[1])
        return replace(shown, explanation=replace(shown.explanation, eligible=eligible))

    def _find(self, candidate_id: str) -> tuple[Segment, int]:
        found = self.pool.find(candidate_id)
        if found is None:
            raise NotFound("candidate.not_found", field="candidateId", reason="no candidate with this id")
        return self.pool.segments[found[0]], found[1]

    def _pair(self, vacancy: Vacancy, segment: Segment, row: int) -> tuple[Candidates, tuple[Vacancy, Judged]]:
        """One person, and one vacancy judged for her by the reference."""
        rows = np.array([row])
        people, here = segment.people.take(rows), vacancy.among(segment.people)
        likeness = self.pool.vocabulary.likeness(here, segment.titles)
        beliefs = self.pool.fit.beliefs(segment.levels).take(rows)
        return people, (here, judge(people, here, likeness, beliefs, self.around(vacancy)))

    def rank_for(self, candidate_id: str, vacancies: Mapping[str, VacancyProfile], limit: int = 50) -> VacancyRanking:
        """Rank vacancies for one person, by the same score; blocked ones are left out."""
        segment, row = self._find(candidate_id)
        person = segment.people.take(np.array([row]))
        found = []
        for identifier, profile in vacancies.items():
            _, (vacancy, judged) = self._pair(self.ready(identifier, profile), segment, row)
            if judged.answers.eligible()[0]:
                tie = int(mixed_hash(person.key, vacancy.key, days(self.today))[0])
                found.append((-round(float(judged.product.score[0]) / SCORE_STEP), tie, vacancy, judged))
        found.sort(key=lambda one: one[:2])
        items = tuple(
            self._item(place + 1, person, vacancy, judged)
            for place, (_, _, vacancy, judged) in enumerate(found[:limit])
        )
        return VacancyRanking(candidate_id, self.model.version, len(found), items)

    def _item(self, rank: int, person: Candidates, vacancy: Vacancy, judged: Judged) -> RankedItem:
        """One person who was judged for one vacancy."""
        (item,) = self._items([rank], person, vacancy, judged, [False])
        return item

    def _items(
        self,
        ranks: Sequence[int],
        people: Candidates,
        vacancy: Vacancy,
        judged: Judged,
        reserved: Sequence[bool],
    ) -> list[RankedItem]:
        """n people who were judged for one vacancy, each at her rank."""
        explainer = Explainer(people, vacancy, judged, self.model, self._journeys(vacancy.place).minutes)
        rows = zip(
            ranks,
            people.ids,
            judged.product.score.tolist(),
            judged.bands.tolist(),
            judged.interval.tolist(),
            judged.product.chances.tolist(),
            judged.answers.mask(UNSURE).tolist(),
            reserved,
            strict=True,
        )
        return [
            RankedItem(
                rank,
                identifier,
                vacancy.id,
                score,
                _BANDS[band],
                (low, high),
                (first, second, third),
                _constraints_in(unknown),
                is_reserved,
                explainer.explain(row),
            )
            for row, (rank, identifier, score, band, (low, high), (first, second, third), unknown, is_reserved) in (
                enumerate(rows)
            )
        ]


_BANDS = tuple(Band)


@lru_cache(KEPT_SETS)
def _constraints_in(mask: int) -> tuple[Constraint, ...]:
    return tuple(constraint for number, constraint in enumerate(CONSTRAINTS) if mask >> number & 1)


def list_version(vacancy_id: str, model_version: str, today: date, shown: list[str]) -> str:
    """A short name for exactly this list: the same people in the same order on the same day by the same model."""
    text = "\n".join([vacancy_id, model_version, today.isoformat(), *shown])
    return "l_" + hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def open_ranker(session: Session, today: date, rules: RuleSet, model: Model | None = None) -> Ranker:
    """Read the pool and fit its beliefs, also on sampled pairs of people and open vacancies."""
    taxonomy, places = active_taxonomy(session), postcode_table(session)
    vocabulary = Vocabulary(taxonomy)
    return ranker_of(session, vocabulary, places, today, rules, model or load_prior())


def ranker_of(
    session: Session, vocabulary: Vocabulary, places: PlaceTable, today: date, rules: RuleSet, model: Model
) -> Ranker:
    """The same, with a vocabulary and places that the caller keeps."""
    people = load_candidates(session, vocabulary, places, today)
    pool = pool_of(people, vocabulary, places, offers_lower_of(rules, today))
    open_ids = open_vacancy_ids(session)
    chosen = [open_ids[number] for number in sample_of(len(open_ids), SAMPLED_VACANCIES)]
    vacancies = [ready_vacancy(identifier, profile, pool) for identifier, profile in load_vacancies(session, chosen)]
    return Ranker(pool.with_fit(fit_to(pool.only, vacancies, vocabulary)), model, rules, today)


def open_vacancy_ids(session: Session) -> list[str]:
    """Ids of the vacancies for which people are still sought, in the order of their ids."""
    vacancies = SQLModel.metadata.tables["vacancies"].c
    query = sa.select(vacancies.id).where(vacancies.status == VacancyStatus.OPEN.value).order_by(vacancies.id)
    return list(session.connection().scalars(query))


def overruled_for(session: Session, vacancy_id: str) -> Overruled:
    """What advisers put in or out for one vacancy."""
    table = SQLModel.metadata.tables["overrides"].c
    rows = session.connection().execute(
        sa.select(table.candidate_id, table.direction, table.constraints).where(table.vacancy_id == vacancy_id)
    )
    constraints, out = {}, set()
    for candidate_id, direction, mask in rows:
        if direction == OverrideDirection.OUT.value:
            out.add(candidate_id)
        else:
            constraints[candidate_id] = mask
    return Overruled(constraints, frozenset(out))


def explain_pair(session: Session, ranker: Ranker, vacancy_id: str, candidate_id: str) -> RankedItem:
    """Explain a stored pair, with what advisers overruled. Raises NotFound."""
    return ranker.explain(
        vacancy_id, load_vacancy(session, vacancy_id), candidate_id, overruled_for(session, vacancy_id)
    )


@RANKING_SECONDS.time()
def rank(session: Session, ranker: Ranker, vacancy_id: str, limit: int = 50) -> Ranking:
    """Rank the pool for a stored vacancy, with what advisers overruled. Raises NotFound."""
    return ranker.rank(vacancy_id, load_vacancy(session, vacancy_id), limit, overruled_for(session, vacancy_id))
