"""The page of what Vonk is built of says what constraints.txt says."""

import pytest

from tests.docs import dependencies


def test_the_page_lists_exactly_what_is_pinned() -> None:
    """Else: make dependencies."""
    pinned = [(pin.name, f"{pin.version}; {pin.marker}" if pin.marker else pin.version) for pin in dependencies.pins()]
    assert list(dependencies.rows()) == pinned


def test_each_package_has_a_licence_and_a_reason() -> None:
    assert list(dependencies.unexplained()) == []


def test_each_package_that_is_asked_for_has_a_purpose_and_says_whether_it_runs() -> None:
    why = {name: reason for (name, _), (_, reason) in dependencies.rows().items()}
    for name, where in dependencies.direct().items():
        assert why[name] == f"{', '.join(where)}: {dependencies.PURPOSES[name]}"


def test_a_package_that_is_not_on_the_page_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependencies, "pins", lambda: [dependencies.Pin("unheard-of", "1.0", "")])
    assert "| unheard-of | 1.0 |  | on other platforms alone |" in dependencies.page()
