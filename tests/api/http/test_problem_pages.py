"""Every problem has words, and stands in the page that lists them."""

from http import HTTPStatus
from pathlib import Path

import pytest

from api.http.catalogue import page
from api.http.kinds import KIND_OF, STATUS_OF, HttpProblem, retry_after
from api.wording import LOCALES, has_words

SAYS_ENOUGH_BY_ITS_TITLE = {"bad_input", "unauthorized", "forbidden", "not_found", "method_not_allowed", "conflict",
                            "internal"}  # fmt: skip


def test_the_page_of_problems_is_what_the_code_says() -> None:
    stored = (Path(__file__).parents[3] / "docs" / "problems.md").read_text(encoding="utf-8")
    assert stored == page(), "make docs"


@pytest.mark.parametrize("language", LOCALES)
def test_every_problem_of_http_has_a_title_and_says_what_to_do(language: str) -> None:
    for kind, status in STATUS_OF.items():
        assert has_words(language, f"http.{status}"), kind
        assert has_words(language, f"http.detail.{kind}") != (kind in SAYS_ENOUGH_BY_ITS_TITLE), kind


def test_every_status_has_one_type_where_no_more_is_known() -> None:
    assert {KIND_OF[status] for status in KIND_OF} <= STATUS_OF.keys()
    assert (KIND_OF[404], KIND_OF[503], KIND_OF[400]) == ("not_found", "database.away", "bad_input")
    assert all(HTTPStatus(HttpProblem(kind).status_code) for kind in STATUS_OF)


def test_when_to_come_back_is_in_whole_seconds_and_never_at_once() -> None:
    assert [retry_after(seconds)["Retry-After"] for seconds in (0.0, 0.2, 1.0, 1.01)] == ["1", "1", "1", "2"]
