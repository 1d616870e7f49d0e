"""`vonk serve`: the pages and the API on this computer, until it is told to stop."""

import socket
import sys

from api.app import create_app
from api.commands.demo import demo_settings, load_world
from api.commands.prepare import prepare
from api.commands.serving import run
from api.commands.terminal import busy, say
from api.dependencies import open_service
from api.http import logs
from api.http.telemetry import provider_of
from matching.caretaker import Caretaker
from matching.errors import Refused
from matching.settings import Settings


def serve(host: str, port: int, *, with_demo: bool) -> None:
    """Open the service, say where it is, and serve. Raises Refused (`serve.address`) where it cannot listen."""
    with _listening(host, port) as listener:
        settings = demo_settings() if with_demo else Settings()
        logs.set_up(settings)
        traces = provider_of(settings)
        with busy("cli.busy.prepare"):
            engine = prepare(settings)
        if with_demo:
            with busy("cli.busy.demo"):
                load_world(engine, settings)
        with busy("cli.busy.serve"):
            service = open_service(settings, engine, listens_on=listener.getsockname()[0], is_demo=with_demo)
            service.current.compile_beside(settings)
            service.current.warm_up()
        app = create_app(service, traces)
        app.state.directory.read()  # so that who asks first does not wait for it
        with Caretaker(engine, settings):
            _say(listener)
            run(app, service, listener)
        service.current.close()
        service.keeper.close()
        engine.dispose()


def _listening(host: str, port: int) -> socket.socket:
    """A socket that listens; taken before the long work, so that a port in use is told at once."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise Refused("serve.address", "host", host=host, port=str(port), why=why) from error


def _say(listener: socket.socket) -> None:
    """Where it is; also when the output goes to a pipe."""
    host, port = listener.getsockname()[:2]
    address = f"http://[{host}]:{port}/" if listener.family == socket.AF_INET6 else f"http://{host}:{port}/"
    say("serve.address", address=address)
    sys.stdout.flush()
