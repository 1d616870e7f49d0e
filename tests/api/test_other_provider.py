import logging
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import sqlalchemy as sa
from joserfc.jwk import RSAKey
from pydantic import SecretStr, ValidationError
from starlette.testclient import TestClient

from api import oidc
from matching.accounts import change_account
from matching.database import session_scope
from matching.settings import Settings
from matching.tables import metadata
from tests.api.conftest import Installation
from tests.api.people import ADDRESS, ADVISER, House, house
from tests.api.provider import CLIENT, SECRET, Provider, provider

MAIL = "aya.marker@voorbeeld.nl"
VERIFIED = {"sub": "person-1", "email": MAIL, "email_verified": True, "name": "Aya"}


@dataclass(frozen=True)
class Both:
    home: House
    there: Provider

    def leave(self, browser: TestClient, back: str = "") -> str:
        """Go to the provider and say yes; the address at which she comes back."""
        answer = browser.get("/sign-in/provider", params={"next": back})
        assert answer.status_code == 303
        asked = httpx2.get(answer.headers["location"], follow_redirects=False)
        return str(asked.headers["location"]).removeprefix(ADDRESS)

    def sign_in(self, browser: TestClient, back: str = "") -> Any:
        return browser.get(self.leave(browser, back))


@pytest.fixture
def both(installation: Installation, tmp_path: Path) -> Iterator[Both]:
    yield from served(installation, tmp_path)


def served(installation: Installation, folder: Path, **settings: Any) -> Iterator[Both]:
    shutil.copytree(installation.data_dir, folder / "data")
    made: list[House] = []
    with (
        provider(lambda: made[0].now.timestamp()) as there,
        house(
            folder,
            oidc_issuer=there.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SecretStr(SECRET),
            oidc_name="Het WSP",
            **settings,
        ) as home,
    ):
        made.append(home)
        yield Both(home, there)


def linked(both: Both) -> list[str]:
    with session_scope(both.home.engine, read_only=True) as session:
        return list(session.connection().scalars(sa.select(metadata.tables["account_links"].c.account_id)))


def test_who_the_provider_knows_by_a_verified_address_comes_in_and_is_known_by_subject_afterwards(both: Both) -> None:
    account_id = both.home.account(MAIL, ADVISER, name="Aya", password=False)
    both.there.person = VERIFIED
    browser = both.home.browser()
    assert "Aanmelden met Het WSP" in browser.get("/sign-in").text
    answer = both.sign_in(browser, "/vacancies/v_x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/vacancies/v_x")
    assert browser.get("/").status_code == 200
    assert linked(both) == [account_id]
    both.there.person = {"sub": "person-1", "email": "nieuw@voorbeeld.nl", "email_verified": True}
    again = both.home.browser()
    assert both.sign_in(again).headers["location"] == "/"
    assert both.there.refused == []


def test_who_came_by_the_provider_can_sign_out_there_too(both: Both) -> None:
    both.home.account(MAIL, ADVISER)
    both.there.person = VERIFIED
    browser = both.home.browser()
    both.sign_in(browser)
    left = browser.post("/sign-out").headers["location"]
    assert "Ook afmelden bij Het WSP" in browser.get(left).text
    there = urlsplit(browser.get("/sign-in/provider/leave").headers["location"])
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{both.there.issuer}/leave"
    assert parse_qs(there.query) == {"client_id": [CLIENT], "post_logout_redirect_uri": [f"{ADDRESS}/sign-in"]}


@pytest.mark.parametrize(
    "person",
    [
        {"sub": "x", "email": MAIL},
        {"sub": "x", "email": MAIL, "email_verified": False},
        {"sub": "x", "email": MAIL, "email_verified": "true"},
        {"sub": "x", "email": "ander@voorbeeld.nl", "email_verified": True},
        {"sub": "x"},
    ],
)
def test_an_address_that_is_not_verified_or_not_known_is_no_account(both: Both, person: dict[str, Any]) -> None:
    both.home.account(MAIL, ADVISER)
    both.there.person = person
    answer = both.sign_in(both.home.browser())
    assert answer.status_code == 401
    assert "geen account" in answer.text
    assert linked(both) == []


def test_an_address_that_passed_to_somebody_else_does_not_pass_on_the_account(both: Both) -> None:
    both.home.account(MAIL, ADVISER)
    both.there.person = VERIFIED
    both.sign_in(both.home.browser())
    both.there.person = VERIFIED | {"sub": "person-2"}
    assert both.sign_in(both.home.browser()).status_code == 401


def test_a_closed_account_stays_closed(both: Both) -> None:
    account_id = both.home.account(MAIL, ADVISER)
    both.there.person = VERIFIED
    both.sign_in(both.home.browser())
    with session_scope(both.home.engine) as session:
        change_account(session, account_id, {"active": False}, now=both.home.now)
    assert both.sign_in(both.home.browser()).status_code == 401


def test_only_where_the_setting_says_so_somebody_new_gets_an_account_that_may_nothing(
    installation: Installation, tmp_path: Path
) -> None:
    for both in served(installation, tmp_path, oidc_creates_accounts=True):
        both.there.person = VERIFIED
        browser = both.home.browser()
        assert both.sign_in(browser).headers["location"] == "/start"
        assert "nog geen rol" in browser.get("/start").text


def test_staff_gives_a_second_factor_unless_the_provider_asked_one(installation: Installation, tmp_path: Path) -> None:
    for both in served(installation, tmp_path, second_factor="staff"):
        both.home.account(MAIL, ADVISER)
        both.there.person = VERIFIED
        browser = both.home.browser()
        assert both.sign_in(browser).headers["location"] == "/sign-in/second-factor"
        assert browser.get("/").status_code == 303
        both.there.person = VERIFIED | {"amr": ["pwd", "mfa"]}
        assert both.sign_in(both.home.browser()).headers["location"] == "/"


OTHER_KEY = RSAKey.generate_key(2048, {"kid": "one"})


@pytest.mark.parametrize(
    "bend",
    [
        {"bent": {"nonce": "of another request"}},
        {"bent": {"nonce": None}},
        {"bent": {"aud": "another-client"}},
        {"bent": {"aud": [CLIENT, "another-client"], "azp": "another-client"}},
        {"bent": {"iss": "https://another.example"}},
        {"bent": {"exp": 1_000_000_000}},
        {"bent": {"exp": None}},
        {"bent": {"iat": 4_000_000_000}},
        {"bent": {"sub": None}},
        {"header": {"alg": "none"}},
        {"header": {"alg": "HS256", "kid": "one"}},
        {"signs_with": OTHER_KEY},
        {"header": {"alg": "RS256", "kid": "unknown"}, "signs_with": OTHER_KEY},
        {"described": {"issuer": "https://another.example"}},
        {"described": {"token_endpoint": "http://192.0.2.1/token"}},
        {"described": {"jwks_uri": "file:///etc/passwd"}},
    ],
)
def test_what_the_provider_may_not_say_lets_nobody_in(both: Both, bend: dict[str, Any]) -> None:
    both.home.account(MAIL, ADVISER)
    both.there.person = VERIFIED
    browser = both.home.browser()
    back = both.leave(browser)
    for name, value in bend.items():
        setattr(both.there, name, value)
    answer = browser.get(back)
    assert answer.status_code == 401
    assert "lukte niet" in answer.text
    assert "vonk_session" not in answer.headers.get("set-cookie", "")
    assert browser.get("/").status_code == 303
    assert linked(both) == []


def test_a_key_that_the_provider_replaced_is_known_at_once(both: Both) -> None:
    both.home.account(MAIL, ADVISER)
    both.there.person = VERIFIED
    both.sign_in(both.home.browser())
    both.there.signs_with = RSAKey.generate_key(2048, {"kid": "two"})
    both.there.header = {"alg": "RS256", "kid": "two"}
    both.there.shows = [*both.there.shows, both.there.signs_with]
    assert both.sign_in(both.home.browser()).status_code == 303


def test_a_code_is_good_once_and_in_the_browser_that_asked_for_it(both: Both) -> None:
    both.home.account(MAIL, ADVISER)
    both.there.person = VERIFIED
    hers, other = both.home.browser(), both.home.browser()
    back = both.leave(hers)
    for stranger in (both.home.browser(), other):  # without anything under way, and with something of her own
        assert stranger.get(back).status_code == 401
        both.leave(other)
    assert hers.get(back).status_code == 303
    assert hers.get(back).status_code == 401
    both.leave(hers)  # a state of now, with the code of before
    state = parse_qs(urlsplit(both.leave(hers)).query)["state"][0]
    code = parse_qs(urlsplit(back).query)["code"][0]
    assert hers.get("/sign-in/provider/callback", params={"state": state, "code": code}).status_code == 401
    assert both.there.refused == ["code"]


def test_what_is_under_way_ends_after_some_minutes(both: Both) -> None:
    both.home.account(MAIL, ADVISER)
    both.there.person = VERIFIED
    browser = both.home.browser()
    back = both.leave(browser)
    both.home.later(seconds=oidc.LASTS.total_seconds() + 1)
    assert browser.get(back).status_code == 401


def test_a_no_at_the_provider_and_one_that_is_away_are_told(both: Both) -> None:
    browser = both.home.browser()
    state = parse_qs(urlsplit(both.leave(browser)).query)["state"][0]
    no = browser.get("/sign-in/provider/callback", params={"error": "access_denied", "state": state})
    assert no.status_code == 401
    both.there.issuer = "http://127.0.0.1:9"
    both.there.described = {"issuer": "elsewhere"}
    assert browser.get("/sign-in/provider").status_code == 401


def test_nothing_of_what_the_provider_says_comes_into_a_log(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    both.home.account(MAIL, ADVISER)
    both.there.person = VERIFIED | {"sub": "marker-subject"}
    browser = both.home.browser()
    back = both.leave(browser)
    caplog.clear()  # until here the client of the test itself speaks
    browser.get(back)
    both.there.bent = {"nonce": "marker-nonce"}
    code = parse_qs(urlsplit(back).query)["code"][0]
    for planted in (MAIL, "marker", SECRET, code, browser.cookies["vonk_session"]):
        told = [one.getMessage() for one in caplog.records if not one.name.startswith("httpx")]
        assert planted not in "\n".join(told)


def test_without_a_provider_there_is_none(installation: Installation, tmp_path: Path) -> None:
    shutil.copytree(installation.data_dir, tmp_path / "data")
    with house(tmp_path) as home:
        for path in ("", "/callback?code=x&state=y", "/leave"):
            assert home.browser().get(f"/sign-in/provider{path}").status_code == 404
        assert "/sign-in/provider" not in home.browser().get("/sign-in").text


def test_a_provider_is_reached_over_https_alone() -> None:
    key = "9f2kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e"
    with pytest.raises(ValidationError, match="VONK_OIDC_ISSUER has to begin with https"):
        Settings(env="production", secret_key=SecretStr(key), oidc_issuer="http://idp.example", oidc_client_id="x")
    with pytest.raises(ValidationError, match="go together"):
        Settings(oidc_issuer="https://idp.example")
    elsewhere = Settings(oidc_issuer="http://192.0.2.1", oidc_client_id="x")
    with pytest.raises(oidc.ProviderFailed, match=r"provider\.unreachable"):
        oidc.leave(elsewhere, "/") or oidc._described(elsewhere)
