import json
import logging
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyotp
import pytest
import sqlalchemy as sa

from api.pages.forms import local_path
from matching.accounts import change_account
from matching.actors import Grant, Role
from matching.attempts import FREE, FREE_OF_ADDRESS, LONGEST, TooSoon, count, of_account, of_address
from matching.database import session_scope
from matching.second_factors import N_RECOVERY
from matching.settings import Settings, secret_of
from matching.sign_ins import IDLE, LASTS
from matching.tables import metadata
from tests.api.conftest import Installation
from tests.api.people import ADVISER, PASSWORD, House, house, sign_in

MAIL = "aya.marker@voorbeeld.nl"
SECRET_KEY = "9f2kQx7LmZp4Rt8WvB3nYc6HdJ5sGa1e"
HEADERS = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def home(installation: Installation, tmp_path: Path) -> Iterator[House]:
    shutil.copytree(installation.data_dir, tmp_path / "data")
    with house(tmp_path) as made:
        yield made


@pytest.fixture
def strict(installation: Installation, tmp_path: Path) -> Iterator[House]:
    """Where staff has to give a second factor."""
    shutil.copytree(installation.data_dir, tmp_path / "data")
    with house(tmp_path, second_factor="staff") as made:
        yield made


def secret_on(page: str) -> str:
    return "".join(re.findall(r'<code class="secret">([A-Z2-7 ]+)</code>', page)[0].split())


def code_of(secret: str, home: House) -> str:
    return pyotp.TOTP(secret).at(home.now)


def sessions_of(home: House, account_id: str) -> int:
    sign_ins = metadata.tables["sign_ins"]
    with session_scope(home.engine, read_only=True) as session:
        query = sa.select(sa.func.count()).select_from(sign_ins).where(sign_ins.c.account_id == account_id)
        return int(session.connection().scalar(query) or 0)


def test_who_signs_in_comes_where_she_was_going_and_the_head_of_the_page_says_who_she_is(home: House) -> None:
    home.account(MAIL, ADVISER, name="Aya")
    browser = home.browser()
    led = browser.get("/?page=1").headers["location"]
    assert led == "/sign-in?next=%2F"
    assert 'value="/"' in browser.get(led).text
    answer = sign_in(browser, f"  {MAIL.upper()} ", back="/vacancies/v_x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/vacancies/v_x")
    page = browser.get("/").text
    assert "</span>Aya</a>" in page
    assert 'action="/sign-out"' in page


def test_an_unknown_address_a_wrong_password_and_a_closed_account_are_answered_alike(home: House) -> None:
    home.account(MAIL, ADVISER)
    closed = home.account("dicht@voorbeeld.nl", ADVISER)
    home.account("zonder@voorbeeld.nl", ADVISER, password=False)
    with session_scope(home.engine) as session:
        change_account(session, closed, {"active": False}, now=home.now)
    answers = [
        sign_in(home.browser(), MAIL, "een heel ander wachtwoord"),
        sign_in(home.browser(), "niemand@voorbeeld.nl"),
        sign_in(home.browser(), "dicht@voorbeeld.nl"),
        sign_in(home.browser(), "zonder@voorbeeld.nl"),
    ]
    assert {one.status_code for one in answers} == {401}
    pages = {re.sub(r'value="[^"]*"', "", one.text) for one in answers}
    assert len(pages) == 1
    assert "horen niet bij elkaar" in pages.pop()
    assert all("set-cookie" not in one.headers for one in answers)


def test_a_mark_that_is_none_tells_nobody_which_accounts_there_are(home: House) -> None:
    home.account(MAIL, ADVISER)
    for mark in (b"x.\xe9", b"x.y", b".", b"x"):
        for email in (MAIL, "niemand@voorbeeld.nl"):
            sent = [(b"cookie", b"vonk_browser=" + mark)]
            form = {"email": email, "password": "een heel ander wachtwoord"}
            answer = home.browser().post("/sign-in", data=form, headers=sent)
            assert (answer.status_code, "set-cookie" in answer.headers) == (401, False), (mark, email)


def test_a_session_from_before_signing_in_is_not_taken_over(home: House) -> None:
    home.account(MAIL, ADVISER)
    browser = home.browser()
    browser.cookies.set("vonk_session", "planted-by-somebody")
    answer = sign_in(browser, MAIL)
    secret = re.findall(r"vonk_session=([^;]+)", answer.headers["set-cookie"])[0]
    assert secret != "planted-by-somebody"
    planted = home.browser()
    planted.cookies.set("vonk_session", "planted-by-somebody")
    assert planted.get("/").status_code == 303


def test_signing_out_ends_the_session_in_the_database_too(home: House) -> None:
    account_id = home.account(MAIL, ADVISER)
    browser = home.signed_in(MAIL)
    kept = browser.cookies["vonk_session"]
    answer = browser.post("/sign-out")
    assert answer.headers["location"] == "/sign-in?left=here"
    assert "U bent afgemeld" in browser.get("/sign-in?left=here").text
    assert sessions_of(home, account_id) == 0
    again = home.browser()
    again.cookies.set("vonk_session", kept)
    assert again.get("/").status_code == 303


def test_a_session_ends_when_nobody_is_there_and_after_a_day_at_work_whatever_happens(home: House) -> None:
    home.account(MAIL, ADVISER)
    browser = home.signed_in(MAIL)
    home.later(seconds=IDLE.total_seconds() - 60)
    assert browser.get("/").status_code == 200
    home.later(seconds=IDLE.total_seconds() - 60)  # counted from the last time she was here
    assert browser.get("/").status_code == 200
    home.later(seconds=IDLE.total_seconds() + 1)
    assert browser.get("/").status_code == 303
    browser = home.signed_in(MAIL)
    for _ in range(int(LASTS / IDLE) * 2):
        assert browser.get("/").status_code == 200
        home.later(seconds=IDLE.total_seconds() / 2)
    assert browser.get("/").status_code == 303


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/sign-in/second-factor"])
@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "", "Origin": "https://kwaad.example"}]
)
def test_another_site_can_lead_a_browser_to_no_form_of_signing_in(
    home: House, path: str, headers: dict[str, str]
) -> None:
    home.account(MAIL, ADVISER)
    browser = home.browser()
    given = {name: value for name, value in headers.items() if value}
    if not headers["Sec-Fetch-Site"]:
        del browser.headers["Sec-Fetch-Site"]
    answer = browser.post(path, data={"email": MAIL, "password": PASSWORD}, headers=given)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "asked",
    ["https://kwaad.example/", "//kwaad.example", "/\\kwaad.example", "\\\\kwaad", "javascript:1", "/a\nb", "/\tb", ""],
)
def test_after_signing_in_nobody_is_led_elsewhere(home: House, asked: str) -> None:
    assert local_path(asked) is None
    home.account(MAIL, ADVISER)
    assert sign_in(home.browser(), MAIL, back=asked).headers["location"] == "/"


def test_after_some_wrong_attempts_each_next_one_waits_longer_and_the_right_one_clears_it(home: House) -> None:
    home.account(MAIL, ADVISER)
    browser = home.browser()
    for _ in range(FREE):
        assert sign_in(browser, MAIL, "fout fout fout").status_code == 401
    waits = []
    for _ in range(4):
        answer = sign_in(browser, MAIL)  # right, and not even looked at
        assert answer.status_code == 429
        waits.append(int(answer.headers["retry-after"]))
        home.later(seconds=waits[-1])
        assert sign_in(browser, MAIL, "fout fout fout").status_code == 401
    assert waits == [1, 2, 4, 8]
    home.later(seconds=2 * waits[-1])
    assert sign_in(browser, MAIL).status_code == 303
    assert sign_in(browser, MAIL, "fout fout fout").status_code == 401
    assert sign_in(browser, MAIL).status_code == 303


def test_no_wait_is_longer_than_a_quarter_of_an_hour(home: House) -> None:
    counter, waits = of_account(home.settings, MAIL), []
    for _ in range(40):
        with session_scope(home.engine) as session:
            try:
                count(session, [counter], now=home.now)
            except TooSoon as wait:
                waits.append(wait.seconds)
                home.later(seconds=wait.seconds)
    assert max(waits) == LONGEST.total_seconds() == waits[-1]


def test_an_account_that_is_not_there_waits_as_one_that_is(home: House) -> None:
    browser = home.browser()
    statuses = [sign_in(browser, "niemand@voorbeeld.nl").status_code for _ in range(FREE + 1)]
    assert statuses == [401] * FREE + [429]


def test_a_stranger_who_keeps_guessing_does_not_keep_her_out_of_the_browser_that_she_used_before(home: House) -> None:
    home.account(MAIL, ADVISER)
    hers = home.signed_in(MAIL)
    hers.post("/sign-out")
    for _ in range(FREE):
        sign_in(home.browser(address="198.51.100.9"), MAIL, "fout fout fout")
    assert sign_in(home.browser(address="203.0.113.5"), MAIL).status_code == 429
    assert sign_in(hers, MAIL).status_code == 303
    hers.post("/sign-out")
    other = home.account("ander@voorbeeld.nl", ADVISER)
    assert other
    stolen = home.browser(address="198.51.100.9")  # a mark of her browser is of use for her account alone
    stolen.cookies.update(hers.cookies)
    for _ in range(FREE):
        assert sign_in(stolen, "ander@voorbeeld.nl", "fout fout fout").status_code == 401
    assert sign_in(stolen, "ander@voorbeeld.nl", "fout fout fout").status_code == 429


def test_many_guesses_at_once_are_no_more_than_the_free_ones(home: House) -> None:
    home.account(MAIL, ADVISER)
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: sign_in(home.browser(), MAIL, "fout fout fout").status_code, range(16)))
    assert statuses.count(401) == FREE
    assert statuses.count(429) == 16 - FREE


def test_who_hammers_is_sent_away_before_anything_is_weighed(installation: Installation, tmp_path: Path) -> None:
    shutil.copytree(installation.data_dir, tmp_path / "data")
    with house(tmp_path, sign_in_per_minute=2) as made:
        answers = [sign_in(made.browser(), MAIL) for _ in range(3)]
        assert [one.status_code for one in answers] == [401, 401, 429]
        assert int(answers[2].headers["retry-after"]) > 0


def test_guesses_from_one_address_over_many_accounts_wait_too_and_others_do_not(home: House) -> None:
    home.account(MAIL, ADVISER)
    for number in range(FREE_OF_ADDRESS):
        with session_scope(home.engine) as session:
            account = of_account(home.settings, f"{number}@voorbeeld.nl")
            count(session, [account, of_address(home.settings, "2001:db8::1")], now=home.now)
    assert sign_in(home.browser(address="2001:db8::1"), MAIL).status_code == 429
    assert sign_in(home.browser(address="2001:db8::ffff"), MAIL).status_code == 429  # the same network
    assert sign_in(home.browser(address="2001:db8:1::1"), MAIL).status_code == 303


def test_staff_sets_up_a_second_factor_before_she_is_let_in(strict: House) -> None:
    account_id = strict.account(MAIL, ADVISER)
    browser = strict.browser()
    answer = sign_in(browser, MAIL, back="/vacancies/v_x")
    assert answer.headers["location"] == "/sign-in/second-factor?next=%2Fvacancies%2Fv_x"
    waited = browser.cookies["vonk_session"]
    assert browser.get("/").status_code == 303  # not in yet
    page = browser.get(answer.headers["location"]).text
    secret = secret_on(page)
    assert 'role="img"' in page
    assert secret_on(browser.get("/sign-in/second-factor").text) == secret
    wrong = browser.post("/sign-in/second-factor", data={"code": "000000"})
    assert wrong.status_code == 401
    done = browser.post("/sign-in/second-factor", data={"code": code_of(secret, strict), "next": "/vacancies/v_x"})
    assert done.status_code == 200
    assert len(re.findall(r"<li><code>[a-z2-7-]{19}</code>", done.text)) == N_RECOVERY
    assert 'href="/vacancies/v_x"' in done.text
    assert browser.cookies["vonk_session"] != waited  # a new secret at this step too
    assert browser.get("/").status_code == 200
    assert sessions_of(strict, account_id) == 1


def test_who_is_no_staff_needs_no_second_factor(strict: House) -> None:
    strict.account("werkgever@voorbeeld.nl")
    browser = strict.browser()
    assert sign_in(browser, "werkgever@voorbeeld.nl").headers["location"] == "/start"
    assert "nog geen rol" in browser.get("/start").text


def set_up(home: House, email: str) -> tuple[str, list[str]]:
    browser = home.browser()
    sign_in(browser, email)
    secret = secret_on(browser.get("/sign-in/second-factor").text)
    page = browser.post("/sign-in/second-factor", data={"code": code_of(secret, home)})
    return secret, re.findall(r"<li><code>([a-z2-7-]{19})</code>", page.text)


def test_a_code_is_taken_once_and_for_half_a_minute_around_its_time(strict: House) -> None:
    strict.account(MAIL, ADVISER)
    secret, _ = set_up(strict, MAIL)
    browser = strict.browser()
    sign_in(browser, MAIL)
    used = code_of(secret, strict)
    assert browser.post("/sign-in/second-factor", data={"code": used}).status_code == 401
    strict.later(seconds=60)
    late = pyotp.TOTP(secret).at(strict.now, counter_offset=-2)
    assert browser.post("/sign-in/second-factor", data={"code": late}).status_code == 401
    ahead = pyotp.TOTP(secret).at(strict.now, counter_offset=1)
    assert browser.post("/sign-in/second-factor", data={"code": f"{ahead[:3]} {ahead[3:]}"}).status_code == 303
    other = strict.browser()
    sign_in(other, MAIL)
    before = pyotp.TOTP(secret).at(strict.now)  # of before the one that was used
    assert other.post("/sign-in/second-factor", data={"code": before}).status_code == 401


def test_a_recovery_code_lets_her_in_once(strict: House) -> None:
    strict.account(MAIL, ADVISER)
    _, codes = set_up(strict, MAIL)
    for code, status in ((codes[0].upper(), 303), (codes[0], 401), (codes[1], 303)):
        browser = strict.browser()
        sign_in(browser, MAIL)
        assert browser.post("/sign-in/second-factor", data={"code": code}).status_code == status


def test_second_factors_are_not_guessed_and_a_session_does_not_wait_for_long(strict: House) -> None:
    strict.account(MAIL, ADVISER)
    secret, _ = set_up(strict, MAIL)
    browser = strict.browser()
    sign_in(browser, MAIL)
    statuses = [browser.post("/sign-in/second-factor", data={"code": f"{n:06}"}).status_code for n in range(FREE + 1)]
    assert statuses == [401] * FREE + [429]
    strict.later(minutes=11)
    gone = browser.post("/sign-in/second-factor", data={"code": code_of(secret, strict)})
    assert gone.headers["location"].startswith("/sign-in")


def test_what_is_kept_of_secrets_can_be_used_by_nobody_who_reads_the_database(strict: House) -> None:
    account_id = strict.account(MAIL, ADVISER)
    secret, codes = set_up(strict, MAIL)
    with session_scope(strict.engine, read_only=True) as session:
        rows = [
            str(tuple(row))
            for table in ("one_time_secrets", "recovery_codes", "sign_ins", "sign_in_attempts", "accounts")
            for row in session.connection().execute(sa.select(metadata.tables[table]))
        ]
    held = "\n".join(rows)
    assert account_id in held
    assert not [one for one in (secret, *codes, *(code.replace("-", "") for code in codes), PASSWORD) if one in held]


def test_nothing_that_she_fills_in_comes_into_a_log_an_address_or_an_error(
    strict: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    strict.account(MAIL, ADVISER, name="Aya Marker")
    secret, codes = set_up(strict, MAIL)
    browser = strict.browser()
    answers = [
        sign_in(browser, MAIL, "marker-wrong-password"),
        sign_in(browser, MAIL),
        browser.post("/sign-in/second-factor", data={"code": "marker"}),
        browser.post("/sign-in/second-factor", data={"code": codes[0]}),
        browser.post("/account/password", data={"current": "marker-current", "new": "marker-new", "again": "x"}),
        browser.post("/sign-in", data={"email": "m" * 300, "password": "marker" * 100}),
    ]
    said = caplog.text + "".join(str(one.headers) + str(one.url) for one in answers)
    for planted in (MAIL, "marker", secret, codes[0], PASSWORD, browser.cookies["vonk_session"][:20]):
        assert planted not in caplog.text
    assert "marker" not in re.sub(r"set-cookie.*?,", "", said)
    entries = metadata.tables["audit_entries"].c
    with session_scope(strict.engine, read_only=True) as session:
        rows = session.connection().execute(sa.select(entries.kind, entries.account_id, entries.about, entries.details))
        found = {(row.kind, json.loads(row.details).get("what")): row for row in rows if row.details}
    whose = found["signed_in", "factor"].account_id
    for herself in (
        ("signed_in", "factor"),
        ("account_changed", "factor_set_up"),
        ("account_changed", "recovery_code_used"),
    ):
        assert found[herself].account_id == found[herself].about == whose is not None
    for nobody_yet in (
        ("signed_in", "password_awaits_factor"),
        ("sign_in_failed", "password"),
        ("sign_in_failed", "factor"),
    ):
        assert found[nobody_yet].account_id is None
        assert found[nobody_yet].about in (whose, None)
    assert "marker" not in answers[-1].text


def test_in_production_the_cookie_is_for_this_host_over_https_alone(installation: Installation, tmp_path: Path) -> None:
    shutil.copytree(installation.data_dir, tmp_path / "data")
    old = secret_of(Settings(data_dir=installation.data_dir)).decode()  # under which its keys are wrapped
    with house(tmp_path, env="production", secret_key=SECRET_KEY, secret_key_old=old, second_factor="off") as made:
        made.account(MAIL, ADVISER)
        browser = made.browser()
        cookies = sign_in(browser, MAIL).headers.get_list("set-cookie")
        session = next(one for one in cookies if "session" in one)
        assert session.startswith("__Host-vonk_session=")
        assert {"Secure", "HttpOnly", "SameSite=lax", "Path=/"} <= set(session.split("; "))
        assert "Domain" not in session
        secret = session.partition("=")[2].partition(";")[0]
        for name, status in (("vonk_session", 303), ("__Host-vonk_session", 200)):
            answer = made.browser().get("/", headers={"Cookie": f"{name}={secret}"})
            assert answer.status_code == status
        assert made.settings.asks_second_factor_of == "off"
        assert made.settings.model_copy(update={"second_factor": None}).asks_second_factor_of == "staff"


def test_every_role_has_a_start_that_says_what_she_can_do_here(home: House) -> None:
    for role in (Role.COACH, Role.COORDINATOR, Role.AUDITOR, Role.ADMINISTRATOR, Role.CASEWORKER):
        mail = f"{role.value}@voorbeeld.nl"
        home.account(mail, Grant(role))
        browser = home.browser()
        assert sign_in(browser, mail).headers["location"] == "/start"
        page = browser.get("/start")
        assert page.status_code == 200
        assert "hier nu doen" in page.text


def test_my_account_says_who_i_am_and_lets_me_change_what_is_mine(home: House) -> None:
    home.account(MAIL, Grant(Role.ADVISER, "AM13"), name="Aya")
    browser, elsewhere = home.signed_in(MAIL), home.signed_in(MAIL)
    page = browser.get("/account").text
    assert MAIL in page
    assert "adviseur: " in page
    assert page.count("Dit is deze browser") == 1
    assert "U bent op andere plekken afgemeld" in browser.post("/account/sessions").text
    assert elsewhere.get("/").status_code == 303
    elsewhere = home.signed_in(MAIL)
    assert browser.post("/account/language", data={"language": "en"}).status_code == 303
    assert "My account" in browser.get("/account").text
    assert "My account" in home.signed_in(MAIL).get("/account").text  # also where she signs in next
    new = {"new": "vier groene stoelen op het dak", "again": "vier groene stoelen op het dak"}
    for given, status, said in (
        (new | {"current": "fout fout fout"}, 400, "Your password now is not right"),
        (new | {"current": PASSWORD, "again": "anders"}, 400, "are not the same"),
        ({"current": PASSWORD, "new": "kort", "again": "kort"}, 400, "12 characters or more"),
        ({"current": PASSWORD, "new": "welkom012345", "again": "welkom012345"}, 400, "easy to guess"),
        (new | {"current": PASSWORD}, 200, "Your password was changed"),
    ):
        answer = browser.post("/account/password", data=given)
        assert answer.status_code == status
        assert said in answer.text
    assert elsewhere.get("/").status_code == 303
    assert browser.get("/").status_code == 200
    assert sign_in(home.browser(), MAIL).status_code == 401
    assert sign_in(home.browser(), MAIL, new["new"]).status_code == 303


def test_who_wants_a_second_factor_sets_it_up_and_takes_it_away_by_a_code(home: House) -> None:
    home.account(MAIL, ADVISER)
    browser = home.signed_in(MAIL)
    assert browser.post("/account/second-factor").headers["location"] == "/account/second-factor"
    secret = secret_on(browser.get("/account/second-factor").text)
    assert sign_in(home.browser(), MAIL).headers["location"] == "/"  # not before it is confirmed
    assert browser.post("/account/second-factor/confirmation", data={"code": "1"}).status_code == 400
    done = browser.post("/account/second-factor/confirmation", data={"code": code_of(secret, home)})
    codes = re.findall(r"<li><code>([a-z2-7-]{19})</code>", done.text)
    assert sign_in(home.browser(), MAIL).headers["location"] == "/sign-in/second-factor"
    assert "nog 10 herstelcodes" in browser.get("/account").text
    assert browser.post("/account/second-factor").status_code == 409
    home.later(seconds=60)
    fresh = browser.post("/account/recovery-codes", data={"code": code_of(secret, home)})
    assert "herstelcodes" in fresh.text
    assert browser.post("/account/second-factor/removal", data={"code": codes[0]}).status_code == 400
    home.later(seconds=60)
    removed = browser.post("/account/second-factor/removal", data={"code": code_of(secret, home)})
    assert "weggehaald" in removed.text
    assert sign_in(home.browser(), MAIL).headers["location"] == "/"


def test_a_token_of_a_machine_changes_no_password_and_no_second_factor(home: House) -> None:
    for path in ("password", "sessions", "second-factor", "recovery-codes", "second-factor/removal"):
        answer = home.served.signed_in(ADVISER).post(f"/account/{path}", headers=HEADERS)
        assert answer.headers["location"].startswith("/sign-in"), path
