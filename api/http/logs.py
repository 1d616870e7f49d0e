"""Logs: a line of JSON (or text) for each event on standard error, without anything of anybody; for `api.commands`.

A request is one line: method, template of its path, status, milliseconds, request id, and whether an account acted or
nobody. No path, query, header, body, address or account: who looked at whom is for the record, which has the request
id too. What libraries log is cut down to what they are known to keep free of values: of those not named here only who
said something, how bad it was and where in the code; of an error its kind and the places, never its text.
"""

import logging
import sys
import traceback
from typing import Any, TextIO

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor

from matching.settings import Settings
from matching.under_way import REQUEST_ID

REQUESTS = "vonk.requests"
_OURS = ("vonk", "api", "matching", "scoring", "fixtures")
_KNOWN_TO_TELL_NOTHING = ("uvicorn",)  # starting, stopping, requests that are no HTTP
_PLACES = 5


def set_up(settings: Settings, stream: TextIO | None = None) -> None:
    """Bring every log of this process under these rules."""
    production = settings.env == "production"
    level = settings.log_level or ("info" if production else "warning")
    shape = settings.log_format or ("json" if production else "text")
    renderer: Processor = (
        structlog.processors.JSONRenderer() if shape == "json" else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_discreet],
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                _with_ids,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        if getattr(old, "is_of_vonk", False):
            root.removeHandler(old)
    handler.is_of_vonk = True  # type: ignore[attr-defined]
    root.addHandler(handler)
    root.setLevel(level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
        logger.setLevel(logging.NOTSET)
    logging.getLogger("uvicorn.access").disabled = True  # a line with path and address
    logging.captureWarnings(True)


def logger_of(name: str) -> Any:
    """A logger for events with values, which go through the logging of the standard library."""
    return structlog.wrap_logger(
        logging.getLogger(name),
        wrapper_class=structlog.stdlib.BoundLogger,
        processors=[structlog.stdlib.filter_by_level, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    )


def _with_ids(_logger: Any, _method: str, event: EventDict) -> EventDict:
    if request := REQUEST_ID.get():
        event["request_id"] = request
    span = trace.get_current_span().get_span_context()
    if span.is_valid:
        event["trace_id"] = f"{span.trace_id:032x}"
    return event


def _discreet(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """An event of the standard library's logging: with its words only where they are known to hold no values."""
    record: logging.LogRecord = event["_record"]
    package = record.name.partition(".")[0]
    event["logger"] = record.name
    if package not in (*_OURS, *_KNOWN_TO_TELL_NOTHING):
        event["event"] = f"said at {record.module}:{record.lineno}"
    error = record.exc_info[1] if record.exc_info else None
    record.exc_info, record.exc_text, record.stack_info = None, None, None
    event.pop("exc_info", None)
    event.pop("stack_info", None)
    if error is not None:
        event["error"] = type(error).__name__
        event["places"] = [f"{one.filename}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)][
            -_PLACES:
        ]
    return event
