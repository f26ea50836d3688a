"""One worker process from its start to its end."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import threading
import uuid
from collections.abc import Callable, Sequence

from celery.apps.worker import Worker
from celery.signals import worker_shutting_down
from pydantic import BaseModel, ConfigDict

from ocr.errors import TransientError
from workers import broker
from workers.celery_app import Doorbell, make_app, make_worker
from workers.extractor import Extractor
from workers.jobs import WORKER_STOPPED
from workers.logs import set_up_logging
from workers.memory import MemoryWatch
from workers.periodic import Periodic
from workers.pipeline import open_pipeline
from workers.presence import BEAT_SECONDS
from workers.runner import JobRunner, RunPolicy
from workers.services import Services, open_services
from workers.settings import Settings
from workers.supervisor import RECYCLED_EXIT_CODE, SIGN_OF_WORK
from workers.sweeper import Sweeper
from workers.traces import open_traces

logger = logging.getLogger(__name__)

STDIN = 0
MAX_ORDER_BYTES = 1 << 20
GRACE_EXIT_CODE = 71


class WorkerOrder(BaseModel):
    """What a supervisor tells its worker: a name that no other worker has, and the settings."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    worker_id: str
    settings: Settings


def new_worker_id() -> str:
    """A name for a worker that nobody supervises."""
    return f"{socket.gethostname()[:24]}-{uuid.uuid4().hex}"


def run_worker(
    settings: Settings,
    worker_id: str,
    *,
    open_extractor: Callable[[Settings], Extractor] = open_pipeline,
    on_first_job: Callable[[], None] = lambda: None,
) -> int:
    """Answer the bell until asked to stop (SIGTERM), or until it takes too much memory.

    Args:
        settings: of the service.
        worker_id: unique among all workers.
        open_extractor: loads the models.
        on_first_job: called when a document was done for the first time.

    Returns:
        The exit code; `RECYCLED_EXIT_CODE` when another worker should take its place.
    """
    traces = open_traces(settings.otlp_endpoint, worker_id)
    services = open_services(settings)
    app = make_app(services.broker)
    if services.broker.url is None:
        broker.discard_unfinished(services.broker.folder)
    life = _Life(MemoryWatch(settings.max_worker_bytes), on_first_job)
    runner = JobRunner(
        services.jobs,
        services.blobs,
        open_extractor(settings),
        owner=worker_id,
        sources=services.sources,
        policy=_policy(settings),
        after_job=life.note_job,
        traces=traces,
    )
    doorbell = Doorbell(app)
    rounds = _rounds(settings, services, worker_id, doorbell, runner)

    def answer(lane: str) -> None:
        if runner.drain():
            doorbell.ring(lane)

    worker = make_worker(app, worker_id, answer, n_threads=settings.jobs_at_once)

    def stop_claiming(**_signal: object) -> None:
        runner.stop()
        leave = threading.Timer(settings.stop_grace_seconds, _give_up, (services, worker_id))
        leave.daemon = True
        leave.start()

    worker_shutting_down.connect(stop_claiming)
    try:
        _work(worker, runner, rounds)
    finally:
        with contextlib.suppress(TransientError):  # it is forgotten after a while anyway
            services.presence.leave(worker_id)
        traces.close()
        services.database.close()
    return int(worker.exitcode or 0) or (RECYCLED_EXIT_CODE if life.is_over else 0)


def _work(worker: Worker, runner: JobRunner, rounds: Sequence[Periodic]) -> None:
    """Answer the bell until asked to stop, and go the rounds beside it."""
    for each in rounds:
        each.start()
    try:
        worker.start()
    finally:
        runner.stop()
        for each in reversed(rounds):
            each.stop()


def _rounds(
    settings: Settings, services: Services, worker_id: str, doorbell: Doorbell, runner: JobRunner
) -> tuple[Periodic, ...]:
    """What a worker does again and again beside its documents."""
    sweeper = Sweeper(services, doorbell, settings.retention)
    return (
        Periodic("presence", lambda: services.presence.beat(worker_id), every_seconds=BEAT_SECONDS),
        Periodic("sweeper", sweeper.sweep, every_seconds=settings.sweep_seconds),
        Periodic("look", runner.look, every_seconds=settings.sweep_seconds),
    )


def _policy(settings: Settings) -> RunPolicy:
    return RunPolicy(
        settings.lease_seconds / 3,
        settings.job_deadline_seconds,
        n_at_once=settings.jobs_at_once,
    )


class _Life:
    """What a worker does after each document: tell of the first, and stop when it is too large."""

    def __init__(self, memory: MemoryWatch, on_first_job: Callable[[], None]) -> None:
        self._memory = memory
        self._on_first_job = on_first_job
        self._lock = threading.Lock()
        self._has_worked = False
        self.is_over = False

    def note_job(self) -> None:
        with self._lock:
            if not self._has_worked:
                self._has_worked = True
                self._on_first_job()
            if not self.is_over and self._memory.is_too_large():
                self.is_over = True
                logger.warning("the worker takes too much memory: another takes its place")
                os.kill(os.getpid(), signal.SIGTERM)  # celery's way to a graceful stop


def _give_up(services: Services, worker_id: str) -> None:
    """End a worker whose job outlasts the time of grace; the job goes back to its lane at once."""
    logger.warning("the document under way is given back: it took too long for a stop")
    try:
        services.jobs.postpone_all(worker_id, WORKER_STOPPED)
        services.presence.leave(worker_id)
    except TransientError as error:
        logger.warning("jobs of %s wait until their lease ends: %s", worker_id, error)
    finally:
        os._exit(GRACE_EXIT_CODE)


def read_order() -> WorkerOrder:
    """Take a supervised worker's order from standard input.

    From then on the process ends itself when standard input closes, for then the server is gone.
    """
    order = WorkerOrder.model_validate_json(_first_line())
    set_up_logging(order.settings.log_level, order.settings.log_format)
    threading.Thread(target=_end_with_stdin, name="leash", daemon=True).start()
    return order


def tell_of_work() -> None:
    """Tell the supervisor that this worker does its work; for its first document alone."""
    with contextlib.suppress(OSError):  # the supervisor is gone, which another thread notices
        os.write(STDIN, SIGN_OF_WORK)


def _first_line() -> bytes:
    # Unbuffered: a thread that waits in a buffered reader would stop the interpreter's shutdown.
    line = b""
    while not line.endswith(b"\n") and len(line) < MAX_ORDER_BYTES:
        chunk = os.read(STDIN, 1 << 16)
        if not chunk:
            break
        line += chunk
    return line


def _end_with_stdin() -> None:
    # A server that dies before it has read all that the worker told it resets the connection.
    with contextlib.suppress(ConnectionResetError):
        while os.read(STDIN, 1 << 16):
            pass
    logger.warning("the server is gone, so the worker stops")
    os.kill(os.getpid(), signal.SIGTERM)
