"""One attempt to deliver: the signed request, where it may go, and how it ended."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from workers.outbound import (
    AllowedHosts,
    OutboundError,
    checked_address,
    connect,
    cut_off_after,
    take_apart,
)
from workers.webhook_deliveries import Delivery, Outcome
from workers.webhooks import Webhook

SEND_SECONDS: Final = 15.0
"""What one attempt may take, from the connection on."""
EVENT_HEADER: Final = "Docspade-Event"
DELIVERY_HEADER: Final = "Docspade-Delivery"
SIGNATURE_HEADER: Final = "Docspade-Signature"
MAX_ANSWER_BYTES: Final = 64 * 1024
"""How much of an answer's body is taken off the line before it is closed; none of it is used."""
MAX_ERROR_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class WebhookPoster:
    """Posts bodies to webhooks.

    Attributes:
        allowed: hosts that may be reached although they are not public.
        seconds: that one attempt may take.
        clock: seconds since 1970, for the signature.
    """

    allowed: AllowedHosts
    seconds: float = SEND_SECONDS
    clock: Callable[[], float] = time.time

    def post(self, webhook: Webhook, delivery: Delivery, body: bytes) -> Outcome:
        """Send a body once. Only a status of 200 to 299 counts as delivered."""
        headers = {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            "Connection": "close",
            "User-Agent": "docspade",
            EVENT_HEADER: delivery.event,
            DELIVERY_HEADER: delivery.delivery_id,
            SIGNATURE_HEADER: signature(webhook.secret, int(self.clock()), body),
        }
        try:
            status = self._status(webhook.url, body, headers)
        except OutboundError as error:
            return Outcome(is_delivered=False, status=None, error=_short(str(error)))
        except TimeoutError:
            error_text = f"no answer within {self.seconds:g} seconds"
            return Outcome(is_delivered=False, status=None, error=error_text)
        except (OSError, http.client.HTTPException) as error:
            reason = f"no answer that could be read: {str(error) or type(error).__name__}"
            return Outcome(is_delivered=False, status=None, error=_short(reason))
        if 200 <= status < 300:
            return Outcome(is_delivered=True, status=status, error=None)
        kind = "a redirect, which is not followed" if 300 <= status < 400 else f"status {status}"
        return Outcome(is_delivered=False, status=status, error=f"the answer was {kind}")

    def _status(self, url: str, body: bytes, headers: dict[str, str]) -> int:
        target = take_apart(url)
        address = checked_address(target, lambda found: self.allowed.may_reach(target, found))
        with (
            contextlib.closing(connect(target, address, self.seconds)) as connection,
            cut_off_after(connection, self.seconds) as is_over,
        ):
            try:
                connection.request("POST", target.path, body=body, headers=headers)
                answer = connection.getresponse()
            except (OSError, http.client.HTTPException) as error:
                if is_over.is_set():
                    raise TimeoutError from error
                raise
            with answer, contextlib.suppress(OSError, http.client.HTTPException):
                answer.read(MAX_ANSWER_BYTES)
            return answer.status


def signature(secret: str, moment: int, body: bytes) -> str:
    """The `Docspade-Signature` of a body sent at a moment (seconds since 1970): HMAC-SHA256."""
    signed = f"{moment}.".encode() + body
    return f"t={moment},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"


def _short(text: str) -> str:
    return text[:MAX_ERROR_CHARACTERS]
