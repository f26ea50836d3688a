"""The simulated queue agrees with queueing theory, and with what the job engine promises."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.queue_simulation import INTERACTIVE_IN_A_ROW, SPREAD, Load, simulate

ONE_WORKER = Load(
    n_workers=1,
    document_seconds=1.0,
    arrivals=0.5,
    batch=0,
    seconds=40_000,
    step_ms=0.0,
    database_cores=1,
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
    load = replace(ONE_WORKER, n_workers=3, batch=100, seconds=200, step_ms=2.0)
    outcome = simulate(load)
    assert len(outcome.batch) == load.batch
    assert len(outcome.interactive) == np.random.default_rng(1).poisson(100)
    n_documents = len(outcome.batch) + len(outcome.interactive)
    assert outcome.database_busy * outcome.seconds == pytest.approx(
        # a step when it comes in, when it is claimed, when it is done
        0.002 * (3 * n_documents - load.batch)
    )


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
    load = replace(ONE_WORKER, n_workers=400, arrivals=300.0, seconds=20, step_ms=10.0)
    outcome = simulate(load)
    assert outcome.database_busy > 0.95
    assert len(outcome.interactive) / outcome.seconds == pytest.approx(1000 / 10 / 3, rel=0.05)
