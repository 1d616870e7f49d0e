"""A file of a stranger is opened in a process of its own, with limits on memory, time and what it may write.

What a broken or hostile file does to a parser, it does there. `python -m matching.reading.apart ENDING` is that
process: the file comes on standard input, its text (or why there is none) goes to standard output as JSON.
"""

import json
import resource
import subprocess
import sys

from matching.errors import Invalid

SECONDS = 20
_CPU_SECONDS = 15
_MEMORY = 1 << 30
_ENDINGS = frozenset({"txt", "md", "pdf", "docx"})


def text_of_upload(data: bytes, name: str) -> str:
    """The text of a file that somebody sent; of its name the ending alone counts, and is told.

    Raises Invalid as `sources.text_of` does, and (`file.damaged`) for what could not be opened within the limits.
    """
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in _ENDINGS:
        raise Invalid("file.unknown_ending", "file", file="", known=" ".join(f".{one}" for one in sorted(_ENDINGS)))
    try:
        done = subprocess.run(  # noqa: S603 - our own module, and an ending out of a closed list
            [sys.executable, "-m", "matching.reading.apart", ending],
            input=data,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
        told = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        raise Invalid("file.damaged", "file", file=f".{ending}") from None
    if "code" in told:
        raise Invalid(str(told["code"]), "file", **told["values"])
    return str(told["text"])


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main(ending: str) -> None:
    """Open what comes on standard input."""
    from matching.reading.sources import text_of

    data = sys.stdin.buffer.read()
    _limit()  # after the imports: they may write what they compiled
    told: dict[str, object]
    try:
        told = {"text": text_of(data, f"file.{ending}")}
    except Invalid as error:
        told = {"code": error.code, "values": error.values}
    except MemoryError:
        told = {"code": "file.unpacks_too_large", "values": {"file": f".{ending}", "limit_megabytes": _MEMORY >> 20}}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
