"""The command `docspade stress hostile`."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import click
from rich.table import Table

from benchmarks.report import report_console
from benchmarks.service.hostile import SETTINGS, HostileOutcome, HostilePlan, abuse
from benchmarks.service.running import started

MAX_FAULTS_SHOWN = 40


@click.command()
@click.option("--uploads", type=click.IntRange(min=10), default=10_000, show_default=True,
              help="Three of ten of them good.")  # fmt: skip
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--tolerance", type=click.FloatRange(min=0), default=10.0, show_default=True,
              help="Per cent that server and worker may grow after the first fifth.")  # fmt: skip
@click.option("--minutes", type=click.FloatRange(min=0.1), default=120.0, show_default=True,
              help="After which no more are sent.")  # fmt: skip
def hostile(uploads: int, seed: int, tolerance: float, minutes: float) -> None:
    """Send broken, oversized and ill-meant uploads: does anything break, or stay behind?"""
    with tempfile.TemporaryDirectory(prefix="docspade-stress-") as folder:
        variables = {**SETTINGS, "TMPDIR": folder}
        with started(variables) as service:
            outcome = abuse(service, Path(folder), HostilePlan(uploads, seed, 60 * minutes))
    for name, growth in zip(("server", "worker"), outcome.growth(), strict=True):
        if growth > tolerance:
            outcome.faults.append(f"the {name} grew by {growth:.1f} %")
    _show(outcome)
    if outcome.faults:
        for fault in outcome.faults[:MAX_FAULTS_SHOWN]:
            click.echo(fault)
        raise click.ClickException(f"the service broke its promise {len(outcome.faults)} times")


def _show(outcome: HostileOutcome) -> None:
    answers = outcome.answers
    n_refused = sum(count for status, count in answers.items() if 400 <= status < 500)
    n_failing = sum(count for status, count in answers.items() if status >= 500)
    heads = ("uploads", "accepted", "refused, 4xx", "5xx", "no answer", "workers died")
    table = Table(*heads, "server, MiB", "worker, MiB", "seconds")
    (server, worker), (server_after, worker_after) = outcome.memory_mib
    table.add_row(
        str(answers.total()),
        str(outcome.n_accepted),
        str(n_refused),
        str(n_failing),
        str(answers[0]),
        str(outcome.n_deaths),
        f"{server:.0f} → {server_after:.0f}",
        f"{worker:.0f} → {worker_after:.0f}",
        f"{outcome.seconds:.0f}",
    )
    report_console().print(table)
    click.echo(f"answers: {_listed(answers)}")
    click.echo(f"documents: {_listed(outcome.states)}; failed for: {_listed(outcome.codes)}")


def _listed(counts: Counter[str] | Counter[int]) -> str:
    found = sorted((str(name), count) for name, count in counts.items() if count)
    return ", ".join(f"{name} {count}" for name, count in found) or "none"
