"""Who a candidate is: sealed under her own key (`matching.vault`), so that no copy can be read once she is erased.

What an earlier version sealed under a key of the installation is still read, and sealed anew when it is written or by
`reseal_identities`.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from matching.errors import NotFound, VonkError
from matching.sealing import unseal
from matching.settings import Settings, secrets_of
from matching.store.restricted import RESTRICTED
from matching.tables import metadata
from matching.vault import open_for, seal_for, who_has_a_key

IDENTITIES = metadata.tables["identities"]
PURPOSE = "identity"
PERSONAL = "person"  # in the column for the name of the key: her own one, in the vault


@dataclass(frozen=True)
class Identity:
    """Name and contact data; none of it shows when the object is printed."""

    name: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    address: str | None = field(default=None, repr=False)


def put_identity(session: Session, settings: Settings, candidate_id: str, identity: Identity) -> None:
    """Keep who a candidate is, in place of what was kept. Raises NotFound (`candidate.unknown`)."""
    connection = session.connection()
    candidates = metadata.tables["candidates"].c
    if connection.scalar(select(candidates.id).where(candidates.id == candidate_id)) is None:
        raise NotFound("candidate.unknown", id=candidate_id)
    plain = json.dumps(asdict(identity), ensure_ascii=False).encode()
    sealed = seal_for(settings, candidate_id, plain, PURPOSE)
    connection.execute(delete(IDENTITIES).where(IDENTITIES.c.candidate_id == candidate_id))
    connection.execute(insert(IDENTITIES), {"candidate_id": candidate_id, "sealed": sealed, "key_id": PERSONAL})


def get_identity(session: Session, settings: Settings, candidate_id: str) -> Identity:
    """Who a candidate is.

    Raises NotFound (`identity.unknown`) when nothing is kept, and VonkError: `identity.no_key` when the vault has no
    key of hers, `identity.other_key` when it was sealed with another secret, `identity.broken` when it was tampered
    with.
    """
    columns = IDENTITIES.c
    row = (
        session.connection()
        .execute(select(columns.sealed, columns.key_id).where(columns.candidate_id == candidate_id))
        .one_or_none()
    )
    if row is None:
        raise NotFound("identity.unknown", id=candidate_id)
    if row.key_id != PERSONAL:
        return Identity(**json.loads(_open_old(settings, candidate_id, row.sealed, row.key_id)))
    try:
        plain = open_for(settings, candidate_id, row.sealed, PURPOSE)
    except VonkError as error:
        match error.code:
            case "vault.no_key":
                raise VonkError("identity.no_key", id=candidate_id) from None
            case "vault.other_secret":
                raise VonkError("identity.other_key", id=candidate_id) from None
            case _:
                raise VonkError("identity.broken", id=candidate_id) from None
    return Identity(**json.loads(plain))


def reseal_identities(session: Session, settings: Settings, most: int) -> int:
    """Seal at most so many identities of an earlier version under the key of their person; how many that were.

    Raises VonkError as `get_identity` does.
    """
    connection, columns = session.connection(), IDENTITIES.c
    old = select(IDENTITIES).where(columns.key_id != PERSONAL).order_by(columns.candidate_id).limit(most)
    rows = connection.execute(old.with_for_update()).all()
    for row in rows:
        plain = _open_old(settings, row.candidate_id, row.sealed, row.key_id)
        sealed = seal_for(settings, row.candidate_id, plain, PURPOSE)
        connection.execute(
            update(IDENTITIES).where(columns.candidate_id == row.candidate_id).values(sealed=sealed, key_id=PERSONAL)
        )
    return len(rows)


def without_key(session: Session, settings: Settings) -> int:
    """Of how many people something is kept that nobody can open, since the vault has no key of theirs."""
    named = select(IDENTITIES.c.candidate_id).where(IDENTITIES.c.key_id == PERSONAL)
    ids = session.connection().scalars(named.union(select(RESTRICTED.c.candidate_id))).all()
    return len(ids) - len(who_has_a_key(settings, ids))


def _open_old(settings: Settings, candidate_id: str, sealed: bytes, key_id: str) -> bytes:
    for secret in secrets_of(settings):
        key = HKDF(SHA256(), 32, salt=None, info=b"vonk identities").derive(secret)
        if hashlib.sha256(b"vonk key name" + key).hexdigest()[:16] != key_id:
            continue
        plain = unseal(key, sealed, candidate_id.encode())
        if plain is None:
            raise VonkError("identity.broken", id=candidate_id)
        return plain
    raise VonkError("identity.other_key", id=candidate_id)
