"""Logs, metrics, traces, health and stopping: enough to watch a server by, and nothing of anybody."""

import io
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx2
import pytest
import sqlalchemy as sa
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import Engine
from starlette.testclient import TestClient

from api.app import create_app
from api.http import logs
from api.http.request_ids import request_id
from api.http.telemetry import provider_of
from matching.database import downgrade
from matching.settings import Settings
from matching.under_way import REQUEST_ID
from tests.api.http.conftest import Start
from tests.api.http.things import bare_service, client_of, with_things
from tests.api.serving import Served

MARKERS = ("Zwaantje", "0612345678", "geheim")


def until(holds: Callable[[], object]) -> None:
    """Wait for something that another process does; a minute at most."""
    never, end = threading.Event(), time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        never.wait(0.01)


def test_nothing_that_somebody_says_stands_in_any_log(start: Start) -> None:
    server = start(log_level="debug", log_format="json")
    name = "Zwaantje"
    secret = {"Authorization": f"Bearer {name}", "Cookie": "session=geheim", "X-Request-Id": name, "User-Agent": name}
    with server.client(headers=secret) as client:
        answers = [
            client.post("/v1/things", json={"name": name, "anything": "0612345678"}, headers={"Idempotency-Key": name}),
            client.post("/v1/things", json={"name": name, "parts": [{"hours": "geheim"}], name: 1}),
            client.post("/v1/things", content=b'{"name": "Zwaantje"', headers={"Content-Type": "application/json"}),
            client.post("/v1/things", content=name.encode(), headers={"Content-Type": "text/geheim"}),
            client.get(f"/v1/things?kind={name}&q=0612345678&cursor=geheim"),
            client.get(f"/v1/vacancies/{name}/ranking?limit={name}"),
            client.get("/v1/vacancies/v_zwaantje/ranking"),
            client.get(f"/{name}/geheim?{name}=0612345678"),
            client.get(f"/v1/raises/{name}"),
            client.get("/v1/raises/wrong"),
            client.patch("/v1/versions/1", json={"name": name}, headers={"If-Match": name}),
            client.request("ZWAANTJE", f"/{name}"),
            client.head(f"/v1/raises/{name}"),
        ]
    server.raw(b"GET /Zwaantje geheim HTTP/1.1\r\n\r\n")[0].close()
    server.raw(b"\x16\x03\x01Zwaantje geheim\r\n\r\n")[0].close()
    assert [one.status_code for one in answers] == [201, 400, 400, 415, 400, 401, 401, 404, 500, 500, 400, 404, 500]
    assert server.stop() == 0
    said = server.logs
    assert [one for one in MARKERS if one.lower() in said.lower()] == []
    assert "127.0.0.1" not in said
    lines = [json.loads(line) for line in said.splitlines()]
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) >= len(answers)
    assert requests[0] == {
        "event": "request",
        "level": "info",
        "method": "POST",
        "route": "/v1/things",
        "status": 201,
        "caller": "account",
        "request_id": answers[0].headers["x-request-id"],
        "ms": requests[0]["ms"],
        "timestamp": requests[0]["timestamp"],
    }
    assert {line["route"] for line in requests} >= {
        "/v1/raises/{what}",
        "/v1/vacancies/{vacancyId}/ranking",
        "unmatched",
    }
    assert "other" in {line["method"] for line in requests}
    broken = next(line for line in lines if line["event"].startswith("ValueError at "))
    assert broken["request_id"] in {one.headers["x-request-id"] for one in answers}


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged, in JSON."""
    stream, root = io.StringIO(), logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.set_up(Settings(log_format="json", log_level="info"), stream)
    yield stream
    root.handlers[:] = before
    root.setLevel(level)
    logging.captureWarnings(False)


def test_what_a_library_says_is_cut_down_to_where_it_was_said(written: io.StringIO) -> None:
    try:
        raise ValueError("Zwaantje")
    except ValueError:
        logging.getLogger("some.library").exception("cannot read %s", "Zwaantje")
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    logging.getLogger("matching.keeper").warning("cannot follow: %s", "OSError")
    logging.getLogger("uvicorn.access").info("GET /Zwaantje")
    library, server, ours = (json.loads(line) for line in written.getvalue().splitlines())
    assert library["event"].startswith("said at test_watching:")
    assert (library["error"], library["logger"], library["level"]) == ("ValueError", "some.library", "error")
    assert (server["event"], server["error"]) == ("Exception in ASGI application", "ValueError")
    assert (ours["event"], ours["level"]) == ("cannot follow: OSError", "warning")
    assert "Zwaantje" not in written.getvalue()


def test_a_request_has_an_id_that_is_its_clients_or_new(sqlite_engine: Engine, tmp_path: Path) -> None:
    client = client_of(bare_service(sqlite_engine, tmp_path))
    ours = "0198c1d2-aaaa-7bbb-8ccc-ddddeeee0001"
    assert client.get("/v1/things", headers={"X-Request-Id": ours}).headers["x-request-id"] == ours
    for bad in ("Zwaantje", "x" * 70, "a b", "jan.jansen@example.nl", "aaaaaaaaaaaaaaaaaaaaaaaa", "1\n2" * 8):
        assert re.fullmatch("[0-9a-f]{32}", request_id(bad))
    first, second = (client.get("/x").headers["x-request-id"] for _ in range(2))
    assert first != second
    assert REQUEST_ID.get() is None


def test_the_id_of_a_request_is_known_wherever_it_is_worked_on(sqlite_engine: Engine, tmp_path: Path) -> None:
    app = with_things(create_app(bare_service(sqlite_engine, tmp_path)))
    app.get("/v1/which")(lambda: {"id": REQUEST_ID.get()})
    answer = TestClient(app).get("/v1/which")
    assert answer.json() == {"id": answer.headers["x-request-id"]}


def samples(text: str) -> dict[str, float]:
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[0] != "#"}


def test_metrics_count_by_template_and_know_no_ids(world: Served) -> None:
    client = TestClient(world.app, base_url="http://127.0.0.1:8000", client=("127.0.0.1", 1))
    vacancy = world.service.current.get().pool.segments and "v_0123456789ab"
    series = 'vonk_http_request_seconds_count{method="GET",route="/v1/vacancies/{vacancyId}/ranking",status="401"}'
    before = samples(client.get("/metrics").text).get(series, 0)
    client.get(f"/v1/vacancies/{vacancy}/ranking")
    client.get(f"/{vacancy}")
    text = client.get("/metrics").text
    after = samples(text)
    assert after[series] == before + 1
    assert after["vonk_pool_candidates"] == len(world.service.keeper.held.pool)
    assert 0 <= after["vonk_pool_behind_seconds"] < 60
    assert after["vonk_http_requests_in_flight"] == 1
    assert {"vonk_ranking_seconds_count", "vonk_stopping", "vonk_pool_vacancies"} <= after.keys()
    assert str(vacancy) not in text
    labels = {label for line in after for label in re.findall(r'(\w+)="', line)}
    assert labels <= {"method", "route", "status", "le", "kind", "generation", "implementation", "major", "minor",
                      "patchlevel", "version"}  # fmt: skip


def test_metrics_are_for_this_machine_or_for_who_has_the_token(world: Served, installation: object) -> None:
    def status(host: str, settings: dict[str, str], **headers: str) -> int:
        made = world.service.settings.model_copy(update=Settings(**settings).model_dump(include=settings.keys()))
        service = world.service.__class__(**{**vars(world.service), "settings": made})
        client = TestClient(create_app(service), base_url="http://127.0.0.1:8000", client=(host, 1))
        return client.get(
            "/metrics", headers={name.replace("_", "-"): value for name, value in headers.items()}
        ).status_code

    assert status("127.0.0.1", {}) == 200
    assert status("192.0.2.1", {}) == 404
    assert status("127.0.0.1", {}, X_Forwarded_For="192.0.2.1") == 404
    token = {"metrics_token": "a-long-token-of-metrics"}
    assert status("127.0.0.1", token) == 404
    assert status("192.0.2.1", token, Authorization="Bearer a-long-token-of-metrics") == 200
    assert status("192.0.2.1", token, Authorization="Bearer another-token-of-metrics") == 404
    assert status("192.0.2.1", token, Authorization="Basic a-long-token-of-metrics") == 404


def test_errors_of_the_database_are_counted(tmp_path: Path, world: Served) -> None:
    watching = TestClient(world.app, client=("127.0.0.1", 1))
    series = 'vonk_database_errors_total{kind="OperationalError"}'
    before = samples(watching.get("/metrics").text).get(series, 0)
    client_of(bare_service(sa.create_engine(f"sqlite:///{tmp_path / 'no' / 'x.db'}"), tmp_path)).get("/v1/things")
    assert samples(watching.get("/metrics").text)[series] == before + 1


def test_ready_says_no_on_another_revision_when_behind_and_while_stopping(
    world: Served, sqlite_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    def ready(**changed: object) -> int:
        service = world.service.__class__(**{**vars(world.service), **changed})
        return client_of(service).get("/health/ready").status_code

    assert ready() == 200
    stopping = threading.Event()
    stopping.set()
    assert ready(stopping=stopping) == 503
    behind = world.service.settings.model_copy(update={"ready_behind_seconds": -1.0})
    assert ready(settings=behind) == 503
    assert ready(engine=sqlite_engine) == 200
    downgrade(sqlite_engine, "0001_foundation")
    assert ready(engine=sqlite_engine) == 503
    reasons = [record.getMessage() for record in caplog.records if record.name == "vonk.health"]
    assert reasons == [f"not ready: {why}" for why in ("stopping", "pool is behind", "database at another revision")]


def test_a_server_that_is_told_to_stop_drains_finishes_and_ends_well(start: Start) -> None:
    server = start(drain_seconds="2")
    with server.client() as client, ThreadPoolExecutor(1) as pool:
        assert client.get("/health/ready").status_code == 200
        slow = pool.submit(client.get, "/v1/waits")
        until((server.data_dir / "waiting").exists)
        server.process.terminate()
        until(lambda: client.get("/health/ready").status_code == 503)
        assert client.get("/health/ready").status_code == 503
        assert client.get("/health/live").status_code == 200
        assert client.get("/v1/things").status_code == 200, "it goes on while it drains"
        until(lambda: not reachable(server.url))
        assert server.process.poll() is None, "it waits for the request that is under way"
        (server.data_dir / "released").touch()
        assert slow.result().json() == {"status": "ok"}
    assert server.process.wait(60) == 0
    assert "Traceback" not in server.logs


def reachable(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/health/live", trust_env=False).is_success
    except httpx2.TransportError:
        return False


def test_browsers_are_told_what_pages_may_do_and_https_only_where_it_is_there(world: Served) -> None:
    production = world.service.settings.model_copy(update={"env": "production", "trusted_proxies": "127.0.0.1"})
    service = world.service.__class__(**{**vars(world.service), "settings": production})
    client = client_of(service)
    plain, safe = (client.get("/v1/x", headers={"X-Forwarded-Proto": one}).headers for one in ("http", "https"))
    assert "strict-transport-security" not in plain
    assert safe["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert safe["cache-control"] == "no-store"
    assert "camera=()" in safe["permissions-policy"]
    assert safe["cross-origin-opener-policy"] == safe["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in safe
    described = client.get("/v1/openapi.json", headers={"X-Forwarded-Proto": "https", "Origin": "https://x.example"})
    assert described.headers["access-control-allow-origin"] == "*"
    assert described.headers["cross-origin-resource-policy"] == "cross-origin"
    assert described.json()["servers"][0]["url"].startswith("https://")
    at_home = world.client.get("/v1/x", headers={"X-Forwarded-Proto": "https"}).headers
    assert "strict-transport-security" not in at_home


def test_a_trace_goes_on_from_the_client_and_names_templates_alone(sqlite_engine: Engine, tmp_path: Path) -> None:
    spans, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    app = with_things(create_app(bare_service(sqlite_engine, tmp_path), provider))
    parent = "0af7651916cd43dd8448eb211c80319c"
    client = TestClient(app, headers={"traceparent": f"00-{parent}-b7ad6b7169203331-01", "baggage": "name=Zwaantje"})
    client.get("/v1/things?kind=Zwaantje")
    client.get("/v1/raises/Zwaantje")
    found = spans.get_finished_spans()
    assert [span.name for span in found] == ["GET /v1/things", "GET /v1/raises/{what}"]
    assert {f"{span.context.trace_id:032x}" for span in found if span.context} == {parent}
    assert [dict(span.attributes or {})["http.response.status_code"] for span in found] == [200, 500]
    assert [bool(span.events) for span in found] == [False, False]
    assert "Zwaantje" not in "".join(span.to_json() for span in found)


def test_traces_go_where_the_settings_say_and_nowhere_else(sqlite_engine: Engine, tmp_path: Path) -> None:
    got: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    assert provider_of(Settings()) is None
    with HTTPServer(("127.0.0.1", 0), Collector) as collector:
        serving = threading.Thread(target=collector.serve_forever)
        serving.start()
        provider = provider_of(Settings(telemetry_url=f"http://127.0.0.1:{collector.server_port}/v1/traces"))
        app = with_things(create_app(bare_service(sqlite_engine, tmp_path), provider))
        TestClient(app).get("/v1/things?kind=Zwaantje")
        assert isinstance(provider, TracerProvider)
        provider.shutdown()
        collector.shutdown()
        serving.join()
    assert [path for path, _ in got] == ["/v1/traces"]
    assert b"GET /v1/things" in got[0][1]
    assert b"Zwaantje" not in got[0][1]
