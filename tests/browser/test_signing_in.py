"""Signing in as people do: by keyboard and without a script, by one click in the demo, and with a passkey."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from api.wording import LOCALES
from tests.browser.conftest import MAIL, PASSWORD, Site
from tests.browser.test_pages import RULES, WIDTHS


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A browser of somebody who is not signed in."""
    context = browser.new_context(base_url=site.address, locale="nl")
    yield context.new_page()
    context.close()


def sign_in(page: Page) -> None:
    page.fill("#email", MAIL)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name="Aanmelden", exact=True).click()


def test_she_signs_in_and_out_without_a_script_and_by_keyboard_alone(browser: Browser, site: Site) -> None:
    context = browser.new_context(base_url=site.address, locale="nl", java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    assert page.url == f"{site.address}/sign-in?next=%2F"
    assert page.locator("form[data-passkey]").is_hidden()
    page.locator("#email").focus()
    page.keyboard.type(MAIL)
    page.keyboard.press("Tab")
    page.keyboard.type("niet goed")
    page.keyboard.press("Enter")
    page.wait_for_selector("div[role=alert]")
    assert "horen niet bij elkaar" in page.get_by_role("alert").first.inner_text()
    assert page.locator("#email").input_value() == MAIL
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site.address}/")
    page.get_by_role("button", name="Afmelden", exact=True).click()
    assert "afgemeld" in page.get_by_role("status").inner_text()
    page.goto("/")
    assert "/sign-in" in page.url
    context.close()


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("width", WIDTHS)
def test_setting_up_a_second_step_has_no_fault_of_wcag_22(
    browser: Browser, site: Site, width: int, language: str
) -> None:
    context = browser.new_context(
        base_url=site.address,
        locale=language,
        viewport={"width": width, "height": 800},
        bypass_csp=True,
        storage_state=site.adviser,
    )
    page = context.new_page()
    page.goto("/account")
    page.locator("form[action^='/account/second-factor'] button").first.click()
    assert page.locator(".code-picture svg").bounding_box()["width"] > 150  # type: ignore[index]
    faults = [one["id"] for one in Axe().run(page, options=RULES).response["violations"]]
    assert faults == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_a_passkey_is_made_and_then_lets_her_in_without_a_password(page: Page, site: Site) -> None:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    page.goto("/sign-in")
    sign_in(page)
    page.wait_for_url(f"{site.address}/")
    page.goto("/account")
    page.fill("#passkey-name", "telefoon")
    page.get_by_role("button", name="Passkey maken").click()
    page.wait_for_selector(".codes code")
    assert re.fullmatch(r"[a-z2-7-]{19}", page.locator(".codes code").first.inner_text())
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    assert "telefoon" in page.locator("main").inner_text()
    page.get_by_role("button", name="Afmelden", exact=True).click()
    page.get_by_role("button", name="Aanmelden met een passkey").click()
    page.wait_for_url(f"{site.address}/")
    page.get_by_role("button", name="Afmelden", exact=True).click()
    page.goto("/sign-in")
    sign_in(page)  # a password alone is no longer enough
    page.wait_for_url(f"{site.address}/sign-in/second-factor**")
    page.get_by_role("button", name="Ga verder met een passkey").click()
    page.wait_for_url(f"{site.address}/")
    page.goto("/account")
    recovery = page.locator("#code")
    assert recovery.count() == 1
    assert said == []
