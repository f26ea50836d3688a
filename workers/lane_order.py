"""Which lane a worker looks into first: documents alone, then those of batches, none starved."""

from __future__ import annotations

from workers.jobs import BATCH_LANE, INTERACTIVE_LANE

LONGEST_INTERACTIVE_RUN = 8


class LaneOrder:
    """The order of the lanes for one worker's next claim.

    Interactive jobs go first. After `LONGEST_INTERACTIVE_RUN` of them in a row the batch lane has
    one turn, if a job waits in it.
    """

    def __init__(self) -> None:
        self._n_interactive = 0

    def lanes(self) -> tuple[str, ...]:
        """The lanes to claim from, the one to try first in front."""
        if self._n_interactive >= LONGEST_INTERACTIVE_RUN:
            return BATCH_LANE, INTERACTIVE_LANE
        return INTERACTIVE_LANE, BATCH_LANE

    def note(self, lane: str) -> None:
        """Record from which lane a job was claimed."""
        self._n_interactive = self._n_interactive + 1 if lane == INTERACTIVE_LANE else 0
