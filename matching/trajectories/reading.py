"""Introductions with what came of them, read in bulk: three queries however many there are; for this package."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from matching.clock import date_of
from matching.tables import metadata
from matching.trajectories.deadlines import Terms, working_days_after
from matching.trajectories.steps import Standing, Step, by_date, standing
from matching.trajectories.terms import CLOSING, OutcomeKind, RecordedAs

INTRODUCTIONS, OUTCOMES = metadata.tables["introductions"], metadata.tables["outcomes"]
CANDIDATES, PAUSES, VACANCIES = (metadata.tables[name] for name in ("candidates", "pauses", "vacancies"))


@dataclass(frozen=True)
class Outcome:
    """The newest version of a fact, and the versions before it, the latest first."""

    id: str
    version: int
    introduction_id: str
    kind: OutcomeKind
    on: date
    week: int | None
    reasons: tuple[str, ...]
    note: str | None
    quarantined: bool
    purpose: str | None
    until: date | None
    told_on: date | None
    retracted: bool
    recorded_at: datetime
    recorded_by: str | None
    recorded_as: RecordedAs
    earlier: tuple["Outcome", ...] = ()

    @property
    def first_recorded_as(self) -> RecordedAs:
        """In which role it was put on record, whoever corrected it since."""
        return self.earlier[-1].recorded_as if self.earlier else self.recorded_as

    @property
    def step(self) -> Step:
        """The fact alone."""
        return Step(
            self.kind,
            self.on,
            self.week,
            self.reasons,
            self.until,
            self.purpose,
            self.id,
            self.told_on,
            self.quarantined,
        )


@dataclass(frozen=True)
class Introduction:
    """Candidate x vacancy, all that was recorded of it, and where it stands today."""

    id: str
    candidate_id: str
    vacancy_id: str
    organisation_id: str | None
    card_id: str | None
    made_by: str | None
    created_at: datetime
    outcomes: tuple[Outcome, ...]  # by date; those that were retracted among them
    standing: Standing
    tell_by: date | None  # of an employer's decline that has not reached her yet

    @property
    def steps(self) -> list[Step]:
        """The facts that stand."""
        return [one.step for one in self.outcomes if not one.retracted]


def stands() -> sa.ColumnElement[bool]:
    """Whether an outcome's row is the newest version of it, and was not retracted."""
    return sa.and_(OUTCOMES.c.replaced_at.is_(None), sa.not_(OUTCOMES.c.retracted))


def has(*kinds: OutcomeKind) -> sa.ColumnElement[bool]:
    """Whether an introduction has a standing outcome of one of these kinds."""
    listed = sorted(kind.value for kind in kinds)
    return sa.exists().where(OUTCOMES.c.introduction_id == INTRODUCTIONS.c.id, OUTCOMES.c.kind.in_(listed), stands())


def is_open() -> sa.ColumnElement[bool]:
    """Whether an introduction counts towards her maximum: she was asked, and it was not answered to the end.

    By what is recorded: what expired today counts until `expire_due` has recorded it.
    """
    return sa.and_(has(OutcomeKind.ASKED), sa.not_(has(*CLOSING)))


def load_introductions(session: Session, ids: Sequence[str], *, today: date, terms: Terms) -> list[Introduction]:
    """Introductions in the order given, those that are not there left out."""
    if not ids:
        return []
    connection = session.connection()
    rows = {
        row["id"]: row
        for row in connection.execute(
            sa.select(INTRODUCTIONS, CANDIDATES.c.paused_since, CANDIDATES.c.resumes_on)
            .join(CANDIDATES, CANDIDATES.c.id == INTRODUCTIONS.c.candidate_id)
            .where(INTRODUCTIONS.c.id.in_(ids))
        ).mappings()
    }
    outcomes = load_outcomes(session, rows)
    resumed = last_resumed(session, {row["candidate_id"] for row in rows.values()}, today)
    return [_introduction(rows[one], outcomes[one], resumed, today, terms) for one in ids if one in rows]


def load_outcomes(session: Session, introduction_ids: Iterable[str]) -> dict[str, list[Outcome]]:
    """Per introduction its outcomes, each with its earlier versions."""
    found: dict[str, dict[str, list[Outcome]]] = {one: {} for one in introduction_ids}
    if not found:
        return {}
    query = (
        sa.select(OUTCOMES)
        .where(OUTCOMES.c.introduction_id.in_(list(found)))
        .order_by(OUTCOMES.c.id, OUTCOMES.c.version.desc())
    )
    for row in session.connection().execute(query).mappings():
        found[row["introduction_id"]].setdefault(row["id"], []).append(outcome_of(row))
    return {
        one: [replace(versions[0], earlier=tuple(versions[1:])) for versions in by_id.values()]
        for one, by_id in found.items()
    }


def outcome_of(row: Any) -> Outcome:
    """A row as an outcome."""
    return Outcome(
        id=row["id"],
        version=row["version"],
        introduction_id=row["introduction_id"],
        kind=OutcomeKind(row["kind"]),
        on=row["happened_on"],
        week=row["week"],
        reasons=tuple(row["reasons"] or ()),
        note=row["note"],
        quarantined=row["quarantined"],
        purpose=row["purpose"],
        until=row["until"],
        told_on=row["told_on"],
        retracted=row["retracted"],
        recorded_at=row["recorded_at"],
        recorded_by=row["recorded_by"],
        recorded_as=RecordedAs(row["recorded_as"]),
    )


def last_resumed(session: Session, candidate_ids: Iterable[str], today: date) -> dict[str, date]:
    """On which day each of these people last went on after a pause."""
    rows = session.connection().execute(
        sa.select(PAUSES.c.candidate_id, sa.func.max(PAUSES.c.resumed_on))
        .where(PAUSES.c.candidate_id.in_(sorted(candidate_ids)), PAUSES.c.resumed_on <= today)
        .group_by(PAUSES.c.candidate_id)
    )
    return {candidate_id: day for candidate_id, day in rows if day is not None}


def _introduction(
    row: Any, outcomes: Sequence[Outcome], resumed: dict[str, date], today: date, terms: Terms
) -> Introduction:
    since, until = row["paused_since"], row["resumes_on"]
    standing_now = standing(
        [one.step for one in outcomes if not one.retracted],
        created_on=date_of(row["created_at"]),
        today=today,
        terms=terms,
        paused=since is not None and since <= today and (until is None or until > today),
        resumed_on=max(
            (day for day in (resumed.get(row["candidate_id"]), until) if day is not None and day <= today),
            default=None,
        ),
    )
    decline = standing_now.way.decline
    untold = decline is not None and decline.told_on is None and standing_now.way.asked is not None
    in_order = {step.id: number for number, step in enumerate(by_date(one.step for one in outcomes))}
    return Introduction(
        id=row["id"],
        candidate_id=row["candidate_id"],
        vacancy_id=row["vacancy_id"],
        organisation_id=row["organisation_id"],
        card_id=row["card_id"],
        made_by=row["made_by"],
        created_at=row["created_at"],
        outcomes=tuple(sorted(outcomes, key=lambda one: in_order[one.id])),
        standing=standing_now,
        tell_by=working_days_after(decline.on, terms.tell_working_days) if decline is not None and untold else None,
    )
