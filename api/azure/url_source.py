"""Fetching a document from an address that a sender names, without becoming his proxy.

Only hosts that the operator listed; only http and https; the name is resolved once, every address
checked, and the connection goes to the address that was checked; redirects are refused; size and
time are limited.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from api.azure.faults import AzureFault, invalid
from ocr.limits import Limits

ANY_PUBLIC_HOST: Final = "*"
FETCH_SECONDS: Final = 30.0
MAX_URL_CHARACTERS: Final = 2_048
_READ_BYTES: Final = 256 * 1024
_PORTS: Final = {"http": 80, "https": 443}
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class _Source:
    """An address taken apart; `may_be_private` where the operator named host and port."""

    scheme: str
    host: str
    port: int
    target: str
    may_be_private: bool


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
    source = _taken_apart(url, hosts)
    address = _checked_address(source)
    try:
        with contextlib.closing(_connect(source, address, seconds)) as connection:
            return _received(connection, source, limits, seconds)
    except TimeoutError as error:
        raise _timeout(seconds) from error
    except (OSError, http.client.HTTPException) as error:
        message = f"Content is not accessible: {source.host} gave no answer that could be read."
        raise invalid(message, "ContentSourceNotAccessible") from error


def _taken_apart(url: str, hosts: Sequence[str]) -> _Source:
    if len(url) > MAX_URL_CHARACTERS or not url.isascii() or not url.isprintable() or " " in url:
        raise _bad_url("it is too long, or not plainly encoded")
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError as error:
        raise _bad_url("it breaks the form of one") from error
    host = (parts.hostname or "").lower()
    if port is None or not host:
        raise _bad_url("only http and https are taken")
    if parts.username is not None or parts.password is not None:
        raise _bad_url("it may carry no user name")
    allowed = {each.lower() for each in hosts}
    may_be_private = f"{host}:{port}" in allowed
    if not may_be_private and not allowed & {host, ANY_PUBLIC_HOST}:
        message = f"Content is not accessible: fetching from {host[:80]} is not allowed here."
        raise invalid(message, "ContentSourceNotAccessible")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _Source(parts.scheme, host, port, target, may_be_private)


def _checked_address(source: _Source) -> str:
    """The first address of the host, all of which were checked."""
    try:
        found = socket.getaddrinfo(source.host, source.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        message = f"Content is not accessible: there is no host {source.host[:80]}."
        raise invalid(message, "ContentSourceNotAccessible") from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        if not _may_be_reached(ipaddress.ip_address(address), source):
            message = f"Content is not accessible: {source.host[:80]} is not a public host."
            raise invalid(message, "ContentSourceNotAccessible")
    return addresses[0]


def _may_be_reached(address: IpAddress, source: _Source) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _may_be_reached(address.ipv4_mapped, source)
        # These carry an IPv4 address that somebody else unpacks.
        if address.sixtofour is not None or address.teredo is not None or address in _NAT64:
            return False
    if address.is_multicast or address.is_unspecified or address.is_link_local:
        return False
    return address.is_global or source.may_be_private


def _connect(source: _Source, address: str, seconds: float) -> http.client.HTTPConnection:
    stream = socket.create_connection((address, source.port), timeout=seconds)
    connection = http.client.HTTPConnection(source.host, source.port)
    try:
        if source.scheme == "https":
            context = ssl.create_default_context()
            stream = context.wrap_socket(stream, server_hostname=source.host)
    except BaseException:
        stream.close()
        raise
    connection.sock = stream
    return connection


def _received(
    connection: http.client.HTTPConnection, source: _Source, limits: Limits, seconds: float
) -> bytes:
    """The body of a good answer; a sender that dawdles is cut off in mid-answer."""
    is_over = threading.Event()
    stream = connection.sock

    def cut_off() -> None:
        is_over.set()
        with contextlib.suppress(OSError):
            stream.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut_off)
    timer.daemon = True
    timer.start()
    try:
        return _body(connection, source, limits)
    except (OSError, http.client.HTTPException, AzureFault) as error:
        if is_over.is_set():
            raise _timeout(seconds) from error
        raise
    finally:
        timer.cancel()


def _body(connection: http.client.HTTPConnection, source: _Source, limits: Limits) -> bytes:
    headers = {"Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close"}
    connection.request("GET", source.target, headers=headers)
    with connection.getresponse() as answer:
        if answer.status != http.client.OK:
            kind = "a redirect" if 300 <= answer.status < 400 else f"status {answer.status}"
            message = f"Content is not accessible: {source.host} answered with {kind}."
            raise invalid(message, "ContentSourceNotAccessible")
        limits.check_file_bytes(answer.length or 0)
        body = bytearray()
        while chunk := answer.read(_READ_BYTES):
            body += chunk
            limits.check_file_bytes(len(body))
        if answer.length:
            message = f"Content is not accessible: {source.host} broke off."
            raise invalid(message, "ContentSourceNotAccessible")
    return bytes(body)


def _bad_url(reason: str) -> AzureFault:
    return invalid(f"Invalid content source: {reason}.", "InvalidContentSourceFormat")


def _timeout(seconds: float) -> AzureFault:
    message = f"Timeout while receiving content: it was not there within {seconds:g} seconds."
    return invalid(message, "ContentSourceTimeout")
