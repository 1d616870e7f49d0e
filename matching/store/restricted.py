"""The gate to restricted groups and screenings: the one place that reads their tables."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Table
from sqlmodel import Session

from matching.profiles import GroupMembership
from matching.store.saving import Row, Rows, read_rows
from matching.tables import metadata
from scoring.terms import Screening, ScreeningAnswer

GROUPS: Table = metadata.tables["candidate_restricted_groups"]
SCREENINGS: Table = metadata.tables["candidate_screenings"]


@dataclass(frozen=True)
class RestrictedFacts:
    """What may reveal origin or a record; not shown when the object is printed."""

    groups: tuple[GroupMembership, ...] = field(default=(), repr=False)
    screenings: dict[Screening, ScreeningAnswer] = field(default_factory=dict, repr=False)


def restricted_facts(session: Session, ids: Sequence[str]) -> dict[str, RestrictedFacts]:
    """The restricted facts of some candidates, by id; who has none is there with none. Ask who asks, first."""
    groups: dict[str, list[GroupMembership]] = {identifier: [] for identifier in ids}
    screenings: dict[str, dict[Screening, ScreeningAnswer]] = {identifier: {} for identifier in ids}
    for row in read_rows(session, GROUPS, "candidate_id", ids):
        groups[row["candidate_id"]].append(group_of(row))
    for row in read_rows(session, SCREENINGS, "candidate_id", ids):
        screenings[row["candidate_id"]][Screening(row["screening"])] = ScreeningAnswer(row["answer"])
    return {identifier: RestrictedFacts(tuple(groups[identifier]), screenings[identifier]) for identifier in groups}


def group_of(row: Row) -> GroupMembership:
    """A membership of a target group, from its row in either table."""
    return GroupMembership(group=row["target_group"], valid_from=row["valid_from"], valid_until=row["valid_until"])


def restricted_rows(session: Session, ids: Sequence[str]) -> Rows:
    """The same facts as rows, for writing and comparing."""
    rows: Rows = {GROUPS: [], SCREENINGS: []}
    for identifier, facts in restricted_facts(session, ids).items():
        rows[GROUPS] += [{"candidate_id": identifier, **row} for row in group_rows(facts.groups)]
        rows[SCREENINGS] += [{"candidate_id": identifier, **row} for row in screening_rows(facts.screenings)]
    return rows


def group_rows(groups: Sequence[GroupMembership]) -> list[Row]:
    """Memberships as rows of either table, without their owner."""
    return [
        {
            "position": position,
            "target_group": membership.group,
            "valid_from": membership.valid_from,
            "valid_until": membership.valid_until,
        }
        for position, membership in enumerate(groups)
    ]


def screening_rows(screenings: dict[Screening, ScreeningAnswer]) -> list[Row]:
    """Screening answers as rows, without their owner."""
    return [{"screening": screening, "answer": screenings[screening]} for screening in sorted(screenings)]
