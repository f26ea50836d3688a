"""How long what is no longer needed is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ORPHAN_SECONDS: Final = 3600.0
"""Files older than that which no row knows are taken for what a crash left behind."""
MAX_UPLOAD_SECONDS: Final = ORPHAN_SECONDS * 2 / 3
"""Longest that a request may take to come in: its first file may be as old when it gets its row."""
MAX_GATHERING_SECONDS: Final = ORPHAN_SECONDS * 5 / 6
"""Age from which files without rows get none any more, so that nothing is lost under a row."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Times in seconds.

    Attributes:
        document_seconds: finished documents, with all that belongs to them; None for ever.
        idempotency_seconds: clients' idempotency keys.
    """

    document_seconds: float | None = None
    idempotency_seconds: float = 86_400.0
