"""The record of who looked and who changed what, with its seals; and since when the term of an introduction runs.

Triggers keep the record append-only.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004_record"
down_revision: str | Sequence[str] | None = "0003_accounts"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# As they were at this revision, whatever the closed lists became later.
KINDS = (
    "profile_read identity_read card_read ranking_shown vacancies_shown explanation_shown questions_shown search_shown "
    "caseload_shown introduction_read export_made read_by_machine created changed erased imported identity_changed "
    "card_changed mandate_changed organisation_changed overruled introduction_changed outcome_recorded "
    "contact_recorded agreement_given "
    "agreement_declined agreement_withdrawn account_changed rights_changed token_changed signed_in sign_in_failed "
    "signed_out access_denied settings_changed model_changed rematch_made keys_rotated backup_made restored "
    "retention_applied record_expired anchor_begun"
)
ROLES = "adviser employer coach caseworker coordinator candidate representative auditor administrator"
TABLES = ("audit_entries", "audit_people", "audit_seals", "audit_start")
ENTRY_COLUMNS = [
    "id",
    "at",
    "kind",
    "account_id",
    "role",
    "organisation_id",
    "about_candidate",
    "about",
    "request_id",
    "basis",
    "details",
]  # all but the batch

# For each table: when a change, and when a removal, is let through.
SEALED_NOW = "OLD.batch IS NULL AND NEW.batch IS NOT NULL"
LET_THROUGH = {
    "audit_entries": (SEALED_NOW, "OLD.batch <= (SELECT through FROM audit_start)"),
    "audit_people": (
        None,
        "EXISTS (SELECT 1 FROM audit_entries e JOIN audit_start s ON e.batch <= s.through WHERE e.id = OLD.entry_id)",
    ),
    "audit_seals": (None, "OLD.number <= (SELECT through FROM audit_start)"),
    "audit_start": (
        "NEW.id = OLD.id AND NEW.through > OLD.through AND NEW.n_dropped > OLD.n_dropped",
        "OLD.through = 0",
    ),
}


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _listed(words: str) -> str:
    return ", ".join(f"'{word}'" for word in words.split())


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "audit_entries",
        sa.Column("id", big, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("account_id", sa.String(length=16), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("organisation_id", sa.String(length=16), nullable=True),
        sa.Column("about_candidate", sa.String(length=16), nullable=True),
        sa.Column("about", sa.String(length=64), nullable=True),
        sa.Column("request_id", sa.String(length=64), nullable=True),
        sa.Column("basis", sa.String(length=64), nullable=True),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("batch", sa.BigInteger(), nullable=True),
        _check("audit_entries", "kind_listed", f"kind IN ({_listed(KINDS)})"),
        _check("audit_entries", "role_listed", f"role IN ({_listed(ROLES)})"),
        _check("audit_entries", "batch_range", "batch >= 1"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
        sqlite_autoincrement=True,
    )
    for columns in (["about_candidate", "id"], ["account_id", "id"], ["kind", "id"], ["batch", "id"], ["at"]):
        op.create_index(op.f(f"ix_audit_entries_{'_'.join(columns)}"), "audit_entries", columns)
    unsealed = sa.text("batch IS NULL")
    op.create_index(
        "ix_audit_entries_unsealed", "audit_entries", ["id"], sqlite_where=unsealed, postgresql_where=unsealed
    )
    op.create_table(
        "audit_people",
        sa.Column("about_candidate", sa.String(length=16), nullable=False),
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        _check("audit_people", "rank_range", "rank >= 1"),
        sa.PrimaryKeyConstraint("about_candidate", "entry_id", name=op.f("pk_audit_people")),
    )
    op.create_index(op.f("ix_audit_people_entry_id"), "audit_people", ["entry_id"])
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.CHAR(64), nullable=False),
        sa.Column("n_entries", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        _check("audit_seals", "number_range", "number >= 1"),
        _check("audit_seals", "n_entries_range", "n_entries >= 1"),
        _check("audit_seals", "hash_length", "length(hash) = 64"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_audit_seals")),
    )
    start = op.create_table(
        "audit_start",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("through", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.CHAR(64), nullable=False),
        sa.Column("n_dropped", sa.BigInteger(), nullable=False),
        _check("audit_start", "one_row", "id = 1"),
        _check("audit_start", "through_range", "through >= 0"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_start")),
    )
    op.bulk_insert(start, [{"id": 1, "through": 0, "hash": "0" * 64, "n_dropped": 0}])
    op.add_column("introductions", sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("introductions", sa.Column("keep_agreed_on", sa.Date(), nullable=True))
    op.create_index(op.f("ix_introductions_rejected_at"), "introductions", ["rejected_at"])
    _guard_postgresql() if op.get_bind().dialect.name == "postgresql" else _guard_sqlite()


def _guard_sqlite() -> None:
    """A table that a later revision rebuilds loses its triggers: that revision makes them again."""
    for table, (update, delete) in LET_THROUGH.items():
        same = "".join(f" AND NEW.{name} IS OLD.{name}" for name in ENTRY_COLUMNS) if update == SEALED_NOW else ""
        for verb, allowed in (("UPDATE", update and update + same), ("DELETE", delete)):
            when = f"WHEN NOT coalesce({allowed}, 0) " if allowed else ""
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} {when}"
                f"BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END"
            )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table, (update, delete) in LET_THROUGH.items():
        same = (
            "".join(f" AND NEW.{name} IS NOT DISTINCT FROM OLD.{name}" for name in ENTRY_COLUMNS)
            if update == SEALED_NOW
            else ""
        )
        for verb, allowed in (("UPDATE", update and update + same), ("DELETE", delete)):
            # A WHEN of PostgreSQL may not look into a table: the function does.
            old = "NEW" if verb == "UPDATE" else "OLD"
            let = f"IF coalesce({allowed}, false) THEN RETURN {old}; END IF; " if allowed else ""
            op.execute(
                f"CREATE FUNCTION {table}_no_{verb.lower()}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {let}"
                f"RAISE EXCEPTION 'the record is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"FOR EACH ROW EXECUTE FUNCTION {table}_no_{verb.lower()}()"
            )
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
        )


def downgrade() -> None:
    op.drop_index(op.f("ix_introductions_rejected_at"), "introductions")
    op.drop_column("introductions", "keep_agreed_on")
    op.drop_column("introductions", "rejected_at")
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            for verb in ("update", "delete"):
                op.execute(f"DROP FUNCTION {table}_no_{verb}()")
        op.execute("DROP FUNCTION audit_append_only()")
