"""A browser on the pages of a small made-up world, served as `vonk serve` does; skipped where there is no Chromium."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState, sync_playwright
from sqlmodel import Session

from api.commands.demo_accounts import make_accounts
from api.commands.lookup import candidate_id, vacancy_id
from api.commands.prepare import prepare
from fixtures.reference_set import read_reference_set
from fixtures.world import make_world
from matching.accounts import create_account, grant
from matching.actors import Grant, Role
from matching.clock import now
from matching.database import session_scope
from matching.passwords import hash_password
from matching.profiles import CandidateProfile
from matching.settings import Settings
from matching.store import save_candidates, save_vacancies
from tests.api.conftest import MOMENT, TODAY, environment

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MAIL, PASSWORD = "aya@voorbeeld.nl", "een blauwe fiets in de regen"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@dataclass(frozen=True)
class Site:
    """The address of the server, the paths of its pages by name, and what the browser of an adviser keeps."""

    address: str
    pages: dict[str, str]
    adviser: StorageState


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no Chromium, which CI must have")
        pytest.skip("there is no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The pages of 200 people, through a server of its own; only where there is a browser to look at them."""
    data_dir = tmp_path_factory.mktemp("site") / "data"
    variables = environment(data_dir)
    settings = Settings(data_dir=data_dir, clock=Path(variables["VONK_CLOCK"]))
    assert now(settings) == MOMENT
    engine = prepare(settings)
    world = make_world(read_reference_set(), seed=7, n_candidates=200, n_vacancies=24, today=TODAY)
    with session_scope(engine) as session:
        nothing_known = CandidateProfile(source="demo", source_id="blank", region="AM13")
        save_candidates(session, [*world.candidates(), nothing_known], now=MOMENT)
        save_vacancies(session, world.vacancies(), now=MOMENT)
        adviser = create_account(session, now=MOMENT, email=MAIL, name="Aya", password_hash=hash_password(PASSWORD))
        grant(session, adviser, Grant(Role.ADVISER), now=MOMENT)
    make_accounts(engine, now=MOMENT)
    with session_scope(engine, read_only=True) as session:
        pages = _pages(session)
    engine.dispose()
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--host", "localhost", "--port", "0"],
        env=variables | {"VONK_SIGN_IN_PER_MINUTE": "1000"},
        cwd=data_dir.parent,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        port = re.findall(r"http://\S+:(\d+)/\.", process.stdout.readline())[0]
        address = f"http://localhost:{port}"  # passkeys are for names alone
        yield Site(address, pages, _signed_in(browser, address))
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _signed_in(browser: Browser, address: str) -> StorageState:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.fill("#email", MAIL)
    page.fill("#password", PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"{address}/")
    kept = context.storage_state()
    context.close()
    return kept


def _pages(session: Session) -> dict[str, str]:
    archive, catering = vacancy_id(session, "demo-archive"), vacancy_id(session, "demo-catering")
    fits, blocked = "story-not-in-the-register", "story-needs-a-toilet"
    return {
        "vacancies": "/",
        "last_vacancies": "/?page=2",
        "ranking": f"/vacancies/{archive}",
        "pair": f"/vacancies/{catering}/candidates/{candidate_id(session, fits)}",
        "blocked_pair": f"/vacancies/{catering}/candidates/{candidate_id(session, blocked)}",
        "too_little_known": f"/vacancies/{catering}/candidates/{candidate_id(session, 'blank')}",
        "not_found": "/vacancies/v_nothere",
        "bad_input": "/?page=0",
        "account": "/account",
        "start": "/start",
        "sign_in": "/sign-in?next=/",
    }
