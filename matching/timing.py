"""What is counted of the work in this process, for `/metrics`; whoever does the work counts it here."""

from prometheus_client import Counter, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

RANKING_SECONDS = Histogram(
    "vonk_ranking_seconds", "Time that a ranking of people for a vacancy took.", buckets=_SECONDS
)
DATABASE_ERRORS = Counter(
    "vonk_database_errors_total", "Errors of the database that a request met, by kind.", labelnames=("kind",)
)
