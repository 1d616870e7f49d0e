"""What the pages for operators and on security name is there: files, tests, commands, settings, modules, routes.

Names stand between backquotes; commands also in blocks of shell. What is followed by *(not there yet)* must not be
there: the page is to be changed when it comes.
"""

import ast
import importlib
import re
import shlex
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from fastapi import FastAPI
from prometheus_client import REGISTRY

import api.http.metrics
import api.routes
from api.cli import app as cli
from matching.rules import parse_rule_set
from matching.settings import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted(page for name in ("operations", "security") for page in (ROOT / "docs" / name).rglob("*.md"))
EXAMPLES = sorted(path for path in (ROOT / "docs" / "operations" / "examples").iterdir() if path.is_file())
TOPS = ("api", "matching", "scoring", "fixtures", "tests", "docs", ".ci")
COLLECTED = {"vonk_pool_candidates", "vonk_pool_vacancies", "vonk_pool_behind_seconds", "vonk_stopping"}
_NAME = re.compile(r"`([^`\n]+)`( \*\(not there yet\)\*)?(?:(?:,|:)[^`\n]*)?")
_NOT_YET = re.compile(r"((?:`[^`\n]+`(?:, | and )?)+)\)? \*\(not there yet\)\*")
_BLOCK = re.compile(r"^ *```sh\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_PYTHON = re.compile(r"^ *```python\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#]+)")
_STARTS = re.compile(r"^ExecStart=\S+/vonk (.*)$", re.MULTILINE)
_IN_A_LINE = re.compile(r"(?:^|[ /])vonk ((?:[a-z][a-z-]*|--[a-z-]+)(?: [^|;&>]*)?)$")


def names_in(page: str) -> Iterator[tuple[str, bool]]:
    """Each name between backquotes, and whether it is said not to be there yet."""
    text = re.sub(r"^ *```.*?^ *```", "", page, flags=re.MULTILINE | re.DOTALL)
    later = {one for found in _NOT_YET.finditer(text) for one in re.findall(r"`([^`\n]+)`", found[1])}
    for found in _NAME.finditer(text):
        yield found[1], found[1] in later
    for block in _BLOCK.findall(page):
        for line in block.splitlines():
            if command := _IN_A_LINE.search(line.partition("#")[0].strip()):
                yield f"vonk {command[1]}", False


def is_there(name: str) -> bool | None:
    """Whether a name is there; None for what is no name of ours."""
    if name.startswith("vonk "):
        return _is_command(shlex.split(name)[1:])
    if re.fullmatch(r"VONK_[A-Z_]+", name):
        return name.removeprefix("VONK_").lower() in Settings.model_fields
    if name.startswith(("/v1/", "/health/", "/metrics")):
        return re.sub(r"\{\w+\}", "{}", name) in _routes()
    if re.fullmatch(r"(vonk|process)_[a-z_]+", name) and not name.startswith("vonk_secret"):
        return name in _metrics() or name.removeprefix("vonk_") in Settings.model_fields
    if re.fullmatch(rf"({'|'.join(map(re.escape, TOPS))})/[\w./-]*(::\w+)?", name):
        return _is_file(name)
    if re.fullmatch(r"[\w-]+\.(md|py|toml|txt|yaml)", name):
        return (ROOT / name).exists()
    if re.fullmatch(r"(api|matching|scoring|fixtures|tests)(\.\w+)+", name):
        return _is_module(name)
    if re.fullmatch(r"(retention|ai_act)\.\w+", name):
        return name in _rules()
    if re.fullmatch(r"make \w+", name):
        return f"\n{name.removeprefix('make ')}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
    return None


def _is_command(words: list[str]) -> bool:
    command = typer.main.get_command(cli)
    while words:
        options = {option for one in command.params for option in one.opts}
        word = words.pop(0)
        if word.startswith("--"):
            if word not in {*options, "--help"}:
                return False
            if "=" not in word and words and any(word in one.opts and not one.is_flag for one in command.params):
                words.pop(0)
        elif hasattr(command, "commands"):
            if word not in command.commands:
                return False
            command = command.commands[word]
    return True


def _routes() -> set[str]:
    app = FastAPI()
    for path in sorted(Path(str(api.routes.__path__[0])).glob("[a-z]*.py")):
        router = importlib.import_module(f"api.routes.{path.stem}").router
        app.include_router(router)
        app.include_router(router, prefix="/v1")
    return {re.sub(r"\{\w+\}", "{}", path) for path in _paths(app)}


def _paths(app: FastAPI) -> Iterator[str]:
    from api.http.routing import routes_of

    return (route.path or "" for route in routes_of(app))


def _metrics() -> set[str]:
    assert api.http.metrics.IN_FLIGHT
    described = {sample.name for metric in REGISTRY.collect() for sample in metric.samples}
    named = {metric.name for metric in REGISTRY.collect()}
    return described | named | {f"{name}_total" for name in named} | COLLECTED


def _is_file(name: str) -> bool:
    path, _, test = name.partition("::")
    if not (ROOT / path).exists():
        return False
    return not test or f"def {test}(" in (ROOT / path).read_text(encoding="utf-8")


def _is_module(name: str) -> bool:
    """A module, or something in one."""
    parts = name.split(".")
    for n_parts in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:n_parts]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[n_parts:]:
            if not hasattr(found, attribute):
                return False
            found = getattr(found, attribute)
        return True
    return False


def _rules() -> set[str]:
    text = (ROOT / "fixtures" / "rules" / "national.yaml").read_text(encoding="utf-8")
    return {rule.code for rule in parse_rule_set(text, file="national.yaml").rules}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_names_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    judged = {(name, later): is_there(name) for name, later in names_in(text)}
    gone = {name for (name, later), there in judged.items() if there is False and not later}
    came = {name for (name, later), there in judged.items() if there and later}
    links = {link for link in _LINK.findall(text) if not (page.parent / link).exists()}
    assert (gone, came, links) == (set(), set(), set())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_on_a_page_imports_what_is_there(page: Path) -> None:
    for block in _PYTHON.findall(page.read_text(encoding="utf-8")):
        imports = [node for node in ast.walk(ast.parse(textwrap.dedent(block))) if isinstance(node, ast.ImportFrom)]
        named = [f"{node.module}.{one.name}" for node in imports for one in node.names]
        assert named
        assert [one for one in named if not _is_module(one)] == []


@pytest.mark.parametrize(
    "name",
    [
        "vonk fly",
        "vonk rank --never",
        "vonk reference export",
        "VONK_NO_SUCH",
        "/v1/no-such",
        "vonk_no_such_total",
        "matching/no_such.py",
        "tests/docs/test_names.py::test_no_such",
        "matching.rights.no_such",
        "retention.no_such",
        "make coffee",
    ],
)
def test_a_name_that_is_not_there_is_noticed(name: str) -> None:
    assert is_there(name) is False


def test_a_name_that_came_is_noticed_where_it_is_said_not_to_be_there() -> None:
    assert list(names_in("`vonk serve` *(not there yet)*, `vonk fly`")) == [("vonk serve", True), ("vonk fly", False)]
    assert list(names_in("```sh\n$ /opt/bin/vonk --language en migrate  # x\n```")) == [
        ("vonk --language en migrate", False)
    ]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example_sets_what_is_a_setting_and_imports_what_is_there(example: Path) -> None:
    text = example.read_text(encoding="utf-8")
    secrets = re.findall(r"/secrets/vonk_([a-z_]+)", text)
    named = {name.lower() for name in re.findall(r"VONK_([A-Z_]+)", text)} | set(secrets)
    assert named <= set(Settings.model_fields)
    imported = re.findall(r"from (\w+(?:\.\w+)*) import (\w+);", text)
    assert [pair for pair in imported if not _is_module(".".join(pair))] == []
    assert [line for line in _STARTS.findall(text) if not _is_command(shlex.split(line.replace("%i", "8000")))] == []


def test_every_example_is_looked_at() -> None:
    assert {"Containerfile", "compose.yaml", "nginx.conf", "vonk-serve@.service", "vonk-worker.service"} == {
        example.name for example in EXAMPLES
    }
