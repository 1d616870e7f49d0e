"""Rule sets in the database: kept as they were published, and read back as the rules that hold; for the ways in."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from sqlalchemy import insert, select, update
from sqlmodel import Session, SQLModel

from matching.changes import note_change
from matching.errors import NotFound
from matching.rules import RuleSet, parse_rule_set
from matching.tables.changes import ChangeKind

MATCHING = "matching"
_ROWS = SQLModel.metadata.tables["rule_sets"]


def save_rule_sets(session: Session, texts: Mapping[str, str], *, now: datetime) -> int:
    """Keep rule sets, by the name of the file that each text (YAML) comes from; how many rows were written.

    What is there word for word is left alone; another text of the same code and version replaces it. Raises Invalid as
    `parse_rule_set` does, before anything is written.
    """
    sets = [(parse_rule_set(text, file=file), text) for file, text in texts.items()]
    written = sum(_save(session, one, text, now) for one, text in sets)
    if written:
        note_change(session, ChangeKind.REFERENCE)
    return written


def _save(session: Session, rule_set: RuleSet, text: str, now: datetime) -> bool:
    connection = session.connection()
    same = (_ROWS.c.code == rule_set.code, _ROWS.c.version == rule_set.version)
    stored = connection.scalar(select(_ROWS.c.text).where(*same))
    if stored == text:
        return False
    values = {"region": rule_set.region, "text": text, "loaded_at": now}
    if stored is None:
        connection.execute(insert(_ROWS).values(code=rule_set.code, version=rule_set.version, **values))
    else:
        connection.execute(update(_ROWS).where(*same).values(values))
    return True


def active_rules(session: Session, code: str = MATCHING) -> RuleSet:
    """The rule set of this code that was loaded last. Raises NotFound (`rules.no_set`)."""
    newest = select(_ROWS.c.text).where(_ROWS.c.code == code).order_by(_ROWS.c.loaded_at.desc(), _ROWS.c.id.desc())
    text = session.connection().scalar(newest.limit(1))
    if text is None:
        raise NotFound("rules.no_set", "code", rule_set=code)
    return _parsed(text, code)


@lru_cache(maxsize=16)
def _parsed(text: str, code: str) -> RuleSet:
    """What a text was read as before: requests ask for the same few sets over and over."""
    return parse_rule_set(text, file=code)
