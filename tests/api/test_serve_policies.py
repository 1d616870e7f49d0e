import dataclasses
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.routing import Route

from api.dependencies import Needs, Public
from api.http.routing import routes_of
from api.policies import Denied, Facts, everybody, is_loopback, is_made_up, made_up_world_here
from tests.api.serving import Served

WORLD = Facts("development", "127.0.0.1", frozenset({"demo"}))


def policies_of(route: Any) -> list[Needs | Public]:
    """The policies among what a route depends on."""
    return [one.call for one in route.dependant.dependencies if isinstance(one.call, Needs | Public)]


def test_a_made_up_world_is_shown_on_the_machine_itself() -> None:
    assert made_up_world_here(WORLD) is None
    assert made_up_world_here(dataclasses.replace(WORLD, listens_on="::1")) is None


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"env": "production"}, Denied.NOT_DEVELOPMENT),
        ({"listens_on": "0.0.0.0"}, Denied.NOT_LOOPBACK),  # noqa: S104 - what must be refused
        ({"listens_on": "::"}, Denied.NOT_LOOPBACK),
        ({"listens_on": "192.168.1.20"}, Denied.NOT_LOOPBACK),
        ({"sources": frozenset()}, Denied.NOBODY),
        ({"sources": frozenset({"demo", "wsp"})}, Denied.OTHER_PEOPLE),
        ({"sources": frozenset({""})}, Denied.OTHER_PEOPLE),
        ({"sources": frozenset({"Demo"})}, Denied.OTHER_PEOPLE),
    ],
)
def test_one_thing_amiss_closes_pages_and_rankings(changed: dict[str, Any], reason: Denied) -> None:
    facts = dataclasses.replace(WORLD, **changed)
    assert made_up_world_here(facts) is reason
    assert everybody(facts) is None


def test_a_name_is_no_loopback_address() -> None:
    assert is_loopback("127.8.8.8")
    assert not is_loopback("localhost")
    assert not is_loopback("127.0.0.1.example")
    assert is_made_up(frozenset({"demo"}))


def test_every_route_has_exactly_one_policy(world: Served) -> None:
    routes = list(routes_of(world.app))
    paths = {route.path: route for route in routes}
    assert {"/", "/health/live", "/v1/openapi.json", "/v1/vacancies/{vacancyId}/ranking"} <= paths.keys()
    for path, route in paths.items():
        assert len(policies_of(route)) == 1, path
    public = {path for path, route in paths.items() if isinstance(policies_of(route)[0], Public)}
    assert public == {"/health/live", "/health/ready", "/metrics", "/v1/openapi.json", "/style.css", "/icon.svg"}


def test_a_route_without_a_policy_is_noticed(world: Served) -> None:
    assert all(isinstance(route, Route) or hasattr(route, "dependant") for route in routes_of(world.app))
    free = type(world.app)()
    free.get("/open")(lambda: datetime.now(UTC))
    route = next(one for one in routes_of(free) if one.path == "/open")
    assert policies_of(route) == []
