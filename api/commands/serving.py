"""How a server runs and stops; for `api.commands.serve`, and for tests that serve an app of their own.

Told to stop by SIGTERM, it says that it is not ready, goes on taking requests for `drain_seconds`, then takes no more,
lets those under way finish, and ends as one that is done. Told by SIGINT (Ctrl+C), or twice, it does not drain.
"""

import asyncio
import signal
import socket
import threading
from types import FrameType

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

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


class PatientForSoLong(H11Protocol):
    """HTTP/1.1 on one connection, which is closed when no whole request begins on it for a while.

    Else who sends the headers of a request one byte at a time would keep it for as long as she likes.
    """

    seconds = float(IDLE_SECONDS)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection was opened."""
        super().connection_made(transport)
        self._closing: asyncio.TimerHandle | None = None
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Something came in."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """A request was answered."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """A connection was closed."""
        super().connection_lost(exc)
        if self._closing is not None:
            self._closing.cancel()

    def _watch(self) -> None:
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering and self._closing is not None:
            self._closing.cancel()
            self._closing = None
        elif not is_answering and self._closing is None:
            self._closing = self.loop.call_later(self.seconds, self.transport.close)


def send_at_once(listener: socket.socket) -> None:
    """Let connections that come in send what they have; else each answer waits for the client to confirm its head.

    Head and body are two packets, and that took 45 ms of each request. asyncio does it for sockets that it makes itself
    alone; connections take it over from the socket that listens.
    """
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def run(app: FastAPI, service: Service, listener: socket.socket) -> None:
    """Serve until told to stop; back when all that was under way has ended, or `finish_seconds` have passed."""
    seconds = min(float(IDLE_SECONDS), service.settings.request_seconds)
    config = uvicorn.Config(
        app,
        http=type("Protocol", (PatientForSoLong,), {"seconds": seconds}),
        ws="none",
        log_config=None,  # `api.http.logs` brings these logs under our own
        access_log=False,
        server_header=False,
        proxy_headers=False,  # `api.app` believes the proxies of the settings
        backlog=_BACKLOG,
        timeout_keep_alive=IDLE_SECONDS,
        h11_max_incomplete_event_size=HEAD_BYTES,
        timeout_graceful_shutdown=service.settings.finish_seconds,
    )
    send_at_once(listener)
    previous = signal.signal(signal.SIGTERM, lambda *_: None)  # uvicorn stops by it; then it is done, and no failure
    try:
        Server(config, service).run(sockets=[listener])
    finally:
        signal.signal(signal.SIGTERM, previous)
