"""Lists, some at a time: `limit`, an opaque `cursor`, and `{"items": [...], "next": "/v1/..." | null}`; for routes.

A route asks for `PagingDep`, reads at most `paging.limit + 1` rows that come after `paging.after` (the sort keys of the
last row that was shown, or None), and gives `paging.page(items, after_of)`.

A cursor is sealed: sort keys may be names, and an address ends in the history of a browser and in logs of proxies. It
is bound to its path and to the other query parameters, so that it goes on with the list that it came from or not at
all; a limit may change underway.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from api.dependencies import ServiceDep
from api.http.kinds import bad_input
from api.languages import PARAMETER
from matching.sealing import derived_key, seal, unseal

LIMIT, LIMIT_MAX = 50, 200
CURSOR_LENGTH = 1_024
_PURPOSE = b"vonk cursors"
_NOT_OF_THE_LIST = ("limit", "cursor", PARAMETER)

Item = TypeVar("Item")
Row = TypeVar("Row")
After = Sequence[str | int | float | bool | None]  # sort keys; moments and dates as text


class Page(BaseModel, Generic[Item]):
    """Part of a list, and where the rest is."""

    items: list[Item] = Field(max_length=LIMIT_MAX)
    next: str | None = Field(max_length=8_192, description="The address of what follows; null at the end.")


class Paging:
    """What part of a list is asked for; made by `paging`."""

    def __init__(self, request: Request, key: bytes, limit: int, after: After | None) -> None:
        self.limit, self.after = limit, after
        self._request, self._key = request, key

    def page(self, rows: Sequence[Row], after_of: Callable[[Row], After]) -> tuple[Sequence[Row], str | None]:
        """The rows to show of those that were read (one more than the limit, where there are), and `next`."""
        shown = rows[: self.limit]
        return shown, self.next(after_of(shown[-1])) if len(rows) > self.limit else None

    def next(self, after: After) -> str:
        """The address of what comes after these sort keys, with all other query parameters as they were."""
        sealed = seal(self._key, json.dumps(list(after)).encode(), _bound_to(self._request))
        cursor = base64.urlsafe_b64encode(sealed).decode().rstrip("=")
        kept = [(name, value) for name, value in self._request.query_params.multi_items() if name != "cursor"]
        return f"{self._request.url.path}?{urlencode([*kept, ('cursor', cursor)])}"


def paging(
    request: Request,
    service: ServiceDep,
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many at most.")] = LIMIT,
    cursor: Annotated[
        str | None, Query(max_length=CURSOR_LENGTH, description="Where to go on; taken from `next`, and opaque.")
    ] = None,
) -> Paging:
    """What part is asked for. Raises HttpProblem (`bad_input`, `cursor`) for a cursor that is not of this list."""
    key = derived_key(service.settings, _PURPOSE)
    if cursor is None:
        return Paging(request, key, limit, None)
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise bad_input("cursor", "cursor") from None
    plain = unseal(key, sealed, _bound_to(request))
    if plain is None:
        raise bad_input("cursor", "cursor")
    return Paging(request, key, limit, json.loads(plain))


PagingDep = Annotated[Paging, Depends(paging)]


def _bound_to(request: Request) -> bytes:
    asked = sorted(pair for pair in request.query_params.multi_items() if pair[0] not in _NOT_OF_THE_LIST)
    return json.dumps([request.url.path, asked]).encode()
