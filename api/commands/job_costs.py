"""`docspade job-costs`: what the job table's steps cost on the database of the settings."""

from __future__ import annotations

from pathlib import Path

import click

from workers.database import Database
from workers.job_costs import Cost, fill, measure_repeatedly, require_empty
from workers.settings import load_settings

PROMISED = ("claim", "finish")
"""Steps that each document waits for once a worker is free."""


@click.command("job-costs")
@click.option("--state-dir", type=click.Path(path_type=Path), help="Of an embedded database.")
@click.option("--finished", type=click.IntRange(min=0), default=1_000_000, show_default=True,
              help="Jobs long done to write beside.")  # fmt: skip
@click.option("--queued", type=click.IntRange(min=0), default=100_000, show_default=True,
              help="Jobs that wait to write beside.")  # fmt: skip
@click.option("--rounds", type=click.IntRange(min=1), default=300, show_default=True,
              help="Times that each step is done in a run.")  # fmt: skip
@click.option("--repeats", type=click.IntRange(min=1), default=3, show_default=True,
              help="Runs, of which the medians are shown.")  # fmt: skip
@click.option("--at-most", type=click.FloatRange(min=0), default=5.0, show_default=True,
              help="Milliseconds that claim and finish may take, median.")  # fmt: skip
def job_costs(
    state_dir: Path | None, finished: int, queued: int, rounds: int, repeats: int, at_most: float
) -> None:
    """Time each step of the job table, empty and full.

    It fills the database of the settings, which must be without jobs: give it one of its own. On
    PostgreSQL the filled table is analysed, as autovacuum does by itself a little later.
    """
    settings = load_settings(state_dir=state_dir)
    settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.effective_database_url)
    try:
        database.migrate()
        require_empty(database)
        empty = measure_repeatedly(database, rounds, n_repeats=repeats)
        fill(database, n_finished=finished, n_queued=queued)
        full = measure_repeatedly(database, rounds, n_repeats=repeats)
    finally:
        database.close()
    beside = f"{finished:,} done and {queued:,} waiting"
    click.echo(f"{'milliseconds, median and 99th percentile':<42}{'empty table':>18}  {beside:>18}")
    for without, among in zip(empty, full, strict=True):
        click.echo(f"{without.step:<42}{_shown(without):>18}  {_shown(among):>18}")
    slow = [
        f"{cost.step} takes {cost.median_ms:.2f} ms {where}"
        for where, costs in (("in an empty table", empty), (f"beside {beside}", full))
        for cost in costs
        if cost.step in PROMISED and cost.median_ms > at_most
    ]
    if slow:
        raise click.ClickException(f"{'; '.join(slow)}: more than {at_most:g} ms")


def _shown(cost: Cost) -> str:
    return f"{cost.median_ms:.2f} {cost.p99_ms:9.2f}"
