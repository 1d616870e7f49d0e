"""What is kept no longer than its term, by the rules in force (`national`: retention.*, ai_act.*); run once a day.

Only what clearly has a term goes by itself. A profile that nobody confirmed for long is counted, never erased: whether
she still looks for work is a question for her coach or caseworker, and a person who is hard to reach must not vanish
from the card file for it.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import and_, delete, func, or_, select
from sqlmodel import Session

from matching.changes import note_change
from matching.clock import date_of
from matching.record import RecordKind, expire, record
from matching.rule_store import active_rules
from matching.rules import NoRule, RuleSet
from matching.settings import AUDIT_MONTHS_MIN, Settings
from matching.store import existing
from matching.tables import metadata
from matching.tables.changes import ChangeKind
from matching.vault import forget_keys_of_nobody

RULES = "national"
_ENTRIES = metadata.tables["audit_entries"]
_INTRODUCTIONS, _CANDIDATES = metadata.tables["introductions"], metadata.tables["candidates"]


@dataclass(frozen=True)
class Retained:
    """What one run erased, and what it found that somebody should look at."""

    n_batches: int  # of the record, with so many entries
    n_entries: int
    n_introductions: int
    n_keys: int  # of people who never came to be
    n_unconfirmed: int  # profiles not confirmed for long: to be confirmed, not erased


def retain(session: Session, settings: Settings, *, now: datetime) -> Retained:
    """Erase what is due at a moment, in the caller's transaction (keys of nobody at once), and put that on the record.

    Raises NotFound where there is no national rule set, NoRule where it has no term that holds.
    """
    rules, day = active_rules(session, RULES), date_of(now)
    n_batches, n_entries = expire(session, _months_before(now, audit_months(settings, rules, day)), now=now)
    n_introductions = _introductions(session, rules, now)
    begun = _begun(session)
    n_keys = 0 if begun is None else forget_keys_of_nobody(settings, lambda ids: existing(session, ids), since=begun)
    done = Retained(n_batches, n_entries, n_introductions, n_keys, _unconfirmed(session, rules, now))
    if n_batches or n_introductions or n_keys:
        counts = {"batches": n_batches, "entries": n_entries, "introductions": n_introductions, "keys": n_keys}
        record(session, None, RecordKind.RETENTION_APPLIED, now=now, details=counts)
    return done


def _begun(session: Session) -> date | None:
    """Since when this database, as it stands, goes on: its first entry on record, or the last time it was set back.

    Keys from before are left alone. A database that is new, or that was set back to an old backup, knows nobody of
    them; the one that does may come back, and without its keys every name in it would be lost.
    """
    columns, connection = _ENTRIES.c, session.connection()
    first = connection.scalar(select(columns.at).order_by(columns.id).limit(1))
    # By `vonk restore`; or by other means, after which the anchor is begun again.
    set_back = columns.kind.in_([RecordKind.RESTORED.value, RecordKind.ANCHOR_BEGUN.value])
    restored = connection.scalar(select(func.max(columns.at)).where(set_back))
    return None if first is None else date_of(restored or first)


def audit_months(settings: Settings, rules: RuleSet, on: date) -> int:
    """How many months the record is kept: as set, and never shorter than the law asks."""
    try:
        least = int(rules.number("ai_act.logs_months_minimum", on))
    except NoRule:  # not in force yet
        least = AUDIT_MONTHS_MIN
    return max(settings.audit_months, least, AUDIT_MONTHS_MIN)


def _introductions(session: Session, rules: RuleSet, now: datetime) -> int:
    """Introductions of which no work came: four weeks, or as long as she agreed to."""
    columns, day = _INTRODUCTIONS.c, date_of(now)
    plain = now - timedelta(weeks=rules.number("retention.rejected_weeks", day))
    agreed = _months_before(now, 12 * int(rules.number("retention.rejected_with_consent_years", day)))
    due = or_(
        and_(columns.keep_agreed_on.is_(None), columns.rejected_at <= plain),
        and_(columns.keep_agreed_on.is_not(None), columns.rejected_at <= agreed),
    )
    gone: Sequence[str] = (
        session.connection().scalars(delete(_INTRODUCTIONS).where(due).returning(columns.candidate_id)).all()
    )
    note_change(session, ChangeKind.CANDIDATE, gone)
    return len(gone)


def _unconfirmed(session: Session, rules: RuleSet, now: datetime) -> int:
    columns = _CANDIDATES.c
    before = date_of(_months_before(now, int(rules.number("retention.ask_to_confirm_months", date_of(now)))))
    confirmed = func.coalesce(columns.last_confirmed_on, func.date(columns.created_at))
    return int(session.connection().scalar(select(func.count()).where(confirmed < before)) or 0)


def _months_before(moment: datetime, months: int) -> datetime:
    """The same day so many months earlier; the last of the month where that has no such day."""
    years, month = divmod(moment.year * 12 + moment.month - 1 - months, 12)
    last = calendar.monthrange(years, month + 1)[1]
    return moment.replace(year=years, month=month + 1, day=min(moment.day, last))
