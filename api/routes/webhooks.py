"""Who is told when documents are done: making, listing and removing webhooks."""

# No `from __future__ import annotations` here: FastAPI must see the routes' annotations evaluated,
# for they name what is local to the function around them.

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request, Response
from starlette.concurrency import run_in_threadpool

from api.auth import Caller
from api.context import ApiContext
from api.described.headers import WEBHOOK_LOCATION
from api.described.models import body_schema
from api.problems import ProblemError
from api.request_body import body_time, parse_json, receive_small
from api.routes.documents import PROBLEM
from api.webhook_wire import (
    MadeWebhook,
    NewWebhook,
    WebhookEntry,
    WebhookList,
    made_webhook,
    webhook_entry,
)
from workers.outbound import (
    AllowedHosts,
    OutboundError,
    RefusedAddressError,
    allowed_hosts,
    checked_address,
    take_apart,
)
from workers.webhooks import Webhook, WebhookTable

PATH: Final = "/v1/webhooks"
MAX_WEBHOOKS = 100
MAX_BYTES: Final = 16 * 1024
BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": body_schema(NewWebhook)}},
    }
}
"""The body as the API's description has it: FastAPI would read it before it asks for the key."""


def find_webhook(table: WebhookTable, webhook_id: str, caller: Caller) -> Webhook:
    """The webhook of that id.

    Raises:
        ProblemError: the caller's tenant has none.
    """
    webhook = table.get(webhook_id)
    if webhook is None or webhook.tenant != caller.tenant:
        detail = "there is no webhook of that id"
        raise ProblemError(HTTPStatus.NOT_FOUND, "unknown_webhook", detail)
    return webhook


def webhooks_router(context: ApiContext) -> APIRouter:
    """The routes under `/v1/webhooks`."""
    router = APIRouter(prefix=PATH, tags=["webhooks"])
    Admin = Annotated[Caller, Depends(context.auth.require("admin"))]  # noqa: N806  # a type
    table = WebhookTable(context.services.database)
    allowed = allowed_hosts(context.settings.webhook_hosts)

    def add(body: bytes, caller: Caller) -> MadeWebhook:
        wanted = parse_json(body, NewWebhook)
        _check_address(wanted.url, allowed)
        if len(table.all(caller.tenant)) >= MAX_WEBHOOKS:
            detail = f"there are {MAX_WEBHOOKS} webhooks already"
            raise ProblemError(HTTPStatus.CONFLICT, "too_many_webhooks", detail)
        events = tuple(sorted(set(wanted.events)))
        return made_webhook(table.add(wanted.url, events, caller.key_id, caller.tenant))

    @router.post(
        "",
        summary="Make a webhook",
        status_code=HTTPStatus.CREATED,
        openapi_extra=BODY,
        responses={
            201: {"headers": WEBHOOK_LOCATION},
            **dict.fromkeys((408, 409, 413, 422), PROBLEM),
        },
    )
    async def create_webhook(request: Request, response: Response, caller: Admin) -> MadeWebhook:
        """Have an address told when documents are done. The secret is shown this once."""
        time = body_time(context.settings)
        body = await receive_small(request, max_bytes=MAX_BYTES, time=time)
        made = await run_in_threadpool(add, body, caller)
        response.headers["Location"] = f"{PATH}/{made.id}"
        return made

    @router.get("", summary="List webhooks")
    def list_webhooks(caller: Admin) -> WebhookList:
        """All webhooks, oldest first, without the secrets."""
        return WebhookList(webhooks=[webhook_entry(each) for each in table.all(caller.tenant)])

    @router.get("/{webhook_id}", summary="A webhook", responses={404: PROBLEM})
    def get_webhook(webhook_id: str, caller: Admin) -> WebhookEntry:
        """One webhook, without its secret."""
        return webhook_entry(find_webhook(table, webhook_id, caller))

    @router.delete(
        "/{webhook_id}",
        summary="Remove a webhook",
        status_code=HTTPStatus.NO_CONTENT,
        responses={404: PROBLEM},
    )
    def delete_webhook(webhook_id: str, caller: Admin) -> None:
        """Remove it with its deliveries; what was not delivered yet is not sent any more."""
        find_webhook(table, webhook_id, caller)
        table.delete(webhook_id)

    return router


def _check_address(url: str, allowed: AllowedHosts) -> None:
    """Refuse an address that could not be posted to."""
    try:
        target = take_apart(url)
        checked_address(target, lambda address: allowed.may_reach(target, address))
    except RefusedAddressError as error:
        detail = f"url: {error}; see webhook_hosts"
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        raise ProblemError(status, "address_refused", detail) from error
    except OutboundError as error:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        raise ProblemError(status, "invalid_address", f"url: {error}") from error
