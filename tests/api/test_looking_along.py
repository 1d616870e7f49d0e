import re
import shutil
from pathlib import Path

import pytest

from api.commands.demo_accounts import make_accounts
from matching.accounts import actor_of
from matching.actors import Role
from matching.database import session_scope
from matching.facts import candidate_facts
from matching.made_up import made_up_accounts
from matching.profiles import CandidateProfile
from matching.reach import reach_of
from matching.settings import Settings, secret_of
from matching.store import save_candidates
from tests.api.conftest import MOMENT, TODAY, Installation
from tests.api.people import House, house, sign_in


@pytest.fixture
def folder(installation: Installation, tmp_path: Path) -> Path:
    shutil.copytree(installation.data_dir, tmp_path / "data")
    return tmp_path


def buttons(home: House) -> list[str]:
    return re.findall(r'name="role" value="(\w+)"', home.browser().get("/sign-in").text)


def test_one_click_signs_in_as_somebody_of_each_role(folder: Path) -> None:
    with house(folder, is_demo=True) as home:
        make_accounts(home.engine, now=MOMENT)
        make_accounts(home.engine, now=MOMENT)  # again changes nothing
        assert buttons(home) == [role.value for role in Role]
        for role in Role:
            browser = home.browser()
            answer = browser.post("/sign-in/made-up", data={"role": role.value})
            start = "/" if role is Role.ADVISER else "/start"
            assert (answer.status_code, answer.headers["location"]) == (303, start)
            if start != "/":  # who asked for the vacancies and signed in for it is not told that there are none
                assert browser.get("/").headers["location"] == start
            page = browser.get(start)
            assert page.status_code == 200
            assert "Verzonnen" in page.text
        ranking = browser.post("/sign-in/made-up", data={"role": "adviser", "next": "/vacancies/v_x"})
        assert ranking.headers["location"] == "/vacancies/v_x"


def test_the_made_up_people_reach_vacancies_and_people_that_are_there(folder: Path) -> None:
    with house(folder, is_demo=True) as home:
        make_accounts(home.engine, now=MOMENT)
        with session_scope(home.engine, read_only=True) as session:
            accounts = made_up_accounts(session)
            reach = {}
            for role, identifier in accounts.items():
                actor = actor_of(session, identifier, today=TODAY)
                assert actor is not None
                reach[role] = reach_of(actor, {})
            for role in (Role.CANDIDATE, Role.REPRESENTATIVE):
                (person,) = reach[role].people
                assert candidate_facts(session, person, TODAY).id == person
            assert reach[Role.EMPLOYER].organisations
            connection = session.connection()
            for role, column in ((Role.COACH, "coach"), (Role.CASEWORKER, "caseworker")):
                known_as = reach[role].actor.known_as
                query = f"SELECT count(*) FROM candidates WHERE {column} = ?"  # noqa: S608 - one of two columns
                assert connection.exec_driver_sql(query, (known_as,)).scalar_one() > 0
            owned = "SELECT count(*) FROM vacancies v JOIN organisations o ON o.name = v.legal_employer WHERE o.id = ?"
            (organisation,) = reach[Role.EMPLOYER].organisations
            assert connection.exec_driver_sql(owned, (organisation,)).scalar_one() > 0


@pytest.mark.parametrize("but", [{"is_demo": False}, {"listens_on": "192.0.2.1"}, {"env": "production"}])
def test_nobody_looks_along_but_in_a_demo_on_ones_own_computer(folder: Path, but: dict[str, object]) -> None:
    more = {"secret_key": secret_of(Settings(data_dir=folder / "data")).decode()} if "env" in but else {}
    with house(folder, **{"is_demo": True} | but | more) as home:  # type: ignore[arg-type]
        make_accounts(home.engine, now=MOMENT)
        assert buttons(home) == []
        assert home.browser().post("/sign-in/made-up", data={"role": "adviser"}).status_code == 404


def test_nobody_looks_along_where_somebody_is_real_and_no_made_up_account_has_a_password(folder: Path) -> None:
    with house(folder, is_demo=True) as home:
        make_accounts(home.engine, now=MOMENT)
        assert sign_in(home.browser(), "adviser@demo.vonk.example", "").status_code == 401
        with session_scope(home.engine) as session:
            save_candidates(session, [CandidateProfile(source="wsp", source_id="1", region="AM13")], now=MOMENT)
        assert buttons(home) == []
        assert home.browser().post("/sign-in/made-up", data={"role": "adviser"}).status_code == 404
