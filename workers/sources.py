"""Where a worker fetches documents that were named instead of uploaded.

A source is text: `url:` with a web address, or `key:` with a key of the import store.
"""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote, urlsplit

from ocr.errors import DefectError, SourceMissingError, SourceRefusedError, SourceUnreachableError
from ocr.limits import Limits
from workers.fetching import (
    FETCH_SECONDS,
    BrokenAnswerError,
    NoDocumentError,
    check_listed,
    fetch,
)
from workers.imports import ImportStore, check_key
from workers.outbound import (
    OutboundError,
    RefusedAddressError,
    UnknownHostError,
    take_apart,
)

_URL: Final = "url:"
_KEY: Final = "key:"
_ABSENT: Final = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.GONE})
_PASSING: Final = frozenset(
    {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
)


class Sources:
    """Fetches documents by their sources.

    Args:
        url_hosts: that may be asked, see `Settings.url_source_hosts`; none: web addresses are off.
        imports: where keys lead to; None: keys are off.
        limits: on a document.
        seconds: that one fetch may take.
    """

    def __init__(
        self,
        url_hosts: Sequence[str],
        imports: ImportStore | None,
        limits: Limits,
        *,
        seconds: float = FETCH_SECONDS,
    ) -> None:
        self._url_hosts = tuple(url_hosts)
        self._imports = imports
        self._limits = limits
        self._seconds = seconds

    def of_url(self, url: str) -> str:
        """The source that a web address is; nobody is asked yet.

        Raises:
            SourceRefusedError: web addresses are off, or this one's host is not listed.
            BadAddressError: it is none.
        """
        if not self._url_hosts:
            raise SourceRefusedError("fetching from web addresses is off; see url_source_hosts")
        try:
            check_listed(take_apart(url), self._url_hosts)
        except RefusedAddressError as error:
            raise SourceRefusedError(f"{error}; see url_source_hosts") from error
        return _URL + url

    def of_key(self, key: str) -> str:
        """The source that a key is; the store is not asked yet.

        Raises:
            SourceRefusedError: keys are off.
            ValueError: it does not have the form of a key.
        """
        if self._imports is None:
            raise SourceRefusedError("reading by keys is off; see import_url")
        check_key(key)
        return _KEY + key

    def read(self, source: str, tenant: str, max_file_bytes: int | None = None) -> bytes:
        """The document.

        Args:
            source: from `of_url` or `of_key`.
            tenant: whose document it is.
            max_file_bytes: that it may have, where that is less than others may.

        Raises:
            SourceMissingError: there is none.
            SourceRefusedError: it may not be fetched from there, or not any more.
            SourceUnreachableError: the place does not answer, or not in full.
            LimitExceededError: it is larger than allowed.
        """
        limits = self._limits.lowered(max_file_bytes)
        if source.startswith(_URL):
            return self._fetched(source.removeprefix(_URL), limits)
        if source.startswith(_KEY):
            if self._imports is None:
                raise SourceRefusedError("reading by keys is off; see import_url")
            return self._imports.read(tenant, source.removeprefix(_KEY), limits)
        raise DefectError(f"there are no documents at {source[:20]!r}")

    def _fetched(self, url: str, limits: Limits) -> bytes:
        try:
            return fetch(url, self._url_hosts, limits, seconds=self._seconds)
        except (UnknownHostError, BrokenAnswerError) as error:
            raise SourceUnreachableError(str(error)) from error
        except NoDocumentError as error:
            if error.status in _ABSENT:
                raise SourceMissingError(str(error)) from error
            if error.status in _PASSING or error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise SourceUnreachableError(str(error)) from error
            raise SourceRefusedError(str(error)) from error
        except OutboundError as error:
            raise SourceRefusedError(str(error)) from error


NO_SOURCES: Final = Sources((), None, Limits())
"""Nothing may be fetched from anywhere."""


def path_of(source: str) -> str:
    """The path that a source ends in, to name the document after; "" for none."""
    if source.startswith(_KEY):
        return source.removeprefix(_KEY)
    return unquote(urlsplit(source.removeprefix(_URL)).path)


def given_as(source: str) -> str:
    """The web address or the key, as it was given."""
    return source.partition(":")[2]
