"""What a worker does while database or store are away, and at the end of its slice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from layout.result import DocumentResult
from ocr.errors import TransientError
from ocr.types import Page
from workers import patience
from workers.blobs import SOURCE, BlobKey, LocalBlobStore, page_picture, write_blob
from workers.database import Database
from workers.job_table import JobTable
from workers.jobs import (
    BATCH_LANE,
    DEFAULT_LEASES,
    INTERACTIVE_LANE,
    Job,
    JobError,
    NewJob,
    new_job_id,
)
from workers.lane_order import LONGEST_INTERACTIVE_RUN
from workers.lull import LONGEST_PAUSE_SECONDS, Lull
from workers.page_pictures import PagePixels
from workers.runner import JobRunner, RunPolicy


class OnePage:
    """An extractor that finds one page and always the same result."""

    def __init__(self, result: DocumentResult) -> None:
        self._result = result

    def extract(
        self,
        data: bytes,
        *,
        document_type: str,
        document_id: str,
        with_words: bool,
        pages: Sequence[int] | None,
        on_page: Callable[[Page, PagePixels | None], None] | None,
        on_stage: Callable[[str], None],
    ) -> DocumentResult:
        del data, document_type, document_id, with_words, pages, on_stage
        assert on_page is not None
        on_page(Page(number=1, width=4, height=3, words=()), np.zeros((3, 4, 3), dtype=np.uint8))
        return self._result


class Pages:
    """An extractor of some pages, before each of which something happens."""

    def __init__(self, result: DocumentResult, before: Sequence[Callable[[], object]]) -> None:
        self._result = result
        self._before = before
        self.n_read = 0

    def extract(
        self,
        data: bytes,
        *,
        document_type: str,
        document_id: str,
        with_words: bool,
        pages: Sequence[int] | None,
        on_page: Callable[[Page, PagePixels | None], None] | None,
        on_stage: Callable[[str], None],
    ) -> DocumentResult:
        del data, document_type, document_id, with_words, pages, on_stage
        assert on_page is not None
        pixels = np.zeros((3, 4, 3), dtype=np.uint8)
        for number, happens in enumerate(self._before, start=1):
            happens()
            self.n_read += 1
            on_page(Page(number=number, width=4, height=3, words=()), pixels)
        return self._result


class OutOfMemory:
    """An extractor for whose documents there is not room enough."""

    def extract(
        self,
        data: bytes,
        *,
        document_type: str,
        document_id: str,
        with_words: bool,
        pages: Sequence[int] | None,
        on_page: Callable[[Page, PagePixels | None], None] | None,
        on_stage: Callable[[str], None],
    ) -> DocumentResult:
        del data, document_type, document_id, with_words, pages, on_page, on_stage
        raise TransientError("not enough memory to decode the picture")


class ShakyTable(JobTable):
    """Loses its connection at the first attempts to finish, before or after the commit.

    So it may at the first attempts to give a job back.
    """

    n_losses = 0
    n_losses_at_giving_back = 0
    is_lost_after_commit = False

    def finish(self, job: Job, result: DocumentResult) -> bool:
        if self.n_losses > 0:
            self.n_losses -= 1
            if self.is_lost_after_commit:
                super().finish(job, result)
            raise TransientError("the connection was lost")
        return super().finish(job, result)

    def postpone(self, job: Job, reason: JobError, *, delay_seconds: float = 0.0) -> bool:
        if self.n_losses_at_giving_back > 0:
            self.n_losses_at_giving_back -= 1
            raise TransientError("the connection was lost")
        return super().postpone(job, reason, delay_seconds=delay_seconds)


@pytest.fixture
def table(database: Database) -> ShakyTable:
    return ShakyTable(database)


@pytest.fixture
def blobs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocalBlobStore:
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.01)
    return LocalBlobStore(tmp_path / "blobs")


def submit(table: JobTable, blobs: LocalBlobStore, lane: str = INTERACTIVE_LANE) -> str:
    job_id = new_job_id()
    write_blob(blobs, BlobKey(job_id, SOURCE), b"x")
    return table.add(NewJob(job_id, 1, lane=lane)).job_id


def state_and_attempt(table: JobTable, job_id: str) -> tuple[str, int]:
    job = table.get(job_id)
    assert job is not None
    return job.state, job.attempt


@pytest.mark.parametrize("is_lost_after_commit", [False, True])
def test_a_result_is_kept_through_a_lost_connection(
    table: ShakyTable,
    blobs: LocalBlobStore,
    result: DocumentResult,
    is_lost_after_commit: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    table.n_losses, table.is_lost_after_commit = 3, is_lost_after_commit
    job_id = submit(table, blobs)
    runner = JobRunner(table, blobs, OnePage(result), owner="a")
    assert not runner.drain()
    assert state_and_attempt(table, job_id) == ("succeeded", 1)
    assert table.result(job_id) == result
    assert blobs.read(BlobKey(job_id, SOURCE)) == b"x"


def test_a_connection_that_stays_away_gives_the_job_back(
    table: ShakyTable, blobs: LocalBlobStore, result: DocumentResult
) -> None:
    table.n_losses, table.n_losses_at_giving_back = 10_000, 5  # for longer than there is patience
    job_id = submit(table, blobs)
    policy = RunPolicy(patience_seconds=0.05, retry_seconds=60)
    JobRunner(table, blobs, OnePage(result), owner="a", policy=policy).drain()
    assert state_and_attempt(table, job_id) == ("queued", 1)


def test_a_document_that_cannot_be_read_just_now_is_tried_as_often_as_may_be(
    database: Database, blobs: LocalBlobStore
) -> None:
    table = JobTable(database)
    job_id = submit(table, blobs)
    policy = RunPolicy(retry_seconds=0.0)
    JobRunner(table, blobs, OutOfMemory(), owner="a", policy=policy).drain()
    assert state_and_attempt(table, job_id) == ("failed", DEFAULT_LEASES.max_attempts)


def test_pauses_grow_while_the_store_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    stopping, pauses = threading.Event(), list[float]()
    monkeypatch.setattr(stopping, "wait", pauses.append)
    pausing = Lull(stopping)
    for _ in range(6):
        pausing.pause()
    assert pauses == [1, 2, 4, 8, LONGEST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS]
    pausing.end()
    pausing.pause()
    assert pauses[-1] == 1


def test_a_cancelled_document_is_given_up_at_its_next_page(
    table: ShakyTable, blobs: LocalBlobStore, result: DocumentResult
) -> None:
    job_id, behind = submit(table, blobs), submit(table, blobs)
    before = [lambda: None, lambda: table.cancel(job_id), lambda: None]
    extractor = Pages(result, before)
    runner = JobRunner(table, blobs, extractor, owner="a")
    assert not runner.drain()
    assert extractor.n_read == 2 + 3  # of the one behind it all
    job = table.get(job_id)
    assert job is not None
    assert (job.state, job.n_pages_done) == ("cancelled", 1)
    assert table.result(job_id) is None
    assert blobs.read(BlobKey(job_id, SOURCE)) == b"x"
    assert state_and_attempt(table, behind) == ("succeeded", 1)


def test_nothing_more_is_stored_once_the_worker_knows_that_a_document_was_cancelled(
    table: ShakyTable, blobs: LocalBlobStore, result: DocumentResult
) -> None:
    job_id = submit(table, blobs)

    def cancel() -> None:
        assert table.cancel(job_id)
        time.sleep(0.2)  # some heartbeats

    runner = JobRunner(
        table,
        blobs,
        Pages(result, [cancel]),
        owner="a",
        policy=RunPolicy(heartbeat_seconds=0.02),
    )
    assert not runner.drain()
    assert blobs.read(BlobKey(job_id, page_picture(1))) is None
    assert state_and_attempt(table, job_id) == ("cancelled", 1)


def test_a_document_cancelled_as_it_is_finished_has_no_result(
    database: Database, blobs: LocalBlobStore, result: DocumentResult
) -> None:
    table = NotingTable(database)
    job_id = submit(table, blobs)
    table.on_finish = lambda: table.cancel(job_id)
    assert not JobRunner(table, blobs, OnePage(result), owner="a").drain()
    assert state_and_attempt(table, job_id) == ("cancelled", 1)
    assert table.result(job_id) is None


def test_a_slice_ends_between_two_jobs_and_asks_for_another_bell(
    table: ShakyTable, blobs: LocalBlobStore, result: DocumentResult
) -> None:
    ids = [submit(table, blobs) for _ in range(2)]
    over = RunPolicy(slice_seconds=0.0)
    assert JobRunner(table, blobs, OnePage(result), owner="a", policy=over).drain()
    assert not JobRunner(table, blobs, OnePage(result), owner="b").drain()
    assert [state_and_attempt(table, job_id) for job_id in ids] == [("succeeded", 1)] * 2


class NotingTable(JobTable):
    """Notes the lanes of the jobs that it finishes, and may take a job in with each."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.lanes: list[str] = []
        self.on_finish: Callable[[], object] = lambda: None

    def finish(self, job: Job, result: DocumentResult) -> bool:
        self.lanes.append(job.lane)
        self.on_finish()
        return super().finish(job, result)


def test_documents_alone_go_before_those_of_batches_that_came_first(
    database: Database, blobs: LocalBlobStore, result: DocumentResult
) -> None:
    table = NotingTable(database)
    for lane in [BATCH_LANE] * 3 + [INTERACTIVE_LANE] * 2:
        submit(table, blobs, lane)
    assert not JobRunner(table, blobs, OnePage(result), owner="a").drain()
    assert table.lanes == [INTERACTIVE_LANE] * 2 + [BATCH_LANE] * 3


def test_documents_alone_that_never_end_leave_batches_their_turn(
    database: Database, blobs: LocalBlobStore, result: DocumentResult
) -> None:
    table = NotingTable(database)
    for lane in [BATCH_LANE, BATCH_LANE, INTERACTIVE_LANE]:
        submit(table, blobs, lane)
    runner = JobRunner(table, blobs, OnePage(result), owner="a")
    rounds = 2 * (LONGEST_INTERACTIVE_RUN + 1)

    def take_another_in() -> None:
        if len(table.lanes) >= rounds:
            runner.stop()
        submit(table, blobs, INTERACTIVE_LANE)

    table.on_finish = take_another_in
    runner.drain()
    assert table.lanes == ([INTERACTIVE_LANE] * LONGEST_INTERACTIVE_RUN + [BATCH_LANE]) * 2


def test_the_turn_of_batches_survives_the_end_of_a_slice(
    database: Database, blobs: LocalBlobStore, result: DocumentResult
) -> None:
    table = NotingTable(database)
    runner = JobRunner(table, blobs, OnePage(result), owner="a")
    for _ in range(LONGEST_INTERACTIVE_RUN):
        submit(table, blobs)
    assert not runner.drain()
    submit(table, blobs)
    submit(table, blobs, BATCH_LANE)
    assert not runner.drain()
    assert table.lanes[-2:] == [BATCH_LANE, INTERACTIVE_LANE]


def test_a_look_needs_no_bell_and_leaves_a_busy_worker_alone(
    database: Database, blobs: LocalBlobStore, result: DocumentResult
) -> None:
    table = NotingTable(database)
    runner = JobRunner(table, blobs, OnePage(result), owner="a")
    submit(table, blobs)
    table.on_finish = runner.look  # while a job is under way: there is room for one
    submit(table, blobs)
    runner.look()
    assert len(table.lanes) == 2
    runner.look()
    assert len(table.lanes) == 2
