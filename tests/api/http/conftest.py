"""A server of its own, in another process, on a copy of the small world; for what only a real server does."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree

import httpx2
import pytest

from tests.api.conftest import Installation, environment


@dataclass
class Running:
    """A server that runs. `logs` is all that it said; `data_dir` is its own."""

    process: subprocess.Popen[str]
    port: int
    data_dir: Path
    log_file: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def logs(self) -> str:
        return self.log_file.read_text(encoding="utf-8")

    def client(self, **options: object) -> httpx2.Client:
        return httpx2.Client(base_url=self.url, timeout=60, trust_env=False, **options)  # type: ignore[arg-type]

    def raw(self, said: bytes) -> tuple[socket.socket, bytes]:
        """Say something on a connection, and give it with the first of what comes back."""
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sendall(said)
        return connection, connection.recv(65_536)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


Start = Callable[..., Running]


@pytest.fixture(scope="session")
def start(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts servers, with settings of their own, and ends them."""
    started: list[Running] = []

    def start(again: Path | None = None, **settings: str) -> Running:
        folder = tmp_path_factory.mktemp("server")
        data_dir = again or Path(copytree(installation.data_dir, folder / "data"))
        given = {f"VONK_{name.upper()}": value for name, value in settings.items()}
        with (folder / "log").open("w", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.api.http.things"],
                env=environment(data_dir) | {"PYTHONPATH": os.pathsep.join(sys.path)} | given,
                cwd=folder,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (folder / "log").read_text(encoding="utf-8")
        started.append(Running(process, int(line), data_dir, folder / "log"))
        return started[-1]

    yield start
    for one in started:
        one.process.kill()
        one.process.communicate()


@pytest.fixture(scope="session")
def short_of_time(start: Start) -> Running:
    """A server that waits for nobody, and takes short bodies."""
    return start(body_bytes="2000", request_seconds="1")
