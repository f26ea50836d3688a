"""Batches over real HTTP: handing in, progress, results, trying again, deleting."""

from __future__ import annotations

import csv
import io
import json
import random
import resource
import socket
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest

from layout.result import DocumentResult, LeafField, ModelEntry, PageEntry, Region, WordEntry
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import DOCUMENTS, form, picture
from tests.unit.api.batches.test_archives import with_flag
from workers.blobs import BlobKey, page_picture, write_blob
from workers.jobs import BATCH_LANE, Job, JobError
from workers.settings import Settings

pytestmark = pytest.mark.integration
BATCHES = "/v1/batches"
QUAD = [(0.0, 0.0), (9.0, 0.0), (9.0, 5.0), (0.0, 5.0)]
FAULT = JobError("corrupt_file", "cut off")
Json = dict[str, Any]


def archive(**documents: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in documents.items():
            made.writestr(name, content)
    return out.getvalue()


def post_zip(server: Server, content: bytes, **query: str) -> httpx.Response:
    headers = {"content-type": "application/zip"}
    return server.http.post(BATCHES, params=query, content=content, headers=headers)


def post_files(server: Server, *names: str, path: str = BATCHES, **query: str) -> httpx.Response:
    files = [("file", (name, picture())) for name in names]
    return server.http.post(path, params=query, files=files)


def claim(server: Server) -> Job:
    job = server.context.services.jobs.claim(BATCH_LANE, "test")
    assert job is not None
    return job


def finish(server: Server, text: str = "SHOP") -> Job:
    """Do what a worker does with the oldest that waits, with a result made by hand."""
    job = claim(server)
    region = Region(page=1, quad=QUAD, word_ids=[0])
    word = WordEntry(text=text, quad=QUAD, confidence=0.5)
    result = DocumentResult(
        id=job.job_id,
        type="receipt",
        type_confidence=0.9,
        status="succeeded",
        pages=[PageEntry(number=1, width=40, height=30, words=[word])],
        fields={
            "merchant_name": LeafField(value=text, text=text, confidence=0.5, regions=[region])
        },
        issues=[],
        model=ModelEntry(name="m", version="1", sha256="0" * 64),
        timings_ms={"ocr": 1.5},
    )
    key = BlobKey(job.job_id, page_picture(1))
    write_blob(server.context.services.blobs, key, picture("JPEG"))
    assert server.context.services.jobs.finish(job, result)
    return job


def documents(server: Server, path: str, **query: str) -> list[Json]:
    found: list[Json] = server.http.get(f"{path}/documents", params=query).json()["documents"]
    return found


def names(entries: list[Json]) -> list[str]:
    return [entry["filename"] for entry in entries]


def lines(server: Server, path: str, **query: str) -> list[Json]:
    text = server.http.get(f"{path}/results", params=query).text
    return [json.loads(line) for line in text.splitlines()]


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


@pytest.mark.parametrize("stalls", [False, True])
def test_a_form_that_breaks_off_or_stalls_leaves_nothing(server: Server, *, stalls: bool) -> None:
    host, port = str(server.http.base_url.host), server.http.base_url.port
    head = (
        f"POST {BATCHES} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 50000\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    body = form(*[("file", picture())] * 20, end=b"")
    with socket.create_connection((host, port)) as sending:
        sending.sendall(head.encode() + body)
        if stalls:
            assert sending.recv(4096).startswith(b"HTTP/1.1 408 ")
    time.sleep(0.3)  # for the server to notice
    end = time.monotonic() + 10
    while server.leftovers() and time.monotonic() < end:
        time.sleep(0.05)
    assert_nothing_is_left(server)


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


def test_partial_results_come_as_lines(server: Server) -> None:
    path = post_files(server, "a.png", "b.png", "c.png").headers["location"]
    finish(server, "ONE")
    server.context.services.jobs.fail(claim(server), FAULT)
    one, two, three = lines(server, path)
    assert (one["filename"], one["status"]) == ("a.png", "succeeded")
    assert one["result"]["fields"]["merchant_name"]["value"] == "ONE"
    assert one["result"]["pages"] == [{"number": 1, "width": 40, "height": 30}]
    assert (two["status"], two["error"]["code"], "result" in two) == (
        "failed",
        "corrupt_file",
        False,
    )
    assert (three["status"], "result" in three, "error" in three) == ("queued", False, False)
    worded = lines(server, path, words="true")[0]["result"]["pages"][0]["words"]
    assert [word["text"] for word in worded] == ["ONE"]
    masked = lines(server, path, redact="companies")[0]["result"]["fields"]["merchant_name"]
    assert masked["value"] is None
    alone = server.http.get(f"{DOCUMENTS}/{one['id']}/result").json()
    assert alone == one["result"]


def test_results_come_as_a_table_with_every_document(server: Server) -> None:
    path = post_files(server, "=a.png", "b.png", "c.png", name="März 1").headers["location"]
    finish(server, "+ONE")
    server.context.services.jobs.fail(claim(server), FAULT)
    answer = server.http.get(f"{path}/results", params={"format": "csv", "bom": "true"})
    assert answer.headers["content-type"].startswith("text/csv")
    assert 'filename="M_rz 1.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [(row["filename"], row["status"], row["path"], row["value"]) for row in rows] == [
        ("'=a.png", "succeeded", "merchant_name", "'+ONE"),
        ("b.png", "failed", "", ""),
        ("c.png", "queued", "", ""),
    ]
    assert [row["error"] for row in rows] == ["", "corrupt_file", ""]


def test_results_come_as_an_archive_with_an_index(server: Server) -> None:
    content = archive(
        **{"x/a.png": picture(), "x/a.jpg": picture(), "CON.png": picture(), "bad.txt": b"words"}
    )
    path = post_zip(server, content).headers["location"]
    for text in ("ONE", "TWO", "THREE"):
        finish(server, text)
    answer = server.http.get(f"{path}/results", params={"format": "zip"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as results:
        assert results.testzip() is None
        assert results.namelist() == ["x/a.json", "x/a-2.json", "_CON.json", "batch.jsonl"]
        index = [json.loads(line) for line in results.read("batch.jsonl").splitlines()]
        assert [(line["filename"], line.get("file")) for line in index] == [
            ("x/a.png", "x/a.json"),
            ("x/a.jpg", "x/a-2.json"),
            ("CON.png", "_CON.json"),
            ("bad.txt", None),
        ]
        second = json.loads(results.read("x/a-2.json"))
    assert (second["id"], second["fields"]["merchant_name"]["value"]) == (index[1]["id"], "TWO")


def test_results_of_many_documents_come_page_by_page(server: Server) -> None:
    given = [f"{number}.png" for number in range(120)]
    path = post_files(server, *given).headers["location"]
    for _ in range(70):
        finish(server)
    found = lines(server, path)
    assert names(found) == given
    assert [line["status"] for line in found] == ["succeeded"] * 70 + ["queued"] * 50
    with zipfile.ZipFile(
        io.BytesIO(server.http.get(f"{path}/results?format=zip").content)
    ) as results:
        assert len(results.namelist()) == 71


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


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def assert_nothing_is_left(server: Server) -> None:
    assert server.leftovers() == []
    assert server.http.get(DOCUMENTS).json()["documents"] == []
    assert server.http.get(BATCHES).json()["batches"] == []


@pytest.mark.parametrize(
    ("media_type", "content", "status", "code"),
    [
        ("application/zip", b"", 422, "corrupt_file"),
        ("application/zip", b"no archive at all", 422, "corrupt_file"),
        ("application/zip", archive(**{"a.png": picture()})[:-30], 422, "corrupt_file"),
        ("application/zip", archive(**{".hidden": b"x"}), 422, "empty_file"),
        ("image/png", picture(), 415, "unsupported_body"),
        ("application/json", b"{", 422, "invalid_request"),
        ("application/json", b'{"typ": "receipt"}', 422, "invalid_request"),
        ("application/json", b'{"type": "novel"}', 422, "unknown_document_type"),
        ("application/json", b'{"urls": ["http://127.0.0.1/"]}', 422, "source_refused"),
        ("application/json", b'{"keys": ["a.png"]}', 422, "source_refused"),
        ("multipart/form-data", b"", 400, "invalid_form"),
        ("multipart/form-data; boundary=x", form(), 400, "invalid_form"),
        ("multipart/form-data; boundary=x", form(("other", b"x")), 400, "invalid_form"),
        (
            "multipart/form-data; boundary=x",
            form(("file", picture()), ("file", picture()), end=b""),
            400,
            "invalid_form",
        ),
    ],
)
def test_a_request_that_breaks_its_form_is_refused_whole(
    server: Server, media_type: str, content: bytes, status: int, code: str
) -> None:
    answer = server.http.post(BATCHES, content=content, headers={"content-type": media_type})
    assert refusal(answer) == (status, code), answer.text
    assert_nothing_is_left(server)


@pytest.mark.parametrize("as_archive", [False, True])
@pytest.mark.parametrize(
    ("setting", "status", "code"),
    [
        ({"max_batch_documents": 3}, 413, "limit_exceeded"),
        ({"max_batch_bytes": 250}, 413, "limit_exceeded"),
        ({"max_waiting_jobs": 3}, 503, "queue_full"),
        ({"max_waiting_jobs_per_tenant": 3}, 429, "quota_exceeded"),
        ({"min_free_disk_bytes": 1 << 62}, 503, "storage_full"),
    ],
)
def test_what_does_not_fit_is_refused_whole(
    settings: Settings,
    start: Callable[[Settings], Server],
    setting: dict[str, int],
    status: int,
    code: str,
    *,
    as_archive: bool,
) -> None:
    server = start(settings.model_copy(update=setting))
    given = [f"{number}.png" for number in range(4)]
    if as_archive:
        answer = post_zip(server, archive(**dict.fromkeys(given, picture())))
    else:
        answer = post_files(server, *given)
    assert refusal(answer) == (status, code), answer.text
    assert_nothing_is_left(server)


def test_an_archive_that_cannot_be_laid_down_is_a_passing_condition(server: Server) -> None:
    # A limit on the size of files stands in for the disk: the kernel refuses the write likewise.
    content = archive(**{"a.png": picture() + random.Random(1).randbytes(3 << 20)})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        answer = post_zip(server, content)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refusal(answer) == (503, "transient_error")
    assert_nothing_is_left(server)


def test_a_document_that_cannot_be_stored_takes_the_others_back(
    settings: Settings, start: Callable[[Settings], Server]
) -> None:
    limits = replace(settings.limits, max_file_bytes=5 << 20)
    server = start(settings.model_copy(update={"limits": limits}))
    large = picture() + random.Random(1).randbytes(2 << 20)
    files = [("file", (f"{n}.png", picture() if n != 15 else large)) for n in range(30)]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        answer = server.http.post(BATCHES, files=files)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert refusal(answer) == (503, "transient_error")
    assert_nothing_is_left(server)
    assert server.http.post(BATCHES, files=files).json()["n_documents"] == 30


def test_a_refusal_reaches_a_client_that_is_still_sending(server: Server) -> None:
    path = server.http.post(BATCHES, json={"sealed": True}).headers["location"]
    content = archive(**{"a.png": random.Random(1).randbytes(20 << 20)})
    headers = {"content-type": "application/zip"}
    refused = server.http.post(f"{path}/documents", content=content, headers=headers)
    assert refusal(refused) == (409, "batch_sealed")
    assert refusal(post_zip(server, content, type="novel")) == (422, "unknown_document_type")


def test_a_retry_needs_room_too(settings: Settings, start: Callable[[Settings], Server]) -> None:
    server = start(settings.model_copy(update={"max_waiting_jobs": 2}))
    path = post_files(server, "a.png", "b.png").headers["location"]
    for _ in range(2):
        server.context.services.jobs.fail(claim(server), FAULT)
    waiting = server.http.post(DOCUMENTS, content=picture()).headers["location"]
    assert refusal(server.http.post(f"{path}/retry")) == (503, "queue_full")
    server.http.delete(waiting)
    assert server.http.post(f"{path}/retry").json() == {"n_retried": 2}


def test_a_bomb_ends_at_its_limit(server: Server) -> None:
    answer = post_zip(server, archive(**{"bomb.png": bytes(300_000_000), "a.png": picture()}))
    assert answer.status_code == 201
    bomb, fine = documents(server, answer.headers["location"])
    assert bomb["error"]["code"] == "limit_exceeded"
    assert fine["status"] == "queued"
    assert len(server.leftovers()) == 1
