"""Fetching a document from an address that a sender names, without becoming his proxy.

Only hosts that the operator listed, and only as `workers.outbound` connects; redirects are refused;
size and time are limited.
"""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Sequence
from typing import Final

from ocr.limits import Limits
from workers.outbound import (
    OutboundError,
    RefusedAddressError,
    Target,
    check_hosts,
    checked_address,
    connect,
    cut_off_after,
    is_reachable,
    take_apart,
)

ANY_PUBLIC_HOST: Final = "*"
FETCH_SECONDS: Final = 30.0
_READ_BYTES: Final = 256 * 1024


class NoDocumentError(OutboundError):
    """The host answered with something else than a document.

    Args:
        host: that was asked.
        status: of its answer.
    """

    def __init__(self, host: str, status: int) -> None:
        kind = "a redirect" if 300 <= status < 400 else f"status {status}"
        super().__init__(f"{host} answered with {kind}")
        self.status = status


class BrokenAnswerError(OutboundError):
    """The host does not answer, or breaks off."""


class SlowAnswerError(BrokenAnswerError):
    """The document was not there in time."""


def fetch(
    url: str, hosts: Sequence[str], limits: Limits, *, seconds: float = FETCH_SECONDS
) -> bytes:
    """The document at an address.

    Args:
        url: as the sender gave it.
        hosts: that the operator allows; see `Settings.url_source_hosts`.
        limits: on the document.
        seconds: that all of it may take, from the connection on.

    Raises:
        OutboundError: the address is not allowed, or does not give the document; see its kinds.
        LimitExceededError: the document is larger than allowed.
    """
    target = take_apart(url)
    may_be_private = check_listed(target, hosts)
    address = checked_address(
        target, lambda address: is_reachable(address, may_be_private=may_be_private)
    )
    try:
        with contextlib.closing(connect(target, address, seconds)) as connection:
            return _received(connection, target, limits, seconds)
    except TimeoutError as error:
        raise _too_slow(seconds) from error
    except (OSError, http.client.HTTPException) as error:
        raise BrokenAnswerError(f"{target.host} gave no answer that could be read") from error


def check_source_hosts(entries: tuple[str, ...]) -> tuple[str, ...]:
    """The entries as they are, if each is a host, `host:port` or "*" (ValueError if not)."""
    check_hosts(tuple(entry for entry in entries if entry != ANY_PUBLIC_HOST))
    return entries


def check_listed(target: Target, hosts: Sequence[str]) -> bool:
    """Whether a host may be private, since the operator named it with its port.

    Raises:
        RefusedAddressError: he does not allow the host.
    """
    allowed = {each.lower() for each in hosts}
    may_be_private = f"{target.host}:{target.port}" in allowed
    if not may_be_private and not allowed & {target.host, ANY_PUBLIC_HOST}:
        raise RefusedAddressError(f"fetching from {target.host[:80]} is not allowed here")
    return may_be_private


def _received(
    connection: http.client.HTTPConnection, target: Target, limits: Limits, seconds: float
) -> bytes:
    """The body of a good answer; a sender that dawdles is cut off in mid-answer."""
    with cut_off_after(connection, seconds) as is_over:
        try:
            return _body(connection, target, limits)
        except (OSError, http.client.HTTPException, BrokenAnswerError) as error:
            if is_over.is_set():
                raise _too_slow(seconds) from error
            raise


def _body(connection: http.client.HTTPConnection, target: Target, limits: Limits) -> bytes:
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
    connection.request("GET", target.path, headers=headers)
    with connection.getresponse() as answer:
        if answer.status != http.client.OK:
            raise NoDocumentError(target.host, answer.status)
        limits.check_file_bytes(answer.length or 0)
        body = bytearray()
        while chunk := answer.read(_READ_BYTES):
            body += chunk
            limits.check_file_bytes(len(body))
        if answer.length:
            raise BrokenAnswerError(f"{target.host} broke off")
    return bytes(body)


def _too_slow(seconds: float) -> SlowAnswerError:
    return SlowAnswerError(f"it was not there within {seconds:g} seconds")
