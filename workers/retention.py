"""How long what is no longer needed is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retention:
    """Times in seconds.

    Attributes:
        document_seconds: finished documents, with all that belongs to them; None for ever.
        idempotency_seconds: clients' idempotency keys.
    """

    document_seconds: float | None = None
    idempotency_seconds: float = 86_400.0
