"""What changed since, in order; and what was fitted on the pool."""

import secrets
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002_changes"
down_revision: str | Sequence[str] | None = "0001_foundation"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.create_table(
        "changes",
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("about", sa.String(length=16), nullable=False),
        sa.Column("stamp", sa.String(length=16), nullable=False),
        _check("changes", "kind_listed", "kind IN ('candidate', 'vacancy', 'reference', 'fit')"),
        _check("changes", "version_range", "version >= 1"),
        sa.PrimaryKeyConstraint("version", "kind", "about", name=op.f("pk_changes")),
    )
    counter = op.create_table(
        "change_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("kept_from", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        _check("change_counter", "one_row", "id = 1"),
        _check("change_counter", "kept_from_version_order", "kept_from <= version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_counter")),
    )
    origin = secrets.token_hex(8)
    op.bulk_insert(counter, [{"id": 1, "version": 0, "kept_from": 0, "stamp": origin, "origin": origin}])
    op.create_table(
        "pool_fits",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("made_from", sa.String(), nullable=False),
        sa.Column("n_candidates", sa.Integer(), nullable=False),
        sa.Column("n_vacancies", sa.Integer(), nullable=False),
        sa.Column("fitted", sa.Text(), nullable=False),
        sa.Column("fitted_at", sa.DateTime(timezone=True), nullable=False),
        _check("pool_fits", "n_candidates_range", "n_candidates >= 0"),
        _check("pool_fits", "n_vacancies_range", "n_vacancies >= 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_fits")),
    )
    op.create_index(op.f("ix_pool_fits_made_from"), "pool_fits", ["made_from"])


def downgrade() -> None:
    for table in ("pool_fits", "change_counter", "changes"):
        op.drop_table(table)
