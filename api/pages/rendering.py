"""A template becomes HTML in the language of who asks; for `api.routes.pages` and `api.problems`."""

from functools import partial
from pathlib import Path
from urllib.parse import urlencode

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.languages import PARAMETER, asked_language, language_of
from api.wording import LOCALES, sentence

_FOLDER = Path(__file__).parent
STATIC = _FOLDER / "static"
_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(request: Request, template: str, /, **values: object) -> str:
    """The HTML of a template. It gets `t(code, ...)` for words and `to(path, ...)` for addresses in this language.

    `made_up` says that all that is shown is made up, `is_list` that it goes by what is known now; `who` is who asks,
    where that is known.
    """
    language, asked = language_of(request), asked_language(request)
    return _TEMPLATES.get_template(template).render(
        **{"made_up": False, "is_list": False, "who": getattr(request.state, "who", None)} | values,
        language=language,
        languages=[(one, _address_in(request, one)) for one in LOCALES],
        t=partial(_words, language),
        to=partial(_address, asked),
        here=request.url.path,
    )


def _words(language: str, code: str, /, **values: object) -> str:
    return sentence(language, code, values)


def _address(asked: str | None, path: str, /, **query: object) -> str:
    """An address on this server; who chose a language by the address keeps it."""
    query = query | ({PARAMETER: asked} if asked else {})
    return f"{path}?{urlencode(query)}" if query else path


def _address_in(request: Request, language: str) -> str:
    """This same page in a language."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != PARAMETER]
    return "?" + urlencode([*kept, (PARAMETER, language)])
