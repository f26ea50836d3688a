"""HEAD, and what a path says that it takes, over real HTTP."""

from __future__ import annotations

import pytest

from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import finish, submit
from tests.integration.api.test_upload import DOCUMENTS

pytestmark = pytest.mark.integration


def test_head_is_answered_as_get_without_a_body(server: Server) -> None:
    document = f"{DOCUMENTS}/{finish(server)}"
    pages = ("/", "/static/app.js", "/healthz", "/docs", "/v1/types")
    for path in (*pages, document, f"{document}/result", f"{document}/pages/1"):
        whole, bare = server.http.get(path), server.http.head(path)
        assert (bare.status_code, bare.content) == (200, b""), path
        for name in ("content-type", "content-length", "etag", "cache-control"):
            assert bare.headers.get(name) == whole.headers.get(name), (path, name)
    tag = server.http.head(document).headers["etag"]
    assert server.http.head(document, headers={"If-None-Match": tag}).status_code == 304
    gone = server.http.head(f"{DOCUMENTS}/{'0' * 32}")
    assert (gone.status_code, gone.content) == (404, b"")
    assert server.http.get(document).status_code == 200  # the connection is still in step


def test_head_of_a_stream_does_not_wait_for_its_end(server: Server) -> None:
    path = f"{DOCUMENTS}/{submit(server)}/events"
    answer = server.http.head(path, timeout=5)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PATCH", f"{DOCUMENTS}/x", "DELETE, GET, HEAD"),
        ("DELETE", DOCUMENTS, "GET, HEAD, POST"),
        ("GET", f"{DOCUMENTS}/x/cancel", "POST"),
        ("HEAD", f"{DOCUMENTS}/x/cancel", "POST"),
        ("POST", f"{DOCUMENTS}/x/corrections", "DELETE, GET, HEAD, PUT"),
        ("POST", "/static/app.js", "GET, HEAD"),
    ],
)
def test_a_path_says_all_that_it_takes(
    server: Server, method: str, path: str, allowed: str
) -> None:
    answer = server.http.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    if method != "HEAD":
        assert answer.json()["code"] == "method_not_allowed"
        assert answer.json()["detail"] == f"this path takes {allowed}"


def test_a_path_that_is_none_says_so(server: Server) -> None:
    answer = server.http.get("/v1/nothing")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["detail"] == "there is nothing at this path"
