"""The measurements of the service's promises, in small, on the real service."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from benchmarks.service import at_once, command, soak
from benchmarks.service import wake as wake_module
from benchmarks.service.command import stress
from benchmarks.service.hostile import SETTINGS, HostilePlan, abuse
from benchmarks.service.leftovers import wait_until_done
from benchmarks.service.running import Running, started
from benchmarks.service.servers import PostgresServer
from benchmarks.service.wake import wake
from tests.e2e import documents

pytestmark = pytest.mark.e2e

DONE_SECONDS = 300.0
LONGEST_WAKE_MS = 1500.0
"""A lost bell would take `sweep_seconds`."""
LOOSELY = {"at-most": 60_000}
"""Milliseconds: a busy machine says nothing of the promise."""
ON_ONE_SERVICE: tuple[ModuleType, ...] = (at_once, command, soak, wake_module)
"""The commands that may come one after the other: starting a service takes most of their time."""


@pytest.fixture(scope="module")
def service() -> Iterator[Running]:
    """The embedded set-up."""
    with started({"DOCSPADE_N_THREADS": "1"}) as service:
        yield service


@pytest.fixture
def one_service(service: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives commands that would start a service the one that is there."""

    @contextmanager
    def ready(_variables: Mapping[str, str] | None = None) -> Iterator[Running]:
        service.wait_until_ready()
        wait_until_done(service.client, DONE_SECONDS)
        yield service

    for module in ON_ONE_SERVICE:
        monkeypatch.setattr(module, "started", ready)


def tried(name: str, **options: object) -> list[dict[str, str]]:
    """The rows of the table that a command prints."""
    words = [word for key, value in options.items() for word in (f"--{key}", str(value))]
    done = CliRunner().invoke(stress, [name, *words])
    assert done.exit_code == 0, done.output
    heads, *found = rows(done.output)
    return [dict(zip(heads, cells, strict=True)) for cells in found]


def rows(output: str) -> list[list[str]]:
    """The cells of a table whose rows take a line each."""
    lines = [line for line in output.replace("┃", "│").splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines]


@pytest.mark.usefixtures("one_service")
def test_no_document_is_lost_while_workers_die() -> None:
    (row,) = tried("crashes", jobs=30, pictures=2, kills=3, pause=1)
    assert (row["documents"], row["worker killed"]) == ("30", "3")
    assert (row["unfinished"], row["another result"]) == ("0", "0")
    assert "lost" not in row
    assert int(row["succeeded"]) + int(row.get("failed", "0")) == 30


def test_no_document_is_lost_while_workers_beside_the_server_die(
    tmp_path: Path, postgres: PostgresServer, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "till.JPG").write_bytes(documents.receipt_jpeg())
    monkeypatch.setenv("DOCSPADE_DATABASE_URL", postgres.new_database())
    monkeypatch.setenv("DOCSPADE_BROKER_URL", redis_url)
    monkeypatch.setenv("DOCSPADE_N_THREADS", "1")
    options = {"jobs": 20, "pictures": 2, "kills": 2, "pause": 1, "workers": 2, "lease": 3}
    (row,) = tried("crashes", **options, photographs=tmp_path)
    assert (row["documents"], row["worker killed"]) == ("20", "2")
    assert (row["unfinished"], row["another result"]) == ("0", "0")
    assert "lost" not in row
    assert int(row["succeeded"]) + int(row.get("failed", "0")) == 20


@pytest.mark.usefixtures("one_service")
def test_uploads_are_acknowledged_while_the_worker_is_busy() -> None:
    (row,) = tried("submit", rate=20, seconds=2, **LOOSELY)
    assert (row["uploads"], row["a second"], row["refused"]) == ("40", "20", "0")
    assert float(row["p50, ms"]) <= float(row["p99, ms"]) <= float(row["longest, ms"])


@pytest.mark.usefixtures("one_service")
def test_a_sleeping_worker_is_woken() -> None:
    row, _ = tried("wake", tries=5, pause=0.2, **LOOSELY)
    assert float(row["median, ms"]) <= float(row["p95, ms"]) <= float(row["longest, ms"])
    assert float(row["median, ms"]) < LONGEST_WAKE_MS


@pytest.mark.usefixtures("one_service")
@pytest.mark.parametrize(
    ("options", "fault"),
    [
        (["submit", "--rate", "20", "--seconds", "1"], "the p99 is "),
        (["wake", "--tries", "2", "--pause", "0.1"], "the p95 is "),
    ],
)
def test_a_broken_promise_is_an_error(options: list[str], fault: str) -> None:
    done = CliRunner().invoke(stress, [*options, "--at-most", "0.001"])
    assert done.exit_code == 1
    assert f"the service broke its promise: {fault}" in done.output


@pytest.mark.usefixtures("one_service")
def test_the_memory_of_a_worker_is_followed() -> None:
    (row,) = tried("soak", documents=60, **{"picture-every": 30}, tolerance=200)
    assert float(row["after warm-up, MiB"]) <= float(row["highest, MiB"])


@pytest.mark.usefixtures("one_service")
def test_values_of_jobs_at_once_are_compared() -> None:
    one, two = tried("at-once", documents=2, rounds=1)
    assert (one["jobs at once"], two["jobs at once"]) == ("1", "2")
    assert min(float(one["a second"]), float(two["a second"])) > 0


def test_hostile_uploads_break_nothing_and_leave_nothing_behind() -> None:
    (row,) = tried("hostile", uploads=60, seed=3, tolerance=200)
    assert (row["uploads"], row["5xx"], row["workers died"]) == ("60", "0", "0")
    assert int(row["accepted"]) > 20
    assert int(row["refused, 4xx"]) > 5


@pytest.mark.parametrize("broker", ["redis_url", "rabbitmq_url"])
def test_a_scaled_out_set_up_wakes_and_stands_hostile_uploads(
    broker: str, postgres: PostgresServer, request: pytest.FixtureRequest
) -> None:
    with tempfile.TemporaryDirectory(prefix="docspade-stress-") as folder:
        variables = {
            **SETTINGS,
            "TMPDIR": folder,
            "DOCSPADE_DATABASE_URL": postgres.new_database(),
            "DOCSPADE_BROKER_URL": request.getfixturevalue(broker),
        }
        with started(variables) as service:
            woken = wake(service.client, tries=5, mean_pause=0.2)
            outcome = abuse(service, Path(folder), HostilePlan(60, 3, DONE_SECONDS))
    assert sorted(woken.from_acceptance)[2] < LONGEST_WAKE_MS
    assert outcome.faults == []
    assert (outcome.answers.total(), outcome.n_deaths) == (60, 0)
    assert outcome.n_accepted > 20


def test_the_service_is_compared_with_its_pipeline() -> None:
    (row,) = tried("throughput", documents=2, rounds=1, threads=1, **{"at-least": 0})
    assert float(row["service, a second"]) > 0
    assert float(row["share, %"]) > 0
