"""The cookies of Vonk, all of them needed for what they do; for the ways in and for the language.

In production every name begins with `__Host-`: the browser then takes it over https alone, from this host alone, and no
neighbouring host can put one in its place. In development there is no https, and no prefix.
"""

from fastapi import Request, Response

from matching.settings import Settings

SESSION = "vonk_session"  # who is signed in
BROWSER = "vonk_browser"  # where an account signed in before (`matching.attempts`)
LANGUAGE = "vonk_language"  # in which she reads
PROVIDER = "vonk_provider"  # what goes on with another provider, for some minutes
A_YEAR = 365 * 24 * 3600


def read_cookie(request: Request, name: str) -> str | None:
    """What a browser gave back under a name; None for nothing."""
    return request.cookies.get(_name(_settings(request), name)) or None


def set_cookie(request: Request, response: Response, name: str, value: str, *, seconds: int | None = None) -> None:
    """Let a browser keep something, for so many seconds or until it closes."""
    settings = _settings(request)
    response.set_cookie(
        _name(settings, name),
        value,
        max_age=seconds,
        path="/",
        secure=settings.env == "production",
        httponly=True,
        samesite="lax",
    )


def drop_cookie(request: Request, response: Response, name: str) -> None:
    """Let a browser forget something."""
    set_cookie(request, response, name, "", seconds=0)


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.service.settings
    return settings


def _name(settings: Settings, name: str) -> str:
    return f"__Host-{name}" if settings.env == "production" else name
