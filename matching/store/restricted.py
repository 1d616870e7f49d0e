"""The gate to restricted groups and screenings: the one place that reads and writes their table.

They stand sealed under the person's own key (`matching.vault`), both together and in one length, so that the row tells
nobody which of them there is. Who has no such fact has no row.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Table
from sqlmodel import Session

from matching.database import installation_of
from matching.profiles import GroupMembership
from matching.store.saving import Row, Rows, read_rows
from matching.tables import metadata
from matching.vault import Opened, open_many, seal_many
from scoring.terms import Screening, ScreeningAnswer

RESTRICTED: Table = metadata.tables["candidate_restricted"]
PURPOSE = "restricted"
_LENGTH = 192  # bytes; twice a group with two days and two answers are fewer


@dataclass(frozen=True)
class RestrictedFacts:
    """What may reveal origin or a record; not shown when the object is printed. `screenings` None: nobody asked."""

    groups: tuple[GroupMembership, ...] = field(default=(), repr=False)
    screenings: Mapping[Screening, ScreeningAnswer] | None = field(default=None, repr=False)


def restricted_facts(session: Session, ids: Sequence[str]) -> dict[str, RestrictedFacts]:
    """The restricted facts of some candidates, by id; who has none is there with none. Ask who asks, first.

    Of whom nobody can open them any more is there with none, too: what is lost is not known. Raises VonkError:
    `vault.other_secret` where they could be opened with another secret, `vault.not_named` where no vault is known.
    """
    opened = _read(session, ids).plain
    return {one: facts_of(opened[one]) if one in opened else RestrictedFacts() for one in ids}


def _read(session: Session, ids: Sequence[str]) -> Opened:
    rows = read_rows(session, RESTRICTED, "candidate_id", ids)
    return open_sealed(session, {row["candidate_id"]: row["sealed"] for row in rows})


def open_sealed(session: Session, sealed: Mapping[str, bytes]) -> Opened:
    """What `facts_of` reads, from what stands in the table, by id. Raises VonkError as `restricted_facts` does."""
    return open_many(installation_of(session.connection()), sealed, PURPOSE) if sealed else Opened({}, frozenset())


def facts_of(opened: bytes) -> RestrictedFacts:
    """The facts that were sealed."""
    said = json.loads(opened)
    groups = [
        GroupMembership(group=group, valid_from=since, valid_until=until) for group, since, until in said["groups"]
    ]
    answers = said["screenings"]
    screenings = None if answers is None else {Screening(one): ScreeningAnswer(given) for one, given in answers.items()}
    return RestrictedFacts(tuple(groups), screenings)


def facts_to_seal(groups: Iterable[GroupMembership], screenings: Mapping[Screening, ScreeningAnswer] | None) -> Rows:
    """The facts of one candidate as a row that is not sealed yet, without its owner; none where there is no fact."""
    said = {
        "groups": [
            [one.group.value, *(day and day.isoformat() for day in (one.valid_from, one.valid_until))] for one in groups
        ],
        "screenings": screenings and {one: screenings[one] for one in sorted(screenings)},
    }
    if not said["groups"] and screenings is None:
        return {RESTRICTED: []}
    plain = json.dumps(said, separators=(",", ":")).encode()
    return {RESTRICTED: [{"opened": plain.ljust(-(-len(plain) // _LENGTH) * _LENGTH)}]}


def restricted_rows(session: Session, ids: Sequence[str]) -> Rows:
    """The rows of some candidates as `facts_to_seal` gives them, to compare and to read a profile from."""
    return {RESTRICTED: [{"candidate_id": one, "opened": opened} for one, opened in _read(session, ids).plain.items()]}


def sealed_rows(session: Session, rows: Sequence[Row]) -> list[Row]:
    """Such rows as they are stored."""
    if not rows:
        return []
    opened = {row["candidate_id"]: row["opened"] for row in rows}
    sealed = seal_many(installation_of(session.connection()), opened, PURPOSE)
    return [{"candidate_id": one, "sealed": sealed[one]} for one in opened]
