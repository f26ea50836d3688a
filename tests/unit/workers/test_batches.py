"""Batches and their jobs: adding, sealing, counting, trying again, deleting."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from layout.result import DocumentResult
from tests.unit.workers.conftest import Clock
from workers.batch_table import BatchTable
from workers.batches import BatchClosedError, NewBatch
from workers.database import Database
from workers.job_figures import FigureTable
from workers.job_table import JobTable
from workers.jobs import BATCH_LANE, DEFAULT_TENANT, Job, JobError, LeasePolicy, NewJob, new_job_id
from workers.states import RESUME, JobState
from workers.tables import webhook_deliveries
from workers.webhooks import EVENTS, WebhookTable

FAULT = JobError("corrupt_file", "cut off")


@pytest.fixture
def table(database: Database, clock: Clock) -> JobTable:
    return JobTable(database, LeasePolicy(lease_seconds=10, max_attempts=2), clock=clock)


@pytest.fixture
def batches(database: Database, clock: Clock) -> BatchTable:
    return BatchTable(database, clock=clock)


def document(batch_id: str, name: str = "a.png", *, refusal: JobError | None = None) -> NewJob:
    n_bytes = 0 if refusal else 3
    return NewJob(
        new_job_id(), n_bytes, filename=name, lane=BATCH_LANE, batch_id=batch_id, refusal=refusal
    )


def make(table: JobTable, *names: str, seals: bool = False) -> str:
    batch_id = new_job_id()
    documents = [document(batch_id, name) for name in names]
    table.add_batch(NewBatch(batch_id, "receipt", "March"), documents, seals=seals)
    return batch_id


def claim(table: JobTable) -> Job:
    job = table.claim(BATCH_LANE, "a")
    assert job is not None
    return job


def names(jobs: list[Job]) -> list[str | None]:
    return [job.filename for job in jobs]


def test_a_batch_counts_its_jobs_and_is_finished_once_sealed(
    table: JobTable, batches: BatchTable, result: DocumentResult
) -> None:
    batch_id = make(table, "a", "b")
    table.finish(claim(table), result)
    running = claim(table)
    batch = batches.get(batch_id)
    assert batch is not None
    assert (batch.name, batch.document_type, batch.sealed_at) == ("March", "receipt", None)
    assert batch.counts == {JobState.SUCCEEDED: 1, JobState.RUNNING: 1}
    assert (batch.n_documents, batch.n_done, batch.is_finished) == (2, 1, False)
    table.fail(running, FAULT)
    assert batches.unfinished([batch_id, new_job_id()]) == {batch_id}
    batches.seal(batch_id)
    batch = batches.get(batch_id)
    assert batch is not None
    assert (batch.n_done, batch.is_finished) == (2, True)
    assert batches.unfinished([batch_id]) == set()
    assert batches.get(new_job_id()) is None


def test_jobs_run_and_are_listed_in_the_order_in_which_they_came(
    table: JobTable, batches: BatchTable, clock: Clock, result: DocumentResult
) -> None:
    given = [f"{number}.png" for number in range(20)]
    batch_id = make(table, *given[:15])
    clock.now += 1
    table.add_to_batch(batch_id, [document(batch_id, name) for name in given[15:]])
    seen, after = [], None
    while page := batches.documents(batch_id, 7, after=after):
        seen += names(page)
        after = (page[-1].created_at, page[-1].job_id)
    assert seen == given
    assert [claim(table).filename for _ in given] == given
    table.finish(batches.documents(batch_id, 1)[0], result)
    assert names(batches.documents(batch_id, 99, state=JobState.SUCCEEDED)) == ["0.png"]
    (first, body), (second, nothing) = batches.bodies(batch_id, 2)
    assert (first.filename, second.filename, nothing) == ("0.png", "1.png", None)
    assert body is not None


def test_a_sealed_or_deleted_batch_takes_nothing(table: JobTable, batches: BatchTable) -> None:
    batch_id = make(table, seals=True)
    for closed in (batch_id, new_job_id()):
        with pytest.raises(BatchClosedError):
            table.add_to_batch(closed, [document(closed)])
    assert table.newest(9) == []
    batches.seal(batch_id)  # again does nothing


def test_what_is_refused_fails_as_it_is_added(
    table: JobTable, batches: BatchTable, database: Database
) -> None:
    batch_id = new_job_id()
    both = [document(batch_id), document(batch_id, "b.png", refusal=FAULT)]
    table.add_batch(NewBatch(batch_id, "auto"), both, seals=True)
    (failed,) = batches.documents(batch_id, 9, state=JobState.FAILED)
    assert (failed.filename, failed.error, failed.attempt) == ("b.png", FAULT, 0)
    assert failed.finished_at is not None
    assert {(each.kind, each.label, each.n) for each in FigureTable(database).all()} == {
        ("finished", "failed", 1),
        ("failure", "corrupt_file", 1),
    }
    assert not table.retry(failed.job_id)  # there is no document
    assert table.retry_batch(batch_id) == 0


def test_a_retried_job_has_all_its_attempts_and_ends_anew(
    table: JobTable, batches: BatchTable, database: Database, result: DocumentResult
) -> None:
    WebhookTable(database).add("https://example.com/", EVENTS, None, DEFAULT_TENANT)
    batch_id = make(table, "a", seals=True)
    for _ in range(2):
        assert table.release(claim(table), FAULT)
    (failed,) = batches.documents(batch_id, 9)
    assert (failed.state, failed.attempt, failed.error) == ("failed", 2, FAULT)
    assert table.retry_batch(batch_id) == 1
    again = table.get(failed.job_id)
    assert again is not None
    assert (again.state, again.attempt, again.error) == ("queued", 0, None)
    assert (again.started_at, again.finished_at) == (None, None)
    assert not table.retry(failed.job_id)  # it waits already
    assert batches.unfinished([batch_id]) == {batch_id}
    assert table.finish(claim(table), result)
    assert batches.unfinished([batch_id]) == set()
    with database.read() as connection:
        told = list(
            connection.scalars(
                select(webhook_deliveries.c.event)
                .where(webhook_deliveries.c.job_id == failed.job_id)
                .order_by(webhook_deliveries.c.event)
            )
        )
    assert told == ["document.failed", "document.succeeded"]


def test_cancelling_ends_what_is_not_done_and_tells_of_each(
    table: JobTable, batches: BatchTable, database: Database, clock: Clock, result: DocumentResult
) -> None:
    WebhookTable(database).add("https://example.com/", EVENTS, None, DEFAULT_TENANT)
    batch_id = make(table, "a", "b", "c", "d", seals=True)
    clock.now += 1
    other = make(table, "e")
    table.finish(claim(table), result)
    table.fail(claim(table), FAULT)
    running = claim(table)
    assert table.cancel_batch(batch_id) == 2
    assert table.cancel_batch(batch_id) == 0
    assert not table.finish(running, result)
    batch = batches.get(batch_id)
    assert batch is not None
    assert batch.counts == {JobState.SUCCEEDED: 1, JobState.FAILED: 1, JobState.CANCELLED: 2}
    assert (batch.n_done, batch.is_finished) == (4, True)
    assert batches.unfinished([batch_id, other]) == {other}
    with database.read() as connection:
        told = list(connection.scalars(select(webhook_deliveries.c.event)))
    assert sorted(told) == ["document.cancelled"] * 2 + ["document.failed", "document.succeeded"]
    counted = {(each.kind, each.label): each.n for each in FigureTable(database).all()}
    assert counted["finished", "cancelled"] == 2
    assert claim(table).filename == "e"


def test_what_was_cancelled_waits_again_when_asked_for_alone(
    table: JobTable, batches: BatchTable
) -> None:
    batch_id = make(table, "a", "b", "c")
    table.fail(claim(table), FAULT)
    assert table.cancel_batch(batch_id) == 2
    assert table.retry_batch(batch_id) == 1
    (first, second) = batches.documents(batch_id, 9, state=JobState.CANCELLED)
    assert table.retry(first.job_id)
    assert table.retry_batch(batch_id, RESUME) == 1
    assert not table.retry(second.job_id)  # it waits already
    batch = batches.get(batch_id)
    assert batch is not None
    assert batch.counts == {JobState.QUEUED: 3}


def test_what_succeeded_is_not_tried_again(table: JobTable, result: DocumentResult) -> None:
    batch_id = make(table, "a")
    job = claim(table)
    table.finish(job, result)
    assert not table.retry(job.job_id)
    assert table.retry_batch(batch_id) == 0


def test_jobs_are_deleted_together_with_their_results(
    table: JobTable, batches: BatchTable, result: DocumentResult
) -> None:
    batch_id, other = make(table, "a", "b"), make(table, "c")
    table.finish(claim(table), result)
    ids = [job.job_id for job in batches.documents(batch_id, 9)]
    assert sorted(table.delete_all([*ids, new_job_id()])) == sorted(ids)
    assert table.result(ids[0]) is None
    batches.discard(batch_id)
    assert batches.get(batch_id) is None
    assert names(table.newest(9)) == ["c"]
    assert [each.batch_id for each in batches.newest(9, tenant=DEFAULT_TENANT)] == [other]


def test_what_waits_again_is_spared_when_its_time_was_over(
    table: JobTable, batches: BatchTable, clock: Clock
) -> None:
    batch_id = make(table, "a", "b")
    for _ in range(2):
        table.fail(claim(table), FAULT)
    clock.now += 10
    again, spent = table.finished_before(clock.now, 9)
    assert table.retry(again)
    assert table.delete_all([again, spent], ended_before=clock.now) == [spent]
    assert [job.job_id for job in batches.documents(batch_id, 9)] == [again]


def test_empty_batches_go_when_they_are_old(
    table: JobTable, batches: BatchTable, clock: Clock
) -> None:
    full, empty = make(table, "a"), make(table)
    clock.now += 10
    fresh = make(table)
    assert batches.discard_empty(clock.now - 5) == 1
    left = {each.batch_id for each in batches.newest(9, tenant=DEFAULT_TENANT)}
    assert left == {full, fresh}
    assert empty not in left


def test_the_list_goes_page_by_page(table: JobTable, batches: BatchTable) -> None:
    ids = {make(table) for _ in range(5)}  # the clock stands still
    seen: list[str] = []
    before = None
    while page := batches.newest(2, tenant=DEFAULT_TENANT, before=before):
        seen += [batch.batch_id for batch in page]
        before = (page[-1].created_at, page[-1].batch_id)
    assert (len(seen), set(seen)) == (5, ids)
    assert batches.newest(2, tenant="other") == []
