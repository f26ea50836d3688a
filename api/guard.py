"""What every request passes first: which host it addresses, and which page sent it.

A page on the internet can make a browser send requests to 127.0.0.1. Two things stop it: a name
that was rebound to 127.0.0.1 shows in `Host`, and a foreign page shows in `Origin`.
"""

from __future__ import annotations

import ipaddress
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import ProblemError

# Each holds unless the answer says otherwise.
DEFAULT_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def is_loopback(host: str) -> bool:
    """Whether a host name or address, without its port, means this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The name in a `Host` header, in lower case, without port and brackets; "" for nonsense."""
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _place(origin: str) -> str:
    """Host and port in an `Origin` header, in lower case; "" for nonsense."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


class Guard:
    """ASGI middleware: refuses foreign hosts and foreign pages, adds the security headers.

    Args:
        app: what comes behind.
        listens_on_loopback: whether only this machine can connect; then `Host` must say so too.
        allowed_hosts: further names, with or without a port, for which the server answers all the
            same.
    """

    def __init__(
        self, app: ASGIApp, *, listens_on_loopback: bool, allowed_hosts: tuple[str, ...] = ()
    ) -> None:
        self._app = app
        self._listens_on_loopback = listens_on_loopback
        self._allowed_hosts = frozenset(name.lower() for name in allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as ASGI wants it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in DEFAULT_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        problem = self._problem(Headers(scope=scope))
        app = self._app if problem is None else problem.response()
        await app(scope, receive, send_with_headers)

    def _problem(self, headers: Headers) -> ProblemError | None:
        host_header = headers.get("host", "")
        host = host_name(host_header)
        is_allowed = bool(self._allowed_hosts & {host, host_header.lower()})
        is_known = is_loopback(host) or is_allowed
        if self._listens_on_loopback and not is_known:
            detail = f"this server does not answer to the name {host!r}; see allowed_hosts"
            return ProblemError(HTTPStatus.MISDIRECTED_REQUEST, "unknown_host", detail)
        origin = headers.get("origin")
        is_foreign = origin is not None and _place(origin) != host_header.lower()
        if is_foreign or headers.get("sec-fetch-site") == "cross-site":
            if headers.get("sec-fetch-mode") == "navigate" and origin is None:
                return None  # a link from elsewhere that a person followed
            detail = "requests from pages of other sites are not answered"
            return ProblemError(HTTPStatus.FORBIDDEN, "foreign_origin", detail)
        return None
