"""A town with one candidate, her coach and adviser, an employer with a vacancy, and a clock: for stories over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine
from starlette.testclient import TestClient

from matching.actors import Grant, Role
from matching.database import session_scope
from matching.profiles import CandidateProfile, VacancyProfile
from matching.reference import load_embedded
from matching.rule_store import save_rule_sets
from matching.store import load_candidate, save_candidates, save_vacancies
from matching.store.vacancies import hand_over
from matching.tables import metadata
from matching.tables.organisations import OrganisationRow
from matching.tables.vacancies import VacancyStatus
from tests.api.serving import Served, served
from tests.matching.pool_world import RULES, person_in, settings_on
from tests.matching.reference_sets import small_set

AS_IT_IS = {"If-Match": "*"}
START = date(2027, 3, 1)  # a Monday
COACH, WSP, FIRM, OTHER = "coach 7", "o_wsp", "o_firm", "o_other"
HER: dict[str, Any] = {
    "source": "test",
    "sourceId": "1",
    "region": "AM01",
    "coach": COACH,
    "responsibleOrganisation": "WSP",
    "lastConfirmedOn": "2027-02-20",
}
JOB: dict[str, Any] = {"title": "schoonmaker", "legalEmployer": "De Firma", "team": "Nacht", "region": "AM01"}


class Town:
    """Who there is, and what day it is."""

    def __init__(self, world: Served, clock: Path, her: str, jobs: list[str]) -> None:
        self.world, self.her, self.jobs, self._clock = world, her, jobs, clock
        self.job = jobs[0]
        self.adviser = world.signed_in(Grant(Role.ADVISER, "AM01", organisation_id=WSP))
        self.coach = world.signed_in(Grant(Role.COACH), known_as=COACH)
        self.employer = world.signed_in(Grant(Role.EMPLOYER, organisation_id=FIRM))
        self.stranger = world.signed_in(Grant(Role.EMPLOYER, organisation_id=OTHER))
        self.she = world.signed_in(Grant(Role.CANDIDATE, candidate_id=her))
        self.mother = world.signed_in(Grant(Role.REPRESENTATIVE, candidate_id=her))

    @property
    def engine(self) -> Engine:
        return self.world.service.engine

    @property
    def today(self) -> date:
        return datetime.fromisoformat(self._clock.read_text("utf-8")).date()

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self._clock.read_text("utf-8"))

    def let_pass(self, days: int) -> None:
        """Days go by."""
        self._clock.write_text((self.now + timedelta(days=days)).isoformat(), encoding="utf-8")
        with session_scope(self.engine) as session:  # nobody has to sign in anew
            tokens = sa.update(metadata.tables["tokens"]).values(expires_at=self.now + timedelta(days=1))
            session.connection().execute(tokens)

    def day(self, days: int) -> str:
        """So many days after the start of the story."""
        return (START + timedelta(days=days)).isoformat()

    def introduce(self, job: str | None = None, **more: Any) -> str:
        """Her adviser asks her; the number of the introduction."""
        body = {"candidateId": self.her, "vacancyId": job or self.job, **more}
        return str(told(self.adviser.post("/v1/introductions", json=body), 201)["id"])

    def record(self, introduction: str, kind: str, who: TestClient | None = None, **more: Any) -> Any:
        """Somebody (her coach) records a fact."""
        path = f"/v1/introductions/{introduction}/outcomes"
        return (who or self.coach).post(path, json={"kind": kind, **more})

    def seen(self, introduction: str, who: TestClient | None = None) -> dict[str, Any]:
        """An introduction as somebody (her adviser) sees it."""
        return told((who or self.adviser).get(f"/v1/introductions/{introduction}"))

    def needs(self, who: TestClient | None = None) -> list[str]:
        """The codes for which she stands on a caseload, but for what is worth asking when she needs nothing."""
        items = told((who or self.coach).get("/v1/caseload"))["items"]
        codes = [one["code"] for item in items if item["candidateId"] == self.her for one in item["reasons"]]
        return [] if codes == ["question"] else codes

    def profile(self) -> CandidateProfile:
        """Her profile."""
        with session_scope(self.engine, read_only=True) as session:
            return load_candidate(session, self.her)

    def in_pool(self) -> dict[str, Any]:
        """How rankings know her."""
        (segment, *_) = [
            one
            for one in self.world.service.keeper.catch_up().pool.segments
            if self.her in list(one.people.ids) and one.alive[list(one.people.ids).index(self.her)]
        ]
        return person_in(segment, list(segment.people.ids).index(self.her))

    def show_card(self, card_id: str, job: str | None = None) -> None:
        """The employer is shown her card for one of its vacancies."""
        row = {
            "id": card_id,
            "candidate_id": self.her,
            "vacancy_id": job or self.job,
            "organisation_id": FIRM,
            "shown_at": self.now,
        }
        with session_scope(self.engine) as session:
            session.connection().execute(metadata.tables["card_names"].insert().values(row))


def told(response: Any, status: int = 200) -> dict[str, Any]:
    """The body of an answer that has this status."""
    assert response.status_code == status, response.text
    body: dict[str, Any] = response.json()
    return body


def problem(response: Any, status: int) -> str:
    """The kind of a problem, with its words."""
    body = told(response, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert body["detail"].strip()
    return str(body["type"]).removeprefix("urn:vonk:problem:")


@contextmanager
def town_on(engine: Engine, folder: Path, **her: Any) -> Iterator[Town]:
    """The town, served from a database of its own."""
    now = datetime(2027, 3, 1, 9, tzinfo=UTC)
    settings = settings_on(folder, now)
    rules = {path.name: path.read_text(encoding="utf-8") for path in RULES.glob("*.yaml")}
    with session_scope(engine) as session:
        load_embedded(session, small_set(), now=now)
        save_rule_sets(session, rules, now=now)
        kinds = {WSP: ("wsp", "WSP"), FIRM: ("inclusive_employer", "De Firma"), OTHER: ("client", "Anders")}
        for identifier, (kind, name) in kinds.items():
            session.add(OrganisationRow(id=identifier, kind=kind, name=name))
        session.flush()
        ids = save_candidates(session, [CandidateProfile.model_validate(HER | her)], now=now).ids
        jobs = save_vacancies(session, [VacancyProfile.model_validate(JOB)] * 3, now=now).ids
        for job in jobs:
            hand_over(session, job, FIRM, status=VacancyStatus.OPEN)
    world = served(settings, engine)
    try:
        yield Town(world, settings.clock or folder, ids[0], jobs)
    finally:
        world.service.keeper.close()
