"""Servers and commands that are forked from one that has read all the code; they start in under a second."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.soak.running import Installed

SECONDS_TO_START = 60.0


class Process:
    """A process that is no child of this one; its handle stays its own, also when the number is used again."""

    def __init__(self, number: int) -> None:
        self._handle = os.pidfd_open(number)

    def kill(self) -> None:
        """As a power cut does it; back when it is gone."""
        self._send(signal.SIGKILL)

    def stop(self) -> None:
        """As an operator does it; back when it is gone."""
        self._send(signal.SIGTERM)

    def has_ended(self, seconds: float) -> bool:
        """Whether it is gone, or so within some seconds."""
        return bool(select.select([self._handle], [], [], seconds)[0])

    def _send(self, what: signal.Signals) -> None:
        try:
            signal.pidfd_send_signal(self._handle, what)
        except ProcessLookupError:
            return
        assert self.has_ended(60)


class Nursery:
    """Forks `vonk` commands; may be asked by several threads."""

    def __init__(self) -> None:
        self._asking = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.soak.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def fork(self, installed: Installed, folder: Path, said: Path, *arguments: str) -> Process:
        """Start a command in a folder; what it says is added to a file."""
        asked = {
            "environment": installed.environment,
            "arguments": arguments,
            "said": str(said),
            "folder": str(folder),
        }
        with self._asking:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            return Process(int(self._line()))

    def close(self) -> None:
        """Let it end."""
        self._process.communicate(timeout=60)


@dataclass
class Server:
    """A server that always comes back at the same address, as behind a load balancer."""

    nursery: Nursery
    installed: Installed
    folder: Path
    said: Path = field(init=False)
    port: int = field(init=False)
    process: Process | None = None

    def __post_init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.said = self.folder / f"said-{self.port}"

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, token: str | None = None, **options: object) -> httpx2.Client:
        """Somebody who asks with a token: an adviser, where none is named."""
        headers = {"Authorization": f"Bearer {token or self.installed.token}", "Accept-Language": "en"}
        return httpx2.Client(base_url=self.address, headers=headers, timeout=60, trust_env=False, **options)  # type: ignore[arg-type]

    def start(self) -> None:
        """Start it, without waiting."""
        self.process = self.nursery.fork(self.installed, self.folder, self.said, "serve", "--port", str(self.port))

    def is_ready(self) -> bool:
        """Whether it says that it can be asked."""
        try:
            return httpx2.get(f"{self.address}/health/ready", timeout=60, trust_env=False).status_code == 200
        except httpx2.HTTPError:
            return False

    def wait(self) -> None:
        """Wait until it is ready."""
        wait_until(self.is_ready, f"not ready: {self.said}")


def wait_until(holds: Callable[[], bool], why: str, seconds: float = SECONDS_TO_START) -> None:
    """Wait for something that another process does; an error where it does not come about."""
    never, until = threading.Event(), time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, why
        never.wait(0.02)


@contextmanager
def serving_forked(nursery: Nursery, installed: Installed, folder: Path, n: int = 1) -> Iterator[list[Server]]:
    """Some servers on one database, ready; stopped at the end."""
    servers = [Server(nursery, installed, folder) for _ in range(n)]
    for server in servers:
        server.start()
    try:
        for server in servers:
            server.wait()
        yield servers
    finally:
        for server in servers:
            if server.process is not None:
                server.process.stop()
