"""Lists, some at a time: `limit`, an opaque `cursor`, and `{"items": [...], "next": "/v1/..." | null}`; for routes.

A route asks for `PagingDep`, reads at most `paging.limit + 1` rows after `paging.after` (the sort keys of the last row
that was shown, or None), and gives `paging.page(rows, after_of)`.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from matching.errors import Invalid

LIMIT, LIMIT_MAX = 50, 200
CURSOR_LENGTH = 1_024

Row = TypeVar("Row")
After = Sequence[str | int | float | bool | None]  # sort keys; moments and dates as text


class Paging:
    """What part of a list is asked for; made by `paging`."""

    def __init__(self, request: Request, limit: int, after: After | None) -> None:
        self.limit, self.after = limit, after
        self._request = request

    def page(self, rows: Sequence[Row], after_of: Callable[[Row], After]) -> tuple[Sequence[Row], str | None]:
        """The rows to show of those that were read (one more than the limit, where there are), and `next`."""
        shown = rows[: self.limit]
        return shown, self.next(after_of(shown[-1])) if len(rows) > self.limit else None

    def next(self, after: After) -> str:
        """The address of what comes after these sort keys, with all other query parameters as they were."""
        cursor = base64.urlsafe_b64encode(json.dumps(list(after)).encode()).decode().rstrip("=")
        kept = [(name, value) for name, value in self._request.query_params.multi_items() if name != "cursor"]
        return f"{self._request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"


def paging(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at most.")] = LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=CURSOR_LENGTH, description="Where to go on; taken from `next`, and opaque.")
    ] = None,
) -> Paging:
    """What part is asked for. Raises Invalid (`cursor.unreadable`) for a cursor that is not of this list."""
    if cursor is None:
        return Paging(request, limit, None)
    try:
        after = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise Invalid("cursor.unreadable", "cursor", reason="cursor") from None
    if not isinstance(after, list) or not all(isinstance(one, str | int) for one in after):
        raise Invalid("cursor.unreadable", "cursor", reason="cursor")
    return Paging(request, limit, after)


PagingDep = Annotated[Paging, Depends(paging)]
