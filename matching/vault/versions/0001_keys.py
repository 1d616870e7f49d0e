"""The vault: a key for each person, and who was erased."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001_keys"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "person_keys",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("secret_name", sa.String(length=16), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_person_keys")),
    )
    op.create_index(op.f("ix_person_keys_secret_name"), "person_keys", ["secret_name"])
    op.create_table(
        "tombstones",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("erased_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_tombstones")),
    )


def downgrade() -> None:
    op.drop_table("tombstones")
    op.drop_table("person_keys")
