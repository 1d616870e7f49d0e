"""What an employer may see of a candidate; shortlists, saved searches, and how often counts were asked."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0006_cards"
down_revision: str | Sequence[str] | None = "0005_http"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "counts_asked",
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("n >= 0", name=op.f("ck_counts_asked_n_range")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_counts_asked_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "on", name=op.f("pk_counts_asked")),
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=4), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=True),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("alerts", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_saved_searches_version_range")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_saved_searches_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
    )
    op.create_index(op.f("ix_saved_searches_account_id"), "saved_searches", ["account_id"], unique=False)
    op.create_index(op.f("ix_saved_searches_region"), "saved_searches", ["region"], unique=False)
    op.create_table(
        "card_names",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("vacancy_id", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_card_names_candidate_id_candidates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_card_names_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_card_names_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_names")),
        sa.UniqueConstraint(
            "vacancy_id",
            "organisation_id",
            "candidate_id",
            name=op.f("uq_card_names_vacancy_id_organisation_id_candidate_id"),
        ),
    )
    op.create_index(op.f("ix_card_names_organisation_id"), "card_names", ["organisation_id"], unique=False)
    op.create_table(
        "cards",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("about", sa.String(length=600), nullable=True),
        sa.Column("strengths", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("shows", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_how", sa.String(length=8), nullable=True),
        sa.Column("approved_by", sa.String(length=16), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "approved_how IN ('herself', 'spoken', 'written')", name=op.f("ck_cards_approved_how_listed")
        ),
        sa.CheckConstraint("(approved_at IS NULL) = (approved_how IS NULL)", name=op.f("ck_cards_approved_whole")),
        sa.CheckConstraint("shows BETWEEN 0 AND 1023", name=op.f("ck_cards_shows_range")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_cards_version_range")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_cards_candidate_id_candidates"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_cards")),
    )
    op.create_index(op.f("ix_cards_approved_at"), "cards", ["approved_at"], unique=False)
    op.create_table(
        "shortlists",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=16), nullable=False),
        sa.Column("region", sa.String(length=4), nullable=True),
        sa.Column("vacancy_id", sa.String(length=16), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_shortlists_version_range")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_shortlists_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_shortlists_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlists")),
    )
    op.create_index(op.f("ix_shortlists_account_id"), "shortlists", ["account_id"], unique=False)
    op.create_index(op.f("ix_shortlists_region"), "shortlists", ["region"], unique=False)
    op.create_index(op.f("ix_shortlists_vacancy_id"), "shortlists", ["vacancy_id"], unique=False)
    op.create_table(
        "shortlist_people",
        sa.Column("shortlist_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.CheckConstraint("position >= 0", name=op.f("ck_shortlist_people_position_range")),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_shortlist_people_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shortlist_id"],
            ["shortlists.id"],
            name=op.f("fk_shortlist_people_shortlist_id_shortlists"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shortlist_id", "position", name=op.f("pk_shortlist_people")),
    )
    op.create_index(op.f("ix_shortlist_people_candidate_id"), "shortlist_people", ["candidate_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_shortlist_people_candidate_id"), table_name="shortlist_people")
    op.drop_table("shortlist_people")
    op.drop_index(op.f("ix_shortlists_vacancy_id"), table_name="shortlists")
    op.drop_index(op.f("ix_shortlists_region"), table_name="shortlists")
    op.drop_index(op.f("ix_shortlists_account_id"), table_name="shortlists")
    op.drop_table("shortlists")
    op.drop_index(op.f("ix_cards_approved_at"), table_name="cards")
    op.drop_table("cards")
    op.drop_index(op.f("ix_card_names_organisation_id"), table_name="card_names")
    op.drop_table("card_names")
    op.drop_index(op.f("ix_saved_searches_region"), table_name="saved_searches")
    op.drop_index(op.f("ix_saved_searches_account_id"), table_name="saved_searches")
    op.drop_table("saved_searches")
    op.drop_table("counts_asked")
