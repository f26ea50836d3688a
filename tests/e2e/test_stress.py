"""The measurements of the service's promises, in small, on the real service."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from benchmarks.service.command import stress
from benchmarks.service.servers import PostgresServer
from tests.services.fixtures import postgres, rabbitmq_url, redis_url

__all__ = ["postgres", "rabbitmq_url", "redis_url"]

pytestmark = pytest.mark.e2e


def tried(command: str, **options: object) -> dict[str, str]:
    """The first row of the table that a command prints."""
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    done = CliRunner().invoke(stress, [command, *words])
    assert done.exit_code == 0, done.output
    heads, cells = rows(done.output)[:2]
    return dict(zip(heads, cells, strict=True))


def rows(output: str) -> list[list[str]]:
    """The cells of a table whose rows take a line each."""
    lines = [line for line in output.replace("┃", "│").splitlines() if line.startswith("│")]
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines]


@pytest.fixture(params=["embedded", "redis_url", "rabbitmq_url"])
def set_up(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of each set-up, as an operator gives them."""
    if request.param != "embedded":
        database: PostgresServer = request.getfixturevalue("postgres")
        monkeypatch.setenv("DOCSPADE_DATABASE_URL", database.new_database())
        monkeypatch.setenv("DOCSPADE_BROKER_URL", request.getfixturevalue(request.param))


def test_no_document_is_lost_while_workers_die() -> None:
    row = tried("crashes", jobs=40, pictures=2, kills=3, pause=2)
    assert (row["documents"], row["worker killed"]) == ("40", "3")
    assert (row["unfinished"], row["another result"]) == ("0", "0")
    assert "lost" not in row
    assert int(row["succeeded"]) + int(row.get("failed", "0")) == 40


def test_uploads_are_acknowledged_while_the_worker_is_busy() -> None:
    row = tried("submit", rate=20, seconds=3)
    assert (row["uploads"], row["a second"], row["refused"]) == ("60", "20", "0")
    assert float(row["p50, ms"]) <= float(row["p99, ms"]) <= float(row["longest, ms"])


@pytest.mark.usefixtures("set_up")
def test_hostile_uploads_break_nothing_and_leave_nothing_behind() -> None:
    row = tried("hostile", uploads=60, seed=3, tolerance=200)
    assert (row["uploads"], row["5xx"], row["workers died"]) == ("60", "0", "0")
    assert int(row["accepted"]) > 20
    assert int(row["refused, 4xx"]) > 5


@pytest.mark.usefixtures("set_up")
def test_a_sleeping_worker_is_woken() -> None:
    row = tried("wake", tries=5, pause=0.2)
    assert float(row["median, ms"]) <= float(row["p95, ms"]) <= float(row["longest, ms"])
    assert float(row["median, ms"]) < 1500  # a lost bell would take `sweep_seconds`


def test_the_memory_of_a_worker_is_followed() -> None:
    row = tried("soak", documents=60, **{"picture-every": 30}, tolerance=200)
    assert float(row["after warm-up, MiB"]) <= float(row["highest, MiB"])


def test_the_service_is_compared_with_its_pipeline() -> None:
    row = tried("throughput", documents=2, rounds=1, threads=1, **{"at-least": 0})
    assert float(row["service, a second"]) > 0
    assert float(row["share, %"]) > 0


@pytest.mark.parametrize("setup", ["embedded", "redis", "rabbitmq"])
def test_nothing_is_lost_while_parts_are_away(setup: str) -> None:
    options = ["--setup", setup, "--seconds", "2", "--lead", "2", "--rate", "3"]
    done = CliRunner().invoke(stress, ["outages", *options])
    assert done.exit_code == 0, done.output
    heads = [note for note in done.output.splitlines() if note.startswith(f"{setup}, ")]
    assert len(heads) == (3 if setup == "embedded" else 4)
    assert "store full: refused storage_full" in done.output
