"""How much memory this process takes, and when that is too much."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

STATM = Path("/proc/self/statm")


class MemoryWatch:
    """Tells when a worker has grown so large that another should take its place.

    A worker that is too large from the start would be replaced for ever: it does a fair number of
    documents first.

    Args:
        max_bytes: of memory; None for no bound.
        min_documents: that a worker does whatever it takes.
    """

    def __init__(self, max_bytes: int | None, *, min_documents: int = 50) -> None:
        self._max_bytes = max_bytes
        self._n_left = min_documents

    def is_too_large(self) -> bool:
        """Count a document, and say whether the worker should end."""
        self._n_left -= 1
        if self._max_bytes is None or self._n_left >= 0:
            return False
        return resident_bytes() > self._max_bytes


def resident_bytes() -> int:
    """Memory of this process that is in use; where the system does not tell, its highest so far."""
    try:
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except FileNotFoundError:
        highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return highest if sys.platform == "darwin" else highest * 1024
