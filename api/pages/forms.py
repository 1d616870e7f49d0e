"""What the pages with forms share: where to go next, and from where somebody comes; for their routes."""

from typing import Annotated

from fastapi import Form, Query, Request

from matching.passwords import LENGTH_MAX

PATH_LENGTH = 1_000

Next = Annotated[str, Query(alias="next", max_length=PATH_LENGTH)]
NextField = Annotated[str, Form(alias="next", max_length=PATH_LENGTH)]
Password = Annotated[str, Form(max_length=LENGTH_MAX + 1)]
Email = Annotated[str, Form(max_length=254)]
Code = Annotated[str, Form(max_length=40)]


def local_path(asked: str) -> str | None:
    """A path on this server to go to; None for anything that could lead elsewhere."""
    odd = "\\" in asked or any(not letter.isprintable() or letter.isspace() for letter in asked)
    return asked if asked.startswith("/") and not asked.startswith("//") and not odd else None


def address_of(request: Request) -> str:
    """From which address it comes, for counting wrong attempts."""
    return request.client.host if request.client else "unknown"
