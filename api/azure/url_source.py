"""Fetching a document from an address that a sender names, without becoming his proxy.

Only hosts that the operator listed, and only as `workers.outbound` connects; redirects are refused;
size and time are limited.
"""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Sequence
from typing import Final

from api.azure.faults import AzureFault, invalid
from ocr.limits import Limits
from workers.outbound import (
    BadAddressError,
    RefusedAddressError,
    Target,
    UnknownHostError,
    checked_address,
    connect,
    cut_off_after,
    is_reachable,
    take_apart,
)

ANY_PUBLIC_HOST: Final = "*"
FETCH_SECONDS: Final = 30.0
_READ_BYTES: Final = 256 * 1024


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
        AzureFault: the address is not allowed, or does not give the document.
        LimitExceededError: the document is larger than allowed.
    """
    target, address = _checked(url, hosts)
    try:
        with contextlib.closing(connect(target, address, seconds)) as connection:
            return _received(connection, target, limits, seconds)
    except TimeoutError as error:
        raise _timeout(seconds) from error
    except (OSError, http.client.HTTPException) as error:
        message = f"Content is not accessible: {target.host} gave no answer that could be read."
        raise invalid(message, "ContentSourceNotAccessible") from error


def _checked(url: str, hosts: Sequence[str]) -> tuple[Target, str]:
    """The address taken apart, and the one to connect to."""
    try:
        target = take_apart(url)
        may_be_private = _may_be_private(target, hosts)
        return target, checked_address(
            target, lambda address: is_reachable(address, may_be_private=may_be_private)
        )
    except BadAddressError as error:
        message = f"Invalid content source: {error}."
        raise invalid(message, "InvalidContentSourceFormat") from error
    except (UnknownHostError, RefusedAddressError) as error:
        message = f"Content is not accessible: {error}."
        raise invalid(message, "ContentSourceNotAccessible") from error


def _may_be_private(target: Target, hosts: Sequence[str]) -> bool:
    """Whether the operator named host and port; raises AzureFault unless he allows the host."""
    allowed = {each.lower() for each in hosts}
    may_be_private = f"{target.host}:{target.port}" in allowed
    if not may_be_private and not allowed & {target.host, ANY_PUBLIC_HOST}:
        message = (
            f"Content is not accessible: fetching from {target.host[:80]} is not allowed here."
        )
        raise invalid(message, "ContentSourceNotAccessible")
    return may_be_private


def _received(
    connection: http.client.HTTPConnection, target: Target, limits: Limits, seconds: float
) -> bytes:
    """The body of a good answer; a sender that dawdles is cut off in mid-answer."""
    with cut_off_after(connection, seconds) as is_over:
        try:
            return _body(connection, target, limits)
        except (OSError, http.client.HTTPException, AzureFault) as error:
            if is_over.is_set():
                raise _timeout(seconds) from error
            raise


def _body(connection: http.client.HTTPConnection, target: Target, limits: Limits) -> bytes:
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
    connection.request("GET", target.path, headers=headers)
    with connection.getresponse() as answer:
        if answer.status != http.client.OK:
            kind = "a redirect" if 300 <= answer.status < 400 else f"status {answer.status}"
            message = f"Content is not accessible: {target.host} answered with {kind}."
            raise invalid(message, "ContentSourceNotAccessible")
        limits.check_file_bytes(answer.length or 0)
        body = bytearray()
        while chunk := answer.read(_READ_BYTES):
            body += chunk
            limits.check_file_bytes(len(body))
        if answer.length:
            message = f"Content is not accessible: {target.host} broke off."
            raise invalid(message, "ContentSourceNotAccessible")
    return bytes(body)


def _timeout(seconds: float) -> AzureFault:
    message = f"Timeout while receiving content: it was not there within {seconds:g} seconds."
    return invalid(message, "ContentSourceTimeout")
