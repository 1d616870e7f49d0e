"""A dependency that already has the answer gives it here, and one that wants to keep the answer gets to see it.

Both happen inside the transaction of the request, as `api.http.routing` calls them. Known to that module, to
`api.http.etags` and to `api.http.idempotency`.
"""

from collections.abc import Callable

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

Keep = Callable[[Response], None]
_KEEP = "keep_answer"


class Early(Exception):
    """The answer is known before the route has run; the route does not run."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


def keep_answer(request: Request, keep: Keep) -> None:
    """Have a function called with the answer of the route, if it is a good one (2xx); it may use the session."""
    setattr(request.state, _KEEP, keep)


async def after_answer(request: Request, response: Response) -> None:
    """Call what wanted to keep the answer."""
    keep: Keep | None = getattr(request.state, _KEEP, None)
    if keep is not None and 200 <= response.status_code < 300:
        await run_in_threadpool(keep, response)
