"""Who runs beside whom in one worker."""

from __future__ import annotations

import threading
import time

import pytest

from tests.unit.workers.conftest import Clock
from workers.database import Database
from workers.job_table import JobTable
from workers.jobs import WORKER_LOST, Job, NewJob, new_job_id
from workers.solitude import Solitude

OWNER = "a"
FAR_OFF = float("inf")


@pytest.fixture
def table(database: Database, clock: Clock) -> JobTable:
    return JobTable(database, clock=clock)


def claim(table: JobTable) -> Job | None:
    return table.claim("interactive", OWNER)


def submit(table: JobTable, *, has_lost_a_worker: bool = False) -> None:
    table.add(NewJob(new_job_id(), 1))
    if has_lost_a_worker:
        table.claim("interactive", "dead")
        table.release_worker("dead", WORKER_LOST)


def test_one_that_lost_a_worker_starts_when_the_others_are_done(table: JobTable) -> None:
    solitude, done = Solitude(threading.Event()), threading.Event()
    submit(table, has_lost_a_worker=True)
    suspect = table.claim("interactive", "elsewhere")
    assert suspect is not None
    submit(table)
    other = solitude.enter(lambda: claim(table), FAR_OFF)
    assert other is not None
    assert solitude.enter(lambda: suspect, FAR_OFF) is suspect

    def wait() -> None:
        if solitude.wait_alone(lambda: False):
            done.set()

    threading.Thread(target=wait, daemon=True).start()
    assert not done.wait(0.1)
    solitude.leave(other)
    assert done.wait(10)


def test_nothing_is_claimed_beside_it(table: JobTable) -> None:
    solitude = Solitude(threading.Event())
    submit(table, has_lost_a_worker=True)
    suspect = solitude.enter(lambda: claim(table), FAR_OFF)
    assert suspect is not None
    assert solitude.wait_alone(lambda: False)
    submit(table)
    assert solitude.enter(lambda: claim(table), time.monotonic()) is None
    assert table.n_waiting(9) == 1
    solitude.leave(suspect)
    assert solitude.enter(lambda: claim(table), FAR_OFF) is not None


def test_the_end_of_a_worker_ends_all_waiting(table: JobTable) -> None:
    solitude = Solitude(threading.Event())
    submit(table)
    assert solitude.enter(lambda: claim(table), FAR_OFF) is not None
    submit(table, has_lost_a_worker=True)
    assert solitude.enter(lambda: claim(table), FAR_OFF) is not None
    assert not solitude.wait_alone(lambda: True)  # in vain: it was deleted
    solitude.close()
    assert not solitude.wait_alone(lambda: False)
    submit(table)
    assert solitude.enter(lambda: claim(table), FAR_OFF) is None
    assert table.n_waiting(9) == 1
