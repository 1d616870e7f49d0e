"""The tables of the vault, in a database of their own; for this package alone."""

from sqlalchemy import Column, Date, LargeBinary, MetaData, String, Table

from matching.tables import metadata as main
from matching.tables.base import ID_LENGTH

metadata = MetaData(naming_convention=main.naming_convention)

PERSON_KEYS = Table(
    "person_keys",
    metadata,
    Column("candidate_id", String(ID_LENGTH), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),  # her key, sealed under the secret of this name
    Column("secret_name", String(16), nullable=False, index=True),
    Column("made_on", Date, nullable=False),
)
TOMBSTONES = Table(
    "tombstones",
    metadata,
    Column("candidate_id", String(ID_LENGTH), primary_key=True),  # a random id: nothing about a person
    Column("erased_on", Date, nullable=False),
)
