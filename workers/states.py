"""The states of a job and the only ways between them.

                claim            finish
    queued ───────────► running ────────► succeeded
      ▲                  │  │  └────────► partial
      ├──────────────────┘  └───────────► failed
      │ release (lease expired,   fail (bad input, defect, too many attempts, deadline)
      │ passing condition)                  │
      └─────────────────────────────────────┘
        retry (somebody asks for it)

    queued ─────────────────────────────► failed
        refuse (nothing that was handed in can be read)

    queued, running ────────────────────► cancelled ────────► queued
        cancel (somebody calls it off)      retry (somebody asks for it all the same)

`workers/job_table.py` alone changes a job's state, and only by these transitions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands; the last four are final, but for a retry of the last two."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to the job by itself."""
        return self in FINAL_STATES


FINAL_STATES = frozenset(
    {JobState.SUCCEEDED, JobState.PARTIAL, JobState.FAILED, JobState.CANCELLED}
)


@dataclass(frozen=True, slots=True)
class Transition:
    """One way between states: the state it leaves and the one it reaches."""

    source: JobState
    target: JobState


CLAIM = Transition(JobState.QUEUED, JobState.RUNNING)
RELEASE = Transition(JobState.RUNNING, JobState.QUEUED)
SUCCEED = Transition(JobState.RUNNING, JobState.SUCCEEDED)
FINISH_PARTIAL = Transition(JobState.RUNNING, JobState.PARTIAL)
FAIL = Transition(JobState.RUNNING, JobState.FAILED)
REFUSE = Transition(JobState.QUEUED, JobState.FAILED)
RETRY = Transition(JobState.FAILED, JobState.QUEUED)
CALL_OFF = Transition(JobState.QUEUED, JobState.CANCELLED)
CUT_SHORT = Transition(JobState.RUNNING, JobState.CANCELLED)
RESUME = Transition(JobState.CANCELLED, JobState.QUEUED)

CANCELLATIONS = (CALL_OFF, CUT_SHORT)
RETRIES = (RETRY, RESUME)
TRANSITIONS = frozenset(
    {CLAIM, RELEASE, SUCCEED, FINISH_PARTIAL, FAIL, REFUSE, *CANCELLATIONS, *RETRIES}
)
