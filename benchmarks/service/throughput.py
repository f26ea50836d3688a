"""`docspade stress throughput`: what the service adds to the bare pipeline."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import click
from rich.table import Table

from benchmarks.rendered import render_receipt
from benchmarks.report import report_console
from benchmarks.service.feeding import ADVISED_POLL_SECONDS, finished, moment, submit_all
from benchmarks.service.running import Client, started
from layout.pipeline import Pipeline, PipelineOptions
from ocr.engine import PpocrOptions

N_SENDERS = 2
PATIENCE_SECONDS = 1800.0


@dataclass(frozen=True)
class ThroughputOutcome:
    """Documents a second, one entry a round.

    Attributes:
        service: from the first upload's beginning to the last document's end.
        bare: the pipeline called in a loop.
    """

    service: list[float]
    bare: list[float]

    @property
    def shares(self) -> list[float]:
        """What the service does of what the bare pipeline does, in per cent, one entry a round."""
        return [100 * a / b for a, b in zip(self.service, self.bare, strict=True)]


def compare(
    client: Client, pipeline: Pipeline, documents: Sequence[bytes], n_rounds: int
) -> ThroughputOutcome:
    """Do the same documents by turns through the service and with the pipeline alone.

    Raises:
        SetupError: a document was refused, failed or was not done in time.
    """
    rate_of_service(client, documents[:2])
    _alone(pipeline, documents[:2])
    outcome = ThroughputOutcome([], [])
    for number in range(n_rounds):
        # Each goes first by turns: a machine that grows slower meanwhile favours neither.
        if number % 2 == 0:
            outcome.bare.append(_alone(pipeline, documents))
        outcome.service.append(rate_of_service(client, documents))
        if number % 2 == 1:
            outcome.bare.append(_alone(pipeline, documents))
    return outcome


def rate_of_service(client: Client, documents: Sequence[bytes]) -> float:
    """Documents a second, from the first upload's beginning to the last document's end.

    Raises:
        SetupError: a document was refused, failed or was not done in time.
    """
    began = time.time()
    ids = submit_all(client, documents, lane="batch", n_senders=N_SENDERS)
    entries = [
        finished(client, each, PATIENCE_SECONDS, poll_seconds=ADVISED_POLL_SECONDS)
        for each in reversed(ids)
    ]
    return len(documents) / (max(moment(entry, "finished_at") for entry in entries) - began)


def _alone(pipeline: Pipeline, documents: Sequence[bytes]) -> float:
    began = time.time()
    for number, body in enumerate(documents):
        pipeline.extract(body, document_type="receipt", document_id=str(number), with_words=True)
    return len(documents) / (time.time() - began)


@click.command("throughput")
@click.option("--documents", type=click.IntRange(min=2), default=30, show_default=True,
              help="Rendered receipts a round.")  # fmt: skip
@click.option("--rounds", type=click.IntRange(min=1), default=7, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), default=None,
              help="Of the models, in the service and alone; default: every core.")  # fmt: skip
@click.option("--at-least", type=click.FloatRange(min=0, max=100), default=95.0, show_default=True,
              help="Per cent of the bare pipeline's that the service must do.")  # fmt: skip
def throughput_command(documents: int, rounds: int, threads: int | None, at_least: float) -> None:
    """Saturate the service: does it do as many documents as its pipeline alone?

    Both run on the cores that this command may use, by turns, with as many threads.
    """
    pictures = [render_receipt(seed) for seed in range(documents)]
    options = PipelineOptions(ocr=PpocrOptions(n_threads=threads), n_threads=threads)
    pipeline = Pipeline.open(options)
    variables = {} if threads is None else {"DOCSPADE_N_THREADS": str(threads)}
    with started(variables) as service:
        outcome = compare(service.client, pipeline, pictures, rounds)
    share = statistics.median(outcome.shares)
    table = Table(
        "rounds", "documents", "threads", "alone, a second", "service, a second", "share, %"
    )
    table.add_row(
        str(rounds),
        str(documents),
        "all" if threads is None else str(threads),
        f"{statistics.median(outcome.bare):.2f}",
        f"{statistics.median(outcome.service):.2f}",
        f"{share:.1f}",
    )
    report_console().print(table)
    click.echo("shares by round: " + ", ".join(f"{each:.1f}" for each in outcome.shares))
    if share < at_least:
        raise click.ClickException(f"the service does {share:.1f} %")
