"""Candidates, cards, vacancies and what is asked of them, over HTTP: what each role may do, and what it then sees."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.testclient import TestClient

from api.commands.prepare import prepare
from matching.actors import Grant, Role, Scope
from matching.database import session_scope
from matching.settings import Settings
from matching.tables import metadata
from matching.tables.base import new_id
from tests.api.conftest import MOMENT
from tests.api.serving import Served, served

AMSTERDAM, UTRECHT, LIMBURG = "1012", "3511", "6211"
NEW = {"postcode": AMSTERDAM, "wishes": {"work": ["archiefmedewerker"]}, "hours": {"min": 16, "max": 24}}
JOB = {
    "title": "Archiefmedewerker",
    "postcode": AMSTERDAM,
    "hours": {"min": 16, "max": 24},
    "tasks": [{"text": "Dossiers op volgorde leggen", "freedom": "fixed", "demands": {"lifting": 1}}],
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An installation with two employers and nobody yet."""
    folder = tmp_path_factory.mktemp("people")
    clock = folder / "clock"
    clock.write_text(MOMENT.isoformat(), encoding="utf-8")
    settings = Settings(data_dir=folder / "data", clock=clock)
    engine = prepare(settings)
    with session_scope(engine) as session:
        for name in ("Firma", "Ander"):
            organisation(session, name)
    yield served(settings, engine)
    engine.dispose()


def organisation(session: Session, name: str) -> None:
    table = metadata.tables["organisations"]
    session.connection().execute(table.insert().values(id=new_id("o"), kind="inclusive_employer", name=name))


def organisation_id(engine: Engine, name: str) -> str:
    table = metadata.tables["organisations"].c
    with session_scope(engine, read_only=True) as session:
        found: str = session.connection().execute(table.id.table.select().where(table.name == name)).one().id
    return found


def region_of(asked: Served, postcode: str) -> str:
    table = metadata.tables["postcodes"].c
    with session_scope(asked.service.engine, read_only=True) as session:
        found: str = session.connection().execute(table.pc4.table.select().where(table.pc4 == postcode)).one().region
    return found


@pytest.fixture(scope="module")
def adviser(asked: Served) -> TestClient:
    return asked.signed_in(Grant(Role.ADVISER, region_of(asked, AMSTERDAM)))


@pytest.fixture(scope="module")
def employer(asked: Served) -> TestClient:
    return asked.signed_in(Grant(Role.EMPLOYER, organisation_id=organisation_id(asked.service.engine, "Firma")))


@pytest.fixture(scope="module")
def coach(asked: Served) -> TestClient:
    return asked.signed_in(Grant(Role.COACH), known_as="coach 7")


def made(client: TestClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{path}/{answer.json()['id']}"
    found: dict[str, Any] = answer.json()
    return found


def test_an_adviser_makes_reads_and_changes_a_candidate_and_an_empty_field_stays_unknown(adviser: TestClient) -> None:
    her = made(adviser, "/v1/candidates", NEW)
    assert her["education"] is None
    assert her["version"] == 1
    read = adviser.get(f"/v1/candidates/{her['id']}")
    assert read.json() == her
    changed = adviser.patch(
        f"/v1/candidates/{her['id']}",
        json={"hours": {"max": 32}, "education": "mbo_2"},
        headers={"If-Match": read.headers["etag"], "Content-Type": "application/merge-patch+json"},
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["hours"] == {"min": 16, "max": 32, "buildUpTo": None, "buildUpMonths": None}
    assert changed.json()["version"] == 2
    stale = adviser.patch(
        f"/v1/candidates/{her['id']}", json={"education": None}, headers={"If-Match": read.headers["etag"]}
    )
    assert stale.status_code == 412
    assert adviser.patch(f"/v1/candidates/{her['id']}", json={}).status_code == 428
    unknown = adviser.patch(f"/v1/candidates/{her['id']}", json={"education": None}, headers={"If-Match": "*"})
    assert unknown.json()["education"] is None


def test_bad_input_names_every_field_and_changes_nothing(adviser: TestClient) -> None:
    before = adviser.get("/v1/candidates").json()["total"]
    answer = adviser.post("/v1/candidates", json={"postcode": "0123", "hours": {"min": 30, "max": 20}, "naam": "x"})
    assert answer.status_code == 400
    assert {one["field"] for one in answer.json()["errors"]} == {"postcode", "hours", "naam"}
    her = made(adviser, "/v1/candidates", NEW)
    wrong = adviser.patch(
        f"/v1/candidates/{her['id']}", json={"education": "mbo_2", "Jan Jansen": None}, headers={"If-Match": "*"}
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "body")
    assert adviser.get(f"/v1/candidates/{her['id']}").json() == her
    assert adviser.delete(f"/v1/candidates/{her['id']}").status_code == 204
    assert adviser.get("/v1/candidates").json()["total"] == before


def test_who_is_asked_twice_with_one_key_is_made_once(adviser: TestClient) -> None:
    headers = {"Idempotency-Key": "0123456789abcdef"}
    first = adviser.post("/v1/candidates", json=NEW, headers=headers)
    again = adviser.post("/v1/candidates", json=NEW, headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_another_region_sees_a_neighbour_changes_her_not_and_a_far_one_sees_nothing(
    asked: Served, adviser: TestClient
) -> None:
    her = made(adviser, "/v1/candidates", NEW)
    near = next(iter(asked.service.current.neighbours()[region_of(asked, AMSTERDAM)]))
    neighbour = asked.signed_in(Grant(Role.ADVISER, near))
    far = asked.signed_in(Grant(Role.ADVISER, region_of(asked, LIMBURG)))
    path = f"/v1/candidates/{her['id']}"
    assert neighbour.get(path).status_code == 200
    denied = neighbour.patch(path, json={}, headers={"If-Match": "*"})
    assert (denied.status_code, denied.json()["type"]) == (403, "urn:vonk:problem:denied.own_region")
    unseen, missing = far.get(path), far.get("/v1/candidates/c_nobodyisthere")
    assert unseen.status_code == missing.status_code == 404
    assert unseen.json()["type"] == missing.json()["type"]
    assert far.get("/v1/candidates").json()["total"] == 0
    refused = neighbour.post("/v1/candidates", json=NEW)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:vonk:problem:denied.own_region")


def test_a_coach_sees_her_caseload_alone_and_adds_to_it(coach: TestClient, adviser: TestClient) -> None:
    hers = made(coach, "/v1/candidates", NEW)
    assert hers["coach"] == "coach 7"
    others = made(adviser, "/v1/candidates", NEW)
    assert {one["id"] for one in coach.get("/v1/candidates").json()["items"]} == {hers["id"]}
    assert coach.get(f"/v1/candidates/{others['id']}").status_code == 404
    taken = coach.post("/v1/candidates", json=NEW | {"coach": "coach 8"})
    assert (taken.status_code, taken.json()["errors"][0]["field"]) == (400, "coach")


def test_a_list_is_searched_filtered_and_paged_and_who_is_unknown_stays_in(adviser: TestClient) -> None:
    for hours in (8, 12, 36):
        made(
            adviser,
            "/v1/candidates",
            {"postcode": UTRECHT, "region": None} | NEW | {"hours": {"min": hours, "max": hours}},
        )
    made(adviser, "/v1/candidates", {"postcode": AMSTERDAM})
    whole = adviser.get("/v1/candidates?limit=200").json()
    found = adviser.get("/v1/candidates?hoursMin=30&limit=200").json()
    assert 0 < found["total"] < whole["total"]
    assert any(one["hours"] is None for one in found["items"])
    assert found["unknown"]["hours_min"] > 0
    seen: list[str] = []
    address = "/v1/candidates?limit=2"
    while address:
        page = adviser.get(address).json()
        seen += [one["id"] for one in page["items"]]
        address = page["next"]
    assert sorted(seen) == sorted(one["id"] for one in whole["items"])
    assert adviser.get("/v1/candidates?text=archief").json()["total"] > 0
    assert adviser.get("/v1/candidates?cursor=nonsense").json()["errors"][0]["field"] == "cursor"


def test_what_reveals_a_record_is_for_her_caseworker_and_is_not_lost_when_an_adviser_writes(
    asked: Served, adviser: TestClient
) -> None:
    caseworker = asked.signed_in(Grant(Role.CASEWORKER), known_as="klantmanager 3")
    secret = {
        "targetGroups": [{"group": "ex_offender"}, {"group": "participatiewet"}],
        "screenings": {"vog": "obtained"},
    }
    her = made(caseworker, "/v1/candidates", NEW | secret)
    path = f"/v1/candidates/{her['id']}"
    known = caseworker.get(path).json()
    assert {one["group"] for one in known["targetGroups"]} == {"ex_offender", "participatiewet"}
    seen = adviser.get(path).json()
    assert [one["group"] for one in seen["targetGroups"]] == ["participatiewet"]
    assert seen["screenings"] is None
    written = adviser.patch(path, json={"targetGroups": [{"group": "wajong"}]}, headers={"If-Match": "*"})
    assert "ex_offender" not in written.text
    kept = caseworker.get(path).json()
    assert {one["group"] for one in kept["targetGroups"]} == {"wajong", "ex_offender"}
    assert kept["screenings"] == {"vog": "obtained"}


def test_who_she_is_stands_apart_and_is_never_an_employers(
    asked: Served, adviser: TestClient, employer: TestClient
) -> None:
    her = made(adviser, "/v1/candidates", NEW)
    path = f"/v1/candidates/{her['id']}/identity"
    assert adviser.get(path).status_code == 404
    content = {"name": "Planted Marker", "email": "marker@planted.example", "phone": "06 12345678", "address": None}
    assert adviser.put(path, json=content).json() == content | {"candidateId": her["id"]}
    assert adviser.get(path).json()["name"] == "Planted Marker"
    assert employer.get(path).status_code == 404
    assert employer.get(f"/v1/candidates/{her['id']}").status_code == 404
    with session_scope(asked.service.engine, read_only=True) as session:
        rows = session.connection().execute(metadata.tables["identities"].select()).all()
    assert b"Planted" not in b"".join(bytes(row.sealed) for row in rows)


def test_an_employer_posts_reads_changes_and_closes_its_own_vacancy(
    asked: Served, employer: TestClient, adviser: TestClient
) -> None:
    job = made(employer, "/v1/vacancies", JOB)
    assert (job["status"], job["organisationId"]) == ("open", organisation_id(asked.service.engine, "Firma"))
    path = f"/v1/vacancies/{job['id']}"
    other = asked.signed_in(Grant(Role.EMPLOYER, organisation_id=organisation_id(asked.service.engine, "Ander")))
    assert other.get(path).status_code == 404
    assert other.patch(path, json={"title": "Van mij"}, headers={"If-Match": "*"}).status_code == 404
    assert adviser.get(path).status_code == 200
    closed = employer.patch(path, json={"status": "closed"}, headers={"If-Match": "*"})
    assert (closed.json()["status"], closed.json()["version"]) == ("closed", 3)
    wrong = employer.patch(path, json={"status": "misschien"}, headers={"If-Match": "*"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "status")
    assert {one["id"] for one in employer.get("/v1/vacancies").json()["items"]} >= {job["id"]}
    assert job["id"] not in {one["id"] for one in other.get("/v1/vacancies").json()["items"]}
    assert employer.delete(path).status_code == 204
    assert employer.get(path).status_code == 404


def test_an_adviser_posts_in_her_own_region_alone_also_for_an_employer(asked: Served, adviser: TestClient) -> None:
    firm = organisation_id(asked.service.engine, "Firma")
    refused = adviser.post("/v1/vacancies", json=JOB | {"postcode": LIMBURG, "organisationId": firm})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:vonk:problem:denied.own_region")
    made(adviser, "/v1/vacancies", JOB | {"organisationId": firm})


@pytest.fixture(scope="module")
def job(employer: TestClient) -> dict[str, Any]:
    return made(employer, "/v1/vacancies", JOB)


def carded(adviser: TestClient, content: dict[str, Any]) -> str:
    """A candidate with a card that she approved in a conversation."""
    her = made(
        adviser,
        "/v1/candidates",
        NEW | {"capacities": {"lifting": 2}, "travel": {"modes": ["bicycle"], "maxMinutes": 30}},
    )
    path = f"/v1/candidates/{her['id']}/card"
    answer = adviser.put(path, json=content | {"approved": "spoken"}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
    return str(her["id"])


def test_an_employer_sees_the_cards_that_people_approved_and_nothing_else(
    asked: Served, adviser: TestClient, employer: TestClient, job: dict[str, Any]
) -> None:
    without = made(adviser, "/v1/candidates", NEW)
    her = carded(
        adviser, {"about": "Ik werk graag netjes.", "strengths": ["precies"], "shows": ["hours", "travel", "wish"]}
    )
    asked.service.keeper.catch_up()
    shown = employer.get(f"/v1/vacancies/{job['id']}/ranking")
    assert shown.status_code == 200, shown.text
    body = shown.json()
    assert body.keys() == {"vacancyId", "order", "listVersion", "eligible", "eligibleText", "items", "next"}
    assert body["eligible"] is None or body["eligible"] % 5 == 0
    assert 1 <= len(body["items"]) <= 5
    for item in body["items"]:
        assert item.keys() == {"rank", "cardId", "band", "tasks", "reasons"}
        assert item["band"] != "too_little_known"
        assert {task["answer"] for task in item["tasks"]} <= {"done", "carve", "arrange"}
    said = {reason["code"] for item in body["items"] for reason in item["reasons"]}
    assert {"card.about", "card.strength"} <= said
    assert her not in shown.text
    assert without["id"] not in shown.text
    assert AMSTERDAM not in shown.text
    again = employer.get(f"/v1/vacancies/{job['id']}/ranking").json()
    assert [one["cardId"] for one in again["items"]] == [one["cardId"] for one in body["items"]]


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"about": "Bel mij op 06 12345678"}, "about"),
        ({"about": "Mail marker@planted.example"}, "about"),
        ({"about": "Ik woon in 1012 AB"}, "about"),
        ({"strengths": ["precies", "ik heb autisme"]}, "strengths.1"),
        ({"about": "Ik ben 54 jaar oud"}, "about"),
        ({"about": "Vraag naar Marker"}, "about"),
    ],
)
def test_words_that_tell_who_she_is_come_on_no_card(adviser: TestClient, content: dict[str, Any], field: str) -> None:
    her = made(adviser, "/v1/candidates", NEW)
    adviser.put(f"/v1/candidates/{her['id']}/identity", json={"name": "Planted Marker"})
    path = f"/v1/candidates/{her['id']}/card"
    answer = adviser.put(path, json=content, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)
    assert "Marker" not in answer.text
    assert adviser.get(path).json()["version"] == 0


def test_a_changed_card_asks_her_again_and_only_she_says_that_she_did_it_herself(
    asked: Served, adviser: TestClient
) -> None:
    her = carded(adviser, {"about": "Ik werk graag netjes."})
    path = f"/v1/candidates/{her}/card"
    changed = adviser.put(path, json={"about": "Ik werk graag buiten."}, headers={"If-Match": "*"}).json()
    assert (changed["approved"], changed["approvedAt"]) == (None, None)
    pretended = adviser.put(path, json={"approved": "herself"}, headers={"If-Match": "*"})
    assert (pretended.status_code, pretended.json()["errors"][0]["field"]) == (400, "approved")
    herself = asked.signed_in(Grant(Role.CANDIDATE, candidate_id=her))
    agreed = herself.put(
        path, json={"about": "Ik werk graag buiten.", "approved": "herself"}, headers={"If-Match": "*"}
    )
    assert agreed.json()["approved"] == "herself"
    assert herself.get(f"/v1/candidates/{her}").status_code == 200
    assert herself.get("/v1/candidates").json()["total"] == 1


def test_counts_to_an_employer_are_rounded_and_bounded_in_number(
    asked: Served, employer: TestClient, adviser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = adviser.post("/v1/vacancy-previews", json=JOB).json()
    assert isinstance(exact["eligible"], int)
    rounded = employer.post("/v1/vacancy-previews", json=JOB).json()
    assert rounded["eligible"] is None or rounded["eligible"] % 5 == 0
    assert all(one["placementsGained"] is None for one in rounded["items"])
    monkeypatch.setattr("matching.counting.MOST_A_DAY", 1)
    stopped = employer.post("/v1/vacancy-previews", json=JOB)
    assert (stopped.status_code, stopped.headers["retry-after"]) == (429, "86400")
    with session_scope(asked.service.engine) as session:
        session.connection().execute(metadata.tables["counts_asked"].delete())


def test_an_adviser_overrules_what_blocks_with_a_reason_and_puts_somebody_out(
    asked: Served, adviser: TestClient, job: dict[str, Any]
) -> None:
    blocked = made(adviser, "/v1/candidates", NEW | {"hours": {"min": 38, "max": 40}})
    asked.service.keeper.catch_up()
    path = f"/v1/vacancies/{job['id']}/ranking?limit=200"

    def listed() -> set[str]:
        return {one["candidateId"] for one in adviser.get(path).json()["items"]}

    assert blocked["id"] not in listed()
    put = {"candidateId": blocked["id"], "direction": "in", "reason": "Zij mag met minder uren beginnen."}
    answer = adviser.post(f"/v1/vacancies/{job['id']}/overrides", json=put)
    assert answer.status_code == 201, answer.text
    assert blocked["id"] in listed()
    out = put | {"direction": "out", "reason": "Zij heeft net ander werk."}
    assert adviser.post(f"/v1/vacancies/{job['id']}/overrides", json=out).status_code == 201
    assert blocked["id"] not in listed()
    short = adviser.post(f"/v1/vacancies/{job['id']}/overrides", json=put | {"reason": ""})
    assert short.json()["errors"][0]["field"] == "reason"


def test_vacancies_and_questions_for_a_person(adviser: TestClient, job: dict[str, Any], asked: Served) -> None:
    her = made(adviser, "/v1/candidates", NEW)
    asked.service.keeper.catch_up()
    work = adviser.get(f"/v1/candidates/{her['id']}/vacancies").json()
    assert job["id"] in {one["vacancyId"] for one in work["items"]}
    asks = adviser.get(f"/v1/candidates/{her['id']}/questions").json()
    assert asks["items"]
    assert all(one["text"] for one in asks["items"])
    explained = adviser.get(f"/v1/vacancies/{job['id']}/ranking/{her['id']}").json()
    assert explained["eligible"] is True


def test_a_pasted_text_becomes_a_draft_and_a_file_too(employer: TestClient, coach: TestClient) -> None:
    text = "Wij zoeken een schoonmaker voor 16 uur per week in Amsterdam. Rijbewijs niet nodig."
    pasted = employer.post("/v1/vacancy-drafts", json={"text": text})
    assert pasted.status_code == 200, pasted.text
    assert pasted.json()["profile"]["hours"] == {"min": 16.0, "max": 16.0}
    sent = employer.post("/v1/vacancy-drafts", files={"file": ("vacature.txt", text.encode(), "text/plain")})
    assert sent.json()["profile"] == pasted.json()["profile"]
    broken = employer.post(
        "/v1/vacancy-drafts", files={"file": ("Jan Marker.pdf", b"%PDF-1.7 nothing", "application/pdf")}
    )
    assert broken.status_code == 400
    assert "Marker" not in broken.text
    assert coach.post("/v1/vacancy-drafts", json={"text": text}).status_code == 404
    assert coach.post("/v1/candidate-drafts", json={"text": "Ik wil graag werken als schoonmaker."}).status_code == 200
    assert employer.post("/v1/vacancy-drafts", content=b"x", headers={"Content-Type": "text/plain"}).status_code == 415


def test_shortlists_and_searches_are_ones_own_until_they_are_shared(asked: Served, adviser: TestClient) -> None:
    her = made(adviser, "/v1/candidates", NEW)
    body = {"title": "Voor het archief", "people": [{"candidateId": her["id"], "note": "Belt maandag terug"}]}
    mine = made(adviser, "/v1/shortlists", body)
    colleague = asked.signed_in(Grant(Role.ADVISER, region_of(asked, AMSTERDAM)))
    path = f"/v1/shortlists/{mine['id']}"
    assert colleague.get(path).status_code == 404
    shared = adviser.patch(path, json={"shared": True}, headers={"If-Match": f'"{mine["version"]}.nl"'})
    assert shared.status_code == 200, shared.text
    assert shared.json()["people"] == body["people"]
    seen = colleague.get(path).json()
    assert (seen["mine"], seen["title"]) == (False, "Voor het archief")
    assert colleague.patch(path, json={"title": "x"}, headers={"If-Match": "*"}).status_code == 404
    far = asked.signed_in(Grant(Role.ADVISER, region_of(asked, LIMBURG)))
    assert far.get(path).status_code == 404
    unseen = far.post("/v1/shortlists", json=body)
    assert (unseen.status_code, unseen.json()["type"]) == (404, "urn:vonk:problem:candidate.unknown")
    search = made(adviser, "/v1/saved-searches", {"title": "Archief", "text": "archief", "filters": {"hoursMin": 12}})
    assert search["filters"]["hoursMin"] == 12
    assert adviser.get("/v1/saved-searches").json()["items"][0]["id"] == search["id"]
    assert adviser.delete(f"/v1/saved-searches/{search['id']}").status_code == 204
    nothing = adviser.post("/v1/saved-searches", json={"title": "Niets"})
    assert nothing.status_code == 400


def test_every_look_is_on_the_record_for_the_auditor_alone(
    asked: Served, adviser: TestClient, job: dict[str, Any]
) -> None:
    her = made(adviser, "/v1/candidates", NEW)
    asked.service.keeper.catch_up()
    adviser.get(f"/v1/candidates/{her['id']}")
    adviser.get(f"/v1/vacancies/{job['id']}/ranking?limit=200")
    assert adviser.get("/v1/audit-entries").status_code == 404
    auditor = asked.signed_in(Grant(Role.AUDITOR))
    kinds = [one["kind"] for one in auditor.get(f"/v1/audit-entries?candidateId={her['id']}").json()["items"]]
    assert kinds == ["ranking_shown", "profile_read", "created"]
    assert auditor.get(f"/v1/candidates/{her['id']}").status_code == 404


def test_a_token_that_reads_changes_nothing(asked: Served) -> None:
    reader = asked.signed_in(Grant(Role.ADVISER), scopes=[Scope.READ])
    assert reader.get("/v1/candidates").status_code == 200
    refused = reader.post("/v1/candidates", json=NEW)
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:vonk:problem:auth.scope")
    assert reader.post("/v1/vacancy-previews", json=JOB).status_code == 200


def test_she_gets_all_that_is_stored_of_her_and_who_looked_and_is_erased_when_she_asks(
    asked: Served, adviser: TestClient
) -> None:
    her = made(adviser, "/v1/candidates", NEW)
    path = f"/v1/candidates/{her['id']}"
    adviser.put(f"{path}/identity", json={"name": "Planted Marker"})
    adviser.get(path)
    herself = asked.signed_in(Grant(Role.CANDIDATE, candidate_id=her["id"]))
    told = herself.get(f"{path}/export").json()
    assert told["identity"]["name"] == "Planted Marker"
    assert ("profile_read", "adviser") in {(one["what"], one["role"]) for one in told["record"]}
    coach = asked.signed_in(Grant(Role.COACH), known_as="coach 9")
    assert coach.get(f"{path}/export").status_code == 404
    assert coach.delete(path).status_code == 404
    assert herself.delete(path).status_code == 204
    assert herself.get(path).status_code == 401  # her account went with her
    assert adviser.get(path).status_code == 404
    assert her["id"] not in adviser.get("/v1/candidates?limit=200").text
    auditor = asked.signed_in(Grant(Role.AUDITOR))
    kinds = [one["kind"] for one in auditor.get(f"/v1/audit-entries?candidateId={her['id']}").json()["items"]]
    assert kinds[0] == "erased"
