"""Why a profile does not accept a value, as the reason codes of an import report; called by `drafts`."""

from collections.abc import Mapping
from typing import Any

_BY_TYPE = {
    "string_too_long": "text.too_long",
    "string_too_short": "text.empty",
    "string_type": "text.not_text",
    "too_long": "list.too_many",
    "list_type": "list.not_a_list",
    "enum": "term.not_known",
    "greater_than": "number.out_of_range",
    "greater_than_equal": "number.out_of_range",
    "less_than": "number.out_of_range",
    "less_than_equal": "number.out_of_range",
    "finite_number": "number.not_finite",
    "int_type": "number.not_understood",
    "int_parsing": "number.not_understood",
    "int_from_float": "number.not_whole",
    "float_type": "number.not_understood",
    "float_parsing": "number.not_understood",
    "bool_type": "yes_no.not_understood",
    "bool_parsing": "yes_no.not_understood",
    "date_type": "date.not_understood",
    "date_parsing": "date.not_understood",
    "date_from_datetime_parsing": "date.not_understood",
    "missing": "field.missing",
    "extra_forbidden": "field.not_known",
}
# What the rules of the profiles themselves say, by words of their messages.
_BY_MESSAGE = {
    "min is more than max": "range.min_above_max",
    "buildUpTo is less than max": "range.build_up_below_max",
    "is after valid": "range.ends_before_start",
    "is before since": "range.ends_before_start",
    "postcode": "postcode.not_understood",
    "NUL": "text.nul",
    "is not one of": "term.not_known",
    "adaptation for task": "adaptation.no_such_task",
    "value is outside expected range": "date.does_not_exist",
}


def reason_of(problem: Mapping[str, Any]) -> str:
    """The reason code of one problem of pydantic; never anything of the value itself."""
    if problem["loc"] and problem["loc"][-1] == "region" and problem["type"] == "string_pattern_mismatch":
        return "region.not_known"
    if problem["type"] in ("too_long", "too_short") and isinstance(problem["input"], str):
        return "text.too_long" if problem["type"] == "too_long" else "text.empty"
    named = (code for words, code in _BY_MESSAGE.items() if words in problem["msg"])
    return next(named, None) or _BY_TYPE.get(problem["type"], "value.not_accepted")
