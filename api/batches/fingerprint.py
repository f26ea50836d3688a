"""What a request to make a batch holds, as one number: by it the same request is known again.

The bytes of the request will not do: a form has another boundary each time.
"""

from __future__ import annotations

import hashlib
import json


class ContentFingerprint:
    """Follows the documents of a request as they come in."""

    def __init__(self) -> None:
        self._names: list[str | None] = []
        self._digests: list[str] = []
        self._content = hashlib.sha256()

    def begin(self, name: str | None) -> None:
        """Begin a document; the one before it is complete."""
        self._end()
        self._names.append(name)

    def add(self, chunk: bytes) -> None:
        """Add to the document's content, or to what says where it lies."""
        self._content.update(chunk)

    def of(self, *said: str | bool | None) -> str:
        """The number, SHA-256 in hexadecimal digits.

        Args:
            said: what the request says besides its documents.
        """
        self._end()
        whole = json.dumps([said, self._names, self._digests])
        return hashlib.sha256(whole.encode()).hexdigest()

    def _end(self) -> None:
        if len(self._digests) < len(self._names):
            self._digests.append(self._content.hexdigest())
            self._content = hashlib.sha256()
