"""Figures in Prometheus' text format.

Those of jobs come from the database, so that any server answers for the whole system; those of HTTP
requests are of this server alone.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from typing import Final

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.request_notes import method_of, route_of
from workers.database import Database
from workers.job_census import JobCensus
from workers.job_figures import Figure, FigureTable, cumulative
from workers.presence import Presence
from workers.states import FINAL_STATES
from workers.webhook_deliveries import DeliveryTable

HTTP_BOUNDS: Final = (0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Metrics:
    """The figures of one server."""

    def __init__(self, database: Database) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_JobCollector(database))
        self._requests = Histogram(
            "docspade_http_request_seconds",
            "Time from a request to the beginning of its answer, on this server",
            ["method", "route", "status"],
            buckets=HTTP_BOUNDS,
            registry=self._registry,
        )

    def note_request(self, scope: Scope, status: int, seconds: float) -> None:
        """Count an answered request."""
        self._requests.labels(method_of(scope), route_of(scope), str(status)).observe(seconds)

    def text(self) -> bytes:
        """All figures. Raises TransientError while the database is busy."""
        return generate_latest(self._registry)


class RequestMeter:
    """ASGI middleware: notes each request's route, status, and time until its answer begins."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI wants it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start = time.monotonic()

        async def noting_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                seconds = time.monotonic() - start
                self._metrics.note_request(scope, int(message["status"]), seconds)
            await send(message)

        await self._app(scope, receive, noting_send)


class _JobCollector(Collector):
    def __init__(self, database: Database) -> None:
        self._census = JobCensus(database)
        self._figures = FigureTable(database)
        self._presence = Presence(database)
        self._deliveries = DeliveryTable(database)

    def describe(self) -> list[Metric]:
        """Nothing: else the figures would be collected when the server starts."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The figures of jobs, workers and webhooks, read now."""
        yield from self._now()
        figures = self._figures.all()
        yield _counter(
            "docspade_jobs_finished",
            "Jobs done, by their state",
            "state",
            [
                *(Figure("finished", state, "", 0, 0.0) for state in sorted(FINAL_STATES)),
                *(figure for figure in figures if figure.kind == "finished"),
            ],
        )
        failures = [figure for figure in figures if figure.kind == "failure"]
        yield _counter(
            "docspade_job_failures", "Failed jobs, by the error's code", "code", failures
        )
        yield _stages([figure for figure in figures if figure.kind == "stage"])

    def _now(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("docspade_jobs_waiting", "Jobs that wait", labels=["lane"])
        running = GaugeMetricFamily("docspade_jobs_running", "Jobs that run", labels=["lane"])
        oldest = GaugeMetricFamily(
            "docspade_oldest_waiting_job_seconds", "Age of the oldest waiting job", labels=["lane"]
        )
        for lane in self._census.by_lane():
            waiting.add_metric([lane.lane], lane.n_waiting)
            running.add_metric([lane.lane], lane.n_running)
            oldest.add_metric([lane.lane], lane.oldest_seconds)
        yield from (waiting, running, oldest)
        n_alive, n_undelivered = self._presence.n_alive(), self._deliveries.n_waiting()
        yield GaugeMetricFamily("docspade_workers_alive", "Workers heard of lately", value=n_alive)
        yield GaugeMetricFamily(
            "docspade_webhook_deliveries_waiting",
            "Deliveries still to be made",
            value=n_undelivered,
        )


def _counter(name: str, text: str, label: str, figures: list[Figure]) -> CounterMetricFamily:
    counts: dict[str, int] = {}
    for figure in figures:
        counts[figure.label] = counts.get(figure.label, 0) + figure.n
    family = CounterMetricFamily(name, text, labels=[label])
    for value, n_jobs in counts.items():
        family.add_metric([value], n_jobs)
    return family


def _stages(figures: list[Figure]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(
        "docspade_stage_seconds", "Time that each stage took of a document", labels=["stage"]
    )
    in_order = sorted(figures, key=lambda figure: figure.label)
    for stage, group in itertools.groupby(in_order, key=lambda figure: figure.label):
        of_stage = list(group)
        total = sum(figure.total_seconds for figure in of_stage)
        family.add_metric([stage], buckets=cumulative(of_stage), sum_value=total)
    return family
