"""How long documents wait, by hosts, load and what the database can do.

An event simulation of the job engine: documents arrive alone (Poisson) and in batches; every worker
takes interactive documents first, but a batch's after so many in a row; each job passes the
database, which serves one step after the other on each of its cores, when it is handed in, when it
is claimed, for each page and when it is finished. Beside these come each worker's beats and sweeps,
and its looks for work while it is idle.
"""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.queue_costs import N_LANES, WORKERS_BACKGROUND, Background, StepCosts

Floats = npt.NDArray[np.float64]

INTERACTIVE_IN_A_ROW = 8
"""As `workers/` does it: then a batch's document has its turn."""
_HANDED_IN, _WAITS, _WORKED, _FREE, _BEAT, _SWEEP = range(6)
"""What happens: a document comes, is in the table, is read, its worker can claim the next; a
worker's beat and sweep are due."""
SPREAD = 0.5
"""Standard deviation of the logarithm of a document's processing time."""


@dataclass(frozen=True)
class Load:
    """What is simulated.

    Attributes:
        n_workers: on all hosts together.
        document_seconds: median processing time on one worker.
        arrivals: interactive documents a second.
        batch: documents of a batch that is handed in at the start.
        seconds: for how long documents arrive.
        costs: of the database's steps.
        database_cores: steps that the database does at a time.
        n_pages: of each document.
        background: what workers do besides.
        seed: of arrivals and times.
    """

    n_workers: int
    document_seconds: float
    arrivals: float
    batch: int
    seconds: float
    costs: StepCosts
    database_cores: int
    n_pages: int = 1
    background: Background = WORKERS_BACKGROUND
    seed: int = 1


@dataclass(frozen=True)
class Outcome:
    """What came out; waits are seconds from handing in to the start of work.

    Attributes:
        interactive: [n] waits of single documents.
        batch: [n] waits of the batch's.
        busy: share of the workers' time that was work.
        database_busy: share of the database's time that was work.
        background_busy: likewise, with beats, sweeps and looks alone.
        seconds: until the last document was done.
    """

    interactive: Floats
    batch: Floats
    busy: float
    database_busy: float
    background_busy: float
    seconds: float


class _Database:
    """Cores that each do one step at a time, first come, first served."""

    def __init__(self, n_cores: int) -> None:
        self._free_at = [0.0] * n_cores
        self.busy_seconds = 0.0

    def step(self, now: float, milliseconds: float) -> float:
        """When a step that is asked for now is done."""
        start = max(now, heapq.heappop(self._free_at))
        self.busy_seconds += milliseconds / 1000
        heapq.heappush(self._free_at, start + milliseconds / 1000)
        return start + milliseconds / 1000


class _Lanes:
    """What waits, and whose turn it is."""

    def __init__(self) -> None:
        self.interactive: deque[float] = deque()
        self.batch: deque[float] = deque()
        self._in_a_row = 0

    def take(self) -> tuple[bool, float] | None:
        """Whether the next document is a batch's, and when it was handed in."""
        is_batch_turn = self._in_a_row >= INTERACTIVE_IN_A_ROW or not self.interactive
        if is_batch_turn and self.batch:
            self._in_a_row = 0
            return True, self.batch.popleft()
        if not self.interactive:
            return None
        self._in_a_row += 1
        return False, self.interactive.popleft()


class _Background:
    """Beats, sweeps and looks: each begins so long after the one before had its answer."""

    def __init__(self, load: Load, database: _Database, rng: np.random.Generator) -> None:
        self._load, self._database = load, database
        self._every = {
            _BEAT: load.background.beat_seconds,
            _SWEEP: load.background.sweep_seconds,
        }
        n_idle = int(load.n_workers * load.seconds) + 1
        self._chances = itertools.cycle(rng.random(min(n_idle, 100_000)))
        self._starts = rng.random((2, load.n_workers))
        self.busy_seconds = 0.0

    def first(self) -> list[tuple[float, int]]:
        """When each worker begins with what."""
        pairs = zip(self._every.items(), self._starts, strict=True)
        return [(float(at) * every, kind) for (kind, every), row in pairs if every for at in row]

    def next(self, now: float, kind: int, n_idle: int) -> float:
        """Do what is due; when the same worker does it again."""
        costs = self._load.costs
        cost = costs.beat if kind == _BEAT else costs.sweep
        if kind == _SWEEP and next(self._chances) * self._load.n_workers < n_idle:
            cost += N_LANES * costs.empty_claim
        self.busy_seconds += cost / 1000
        return self._database.step(now, cost) + self._every[kind]


def simulate(load: Load) -> Outcome:
    """Run until every document is done."""
    rng = np.random.default_rng(load.seed)
    database = _Database(load.database_cores)
    n_arrivals = int(rng.poisson(load.arrivals * load.seconds))
    arrivals = np.sort(rng.random(n_arrivals)) * load.seconds
    work = np.exp(rng.normal(np.log(load.document_seconds), SPREAD, n_arrivals + load.batch))
    background = _Background(load, database, rng)
    lanes, order = _Lanes(), itertools.count()
    lanes.batch.extend([0.0] * load.batch)
    events = [(float(at), next(order), _HANDED_IN) for at in arrivals]
    events += [(0.0, next(order), _FREE) for _ in range(load.n_workers)]
    events += [(at, next(order), kind) for at, kind in background.first()]
    heapq.heapify(events)
    waits: dict[bool, list[float]] = {False: [], True: []}
    idle = n_done = 0
    n_open = n_arrivals + load.batch + load.n_workers  # frees still to come
    now = 0.0
    while events and n_open:
        now, _, kind = heapq.heappop(events)
        if kind in {_BEAT, _SWEEP}:
            heapq.heappush(events, (background.next(now, kind, idle), next(order), kind))
            continue
        if kind == _HANDED_IN:
            heapq.heappush(events, (database.step(now, load.costs.upload), next(order), _WAITS))
            continue
        if kind == _WORKED:
            done = database.step(now, load.costs.end(load.n_pages))
            heapq.heappush(events, (done, next(order), _FREE))
            continue
        if kind == _FREE:
            idle += 1
            n_open -= 1
        else:
            lanes.interactive.append(now)
        if idle and (taken := lanes.take()):
            idle -= 1
            is_batch, handed_in = taken
            started = database.step(now, load.costs.claim)
            waits[is_batch].append(started - handed_in)
            heapq.heappush(events, (started + work[n_done], next(order), _WORKED))
            n_done += 1
    return Outcome(
        interactive=np.array(waits[False]),
        batch=np.array(waits[True]),
        busy=float(work.sum()) / (now * load.n_workers),
        database_busy=database.busy_seconds / (now * load.database_cores),
        background_busy=background.busy_seconds / (now * load.database_cores),
        seconds=now,
    )
