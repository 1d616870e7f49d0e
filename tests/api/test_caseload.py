"""A caseload says who needs attention and why; what was recorded counts at once."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, event

from api.schemas.coaching import case_body
from api.wording import LOCALES
from matching.actors import Actor, Grant, Role
from matching.database import session_scope
from matching.profiles import CandidateProfile
from matching.reach import reach_of
from matching.store import save_candidates
from matching.tables import metadata
from matching.trajectories.caseload import CODES, MOST_ASKED, Case, Need, Urgency, caseload
from tests.api.town import AS_IT_IS, COACH, HER, Town, problem, told, town_on


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Iterator[Town]:
    with town_on(engine, tmp_path / "data") as opened:
        yield opened


def contact(town: Town, **body: Any) -> dict[str, Any]:
    path = f"/v1/candidates/{town.her}/contacts"
    return told(town.coach.post(path, json={"kind": "phone", "minutes": 10} | body), 201)


def begin_work(town: Town) -> str:
    one = town.introduce()
    told(town.record(one, "candidate_agreed"), 201)
    told(town.record(one, "started"), 201)
    return one


def test_contact_lapses_sooner_in_the_first_weeks_and_a_call_mends_it_at_once(town: Town) -> None:
    town.let_pass(20)
    assert town.needs() == []
    begin_work(town)
    contact(town)
    town.let_pass(8)
    assert town.needs() == ["contact_lapsed"]
    made = contact(town, nextOn=town.day(31), note="Het gaat goed.")
    assert town.needs() == []
    town.let_pass(4)
    assert town.needs() == ["contact_lapsed"]  # it was to be yesterday
    (case,) = told(town.coach.get("/v1/caseload"))["items"]
    assert (case["lastContactOn"], case["nextContactOn"]) == (town.day(28), town.day(31))
    listed = told(town.coach.get(f"/v1/candidates/{town.her}/contacts", params={"limit": 1}))
    assert listed["items"] == [made]
    assert len(told(town.coach.get(listed["next"]))["items"]) == 1


def test_of_who_needs_nothing_else_the_question_that_tells_most_is_worth_asking(town: Town) -> None:
    worth = told(town.coach.get(f"/v1/candidates/{town.her}/questions"))["items"][0]
    (case,) = told(town.coach.get("/v1/caseload"))["items"]
    (reason,) = case["reasons"]
    assert (reason["code"], reason["urgency"], reason["values"]) == ("question", "worth_it", {"field": worth["field"]})
    assert worth["text"] in reason["text"]
    others = [CandidateProfile.model_validate(HER | {"sourceId": str(number)}) for number in range(2, 2 + MOST_ASKED)]
    with session_scope(town.engine) as session:
        save_candidates(session, others, now=town.now)
    assert len(told(town.coach.get("/v1/caseload"))["items"]) == len(others) + 1, "who came just now stands there too"
    town.world.service.keeper.catch_up()
    cases = told(town.coach.get("/v1/caseload"))["items"]
    assert [len(one["reasons"]) for one in cases] == [1] * MOST_ASKED + [0], "for more there is no time"
    begin_work(town)
    town.let_pass(8)
    assert "question" not in town.needs(), "there is something else to talk about"


def test_each_week_is_asked_about_once_it_has_come_and_becomes_late(town: Town) -> None:
    one = begin_work(town)
    asked = []
    for day in (27, 28, 43, 91, 182, 364):
        town.let_pass(day - (town.today - town.today.fromisoformat(town.day(0))).days)
        items = told(town.coach.get("/v1/caseload"))["items"]
        asked += [
            (day, reason["values"]["week"], reason["urgency"])
            for reason in items[0]["reasons"]
            if reason["code"] == "week_due"
        ]
    assert asked == [(28, 4, "soon"), (43, 4, "late"), (91, 13, "soon"), (182, 26, "soon"), (364, 52, "soon")]
    told(town.record(one, "present", week=52), 201)
    assert "week_due" not in town.needs()


def test_trials_contracts_and_pauses_are_seen_to_end(town: Town) -> None:
    given = {"candidateId": town.her, "startsOn": town.day(0), "legalEmployer": "De Firma"}
    told(town.coach.post("/v1/placements", json=given | {"kind": "trial", "endsOn": town.day(60)}), 201)
    told(town.coach.post("/v1/placements", json=given | {"kind": "job", "endsOn": town.day(180)}), 201)
    town.let_pass(46)
    assert "trial_ends" in town.needs()
    assert "contract_ends" not in town.needs()
    town.let_pass(92)
    assert {"trial_ends", "contract_ends"} <= set(town.needs())
    pauses = f"/v1/candidates/{town.her}/pauses"
    told(town.coach.post(pauses, json={"reason": "personal", "resumesOn": town.day(150)}), 201)
    assert "pause_ends" not in town.needs()
    assert "contact_lapsed" not in town.needs()  # nobody chases who pauses
    town.let_pass(6)
    assert "pause_ends" in town.needs()


def test_a_pause_keeps_her_position_and_rankings_follow(town: Town) -> None:
    one = begin_work(town)
    pauses = f"/v1/candidates/{town.her}/pauses"
    body = {"reason": "care_for_others", "resumesOn": town.day(20)}
    made = told(town.coach.post(pauses, json=body), 201)
    assert (made["reason"], made["resumedOn"]) == ("care_for_others", None)
    assert (town.in_pool()["paused"], town.seen(one)["state"]) == (True, "started")
    assert problem(town.coach.post(pauses, json=body), 409) == "pause.overlaps"
    assert "reason" not in told(town.adviser.get(pauses))["items"][0]
    assert told(town.coach.get(pauses))["items"] == [made]
    assert town.she.get(pauses).status_code == 404
    town.let_pass(10)
    path = f"{pauses}/{made['id']}"
    assert problem(town.coach.patch(path, json={"resumedOn": town.day(11)}, headers=AS_IT_IS), 400) == "pause.invalid"
    assert problem(town.coach.patch(path, json={"resumesOn": town.day(-1)}, headers=AS_IT_IS), 400) == "pause.invalid"
    assert told(town.coach.patch(path, json={"resumedOn": town.day(10)}, headers=AS_IT_IS))["version"] == 2
    assert town.in_pool()["paused"] is False
    assert town.profile().pause is None
    earlier = {"reason": "school", "since": town.day(-30), "resumedOn": town.day(-10)}
    told(town.coach.post(pauses, json=earlier), 201)  # typed in late
    assert problem(town.coach.post(pauses, json=earlier), 409) == "pause.overlaps"
    assert town.profile().pause is None


def test_answers_that_run_out_profiles_that_age_and_employers_that_are_silent(town: Town) -> None:
    one = town.introduce()
    town.let_pass(11)
    assert town.needs() == ["expires_soon"]
    assert town.needs(town.adviser) == ["expires_soon"]
    told(town.record(one, "candidate_agreed", town.she), 201)
    told(town.record(one, "interviewed"), 201)
    assert town.needs() == []
    town.let_pass(22)
    assert "unanswered" in town.needs()
    told(town.record(one, "employer_declined", reasons=["no_reply"]), 201)
    assert "unanswered" not in town.needs()
    town.let_pass(200)
    assert "profile_unconfirmed" in town.needs()


def test_the_most_urgent_come_first_and_every_page_goes_on(town: Town) -> None:
    others = [HER | {"sourceId": str(number), "lastConfirmedOn": "2026-01-01"} for number in range(2, 5)]
    with session_scope(town.engine) as session:
        save_candidates(session, [CandidateProfile.model_validate(one) for one in others], now=town.now)
    one = town.introduce()
    told(town.record(one, "candidate_agreed"), 201)
    told(town.record(one, "employer_declined", reasons=["hours"]), 201)
    town.let_pass(8)
    first = told(town.coach.get("/v1/caseload", params={"limit": 2}))
    rest = told(town.coach.get(first["next"]))
    items = first["items"] + rest["items"]
    assert [item["urgency"] for item in items] == ["late", "worth_it", "worth_it", "worth_it"]
    assert items[0]["candidateId"] == town.her
    assert rest["next"] is None
    assert told(town.coach.get("/v1/caseload", params={"cursor": "WyJ4Il0"}), 400)["errors"][0]["field"] == "cursor"


def test_a_caseload_is_ones_own(town: Town) -> None:
    other = town.world.signed_in(Grant(Role.COACH), known_as="coach 8")
    assert told(other.get("/v1/caseload"))["items"] == []
    assert other.get(f"/v1/candidates/{town.her}/contacts").status_code == 404
    for nobody in (town.she, town.employer):
        assert nobody.get("/v1/caseload").status_code == 404
        assert nobody.post(f"/v1/candidates/{town.her}/contacts", json={}).status_code in (400, 404)


def test_a_contact_that_cannot_be_is_refused_and_leaves_nothing(town: Town) -> None:
    path = f"/v1/candidates/{town.her}/contacts"
    good = {"kind": "visit", "minutes": 45}
    for body, kind in (
        (good | {"on": town.day(1)}, "contact.invalid"),
        (good | {"nextOn": town.day(-1)}, "contact.invalid"),
        (good | {"note": "Zij heeft reuma."}, "note.private"),
        (good | {"minutes": 601}, "bad_input"),
        (good | {"kind": "brief"}, "bad_input"),
    ):
        assert town.coach.post(path, json=body).json()["type"].removeprefix("urn:vonk:problem:") == kind
    assert told(town.coach.get(path))["items"] == []


def test_a_legal_basis_is_on_record_apart_from_her_agreement(town: Town) -> None:
    path = f"/v1/candidates/{town.her}/legal-bases"
    body = {"organisationId": "o_wsp", "basis": "public_task", "reference": "Participatiewet 7", "since": town.day(0)}
    made = told(town.adviser.post(path, json=body), 201)
    assert told(town.coach.get(path))["items"] == [made]
    assert problem(town.adviser.post(path, json=body | {"organisationId": "o_x"}), 404) == "organisation.unknown"
    assert problem(town.adviser.post(path, json=body | {"until": town.day(-1)}), 400) == "legal_basis.invalid"
    assert town.employer.get(path).status_code == 404


def test_sixty_people_take_as_many_queries_as_one(town: Town) -> None:
    reach = reach_of(Actor("a_x", (Grant(Role.COACH),), COACH), {})

    def queries() -> tuple[int, int]:
        counted: list[str] = []
        with session_scope(town.engine, read_only=True) as session:
            event.listen(session.connection(), "before_cursor_execute", lambda *said: counted.append(said[2]))
            cases = caseload(session, reach, today=town.today)
        return len(cases), len(counted)

    town.introduce()
    one, few = queries()
    many = [CandidateProfile.model_validate(HER | {"sourceId": str(number)}) for number in range(2, 61)]
    with session_scope(town.engine) as session:
        ids = save_candidates(session, many, now=town.now).ids
        introductions = metadata.tables["introductions"]
        rows = [
            {
                "id": f"i_{number}",
                "candidate_id": candidate_id,
                "vacancy_id": town.job,
                "created_at": town.now - timedelta(days=number),
            }
            for number, candidate_id in enumerate(ids)
        ]
        session.connection().execute(sa.insert(introductions), rows)
    sixty, as_many = queries()
    assert (one, sixty) == (1, 60)
    assert as_many == few < 15


@pytest.mark.parametrize("locale", LOCALES)
def test_every_need_is_said_in_words(locale: str, moment: Any) -> None:
    day = moment.date()
    values: dict[str, dict[str, Any]] = {
        "contact_lapsed": {"days": 9, "last": day},
        "contract_ends": {"on": day},
        "decline_untold": {"reasons": ["hours", "other"], "on": day},
        "expires_soon": {"awaits": "candidate", "days": 2},
        "pause_ends": {"on": day},
        "profile_unconfirmed": {"since": day},
        "promise_open": {"by": "employer", "what": "stille plek", "promised_on": day},
        "question": {"field": "education"},
        "trial_ends": {"on": day},
        "unanswered": {"awaits": "employer", "since": day},
        "week_due": {"week": 4},
    }
    needs = tuple(Need(code, Urgency.SOON, day, values.get(code, {})) for code in CODES)
    body = case_body(Case("c_1", needs, None, None, None, False), locale)
    for reason in body.reasons:
        assert reason.text[-1] in ".?"
        assert "_" not in reason.text
        assert "..." not in reason.text
