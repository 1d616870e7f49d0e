"""The vault: each person's own random key, and who was erased; in a database apart from all others and their backups.

What must be gone for good when a person is erased is sealed under her key (`seal_for`, `open_for`; for many people at
once `seal_many`, `open_many`): without it, every copy of it in every backup is noise. `destroy` takes the key and
leaves a tombstone, an id and a day, by which `matching.rights` erases her again when an old backup brings her back.

Keys lie wrapped under a key derived from VONK_SECRET_KEY. `rotate` wraps them anew under another secret while
everything runs: give VONK_SECRET_KEY the new secret and VONK_SECRET_KEY_OLD the old one, rotate, take the old one away.
Where several servers restart one by one, first let each accept both (the new one as VONK_SECRET_KEY_OLD), then swap.

Keep copies of the vault apart from backups of the database, few and not old: a copy brings back the keys of people who
were erased after it was made. They are destroyed again at the next start, going by the record in the database.
"""

from matching.vault.keys import (
    Opened,
    Rotated,
    destroy,
    forget_keys_of_nobody,
    n_keys,
    open_for,
    open_many,
    rotate,
    seal_for,
    seal_many,
    tombstones,
    who_has_a_key,
)
from matching.vault.opening import VAULT, Vault, vault_of

__all__ = [
    "VAULT",
    "Opened",
    "Rotated",
    "Vault",
    "destroy",
    "forget_keys_of_nobody",
    "n_keys",
    "open_for",
    "open_many",
    "rotate",
    "seal_for",
    "seal_many",
    "tombstones",
    "vault_of",
    "who_has_a_key",
]
