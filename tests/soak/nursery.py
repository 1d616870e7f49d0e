"""A process that has read all the code, and forks a real `vonk` for each line of JSON; for the long checks.

Reading the code takes most of the seconds in which a server starts. What is forked is a process like any other, with
sockets and files of its own; it is killed as any other. Only `tests.soak.forked` starts this one.
"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import NoReturn

from starlette.testclient import TestClient

from api.app import create_app
from api.cli import run
from api.commands import keeping, serve
from api.commands.prepare import prepare
from api.dependencies import open_service
from matching.settings import Settings
from tests.soak.running import install

READ = (keeping, serve)  # some of it is imported only when it is first needed


def main() -> None:
    """Read lines from standard input until it ends; each is answered with a process id."""
    with tempfile.TemporaryDirectory() as folder:
        _warm_up(Path(folder))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks here how they ended
    print("ready", flush=True)  # noqa: T201
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _become(json.loads(line))
        print(child, flush=True)  # noqa: T201


def _warm_up(folder: Path) -> None:
    """Serve once, on a small world that is thrown away: compiled code and stems of words stay. No thread may stay."""
    small = install(folder, None, n_candidates=30, n_vacancies=3)
    settings = Settings(data_dir=folder)
    engine = prepare(settings)
    service = open_service(settings, engine, listens_on="127.0.0.1")
    service.current.warm_up()
    asked = TestClient(create_app(service)).get("/v1/candidates", headers={"Authorization": f"Bearer {small.token}"})
    assert asked.status_code == 200, asked.text
    service.keeper.close()
    engine.dispose()


def _become(asked: dict[str, object]) -> NoReturn:
    """Be the command that is asked for, and end with its status."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    tempfile.tempdir = None  # the command has its own
    os.environ.clear()
    os.environ.update(asked["environment"])  # type: ignore[call-overload]
    said = os.open(str(asked["said"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for handle, target in ((nothing, 0), (said, 1), (said, 2)):
        os.dup2(handle, target)
    os.chdir(str(asked["folder"]))
    status = 1
    try:
        status = run(asked["arguments"])  # type: ignore[arg-type]
    finally:
        sys.stdout.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
