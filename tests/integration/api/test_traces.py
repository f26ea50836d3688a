"""Traces of uploads and jobs, as a real collector gets them, and without one."""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from layout.result import DocumentResult
from ocr.errors import CorruptFileError, SetupError, TransientError
from ocr.types import Page
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import DOCUMENTS, picture
from tests.services.collector import Collector, collecting
from tests.unit.layout.corrected import receipt
from workers.page_pictures import PagePixels
from workers.runner import JobRunner
from workers.settings import Settings, load_settings
from workers.traces import NO_TRACES, RequestTrace, Traces, open_traces

pytestmark = pytest.mark.integration
STAGES = {"decode": 2.0, "ocr": 30.0, "layout": 5.0, "assemble": 1.0}
FILE_NAME = "Mrs-Miller-secret.png"
SECRETS = (b"CORNER", b"NOTEBOOK", b"9.50", b"Miller", b"secret", b"127.0.0.1")


class Reader:
    """An extractor that finds a receipt, or breaks off."""

    def __init__(self, error: Exception | None, before: Callable[[], object]) -> None:
        self._error = error
        self._before = before

    def extract(
        self,
        data: bytes,
        *,
        document_type: str,
        document_id: str,
        with_words: bool,
        pages: Sequence[int] | None,
        on_page: Callable[[Page, PagePixels | None], None] | None,
        on_stage: Callable[[str], None],
    ) -> DocumentResult:
        del data, document_type, with_words, pages, on_page, on_stage
        self._before()
        if self._error is not None:
            raise self._error
        return receipt().model_copy(update={"id": document_id, "timings_ms": STAGES})


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as collector:
        yield collector


@pytest.fixture
def traced(
    collector: Collector, start: Callable[[Settings], Server], settings: Settings
) -> Iterator[Server]:
    server = start(settings.model_copy(update={"otlp_endpoint": collector.url}))
    yield server
    server.context.traces.close()


def upload(server: Server, **headers: str) -> str:
    """Hand a document in."""
    files = {"file": (FILE_NAME, picture(), "image/png")}
    sent = server.http.post(f"{DOCUMENTS}?type=receipt", files=files, headers=headers)
    return str(sent.json()["id"])


def work(
    server: Server,
    traces: Traces,
    error: Exception | None = None,
    before: Callable[[], object] = lambda: None,
) -> None:
    """Do all jobs that wait."""
    services, reader = server.context.services, Reader(error, before)
    runner = JobRunner(services.jobs, services.blobs, reader, owner="w", traces=traces)
    runner.drain()
    traces.close()


def test_an_upload_and_its_job_make_one_trace_that_tells_nothing_of_the_document(
    traced: Server, collector: Collector
) -> None:
    document_id = upload(traced)
    work(traced, open_traces(collector.url, "worker-1"))
    assert traced.http.get(f"{DOCUMENTS}/{document_id}/result").status_code == 200
    traced.http.get(f"{DOCUMENTS}/Mrs-Miller")
    traced.http.get("/secret")
    traced.http.get("/healthz")
    traced.context.traces.close()

    (sent,) = collector.named("POST /v1/documents")
    (job,) = collector.named("job")
    assert (sent.trace_id, sent.parent_id) == (document_id, "")
    assert (job.trace_id, job.parent_id) == (document_id, sent.span_id)
    assert sent.attributes == {
        "http.request.method": "POST",
        "http.route": "/v1/documents",
        "http.response.status_code": 202,
        "docspade.job.id": document_id,
    }
    waited = job.attributes.pop("docspade.job.waited_seconds")
    assert isinstance(waited, float)
    assert 0 <= waited < 60
    assert job.attributes == {
        "docspade.job.id": document_id,
        "docspade.job.attempt": 1,
        "docspade.job.lane": "interactive",
        "docspade.job.type": "receipt",
        "docspade.job.state": "succeeded",
        "docspade.document.type": "receipt",
        "docspade.document.n_pages": 1,
    }
    assert (job.instance, sent.instance.startswith("server-")) == ("worker-1", True)
    inside = {span.name: span for span in collector.spans if span.trace_id == document_id}
    assert inside.keys() == {
        *(sent.name, "job", "read file", "extract", "store result"),
        *STAGES,
    }
    for name, milliseconds in STAGES.items():
        span = inside[name]
        assert span.parent_id == inside["extract"].span_id
        assert span.end_ns - span.start_ns == milliseconds * 1_000_000
    assert inside["ocr"].start_ns == inside["decode"].end_ns
    for name in ("read file", "extract", "store result"):
        assert inside[name].parent_id == job.span_id
        assert job.start_ns <= inside[name].start_ns <= inside[name].end_ns <= job.end_ns

    (asked,) = collector.named("GET /v1/documents/{document_id}/result")
    assert (asked.linked, asked.trace_id == document_id) == ([document_id], False)
    names = {span.name for span in collector.spans}
    assert {"GET none", "GET /v1/documents/{document_id}"} <= names
    assert not any("healthz" in name for name in names)
    sent_bytes = b"".join(collector.bodies)
    assert not [secret for secret in SECRETS if secret in sent_bytes]


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        (CorruptFileError("the picture of Mrs-Miller is cut off"), "failed", "corrupt_file"),
        (TransientError("no room for Mrs-Miller"), "released", "transient_error"),
        (ZeroDivisionError("Mrs-Miller"), "failed", "defect"),
    ],
)
def test_what_goes_wrong_is_told_by_its_code(
    traced: Server, collector: Collector, error: Exception, state: str, code: str
) -> None:
    upload(traced)
    work(traced, open_traces(collector.url, "worker-1"), error)
    (job,) = collector.named("job")
    assert job.is_error
    assert job.attributes["docspade.job.state"] == state
    assert job.attributes["docspade.job.error_code"] == code
    assert not [secret for secret in SECRETS if secret in b"".join(collector.bodies)]


def test_a_job_that_was_deleted_meanwhile_is_told_as_lost(
    traced: Server, collector: Collector
) -> None:
    document_id = upload(traced)
    jobs = traced.context.services.jobs

    work(traced, open_traces(collector.url, "worker-1"), before=lambda: jobs.delete(document_id))
    (job,) = collector.named("job")
    assert (job.attributes["docspade.job.state"], job.is_error) == ("lease_lost", False)


def test_a_proxy_of_the_machine_is_not_used(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    traces = open_traces(collector.url, "w")
    traces.request(RequestTrace("GET", "/", 200, time.time_ns(), time.time_ns()))
    traces.close()
    assert collector.named("GET /")


def test_what_is_sent_twice_is_linked_to_the_first(traced: Server, collector: Collector) -> None:
    ids = {upload(traced, **{"idempotency-key": "order-1"}) for _ in range(2)}
    traced.context.traces.close()
    first, again = collector.named("POST /v1/documents")
    assert {first.trace_id} == ids
    assert again.trace_id != first.trace_id


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize("is_mute", [False, True])
def test_without_a_collector_that_answers_nothing_waits(
    is_mute: bool,  # noqa: FBT001  # a parameter of the test
    collector: Collector,
    start: Callable[[Settings], Server],
    settings: Settings,
) -> None:
    collector.is_mute = True
    url = collector.url if is_mute else f"http://127.0.0.1:{free_port()}"
    server = start(settings.model_copy(update={"otlp_endpoint": url}))
    document_id = upload(server)
    traces = open_traces(url, "worker-1")
    seconds = []
    job = server.context.services.jobs.get(document_id)
    assert job is not None
    for _ in range(2_000):  # more than a batch, so that sending goes on meanwhile
        begin = time.perf_counter()
        traces.request(RequestTrace("GET", "/", 200, time.time_ns(), time.time_ns(), document_id))
        seconds.append(time.perf_counter() - begin)
    # What else the machine does can only add to a measurement.
    assert statistics.median(seconds) < 0.002
    work(server, traces)
    assert server.http.get(f"{DOCUMENTS}/{document_id}").json()["status"] == "succeeded"
    begin = time.perf_counter()
    server.context.traces.close()
    assert time.perf_counter() - begin < 8


def test_serving_without_the_setting_loads_nothing_of_it() -> None:
    code = (
        "import sys, api.commands.serve, workers.process\n"
        "from workers.traces import open_traces\n"
        "open_traces(None, 'w')\n"
        "sys.exit(', '.join({'opentelemetry.sdk', 'workers.otlp_traces'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_noted_unless_it_is_set(server: Server) -> None:
    assert server.context.traces is NO_TRACES
    upload(server)
    work(server, open_traces(None, "worker-1"))


def test_the_setting_without_the_extra_is_an_error_and_no_setting_needs_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.startswith("opentelemetry.exporter")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delitem(sys.modules, "workers.otlp_traces", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.exporter.otlp.proto.http", None)
    assert open_traces(None, "w") is NO_TRACES
    with pytest.raises(SetupError, match=r"docspade\[otel\]"):
        open_traces("http://127.0.0.1:4318", "w")


@pytest.mark.parametrize(
    "url",
    ["127.0.0.1:4318", "grpc://host:4317", "http://user:hidden@host", "http://host/?a=hidden"],
)
def test_an_address_that_is_none_is_named(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCSPADE_OTLP_ENDPOINT", url)
    with pytest.raises(SetupError, match="otlp_endpoint") as caught:
        load_settings()
    assert "hidden" not in str(caught.value)
