"""The job engine with a real worker process, database, broker and blob store."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.integration.workers.conftest import Engine, running_engine, wait_for
from workers.settings import MIB, Settings

pytestmark = pytest.mark.integration


def test_job_runs_and_leaves_result_and_picture(engine: Engine) -> None:
    job_id = engine.submit("hello")
    job = engine.finished(job_id)
    assert job.state == "succeeded"
    assert job.attempt == 1
    assert job.n_pages_done == 1
    result = engine.services.jobs.result(job_id)
    assert result is not None
    assert result.fields["text"].text == "hello"  # type: ignore[union-attr]
    names = sorted(
        path.name for path in (engine.settings.state_dir / "blobs").glob(f"*/{job_id}/*")
    )
    assert names == ["page-1", "source"]


@pytest.mark.alone
def test_worker_wakes_quickly(engine: Engine) -> None:
    engine.wait_until_ready()
    delays = []
    for _ in range(5):
        time.sleep(0.3)
        job = engine.finished(engine.submit("now"))
        assert job.started_at is not None
        delays.append(job.started_at - job.created_at)
    assert sorted(delays)[2] <= 0.25, delays


def test_failures_are_reported_and_the_worker_lives(engine: Engine) -> None:
    engine.wait_until_ready()
    pid = engine.supervisor.worker_pid
    corrupt = engine.finished(engine.submit("corrupt"))
    crash = engine.finished(engine.submit("crash"))
    fine = engine.finished(engine.submit("fine"))
    partial = engine.finished(engine.submit("partial"))
    assert corrupt.error is not None
    assert (corrupt.state, corrupt.error.code) == ("failed", "corrupt_file")
    assert corrupt.error.message == "the picture is cut off"
    assert crash.error is not None
    assert (crash.state, crash.error.code) == ("failed", "defect")
    assert "ZeroDivision" not in crash.error.message
    assert fine.state == "succeeded"
    assert partial.state == "partial"
    assert engine.supervisor.worker_pid == pid


def test_job_survives_its_worker_being_killed(engine: Engine) -> None:
    engine.wait_until_ready()
    job_id = engine.submit("sleep 1.5")
    engine.running(job_id)
    pid = engine.supervisor.worker_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    job = engine.finished(job_id)
    assert (job.state, job.attempt) == ("succeeded", 2)


def test_a_cancelled_document_leaves_its_worker_to_the_next_one(settings: Settings) -> None:
    with running_engine(settings) as engine:
        engine.wait_until_ready()
        pid, jobs = engine.supervisor.worker_pid, engine.services.jobs
        cancelled = engine.submit("sleep 2")
        engine.running(cancelled)
        behind = engine.submit("behind")
        assert jobs.cancel(cancelled)
        assert engine.finished(behind).state == "succeeded"  # after the worker had given it up
        job = jobs.get(cancelled)
        assert job is not None
        assert (job.state, job.n_pages_done, jobs.result(cancelled)) == ("cancelled", 0, None)
        blobs = settings.state_dir / "blobs"
        assert [path.name for path in blobs.glob(f"*/{cancelled}/*")] == ["source"]
        assert jobs.retry(cancelled)
        engine.doorbell.ring("interactive")
        assert engine.finished(cancelled).state == "succeeded"
        assert engine.supervisor.worker_pid == pid


def test_document_that_kills_its_worker_fails_alone(engine: Engine) -> None:
    engine.wait_until_ready()
    poison = engine.submit("die")
    others = [engine.submit(f"number {index}") for index in range(3)]
    job = engine.finished(poison, seconds=60)
    assert job.error is not None
    assert (job.state, job.attempt, job.error.code) == ("failed", 3, "worker_lost")
    for other in others:
        assert engine.finished(other).state == "succeeded"


@pytest.mark.alone
def test_workers_that_did_their_work_are_replaced_without_a_pause(engine: Engine) -> None:
    engine.wait_until_ready()
    started = time.monotonic()
    for _ in range(6):
        pid = engine.supervisor.worker_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        engine.finished(engine.submit("next"))
    # Pauses that double would come to 25 s alone.
    assert time.monotonic() - started < 20


def test_a_worker_may_have_several_documents_under_way(settings: Settings) -> None:
    with running_engine(settings.model_copy(update={"jobs_at_once": 3})) as engine:
        engine.wait_until_ready()
        jobs = [engine.finished(job) for job in [engine.submit("sleep 1") for _ in range(3)]]
    started = [job.started_at for job in jobs if job.started_at is not None]
    ended = [job.finished_at for job in jobs if job.finished_at is not None]
    assert [job.attempt for job in jobs] == [1, 1, 1]
    assert max(started) < min(ended)


def test_documents_beside_one_that_kills_its_worker_are_done(settings: Settings) -> None:
    with running_engine(settings.model_copy(update={"jobs_at_once": 3})) as engine:
        engine.wait_until_ready()
        beside = [engine.submit("sleep 5") for _ in range(2)]
        for job_id in beside:
            engine.running(job_id)
        poison = engine.submit("die")
        behind = engine.submit("behind")
        job = engine.finished(poison, seconds=90)
        assert job.error is not None
        assert (job.state, job.attempt, job.error.code) == ("failed", 3, "worker_lost")
        jobs = [engine.finished(job_id, seconds=60) for job_id in [*beside, behind]]
    assert [job.state for job in jobs] == ["succeeded"] * 3
    assert all(job.n_lost <= 1 for job in jobs)


def test_documents_beside_one_that_hangs_are_given_back_at_once(settings: Settings) -> None:
    patient = settings.model_copy(update={"jobs_at_once": 3, "lease_seconds": 60.0})
    with running_engine(patient) as engine:
        engine.wait_until_ready()
        hung = engine.submit("linger 60")
        started = engine.running(hung).started_at
        assert started is not None
        time.sleep(max(0.0, started + settings.job_deadline_seconds - 4 - time.time()))
        beside = [engine.submit("sleep 6") for _ in range(2)]
        for job_id in beside:
            engine.running(job_id)
        job = engine.finished(hung)
        assert job.error is not None
        assert (job.state, job.error.code) == ("failed", "deadline_exceeded")
        assert job.error.message.endswith("while its fields were found; pages done before: 1")
        jobs = [engine.finished(job_id) for job_id in beside]
    assert [(job.state, job.attempt, job.n_lost) for job in jobs] == [("succeeded", 2, 0)] * 2


def test_a_worker_that_grows_makes_room_for_another(settings: Settings) -> None:
    bounded = settings.model_copy(update={"max_worker_bytes": 600 * MIB})
    with running_engine(bounded) as engine:
        engine.wait_until_ready()
        pid = engine.supervisor.worker_pid
        for _ in range(60):
            engine.finished(engine.submit("small"))
        assert engine.supervisor.worker_pid == pid
        grown = engine.finished(engine.submit("grow 700"))
        assert (grown.state, grown.attempt) == ("succeeded", 1)
        wait_for(lambda: engine.supervisor.worker_pid not in {pid, None})
        job = engine.finished(engine.submit("next"))
        assert (job.state, job.attempt) == ("succeeded", 1)


def test_job_without_a_bell_is_found_by_the_sweeper(engine: Engine) -> None:
    engine.wait_until_ready()
    job_id = engine.submit("quiet", ring=False)
    assert engine.finished(job_id, seconds=5).state == "succeeded"


def test_jobs_survive_the_broker_being_emptied(engine: Engine) -> None:
    engine.wait_until_ready()
    jobs = [engine.submit("sleep 0.2") for _ in range(4)]
    for path in (engine.settings.broker_dir / "messages").glob("*.msg"):
        path.unlink(missing_ok=True)
    for job_id in jobs:
        assert engine.finished(job_id).state == "succeeded"


def test_stopping_finishes_the_job_under_way(engine: Engine) -> None:
    engine.wait_until_ready()
    under_way, waiting = engine.submit("sleep 1"), engine.submit("later")
    engine.running(under_way)
    engine.supervisor.stop()
    first, second = engine.services.jobs.get(under_way), engine.services.jobs.get(waiting)
    assert first is not None
    assert second is not None
    assert (first.state, second.state) == ("succeeded", "queued")
    assert engine.services.presence.n_alive() == 0


def test_a_stop_costs_the_document_under_way_no_attempt(engine: Engine) -> None:
    engine.wait_until_ready()
    long = engine.submit("sleep 60")
    engine.running(long)
    engine.supervisor.stop()
    job = engine.services.jobs.get(long)
    assert job is not None
    assert (job.state, job.attempt, job.n_lost) == ("queued", 1, 0)


def test_deleting_a_running_job_leaves_nothing(engine: Engine) -> None:
    engine.wait_until_ready()
    job_id = engine.submit("sleep 0.5")
    engine.running(job_id)
    assert engine.services.jobs.delete(job_id)
    engine.services.blobs.delete_document(job_id)
    engine.finished(engine.submit("next"))

    def is_gone() -> bool:
        return not list((engine.settings.state_dir / "blobs").glob(f"*/{job_id}"))

    assert wait_for(is_gone)


def test_hung_job_is_given_up_and_the_next_one_runs(engine: Engine) -> None:
    engine.wait_until_ready()
    hung = engine.submit("sleep 60")
    assert engine.finished(hung, seconds=30).error is not None
    job = engine.services.jobs.get(hung)
    assert job is not None
    assert job.error is not None
    assert job.error.code == "deadline_exceeded"
    assert job.error.message == (
        "the document was not done within 8 seconds and was given up while page 1 was read; "
        "pages done before: 0"
    )
    assert engine.finished(engine.submit("next")).state == "succeeded"


def test_a_document_that_hangs_and_is_deleted_keeps_no_worker(engine: Engine) -> None:
    engine.wait_until_ready()
    hung = engine.submit("sleep 60")
    engine.running(hung)
    assert engine.services.jobs.delete(hung)
    following = engine.submit("next")
    job = engine.finished(following, seconds=engine.settings.job_deadline_seconds + 10)
    assert (job.state, job.attempt) == ("succeeded", 1)


def test_messages_hold_nothing_but_the_lane(engine: Engine) -> None:
    engine.supervisor.stop()
    engine.submit("a secret of the document")
    paths: list[Path] = list((engine.settings.broker_dir / "messages").glob("*.msg"))
    assert len(paths) == 1
    text = paths[0].read_text()
    assert "secret" not in text
    assert "interactive" in text
