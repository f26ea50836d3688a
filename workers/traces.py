"""Traces of requests and jobs, for an OpenTelemetry collector that the operator names.

Without the setting `otlp_endpoint` nothing is noted and nothing is sent. With it spans are sent by
a thread of their own, and thrown away where the collector does not answer: no request and no job
waits for it. A document's trace has the document's id, so that what the server and the workers tell
of it comes together without anything handed on between them.

Spans tell of ids, times, states and types; never of a document's text, its file's name or who sent
it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from layout.result import DocumentResult
from ocr.errors import SetupError
from workers.jobs import Job
from workers.log_context import JobContext, set_job

EXTRACTION: Final = "extract"
"""The step in which the stages run that a result gives times of."""


@dataclass(frozen=True, slots=True)
class Step:
    """A part of something traced, nanoseconds since 1970."""

    name: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class RequestTrace:
    """An answered request.

    Attributes:
        method: of HTTP.
        route: its template, without what a client filled in.
        status: of the answer; None where the client went away before.
        start_ns: when it came, nanoseconds since 1970.
        end_ns: when its answer had gone.
        document_id: of the document that it is about, None for none.
        made_document: whether it handed that document in.
    """

    method: str
    route: str
    status: int | None
    start_ns: int
    end_ns: int
    document_id: str | None = None
    made_document: bool = False


@dataclass(slots=True)
class JobTrace:
    """What is noted of one attempt at a job while it runs.

    `stage` is what is being done, to follow "while"; `n_pages_done` the pages done before.
    Until it is closed the thread's log lines name the job.
    """

    job: Job
    start_ns: int = field(default_factory=time.time_ns)
    steps: list[Step] = field(default_factory=list)
    state: str = ""
    error_code: str | None = None
    result: DocumentResult | None = None
    stage: str = "its file was fetched"
    n_pages_done: int = 0

    def __post_init__(self) -> None:
        set_job(JobContext(self.job.job_id, self.job.tenant))

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Note how long something takes."""
        start_ns = time.time_ns()
        try:
            yield
        finally:
            self.steps.append(Step(name, start_ns, time.time_ns()))

    def begin(self, stage: str) -> None:
        """Note what is done next."""
        self.stage = stage

    def end(self, state: str, error_code: str | None = None) -> None:
        """Note what became of the attempt."""
        self.state, self.error_code = state, error_code

    @property
    def seconds(self) -> float:
        """Since it began."""
        return (time.time_ns() - self.start_ns) / 1e9

    @staticmethod
    def close() -> None:
        """Let log lines name no job any more."""
        set_job(None)


class Traces:
    """Notes nothing: what there is without a collector."""

    @property
    def is_on(self) -> bool:
        """Whether anything is noted."""
        return False

    def request(self, trace: RequestTrace) -> None:
        """Hand on a request that was answered."""

    def job(self, trace: JobTrace) -> None:
        """Hand on an attempt at a job that has ended."""

    def close(self) -> None:
        """Send what is still there, for a moment at most."""


NO_TRACES: Final = Traces()


def open_traces(endpoint: str | None, instance: str) -> Traces:
    """Traces to a collector, or none.

    Args:
        endpoint: address of the collector; None for none.
        instance: name of this process.

    Raises:
        SetupError: OpenTelemetry is not installed.
    """
    if endpoint is None:
        return NO_TRACES
    try:
        from workers.otlp_traces import OtlpTraces
    except ModuleNotFoundError as error:
        message = f"otlp_endpoint needs {error.name}: pip install 'docspade[otel]'"
        raise SetupError(message) from error
    return OtlpTraces(endpoint, instance)
