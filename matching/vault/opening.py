"""Opening the vault: its database, brought to its newest revision, and the secrets that open its keys."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, make_url

from matching.database import History, engine_for, migrate, revision_of
from matching.settings import Settings, secrets_of
from matching.vault.tables import metadata

VAULT = History(Path(__file__).parent / "versions", metadata)


@dataclass(frozen=True)
class Vault:
    """An open vault: `wrapping` are the keys that open its keys, by name; new ones are wrapped under `current`."""

    engine: Engine
    current: str
    wrapping: Mapping[str, bytes] = field(repr=False)


def vault_of(settings: Settings) -> Vault:
    """The vault of an installation; made where there is none yet. Raises Invalid for a URL that is none."""
    secrets = secrets_of(settings)
    wrapping = {}
    for secret in secrets:
        key = HKDF(SHA256(), 32, salt=None, info=b"vonk vault").derive(secret)
        wrapping[hashlib.sha256(b"vonk key name" + key).hexdigest()[:16]] = key
    return Vault(_opened(settings.keys_url), next(iter(wrapping)), wrapping)


@cache
def _opened(url: str) -> Engine:
    """One engine for each vault and process."""
    parsed = engine_for(url, "VONK_VAULT_URL")
    if parsed.dialect.name == "sqlite":
        file = Path(str(make_url(url).database))
        file.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))  # for this account alone, from the beginning
    if revision_of(parsed) != VAULT.newest:
        migrate(parsed, history=VAULT)
    return parsed
