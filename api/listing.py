"""Lists, some at a time: `limit`, an opaque `cursor`, and `{"items": [...], "next": "/v1/..." | null}`; for routes.

A route asks for `PagingDep`, reads at most `paging.limit + 1` rows that come after `paging.after` (the sort keys of the
last row that was shown, or None), and gives `paging.page(rows, after_of)`.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request

from matching.errors import Invalid

LIMIT, LIMIT_MAX = 50, 200
CURSOR_LENGTH = 1_024
Row = TypeVar("Row")


@dataclass(frozen=True)
class Paging:
    """What part of a list is asked for."""

    request: Request
    limit: int
    after: tuple[str, ...] | None

    def page(self, rows: Sequence[Row], after_of: Callable[[Row], Sequence[str]]) -> tuple[Sequence[Row], str | None]:
        """The rows to show of those that were read (one more than the limit, where there are), and `next`."""
        shown = rows[: self.limit]
        if len(rows) <= self.limit:
            return shown, None
        cursor = base64.urlsafe_b64encode(json.dumps(list(after_of(shown[-1]))).encode()).decode()
        kept = [(name, value) for name, value in self.request.query_params.multi_items() if name != "cursor"]
        return shown, f"{self.request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"


def paging(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at most.")] = LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=CURSOR_LENGTH, description="Where to go on; taken from `next`, and opaque.")
    ] = None,
) -> Paging:
    """What part is asked for. Raises Invalid (`list.cursor`) for a cursor that is none."""
    if cursor is None:
        return Paging(request, limit, None)
    try:
        after = json.loads(base64.urlsafe_b64decode(cursor))
    except ValueError:
        raise Invalid("list.cursor", "cursor") from None
    if not isinstance(after, list) or not after or not all(isinstance(one, str) for one in after):
        raise Invalid("list.cursor", "cursor")
    return Paging(request, limit, tuple(after))


PagingDep = Annotated[Paging, Depends(paging)]
