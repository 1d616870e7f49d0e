"""Reads the reference data as arrays for scoring; called by the pool and by tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Column, Connection, Table, case, select
from sqlmodel import Session, SQLModel

from matching.reference.content import EMBEDDED
from matching.tables import reference as rows
from scoring.taxonomy import LabelKind, Links, PlaceTable, Taxonomy
from scoring.terms import Sector

TABLES = SQLModel.metadata.tables
_SECTORS = tuple(Sector)
_KINDS = {role.value: LabelKind(position) for position, role in enumerate(rows.LabelRole)}
_OPTIONAL_WEIGHT = 0.5


@dataclass(frozen=True)
class _Numbering:
    """Which rows of the active sets stand in the taxonomy, and the number of each database id.

    An official row whose ESCO uri an embedded row has too is that embedded row: `tied`.
    """

    kept: tuple[Any, ...]
    number: NDArray[np.int32]  # (highest id + 1,), -1 where not active
    tied: NDArray[np.bool_]  # (highest id + 1,)


def active_taxonomy(session: Session) -> Taxonomy:
    """The active sets as one taxonomy: the embedded set first, then the official ones beside it.

    Where both know an occupation or skill (the same ESCO uri) the embedded one stands, with the official labels
    added to its own. Weights of `occupation_skills`: for an occupation with tasks the share of the hours whose
    tasks use the skill, for an official one 1.0 (essential) or 0.5 (optional).
    """
    connection = session.connection()
    sets = TABLES["reference_sets"]
    found = connection.execute(select(sets.c.id, sets.c.code, sets.c.version).where(sets.c.active)).all()
    active = sorted(found, key=lambda row: (row.code != EMBEDDED, row.code))
    set_ids = [row.id for row in active]

    skills = _numbering(connection, "skills", set_ids)
    occupations = _numbering(connection, "occupations", set_ids)
    n_skills, n_occupations = len(skills.kept), len(occupations.kept)
    label_texts, label_occupation, label_kind = _labels(connection, "occupation_labels", "occupation_id", occupations)
    skill_label_texts, skill_label_skill, skill_label_kind = _labels(connection, "skill_labels", "skill_id", skills)
    task_texts, task_occupation, task_skills, hours = _tasks(connection, occupations, skills)
    parents = np.array([row.parent_id or 0 for row in skills.kept], dtype=np.int64)

    return Taxonomy(
        version="+".join(f"{row.code}:{row.version}" for row in active),
        occupation_codes=tuple(row.code for row in occupations.kept),
        occupation_titles=tuple(row.title for row in occupations.kept),
        isco=tuple(row.isco or "" for row in occupations.kept),
        sector=np.array(
            [_SECTORS.index(Sector(row.sector)) if row.sector else -1 for row in occupations.kept],
            dtype=np.int8,
        ),
        label_texts=label_texts,
        label_occupation=label_occupation,
        label_kind=label_kind,
        occupation_skills=_occupation_skills(connection, occupations, skills, hours),
        occupation_neighbours=_ties(
            _pairs(
                connection,
                select(*_columns(TABLES["occupation_links"], "occupation_id", "other_id")).where(
                    TABLES["occupation_links"].c.kind.in_(
                        [rows.OccupationTie.NEIGHBOUR.value, rows.OccupationTie.BROADER.value]
                    )
                ),
            ),
            occupations.number,
            n_occupations,
        ),
        task_texts=task_texts,
        task_occupation=task_occupation,
        task_skills=task_skills,
        skill_codes=tuple(row.code for row in skills.kept),
        skill_titles=tuple(row.label or row.english or "" for row in skills.kept),
        skill_label_texts=skill_label_texts,
        skill_label_skill=skill_label_skill,
        skill_label_kind=skill_label_kind,
        skill_parent=np.where(parents > 0, skills.number[parents], -1).astype(np.int32),
        skill_related=_ties(
            _pairs(connection, select(*_columns(TABLES["skill_links"], "skill_id", "other_id"))),
            skills.number,
            n_skills,
        ),
        skill_is_group=np.array([row.is_group for row in skills.kept], dtype=np.bool_),
    )


def postcode_table(session: Session) -> PlaceTable:
    """Postcodes and regions with their points; a region without a point of its own gets its postcodes' mean."""
    connection = session.connection()
    regions = connection.execute(
        select(*_columns(TABLES["regions"], "code", "latitude", "longitude")).order_by(TABLES["regions"].c.code)
    ).all()
    table = TABLES["postcodes"]
    found = connection.execute(select(*_columns(table, "pc4", "latitude", "longitude", "region"))).all()
    places = sorted(found, key=lambda row: int(row.pc4))
    position = {row.code: number for number, row in enumerate(regions)}
    latitude = np.array([row.latitude for row in places], dtype=np.float64)
    longitude = np.array([row.longitude for row in places], dtype=np.float64)
    region = np.array([position.get(row.region, -1) for row in places], dtype=np.int16)

    def middles(stated: Sequence[float | None], points: NDArray[np.float64]) -> NDArray[np.float64]:
        middle = np.array([np.nan if value is None else value for value in stated], dtype=np.float64)
        for number in np.flatnonzero(np.isnan(middle)):
            own = points[region == number]
            middle[number] = own.mean() if len(own) else np.nan
        return middle

    return PlaceTable(
        pc4=np.array([int(row.pc4) for row in places], dtype=np.int32),
        latitude=latitude,
        longitude=longitude,
        region=region,
        region_codes=tuple(row.code for row in regions),
        region_latitude=middles([row.latitude for row in regions], latitude),
        region_longitude=middles([row.longitude for row in regions], longitude),
    )


def _numbering(connection: Connection, name: str, set_ids: Sequence[int]) -> _Numbering:
    table = TABLES[name]
    rows_of_sets = connection.execute(select(table).where(table.c.set_id.in_(set_ids)).order_by(table.c.id)).all()
    found = sorted(rows_of_sets, key=lambda row: set_ids.index(row.set_id))  # stable: the order of the set remains
    size = max((row.id for row in found), default=0) + 1
    number = np.full(size, -1, dtype=np.int32)
    tied = np.zeros(size, dtype=np.bool_)
    kept: list[Any] = []
    by_uri: dict[str, tuple[int, int]] = {}  # uri -> set and number
    for row in found:
        known = by_uri.get(row.esco_uri)
        if known is not None and known[0] != row.set_id:
            number[row.id], tied[row.id] = known[1], True
            continue
        number[row.id] = len(kept)
        if row.esco_uri and known is None:
            by_uri[row.esco_uri] = (row.set_id, len(kept))
        kept.append(row)
    return _Numbering(tuple(kept), number, tied)


def _labels(
    connection: Connection, name: str, owner: str, owners: _Numbering
) -> tuple[tuple[str, ...], NDArray[np.int32], NDArray[np.uint8]]:
    """Texts, numbers and kinds, ascending by number; a text once for each owner, whatever its capitals."""
    table = TABLES[name]
    found = connection.execute(
        select(*_columns(table, owner, "text", "kind")).order_by(table.c[owner], table.c.position)
    ).all()
    said: dict[tuple[int, str], tuple[str, LabelKind]] = {}
    for tied_ones in (False, True):  # the labels of the row that stands come first
        for row_id, text, kind in found:
            if row_id >= len(owners.number) or owners.number[row_id] < 0 or owners.tied[row_id] != tied_ones:
                continue
            # An official label of ours finds it, but has less right to the words than what we call it ourselves.
            role = LabelKind.HIDDEN if tied_ones else _KINDS[kind]
            said.setdefault((int(owners.number[row_id]), text.casefold()), (text, role))
    order = sorted(said.items(), key=lambda item: item[0][0])  # stable: preferred remains first
    return (
        tuple(text for _, (text, _) in order),
        np.array([number for (number, _), _ in order], dtype=np.int32),
        np.array([kind for _, (_, kind) in order], dtype=np.uint8),
    )


def _tasks(
    connection: Connection, occupations: _Numbering, skills: _Numbering
) -> tuple[tuple[str, ...], NDArray[np.int32], Links, NDArray[np.float64]]:
    """Task texts, their occupations, their skills, and (occupation, skill, share of the hours) as columns."""
    tasks, uses = TABLES["occupation_tasks"], TABLES["occupation_task_skills"]
    found = connection.execute(
        select(*_columns(tasks, "id", "occupation_id", "text", "share")).order_by(
            tasks.c.occupation_id, tasks.c.position
        )
    ).all()
    standing = set(np.flatnonzero(occupations.number >= 0).tolist())
    known = [row for row in found if row.occupation_id in standing]
    known.sort(key=lambda row: int(occupations.number[row.occupation_id]))
    task_occupation = np.array([occupations.number[row.occupation_id] for row in known], dtype=np.int32)
    share = np.array([row.share / 100 for row in known], dtype=np.float64)
    task_number = np.full(max((row.id for row in known), default=0) + 1, -1, dtype=np.int32)
    task_number[[row.id for row in known]] = np.arange(len(known))
    pairs = _pairs(connection, select(*_columns(uses, "task_id", "skill_id")))
    task, skill = _numbers(task_number, pairs[:, 0]), _numbers(skills.number, pairs[:, 1])
    valid = (task >= 0) & (skill >= 0)
    task, skill = task[valid], skill[valid]
    hours = np.column_stack([task_occupation[task], skill, share[task]])
    return (
        tuple(row.text for row in known),
        task_occupation,
        _links(task, skill, np.ones(len(task)), len(known)),
        hours,
    )


def _occupation_skills(
    connection: Connection, occupations: _Numbering, skills: _Numbering, hours: NDArray[np.float64]
) -> Links:
    """Own skills by the hours of the tasks that use them; official ones by kind, where no embedded row stands."""
    table = TABLES["occupation_skills"]
    halves = case((table.c.kind == rows.SkillNeed.ESSENTIAL.value, 2), else_=1)
    found = _pairs(connection, select(table.c.occupation_id, table.c.skill_id, halves), columns=3)
    occupation, skill = _numbers(occupations.number, found[:, 0]), _numbers(skills.number, found[:, 1])
    valid = (occupation >= 0) & (skill >= 0)
    valid[valid] = ~occupations.tied[found[valid, 0]]
    return _links(
        np.concatenate([hours[:, 0].astype(np.int64), occupation[valid]]),
        np.concatenate([hours[:, 1].astype(np.int64), skill[valid]]),
        np.concatenate([hours[:, 2], found[valid, 2] / 2]),
        len(occupations.kept),
    )


def _columns(table: Table, *names: str) -> list[Column[Any]]:
    return [table.c[name] for name in names]


def _pairs(connection: Connection, query: Any, columns: int = 2) -> NDArray[np.int64]:
    """The rows of a query of whole numbers, (n_rows, columns)."""
    found = connection.execute(query).all()
    return np.array([tuple(row) for row in found], dtype=np.int64).reshape(-1, columns)


def _numbers(number: NDArray[np.int32], ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of database ids, -1 for an id that stands in no active set."""
    inside = ids < len(number)
    return np.where(inside, number[np.where(inside, ids, 0)], -1).astype(np.int64)


def _ties(pairs: NDArray[np.int64], number: NDArray[np.int32], n: int) -> Links:
    """Links both ways between rows that stand, with weight 1.0, none to itself."""
    one, other = _numbers(number, pairs[:, 0]), _numbers(number, pairs[:, 1])
    valid = (one >= 0) & (other >= 0) & (one != other)
    one, other = one[valid], other[valid]
    return _links(np.concatenate([one, other]), np.concatenate([other, one]), np.ones(2 * len(one)), n)


def _links(row: NDArray[np.int64], index: NDArray[np.int64], weight: NDArray[np.float64], n_rows: int) -> Links:
    """Compressed sparse rows; weights of the same pair add up, to 1.0 at most."""
    width = int(index.max(initial=0)) + 1
    cell, inverse = np.unique(row * width + index, return_inverse=True)
    total = np.minimum(np.bincount(inverse, weight, minlength=len(cell)), 1.0)
    indptr = np.searchsorted(cell // width, np.arange(n_rows + 1))
    return Links(indptr.astype(np.int32), (cell % width).astype(np.int32), total.astype(np.float32))
