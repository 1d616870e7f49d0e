"""Every route, for every role, on what is its own and on what is another's; a route without a row here is a failure.

"Let in" means that the answer is not 401, 403 or 404: what is sent may still be refused for what it says.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from httpx2 import Response
from starlette.testclient import TestClient

from api.commands.prepare import prepare
from api.dependencies import Public
from api.http.routing import routes_of
from matching.accounts import create_account
from matching.actors import Grant, Role, Scope
from matching.database import session_scope
from matching.settings import Settings
from matching.tables import metadata
from matching.tokens import create_token, hash_of
from tests.api.conftest import MOMENT
from tests.api.serving import Served, served

PLACEMENT = {"kind": "job", "startsOn": "2027-02-01", "legalEmployer": "De Firma"}
NAMED_IN_BODY = ("/v1/introductions", "/v1/placements")
HERE, THERE = ("AM06", "1012"), ("AM33", "6211")  # region and postcode, far apart
CLOSED = {401, 403, 404}
AROUND = "adviser coach caseworker"
HERSELF = "candidate representative"
EVERYBODY = " ".join(Role)

# Who is let in: to what is their own, and to what is another's (another region, caseload, organisation or person).
TABLE: dict[str, tuple[str, str]] = {
    "GET /": (EVERYBODY, EVERYBODY),
    "GET /start": (EVERYBODY, EVERYBODY),
    "GET /vacancies/{vacancyId}": ("adviser", ""),
    "GET /vacancies/{vacancyId}/candidates/{candidateId}": ("adviser coach", ""),
    "GET /v1/candidates": (f"{AROUND} {HERSELF}", f"{AROUND} {HERSELF}"),
    "POST /v1/candidates": (AROUND, AROUND),
    "GET /v1/candidates/{candidateId}": (f"{AROUND} {HERSELF}", ""),
    "PATCH /v1/candidates/{candidateId}": (f"{AROUND} {HERSELF}", ""),
    "DELETE /v1/candidates/{candidateId}": (f"{AROUND} {HERSELF}", ""),
    "GET /v1/candidates/{candidateId}/identity": (f"{AROUND} {HERSELF}", ""),
    "PUT /v1/candidates/{candidateId}/identity": (f"{AROUND} {HERSELF}", ""),
    "GET /v1/candidates/{candidateId}/card": (f"adviser coach {HERSELF}", ""),
    "PUT /v1/candidates/{candidateId}/card": (f"adviser coach {HERSELF}", ""),
    "GET /v1/candidates/{candidateId}/vacancies": (f"adviser coach {HERSELF}", ""),
    "GET /v1/candidates/{candidateId}/questions": ("adviser coach", ""),
    "GET /v1/candidates/{candidateId}/export": (f"adviser {HERSELF}", ""),
    "GET /v1/vacancies": ("adviser employer", "adviser employer"),
    "POST /v1/vacancies": ("adviser employer", "adviser employer"),
    # Who looks for work, or helps somebody to, may read any open vacancy: it may be ranked for her.
    "GET /v1/vacancies/{vacancyId}": (f"adviser employer coach {HERSELF}", f"coach {HERSELF}"),
    "PATCH /v1/vacancies/{vacancyId}": ("adviser employer", ""),
    "DELETE /v1/vacancies/{vacancyId}": ("adviser employer", ""),
    "GET /v1/vacancies/{vacancyId}/levers": ("adviser employer", ""),
    "GET /v1/vacancies/{vacancyId}/ranking": ("adviser employer", ""),
    "GET /v1/vacancies/{vacancyId}/ranking/{candidateId}": ("adviser coach", ""),
    "POST /v1/vacancies/{vacancyId}/overrides": ("adviser", ""),
    "POST /v1/vacancy-previews": ("adviser employer", "adviser employer"),
    "POST /v1/vacancy-drafts": ("adviser employer", "adviser employer"),
    "POST /v1/candidate-drafts": ("adviser coach", "adviser coach"),
    "GET /v1/shortlists": ("adviser", "adviser"),
    "POST /v1/shortlists": ("adviser", "adviser"),
    "GET /v1/shortlists/{shortlistId}": ("adviser", ""),
    "PATCH /v1/shortlists/{shortlistId}": ("adviser", ""),
    "DELETE /v1/shortlists/{shortlistId}": ("adviser", ""),
    "GET /v1/saved-searches": ("adviser", "adviser"),
    "POST /v1/saved-searches": ("adviser", "adviser"),
    "GET /v1/saved-searches/{searchId}": ("adviser", ""),
    "PATCH /v1/saved-searches/{searchId}": ("adviser", ""),
    "DELETE /v1/saved-searches/{searchId}": ("adviser", ""),
    "GET /v1/audit-entries": ("auditor", "auditor"),
    # What came of introductions. Who sees a person sees what was recorded of her; each party records its own steps.
    "POST /v1/introductions": ("adviser coach", ""),
    "GET /v1/introductions": (f"adviser coach employer {HERSELF}", f"adviser coach employer {HERSELF}"),
    "GET /v1/introductions/{introductionId}": (f"adviser coach {HERSELF}", ""),
    "GET /v1/introductions/{introductionId}/outcomes": (f"adviser coach {HERSELF}", ""),
    "POST /v1/introductions/{introductionId}/outcomes": (f"adviser coach {HERSELF}", ""),
    "PATCH /v1/introductions/{introductionId}/outcomes/{outcomeId}": (f"adviser coach {HERSELF}", ""),
    "POST /v1/placements": ("adviser coach", ""),
    "GET /v1/placements": ("adviser coach", "adviser coach"),
    "GET /v1/placements/{placementId}": ("adviser coach", ""),
    "PATCH /v1/placements/{placementId}": ("adviser coach", ""),
    "GET /v1/caseload": ("adviser coach", "adviser coach"),
    "POST /v1/candidates/{candidateId}/contacts": ("adviser coach", ""),
    "GET /v1/candidates/{candidateId}/contacts": ("adviser coach", ""),
    "POST /v1/candidates/{candidateId}/pauses": ("adviser coach", ""),
    "GET /v1/candidates/{candidateId}/pauses": ("adviser coach", ""),
    "PATCH /v1/candidates/{candidateId}/pauses/{pauseId}": ("adviser coach", ""),
    "POST /v1/candidates/{candidateId}/legal-bases": ("adviser coach", ""),
    "GET /v1/candidates/{candidateId}/legal-bases": ("adviser coach", ""),
    # Who may come in.
    "POST /v1/accounts": ("administrator", "administrator"),
    "GET /v1/accounts": ("administrator auditor", "administrator auditor"),
    "GET /v1/accounts/{accountId}": ("administrator auditor", "administrator auditor"),
    "PATCH /v1/accounts/{accountId}": ("administrator", "administrator"),
    "POST /v1/accounts/{accountId}/grants": ("administrator", "administrator"),
    "DELETE /v1/accounts/{accountId}/grants/{grantId}": ("administrator", "administrator"),
    "POST /v1/tokens": ("administrator", "administrator"),
    "GET /v1/tokens": (EVERYBODY, EVERYBODY),
    "DELETE /v1/tokens/{tokenId}": (EVERYBODY, "administrator"),
    "POST /v1/organisations": ("administrator", "administrator"),
    "GET /v1/organisations": ("administrator auditor", "administrator auditor"),
    "GET /v1/organisations/{organisationId}": ("administrator auditor", "administrator auditor"),
    "PATCH /v1/organisations/{organisationId}": ("administrator", "administrator"),
    "POST /v1/mandates": ("administrator", "administrator"),
    "GET /v1/mandates": ("administrator auditor", "administrator auditor"),
    "DELETE /v1/mandates/{mandateId}": ("administrator", "administrator"),
}


# Pages about one's own account: each judges by the session of the browser, and is tested with one.
OWN_ACCOUNT = "/account"


@dataclass(frozen=True)
class World:
    """Two of everything: what is theirs, and what is not; a client per role."""

    asked: Served
    clients: dict[Role, TestClient]
    organisations: tuple[str, str]

    def made(self, path: str, body: dict[str, object]) -> str:
        answer = self.asked.client.post(path, json=body)
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["id"]
        return found

    def candidate(self, mine: bool) -> str:
        region, postcode = HERE if mine else THERE
        around = {"coach": "coach 7", "caseworker": "klantmanager 3"} if mine else {}
        made = self.made("/v1/candidates", {"region": region, "postcode": postcode} | around)
        self.asked.client.put(f"/v1/candidates/{made}/identity", json={"name": "Iemand"})
        return made

    def vacancy(self, mine: bool) -> str:
        region, postcode = HERE if mine else THERE
        owner = self.organisations[0 if mine else 1]
        body = {"title": "Schoonmaker", "region": region, "postcode": postcode, "organisationId": owner}
        return self.made("/v1/vacancies", body)

    def introduction(self, candidate: str, vacancy: str) -> str:
        """One between these two; that which is there already, since there is one at a time."""
        path = f"/v1/introductions?candidateId={candidate}"
        there = self.asked.client.get(path).json()["items"]
        if there:
            found: str = there[0]["id"]
            return found
        return self.made("/v1/introductions", {"candidateId": candidate, "vacancyId": vacancy})

    def outcome(self, introduction: str) -> str:
        found: str = self.asked.client.get(f"/v1/introductions/{introduction}/outcomes").json()["items"][0]["id"]
        return found

    def token(self, client: TestClient, mine: bool) -> str:
        """Another token of who asks, or one of a new account."""
        columns = metadata.tables["tokens"].c
        used = client.headers["Authorization"].removeprefix("Bearer ")
        with session_scope(self.asked.service.engine) as session:
            hers = session.connection().scalar(sa.select(columns.account_id).where(columns.hash == hash_of(used)))
            account = str(hers) if mine else create_account(session, now=MOMENT)
            return create_token(session, account, "meer", scopes=[Scope.READ], days=1, now=MOMENT)[0].id

    def filled(self, template: str, client: TestClient, candidate: str, mine: bool, job: str) -> str:
        """A path of a route, about what is theirs or another's."""
        keeper = self.clients[Role.ADMINISTRATOR]
        path, asked = template.replace("{candidateId}", candidate), self.asked.client
        make: dict[str, Callable[[], str]] = {
            "vacancyId": lambda: job,
            "shortlistId": lambda: self.of_an_adviser("/v1/shortlists", {"title": "Lijst"}, mine),
            "searchId": lambda: self.of_an_adviser("/v1/saved-searches", {"title": "Zoek", "text": "zorg"}, mine),
            "introductionId": lambda: self.introduction(candidate, job),
            "outcomeId": lambda: self.outcome(self.introduction(candidate, job)),
            "placementId": lambda: self.made("/v1/placements", PLACEMENT | {"candidateId": candidate}),
            "pauseId": lambda: asked.post(f"/v1/candidates/{candidate}/pauses", json={"reason": "other"}).json()["id"],
            "accountId": lambda: keeper.post("/v1/accounts", json={"name": "Nieuw"}).json()["id"],
            "tokenId": lambda: self.token(client, mine),
            "organisationId": lambda: self.organisations[0 if mine else 1],
            "mandateId": lambda: keeper.post("/v1/mandates", json=self.mandate(candidate)).json()["id"],
            "grantId": lambda: "",
        }
        for name in re.findall(r"\{(\w+)\}", path):
            found = make[name]()
            if name == "grantId":
                account = path.split("/")[3]
                found = keeper.post(f"/v1/accounts/{account}/grants", json={"role": "auditor"}).json()["id"]
            path = path.replace(f"{{{name}}}", found)
        return path

    def mandate(self, candidate: str) -> dict[str, object]:
        return {
            "candidateId": candidate,
            "organisationId": self.organisations[0],
            "purpose": "voorstellen",
            "endsOn": "2027-12-31",
        }

    def of_an_adviser(self, path: str, body: dict[str, object], mine: bool) -> str:
        client = self.clients[Role.ADVISER] if mine else self.asked.client
        answer = client.post(path, json=body)
        assert answer.status_code == 201, answer.text
        found: str = answer.json()["id"]
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("roles")
    clock = folder / "clock"
    clock.write_text(MOMENT.isoformat(), encoding="utf-8")
    settings = Settings(data_dir=folder / "data", clock=clock, account_per_minute=1_000_000)
    engine = prepare(settings)
    organisations = ("o_theirs", "o_anothers")
    with session_scope(engine) as session:
        rows = [{"id": one, "kind": "inclusive_employer", "name": one, "region": None} for one in organisations]
        session.connection().execute(metadata.tables["organisations"].insert(), rows)
    asked = served(settings, engine)
    yield World(asked, {}, organisations)
    engine.dispose()


def asks(world: World, role: Role, mine: str) -> TestClient:
    """A client of this role; people of her own are the one that is named."""
    if role in (Role.CANDIDATE, Role.REPRESENTATIVE):
        return world.asked.signed_in(Grant(role, candidate_id=mine))
    if role not in world.clients:
        grants = {
            Role.ADVISER: Grant(role, HERE[0]),
            Role.EMPLOYER: Grant(role, organisation_id=world.organisations[0]),
        }
        names = {Role.COACH: "coach 7", Role.CASEWORKER: "klantmanager 3"}
        world.clients[role] = world.asked.signed_in(grants.get(role, Grant(role)), known_as=names.get(role))
    return world.clients[role]


def routes(world: World) -> Iterator[str]:
    for route in routes_of(world.asked.app):
        guards = [one.call for one in route.dependant.dependencies] if route.dependant else []
        if not any(isinstance(one, Public) for one in guards) and not route.path.startswith(OWN_ACCOUNT):
            for method in (route.methods or set()) - {"HEAD"}:
                yield f"{method} {route.path}"


def test_every_route_has_a_row_and_every_row_a_route(world: World) -> None:
    assert sorted(set(routes(world))) == sorted(TABLE)


def test_who_is_not_signed_in_is_let_in_nowhere(world: World) -> None:
    for row in TABLE:
        method, template = row.split()
        path = "/".join("x_1" if part.startswith("{") else part for part in template.split("/"))
        answer = world.asked.nobody.request(method, path)
        assert answer.status_code == (401 if path.startswith("/v1") else 303), row


@dataclass(frozen=True)
class Walked:
    """One answer of a walk; `mine`: about what is her own."""

    row: str
    mine: bool
    answer: Response


def walk(
    world: World, role: Role, hers: str, anothers: str, bodies: Mapping[str, dict[str, object]] | None = None
) -> Iterator[Walked]:
    """Ask every route as a role, about its own and about another's; with `bodies` by row where those are named."""
    for one in (Role.ADVISER, Role.ADMINISTRATOR, Role.AUDITOR):
        asks(world, one, "")
    jobs = {mine: world.vacancy(mine) for mine in (True, False)}
    for row in TABLE:
        method, template = row.split()
        for mine in (True, False):
            erased = method == "DELETE" and "candidateId" in template
            candidate = world.candidate(mine) if erased else hers if mine else anothers
            client = asks(world, role, candidate if mine else hers)
            job = world.vacancy(mine) if row == "DELETE /v1/vacancies/{vacancyId}" else jobs[mine]
            path = world.filled(template, client, candidate, mine, job)
            body: dict[str, object] = {"candidateId": candidate} if template in NAMED_IN_BODY else {}
            if template == "/v1/introductions":
                body["vacancyId"] = job
            if template == "/v1/placements":
                body |= PLACEMENT
            body |= (bodies or {}).get(row, {})
            world.asked.service.keeper.catch_up()
            headers = {"If-Match": "*"} if bodies and method in ("PATCH", "PUT") else {}
            said = None if method in ("GET", "DELETE") else body
            yield Walked(row, mine, client.request(method, path, json=said, headers=headers))


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_let_in_to_its_own_and_to_nothing_else(world: World, role: Role) -> None:
    hers, anothers = world.candidate(True), world.candidate(False)  # for hers the accounts of people stand
    wrong = []
    for one in walk(world, role, hers, anothers):
        allowed = TABLE[one.row][0 if one.mine else 1].split()
        if (one.answer.status_code not in CLOSED) != (role.value in allowed):
            what = "own" if one.mine else "other"
            wrong.append((one.row, what, one.answer.status_code, one.answer.text[:200]))
        assert one.answer.status_code < 500, one.row
    assert wrong == []
