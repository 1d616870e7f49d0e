"""What a body may be: its media type, and JSON that means one thing; `api.http.routing` reads bodies through here.

Refused, naming the field: what is no JSON (RFC 8259) in UTF-8, the same key twice, NaN and infinity, whole numbers that
do not fit in 64 bits, text with NUL or half a surrogate pair, and what is nested too deeply.
"""

import json
import math
from collections.abc import Sequence
from typing import Any

from fastapi import Request
from starlette.datastructures import Headers

from api.http.input_words import field_of
from api.http.kinds import HttpProblem, bad_input

JSON, MERGE_PATCH = "application/json", "application/merge-patch+json"
MULTIPART, FORM = "multipart/form-data", "application/x-www-form-urlencoded"
DEEPEST = 32
_DIGITS = 21  # with a sign more than any number of 64 bits has


class StrictRequest(Request):
    """A request whose JSON is read by `parsed`."""

    async def json(self) -> Any:
        """The body. Raises HttpProblem (`bad_input`)."""
        if not hasattr(self, "_json"):
            self._json = parsed(await self.body())
        return self._json


def require_media_type(headers: Headers, accepted: Sequence[str]) -> None:
    """Raise HttpProblem (`body.media_type`) where there is a body, and it is not said to be of an accepted type."""
    if headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers:
        return
    media_type, _, parameters = headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    wrong_charset = "charset=" in parameters.lower() and charset not in ("utf-8", "utf8")
    if media_type.strip().lower() not in accepted or wrong_charset:
        raise HttpProblem("body.media_type", headers={"Accept": ", ".join(accepted)}, accepted=list(accepted))


def parsed(body: bytes) -> Any:
    """The value that a body of JSON holds. Raises HttpProblem (`bad_input`) with every field that cannot be."""
    try:
        value = json.loads(
            body.decode("utf-8"), parse_int=_whole, parse_constant=_no_number, object_pairs_hook=_each_key_once
        )
    except UnicodeDecodeError:
        raise bad_input("body", "not_utf8") from None
    except RecursionError:
        raise bad_input("body", "too_deep", deepest=DEEPEST) from None
    except json.JSONDecodeError as error:
        raise bad_input("body", "json_invalid", at=error.pos + 1) from None
    _require_plain(value)
    return value


def text_fault(text: str) -> str | None:
    """Why a text cannot be kept; None where it can."""
    if "\0" in text:
        return "nul"
    return "string_unicode" if any("\ud800" <= letter <= "\udfff" for letter in text) else None


def _require_plain(value: Any) -> None:
    left: list[tuple[Any, tuple[int | str, ...]]] = [(value, ("body",))]
    while left:
        one, path = left.pop()
        if len(path) > DEEPEST:
            raise bad_input("body", "too_deep", deepest=DEEPEST)
        if isinstance(one, dict):
            for key, inner in one.items():
                if text_fault(key):
                    raise bad_input(field_of(path), "invalid_key")
                left.append((inner, (*path, key)))
        elif isinstance(one, list):
            left += [(inner, (*path, number)) for number, inner in enumerate(one)]
        elif isinstance(one, str):
            if fault := text_fault(one):
                raise bad_input(field_of(path), fault)
        elif isinstance(one, float):
            if not math.isfinite(one):
                raise bad_input(field_of(path), "finite_number")
        elif isinstance(one, int) and not -(2**63) <= one < 2**63:
            raise bad_input(field_of(path), "int_parsing_size")


def _whole(digits: str) -> int:
    """A whole number; one with more digits than fit is cut to one that is noticed as too large."""
    return int(digits[:_DIGITS])


def _no_number(_name: str) -> float:
    return math.inf  # NaN and Infinity are no JSON; noticed where the field is known


def _each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for number, key in enumerate(keys) if key in keys[:number])
        raise bad_input(field_of((twice,)), "key_twice")
    return values
