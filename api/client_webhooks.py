"""The part of `api.client` that speaks of webhooks; it takes a key of scope `admin`."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from api.client_connection import ServiceConnection
from api.webhook_wire import (
    DeliveryEntry,
    DeliveryList,
    MadeWebhook,
    NewWebhook,
    WebhookEntry,
    WebhookList,
)
from workers.webhooks import EVENTS, Event


class WebhookCalls(ServiceConnection):
    """Calls about webhooks. All methods raise ServiceError."""

    def create_webhook(self, url: str, *, events: Sequence[Event] = EVENTS) -> MadeWebhook:
        """Have an address told when documents are done; the answer alone has the secret.

        Args:
            url: where to post.
            events: of which to tell.
        """
        wanted = NewWebhook(url=url, events=list(events)).model_dump_json().encode()
        answer = self.ask("POST", "/v1/webhooks", wanted, {"Content-Type": "application/json"})
        return MadeWebhook.model_validate_json(answer.body)

    def webhooks(self) -> list[WebhookEntry]:
        """All webhooks, oldest first, without their secrets."""
        answer = self.ask("GET", "/v1/webhooks")
        return WebhookList.model_validate_json(answer.body).webhooks

    def webhook(self, webhook_id: str) -> WebhookEntry:
        """A webhook, without its secret."""
        answer = self.ask("GET", f"/v1/webhooks/{webhook_id}")
        return WebhookEntry.model_validate_json(answer.body)

    def delete_webhook(self, webhook_id: str) -> None:
        """Remove a webhook with its deliveries."""
        self.ask("DELETE", f"/v1/webhooks/{webhook_id}")

    def deliveries(
        self, webhook_id: str, *, limit: int = 50, cursor: str | None = None
    ) -> DeliveryList:
        """What a webhook was told, newest first; `next` is the `cursor` of what follows."""
        query = {"limit": str(limit)} | ({} if cursor is None else {"cursor": cursor})
        answer = self.ask("GET", f"/v1/webhooks/{webhook_id}/deliveries?{urlencode(query)}")
        return DeliveryList.model_validate_json(answer.body)

    def replay(self, webhook_id: str, delivery_id: str) -> DeliveryEntry:
        """Deliver once more, at once and with all attempts."""
        path = f"/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/replay"
        return DeliveryEntry.model_validate_json(self.ask("POST", path).body)
