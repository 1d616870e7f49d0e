from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from api.wording import LOCALES, sentence
from tests.browser.conftest import Site

WIDTHS = (320, 1280)
PAGES = ("vacancies", "last_vacancies", "ranking", "pair", "blocked_pair", "too_little_known", "not_found", "bad_input")
OF_ACCOUNTS = ("account", "start", "sign_in")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
Looking = Any


@pytest.fixture
def look(browser: Browser, site: Site) -> Iterator[Looking]:
    """Opens a page by name, at a width, in a language; the policy for scripts is off, only so that axe can look."""
    opened = []

    def at(name: str, width: int = 1280, language: str = "nl", **context: Any) -> Page:
        within = browser.new_context(
            viewport={"width": width, "height": 800},
            locale=language,
            bypass_csp=True,
            storage_state=site.adviser,
            **context,
        )
        opened.append(within)
        page = within.new_page()
        page.goto(site.address + site.pages[name])
        return page

    yield at
    for within in opened:
        within.close()


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES + OF_ACCOUNTS)
def test_a_page_has_no_fault_of_wcag_22_a_or_aa(look: Looking, name: str, width: int, language: str) -> None:
    page = look(name, width, language)
    assert page.locator("html").get_attribute("lang") == language
    found = Axe().run(page, options=RULES)
    assert len(found.response["passes"]) > 10
    faults = [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found.response["violations"]]
    assert faults == []


@pytest.mark.parametrize("width", [320, 1280, 1920])
@pytest.mark.parametrize("name", PAGES + OF_ACCOUNTS)
def test_nothing_sticks_out_of_a_page(look: Looking, name: str, width: int) -> None:
    page = look(name, width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Also not out of its card: what scrolls inside a card would be read with difficulty on a phone.
    wider = "[...document.querySelectorAll('.card')].filter(one => one.scrollWidth > one.clientWidth).length"
    assert page.evaluate(wider) == 0


@pytest.mark.parametrize("language", LOCALES)
def test_every_page_of_the_world_says_that_it_is_made_up(look: Looking, language: str) -> None:
    for name in PAGES[:6]:
        page = look(name, language=language)
        assert page.locator("aside.banner").inner_text().startswith(sentence(language, "page.made_up.label")), name
        assert page.locator("h1").count() == 1, name


def test_a_keyboard_comes_first_to_the_content_and_sees_where_it_is(look: Looking) -> None:
    page = look("vacancies")
    page.keyboard.press("Tab")
    assert page.locator(":focus").get_attribute("href") == "#content"
    assert page.locator(":focus").bounding_box()["y"] >= 0
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator("main h2 a:focus").count() == 1


def test_the_way_from_a_vacancy_to_the_reasons_needs_no_script_and_keeps_the_language(look: Looking) -> None:
    page = look("vacancies", java_script_enabled=False)
    page.get_by_role("link", name="English").click()
    page.locator("main h2 a").first.click()
    page.locator(".people h2 a").first.click()
    assert page.locator("h1").inner_text().startswith("Candidate c_")
    assert page.locator("html").get_attribute("lang") == "en"
    page.get_by_role("link", name="Nederlands").click()
    assert page.locator("h1").inner_text().startswith("Kandidaat c_")


def test_the_picture_and_the_table_of_a_question_have_the_same_steps(look: Looking) -> None:
    page = look("pair")
    assert page.locator("svg.waterfall").count() == 3
    for number in range(3):
        question = page.locator(".question").nth(number)
        assert question.locator("rect").count() == question.locator("tbody tr").count() >= 3
        assert question.get_by_role("img").count() == 1


def test_a_blocked_pair_says_what_would_have_to_change(look: Looking) -> None:
    page = look("blocked_pair")
    assert page.locator(".band").inner_text() == "past nu niet"
    assert page.locator("#changes").count() == 1
    assert page.locator(".answer.blocked li").count() >= 1


def test_a_reserved_place_is_said_to_be_one(look: Looking) -> None:
    page = look("ranking")
    assert page.locator(".people > li").count() == 10
    assert page.locator(".people .reserved").count() in (1, 2)


def test_the_pages_ask_nothing_of_other_hosts_and_run_within_their_own_policy(browser: Browser, site: Site) -> None:
    context = browser.new_context(storage_state=site.adviser)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    for name in (*PAGES[:6], *OF_ACCOUNTS):
        page.goto(site.address + site.pages[name])
    context.close()
    assert len(asked) >= 2 * 6
    assert all(url.startswith(site.address + "/") for url in asked)
    assert said == []
