"""What tests of batches have in common: handing in, doing a worker's part, looking."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import httpx

from layout.result import DocumentResult, LeafField, ModelEntry, PageEntry, Region, WordEntry
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import DOCUMENTS, picture
from workers.blobs import BlobKey, page_picture, write_blob
from workers.jobs import BATCH_LANE, Job, JobError

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


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def assert_nothing_is_left(server: Server) -> None:
    assert server.leftovers() == []
    assert server.http.get(DOCUMENTS).json()["documents"] == []
    assert server.http.get(BATCHES).json()["batches"] == []
