"""In which language somebody is answered: `?language=` where a page has it, else what she chose for her account (kept
in a cookie), else Accept-Language, else Dutch.
"""

from fastapi import Request

from api.cookies import LANGUAGE, read_cookie
from api.wording import DUTCH, LOCALES

PARAMETER = "language"


def language_of(request: Request) -> str:
    """The language of the answer to a request: one of LOCALES."""
    return asked_language(request) or _chosen(request) or preferred(request.headers.get("accept-language", ""))


def asked_language(request: Request) -> str | None:
    """The language that the address asks for; None where it asks for none that Vonk has."""
    asked = request.query_params.get(PARAMETER)
    return asked if asked in LOCALES else None


def _chosen(request: Request) -> str | None:
    chosen = read_cookie(request, LANGUAGE)
    return chosen if chosen in LOCALES else None


def preferred(header: str) -> str:
    """The best of LOCALES by an Accept-Language header (RFC 9110, 12.5.4); Dutch where it names none of them."""
    best, most = DUTCH, 0.0
    for part in header.split(","):
        tag, _, weight = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight else 1.0
        except ValueError:
            continue
        if language == "*":
            language = DUTCH
        if language in LOCALES and most < quality <= 1:
            best, most = language, quality
    return best
