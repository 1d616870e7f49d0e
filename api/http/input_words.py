"""What pydantic finds wrong with input becomes fields and reasons that have words; `api.problems` calls this."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from matching.errors import FieldProblem

_OWN = (
    "date_from_datetime_inexact date_future date_past datetime_future datetime_past decimal_max_digits "
    "decimal_max_places decimal_whole_digits extra_forbidden finite_number greater_than greater_than_equal "
    "int_parsing_size invalid_key json_invalid less_than less_than_equal missing multiple_of none_required "
    "string_not_ascii string_pattern_mismatch string_too_long string_too_short string_unicode timezone_aware "
    "timezone_naive timezone_offset too_long too_short url_scheme uuid_version value_error"
)
_ALIKE = {
    "choice": "enum literal_error union_tag_invalid union_tag_not_found",
    "object": "model_type model_attributes_type dataclass_type dataclass_exact_type dict_type frozen_dict_type "
    "ordered_dict_type counter_type mapping_type named_tuple_type arguments_type",
    "list": "list_type deque_type tuple_type set_type frozen_set_type iterable_type iteration_error",
    "yes_no": "bool_type bool_parsing",
    "int_parsing": "int_type int_parsing int_from_float",
    "number": "float_type float_parsing decimal_type decimal_parsing fraction_type fraction_parsing complex_type "
    "complex_str_parsing",
    "text": "string_type bytes_type bytes_invalid_encoding",
    "string_too_short": "bytes_too_short",
    "string_too_long": "bytes_too_long url_too_long",
    "date": "date_type date_parsing date_from_datetime_parsing",
    "time": "time_type time_parsing",
    "moment": "datetime_type datetime_parsing datetime_object_invalid datetime_from_date_parsing",
    "duration": "time_delta_type time_delta_parsing",
    "url": "url_type url_parsing url_syntax_violation",
    "uuid": "uuid_type uuid_parsing",
    "json": "json_type",
    "missing": "missing_argument missing_keyword_only_argument missing_positional_only_argument",
    "extra_forbidden": "unexpected_keyword_argument unexpected_positional_argument multiple_argument_values",
    "too_deep": "recursion_loop recursion_depth_exceeded",
}
REASON_OF: Mapping[str, str] = {one: one for one in _OWN.split()} | {
    one: reason for reason, several in _ALIKE.items() for one in several.split()
}
# Of Python's own objects: no body, query, path or header can be wrong in these ways.
NOT_FROM_OUTSIDE = frozenset(
    [
        "no_such_attribute",
        "needs_python_object",
        "frozen_field",
        "frozen_instance",
        "get_attribute_error",
        "is_instance_of",
        "is_subclass_of",
        "callable_type",
        "default_factory_not_called",
        "set_item_not_hashable",
        "missing_sentinel_error",
        "ellipsis_error",
        "assertion_error",
    ]
)
_PATTERNS = {"^[a-z0-9_]+$": "id_pattern"}  # of which can be said in words what they allow
_WHERE = ("body", "query", "path", "header", "cookie")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_QUOTED = re.compile(r"'([^']*)'")


def field_problems(errors: Sequence[Any]) -> tuple[FieldProblem, ...]:
    """The problems that pydantic found: all of them, each with the dotted path of its field. No value is passed on."""
    return tuple(_problem(one) for one in errors)


def field_of(location: Sequence[int | str]) -> str:
    """A dotted path such as `tasks.0.text`; of a body as a whole, `body`. What cannot be a name is left out."""
    inside = location[1:] if location and location[0] in _WHERE else location
    named = [str(part) for part in inside if isinstance(part, int) or _NAME.fullmatch(part)]
    return ".".join(named) or (str(location[0]) if location else "body")


def _problem(error: Any) -> FieldProblem:
    kind, values = str(error["type"]), dict(error.get("ctx") or {})
    location: Sequence[int | str] = error["loc"]
    if kind == "json_invalid":
        at = location[-1] if isinstance(location[-1], int) else 0
        return FieldProblem("body", "json_invalid", {"at": at + 1})
    reason = REASON_OF.get(kind, kind)  # a reason of our own (PydanticCustomError) is its own word
    if reason == "choice":
        values = {"expected": _QUOTED.findall(str(values.get("expected", values.get("expected_tags", ""))))}
    if kind == "string_pattern_mismatch":
        reason, values = _PATTERNS.get(str(values["pattern"]), reason), {}
    values.pop("error", None)  # what a validator raised: its text is no sentence for people
    return FieldProblem(field_of(location), reason, values)
