"""`docspade batch --server`, run again after documents failed."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.commands.batch import PASSING, batch
from tests.integration.api.batches import FAULT, finish
from tests.integration.api.conftest import Server
from tests.integration.api.test_upload import picture
from workers.jobs import BATCH_LANE, JobError

pytestmark = pytest.mark.integration


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("bad.png", "unlucky.png"):
        (folder / name).write_bytes(picture())
    return folder


@contextmanager
def failing(server: Server, errors: Mapping[str, JobError]) -> Iterator[list[str]]:
    """A worker that fails the documents of these names and finishes the others; what it took."""
    taken: list[str] = []
    ended = threading.Event()
    table = server.context.services.jobs

    def work() -> None:
        while not ended.wait(0.02):
            waiting = [job for job in table.newest(9) if job.state.value == "queued"]
            if not waiting:
                continue
            name = str(waiting[-1].filename)
            taken.append(name)
            if name in errors:
                job = table.claim(BATCH_LANE, "test")
                assert job is not None
                assert job.filename == name
                assert table.fail(job, errors[name])
            else:
                assert finish(server).filename == name

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield taken
    finally:
        ended.set()
        worker.join()


def run(server: Server, folder: Path) -> Result:
    address = str(server.http.base_url)
    options = ["--out", str(folder.parent / "out"), "--type", "receipt", "--server", address]
    return CliRunner().invoke(batch, [str(folder), *options])


@pytest.mark.parametrize("code", sorted(PASSING))
def test_what_the_services_trouble_failed_is_tried_again(
    server: Server, folder: Path, code: str
) -> None:
    trouble = {"bad.png": FAULT, "unlucky.png": JobError(code, "not the document's fault")}
    with failing(server, trouble) as taken:
        first = run(server, folder)
        assert (first.exit_code, sorted(taken)) == (1, ["bad.png", "unlucky.png"])
        assert "0 read, 0 done before, 2 failed" in first.stderr
    with failing(server, {"bad.png": FAULT}) as taken:
        second = run(server, folder)
        assert (second.exit_code, taken) == (1, ["unlucky.png"])
        assert "1 read, 0 done before, 1 failed" in second.stderr
    (entry,) = [job for job in server.context.services.jobs.newest(9) if job.error is not None]
    assert entry.filename == "bad.png"


def test_what_was_cancelled_is_told_and_tried_again_by_the_next_run(
    server: Server, folder: Path
) -> None:
    (folder / "bad.png").unlink()
    table, ended = server.context.services.jobs, threading.Event()

    def cancel() -> None:
        while not ended.wait(0.02):
            for job in table.newest(9):
                table.cancel(job.job_id)

    somebody = threading.Thread(target=cancel)
    somebody.start()
    first = run(server, folder)
    ended.set()
    somebody.join()
    assert (first.exit_code, "the document was cancelled" in first.stderr) == (1, True)
    with failing(server, {}) as taken:
        second = run(server, folder)
    assert (second.exit_code, taken) == (0, ["unlucky.png"])


def test_once_a_run(server: Server, folder: Path) -> None:
    lost = JobError("worker_lost", "it died each time")
    with failing(server, {"bad.png": lost, "unlucky.png": lost}) as taken:
        for n_taken in (2, 4, 6):
            done = run(server, folder)
            assert done.exit_code == 1
            assert done.stderr.count("it died each time") == 2
            assert len(taken) == n_taken
