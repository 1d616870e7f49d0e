"""Passwords: what is good enough, the hash that is kept, and whether one is right; for who signs people in.

Hashing takes a good part of a tenth of a second and 64 MB on purpose: never on the event loop, only some at once, and
at sign-in, where strangers come, outside any transaction.
"""

import re
from functools import cache
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from zxcvbn import zxcvbn

from matching.errors import Invalid

LENGTH_MIN, LENGTH_MAX = 12, 200
_GUESSABLE = (
    "vonk",
    "welkom",
    "wachtwoord",
    "geheim",
    "banenafspraak",
    "werkgever",
    "jobcoach",
    "adviseur",
    "kandidaat",
)
_SCORE_MIN = 3  # of 4: some 10 ** 8 guesses and more
_LENGTH_WEIGHED = 72
_OWN_LETTERS_MIN = 8  # beside her own name and address
_AT_ONCE = BoundedSemaphore(4)


def check_password(password: str, *about_her: str | None) -> None:
    """Raise Invalid (`password.weak`) for one that is too short, too long or easy to guess, also from her own data."""
    if len(password) < LENGTH_MIN:
        raise Invalid("password.weak", "password", reason="password_short", least=LENGTH_MIN)
    if len(password) > LENGTH_MAX:
        raise Invalid("password.weak", "password", reason="password_long", most=LENGTH_MAX)
    known = {part.lower() for text in about_her if text for part in (text, *re.findall(r"\w{3,}", text))}
    rest = password.lower()
    for part in sorted(known, key=len, reverse=True):
        rest = rest.replace(part, "")
    weighed = zxcvbn(password[:_LENGTH_WEIGHED], [*_GUESSABLE, *known])
    if len(rest) < _OWN_LETTERS_MIN or weighed["score"] < _SCORE_MIN:
        raise Invalid("password.weak", "password", reason="password_common")


def hash_password(password: str) -> str:
    """What is kept of a password (argon2id)."""
    with _AT_ONCE:
        return _hasher().hash(password)


def verify_password(password: str, kept: str | None) -> bool:
    """Whether a password is right; where there is none to compare with, as much time passes before it is not."""
    with _AT_ONCE:
        right = _hasher().verify(password[: LENGTH_MAX + 1], kept or _of_nobody())
    return right and kept is not None


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _of_nobody() -> str:
    return _hasher().hash("nobody has this password")
