"""Answers to requests with an Idempotency-Key."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005_http"
down_revision: str | Sequence[str] | None = "0004_record"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("scope", sa.String(length=64), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_kept_answers")),
    )
    for column in ("about", "kept_until"):
        op.create_index(op.f(f"ix_kept_answers_{column}"), "kept_answers", [column])


def downgrade() -> None:
    op.drop_table("kept_answers")
