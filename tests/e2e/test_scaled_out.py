"""Server and workers apart, on servers of the network: what was accepted is finished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.service.servers import PostgresServer
from tests.e2e import documents
from tests.e2e.service import REPOSITORY, START_SECONDS, Service, serving, wait_for
from tests.services.servers import S3Server
from workers.addresses import bucket_of
from workers.alive import ALIVE_FILE
from workers.blobs_s3 import open_s3_store
from workers.database import Database
from workers.presence import Presence

pytestmark = pytest.mark.e2e

N_DOCUMENTS = 20
N_WORKERS = 2


@dataclass
class Cluster:
    """A server without a worker of its own, and the workers beside it."""

    service: Service
    settings: dict[str, str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def wait_until_ready(self) -> None:
        database = Database(self.settings["database_url"])
        presence = Presence(database)

        def probe() -> bool:
            assert all(worker.poll() is None for worker in self.workers)
            return presence.n_alive() == N_WORKERS

        wait_for(probe, seconds=START_SECONDS)
        database.close()
        assert self.service.http.get("/readyz").is_success


@contextmanager
def worker(state_dir: Path, settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """`docspade worker`, as on another host: it shares nothing but the URLs."""
    variables = {f"DOCSPADE_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "worker", "--state-dir", str(state_dir)],
        cwd=REPOSITORY,
        env={**os.environ, **variables},
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.send_signal(signal.SIGCONT)
            process.wait(60)


@contextmanager
def cluster(folder: Path, **urls: str) -> Iterator[Cluster]:
    settings = {**urls, "lease_seconds": "3", "sweep_seconds": "0.5", "n_threads": "1"}
    with ExitStack() as stack:
        service = stack.enter_context(
            serving(folder / "server", embedded_worker="false", **settings)
        )
        made = Cluster(service, settings)
        for number in range(N_WORKERS):
            made.workers.append(stack.enter_context(worker(folder / f"worker-{number}", settings)))
        made.wait_until_ready()
        yield made


def submit_all_and_kill_one(made: Cluster) -> list[str]:
    """Twenty documents; one worker dies, without a word, with one of them under its hands."""
    service, (victim, survivor) = made.service, made.workers
    for process in made.workers:
        process.send_signal(signal.SIGSTOP)
    ids = [accepted(service, documents.words(f"TOTAL {n}.00")) for n in range(N_DOCUMENTS)]
    victim.send_signal(signal.SIGCONT)

    def is_held_in_mid_job() -> bool:
        victim.send_signal(signal.SIGSTOP)
        entries = service.http.get("/v1/documents?limit=200").json()["documents"]
        if any(entry["status"] == "running" for entry in entries):
            return True
        victim.send_signal(signal.SIGCONT)
        return False

    wait_for(is_held_in_mid_job)
    victim.kill()
    victim.wait()
    survivor.send_signal(signal.SIGCONT)
    return ids


def accepted(service: Service, content: bytes) -> str:
    answer = service.upload(content, "a.words.json")
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def check(made: Cluster) -> None:
    ids = submit_all_and_kill_one(made)
    finished = [made.service.finished(document_id) for document_id in ids]
    assert [status["status"] for status in finished] == ["succeeded"] * N_DOCUMENTS
    assert sorted(int(str(status["attempt"])) for status in finished)[-2:] == [1, 2]
    for document_id in ids:
        result = made.service.http.get(f"/v1/documents/{document_id}/result")
        assert result.is_success, result.text
        assert result.json()["id"] == document_id
    survivor, alive = made.workers[1], made.service.state_dir.parent / "worker-1" / ALIVE_FILE
    assert time.time() - alive.stat().st_mtime < 60  # as the probes ask
    survivor.terminate()
    assert survivor.wait(60) == 0
    assert not alive.exists()


def test_postgres_redis_and_s3(
    tmp_path: Path, postgres: PostgresServer, redis_url: str, s3: S3Server
) -> None:
    blob_url = s3.new_bucket()
    urls = {"database_url": postgres.new_database(), "broker_url": redis_url, "blob_url": blob_url}
    with cluster(tmp_path, **urls) as made:
        check(made)
        store = open_s3_store(bucket_of(blob_url))
        assert len(list(store.documents_older_than(-60))) == N_DOCUMENTS
        assert not [path for path in tmp_path.rglob("source") if path.is_file()]


def test_postgres_rabbitmq_and_a_shared_folder(
    tmp_path: Path, postgres: PostgresServer, rabbitmq_url: str
) -> None:
    shared = tmp_path / "shared"
    urls = {
        "database_url": postgres.new_database(),
        "broker_url": rabbitmq_url,
        "blob_url": shared.as_uri(),
    }
    with cluster(tmp_path, **urls) as made:
        check(made)
        assert len(list(shared.rglob("source"))) == N_DOCUMENTS
