"""Where an introduction stands, derived from its dated steps; pure, for this package.

Steps are walked by their dates, whatever the order in which they were recorded. A step that cannot be, given the ones
around it, is refused with the reason; so is a correction that would make a later step impossible.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from matching.errors import Conflict, FieldProblem
from matching.trajectories.deadlines import Terms
from matching.trajectories.terms import BEFORE_SHE_IS_KNOWN, CLOSING, ORDER_ON_A_DAY, OutcomeKind

REQUESTED = "requested"  # an employer asked for her card; nobody asked her yet
_K = OutcomeKind
_MEETING = frozenset({_K.NO_SHOW, _K.INTERVIEWED, _K.TRIAL_DAY, _K.OFFER_MADE, _K.TRIAL_STARTED, _K.STARTED})
_AT_WORK = frozenset({_K.HOURS_CHANGED, _K.CONTRACT_EXTENDED, _K.CONTRACT_PERMANENT, _K.PRESENT, _K.MOVED_ON, _K.ENDED})
_STATES = CLOSING | {
    _K.ASKED,
    _K.CANDIDATE_AGREED,
    _K.INTERVIEWED,
    _K.TRIAL_DAY,
    _K.OFFER_MADE,
    _K.TRIAL_STARTED,
    _K.TRIAL_ENDED,
}  # the other steps leave the state as it is


class Impossible(Conflict):
    """Something that cannot be, given what is on record: the field that it is about, and the reason."""

    def __init__(self, code: str, field: str, **values: object):
        super().__init__(code, field, reason=code.rpartition(".")[2], **values)
        self.problems = (FieldProblem(field, code, {"field": field} | values),)


@dataclass(frozen=True)
class Step:
    """A dated fact; `until` is the end of an agreement."""

    kind: OutcomeKind
    on: date
    week: int | None = None
    reasons: tuple[str, ...] = ()
    until: date | None = None
    purpose: str | None = None
    id: str = ""
    told_on: date | None = None
    quarantined: bool = False


def by_date(steps: Iterable[Step]) -> list[Step]:
    """Steps in the order in which they happened."""
    return sorted(steps, key=lambda step: (step.on, ORDER_ON_A_DAY[step.kind], step.week or 0, step.id))


@dataclass
class Way:
    """What the steps come to; `walk` makes it."""

    state: str = REQUESTED
    since: date | None = None  # of that state
    asked: Step | None = None
    agreed: Step | None = None
    started: Step | None = None
    over: Step | None = None  # after which nothing can follow
    decline: Step | None = None  # the employer's
    in_trial: bool = False
    offered: bool = False
    withdrawn: bool = False
    paused: bool = False
    resumed_on: date | None = None
    last_on: date | None = None
    weeks: list[int] = field(default_factory=list)

    def objection(self, step: Step) -> str | None:
        """Why a step cannot follow on those before it, None where it can."""
        kind = step.kind
        if self.over is not None:
            return "expired" if self.over.kind is _K.EXPIRED else "over"
        if kind is _K.ASKED:
            return "already_asked" if self.asked else None
        if kind is _K.EXPIRED:
            return "not_waiting" if self.in_trial or self.started else None
        if kind is _K.EMPLOYER_DECLINED and not self.agreed:
            return None if set(step.reasons) <= BEFORE_SHE_IS_KNOWN else "not_agreed"
        if not self.asked:
            return "not_asked"
        if kind is _K.PAUSED:
            return "already_paused" if self.paused else None
        if kind is _K.RESUMED:
            return None if self.paused else "not_paused"
        if kind is _K.CANDIDATE_AGREED:
            return "already_agreed" if self.agreed else None
        if kind is _K.CANDIDATE_DECLINED:
            return "already_started" if self.started else None
        if not self.agreed:
            return "not_agreed"
        return self._objection_after_agreement(step)

    def _objection_after_agreement(self, step: Step) -> str | None:
        kind = step.kind
        if kind is _K.AGREEMENT_WITHDRAWN:
            return "already_withdrawn" if self.withdrawn else None
        if kind in _AT_WORK:
            return self._objection_at_work(step)
        if self.started is not None:
            return "already_started"
        if kind is _K.OFFER_DECLINED and not self.offered:
            return "no_offer"
        if kind is _K.TRIAL_ENDED and not self.in_trial:
            return "no_trial"
        if kind in _MEETING and self.in_trial and kind not in (_K.NO_SHOW, _K.OFFER_MADE, _K.STARTED):
            return "in_trial"
        return None

    def _objection_at_work(self, step: Step) -> str | None:
        if self.started is None:
            return "not_started"
        if step.kind is not _K.PRESENT or step.week is None:
            return None
        if step.on < self.started.on + timedelta(weeks=step.week - 1):
            return "too_early"
        if step.week in self.weeks:
            return "already_recorded"
        return "weeks_out_of_order" if any(week > step.week for week in self.weeks) else None

    def take(self, step: Step) -> None:
        """Go on with a step that can follow."""
        kind = step.kind
        self.last_on = step.on
        if kind is _K.ASKED:
            self.asked = step
        elif kind is _K.CANDIDATE_AGREED:
            self.agreed = step
        elif kind is _K.STARTED:
            self.started, self.in_trial = step, False
        elif kind is _K.TRIAL_STARTED:
            self.in_trial = True
        elif kind is _K.TRIAL_ENDED:
            self.in_trial = False
        elif kind is _K.OFFER_MADE:
            self.offered = True
        elif kind is _K.AGREEMENT_WITHDRAWN:
            self.withdrawn = True
        elif kind is _K.EMPLOYER_DECLINED:
            self.decline = step
        elif kind is _K.PRESENT and step.week is not None:
            self.weeks.append(step.week)
        elif kind in (_K.PAUSED, _K.RESUMED):
            self.paused = kind is _K.PAUSED
            self.resumed_on = step.on if kind is _K.RESUMED else None
        works_on = kind is _K.AGREEMENT_WITHDRAWN and self.started is not None
        if kind in _STATES and not works_on:
            self.state, self.since = kind.value, step.on
        if kind in CLOSING - {_K.STARTED} and not works_on:
            self.over = step


def walk(steps: Iterable[Step], new: Step | None = None) -> Way:
    """What the steps come to, `new` among them.

    Raises Impossible (`outcome.<reason>`) at the first step that cannot follow on those before it; its values name
    that step, which is the new one or one that the new one would make impossible.
    """
    way = Way()
    for step in by_date([*steps, *([new] if new else [])]):
        reason = way.objection(step)
        if reason is not None:
            where = "on" if new is None or step is not new or reason in ("too_early", "weeks_out_of_order") else "kind"
            blocked_by = way.over or way.started or way.agreed or way.asked
            values: dict[str, object] = {} if step.week is None else {"week": step.week}
            if blocked_by is not None:
                values |= {"after": blocked_by.kind.value, "after_on": blocked_by.on}
            raise Impossible(f"outcome.{reason}", where, kind=step.kind.value, on=step.on, **values)
        way.take(step)
    return way


@dataclass(frozen=True)
class Standing:
    """Where an introduction stands on a day."""

    state: str  # `requested`, or the kind of the step that decided it
    since: date
    is_open: bool  # counts towards her maximum
    paused: bool
    awaits: str | None  # adviser, candidate or employer
    expires_on: date | None
    agreement: Step | None  # in force on this day
    way: Way


def standing(
    steps: Sequence[Step],
    *,
    created_on: date,
    today: date,
    terms: Terms,
    paused: bool = False,
    resumed_on: date | None = None,
) -> Standing:
    """Where an introduction stands; `paused` and `resumed_on` are those of her whole trajectory.

    What was not answered within its term has expired, recorded or not; while she pauses no term runs.
    """
    way = walk(steps)
    state, since = way.state, way.since or created_on
    awaits = _awaits(way)
    is_paused = (paused or way.paused) and way.over is None
    expires_on = None if is_paused else _expires_on(way, since, terms, (resumed_on, way.resumed_on))
    closed = state in CLOSING
    if expires_on is not None and expires_on < today:
        state, since, awaits, closed = _K.EXPIRED.value, expires_on, None, True
    alive = way.over is None and state != _K.EXPIRED and not way.withdrawn
    return Standing(
        state=state,
        since=since,
        is_open=way.asked is not None and not closed,
        paused=is_paused,
        awaits=awaits,
        expires_on=None if closed else expires_on,
        agreement=way.agreed if alive and way.agreed is not None and _in_force(way.agreed, today) else None,
        way=way,
    )


def _in_force(agreement: Step, today: date) -> bool:
    return agreement.on <= today and (agreement.until is None or today <= agreement.until)


def _awaits(way: Way) -> str | None:
    if way.over is not None or way.started is not None or way.in_trial:
        return None
    if way.asked is None:
        return "adviser"
    return "candidate" if way.agreed is None or way.state == _K.OFFER_MADE else "employer"


def _expires_on(way: Way, since: date, terms: Terms, resumed: Iterable[date | None]) -> date | None:
    """The last day on which an answer is in time; only where nothing at all was heard is there such a day."""
    days = {
        REQUESTED: terms.request_days,
        _K.ASKED.value: terms.candidate_answer_days,
        _K.CANDIDATE_AGREED.value: terms.employer_answer_days,
    }.get(way.state)
    if days is None:
        return None
    return max([since, *(day for day in resumed if day is not None)]) + timedelta(days=days)
