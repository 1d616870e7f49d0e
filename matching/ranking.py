"""Asking the pool: who fits a vacancy, which vacancies fit a person, and why (or why not) one pair."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from matching.errors import NotFound
from matching.pool import Pool, days, load_candidates, pool_of, with_match
from matching.profiles import VacancyProfile
from matching.readying import ready_vacancy
from matching.reference import active_taxonomy, postcode_table
from matching.rules import RuleSet
from matching.store import load_vacancies, load_vacancy
from matching.tables.pairs import OverrideDirection
from matching.tables.vacancies import VacancyStatus
from matching.vocabulary import Vocabulary
from scoring.beliefs import fit_match
from scoring.columns import Candidates, Ints, Vacancy
from scoring.constraints import UNSURE, Answers, Margins, check
from scoring.explain import PairExplanation, explain
from scoring.likeness import Likeness, match_values
from scoring.model import Model, load_prior
from scoring.reference import (
    Judged,
    Surroundings,
    judge,
    mixed_hash,
    plain_order,
    tenth_score,
    top_ten_chance,
    with_reserved,
)
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

SAMPLED_VACANCIES = 40
SAMPLED_PEOPLE = 1_500


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


class Ranker:
    """A pool, a model and the rules of a day, ready to rank. Reads nothing after it was made."""

    def __init__(self, pool: Pool, model: Model, rules: RuleSet, today: date) -> None:
        self.pool = pool
        self.model = model
        self.today = today
        self.margins = margins_of(rules, today)
        self.speeds = speeds_of(rules, today)
        self._minutes: dict[int, Ints] = {}

    def around(self, vacancy: Vacancy) -> Surroundings:
        """Distances to this vacancy, with margins, model and day."""
        return Surroundings(
            self._place_minutes(vacancy.place), self.pool.region_places, self.margins, self.model, days(self.today)
        )

    def _place_minutes(self, place: int) -> Ints:
        if place not in self._minutes:
            places = self.pool.places
            if place < 0:
                self._minutes[place] = np.zeros((max(len(places.pc4), 1), len(TRAVEL_MODES)), np.int16)
            else:
                km = kilometres(
                    float(places.latitude[place]), float(places.longitude[place]), places.latitude, places.longitude
                )
                self._minutes[place] = minutes_by_mode(km, self.speeds)
        return self._minutes[place]

    def likeness(self, vacancy: Vacancy) -> Likeness:
        """How this vacancy's words and skills compare with the pool's."""
        return self.pool.vocabulary.likeness(vacancy, self.pool.titles)

    def answers(self, vacancy: Vacancy) -> Answers:
        """The seventeen constraints for everybody in the pool."""
        return check(self.pool.people, vacancy, self._place_minutes(vacancy.place), self.margins, days(self.today))

    def judge(self, vacancy: Vacancy, rows: Ints, answers: Answers | None = None) -> Judged:
        """Judge some people of the pool for one vacancy, blocked or not."""
        return judge(
            self.pool.people.take(rows),
            vacancy,
            self.likeness(vacancy),
            self.pool.beliefs.take(rows),
            self.around(vacancy),
            answers,
        )

    def rank(
        self, identifier: str, profile: VacancyProfile, limit: int = 50, overruled: Overruled = NOTHING_OVERRULED
    ) -> Ranking:
        """Rank everybody who is not blocked; the first `limit` explained. Nobody is left out for a low chance."""
        vacancy = ready_vacancy(identifier, profile, self.pool)
        answers = self.answers(vacancy)
        masks = np.array([overruled.constraints.get(one, 0) for one in self.pool.people.ids], np.int32)
        eligible = answers.eligible(masks if overruled.constraints else None)
        for one in overruled.out:
            if one in self.pool.position:
                eligible[self.pool.position[one]] = False
        rows = np.flatnonzero(eligible)
        judged = self.judge(vacancy, rows, answers.take(rows))
        ties = mixed_hash(self.pool.people.key[rows], vacancy.key, days(self.today))
        order = plain_order(judged.product.score, ties)
        product = judged.product
        chance = top_ten_chance(product.score, product.log_mean, product.log_spread, tenth_score(product.score, order))
        placed, reserved = with_reserved(order, chance, ties, self.model.reserved_floor, limit)
        shown = self.judge(vacancy, rows[placed], answers.take(rows[placed]))
        people = self.pool.people.take(rows[placed])
        items = tuple(
            self._item(place + 1, people, place, vacancy, shown, bool(reserved[place])) for place in range(len(placed))
        )
        version = _list_version(vacancy.id, self.model.version, self.today, [item.candidate_id for item in items])
        return Ranking(identifier, "score", version, self.model.version, len(rows), len(self.pool), items)

    def explain(
        self,
        identifier: str,
        profile: VacancyProfile,
        candidate_id: str,
        overruled: Overruled = NOTHING_OVERRULED,
    ) -> RankedItem:
        """Explain one pair in full, also where it is blocked. Raises NotFound for a person who is not in the pool."""
        if candidate_id not in self.pool.position:
            raise NotFound("candidate.not_found", field="candidateId", reason="no candidate with this id")
        vacancy = ready_vacancy(identifier, profile, self.pool)
        rows = np.array([self.pool.position[candidate_id]])
        judged = self.judge(vacancy, rows)
        item = self._item(0, self.pool.people.take(rows), 0, vacancy, judged, False)
        mask = np.array([overruled.constraints.get(candidate_id, 0)], np.int32)
        eligible = bool(judged.answers.eligible(mask)[0]) and candidate_id not in overruled.out
        return replace(item, explanation=replace(item.explanation, eligible=eligible))

    def rank_for(self, candidate_id: str, vacancies: Mapping[str, VacancyProfile], limit: int = 50) -> VacancyRanking:
        """Rank vacancies for one person, by the same score; blocked ones are left out."""
        if candidate_id not in self.pool.position:
            raise NotFound("candidate.not_found", field="candidateId", reason="no candidate with this id")
        rows = np.array([self.pool.position[candidate_id]])
        person = self.pool.people.take(rows)
        found = []
        for identifier, profile in vacancies.items():
            vacancy = ready_vacancy(identifier, profile, self.pool)
            judged = self.judge(vacancy, rows)
            if judged.answers.eligible()[0]:
                tie = int(mixed_hash(person.key, vacancy.key, days(self.today))[0])
                found.append((-round(float(judged.product.score[0]) / 1e-9), tie, vacancy, judged))
        found.sort(key=lambda one: one[:2])
        items = tuple(
            self._item(place + 1, person, 0, vacancy, judged, False)
            for place, (_, _, vacancy, judged) in enumerate(found[:limit])
        )
        return VacancyRanking(candidate_id, self.model.version, len(found), items)

    def _item(
        self, rank: int, people: Candidates, row: int, vacancy: Vacancy, judged: Judged, reserved: bool
    ) -> RankedItem:
        explanation = explain(people, row, vacancy, judged, self.model, self._place_minutes(vacancy.place))
        chances = judged.product.chances[row]
        return RankedItem(
            rank,
            people.ids[row],
            vacancy.id,
            float(judged.product.score[row]),
            list(Band)[judged.bands[row]],
            (float(judged.interval[row, 0]), float(judged.interval[row, 1])),
            (float(chances[0]), float(chances[1]), float(chances[2])),
            tuple(CONSTRAINTS[number] for number in np.flatnonzero(judged.answers.codes[row] == UNSURE)),
            reserved,
            explanation,
        )


def _list_version(vacancy_id: str, model_version: str, today: date, shown: list[str]) -> str:
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
    return Ranker(_with_sampled_match(session, pool), model, rules, today)


def _with_sampled_match(session: Session, pool: Pool) -> Pool:
    """Learn from pairs what skills, work done and wishes tell of each other; evenly spaced, so deterministic."""
    open_ids = open_vacancy_ids(session)
    if not open_ids or not len(pool):
        return pool
    chosen = [open_ids[i] for i in np.unique(np.linspace(0, len(open_ids) - 1, SAMPLED_VACANCIES).astype(int))]
    rows = np.unique(np.linspace(0, len(pool) - 1, SAMPLED_PEOPLE).astype(int))
    people = pool.people.take(rows)
    matches = []
    for identifier, profile in load_vacancies(session, chosen):
        vacancy = ready_vacancy(identifier, profile, pool)
        if vacancy.tasks_stated:
            matches.append(match_values(people, vacancy, pool.vocabulary.likeness(vacancy, pool.titles)))
    if not matches:
        return pool
    return with_match(
        pool,
        fit_match(
            np.concatenate([match.wish for match in matches]),
            np.concatenate([match.work for match in matches]),
            np.concatenate([match.coverage for match in matches]),
        ),
    )


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


def rank(session: Session, ranker: Ranker, vacancy_id: str, limit: int = 50) -> Ranking:
    """Rank the pool for a stored vacancy, with what advisers overruled. Raises NotFound."""
    return ranker.rank(vacancy_id, load_vacancy(session, vacancy_id), limit, overruled_for(session, vacancy_id))
