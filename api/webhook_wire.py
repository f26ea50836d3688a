"""What goes over the wire about webhooks, and what is sent to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.wire import ToldDocument, document_entry
from workers.jobs import Job
from workers.outbound import MAX_URL_CHARACTERS
from workers.webhook_deliveries import Delivery, DeliveryState
from workers.webhooks import EVENTS, Event, Webhook


class NewWebhook(BaseModel):
    """A webhook to be made.

    Attributes:
        url: where to post.
        events: of which to tell; all of them if not given.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"url": "https://example.org/hook", "events": ["document.failed"]}]
        },
    )
    url: Annotated[str, Field(max_length=MAX_URL_CHARACTERS)]
    events: Annotated[list[Event], Field(min_length=1, max_length=len(EVENTS))] = list(EVENTS)


class WebhookEntry(BaseModel):
    """A webhook.

    Attributes:
        id: of the webhook.
        url: where it is posted to.
        events: that it is told of.
        created_at: when it was made.
        disabled_at: since when nothing more is sent, because it answered 410; null while it is.
    """

    id: str
    url: str
    events: list[str]
    created_at: datetime
    disabled_at: datetime | None


class MadeWebhook(WebhookEntry):
    """A webhook just made; the secret is shown this once.

    Attributes:
        id: of the webhook.
        url: where it is posted to.
        events: that it is told of.
        created_at: when it was made.
        disabled_at: null.
        secret: key of the signatures.
    """

    secret: str


class WebhookList(BaseModel):
    """Every webhook, oldest first.

    Attributes:
        webhooks: without their secrets.
    """

    webhooks: list[WebhookEntry]


class DeliveryEntry(BaseModel):
    """A delivery.

    Attributes:
        id: as `Docspade-Delivery` gives it; the same at each attempt.
        event: what the webhook is told.
        document_id: of which document.
        state: waiting, delivered or failed.
        attempts: made so far.
        last_status: HTTP status of the last answer.
        last_error: why the last attempt did not deliver.
        created_at: when the document was done.
        attempted_at: when the last attempt began.
        next_attempt_at: when the next one is due.
        finished_at: when it was delivered or given up.
    """

    id: str
    event: str
    document_id: str
    state: DeliveryState
    attempts: int
    last_status: int | None
    last_error: str | None
    created_at: datetime
    attempted_at: datetime | None
    next_attempt_at: datetime | None
    finished_at: datetime | None


class DeliveryList(BaseModel):
    """A page of a webhook's log.

    Attributes:
        deliveries: from the newest on.
        next: cursor of the following page; null on the last one.
    """

    deliveries: list[DeliveryEntry]
    next: str | None


class WebhookMessage(BaseModel):
    """What a webhook is told.

    Attributes:
        id: of the message, the same at each attempt.
        event: what happened.
        created_at: when it happened.
        document: as `GET /v1/documents/{id}` gives it when this is sent, but for `source`.
    """

    id: str
    event: Event
    created_at: datetime
    document: ToldDocument


def webhook_entry(webhook: Webhook) -> WebhookEntry:
    """A webhook without its secret."""
    return WebhookEntry(
        id=webhook.webhook_id,
        url=webhook.url,
        events=list(webhook.events),
        created_at=_moment(webhook.created_at),
        disabled_at=None if webhook.disabled_at is None else _moment(webhook.disabled_at),
    )


def made_webhook(webhook: Webhook) -> MadeWebhook:
    """A webhook with its secret."""
    return MadeWebhook(**webhook_entry(webhook).model_dump(), secret=webhook.secret)


def delivery_entry(delivery: Delivery) -> DeliveryEntry:
    """A delivery as the log shows it."""
    is_waiting = delivery.state is DeliveryState.WAITING
    attempted_at, finished_at = delivery.attempted_at, delivery.finished_at
    return DeliveryEntry(
        id=delivery.delivery_id,
        event=delivery.event,
        document_id=delivery.job_id,
        state=delivery.state,
        attempts=delivery.attempts,
        last_status=delivery.last_status,
        last_error=delivery.last_error,
        created_at=_moment(delivery.created_at),
        attempted_at=None if attempted_at is None else _moment(attempted_at),
        next_attempt_at=_moment(delivery.due_at) if is_waiting else None,
        finished_at=None if finished_at is None else _moment(finished_at),
    )


def webhook_body(delivery: Delivery, job: Job) -> bytes:
    """What is posted: a `WebhookMessage`, and nothing that was read in the document."""
    message = WebhookMessage(
        id=delivery.delivery_id,
        event=delivery.event,
        created_at=_moment(delivery.created_at),
        document=ToldDocument.model_validate(document_entry(job), from_attributes=True),
    )
    return message.model_dump_json().encode()


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
