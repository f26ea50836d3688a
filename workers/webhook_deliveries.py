"""Deliveries: what each webhook is to be told, and how far that is.

A row is written in the transaction that ends its job, so none is lost. A sender claims it for one
attempt; what it writes about the attempt is fenced by the claim, which ends by itself when the
sender dies.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    Connection,
    Row,
    and_,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.sql.elements import ColumnElement

from workers.database import Database
from workers.tables import webhook_deliveries as deliveries
from workers.tables import webhooks
from workers.webhooks import Event

LEASE_SECONDS: Final = 60.0  # well above what one attempt may take
MAX_AT_ONCE_PER_WEBHOOK: Final = 2  # so that a slow receiver does not hold up the others


class DeliveryState(StrEnum):
    """Where a delivery stands; the last two are final, but for a replay."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One row. `lease_owner` is of one attempt alone; times: seconds since 1970."""

    delivery_id: str
    webhook_id: str
    job_id: str
    event: Event
    state: DeliveryState
    created_at: float
    due_at: float
    attempts: int
    lease_owner: str | None
    attempted_at: float | None
    last_status: int | None
    last_error: str | None
    finished_at: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: with an HTTP status, or with an error where there was none."""

    is_delivered: bool
    status: int | None
    error: str | None


def plan_deliveries(
    connection: Connection, ended: Sequence[tuple[str, str]], state: str, now: float
) -> None:
    """Write down whom to tell of jobs that end in this transaction.

    Args:
        connection: in the transaction.
        ended: ids of jobs and their tenants, whose webhooks alone are told.
        state: in which they end.
        now: seconds since 1970.
    """
    # Locked, so that no webhook is deleted between here and the commit (PostgreSQL).
    statement = (
        select(webhooks.c.id, webhooks.c.events, webhooks.c.tenant)
        .where(webhooks.c.disabled_at.is_(None), webhooks.c.tenant.in_({each for _, each in ended}))
        .with_for_update(read=True, key_share=True)
    )
    event = f"document.{state}"
    told = [row for row in connection.execute(statement) if event in row.events.split()]
    rows = [
        {
            "id": uuid.uuid4().hex,
            "webhook_id": webhook.id,
            "job_id": job_id,
            "event": event,
            "state": DeliveryState.WAITING,
            "created_at": now,
            "due_at": now,
        }
        for webhook in told
        for job_id, tenant in ended
        if tenant == webhook.tenant
    ]
    if rows:
        connection.execute(insert(deliveries), rows)


class DeliveryTable:
    """The table of deliveries. All methods raise TransientError while the database is busy."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def claim(self, n_deliveries: int) -> list[Delivery]:
        """Take due deliveries for one attempt each, the longest due first.

        Args:
            n_deliveries: how many at most.
        """
        now = self._clock()
        with self._database.read() as connection:  # most looks find nothing, and lock nothing
            if connection.scalar(select(deliveries.c.id).where(_is_due(now)).limit(1)) is None:
                return []
        with self._database.write() as connection:
            busy = (
                select(deliveries.c.webhook_id)
                .where(_waits(), deliveries.c.lease_until > now)
                .group_by(deliveries.c.webhook_id)
                .having(func.count() >= MAX_AT_ONCE_PER_WEBHOOK)
            )
            due = (
                select(deliveries.c.id, deliveries.c.webhook_id)
                .where(_is_due(now), deliveries.c.webhook_id.not_in(busy))
                .order_by(deliveries.c.due_at, deliveries.c.id)
                .limit(n_deliveries)
                .with_for_update(skip_locked=True)
            )
            found = [(row.id, row.webhook_id) for row in connection.execute(due)]
            chosen = _few_of_each(found)
            taken = (self._take(connection, delivery_id, now) for delivery_id in chosen)
            return [delivery for delivery in taken if delivery is not None]

    def settle(self, delivery: Delivery, outcome: Outcome, *, retry_at: float | None) -> bool:
        """Write down how an attempt ended; False when it is no longer the caller's.

        Args:
            delivery: as it was claimed.
            outcome: of the attempt.
            retry_at: when to try again; None to give up, unless it was delivered.
        """
        now = self._clock()
        state = DeliveryState.WAITING
        if outcome.is_delivered:
            state = DeliveryState.DELIVERED
        elif retry_at is None:
            state = DeliveryState.FAILED
        is_ours = and_(
            deliveries.c.id == delivery.delivery_id,
            deliveries.c.lease_owner == delivery.lease_owner,
            _waits(),
        )
        statement = (
            update(deliveries)
            .where(is_ours)
            .values(
                state=state,
                due_at=now if retry_at is None else retry_at,
                lease_owner=None,
                lease_until=None,
                last_status=outcome.status,
                last_error=outcome.error,
                finished_at=None if state is DeliveryState.WAITING else now,
            )
        )
        with self._database.write() as connection:
            return connection.execute(statement).rowcount == 1

    def replay(self, webhook_id: str, delivery_id: str) -> Delivery | None:
        """Send a delivery again, from now on and with all attempts; None when there is none.

        One that is just being sent is left to it.
        """
        now = self._clock()
        which = and_(deliveries.c.id == delivery_id, deliveries.c.webhook_id == webhook_id)
        is_idle = or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= now)
        anew = {"state": DeliveryState.WAITING, "due_at": now, "attempts": 0, "finished_at": None}
        with self._database.write() as connection:
            connection.execute(update(deliveries).where(which, is_idle).values(anew))
            row = connection.execute(select(deliveries).where(which)).one_or_none()
        return None if row is None else _delivery(row)

    def newest(
        self, webhook_id: str, limit: int, *, before: tuple[float, str] | None = None
    ) -> list[Delivery]:
        """A webhook's deliveries from the newest on; `before` is the last one already seen."""
        order = deliveries.c.created_at.desc(), deliveries.c.id.desc()
        statement = select(deliveries).where(deliveries.c.webhook_id == webhook_id)
        if before is not None:
            created_at, delivery_id = before
            same_time = and_(deliveries.c.created_at == created_at, deliveries.c.id < delivery_id)
            statement = statement.where(or_(deliveries.c.created_at < created_at, same_time))
        with self._database.read() as connection:
            rows = connection.execute(statement.order_by(*order).limit(limit))
            return [_delivery(row) for row in rows]

    def discard_finished(self, age_seconds: float) -> int:
        """Remove from the log what was done so long ago; returns how many deliveries those were."""
        is_old = deliveries.c.finished_at < self._clock() - age_seconds
        with self._database.write() as connection:
            is_done = deliveries.c.state != DeliveryState.WAITING
            return connection.execute(delete(deliveries).where(is_done, is_old)).rowcount

    def n_waiting(self) -> int:
        """How many are still to be delivered."""
        statement = select(func.count()).select_from(deliveries).where(_waits())
        with self._database.read() as connection:
            return connection.scalar(statement) or 0

    @staticmethod
    def _take(connection: Connection, delivery_id: str, now: float) -> Delivery | None:
        until = now + LEASE_SECONDS
        statement = (
            update(deliveries)
            .where(deliveries.c.id == delivery_id, _is_due(now))
            .values(
                attempts=deliveries.c.attempts + 1,
                lease_owner=uuid.uuid4().hex,
                lease_until=until,
                due_at=until,
                attempted_at=now,
            )
            .returning(deliveries)
        )
        row = connection.execute(statement).one_or_none()
        return None if row is None else _delivery(row)


def _few_of_each(found: Sequence[tuple[str, str]]) -> list[str]:
    """Ids of deliveries, of no webhook more than may be sent to it at once."""
    n_chosen = Counter[str]()
    chosen = []
    for delivery_id, webhook_id in found:
        if n_chosen[webhook_id] < MAX_AT_ONCE_PER_WEBHOOK:
            n_chosen[webhook_id] += 1
            chosen.append(delivery_id)
    return chosen


def _waits() -> ColumnElement[bool]:
    # Written out, so that the databases see that the partial index holds the rows.
    return deliveries.c.state == literal(DeliveryState.WAITING.value, literal_execute=True)


def _is_due(now: float) -> ColumnElement[bool]:
    return and_(_waits(), deliveries.c.due_at <= now)


def _delivery(row: Row[tuple[object, ...]]) -> Delivery:
    return Delivery(
        delivery_id=row.id,
        webhook_id=row.webhook_id,
        job_id=row.job_id,
        event=row.event,
        state=DeliveryState(row.state),
        created_at=row.created_at,
        due_at=row.due_at,
        attempts=row.attempts,
        lease_owner=row.lease_owner,
        attempted_at=row.attempted_at,
        last_status=row.last_status,
        last_error=row.last_error,
        finished_at=row.finished_at,
    )
