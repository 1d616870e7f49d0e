"""What a process holds of people and vacancies: opened from a snapshot, built from the tables, and with changes.

`matching.keeper` calls it, and says when.
"""

import logging
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy import Engine
from sqlmodel import Session

from matching.changes import Changes, Stand, changes_since, prune, stand_of
from matching.clock import now, today
from matching.database import session_scope
from matching.fitting import SAMPLED_VACANCIES, fit_to, keep_fit, newest_fit, sample_of
from matching.pool import OffersLower, Pool, Segment, places_of_regions, read_segment
from matching.ranking import offers_lower_of
from matching.reference import active_taxonomy, postcode_table
from matching.rule_store import active_rules
from matching.rules import RuleSet
from matching.settings import Settings
from matching.snapshot import (
    Ground,
    drop_snapshots_holding,
    folder_of,
    ground_of,
    open_newest,
    save_snapshot,
    stands_in,
)
from matching.store import existing
from matching.vacancy_pool import VacancyColumns, VacancyPool, read_vacancies, vacancy_pool_of
from matching.vocabulary import Vocabulary
from scoring.taxonomy import PlaceTable

MOST_RECENT = 20_000  # people who changed; with more the pool is built anew before anything else
MANY_RECENT = 5_000  # from here on it is built anew beside
MANY_FRESH = 500  # so many changed people are read again with the next one that changes, in a moment
MANY_SHARE = 0.05
FEW = 500  # so few never need a new build
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Held:
    """What a process knows at one moment, all of it of the same stand."""

    pool: Pool
    vacancies: VacancyPool
    rules: RuleSet
    today: date
    stand: Stand
    fit_number: int

    @property
    def ground(self) -> Ground:
        """What its numbers mean."""
        return ground_of(self.pool.vocabulary.taxonomy.version, self.pool.places, self.pool.offers_lower)

    @property
    def n_recent(self) -> int:
        """How many people changed since the base was built."""
        return sum(int(np.count_nonzero(segment.alive)) for segment in self.pool.segments[1:])


@dataclass(frozen=True)
class Means:
    """Words, places and rules as they stand in the database, on a day."""

    vocabulary: Vocabulary
    places: PlaceTable
    rules: RuleSet
    offers_lower: OffersLower
    today: date

    @property
    def ground(self) -> Ground:
        return ground_of(self.vocabulary.taxonomy.version, self.places, self.offers_lower)


def means_of(session: Session, day: date, known: Vocabulary | None) -> Means:
    """What stands in the database, with the vocabulary that is known where it is of the same version."""
    taxonomy, rules = active_taxonomy(session), active_rules(session)
    same = known is not None and known.taxonomy.version == taxonomy.version
    vocabulary = known if same and known is not None else Vocabulary(taxonomy)
    return Means(vocabulary, postcode_table(session), rules, offers_lower_of(rules, day), day)


def from_snapshot(session: Session, means: Means, settings: Settings) -> Held | None:
    """The newest snapshot that suits, brought up; None where there is none, or too much changed since."""
    opened = open_newest(settings, means.vocabulary, means.places, means.offers_lower, means.today)
    if opened is None:
        return None
    held = Held(opened.pool, opened.vacancies, means.rules, means.today, opened.stand, opened.fit_number)
    changes = changes_since(session, opened.stand)
    if changes is None or too_many(held, changes):
        _log.info("the snapshot is not used: too much changed, or in another past")
        return None
    held = applied(session, held, replace(changes, fit=True))
    drop_snapshots_holding(folder_of(settings), gone(held, changes))
    return held


def gone(held: Held, changes: Changes) -> list[str]:
    """Who of those that changed is not there any more, in what is held after these changes."""
    return [one for one in sorted(changes.candidates or ()) if held.pool.find(one) is None]


def on_other_ground(session: Session, held: Held, day: date) -> Held | None:
    """What is held on another day or with other reference data; None where its numbers would mean something else."""
    means = means_of(session, day, held.pool.vocabulary)
    if means.ground != held.ground:
        return None
    pool = held.pool if day == held.today else held.pool.on(day)
    pool = replace(pool, places=means.places, offers_lower=means.offers_lower)
    return replace(held, pool=pool, rules=means.rules, today=day)


def too_many(held: Held, changes: Changes) -> bool:
    """Whether so much changed that all is to be built anew first."""
    if changes.candidates is None or changes.vacancies is None:
        return True
    n_people = held.n_recent + len(changes.candidates)
    n_vacancies = len(held.vacancies.recent) + len(changes.vacancies)
    most = max(FEW, min(MOST_RECENT, 2 * MANY_SHARE * len(held.pool)))
    return n_people > most or n_vacancies > max(FEW, MANY_SHARE * len(held.vacancies))


def many(held: Held) -> bool:
    """Whether so much changed since the base was built that it is time for another."""
    people = held.n_recent > max(FEW, min(MANY_RECENT, MANY_SHARE * len(held.pool)))
    return people or len(held.vacancies.recent) > max(FEW, min(MANY_FRESH, MANY_SHARE * len(held.vacancies)))


def scattered(held: Held) -> bool:
    """Whether it is time to gather in one segment who changed just now and who changed before."""
    n, last = len(held.pool.segments), held.pool.segments[-1]
    return n > 3 or (n == 3 and len(last) > MANY_FRESH)


def applied(session: Session, held: Held, changes: Changes) -> Held:
    """What is held with these changes: who changed stands in the last segment, and in no other any more."""
    pool, vacancies, fit_number = held.pool, held.vacancies, held.fit_number
    if changes.fit:
        newest = newest_fit(session, pool.vocabulary.taxonomy.version)
        if newest is not None and newest.number != fit_number:
            pool, fit_number = pool.with_fit(newest.fit), newest.number
    if changes.candidates:
        pool = _with_changed(session, pool, held.today, changes.candidates)
    if changes.vacancies:
        ready_now = read_vacancies(session, pool.vocabulary, pool.places, pool.offers_lower, changes.vacancies)
        vacancies = vacancies.changed(changes.vacancies, ready_now)
    pool = replace(pool, version=changes.stand.version)
    return replace(held, pool=pool, vacancies=vacancies, stand=changes.stand, fit_number=fit_number)


def _with_changed(session: Session, pool: Pool, day: date, changed: frozenset[str]) -> Pool:
    """These people stand as they are now in the last segment, and in no other."""
    ids = sorted(changed)
    older, last = [segment.without(ids) for segment in pool.segments], None
    if len(older) > 1 and len(older[-1]) <= MANY_FRESH:
        last = older.pop()
    known = () if last is None else _living(last)
    fresh = _read(session, pool, day, sorted({*known, *ids}))
    return replace(pool, segments=(*older, fresh) if len(fresh) else tuple(older))


def _living(segment: Segment) -> list[str]:
    return [segment.people.ids[row] for row in np.flatnonzero(segment.alive).tolist()]


def _read(session: Session, pool: Pool, day: date, ids: list[str]) -> Segment:
    return read_segment(session, pool.vocabulary, pool.places, day, pool.fit, ids)


def gathered(engine: Engine, held: Held) -> Held:
    """What is held, brought up, with all who changed in one segment beside the base."""
    with session_scope(engine, read_only=True) as session:
        changes = changes_since(session, held.stand)
        if changes is None or changes.reference or too_many(held, changes):
            return held  # whoever brings it up builds anew
        held = applied(session, held, changes)
        pool = held.pool
        ids = sorted(one for segment in pool.segments[1:] for one in _living(segment))
        segments = (pool.segments[0], _read(session, pool, held.today, ids))
    return replace(held, pool=replace(pool, segments=segments))


def build(engine: Engine, settings: Settings, known: Vocabulary | None = None) -> Held:
    """Everything from the tables; fitted where no fit of this size stands, and saved as a snapshot."""
    with session_scope(engine, read_only=True) as session:
        stand = stand_of(session)
        means = means_of(session, today(settings), known)
        version = means.vocabulary.taxonomy.version
        stored = newest_fit(session, version)
        fit = stored.fit if stored is not None else None
        segment = read_segment(session, means.vocabulary, means.places, means.today, fit)
        columns = _vacancies(session, means, settings)
    sizes = (len(segment), len(columns))
    if stored is None or not stored.suits(*sizes):
        sample = [columns[number] for number in sample_of(len(columns), SAMPLED_VACANCIES)]
        fit = fit_to(segment, sample, means.vocabulary)
        with session_scope(engine) as session:
            stored = keep_fit(session, fit, version, sizes, stored, now(settings))
    segment = replace(segment, levels=stored.fit.levels(segment.people))
    pool = Pool(
        (segment,),
        stored.fit,
        means.places,
        means.vocabulary,
        places_of_regions(means.places),
        means.offers_lower,
        stand.version,
    )
    held = Held(pool, vacancy_pool_of(columns), means.rules, means.today, stand, stored.number)
    _save(engine, settings, held)
    return held


def _vacancies(session: Session, means: Means, settings: Settings) -> VacancyColumns:
    """The open vacancies, in the order of their ids; of those in a snapshot only who changed are made ready again."""
    opened = open_newest(settings, means.vocabulary, means.places, means.offers_lower, means.today)
    changes = changes_since(session, opened.stand) if opened is not None else None
    if opened is None or changes is None or changes.vacancies is None:
        return VacancyColumns.of(read_vacancies(session, means.vocabulary, means.places, means.offers_lower))
    if not changes.vacancies:
        return opened.vacancies.base
    ready_now = read_vacancies(session, means.vocabulary, means.places, means.offers_lower, changes.vacancies)
    vacancies = opened.vacancies.changed(changes.vacancies, ready_now)
    return VacancyColumns.of(sorted(vacancies, key=lambda vacancy: vacancy.id))


def _save(engine: Engine, settings: Settings, held: Held) -> None:
    """Save a snapshot, and drop the changes that nobody starts from any more; without a disk all goes on.

    Nothing is saved where another process saved a later one meanwhile.
    """
    with session_scope(engine, read_only=True) as session:
        later = [stand for stand in stands_in(folder_of(settings)) if stand.version > held.stand.version]
        if any(changes_since(session, stand) is not None for stand in later):
            return
    try:
        save_snapshot(settings, held.pool, held.vacancies, held.stand, held.fit_number)
    except OSError as error:
        _log.warning("no snapshot was saved: %s", type(error).__name__)
        return
    with session_scope(engine) as session:
        # Whoever was erased while this was built from an earlier state must not stay in it.
        drop_snapshots_holding(folder_of(settings), _gone_since(session, held))
        stands = stands_in(folder_of(settings))
        if stands:
            prune(session, stands[0])


def _gone_since(session: Session, held: Held) -> list[str]:
    changes = changes_since(session, held.stand)
    ids = held.pool.people.ids if changes is None or changes.candidates is None else changes.candidates
    return sorted(set(ids) - existing(session, ids)) if ids else []
