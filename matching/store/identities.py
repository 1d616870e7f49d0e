"""Who a candidate is: sealed with AES-256-GCM under a key derived from the installation's secret.

The seal is bound to the candidate's id, so that one person's data cannot be put under another's.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, insert, select
from sqlmodel import Session

from matching.errors import NotFound, VonkError
from matching.settings import Settings, secret_of
from matching.tables import metadata

IDENTITIES = metadata.tables["identities"]
_NONCE_BYTES = 12


@dataclass(frozen=True)
class Identity:
    """Name and contact data; none of it shows when the object is printed."""

    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)


def put_identity(session: Session, settings: Settings, candidate_id: str, identity: Identity) -> None:
    """Keep who a candidate is, in place of what was kept. Raises NotFound (`candidate.unknown`)."""
    key, key_id = _key(settings)
    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps(asdict(identity), ensure_ascii=False).encode()
    sealed = nonce + AESGCM(key).encrypt(nonce, plain, candidate_id.encode())
    connection = session.connection()
    candidates = metadata.tables["candidates"].c
    if connection.scalar(select(candidates.id).where(candidates.id == candidate_id)) is None:
        raise NotFound("candidate.unknown", id=candidate_id)
    connection.execute(delete(IDENTITIES).where(IDENTITIES.c.candidate_id == candidate_id))
    connection.execute(insert(IDENTITIES), {"candidate_id": candidate_id, "sealed": sealed, "key_id": key_id})


def get_identity(session: Session, settings: Settings, candidate_id: str) -> Identity:
    """Who a candidate is.

    Raises NotFound (`identity.unknown`) when nothing is kept, and VonkError: `identity.other_key` when it was sealed
    with another secret, `identity.broken` when it was tampered with.
    """
    columns = IDENTITIES.c
    row = (
        session.connection()
        .execute(select(columns.sealed, columns.key_id).where(columns.candidate_id == candidate_id))
        .one_or_none()
    )
    if row is None:
        raise NotFound("identity.unknown", id=candidate_id)
    key, key_id = _key(settings)
    if row.key_id != key_id:
        raise VonkError("identity.other_key", id=candidate_id)
    try:
        plain = AESGCM(key).decrypt(row.sealed[:_NONCE_BYTES], row.sealed[_NONCE_BYTES:], candidate_id.encode())
    except InvalidTag as error:
        raise VonkError("identity.broken", id=candidate_id) from error
    return Identity(**json.loads(plain))


def _key(settings: Settings) -> tuple[bytes, str]:
    """The sealing key, and a name for it from which the key does not follow."""
    key = HKDF(SHA256(), 32, salt=None, info=b"vonk identities").derive(secret_of(settings))
    return key, hashlib.sha256(b"vonk key name" + key).hexdigest()[:16]
