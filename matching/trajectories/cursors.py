"""Where a list goes on: the sort keys of its last row, as text, read back; for this package."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from matching.errors import Invalid


def after_moment(
    after: Sequence[object], moment: sa.ColumnElement[datetime], identifier: sa.ColumnElement[str]
) -> sa.ColumnElement[bool]:
    """What comes after (moment, id) where the latest is first. Raises Invalid (`cursor.unreadable`)."""
    return _after(after, moment, identifier, datetime.fromisoformat)


def after_day(
    after: Sequence[object], day: sa.ColumnElement[date], identifier: sa.ColumnElement[str]
) -> sa.ColumnElement[bool]:
    """What comes after (day, id) where the latest is first. Raises Invalid (`cursor.unreadable`)."""
    return _after(after, day, identifier, date.fromisoformat)


def _after(
    after: Sequence[object],
    when: sa.ColumnElement[Any],
    identifier: sa.ColumnElement[str],
    read: Callable[[str], date],
) -> sa.ColumnElement[bool]:
    try:
        last, last_id = after
        found = read(str(last))
        if isinstance(found, datetime) and found.tzinfo is None:
            raise ValueError
    except ValueError:
        raise Invalid("cursor.unreadable", "cursor", reason="cursor") from None
    return sa.or_(when < found, sa.and_(when == found, identifier < str(last_id)))
