"""Log lines of a process: times, levels, no content of documents."""

from __future__ import annotations

import logging

LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
CHATTY = ("alembic", "uvicorn", "kombu", "celery", "opentelemetry", "urllib3")


def set_up_logging(level: str) -> None:
    """Write messages of that level and above to standard error; from libraries warnings only."""
    logging.basicConfig(level=level, format=LOG_FORMAT)
    for name in CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLogger().level))
