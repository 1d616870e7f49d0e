"""Sealing with AES-256-GCM, for what must not be read elsewhere: under a given key, or under the installation's secret.

Keys from the secret are of one purpose each. What was sealed under the secret before the one in force opens too, for
as long as VONK_SECRET_KEY_OLD names it.
"""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from matching.errors import VonkError
from matching.settings import Settings, secret_of, secrets_of

_NONCE_BYTES = 12


def derived_key(settings: Settings, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose, from the secret in force; from one key no other follows."""
    return _derived(secret_of(settings), purpose)


def seal(key: bytes, plain: bytes, bound_to: bytes) -> bytes:
    """Seal so that only who has the key, and names the same thing that it is bound to, can read it."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound_to)


def unseal(key: bytes, sealed: bytes, bound_to: bytes) -> bytes | None:
    """What was sealed; None where it was not sealed with this key, is bound to something else or was tampered with."""
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):
        return None


def seal_here(settings: Settings, purpose: str, plain: bytes, bound_to: str = "") -> bytes:
    """Seal so that only this installation can open it, for this purpose and bound to this (an id) alone."""
    return seal(_key(secret_of(settings), purpose), plain, bound_to.encode())


def unseal_here(settings: Settings, purpose: str, sealed: bytes, bound_to: str = "") -> bytes:
    """What `seal_here` sealed. Raises VonkError (`sealed.broken`) where it was changed, or made elsewhere."""
    for secret in secrets_of(settings):
        plain = unseal(_key(secret, purpose), sealed, bound_to.encode())
        if plain is not None:
            return plain
    raise VonkError("sealed.broken")


def resealed_here(settings: Settings, purpose: str, sealed: bytes, bound_to: str = "") -> bytes | None:
    """The same under the secret in force; None where it is that already. Raises VonkError as `unseal_here` does."""
    if unseal(_key(secret_of(settings), purpose), sealed, bound_to.encode()) is not None:
        return None
    return seal_here(settings, purpose, unseal_here(settings, purpose, sealed, bound_to), bound_to)


def keyed_hash(settings: Settings, purpose: str, *parts: str) -> str:
    """A hash that only this installation can make: it tells nothing of a short or guessable text."""
    return hmac.new(_key(secret_of(settings), purpose), "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def _key(secret: bytes, purpose: str) -> bytes:
    return _derived(secret, b"vonk " + purpose.encode())


def _derived(secret: bytes, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=info).derive(secret)
