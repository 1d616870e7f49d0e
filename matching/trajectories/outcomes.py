"""What came of an introduction: recorded, corrected, and told to her; the ways in call it.

Dates rule, not the moment of typing: a fact of last month is checked against the facts around it. A correction is a
new version of a fact; the earlier one stays, with who wrote it and when.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from matching.changes import note_change
from matching.clock import date_of
from matching.errors import Conflict, Invalid, NotFound
from matching.store import candidate_version
from matching.tables.changes import ChangeKind
from matching.trajectories import notes
from matching.trajectories.deadlines import Terms, terms_of
from matching.trajectories.introductions import (
    By,
    insert_outcome,
    keep_terms,
    record_expired,
    require_attention,
)
from matching.trajectories.past import past_kept
from matching.trajectories.placements import end_with
from matching.trajectories.reading import INTRODUCTIONS, OUTCOMES, Introduction, Outcome, load_introductions
from matching.trajectories.steps import Step, walk
from matching.trajectories.terms import (
    REASON_NEEDED,
    REASONS,
    WEEKS,
    CandidateReason,
    OutcomeKind,
    RecordedAs,
)
from scoring.terms import EndReason

_UNSAID: Mapping[OutcomeKind, tuple[str, ...]] = {
    OutcomeKind.CANDIDATE_DECLINED: (CandidateReason.NO_REASON.value,),
    OutcomeKind.OFFER_DECLINED: (CandidateReason.NO_REASON.value,),
    OutcomeKind.AGREEMENT_WITHDRAWN: (CandidateReason.NO_REASON.value,),
    OutcomeKind.MOVED_ON: (EndReason.MOVED_ON.value,),
}  # what no reason at all comes to
_CHANGEABLE = ("on", "week", "reasons", "note", "purpose", "until", "told_on", "retracted")


@dataclass(frozen=True)
class Given:
    """A fact as somebody gives it."""

    kind: OutcomeKind
    on: date
    week: int | None = None
    reasons: tuple[str, ...] = ()
    note: str | None = None
    purpose: str | None = None
    until: date | None = None


def record(session: Session, introduction_id: str, given: Given, *, by: By, now: datetime) -> str:
    """Record a fact of an introduction; its id.

    Raises NotFound (`introduction.unknown`); Invalid for a week, a reason or an end that does not go with the kind, and
    for a note that may not be kept; Impossible (`outcome.<reason>`) for what cannot be, given the facts around it, and
    as `require_attention` where she is asked.
    """
    today = date_of(now)
    terms = terms_of(session, today)
    introduction = _locked(session, introduction_id, today, terms)
    complete = _complete(given, by, today, terms)
    with past_kept(session, introduction.candidate_id, now):
        record_expired(session, [introduction], now=now)
        introduction = load_introductions(session, [introduction_id], today=today, terms=terms)[0]
        steps = _without_overtaken_expiry(session, introduction, given.on, now)
        walk(steps, _step(complete))
        if given.kind is OutcomeKind.ASKED:
            require_attention(session, introduction.candidate_id, now)
        made = insert_outcome(session, introduction_id, given.kind, given.on, by=by, now=now, **_columns(complete, by))
        end_with(session, introduction_id, None, complete, now=now)
        keep_terms(session, [introduction_id], now=now)
    note_change(session, ChangeKind.CANDIDATE, [introduction.candidate_id])
    return made


def correct(
    session: Session,
    introduction_id: str,
    outcome_id: str,
    changes: Mapping[str, Any],
    *,
    by: By,
    now: datetime,
) -> None:
    """Correct a fact: of `on`, `week`, `reasons`, `note`, `purpose`, `until` and `told_on` those that are named.

    `retracted` says that it never happened. The kind stays: another kind is another fact. `told_on` alone is no
    correction of what happened, and needs no right to record the step. Raises as `record` does, NotFound
    (`outcome.unknown`), and Conflict (`outcome.taken`) where somebody else corrected the same at this moment.
    """
    assert set(changes) <= set(_CHANGEABLE)  # noqa: S101 - the schema knows no others
    today = date_of(now)
    terms = terms_of(session, today)
    introduction = _locked(session, introduction_id, today, terms)
    old = outcome_in(introduction, outcome_id)
    given = Given(
        old.kind,
        changes.get("on", old.on),
        changes.get("week", old.week),
        tuple(changes.get("reasons", old.reasons)),
        changes.get("note", old.note),
        changes.get("purpose", old.purpose),
        changes.get("until", old.until),
    )
    retracted = bool(changes.get("retracted", old.retracted))
    note_is_old = "note" not in changes
    complete = _complete(given, by, today, terms, screened=old.quarantined if note_is_old else None)
    told_on = _told_on(old, complete, changes, today)
    others = [step for step in introduction.steps if step.id != old.id]
    with past_kept(session, introduction.candidate_id, now):
        step = None if retracted else replace(_step(complete), id=old.id)
        walk(others, step)
        columns = _columns(complete, by) | {"told_on": told_on, "retracted": retracted}
        if note_is_old:
            columns |= {"note": old.note, "quarantined": old.quarantined}
        _replace(session, old, given.on, columns, by=by, now=now)
        end_with(session, introduction_id, old.step, None if retracted else complete, now=now)
        keep_terms(session, [introduction_id], now=now)
    note_change(session, ChangeKind.CANDIDATE, [introduction.candidate_id])


def outcome_in(introduction: Introduction, outcome_id: str) -> Outcome:
    """One outcome of an introduction. Raises NotFound (`outcome.unknown`)."""
    for one in introduction.outcomes:
        if one.id == outcome_id:
            return one
    raise NotFound("outcome.unknown", id=outcome_id)


def teaches(outcome: Outcome) -> bool:
    """Whether anything may be learned from it: it stands, and no trait was named."""
    return not outcome.retracted and not outcome.quarantined


def _locked(session: Session, identifier: str, today: date, terms: Terms) -> Introduction:
    """One introduction; nobody else records anything of it, or brings her to others, until the transaction ends."""
    connection = session.connection()
    candidate_id = connection.scalar(sa.select(INTRODUCTIONS.c.candidate_id).where(INTRODUCTIONS.c.id == identifier))
    if candidate_id is None:
        raise NotFound("introduction.unknown", id=identifier)
    candidate_version(session, candidate_id)
    return load_introductions(session, [identifier], today=today, terms=terms)[0]


def _complete(given: Given, by: By, today: date, terms: Terms, *, screened: bool | None = None) -> Given:
    """What was given, checked by itself and with what follows from it. `screened`: the note was so before."""
    _check_reasons(given)
    if given.on > today:
        raise Invalid("outcome.in_the_future", "on", reason="in_the_future")
    if (given.kind is OutcomeKind.PRESENT) != (given.week is not None):
        raise Invalid("outcome.week", "week", reason="needed" if given.week is None else "not_for_kind")
    if given.week is not None and given.week not in WEEKS:
        raise Invalid("outcome.week", "week", reason="not_listed")
    note = given.note
    if screened is None:
        check = notes.checked if by.role is RecordedAs.EMPLOYER else notes.checked_of_staff
        note = check(given.note)
    if given.kind is not OutcomeKind.CANDIDATE_AGREED:
        for field, value in (("purpose", given.purpose), ("until", given.until)):
            if value is not None:
                raise Invalid("outcome.agreement_only", field, reason="not_for_kind")
        return replace(given, note=note, reasons=given.reasons or _UNSAID.get(given.kind, ()))
    until = given.until or given.on + timedelta(days=terms.agreement_days)
    if until < given.on:
        raise Invalid("outcome.until", "until", reason="before_start")
    return replace(given, note=note, until=until, purpose=given.purpose or "introduction")


def _check_reasons(given: Given) -> None:
    allowed = REASONS.get(given.kind)
    if allowed is None and given.reasons:
        raise Invalid("outcome.reasons", "reasons", reason="not_for_kind")
    if allowed is not None and not set(given.reasons) <= {one.value for one in allowed}:
        raise Invalid("outcome.reasons", "reasons", reason="not_listed")
    if given.kind in REASON_NEEDED and not given.reasons:
        raise Invalid("outcome.reasons", "reasons", reason="needed")


def _step(given: Given) -> Step:
    return Step(given.kind, given.on, given.week, given.reasons, given.until, given.purpose)


def _columns(given: Given, by: By) -> dict[str, Any]:
    return {
        "week": given.week,
        "reasons": list(given.reasons) or None,
        "note": given.note,
        "quarantined": by.role is RecordedAs.EMPLOYER and notes.names_a_trait(given.note),
        "purpose": given.purpose,
        "until": given.until,
    }


def _without_overtaken_expiry(session: Session, introduction: Introduction, on: date, now: datetime) -> Sequence[Step]:
    """The steps; an expiry that nobody recorded by hand is taken back where a fact of before it comes in late."""
    overtaken = [
        one
        for one in introduction.outcomes
        if one.kind is OutcomeKind.EXPIRED
        and one.recorded_as is RecordedAs.SYSTEM
        and not one.retracted
        and on <= one.on
    ]
    for one in overtaken:
        _replace(session, one, one.on, {"retracted": True}, by=By(None, RecordedAs.SYSTEM), now=now)
    gone = {one.id for one in overtaken}
    return [step for step in introduction.steps if step.id not in gone]


def _told_on(old: Outcome, new: Given, changes: Mapping[str, Any], today: date) -> date | None:
    """When she heard of a decline; with other reasons she has to hear it anew."""
    if "told_on" not in changes:
        return old.told_on if new.reasons == old.reasons else None
    told: date | None = changes["told_on"]
    if told is None:
        return None
    if old.kind is not OutcomeKind.EMPLOYER_DECLINED:
        raise Invalid("outcome.told", "toldOn", reason="not_for_kind")
    if told > today or told < new.on:
        raise Invalid("outcome.told", "toldOn", reason="in_the_future" if told > today else "before_start")
    return told


def _replace(session: Session, old: Outcome, on: date, columns: Mapping[str, Any], *, by: By, now: datetime) -> None:
    """Write the next version of an outcome."""
    connection = session.connection()
    same = {
        "week": old.week,
        "reasons": list(old.reasons) or None,
        "note": old.note,
        "quarantined": old.quarantined,
        "purpose": old.purpose,
        "until": old.until,
        "told_on": old.told_on,
    }
    try:
        insert_outcome(
            session,
            old.introduction_id,
            old.kind,
            on,
            by=by,
            now=now,
            **(same | dict(columns) | {"id": old.id, "version": old.version + 1}),
        )
    except IntegrityError:
        raise Conflict("outcome.taken") from None  # the database would quote the row
    connection.execute(
        sa.update(OUTCOMES).where(OUTCOMES.c.id == old.id, OUTCOMES.c.version == old.version).values(replaced_at=now)
    )
