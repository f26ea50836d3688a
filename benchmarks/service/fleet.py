"""The scaled-out set-up: a `docspade serve` without a worker, and `docspade worker` beside it."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from benchmarks.service.running import Running, docspade, running, stop
from ocr.errors import SetupError


class Fleet:
    """Workers that nobody supervises: what one had under way comes back when its lease ends.

    Args:
        state_dir: where they log, and where blobs lie that are in no store elsewhere.
        variables: of their environment, before those that are there.
        n_workers: that are started.
        seed: of the choice whom a kill hits.
    """

    def __init__(
        self, state_dir: Path, variables: Mapping[str, str], *, n_workers: int, seed: int = 1
    ) -> None:
        self._state_dir = state_dir
        self._variables = dict(variables)
        self._choices = np.random.default_rng(seed)
        self._workers = [self._start(number) for number in range(n_workers)]

    def kill_one(self) -> bool:
        """Kill a random worker on the spot and start another; False if it had ended by itself."""
        number = int(self._choices.integers(len(self._workers)))
        victim = self._workers[number]
        is_alive = victim.poll() is None
        victim.kill()
        victim.wait()
        self._workers[number] = self._start(number)
        return is_alive

    def pids(self) -> list[int]:
        """Process ids of those that run."""
        return [worker.pid for worker in self._workers if worker.poll() is None]

    def stop(self) -> None:
        """Let all finish what they have under way, and end."""
        for worker in self._workers:
            worker.terminate()
        for worker in self._workers:
            stop(worker)

    def _start(self, number: int) -> subprocess.Popen[str]:
        log_name = f"worker-{number}.log"
        return docspade(["worker"], self._state_dir, self._variables, log_name=log_name)


@contextmanager
def fleet_started(n_workers: int, variables: Mapping[str, str]) -> Iterator[tuple[Running, Fleet]]:
    """A server and its workers, from the moment that one of these is there.

    Database and broker are those of the environment; blobs lie in a folder that all share, unless
    the environment names a store.

    Args:
        n_workers: beside the server.
        variables: of the environment of all, before those that are there.

    Raises:
        SetupError: something did not start, or the broker is one of a single host.
    """
    alone = {**variables, "DOCSPADE_EMBEDDED_WORKER": "false"}
    with (
        tempfile.TemporaryDirectory(prefix="docspade-stress-") as folder,
        running(Path(folder), alone) as service,
    ):
        fleet = Fleet(service.state_dir, variables, n_workers=n_workers)
        try:
            service.wait_until_ready()
            if service.has_embedded_broker():
                raise SetupError(
                    "workers beside the server need DOCSPADE_DATABASE_URL and DOCSPADE_BROKER_URL"
                )
            yield service, fleet
        finally:
            fleet.stop()
