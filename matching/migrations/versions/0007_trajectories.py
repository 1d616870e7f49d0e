"""The way of a candidate: introductions with dated outcomes, placements, contacts, pauses, what was shown to whom."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007_trajectories"
down_revision: str | Sequence[str] | None = "0006_cards"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = (
    "contacts",
    "exposure_lists",
    "introductions",
    "legal_bases",
    "pauses",
    "exposures",
    "outcomes",
    "placements",
    "milestones",
    "promises",
)


def upgrade() -> None:
    op.drop_table("introductions")  # had a state of its own, and was never written
    op.create_table(
        "contacts",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("contact_by", sa.String(length=8), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("recorded_by", sa.String(length=16), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("contact_by IN ('coach', 'buddy')", name=op.f("ck_contacts_contact_by_listed")),
        sa.CheckConstraint(
            "kind IN ('visit', 'meeting', 'phone', 'video', 'message')", name=op.f("ck_contacts_kind_listed")
        ),
        sa.CheckConstraint("happened_on <= next_on", name=op.f("ck_contacts_happened_on_next_on_order")),
        sa.CheckConstraint("minutes BETWEEN 0 AND 600", name=op.f("ck_contacts_minutes_range")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_contacts_candidate_id_candidates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["accounts.id"], name=op.f("fk_contacts_recorded_by_accounts"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
    )
    op.create_index(op.f("ix_contacts_candidate_id_happened_on"), "contacts", ["candidate_id", "happened_on"])
    op.create_index(op.f("ix_contacts_recorded_by"), "contacts", ["recorded_by"])
    op.create_table(
        "exposure_lists",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("vacancy_id", sa.String(length=16), nullable=False),
        sa.Column("account_id", sa.String(length=16), nullable=True),
        sa.Column("list_version", sa.String(length=64), nullable=False),
        sa.Column("model_version", sa.String(length=64), nullable=False),
        sa.Column("ordered_by", sa.String(length=12), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ordered_by IN ('score', 'allocated')", name=op.f("ck_exposure_lists_ordered_by_listed")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_exposure_lists_account_id_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_exposure_lists_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure_lists")),
        sa.UniqueConstraint(
            "vacancy_id",
            "list_version",
            "account_id",
            name=op.f("uq_exposure_lists_vacancy_id_list_version_account_id"),
        ),
    )
    op.create_index(op.f("ix_exposure_lists_account_id"), "exposure_lists", ["account_id"])
    op.create_index(op.f("ix_exposure_lists_shown_at"), "exposure_lists", ["shown_at"])
    op.create_table(
        "introductions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("vacancy_id", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=True),
        sa.Column("card_id", sa.String(length=64), nullable=True),
        sa.Column("made_by", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keep_agreed_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_introductions_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["accounts.id"], name=op.f("fk_introductions_made_by_accounts"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_introductions_organisation_id_organisations"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_introductions_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
    )
    op.create_index(op.f("ix_introductions_candidate_id"), "introductions", ["candidate_id"])
    op.create_index(op.f("ix_introductions_created_at_id"), "introductions", ["created_at", "id"])
    op.create_index(op.f("ix_introductions_made_by"), "introductions", ["made_by"])
    op.create_index(op.f("ix_introductions_rejected_at"), "introductions", ["rejected_at"])
    op.create_index(op.f("ix_introductions_organisation_id"), "introductions", ["organisation_id"])
    op.create_index(op.f("ix_introductions_vacancy_id"), "introductions", ["vacancy_id"])
    op.create_table(
        "legal_bases",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("basis", sa.String(length=20), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(length=16), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "basis IN ('public_task', 'legal_obligation', 'contract', 'legitimate_interest', 'consent')",
            name=op.f("ck_legal_bases_basis_listed"),
        ),
        sa.CheckConstraint("since <= until", name=op.f("ck_legal_bases_since_until_order")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_legal_bases_candidate_id_candidates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_legal_bases_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["accounts.id"], name=op.f("fk_legal_bases_recorded_by_accounts"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_bases")),
    )
    op.create_index(op.f("ix_legal_bases_candidate_id"), "legal_bases", ["candidate_id"])
    op.create_index(op.f("ix_legal_bases_organisation_id"), "legal_bases", ["organisation_id"])
    op.create_index(op.f("ix_legal_bases_recorded_by"), "legal_bases", ["recorded_by"])
    op.create_table(
        "pauses",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("resumes_on", sa.Date(), nullable=True),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("recorded_by", sa.String(length=16), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "reason IN ('personal', 'care_for_others', 'school', 'waiting_for_support', 'other')",
            name=op.f("ck_pauses_reason_listed"),
        ),
        sa.CheckConstraint("since <= resumed_on", name=op.f("ck_pauses_since_resumed_on_order")),
        sa.CheckConstraint("since <= resumes_on", name=op.f("ck_pauses_since_resumes_on_order")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_pauses_version_range")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_pauses_candidate_id_candidates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["accounts.id"], name=op.f("fk_pauses_recorded_by_accounts"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index(op.f("ix_pauses_candidate_id_since"), "pauses", ["candidate_id", "since"])
    op.create_index(op.f("ix_pauses_recorded_by"), "pauses", ["recorded_by"])
    op.create_table(
        "exposures",
        sa.Column("list_id", sa.String(length=16), nullable=False),
        sa.Column("rank", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=True),
        sa.Column("reserved", sa.Boolean(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("card_id", sa.String(length=64), nullable=True),
        sa.CheckConstraint("propensity BETWEEN 0 AND 1", name=op.f("ck_exposures_propensity_range")),
        sa.CheckConstraint("rank >= 1", name=op.f("ck_exposures_rank_range")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_exposures_candidate_id_candidates"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["exposure_lists.id"], name=op.f("fk_exposures_list_id_exposure_lists"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("list_id", "rank", name=op.f("pk_exposures")),
    )
    op.create_index(op.f("ix_exposures_candidate_id"), "exposures", ["candidate_id"])
    op.create_index(op.f("ix_exposures_card_id"), "exposures", ["card_id"])
    op.create_table(
        "outcomes",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("introduction_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("week", sa.SmallInteger(), nullable=True),
        sa.Column("reasons", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=True),
        sa.Column("quarantined", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("retracted", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(length=16), nullable=True),
        sa.Column("recorded_as", sa.String(length=16), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(kind = 'present') = (week IS NOT NULL)", name=op.f("ck_outcomes_week_of_presence")),
        sa.CheckConstraint(
            "kind IN ('asked', 'candidate_agreed', 'no_show', 'interviewed', 'trial_day', "
            "'offer_made', 'trial_started', 'trial_ended', 'started', 'hours_changed', "
            "'contract_extended', 'contract_permanent', 'paused', 'resumed', 'present', "
            "'candidate_declined', 'offer_declined', 'employer_declined', 'expired', "
            "'agreement_withdrawn', 'moved_on', 'ended')",
            name=op.f("ck_outcomes_kind_listed"),
        ),
        sa.CheckConstraint(
            "recorded_as IN ('adviser', 'coach', 'employer', 'candidate', 'representative', 'system')",
            name=op.f("ck_outcomes_recorded_as_listed"),
        ),
        sa.CheckConstraint("happened_on <= until", name=op.f("ck_outcomes_happened_on_until_order")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_outcomes_version_range")),
        sa.CheckConstraint("week IN (4, 13, 26, 52)", name=op.f("ck_outcomes_week_listed")),
        sa.ForeignKeyConstraint(
            ["introduction_id"],
            ["introductions.id"],
            name=op.f("fk_outcomes_introduction_id_introductions"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["accounts.id"], name=op.f("fk_outcomes_recorded_by_accounts"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_outcomes")),
    )
    op.create_index(op.f("ix_outcomes_introduction_id_kind"), "outcomes", ["introduction_id", "kind"])
    op.create_index(op.f("ix_outcomes_recorded_by"), "outcomes", ["recorded_by"])
    op.create_table(
        "placements",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("introduction_id", sa.String(length=16), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("legal_employer", sa.String(length=200), nullable=False),
        sa.Column("work_floor", sa.String(length=200), nullable=True),
        sa.Column("team", sa.String(length=200), nullable=True),
        sa.Column("hours_per_week", sa.Float(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reasons", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("buddy_known_as", sa.String(length=60), nullable=True),
        sa.Column("buddy_role", sa.String(length=100), nullable=True),
        sa.Column("buddy_since", sa.Date(), nullable=True),
        sa.Column("contact_known_as", sa.String(length=60), nullable=True),
        sa.Column("contact_role", sa.String(length=100), nullable=True),
        sa.Column("diploma", sa.String(length=200), nullable=True),
        sa.Column("made_by", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('job', 'secondment', 'internship', 'bbl', 'work_experience', 'trial', "
            "'traineeship', 'scholarship')",
            name=op.f("ck_placements_kind_listed"),
        ),
        sa.CheckConstraint("(ended_on IS NULL) = (end_reasons IS NULL)", name=op.f("ck_placements_ended_with_reasons")),
        sa.CheckConstraint("buddy_known_as IS NOT NULL OR buddy_since IS NULL", name=op.f("ck_placements_buddy_since")),
        sa.CheckConstraint("hours_per_week BETWEEN 0 AND 60", name=op.f("ck_placements_hours_per_week_range")),
        sa.CheckConstraint("starts_on <= ended_on", name=op.f("ck_placements_starts_on_ended_on_order")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_placements_starts_on_ends_on_order")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_placements_version_range")),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_placements_candidate_id_candidates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["introduction_id"],
            ["introductions.id"],
            name=op.f("fk_placements_introduction_id_introductions"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["accounts.id"], name=op.f("fk_placements_made_by_accounts"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
    )
    op.create_index(op.f("ix_placements_candidate_id_starts_on"), "placements", ["candidate_id", "starts_on"])
    op.create_index(op.f("ix_placements_created_at_id"), "placements", ["created_at", "id"])
    op.create_index(op.f("ix_placements_introduction_id"), "placements", ["introduction_id"])
    op.create_index(op.f("ix_placements_made_by"), "placements", ["made_by"])
    op.create_table(
        "milestones",
        sa.Column("placement_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("reached_on", sa.Date(), nullable=True),
        sa.CheckConstraint("position >= 0", name=op.f("ck_milestones_position_range")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_milestones_placement_id_placements"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("placement_id", "position", name=op.f("pk_milestones")),
    )
    op.create_table(
        "promises",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("placement_id", sa.String(length=16), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("promised_by", sa.String(length=12), nullable=False),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "promised_by IN ('employer', 'coach', 'caseworker', 'adviser')", name=op.f("ck_promises_promised_by_listed")
        ),
        sa.CheckConstraint("promised_on <= delivered_on", name=op.f("ck_promises_promised_on_delivered_on_order")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_promises_placement_id_placements"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promises")),
    )
    op.create_index(op.f("ix_promises_placement_id"), "promises", ["placement_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.create_table(
        "introductions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("vacancy_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("keep_agreed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_introductions_state_listed")),
        sa.CheckConstraint("opened_at <= closes_at", name=op.f("ck_introductions_opened_at_closes_at_order")),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_introductions_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_introductions_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_introductions")),
    )
    op.create_index(op.f("ix_introductions_rejected_at"), "introductions", ["rejected_at"])
    op.create_index(op.f("ix_introductions_candidate_id_state"), "introductions", ["candidate_id", "state"])
    op.create_index(op.f("ix_introductions_vacancy_id"), "introductions", ["vacancy_id"])
