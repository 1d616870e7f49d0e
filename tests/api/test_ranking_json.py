import json
from typing import Any

import pytest
from sqlmodel import Session

from api.commands.lookup import candidate_id, vacancy_id
from api.schemas.ranking import explanation_body, ranking_body
from matching.ranking import RankedItem, Ranker, Ranking, open_vacancy_ids, rank
from matching.store import load_vacancy
from scoring.constraints import UNITS
from scoring.terms import CONSTRAINTS, Band, Question
from tests.api.test_wording import FACTS, MORE

RANKING = {"vacancyId", "order", "listVersion", "modelVersion", "eligible", "items", "next"}
ITEM = {
    "rank", "candidateId", "score", "band", "interval", "chances", "unknown", "near", "toArrange", "reserved",
    "reasons",
}  # fmt: skip
EXPLANATION = {
    "vacancyId", "candidateId", "eligible", "constraints", "questions", "sharedUncertaintyCorrection", "score",
    "wouldHaveToChange",
}  # fmt: skip
CONTRIBUTION = {"feature", "value", "unit", "known", "contribution", "text"}


@pytest.fixture(scope="module")
def rankings(session: Session, ranker: Ranker) -> list[Ranking]:
    return [rank(session, ranker, identifier, 30) for identifier in open_vacancy_ids(session)[:6]]


@pytest.fixture(scope="module")
def bodies(rankings: list[Ranking]) -> list[dict[str, Any]]:
    """Through text and back, as a client reads them."""
    said = [json.dumps(ranking_body(one, "nl", explained=True).json_values(), allow_nan=False) for one in rankings]
    return [json.loads(one) for one in said]


@pytest.fixture(scope="module")
def pairs(session: Session, ranker: Ranker) -> list[RankedItem]:
    """Some pairs of everybody, blocked ones among them."""
    vacancies = [(one, load_vacancy(session, one)) for one in open_vacancy_ids(session)[:4]]
    return [
        ranker.explain(one, profile, person) for one, profile in vacancies for person in ranker.pool.people.ids[:60]
    ]


def test_a_ranking_has_the_keys_of_the_contract(bodies: list[dict[str, Any]]) -> None:
    items = [item for body in bodies for item in body["items"]]
    assert items
    assert all(body.keys() >= RANKING | {"considered"} for body in bodies)
    assert all(item.keys() >= ITEM | {"tasks", "questions", "explanation"} for item in items)
    assert all(item["chances"].keys() == {"employer", "candidate", "lasting"} for item in items)
    assert {item["band"] for item in items} <= set(Band)
    assert all(body["order"] == "score" and body["next"] is None for body in bodies)
    assert all(low <= item["score"] <= high for item in items for low, high in [item["interval"]])
    assert all(reason.keys() == {"code", "values", "text"} for item in items for reason in item["reasons"])


def test_the_explanation_is_left_out_where_nobody_asked_for_it(rankings: list[Ranking]) -> None:
    assert all("explanation" not in item for item in ranking_body(rankings[0], "nl").json_values()["items"])


def test_what_is_near_says_by_how_much_as_a_positive_number(bodies: list[dict[str, Any]]) -> None:
    near = [one for body in bodies for item in body["items"] for one in item["near"]]
    assert any("by" in one for one in near)
    for one in near:
        assert one.keys() - {"by"} == {"constraint", "unit", "text"}
        assert one["unit"] == UNITS[one["constraint"]]
        assert one.get("by", 1) > 0


def test_an_explanation_has_the_keys_of_the_contract(pairs: list[RankedItem]) -> None:
    for pair in pairs:
        body = explanation_body(pair, "en").json_values()
        assert body.keys() >= EXPLANATION
        assert [one["constraint"] for one in body["constraints"]] == list(CONSTRAINTS)
        assert all(one.keys() >= {"constraint", "answer", "margin", "unit"} for one in body["constraints"])
        assert list(body["questions"]) == list(Question)
        blocked = [one["constraint"] for one in body["constraints"] if one["answer"] == "blocked"]
        assert [one["code"] for one in body["wouldHaveToChange"]] == [f"change.{one}" for one in blocked]


def test_prior_and_contributions_add_up_to_the_log_odds_exactly(bodies: list[dict[str, Any]]) -> None:
    explanations = [item["explanation"] for body in bodies for item in body["items"]]
    for explanation in explanations:
        for question in explanation["questions"].values():
            parts = question["contributions"]
            assert all(part.keys() >= CONTRIBUTION for part in parts)
            assert question["prior"] + sum(part["contribution"] for part in parts) == question["logOdds"]


def test_the_score_is_the_product_of_the_chances_and_what_they_share(bodies: list[dict[str, Any]]) -> None:
    for item in (item for body in bodies for item in body["items"]):
        explanation = item["explanation"]
        product = 1.0
        for question in explanation["questions"].values():
            product *= question["chance"]
        assert product + explanation["sharedUncertaintyCorrection"] == pytest.approx(item["score"], abs=1e-12)


def test_an_item_and_its_explanation_tell_the_same(bodies: list[dict[str, Any]]) -> None:
    for item in (item for body in bodies for item in body["items"]):
        explanation = item["explanation"]
        assert [item[key] for key in ("candidateId", "score", "band", "tasks", "reasons", "toArrange")] == [
            explanation[key] for key in ("candidateId", "score", "band", "tasks", "reasons", "toArrange")
        ]
        answers = {one["constraint"]: one["answer"] for one in explanation["constraints"]}
        assert item["unknown"] == [name for name, answer in answers.items() if answer == "unknown"]
        assert [one["constraint"] for one in item["near"]] == [name for name in answers if answers[name] == "near"]


def test_scoring_gives_no_value_that_the_words_are_not_tested_with(pairs: list[RankedItem]) -> None:
    given = {
        name
        for pair in pairs
        for reason in (
            *(part.reason for question in pair.explanation.questions.values() for part in question.contributions),
            *(one.reason for one in pair.explanation.constraints),
        )
        for name in reason.values
    }
    tested = {name for facts in (FACTS | MORE).values() for values in facts for name in values}
    assert given <= tested | {"value", "dimension", "by"}


def test_a_story_of_the_demo_tells_what_is_short(session: Session, ranker: Ranker) -> None:
    identifier, person = vacancy_id(session, "demo-archive"), candidate_id(session, "story-near-by-bicycle")
    item = ranker.explain(identifier, load_vacancy(session, identifier), person)
    travel = next(one for one in explanation_body(item, "nl").constraints if one.constraint == "travel")
    assert travel.answer == "near"
    assert travel.margin is not None
    assert travel.text.endswith(f"op de fiets, {-travel.margin:.0f} minuten langer dan zij wil.")


def test_a_task_that_is_too_heavy_is_named_by_its_capacity(session: Session, ranker: Ranker) -> None:
    identifier, person = vacancy_id(session, "demo-archive"), candidate_id(session, "story-carves-a-task")
    body = explanation_body(ranker.explain(identifier, load_vacancy(session, identifier), person), "nl")
    capacity = next(one for one in body.constraints if one.constraint == "capacity")
    assert capacity.answer == "near"
    assert "tillen" in capacity.text
    assert sum(task.answer == "carve" for task in body.tasks) == 1
