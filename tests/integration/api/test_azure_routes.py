"""Azure's routes over plain HTTP: forms of requests, errors, keys."""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import picture
from workers.settings import Settings

pytestmark = pytest.mark.integration

VERSION = {"api-version": "2024-11-30"}
RECEIPT = "/documentintelligence/documentModels/prebuilt-receipt"
ANALYZE = f"{RECEIPT}:analyze"


@pytest.fixture
def picture_host() -> Iterator[str]:
    content = picture()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("proxies", "scheme"),
    [(("127.0.0.1",), "https"), (("127.0.0.0/8",), "https"), (("10.0.0.0/8",), "http")],
)
def test_where_to_ask_begins_as_a_trusted_proxy_says(
    proxies: tuple[str, ...], scheme: str, start: Callable[[Settings], Server], settings: Settings
) -> None:
    server = start(settings.model_copy(update={"forwarded_allow_ips": proxies}))
    headers = {"x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.5"}
    answer = server.http.post(ANALYZE, params=VERSION, content=picture(), headers=headers)
    place = answer.headers["operation-location"]
    assert place.startswith(f"{scheme}://{server.http.base_url.netloc.decode()}{RECEIPT}")


@pytest.mark.parametrize("path", [ANALYZE, ANALYZE.replace(":", "%3A")])
def test_the_answer_says_where_to_ask(server: Server, path: str) -> None:
    query = {**VERSION, "stringIndexType": "utf16CodeUnit", "pages": "1-2, 4"}
    answer = server.http.post(path, params=query, content=picture())
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["retry-after"] == "1"
    place = answer.headers["operation-location"]
    result_id = place.partition("?")[0].rpartition("/")[2]
    job = server.context.services.jobs.get(result_id)
    assert job is not None
    assert (job.document_type, job.pages) == ("receipt", (1, 2, 4))
    waiting = server.http.get(place)
    assert (waiting.json()["status"], waiting.headers["retry-after"]) == ("notStarted", "1")
    server.context.services.jobs.claim("interactive", "test")
    assert server.http.get(place).json()["status"] == "running"
    assert place.startswith(f"{server.http.base_url}".rstrip("/") + RECEIPT)
    other = place.replace("prebuilt-receipt", "prebuilt-invoice")
    error = server.http.get(other).json()["error"]
    assert (error["code"], error["innererror"]["code"]) == ("NotFound", "ResultNotFound")


@pytest.mark.parametrize(
    ("query", "body", "code"),
    [
        ({}, picture(), "InvalidParameter"),
        ({"api-version": "2023-07-31"}, picture(), "InvalidParameter"),
        ({**VERSION, "pages": "x"}, picture(), "InvalidParameter"),
        ({**VERSION, "stringIndexType": "bytes"}, picture(), "InvalidParameter"),
        ({**VERSION, "features": "barcodes"}, picture(), "InvalidParameter"),
        ({**VERSION, "outputContentFormat": "markdown"}, picture(), "InvalidParameter"),
        (VERSION, b"", "InvalidContent"),
        (VERSION, b"nothing known", "InvalidContent"),
        (VERSION, b"x" * 200_000, "InvalidContentLength"),
    ],
)
def test_what_is_wrong_is_said_in_azures_form(
    server: Server, query: dict[str, str], body: bytes, code: str
) -> None:
    answer = server.http.post(ANALYZE, params=query, content=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/json"
    error = answer.json()["error"]
    assert (error["code"], error["innererror"]["code"]) == ("InvalidRequest", code)
    assert server.leftovers() == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "InvalidParameter"),
        (b"{}", "InvalidParameter"),
        (b'{"base64Source": "QQ==", "urlSource": "http://a/"}', "InvalidParameter"),
        (b'{"base64Source": "?"}', "InvalidContent"),
        (b'{"base64Source": ""}', "InvalidContent"),
        (b'{"urlSource": "http://127.0.0.1:80/"}', "ContentSourceNotAccessible"),
        (b'{"base64Source": "' + b"A" * 300_000 + b'"}', "InvalidContentLength"),
    ],
)
def test_bad_json_is_refused(server: Server, body: bytes, code: str) -> None:
    headers = {"content-type": "application/json"}
    answer = server.http.post(ANALYZE, params=VERSION, content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["innererror"]["code"] == code
    assert server.leftovers() == []


def test_a_form_is_refused(server: Server) -> None:
    answer = server.http.post(ANALYZE, params=VERSION, files={"file": ("a.png", picture())})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "UnsupportedMediaType")


def test_base64_and_plain_bodies_store_the_same(server: Server) -> None:
    source = base64.b64encode(picture()).decode()
    for sent in (
        server.http.post(ANALYZE, params=VERSION, json={"base64Source": source}),
        server.http.post(ANALYZE, params=VERSION, content=picture()),
    ):
        assert sent.status_code == 202
    sizes = [job.n_bytes for job in server.context.services.jobs.newest(2)]
    assert sizes == [len(picture())] * 2


def test_a_document_is_fetched_from_a_host_that_the_operator_lists(
    settings: Settings, start: Callable[[Settings], Server], picture_host: str
) -> None:
    server = start(settings.model_copy(update={"url_source_hosts": (picture_host,)}))
    body = {"urlSource": f"http://{picture_host}/receipt.png"}
    answer = server.http.post(ANALYZE, params=VERSION, json=body)
    assert answer.status_code == 202, answer.text
    (job,) = server.context.services.jobs.newest(1)
    assert (job.n_bytes, job.media_type) == (len(picture()), "image/png")


def test_paths_models_and_keys_that_are_not_there(server: Server) -> None:
    nothing = server.http.get("/documentintelligence/documentClassifiers", params=VERSION)
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (404, "NotFound")
    card = "/documentintelligence/documentModels/prebuilt-businessCard:analyze"
    unknown = server.http.post(card, params=VERSION, content=picture())
    assert unknown.status_code == 404
    assert unknown.json()["error"]["innererror"]["code"] == "ModelNotFound"
    problem = server.http.get("/v1/documents/none").headers["content-type"]
    assert problem == "application/problem+json"
    key = server.context.keys.create("reader", frozenset({"read"}))
    refused = server.http.post(ANALYZE, params=VERSION, content=picture())
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "401")
    headers = {"Ocp-Apim-Subscription-Key": key}
    lacking = server.http.post(ANALYZE, params=VERSION, content=picture(), headers=headers)
    assert (lacking.status_code, lacking.json()["error"]["code"]) == (403, "Forbidden")
    assert server.http.get("/v1/documents", headers=headers).status_code == 200


def test_a_full_queue_is_told_with_a_time_to_come_back(
    settings: Settings, start: Callable[[Settings], Server]
) -> None:
    server = start(settings.model_copy(update={"max_waiting_jobs": 1}))
    assert server.http.post(ANALYZE, params=VERSION, content=picture()).status_code == 202
    full = server.http.post(ANALYZE, params=VERSION, content=picture())
    assert (full.status_code, full.headers["retry-after"]) == (503, "5")
    assert full.json()["error"]["code"] == "ServiceUnavailable"
