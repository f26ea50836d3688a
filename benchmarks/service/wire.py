"""Sends bytes as they are and hears what comes back."""

from __future__ import annotations

import contextlib
import json
import select
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse

ANSWER_SECONDS = 90.0


@dataclass(frozen=True)
class WireAnswer:
    """What came back.

    Attributes:
        status: of HTTP; 0 when the line was closed without an answer.
        body: bytes.
    """

    status: int
    body: bytes = b""

    def text(self, name: str) -> str:
        """An entry of the JSON object in the body, "" when there is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return ""
        return str(found.get(name, "")) if isinstance(found, dict) else ""


def send_raw(
    place: tuple[str, int], chunks: Sequence[bytes], *, hangs_up: bool, ends_after: float | None
) -> WireAnswer:
    """Open a connection, send, and read the answer.

    Args:
        place: host and port.
        chunks: sent one after the other, until an answer comes.
        hangs_up: go away after sending.
        ends_after: seconds to wait for an answer before saying that nothing more will come; None
            for not saying so.
    """
    with socket.create_connection(place, timeout=ANSWER_SECONDS) as line:
        # The service may have answered and closed while there is still something to send.
        with contextlib.suppress(OSError):
            for chunk in chunks:
                if select.select([line], [], [], 0)[0]:
                    break
                line.sendall(chunk)
        if hangs_up:
            return WireAnswer(0)
        if ends_after is not None and not select.select([line], [], [], ends_after)[0]:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_WR)
        answer = HTTPResponse(line)
        try:
            answer.begin()
            return WireAnswer(answer.status, answer.read())
        except (OSError, HTTPException):
            return WireAnswer(0)
        finally:
            answer.close()
