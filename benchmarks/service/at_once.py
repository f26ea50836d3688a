"""`docspade stress at-once`: what a worker gains by several documents at a time."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from contextlib import ExitStack

import click
from rich.table import Table

from benchmarks.rendered import render_receipt
from benchmarks.report import report_console
from benchmarks.service.running import Client, started
from benchmarks.service.throughput import rate_of_service


def compare_settings(
    clients: Sequence[Client], documents: Sequence[bytes], n_rounds: int
) -> list[list[float]]:
    """Do the same documents through services by turns.

    Returns:
        Documents a second, a list for each service with an entry a round.

    Raises:
        SetupError: a document was refused, failed or was not done in time.
    """
    for client in clients:
        rate_of_service(client, documents[:2])
    rates: list[list[float]] = [[] for _ in clients]
    order = list(range(len(clients)))
    for _ in range(n_rounds):
        for place in order:
            rates[place].append(rate_of_service(clients[place], documents))
        order.reverse()  # a machine that grows slower meanwhile favours none
    return rates


@click.command("at-once")
@click.option("--documents", type=click.IntRange(min=2), default=12, show_default=True,
              help="Rendered receipts a round.")  # fmt: skip
@click.option("--rounds", type=click.IntRange(min=1), default=5, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=None,
              help="Of the models (n_threads); default: every core.")  # fmt: skip
@click.option("--jobs", "settings", type=click.IntRange(min=1), multiple=True, default=(1, 2),
              show_default=True, help="Values of jobs_at_once; may be given again.")  # fmt: skip
def at_once_command(
    documents: int, rounds: int, threads: int | None, settings: tuple[int, ...]
) -> None:
    """Compare values of jobs_at_once, each in a service of its own, by turns."""
    pictures = [render_receipt(seed) for seed in range(documents)]
    more = {} if threads is None else {"DOCSPADE_N_THREADS": str(threads)}
    with ExitStack() as stack:
        services = [
            stack.enter_context(started({"DOCSPADE_JOBS_AT_ONCE": str(n_jobs), **more}))
            for n_jobs in settings
        ]
        rates = compare_settings([service.client for service in services], pictures, rounds)
        memory = [service.memory_mib()[1] for service in services]
    table = Table("jobs at once", "rounds", "documents", "threads", "a second", "by round", "MiB")
    for n_jobs, found, mib in zip(settings, rates, memory, strict=True):
        table.add_row(
            str(n_jobs),
            str(rounds),
            str(documents),
            "all" if threads is None else str(threads),
            f"{statistics.median(found):.2f}",
            ", ".join(f"{each:.2f}" for each in found),
            f"{mib:.0f}",
        )
    report_console().print(table)
