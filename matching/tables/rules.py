"""Rule sets at rest: the rules of law and region as they were published; read by `matching.rules`."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from matching.tables.base import UtcDateTime


class RuleSetRow(SQLModel, table=True):
    """One version of a rule set; its rules, sources and validity stand in the text (YAML), word for word."""

    __tablename__ = "rule_sets"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(max_length=40)
    version: str = Field(max_length=40)
    region: str | None = Field(max_length=40, index=True)  # NULL: the whole country
    text: str = Field(sa_type=Text)
    loaded_at: datetime = Field(sa_type=UtcDateTime)
