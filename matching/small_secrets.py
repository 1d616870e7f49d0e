"""Small secrets at rest, sealed under keys of their own purpose that follow from the installation's secret."""

import hashlib
import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from matching import sealing
from matching.errors import VonkError
from matching.settings import Settings, secret_of, secrets_of


def seal(settings: Settings, purpose: str, plain: bytes, bound_to: str = "") -> bytes:
    """Sealed so that only this installation can open it, for this purpose and bound to this (an id) alone."""
    return sealing.seal(_key(secret_of(settings), purpose), plain, bound_to.encode())


def unseal(settings: Settings, purpose: str, sealed: bytes, bound_to: str = "") -> bytes:
    """What was sealed. Raises VonkError (`sealed.broken`) where it was changed, or made elsewhere or otherwise."""
    for secret in secrets_of(settings):
        plain = sealing.unseal(_key(secret, purpose), sealed, bound_to.encode())
        if plain is not None:
            return plain
    raise VonkError("sealed.broken")


def resealed(settings: Settings, purpose: str, sealed: bytes, bound_to: str = "") -> bytes | None:
    """The same under the secret in force; None where it is that already. Raises VonkError as `unseal` does."""
    if sealing.unseal(_key(secret_of(settings), purpose), sealed, bound_to.encode()) is not None:
        return None
    return seal(settings, purpose, unseal(settings, purpose, sealed, bound_to), bound_to)


def keyed_hash(settings: Settings, purpose: str, *parts: str) -> str:
    """A hash that only this installation can make: it tells nothing of a short or guessable text."""
    return hmac.new(_key(secret_of(settings), purpose), "\0".join(parts).encode(), hashlib.sha256).hexdigest()


def _key(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"vonk " + purpose.encode()).derive(secret)
