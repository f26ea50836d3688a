"""Connections to addresses that somebody else names, without becoming his proxy.

Only http and https; the name is resolved once, every address checked, and the connection goes to
the address that was checked, while TLS still checks the name. Redirects are for the caller to
refuse.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

MAX_URL_CHARACTERS: Final = 2_048
_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[a-z0-9._-]+(:[0-9]{1,5})?|[0-9a-f:.]+", re.IGNORECASE)
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


class OutboundError(Exception):
    """An address cannot be used.

    OutboundError
    ├── BadAddressError        the address breaks its form
    ├── UnknownHostError       its name stands for nothing
    ├── RefusedAddressError    it leads where nobody may be sent
    └── …                      what answers is no document, see `workers.fetching`
    """


class BadAddressError(OutboundError):
    """The address breaks the form of one that is taken."""


class UnknownHostError(OutboundError):
    """The name of the host cannot be resolved."""


class RefusedAddressError(OutboundError):
    """The host is not public, and nobody allowed it."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart; `path` with the query, `host` in lower case."""

    scheme: str
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """Hosts that may be reached although they are not public.

    Attributes:
        names: `host` or `host:port`, in lower case.
        networks: every address within is allowed, link-local ones too.
    """

    names: frozenset[str]
    networks: tuple[IpNetwork, ...]

    def may_reach(self, target: Target, address: IpAddress) -> bool:
        """Whether a connection may go to an address that the target's name stands for."""
        plain = _unwrapped(address)
        if plain.is_multicast or plain.is_unspecified:
            return False
        if any(plain in network for network in self.networks):
            return True
        is_named = bool(self.names & {target.host, f"{target.host}:{target.port}"})
        return is_reachable(address, may_be_private=is_named)


def allowed_hosts(entries: Sequence[str]) -> AllowedHosts:
    """Hosts, `host:port` and networks in CIDR form, told apart.

    Raises:
        ValueError: an entry with a slash is no network.
    """
    networks = tuple(ipaddress.ip_network(entry) for entry in entries if "/" in entry)
    names = frozenset(entry.lower() for entry in entries if "/" not in entry)
    return AllowedHosts(names, networks)


def check_allowed_hosts(entries: tuple[str, ...]) -> tuple[str, ...]:
    """The entries as they are, if each is a host, `host:port` or a network (ValueError if not)."""
    allowed_hosts(entries)
    check_hosts(tuple(entry for entry in entries if "/" not in entry))
    return entries


def check_hosts(entries: tuple[str, ...]) -> tuple[str, ...]:
    """The entries as they are, if each is a host or `host:port`; anything else would never match.

    Raises:
        ValueError: one is something else, an address with its scheme perhaps.
    """
    for entry in entries:
        if _HOST.fullmatch(entry) is None:
            raise ValueError(f"{entry!r} is no host or host:port, such as files.example")
    return entries


def take_apart(url: str) -> Target:
    """The parts of an http or https address.

    Raises:
        BadAddressError: it is none, or not in plain form.
    """
    if len(url) > MAX_URL_CHARACTERS or not url.isascii() or not url.isprintable() or " " in url:
        raise BadAddressError("it is too long, or not plainly encoded")
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError as error:
        raise BadAddressError("it breaks the form of one") from error
    host = (parts.hostname or "").lower()
    if port is None or not host or parts.scheme not in _PORTS:
        raise BadAddressError("only http and https are taken")
    if parts.username is not None or parts.password is not None:
        raise BadAddressError("it may carry no user name")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path)


def checked_address(target: Target, may_reach: Callable[[IpAddress], bool]) -> str:
    """The first address of the host, all of which were checked.

    Raises:
        UnknownHostError: there is no such host.
        RefusedAddressError: one of its addresses may not be reached.
    """
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnknownHostError(f"there is no host {target.host[:80]}") from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    for address in addresses:
        if not may_reach(ipaddress.ip_address(address)):
            raise RefusedAddressError(f"{target.host[:80]} is not a public host")
    return addresses[0]


def is_reachable(address: IpAddress, *, may_be_private: bool) -> bool:
    """Whether an address is public, or private where that is allowed; never link-local."""
    plain = _unwrapped(address)
    # These carry an IPv4 address that somebody else unpacks.
    if isinstance(plain, ipaddress.IPv6Address) and (
        plain.sixtofour is not None or plain.teredo is not None or plain in _NAT64
    ):
        return False
    if plain.is_multicast or plain.is_unspecified or plain.is_link_local:
        return False
    return plain.is_global or may_be_private


def connect(target: Target, address: str, seconds: float) -> http.client.HTTPConnection:
    """A connection to an address that was checked; certificates must name the target's host."""
    stream = socket.create_connection((address, target.port), timeout=seconds)
    connection = http.client.HTTPConnection(target.host, target.port)
    try:
        if target.scheme == "https":
            context = ssl.create_default_context()
            stream = context.wrap_socket(stream, server_hostname=target.host)
    except BaseException:
        stream.close()
        raise
    connection.sock = stream
    return connection


@contextlib.contextmanager
def cut_off_after(
    connection: http.client.HTTPConnection, seconds: float
) -> Iterator[threading.Event]:
    """Break a connection off in mid-answer when the time is over; the event says whether it was."""
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
        yield is_over
    finally:
        timer.cancel()


def _unwrapped(address: IpAddress) -> IpAddress:
    """The IPv4 address within an IPv6 one that only maps it."""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address
