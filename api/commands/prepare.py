"""An empty Vonk becomes a usable one: tables, the shipped reference set, the shipped rule sets; for every command."""

import hashlib
import json
import os
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

import fixtures
import matching.migrations.versions as revisions
from matching.clock import now
from matching.database import create_engine, migrate, session_scope
from matching.rights import raise_nobody
from matching.settings import Settings

_SHIPPED = Path(str(fixtures.__file__)).parent
_REVISIONS = Path(str(revisions.__file__)).parent
_MARK = "prepared.json"


def prepare(settings: Settings, *, again: bool = False) -> Engine:
    """The database of this installation, migrated and filled; two processes at once do it once.

    What was prepared before is recognised by a mark in the data folder, and by what the database itself says: that
    takes some milliseconds. `again` does not go by the mark. Raises as migration and loading do; then nothing is
    half done, and the next call starts anew. Whoever was erased and came back with a backup is erased again.
    """
    engine = create_engine(settings)
    mark = {"shipped": _digest(), "database": hashlib.sha256(settings.database_url.encode()).hexdigest()}
    file = settings.data_dir / _MARK
    if not again and _read(file) == mark and _is_filled(engine):
        raise_nobody(engine, settings, now=now(settings))
        return engine
    from fixtures.reference_set import read_reference_set  # heavy, and hardly ever needed
    from matching.reference import load_embedded
    from matching.rule_store import save_rule_sets

    content = read_reference_set()
    rule_sets = {path.name: path.read_text("utf-8") for path in sorted((_SHIPPED / "rules").glob("*.yaml"))}
    migrate(engine)
    with session_scope(engine) as session:
        moment = now(settings)
        load_embedded(session, content, now=moment)
        save_rule_sets(session, rule_sets, now=moment)
    raise_nobody(engine, settings, now=now(settings))
    _write(file, mark)
    return engine


def _digest() -> str:
    """What is shipped with this version: revisions, reference set and rules."""
    files = [*_REVISIONS.glob("*.py"), *(_SHIPPED / "rules").glob("*.yaml"), *(_SHIPPED / "reference").rglob("*.*")]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _is_filled(engine: Engine) -> bool:
    """Whether the database is at the newest revision and holds the reference set and rules."""
    newest = max(path.stem for path in _REVISIONS.glob("[0-9]*.py"))
    try:
        with session_scope(engine, read_only=True) as session:
            connection = session.connection()
            at = connection.scalar(text("SELECT version_num FROM alembic_version"))
            sets = connection.scalar(text("SELECT count(*) FROM reference_sets WHERE code = 'embedded' AND active"))
            rules = connection.scalar(text("SELECT count(*) FROM rule_sets"))
    except DBAPIError:  # no such table: an empty database
        return False
    return at == newest and bool(sets) and bool(rules)


def _read(file: Path) -> object:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _write(file: Path, mark: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    made = file.with_name(f"{_MARK}.{os.getpid()}")
    made.write_text(json.dumps(mark), encoding="utf-8")
    made.replace(file)
