"""Terms and rhythms of a trajectory, out of the rule set `trajectories`; for this package."""

from dataclasses import dataclass, fields
from datetime import date, timedelta

from sqlmodel import Session

from matching.rule_store import active_rules
from matching.rules import RuleSet

RULES = "trajectories"
_WORKING_DAYS = 5  # Monday to Friday


@dataclass(frozen=True)
class Terms:
    """The numbers in force on a day; the rule of each is named after it."""

    request_days: int
    candidate_answer_days: int
    employer_answer_days: int
    remind_days: int
    tell_working_days: int
    agreement_days: int
    contact_days_first: int
    contact_days_early: int
    contact_days_later: int
    contact_days_settled: int
    contact_days_seeking: int
    contact_first_weeks: int
    contact_early_weeks: int
    contact_later_weeks: int
    week_late_days: int
    trial_ahead_days: int
    contract_ahead_days: int
    pause_ahead_days: int
    confirm_days: int
    learning_years: int

    def contact_days(self, weeks_at_work: int | None) -> int:
        """After how many days contact has lapsed: soon in the first weeks, later less often; None: not at work."""
        if weeks_at_work is None:
            return self.contact_days_seeking
        if weeks_at_work < self.contact_first_weeks:
            return self.contact_days_first
        if weeks_at_work < self.contact_early_weeks:
            return self.contact_days_early
        return self.contact_days_later if weeks_at_work < self.contact_later_weeks else self.contact_days_settled


def terms_on(rules: RuleSet, on: date) -> Terms:
    """The terms in force on a day. Raises NoRule where one is missing."""
    return Terms(**{one.name: int(rules.number(one.name, on)) for one in fields(Terms)})


def terms_of(session: Session, on: date) -> Terms:
    """The terms in force on a day, out of the newest rule set. Raises NotFound (`rules.no_set`)."""
    return terms_on(active_rules(session, RULES), on)


def working_days_after(day: date, n: int) -> date:
    """The n-th working day after a day; holidays count as working days, so that nobody hears later than the term."""
    while n > 0:
        day += timedelta(days=1)
        n -= day.weekday() < _WORKING_DAYS
    return day
