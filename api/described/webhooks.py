"""What is posted to webhooks, as the description has it: from the model that the sender sends."""

from __future__ import annotations

from typing import Any, Final

from api.described.models import body_schema, gather_models
from api.examples import webhook_example
from api.webhook_wire import WebhookMessage
from workers.webhook_request import DELIVERY_HEADER, EVENT_HEADER, SIGNATURE_HEADER
from workers.webhooks import EVENTS, Event

Described = dict[str, Any]

_SUMMARIES: Final[dict[Event, str]] = {
    "document.succeeded": "A document was read",
    "document.partial": "A document was read, but for some page or stage",
    "document.failed": "A document failed",
    "document.cancelled": "A document was cancelled",
}
_DESCRIPTION: Final = """
Posted to the webhooks that `POST /v1/webhooks` made, if they are told of this event. It may arrive
more than once: the same `Docspade-Delivery` is the same message. Nothing that was read in the
document is in it.
"""
_SIGNATURE: Final = (
    "`t=<seconds since 1970>,v1=<hex>`, where hex is HMAC-SHA256 of `<t>.<body>` with the whole "
    "secret, `whsec_` included, as key. Compare in constant time; refuse a `t` minutes old."
)
_ANSWERS: Final[Described] = {
    "2XX": {"description": "It was delivered; a body is not looked at"},
    "410": {"description": "The webhook is disabled, and told of nothing more"},
    "default": {"description": "It is tried again later, up to 12 times in all; redirects too"},
}


def describe_webhooks(description: Described) -> None:
    """Put what is posted into the whole description, under `webhooks` (OpenAPI 3.1)."""
    posted = {event: {"post": _operation(event)} for event in EVENTS}
    for methods in posted.values():
        gather_models(methods["post"], description["components"]["schemas"])
    description["webhooks"] = posted


def _operation(event: Event) -> Described:
    schema = body_schema(WebhookMessage, is_sent=True)
    example = webhook_example(event).model_dump(mode="json")
    return {
        "tags": ["webhooks"],
        "summary": _SUMMARIES[event],
        "description": _DESCRIPTION.strip(),
        "operationId": f"on_{event.replace('.', '_')}",
        "parameters": [
            _header(EVENT_HEADER, "What happened, as `event` says it.", const=event),
            _header(DELIVERY_HEADER, "Of this message, the same at each attempt."),
            _header(SIGNATURE_HEADER, _SIGNATURE, pattern="^t=[0-9]+,v1=[0-9a-f]{64}$"),
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "example": example}},
        },
        "responses": dict(_ANSWERS),
        "security": [],
    }


def _header(name: str, meaning: str, **more: str) -> Described:
    schema = {"type": "string", **more}
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": meaning,
        "schema": schema,
    }
