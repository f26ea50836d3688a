"""Fetching the document that a sender names by `urlSource`, with Azure's errors."""

from __future__ import annotations

from collections.abc import Sequence

from api.azure.faults import AzureFault, invalid
from ocr.limits import Limits
from workers import fetching
from workers.fetching import FETCH_SECONDS, SlowAnswerError
from workers.outbound import BadAddressError, OutboundError


def fetch(
    url: str, hosts: Sequence[str], limits: Limits, *, seconds: float = FETCH_SECONDS
) -> bytes:
    """The document at an address, as `workers.fetching` fetches it.

    Args:
        url: as the sender gave it.
        hosts: that the operator allows; see `Settings.url_source_hosts`.
        limits: on the document.
        seconds: that all of it may take, from the connection on.

    Raises:
        AzureFault: the address is not allowed, or does not give the document.
        LimitExceededError: the document is larger than allowed.
    """
    try:
        return fetching.fetch(url, hosts, limits, seconds=seconds)
    except OutboundError as error:
        raise _fault(error) from error


def _fault(error: OutboundError) -> AzureFault:
    if isinstance(error, BadAddressError):
        return invalid(f"Invalid content source: {error}.", "InvalidContentSourceFormat")
    if isinstance(error, SlowAnswerError):
        return invalid(f"Timeout while receiving content: {error}.", "ContentSourceTimeout")
    return invalid(f"Content is not accessible: {error}.", "ContentSourceNotAccessible")
