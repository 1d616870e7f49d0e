from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.routing import Route

from api.dependencies import Needs, NeedsCandidate, NeedsPair, NeedsVacancy, Public
from api.dependencies_trajectories import (
    NeedsIntroduction,
    NeedsNewIntroduction,
    NeedsNewPlacement,
    NeedsPlacement,
)
from api.http.routing import routes_of
from api.policies import (
    change_candidate,
    change_vacancy,
    find_work,
    introduce_candidate,
    is_loopback,
    rank_candidates,
    read_candidate,
    read_vacancy,
)
from api.policy_parts import Denied
from matching.actors import Actor, Grant, Role
from matching.facts import CandidateFacts, VacancyFacts
from matching.reach import Reach, reach_of
from tests.api.serving import Served

GUARDS = (
    Needs
    | NeedsCandidate
    | NeedsVacancy
    | NeedsPair
    | NeedsIntroduction
    | NeedsPlacement
    | NeedsNewIntroduction
    | NeedsNewPlacement
    | Public
)
NEAR = {"AM01": frozenset({"AM02"}), "AM02": frozenset({"AM01"})}
HER = CandidateFacts("c_1", "AM01", "coach 7", "klantmanager 3", "o_wsp", frozenset({"o_partner"}))
JOB = VacancyFacts("v_1", "AM01", "o_firm", True)


def asks(*grants: Grant, known_as: str | None = None) -> Reach:
    return reach_of(Actor("a_1", grants, known_as), NEAR)


def policies_of(route: Any) -> list[Any]:
    """The policies among what a route depends on."""
    return [one.call for one in route.dependant.dependencies if isinstance(one.call, GUARDS)]


@pytest.mark.parametrize(
    ("who", "reads", "changes"),
    [
        (asks(Grant(Role.ADVISER, "AM01")), None, None),
        (asks(Grant(Role.ADVISER, "AM02")), None, Denied.OWN_REGION),
        (asks(Grant(Role.ADVISER, "AM03")), Denied.REACH, Denied.REACH),
        (asks(Grant(Role.ADVISER)), None, None),
        (asks(Grant(Role.ADVISER, "AM03", organisation_id="o_wsp")), None, None),
        (asks(Grant(Role.ADVISER, "AM03", organisation_id="o_partner")), None, None),
        (asks(Grant(Role.COACH), known_as="coach 7"), None, None),
        (asks(Grant(Role.COACH), known_as="coach 8"), Denied.REACH, Denied.REACH),
        (asks(Grant(Role.COACH)), Denied.REACH, Denied.REACH),
        (asks(Grant(Role.CASEWORKER), known_as="klantmanager 3"), None, None),
        (asks(Grant(Role.CASEWORKER), known_as="coach 7"), Denied.REACH, Denied.REACH),
        (asks(Grant(Role.CANDIDATE, candidate_id="c_1")), None, None),
        (asks(Grant(Role.CANDIDATE, candidate_id="c_2")), Denied.REACH, Denied.REACH),
        (asks(Grant(Role.REPRESENTATIVE, candidate_id="c_1")), None, None),
        (asks(Grant(Role.EMPLOYER, organisation_id="o_firm")), Denied.ROLE, Denied.ROLE),
        (asks(Grant(Role.COORDINATOR, "AM01")), Denied.ROLE, Denied.ROLE),
        (asks(Grant(Role.AUDITOR)), Denied.ROLE, Denied.ROLE),
        (asks(Grant(Role.ADMINISTRATOR)), Denied.ROLE, Denied.ROLE),
        (asks(), Denied.ROLE, Denied.ROLE),
        (asks(Grant(Role.COACH), Grant(Role.ADVISER, "AM02"), known_as="x"), None, Denied.OWN_REGION),
    ],
)
def test_a_person_is_seen_by_who_is_around_her_and_by_nobody_else(
    who: Reach, reads: Denied | None, changes: Denied | None
) -> None:
    assert read_candidate(who, HER) == reads
    assert change_candidate(who, HER) == changes


def test_a_person_without_a_region_is_lost_to_no_adviser() -> None:
    nowhere = CandidateFacts("c_1", None, None, None, None, frozenset())
    assert read_candidate(asks(Grant(Role.ADVISER, "AM05")), nowhere) is None
    assert read_candidate(asks(Grant(Role.COACH), known_as="coach 7"), nowhere) is Denied.REACH


def test_only_the_responsible_organisation_or_one_that_it_let_introduces_her() -> None:
    assert introduce_candidate(asks(Grant(Role.ADVISER, "AM01", organisation_id="o_wsp")), HER) is None
    assert introduce_candidate(asks(Grant(Role.ADVISER, "AM01", organisation_id="o_partner")), HER) is None
    assert introduce_candidate(asks(Grant(Role.ADVISER, "AM01")), HER) is Denied.NO_MANDATE
    assert introduce_candidate(asks(Grant(Role.ADVISER, "AM02", organisation_id="o_x")), HER) is Denied.OWN_REGION
    nobodys = CandidateFacts("c_1", "AM01", None, None, None, frozenset())
    assert introduce_candidate(asks(Grant(Role.ADVISER, "AM01")), nobodys) is None
    assert find_work(asks(Grant(Role.CANDIDATE, candidate_id="c_1")), HER) is None


@pytest.mark.parametrize(
    ("who", "reads", "changes", "ranks"),
    [
        (asks(Grant(Role.EMPLOYER, organisation_id="o_firm")), None, None, Denied.ROLE),
        (asks(Grant(Role.EMPLOYER, organisation_id="o_other")), Denied.REACH, Denied.REACH, Denied.ROLE),
        (asks(Grant(Role.ADVISER, "AM01")), None, None, None),
        (asks(Grant(Role.ADVISER, "AM02")), None, Denied.OWN_REGION, None),
        (asks(Grant(Role.ADVISER, "AM09")), Denied.REACH, Denied.REACH, Denied.REACH),
        (asks(Grant(Role.COACH), known_as="c"), None, Denied.ROLE, Denied.ROLE),
        (asks(Grant(Role.CANDIDATE, candidate_id="c_1")), None, Denied.ROLE, Denied.ROLE),
        (asks(Grant(Role.CASEWORKER), known_as="c"), Denied.ROLE, Denied.ROLE, Denied.ROLE),
        (asks(Grant(Role.COORDINATOR)), Denied.ROLE, Denied.ROLE, Denied.ROLE),
        (asks(Grant(Role.AUDITOR)), Denied.ROLE, Denied.ROLE, Denied.ROLE),
        (asks(Grant(Role.ADMINISTRATOR)), Denied.ROLE, Denied.ROLE, Denied.ROLE),
    ],
)
def test_a_vacancy_is_changed_by_its_employer_and_its_region_alone(
    who: Reach, reads: Denied | None, changes: Denied | None, ranks: Denied | None
) -> None:
    assert (read_vacancy(who, JOB), change_vacancy(who, JOB), rank_candidates(who, JOB)) == (reads, changes, ranks)


def test_a_closed_vacancy_is_no_longer_found_by_who_looks_for_work() -> None:
    closed = VacancyFacts("v_1", "AM01", "o_firm", False)
    assert read_vacancy(asks(Grant(Role.CANDIDATE, candidate_id="c_1")), closed) is Denied.CLOSED
    assert read_vacancy(asks(Grant(Role.EMPLOYER, organisation_id="o_firm")), closed) is None


def test_a_name_is_no_loopback_address() -> None:
    assert is_loopback("127.8.8.8")
    assert not is_loopback("localhost")
    assert not is_loopback("127.0.0.1.example")
    assert not is_loopback("192.168.1.20")


def test_every_route_has_exactly_one_policy(world: Served) -> None:
    routes = list(routes_of(world.app))
    paths = {route.path: route for route in routes}
    assert {"/", "/health/live", "/v1/openapi.json", "/v1/vacancies/{vacancyId}/ranking"} <= paths.keys()
    for route in routes:
        assert len(policies_of(route)) == 1, route.path
    public = {path for path, route in paths.items() if isinstance(policies_of(route)[0], Public)}
    # Each of these judges by what it is sent, not by who sends it.
    signing_in = {"/sign-in", "/sign-in/made-up", "/sign-in/second-factor", "/sign-out"}
    signing_in |= {"/sign-in/provider", "/sign-in/provider/callback", "/sign-in/provider/leave"}
    for start in ("/sign-in", "/sign-in/second-factor"):
        signing_in |= {f"{start}/passkey", f"{start}/passkey/options"}
    signing_in.add("/passkeys.js")
    assert (
        public
        == {"/health/live", "/health/ready", "/metrics", "/v1/openapi.json", "/style.css", "/icon.svg"} | signing_in
    )


def test_a_route_without_a_policy_is_noticed(world: Served) -> None:
    assert all(isinstance(route, Route) or hasattr(route, "dependant") for route in routes_of(world.app))
    free = type(world.app)()
    free.get("/open")(lambda: datetime.now(UTC))
    route = next(one for one in routes_of(free) if one.path == "/open")
    assert policies_of(route) == []
