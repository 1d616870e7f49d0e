"""Placements: where she works and learns, who is beside her there, and what was promised; the ways in call it.

Several may run in one trajectory, also at several employers. A promise stays open until it was delivered, and does not
disappear because somebody leaves it out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matching.clock import date_of
from matching.errors import Invalid, NotFound
from matching.facts import CandidateFacts, candidate_facts
from matching.store import candidate_version
from matching.tables import metadata
from matching.tables.base import new_id
from matching.trajectories.cursors import after_moment
from matching.trajectories.deadlines import terms_of
from matching.trajectories.past import PLACEMENTS, past_kept
from matching.trajectories.reading import INTRODUCTIONS, VACANCIES
from matching.trajectories.terms import LEARNING, OutcomeKind, PlacementKind
from scoring.terms import EndReason

PROMISES, MILESTONES = metadata.tables["promises"], metadata.tables["milestones"]
MOST_LISTED = 50
_ENDING = {
    OutcomeKind.TRIAL_ENDED: (PlacementKind.TRIAL,),
    OutcomeKind.MOVED_ON: tuple(PlacementKind),
    OutcomeKind.ENDED: tuple(PlacementKind),
}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Placement:
    """A placement with what was promised and the steps of learning."""

    row: Row
    promises: tuple[Row, ...]
    milestones: tuple[Row, ...]


@dataclass(frozen=True)
class PlacementFacts:
    """What policies go by."""

    id: str
    person: CandidateFacts


def placement_facts(session: Session, identifier: str, today: date) -> PlacementFacts:
    """What policies go by. Raises NotFound (`placement.unknown`)."""
    query = sa.select(PLACEMENTS.c.candidate_id).where(PLACEMENTS.c.id == identifier)
    candidate_id = session.connection().scalar(query)
    if candidate_id is None:
        raise NotFound("placement.unknown", id=identifier)
    return PlacementFacts(identifier, candidate_facts(session, candidate_id, today))


def create_placement(
    session: Session,
    candidate_id: str,
    values: Row,
    *,
    promises: Sequence[Row] = (),
    milestones: Sequence[Row] = (),
    made_by: str | None,
    now: datetime,
) -> str:
    """Put a placement on record; its id. `values`: columns of the table, at least kind and starts_on.

    Where an introduction is named, it is hers, and gives the employer, work floor and team that are not said. Raises
    Invalid (`placement.invalid`) with the field and the reason, and NotFound (`introduction.unknown`).
    """
    candidate_version(session, candidate_id)
    whole = {**dict.fromkeys(_GIVEN), **_of_vacancy(session, candidate_id, values), **values}
    if not whole["legal_employer"]:
        raise Invalid("placement.invalid", "legalEmployer", reason="needed")
    _check(session, whole, now)
    _check_promises(promises, date_of(now))
    identifier = new_id("p")
    with past_kept(session, candidate_id, now):
        session.connection().execute(
            sa.insert(PLACEMENTS).values(
                **whole,
                id=identifier,
                candidate_id=candidate_id,
                made_by=made_by,
                created_at=now,
                updated_at=now,
                version=1,
            )
        )
        _write_promises(session, identifier, promises)
        _write_milestones(session, identifier, milestones)
    return identifier


_GIVEN = tuple(
    column.name
    for column in PLACEMENTS.c
    if column.name not in {"id", "candidate_id", "made_by", "created_at", "updated_at", "version"}
)


def change_placement(
    session: Session,
    identifier: str,
    values: Row,
    *,
    promises: Sequence[Row] | None = None,
    milestones: Sequence[Row] | None = None,
    now: datetime,
) -> None:
    """Change the columns that are named; promises with an `id` change, those without are added, the others stay.

    Raises NotFound (`placement.unknown`, `promise.unknown`), Invalid (`placement.invalid`).
    """
    old = placement_to_change(session, identifier)
    candidate_id = old.row["candidate_id"]
    whole = {name: old.row[name] for name in _GIVEN} | dict(values)
    _check(session, whole, now)
    if promises is not None:
        known = {one["id"]: one for one in old.promises}
        for one in promises:
            if one.get("id") is not None and one["id"] not in known:
                raise NotFound("promise.unknown", id=one["id"])
        promises = [{**known.get(one.get("id"), {}), **one} for one in promises]
        _check_promises(promises, date_of(now))
        if len(known) + sum(one.get("id") is None for one in promises) > MOST_LISTED:
            raise Invalid("placement.invalid", "promises", reason="too_many")
    with past_kept(session, candidate_id, now):
        columns = PLACEMENTS.c
        session.connection().execute(
            sa.update(PLACEMENTS)
            .where(columns.id == identifier)
            .values(**whole, updated_at=now, version=columns.version + 1)
        )
        if promises is not None:
            _write_promises(session, identifier, promises)
        if milestones is not None:
            session.connection().execute(sa.delete(MILESTONES).where(MILESTONES.c.placement_id == identifier))
            _write_milestones(session, identifier, milestones)


def load_placement(session: Session, identifier: str) -> Placement:
    """One placement. Raises NotFound (`placement.unknown`)."""
    found = load_placements(session, [identifier])
    if not found:
        raise NotFound("placement.unknown", id=identifier)
    return found[0]


def placement_to_change(session: Session, identifier: str) -> Placement:
    """One placement, as it is now that nobody else writes of her. Raises NotFound (`placement.unknown`)."""
    candidate_version(session, load_placement(session, identifier).row["candidate_id"])
    return load_placement(session, identifier)


def load_placements(session: Session, ids: Sequence[str]) -> list[Placement]:
    """Placements in the order given, those that are not there left out."""
    if not ids:
        return []
    connection = session.connection()
    rows = {
        row["id"]: dict(row)
        for row in connection.execute(sa.select(PLACEMENTS).where(PLACEMENTS.c.id.in_(ids))).mappings()
    }

    def under(table: sa.Table, *order: sa.ColumnElement[Any]) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {one: [] for one in rows}
        query = sa.select(table).where(table.c.placement_id.in_(list(rows))).order_by(*order)
        for row in connection.execute(query).mappings():
            found[row["placement_id"]].append(dict(row))
        return found

    promises = under(PROMISES, PROMISES.c.promised_on, PROMISES.c.id)
    milestones = under(MILESTONES, MILESTONES.c.position)
    return [Placement(rows[one], tuple(promises[one]), tuple(milestones[one])) for one in ids if one in rows]


def list_placements(
    session: Session,
    where: sa.ColumnElement[bool],
    *,
    limit: int,
    after: Sequence[object] | None = None,
    candidate_id: str | None = None,
) -> list[Placement]:
    """At most `limit` placements, the latest first, after (created_at, id); `where` as `visible.placements` gives."""
    columns = PLACEMENTS.c
    query = sa.select(columns.id).where(where)
    if candidate_id is not None:
        query = query.where(columns.candidate_id == candidate_id)
    if after is not None:
        query = query.where(after_moment(after, columns.created_at, columns.id))
    query = query.order_by(columns.created_at.desc(), columns.id.desc()).limit(limit)
    return load_placements(session, list(session.connection().scalars(query)))


def end_with(session: Session, introduction_id: str, old: Any, new: Any, *, now: datetime) -> None:
    """Let an ending of an introduction (`kind`, `on`, `reasons`) end the placements that belong to it.

    `old` is the ending that `new` takes the place of; either may be None. For this package, within `past_kept`.
    """
    columns = PLACEMENTS.c
    of_it = columns.introduction_id == introduction_id
    connection = session.connection()
    bump = {"updated_at": now, "version": columns.version + 1}
    if old is not None and old.kind in _ENDING:
        connection.execute(
            sa.update(PLACEMENTS)
            .where(of_it, columns.ended_on == old.on, columns.kind.in_([kind.value for kind in _ENDING[old.kind]]))
            .values(ended_on=None, end_reasons=None, **bump)
        )
    if new is not None and new.kind in _ENDING:
        connection.execute(
            sa.update(PLACEMENTS)
            .where(
                of_it,
                columns.ended_on.is_(None),
                columns.starts_on <= new.on,
                columns.kind.in_([kind.value for kind in _ENDING[new.kind]]),
            )
            .values(ended_on=new.on, end_reasons=list(new.reasons) or [EndReason.CONTRACT_EXPIRED.value], **bump)
        )


def _of_vacancy(session: Session, candidate_id: str, values: Row) -> Row:
    """What the vacancy of an introduction says of the employer."""
    introduction_id = values.get("introduction_id")
    if introduction_id is None:
        return {}
    organisations = metadata.tables["organisations"].c
    row = (
        session.connection()
        .execute(
            sa.select(
                sa.func.coalesce(VACANCIES.c.legal_employer, organisations.name, VACANCIES.c.work_floor),
                VACANCIES.c.work_floor,
                VACANCIES.c.team,
            )
            .select_from(INTRODUCTIONS)
            .join(VACANCIES, VACANCIES.c.id == INTRODUCTIONS.c.vacancy_id)
            .outerjoin(metadata.tables["organisations"], organisations.id == INTRODUCTIONS.c.organisation_id)
            .where(INTRODUCTIONS.c.id == introduction_id, INTRODUCTIONS.c.candidate_id == candidate_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound("introduction.unknown", id=introduction_id)
    return dict(zip(("legal_employer", "work_floor", "team"), row, strict=True))


def _check(session: Session, values: Row, now: datetime) -> None:
    today = date_of(now)
    starts, ends, ended = values["starts_on"], values["ends_on"], values["ended_on"]
    reasons = values["end_reasons"]

    def wrong(field: str, reason: str) -> Invalid:
        return Invalid("placement.invalid", field, reason=reason)

    if ends is not None and ends < starts:
        raise wrong("endsOn", "before_start")
    if ended is not None and ended < starts:
        raise wrong("endedOn", "before_start")
    if ended is not None and ended > today:
        raise wrong("endedOn", "in_the_future")
    if (ended is None) != (not reasons):
        raise wrong("endReasons" if ended else "endedOn", "needed")
    if reasons and not set(reasons) <= {one.value for one in EndReason}:
        raise wrong("endReasons", "not_listed")
    if values["buddy_since"] is not None and values["buddy_known_as"] is None:
        raise wrong("buddy.knownAs", "needed")
    if values["kind"] in LEARNING and ends is not None:
        years = terms_of(session, today).learning_years
        if ends > _years_after(starts, years):
            raise wrong("endsOn", "longer_than_learning")


def _years_after(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, month=3, day=1)


def _check_promises(promises: Sequence[Row], today: date) -> None:
    for number, one in enumerate(promises):
        for name, field in (("text", "text"), ("promised_by", "by"), ("promised_on", "promisedOn")):
            if one.get(name) is None:
                raise Invalid("placement.invalid", f"promises.{number}.{field}", reason="needed")
        delivered = one.get("delivered_on")
        if one["promised_on"] > today or (delivered is not None and delivered > today):
            field = "promisedOn" if one["promised_on"] > today else "deliveredOn"
            raise Invalid("placement.invalid", f"promises.{number}.{field}", reason="in_the_future")
        if delivered is not None and delivered < one["promised_on"]:
            raise Invalid("placement.invalid", f"promises.{number}.deliveredOn", reason="before_start")


def _write_promises(session: Session, placement_id: str, promises: Sequence[Row]) -> None:
    connection = session.connection()
    names = ("text", "promised_by", "promised_on", "due_on", "delivered_on")
    for one in promises:
        values = {name: one.get(name) for name in names}
        if one.get("id") is None:
            connection.execute(sa.insert(PROMISES).values(id=new_id("b"), placement_id=placement_id, **values))
        else:
            connection.execute(sa.update(PROMISES).where(PROMISES.c.id == one["id"]).values(**values))


def _write_milestones(session: Session, placement_id: str, milestones: Sequence[Row]) -> None:
    rows = [
        {
            "placement_id": placement_id,
            "position": position,
            "text": one["text"],
            "due_on": one.get("due_on"),
            "reached_on": one.get("reached_on"),
        }
        for position, one in enumerate(milestones)
    ]
    if rows:
        session.connection().execute(sa.insert(MILESTONES), rows)
