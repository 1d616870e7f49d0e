"""Searching the pool: people by region, hours, papers and words, with counts per facet; columns alone.

The ways in ask it, for advisers. A field that is missing never excludes: who is unknown on a filter stays in, unless
asked otherwise, and is counted. Who did not agree to be matched is found by who is around her alone. No facet tells of
a target group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from matching.errors import Refused
from matching.pool import Pool, Segment
from scoring.columns import NO_DAY, UNKNOWN, Bools, Candidates, Floats, Ints, Lists
from scoring.terms import Certificate, EducationLevel, LanguageLevel, Licence, Sector, TravelMode, mask_of

NEAR_ENOUGH = 0.6  # nearness of a wish, or of work done, from which a text is met
SKILL_CREDIT = 0.35  # credit of a skill times relatedness from which it is met
SKILL_WEIGHT = 0.8  # a skill that a text speaks of weighs less than a title that it names
HOURS_BANDS = (0, 12, 20, 28, 36)  # most hours a week, from
SOON_DAYS = 91
_STEP = 1e-4  # relevance is told apart no finer, so that a cursor is exact


@dataclass(frozen=True)
class Filters:
    """What is asked of people; None and empty: nothing. Of several sectors or modes one is enough, papers all."""

    regions: tuple[str, ...] = ()
    hours_min: float | None = None  # she can work at least so many hours a week
    hours_max: float | None = None  # she wants to work no more than so many
    education_min: EducationLevel | None = None
    dutch_min: LanguageLevel | None = None
    licences: tuple[Licence, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    travel_modes: tuple[TravelMode, ...] = ()
    sectors: tuple[Sector, ...] = ()
    available_by: int | None = None  # days since 1970
    known_only: bool = False  # leave out who is unknown on a filter
    agreed_only: bool = True  # leave out who did not agree to be matched


@dataclass(frozen=True)
class Found:
    """A page of people, how many there are, and how they spread; `unknown`: per filter how many are unknown on it."""

    ids: tuple[str, ...]
    total: int
    facets: dict[str, dict[str, int]]
    unknown: dict[str, int]
    next: str | None  # cursor of the page after this one


def search(
    pool: Pool,
    today: int,
    text: str | None = None,
    filters: Filters | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> Found:
    """People of the pool, the best met by the text first, others in an order by hash. `today`: days since 1970.

    Raises Refused for a cursor that is none.
    """
    filters = filters or Filters()
    after = _read(cursor)
    facets: dict[str, dict[str, int]] = {}
    unknown: dict[str, int] = {}
    keys, ranks, owners, rows = [], [], [], []
    for number, segment in enumerate(pool.segments):
        found, open_ = _met(pool, segment, filters)
        rank = np.zeros(len(found), np.int64)
        if text and text.strip():
            relevance = _relevance(pool, segment, text.strip())[found]
            rank = np.rint(relevance / _STEP).astype(np.int64)
            found, rank = found[rank > 0], rank[rank > 0]
        for name, mask in open_.items():
            unknown[name] = unknown.get(name, 0) + int(np.count_nonzero(mask[found]))
        _count(pool, segment.people, found, today, facets)
        keys.append(segment.people.key[found])
        ranks.append(rank)
        owners.append(np.full(len(found), number))
        rows.append(found)
    key, rank_of, owner, row = (np.concatenate(parts) for parts in (keys, ranks, owners, rows))
    total = len(row)
    if after is not None:
        later = (rank_of < after[0]) | ((rank_of == after[0]) & (key > np.uint64(after[1])))
        key, rank_of, owner, row = key[later], rank_of[later], owner[later], row[later]
    order = _first(rank_of, key, limit)
    ids = tuple(pool.segments[owner[at]].people.ids[int(row[at])] for at in order.tolist())
    more = len(row) > limit and limit > 0
    return Found(ids, total, facets, unknown, f"{rank_of[order[-1]]}.{key[order[-1]]:x}" if more else None)


def _first(rank: Ints, key: Ints, limit: int) -> npt.NDArray[np.int64]:
    """Positions of the first `limit`: highest rank, then least key."""
    if len(rank) > limit > 0:
        least = np.partition(rank, len(rank) - limit)[len(rank) - limit]
        above, level = np.flatnonzero(rank > least), np.flatnonzero(rank == least)
        n_level = limit - len(above)
        kept = np.concatenate([above, level[np.argpartition(key[level], n_level - 1)[:n_level]]])
    else:
        kept = np.arange(len(rank))
    return np.asarray(kept[np.lexsort((key[kept], -rank[kept]))][:limit])


def _read(cursor: str | None) -> tuple[int, int] | None:
    if cursor is None:
        return None
    rank, _, key = cursor.partition(".")
    try:
        read = int(rank), int(key, 16)
    except ValueError:
        raise Refused("search.cursor", "cursor") from None
    if not (0 <= read[0] < 2**62 and 0 <= read[1] < 2**64):
        raise Refused("search.cursor", "cursor")
    return read


def _met(pool: Pool, segment: Segment, filters: Filters) -> tuple[npt.NDArray[np.int64], dict[str, Bools]]:
    """Rows of who meets the filters or is unknown on them, and per filter who is unknown on it (n,)."""
    people = segment.people
    keep = segment.alive & people.agreed if filters.agreed_only else segment.alive
    open_: dict[str, Bools] = {}

    def ask(name: str, known: Bools, met: Bools) -> None:
        nonlocal keep
        open_[name] = ~known
        keep = keep & ((known & met) if filters.known_only else (~known | met))

    if filters.regions:
        numbers = [i for i, code in enumerate(pool.places.region_codes) if code in filters.regions]
        ask("region", people.region >= 0, np.isin(people.region, numbers))
    if filters.hours_min is not None:
        most = np.fmax(people.hours_max, people.build_up_to)
        ask("hours_min", ~np.isnan(most), most >= filters.hours_min)
    if filters.hours_max is not None:
        ask("hours_max", ~np.isnan(people.hours_min), people.hours_min <= filters.hours_max)
    if filters.education_min is not None:
        ask("education", people.education != UNKNOWN, people.education >= filters.education_min)
    if filters.dutch_min is not None:
        spoken = _dutch(people)
        ask("dutch", spoken != UNKNOWN, spoken >= filters.dutch_min)
    if filters.licences:
        asked = mask_of(filters.licences, Licence)
        ask("licences", people.licences != UNKNOWN, people.licences & asked == asked)
    if filters.certificates:
        asked = mask_of(filters.certificates, Certificate)
        ask("certificates", people.certificates != UNKNOWN, people.certificates & asked == asked)
    if filters.travel_modes:
        ask("travel_modes", people.modes != UNKNOWN, people.modes & mask_of(filters.travel_modes, TravelMode) > 0)
    if filters.sectors:
        ask("sectors", people.sectors != UNKNOWN, people.sectors & mask_of(filters.sectors, Sector) > 0)
    if filters.available_by is not None:
        ready = _ready_on(people)
        ask("available_by", ready != NO_DAY, ready <= filters.available_by)
    return np.flatnonzero(keep), open_


def _dutch(people: Candidates) -> Ints:
    if "nl" in people.language_codes:
        return people.languages[:, people.language_codes.index("nl")]
    return np.full(len(people), UNKNOWN, np.int8)


def _ready_on(people: Candidates) -> Ints:
    """The day from which she can work, NO_DAY where unknown; a pause without an end has none."""
    resumes = np.where(people.paused, people.resumes_on, NO_DAY)
    ready = np.maximum(people.available_from, resumes)
    return np.where(people.paused & (people.resumes_on == NO_DAY), NO_DAY, ready)


def _relevance(pool: Pool, segment: Segment, text: str) -> Floats:
    """How far each person's wishes, work done and skills meet a text, (n,) in 0..1; titles by nearness."""
    people, vocabulary = segment.people, pool.vocabulary
    relevance = np.zeros(len(people))
    if len(people.titles):
        near = vocabulary.nearness(segment.titles, text)
        for lists in (people.wishes, people.work):
            _raise(relevance, lists, np.where(near >= NEAR_ENOUGH, near, 0.0)[lists.items])
    strength = np.zeros(int(people.skills.items.max(initial=-1)) + 1)
    for skill, sure in vocabulary.skills_of(text):
        related = vocabulary.related(skill)
        inside = related.skills < len(strength)
        at = related.skills[inside]
        strength[at] = np.maximum(strength[at], related.strength[inside] * sure)
    if strength.any():
        credit = strength[people.skills.items] * people.skills.numbers
        _raise(relevance, people.skills, np.where(credit >= SKILL_CREDIT, credit * SKILL_WEIGHT, 0.0))
    return relevance


def _raise(relevance: Floats, lists: Lists, values: Floats) -> None:
    """Raise who owns an item to its value; few items have one."""
    items = np.flatnonzero(values)
    owners = np.searchsorted(lists.starts, items, side="right") - 1
    np.maximum.at(relevance, owners, values[items])


def _count(pool: Pool, people: Candidates, rows: Ints, today: int, facets: dict[str, dict[str, int]]) -> None:
    """Add these people to the facets."""

    def add(facet: str, counts: dict[str, int]) -> None:
        into = facets.setdefault(facet, {})
        for name, n in counts.items():
            into[name] = into.get(name, 0) + n

    def by_value(values: Ints, names: Sequence[str]) -> dict[str, int]:
        counts = np.bincount(values + 1, minlength=len(names) + 1).tolist()
        return {**dict(zip(names, counts[1:], strict=True)), "unknown": counts[0]}

    def by_bit(masks: Ints, order: type[StrEnum]) -> dict[str, int]:
        known = masks[masks != UNKNOWN].astype(np.int64)
        counts = {one.value: int(np.count_nonzero(known >> number & 1)) for number, one in enumerate(order)}
        return {**counts, "unknown": len(masks) - len(known)}

    most = people.hours_max[rows]
    band = np.where(np.isnan(most), -1, np.searchsorted(HOURS_BANDS, np.nan_to_num(most), side="right") - 1)
    ready, paused = _ready_on(people)[rows], people.paused[rows] & (people.resumes_on[rows] == NO_DAY)
    when = np.select([paused, ready == NO_DAY, ready <= today, ready <= today + SOON_DAYS], [3, -1, 0, 1], 2)
    add("region", by_value(people.region[rows].astype(np.int64), list(pool.places.region_codes)))
    add("hours", by_value(band.astype(np.int64), [f"from_{least}" for least in HOURS_BANDS]))
    add("education", by_value(people.education[rows].astype(np.int64), [one.name.lower() for one in EducationLevel]))
    add("licence", by_bit(people.licences[rows], Licence))
    add("travel_mode", by_bit(people.modes[rows], TravelMode))
    add("sector", by_bit(people.sectors[rows], Sector))
    add("availability", by_value(when.astype(np.int64), ["now", "soon", "later", "paused"]))
    unknown = {
        "wishes": ~people.wishes_known,
        "work_done": ~people.work_known,
        "skills": ~people.skills_known,
        "hours": np.isnan(people.hours_max),
        "weekly_grid": people.grid == UNKNOWN,
        "languages": _dutch(people) == UNKNOWN,
        "education": people.education == UNKNOWN,
        "travel": (people.modes == UNKNOWN) | (people.max_minutes == UNKNOWN),
        "support_needs": people.support_needs == UNKNOWN,
        "available_from": people.available_from == NO_DAY,
    }
    add("unknown", {name: int(np.count_nonzero(mask[rows])) for name, mask in unknown.items()})
