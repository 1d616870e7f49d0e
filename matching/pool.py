"""The pool: candidates as columns in memory, and what is believed of them.

`matching.ranking` asks it, `matching.keeper` keeps it up to date. The bulk of the people stands in one segment, the
base; those who changed since stand in one or two small ones, and are no longer alive in the base. What is fitted is
fitted once for an installation (`matching.fitting`), so that all its processes believe the same.
"""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

import numpy as np
from sqlmodel import Session

from matching.pool_columns import EVER, NEVER, Memberships, days
from matching.pool_loading import key_of, keys_of, number_or_nan, place_of, read_people
from matching.vocabulary import Vocabulary
from scoring.beliefs import MatchBeliefs, PoolBeliefs, fit_match, fit_pool
from scoring.columns import Bools, Candidates, Ints
from scoring.imputation import NOT_CAPACITIES, LevelModel, beliefs, levels_of
from scoring.order import row_order
from scoring.resolve import TitleTable
from scoring.taxonomy import PlaceTable
from scoring.terms import Capacity, SupportNeed

__all__ = [
    "Fit",
    "OffersLower",
    "Pool",
    "Positions",
    "Segment",
    "days",
    "key_of",
    "keys_of",
    "load_candidates",
    "number_or_nan",
    "place_of",
    "pool_of",
    "read_segment",
    "segment_of",
]

OffersLower = Mapping[SupportNeed, Sequence[tuple[Capacity, int]]]  # the demands that an offer lowers, by levels


@dataclass(frozen=True)
class Fit:
    """What is learned from a whole pool: how levels go together, what a match tells, and who travels how."""

    model: LevelModel
    match: MatchBeliefs
    mode_masks: Ints  # (m,) int8, the most common sets of travel modes
    mode_weights: Ints  # (2, m) float64, how common, without and with a known licence for a car

    def levels(self, people: Candidates) -> Ints:
        """The belief on each unknown level of n people, -1 where known; (n, 3) int16."""
        return beliefs(self.model, levels_of(people), NOT_CAPACITIES)

    def beliefs(self, levels: Ints) -> PoolBeliefs:
        """All that is believed of the people whose levels these are."""
        return PoolBeliefs(levels, self.match, self.mode_masks, self.mode_weights, self.model)


class Positions(Mapping[str, int]):
    """The row of each id, found through the hashes: nothing is made for each person."""

    def __init__(self, ids: Sequence[str], sorted_keys: Ints, row_of_key: Ints) -> None:
        """`sorted_keys` (n,) uint64 ascending, and the row of each, (n,) int32."""
        self._ids, self.sorted_keys, self.row_of_key = ids, sorted_keys, row_of_key

    @classmethod
    def of(cls, ids: Sequence[str], keys: Ints) -> "Positions":
        order = np.argsort(keys, kind="stable").astype(np.int32)
        return cls(ids, keys[order], order)

    def __getitem__(self, identifier: str) -> int:
        key = np.uint64(key_of(identifier))
        first, last = np.searchsorted(self.sorted_keys, [key, key], "left")[0], len(self.sorted_keys)
        while first < last and self.sorted_keys[first] == key:
            row = int(self.row_of_key[first])
            if self._ids[row] == identifier:
                return row
            first += 1
        raise KeyError(identifier)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)

    def find(self, identifiers: Sequence[str]) -> Ints:
        """The rows of those that are there, in the order given."""
        found = [self.get(identifier, -1) for identifier in identifiers]
        return np.array([row for row in found if row >= 0], np.int64)


@dataclass(frozen=True)
class Segment:
    """n people with vocabularies of their own; rows are in the order of `row_order`."""

    people: Candidates
    memberships: Memberships
    levels: Ints  # (n, 3) int16, PoolBeliefs.levels of these people
    titles: TitleTable  # over people.titles
    position: Positions
    alive: Bools  # (n,) False: changed since and found in a later segment, or gone
    made: dict[Hashable, object] = field(default_factory=dict, compare=False)  # of these people; kept along

    def __len__(self) -> int:
        return len(self.people)

    def without(self, identifiers: Sequence[str]) -> "Segment":
        """The same segment, in which these people are no longer alive; those who are not there do not matter."""
        rows = self.position.find(identifiers)
        if not self.alive[rows].any():
            return self
        alive = self.alive.copy()
        alive[rows] = False
        return replace(self, alive=alive)

    def on(self, today: date) -> "Segment":
        """The same people on another day: who is in which target group then."""
        return replace(self, people=replace(self.people, groups=self.memberships.on(days(today))), made={})


@dataclass(frozen=True)
class Pool:
    """Candidates in segments, with the beliefs, places and words that they share.

    `people`, `beliefs`, `titles` and `position` are those of a pool of one segment; they raise ValueError for a pool
    that has more.
    """

    segments: tuple[Segment, ...]
    fit: Fit
    places: PlaceTable
    vocabulary: Vocabulary
    region_places: dict[int, Ints]
    offers_lower: OffersLower
    version: int = 0  # of the changes that it has seen

    def __len__(self) -> int:
        return sum(int(np.count_nonzero(segment.alive)) for segment in self.segments)

    @property
    def only(self) -> Segment:
        """The one segment of this pool. Raises ValueError where there are more."""
        (segment,) = self.segments
        return segment

    @property
    def people(self) -> Candidates:
        return self.only.people

    @property
    def titles(self) -> TitleTable:
        return self.only.titles

    @property
    def position(self) -> Positions:
        return self.only.position

    @cached_property
    def beliefs(self) -> PoolBeliefs:
        return self.fit.beliefs(self.only.levels)

    def find(self, identifier: str) -> tuple[int, int] | None:
        """The segment and the row of a person, None where she is not there."""
        for number, segment in enumerate(self.segments):
            row = segment.position.get(identifier, -1)
            if row >= 0 and segment.alive[row]:
                return number, row
        return None

    def within(self, regions: Collection[str]) -> "Pool":
        """The people of some regions, and those of whom no region is known; the same is believed of them."""
        numbers = [number for number, code in enumerate(self.places.region_codes) if code in regions]
        return self._only([np.isin(one.people.region, [-1, *numbers]) for one in self.segments])

    def among(self, ids: Collection[str]) -> "Pool":
        """Some people alone; the same is believed of them."""
        return self._only([_mask(segment, ids) for segment in self.segments])

    def joined(self, part: "Pool", ids: Collection[str]) -> "Pool":
        """The people of a part of this pool, and some more."""
        return self._only(
            [mine.alive | _mask(whole, ids) for whole, mine in zip(self.segments, part.segments, strict=True)]
        )

    def _only(self, masks: Sequence[Bools]) -> "Pool":
        pairs = zip(self.segments, masks, strict=True)
        return replace(self, segments=tuple(replace(segment, alive=segment.alive & mask) for segment, mask in pairs))

    def on(self, today: date) -> "Pool":
        """The same people on another day."""
        return replace(self, segments=tuple(segment.on(today) for segment in self.segments))

    def with_fit(self, fit: Fit) -> "Pool":
        """The same people, believed of by another fit."""
        segments = tuple(replace(segment, levels=fit.levels(segment.people), made={}) for segment in self.segments)
        return replace(self, segments=segments, fit=fit)


def _mask(segment: Segment, ids: Collection[str]) -> Bools:
    mask = np.zeros(len(segment), bool)
    mask[segment.position.find(list(ids))] = True
    return mask


def load_candidates(session: Session, vocabulary: Vocabulary, places: PlaceTable, today: date) -> Candidates:
    """All candidates as columns, in the order of their ids; bulk reads through Core, one query a table."""
    return read_people(session, vocabulary, places, today)[0]


def read_segment(
    session: Session,
    vocabulary: Vocabulary,
    places: PlaceTable,
    today: date,
    fit: Fit | None,
    ids: Sequence[str] | None = None,
) -> Segment:
    """Everybody, or those of some ids who are there, from the tables; without a fit the prior's levels stand."""
    people, memberships, titles = read_people(session, vocabulary, places, today, ids)
    order = row_order(people)
    people, memberships = people.take(order), memberships.take(order)
    return segment_of(people, titles, fit or _fitted(people), memberships)


def segment_of(people: Candidates, titles: TitleTable, fit: Fit, memberships: Memberships | None = None) -> Segment:
    """A segment of these people, all alive; without memberships their groups stay as they are on every day."""
    n = len(people)
    return Segment(
        people,
        memberships or _as_they_are(people),
        fit.levels(people),
        titles,
        Positions.of(people.ids, people.key),
        np.ones(n, bool),
    )


def pool_of(
    people: Candidates, vocabulary: Vocabulary, places: PlaceTable, offers_lower: OffersLower, fit: Fit | None = None
) -> Pool:
    """A pool with beliefs fitted on these people; the match beliefs are the prior's until pairs are sampled."""
    people = people.take(row_order(people))
    fit = fit or _fitted(people)
    segment = segment_of(people, vocabulary.title_table(people.titles), fit)
    return Pool((segment,), fit, places, vocabulary, places_of_regions(places), offers_lower)


def places_of_regions(places: PlaceTable) -> dict[int, Ints]:
    """The places of each region, by its number."""
    known = np.unique(places.region[places.region >= 0])
    return {int(region): np.flatnonzero(places.region == region) for region in known}


def _fitted(people: Candidates) -> Fit:
    nothing = np.zeros(0)
    fitted = fit_pool(people, fit_match(nothing, nothing, nothing))
    return Fit(fitted.model, fitted.match, fitted.mode_masks, fitted.mode_weights)


def _as_they_are(people: Candidates) -> Memberships:
    """Memberships without a first and a last day, from the groups as they stand."""
    groups = np.maximum(people.groups, 0)
    rows, bits = np.nonzero(groups[:, None] >> np.arange(31) & 1)
    ever, never = np.full(len(rows), EVER, np.int32), np.full(len(rows), NEVER, np.int32)
    group = (1 << bits.astype(np.int64)).astype(np.int32)
    return Memberships(people.groups >= 0, rows.astype(np.int32), group, ever, never)
