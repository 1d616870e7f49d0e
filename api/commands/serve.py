"""`vonk serve`: the pages and the API on this computer, until it is told to stop."""

import signal
import socket
import sys

import uvicorn

from api.app import create_app
from api.commands.demo import demo_settings, load_world
from api.commands.prepare import prepare
from api.commands.terminal import busy, say
from api.dependencies import open_service
from matching.errors import Refused
from matching.settings import Settings

SECONDS_TO_FINISH = 10  # for requests that are under way when it is told to stop


def serve(host: str, port: int, *, with_demo: bool) -> None:
    """Open the service, say where it is, and serve. Raises Refused (`serve.address`) where it cannot listen."""
    with _listening(host, port) as listener:
        settings = demo_settings() if with_demo else Settings()
        with busy("cli.busy.prepare"):
            engine = prepare(settings)
        if with_demo:
            with busy("cli.busy.demo"):
                load_world(engine, settings)
        with busy("cli.busy.serve"):
            service = open_service(settings, engine, listens_on=listener.getsockname()[0], is_demo=with_demo)
            service.current.warm_up()
        config = uvicorn.Config(
            create_app(service),
            access_log=False,  # who looks at whom is no matter for a log file
            log_level="warning",
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=SECONDS_TO_FINISH,
        )
        signal.signal(
            signal.SIGTERM, lambda *_: None
        )  # uvicorn stops by it; then this process ends as one that is done
        _say(listener)
        uvicorn.Server(config).run(sockets=[listener])
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
