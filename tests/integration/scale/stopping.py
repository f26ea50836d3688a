"""Celery workers in threads, stopped where they run."""

from __future__ import annotations

from threading import Thread

from celery.apps.worker import Worker
from celery.exceptions import WorkerShutdown

STOP_SECONDS = 20.0


def stop(worker: Worker, thread: Thread) -> None:
    """End a worker from inside its own loop.

    Its connection is no two threads' at a time: one that closed it while the other waited there
    would wait for ever.
    """

    def leave() -> None:
        raise WorkerShutdown(0)

    worker.consumer.hub.call_soon(leave)
    thread.join(STOP_SECONDS)
    assert not thread.is_alive()
