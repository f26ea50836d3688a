"""Batches over real HTTP: handing in, growing, trying again, deleting, listing."""

from __future__ import annotations

import pytest

from tests.integration.api.batches import (
    BATCHES,
    FAULT,
    archive,
    claim,
    documents,
    finish,
    names,
    post_files,
    post_zip,
)
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import DOCUMENTS, picture
from tests.unit.api.batches.test_archives import with_flag

pytestmark = pytest.mark.integration


def test_a_form_with_many_files_becomes_a_batch_in_the_batch_lane(server: Server) -> None:
    given = [f"{number}.png" for number in range(60)]
    answer = post_files(server, *given, type="receipt", name="March")
    assert answer.status_code == 201, answer.text
    entry = answer.json()
    path = answer.headers["location"]
    assert path == f"{BATCHES}/{entry['id']}" == entry["links"]["self"]
    assert (entry["name"], entry["type"], entry["n_documents"]) == ("March", "receipt", 60)
    assert (entry["counts"]["queued"], entry["n_done"], entry["is_finished"]) == (60, 0, False)
    assert entry["sealed_at"] is not None
    found = documents(server, path, limit="200")
    assert names(found) == given
    assert {(each["lane"], each["type"], each["batch_id"]) for each in found} == {
        ("batch", "receipt", entry["id"])
    }
    assert found[0]["media_type"] == "image/png"
    assert len(server.leftovers()) == 60
    assert len(list((server.state_dir / "broker" / "messages").glob("*.msg"))) == 1
    assert server.http.get(found[7]["links"]["self"]).json() == found[7]


def test_an_archive_becomes_a_batch_with_its_names(server: Server) -> None:
    content = archive(
        **{
            "a.png": picture(),
            "2026/영수증.png": picture("JPEG"),
            "2026/": b"",
            ".hidden/x.png": picture(),
            "__MACOSX/a.png": b"x",
            "../up.png": picture(),
        }
    )
    answer = post_zip(server, content)
    assert answer.status_code == 201, answer.text
    assert names(documents(server, answer.headers["location"])) == ["a.png", "2026/영수증.png"]
    assert len(server.leftovers()) == 2
    assert not [path for path in server.state_dir.iterdir() if path.name.startswith("tmp")]


def test_what_cannot_be_read_fails_alone_with_the_reason(server: Server) -> None:
    content = archive(
        **{"good.png": picture(), "text.txt": b"just words\n" * 20, "large.png": bytes(100_001)}
        | {"empty.png": b"", "inner.zip": archive(**{"a.png": picture()})}
    )
    answer = post_zip(server, content)
    assert answer.status_code == 201
    path = answer.headers["location"]
    assert answer.json()["counts"]["failed"] == 4
    failed = {each["filename"]: each["error"] for each in documents(server, path, status="failed")}
    assert {name: error["code"] for name, error in failed.items()} == {
        "text.txt": "unsupported_format",
        "large.png": "limit_exceeded",
        "empty.png": "empty_file",
        "inner.zip": "unsupported_format",
    }
    assert len(server.leftovers()) == 1
    assert server.http.post(f"{path}/retry").json() == {"n_retried": 0}
    finish(server)
    assert server.http.get(path).json()["is_finished"]


def test_an_encrypted_entry_fails_alone(server: Server) -> None:
    answer = post_zip(server, with_flag(archive(**{"a.png": picture()}), 0x1))
    assert answer.status_code == 201
    (document,) = documents(server, answer.headers["location"])
    assert (document["status"], document["error"]["code"]) == ("failed", "encrypted_file")
    assert server.leftovers() == []
    retried = server.http.post(f"{document['links']['self']}/retry")
    assert (retried.status_code, retried.json()["code"]) == (409, "not_failed")


@pytest.mark.parametrize("media_type", [None, "text/plain", "application/json"])
def test_a_batch_is_made_without_a_body(server: Server, media_type: str | None) -> None:
    headers = {} if media_type is None else {"content-type": media_type}
    made = server.http.post(BATCHES, params={"name": "scanner", "type": "receipt"}, headers=headers)
    assert made.status_code == 201, made.text
    batch = made.json()
    assert (batch["name"], batch["type"]) == ("scanner", "receipt")
    assert (batch["sealed_at"], batch["n_documents"]) == (None, 0)
    named = server.http.post(BATCHES, params={"sealed": True}).json()
    assert named["sealed_at"] is not None
    more = server.http.post(f"{made.headers['location']}/documents")
    assert (more.status_code, more.json()["code"]) == (415, "unsupported_body")


def test_an_archive_in_a_documents_place_is_told_where_it_belongs(server: Server) -> None:
    content = archive(**{"a.png": picture()})
    alone = server.http.post(DOCUMENTS, content=content)
    assert (alone.status_code, alone.json()["code"]) == (415, "unsupported_format")
    assert alone.json()["detail"].endswith("/v1/batches, as Content-Type: application/zip")
    made = server.http.post(BATCHES, files=[("file", ("a.zip", content))])
    (document,) = documents(server, made.headers["location"])
    assert "Content-Type: application/zip" in document["error"]["message"]


def test_a_batch_grows_until_it_is_sealed(server: Server) -> None:
    made = server.http.post(BATCHES, json={"name": "scanner", "type": "receipt"})
    assert (made.status_code, made.json()["sealed_at"]) == (201, None)
    path = made.headers["location"]
    assert post_files(server, "a.png", "b.png", path=f"{path}/documents").json()["n_documents"] == 2
    zipped = server.http.post(
        f"{path}/documents",
        content=archive(**{"c.png": picture()}),
        headers={"content-type": "application/zip"},
    )
    assert zipped.json()["n_documents"] == 3
    assert {each["type"] for each in documents(server, path)} == {"receipt"}
    while server.http.get(path).json()["counts"]["queued"]:
        finish(server)
    assert not server.http.get(path).json()["is_finished"]
    sealed = server.http.post(f"{path}/seal").json()
    assert (sealed["is_finished"], sealed["n_done"]) == (True, 3)
    refused = post_files(server, "d.png", path=f"{path}/documents")
    assert (refused.status_code, refused.json()["code"]) == (409, "batch_sealed")
    assert len(server.leftovers()) == 6


def test_waiting_ends_with_the_batch_and_what_is_known_is_not_sent_again(server: Server) -> None:
    path = post_files(server, "a.png").headers["location"]
    waiting = server.http.get(path, params={"wait": 0.3})
    assert waiting.json()["n_done"] == 0
    assert 0.3 <= waiting.elapsed.total_seconds() < 2
    known = {"if-none-match": waiting.headers["etag"]}
    assert server.http.get(path, headers=known).status_code == 304
    finish(server)
    done = server.http.get(path, params={"wait": 20}, headers=known)
    assert (done.status_code, done.json()["is_finished"]) == (200, True)


def test_failed_documents_are_tried_again_together_or_alone(server: Server) -> None:
    path = post_files(server, "a.png", "b.png", "c.png").headers["location"]
    finish(server)
    for _ in range(2):
        server.context.services.jobs.fail(claim(server), FAULT)
    first = documents(server, path, status="failed")[0]["links"]["self"]
    again = server.http.post(f"{first}/retry")
    assert (again.status_code, again.json()["status"], again.json()["attempt"]) == (
        202,
        "queued",
        0,
    )
    assert again.json()["error"] is None
    twice = server.http.post(f"{first}/retry")
    assert (twice.status_code, twice.json()["code"]) == (409, "not_failed")
    assert server.http.post(f"{path}/retry").json() == {"n_retried": 1}
    assert server.http.get(path).json()["counts"] == {
        "queued": 2,
        "running": 0,
        "succeeded": 1,
        "partial": 0,
        "failed": 0,
        "cancelled": 0,
    }
    for _ in range(2):
        finish(server)
    assert server.http.get(path).json()["is_finished"]


def test_deleting_a_batch_removes_everything(server: Server) -> None:
    path = post_files(server, *(f"{number}.png" for number in range(5))).headers["location"]
    alone = server.http.post(DOCUMENTS, content=picture()).json()["id"]
    finish(server)
    claim(server)
    assert server.http.delete(path).status_code == 204
    assert server.leftovers() == [f"{alone[:2]}/{alone}/source"]
    listed = server.http.get(DOCUMENTS).json()["documents"]
    assert [entry["id"] for entry in listed] == [alone]
    assert server.http.get(BATCHES).json() == {"batches": [], "next": None}
    for method, rest in (("GET", ""), ("GET", "/results"), ("POST", "/seal"), ("DELETE", "")):
        gone = server.http.request(method, f"{path}{rest}")
        assert (gone.status_code, gone.json()["code"]) == (404, "unknown_batch")


def test_the_list_goes_from_the_newest_page_by_page(server: Server) -> None:
    ids = [post_files(server, "a.png").json()["id"] for _ in range(3)]
    page = server.http.get(BATCHES, params={"limit": 2}).json()
    rest = server.http.get(BATCHES, params={"limit": 2, "cursor": page["next"]}).json()
    assert [entry["id"] for entry in page["batches"] + rest["batches"]] == ids[::-1]
    assert rest["next"] is None
    path = f"{BATCHES}/{ids[0]}/documents"
    post_files(server, "b.png")
    many = post_files(server, *(f"{number}.png" for number in range(5))).headers["location"]
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        found = server.http.get(f"{many}/documents", params=query).json()
        seen += names(found["documents"])
        cursor = found["next"]
        if cursor is None:
            break
    assert seen == [f"{number}.png" for number in range(5)]
    assert len(server.http.get(path).json()["documents"]) == 1


def test_a_bomb_ends_at_its_limit(server: Server) -> None:
    answer = post_zip(server, archive(**{"bomb.png": bytes(300_000_000), "a.png": picture()}))
    assert answer.status_code == 201
    bomb, fine = documents(server, answer.headers["location"])
    assert bomb["error"]["code"] == "limit_exceeded"
    assert fine["status"] == "queued"
    assert len(server.leftovers()) == 1
