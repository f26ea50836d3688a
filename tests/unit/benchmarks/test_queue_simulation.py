"""The simulated queue agrees with queueing theory, and with what the job engine promises."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.queue_costs import Background, StepCosts
from benchmarks.queue_simulation import INTERACTIVE_IN_A_ROW, SPREAD, Load, simulate

FREE = StepCosts(*[0.0] * 8)
ONE_WORKER = Load(
    n_workers=1,
    document_seconds=1.0,
    arrivals=0.5,
    batch=0,
    seconds=40_000,
    costs=FREE,
    database_cores=1,
    background=Background(0.0, 0.0),
)
MEAN = math.exp(SPREAD**2 / 2)
MEAN_SQUARE = math.exp(2 * SPREAD**2)


def test_one_worker_waits_as_pollaczek_and_khinchine_say() -> None:
    outcome = simulate(ONE_WORKER)
    share = ONE_WORKER.arrivals * MEAN
    wait = ONE_WORKER.arrivals * MEAN_SQUARE / (2 * (1 - share))
    assert outcome.interactive.mean() == pytest.approx(wait, rel=0.1)
    assert outcome.busy == pytest.approx(share, rel=0.05)


def test_every_document_is_done() -> None:
    costs = StepCosts(count=1.0, add=2.0, claim=4.0, page=8.0, finish=16.0)
    load = replace(ONE_WORKER, n_workers=3, batch=100, seconds=200, costs=costs, n_pages=2)
    outcome = simulate(load)
    assert len(outcome.batch) == load.batch
    assert len(outcome.interactive) == np.random.default_rng(1).poisson(100)
    n_documents = len(outcome.batch) + len(outcome.interactive)
    # The batch lies there from the start: its uploads are not played.
    ms = n_documents * costs.document(2) - load.batch * costs.upload
    assert costs.document(2) == 39.0
    assert outcome.database_busy * outcome.seconds == pytest.approx(ms / 1000)
    assert outcome.background_busy == 0.0


def test_workers_that_stand_by_ask_the_database_too() -> None:
    costs = replace(FREE, beat=10.0, sweep=20.0, empty_claim=5.0)
    load = replace(ONE_WORKER, n_workers=10, arrivals=0.1, seconds=1000, costs=costs)
    beats = simulate(replace(load, background=Background(2.0, 0.0)))
    assert beats.background_busy == pytest.approx(10 * 0.010 / 2.01, rel=0.05)
    sweeps = simulate(replace(load, background=Background(0.0, 4.0)))
    # Nearly all of them are idle, and look into both lanes.
    assert sweeps.background_busy == pytest.approx(10 * 0.030 / 4.03, rel=0.05)
    assert sweeps.database_busy == sweeps.background_busy


def test_a_batch_goes_on_beside_more_single_documents_than_can_be_done() -> None:
    load = replace(ONE_WORKER, arrivals=2.0, batch=50, seconds=2000)
    done_while_crowded = (simulate(load).batch < load.seconds).sum()
    assert done_while_crowded == load.batch  # a ninth of some 1,750 documents would be more
    assert INTERACTIVE_IN_A_ROW == 8


def test_single_documents_hardly_notice_a_batch() -> None:
    load = replace(ONE_WORKER, n_workers=8, arrivals=3.0, seconds=500)
    alone, beside = simulate(load), simulate(replace(load, batch=2000))
    assert np.percentile(beside.interactive, 99) < np.percentile(alone.interactive, 99) + 2.0


def test_the_database_bounds_what_many_workers_do() -> None:
    costs = replace(FREE, add=10.0, claim=10.0, finish=10.0)
    load = replace(ONE_WORKER, n_workers=400, arrivals=300.0, seconds=20, costs=costs)
    outcome = simulate(load)
    assert outcome.database_busy > 0.95
    assert len(outcome.interactive) / outcome.seconds == pytest.approx(1000 / 10 / 3, rel=0.05)
