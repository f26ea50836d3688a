"""Batches with a real worker process: documents that it fetches, failures, trying again."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from api.keys import KeyLimits
from tests.integration.api.batches import BATCHES, archive, documents, lines
from tests.integration.api.conftest import Server, serving
from tests.integration.workers.conftest import REPOSITORY, TINY_WORKER
from workers.jobs import WORKER_LOST
from workers.process import WorkerOrder
from workers.settings import Settings
from workers.supervisor import Supervisor

pytestmark = pytest.mark.integration
Json = dict[str, Any]
SECONDS = 60


def words(text: str) -> bytes:
    quad = [[0, 0], [9, 0], [9, 9], [0, 9]]
    page = {"width": 9, "height": 9, "words": [{"text": text, "quad": quad}]}
    return json.dumps({"pages": [page]}).encode()


@dataclass
class Files:
    """A web server: its host and port, what it has, and the statuses to answer with before that."""

    host: str = ""
    contents: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, list[int]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"


@pytest.fixture
def files() -> Iterator[Files]:
    files = Files()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            files.asked.append(self.path)
            before = files.statuses.get(self.path)
            content = files.contents.get(self.path.partition("?")[0], b"")
            self.send_response(before.pop(0) if before else 200 if content else 404)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    files.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield files
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def imports(tmp_path: Path) -> Path:
    folder = tmp_path / "imports"
    (folder / "default" / "2026").mkdir(parents=True)
    return folder


@pytest.fixture
def service(
    settings: Settings, files: Files, imports: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Server]:
    """A server and a worker in a process of its own."""
    monkeypatch.chdir(REPOSITORY)
    changed = {
        "url_source_hosts": (files.host,),
        "import_url": f"file://{imports}",
        "sweep_seconds": 0.5,
        "lease_seconds": 5.0,
        "stop_grace_seconds": 5.0,
    }
    settings = settings.model_copy(update=changed)
    with serving(settings) as server:
        jobs = server.context.services.jobs
        supervisor = Supervisor(
            lambda name: WorkerOrder(worker_id=name, settings=settings).model_dump_json(),
            lambda name: (jobs.release_worker(name, WORKER_LOST), None)[1],
            grace_seconds=settings.stop_grace_seconds,
            command=TINY_WORKER,
        )
        supervisor.start()
        yield server
        supervisor.stop()


def finished(server: Server, path: str) -> Json:
    entry: Json = server.http.get(path, params={"wait": SECONDS}, timeout=2 * SECONDS).json()
    assert entry["is_finished"], entry
    return entry


def test_named_documents_are_fetched_and_those_that_fail_can_be_tried_again(
    service: Server, files: Files, imports: Path
) -> None:
    files.contents = {"/a.json": words("a"), "/shaky.json": words("s"), "/text": b"words\n" * 99}
    files.statuses = {"/shaky.json": [503], "/moved.json": [302], "/late.json": [404]}
    (imports / "default" / "2026" / "k.json").write_bytes(words("k"))
    paths = ("/a.json?sig=1", "/shaky.json", "/moved.json", "/late.json", "/text")
    urls, keys = [files.url(path) for path in paths], ["2026/k.json", "2026/none.json"]
    made = service.http.post(BATCHES, json={"type": "receipt", "urls": urls, "keys": keys})
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    entry = finished(service, path)
    assert (entry["counts"]["succeeded"], entry["counts"]["failed"]) == (3, 4)
    found = {line["source"]: line for line in lines(service, path)}
    assert list(found) == urls + keys
    codes = {source: line["error"]["code"] for source, line in found.items() if "error" in line}
    assert codes == {
        files.url("/moved.json"): "source_refused",
        files.url("/late.json"): "source_missing",
        files.url("/text"): "unsupported_format",
        "2026/none.json": "source_missing",
    }
    first, shaky, *_, key, _ = documents(service, path)
    assert (first["filename"], key["filename"]) == ("a.json", "2026/k.json")
    assert (first["n_bytes"], first["media_type"]) == (len(words("a")), "application/json")
    assert shaky["attempt"] == 2
    assert found["2026/k.json"]["result"]["fields"]["text"]["text"] == words("k").decode()

    files.contents["/late.json"] = words("late")
    (imports / "default" / "2026" / "none.json").write_bytes(words("none"))
    assert service.http.post(f"{path}/retry").json() == {"n_retried": 4}
    entry = finished(service, path)
    assert (entry["counts"]["succeeded"], entry["counts"]["failed"]) == (5, 2)
    assert service.http.delete(path).status_code == 204
    assert service.leftovers() == []


def test_a_keys_file_limit_holds_for_what_is_fetched(
    service: Server, files: Files, imports: Path
) -> None:
    files.contents = {"/a.json": words("a"), "/long.json": words("longer")}
    (imports / "default" / "2026" / "long.json").write_bytes(words("longer"))
    limits = KeyLimits(max_file_bytes=len(words("a")))
    key = service.context.keys.create("k", frozenset({"submit", "read"}), limits=limits)
    service.http.headers["x-api-key"] = key
    urls = [files.url("/a.json"), files.url("/long.json")]
    order = {"type": "receipt", "urls": urls, "keys": ["2026/long.json"]}
    path = service.http.post(BATCHES, json=order).headers["location"]
    finished(service, path)
    errors = [line.get("error", {}).get("code") for line in lines(service, path)]
    assert errors == [None, "limit_exceeded", "limit_exceeded"]


def test_what_is_not_listed_is_refused_before_anything_is_made(
    service: Server, files: Files
) -> None:
    for order, code in (
        ({"urls": [files.url("/a"), "http://127.0.0.1:1/a"]}, "source_refused"),
        ({"urls": ["file:///etc/passwd"]}, "invalid_address"),
        ({"keys": ["a.png", "../default/a.png"]}, "invalid_request"),
    ):
        answer = service.http.post(BATCHES, json=order)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert service.http.get(BATCHES).json()["batches"] == []
    assert files.asked == []


def test_a_place_that_never_answers_fails_its_document_after_all_attempts(
    service: Server, files: Files
) -> None:
    files.statuses = {"/never": [500] * 9}
    path = service.http.post(BATCHES, json={"urls": [files.url("/never")]}).headers["location"]
    assert finished(service, path)["counts"]["failed"] == 1
    (document,) = documents(service, path)
    assert (document["error"]["code"], document["attempt"]) == ("source_unreachable", 3)
    assert files.asked == ["/never"] * 3


def test_uploaded_batches_are_done_though_bells_are_lost(service: Server) -> None:
    content = archive(**{f"{number}.json": words(str(number)) for number in range(20)})
    headers = {"content-type": "application/zip"}
    path = service.http.post(BATCHES, content=content, headers=headers).headers["location"]
    for message in (service.state_dir / "broker" / "messages").glob("*.msg"):
        message.unlink(missing_ok=True)
    assert finished(service, path)["counts"]["succeeded"] == 20
    texts = [line["result"]["fields"]["text"]["text"] for line in lines(service, path)]
    assert texts == [words(str(number)).decode() for number in range(20)]


def test_a_retry_without_a_bell_is_found_by_the_sweeper(service: Server, files: Files) -> None:
    path = service.http.post(BATCHES, json={"urls": [files.url("/a.json")]}).headers["location"]
    assert finished(service, path)["counts"]["failed"] == 1
    files.contents["/a.json"] = words("a")
    batch_id = path.rpartition("/")[2]
    assert service.context.services.jobs.retry_batch(batch_id) == 1
    assert finished(service, path)["counts"]["succeeded"] == 1
