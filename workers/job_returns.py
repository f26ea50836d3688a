"""How a job goes back to its lane, and when it has gone back often enough.

Each claim counts an attempt, but not each attempt is held against a job. Three ways lead back:

- lost: its worker died. After `max_attempts` of these and of the next the job is failed.
- charged: what it needs was not to be had, such as the place that it is to be fetched from.
- hindered: the service could not do it just then: its store or its database was away or full, or
  the worker was stopped. That counts as no attempt; the job is failed a day after the first time.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.sql.elements import ColumnElement

from workers.jobs import LeasePolicy
from workers.tables import jobs

Counts = dict[str, ColumnElement[int] | ColumnElement[float]]


@dataclass(frozen=True, slots=True)
class Return:
    """One way back.

    Attributes:
        counts: what is noted of it in the job's row.
        may_try_again: which jobs wait again; the others are failed.
    """

    counts: Counts
    may_try_again: ColumnElement[bool]


def lost(policy: LeasePolicy) -> Return:
    """Its worker died."""
    back = charged(policy)
    return Return({**back.counts, "n_lost": jobs.c.n_lost + 1}, back.may_try_again)


def charged(policy: LeasePolicy) -> Return:
    """It could not be done, for a reason of its own that may pass."""
    n_charged = jobs.c.n_charged + 1
    return Return({"n_charged": n_charged}, n_charged < policy.max_attempts)


def hindered(policy: LeasePolicy, now: float) -> Return:
    """The service could not do it, through no fault of the job's."""
    since = func.coalesce(jobs.c.hindered_since, now)
    return Return({"hindered_since": since}, since > now - policy.hindered_seconds)
