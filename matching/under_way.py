"""Which request is being answered, for whatever keeps a record or a log of it; the way in sets it, anybody may read it.

It tells nothing about anybody: an id that was made for this request, or one that the client chose.
"""

from contextvars import ContextVar

REQUEST_ID: ContextVar[str | None] = ContextVar("request_id", default=None)
