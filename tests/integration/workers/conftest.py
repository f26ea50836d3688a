from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from workers.blobs import SOURCE, BlobKey, write_blob
from workers.celery_app import Doorbell, make_app
from workers.jobs import WORKER_LOST, WORKER_STOPPED, Job, NewJob, new_job_id
from workers.process import WorkerOrder
from workers.services import Services, open_services
from workers.settings import Settings
from workers.supervisor import Supervisor

T = TypeVar("T")
TINY_WORKER = (sys.executable, "-m", "tests.integration.workers.tiny_worker")
REPOSITORY = Path(__file__).parents[3]


def wait_for(probe: Callable[[], T | None], *, seconds: float = 30.0) -> T:
    """What the probe gives as soon as it gives anything true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = probe()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"nothing happened within {seconds} s")


@dataclass
class Engine:
    """Services, bell and a supervisor over a real worker process."""

    settings: Settings
    services: Services
    doorbell: Doorbell
    supervisor: Supervisor

    def submit(self, text: str, *, ring: bool = True) -> str:
        job_id = new_job_id()
        data = text.encode()
        write_blob(self.services.blobs, BlobKey(job_id, SOURCE), data)
        self.services.jobs.add(NewJob(job_id, len(data), "receipt"))
        if ring:
            self.doorbell.ring("interactive")
        return job_id

    def finished(self, job_id: str, *, seconds: float = 30.0) -> Job:
        def probe() -> Job | None:
            job = self.services.jobs.get(job_id)
            return job if job is not None and job.state.is_final else None

        return wait_for(probe, seconds=seconds)

    def running(self, job_id: str) -> Job:
        def probe() -> Job | None:
            job = self.services.jobs.get(job_id)
            return job if job is not None and job.state == "running" else None

        return wait_for(probe)

    def wait_until_ready(self) -> None:
        wait_for(lambda: self.services.presence.n_alive() or None)
        self.finished(self.submit("warm up"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        state_dir=tmp_path / "state",
        lease_seconds=3.0,
        sweep_seconds=0.5,
        stop_grace_seconds=5.0,
        job_deadline_seconds=8.0,
    )


@pytest.fixture
def engine(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.chdir(REPOSITORY)
    with running_engine(settings) as running:
        yield running


@contextmanager
def running_engine(settings: Settings) -> Iterator[Engine]:
    """An engine of these settings; tests run it from the repository."""
    services = open_services(settings)
    supervisor = Supervisor(
        lambda name: WorkerOrder(worker_id=name, settings=settings).model_dump_json(),
        lambda name: (services.jobs.release_worker(name, WORKER_LOST), None)[1],
        on_stop=lambda name: (services.jobs.postpone_all(name, WORKER_STOPPED), None)[1],
        grace_seconds=settings.stop_grace_seconds,
        command=TINY_WORKER,
    )
    supervisor.start()
    try:
        yield Engine(settings, services, Doorbell(make_app(services.broker)), supervisor)
    finally:
        supervisor.stop()
        services.database.close()
