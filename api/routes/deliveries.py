"""What webhooks were told: their log, and delivering once more."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.auth import Caller
from api.context import ApiContext
from api.parameters import make_place, parse_cursor
from api.problems import ProblemError
from api.routes.documents import PROBLEM
from api.routes.webhooks import find_webhook
from api.webhook_wire import DeliveryEntry, DeliveryList, delivery_entry
from workers.webhook_deliveries import DeliveryTable
from workers.webhooks import WebhookTable


def deliveries_router(context: ApiContext) -> APIRouter:
    """The routes under `/v1/webhooks/{id}/deliveries`."""
    router = APIRouter(prefix="/v1/webhooks/{webhook_id}/deliveries", tags=["webhooks"])
    Admin = Annotated[Caller, Depends(context.auth.require("admin"))]  # noqa: N806  # a type
    table = WebhookTable(context.services.database)
    deliveries = DeliveryTable(context.services.database)

    @router.get("", summary="A webhook's log", responses={404: PROBLEM})
    def list_deliveries(
        webhook_id: str,
        caller: Admin,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> DeliveryList:
        """Deliveries from the newest on; `next`, if not null, is the following page's `cursor`."""
        webhook = find_webhook(table, webhook_id, caller)
        found = deliveries.newest(webhook.webhook_id, limit + 1, before=parse_cursor(cursor))
        shown = found[:limit]
        following = None
        if len(found) > limit:
            following = make_place(shown[-1].created_at, shown[-1].delivery_id)
        return DeliveryList(deliveries=[delivery_entry(each) for each in shown], next=following)

    @router.post(
        "/{delivery_id}/replay",
        summary="Deliver once more",
        status_code=HTTPStatus.ACCEPTED,
        responses={404: PROBLEM, 409: PROBLEM},
    )
    def replay_delivery(webhook_id: str, delivery_id: str, caller: Admin) -> DeliveryEntry:
        """Send a delivery again, at once and with all attempts, whatever became of it."""
        if find_webhook(table, webhook_id, caller).disabled_at is not None:
            detail = "the webhook is disabled, for it answered 410: make a new one"
            raise ProblemError(HTTPStatus.CONFLICT, "webhook_disabled", detail)
        delivery = deliveries.replay(webhook_id, delivery_id)
        if delivery is None:
            detail = "the webhook has no delivery of that id"
            raise ProblemError(HTTPStatus.NOT_FOUND, "unknown_delivery", detail)
        return delivery_entry(delivery)

    return router
