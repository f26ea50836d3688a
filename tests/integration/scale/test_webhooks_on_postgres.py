"""What webhooks are to be told, and what is counted, on PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from layout.result import DocumentResult
from workers.database import Database
from workers.job_figures import FigureTable
from workers.job_table import JobTable
from workers.jobs import NewJob, new_job_id
from workers.webhook_deliveries import DeliveryTable
from workers.webhooks import EVENTS, WebhookTable

pytestmark = pytest.mark.integration
N_JOBS = 40


def test_ending_jobs_at_once_tells_and_counts_each_once(
    database: Database, result: DocumentResult
) -> None:
    table, webhooks = JobTable(database), WebhookTable(database)
    kept = webhooks.add("http://93.184.216.34/", EVENTS, None)
    doomed = webhooks.add("http://93.184.216.34/", EVENTS, None)
    for _ in range(N_JOBS):
        table.add(NewJob(new_job_id(), 1))
    timed = result.model_copy(update={"timings_ms": {"ocr": 1.0, "decode": 2.0, "layout": 400.0}})

    def work(owner: str) -> int:
        n_done = 0
        while job := table.claim("interactive", owner):
            assert table.finish(job, timed)
            n_done += 1
            if n_done == 3:
                webhooks.delete(doomed.webhook_id)  # in the midst of it
        return n_done

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(work, "abcd")) == N_JOBS
    told = DeliveryTable(database).newest(kept.webhook_id, 2 * N_JOBS)
    assert len({delivery.job_id for delivery in told}) == len(told) == N_JOBS
    counts = {(figure.kind, figure.label): figure.n for figure in FigureTable(database).all()}
    assert counts == {
        ("finished", "succeeded"): N_JOBS,
        **{("stage", stage): N_JOBS for stage in ("ocr", "decode", "layout")},
    }


def test_senders_never_share_a_delivery(database: Database, result: DocumentResult) -> None:
    table = JobTable(database)
    for _ in range(6):
        WebhookTable(database).add("http://93.184.216.34/", EVENTS, None)
    table.add(NewJob(new_job_id(), 1))
    job = table.claim("interactive", "a")
    assert job is not None
    assert table.finish(job, result)

    def claim(_sender: int) -> list[str]:
        return [delivery.delivery_id for delivery in DeliveryTable(database).claim(4)]

    with ThreadPoolExecutor(4) as pool:
        claimed = [each for found in pool.map(claim, range(4)) for each in found]
    claimed += [delivery.delivery_id for delivery in DeliveryTable(database).claim(6)]
    assert len(set(claimed)) == len(claimed) == 6
