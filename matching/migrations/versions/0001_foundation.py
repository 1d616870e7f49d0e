"""The foundation: candidates, vacancies, organisations, what is on record of pairs, reference data and rule sets."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001_foundation"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# As they were at this revision, whatever the closed lists became later.
CAPACITIES = (
    "lifting",
    "standing",
    "walking",
    "sitting",
    "bending_kneeling_climbing",
    "reaching",
    "fine_hand_work",
    "sight",
    "hearing",
    "noise_stimuli",
    "dust_temperature",
    "pace",
    "concentration",
    "structure_change",
    "independence",
    "emotional_load",
    "contact_customers",
    "contact_colleagues",
    "reading_writing",
    "irregular_hours",
)
TABLES = (
    "crosswalk",
    "organisations",
    "reference_sets",
    "regions",
    "rule_sets",
    "vacancies",
    "candidates",
    "municipalities",
    "occupations",
    "skills",
    "vacancy_adaptations",
    "vacancy_languages",
    "vacancy_tasks",
    "candidate_availability",
    "candidate_capacities",
    "candidate_groups",
    "candidate_languages",
    "candidate_past_placements",
    "candidate_restricted_groups",
    "candidate_screenings",
    "candidate_skills",
    "candidate_support_needs",
    "candidate_travel",
    "candidate_wish_masks",
    "candidate_wishes",
    "candidate_work_done",
    "identities",
    "introductions",
    "mandates",
    "occupation_labels",
    "occupation_links",
    "occupation_skills",
    "occupation_tasks",
    "overrides",
    "postcodes",
    "skill_labels",
    "skill_links",
    "occupation_task_skills",
)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _levels() -> list[sa.Column[int]]:
    return [sa.Column(capacity, sa.SmallInteger(), nullable=True) for capacity in CAPACITIES]


def _level_checks(table: str) -> list[sa.CheckConstraint]:
    return [_check(table, f"{capacity}_range", f"{capacity} BETWEEN 0 AND 4") for capacity in CAPACITIES]


def upgrade() -> None:
    op.create_table(
        "crosswalk",
        sa.Column("from_system", sa.String(length=40), nullable=False),
        sa.Column("from_code", sa.String(length=200), nullable=False),
        sa.Column("to_system", sa.String(length=40), nullable=False),
        sa.Column("to_code", sa.String(length=200), nullable=False),
        sa.Column("relation", sa.String(length=12), nullable=False),
        _check("crosswalk", "relation_listed", "relation IN ('exact', 'close', 'broader', 'narrower', 'related')"),
        sa.PrimaryKeyConstraint("from_system", "from_code", "to_system", "to_code", name=op.f("pk_crosswalk")),
    )
    op.create_index(op.f("ix_crosswalk_to_system_to_code"), "crosswalk", ["to_system", "to_code"])

    op.create_table(
        "organisations",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("region", sa.String(length=4), nullable=True),
        _check(
            "organisations",
            "kind_listed",
            ("kind IN ('supplier', 'wsp', 'network_partner', 'client', 'inclusive_employer')"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisations")),
        sa.UniqueConstraint("kind", "name", name=op.f("uq_organisations_kind_name")),
    )
    op.create_index(op.f("ix_organisations_name"), "organisations", ["name"])
    op.create_index(op.f("ix_organisations_region"), "organisations", ["region"])

    op.create_table(
        "reference_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("licence", sa.String(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reference_sets")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_reference_sets_code_version")),
    )
    op.create_table(
        "regions",
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        _check("regions", "latitude_range", "latitude BETWEEN -90 AND 90"),
        _check("regions", "longitude_range", "longitude BETWEEN -180 AND 180"),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_regions")),
    )
    op.create_table(
        "rule_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("region", sa.String(length=40), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_sets")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_rule_sets_code_version")),
    )
    op.create_index(op.f("ix_rule_sets_region"), "rule_sets", ["region"])

    op.create_table(
        "vacancies",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("source_id", sa.String(length=100), nullable=True),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("legal_employer", sa.String(length=200), nullable=True),
        sa.Column("work_floor", sa.String(length=200), nullable=True),
        sa.Column("team", sa.String(length=200), nullable=True),
        sa.Column("sector", sa.String(length=20), nullable=True),
        sa.Column("settings", sa.Integer(), nullable=True),
        sa.Column("hours_min", sa.Float(), nullable=True),
        sa.Column("hours_max", sa.Float(), nullable=True),
        sa.Column("hours_per_day", sa.Float(), nullable=True),
        sa.Column("grid_fixed", sa.Integer(), nullable=True),
        sa.Column("grid_possible", sa.Integer(), nullable=True),
        sa.Column("dayparts_per_week", sa.SmallInteger(), nullable=True),
        sa.Column("postcode", sa.CHAR(length=4), nullable=True),
        sa.Column("region", sa.String(length=4), nullable=True),
        sa.Column("remote_share", sa.Float(), nullable=True),
        sa.Column("trips_per_week", sa.Float(), nullable=True),
        sa.Column("education_by_law", sa.SmallInteger(), nullable=True),
        sa.Column("education_wished", sa.SmallInteger(), nullable=True),
        sa.Column("licences", sa.Integer(), nullable=True),
        sa.Column("licences_desired", sa.Integer(), nullable=True),
        sa.Column("certificates", sa.Integer(), nullable=True),
        sa.Column("certificates_desired", sa.Integer(), nullable=True),
        sa.Column("screenings", sa.Integer(), nullable=True),
        sa.Column("access_known", sa.Integer(), nullable=True),
        sa.Column("access_present", sa.Integer(), nullable=True),
        sa.Column("skills_desired", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("cao", sa.String(length=200), nullable=True),
        sa.Column("scale", sa.String(length=200), nullable=True),
        sa.Column("euros_per_hour_min", sa.Float(), nullable=True),
        sa.Column("euros_per_hour_max", sa.Float(), nullable=True),
        sa.Column("contract_months", sa.SmallInteger(), nullable=True),
        sa.Column("positions", sa.SmallInteger(), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("trial_possible", sa.Boolean(), nullable=True),
        sa.Column("offers", sa.Integer(), nullable=True),
        sa.Column("buddy", sa.Boolean(), nullable=True),
        sa.Column("growth_path", sa.String(length=16), nullable=True),
        sa.Column("counts_for", sa.Integer(), nullable=True),
        sa.Column("contract", sa.String(length=200), nullable=True),
        sa.Column("contact_person", sa.String(length=200), nullable=True),
        sa.Column("answered", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _check(
            "vacancies",
            "growth_path_listed",
            ("growth_path IN ('none', 'more_tasks', 'diploma', 'specialist', 'supervising', 'advisory')"),
        ),
        _check(
            "vacancies",
            "kind_listed",
            ("kind IN ('job', 'secondment', 'internship', 'bbl', 'work_experience', 'trial', 'traineeship')"),
        ),
        _check(
            "vacancies",
            "sector_listed",
            (
                "sector IN ('government', 'office_services', 'logistics', 'cleaning', 'catering', 'retail', "
                "'green', 'construction', 'technical', 'manufacturing', 'care', 'education', 'ict', 'culture', "
                "'security', 'transport', 'laundry_textile', 'recycling', 'hospitality', 'facility')"
            ),
        ),
        _check("vacancies", "status_listed", "status IN ('open', 'closed')"),
        _check(
            "vacancies",
            "access_present_is_known",
            ("(access_known IS NULL) = (access_present IS NULL) AND (access_present & ~access_known) = 0"),
        ),
        _check("vacancies", "access_known_range", "access_known >= 0"),
        _check("vacancies", "answered_range", "answered BETWEEN 0 AND 3"),
        _check("vacancies", "certificates_range", "certificates >= 0"),
        _check("vacancies", "certificates_desired_range", "certificates_desired >= 0"),
        _check("vacancies", "contract_months_range", "contract_months BETWEEN 0 AND 600"),
        _check("vacancies", "counts_for_range", "counts_for >= 0"),
        _check("vacancies", "dayparts_per_week_range", "dayparts_per_week BETWEEN 0 AND 28"),
        _check("vacancies", "education_by_law_range", "education_by_law BETWEEN 0 AND 7"),
        _check("vacancies", "education_wished_range", "education_wished BETWEEN 0 AND 7"),
        _check("vacancies", "euros_per_hour_max_range", "euros_per_hour_max BETWEEN 0 AND 500"),
        _check("vacancies", "euros_per_hour_min_range", "euros_per_hour_min BETWEEN 0 AND 500"),
        _check("vacancies", "grid_fixed_range", "grid_fixed BETWEEN 0 AND 268435455"),
        _check("vacancies", "grid_possible_range", "grid_possible BETWEEN 0 AND 268435455"),
        _check("vacancies", "hours_max_range", "hours_max BETWEEN 0 AND 60"),
        _check("vacancies", "hours_min_hours_max_order", "hours_min <= hours_max"),
        _check("vacancies", "hours_min_range", "hours_min BETWEEN 0 AND 60"),
        _check("vacancies", "hours_per_day_range", "hours_per_day BETWEEN 0 AND 12"),
        _check("vacancies", "postcode_four_digits", "length(postcode) = 4"),
        _check("vacancies", "licences_range", "licences >= 0"),
        _check("vacancies", "licences_desired_range", "licences_desired >= 0"),
        _check("vacancies", "offers_range", "offers >= 0"),
        _check("vacancies", "positions_range", "positions BETWEEN 1 AND 500"),
        _check("vacancies", "remote_share_range", "remote_share BETWEEN 0 AND 1"),
        _check("vacancies", "screenings_range", "screenings >= 0"),
        _check("vacancies", "settings_range", "settings >= 0"),
        _check("vacancies", "trips_per_week_range", "trips_per_week BETWEEN 0 AND 14"),
        _check("vacancies", "version_range", "version >= 1"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vacancies")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_vacancies_source_source_id")),
    )
    op.create_index(op.f("ix_vacancies_postcode"), "vacancies", ["postcode"])
    op.create_index(op.f("ix_vacancies_region"), "vacancies", ["region"])
    op.create_index(op.f("ix_vacancies_status"), "vacancies", ["status"])

    op.create_table(
        "candidates",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("source", sa.String(length=100), nullable=False),
        sa.Column("source_id", sa.String(length=100), nullable=True),
        sa.Column("region", sa.String(length=4), nullable=True),
        sa.Column("postcode", sa.CHAR(length=4), nullable=True),
        sa.Column("agreed_to_matching", sa.Boolean(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.Column("paused_since", sa.Date(), nullable=True),
        sa.Column("resumes_on", sa.Date(), nullable=True),
        sa.Column("max_open_introductions", sa.SmallInteger(), nullable=False),
        sa.Column("education", sa.SmallInteger(), nullable=True),
        sa.Column("growth_wish", sa.String(length=16), nullable=True),
        sa.Column("contact_channel", sa.String(length=24), nullable=True),
        sa.Column("representative", sa.String(length=16), nullable=True),
        sa.Column("benefit_provider", sa.String(length=16), nullable=True),
        sa.Column("responsible_organisation_id", sa.String(length=16), nullable=True),
        sa.Column("caseworker", sa.String(length=200), nullable=True),
        sa.Column("coach", sa.String(length=200), nullable=True),
        sa.Column("contract_kinds", sa.Integer(), nullable=True),
        sa.Column("contract_months_min", sa.SmallInteger(), nullable=True),
        sa.Column("licences", sa.Integer(), nullable=True),
        sa.Column("certificates", sa.Integer(), nullable=True),
        sa.Column("access_needs", sa.Integer(), nullable=True),
        sa.Column("courses", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("answered", sa.SmallInteger(), nullable=False),
        sa.Column("last_confirmed_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _check("candidates", "benefit_provider_listed", "benefit_provider IN ('uwv', 'municipality', 'nobody')"),
        _check(
            "candidates",
            "contact_channel_listed",
            ("contact_channel IN ('phone', 'email', 'message', 'letter', 'through_coach', 'through_representative')"),
        ),
        _check(
            "candidates",
            "growth_wish_listed",
            ("growth_wish IN ('none', 'more_tasks', 'diploma', 'specialist', 'supervising', 'advisory')"),
        ),
        _check(
            "candidates",
            "representative_listed",
            ("representative IN ('parent', 'mentor', 'administrator', 'guardian', 'other', 'nobody')"),
        ),
        _check("candidates", "access_needs_range", "access_needs >= 0"),
        _check("candidates", "agreed_on_with_agreement", "agreed_to_matching OR agreed_on IS NULL"),
        _check("candidates", "answered_range", "answered BETWEEN 0 AND 255"),
        _check("candidates", "certificates_range", "certificates >= 0"),
        _check("candidates", "contract_kinds_range", "contract_kinds >= 0"),
        _check("candidates", "contract_months_min_range", "contract_months_min BETWEEN 0 AND 120"),
        _check("candidates", "education_range", "education BETWEEN 0 AND 7"),
        _check("candidates", "postcode_four_digits", "length(postcode) = 4"),
        _check("candidates", "licences_range", "licences >= 0"),
        _check("candidates", "max_open_introductions_range", "max_open_introductions BETWEEN 0 AND 20"),
        _check("candidates", "paused_since_resumes_on_order", "paused_since <= resumes_on"),
        _check("candidates", "resumes_from_a_pause", "paused_since IS NOT NULL OR resumes_on IS NULL"),
        _check("candidates", "version_range", "version >= 1"),
        sa.ForeignKeyConstraint(
            ["responsible_organisation_id"],
            ["organisations.id"],
            name=op.f("fk_candidates_responsible_organisation_id_organisations"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidates")),
        sa.UniqueConstraint("source", "source_id", name=op.f("uq_candidates_source_source_id")),
    )
    op.create_index(op.f("ix_candidates_caseworker"), "candidates", ["caseworker"])
    op.create_index(op.f("ix_candidates_coach"), "candidates", ["coach"])
    op.create_index(op.f("ix_candidates_postcode"), "candidates", ["postcode"])
    op.create_index(op.f("ix_candidates_region"), "candidates", ["region"])
    op.create_index(op.f("ix_candidates_responsible_organisation_id"), "candidates", ["responsible_organisation_id"])

    op.create_table(
        "municipalities",
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_municipalities_region_regions")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_municipalities")),
    )
    op.create_index(op.f("ix_municipalities_name"), "municipalities", ["name"])
    op.create_index(op.f("ix_municipalities_region"), "municipalities", ["region"])

    op.create_table(
        "occupations",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("isco", sa.String(length=4), nullable=True),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("english", sa.String(), nullable=True),
        sa.Column("sector", sa.String(length=20), nullable=True),
        sa.Column("education", sa.SmallInteger(), nullable=True),
        sa.Column("settings", sa.Integer(), nullable=True),
        sa.Column("esco_uri", sa.String(length=200), nullable=True),
        sa.Column("competentnl_id", sa.String(length=200), nullable=True),
        _check(
            "occupations",
            "sector_listed",
            (
                "sector IN ('government', 'office_services', 'logistics', 'cleaning', 'catering', 'retail', "
                "'green', 'construction', 'technical', 'manufacturing', 'care', 'education', 'ict', 'culture', "
                "'security', 'transport', 'laundry_textile', 'recycling', 'hospitality', 'facility')"
            ),
        ),
        _check("occupations", "education_range", "education BETWEEN 0 AND 7"),
        _check("occupations", "settings_range", "settings >= 0"),
        sa.ForeignKeyConstraint(
            ["set_id"], ["reference_sets.id"], name=op.f("fk_occupations_set_id_reference_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupations")),
        sa.UniqueConstraint("set_id", "code", name=op.f("uq_occupations_set_id_code")),
    )
    op.create_index(op.f("ix_occupations_competentnl_id"), "occupations", ["competentnl_id"])
    op.create_index(op.f("ix_occupations_esco_uri"), "occupations", ["esco_uri"])
    op.create_index(op.f("ix_occupations_isco"), "occupations", ["isco"])
    op.create_index(op.f("ix_occupations_sector"), "occupations", ["sector"])

    op.create_table(
        "skills",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("english", sa.String(), nullable=True),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("is_group", sa.Boolean(), nullable=False),
        sa.Column("esco_uri", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["skills.id"], name=op.f("fk_skills_parent_id_skills"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["set_id"], ["reference_sets.id"], name=op.f("fk_skills_set_id_reference_sets"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skills")),
        sa.UniqueConstraint("set_id", "code", name=op.f("uq_skills_set_id_code")),
    )
    op.create_index(op.f("ix_skills_esco_uri"), "skills", ["esco_uri"])
    op.create_index(op.f("ix_skills_parent_id"), "skills", ["parent_id"])

    op.create_table(
        "vacancy_adaptations",
        sa.Column("vacancy_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("capacity", sa.String(length=32), nullable=False),
        sa.Column("levels", sa.SmallInteger(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("task", sa.SmallInteger(), nullable=True),
        sa.Column("text", sa.String(length=200), nullable=True),
        _check(
            "vacancy_adaptations",
            "capacity_listed",
            (
                "capacity IN ('lifting', 'standing', 'walking', 'sitting', 'bending_kneeling_climbing', "
                "'reaching', 'fine_hand_work', 'sight', 'hearing', 'noise_stimuli', 'dust_temperature', 'pace', "
                "'concentration', 'structure_change', 'independence', 'emotional_load', 'contact_customers', "
                "'contact_colleagues', 'reading_writing', 'irregular_hours')"
            ),
        ),
        _check("vacancy_adaptations", "levels_range", "levels BETWEEN 1 AND 4"),
        _check("vacancy_adaptations", "position_range", "position >= 0"),
        _check("vacancy_adaptations", "task_range", "task >= 1"),
        sa.ForeignKeyConstraint(
            ["vacancy_id"],
            ["vacancies.id"],
            name=op.f("fk_vacancy_adaptations_vacancy_id_vacancies"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("vacancy_id", "position", name=op.f("pk_vacancy_adaptations")),
    )
    op.create_table(
        "vacancy_languages",
        sa.Column("vacancy_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        _check("vacancy_languages", "level_range", "level BETWEEN 0 AND 6"),
        _check("vacancy_languages", "position_range", "position >= 0"),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_vacancy_languages_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("vacancy_id", "position", name=op.f("pk_vacancy_languages")),
    )
    op.create_table(
        "vacancy_tasks",
        *_levels(),
        sa.Column("vacancy_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("hours_per_week", sa.Float(), nullable=True),
        sa.Column("freedom", sa.String(length=12), nullable=True),
        sa.Column("skills", sa.JSON(none_as_null=True), nullable=True),
        _check("vacancy_tasks", "freedom_listed", "freedom IN ('fixed', 'droppable', 'movable')"),
        _check("vacancy_tasks", "bending_kneeling_climbing_range", "bending_kneeling_climbing BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "concentration_range", "concentration BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "contact_colleagues_range", "contact_colleagues BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "contact_customers_range", "contact_customers BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "dust_temperature_range", "dust_temperature BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "emotional_load_range", "emotional_load BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "fine_hand_work_range", "fine_hand_work BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "hearing_range", "hearing BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "hours_per_week_range", "hours_per_week BETWEEN 0 AND 60"),
        _check("vacancy_tasks", "independence_range", "independence BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "irregular_hours_range", "irregular_hours BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "lifting_range", "lifting BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "noise_stimuli_range", "noise_stimuli BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "pace_range", "pace BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "position_range", "position >= 0"),
        _check("vacancy_tasks", "reaching_range", "reaching BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "reading_writing_range", "reading_writing BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "sight_range", "sight BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "sitting_range", "sitting BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "standing_range", "standing BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "structure_change_range", "structure_change BETWEEN 0 AND 4"),
        _check("vacancy_tasks", "walking_range", "walking BETWEEN 0 AND 4"),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_vacancy_tasks_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("vacancy_id", "position", name=op.f("pk_vacancy_tasks")),
    )
    op.create_table(
        "candidate_availability",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("hours_min", sa.Float(), nullable=True),
        sa.Column("hours_max", sa.Float(), nullable=True),
        sa.Column("build_up_to", sa.Float(), nullable=True),
        sa.Column("build_up_months", sa.SmallInteger(), nullable=True),
        sa.Column("hours_per_day_max", sa.Float(), nullable=True),
        sa.Column("minutes_between_breaks", sa.SmallInteger(), nullable=True),
        sa.Column("weekly_grid", sa.Integer(), nullable=True),
        _check("candidate_availability", "build_up_months_range", "build_up_months BETWEEN 0 AND 60"),
        _check("candidate_availability", "build_up_to_range", "build_up_to BETWEEN 0 AND 60"),
        _check("candidate_availability", "hours_max_build_up_to_order", "hours_max <= build_up_to"),
        _check("candidate_availability", "hours_max_range", "hours_max BETWEEN 0 AND 60"),
        _check("candidate_availability", "hours_min_hours_max_order", "hours_min <= hours_max"),
        _check("candidate_availability", "hours_min_range", "hours_min BETWEEN 0 AND 60"),
        _check("candidate_availability", "hours_per_day_max_range", "hours_per_day_max BETWEEN 0 AND 12"),
        _check("candidate_availability", "minutes_between_breaks_range", "minutes_between_breaks BETWEEN 5 AND 480"),
        _check("candidate_availability", "weekly_grid_range", "weekly_grid BETWEEN 0 AND 268435455"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_availability_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_candidate_availability")),
    )
    op.create_table(
        "candidate_capacities",
        *_levels(),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        _check("candidate_capacities", "bending_kneeling_climbing_range", "bending_kneeling_climbing BETWEEN 0 AND 4"),
        _check("candidate_capacities", "concentration_range", "concentration BETWEEN 0 AND 4"),
        _check("candidate_capacities", "contact_colleagues_range", "contact_colleagues BETWEEN 0 AND 4"),
        _check("candidate_capacities", "contact_customers_range", "contact_customers BETWEEN 0 AND 4"),
        _check("candidate_capacities", "dust_temperature_range", "dust_temperature BETWEEN 0 AND 4"),
        _check("candidate_capacities", "emotional_load_range", "emotional_load BETWEEN 0 AND 4"),
        _check("candidate_capacities", "fine_hand_work_range", "fine_hand_work BETWEEN 0 AND 4"),
        _check("candidate_capacities", "hearing_range", "hearing BETWEEN 0 AND 4"),
        _check("candidate_capacities", "independence_range", "independence BETWEEN 0 AND 4"),
        _check("candidate_capacities", "irregular_hours_range", "irregular_hours BETWEEN 0 AND 4"),
        _check("candidate_capacities", "lifting_range", "lifting BETWEEN 0 AND 4"),
        _check("candidate_capacities", "noise_stimuli_range", "noise_stimuli BETWEEN 0 AND 4"),
        _check("candidate_capacities", "pace_range", "pace BETWEEN 0 AND 4"),
        _check("candidate_capacities", "reaching_range", "reaching BETWEEN 0 AND 4"),
        _check("candidate_capacities", "reading_writing_range", "reading_writing BETWEEN 0 AND 4"),
        _check("candidate_capacities", "sight_range", "sight BETWEEN 0 AND 4"),
        _check("candidate_capacities", "sitting_range", "sitting BETWEEN 0 AND 4"),
        _check("candidate_capacities", "standing_range", "standing BETWEEN 0 AND 4"),
        _check("candidate_capacities", "structure_change_range", "structure_change BETWEEN 0 AND 4"),
        _check("candidate_capacities", "walking_range", "walking BETWEEN 0 AND 4"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_capacities_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_candidate_capacities")),
    )
    op.create_table(
        "candidate_groups",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("target_group", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        _check(
            "candidate_groups",
            "target_group_listed",
            (
                "target_group IN ('banenafspraak', 'praktijkroute', 'beschut_werk', 'wajong', 'participatiewet', "
                "'wia', 'ww_long', 'ww_short', 'nug', 'wsw', 'vso_pro', 'bbl', 'bol', 'older_worker')"
            ),
        ),
        _check("candidate_groups", "position_range", "position >= 0"),
        _check("candidate_groups", "valid_from_valid_until_order", "valid_from <= valid_until"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_groups_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", "position", name=op.f("pk_candidate_groups")),
    )
    op.create_table(
        "candidate_languages",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("level", sa.SmallInteger(), nullable=False),
        _check("candidate_languages", "level_range", "level BETWEEN 0 AND 6"),
        _check("candidate_languages", "position_range", "position >= 0"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_languages_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", "position", name=op.f("pk_candidate_languages")),
    )
    op.create_table(
        "candidate_past_placements",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("employer", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=True),
        sa.Column("team", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        _check(
            "candidate_past_placements",
            "reason_listed",
            (
                "reason IN ('contract_expired', 'moved_on', 'hours_changed', 'support_not_delivered', "
                "'contact_person_left', 'coach_changed', 'workload_high', 'workload_low', 'atmosphere', "
                "'travel', 'school', 'personal', 'business_reasons')"
            ),
        ),
        _check("candidate_past_placements", "position_range", "position >= 0"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_past_placements_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_candidate_past_placements_organisation_id_organisations"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("candidate_id", "position", name=op.f("pk_candidate_past_placements")),
    )
    op.create_index(
        op.f("ix_candidate_past_placements_organisation_id"), "candidate_past_placements", ["organisation_id"]
    )

    op.create_table(
        "candidate_restricted_groups",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("target_group", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        _check(
            "candidate_restricted_groups", "target_group_listed", "target_group IN ('status_holder', 'ex_offender')"
        ),
        _check("candidate_restricted_groups", "position_range", "position >= 0"),
        _check("candidate_restricted_groups", "valid_from_valid_until_order", "valid_from <= valid_until"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_restricted_groups_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", "position", name=op.f("pk_candidate_restricted_groups")),
    )
    op.create_table(
        "candidate_screenings",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("screening", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        _check("candidate_screenings", "answer_listed", "answer IN ('obtained', 'obtainable', 'not_obtainable')"),
        _check("candidate_screenings", "screening_listed", "screening IN ('vog', 'ministry')"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_screenings_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", "screening", name=op.f("pk_candidate_screenings")),
    )
    op.create_table(
        "candidate_skills",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("skill", sa.String(length=200), nullable=False),
        sa.Column("how_known", sa.String(length=12), nullable=True),
        _check(
            "candidate_skills", "how_known_listed", "how_known IN ('self', 'coach', 'employer', 'certificate', 'test')"
        ),
        _check("candidate_skills", "position_range", "position >= 0"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_skills_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", "position", name=op.f("pk_candidate_skills")),
    )
    op.create_table(
        "candidate_support_needs",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("need", sa.String(length=24), nullable=False),
        sa.Column("supplier", sa.String(length=16), nullable=False),
        _check(
            "candidate_support_needs",
            "need_listed",
            (
                "need IN ('job_coach', 'fixed_colleague', 'adapted_workplace', 'quiet_place', 'fixed_structure', "
                "'written_instructions', 'transport', 'extra_breaks', 'spoken_instructions', 'interpreter', "
                "'flexible_start_time', 'personal_care_at_work', 'language_support', 'aids_and_software')"
            ),
        ),
        _check(
            "candidate_support_needs",
            "supplier_listed",
            ("supplier IN ('employer', 'uwv', 'municipality', 'candidate', 'unknown')"),
        ),
        _check("candidate_support_needs", "position_range", "position >= 0"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_support_needs_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", "position", name=op.f("pk_candidate_support_needs")),
    )
    op.create_table(
        "candidate_travel",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("modes", sa.Integer(), nullable=True),
        sa.Column("max_minutes", sa.SmallInteger(), nullable=True),
        _check("candidate_travel", "max_minutes_range", "max_minutes BETWEEN 0 AND 240"),
        _check("candidate_travel", "modes_range", "modes >= 0"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_travel_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_candidate_travel")),
    )
    op.create_table(
        "candidate_wish_masks",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("sectors", sa.Integer(), nullable=True),
        sa.Column("not_sectors", sa.Integer(), nullable=True),
        sa.Column("settings", sa.Integer(), nullable=True),
        sa.Column("not_settings", sa.Integer(), nullable=True),
        _check("candidate_wish_masks", "not_sectors_range", "not_sectors >= 0"),
        _check("candidate_wish_masks", "not_settings_range", "not_settings >= 0"),
        _check("candidate_wish_masks", "sectors_range", "sectors >= 0"),
        _check("candidate_wish_masks", "settings_range", "settings >= 0"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_wish_masks_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_candidate_wish_masks")),
    )
    op.create_table(
        "candidate_wishes",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        _check("candidate_wishes", "kind_listed", "kind IN ('work', 'not_work')"),
        _check("candidate_wishes", "position_range", "position >= 0"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_wishes_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", "kind", "position", name=op.f("pk_candidate_wishes")),
    )
    op.create_table(
        "candidate_work_done",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("position", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("months", sa.SmallInteger(), nullable=True),
        sa.Column("paid", sa.Boolean(), nullable=True),
        _check("candidate_work_done", "months_range", "months BETWEEN 0 AND 720"),
        _check("candidate_work_done", "position_range", "position >= 0"),
        sa.ForeignKeyConstraint(
            ["candidate_id"],
            ["candidates.id"],
            name=op.f("fk_candidate_work_done_candidate_id_candidates"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", "position", name=op.f("pk_candidate_work_done")),
    )
    op.create_table(
        "identities",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_identities_candidate_id_candidates"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_identities")),
    )
    op.create_table(
        "introductions",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("vacancy_id", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        _check("introductions", "state_listed", "state IN ('open', 'closed')"),
        _check("introductions", "opened_at_closes_at_order", "opened_at <= closes_at"),
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
    op.create_index(op.f("ix_introductions_candidate_id_state"), "introductions", ["candidate_id", "state"])
    op.create_index(op.f("ix_introductions_vacancy_id"), "introductions", ["vacancy_id"])

    op.create_table(
        "mandates",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("organisation_id", sa.String(length=16), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_mandates_candidate_id_candidates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisations.id"],
            name=op.f("fk_mandates_organisation_id_organisations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("candidate_id", "organisation_id", "purpose", name=op.f("pk_mandates")),
    )
    op.create_index(op.f("ix_mandates_organisation_id"), "mandates", ["organisation_id"])

    op.create_table(
        "occupation_labels",
        sa.Column("occupation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        _check("occupation_labels", "kind_listed", "kind IN ('preferred', 'synonym', 'hidden')"),
        sa.ForeignKeyConstraint(
            ["occupation_id"],
            ["occupations.id"],
            name=op.f("fk_occupation_labels_occupation_id_occupations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("occupation_id", "position", name=op.f("pk_occupation_labels")),
    )
    op.create_table(
        "occupation_links",
        sa.Column("occupation_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        _check("occupation_links", "kind_listed", "kind IN ('neighbour', 'grows_to', 'broader')"),
        _check("occupation_links", "two_occupations", "occupation_id <> other_id"),
        sa.ForeignKeyConstraint(
            ["occupation_id"],
            ["occupations.id"],
            name=op.f("fk_occupation_links_occupation_id_occupations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["occupations.id"], name=op.f("fk_occupation_links_other_id_occupations"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("occupation_id", "other_id", "kind", name=op.f("pk_occupation_links")),
    )
    op.create_index(op.f("ix_occupation_links_other_id"), "occupation_links", ["other_id"])

    op.create_table(
        "occupation_skills",
        sa.Column("occupation_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        _check("occupation_skills", "kind_listed", "kind IN ('essential', 'optional')"),
        sa.ForeignKeyConstraint(
            ["occupation_id"],
            ["occupations.id"],
            name=op.f("fk_occupation_skills_occupation_id_occupations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_occupation_skills_skill_id_skills"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("occupation_id", "skill_id", name=op.f("pk_occupation_skills")),
    )
    op.create_index(op.f("ix_occupation_skills_skill_id"), "occupation_skills", ["skill_id"])

    op.create_table(
        "occupation_tasks",
        *_levels(),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("occupation_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("english", sa.String(), nullable=False),
        sa.Column("share", sa.SmallInteger(), nullable=False),
        sa.Column("freedom", sa.String(length=12), nullable=False),
        _check("occupation_tasks", "freedom_listed", "freedom IN ('fixed', 'droppable', 'movable')"),
        _check("occupation_tasks", "bending_kneeling_climbing_range", "bending_kneeling_climbing BETWEEN 0 AND 4"),
        _check("occupation_tasks", "concentration_range", "concentration BETWEEN 0 AND 4"),
        _check("occupation_tasks", "contact_colleagues_range", "contact_colleagues BETWEEN 0 AND 4"),
        _check("occupation_tasks", "contact_customers_range", "contact_customers BETWEEN 0 AND 4"),
        _check("occupation_tasks", "dust_temperature_range", "dust_temperature BETWEEN 0 AND 4"),
        _check("occupation_tasks", "emotional_load_range", "emotional_load BETWEEN 0 AND 4"),
        _check("occupation_tasks", "fine_hand_work_range", "fine_hand_work BETWEEN 0 AND 4"),
        _check("occupation_tasks", "hearing_range", "hearing BETWEEN 0 AND 4"),
        _check("occupation_tasks", "independence_range", "independence BETWEEN 0 AND 4"),
        _check("occupation_tasks", "irregular_hours_range", "irregular_hours BETWEEN 0 AND 4"),
        _check("occupation_tasks", "lifting_range", "lifting BETWEEN 0 AND 4"),
        _check("occupation_tasks", "noise_stimuli_range", "noise_stimuli BETWEEN 0 AND 4"),
        _check("occupation_tasks", "pace_range", "pace BETWEEN 0 AND 4"),
        _check("occupation_tasks", "reaching_range", "reaching BETWEEN 0 AND 4"),
        _check("occupation_tasks", "reading_writing_range", "reading_writing BETWEEN 0 AND 4"),
        _check("occupation_tasks", "share_range", "share BETWEEN 1 AND 100"),
        _check("occupation_tasks", "sight_range", "sight BETWEEN 0 AND 4"),
        _check("occupation_tasks", "sitting_range", "sitting BETWEEN 0 AND 4"),
        _check("occupation_tasks", "standing_range", "standing BETWEEN 0 AND 4"),
        _check("occupation_tasks", "structure_change_range", "structure_change BETWEEN 0 AND 4"),
        _check("occupation_tasks", "walking_range", "walking BETWEEN 0 AND 4"),
        sa.ForeignKeyConstraint(
            ["occupation_id"],
            ["occupations.id"],
            name=op.f("fk_occupation_tasks_occupation_id_occupations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupation_tasks")),
        sa.UniqueConstraint("occupation_id", "position", name=op.f("uq_occupation_tasks_occupation_id_position")),
    )
    op.create_table(
        "overrides",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("vacancy_id", sa.String(length=16), nullable=False),
        sa.Column("direction", sa.String(length=4), nullable=False),
        sa.Column("constraints", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _check("overrides", "direction_listed", "direction IN ('in', 'out')"),
        _check("overrides", "constraints_range", "constraints BETWEEN 0 AND 131071"),
        sa.ForeignKeyConstraint(
            ["candidate_id"], ["candidates.id"], name=op.f("fk_overrides_candidate_id_candidates"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["vacancy_id"], ["vacancies.id"], name=op.f("fk_overrides_vacancy_id_vacancies"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("candidate_id", "vacancy_id", name=op.f("pk_overrides")),
    )
    op.create_index(op.f("ix_overrides_vacancy_id"), "overrides", ["vacancy_id"])

    op.create_table(
        "postcodes",
        sa.Column("pc4", sa.String(length=4), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=True),
        sa.Column("municipality_code", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("source", sa.String(length=12), nullable=False),
        _check("postcodes", "source_listed", "source IN ('embedded', 'imported')"),
        _check("postcodes", "latitude_range", "latitude BETWEEN -90 AND 90"),
        _check("postcodes", "four_digits", "length(pc4) = 4"),
        _check("postcodes", "longitude_range", "longitude BETWEEN -180 AND 180"),
        sa.ForeignKeyConstraint(
            ["municipality_code"], ["municipalities.code"], name=op.f("fk_postcodes_municipality_code_municipalities")
        ),
        sa.ForeignKeyConstraint(["region"], ["regions.code"], name=op.f("fk_postcodes_region_regions")),
        sa.PrimaryKeyConstraint("pc4", name=op.f("pk_postcodes")),
    )
    op.create_index(op.f("ix_postcodes_municipality_code"), "postcodes", ["municipality_code"])
    op.create_index(op.f("ix_postcodes_region"), "postcodes", ["region"])

    op.create_table(
        "skill_labels",
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        _check("skill_labels", "kind_listed", "kind IN ('preferred', 'synonym', 'hidden')"),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_skill_labels_skill_id_skills"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("skill_id", "position", name=op.f("pk_skill_labels")),
    )
    op.create_table(
        "skill_links",
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        _check("skill_links", "two_skills", "skill_id <> other_id"),
        sa.ForeignKeyConstraint(
            ["other_id"], ["skills.id"], name=op.f("fk_skill_links_other_id_skills"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_skill_links_skill_id_skills"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("skill_id", "other_id", name=op.f("pk_skill_links")),
    )
    op.create_index(op.f("ix_skill_links_other_id"), "skill_links", ["other_id"])

    op.create_table(
        "occupation_task_skills",
        sa.Column("task_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["skill_id"], ["skills.id"], name=op.f("fk_occupation_task_skills_skill_id_skills"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"],
            ["occupation_tasks.id"],
            name=op.f("fk_occupation_task_skills_task_id_occupation_tasks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("task_id", "skill_id", name=op.f("pk_occupation_task_skills")),
    )
    op.create_index(op.f("ix_occupation_task_skills_skill_id"), "occupation_task_skills", ["skill_id"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
