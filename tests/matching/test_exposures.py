"""What list was shown to whom is on record once, and who is erased leaves her place empty."""

from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from matching.database import session_scope
from matching.exposures import EXPOSURES, LISTS, Shown, record_exposures
from matching.store import delete_candidate
from matching.tables.accounts import AccountRow, GrantRow
from matching.tables.organisations import OrganisationRow
from matching.tables.pairs import ListOrder
from tests.matching.test_tables import NOW, add, candidate, vacancy


@pytest.fixture
def shown_to(engine: Engine) -> Engine:
    add(
        engine,
        *(candidate(id=f"c_{number}") for number in range(1, 5)),
        vacancy(),
        OrganisationRow(id="o_1", kind="client", name="De Firma"),
        *(AccountRow(id=f"a_{one}", active=True, created_at=NOW, updated_at=NOW, version=1) for one in (1, 2)),
        GrantRow(id="g_1", account_id="a_1", role="employer", organisation_id="o_1", granted_at=NOW),
    )
    return engine


def show(engine: Engine, account: str, *places: Shown, version: str = "l_1", moment: datetime = NOW) -> str:
    with session_scope(engine) as session:
        return record_exposures(
            session,
            vacancy_id="v_1",
            account_id=account,
            list_version=version,
            model_version="prior-1",
            order=ListOrder.SCORE,
            places=places,
            now=moment,
        )


def places(engine: Engine) -> list[tuple[str, int, str | None]]:
    with session_scope(engine, read_only=True) as session:
        columns = EXPOSURES.c
        query = sa.select(columns.list_id, columns.rank, columns.candidate_id).order_by(columns.list_id, columns.rank)
        return [tuple(row) for row in session.connection().execute(query)]


def test_a_list_is_shown_once_to_each_who_looks_however_often_and_a_further_page_adds_to_it(shown_to: Engine) -> None:
    first = show(shown_to, "a_1", Shown(1, "c_1"), Shown(2, "c_2", reserved=True, propensity=0.25))
    assert show(shown_to, "a_1", Shown(1, "c_1"), Shown(2, "c_2")) == first
    assert show(shown_to, "a_1", Shown(3, "c_3")) == first
    assert places(shown_to) == [(first, 1, "c_1"), (first, 2, "c_2"), (first, 3, "c_3")]
    another, newer = show(shown_to, "a_2", Shown(1, "c_1")), show(shown_to, "a_1", Shown(1, "c_4"), version="l_2")
    assert len({first, another, newer}) == 3
    with session_scope(shown_to, read_only=True) as session:
        assert session.connection().scalar(sa.select(sa.func.count()).select_from(LISTS)) == 3


def test_of_who_is_erased_the_place_stays_and_she_does_not(shown_to: Engine) -> None:
    one = show(shown_to, "a_1", Shown(1, "c_1", card_id="k-1"), Shown(2, "c_2"))
    with session_scope(shown_to) as session:
        delete_candidate(session, "c_1")
    assert places(shown_to) == [(one, 1, None), (one, 2, "c_2")]
