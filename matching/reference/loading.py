"""Puts reference sets into the database, whole or not at all; called by the command line and the importers.

The caller's transaction decides: the new version is written beside the old one, and the last step is to remove the
old and activate the new. Whatever fails before that leaves the old version as it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, text, update
from sqlmodel import Session, SQLModel

from matching.changes import note_change
from matching.errors import Invalid
from matching.reference.content import EMBEDDED, Occupation, ReferenceSet, Skill
from matching.tables import reference as rows
from matching.tables.changes import ChangeKind
from scoring.terms import CAPACITIES, WorkSetting, mask_of

TABLES = SQLModel.metadata.tables


@dataclass(frozen=True)
class ImportReport:
    """What an import did: whether anything was written, and counts by name for people to read."""

    changed: bool
    counts: Mapping[str, int]


def load_embedded(session: Session, content: ReferenceSet, *, now: datetime) -> bool:
    """Load the shipped set with its regions, municipalities and postcodes; True when anything was written.

    Nothing is written when the same content is there already. Postcodes whose point was imported are left alone.
    """
    if content.code != EMBEDDED:
        raise Invalid("reference.not_embedded", "code", reason="other_set")
    return load_set(session, content, now=now)


def load_set(session: Session, content: ReferenceSet, *, now: datetime) -> bool:
    """Replace the set of the same code by this content; True when anything was written.

    Raises Invalid (`reference.broken`) when the content refers to a code that it does not hold.
    """
    connection = session.connection()
    if connection.dialect.name == "postgresql":  # two at once: the second waits, and finds it done
        connection.execute(text("LOCK TABLE reference_sets IN SHARE ROW EXCLUSIVE MODE"))
    sets = TABLES["reference_sets"]
    same_code = sets.c.code == content.code
    found = connection.execute(
        select(sets.c.id).where(same_code, sets.c.version == content.version, sets.c.active)
    ).first()
    if found:
        return False
    set_id = connection.execute(
        insert(sets)
        .values(
            code=content.code,
            version=content.version,
            source=content.source,
            licence=content.licence,
            loaded_at=now,
            active=False,
        )
        .returning(sets.c.id)
    ).scalar_one()
    skill_ids = _insert_skills(connection, set_id, content.skills)
    _insert_occupations(connection, set_id, content.occupations, skill_ids)
    _store_places(connection, content)
    connection.execute(delete(sets).where(same_code, sets.c.id != set_id))
    tie_to_competentnl(connection)
    connection.execute(update(sets).where(sets.c.id == set_id).values(active=True))
    note_change(session, ChangeKind.REFERENCE)
    return True


def tie_to_competentnl(connection: Connection) -> None:
    """Give occupations the CompetentNL id that the crosswalk calls exactly the same as their ESCO uri."""
    crosswalk, occupations = TABLES["crosswalk"], TABLES["occupations"]
    pairs = connection.execute(
        select(crosswalk.c.from_system, crosswalk.c.from_code, crosswalk.c.to_system, crosswalk.c.to_code).where(
            crosswalk.c.relation == rows.Relation.EXACT.value
        )
    )
    ids: dict[str, str] = {}
    for from_system, from_code, to_system, to_code in pairs:
        if (from_system, to_system) == ("competentnl", "esco"):
            from_code, to_code = to_code, from_code
        elif (from_system, to_system) != ("esco", "competentnl"):
            continue
        ids[from_code] = min(to_code, ids.get(from_code, to_code))
    connection.execute(update(occupations).where(occupations.c.competentnl_id.is_not(None)).values(competentnl_id=None))
    if ids:
        connection.execute(
            update(occupations)
            .where(occupations.c.esco_uri == bindparam("uri"))
            .values(competentnl_id=bindparam("given")),
            [{"uri": uri, "given": code} for uri, code in ids.items()],
        )


def upsert(connection: Connection, table: Table, new: Iterable[dict[str, Any]]) -> tuple[int, int, int]:
    """Insert or update rows that hold every column, by primary key: (created, updated, unchanged).

    Only what differs is written, and nothing is removed.
    """
    keys = [column.name for column in table.primary_key.columns]
    old = {tuple(row[key] for key in keys): row for row in connection.execute(select(table)).mappings()}
    created, updated, unchanged = [], [], 0
    for row in new:
        known = old.get(tuple(row[key] for key in keys))
        if known is None:
            created.append(row)
        elif any(known[name] != value for name, value in row.items()):
            updated.append({f"new_{name}": value for name, value in row.items()})
        else:
            unchanged += 1
    _insert(connection, table, created)
    if updated:
        changes: dict[str, Any] = {column.name: bindparam(f"new_{column.name}") for column in table.columns}
        matches = [table.c[key] == bindparam(f"new_{key}") for key in keys]
        values = {name: value for name, value in changes.items() if name not in keys}
        connection.execute(update(table).where(*matches).values(values), updated)
    return len(created), len(updated), unchanged


def _insert(connection: Connection, table: Table, new: Sequence[dict[str, Any]]) -> None:
    if new:
        connection.execute(insert(table), new)


def _first_id(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()) + 1


def _resolve(ids: dict[str, int], code: str, kind: str, owner: str) -> int:
    if code not in ids:
        raise Invalid("reference.broken", kind, reason="unknown_code", unknown=code, owner=owner)
    return ids[code]


def _labels(
    owner_column: str, owner: int, preferred: str | None, synonyms: Sequence[str], hidden: Sequence[str]
) -> list[dict[str, Any]]:
    """The label rows of one skill or occupation: preferred first, each text once."""
    kinds: dict[str, rows.LabelRole] = {}
    if preferred:
        kinds[preferred] = rows.LabelRole.PREFERRED
    for label in synonyms:
        kinds.setdefault(label, rows.LabelRole.SYNONYM)
    for label in hidden:
        kinds.setdefault(label, rows.LabelRole.HIDDEN)
    return [
        {owner_column: owner, "position": position, "text": label, "kind": kind.value}
        for position, (label, kind) in enumerate(kinds.items())
    ]


def _insert_skills(connection: Connection, set_id: int, skills: Sequence[Skill]) -> dict[str, int]:
    """Write skills with labels and links; the ids by code."""
    first = _first_id(connection, TABLES["skills"])
    ids = {skill.code: first + position for position, skill in enumerate(skills)}
    _insert(
        connection,
        TABLES["skills"],
        [
            {
                "id": ids[skill.code],
                "set_id": set_id,
                "code": skill.code,
                "label": skill.label,
                "english": skill.english,
                "parent_id": _resolve(ids, skill.parent, "skill", skill.code) if skill.parent else None,
                "is_group": skill.is_group,
                "esco_uri": skill.esco_uri,
            }
            for skill in skills
        ],
    )
    _insert(
        connection,
        TABLES["skill_labels"],
        [
            label
            for skill in skills
            for label in _labels("skill_id", ids[skill.code], skill.label, skill.synonyms, skill.hidden)
        ],
    )
    pairs = {
        tuple(sorted((ids[skill.code], _resolve(ids, other, "skill", skill.code))))
        for skill in skills
        for other in skill.related
    }
    _insert(
        connection,
        TABLES["skill_links"],
        [{"skill_id": one, "other_id": other} for one, other in sorted(pairs)],
    )
    return ids


def _insert_occupations(
    connection: Connection, set_id: int, occupations: Sequence[Occupation], skill_ids: dict[str, int]
) -> None:
    """Write occupations with labels, tasks, skills and links."""
    first = _first_id(connection, TABLES["occupations"])
    ids = {occupation.code: first + position for position, occupation in enumerate(occupations)}
    _insert(
        connection,
        TABLES["occupations"],
        [
            {
                "id": ids[occupation.code],
                "set_id": set_id,
                "code": occupation.code,
                "isco": occupation.isco,
                "title": occupation.title,
                "english": occupation.english,
                "sector": occupation.sector and occupation.sector.value,
                "education": None if occupation.education is None else int(occupation.education),
                "settings": None if occupation.settings is None else mask_of(occupation.settings, WorkSetting),
                "esco_uri": occupation.esco_uri,
            }
            for occupation in occupations
        ],
    )
    _insert(
        connection,
        TABLES["occupation_labels"],
        [
            label
            for entry in occupations
            for label in _labels("occupation_id", ids[entry.code], entry.title, entry.synonyms, entry.hidden)
        ],
    )
    _insert_tasks(connection, occupations, ids, skill_ids)
    _insert(
        connection,
        TABLES["occupation_skills"],
        [
            {
                "occupation_id": ids[entry.code],
                "skill_id": _resolve(skill_ids, skill, "skill", entry.code),
                "kind": kind.value,
            }
            for entry in occupations
            for kind, skills in (
                (rows.SkillNeed.ESSENTIAL, entry.essential_skills),
                (rows.SkillNeed.OPTIONAL, entry.optional_skills),
            )
            for skill in skills
        ],
    )
    _insert(
        connection,
        TABLES["occupation_links"],
        [
            {
                "occupation_id": ids[entry.code],
                "other_id": _resolve(ids, other, "occupation", entry.code),
                "kind": kind.value,
            }
            for entry in occupations
            for kind, others in (
                (rows.OccupationTie.NEIGHBOUR, entry.neighbours),
                (rows.OccupationTie.GROWS_TO, entry.grows_to),
                (rows.OccupationTie.BROADER, entry.broader),
            )
            for other in others
        ],
    )


def _insert_tasks(
    connection: Connection,
    occupations: Sequence[Occupation],
    ids: dict[str, int],
    skill_ids: dict[str, int],
) -> None:
    next_id = _first_id(connection, TABLES["occupation_tasks"])
    tasks: list[dict[str, Any]] = []
    skills: list[dict[str, Any]] = []
    for entry in occupations:
        for position, task in enumerate(entry.tasks):
            demands = dict(task.demands)
            tasks.append(
                {
                    "id": next_id,
                    "occupation_id": ids[entry.code],
                    "position": position,
                    "text": task.text,
                    "english": task.english,
                    "share": task.share,
                    "freedom": task.freedom.value,
                    **{capacity.value: demands.get(capacity) for capacity in CAPACITIES},
                }
            )
            skills += [
                {"task_id": next_id, "skill_id": _resolve(skill_ids, skill, "skill", entry.code)}
                for skill in task.skills
            ]
            next_id += 1
    _insert(connection, TABLES["occupation_tasks"], tasks)
    _insert(connection, TABLES["occupation_task_skills"], skills)


def _store_places(connection: Connection, content: ReferenceSet) -> None:
    """Regions, municipalities and postcodes by their code; imported points stay."""
    postcodes = TABLES["postcodes"]
    upsert(connection, TABLES["regions"], [asdict(region) for region in content.regions])
    upsert(connection, TABLES["municipalities"], [asdict(place) for place in content.municipalities])
    imported = set(
        connection.scalars(select(postcodes.c.pc4).where(postcodes.c.source == rows.PointSource.IMPORTED.value))
    )
    shipped = [place for place in content.postcodes if place.pc4 not in imported]
    source = rows.PointSource.EMBEDDED.value
    upsert(connection, postcodes, [{**asdict(place), "source": source} for place in shipped])
