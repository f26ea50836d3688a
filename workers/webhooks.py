"""Webhooks: who is told when a document is done."""

from __future__ import annotations

import secrets
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from sqlalchemy import Row, delete, insert, select, update

from workers.database import Database
from workers.jobs import DEFAULT_TENANT
from workers.tables import webhooks

Event = Literal["document.succeeded", "document.partial", "document.failed", "document.cancelled"]
EVENTS: Final[tuple[Event, ...]] = get_args(Event)
SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # what every secret begins with


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events. `secret` signs what is sent; times: seconds since 1970."""

    webhook_id: str
    url: str
    secret: str
    events: tuple[str, ...]
    created_by: str | None
    created_at: float
    disabled_at: float | None
    tenant: str


class WebhookTable:
    """The table of webhooks. All methods raise TransientError while the database is busy."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def add(
        self,
        url: str,
        events: tuple[Event, ...],
        created_by: str | None,
        tenant: str = DEFAULT_TENANT,
    ) -> Webhook:
        """Make a webhook with a secret of its own; it is told of its tenant's documents alone."""
        row = {
            "id": uuid.uuid4().hex,
            "url": url,
            "secret": SECRET_PREFIX + secrets.token_urlsafe(32),
            "events": " ".join(events),
            "created_by": created_by,
            "tenant": tenant,
            "created_at": self._clock(),
        }
        with self._database.write() as connection:
            statement = insert(webhooks).values(row).returning(webhooks)
            return _webhook(connection.execute(statement).one())

    def all(self, tenant: str) -> list[Webhook]:
        """A tenant's webhooks, oldest first."""
        statement = (
            select(webhooks)
            .where(webhooks.c.tenant == tenant)
            .order_by(webhooks.c.created_at, webhooks.c.id)
        )
        with self._database.read() as connection:
            return [_webhook(row) for row in connection.execute(statement)]

    def get(self, webhook_id: str) -> Webhook | None:
        """The webhook of that id."""
        with self._database.read() as connection:
            statement = select(webhooks).where(webhooks.c.id == webhook_id)
            row = connection.execute(statement).one_or_none()
        return None if row is None else _webhook(row)

    def delete(self, webhook_id: str) -> bool:
        """Remove a webhook with its deliveries; False when there is none."""
        with self._database.write() as connection:
            statement = delete(webhooks).where(webhooks.c.id == webhook_id)
            return connection.execute(statement).rowcount == 1

    def disable(self, webhook_id: str) -> None:
        """Send nothing more to a webhook."""
        with self._database.write() as connection:
            which = webhooks.c.id == webhook_id, webhooks.c.disabled_at.is_(None)
            connection.execute(update(webhooks).where(*which).values(disabled_at=self._clock()))


def _webhook(row: Row[tuple[object, ...]]) -> Webhook:
    return Webhook(
        webhook_id=row.id,
        url=row.url,
        secret=row.secret,
        events=tuple(row.events.split()),
        created_by=row.created_by,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        tenant=row.tenant,
    )
