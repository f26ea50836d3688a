"""`docspade stress`: the service's promises, tried on a service of its own."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from benchmarks.report import report_console
from benchmarks.service.at_once import at_once_command
from benchmarks.service.bodies import N_VARIANTS, bodies, photographs
from benchmarks.service.crashes import CrashOutcome, CrashPlan, crash
from benchmarks.service.fleet import fleet_started
from benchmarks.service.hostile_command import hostile
from benchmarks.service.outages_command import outages_command
from benchmarks.service.running import started
from benchmarks.service.soak import soak_command
from benchmarks.service.submitting import submit_steadily
from benchmarks.service.throughput import throughput_command
from benchmarks.service.wake import wake_command


@click.group()
def stress() -> None:
    """Try the service's promises.

    Each command starts a `docspade serve` of its own with the settings of the environment, and a
    state folder of its own: a database or broker that they name is filled and should be empty.
    """


@stress.command()
@click.option("--jobs", type=click.IntRange(min=1), default=1000, show_default=True,
              help="Documents, ready-made words.")  # fmt: skip
@click.option("--pictures", type=click.IntRange(min=0), default=100, show_default=True,
              help="Of them as pictures, spread evenly.")  # fmt: skip
@click.option("--kills", type=click.IntRange(min=0), default=200, show_default=True,
              help="Times that a worker is killed (SIGKILL).")  # fmt: skip
@click.option("--pause", type=click.FloatRange(min=0.01), default=3.0, show_default=True,
              help="Seconds between two kills, on average.")  # fmt: skip
@click.option("--patience", type=click.FloatRange(min=1), default=600.0, show_default=True,
              help="Seconds after the last kill within which all must be done.")  # fmt: skip
@click.option("--photographs", "folder", metavar="FOLDER", default=None,
              type=click.Path(path_type=Path, exists=True, file_okay=False),
              help="That holds the pictures (jpg, png); else rendered receipts.")  # fmt: skip
@click.option("--workers", type=click.IntRange(min=0), default=0, show_default=True,
              help="As processes beside the server; 0 for the one that it supervises.")  # fmt: skip
@click.option("--lease", type=click.FloatRange(min=0.1), default=5.0, show_default=True,
              help="Seconds after which a document of a dead worker comes back; "
                   "with --workers.")  # fmt: skip
def crashes(
    jobs: int, pictures: int, kills: int, pause: float, patience: float, folder: Path | None,
    workers: int, lease: float,
) -> None:  # fmt: skip
    """Kill workers while documents are processed: is any lost, or done twice?

    With --workers the server has no worker of its own, and as many `docspade worker` run beside it.
    A kill hits one of them at random, which is started again; nobody else notices its death, so
    that its document comes back by the end of its lease alone. Database and broker must be ones of
    several hosts.
    """
    n_pictures = min(pictures, jobs)
    found = () if folder is None else photographs(folder, n_pictures)
    plan = CrashPlan(bodies(jobs, n_pictures, found), kills, pause, patience)
    if workers:
        with fleet_started(workers, {"DOCSPADE_LEASE_SECONDS": f"{lease:g}"}) as (service, fleet):
            outcome = crash(service, plan, fleet.kill_one)
    else:
        with started() as service:
            outcome = crash(service, plan, service.kill_worker)
    _tell_crashes(jobs, outcome)


def _tell_crashes(jobs: int, outcome: CrashOutcome) -> None:
    table = Table(
        "documents", "worker killed", *sorted(outcome.states), "another result", "seconds"
    )
    counts = [str(outcome.states[state]) for state in sorted(outcome.states)]
    table.add_row(str(jobs), str(outcome.n_kills), *counts, str(outcome.n_changed),
                  f"{outcome.seconds:.0f}")  # fmt: skip
    report_console().print(table)
    reasons = ", ".join(f"{code} {count}" for code, count in sorted(outcome.codes.items()))
    attempts = ", ".join(f"{n}: {count}" for n, count in sorted(outcome.attempts.items()))
    click.echo(f"failed for: {reasons or 'none'}; documents by attempts: {attempts}")
    if outcome.states["lost"] or outcome.states["unfinished"] or outcome.n_changed:
        raise click.ClickException("the service broke its promise")


@stress.command()
@click.option("--rate", type=click.FloatRange(min=0.1), default=50.0, show_default=True,
              help="Uploads a second.")  # fmt: skip
@click.option("--seconds", type=click.FloatRange(min=0.1), default=120.0, show_default=True)
@click.option("--max-waiting", type=click.IntRange(min=1), default=10_000, show_default=True,
              help="Documents that may wait; below that none may be refused.")  # fmt: skip
@click.option("--at-most", type=click.FloatRange(min=0), default=100.0, show_default=True,
              help="Milliseconds that the 99th percentile may take.")  # fmt: skip
def submit(rate: float, seconds: float, max_waiting: int, at_most: float) -> None:
    """Upload steadily, faster than the worker can follow: how soon is it acknowledged?"""
    with started({"DOCSPADE_MAX_WAITING_JOBS": str(max_waiting)}) as service:
        outcome = submit_steadily(service.client, bodies(N_VARIANTS, 0), rate=rate, seconds=seconds)
        waiting = service.client.ask("GET", "/v1/documents?limit=200").json()
    listed = waiting["documents"]
    is_saturated = isinstance(listed, list) and listed[-1]["status"] == "queued"
    table = Table(
        "uploads", "a second", "p50, ms", "p99, ms", "longest, ms", "refused", "saturated"
    )
    table.add_row(
        str(outcome.n_sent),
        f"{rate:g}",
        f"{outcome.p50_ms:.1f}",
        f"{outcome.p99_ms:.1f}",
        f"{outcome.max_ms:.1f}",
        str(outcome.refused.total()),
        "yes" if is_saturated else "no",
    )
    report_console().print(table)
    if faults := outcome.faults(at_most_ms=at_most, max_waiting=max_waiting):
        raise click.ClickException("the service broke its promise: " + "; ".join(faults))


for _command in (
    at_once_command,
    hostile,
    outages_command,
    soak_command,
    throughput_command,
    wake_command,
):
    stress.add_command(_command)
