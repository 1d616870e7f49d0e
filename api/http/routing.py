"""Routes of the API: how each reads its body and keeps its answer, and which methods and templates an app has."""

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response, params
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from api.http.bodies import FORM, JSON, MERGE_PATCH, MULTIPART, StrictRequest, require_media_type
from api.http.early import Early, after_answer

UNMATCHED = "unmatched"


class ApiRoute(APIRoute):
    """A route that takes bodies of its own media type alone, and reads JSON strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler; it also lets a dependency answer early (`api.http.early`)."""
        handle = super().get_route_handler()
        accepted = self.media_types

        async def strictly(request: Request) -> Response:
            strict = StrictRequest(request.scope, request.receive)
            if accepted:
                require_media_type(request.headers, accepted)
            try:
                response = await handle(strict)
            except Early as early:
                return early.response
            await after_answer(strict, response)
            return response

        return strictly

    @property
    def media_types(self) -> tuple[str, ...]:
        """What a body may be here; none where no body is read."""
        if self.body_field is None:
            return ()
        if isinstance(self.body_field.field_info, params.File):
            return (MULTIPART,)
        if isinstance(self.body_field.field_info, params.Form):
            return (FORM, MULTIPART)
        return (JSON, MERGE_PATCH) if "PATCH" in (self.methods or ()) else (JSON,)


def api_router(**options: Any) -> APIRouter:
    """A router for a subject under /v1: each of its routes is an `ApiRoute`."""
    return APIRouter(route_class=ApiRoute, **options)


def routes_of(app: FastAPI) -> Iterator[RouteContext]:
    """Every route of an app, those of included routers as they are in force."""
    return iter_route_contexts(app.routes)


@dataclass(frozen=True)
class _Place:
    matches: Callable[[str], object]
    methods: frozenset[str]


class Directory:
    """Which paths an app knows, and by what methods; made when first asked, or by `read`, once all routes are there."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._places: list[_Place] = []
        self._templates: dict[object, str] = {}

    def template(self, endpoint: object) -> str:
        """The path template of what answers a request; never the path itself."""
        if endpoint is not None and endpoint not in self._templates:
            self.read()
        return self._templates.get(endpoint, UNMATCHED)

    def allowed(self, path: str) -> list[str]:
        """The methods that a path answers; none where there is no such path."""
        if not self._places:
            self.read()
        found = {method for place in self._places if place.matches(path) for method in place.methods}
        if "GET" in found:
            found.add("HEAD")
        return sorted(found | {"OPTIONS"}) if found else []

    def read(self) -> None:
        """Look at all routes: the framework works each out when it is first asked for, which takes half a second."""
        routes = [one for one in routes_of(self._app) if one.methods and one.path_format]
        self._places = [_Place(one.path_regex.match, frozenset(one.methods or ())) for one in routes]
        self._templates = {one.endpoint: one.path_format or UNMATCHED for one in routes}
