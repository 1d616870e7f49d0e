"""Where she works, what was promised there, and what of it rankings know when it ends."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from matching.actors import Grant, Role
from tests.api.town import AS_IT_IS, COACH, WSP, Town, problem, told, town_on


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Iterator[Town]:
    past = [{"employer": "Vroeger", "reason": "school", "endedOn": "2025-01-01"}]
    with town_on(engine, tmp_path / "data", pastPlacements=past) as opened:
        yield opened


def placed(town: Town, **body: Any) -> dict[str, Any]:
    given = {"candidateId": town.her, "kind": "job", "startsOn": town.day(0), "legalEmployer": "De Firma"}
    return told(town.coach.post("/v1/placements", json=given | body), 201)


def past(town: Town) -> list[tuple[str, str | None, str]]:
    return [(one.employer, one.team, one.reason.value) for one in town.profile().past_placements]


BEFORE = [("Vroeger", None, "school")]


def test_a_placement_ends_and_the_same_employer_knows_it_by_team_and_reason(town: Town) -> None:
    one = placed(town, team="Nacht", workFloor="De Hal", hoursPerWeek=24)
    path = f"/v1/placements/{one['id']}"
    town.let_pass(60)
    assert problem(town.coach.patch(path, json={"endedOn": town.day(50)}, headers=AS_IT_IS), 400) == "placement.invalid"
    assert past(town) == BEFORE
    told(
        town.coach.patch(path, json={"endedOn": town.day(50), "endReasons": ["atmosphere", "travel"]}, headers=AS_IT_IS)
    )
    assert past(town) == [*BEFORE, ("De Hal", "Nacht", "atmosphere"), ("De Hal", "Nacht", "travel")]
    assert [employer for employer, _ in town.in_pool()["tried"]] == ["vroeger", "de hal", "de hal"]
    told(town.coach.patch(path, json={"endReasons": ["contract_expired"]}, headers=AS_IT_IS))  # that was what it was
    assert past(town) == [*BEFORE, ("De Hal", "Nacht", "contract_expired")]
    told(town.coach.patch(path, json={"endedOn": None, "endReasons": None}, headers=AS_IT_IS))
    assert past(town) == BEFORE


def test_an_ending_that_is_recorded_at_the_introduction_ends_the_placement(town: Town) -> None:
    introduction = town.introduce()
    town.let_pass(10)
    told(town.record(introduction, "candidate_agreed", on=town.day(1)), 201)
    told(town.record(introduction, "started", on=town.day(5)), 201)
    body = {
        "candidateId": town.her,
        "introductionId": introduction,
        "kind": "job",
        "startsOn": town.day(5),
        "hoursPerWeek": 16.5,
    }
    one = told(town.coach.post("/v1/placements", json=body), 201)
    assert (one["legalEmployer"], one["team"], one["hoursPerWeek"]) == ("De Firma", "Nacht", 16.5)
    town.let_pass(90)
    ended = told(town.record(introduction, "ended", on=town.day(80), reasons=["workload_high"]), 201)
    path = f"/v1/placements/{one['id']}"
    now = told(town.adviser.get(path))
    assert (now["endedOn"], now["endReasons"]) == (town.day(80), ["workload_high"])
    assert past(town) == [*BEFORE, ("De Firma", "Nacht", "workload_high")]
    outcome = f"/v1/introductions/{introduction}/outcomes/{ended['id']}"
    told(town.coach.patch(outcome, json={"on": town.day(82), "reasons": ["contract_expired"]}, headers=AS_IT_IS))
    assert told(town.adviser.get(path))["endedOn"] == town.day(82)
    assert past(town) == [*BEFORE, ("De Firma", "Nacht", "contract_expired")]
    told(town.coach.patch(outcome, json={"retracted": True}, headers=AS_IT_IS))
    assert told(town.adviser.get(path))["endedOn"] is None
    assert past(town) == BEFORE


def test_own_placement_first_then_another_employer_and_both_stay(town: Town) -> None:
    placed(town, kind="trial", endsOn=town.day(60))
    placed(town, kind="secondment", legalEmployer="Uitzendhuis", workFloor="Het Ministerie")
    placed(town, kind="bbl", legalEmployer="School", endsOn="2031-03-01", diploma="mbo 2")
    first = told(town.coach.get("/v1/placements", params={"limit": 2, "candidateId": town.her}))
    rest = told(town.coach.get(first["next"]))
    assert {one["kind"] for one in first["items"] + rest["items"]} == {"trial", "secondment", "bbl"}
    assert rest["next"] is None


def test_a_promise_stays_open_until_it_is_delivered_and_nobody_can_leave_it_out(town: Town) -> None:
    quiet = {"text": "stille plek", "by": "employer", "promisedOn": town.day(0), "dueOn": town.day(14)}
    one = placed(town, promises=[quiet])
    path = f"/v1/placements/{one['id']}"
    assert [promise["isOpen"] for promise in one["promises"]] == [True]
    aid = {"text": "tilhulp", "by": "coach", "promisedOn": town.day(0)}
    two = told(town.coach.patch(path, json={"promises": [aid]}, headers=AS_IT_IS))
    assert [promise["text"] for promise in two["promises"]] == ["stille plek", "tilhulp"] or len(two["promises"]) == 2
    assert "promise_open" not in town.needs()
    town.let_pass(15)
    assert "promise_open" in town.needs()
    known = next(promise["id"] for promise in two["promises"] if promise["text"] == "stille plek")
    delivered = {"promises": [{"id": known, "deliveredOn": town.day(15)}]}
    three = told(town.coach.patch(path, json=delivered, headers=AS_IT_IS))
    assert {promise["text"]: promise["isOpen"] for promise in three["promises"]} == {
        "stille plek": False,
        "tilhulp": True,
    }
    assert "promise_open" not in town.needs()
    wrong = {"promises": [{"id": "b_nowhere", "deliveredOn": town.day(15)}]}
    assert problem(town.coach.patch(path, json=wrong, headers=AS_IT_IS), 404) == "promise.unknown"


def test_a_fixed_colleague_and_the_steps_of_learning_are_on_record(town: Town) -> None:
    buddy = {"knownAs": "Ans", "role": "voorvrouw", "since": town.day(0)}
    steps = [{"text": "VCA", "dueOn": town.day(90)}, {"text": "mbo 2"}]
    one = placed(town, kind="scholarship", buddy=buddy, milestones=steps, workFloorContact={"knownAs": "Jan"})
    assert (one["buddy"], one["workFloorContact"]) == (buddy, {"knownAs": "Jan", "role": None})
    path = f"/v1/placements/{one['id']}"
    reached = [{**steps[0], "reachedOn": town.day(0)}, steps[1]]
    two = told(town.coach.patch(path, json={"milestones": reached, "buddy": None}, headers=AS_IT_IS))
    assert [step["reachedOn"] for step in two["milestones"]] == [town.day(0), None]
    assert two["buddy"] is None
    assert two["version"] == one["version"] + 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"endsOn": "2027-02-01"}, "placement.invalid"),
        ({"endedOn": "2027-03-02", "endReasons": ["travel"]}, "placement.invalid"),
        ({"endReasons": ["travel"]}, "placement.invalid"),
        ({"kind": "scholarship", "endsOn": "2031-03-02"}, "placement.invalid"),
        ({"legalEmployer": None}, "bad_input"),
        ({"hoursPerWeek": 61}, "bad_input"),
        ({"hoursPerWeek": "veel"}, "bad_input"),
        ({"kind": "hobby"}, "bad_input"),
        ({"promises": [{"text": "stil"}]}, "bad_input"),
        ({"buddy": {"knownAs": "x" * 61}}, "bad_input"),
        ({"introductionId": "i_nowhere"}, "introduction.unknown"),
    ],
)
def test_a_placement_that_cannot_be_is_refused_and_leaves_nothing(town: Town, body: dict[str, Any], field: str) -> None:
    given = {"candidateId": town.her, "kind": "job", "startsOn": town.day(0), "legalEmployer": "De Firma"}
    refused = town.coach.post("/v1/placements", json=given | body)
    assert refused.json()["type"] == f"urn:vonk:problem:{field}", refused.text
    assert refused.status_code in (400, 404)
    assert told(town.coach.get("/v1/placements"))["items"] == []


def test_a_placement_is_for_her_coach_and_who_acts_for_her_alone(town: Town) -> None:
    one = placed(town)
    path = f"/v1/placements/{one['id']}"
    for nobody in (town.employer, town.she, town.mother, town.stranger):
        assert nobody.get(path).status_code == 404
        assert nobody.patch(path, json={"team": "x"}, headers=AS_IT_IS).status_code == 404
        assert nobody.post("/v1/placements", json={"candidateId": town.her}).status_code in (400, 404)
    neighbour = town.world.signed_in(Grant(Role.ADVISER, "AM03"))
    assert neighbour.get(path).status_code == 404
    assert told(neighbour.get("/v1/placements"))["items"] == []
    mandated = town.world.signed_in(Grant(Role.ADVISER, "AM03", organisation_id=WSP))
    assert [item["id"] for item in told(mandated.get("/v1/placements"))["items"]] == [one["id"]]
    assert told(town.adviser.get(path))["candidateId"] == town.her
    assert town.world.signed_in(Grant(Role.COACH), known_as=f"{COACH}0").get(path).status_code == 404
