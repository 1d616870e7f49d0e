"""`Idempotency-Key` on POSTs that create (IETF draft-ietf-httpapi-idempotency-key-header); for routes.

A route that creates depends on `ONCE`, after its policy and with the writing session of the request:

    @router.post("", status_code=201, dependencies=[Depends(Needs(...)), ONCE])

The header may be left out: then nothing is kept, and a retry does it again. With it, the answer is kept in the very
transaction of the write (`matching.idempotency` tells how, and how it is sealed), so it does not matter where a server
or a connection breaks off. A key belongs to an account, a method and a path. The same key again gives the same answer,
with `Idempotency-Replayed: true`, to whom the policy still allows it; with another body or query it is 400
(`idempotency.other_body`); while the first is under way, 409 (`idempotency.under_way`) or a wait. Only good answers
(2xx) are kept: what failed changed nothing.
"""

from typing import Annotated

from fastapi import Depends, Header, Request, Response

from api.dependencies import ServiceDep, SessionDep, person_of
from api.http.callers import account_of
from api.http.door import DIGEST
from api.http.early import Early, keep_answer
from api.http.rates import address_of
from matching import idempotency
from matching.clock import now
from matching.idempotency import Answer
from matching.tables.base import ID_LENGTH

REPLAYED = "Idempotency-Replayed"
_KEPT_HEADERS = ("content-type", "content-language", "location", "etag")
_Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        pattern=r"^[\x21-\x7e]+$",
        description="Chosen by the client, new for each thing to make: sent again with it, it is made once.",
    ),
]


async def whole_digest(request: Request) -> bytes:
    """A digest of the query and the body, once all of the body is in; a form was read, and digested, already."""
    if not getattr(request, "_stream_consumed", False):
        await request.body()
    body: bytes = getattr(request.state, DIGEST).digest()
    return request.url.query.encode() + b"\0" + body


def once(
    request: Request,
    service: ServiceDep,
    session: SessionDep,
    asked: Annotated[bytes, Depends(whole_digest)],
    key: _Key = None,
) -> None:
    """Give the kept answer, or have that of the route kept. Raises as `matching.idempotency.recall` does."""
    if key is None:
        return
    moment = now(service.settings)
    attempt = idempotency.attempt(
        service.settings,
        account=account_of(request) or f"nobody at {address_of(request)}",
        method=request.method,
        path=request.url.path,
        key=key,
        asked=asked,
    )
    kept = idempotency.recall(session, attempt, moment)
    if kept is not None:
        raise Early(Response(kept.body, kept.status, dict(kept.headers) | {REPLAYED: "true"}))

    def keep(response: Response) -> None:
        headers = tuple((name, response.headers[name]) for name in _KEPT_HEADERS if name in response.headers)
        made = response.headers.get("location", "").rpartition("/")[2]
        idempotency.remember(
            session,
            attempt,
            Answer(response.status_code, headers, bytes(response.body)),
            about=person_of(request) or (made if 0 < len(made) <= ID_LENGTH else None),
            now=moment,
            hours=service.settings.idempotency_hours,
        )

    keep_answer(request, keep)


ONCE = Depends(once, scope="function")
OnceDep = Annotated[None, ONCE]  # as the last parameter, where the policy is a parameter too
