"""What levers, questions and search print: one JSON document, or sentences without a code in them."""

import json

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from api.commands.levers import levers
from api.commands.questions import questions
from api.commands.search import search
from matching.tables import metadata
from tests.api.conftest import Installation


def first(session: Session, table: str) -> str:
    column = metadata.tables[table].c.id
    return str(session.connection().scalar(sa.select(column).order_by(column).limit(1)))


@pytest.mark.usefixtures("here")
def test_levers_are_told_and_printed(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    vacancy = first(session, "vacancies")
    levers(vacancy, as_json=True)
    body = json.loads(capsys.readouterr().out)
    assert body["vacancyId"] == vacancy
    assert all(one["text"] and one["peopleGained"] >= 0 for one in body["levers"])
    levers(vacancy)
    assert "lever." not in capsys.readouterr().out


@pytest.mark.usefixtures("here")
def test_questions_are_told_and_printed(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    candidate = first(session, "candidates")
    questions(candidate, as_json=True)
    body = json.loads(capsys.readouterr().out)
    assert all(one["text"].endswith("?") for one in body["items"])
    questions(candidate)
    assert candidate in capsys.readouterr().out


def test_a_search_tells_of_how_many_something_is_unknown(
    here: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    assert here.data_dir.exists()
    search("magazijnmedewerker", hours_min=16, as_json=True)
    body = json.loads(capsys.readouterr().out)
    assert body["total"] >= len(body["items"]) > 0
    assert set(body["unknown"]) == {"hours_min"}
