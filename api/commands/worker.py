"""`docspade worker`: a worker of the scaled-out set-up."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from workers.alive import ALIVE_FILE, AliveFile
from workers.extractor import Extractor
from workers.logs import set_up_logging
from workers.pipeline import open_pipeline
from workers.process import new_worker_id, run_worker
from workers.settings import Settings, load_settings
from workers.supervisor import RECYCLED_EXIT_CODE


@click.command()
@click.option("--state-dir", type=click.Path(path_type=Path), help="Where jobs and files are kept.")
def worker(state_dir: Path | None) -> None:
    """Process documents that a server elsewhere accepts.

    Database, broker and store are those of the settings; `docspade serve` brings a worker of its
    own. SIGTERM lets the document under way be finished. A worker that takes more memory than it
    may begins anew, as the same process. While it can take documents it touches `worker.alive` in
    its state folder every few seconds.
    """
    settings = load_settings(state_dir=state_dir)
    set_up_logging(settings.log_level, settings.log_format)
    alive = AliveFile(settings.state_dir / ALIVE_FILE)

    def opened(settings: Settings) -> Extractor:
        pipeline = open_pipeline(settings)
        alive.start()
        return pipeline

    try:
        exit_code = run_worker(settings, new_worker_id(), open_extractor=opened)
    finally:
        alive.stop()
    if exit_code == RECYCLED_EXIT_CODE:
        os.execv(sys.executable, [sys.executable, "-m", "api", *sys.argv[1:]])  # noqa: S606  # itself
    sys.exit(exit_code)
