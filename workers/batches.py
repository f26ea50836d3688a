"""What a batch is, as plain values: documents that were handed in together, and how far they are.

A batch is a name for its jobs: they alone have states. It takes further documents until it is
sealed; once it is, and none of its jobs is open, it is finished.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workers.jobs import DEFAULT_TENANT
from workers.states import JobState


class BatchClosedError(Exception):
    """A batch takes no more documents: it is sealed, or was deleted."""


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch to be made.

    Attributes:
        batch_id: has the form of a job's id.
        document_type: a schema's name or "auto", of all its documents.
        name: as the sender calls it; shown only.
        created_by: id of the API key, None where none was needed.
        tenant: whose it is.
    """

    batch_id: str
    document_type: str
    name: str | None = None
    created_by: str | None = None
    tenant: str = DEFAULT_TENANT


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it was when it was read. Times: seconds since 1970, UTC.

    `counts` has the number of its documents by state; states without any are left out.
    """

    batch_id: str
    tenant: str
    document_type: str
    name: str | None
    created_at: float
    sealed_at: float | None
    counts: Mapping[JobState, int] = field(default_factory=dict)

    @property
    def n_documents(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    @property
    def n_done(self) -> int:
        """Those that are done, whether they succeeded, failed or were cancelled."""
        return sum(n for state, n in self.counts.items() if state.is_final)

    @property
    def is_finished(self) -> bool:
        """Whether no documents come any more and none is under way."""
        return self.sealed_at is not None and self.n_done == self.n_documents
