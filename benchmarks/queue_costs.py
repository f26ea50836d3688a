"""What the steps of a document, and workers that only stand by, cost the database."""

from __future__ import annotations

from dataclasses import dataclass

N_LANES = 2
"""A worker that looks for work in vain asks for each."""


@dataclass(frozen=True)
class StepCosts:
    """Milliseconds of the database for each step; `docspade job-costs` measures them.

    The defaults are those of docs/scale.md, beside a million finished jobs.

    Attributes:
        count: of what waits, at each upload.
        add: a row, at each upload.
        claim: by a worker.
        page: noting that a page is done.
        finish: with the result.
        beat: a worker's saying that it is there.
        sweep: giving back what expired, and finding lanes that wait.
        empty_claim: a look into a lane where nothing waits.
    """

    count: float = 2.6
    add: float = 1.3
    claim: float = 1.7
    page: float = 1.1
    finish: float = 3.6
    beat: float = 1.3
    sweep: float = 2.8
    empty_claim: float = 1.5

    @property
    def upload(self) -> float:
        """Of handing one document in."""
        return self.count + self.add

    def document(self, n_pages: int) -> float:
        """Of all steps of one document."""
        return self.upload + self.claim + self.end(n_pages)

    def end(self, n_pages: int) -> float:
        """Of a document's pages and its result."""
        return n_pages * self.page + self.finish


@dataclass(frozen=True)
class Background:
    """How often each worker process asks something of the database without a document.

    Attributes:
        beat_seconds: between two beats; 0 for none.
        sweep_seconds: between two sweeps, and between two looks of an idle worker; 0 for none.
    """

    beat_seconds: float = 2.0
    sweep_seconds: float = 2.0


WORKERS_BACKGROUND = Background()
"""As workers do it by default."""
