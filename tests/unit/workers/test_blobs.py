from __future__ import annotations

import os
import resource
import time
from pathlib import Path

import pytest

from ocr.errors import DefectError, TransientError
from workers.blobs import SOURCE, BlobKey, LocalBlobStore, page_picture, write_blob
from workers.jobs import new_job_id


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.fixture
def store(tmp_path: Path) -> LocalBlobStore:
    return LocalBlobStore(tmp_path)


def test_a_blob_is_there_after_its_commit_alone(store: LocalBlobStore, tmp_path: Path) -> None:
    key = BlobKey(new_job_id(), SOURCE)
    with store.create(key) as writer:
        writer.write(b"abc")
        assert store.read(key) is None
        writer.write(b"def")
        writer.commit()
    assert writer.n_bytes == 6
    assert store.read(key) == b"abcdef"
    assert len(files(tmp_path)) == 1


def test_an_abandoned_writer_leaves_nothing(store: LocalBlobStore, tmp_path: Path) -> None:
    key = BlobKey(new_job_id(), SOURCE)
    with store.create(key) as writer:
        writer.write(b"abc")
    assert store.read(key) is None
    assert files(tmp_path) == []


def test_a_second_blob_of_that_name_replaces_the_first(store: LocalBlobStore) -> None:
    key = BlobKey(new_job_id(), page_picture(1))
    write_blob(store, key, b"old")
    write_blob(store, key, b"new")
    assert store.read(key) == b"new"


def test_deleting_a_document_takes_all_its_blobs(store: LocalBlobStore, tmp_path: Path) -> None:
    mine, other = new_job_id(), new_job_id()
    for name in (SOURCE, page_picture(1), page_picture(2)):
        write_blob(store, BlobKey(mine, name), b"x")
    write_blob(store, BlobKey(other, SOURCE), b"y")
    store.delete_document(mine)
    store.delete_document(mine)
    assert [path.parent.name for path in files(tmp_path)] == [other]


@pytest.mark.parametrize(
    ("document_id", "name"),
    [
        ("../../etc", "source"),
        ("0" * 31, "source"),
        ("G" * 32, "source"),
        ("0" * 32, "../source"),
        ("0" * 32, "page-0"),
        ("0" * 32, "page-1\n"),
        ("0" * 32, ""),
    ],
)
def test_no_name_from_outside_becomes_a_path(document_id: str, name: str) -> None:
    with pytest.raises(DefectError):
        BlobKey(document_id, name)


def test_old_leftovers_are_found_and_fresh_ones_kept(store: LocalBlobStore, tmp_path: Path) -> None:
    old, fresh = new_job_id(), new_job_id()
    for document_id in (old, fresh):
        write_blob(store, BlobKey(document_id, SOURCE), b"x")
    for name in ("old.part", "fresh.part"):
        (tmp_path / ".incoming" / name).write_bytes(b"half")
    long_ago = time.time() - 7200
    os.utime(tmp_path / old[:2] / old, (long_ago, long_ago))
    os.utime(tmp_path / ".incoming" / "old.part", (long_ago, long_ago))
    assert list(store.documents_older_than(3600)) == [old]
    assert store.discard_unfinished(3600) == 1
    assert [path.name for path in (tmp_path / ".incoming").iterdir()] == ["fresh.part"]


def test_a_full_disk_is_a_passing_condition_and_leaves_nothing(
    store: LocalBlobStore, tmp_path: Path
) -> None:
    # A limit on the size of files stands in for the disk: the kernel refuses the write likewise.
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    try:
        with pytest.raises(TransientError, match="cannot be used"):
            write_blob(store, BlobKey(new_job_id(), SOURCE), bytes(2 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(tmp_path) == []
