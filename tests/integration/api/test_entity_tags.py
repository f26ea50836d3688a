"""`ETag` and `If-None-Match` on everything that can be asked for, over real HTTP."""

from __future__ import annotations

import pytest

from layout.corrections import Corrections
from tests.integration.api.conftest import Server
from tests.integration.api.test_routes import claim, finish, submit

pytestmark = pytest.mark.integration


def paths(server: Server) -> list[str]:
    """Everything whose answer comes in one piece."""
    document = f"/v1/documents/{finish(server)}"
    batch_id = server.http.post("/v1/batches", json={"sealed": False}).json()["id"]
    webhook = server.http.post("/v1/webhooks", json={"url": "https://8.8.8.8/hook"}).json()
    nothing = Corrections(fields={}).to_json()
    assert server.http.put(f"{document}/corrections", content=nothing).status_code == 200
    return [
        "/v1/types",
        "/v1/documents",
        document,
        f"{document}/result",
        f"{document}/result?format=csv",
        f"{document}/result?corrected=true",
        f"{document}/corrections",
        f"{document}/pages/1",
        f"{document}/pages/1/annotated",
        f"{document}/redacted",
        "/v1/batches",
        f"/v1/batches/{batch_id}",
        f"/v1/batches/{batch_id}/documents",
        "/v1/webhooks",
        f"/v1/webhooks/{webhook['id']}",
        f"/v1/webhooks/{webhook['id']}/deliveries",
    ]


def test_whoever_has_an_answer_already_is_told_so_without_it(server: Server) -> None:
    for path in paths(server):
        first = server.http.get(path)
        tag = first.headers["etag"]
        assert (first.status_code, tag[0], tag[-1]) == (200, '"', '"'), path
        assert server.http.get(path).headers["etag"] == tag
        for known in (tag, f'"other", W/{tag}', "*"):
            again = server.http.get(path, headers={"if-none-match": known})
            assert (again.status_code, again.content) == (304, b""), path
            for name in ("etag", "cache-control", "docspade-corrections"):
                assert again.headers.get(name) == first.headers.get(name), path
            assert not {"content-type", "content-disposition"} & set(again.headers), path
        other = server.http.get(path, headers={"if-none-match": '"other"'})
        assert (other.status_code, other.content) == (200, first.content)
        two_lines = [("if-none-match", '"other"'), ("if-none-match", tag)]
        assert server.http.get(path, headers=two_lines).status_code == 304


def test_what_has_changed_has_another_tag(server: Server) -> None:
    document = f"/v1/documents/{submit(server)}"
    known = {
        path: {"if-none-match": server.http.get(path).headers["etag"]}
        for path in (document, "/v1/documents")
    }
    for path, headers in known.items():
        assert server.http.get(path, headers=headers).status_code == 304
    claim(server)
    for path, headers in known.items():
        changed = server.http.get(path, headers=headers)
        assert changed.status_code == 200
        assert changed.headers["etag"] != headers["if-none-match"]


def test_answers_stay_with_the_one_who_asked(server: Server) -> None:
    document = f"/v1/documents/{finish(server)}"
    for path, told in (
        (document, "private, no-cache"),
        (f"{document}/pages/1", "private, max-age=3600"),
    ):
        first = server.http.get(path)
        again = server.http.get(path, headers={"if-none-match": first.headers["etag"]})
        assert first.headers["cache-control"] == again.headers["cache-control"] == told


def test_streams_problems_and_pages_have_no_tag_of_their_own(server: Server) -> None:
    document_id = finish(server)
    batch_id = server.http.post("/v1/batches", json={}).json()["id"]
    missing = server.http.get("/v1/documents/none", headers={"if-none-match": "*"})
    assert (missing.status_code, "etag" in missing.headers) == (404, False)
    for path in (
        f"/v1/documents/{document_id}/events",
        f"/v1/batches/{batch_id}/results",
        "/healthz",
        "/metrics",
    ):
        answer = server.http.get(path, headers={"if-none-match": "*"})
        assert (answer.status_code, "etag" in answer.headers) == (200, False), path


def test_only_what_is_asked_for_can_be_known_already(server: Server) -> None:
    content = server.http.post("/v1/batches", json={}, headers={"if-none-match": "*"})
    assert (content.status_code, "etag" in content.headers) == (201, False)
