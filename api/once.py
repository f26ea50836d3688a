"""Makes what a client sends with an `Idempotency-Key` once, however often it is sent."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Final, TypeVar

from fastapi import Header

from api.problems import ProblemError
from ocr.errors import TransientError
from workers.idempotency import IdempotencyKeys, KeyTakenError, OnceKey

MAX_TRIES: Final = 3
T = TypeVar("T")

KeyHeader = Annotated[str | None, Header(min_length=1, max_length=255, pattern="^[!-~]+$")]
"""The header `Idempotency-Key`, of a route's parameter `idempotency_key`."""


def make_once(
    keys: IdempotencyKeys,
    tenant: str,
    once: OnceKey,
    make: Callable[[], T],
    find: Callable[[str], T | None],
) -> T:
    """Make something, or find what was made with its key before.

    Args:
        keys: where the key is noted.
        tenant: whose key it is.
        once: the key.
        make: makes it, and raises KeyTakenError where it was made before.
        find: what was made, by its id; None for what is gone.

    Raises:
        ProblemError: something else was made with the key.
        TransientError: what was made with it is just going.
    """
    for _ in range(MAX_TRIES):  # what was found may be deleted, and its key with it
        try:
            return make()
        except KeyTakenError:
            made = keys.find(tenant, once.key)
        if made is None:
            continue
        if made.fingerprint != once.fingerprint:
            detail = "the Idempotency-Key was used for something else or with other parameters"
            raise ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, "idempotency_mismatch", detail)
        found = find(made.made_id)
        if found is not None:
            return found
    raise TransientError("what was made with this Idempotency-Key is just being deleted")
