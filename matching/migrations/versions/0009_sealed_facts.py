"""Restricted groups and screenings sealed under each person's own key, in one row that does not tell what is in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

import sqlalchemy as sa
from alembic import op

from matching.database import installation_of
from matching.vault import open_many, seal_many

revision: str = "0009_sealed_facts"
down_revision: str | Sequence[str] | None = "0008_signing_in"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SCREENINGS = 128  # the bit of `answered` that said whether screenings are known; that is sealed too
PURPOSE = "restricted"
LENGTH = 192
AT_ONCE = 5_000

CANDIDATES = sa.table("candidates", sa.column("id", sa.String), sa.column("answered", sa.SmallInteger))
GROUPS = sa.table(
    "candidate_restricted_groups",
    sa.column("candidate_id", sa.String),
    sa.column("position", sa.SmallInteger),
    sa.column("target_group", sa.String),
    sa.column("valid_from", sa.Date),
    sa.column("valid_until", sa.Date),
)
ANSWERS = sa.table(
    "candidate_screenings",
    sa.column("candidate_id", sa.String),
    sa.column("screening", sa.String),
    sa.column("answer", sa.String),
)
SEALED = sa.table("candidate_restricted", sa.column("candidate_id", sa.String), sa.column("sealed", sa.LargeBinary))


def upgrade() -> None:
    op.create_table(
        "candidate_restricted",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _owner("candidate_restricted"),
        sa.PrimaryKeyConstraint("candidate_id", name=op.f("pk_candidate_restricted")),
    )
    connection = op.get_bind()
    facts = _plain(connection)
    while some := dict(islice(facts, AT_ONCE)):
        sealed = seal_many(installation_of(connection), some, PURPOSE)
        connection.execute(sa.insert(SEALED), [{"candidate_id": one, "sealed": sealed[one]} for one in sealed])
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # what is dropped is overwritten in the file
    for name in ("candidate_screenings", "candidate_restricted_groups"):
        op.drop_table(name)
    connection.execute(
        sa.update(CANDIDATES)
        .where(CANDIDATES.c.answered >= SCREENINGS)
        .values(answered=CANDIDATES.c.answered - SCREENINGS)
    )
    _answered_up_to(SCREENINGS - 1)


def downgrade() -> None:
    """Facts that nobody can open any more do not come back."""
    _answered_up_to(2 * SCREENINGS - 1)
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
        _owner("candidate_restricted_groups"),
        sa.PrimaryKeyConstraint("candidate_id", "position", name=op.f("pk_candidate_restricted_groups")),
    )
    op.create_table(
        "candidate_screenings",
        sa.Column("candidate_id", sa.String(length=16), nullable=False),
        sa.Column("screening", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.String(length=16), nullable=False),
        _check("candidate_screenings", "answer_listed", "answer IN ('obtained', 'obtainable', 'not_obtainable')"),
        _check("candidate_screenings", "screening_listed", "screening IN ('vog', 'ministry')"),
        _owner("candidate_screenings"),
        sa.PrimaryKeyConstraint("candidate_id", "screening", name=op.f("pk_candidate_screenings")),
    )
    connection = op.get_bind()
    sealed = ((row.candidate_id, row.sealed) for row in connection.execute(sa.select(SEALED)).all())
    while some := dict(islice(sealed, AT_ONCE)):
        _put_back(connection, open_many(installation_of(connection), some, PURPOSE).plain)
    op.drop_table("candidate_restricted")


def _plain(connection: sa.Connection) -> Iterator[tuple[str, bytes]]:
    """The facts of everybody who has any, as they are sealed."""
    groups: dict[str, list[Any]] = {}
    for row in connection.execute(sa.select(GROUPS).order_by(GROUPS.c.candidate_id, GROUPS.c.position)):
        days = [day and day.isoformat() for day in (row.valid_from, row.valid_until)]
        groups.setdefault(row.candidate_id, []).append([row.target_group, *days])
    asked = connection.scalars(sa.select(CANDIDATES.c.id).where(CANDIDATES.c.answered >= SCREENINGS))
    answers: dict[str, dict[str, str]] = {one: {} for one in asked}
    for row in connection.execute(sa.select(ANSWERS).order_by(ANSWERS.c.candidate_id, ANSWERS.c.screening)):
        if row.candidate_id in answers:
            answers[row.candidate_id][row.screening] = row.answer
    for one in sorted(groups.keys() | answers.keys()):
        said = {"groups": groups.get(one, []), "screenings": answers.get(one)}
        plain = json.dumps(said, separators=(",", ":")).encode()
        yield one, plain.ljust(-(-len(plain) // LENGTH) * LENGTH)


def _put_back(connection: sa.Connection, opened: Mapping[str, bytes]) -> None:
    asked, groups, answers = [], [], []
    for one, plain in opened.items():
        said = json.loads(plain)
        if said["screenings"] is not None:
            asked.append(one)
            answers += [
                {"candidate_id": one, "screening": kind, "answer": answer}
                for kind, answer in said["screenings"].items()
            ]
        groups += [
            {
                "candidate_id": one,
                "position": position,
                "target_group": group,
                "valid_from": since and date.fromisoformat(since),
                "valid_until": until and date.fromisoformat(until),
            }
            for position, (group, since, until) in enumerate(said["groups"])
        ]
    for table, rows in ((GROUPS, groups), (ANSWERS, answers)):
        if rows:
            connection.execute(sa.insert(table), rows)
    bit = CANDIDATES.c.answered + SCREENINGS
    connection.execute(sa.update(CANDIDATES).where(CANDIDATES.c.id.in_(asked)).values(answered=bit))


def _answered_up_to(most: int) -> None:
    with op.batch_alter_table("candidates") as batch:
        batch.drop_constraint(op.f("ck_candidates_answered_range"), type_="check")
        batch.create_check_constraint(op.f("ck_candidates_answered_range"), f"answered BETWEEN 0 AND {most}")


def _owner(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_candidate_id_candidates")
    return sa.ForeignKeyConstraint(["candidate_id"], ["candidates.id"], name=name, ondelete="CASCADE")


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))
