"""`docspade stress wake`: how soon a worker that sleeps takes up a document."""

from __future__ import annotations

import time
from dataclasses import dataclass

import click
import numpy as np
from rich.table import Table

from benchmarks.report import report_console
from benchmarks.service.bodies import bodies
from benchmarks.service.feeding import finished, moment, submit
from benchmarks.service.running import Client, started

PATIENCE_SECONDS = 60.0
AT_MOST_MS = 50.0
"""With Redis or RabbitMQ, whose bells come by themselves."""
AT_MOST_EMBEDDED_MS = 250.0
"""With a folder, into which the worker looks 20 times a second."""


@dataclass(frozen=True)
class WakeOutcome:
    """Milliseconds until a worker took a document up, one entry a document.

    Attributes:
        from_sending: since the upload began.
        from_acceptance: since it was in the job table.
    """

    from_sending: list[float]
    from_acceptance: list[float]


def wake(client: Client, *, tries: int, mean_pause: float, seed: int = 1) -> WakeOutcome:
    """Hand in one document at a time, with pauses in which nothing waits.

    Args:
        client: of a service on this machine, with its clock.
        tries: documents.
        mean_pause: seconds; the pauses are half to one and a half times as long.
        seed: of the pauses.

    Raises:
        SetupError: a document was refused or not done.
    """
    rng = np.random.default_rng(seed)
    (body,) = bodies(1, 0)
    finished(client, submit(client, body), PATIENCE_SECONDS)
    outcome = WakeOutcome([], [])
    for pause in rng.uniform(0.5, 1.5, tries) * mean_pause:
        time.sleep(float(pause))
        sent = time.time()
        entry = finished(client, submit(client, body), PATIENCE_SECONDS)
        taken_up = moment(entry, "started_at")
        outcome.from_sending.append(1000 * (taken_up - sent))
        outcome.from_acceptance.append(1000 * (taken_up - moment(entry, "created_at")))
    return outcome


@click.command("wake")
@click.option("--tries", type=click.IntRange(min=2), default=200, show_default=True)
@click.option("--pause", type=click.FloatRange(min=0), default=0.7, show_default=True,
              help="Seconds in which nothing waits, on average.")  # fmt: skip
@click.option("--at-most", type=click.FloatRange(min=0), default=None,
              help="Milliseconds that the p95 since it was accepted may take; "
                   f"default: {AT_MOST_EMBEDDED_MS:g} where the broker is the state folder's, "
                   f"{AT_MOST_MS:g} with another.")  # fmt: skip
def wake_command(tries: int, pause: float, at_most: float | None) -> None:
    """Upload to an idle service: how soon does the worker begin?"""
    with started() as service:
        outcome = wake(service.client, tries=tries, mean_pause=pause)
        if at_most is None:
            at_most = AT_MOST_EMBEDDED_MS if service.has_embedded_broker() else AT_MOST_MS
    table = Table("since", "tries", "median, ms", "p95, ms", "longest, ms")
    rows = {"the upload began": outcome.from_sending, "it was accepted": outcome.from_acceptance}
    for name, times in rows.items():
        median, p95 = np.percentile(times, [50, 95])
        table.add_row(name, str(tries), f"{median:.1f}", f"{p95:.1f}", f"{max(times):.1f}")
    report_console().print(table)
    p95 = float(np.percentile(outcome.from_acceptance, 95))
    if p95 > at_most:
        raise click.ClickException(
            f"the service broke its promise: the p95 is {p95:.1f} ms, of at most {at_most:g}"
        )
