"""What few may know of the people in a pool, opened for what contracts and screenings ask; for `matching.pool_loading`.

Of whom it cannot be opened any more nothing is known, her ordinary groups included: whether she is in a group that
counts cannot be told, and unknown is never a no.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlmodel import Session

from matching.pool_columns import EVER, NEVER, days
from matching.store.restricted import facts_of, open_sealed
from scoring.columns import UNKNOWN, Ints
from scoring.terms import Screening, ScreeningAnswer, TargetGroup

_GROUPS = {group: 1 << number for number, group in enumerate(TargetGroup)}
_SCREENINGS = {kind: number for number, kind in enumerate(Screening)}
_ANSWERS = {answer: len(ScreeningAnswer) - 1 - number for number, answer in enumerate(ScreeningAnswer)}
_log = logging.getLogger(__name__)

Member = tuple[int, int, int]  # the mask of a group, and its first and last day


@dataclass(frozen=True)
class RestrictedColumns:
    """Memberships of restricted groups as `Memberships` has them, screenings, and of whom nothing can be opened."""

    row: Ints  # (m,) int32
    group: Ints  # (m,) int32
    since: Ints  # (m,) int32
    until: Ints  # (m,) int32
    screenings: Ints  # (n, number of Screening) int8, UNKNOWN where nobody knows
    closed: Ints  # (k,) int32, rows


def restricted_columns(
    session: Session, parts: Iterable[Sequence[Sequence[Any]]], row_of: Mapping[str, int]
) -> RestrictedColumns:
    """The restricted facts of the people who have a row, from parts of their table: (owners, what is sealed).

    Raises VonkError: `vault.other_secret`, `vault.not_named`.
    """
    screenings = np.full((len(row_of), len(Screening)), UNKNOWN, np.int8)
    rows: list[int] = []
    members: list[Member] = []
    closed: list[int] = []
    known: dict[bytes, tuple[list[Member], Ints]] = {}  # many people say the same
    for owners, sealed in parts:
        opened = open_sealed(session, dict(zip(owners, sealed, strict=True)))
        closed += [row_of[owner] for owner in opened.closed]
        for owner, plain in opened.plain.items():
            if plain not in known:
                known[plain] = _read(plain)
            groups, answers = known[plain]
            screenings[row_of[owner]] = answers
            rows += [row_of[owner]] * len(groups)
            members += groups
    if closed:
        _log.warning("restricted facts of %d people cannot be opened and are not known", len(closed))
    group, since, until = np.array(members, np.int32).reshape(-1, 3).T
    return RestrictedColumns(np.array(rows, np.int32), group, since, until, screenings, np.array(closed, np.int32))


def _read(plain: bytes) -> tuple[list[Member], Ints]:
    facts = facts_of(plain)
    answers = np.full(len(Screening), UNKNOWN, np.int8)
    for kind, answer in (facts.screenings or {}).items():
        answers[_SCREENINGS[kind]] = _ANSWERS[answer]
    groups = [(_GROUPS[one.group], days(one.valid_from, EVER), days(one.valid_until, NEVER)) for one in facts.groups]
    return groups, answers
