"""Traces by OpenTelemetry, where a setting says where they go; ASGI middleware, for `api.app`.

One span for a request, named by the template of its path. FastAPI's own tracing stays off: it writes down paths and
queries. Only `traceparent` and `tracestate` are taken over from the client (W3C Trace Context), and no baggage.
"""

from fastapi import FastAPI
from opentelemetry.trace import SpanKind, StatusCode, Tracer, TracerProvider
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.routing import Directory
from matching.errors import Refused
from matching.settings import Settings

_SERVICE = "vonk"


def provider_of(settings: Settings) -> TracerProvider | None:
    """What sends traces to where the settings say; None where they say nothing.

    Raises Refused (`telemetry.not_installed`) where the extra `telemetry` is missing.
    """
    if not settings.telemetry_url:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider as Provider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise Refused("telemetry.not_installed", "VONK_TELEMETRY_URL") from error
    provider = Provider(resource=Resource.create({"service.name": _SERVICE}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(settings.telemetry_url)))
    return provider


class Traced:
    """A span around every request."""

    def __init__(self, app: ASGIApp, serves: FastAPI, provider: TracerProvider) -> None:
        self._app = app
        self._directory: Directory = serves.state.directory
        self._tracer: Tracer = provider.get_tracer(_SERVICE)
        self._propagator = TraceContextTextMapPropagator()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; what is not HTTP passes through."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        carrier = {name: headers[name] for name in ("traceparent", "tracestate") if name in headers}
        parent = self._propagator.extract(carrier)
        with self._tracer.start_as_current_span(
            "request", context=parent, kind=SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:

            async def send_noted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= 500:
                        span.set_status(StatusCode.ERROR)
                await send(message)

            await self._app(scope, receive, send_noted)
            route = self._directory.template(scope.get("endpoint"))
            span.update_name(f"{scope['method']} {route}")
            span.set_attribute("http.request.method", scope["method"])
            span.set_attribute("http.route", route)
