"""People who are made, changed, introduced and erased over HTTP, whatever happens to the servers; what is left of it.

Who asks sends again until she is answered, as a client does: a POST with its Idempotency-Key, a change with the ETag of
the version that she knew. So of everything it is known whether it was done, and all of it has to be there, once.
"""

import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx2
import sqlalchemy as sa
from sqlmodel import Session

from matching.record.writing import ENTRIES
from matching.settings import Settings
from matching.store import get_identity
from matching.tables import metadata
from matching.tables.record import RecordKind
from matching.vault import tombstones, who_has_a_key
from tests.soak.running import Installed

SOURCE = "lives"
AGAIN = (409, 429, 503)  # the first of two at once is under way yet, or the server is not there yet
SECONDS_FOR_AN_ANSWER = 300


@dataclass
class Life:
    """What somebody was told of one person."""

    id: str
    minutes: int = 0
    name: str = ""
    n_changes: int = 0
    introduction: str | None = None
    outcome: str | None = None
    erased: bool = False


@dataclass
class Teller:
    """One who writes. `addresses` are those of servers on one database, any of which may be asked."""

    number: int
    addresses: Sequence[str]
    installed: Installed
    lives: dict[str, Life] = field(default_factory=dict)  # by source id
    told: Counter[int] = field(default_factory=Counter)
    n_lost: int = 0  # times that no answer came

    def __post_init__(self) -> None:
        self._dice = random.Random(self.number)
        headers = {"Authorization": f"Bearer {self.installed.token}"}
        self._clients = [
            httpx2.Client(base_url=one, headers=headers, timeout=60, trust_env=False) for one in self.addresses
        ]

    def tell(self, goes_on: Callable[[], bool]) -> None:
        """One life after another; the last one whole."""
        while goes_on():
            self._life(f"{self.number}-{len(self.lives)}")
        for client in self._clients:
            client.close()

    def _ask(self, method: str, path: str, wanted: Sequence[int], **sent: Any) -> httpx2.Response:
        until = time.monotonic() + SECONDS_FOR_AN_ANSWER
        while True:
            assert time.monotonic() < until, f"{method} {path} was never answered"
            try:
                answer = self._dice.choice(self._clients).request(method, path, **sent)
            except httpx2.TransportError:
                self.n_lost += 1
                time.sleep(0.02)
                continue
            self.told[answer.status_code] += 1
            if answer.status_code not in AGAIN:
                assert answer.status_code in wanted, f"{method} {path} {answer.status_code} {answer.text}"
                return answer
            time.sleep(0.05)

    def _made(self, path: str, body: dict[str, Any], key: str) -> httpx2.Response:
        return self._ask("POST", path, [201], json=body, headers={"Idempotency-Key": key})

    def _life(self, name: str) -> None:
        made = self._made(
            "/v1/candidates",
            {
                "source": SOURCE,
                "sourceId": name,
                "region": "AM06",
                "wishes": {"work": [f"{name}-0", "zorg"]},
                "travel": {"maxMinutes": 0},
            },
            f"made-{name}",
        )
        life = self.lives[name] = Life(made.json()["id"])
        path, etag = f"/v1/candidates/{life.id}", made.headers["etag"]
        for minutes in (1, 2):
            etag = self._change(path, name, minutes, etag)
            life.minutes, life.n_changes = minutes, life.n_changes + 1
        self._ask("PUT", f"{path}/identity", [200], json={"name": f"Naam {name}"})
        life.name = f"Naam {name}"
        vacancy = self._dice.choice(self.installed.vacancies)
        introduced = self._made(
            "/v1/introductions", {"candidateId": life.id, "vacancyId": vacancy}, f"introduced-{name}"
        )
        life.introduction = introduced.json()["id"]
        outcomes = f"/v1/introductions/{life.introduction}/outcomes"
        life.outcome = self._made(outcomes, {"kind": "candidate_agreed"}, f"agreed-{name}").json()["id"]
        if self._dice.random() < 0.25:
            self._ask("DELETE", path, [204, 404])  # 404: it was done, and no answer came
            life.erased = True

    def _change(self, path: str, name: str, minutes: int, etag: str) -> str:
        """Change two tables in one go, of the version that is known; the ETag after it."""
        change = {"travel": {"maxMinutes": minutes}, "wishes": {"work": [f"{name}-{minutes}", "zorg"]}}
        answer = self._ask("PATCH", path, [200, 412], json=change, headers={"If-Match": etag})
        if answer.status_code == 412:  # it was done, and no answer came: nobody else writes here
            answer = self._ask("GET", path, [200])
        body = answer.json()
        assert (body["travel"]["maxMinutes"], body["wishes"]["work"][0]) == (minutes, f"{name}-{minutes}")
        return str(answer.headers["etag"])


def assert_all_there(session: Session, settings: Settings, lives: dict[str, Life]) -> None:
    """Everything that was told is there, once and whole, with its entries in the record; and nothing else."""
    stay = {name: one for name, one in lives.items() if not one.erased}
    people, wishes, travel = (
        metadata.tables[name].c for name in ("candidates", "candidate_wishes", "candidate_travel")
    )
    rows = session.connection()
    known = dict(rows.execute(sa.select(people.source_id, people.id).where(people.source == SOURCE)).all())
    assert known == {name: one.id for name, one in stay.items()}
    counts = dict(rows.execute(sa.select(wishes.candidate_id, sa.func.count()).group_by(wishes.candidate_id)).all())
    assert {counts[one.id] for one in stay.values()} == {2}
    minutes = dict(rows.execute(sa.select(travel.candidate_id, travel.max_minutes)).all())
    assert {one.id: minutes[one.id] for one in stay.values()} == {one.id: one.minutes for one in stay.values()}
    assert {get_identity(session, settings, one.id).name for one in stay.values()} == {
        one.name for one in stay.values()
    }
    ids = {one.id for one in lives.values()}
    _assert_introduced(session, ids, stay)
    _assert_recorded(session, ids, lives)
    erased = {one.id for one in lives.values() if one.erased}
    assert erased <= set(tombstones(settings))
    assert who_has_a_key(settings, ids) == ids - erased


def _assert_introduced(session: Session, ids: set[str], stay: dict[str, Life]) -> None:
    introductions, outcomes = metadata.tables["introductions"].c, metadata.tables["outcomes"].c
    made = session.connection().execute(sa.select(introductions.candidate_id, introductions.id)).all()
    assert sorted((who, one) for who, one in made if who in ids) == sorted(
        (one.id, one.introduction) for one in stay.values()
    )
    mine = {one.introduction for one in stay.values()}
    kinds = sa.select(outcomes.introduction_id, outcomes.kind)
    found = Counter(row.kind for row in session.connection().execute(kinds) if row.introduction_id in mine)
    assert found == {"asked": len(stay), "candidate_agreed": len(stay)}


def _assert_recorded(session: Session, ids: set[str], lives: dict[str, Life]) -> None:
    once = {RecordKind.CREATED, RecordKind.INTRODUCTION_CHANGED, RecordKind.AGREEMENT_GIVEN}
    columns = ENTRIES.c
    rows = session.connection().execute(sa.select(columns.about_candidate, columns.kind)).all()
    found = Counter((who, kind) for who, kind in rows if who in ids)
    for life in lives.values():
        assert {kind: found[life.id, kind] for kind in once} == dict.fromkeys(once, 1)
        assert found[life.id, RecordKind.CHANGED] == life.n_changes
        assert bool(found[life.id, RecordKind.ERASED]) == life.erased


def assert_whole(backup: Path) -> None:
    """A backup has all that its manifest says."""
    with ZipFile(backup) as archive:
        for name, said in json.loads(archive.read("manifest.json"))["tables"].items():
            assert hashlib.sha256(archive.read(f"tables/{name}")).hexdigest() == said["sha256"], name
