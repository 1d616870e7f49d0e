"""She is asked first, an employer learns a name when she says yes, and everybody hears what happened."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.dependencies_trajectories import introduction_facts
from api.policies_trajectories import read_introduction
from matching.accounts import actor_of
from matching.actors import Grant, Role
from matching.database import session_scope
from matching.reach import reach_of
from matching.tables import metadata
from matching.tables.vacancies import VacancyStatus
from matching.trajectories import visible
from matching.trajectories.introductions import agreed_employers, expire_due
from matching.trajectories.outcomes import teaches
from matching.trajectories.reading import load_outcomes
from tests.api.town import AS_IT_IS, FIRM, OTHER, START, WSP, Town, problem, told, town_on


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Iterator[Town]:
    with town_on(engine, tmp_path / "data") as opened:
        yield opened


def employers(town: Town) -> frozenset[str]:
    """Who may know her name today."""
    with session_scope(town.engine, read_only=True) as session:
        return agreed_employers(session, town.her, town.today)


def open_in_pool(town: Town) -> int:
    return int(town.in_pool()["open_introductions"])


def test_from_the_first_question_to_better_work_elsewhere(town: Town) -> None:
    one = town.introduce()
    assert town.seen(one)["state"] == "asked"
    assert town.seen(one, town.she)["expiresOn"] == town.day(14)
    assert (open_in_pool(town), employers(town)) == (1, frozenset())
    town.let_pass(2)
    told(town.record(one, "candidate_agreed", town.she), 201)
    assert town.seen(one)["agreement"] == {"purpose": "introduction", "on": town.day(2), "until": town.day(184)}
    assert employers(town) == {FIRM}
    town.let_pass(10)
    told(town.record(one, "interviewed", town.employer, on=town.day(9)), 201)
    told(town.record(one, "trial_started", town.employer, on=town.day(12)), 201)
    town.let_pass(60)
    told(town.record(one, "trial_ended", town.employer, on=town.day(70)), 201)
    told(town.record(one, "started", town.employer, on=town.day(71)), 201)
    assert open_in_pool(town) == 0
    town.let_pass(28 + 5)
    assert "week_due" in town.needs()
    told(town.record(one, "present", week=4, on=town.day(71 + 28)), 201)
    assert "week_due" not in town.needs()
    town.let_pass(160)
    told(town.record(one, "present", week=26, on=town.day(71 + 184)), 201)
    told(town.record(one, "present", week=13, on=town.day(71 + 91)), 201)  # typed in later
    told(town.record(one, "moved_on"), 201)
    seen = town.seen(one)
    assert (seen["state"], seen["isOpen"]) == ("moved_on", False)
    assert [(step["kind"], step["week"]) for step in seen["outcomes"]][-4:] == [
        ("present", 4),
        ("present", 13),
        ("present", 26),
        ("moved_on", None),
    ]
    assert employers(town) == frozenset()
    assert [(past.employer, past.team, past.reason) for past in town.profile().past_placements] == [
        ("De Firma", "Nacht", "moved_on")
    ]


def test_before_she_agrees_an_introduction_is_not_there_for_the_employer(town: Town) -> None:
    one = town.introduce()
    assert problem(town.employer.get(f"/v1/introductions/{one}"), 404) == "introduction.unknown"
    assert told(town.employer.get("/v1/introductions"))["items"] == []
    assert problem(town.record(one, "interviewed", town.employer), 404) == "introduction.unknown"
    told(town.record(one, "candidate_agreed", town.she), 201)
    assert town.seen(one, town.employer)["candidateId"] == town.her
    assert problem(town.stranger.get(f"/v1/introductions/{one}"), 404) == "introduction.unknown"
    told(town.record(one, "agreement_withdrawn", town.she), 201)
    closed = town.seen(one, town.employer)
    assert (closed["state"], closed["isOpen"], "candidateId" in closed) == ("closed", False, False)
    assert closed["outcomes"] == []
    assert employers(town) == frozenset()
    town.let_pass(1)
    assert problem(town.record(one, "interviewed", town.employer), 409) == "outcome.over"


def test_an_employer_asks_for_a_card_and_hears_no_more_than_that_it_waits(town: Town) -> None:
    ask = {"cardId": "k_1", "vacancyId": town.job}
    assert problem(town.employer.post("/v1/introductions", json=ask), 404) == "card.unknown"
    town.show_card("k_1")
    assert problem(town.stranger.post("/v1/introductions", json=ask), 404) == "vacancy.unknown"
    made = told(town.employer.post("/v1/introductions", json=ask), 201)
    assert (made["state"], made["cardId"], made["outcomes"]) == ("requested", "k_1", [])
    one = made["id"]
    assert town.her not in str(made)
    assert town.she.get(f"/v1/introductions/{one}").status_code == 404
    assert open_in_pool(town) == 0
    assert town.needs(town.adviser) == ["requested"]
    assert problem(town.record(one, "asked", town.employer), 403) == "denied.not_your_step"
    told(town.record(one, "asked", town.adviser), 201)
    waits = town.seen(one, town.employer)
    assert (waits["state"], waits["awaits"]) == ("requested", None)
    told(town.record(one, "candidate_declined", town.she, reasons=["travel"]), 201)
    assert town.seen(one, town.employer)["state"] == "closed"
    assert "travel" not in town.employer.get(f"/v1/introductions/{one}").text
    assert town.seen(one, town.she)["outcomes"][-1]["reasons"] == ["travel"]


def test_what_is_not_answered_expires_and_makes_room_again(town: Town) -> None:
    one = town.introduce()
    town.let_pass(15)
    assert town.seen(one, town.she)["state"] == "expired"
    with session_scope(town.engine) as session:
        assert expire_due(session, now=town.now) == 1
        assert expire_due(session, now=town.now) == 0
    assert open_in_pool(town) == 0
    assert problem(town.record(one, "candidate_agreed", town.she), 409) == "outcome.expired"
    told(town.record(one, "candidate_agreed", town.coach, on=town.day(10)), 201)  # she had said so by telephone
    assert town.seen(one)["state"] == "candidate_agreed"
    assert open_in_pool(town) == 1
    expiry = next(step for step in town.seen(one)["outcomes"] if step["kind"] == "expired")
    assert (expiry["retracted"], expiry["recordedAs"], expiry["earlier"][0]["retracted"]) == (True, "system", False)
    assert all(step["kind"] != "expired" for step in town.seen(one, town.she)["outcomes"])


def test_she_is_not_in_more_introductions_than_she_wants(town: Town) -> None:
    town.introduce(town.jobs[0])
    town.introduce(town.jobs[1])
    third = {"candidateId": town.her, "vacancyId": town.jobs[2]}
    before = told(town.adviser.get("/v1/introductions"))
    assert problem(town.adviser.post("/v1/introductions", json=third), 409) == "introduction.attention"
    assert told(town.adviser.get("/v1/introductions")) == before
    town.let_pass(15)
    told(town.adviser.post("/v1/introductions", json=third), 201)  # the first two expired


def test_an_introduction_is_made_once_for_an_open_vacancy_and_by_who_may(town: Town) -> None:
    town.introduce()
    body = {"candidateId": town.her, "vacancyId": town.job}
    assert problem(town.adviser.post("/v1/introductions", json=body), 409) == "introduction.already"
    with session_scope(town.engine) as session:
        vacancies = metadata.tables["vacancies"]
        closed = sa.update(vacancies).where(vacancies.c.id == town.jobs[1])
        session.connection().execute(closed.values(status=VacancyStatus.CLOSED.value))
    body["vacancyId"] = town.jobs[1]
    assert problem(town.adviser.post("/v1/introductions", json=body), 409) == "introduction.vacancy_closed"
    body["vacancyId"] = town.jobs[2]
    elsewhere = town.world.signed_in(Grant(Role.ADVISER, "AM01"))
    assert problem(elsewhere.post("/v1/introductions", json=body), 403) == "denied.no_mandate"
    for nobody in (town.employer, town.she, town.stranger):
        assert nobody.post("/v1/introductions", json=body).status_code == 404
    later = {**body, "askedOn": town.day(1)}
    assert problem(town.adviser.post("/v1/introductions", json=later), 409) == "introduction.in_the_future"
    for wrong in ({"vacancyId": town.job}, {**body, "cardId": "k"}, {**body, "more": 1}):
        assert town.adviser.post("/v1/introductions", json=wrong).status_code == 400


def test_an_employers_no_reaches_her_with_its_reason_within_five_working_days(town: Town) -> None:
    one = town.introduce()
    told(town.record(one, "candidate_agreed"), 201)
    no: dict[str, Any] = {"reasons": ["hours", "position_filled"], "note": "Wij zoeken iemand voor de avond."}
    assert town.record(one, "employer_declined", town.employer).status_code == 400
    declined = told(town.record(one, "employer_declined", town.employer, **no), 201)
    hers = town.seen(one, town.she)
    assert hers["decline"] | {"text": ""} == {
        "on": town.day(0),
        "reasons": no["reasons"],
        "text": "",
        "tellBy": town.day(7),
        "toldOn": None,
    }
    assert "de uren passen niet en de plek is bezet" in town.she.get(
        f"/v1/introductions/{one}", headers={"Accept-Language": "nl"}
    ).text.replace("de plek is bezet en de uren passen niet", "de uren passen niet en de plek is bezet")
    assert hers["outcomes"][-1]["note"] == no["note"]
    assert town.needs() == ["decline_untold"]
    path = f"/v1/introductions/{one}/outcomes/{declined['id']}"
    assert (
        problem(town.employer.patch(path, json={"toldOn": town.day(0)}, headers=AS_IT_IS), 403)
        == "denied.not_your_step"
    )
    assert town.coach.patch(path, json={"toldOn": town.day(1)}, headers=AS_IT_IS).status_code == 400
    told(town.coach.patch(path, json={"toldOn": town.day(0)}, headers=AS_IT_IS))
    assert town.needs() == []
    assert town.seen(one, town.she)["decline"]["tellBy"] is None
    told(town.employer.patch(path, json={"reasons": ["skills_for_task"]}, headers=AS_IT_IS))
    assert town.needs() == ["decline_untold"]  # another reason is another story


def test_a_note_that_names_a_trait_is_held_back_teaches_nothing_and_alerts_the_adviser(town: Town) -> None:
    one = town.introduce()
    told(town.record(one, "candidate_agreed"), 201)
    note = "Eerlijk gezegd vinden wij haar te oud."
    body = told(town.record(one, "employer_declined", town.employer, reasons=["other"], note=note), 201)
    assert body["noteHeldBack"]
    assert "te oud" not in town.she.get(f"/v1/introductions/{one}").text
    assert "te oud" not in town.mother.get(f"/v1/introductions/{one}").text
    assert "te oud" not in town.coach.get(f"/v1/introductions/{one}").text
    assert town.seen(one)["outcomes"][-1]["note"] == note
    assert "note_held_back" in town.needs(town.adviser)
    assert "note_held_back" not in town.needs(town.coach)
    with session_scope(town.engine, read_only=True) as session:
        outcomes = load_outcomes(session, [one])[one]
    assert {outcome.kind.value: teaches(outcome) for outcome in outcomes} == {
        "asked": True,
        "candidate_agreed": True,
        "employer_declined": False,
    }
    path = f"/v1/introductions/{one}/outcomes/{body['id']}"
    told(town.coach.patch(path, json={"on": town.day(0), "reasons": ["hours"]}, headers=AS_IT_IS))
    assert "te oud" not in town.she.get(f"/v1/introductions/{one}").text  # who corrects the reason does not let it out


@pytest.mark.parametrize(
    "note", ["BSN 111222333", "Bel haar op 06-12345678", "mail x@example.org", "Zij heeft een depressie gehad"]
)
def test_a_note_with_what_may_not_be_kept_changes_nothing(town: Town, note: str) -> None:
    one = town.introduce()
    before = town.seen(one)
    refused = town.record(one, "candidate_agreed", note=note)
    assert problem(refused, 400) == "note.private"
    assert note not in refused.text
    assert town.seen(one) == before


def test_each_step_is_recorded_by_whom_it_belongs_to(town: Town) -> None:
    one = town.introduce()
    assert problem(town.record(one, "interviewed", town.she), 403) == "denied.not_your_step"
    told(town.record(one, "candidate_agreed", town.mother), 201)
    assert town.seen(one)["outcomes"][-1]["recordedAs"] == "representative"
    assert "representative" not in str(town.seen(one, town.employer)), "that she is represented is no employer's"
    assert problem(town.record(one, "candidate_declined", town.employer), 403) == "denied.not_your_step"
    assert problem(town.record(one, "paused", town.employer), 403) == "denied.not_your_step"
    told(town.record(one, "interviewed", town.employer), 201)
    told(town.record(one, "trial_day", town.coach), 201)
    assert town.record(one, "offer_made", town.stranger).status_code == 404
    another = town.world.signed_in(Grant(Role.CANDIDATE, candidate_id=town.her), Grant(Role.COACH))
    assert told(town.record(one, "offer_made", town.adviser), 201)["recordedAs"] == "adviser"
    assert told(town.record(one, "offer_declined", another), 201)["reasons"] == ["no_reason"]


def test_what_cannot_be_is_refused_and_nothing_changes(town: Town) -> None:
    one = town.introduce()
    before = town.seen(one)
    assert problem(town.record(one, "started"), 409) == "outcome.not_agreed"
    assert problem(town.record(one, "present", week=26), 409) == "outcome.not_agreed"
    assert problem(town.record(one, "candidate_agreed", on=town.day(1)), 400) == "outcome.in_the_future"
    assert problem(town.record(one, "candidate_agreed", on=town.day(-1)), 409) == "outcome.not_asked"
    assert problem(town.record(one, "candidate_declined", reasons=["hours", "no_reply"]), 400) == "outcome.reasons"
    assert problem(town.record(one, "candidate_agreed", week=4), 400) == "outcome.week"
    assert problem(town.record(one, "candidate_declined", until=town.day(3)), 400) == "outcome.agreement_only"
    assert problem(town.record(one, "candidate_agreed", until=town.day(-1)), 400) == "outcome.until"
    for wrong in ({"kind": "hired"}, {"kind": "asked", "on": "soon"}, {"kind": "asked", "note": "x" * 1_001}, {}):
        assert town.coach.post(f"/v1/introductions/{one}/outcomes", json=wrong).status_code == 400
    assert town.seen(one) == before


def test_a_mistake_is_corrected_and_both_stay(town: Town) -> None:
    one = town.introduce()
    town.let_pass(20)
    agreed = told(town.record(one, "candidate_agreed", on=town.day(3)), 201)
    met = told(town.record(one, "interviewed", on=town.day(20)), 201)
    path = f"/v1/introductions/{one}/outcomes/"
    changed = told(
        town.adviser.patch(path + met["id"], json={"on": town.day(18), "note": "Het was donderdag."}, headers=AS_IT_IS)
    )
    assert (changed["id"], changed["version"], changed["on"]) == (met["id"], 2, town.day(18))
    (earlier,) = changed["earlier"]
    assert (earlier["on"], earlier["version"], earlier["recordedAs"]) == (town.day(20), 1, "coach")
    assert changed["recordedAs"] == "adviser"
    assert changed["recordedBy"] != earlier["recordedBy"]
    assert (
        problem(town.coach.patch(path + agreed["id"], json={"on": town.day(19)}, headers=AS_IT_IS), 409)
        == "outcome.not_agreed"
    )
    assert (
        problem(town.coach.patch(path + agreed["id"], json={"retracted": True}, headers=AS_IT_IS), 409)
        == "outcome.not_agreed"
    )
    told(town.coach.patch(path + met["id"], json={"retracted": True}, headers=AS_IT_IS))
    assert town.seen(one)["state"] == "candidate_agreed"
    assert [step["kind"] for step in town.seen(one, town.she)["outcomes"]] == ["asked", "candidate_agreed"]
    assert len(town.seen(one)["outcomes"][-1]["earlier"]) == 2
    for wrong in ({}, {"on": None}, {"kind": "ended"}, {"retracted": "maybe"}):
        assert town.coach.patch(path + met["id"], json=wrong, headers=AS_IT_IS).status_code == 400
    assert (
        problem(town.coach.patch(path + "u_nowhere", json={"on": town.day(3)}, headers=AS_IT_IS), 404)
        == "outcome.unknown"
    )


def test_a_pause_stops_the_clock_of_an_answer(town: Town) -> None:
    one = town.introduce()
    pauses = f"/v1/candidates/{town.her}/pauses"
    pause = told(town.coach.post(pauses, json={"reason": "personal", "resumesOn": town.day(40)}), 201)
    town.let_pass(30)
    assert (town.seen(one)["state"], town.seen(one)["paused"]) == ("asked", True)
    told(town.coach.patch(f"{pauses}/{pause['id']}", json={"resumedOn": town.day(30)}, headers=AS_IT_IS))
    assert town.seen(one)["expiresOn"] == town.day(44)
    told(town.record(one, "candidate_agreed", town.she), 201)


def test_lists_show_page_by_page_just_what_may_be_seen_one_by_one(town: Town) -> None:
    shown = [town.introduce(job) for job in town.jobs[:2]]
    told(town.record(shown[0], "candidate_agreed"), 201)
    town.show_card("k_1", town.jobs[2])
    asked = {"cardId": "k_1", "vacancyId": town.jobs[2]}
    shown.append(told(town.employer.post("/v1/introductions", json=asked), 201)["id"])
    lists = {name: listed(getattr(town, name), limit=1) for name in ("adviser", "coach", "employer", "she", "stranger")}
    assert lists["adviser"] == lists["coach"] == set(shown)
    assert lists["employer"] == {shown[0], shown[2]}
    assert lists["she"] == set(shown[:2])
    assert lists["stranger"] == set()
    assert listed(town.adviser, vacancyId=town.jobs[1]) == {shown[1]}
    assert listed(town.adviser, candidateId="c_nobody") == set()
    assert listed(town.employer, candidateId=town.her) == set()
    assert told(town.adviser.get("/v1/introductions", params={"cursor": "bm8="}), 400)["errors"][0]["field"] == "cursor"
    grants: list[tuple[Grant, ...]] = [
        (Grant(Role.ADVISER, "AM03"),),
        (Grant(Role.ADVISER, "AM03", organisation_id=WSP),),
        (Grant(Role.ADVISER),),
        (Grant(Role.COACH), Grant(Role.EMPLOYER, organisation_id=FIRM)),
        (Grant(Role.EMPLOYER, organisation_id=OTHER), Grant(Role.REPRESENTATIVE, candidate_id=town.her)),
        (Grant(Role.COORDINATOR), Grant(Role.CASEWORKER)),
    ]
    with session_scope(town.engine, read_only=True) as session:
        accounts = list(session.connection().scalars(sa.select(metadata.tables["accounts"].c.id)))
        reaches = [reach_of(actor, {}) for one in accounts if (actor := actor_of(session, one, today=town.today))]
        actor = reaches[0].actor
        reaches += [reach_of(type(actor)("a_x", granted), {}) for granted in grants]
        introductions = metadata.tables["introductions"]
        for reach in reaches:
            query = sa.select(introductions.c.id).where(visible.introductions(reach, town.today))
            one_by_one = {
                one for one in shown if read_introduction(reach, introduction_facts(session, one, town.today)) is None
            }
            assert set(session.connection().scalars(query)) == one_by_one, reach.actor.grants


def listed(client: TestClient, **query: Any) -> set[str]:
    """The numbers on all pages of a list."""
    answer = told(client.get("/v1/introductions", params=query))
    found = [one["id"] for one in answer["items"]]
    while answer["next"]:
        answer = told(client.get(answer["next"]))
        found += [one["id"] for one in answer["items"]]
    assert len(found) == len(set(found))
    return set(found)


def test_nobody_gets_in_without_signing_in(town: Town) -> None:
    one = town.introduce()
    for path in ("/v1/introductions", f"/v1/introductions/{one}", "/v1/placements", "/v1/caseload"):
        assert town.world.nobody.get(path).status_code == 401
    auditor = town.world.signed_in(Grant(Role.AUDITOR), Grant(Role.ADMINISTRATOR), Grant(Role.COORDINATOR))
    for path in ("/v1/introductions", f"/v1/introductions/{one}", "/v1/placements", "/v1/caseload"):
        assert auditor.get(path).status_code == 404
    assert START + timedelta(days=0) == town.today


def test_a_vacancy_with_introductions_is_closed_when_it_is_taken_away_and_their_history_stays(
    town: Town,
) -> None:
    one = town.introduce()
    told(town.record(one, "candidate_agreed"), 201)
    path = f"/v1/vacancies/{town.job}"
    before = told(town.adviser.get(path))
    assert town.employer.delete(path).status_code == 204
    after = told(town.adviser.get(path))
    assert (before["status"], after["status"], after["version"]) == ("open", "closed", before["version"] + 1)
    assert town.employer.delete(path).status_code == 204
    assert told(town.adviser.get(path))["version"] == after["version"], "once is enough"
    kinds = [outcome["kind"] for outcome in told(town.coach.get(f"/v1/introductions/{one}/outcomes"))["items"]]
    assert sorted(kinds) == ["asked", "candidate_agreed"]
    empty = town.jobs[1]
    assert town.adviser.delete(f"/v1/vacancies/{empty}").status_code == 204
    assert town.adviser.get(f"/v1/vacancies/{empty}").status_code == 404


def test_a_vacancy_for_which_people_were_shown_is_closed_too(town: Town) -> None:
    told(town.adviser.get(f"/v1/vacancies/{town.job}/ranking"))
    assert town.adviser.delete(f"/v1/vacancies/{town.job}").status_code == 204
    assert told(town.adviser.get(f"/v1/vacancies/{town.job}"))["status"] == "closed"
