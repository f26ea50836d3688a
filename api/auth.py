"""Who may do what: a key in `Authorization: Bearer …` or `X-API-Key`.

Programs written against Azure send it as `Ocp-Apim-Subscription-Key`, which does as well.
On loopback, while no key was ever made, requests need none.
"""

# No `from __future__ import annotations` here: FastAPI must see what KeyCheck takes evaluated.

import math
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request

from api.guard import host_name, is_loopback
from api.keys import ApiKey, KeyStore, Scope
from api.problems import ProblemError
from api.rate_limit import RateLimiter
from api.request_notes import note_tenant
from ocr.limits import Limits
from workers.jobs import DEFAULT_TENANT

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="docspade"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request.

    Attributes:
        key_id: of the API key; None where none was needed.
        tenant: whose documents the caller may see.
        max_file_bytes: of a document; None for what the settings say.
    """

    key_id: str | None
    tenant: str = DEFAULT_TENANT
    max_file_bytes: int | None = None

    def limits(self, limits: Limits) -> Limits:
        """The limits on the caller's documents, never above those on everyone's."""
        return limits.lowered(self.max_file_bytes)


class KeyCheck:
    """A FastAPI dependency that lets only callers with a scope pass.

    Args:
        scope: that the key must have; the description of the service tells of it.
        check: the caller of a request that may pass.
    """

    def __init__(self, scope: Scope, check: Callable[[Request, Scope], Caller]) -> None:
        self.scope = scope
        self._check = check

    def __call__(self, request: Request) -> Caller:
        """The caller of a request.

        Raises:
            ProblemError: the key is missing, not valid, lacks the scope, or knocks too often.
        """
        caller = self._check(request, self.scope)
        note_tenant(request.scope, caller.tenant)
        return caller


class Authenticator:
    """Checks the keys of requests.

    Args:
        keys: those that exist.
        listens_on_loopback: whether only this machine can connect.
        limiter: of requests a key.
    """

    def __init__(self, keys: KeyStore, *, listens_on_loopback: bool, limiter: RateLimiter) -> None:
        self._keys = keys
        self._listens_on_loopback = listens_on_loopback
        self._limiter = limiter

    def require(self, scope: Scope) -> KeyCheck:
        """A FastAPI dependency that lets only callers with that scope pass."""
        return KeyCheck(scope, self._check)

    def _check(self, request: Request, scope: Scope) -> Caller:
        presented = _presented_key(request)
        if presented is None:
            if self._needs_no_key(request):
                return Caller(None)
            detail = "an API key is needed, as Authorization: Bearer or X-API-Key"
            raise ProblemError(HTTPStatus.UNAUTHORIZED, "key_needed", detail, CHALLENGE)
        key = self._keys.find(presented)
        if key is None:
            detail = "the API key is not valid"
            raise ProblemError(HTTPStatus.UNAUTHORIZED, "invalid_key", detail, CHALLENGE)
        if not key.allows(scope):
            detail = f"the API key lacks the scope {scope!r}"
            raise ProblemError(HTTPStatus.FORBIDDEN, "scope_missing", detail)
        self._check_rate(key)
        return Caller(key.key_id, key.tenant, key.limits.max_file_bytes)

    def _check_rate(self, key: ApiKey) -> None:
        wait = self._limiter.wait_seconds(key.key_id, key.limits.max_requests_per_minute)
        if wait > 0:
            detail = "this API key is sending more requests than it may"
            retry = {"Retry-After": str(math.ceil(wait))}
            raise ProblemError(HTTPStatus.TOO_MANY_REQUESTS, "rate_limited", detail, retry)

    def _needs_no_key(self, request: Request) -> bool:
        # A reverse proxy in front of the loopback address brings strangers: their Host tells.
        is_addressed_as_loopback = is_loopback(host_name(request.headers.get("host", "")))
        return self._listens_on_loopback and is_addressed_as_loopback and not self._keys.has_any()


def _presented_key(request: Request) -> str | None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value:
        return value.strip()
    headers = request.headers
    return headers.get("x-api-key", headers.get("ocp-apim-subscription-key"))
