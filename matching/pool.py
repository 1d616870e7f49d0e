"""The pool: candidates as columns in memory, read from the tables in bulk.

`matching.ranking` asks it; nobody else holds it.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from matching.profiles import HowKnown
from matching.tables.candidates import CandidateList, WishKind
from matching.tables.pairs import IntroductionState
from matching.vocabulary import Vocabulary, without_negation
from scoring.beliefs import MatchBeliefs, PoolBeliefs, fit_match, fit_pool
from scoring.columns import NO_DAY, UNKNOWN, Candidates, Floats, Ints, Lists
from scoring.resolve import TitleTable
from scoring.taxonomy import PlaceTable
from scoring.terms import (
    CAPACITIES,
    Capacity,
    EndReason,
    Growth,
    Screening,
    ScreeningAnswer,
    Supplier,
    SupportNeed,
    TargetGroup,
)

# How much a skill counts by how it is known; said by herself counts nearly as much as seen by another.
CREDIT = {
    HowKnown.TEST: 1.0,
    HowKnown.CERTIFICATE: 1.0,
    HowKnown.EMPLOYER: 1.0,
    HowKnown.COACH: 0.95,
    HowKnown.SELF: 0.9,
    None: 0.9,
}


@dataclass(frozen=True)
class Pool:
    """Candidates with their beliefs, and the vocabularies that they share."""

    people: Candidates
    beliefs: PoolBeliefs
    places: PlaceTable
    vocabulary: Vocabulary
    titles: TitleTable
    region_places: dict[int, Ints]
    position: dict[str, int]  # of each candidate id
    offers_lower: Mapping[SupportNeed, Sequence[tuple[Capacity, int]]]  # the demands that an offer lowers, by levels

    def __len__(self) -> int:
        return len(self.people)


def days(value: date | None) -> int:
    """Days since 1970-01-01, NO_DAY where unknown."""
    return NO_DAY if value is None else (value - date(1970, 1, 1)).days


def key_of(identifier: str) -> int:
    """A 64-bit hash of an id, alike on every machine."""
    return int.from_bytes(hashlib.blake2b(identifier.encode(), digest_size=8).digest(), "big")


def load_candidates(session: Session, vocabulary: Vocabulary, places: PlaceTable, today: date) -> Candidates:
    """All candidates as columns; bulk reads through Core, one query a table."""
    return _Loader(session, vocabulary, places, today).load()


def pool_of(
    people: Candidates,
    vocabulary: Vocabulary,
    places: PlaceTable,
    offers_lower: Mapping[SupportNeed, Sequence[tuple[Capacity, int]]],
) -> Pool:
    """A pool with beliefs fitted on these people; the match beliefs are the prior's until pairs are sampled."""
    nothing = np.zeros(0)
    match = fit_match(nothing, nothing, nothing)
    region_places = {int(region): np.flatnonzero(places.region == region) for region in np.unique(places.region)}
    return Pool(
        people,
        fit_pool(people, match),
        places,
        vocabulary,
        vocabulary.title_table(people.titles),
        region_places,
        {identifier: number for number, identifier in enumerate(people.ids)},
        offers_lower,
    )


def with_match(pool: Pool, match: MatchBeliefs) -> Pool:
    """The same pool with match beliefs from sampled pairs."""
    return replace(pool, beliefs=replace(pool.beliefs, match=match))


class _Numbers:
    """Numbers distinct texts in the order in which they come."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        return self.of.setdefault(text, len(self.of))


class _Loader:
    """One bulk read of the candidate tables into columns."""

    def __init__(self, session: Session, vocabulary: Vocabulary, places: PlaceTable, today: date) -> None:
        self.session = session
        self.vocabulary = vocabulary
        self.places = places
        self.today = today
        self.row: dict[str, int] = {}

    def _read(self, table: str, *names: str, where: Any = None, order: str | None = None) -> list[tuple[Any, ...]]:
        columns = SQLModel.metadata.tables[table].c
        query = sa.select(*(columns[name] for name in names))
        if where is not None:
            query = query.where(where)
        query = query.order_by(*(columns[name] for name in (names[0], *([order] if order else []))))
        return [tuple(row) for row in self.session.connection().execute(query)]

    def _wide(self, table: str, *names: str) -> dict[str, list[Any]]:
        """Columns of a one-to-one table, in the order of the people; None where a person has no row."""
        found: dict[str, list[Any]] = {name: [None] * len(self.row) for name in names}
        for identifier, *values in self._read(table, "candidate_id", *names):
            number = self.row[identifier]
            for name, value in zip(names, values, strict=True):
                found[name][number] = value
        return found

    def _ragged(self, rows: Iterable[tuple[Any, ...]], item: Callable[..., list[tuple[int, float]]]) -> Lists:
        grouped: list[list[tuple[int, float]]] = [[] for _ in self.row]
        for identifier, *values in rows:
            grouped[self.row[identifier]].extend(item(*values))
        return Lists.of(grouped)

    def load(self) -> Candidates:
        main = self._read(
            "candidates",
            "id",
            "region",
            "postcode",
            "agreed_to_matching",
            "available_from",
            "paused_since",
            "resumes_on",
            "max_open_introductions",
            "education",
            "growth_wish",
            "contract_kinds",
            "contract_months_min",
            "licences",
            "certificates",
            "access_needs",
            "answered",
        )
        columns = list(zip(*main, strict=True)) or [() for _ in range(16)]
        ids = tuple(columns[0])
        self.row = {identifier: number for number, identifier in enumerate(ids)}
        n = len(ids)
        place, region = self._where(columns[1], columns[2])
        answered = np.array(columns[15], np.int64)
        availability = self._wide(
            "candidate_availability", "hours_min", "hours_max", "build_up_to", "hours_per_day_max", "weekly_grid"
        )
        travel = self._wide("candidate_travel", "modes", "max_minutes")
        masks = self._wide("candidate_wish_masks", "sectors", "not_sectors", "settings", "not_settings")
        levels = self._wide("candidate_capacities", *CAPACITIES)
        language_codes, languages = self._languages(n)
        needs, suppliers = self._support(n, _has(answered, CandidateList.SUPPORT_NEEDS))
        titles = _Numbers()
        work_rows = self._read("candidate_work_done", "candidate_id", "title", "months", order="position")
        wishes, refusals = self._wishes(titles)
        work = self._ragged(work_rows, lambda title, months: [(titles(title), number_or_nan(months))])
        skills, skills_known = self._skills(work_rows, _has(answered, CandidateList.SKILLS))
        employers, teams = _Numbers(), _Numbers()
        tried, tried_teams = self._tried(employers, teams)
        growth = {value.value: number for number, value in enumerate(Growth)}
        return Candidates(
            ids=ids,
            key=np.array([key_of(identifier) for identifier in ids], np.uint64),
            place=place,
            region=region,
            agreed=np.array(columns[3], bool),
            paused=np.array([since is not None for since in columns[5]], bool),
            resumes_on=_days(columns[6]),
            available_from=_days(columns[4]),
            groups=self._groups(n, _has(answered, CandidateList.TARGET_GROUPS)),
            modes=_ints(travel["modes"], np.int8),
            max_minutes=_ints(travel["max_minutes"], np.int16),
            hours_min=_floats(availability["hours_min"]),
            hours_max=_floats(availability["hours_max"]),
            build_up_to=_floats(availability["build_up_to"]),
            hours_per_day_max=_floats(availability["hours_per_day_max"]),
            grid=_ints(availability["weekly_grid"], np.int32),
            education=_ints(columns[8], np.int8),
            languages=languages,
            language_codes=language_codes,
            licences=_ints(columns[12], np.int16),
            certificates=_ints(columns[13], np.int32),
            screenings=self._screenings(n),
            capacities=np.stack([_ints(levels[name], np.int8) for name in CAPACITIES], axis=1),
            support_needs=needs,
            suppliers=suppliers,
            access_needs=_ints(columns[14], np.int8),
            contract_kinds=_ints(columns[10], np.int16),
            contract_months_min=_ints(columns[11], np.int16),
            growth=np.array([UNKNOWN if wish is None else growth[wish] for wish in columns[9]], np.int8),
            sectors=_ints(masks["sectors"], np.int32),
            not_sectors=_ints(masks["not_sectors"], np.int32),
            settings=_ints(masks["settings"], np.int32),
            not_settings=_ints(masks["not_settings"], np.int32),
            open_introductions=self._open_introductions(n),
            max_open_introductions=np.array(columns[7], np.int8),
            skills=skills,
            skills_known=skills_known,
            titles=tuple(titles.of),
            wishes=wishes,
            wishes_known=np.diff(wishes.starts) > 0,
            refusals=refusals,
            work=work,
            work_known=_has(answered, CandidateList.WORK_DONE),
            tried=tried,
            tried_teams=tried_teams,
            employers=tuple(employers.of),
            teams=tuple(teams.of),
        )

    def _where(self, regions: Sequence[str | None], postcodes: Sequence[str | None]) -> tuple[Ints, Ints]:
        place = np.array([place_of(self.places, postcode) for postcode in postcodes], np.int32)
        codes = {code: number for number, code in enumerate(self.places.region_codes)}
        stated = np.array([codes.get(region or "", UNKNOWN) for region in regions], np.int16)
        return place, np.where(place >= 0, self.places.region[place], stated).astype(np.int16)

    def _groups(self, n: int, known: Ints) -> Ints:
        """Groups that hold today; the restricted ones too, which serve legal constraints alone."""
        order = {group.value: number for number, group in enumerate(TargetGroup)}
        groups = np.where(known, 0, UNKNOWN).astype(np.int32)
        for table in ("candidate_groups", "candidate_restricted_groups"):
            for identifier, group, since, until in self._read(
                table, "candidate_id", "target_group", "valid_from", "valid_until"
            ):
                if (since is None or since <= self.today) and (until is None or self.today <= until):
                    number = self.row[identifier]
                    groups[number] = max(int(groups[number]), 0) | 1 << order[group]
        return groups

    def _screenings(self, n: int) -> Ints:
        kinds = {kind.value: number for number, kind in enumerate(Screening)}
        answer = {value.value: len(ScreeningAnswer) - 1 - number for number, value in enumerate(ScreeningAnswer)}
        result = np.full((n, len(kinds)), UNKNOWN, np.int8)
        for identifier, kind, given in self._read("candidate_screenings", "candidate_id", "screening", "answer"):
            result[self.row[identifier], kinds[kind]] = answer[given]
        return result

    def _languages(self, n: int) -> tuple[tuple[str, ...], Ints]:
        numbers = _Numbers()
        numbers("nl")
        rows = self._read("candidate_languages", "candidate_id", "language", "level")
        for _, language, _ in rows:
            numbers(language)
        result = np.full((n, len(numbers.of)), UNKNOWN, np.int8)
        for identifier, language, level in rows:
            cell = (self.row[identifier], numbers(language))
            result[cell] = max(int(result[cell]), level)
        return tuple(numbers.of), result

    def _support(self, n: int, known: Ints) -> tuple[Ints, Ints]:
        order = {need.value: number for number, need in enumerate(SupportNeed)}
        by_whom = {supplier.value: number for number, supplier in enumerate(Supplier)}
        needs = np.where(known, 0, UNKNOWN).astype(np.int32)
        suppliers = np.full((n, len(order)), by_whom["unknown"], np.int8)
        for identifier, need, supplier in self._read("candidate_support_needs", "candidate_id", "need", "supplier"):
            number = self.row[identifier]
            needs[number] = max(int(needs[number]), 0) | 1 << order[need]
            suppliers[number, order[need]] = by_whom[supplier]
        return needs, suppliers

    def _wishes(self, titles: _Numbers) -> tuple[Lists, Lists]:
        """Work that she wishes, and that she does not want; a wish for "geen schoonmaak" is a refusal."""
        wished: list[list[tuple[int, float]]] = [[] for _ in self.row]
        refused: list[list[tuple[int, float]]] = [[] for _ in self.row]
        for identifier, kind, text in self._read("candidate_wishes", "candidate_id", "kind", "text", order="position"):
            work, negated = without_negation(text)
            refuses = negated or kind == WishKind.NOT_WORK.value
            (refused if refuses else wished)[self.row[identifier]].append((titles(work), 1.0))
        return Lists.of(wished), Lists.of(refused)

    def _skills(self, work_rows: Iterable[tuple[Any, ...]], answered: Ints) -> tuple[Lists, Ints]:
        """Her skills with credit: those she named, and in part those of the work that she did.

        A list of which not one word could be read counts as unknown: she said something that we do not understand.
        """
        held: list[dict[int, float]] = [{} for _ in self.row]
        said = np.zeros(len(self.row), bool)
        read = np.zeros(len(self.row), bool)
        for identifier, text, how in self._read("candidate_skills", "candidate_id", "skill", "how_known"):
            number = self.row[identifier]
            said[number] = True
            credit = CREDIT[HowKnown(how) if how else None]
            for skill, sure in self.vocabulary.skills_of(text):
                read[number] = True
                held[number][skill] = max(held[number].get(skill, 0.0), credit * sure)
        for identifier, title, _ in work_rows:
            number = self.row[identifier]
            for skill, credit in self.vocabulary.skills_of_work(title):
                held[number][skill] = max(held[number].get(skill, 0.0), credit)
        return Lists.of([list(skills.items()) for skills in held]), answered & (read | ~said)

    def _tried(self, employers: _Numbers, teams: _Numbers) -> tuple[Lists, Ints]:
        order = {reason.value: number for number, reason in enumerate(EndReason)}
        grouped: list[list[tuple[int, float]]] = [[] for _ in self.row]
        in_teams: list[list[int]] = [[] for _ in self.row]
        for identifier, employer, team, reason in self._read(
            "candidate_past_placements", "candidate_id", "employer", "team", "reason", order="position"
        ):
            number = self.row[identifier]
            grouped[number].append((employers(employer.casefold()), order[reason]))
            in_teams[number].append(UNKNOWN if team is None else teams(team.casefold()))
        return Lists.of(grouped), np.array([team for row in in_teams for team in row], np.int32)

    def _open_introductions(self, n: int) -> Ints:
        state = SQLModel.metadata.tables["introductions"].c.state
        result = np.zeros(n, np.int8)
        for (identifier,) in self._read("introductions", "candidate_id", where=state == IntroductionState.OPEN.value):
            result[self.row[identifier]] += 1
        return result


def _has(answered: Ints, which: CandidateList) -> Ints:
    return (answered >> list(CandidateList).index(which) & 1).astype(bool)


def number_or_nan(value: float | None) -> float:
    """A number, NaN where it is unknown."""
    return float("nan") if value is None else float(value)


def _ints(values: Sequence[int | None], width: Any) -> Ints:
    return np.array([UNKNOWN if value is None else value for value in values], width)


def _floats(values: Sequence[float | None]) -> Floats:
    return np.array([number_or_nan(value) for value in values], np.float32)


def _days(values: Sequence[date | None]) -> Ints:
    return np.array([days(value) for value in values], np.int32)


def place_of(places: PlaceTable, postcode: str | None) -> int:
    """Position of a four-digit postcode in the table, -1 where it is unknown or not there."""
    if postcode is None:
        return UNKNOWN
    number = int(np.searchsorted(places.pc4, int(postcode)))
    return number if number < len(places.pc4) and places.pc4[number] == int(postcode) else UNKNOWN
