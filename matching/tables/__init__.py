"""The tables: data at rest. `metadata` is complete once this package is imported.

A table class validates nothing by itself: what comes in is validated as a profile (`matching.profiles`), and
the database holds the ranges once more as CHECKs. NULL is always unknown, 0 in a bitmask of a closed list is
"none".
"""

from sqlmodel import SQLModel

from matching.tables import (
    accounts,
    advisers,
    candidates,
    cards,
    changes,
    idempotency,
    organisations,
    pairs,
    record,
    reference,
    restricted,
    rules,
    signing_in,
    trajectories,
    vacancies,
)

__all__ = [
    "accounts",
    "advisers",
    "candidates",
    "cards",
    "changes",
    "idempotency",
    "metadata",
    "organisations",
    "pairs",
    "record",
    "reference",
    "restricted",
    "rules",
    "signing_in",
    "trajectories",
    "vacancies",
]

metadata = SQLModel.metadata
