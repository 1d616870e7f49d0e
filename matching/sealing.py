"""Sealing with AES-256-GCM, under keys from the installation's secret; for what must not be read elsewhere."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from matching.settings import Settings, secret_of

_NONCE_BYTES = 12


def derived_key(settings: Settings, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose; from one key no other follows."""
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(secret_of(settings))


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
