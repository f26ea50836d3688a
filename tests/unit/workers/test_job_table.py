from __future__ import annotations

import threading

import pytest

from layout.result import DocumentResult
from tests.unit.workers.conftest import Clock
from workers.database import Database
from workers.job_table import JobTable
from workers.jobs import Job, JobError, LeasePolicy, NewJob, new_job_id
from workers.states import JobState

LANE = "interactive"
REASON = JobError("worker_lost", "the worker died")
AWAY = JobError("transient_error", "the store is away")


@pytest.fixture
def table(database: Database, clock: Clock) -> JobTable:
    return JobTable(database, LeasePolicy(lease_seconds=10, max_attempts=2), clock=clock)


def submit(table: JobTable) -> str:
    return table.add(NewJob(new_job_id(), 3)).job_id


def claim(table: JobTable, owner: str = "a") -> Job:
    job = table.claim(LANE, owner)
    assert job is not None
    return job


def test_a_new_job_waits_with_all_it_was_given(table: JobTable) -> None:
    new = NewJob(new_job_id(), 7, "receipt", (1, 3), "a.jpg", "image/jpeg", "key")
    assert table.add(new) == table.get(new.job_id)
    job = table.get(new.job_id)
    assert job is not None
    assert (job.state, job.pages, job.filename, job.submitted_by) == (
        "queued",
        (1, 3),
        "a.jpg",
        "key",
    )
    assert (table.n_waiting(9), table.waiting_lanes()) == (1, [LANE])


def test_claims_take_the_oldest_first_and_each_once(table: JobTable, clock: Clock) -> None:
    ids = []
    for _ in range(3):
        ids.append(submit(table))
        clock.now += 1
    assert [claim(table).job_id for _ in ids] == ids
    assert table.claim(LANE, "a") is None
    assert table.claim("other", "a") is None


def test_concurrent_claims_never_share_a_job(table: JobTable) -> None:
    ids = {submit(table) for _ in range(40)}
    claimed: list[str] = []

    def work(owner: str) -> None:
        while job := table.claim(LANE, owner):
            claimed.append(job.job_id)

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(ids)


def test_finishing_stores_the_result_once(table: JobTable, result: DocumentResult) -> None:
    submit(table)
    job = claim(table)
    assert table.finish(job, result)
    assert table.result(job.job_id) == result
    assert not table.finish(job, result)
    assert not table.fail(job, REASON)
    done = table.get(job.job_id)
    assert done is not None
    assert (done.state, done.lease_owner, done.error) == ("succeeded", None, None)


def test_a_partial_result_makes_a_partial_job(table: JobTable, result: DocumentResult) -> None:
    submit(table)
    job = claim(table)
    assert table.finish(job, result.model_copy(update={"status": "partial"}))
    done = table.get(job.job_id)
    assert done is not None
    assert done.state == "partial"


def test_an_expired_lease_goes_to_another_and_fences_the_first(
    table: JobTable, clock: Clock, result: DocumentResult
) -> None:
    submit(table)
    first = claim(table, "a")
    clock.now += 10.1
    assert table.release_expired(REASON) == 1
    second = claim(table, "b")
    assert second.attempt == 2
    assert not table.renew(first)
    assert not table.note_pages_done(first, 1)
    assert not table.finish(first, result)
    assert not table.fail(first, REASON)
    assert not table.release(first, REASON)
    assert table.result(first.job_id) is None
    assert table.finish(second, result)


def test_the_same_worker_is_fenced_by_the_attempt(table: JobTable, clock: Clock) -> None:
    submit(table)
    first = claim(table, "a")
    clock.now += 11
    table.release_expired(REASON)
    claim(table, "a")
    assert not table.renew(first)


def test_a_renewed_lease_does_not_expire(table: JobTable, clock: Clock) -> None:
    submit(table)
    job = claim(table)
    for _ in range(5):
        clock.now += 6
        assert table.renew(job)
        assert table.release_expired(REASON) == 0


def test_attempts_used_up_fail_the_job_with_the_reason(table: JobTable, clock: Clock) -> None:
    job_id = submit(table)
    for _ in range(2):
        claim(table)
        clock.now += 11
        table.release_expired(REASON)
    job = table.get(job_id)
    assert job is not None
    assert (job.state, job.error) == ("failed", REASON)
    assert table.claim(LANE, "a") is None


def test_what_the_service_could_not_do_costs_no_attempt_and_is_tried_for_a_day(
    table: JobTable, clock: Clock
) -> None:
    job_id, start = submit(table), clock.now
    for n_hours in range(25):
        clock.now = start + 3600 * n_hours
        if n_hours % 2:
            assert table.postpone(claim(table), AWAY)
        else:
            claim(table, "stopped")
            assert table.postpone_all("stopped", AWAY) == 1
        job = table.get(job_id)
        assert job is not None
        assert (job.attempt, job.n_lost) == (n_hours + 1, 0)
        assert job.state == ("failed" if n_hours == 24 else "queued")
        assert job.error == (AWAY if n_hours == 24 else None)
    assert table.retry(job_id)
    assert table.postpone(claim(table), AWAY)
    assert claim(table).attempt == 2  # the day begins anew


def test_a_job_knows_how_many_workers_it_lost(table: JobTable, clock: Clock) -> None:
    job_id = submit(table)
    assert not claim(table).needs_solitude
    assert table.postpone_all("a", AWAY) == 1
    assert not claim(table).needs_solitude
    clock.now += 11
    assert table.release_expired(REASON) == 1
    lost = claim(table)
    assert (lost.n_lost, lost.needs_solitude) == (1, True)
    table.release_worker("a", REASON)
    failed = table.get(job_id)
    assert failed is not None
    assert (failed.state, failed.error, failed.n_lost) == ("failed", REASON, 2)
    table.retry(job_id)
    assert not claim(table).needs_solitude


def test_a_job_that_was_charged_needs_no_solitude(table: JobTable) -> None:
    submit(table)
    assert table.release(claim(table), AWAY)
    assert not claim(table).needs_solitude


def test_a_dead_workers_jobs_alone_are_given_back(table: JobTable) -> None:
    submit(table)
    submit(table)
    lost, kept = claim(table, "dead"), claim(table, "alive")
    assert table.release_worker("dead", REASON) == 1
    assert table.renew(kept)
    assert claim(table, "alive").job_id == lost.job_id


def test_a_released_job_waits_for_its_time(table: JobTable, clock: Clock) -> None:
    submit(table)
    assert table.release(claim(table), REASON, delay_seconds=5)
    assert table.claim(LANE, "a") is None
    assert table.waiting_lanes() == []
    clock.now += 5
    assert claim(table).attempt == 2


def test_cancelling_what_waits_keeps_it_from_being_claimed(table: JobTable, clock: Clock) -> None:
    job_id = submit(table)
    clock.now += 1
    assert table.cancel(job_id)
    assert not table.cancel(job_id)
    assert table.claim(LANE, "a") is None
    job = table.get(job_id)
    assert job is not None
    assert (job.state, job.finished_at, job.error) == ("cancelled", clock.now, None)
    assert (table.n_waiting(9), table.unfinished([job_id])) == (0, set())
    assert table.finished_before(clock.now + 1, 9) == [job_id]
    assert not table.cancel(new_job_id())


def test_cancelling_what_runs_fences_its_worker(
    table: JobTable, clock: Clock, result: DocumentResult
) -> None:
    submit(table)
    job = claim(table)
    assert table.cancel(job.job_id)
    assert not table.renew(job)
    assert not table.note_pages_done(job, 1)
    assert not table.note_document(job, 1, "image/png")
    assert not table.finish(job, result)
    assert not table.fail(job, REASON)
    assert not table.release(job, REASON)
    assert not table.postpone(job, REASON)
    clock.now += 11
    assert table.release_worker("a", REASON) == table.release_expired(REASON) == 0
    done = table.get(job.job_id)
    assert done is not None
    assert (done.state, done.lease_owner, done.n_pages_done) == ("cancelled", None, 0)
    assert table.result(job.job_id) is None


def test_what_is_done_is_not_cancelled(table: JobTable, result: DocumentResult) -> None:
    submit(table)
    job = claim(table)
    table.finish(job, result)
    assert not table.cancel(job.job_id)
    assert table.result(job.job_id) == result


def test_a_late_result_is_none_of_the_attempt_after_a_cancelled_one(
    table: JobTable, clock: Clock, result: DocumentResult
) -> None:
    submit(table)
    late = claim(table, "a")
    assert table.cancel(late.job_id)
    assert table.retry(late.job_id)
    clock.now += 0.001
    again = claim(table, "a")  # another thread of the same worker
    assert (again.job_id, again.attempt) == (late.job_id, late.attempt)
    assert not table.renew(late)
    assert not table.finish(late, result)
    assert not table.fail(late, REASON)
    assert table.finish(again, result)


def test_deleting_takes_the_lease_away(table: JobTable, result: DocumentResult) -> None:
    submit(table)
    job = claim(table)
    assert table.delete(job.job_id)
    assert not table.delete(job.job_id)
    assert not table.renew(job)
    assert not table.finish(job, result)
    assert table.get(job.job_id) is None


def test_deleting_takes_the_result_along(table: JobTable, result: DocumentResult) -> None:
    submit(table)
    job = claim(table)
    table.finish(job, result)
    table.delete(job.job_id)
    assert table.result(job.job_id) is None


def test_the_list_goes_page_by_page_over_equal_times(table: JobTable) -> None:
    ids = {submit(table) for _ in range(5)}  # the clock stands still
    seen: list[str] = []
    before = None
    while page := table.newest(2, before=before):
        seen += [job.job_id for job in page]
        before = (page[-1].created_at, page[-1].job_id)
    assert len(seen) == 5
    assert set(seen) == ids


def test_the_list_may_be_of_one_state(table: JobTable) -> None:
    submit(table), submit(table)
    claimed = claim(table)
    assert [job.job_id for job in table.newest(9, state=JobState.RUNNING)] == [claimed.job_id]
    assert len(table.newest(9, state=JobState.QUEUED)) == 1
    assert table.newest(9, state=JobState.FAILED) == []


def test_unfinished_and_existing_tell_jobs_apart(table: JobTable, result: DocumentResult) -> None:
    done, waiting, unknown = submit(table), submit(table), new_job_id()
    claimed = claim(table)
    table.finish(claimed, result)
    open_id = waiting if claimed.job_id == done else done
    assert table.unfinished([done, waiting, unknown]) == {open_id}
    assert table.existing([done, waiting, unknown]) == {done, waiting}


def test_what_waits_is_counted_no_further_than_asked(table: JobTable, clock: Clock) -> None:
    for tenant, lane in (("a", "interactive"), ("a", "batch"), ("b", "batch")):
        table.add(NewJob(new_job_id(), 3, tenant=tenant, lane=lane))
    assert [table.n_waiting(at_most) for at_most in (1, 2, 3, 9)] == [1, 2, 3, 3]
    assert (table.n_waiting(9, "a"), table.n_waiting(1, "a"), table.n_waiting(9, "c")) == (2, 1, 0)
    assert table.waiting_lanes() == ["interactive", "batch"]
    job = claim(table)
    assert table.waiting_lanes() == ["batch"]
    assert table.release(job, REASON, delay_seconds=5)
    assert table.waiting_lanes() == ["batch"]  # not yet
    clock.now += 5
    assert table.waiting_lanes() == ["interactive", "batch"]
