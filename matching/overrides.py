"""What advisers decide over a ranking: a person put in or out for one vacancy, with the reason; it is feedback too."""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session

from matching.errors import Invalid
from matching.tables import metadata
from matching.tables.pairs import OverrideDirection
from scoring.terms import Constraint, mask_of

OVERRIDES = metadata.tables["overrides"]


@dataclass(frozen=True)
class Override:
    """One decision. Who is put in without constraints named is put in whatever blocks her.

    Her agreement to be matched is no constraint: nobody overrules it.
    """

    candidate_id: str
    vacancy_id: str
    direction: OverrideDirection
    constraints: tuple[Constraint, ...]
    reason: str = field(repr=False)


def put_override(session: Session, override: Override, *, made_by: str, now: datetime) -> None:
    """Keep a decision, in place of an earlier one on the same pair.

    Raises Invalid (`override.out`) where somebody is put out and constraints are named.
    """
    if override.direction is OverrideDirection.OUT and override.constraints:
        raise Invalid("override.out", "constraints", reason="put_out")
    chosen = override.constraints or tuple(Constraint)
    mask = mask_of(chosen, Constraint) if override.direction is OverrideDirection.IN else 0
    columns, connection = OVERRIDES.c, session.connection()
    connection.execute(
        sa.delete(OVERRIDES).where(
            columns.candidate_id == override.candidate_id, columns.vacancy_id == override.vacancy_id
        )
    )
    row = {
        "candidate_id": override.candidate_id,
        "vacancy_id": override.vacancy_id,
        "direction": override.direction.value,
        "constraints": mask,
        "reason": override.reason,
        "made_by": made_by,
        "made_at": now,
    }
    connection.execute(sa.insert(OVERRIDES), row)
