"""Counts of people for employers: how many are told a day; for the routes that tell them.

Counts are bounded in number, so that many small changes do not tell of one person whether she is there.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import Engine
from sqlmodel import Session

from matching.clock import date_of
from matching.counting import asked_once_more
from matching.database import session_scope
from matching.reach import Reach
from matching.vacancy_lists import stored_vacancies

_MOST_KEPT = 10_000


@dataclass(frozen=True)
class Told:
    """Of which versions of vacancies a count was told today, by this process: to look again is no new question."""

    of: set[tuple[str, int, date]] = field(default_factory=set)


def may_count(engine: Engine, reach: Reach, moment: datetime) -> bool:
    """Count one more question of the organisations of an employer; whether it may still be answered."""
    with session_scope(engine) as session:
        return all(asked_once_more(session, one, date_of(moment)) for one in sorted(reach.organisations))


def may_tell_again(
    engine: Engine, session: Session, told: Told, reach: Reach, moment: datetime, *, vacancy_id: str
) -> bool:
    """The same for a vacancy that is stored; one that was not changed since it was told today is free."""
    version = int(stored_vacancies(session, [vacancy_id])[vacancy_id]["version"])
    asked = (vacancy_id, version, date_of(moment))
    if asked in told.of:
        return True
    if not may_count(engine, reach, moment):
        return False
    if len(told.of) >= _MOST_KEPT:
        told.of.clear()
    told.of.add(asked)
    return True
