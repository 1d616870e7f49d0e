"""`vonk worker`: what a Vonk does by itself, without pages and API, until it is told to stop; for production."""

import signal
import threading

from api.commands.prepare import prepare
from api.commands.terminal import busy, say
from api.http import logs
from matching.caretaker import Caretaker
from matching.settings import Settings


def worker() -> None:
    """Work until SIGTERM or SIGINT; what is under way is finished first."""
    settings = Settings()
    logs.set_up(settings)
    with busy("cli.busy.prepare"):
        engine = prepare(settings)
    stop = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stop.set())
    with Caretaker(engine, settings):
        say("worker.works")
        stop.wait()
    engine.dispose()
