"""Traces sent by OTLP over HTTP. Imported only where the setting asks for it: see `traces`."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import requests
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from workers.traces import EXTRACTION, JobTrace, RequestTrace, Step, Traces

TRACES_PATH: Final = "/v1/traces"  # of OTLP/HTTP, below the collector's address
SEND_SECONDS: Final = 2.0  # for a batch, its repetitions included
NS_PER_MS: Final = 1_000_000
SERVER_ERROR: Final = 500

Attributes = dict[str, str | int | float]


class OtlpTraces(Traces):
    """Spans for a collector, in batches that a thread of their own sends.

    Args:
        endpoint: address of the collector, without the path of the signal.
        instance: name of this process.
    """

    def __init__(self, endpoint: str, instance: str) -> None:
        self._ids = _Ids()
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=Resource({"service.name": "docspade", "service.instance.id": instance}),
            shutdown_on_exit=False,
            id_generator=self._ids,
        )
        session = requests.Session()
        session.trust_env = False  # else a proxy or a .netrc of the machine's would have a say
        address = f"{endpoint.rstrip('/')}{TRACES_PATH}"
        self._exporter = OTLPSpanExporter(address, timeout=SEND_SECONDS, session=session)
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("docspade")

    @property
    def is_on(self) -> bool:
        """Whether anything is noted."""
        return True

    def request(self, trace: RequestTrace) -> None:
        """Hand on a request; one that handed a document in opens the document's trace."""
        attributes: Attributes = {"http.request.method": trace.method, "http.route": trace.route}
        if trace.status is not None:
            attributes["http.response.status_code"] = trace.status
        links, opened = [], None
        if trace.document_id is not None:
            attributes["docspade.job.id"] = trace.document_id
            if trace.made_document:
                opened = _document_context(trace.document_id)
            else:
                links = [Link(_document_context(trace.document_id))]
        whole = Step(f"{trace.method} {trace.route}", trace.start_ns, trace.end_ns)
        is_bad = trace.status is not None and trace.status >= SERVER_ERROR
        with self._ids.chosen(opened):
            self._note(whole, SpanKind.SERVER, Context(), attributes, links=links, is_bad=is_bad)

    def job(self, trace: JobTrace) -> None:
        """Hand on an attempt at a job, with its steps and the stages of its extraction."""
        around = _below(_document_context(trace.job.job_id))
        whole = Step("job", trace.start_ns, time.time_ns())
        is_bad = trace.error_code is not None
        own = self._note(whole, SpanKind.CONSUMER, around, _of_job(trace), is_bad=is_bad)
        for step in trace.steps:
            context = self._note(step, SpanKind.INTERNAL, _below(own))
            if step.name == EXTRACTION:
                for stage in _stages(trace, step.start_ns):
                    self._note(stage, SpanKind.INTERNAL, _below(context))

    def close(self) -> None:
        """Send what is still there, for a moment at most."""
        # A full queue takes several batches, and a collector that is dead lets each time out.
        giving_up = threading.Timer(SEND_SECONDS, self._exporter.shutdown)
        giving_up.daemon = True
        giving_up.start()
        self._provider.shutdown()
        giving_up.cancel()

    def _note(
        self,
        step: Step,
        kind: SpanKind,
        around: Context,
        attributes: Attributes | None = None,
        *,
        links: Sequence[Link] = (),
        is_bad: bool = False,
    ) -> SpanContext:
        span = self._tracer.start_span(
            step.name,
            context=around,
            kind=kind,
            attributes=attributes,
            links=links,
            start_time=step.start_ns,
        )
        if is_bad:
            span.set_status(StatusCode.ERROR)
        span.end(max(step.end_ns, step.start_ns))  # the machine's clock may have been set back
        return span.get_span_context()


class _Ids(RandomIdGenerator):
    """Random ids, but for a span whose ids are chosen."""

    def __init__(self) -> None:
        self._of_thread = threading.local()

    @contextmanager
    def chosen(self, context: SpanContext | None) -> Iterator[None]:
        """Give the next span of this thread the ids of a context; None leaves it its own."""
        self._of_thread.context = context
        try:
            yield
        finally:
            self._of_thread.context = None

    def generate_span_id(self) -> int:
        context = self._context()
        return super().generate_span_id() if context is None else context.span_id

    def generate_trace_id(self) -> int:
        context = self._context()
        return super().generate_trace_id() if context is None else context.trace_id

    def _context(self) -> SpanContext | None:
        context = getattr(self._of_thread, "context", None)
        return context if isinstance(context, SpanContext) else None


def _document_context(document_id: str) -> SpanContext:
    """Where a document's trace begins: the same in every process."""
    digest = hashlib.sha256(document_id.encode()).digest()
    return SpanContext(
        trace_id=int(document_id, 16),
        span_id=int.from_bytes(digest[:8], "big"),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )


def _below(parent: SpanContext) -> Context:
    return set_span_in_context(NonRecordingSpan(parent), Context())


def _of_job(trace: JobTrace) -> Attributes:
    job = trace.job
    attributes: Attributes = {
        "docspade.job.id": job.job_id,
        "docspade.job.attempt": job.attempt,
        "docspade.job.lane": job.lane,
        "docspade.job.type": job.document_type,
        "docspade.job.state": trace.state,
        "docspade.job.waited_seconds": round(trace.start_ns / 1e9 - job.created_at, 3),
    }
    if trace.error_code is not None:
        attributes["docspade.job.error_code"] = trace.error_code
    if trace.result is not None:
        attributes["docspade.document.type"] = trace.result.type
        attributes["docspade.document.n_pages"] = len(trace.result.pages)
    return attributes


def _stages(trace: JobTrace, start_ns: int) -> list[Step]:
    """The stages one after the other; of several pages each stage is a sum."""
    stages: list[Step] = []
    for name, milliseconds in ({} if trace.result is None else trace.result.timings_ms).items():
        end_ns = start_ns + round(milliseconds * NS_PER_MS)
        stages.append(Step(name, start_ns, end_ns))
        start_ns = end_ns
    return stages
