"""Problems that are of HTTP itself, each with its stable code and status; raised by this package and by routes.

What goes wrong in the field itself is in `matching.errors`. `api.problems` tells both.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from starlette.exceptions import HTTPException

from matching.errors import FieldProblem

STATUS_OF: Mapping[str, int] = MappingProxyType(
    {
        "bad_input": 400,
        "unauthorized": 401,
        "forbidden": 403,
        "not_found": 404,
        "method_not_allowed": 405,
        "request.too_slow": 408,
        "conflict": 409,
        "precondition.stale": 412,
        "body.too_large": 413,
        "url.too_long": 414,
        "body.media_type": 415,
        "precondition.required": 428,
        "rate.exceeded": 429,
        "counts.exceeded": 429,
        "server.busy": 429,
        "headers.too_many": 431,
        "internal": 500,
        "database.away": 503,
        "server.not_ready": 503,
        "request.took_too_long": 504,
        "storage.full": 507,
    }
)
KIND_OF: Mapping[int, str] = MappingProxyType({status: kind for kind, status in reversed(list(STATUS_OF.items()))})


class HttpProblem(HTTPException):
    """Something that HTTP has a status for; `values` are for its sentence, and hold nothing that is personal."""

    def __init__(
        self,
        kind: str,
        /,
        *,
        errors: Sequence[FieldProblem] = (),
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        super().__init__(STATUS_OF[kind], headers=headers)
        self.kind = kind
        self.errors = tuple(errors)
        self.values = values


def bad_input(field: str, reason: str, /, **values: object) -> HttpProblem:
    """The problem of one field that cannot be accepted; `reason` has words under `http.input`."""
    return HttpProblem("bad_input", errors=(FieldProblem(field, reason, values),))


def retry_after(seconds: float) -> dict[str, str]:
    """The header that says when to come back: whole seconds, at least one."""
    return {"Retry-After": str(max(1, -int(-seconds // 1)))}
