"""What becomes of documents while the disk of the blob store is full: a real one, of a few MiB."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.service.outage_setups import clear, fill, small_file_system
from tests.integration.workers.tiny_worker import ScriptedExtractor
from tests.unit.workers.conftest import Clock, clock
from workers.blobs import SOURCE, BlobKey, LocalBlobStore, write_blob
from workers.database import Database
from workers.full_disk import StorageFullError
from workers.job_table import JobTable
from workers.jobs import DEFAULT_LEASES, HINDERED_SECONDS, NewJob, new_job_id
from workers.runner import JobRunner, RunPolicy

__all__ = ["clock"]

pytestmark = pytest.mark.integration


@pytest.fixture
def disk() -> Iterator[Path]:
    with small_file_system() as folder:
        yield folder


@pytest.fixture
def table(tmp_path: Path, clock: Clock) -> Iterator[JobTable]:
    database = Database(f"sqlite:///{tmp_path / 'docspade.db'}")
    database.migrate()
    yield JobTable(database, clock=clock)
    database.close()


def waiting_job(table: JobTable, blobs: LocalBlobStore) -> str:
    job_id = new_job_id()
    write_blob(blobs, BlobKey(job_id, SOURCE), b"x")
    return table.add(NewJob(job_id, 1)).job_id


def runner(table: JobTable, blobs: LocalBlobStore, *, patience_seconds: float) -> JobRunner:
    policy = RunPolicy(retry_seconds=60.0, patience_seconds=patience_seconds)
    return JobRunner(table, blobs, ScriptedExtractor(), owner="a", policy=policy)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_full_disk_has_an_error_of_its_own_and_nothing_half_written_stays(disk: Path) -> None:
    blobs = LocalBlobStore(disk)
    fill(disk)
    with pytest.raises(StorageFullError, match="No space left"):
        write_blob(blobs, BlobKey(new_job_id(), SOURCE), bytes(1 << 20))
    clear(disk)
    assert files(disk) == []


def test_a_job_whose_pictures_do_not_fit_is_tried_for_a_day_and_then_reported(
    disk: Path, table: JobTable, clock: Clock
) -> None:
    blobs = LocalBlobStore(disk)
    job_id = waiting_job(table, blobs)
    fill(disk)
    for n_tries in range(1, DEFAULT_LEASES.max_attempts + 2):
        runner(table, blobs, patience_seconds=0.0).drain()
        job = table.get(job_id)
        assert job is not None
        assert (job.state, job.attempt) == ("queued", n_tries)
        clock.now += 60
    clock.now += HINDERED_SECONDS
    runner(table, blobs, patience_seconds=0.0).drain()
    job = table.get(job_id)
    assert job is not None
    assert job.state == "failed"
    assert job.error is not None
    assert job.error.code == "storage_full"
    clear(disk)
    assert table.retry(job_id)
    runner(table, blobs, patience_seconds=0.0).drain()
    assert table.get(job_id).state == "succeeded"  # type: ignore[union-attr]  # it was there


def test_a_worker_waits_for_room_and_then_writes_what_it_has(disk: Path, table: JobTable) -> None:
    blobs = LocalBlobStore(disk)
    job_id = waiting_job(table, blobs)
    fill(disk)
    later = threading.Timer(1.0, clear, [disk])
    later.start()
    runner(table, blobs, patience_seconds=30.0).drain()
    later.join()
    job = table.get(job_id)
    assert job is not None
    assert (job.state, job.attempt) == ("succeeded", 1)
