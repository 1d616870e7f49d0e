"""A disk that is full: who writes is told so, nothing is lost, and all goes on by itself once there is room."""

import os
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa

from matching.database import engine_for
from matching.tables import metadata
from tests.soak.forked import Nursery, serving_forked, wait_until
from tests.soak.running import install, vonk

pytestmark = pytest.mark.soak
DISK_MB = 48
SOURCE = "full"
ROUNDS = 6


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own. Only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "vonk-test", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"no disk could be mounted: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: Path, free_bytes: int) -> None:
    """Leave so much room on a disk, rounded to its blocks."""
    ballast = disk / "ballast"
    room = os.statvfs(disk)
    too_much = room.f_bavail * room.f_frsize - free_bytes
    if too_much > 0:
        with ballast.open("ab") as file:
            os.posix_fallocate(file.fileno(), file.tell(), too_much)


def make(client: httpx2.Client, name: str) -> httpx2.Response:
    body = {"source": SOURCE, "sourceId": name, "region": "AM06", "wishes": {"work": [name, "zorg"]}}
    return client.post("/v1/candidates", json=body, headers={"Idempotency-Key": name})


def is_made(client: httpx2.Client, name: str) -> bool:
    return make(client, name).status_code == 201


def is_told(answer: httpx2.Response) -> None:
    """The answer to who writes where there is no room."""
    assert answer.status_code == 507, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]
    problem = answer.json()
    assert problem["type"] == "urn:vonk:problem:storage.full"
    assert problem["title"] == "There is no room left on Vonk's disk"


def write_until_full(client: httpx2.Client, number: int, made: dict[str, str]) -> None:
    """Make people until there is no room, and try some more."""
    refused = 0
    for turn in range(400):
        answer = make(client, f"{number}-{turn}")
        if answer.status_code == 201:
            made[f"{number}-{turn}"] = answer.json()["id"]
            continue
        is_told(answer)
        refused += 1
        if refused == 5:
            return
    raise AssertionError("the disk never became full")


def is_done(answer: httpx2.Response) -> bool:
    """Whether there was room enough for something small; else it is told."""
    if answer.status_code == 200:
        return True
    is_told(answer)
    return False


def upload(client: httpx2.Client) -> httpx2.Response:
    """A file that is too large for memory: it waits on the disk."""
    return client.post("/v1/vacancy-drafts", files={"file": ("a.txt", b"schoonmaker " * 200_000)})


def test_a_full_disk_is_told_and_nothing_is_lost(disk: Path, tmp_path: Path, nursery: Nursery) -> None:
    installed = install(disk / "data", None, n_candidates=300, n_vacancies=10)
    installed.environment["TMPDIR"] = str(disk)
    made: dict[str, str] = {}
    minutes, name = None, None
    looked: set[bool] = set()
    with serving_forked(nursery, installed, tmp_path) as (server,), server.client() as client:
        first = make(client, "first")
        made["first"] = first.json()["id"]
        her = f"/v1/candidates/{made['first']}"
        before = upload(client).status_code
        assert before < 500
        for number in range(ROUNDS):
            fill(disk, number * 50_000)
            write_until_full(client, number, made)
            fill(disk, 0)
            looked.add(is_done(client.get(her)))  # no look without its entry in the record
            if is_done(client.put(f"{her}/identity", json={"name": f"Naam {number}"})):
                name = f"Naam {number}"
            if is_done(client.patch(her, json={"travel": {"maxMinutes": number}}, headers={"If-Match": "*"})):
                minutes = number
            is_told(upload(client))
            assert client.get("/health/live").status_code == 200
            if number == 0:
                refused = vonk(installed, tmp_path, "backup", str(disk / "backup.zip"))
                assert refused.returncode == 1
                assert refused.stderr
                assert "Traceback" not in refused.stderr
            (disk / "ballast").unlink()
            assert [one.name for one in disk.iterdir()] == ["data"]  # no half of a backup
            back = f"{number}-back"
            wait_until(partial(is_made, client, back), "it does not recover", 10)
            made[back] = make(client, back).json()["id"]
            assert ((client.get(her).json()["travel"] or {}).get("maxMinutes")) == minutes
            known = client.get(f"{her}/identity")
            assert known.json()["name"] == name if name else known.status_code == 404
            assert upload(client).status_code == before
        assert {name: make(client, name).json()["id"] for name in made} == made  # with its key: once
    assert False in looked
    assert stored(installed.environment["VONK_DATA_DIR"]) == made
    verified = vonk(installed, tmp_path, "audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr


def stored(folder: str) -> dict[str, str]:
    """Who is in the database, whole."""
    engine = engine_for(f"sqlite:///{folder}/vonk.db")
    people = metadata.tables["candidates"].c
    with engine.connect() as connection:
        rows = connection.execute(
            sa.select(people.source_id, people.id, sa.func.count())
            .join_from(metadata.tables["candidates"], metadata.tables["candidate_wishes"])
            .where(people.source == SOURCE)
            .group_by(people.id)
        ).all()
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    engine.dispose()
    assert {n for _, _, n in rows} == {2}
    return {source_id: identifier for source_id, identifier, _ in rows}
