"""Batches on PostgreSQL: what holds on SQLite, and what takes several hosts to go wrong."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import insert, text

from layout.result import DocumentResult
from tests.unit.workers.test_batches import *  # noqa: F403  # the same tests, another database
from tests.unit.workers.test_batches import document
from workers.batch_table import BatchTable, hold_open
from workers.batches import BatchClosedError, NewBatch
from workers.database import Database
from workers.job_table import JobTable
from workers.jobs import BATCH_LANE, WORKER_STOPPED, new_job_id
from workers.states import JobState
from workers.tables import jobs

pytestmark = pytest.mark.integration

N_HOSTS, N_JOBS = 6, 50_000


def new_batch(database: Database) -> str:
    batch_id = new_job_id()
    JobTable(database).add_batch(NewBatch(batch_id, "auto"), [], seals=False)
    return batch_id


def test_what_is_added_as_a_batch_is_sealed_is_in_it_or_refused(database: Database) -> None:
    batch_id = new_batch(database)
    table, batches = JobTable(database), BatchTable(database)
    start = threading.Barrier(N_HOSTS + 1)

    def add(_host: int) -> int:
        start.wait()
        n_added = 0
        try:
            for _ in range(20):
                table.add_to_batch(batch_id, [document(batch_id)])
                n_added += 1
        except BatchClosedError:
            pass
        return n_added

    def seal() -> int:
        start.wait()
        time.sleep(0.02)
        batches.seal(batch_id)
        batch = batches.get(batch_id)
        assert batch is not None
        return batch.n_documents

    with ThreadPoolExecutor(N_HOSTS + 1) as pool:
        added = [pool.submit(add, host) for host in range(N_HOSTS)]
        n_seen = pool.submit(seal).result()
        assert sum(future.result() for future in added) == n_seen


def test_nothing_slips_through_while_a_batch_is_cancelled(
    database: Database, result: DocumentResult
) -> None:
    table, batches, batch_id = JobTable(database), BatchTable(database), new_batch(database)
    table.add_to_batch(batch_id, [document(batch_id) for _ in range(300)])
    is_under_way, is_over = threading.Event(), threading.Event()

    def work(host: int) -> int:
        """Claim, and finish; the hosts with even numbers only give back. How many were finished."""
        n_finished = 0
        while not is_over.is_set():
            job = table.claim(BATCH_LANE, f"host-{host}")
            if job is not None and host % 2:
                n_finished += table.finish(job, result)
            elif job is not None:
                table.postpone(job, WORKER_STOPPED)
            if n_finished > 5:
                is_under_way.set()
        return n_finished

    def cancel() -> int:
        assert is_under_way.wait(60)
        try:
            return table.cancel_batch(batch_id)
        finally:
            is_over.set()

    with ThreadPoolExecutor(N_HOSTS + 1) as pool:
        working = [pool.submit(work, host) for host in range(N_HOSTS)]
        n_cancelled = pool.submit(cancel).result()
        n_finished = sum(future.result() for future in working)
    batch = batches.get(batch_id)
    assert batch is not None
    assert n_cancelled > 0
    assert batch.counts == {JobState.SUCCEEDED: n_finished, JobState.CANCELLED: n_cancelled}
    for job, body in batches.bodies(batch_id, 300):
        assert (body is None) == (job.state is JobState.CANCELLED)


def test_an_empty_batch_is_kept_while_somebody_adds_to_it(database: Database) -> None:
    batch_id = new_batch(database)
    with database.write() as connection:
        hold_open(connection, batch_id)
        assert BatchTable(database).discard_empty(time.time() + 1) == 0
    JobTable(database).add_to_batch(batch_id, [document(batch_id)])
    assert BatchTable(database).discard_empty(time.time() + 1) == 0


def test_a_large_batch_is_counted_and_paged_in_its_index(database: Database) -> None:
    batch_id = new_batch(database)
    rows = [
        {
            "id": f"{index:032x}",
            "lane": "batch",
            "state": "queued" if index % 7 == 0 else "succeeded",
            "document_type": "auto",
            "n_bytes": 1,
            "created_at": float(index),
            "available_at": 0.0,
            "batch_id": batch_id if index % 2 else None,
        }
        for index in range(N_JOBS)
    ]
    with database.write() as connection:
        connection.execute(insert(jobs), rows)
        connection.execute(text("ANALYZE jobs"))
    batches = BatchTable(database)
    batch = batches.get(batch_id)
    assert batch is not None
    assert batch.n_documents == N_JOBS // 2
    start = time.perf_counter()
    assert len(batches.documents(batch_id, 50, after=(float(N_JOBS // 2), "f" * 32))) == 50
    assert time.perf_counter() - start < 1
    with database.read() as connection:
        plan = "\n".join(
            connection.scalars(
                text(
                    "EXPLAIN SELECT * FROM jobs WHERE batch_id = :id AND (created_at > 9 OR "
                    "created_at = 9 AND id > 'a') ORDER BY created_at, id LIMIT 50"
                ),
                {"id": batch_id},
            )
        )
    assert "ix_jobs_batch" in plan, plan
    assert "Sort" not in plan, plan
