"""Versions of what is stored, as ETag, If-Match and If-None-Match say them (RFC 9110, 13); for routes.

An ETag is `"<version>.<language>"`: strong, since a body differs by version and by language. A change is of the version
whatever the language, so If-Match goes by the version alone. A route that changes something asks for `IfMatchDep` and
calls `require` with the version that it read *in the transaction that writes*. Without If-Match it is refused (428):
a form that was opened yesterday must not undo, unseen, what a colleague filled in today. Who means to do so says `*`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response

from api.http.early import Early
from api.http.kinds import HttpProblem, bad_input
from api.languages import language_of

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')
_MOST = 1_000
_STORED_MATCH = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=_MOST,
        description='The ETag of what is changed, as it was read; "*" for whatever it is now.',
    ),
]


# For `responses` of a route that calls `answer_with_version`, so that its description has it.
NOT_MODIFIED: Mapping[int | str, dict[str, Any]] = {304: {"description": "The client has this version."}}


def etag(version: int, request: Request) -> str:
    """The ETag of a version, in the language of who asks."""
    return f'"{version}.{language_of(request)}"'


@dataclass(frozen=True)
class IfMatch:
    """What If-Match says; asked once it is known that who asks may change the thing at all."""

    said: str | None

    def require(self, version: int) -> None:
        """Raise HttpProblem where what is stored is not of a version that is named.

        `precondition.required` without If-Match, `bad_input` where it is no ETag, `precondition.stale` otherwise.
        """
        if self.said is None:
            raise HttpProblem("precondition.required")
        tags = _tags(self.said, "If-Match")
        if tags is None:
            return
        if str(version) not in {tag.partition(".")[0] for is_weak, tag in tags if not is_weak}:
            raise HttpProblem("precondition.stale")


async def if_match(said: _STORED_MATCH = None) -> IfMatch:
    """What If-Match says."""
    return IfMatch(said)


IfMatchDep = Annotated[IfMatch, Depends(if_match)]


def answer_with_version(request: Request, response: Response, version: int) -> None:
    """Put the ETag on an answer. Raises Early with 304 where the client has this version (If-None-Match)."""
    mine = etag(version, request)
    said = request.headers.get("if-none-match") if request.method in ("GET", "HEAD") else None
    if said is not None:
        tags = _tags(said, "If-None-Match")
        if tags is None or mine.strip('"') in {tag for _, tag in tags}:
            raise Early(Response(status_code=304, headers={"ETag": mine}))
    response.headers["ETag"] = mine


def _tags(said: str, field: str) -> list[tuple[bool, str]] | None:
    """Whether each is weak, and its text; None for `*`. Raises HttpProblem (`bad_input`)."""
    if said.strip() == "*":
        return None
    found = []
    for part in said[:_MOST].split(","):
        tag = _TAG.fullmatch(part.strip())
        if tag is None:
            raise bad_input(field, "etag")
        found.append((bool(tag[1]), tag[2]))
    return found
