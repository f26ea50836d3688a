"""`docspade worker`: a worker of the scaled-out set-up."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from workers.logs import set_up_logging
from workers.process import new_worker_id, run_worker
from workers.settings import load_settings


@click.command()
@click.option("--state-dir", type=click.Path(path_type=Path), help="Where jobs and files are kept.")
def worker(state_dir: Path | None) -> None:
    """Process documents that a server elsewhere accepts.

    Database, broker and store are those of the settings; `docspade serve` brings a worker of its
    own. SIGTERM lets the document under way be finished.
    """
    settings = load_settings(state_dir=state_dir)
    set_up_logging(settings.log_level)
    sys.exit(run_worker(settings, new_worker_id()))
