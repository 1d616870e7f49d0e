"""Whether free words tell who somebody is, or what nobody may ask; for what an employer gets to read of a person."""

import re
from collections.abc import Iterable

from matching.exchange.words import plain
from matching.reading.private import hidden

_POSTCODE = re.compile(r"\b[1-9]\d{3}\s?[A-Za-z]{2}\b")
_ELSEWHERE = re.compile(r"https?://|www\.|(?<!\w)@\w|\b\w+\.(?:nl|com|be|eu|org)\b", re.IGNORECASE)
_LEAST_OF_A_NAME = 3  # letters; shorter words of a name are "van" and the like


def why_identifying(text: str, names: Iterable[str] = ()) -> str | None:
    """Why a text may not be shown to who does not know her yet; None where it may.

    One of "name", "contact", "postcode", "sensitive", "life" (age, origin, family). `names`: how she is called.
    """
    words = set(re.findall(r"[a-z0-9]+", plain(text)))
    hers = {part for name in names for part in re.findall(r"[a-z0-9]+", plain(name)) if len(part) >= _LEAST_OF_A_NAME}
    if words & hers:
        return "name"
    if _POSTCODE.search(text):
        return "postcode"
    if _ELSEWHERE.search(text):
        return "contact"
    kinds = hidden(text, about_a_person=True)[1]
    return next((_REASONS.get(kind, "life") for kind in kinds), None)


_REASONS = {
    "name": "name",
    "email": "contact",
    "phone": "contact",
    "address": "contact",
    "bsn": "contact",
    "sensitive": "sensitive",
}
