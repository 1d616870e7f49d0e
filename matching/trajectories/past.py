"""What ended becomes a past placement of her profile, so that rankings know where she worked; for this package."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import sqlalchemy as sa
from sqlmodel import Session

from matching.profiles import MAX_LIST, PastPlacement
from matching.store import change_candidate, load_candidate
from matching.tables import metadata
from matching.trajectories.reading import INTRODUCTIONS, OUTCOMES, VACANCIES, stands
from matching.trajectories.terms import OutcomeKind
from scoring.terms import EndReason

PLACEMENTS = metadata.tables["placements"]
ORGANISATIONS = metadata.tables["organisations"]
_ENDINGS = (OutcomeKind.TRIAL_ENDED, OutcomeKind.MOVED_ON, OutcomeKind.ENDED)


@contextmanager
def past_kept(session: Session, candidate_id: str, now: datetime) -> Iterator[None]:
    """Keep her past placements as what ended within the block says; those of before Vonk stay as they are."""
    before = _ended(session, candidate_id)
    yield
    session.flush()
    after = _ended(session, candidate_id)
    if after == before:
        return
    profile = load_candidate(session, candidate_id)
    kept = list(profile.past_placements)
    for one in before:
        if one in kept:
            kept.remove(one)
    kept += after
    if len(kept) > MAX_LIST:
        kept = sorted(kept, key=lambda one: one.ended_on or date.min)[-MAX_LIST:]
    change_candidate(session, candidate_id, profile.model_copy(update={"past_placements": kept}), now=now)


def _ended(session: Session, candidate_id: str) -> list[PastPlacement]:
    """One for each reason for which a placement ended, or an introduction of which no placement is on record."""
    connection = session.connection()
    placements = PLACEMENTS.c
    rows = [
        (one.work_floor or one.legal_employer, one.team, one.end_reasons, one.ended_on)
        for one in connection.execute(
            sa.select(PLACEMENTS)
            .where(placements.candidate_id == candidate_id, placements.ended_on.is_not(None))
            .order_by(placements.ended_on, placements.id)
        )
    ]
    has_placement = sa.exists().where(placements.introduction_id == INTRODUCTIONS.c.id)
    employer = sa.func.coalesce(VACANCIES.c.work_floor, VACANCIES.c.legal_employer, ORGANISATIONS.c.name)
    rows += connection.execute(
        sa.select(employer, VACANCIES.c.team, OUTCOMES.c.reasons, OUTCOMES.c.happened_on)
        .select_from(OUTCOMES)
        .join(INTRODUCTIONS, INTRODUCTIONS.c.id == OUTCOMES.c.introduction_id)
        .join(VACANCIES, VACANCIES.c.id == INTRODUCTIONS.c.vacancy_id)
        .outerjoin(ORGANISATIONS, ORGANISATIONS.c.id == INTRODUCTIONS.c.organisation_id)
        .where(
            INTRODUCTIONS.c.candidate_id == candidate_id,
            OUTCOMES.c.kind.in_([kind.value for kind in _ENDINGS]),
            stands(),
            sa.not_(has_placement),
            employer.is_not(None),
        )
        .order_by(OUTCOMES.c.happened_on, OUTCOMES.c.id)
    ).all()
    return [
        PastPlacement(employer=where, team=team, reason=EndReason(reason), ended_on=on)
        for where, team, reasons, on in rows
        for reason in reasons or ()
    ]
