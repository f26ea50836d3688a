"""`docspade job-costs`: what the job table's steps cost on the database of the settings."""

from __future__ import annotations

from pathlib import Path

import click

from workers.database import Database
from workers.job_costs import Cost, fill, measure, require_empty
from workers.settings import load_settings


@click.command("job-costs")
@click.option("--state-dir", type=click.Path(path_type=Path), help="Of an embedded database.")
@click.option("--finished", type=click.IntRange(min=0), default=1_000_000, show_default=True,
              help="Jobs long done to write beside.")  # fmt: skip
@click.option("--queued", type=click.IntRange(min=0), default=100_000, show_default=True,
              help="Jobs that wait to write beside.")  # fmt: skip
@click.option("--rounds", type=click.IntRange(min=1), default=300, show_default=True)
def job_costs(state_dir: Path | None, finished: int, queued: int, rounds: int) -> None:
    """Time each step of the job table, empty and full.

    It fills the database of the settings, which must be without jobs: give it one of its own.
    """
    settings = load_settings(state_dir=state_dir)
    settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.effective_database_url)
    try:
        database.migrate()
        require_empty(database)
        empty = measure(database, rounds)
        fill(database, n_finished=finished, n_queued=queued)
        full = measure(database, rounds)
    finally:
        database.close()
    beside = f"{finished:,} done and {queued:,} waiting"
    click.echo(f"{'milliseconds, median and 99th percentile':<42}{'empty table':>18}  {beside:>18}")
    for without, among in zip(empty, full, strict=True):
        click.echo(f"{without.step:<42}{_shown(without):>18}  {_shown(among):>18}")


def _shown(cost: Cost) -> str:
    return f"{cost.median_ms:.2f} {cost.p99_ms:9.2f}"
