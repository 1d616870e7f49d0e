"""No answer, log line, metric, cookie or address tells who somebody is to those who may not know it.

Names and the like that occur nowhere else are planted in every place that may hold them; then every route is asked as
every role, and all that comes out is searched.
"""

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.http import logs
from matching.accounts import create_account, grant
from matching.actors import Grant, Role
from matching.database import session_scope
from matching.settings import Settings
from tests.api.conftest import MOMENT
from tests.api.people import PASSWORD, kept_password, sign_in
from tests.api.test_roles_and_routes import AROUND, HERSELF, World, walk
from tests.api.test_roles_and_routes import world as world

BSN = "123456782"  # passes the check of the number; of nobody
ROWS_OF_WHO_SHE_IS = {
    "GET /v1/candidates/{candidateId}/identity",
    "PUT /v1/candidates/{candidateId}/identity",
    "GET /v1/candidates/{candidateId}/export",
}
KEEPERS = {Role.ADMINISTRATOR, Role.AUDITOR}  # of accounts
WHO_KNOW_HER = set(f"{AROUND} {HERSELF}".split())


def identity(letter: str) -> dict[str, object]:
    """Who somebody is, so that it is known again."""
    return {
        "name": f"Zwaantje{letter} Querfeldt{letter}",
        "email": f"zwaantje{letter}@querfeldt.example",
        "phone": f"06-1239874{ord(letter) % 10}",
        "address": f"Kwikstaartlaan{letter} 77, 1012 Nergenshuizen",
    }


def words_of(letter: str) -> tuple[str, ...]:
    """By what her identity is known again, in small letters."""
    letter = letter.lower()
    return (
        f"zwaantje{letter}",
        f"querfeldt{letter}",
        f"06-1239874{ord(letter.upper()) % 10}",
        f"kwikstaartlaan{letter}",
    )


def told_freely(letter: str) -> str:
    """A text in which she tells more than was asked."""
    return f"xylofoon{letter.lower()} van Wipneus{letter.lower()}"


def free_words(letter: str) -> tuple[str, ...]:
    return (f"xylofoon{letter.lower()}", f"wipneus{letter.lower()}")


def account_words(letter: str) -> tuple[str, ...]:
    """By what the account with which she signs in is known again."""
    return (f"inlog{letter.lower()}",)


def email_of(letter: str, her: str) -> str:
    """With which she signs in."""
    return f"inlog{letter.lower()}-{her}@querfeldt.example"


@contextmanager
def listening() -> Iterator[io.StringIO]:
    """All that is logged, as in production but with everything that is said."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    logs.set_up(Settings(log_level="debug", log_format="json"), stream)
    try:
        yield stream
    finally:
        root.handlers[:], root.level = handlers, level
        logging.captureWarnings(False)


def plant(world: World, mine: bool, letter: str) -> str:
    """Somebody with all that may tell who she is, and an account to sign in with."""
    her = world.candidate(mine)
    asked = world.asked.client
    texts = {"work": [told_freely(letter)]}
    done = [
        asked.put(f"/v1/candidates/{her}/identity", json=identity(letter)),
        asked.patch(f"/v1/candidates/{her}", json={"wishes": texts}, headers={"If-Match": "*"}),
        asked.put(
            f"/v1/candidates/{her}/card",
            json={"about": "Ik werk graag.", "shows": ["skills", "wish", "hours"], "approved": "spoken"},
            headers={"If-Match": "*"},
        ),
        asked.post(
            f"/v1/candidates/{her}/contacts",
            json={"kind": "phone", "minutes": 10, "note": told_freely(letter)},
        ),
    ]
    assert [one.status_code for one in done] == [200, 200, 200, 201], [one.text for one in done]
    with session_scope(world.asked.service.engine) as session:
        account = create_account(
            session,
            now=MOMENT,
            email=email_of(letter, her),
            name=f"Inlog{letter}",
            password_hash=kept_password(),
        )
        grant(session, account, Grant(Role.CANDIDATE, candidate_id=her), now=MOMENT)
    return her


BODIES: dict[str, dict[str, object]] = {
    "POST /v1/candidates": {"region": "AM06", "wishes": {"work": [told_freely("C")]}},
    "PUT /v1/candidates/{candidateId}/identity": identity("A"),
    "PATCH /v1/candidates/{candidateId}": {"wishes": {"work": [told_freely("A")]}},
    "PUT /v1/candidates/{candidateId}/card": {"about": f"Ik ben {identity('A')['name']}."},
    "POST /v1/candidates/{candidateId}/contacts": {"kind": "phone", "minutes": 5, "note": told_freely("A")},
    "POST /v1/introductions/{introductionId}/outcomes": {"kind": "interviewed", "note": told_freely("A")},
    "POST /v1/candidate-drafts": {"text": f"{identity('A')['name']}, {identity('A')['email']}, BSN {BSN}. Schoonmaak."},
}


def may_tell(role: Role, row: str, mine: bool, letter: str) -> set[str]:
    """Which of the planted words an answer may hold."""
    allowed: set[str] = set()
    hers = letter == "A" and (mine or "{" not in row) and role.value in WHO_KNOW_HER
    if hers:
        allowed.update(free_words(letter))
    if hers and row in ROWS_OF_WHO_SHE_IS:
        allowed.update(words_of(letter))
    if role in KEEPERS or (hers and row.endswith("/export")):
        allowed.update(account_words(letter))
    return allowed


def tells(text: str, letter: str) -> set[str]:
    """Which of the planted words stand in a text."""
    small = text.lower()
    return {one for one in (*words_of(letter), *free_words(letter), *account_words(letter)) if one in small}


def headers_of(answer: Response) -> str:
    return "\n".join(f"{name}: {value}" for name, value in answer.headers.items())


@pytest.fixture
def people(world: World) -> dict[str, str]:
    """A is one of theirs, B is another's."""
    return {letter: plant(world, letter == "A", letter) for letter in "AB"}


@pytest.mark.soak
@pytest.mark.parametrize("role", list(Role))
def test_who_may_not_know_who_she_is_does_not_hear_it(world: World, people: dict[str, str], role: Role) -> None:
    with listening() as said:
        heard = []
        n_told = 0
        for one in walk(world, role, people["A"], people["B"], BODIES):
            n_told += bool(tells(one.answer.text, "A"))
            for letter in people:
                allowed = may_tell(role, one.row, one.mine, letter) if one.answer.status_code < 400 else set()
                if found := tells(one.answer.text, letter) - allowed:
                    heard.append((one.row, one.mine, one.answer.status_code, found))
                if found := tells(headers_of(one.answer) + str(one.answer.request.url), letter):
                    heard.append((one.row, one.mine, "header or address", found))
            assert BSN not in one.answer.text
    assert heard == []
    if role not in KEEPERS:  # they see accounts, some at a time
        assert bool(n_told) == (role.value in WHO_KNOW_HER)  # what is planted can be found
    for letter in people:
        assert not tells(said.getvalue(), letter)
    assert BSN not in said.getvalue()


def test_neither_a_refusal_nor_the_log_repeats_who_she_is(world: World, people: dict[str, str]) -> None:
    with listening() as said:
        client, name = world.asked.client, str(identity("A")["name"])
        path = f"/v1/candidates/{people['A']}"
        refused = [
            client.put(f"{path}/identity", json={"name": name * 40, "email": f"{name}@@", "phone": name}),
            client.put(f"{path}/identity", json={name: name}),
            client.put(f"{path}/identity", content=f'{{"name": "{name}"'.encode()),
            client.patch(path, json={"hours": name, "region": name}, headers={"If-Match": "*"}),
            client.patch(path, json={"hours": {"min": 8}}, headers={"If-Match": name.encode().hex() + name[:9]}),
            client.post("/v1/candidates", json={"region": name}, headers={"Idempotency-Key": name}),
            client.get(f"/v1/candidates/{name}"),
            client.get(f"/v1/candidates?limit={name}&region={name}&cursor={name}"),
            client.get(f"/{name}"),
            client.post("/v1/accounts", json={"email": f"{name}@@", "name": name}),
        ]
    for answer in refused:
        assert answer.status_code >= 400
        assert not tells(answer.text, "A"), answer.text
        assert not tells(headers_of(answer), "A")
    assert not tells(said.getvalue(), "A")


def test_signing_in_leaves_nothing_of_her_in_cookies_addresses_logs_and_metrics(world: World) -> None:
    with listening() as said:
        email = email_of("D", plant(world, True, "D"))
        browser = TestClient(
            world.asked.app,
            base_url="http://127.0.0.1:8000",
            headers={"Sec-Fetch-Site": "same-origin"},
            follow_redirects=False,
            client=("127.0.0.1", 50_000),
        )
        answers = [
            sign_in(browser, email, "een verkeerd wachtwoord"),
            sign_in(browser, email, PASSWORD),
            browser.get("/account"),
            browser.get("/start"),
        ]
        assert [one.status_code for one in answers[1:]] == [303, 200, 200]
        assert answers[0].status_code >= 400
        metrics = browser.get("/metrics")
        assert "vonk_ranking_seconds" in metrics.text
    for answer in answers:
        assert not tells(headers_of(answer), "D")
    assert not tells(" ".join(f"{one.name}={one.value}" for one in browser.cookies.jar), "D")
    for letter in "ABD":
        assert not tells(metrics.text, letter)
        assert not tells(said.getvalue(), letter)
