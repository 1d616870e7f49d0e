"""A client of the HTTP API, for programs of others: typed, and it sends again what may be sent again.

    with Client("https://vonk.example", token="...") as vonk:
        for item in vonk.ranking("v_8f2k").items: ...

Needs the extra `client`. A method for each resource stands beside the general ones (`get`, `create`, `change`,
`remove`, `each`); what the server will not do is raised as `ProblemError`.

Sent again, some times: what was refused for the moment (429, 503, and a POST whose twin is under way), after the time
that the server says; and, where no answer came at all, everything but a change (PATCH), of which nobody can tell then
whether it was made. A POST keeps its Idempotency-Key over all tries, so that it is done once.
"""

import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx2

from api.schemas.ranking import ExplanationBody, RankingBody

PREFIX = "/v1"
TRIES = 5
LONGEST_WAIT_SECONDS = 60.0
_FIRST_WAIT_SECONDS = 0.2
_FOR_THE_MOMENT = (429, 503)
_UNDER_WAY = "urn:vonk:problem:idempotency.under_way"
_PROBLEM = "application/problem+json"

Values = Mapping[str, str | int | float | bool | None]


class ProblemError(Exception):
    """The server says that it cannot be done: RFC 9457, or less where something on the way answered."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.type = str(problem.get("type", "about:blank"))
        self.title = str(problem.get("title", f"HTTP {status}"))
        self.detail: str | None = problem.get("detail")
        self.errors: dict[str, str] = {one["field"]: one["reason"] for one in problem.get("errors", [])}
        super().__init__(" ".join((str(status), self.type, *sorted(self.errors))))


@dataclass(frozen=True)
class Stored:
    """What is stored, with the version that a change has to name. The content does not show when it is printed."""

    content: Any = field(repr=False)
    etag: str | None
    location: str | None = None


class Client:
    """Speaks with one server. Close it when done, or use it as a context. One thread at a time."""

    def __init__(
        self,
        server: str,
        *,
        token: str | None = None,
        language: str = "nl",
        timeout_seconds: float = 60.0,
        transport: httpx2.BaseTransport | None = None,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Accept-Language": language, "Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        self._http = httpx2.Client(base_url=server, headers=headers, timeout=timeout_seconds, transport=transport)
        self._wait = wait

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def ranking(self, vacancy_id: str, *, limit: int = 50) -> RankingBody:
        """The people ranked for a vacancy. Raises ProblemError."""
        return RankingBody.model_validate(self.get(f"/vacancies/{_part(vacancy_id)}/ranking", {"limit": limit}).content)

    def explanation(self, vacancy_id: str, candidate_id: str) -> ExplanationBody:
        """One pair explained, also where it is blocked. Raises ProblemError."""
        return ExplanationBody.model_validate(
            self.get(f"/vacancies/{_part(vacancy_id)}/ranking/{_part(candidate_id)}").content
        )

    def get(self, path: str, query: Values | None = None) -> Stored:
        """What stands under a path of /v1, such as "/vacancies/v_8f2k". Raises ProblemError."""
        return _stored(self._answer("GET", PREFIX + path, query=query))

    def each(self, path: str, query: Values | None = None) -> Iterator[Any]:
        """Every item of a list, part after part as they are used. Raises ProblemError."""
        following: str | None = PREFIX + path
        while following is not None:
            body = self._answer("GET", following, query=query).json()
            yield from body["items"]
            following, query = body["next"], None  # `next` has the query in it
            if following is not None and not following.startswith(f"{PREFIX}/"):
                raise ValueError("the server names a next part that is not its own")

    def create(self, path: str, body: Any, *, key: str | None = None) -> Stored:
        """Make something, once. `key`: an Idempotency-Key that outlives this program. Raises ProblemError."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        return _stored(self._answer("POST", PREFIX + path, body=body, headers=headers))

    def change(self, path: str, body: Any, *, etag: str | None) -> Stored:
        """Change what is of this version (None: of any), by a merge patch. Raises ProblemError; 412 is stale."""
        return _stored(self._answer("PATCH", PREFIX + path, body=body, headers={"If-Match": etag or "*"}))

    def remove(self, path: str, *, etag: str | None = None) -> None:
        """Remove what stands under a path. Raises ProblemError."""
        self._answer("DELETE", PREFIX + path, headers={"If-Match": etag or "*"})

    def _answer(
        self,
        method: str,
        path: str,
        *,
        query: Values | None = None,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx2.Response:
        tries_left = TRIES
        while True:
            tries_left -= 1
            waited = _FIRST_WAIT_SECONDS * 2 ** (TRIES - tries_left - 1) * random.uniform(0.5, 1.5)  # noqa: S311
            try:
                answer = self._http.request(method, path, params=query, json=body, headers=headers)
            except httpx2.TransportError:
                if not tries_left or method == "PATCH":
                    raise
            else:
                if answer.is_success:
                    return answer
                problem = ProblemError(answer.status_code, _told(answer))
                if not tries_left or not (problem.status in _FOR_THE_MOMENT or problem.type == _UNDER_WAY):
                    raise problem
                said = answer.headers.get("retry-after", "")
                waited = max(waited, float(said)) if said.isdigit() else waited
                if waited > LONGEST_WAIT_SECONDS:
                    raise problem
            self._wait(waited)


def _part(identifier: str) -> str:
    """An id as one part of a path, whatever is in it."""
    return quote(identifier, safe="")


def _told(answer: httpx2.Response) -> Mapping[str, Any]:
    if not answer.headers.get("content-type", "").startswith(_PROBLEM):
        return {}
    problem: Mapping[str, Any] = answer.json()
    return problem


def _stored(answer: httpx2.Response) -> Stored:
    content = answer.json() if answer.content else None
    return Stored(content, answer.headers.get("etag"), answer.headers.get("location"))
