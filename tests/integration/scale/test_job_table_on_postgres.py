"""The job table on PostgreSQL: what holds on SQLite, and what takes several hosts to go wrong."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml
from sqlalchemy import insert, text

from benchmarks.service.servers import PostgresServer
from layout.result import DocumentResult
from ocr.errors import TransientError
from tests.unit.workers.test_deployments import DEPLOY
from tests.unit.workers.test_job_table import *  # noqa: F403  # the same tests, another database
from workers.database import Database
from workers.job_table import JobTable
from workers.jobs import WORKER_LOST, NewJob, new_job_id
from workers.patience import patiently
from workers.presence import Presence
from workers.tables import jobs

pytestmark = pytest.mark.integration

N_HOSTS, N_JOBS = 6, 120
N_FINISHED = 30_000


def test_hosts_that_claim_at_once_never_share_a_job_and_leave_none(
    database: Database, postgres: PostgresServer
) -> None:
    url = postgres.url(str(database_name(database)))
    ids = {JobTable(database).add(NewJob(new_job_id(), 1)).job_id for _ in range(N_JOBS)}

    def claim_all(owner: str) -> list[str]:
        host = Database(url)
        table, claimed = JobTable(host), []
        while job := table.claim("interactive", owner):
            claimed.append(job.job_id)
        host.close()
        return claimed

    with ThreadPoolExecutor(N_HOSTS) as pool:
        claims = list(pool.map(claim_all, [f"host-{n}" for n in range(N_HOSTS)]))
    assert sorted(job_id for claimed in claims for job_id in claimed) == sorted(ids)


def test_a_claim_passes_over_a_row_that_another_transaction_holds(database: Database) -> None:
    table = JobTable(database)
    first, second = (table.add(NewJob(new_job_id(), 1)).job_id for _ in range(2))
    with database.write() as other:
        other.execute(text("SELECT 1 FROM jobs WHERE id = :id FOR UPDATE"), {"id": first})
        job = table.claim("interactive", "a")
    assert job is not None
    assert job.job_id == second


def test_claim_and_finish_stay_flat_under_many_finished_jobs(
    database: Database, result: DocumentResult
) -> None:
    table = JobTable(database)
    empty_seconds = claim_and_finish(table, result)
    with database.write() as connection:
        connection.execute(insert(jobs), [finished_row(index) for index in range(N_FINISHED)])
    full_seconds = claim_and_finish(table, result)
    assert full_seconds < 5 * empty_seconds + 0.01, (empty_seconds, full_seconds)
    plan = plan_of_a_claim(database)
    assert "ix_jobs_queued" in plan, plan
    assert "Seq Scan" not in plan, plan


def test_a_lost_connection_is_a_passing_condition(
    database: Database, postgres: PostgresServer
) -> None:
    table = JobTable(database)
    job_id = table.add(NewJob(new_job_id(), 1)).job_id

    def cut_in_the_middle() -> None:
        with database.write() as connection:
            connection.execute(text("SELECT 1"))
            assert postgres.break_connections() >= 1
            connection.execute(text("SELECT 1"))

    with pytest.raises(TransientError, match=r"terminat|lost|closed"):
        cut_in_the_middle()
    assert patiently(lambda: table.get(job_id)) is not None
    postgres.break_connections()  # those that wait in the pool
    assert table.claim("interactive", "a") is not None


def test_nobody_answering_is_a_passing_condition() -> None:
    nowhere = Database("postgresql+psycopg://postgres@127.0.0.1:1/docspade")
    with pytest.raises(TransientError, match="cannot be used just now"):
        JobTable(nowhere).get("0" * 32)
    nowhere.close()


def test_workers_of_all_hosts_are_counted(database: Database) -> None:
    presence = Presence(database)
    for name in ("a", "b", "a"):
        presence.beat(name)
    assert presence.n_alive() == 2
    presence.leave("a")
    assert presence.n_alive() == 1


def test_sweepers_of_many_hosts_give_a_job_back_once(database: Database) -> None:
    past = JobTable(database, clock=lambda: time.time() - 3600)
    for _ in range(20):
        past.add(NewJob(new_job_id(), 1))
    while past.claim("interactive", "dead"):
        pass
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: JobTable(database).release_expired(WORKER_LOST), range(4)))
    assert sum(counts) == 20
    assert JobTable(database).n_waiting(99) == 20
    assert JobTable(database).waiting_lanes() == ["interactive"]


def database_name(database: Database) -> object:
    with database.read() as connection:
        return connection.scalar(text("SELECT current_database()"))


def claim_and_finish(table: JobTable, result: DocumentResult, *, n_jobs: int = 20) -> float:
    """The quickest of some rounds, in seconds: the machine's other work adds, never takes away."""
    seconds = []
    for _ in range(n_jobs):
        table.add(NewJob(new_job_id(), 1))
        start = time.perf_counter()
        job = table.claim("interactive", "a")
        assert job is not None
        assert table.finish(job, result)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def finished_row(index: int) -> dict[str, object]:
    return {
        "id": f"{index:032x}",
        "lane": "interactive",
        "state": "succeeded",
        "document_type": "auto",
        "n_bytes": 1,
        "created_at": float(index),
        "available_at": float(index),
    }


def plan_of_a_claim(database: Database) -> str:
    query = (
        "EXPLAIN UPDATE jobs SET state = 'running' WHERE state = 'queued' AND id = "
        "(SELECT id FROM jobs WHERE lane = 'interactive' AND state = 'queued' "
        "AND available_at <= 9e9 ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)"
    )
    with database.write() as connection:
        connection.execute(text("ANALYZE jobs"))
        return "\n".join(connection.scalars(text(query)))


def test_the_scaler_of_the_deployment_counts_what_is_not_done(
    database: Database, result: DocumentResult
) -> None:
    table = JobTable(database)
    for _ in range(3):
        table.add(NewJob(new_job_id(), 1))
    job = table.claim("interactive", "a")
    assert job is not None
    assert table.finish(job, result)
    assert table.claim("interactive", "a") is not None
    with database.read() as connection:
        assert connection.scalar(text(scaler_query())) == 2


def scaler_query() -> str:
    manifests = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text())
    (scaled,) = (one for one in manifests if one["kind"] == "ScaledObject")
    return str(scaled["spec"]["triggers"][0]["metadata"]["query"])
