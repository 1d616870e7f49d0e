import dataclasses
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from api.commands.lookup import candidate_id
from api.commands.prepare import prepare
from api.languages import preferred
from api.schemas.ranking import explanation_body, ranking_body
from matching.database import session_scope
from matching.profiles import CandidateProfile
from matching.ranking import open_vacancy_ids, rank
from matching.settings import Settings
from matching.store import load_vacancy, save_candidates
from tests.api.conftest import MOMENT, Installation, environment
from tests.api.serving import Served, of_service, served

PROBLEM = "application/problem+json"


@pytest.fixture(scope="session")
def vacancy(world: Served) -> str:
    with session_scope(world.service.engine, read_only=True) as session:
        return open_vacancy_ids(session)[0]


@pytest.fixture
def own_world(installation: Installation, tmp_path: Path) -> Settings:
    """A copy of the small world that a test may change."""
    shutil.copytree(installation.data_dir, tmp_path / "data")
    return Settings(data_dir=tmp_path / "data", clock=Path(environment(tmp_path / "data")["VONK_CLOCK"]))


class Broken:
    """A ranker that is not there, for a fault that nobody foresaw."""

    def neighbours(self) -> dict[str, frozenset[str]]:
        return {}


def token_of(world: Served) -> str:
    """The token of the adviser who asks."""
    return world.client.headers["Authorization"].removeprefix("Bearer ")


def test_a_ranking_over_http_is_what_the_command_prints(world: Served, vacancy: str) -> None:
    answer = world.client.get(f"/v1/vacancies/{vacancy}/ranking?limit=3")
    assert answer.status_code == 200
    with session_scope(world.service.engine, read_only=True) as session:
        expected = ranking_body(rank(session, world.service.current.get(), vacancy, 3), "nl").json_values()
    assert answer.json() == json.loads(json.dumps(expected))
    assert len(answer.json()["items"]) == 3


def test_an_explanation_over_http_adds_up_and_follows_the_language(world: Served, vacancy: str) -> None:
    person = world.service.current.get().pool.segments[0].people.ids[0]
    answer = world.client.get(
        f"/v1/vacancies/{vacancy}/ranking/{person}", headers={"Accept-Language": "en-GB,nl;q=0.8"}
    )
    body = answer.json()
    for question in body["questions"].values():
        assert question["prior"] + sum(one["contribution"] for one in question["contributions"]) == question["logOdds"]
    with session_scope(world.service.engine, read_only=True) as session:
        item = world.service.current.get().explain(vacancy, load_vacancy(session, vacancy), person)
    assert body == json.loads(json.dumps(explanation_body(item, "en").json_values()))
    assert answer.headers["content-language"] == "en"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "nl"),
        ("en", "en"),
        ("en-US,en;q=0.9,nl;q=0.8", "en"),
        ("de, nl-BE;q=0.5, en;q=0.4", "nl"),
        ("fr", "nl"),
        ("en;q=0", "nl"),
        ("*", "nl"),
        ("en;q=x, nl;q=0.1", "nl"),
    ],
)
def test_the_language_that_is_preferred_is_answered(header: str, language: str) -> None:
    assert preferred(header) == language


@pytest.mark.parametrize(
    ("path", "field", "reason"),
    [
        ("ranking?limit=0", "limit", "Dit moet 1 of meer zijn."),
        ("ranking?limit=201", "limit", "Dit mag hoogstens 200 zijn."),
        ("ranking?limit=veel", "limit", "Dit moet een heel getal zijn."),
        ("ranking/C%00", "candidateId", "Hier mogen alleen kleine letters, cijfers en _ in staan."),
        (f"ranking/{'c' * 17}", "candidateId", "Dit mag hoogstens 16 tekens hebben."),
    ],
)
def test_bad_input_names_the_field_and_the_reason(
    world: Served, vacancy: str, path: str, field: str, reason: str
) -> None:
    answer = world.client.get(f"/v1/vacancies/{vacancy}/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (400, PROBLEM)
    body = answer.json()
    assert body["type"] == "urn:vonk:problem:bad_input"
    assert body["errors"] == [{"field": field, "reason": reason}]


def test_what_is_not_there_is_a_problem_in_the_language_of_who_asks(world: Served, vacancy: str) -> None:
    unknown = world.client.get("/v1/vacancies/v_nothere/ranking", headers={"Accept-Language": "en"})
    assert (unknown.status_code, unknown.headers["content-type"]) == (404, PROBLEM)
    assert unknown.json() == {
        "type": "urn:vonk:problem:vacancy.unknown",
        "title": "Not found",
        "status": 404,
        "detail": "There is no vacancy with this id: v_nothere.",
    }
    nobody = world.client.get(f"/v1/vacancies/{vacancy}/ranking/c_nothere")
    assert nobody.json()["type"] == "urn:vonk:problem:candidate.unknown"
    assert world.client.get("/v1/nothing").json()["title"] == "Niet gevonden"


def test_a_method_that_is_not_there_is_a_problem_that_says_which_is(world: Served, vacancy: str) -> None:
    answer = world.client.post(f"/v1/vacancies/{vacancy}/ranking")
    assert (answer.status_code, answer.headers["content-type"], answer.headers["allow"]) == (
        405,
        PROBLEM,
        "GET, HEAD, OPTIONS",
    )


def test_what_nobody_foresaw_is_told_without_detail(
    world: Served, vacancy: str, caplog: pytest.LogCaptureFixture
) -> None:
    broken = of_service(dataclasses.replace(world.service, current=Broken()), token_of(world))  # type: ignore[arg-type]
    answer = broken.client.get(f"/v1/vacancies/{vacancy}/ranking", headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    expected = {"type": "urn:vonk:problem:internal", "title": "Something went wrong at Vonk", "status": 500}
    assert answer.json() == expected
    assert answer.headers["api-version"]
    page = broken.client.get(f"/vacancies/{vacancy}")
    assert page.status_code == 500
    assert "NoneType" not in page.text
    assert vacancy not in caplog.text
    assert "AttributeError at " in caplog.text


def test_every_response_has_the_version_and_the_policies_for_browsers(world: Served, vacancy: str) -> None:
    paths = ("/", "/style.css", "/health/live", "/v1/openapi.json", f"/v1/vacancies/{vacancy}/ranking", "/v1/x", "/x")
    for path in paths:
        headers = world.client.get(path).headers
        assert re.fullmatch(r"\d+\.\d+\.\d+", headers["api-version"]), path
        assert headers["content-security-policy"] == (
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert ("access-control-allow-origin" in headers) == (path == "/v1/openapi.json"), path


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from [str(value["$ref"])] if "$ref" in value else []
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from references(one)


def test_the_description_follows_the_design_rules(world: Served) -> None:
    answer = world.client.get("/v1/openapi.json")
    assert answer.headers["access-control-allow-origin"] == "*"
    document = answer.json()
    assert document["servers"] == [{"url": "http://127.0.0.1:8000/v1"}]
    assert {"name", "email", "url"} <= document["info"]["contact"].keys()
    assert document["info"]["version"] == answer.headers["api-version"]
    assert {"/vacancies/{vacancyId}/ranking", "/candidates", "/audit-entries"} <= set(document["paths"])
    for path in document["paths"].values():
        for operation in path.values():
            answers = {status: answer for status, answer in operation["responses"].items() if status[0] in "23"}
            assert answers
            assert all("API-Version" in answer["headers"] for answer in answers.values())
            assert PROBLEM in operation["responses"]["404"]["content"]
    defined = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= defined


def test_health_says_live_without_a_database_and_ready_only_with_one(world: Served, tmp_path: Path) -> None:
    assert world.client.get("/health/ready").json() == {"status": "ok"}
    gone = of_service(
        dataclasses.replace(world.service, engine=sa.create_engine(f"sqlite:///{tmp_path / 'no' / 'x.db'}"))
    )
    assert gone.client.get("/health/live").json() == {"status": "ok"}
    answer = gone.client.get("/health/ready")
    assert (answer.status_code, answer.headers["content-type"]) == (503, PROBLEM)


def test_who_is_not_signed_in_is_led_to_where_she_signs_in_and_a_machine_hears_401(world: Served, vacancy: str) -> None:
    for path in ("/", f"/vacancies/{vacancy}"):
        answer = world.nobody.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?" + urlencode({"next": path}))
    path = f"/v1/vacancies/{vacancy}/ranking"
    unknown, wrong = world.nobody.get(path), world.nobody.get(path, headers={"Authorization": "Bearer vonk_wrong"})
    assert (unknown.status_code, unknown.headers["www-authenticate"]) == (401, 'Bearer realm="vonk"')
    assert unknown.json()["type"] == "urn:vonk:problem:auth.none"
    assert (wrong.status_code, wrong.json()["type"]) == (401, "urn:vonk:problem:auth.token")
    body = world.nobody.get("/v1/vacancies/NOT-AN-ID/ranking?limit=0").json()
    assert body["type"] == "urn:vonk:problem:auth.none"  # not even that the input is wrong


def test_what_is_made_up_is_called_so_until_somebody_else_is_there(own_world: Settings) -> None:
    engine = prepare(own_world)
    asked = served(own_world, engine)
    assert "Verzonnen wereld" in asked.client.get("/").text
    with session_scope(engine) as session:
        save_candidates(session, [CandidateProfile(source="wsp", source_id="1", region="AM13")], now=MOMENT)
    assert "Verzonnen wereld" not in asked.client.get("/").text
    engine.dispose()


def test_of_whom_too_little_is_known_no_chance_is_named_but_what_to_ask(own_world: Settings, vacancy: str) -> None:
    engine = prepare(own_world)
    with session_scope(engine) as session:
        nothing_known = CandidateProfile(source="demo", source_id="blank", region="AM13")
        save_candidates(session, [nothing_known], now=MOMENT)
    asked = served(own_world, engine)
    with session_scope(engine, read_only=True) as session:
        person = candidate_id(session, "blank")
        ranked = rank(session, asked.service.current.get(), vacancy, 200)
    assert person in [item.candidate_id for item in ranked.items if item.band == "too_little_known"]
    pages = [
        asked.client.get(path).text
        for path in (f"/vacancies/{vacancy}/candidates/{person}", f"/vacancies/{vacancy}?limit=200")
    ]
    card = re.findall(rf'<li class="card">(?:(?!<li class="card">).)*{person}.*?</dl>\s*</li>', pages[1], re.DOTALL)[0]
    for text in (pages[0], card):
        assert "te weinig bekend" in text
        assert "op de 10" not in text
        assert "Dit kunt u haar het beste vragen" in text
    engine.dispose()


def test_an_empty_database_is_ready_and_shows_that_there_is_nothing(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    engine = prepare(settings)
    empty = served(settings, engine)
    assert empty.client.get("/health/ready").status_code == 200
    page = empty.client.get("/")
    assert page.status_code == 200
    assert "Verzonnen wereld" not in page.text
    engine.dispose()


def test_serve_says_where_it_is_answers_and_stops_when_told(own_world: Settings, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--port", "0"],
        env=environment(own_world.data_dir),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = re.findall(r"http://127\.0\.0\.1:\d+/", line)[0]
        with urllib.request.urlopen(address + "style.css", timeout=60) as answer:  # noqa: S310 - our own server
            assert answer.status == 200
            assert "server" not in answer.headers
        process.send_signal(signal.SIGTERM)
        out, error = process.communicate(timeout=60)
        assert (process.returncode, out, error) == (0, "", "")
    finally:
        process.kill()


def test_serve_says_so_when_the_port_is_taken(own_world: Settings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "api.cli", "serve", "--port", str(port)],
            env=environment(own_world.data_dir),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"Vonk kan niet luisteren op 127.0.0.1, poort {port}:")
