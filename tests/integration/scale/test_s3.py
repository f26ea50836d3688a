"""Blobs in a store that speaks S3 over HTTP."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace

import pytest

from benchmarks.service.processes import free_port
from ocr.errors import (
    LimitExceededError,
    SetupError,
    SourceMissingError,
    SourceRefusedError,
    SourceUnreachableError,
    TransientError,
)
from ocr.limits import Limits
from tests.services.servers import S3Server
from workers import blobs_s3
from workers import s3 as s3_client
from workers.addresses import Bucket, bucket_of
from workers.blobs import SOURCE, BlobKey, page_picture, write_blob
from workers.blobs_s3 import S3BlobStore, open_s3_store
from workers.imports import BucketImports, open_imports
from workers.jobs import new_job_id

pytestmark = pytest.mark.integration


@pytest.fixture
def store(s3: S3Server) -> S3BlobStore:
    return open_s3_store(bucket_of(s3.new_bucket()))


def test_a_blob_is_there_after_its_commit_alone(store: S3BlobStore) -> None:
    key = BlobKey(new_job_id(), SOURCE)
    with store.create(key) as writer:
        writer.write(b"abc")
        assert store.read(key) is None
        writer.write(b"def")
        writer.commit()
    assert writer.n_bytes == 6
    assert store.read(key) == b"abcdef"
    with store.create(BlobKey(new_job_id(), SOURCE)) as abandoned:
        abandoned.write(b"abc")
    assert len(list(store.documents_older_than(-60))) == 1


def test_a_second_blob_of_that_name_replaces_the_first(store: S3BlobStore) -> None:
    key = BlobKey(new_job_id(), page_picture(1))
    write_blob(store, key, b"old")
    write_blob(store, key, b"new")
    assert store.read(key) == b"new"


def test_a_blob_too_large_for_memory_arrives_whole(store: S3BlobStore) -> None:
    content = secrets.token_bytes(blobs_s3.MEMORY_BYTES + 12_345)
    key = BlobKey(new_job_id(), SOURCE)
    with store.create(key) as writer:
        for start in range(0, len(content), 1 << 20):
            writer.write(content[start : start + (1 << 20)])
        writer.commit()
    assert store.read(key) == content


def test_more_than_the_store_takes_is_refused(
    store: S3BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blobs_s3, "MAX_OBJECT_BYTES", 10)
    key = BlobKey(new_job_id(), SOURCE)
    with pytest.raises(LimitExceededError, match="10 bytes at most"):
        write_blob(store, key, bytes(11))
    assert store.read(key) is None


def test_deleting_a_document_takes_all_its_blobs(store: S3BlobStore) -> None:
    mine, other = new_job_id(), new_job_id()
    for name in (SOURCE, page_picture(1), page_picture(2)):
        write_blob(store, BlobKey(mine, name), b"x")
    write_blob(store, BlobKey(other, SOURCE), b"y")
    store.delete_document(mine)
    store.delete_document(mine)
    assert list(store.documents_older_than(-60)) == [other]
    assert store.read(BlobKey(mine, SOURCE)) is None


def test_old_documents_are_found_page_by_page_and_fresh_ones_kept(
    store: S3BlobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = sorted(new_job_id() for _ in range(3))
    for document_id in ids:
        for name in (SOURCE, page_picture(1)):
            write_blob(store, BlobKey(document_id, name), b"x")
    assert list(store.documents_older_than(3600)) == []
    monkeypatch.setattr(time, "time", lambda now=time.time: now() + 7200)
    assert list(store.documents_older_than(3600)) == ids
    assert store.discard_unfinished(0) == 0
    assert store.free_bytes() is None


def test_a_bucket_that_is_not_there_is_named_at_the_start(s3: S3Server) -> None:
    with pytest.raises(SetupError, match="no-such-bucket"):
        open_s3_store(bucket_of(s3.url("no-such-bucket")))


def test_a_store_that_does_not_answer_is_a_passing_condition(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    del s3  # its keys are in the environment
    monkeypatch.setattr(s3_client, "N_TRIES", 1)
    nowhere = Bucket("docspade", endpoint=f"http://127.0.0.1:{free_port()}", region="us-east-1")
    with pytest.raises(TransientError, match="cannot be used just now"):
        open_s3_store(nowhere)


def test_documents_are_taken_by_key_from_their_tenants_folder(s3: S3Server) -> None:
    bucket = bucket_of(s3.new_bucket())
    client = s3_client.connect(bucket)
    for key, content in (("north/2026/a b.png", b"picture"), ("south/s.png", b"x" * 1001)):
        body = {"Bucket": bucket.name, "Key": f"{bucket.prefix}{key}", "Body": content}
        client.put_object(**body)  # type: ignore[arg-type]  # bytes do as well
    store = open_imports(bucket)
    limits = replace(Limits(), max_file_bytes=1000)
    assert store.read("north", "2026/a b.png", limits) == b"picture"
    for key in ("none.png", "s.png"):
        with pytest.raises(SourceMissingError):
            store.read("north", key, limits)
    with pytest.raises(SourceRefusedError):
        store.read("north", "../south/s.png", limits)
    with pytest.raises(LimitExceededError):
        store.read("south", "s.png", limits)


def test_an_import_store_that_is_away_is_a_passing_condition(
    s3: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    del s3  # its keys are in the environment
    monkeypatch.setattr(s3_client, "N_TRIES", 1)
    nowhere = Bucket("docspade", endpoint=f"http://127.0.0.1:{free_port()}", region="us-east-1")
    store = BucketImports(s3_client.connect(nowhere), nowhere)
    with pytest.raises(SourceUnreachableError):
        store.read("north", "a.png", Limits())
