"""`python -m workers`: a worker under a supervisor, which writes its order to standard input."""

from __future__ import annotations

import sys

from ocr.errors import DocspadeError
from workers.process import read_order, run_worker, tell_of_work

if __name__ == "__main__":
    try:
        order = read_order()
        sys.exit(run_worker(order.settings, order.worker_id, on_first_job=tell_of_work))
    except DocspadeError as error:
        sys.exit(f"docspade worker: {error.message}")
