"""How a server runs and stops; for `api.commands.serve`, and for tests that serve an app of their own.

Told to stop by SIGTERM, it says that it is not ready, goes on taking requests for `drain_seconds`, then takes no more,
lets those under way finish, and ends as one that is done. Told by SIGINT (Ctrl+C), or twice, it does not drain.
"""

import signal
import socket
import threading
from types import FrameType

import uvicorn
from fastapi import FastAPI

from api.dependencies import Service

HEAD_BYTES = 32_768  # of the first line and the headers of a request
IDLE_SECONDS = 30  # that a connection without a request stays open
_BACKLOG = 1_024


class Server(uvicorn.Server):
    """A server that drains first."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Called on a signal to stop."""
        drain = self._service.settings.drain_seconds
        if sig != signal.SIGTERM or self._service.stopping.is_set() or not drain:
            self._service.stopping.set()
            super().handle_exit(sig, frame)
            return
        self._service.stopping.set()
        timer = threading.Timer(drain, super().handle_exit, (sig, frame))
        timer.daemon = True
        timer.start()


def run(app: FastAPI, service: Service, listener: socket.socket) -> None:
    """Serve until told to stop; back when all that was under way has ended, or `finish_seconds` have passed."""
    config = uvicorn.Config(
        app,
        log_config=None,  # `api.http.logs` brings these logs under our own
        access_log=False,
        server_header=False,
        proxy_headers=False,  # `api.app` believes the proxies of the settings
        backlog=_BACKLOG,
        timeout_keep_alive=IDLE_SECONDS,
        h11_max_incomplete_event_size=HEAD_BYTES,
        http="h11",
        timeout_graceful_shutdown=service.settings.finish_seconds,
    )
    previous = signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn stops by it; then it is done, and no failure
    try:
        Server(config, service).run(sockets=[listener])
    finally:
        signal.signal(signal.SIGTERM, previous)
