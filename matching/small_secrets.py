"""Small secrets at rest, sealed under keys of their own purpose that follow from the installation's secret."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from matching.errors import VonkError
from matching.settings import Settings, secret_of

_NONCE_BYTES = 12


def seal(settings: Settings, purpose: str, plain: bytes, bound_to: str = "") -> bytes:
    """Sealed so that only this installation can open it, for this purpose and bound to this (an id) alone."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_key(settings, purpose)).encrypt(nonce, plain, bound_to.encode())


def unseal(settings: Settings, purpose: str, sealed: bytes, bound_to: str = "") -> bytes:
    """What was sealed. Raises VonkError (`sealed.broken`) where it was changed, or made elsewhere or otherwise."""
    try:
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        return AESGCM(_key(settings, purpose)).decrypt(nonce, rest, bound_to.encode())
    except (InvalidTag, ValueError):
        raise VonkError("sealed.broken") from None


def keyed_hash(settings: Settings, purpose: str, *parts: str) -> str:
    """A hash that only this installation can make: it tells nothing of a short or guessable text."""
    return hmac.new(_key(settings, purpose), "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def _key(settings: Settings, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"vonk " + purpose.encode()).derive(secret_of(settings))
