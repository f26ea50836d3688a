"""The measurement of the job table does what the service does, and spares a database in use."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.commands.job_costs import job_costs
from ocr.errors import SetupError
from workers.database import Database
from workers.job_costs import Cost, fill, measure, measure_repeatedly, require_empty
from workers.job_table import JobTable


def test_every_step_is_timed_and_leaves_what_it_should(database: Database) -> None:
    fill(database, n_finished=30, n_queued=7)
    costs = measure(database, 5)
    assert [cost.step for cost in costs][:4] == ["add", "claim", "renew the lease", "note a page"]
    assert all(0 < cost.median_ms <= cost.p99_ms for cost in costs)
    assert JobTable(database).n_waiting(99) == 7
    assert sorted(JobTable(database).waiting_lanes()) == ["batch", "interactive"]
    states = [job.state.value for job in JobTable(database).newest(100)]
    assert (states.count("succeeded"), states.count("queued")) == (35, 7)


def test_a_database_in_use_is_refused(database: Database) -> None:
    require_empty(database)
    fill(database, n_finished=1, n_queued=0)
    with pytest.raises(SetupError, match="has jobs"):
        require_empty(database)


def test_of_several_runs_the_middle_one_counts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs = iter([[Cost("add", 9.0, 90.0)], [Cost("add", 1.0, 30.0)], [Cost("add", 2.0, 10.0)]])
    monkeypatch.setattr("workers.job_costs.measure", lambda *_given: next(runs))
    assert measure_repeatedly(database, 7, n_repeats=3) == [Cost("add", 2.0, 30.0)]


def run(tmp_path: Path, at_most: str) -> Result:
    options = ["--state-dir", str(tmp_path), "--finished", "10", "--queued", "5", "--rounds", "2"]
    options += ["--repeats", "2", "--at-most", at_most]
    return CliRunner().invoke(job_costs, options)


def test_the_command_prints_both_columns(tmp_path: Path) -> None:
    outcome = run(tmp_path, "60000")
    assert outcome.exit_code == 0, outcome.output
    assert "10 done and 5 waiting" in outcome.output
    assert len(outcome.output.splitlines()) == 13


def test_a_step_that_takes_longer_than_promised_is_an_error(tmp_path: Path) -> None:
    outcome = run(tmp_path, "0.0001")
    assert outcome.exit_code == 1
    assert "claim takes" in outcome.output
    assert "more than 0.0001 ms" in outcome.output
