"""What somebody is shown of a person is what she may know at that moment, and no more."""

from typing import Any

from starlette.testclient import TestClient

from matching.actors import Grant, Role
from tests.api.serving import Served
from tests.api.test_people_api import NEW, carded, made
from tests.api.test_people_api import adviser as adviser
from tests.api.test_people_api import asked as asked
from tests.api.test_people_api import employer as employer
from tests.api.test_people_api import job as job


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
