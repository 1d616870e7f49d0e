"""A server that starts has compiled what it needs before anybody asks; also where nobody is in it yet."""

import subprocess
import sys
from pathlib import Path

from tests.api.conftest import environment

WARMED = """
from api.commands.prepare import prepare
from api.dependencies import open_service
from matching.settings import Settings
from matching.current import _ANY
from numba.core import event

settings = Settings()
service = open_service(settings, prepare(settings), listens_on="127.0.0.1")
service.current.warm_up()
with event.install_recorder("numba:compile") as compiled:
    ranker = service.current.get()
    ranker.rank_ready(ranker.ready("", _ANY), 10)
print(len(compiled.buffer))
service.keeper.close()
"""


def test_the_first_asker_waits_for_no_compiler(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WARMED], env=environment(tmp_path / "data"), capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["0"]
