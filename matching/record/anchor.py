"""The anchor: a file outside the database that only grows, with the head of the chain after each batch.

A line is a JSON object: number, hash, entries and time of a sealed batch. A line with `begins` says that the chain goes
on from there on purpose (after a restore, or in a new file); what stood after that number before is history.
Whoever keeps a copy of this file elsewhere can tell a chain that was cut off or written anew.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from matching.errors import Conflict
from matching.settings import Settings

try:
    import fcntl
except ImportError:  # one process at a time, then: the leader
    fcntl = None  # type: ignore[assignment]

GENESIS = "0" * 64
_LAST_BYTES = 4_096


@dataclass(frozen=True)
class Anchored:
    """The head of the chain as the anchor has it. `begins`: why it goes on from here, "" for an ordinary batch."""

    number: int
    hash: str
    n_entries: int
    at: datetime
    begins: str = ""


class Unreadable(ValueError):
    """A line of the anchor that is none; its number, from 1."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(f"line {line}")


def anchor_file(settings: Settings) -> Path:
    """Where the anchor of an installation is."""
    return settings.audit_anchor or settings.data_dir / "audit.anchor"


def newest(path: Path) -> Anchored | None:
    """The last line; None where there is no file. Raises Conflict (`record.anchor_damaged`) where it is none."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _LAST_BYTES))
            lines = file.read().split(b"\n")
    except FileNotFoundError:
        return None
    whole = lines[:-1]  # after the last newline stands nothing, or a line that was never finished
    if not whole:
        return None
    try:
        return _parse(whole[-1])
    except (ValueError, KeyError, TypeError):
        raise Conflict("record.anchor_damaged", "VONK_AUDIT_ANCHOR") from None


def lines_of(path: Path, size: int) -> Iterator[Anchored]:
    """The lines in the first `size` bytes, the oldest first; a last one that was never finished is left out.

    Raises Unreadable, and OSError.
    """
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            size -= len(text)
            if size < 0 or not text.endswith(b"\n"):
                return
            try:
                yield _parse(text)
            except (ValueError, KeyError, TypeError):
                raise Unreadable(number) from None


@contextmanager
def appending(path: Path) -> Iterator[IO[bytes]]:
    """The anchor, open for lines at its end, for one process at a time; on the disk when the block ends.

    A line that was never finished, because its writer was killed, is taken away: no batch was told by it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(handle, "r+b") as file:
        if fcntl is not None:
            fcntl.flock(file, fcntl.LOCK_EX)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _LAST_BYTES))
        unfinished = len(file.read().rpartition(b"\n")[2])
        file.truncate(size - unfinished)
        file.seek(0, os.SEEK_END)
        yield file
        file.flush()
        os.fsync(file.fileno())
    if new and os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def line(anchored: Anchored) -> bytes:
    """A line of the file."""
    said = {
        "number": anchored.number,
        "hash": anchored.hash,
        "entries": anchored.n_entries,
        "at": anchored.at.isoformat(),
    }
    if anchored.begins:
        said["begins"] = anchored.begins
    return json.dumps(said).encode() + b"\n"


def _parse(text: bytes) -> Anchored:
    said = json.loads(text)
    return Anchored(
        int(said["number"]),
        str(said["hash"]),
        int(said["entries"]),
        datetime.fromisoformat(said["at"]),
        str(said.get("begins", "")),
    )
