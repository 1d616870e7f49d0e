"""Accounts with a password, and browsers that keep cookies; for the tests of signing in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from api.commands.prepare import prepare
from api.dependencies import open_service
from matching.accounts import create_account, grant
from matching.actors import Grant, Role
from matching.database import session_scope
from matching.passwords import hash_password
from matching.settings import Settings
from tests.api.conftest import MOMENT
from tests.api.serving import Served, of_service

ADDRESS = "http://127.0.0.1:8000"
PASSWORD = "een blauwe fiets in de regen"
ADVISER = Grant(Role.ADVISER)


@cache
def kept_password() -> str:
    return hash_password(PASSWORD)


@dataclass(frozen=True)
class House:
    """A served Vonk whose clock a test sets."""

    served: Served
    clock: Path

    @property
    def settings(self) -> Settings:
        return self.served.service.settings

    @property
    def engine(self) -> Any:
        return self.served.service.engine

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.clock.read_text("utf-8"))

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.clock.write_text((self.now + timedelta(**by)).isoformat(), encoding="utf-8")

    def account(self, email: str, *grants: Grant, name: str | None = None, password: bool = True) -> str:
        with session_scope(self.engine) as session:
            kept = kept_password() if password else None
            identifier = create_account(session, now=self.now, email=email, name=name, password_hash=kept)
            for one in grants:
                grant(session, identifier, one, now=self.now)
        return identifier

    def browser(self, language: str = "nl", address: str = "192.0.2.7") -> TestClient:
        """A browser that is led by our own pages, from an address."""
        headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": language}
        return TestClient(
            self.served.app, base_url=ADDRESS, headers=headers, follow_redirects=False, client=(address, 50_000)
        )

    def signed_in(self, email: str) -> TestClient:
        browser = self.browser()
        assert sign_in(browser, email).status_code == 303
        return browser


def sign_in(browser: TestClient, email: str, password: str = PASSWORD, back: str = "") -> Any:
    return browser.post("/sign-in", data={"email": email, "password": password, "next": back})


@contextmanager
def house(folder: Path, *, listens_on: str = "127.0.0.1", is_demo: bool = False, **settings: Any) -> Iterator[House]:
    """A Vonk of its own on a prepared data folder."""
    clock = folder / "clock"
    clock.write_text(MOMENT.isoformat(), encoding="utf-8")
    known = {"data_dir": folder / "data", "sign_in_per_minute": 1_000} | (
        {} if settings.get("env") == "production" else {"clock": clock}
    )
    chosen = Settings(**known | settings)
    engine = prepare(chosen)
    yield House(of_service(open_service(chosen, engine, listens_on=listens_on, is_demo=is_demo)), clock)
    engine.dispose()
