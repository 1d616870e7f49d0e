import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from matching.actors import Grant, Role, Scope
from matching.database import session_scope
from matching.profiles import CandidateProfile
from matching.store import save_candidates
from tests.api.conftest import MOMENT, Installation
from tests.api.people import ADVISER, House, house, sign_in

MAIL = "aya.marker@voorbeeld.nl"
ADMINISTRATOR = Grant(Role.ADMINISTRATOR)


@pytest.fixture
def home(installation: Installation, tmp_path: Path) -> Iterator[House]:
    shutil.copytree(installation.data_dir, tmp_path / "data")
    with house(tmp_path) as made:
        yield made


@pytest.fixture
def keeper(home: House) -> TestClient:
    """An administrator, by a token, who changes things whatever they are now."""
    client = home.served.signed_in(ADMINISTRATOR)
    client.headers["If-Match"] = "*"
    return client


def made(client: TestClient, path: str, **body: Any) -> Any:
    answer = client.post(f"/v1{path}", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def problem(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("urn:vonk:problem:")


def test_an_account_is_made_with_its_roles_read_changed_and_found(home: House, keeper: TestClient) -> None:
    answer = keeper.post(
        "/v1/accounts", json={"email": MAIL.upper(), "name": "Aya", "grants": [{"role": "adviser", "region": "AM13"}]}
    )
    body = answer.json()
    assert answer.headers["location"] == f"/v1/accounts/{body['id']}"
    assert body["email"] == MAIL
    assert [(one["role"], one["region"]) for one in body["grants"]] == [("adviser", "AM13")]
    assert body["grants"][0]["grantedBy"].startswith("a_")
    assert keeper.get(f"/v1/accounts/{body['id']}").json() == body
    changed = keeper.patch(f"/v1/accounts/{body['id']}", json={"phone": "030 123", "name": None}).json()
    assert (changed["phone"], changed["name"], changed["email"]) == ("030 123", None, MAIL)
    assert changed["version"] == body["version"] + 1
    stale = keeper.patch(f"/v1/accounts/{body['id']}", json={"name": "x"}, headers={"If-Match": answer.headers["etag"]})
    assert problem(stale) == (412, "precondition.stale")
    found = keeper.get("/v1/accounts?role=adviser").json()
    assert body["id"] in [one["id"] for one in found["items"]]


def test_lists_go_on_where_they_stopped(home: House, keeper: TestClient) -> None:
    for number in range(5):
        made(keeper, "/organisations", kind="supplier", name=f"Firma {number}")
        made(keeper, "/accounts", name=f"Nummer {number}")
    for path in ("/v1/accounts?limit=2", "/v1/organisations?limit=2&kind=supplier", "/v1/tokens?limit=1"):
        whole = keeper.get(path.replace("limit=2", "limit=200").replace("limit=1", "limit=200")).json()
        seen, following = [], path
        while following:
            body = keeper.get(following).json()
            seen += body["items"]
            following = body["next"]
        assert seen == whole["items"]
        assert whole["next"] is None


def test_an_account_or_token_that_is_asked_for_twice_with_one_key_is_made_once(home: House, keeper: TestClient) -> None:
    for path, body in (("accounts", {"name": "machine"}), ("tokens", {"name": "lezer", "scopes": ["read"]})):
        headers = {"Idempotency-Key": f"key of {path}".replace(" ", "-")}
        answers = [keeper.post(f"/v1/{path}", json=body, headers=headers) for _ in range(2)]
        assert answers[0].json() == answers[1].json()
        assert answers[1].headers["idempotency-replayed"] == "true"


def test_what_cannot_be_is_refused_and_changes_nothing(home: House, keeper: TestClient) -> None:
    before = keeper.get("/v1/accounts").json()
    for body, said in (
        ({"email": "geen-adres"}, (400, "account.email")),
        ({"email": MAIL, "grants": [{"role": "employer"}]}, (400, "grant.incomplete")),
        ({"email": MAIL, "grants": [{"role": "adviser", "region": "AM99"}]}, (404, "region.unknown")),
        ({"email": MAIL, "password": "geheim"}, (400, "bad_input")),
        ({"grants": [{"role": "koning"}]}, (400, "bad_input")),
    ):
        answer = keeper.post("/v1/accounts", json=body)
        assert problem(answer) == said
        assert MAIL not in answer.text
        assert "geheim" not in answer.text
    assert keeper.get("/v1/accounts").json() == before
    made(keeper, "/accounts", email=MAIL)
    taken = keeper.post("/v1/accounts", json={"email": MAIL})
    assert problem(taken) == (409, "account.taken")
    assert MAIL not in taken.text
    assert problem(keeper.get("/v1/accounts/a_nothere")) == (404, "account.unknown")
    assert problem(keeper.patch("/v1/accounts/a_nothere", json={"name": "x"})) == (404, "account.unknown")


def test_an_account_that_is_closed_is_out_at_once(home: House, keeper: TestClient) -> None:
    account_id = home.account(MAIL, ADVISER)
    browser = home.signed_in(MAIL)
    token = made(keeper, "/tokens", accountId=account_id, name="koppeling", scopes=["read"])["token"]
    machine = home.browser()
    assert machine.get("/", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert keeper.patch(f"/v1/accounts/{account_id}", json={"active": False}).json()["active"] is False
    assert browser.get("/").status_code == 303
    assert machine.get("/v1/tokens", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert sign_in(home.browser(), MAIL).status_code == 401
    keeper.patch(f"/v1/accounts/{account_id}", json={"active": True})
    assert sign_in(home.browser(), MAIL).status_code == 303
    assert machine.get("/v1/tokens", headers={"Authorization": f"Bearer {token}"}).status_code == 401  # not again


def test_a_role_that_is_given_or_taken_holds_at_the_next_request(home: House, keeper: TestClient) -> None:
    account_id = home.account(MAIL)
    browser = home.signed_in(MAIL)
    assert browser.get("/").headers["location"] == "/start"
    given = made(keeper, f"/accounts/{account_id}/grants", role="adviser", endsOn="2027-03-01")
    assert browser.get("/").status_code == 200
    home.later(minutes=30)
    path = f"/v1/accounts/{account_id}/grants/{given['id']}"
    assert keeper.delete(path).status_code == 204
    assert browser.get("/").headers["location"] == "/start"
    assert problem(keeper.delete(path)) == (404, "grant.unknown")


def test_there_is_always_an_administrator(home: House) -> None:
    account_id = home.account(MAIL, ADMINISTRATOR)
    browser = home.signed_in(MAIL)
    browser.headers["If-Match"] = "*"
    own = browser.get(f"/v1/accounts/{account_id}").json()["grants"][0]["id"]
    last = (409, "account.last_administrator")
    assert problem(browser.patch(f"/v1/accounts/{account_id}", json={"active": False})) == last
    assert problem(browser.delete(f"/v1/accounts/{account_id}/grants/{own}")) == last
    past = {"role": "administrator", "endsOn": "2027-02-28"}
    assert problem(browser.post(f"/v1/accounts/{account_id}/grants", json=past)) == last
    assert browser.get(f"/v1/accounts/{account_id}").json()["grants"][0]["endsOn"] is None
    made(browser, "/accounts", name="Twee", grants=[{"role": "administrator"}])
    assert browser.delete(f"/v1/accounts/{account_id}/grants/{own}").status_code == 204


def test_a_token_is_shown_once_does_what_its_scopes_say_and_ends(home: House, keeper: TestClient) -> None:
    account = made(keeper, "/accounts", name="machine", grants=[{"role": "administrator"}])
    body = made(keeper, "/tokens", accountId=account["id"], name="lezer", scopes=["read"], days=1)
    assert body["token"].startswith("vonk_")
    listed = keeper.get(f"/v1/tokens?accountId={account['id']}").json()["items"]
    assert listed == [{name: value for name, value in body.items() if name != "token"}]
    headers = {"Authorization": f"Bearer {body['token']}"}
    reader = home.browser()
    assert reader.get("/v1/accounts", headers=headers).status_code == 200
    assert problem(reader.post("/v1/accounts", json={"name": "x"}, headers=headers)) == (403, "auth.scope")
    assert keeper.get(f"/v1/tokens?accountId={account['id']}").json()["items"][0]["usedOn"] == "2027-03-01"
    assert keeper.delete(f"/v1/tokens/{body['id']}").status_code == 204
    assert reader.get("/v1/accounts", headers=headers).status_code == 401
    for wrong in ({"days": 0}, {"days": 400}, {"scopes": []}, {"scopes": ["alles"]}, {"accountId": "A'; --"}):
        given = {"accountId": account["id"], "name": "x", "scopes": ["read"]} | wrong
        assert problem(keeper.post("/v1/tokens", json=given)) == (400, "bad_input"), wrong


def test_everybody_lists_and_ends_her_own_tokens_and_nobody_elses(home: House, keeper: TestClient) -> None:
    hers, others = home.served.signed_in(ADVISER), home.served.signed_in(ADVISER)
    (own,) = hers.get("/v1/tokens").json()["items"]
    (other,) = others.get("/v1/tokens").json()["items"]
    assert own["accountId"] != other["accountId"]
    assert problem(hers.get(f"/v1/tokens?accountId={other['accountId']}")) == (404, "account.unknown")
    assert problem(hers.delete(f"/v1/tokens/{other['id']}")) == (404, "token.unknown")
    assert problem(hers.post("/v1/tokens", json={"name": "x", "scopes": ["read"]})) == (404, "page.closed")
    assert hers.delete(f"/v1/tokens/{own['id']}").status_code == 204
    assert hers.get("/v1/tokens").status_code == 401


def test_auditors_read_who_may_what_and_change_none_of_it(home: House, keeper: TestClient) -> None:
    auditor = home.served.signed_in(Grant(Role.AUDITOR), scopes=tuple(Scope))
    for path in ("/v1/accounts", "/v1/tokens", "/v1/organisations", "/v1/mandates"):
        assert auditor.get(path).status_code == 200
        if path != "/v1/tokens":
            assert home.served.signed_in(ADVISER).get(path).status_code == 404
    for path, body in (
        ("/v1/accounts", {"name": "x"}),
        ("/v1/tokens", {"name": "x", "scopes": ["read"]}),
        ("/v1/organisations", {"kind": "wsp", "name": "x"}),
    ):
        assert auditor.post(path, json=body).status_code == 404


def test_organisations_and_mandates_are_kept(home: House, keeper: TestClient) -> None:
    with session_scope(home.engine) as session:
        save_candidates(session, [CandidateProfile(source="wsp", source_id="1", region="AM13")], now=MOMENT)
        person = session.connection().exec_driver_sql("SELECT id FROM candidates WHERE source = 'wsp'").scalar_one()
    partner = made(keeper, "/organisations", kind="network_partner", name="Partner", region="AM13")
    assert keeper.get(f"/v1/organisations/{partner['id']}").json() == partner
    changed = keeper.patch(f"/v1/organisations/{partner['id']}", json={"name": "Partner B", "region": None}).json()
    assert (changed["name"], changed["region"], changed["kind"]) == ("Partner B", None, "network_partner")
    again = keeper.post("/v1/organisations", json={"kind": "network_partner", "name": "Partner B"})
    assert problem(again) == (409, "organisation.taken")
    mandate = {"candidateId": person, "organisationId": partner["id"], "endsOn": "2027-06-30"}
    first = made(keeper, "/mandates", **mandate, purpose="een baan")
    second = made(keeper, "/mandates", **mandate, purpose="een stage")
    made(keeper, "/mandates", **mandate | {"endsOn": "2027-09-30"}, purpose="een baan")
    listed = keeper.get(f"/v1/mandates?candidateId={person}&limit=1").json()
    assert listed["items"] == [first | {"endsOn": "2027-09-30"}]
    assert keeper.get(listed["next"]).json() == {"items": [second], "next": None}
    assert keeper.delete(f"/v1/mandates/{first['id']}").status_code == 204
    assert keeper.get(f"/v1/mandates?organisationId={partner['id']}").json()["items"] == [second]
    assert problem(keeper.delete(f"/v1/mandates/{first['id']}")) == (404, "mandate.unknown")
    unknown = keeper.post("/v1/mandates", json=mandate | {"purpose": "x", "candidateId": "c_nothere"})
    assert problem(unknown) == (404, "candidate.unknown")
