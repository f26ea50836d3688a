"""A collector of OpenTelemetry's traces: OTLP over HTTP, decoded and kept."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.common.v1.common_pb2 import KeyValue

Attributes = dict[str, str | int | float]


@dataclass(frozen=True)
class Received:
    """A span as it arrived; ids in hexadecimal digits, times in nanoseconds since 1970."""

    name: str
    trace_id: str
    span_id: str
    parent_id: str
    linked: list[str]
    is_error: bool
    start_ns: int
    end_ns: int
    attributes: Attributes
    instance: str


@dataclass
class Collector:
    """What arrived. `is_mute`: takes what is sent and never answers."""

    url: str = ""
    spans: list[Received] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    is_mute: bool = False

    def named(self, name: str, *, seconds: float = 15.0) -> list[Received]:
        """The spans of that name, as soon as there are any."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = [span for span in self.spans if span.name == name]
            if found:
                return found
            time.sleep(0.02)
        raise AssertionError(f"no span {name!r} among {[span.name for span in self.spans]}")

    def take(self, body: bytes) -> None:
        self.bodies.append(body)
        request = ExportTraceServiceRequest.FromString(body)
        for resource in request.resource_spans:
            about = _attributes(resource.resource.attributes)
            for scope in resource.scope_spans:
                for span in scope.spans:
                    self.spans.append(
                        Received(
                            name=span.name,
                            trace_id=span.trace_id.hex(),
                            span_id=span.span_id.hex(),
                            parent_id=span.parent_span_id.hex(),
                            linked=[link.trace_id.hex() for link in span.links],
                            is_error=span.status.code == 2,
                            start_ns=span.start_time_unix_nano,
                            end_ns=span.end_time_unix_nano,
                            attributes=_attributes(span.attributes),
                            instance=str(about["service.instance.id"]),
                        )
                    )


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on a free port of this machine."""
    collector = Collector()
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if collector.is_mute:
                closing.wait(30)
                return
            assert self.path == "/v1/traces"
            is_packed = self.headers.get("Content-Encoding") == "gzip"
            collector.take(gzip.decompress(body) if is_packed else body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name there
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    collector.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield collector
    finally:
        closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


def _attributes(pairs: Iterable[KeyValue]) -> Attributes:
    found: Attributes = {}
    for pair in pairs:
        kind = pair.value.WhichOneof("value")
        assert kind in {"string_value", "int_value", "double_value"}
        found[pair.key] = getattr(pair.value, str(kind))
    return found
