"""The filled job table is as PostgreSQL has it in life: analysed, with jobs in both lanes."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from workers.database import Database
from workers.job_costs import fill, measure_repeatedly

pytestmark = pytest.mark.integration


def test_the_filled_table_is_analysed_before_it_is_measured(database: Database) -> None:
    fill(database, n_finished=40, n_queued=20)
    with database.read() as connection:
        known = connection.scalar(
            text("SELECT reltuples FROM pg_class WHERE oid = 'jobs'::regclass")
        )
        lanes = connection.scalar(
            text("SELECT n_distinct FROM pg_stats WHERE tablename = 'jobs' AND attname = 'lane'")
        )
    assert (known, lanes) == (60, 2)
    costs = measure_repeatedly(database, 3, n_repeats=2)
    assert all(0 < cost.median_ms <= cost.p99_ms for cost in costs)
