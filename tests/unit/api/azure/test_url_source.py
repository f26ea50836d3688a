"""Documents from an address: what is fetched and what is refused."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from api.azure.faults import AzureFault
from api.azure.url_source import fetch
from ocr.errors import LimitExceededError
from ocr.limits import Limits
from workers.fetching import ANY_PUBLIC_HOST

LIMITS = replace(Limits(), max_file_bytes=1000)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        match self.path:
            case "/redirect":
                self._answer(302, b"", [("Location", "http://169.254.169.254/")])
            case "/large":
                self._answer(200, b"x" * 1001)
            case "/endless":
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"x" * 5000)
            case "/short":
                self._answer(200, b"abc", [("Content-Length", "9")])
            case "/slow":
                self._drip()
            case "/missing":
                self._answer(404, b"")
            case _:
                self._answer(200, f"{self.path} {self.headers['Host']}".encode())

    def _answer(
        self, status: int, body: bytes, headers: list[tuple[str, str]] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in headers or [("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self) -> None:
        try:
            for _ in range(100):
                self.wfile.write(b"HTTP/1.0 200 OK\r\n"[:1])
                time.sleep(0.02)
        except OSError:
            return

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


def code_of(url: str, *hosts: str) -> str | None:
    with pytest.raises(AzureFault) as caught:
        fetch(url, hosts, LIMITS, seconds=0.3)
    return caught.value.inner_code


def test_a_listed_host_is_asked_by_its_name(host: str) -> None:
    assert fetch(f"http://{host}/a?b=c#d", [host], LIMITS) == f"/a?b=c {host}".encode()


@pytest.mark.parametrize("path", ["redirect", "short", "missing"])
def test_an_answer_that_is_no_document_is_refused(host: str, path: str) -> None:
    assert code_of(f"http://{host}/{path}", host) == "ContentSourceNotAccessible"


@pytest.mark.parametrize("path", ["large", "endless"])
def test_a_document_that_is_too_large_is_refused(host: str, path: str) -> None:
    with pytest.raises(LimitExceededError):
        fetch(f"http://{host}/{path}", [host], LIMITS)


@pytest.mark.alone
def test_a_host_that_dawdles_is_cut_off(host: str) -> None:
    start = time.monotonic()
    assert code_of(f"http://{host}/slow", host) == "ContentSourceTimeout"
    assert time.monotonic() - start < 1.5


def test_nothing_is_fetched_from_hosts_that_are_not_listed(host: str) -> None:
    for hosts in ([], ["localhost"], ["127.0.0.1:1"]):
        assert code_of(f"http://{host}/", *hosts) == "ContentSourceNotAccessible"


@pytest.mark.parametrize(
    "name",
    [
        "127.0.0.1",
        "[::1]",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104  # refused
        "[::ffff:127.0.0.1]",
        "[fe80::1]",
        "[fd00::1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "100.64.0.1",
        "224.0.0.1",
        "2130706433",
        "localhost",
    ],
)
def test_private_addresses_are_refused_where_any_public_host_is_allowed(name: str) -> None:
    assert code_of(f"http://{name}/", ANY_PUBLIC_HOST) == "ContentSourceNotAccessible"
    assert code_of(f"http://{name}/", name.strip("[]")) == "ContentSourceNotAccessible"


def test_link_local_addresses_are_refused_whatever_is_listed() -> None:
    assert code_of("http://169.254.169.254/", "169.254.169.254:80") == "ContentSourceNotAccessible"


def test_a_name_with_one_private_address_among_public_ones_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def resolve(*_args: object, **_named: object) -> list[tuple[object, ...]]:
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (address, 80)) for address in ("93.184.216.34", "10.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert code_of("http://files.example/", ANY_PUBLIC_HOST) == "ContentSourceNotAccessible"


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.org/a",
        "gopher://127.0.0.1/",
        "//example.org/a",
        "http://",
        "http://user:word@example.org/",
        "http://example.org:99999/",
        "http://example.org/ HTTP/1.1",
        "http://example.org/\r\nX: y",
        "http://exämple.org/",
        "http://example.org/" + "a" * 3000,
    ],
)
def test_an_address_in_no_good_form_is_refused(url: str) -> None:
    assert code_of(url, ANY_PUBLIC_HOST, "127.0.0.1:70") == "InvalidContentSourceFormat"
