"""People read from the tables into columns, in bulk through Core; `matching.pool` calls it.

The columns are a function of what the tables say alone: vocabularies are in order of the alphabet and lists in the
order in which she gave them, so that two processes that read the same have the same.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlmodel import Session, SQLModel

from matching.pool_columns import (
    EVER,
    NEVER,
    Folded,
    Memberships,
    Numbers,
    alphabetical,
    as_ints,
    as_numbers,
    days,
    lists_of,
    spread,
    starts_of,
    was_asked,
)
from matching.pool_restricted import RestrictedColumns, restricted_columns
from matching.profiles import HowKnown
from matching.tables.candidates import CandidateList, WishKind
from matching.trajectories.reading import is_open
from matching.vocabulary import FROM_WORK, Vocabulary, without_negation
from scoring.columns import NO_DAY, UNKNOWN, Bools, Candidates, Ints, Lists
from scoring.resolve import TitleTable
from scoring.taxonomy import PlaceTable
from scoring.terms import CAPACITIES, EndReason, Growth, Supplier, SupportNeed, TargetGroup
from scoring.texts import Texts

# How much a skill counts by how it is known; said by herself counts nearly as much as seen by another.
CREDIT = {
    HowKnown.TEST: 1.0,
    HowKnown.CERTIFICATE: 1.0,
    HowKnown.EMPLOYER: 1.0,
    HowKnown.COACH: 0.95,
    HowKnown.SELF: 0.9,
    None: 0.9,
}
_AT_ONCE = 50_000
_IDS_AT_ONCE = 5_000

Columns = tuple[Sequence[Any], ...]


def key_of(identifier: str) -> int:
    """A 64-bit hash of an id, alike on every machine."""
    return int.from_bytes(hashlib.blake2b(identifier.encode(), digest_size=8).digest(), "big")


def keys_of(identifiers: Iterable[str]) -> Ints:
    """The hashes of many ids, (n,) uint64."""
    digest = hashlib.blake2b
    return np.frombuffer(b"".join([digest(one.encode(), digest_size=8).digest() for one in identifiers]), ">u8").astype(
        np.uint64
    )


def number_or_nan(value: float | None) -> float:
    """A number, NaN where it is unknown."""
    return float("nan") if value is None else float(value)


def place_of(places: PlaceTable, postcode: str | None) -> int:
    """Position of a four-digit postcode in the table, -1 where it is unknown or not there."""
    if postcode is None:
        return UNKNOWN
    number = int(np.searchsorted(places.pc4, int(postcode)))
    return number if number < len(places.pc4) and places.pc4[number] == int(postcode) else UNKNOWN


def read_people(
    session: Session, vocabulary: Vocabulary, places: PlaceTable, today: date, ids: Sequence[str] | None = None
) -> tuple[Candidates, Memberships, TitleTable]:
    """Everybody, or those of some ids who are there, in the order of their ids; with the titles that they name."""
    reader = _Reader(session, vocabulary, places, ids)
    return reader.people(days(today))


class _Reader:
    """One bulk read of the candidate tables."""

    def __init__(self, session: Session, vocabulary: Vocabulary, places: PlaceTable, ids: Sequence[str] | None) -> None:
        self.session = session
        self.connection = session.connection()
        self.vocabulary = vocabulary
        self.places = places
        self.chosen = ids
        self.row: dict[str, int] = {}

    def _read(self, table: str, *names: str, where: Any = None) -> Iterator[Columns]:
        """Parts of a table as columns, the owner first; dates are days since 1970."""
        columns = SQLModel.metadata.tables[table].c
        owner = columns["id" if table == "candidates" else "candidate_id"]
        query = sa.select(owner, *(self._plain(columns[name]) for name in names))
        if where is not None:
            query = query.where(where)
        for part in self._parts():
            chosen = query if part is None else query.where(owner.in_(part))
            for rows in self._in_steps(chosen):
                yield tuple(list(map(itemgetter(number), rows)) for number in range(len(names) + 1))

    def _in_steps(self, query: Any) -> Iterator[Sequence[Sequence[Any]]]:
        if self.connection.dialect.name == "sqlite":
            cursor: Any = self.connection.execute(query).cursor  # rows of SQLAlchemy's own take a third more time
            while rows := cursor.fetchmany(_AT_ONCE):
                yield rows
        else:
            yield from self.connection.execute(query.execution_options(yield_per=_AT_ONCE)).partitions()

    def _parts(self) -> Iterable[Sequence[str] | None]:
        if self.chosen is None:
            return [None]
        return [self.chosen[start : start + _IDS_AT_ONCE] for start in range(0, len(self.chosen), _IDS_AT_ONCE)]

    def _plain(self, column: Any) -> Any:
        """A column as a number or a text that needs no more reading."""
        if not isinstance(column.type, sa.Date):
            return column
        if self.connection.dialect.name == "sqlite":
            return sa.cast(sa.func.julianday(column) - 2440587.5, sa.Integer)
        return column - sa.cast(sa.literal("1970-01-01"), sa.Date)

    def _rows(self, owners: Sequence[str]) -> Ints:
        return np.fromiter(map(self.row.__getitem__, owners), np.int32, len(owners))

    def _listed(
        self, table: str, *names: str, read: Sequence[Mapping[Any, int] | None], where: Any = None
    ) -> list[Ints]:
        """A table of lists: the row of each owner, then its columns as numbers, texts through a mapping; (m,) each."""
        parts: list[list[Ints]] = []
        for owners, *columns in self._read(table, *names, where=where):
            numbers = [as_numbers(column, how) for column, how in zip(columns, read, strict=True)]
            parts.append([self._rows(owners), *numbers])
        if not parts:
            return [np.zeros(0, np.int32), *(np.zeros(0) for _ in names)]
        return [np.concatenate(column) for column in zip(*parts, strict=True)]

    def _wide(self, table: str, *names: str) -> dict[str, Ints]:
        """Columns of a one-to-one table as float64 in the order of the people, NaN where a person has no row."""
        found = {name: np.full(len(self.row), np.nan) for name in names}
        for owners, *columns in self._read(table, *names):
            rows = self._rows(owners)
            for name, column in zip(names, columns, strict=True):
                found[name][rows] = np.array(column, np.float64)
        return found

    def people(self, today: int) -> tuple[Candidates, Memberships, TitleTable]:
        main, places, ids = self._main()
        n = len(ids)
        answered = main["answered"]
        place, region = self._where(places["region"], places["postcode"])
        available = self._wide(
            "candidate_availability", "hours_min", "hours_max", "build_up_to", "hours_per_day_max", "weekly_grid"
        )
        travel = self._wide("candidate_travel", "modes", "max_minutes")
        masks = self._wide("candidate_wish_masks", "sectors", "not_sectors", "settings", "not_settings")
        levels = self._wide("candidate_capacities", *CAPACITIES)
        restricted = restricted_columns(self.session, self._read("candidate_restricted", "sealed"), self.row)
        memberships = self._memberships(was_asked(answered, CandidateList.TARGET_GROUPS), restricted)
        language_codes, languages = self._languages(n)
        needs, suppliers = self._support(n, was_asked(answered, CandidateList.SUPPORT_NEEDS))
        titles, table, (wishes, refusals, work) = self._titles()
        skills, skills_known = self._skills(n, work, table, was_asked(answered, CandidateList.SKILLS))
        tried, tried_teams, employers, teams = self._tried(n)
        people = Candidates(
            ids=ids,
            key=keys_of(ids),
            place=place,
            region=region,
            agreed=main["agreed_to_matching"].astype(bool),
            paused=~np.isnan(main["paused_since"]),
            resumes_on=as_ints(main["resumes_on"], np.int32, NO_DAY),
            available_from=as_ints(main["available_from"], np.int32, NO_DAY),
            groups=memberships.on(today),
            modes=as_ints(travel["modes"], np.int8),
            max_minutes=as_ints(travel["max_minutes"], np.int16),
            hours_min=available["hours_min"].astype(np.float32),
            hours_max=available["hours_max"].astype(np.float32),
            build_up_to=available["build_up_to"].astype(np.float32),
            hours_per_day_max=available["hours_per_day_max"].astype(np.float32),
            grid=as_ints(available["weekly_grid"], np.int32),
            education=as_ints(main["education"], np.int8),
            languages=languages,
            language_codes=language_codes,
            licences=as_ints(main["licences"], np.int16),
            certificates=as_ints(main["certificates"], np.int32),
            screenings=restricted.screenings,
            capacities=np.stack([as_ints(levels[name], np.int8) for name in CAPACITIES], axis=1),
            support_needs=needs,
            suppliers=suppliers,
            access_needs=as_ints(main["access_needs"], np.int8),
            contract_kinds=as_ints(main["contract_kinds"], np.int16),
            contract_months_min=as_ints(main["contract_months_min"], np.int16),
            growth=as_ints(main["growth_wish"], np.int8),
            sectors=as_ints(masks["sectors"], np.int32),
            not_sectors=as_ints(masks["not_sectors"], np.int32),
            settings=as_ints(masks["settings"], np.int32),
            not_settings=as_ints(masks["not_settings"], np.int32),
            open_introductions=self._open_introductions(n),
            max_open_introductions=main["max_open_introductions"].astype(np.int8),
            skills=skills,
            skills_known=skills_known,
            titles=titles,
            wishes=wishes,
            wishes_known=np.diff(wishes.starts) > 0,
            refusals=refusals,
            work=work,
            work_known=was_asked(answered, CandidateList.WORK_DONE),
            tried=tried,
            tried_teams=tried_teams,
            employers=employers,
            teams=teams,
        )
        return people, memberships, table

    def _main(self) -> tuple[dict[str, Ints], dict[str, list[str | None]], Texts]:
        """The columns of the root table as float64, then region and postcode as texts, in the order of the ids."""
        texts = {"growth_wish": {value.value: number for number, value in enumerate(Growth)}}
        names = [
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
        ]
        ids: list[str] = []
        regions: list[str | None] = []
        postcodes: list[str | None] = []
        parts: list[list[Ints]] = []
        for owners, region, postcode, *columns in self._read("candidates", "region", "postcode", *names):
            ids += owners
            regions += region
            postcodes += postcode
            parts.append([as_numbers(column, texts.get(name)) for name, column in zip(names, columns, strict=True)])
        order = np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)
        columns_of = [np.concatenate(column)[order] for column in zip(*parts, strict=True)] or [np.zeros(0)] * len(
            names
        )
        main = dict(zip(names, columns_of, strict=True))
        texts_of = {"region": [regions[i] for i in order], "postcode": [postcodes[i] for i in order]}
        main["answered"] = main["answered"].astype(np.int64)
        ids = [ids[i] for i in order]
        self.row = {identifier: number for number, identifier in enumerate(ids)}
        return main, texts_of, Texts.of(ids)

    def _where(self, regions: Sequence[str | None], postcodes: Sequence[str | None]) -> tuple[Ints, Ints]:
        places = {postcode: place_of(self.places, postcode) for postcode in set(postcodes)}
        place = np.fromiter(map(places.__getitem__, postcodes), np.int32, len(postcodes))
        codes = {code: number for number, code in enumerate(self.places.region_codes)}
        stated = np.fromiter((codes.get(code or "", UNKNOWN) for code in regions), np.int16, len(regions))
        if len(self.places.region):
            stated = np.where(place >= 0, self.places.region[place], stated).astype(np.int16)
        return place, stated

    def _memberships(self, known: Bools, restricted: RestrictedColumns) -> Memberships:
        """Ordinary groups and restricted ones, which serve legal constraints alone."""
        order = {group.value: number for number, group in enumerate(TargetGroup)}
        row, group, since, until = self._listed(
            "candidate_groups", "target_group", "valid_from", "valid_until", read=[order, None, None]
        )
        told = ~np.isin(row, restricted.closed)
        ordinary = (
            row.astype(np.int32),
            (1 << group.astype(np.int64)).astype(np.int32),
            as_ints(since, np.int32, EVER),
            as_ints(until, np.int32, NEVER),
        )
        few = (restricted.row, restricted.group, restricted.since, restricted.until)
        columns = (np.concatenate([of_all[told], of_few]) for of_all, of_few in zip(ordinary, few, strict=True))
        everybody = np.arange(len(known))
        return Memberships(known & ~np.isin(everybody, restricted.closed), *columns).take(everybody)

    def _languages(self, n: int) -> tuple[tuple[str, ...], Ints]:
        numbers = Numbers({"nl": 0})
        row, language, level = self._listed("candidate_languages", "language", "level", read=[numbers, None])
        codes, place = alphabetical(numbers, first="nl")
        result = np.full((n, len(codes)), UNKNOWN, np.int8)
        np.maximum.at(result, (row, place[language.astype(np.int64)]), level.astype(np.int8))
        return codes, result

    def _support(self, n: int, known: Bools) -> tuple[Ints, Ints]:
        order = {need.value: number for number, need in enumerate(SupportNeed)}
        by_whom = {supplier.value: number for number, supplier in enumerate(Supplier)}
        row, need, supplier = self._listed("candidate_support_needs", "need", "supplier", read=[order, by_whom])
        need = need.astype(np.int64)
        needs = np.where(known, 0, UNKNOWN).astype(np.int32)
        needs[row] = np.maximum(needs[row], 0)
        np.bitwise_or.at(needs, row, (1 << need).astype(np.int32))
        suppliers = np.full((n, len(order)), by_whom["unknown"], np.int8)
        suppliers[row, need] = supplier
        return needs, suppliers

    def _titles(self) -> tuple[tuple[str, ...], TitleTable, tuple[Lists, Lists, Lists]]:
        """Work that she wishes, does not want, and did. A wish for "geen schoonmaak" is a refusal."""
        texts, titles = Numbers(), Numbers()
        kinds = {kind.value: number for number, kind in enumerate(WishKind)}
        row, kind, position, text = self._listed(
            "candidate_wishes", "kind", "position", "text", read=[kinds, None, texts]
        )
        said = [without_negation(wish) for wish in texts]
        title_of = np.array([titles[work] for work, _ in said], np.int64)
        negated = np.array([no for _, no in said], bool)
        text = text.astype(np.int64)
        refuses = (kind == kinds[WishKind.NOT_WORK.value]) | negated[text] if len(said) else np.zeros(0, bool)
        wished = title_of[text] if len(said) else np.zeros(0, np.int64)
        work_row, work_position, work_title, months = self._listed(
            "candidate_work_done", "position", "title", "months", read=[None, titles, None]
        )
        ordered, place = alphabetical(titles)
        within = position + 1_000_000 * kind  # the refusals after the wishes, as they were asked
        n = len(self.row)
        lists = (
            lists_of(n, row[~refuses], within[~refuses], place[wished[~refuses]], 1.0),
            lists_of(n, row[refuses], within[refuses], place[wished[refuses]], 1.0),
            lists_of(n, work_row, work_position, place[work_title.astype(np.int64)], months),
        )
        return ordered, self.vocabulary.title_table(ordered), lists

    def _skills(self, n: int, work: Lists, table: TitleTable, answered: Bools) -> tuple[Lists, Bools]:
        """Her skills with credit: those she named, and in part those of the work that she did.

        A list of which not one word could be read counts as unknown: she said something that we do not understand.
        """
        texts = Numbers()
        credit_of = [CREDIT[HowKnown(how)] for how in HowKnown]
        how_known: dict[Any, int] = {how.value: number for number, how in enumerate(HowKnown)}
        row, text, how = self._listed("candidate_skills", "skill", "how_known", read=[texts, how_known])
        credit = np.where(np.isnan(how), CREDIT[None], np.array(credit_of)[np.nan_to_num(how).astype(np.int64)])
        named = Lists.of([self.vocabulary.skills_of(one) for one in texts])
        text = text.astype(np.int64)
        said, read = np.zeros(n, bool), np.zeros(n, bool)
        said[row] = True
        read[row[np.diff(named.starts)[text] > 0]] = True

        occupation, sure = table.surest
        links = self.vocabulary.taxonomy.occupation_skills
        asked = Lists(links.indptr.astype(np.int64), links.indices, np.ones(len(links.indices), np.float32))
        doer = np.repeat(np.arange(n), np.diff(work.starts))
        sure_of = sure[work.items]
        met = sure_of > 0
        parts = [
            spread(row, credit, named, text),
            spread(doer[met], FROM_WORK * sure_of[met], asked, occupation[work.items][met]),
        ]
        rows, skills, credits_ = (np.concatenate(column) for column in zip(*parts, strict=True))
        n_skills = max(len(self.vocabulary.taxonomy.skill_codes), 1)
        cells = rows.astype(np.int64) * n_skills + skills
        order = np.argsort(cells, kind="stable")
        cells, credits_ = cells[order], credits_[order]
        first = np.flatnonzero(np.diff(cells, prepend=-1))
        best = np.maximum.reduceat(credits_, first) if len(first) else credits_
        lengths = np.bincount(cells[first] // n_skills, minlength=n)
        held = Lists(starts_of(lengths), (cells[first] % n_skills).astype(np.int32), best.astype(np.float32))
        return held, answered & (read | ~said)

    def _tried(self, n: int) -> tuple[Lists, Ints, tuple[str, ...], tuple[str, ...]]:
        reasons = {reason.value: number for number, reason in enumerate(EndReason)}
        employers, teams = Folded(), Folded()
        row, position, employer, team, reason = self._listed(
            "candidate_past_placements",
            "position",
            "employer",
            "team",
            "reason",
            read=[None, employers, teams, reasons],
        )
        names, place = alphabetical(employers.numbers)
        team_names, team_place = alphabetical(teams.numbers)
        tried = lists_of(n, row, position, place[employer.astype(np.int64)], reason)
        known = ~np.isnan(team)
        team_of = np.full(len(team), UNKNOWN, np.int64)
        team_of[known] = team_place[team[known].astype(np.int64)]
        return tried, lists_of(n, row, position, team_of, 0.0).items, names, team_names

    def _open_introductions(self, n: int) -> Ints:
        (row,) = self._listed("introductions", read=[], where=is_open())
        return np.minimum(np.bincount(row, minlength=n), 127).astype(np.int8)
