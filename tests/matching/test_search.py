"""Searching never loses somebody of whom a field is missing, and tells how many these are."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from matching.errors import Refused
from matching.keeper import open_keeper
from matching.pool import days
from matching.pool_building import Held
from matching.search import Filters, search
from scoring.columns import UNKNOWN
from scoring.terms import EducationLevel
from tests.matching.pool_world import load_world, settings_on


@pytest.fixture
def held(engine: Engine, tmp_path: Path) -> Iterator[Held]:
    load_world(engine)
    with open_keeper(engine, settings_on(tmp_path / "data"), follow=False) as keeper:
        yield keeper.held


def test_who_is_unknown_on_a_filter_stays_in_and_is_counted(held: Held) -> None:
    people, today = held.pool.people, days(held.today)
    filters = Filters(education_min=EducationLevel.MBO_2)
    unknown = people.agreed & (people.education == UNKNOWN)
    met = people.agreed & (people.education >= EducationLevel.MBO_2)
    found = search(held.pool, today, filters=filters, limit=200)
    assert set(found.ids) == {people.ids[row] for row in np.flatnonzero(unknown | met).tolist()}
    assert found.unknown == {"education": np.count_nonzero(unknown)}
    only = search(held.pool, today, filters=Filters(education_min=EducationLevel.MBO_2, known_only=True), limit=200)
    assert set(only.ids) == {people.ids[row] for row in np.flatnonzero(met).tolist()}


def test_pages_together_are_the_whole_and_nobody_comes_twice(held: Held) -> None:
    today = days(held.today)
    whole = search(held.pool, today, limit=200)
    pages: list[str] = []
    cursor = None
    while True:
        page = search(held.pool, today, limit=7, cursor=cursor)
        assert page.total == whole.total
        pages += page.ids
        cursor = page.next
        if cursor is None:
            break
    assert pages == list(whole.ids)


def test_a_wish_is_found_also_with_a_typing_error(held: Held) -> None:
    people, today = held.pool.people, days(held.today)
    row = int(np.flatnonzero(people.wishes_known & people.agreed & (np.diff(people.wishes.starts) > 0))[0])
    wish = people.titles[people.wishes.items[people.wishes.starts[row]]]
    assert people.ids[row] in search(held.pool, today, wish, limit=200).ids
    exact = search(held.pool, today, "magazijnmedewerker", limit=200)
    assert 0 < exact.total < len(held.pool)
    assert set(search(held.pool, today, "magazijnmedewekrer", limit=200).ids) & set(exact.ids)


def test_facets_count_everybody_found_and_tell_of_no_target_group(held: Held) -> None:
    found = search(held.pool, days(held.today), limit=1)
    for facet in ("region", "hours", "education", "availability"):
        assert sum(found.facets[facet].values()) == found.total
    assert not any("group" in name or "benefit" in name for name in found.facets)


def test_a_cursor_that_is_none_is_refused(held: Held) -> None:
    with pytest.raises(Refused):
        search(held.pool, days(held.today), cursor="nonsense")
