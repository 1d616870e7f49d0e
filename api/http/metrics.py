"""What Prometheus may know of a server: counts and times by template, never an id or an address; for `/metrics`."""

from collections.abc import Iterable

from prometheus_client import REGISTRY, CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from api.dependencies import Service

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

REQUEST_SECONDS = Histogram(
    "vonk_http_request_seconds",
    "Time until the last byte of an answer was sent; its count is that of the requests.",
    labelnames=("method", "route", "status"),
    buckets=_SECONDS,
)
IN_FLIGHT = Gauge("vonk_http_requests_in_flight", "Requests that are being answered.")


class _OfService(Collector):
    """What a service holds, looked up when it is asked."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> Iterable[Metric]:
        """The gauges of this moment."""
        keeper = self._service.keeper
        yield GaugeMetricFamily("vonk_pool_candidates", "People in the pool in memory.", len(keeper.held.pool))
        yield GaugeMetricFamily("vonk_pool_vacancies", "Vacancies in the pool in memory.", len(keeper.held.vacancies))
        yield GaugeMetricFamily(
            "vonk_pool_behind_seconds", "How long ago the pool was certain to hold all.", keeper.behind_seconds
        )
        yield GaugeMetricFamily("vonk_stopping", "1 while the server stops.", float(self._service.stopping.is_set()))


def exposition(service: Service) -> bytes:
    """Everything, in the text format of Prometheus."""
    own = CollectorRegistry(auto_describe=False)
    own.register(_OfService(service))
    return generate_latest(REGISTRY) + generate_latest(own)
