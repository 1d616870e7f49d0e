"""What somebody is shown of a person is what she may know at that moment, and no more."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from starlette.testclient import TestClient

from matching.actors import Grant, Role
from tests.api.serving import Served
from tests.api.test_people_api import AMSTERDAM, JOB, LIMBURG, NEW, carded, made
from tests.api.test_people_api import adviser as adviser
from tests.api.test_people_api import asked as asked
from tests.api.test_people_api import employer as employer
from tests.api.test_people_api import job as job
from tests.api.town import FIRM, town_on


def test_an_export_tells_what_few_may_know_to_these_alone(asked: Served, adviser: TestClient) -> None:
    caseworker = asked.signed_in(Grant(Role.CASEWORKER), known_as="klantmanager 5")
    secret = {"targetGroups": [{"group": "ex_offender"}, {"group": "wajong"}], "screenings": {"vog": "not_obtainable"}}
    her = made(caseworker, "/v1/candidates", NEW | secret)["id"]
    path = f"/v1/candidates/{her}"
    assert adviser.post(f"{path}/pauses", json={"reason": "care_for_others"}).status_code == 201
    told = adviser.get(f"{path}/export")
    assert [one["group"] for one in told.json()["profile"]["targetGroups"]] == ["wajong"]
    assert not [one for one in ("ex_offender", "not_obtainable", "care_for_others") if one in told.text]
    herself = asked.signed_in(Grant(Role.CANDIDATE, candidate_id=her)).get(f"{path}/export")
    assert not [one for one in ("ex_offender", "not_obtainable", "care_for_others") if one not in herself.text]


def test_new_words_are_shown_to_nobody_before_she_approved_them_however_late_the_pool_hears_of_it(
    asked: Served, adviser: TestClient, employer: TestClient, job: dict[str, Any]
) -> None:
    her = carded(adviser, {"about": "Ik werk graag vroeg."})
    asked.service.keeper.catch_up()
    path = f"/v1/vacancies/{job['id']}/ranking"
    assert "graag vroeg" in employer.get(path).text
    changed = adviser.put(
        f"/v1/candidates/{her}/card", json={"about": "Ik werk graag laat."}, headers={"If-Match": "*"}
    )
    assert changed.json()["approved"] is None
    assert "Ik werk graag laat" not in employer.get(path).text
    assert adviser.delete(f"/v1/candidates/{her}").status_code == 204


def test_a_card_that_tells_a_name_that_is_filled_in_later_is_shown_no_more(
    asked: Served, adviser: TestClient, employer: TestClient, job: dict[str, Any]
) -> None:
    her = carded(adviser, {"about": "Planted doet het werk netjes."})
    asked.service.keeper.catch_up()
    path = f"/v1/vacancies/{job['id']}/ranking"
    assert "Planted" in employer.get(path).text
    assert adviser.put(f"/v1/candidates/{her}/identity", json={"name": "Planted Marker"}).status_code == 200
    assert "Planted" not in employer.get(path).text
    card = adviser.get(f"/v1/candidates/{her}/card").json()
    assert (card["approved"], card["about"]) == (None, "Planted doet het werk netjes.")
    assert adviser.delete(f"/v1/candidates/{her}").status_code == 204


def test_no_list_or_count_of_an_employer_tells_who_is_in_a_restricted_group(
    asked: Served, adviser: TestClient, employer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.levers.FEWER_THAN", 0)
    monkeypatch.setattr("matching.levers.ROUNDED_TO", 1)
    caseworker = asked.signed_in(Grant(Role.CASEWORKER), known_as="klantmanager 6")
    for group, words in (("ex_offender", "Ik werk graag samen."), ("wajong", "Ik werk graag rustig.")):
        groups = {"agreedToMatching": True, "targetGroups": [{"group": group}]}
        her = made(caseworker, "/v1/candidates", NEW | groups)["id"]
        card = {"about": words, "shows": ["hours"], "approved": "spoken"}
        assert adviser.put(f"/v1/candidates/{her}/card", json=card, headers={"If-Match": "*"}).status_code == 200
    job = made(employer, "/v1/vacancies", JOB | {"countsFor": ["ex_offender"]})["id"]
    asked.service.keeper.catch_up()
    shown = employer.get(f"/v1/vacancies/{job}/ranking").text
    assert ("graag samen" in shown, "graag rustig" in shown) == (True, True)
    few = {"countsFor": ["ex_offender"]}
    counts = [employer.post("/v1/vacancy-previews", json=one).json()["eligible"] for one in (JOB, JOB | few)]
    assert counts[0] == counts[1] >= 2
    assert employer.patch(f"/v1/vacancies/{job}", json={"countsFor": ["wajong"]}, headers={"If-Match": "*"}).is_success
    asked.service.keeper.catch_up()
    assert "graag samen" not in employer.get(f"/v1/vacancies/{job}/ranking").text


def test_a_list_of_an_employer_tells_no_more_counts_than_it_may_ask_for(
    asked: Served, employer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matching.levers.FEWER_THAN", 0)
    first, second = (made(employer, "/v1/vacancies", JOB)["id"] for _ in range(2))
    monkeypatch.setattr("matching.counting.MOST_A_DAY", 10**6)
    told = employer.get(f"/v1/vacancies/{first}/ranking").json()
    assert isinstance(told["eligible"], int)
    monkeypatch.setattr("matching.counting.MOST_A_DAY", 0)
    assert employer.get(f"/v1/vacancies/{first}/ranking").json() == told, "to look again is no new question"
    assert employer.patch(f"/v1/vacancies/{first}", json={"title": "Beheer"}, headers={"If-Match": "*"}).is_success
    for one in (first, second):
        asked_on = employer.get(f"/v1/vacancies/{one}/ranking").json()
        assert (asked_on["eligible"], len(asked_on["items"])) == (None, len(told["items"]))
        assert asked_on["eligibleText"] == "vandaag is te vaak naar aantallen gevraagd"


def test_a_shared_shortlist_tells_of_nobody_whom_a_colleague_does_not_see(asked: Served, adviser: TestClient) -> None:
    near, far = (made(asked.client, "/v1/candidates", NEW | {"postcode": one})["id"] for one in (AMSTERDAM, LIMBURG))
    people = [{"candidateId": one, "note": f"bel {one}"} for one in (near, far)]
    shared = made(asked.client, "/v1/shortlists", {"title": "Archief", "people": people, "shared": True})
    path = f"/v1/shortlists/{shared['id']}"
    assert [one["candidateId"] for one in asked.client.get(path).json()["people"]] == [near, far]
    (listed,) = (one for one in adviser.get("/v1/shortlists").json()["items"] if one["id"] == shared["id"])
    for seen in (listed, adviser.get(path).json()):
        assert [one["candidateId"] for one in seen["people"]] == [near]
        assert far not in str(seen)


def test_writing_what_few_may_know_does_not_tell_whether_it_was_so_already(asked: Served, adviser: TestClient) -> None:
    caseworker = asked.signed_in(Grant(Role.CASEWORKER), known_as="klantmanager 7")
    secret = {"targetGroups": [{"group": "ex_offender"}], "screenings": {"vog": "not_obtainable"}}
    with_it, without = (made(caseworker, "/v1/candidates", NEW | one)["id"] for one in (secret, {}))
    for sent in ({"targetGroups": secret["targetGroups"]}, {"screenings": secret["screenings"]}):
        heard = []
        for her in (with_it, without):
            answer = adviser.patch(f"/v1/candidates/{her}", json=sent, headers={"If-Match": "*"})
            what = adviser.get(f"/v1/candidates/{her}/export").json()["record"][0]["what"]
            heard.append((answer.status_code, answer.headers["etag"], answer.json()["version"], what))
        assert heard[0] == heard[1]


def test_she_is_told_as_what_somebody_looked_who_has_several_roles(engine: Engine, tmp_path: Path) -> None:
    with town_on(engine, tmp_path / "data") as town:
        assert town.adviser.put(f"/v1/candidates/{town.her}/identity", json={"name": "Planted Marker"}).is_success
        one = town.introduce()
        assert town.record(one, "candidate_agreed", town.she).status_code == 201
        several = town.world.signed_in(Grant(Role.AUDITOR), Grant(Role.EMPLOYER, organisation_id=FIRM))
        assert several.get(f"/v1/candidates/{town.her}/identity").json()["name"] == "Planted Marker"
        record = town.she.get(f"/v1/candidates/{town.her}/export").json()["record"]
        looks = [(look["role"], look["organisation"]) for look in record if look["what"] == "identity_read"]
        assert looks == [("employer", "De Firma")]
