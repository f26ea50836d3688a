"""What goes over the wire about corrections."""

from __future__ import annotations

from datetime import UTC, datetime

from api.preconditions import quoted
from layout.corrections import Corrections
from workers.corrections import StoredCorrections


class CorrectionsEntry(Corrections):
    """A document's corrections as they stand.

    Attributes:
        type: of the document.
        fields: all of its fields.
        revision: counts from 1, one more with each change.
        etag: of this revision, as `If-Match` takes it.
        corrected_at: when they were made.
        corrected_by: id of the API key that made them.
    """

    revision: int
    etag: str
    corrected_at: datetime
    corrected_by: str | None


def corrections_entry(stored: StoredCorrections) -> CorrectionsEntry:
    """Stored corrections as their reader sees them."""
    return CorrectionsEntry(
        type=stored.corrections.type,
        fields=stored.corrections.fields,
        revision=stored.revision,
        etag=quoted(stored.tag),
        corrected_at=datetime.fromtimestamp(stored.corrected_at, UTC),
        corrected_by=stored.corrected_by,
    )
