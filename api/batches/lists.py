"""The JSON body of a request to a batch: a list of addresses and keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Final, TypeVar

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from api.batches.gathering import Gathering
from api.batches.wire import NamedDocuments
from api.problems import ProblemError
from api.request_body import parse_json
from ocr.errors import LimitExceededError
from workers.outbound import MAX_URL_CHARACTERS, BadAddressError
from workers.sources import Sources, path_of

_JSON_BYTES: Final = 64 * 1024  # what a list may have around its names
_JSON_BYTES_PER_NAME: Final = MAX_URL_CHARACTERS + 16
_Model = TypeVar("_Model", bound=BaseModel)


async def read_list(
    chunks: AsyncIterator[bytes], model: type[_Model], max_documents: int
) -> _Model:
    """The list that a body holds.

    Raises:
        LimitExceededError: it has more bytes than so many names may have.
        RequestValidationError: it breaks its form.
    """
    max_bytes = _JSON_BYTES + max_documents * _JSON_BYTES_PER_NAME
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > max_bytes:
            raise LimitExceededError(
                f"the list has more bytes than {max_documents:,} names may have, {max_bytes:,}"
            )
    return await run_in_threadpool(parse_json, bytes(body), model)


def name_documents(named: NamedDocuments, sources: Sources, gathering: Gathering) -> None:
    """Add the documents that a list names.

    Raises:
        ProblemError: a name breaks its form.
        InputError: it leads where nobody may be sent, or they are too many.
    """
    for place, url in enumerate(named.urls):
        try:
            source = sources.of_url(url)
        except BadAddressError as error:
            raise _invalid("invalid_address", f"urls.{place}: {error}") from error
        gathering.name(source, path_of(source).rpartition("/")[2])
    for place, key in enumerate(named.keys):
        try:
            source = sources.of_key(key)
        except ValueError as error:
            raise _invalid("invalid_request", f"keys.{place}: {error}") from error
        gathering.name(source, key)


def _invalid(code: str, detail: str) -> ProblemError:
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, code, detail)
