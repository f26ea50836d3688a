"""Sources of documents: what is taken, and what becomes of a fetch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from ocr.errors import SourceMissingError, SourceRefusedError, SourceUnreachableError
from ocr.limits import Limits
from workers.outbound import BadAddressError
from workers.sources import NO_SOURCES, Sources, given_as, path_of


class Handler(BaseHTTPRequestHandler):
    """Answers with the status that the path names."""

    def do_GET(self) -> None:
        status = int(self.path.strip("/"))
        self.send_response(status)
        self.send_header("Content-Length", "3")
        self.end_headers()
        self.wfile.write(b"abc" if status != 299 else b"a")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        pass


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def sources(*hosts: str) -> Sources:
    return Sources(hosts, None, Limits(), seconds=1.0)


def test_a_listed_address_is_fetched(host: str) -> None:
    listed = sources(host)
    source = listed.of_url(f"http://{host}/200")
    assert (given_as(source), path_of(source)) == (f"http://{host}/200", "/200")
    assert listed.read(source, "default") == b"abc"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, SourceMissingError),
        (410, SourceMissingError),
        (401, SourceRefusedError),
        (302, SourceRefusedError),
        (299, SourceRefusedError),
        (408, SourceUnreachableError),
        (429, SourceUnreachableError),
        (500, SourceUnreachableError),
        (503, SourceUnreachableError),
    ],
)
def test_another_answer_says_whether_to_try_again(
    host: str, status: int, kind: type[Exception]
) -> None:
    listed = sources(host)
    with pytest.raises(kind):
        listed.read(listed.of_url(f"http://{host}/{status}"), "default")


def test_nobody_answering_may_pass() -> None:
    nowhere = sources("127.0.0.1:1", "no-such-host.invalid")
    for url in ("http://127.0.0.1:1/a", "http://no-such-host.invalid/a"):
        with pytest.raises(SourceUnreachableError):
            nowhere.read(nowhere.of_url(url), "default")


def test_what_is_off_or_not_listed_is_refused_before_anybody_is_asked(host: str) -> None:
    for url in ("http://127.0.0.1/a", "http://example.com/a"):
        with pytest.raises(SourceRefusedError, match="url_source_hosts"):
            sources(host).of_url(url)
        with pytest.raises(SourceRefusedError, match="is off"):
            NO_SOURCES.of_url(url)
    with pytest.raises(BadAddressError):
        sources(host).of_url("file:///etc/passwd")
    with pytest.raises(SourceRefusedError, match="import_url"):
        NO_SOURCES.of_key("a.png")


def test_what_was_switched_off_since_is_refused_by_the_worker(host: str) -> None:
    with pytest.raises(SourceRefusedError):
        NO_SOURCES.read(f"url:http://{host}/200", "default")
    with pytest.raises(SourceRefusedError):
        NO_SOURCES.read("key:a.png", "default")


def test_a_private_address_is_refused_where_any_public_host_is_allowed(host: str) -> None:
    public = sources("*")
    with pytest.raises(SourceRefusedError, match="not a public host"):
        public.read(public.of_url(f"http://{host}/200"), "default")


def test_names_are_taken_from_the_path() -> None:
    assert path_of("url:https://a.example/x/%EC%98%81.png?sig=secret#f") == "/x/영.png"
    assert path_of("key:2026/a.png") == "2026/a.png"
