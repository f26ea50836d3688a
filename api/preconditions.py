"""Changing only what one has seen: `If-Match` and `If-None-Match` of changes (RFC 9110, 13.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Header

MAX_HEADER: Final = 1_000


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What a request says of the state that it may change.

    Attributes:
        if_match: tags of which what stands must have one; "*" for any; None for no such condition.
        if_none_match: tags of which it must have none; "*": nothing may stand.
    """

    if_match: str | None = None
    if_none_match: str | None = None

    def allow(self, tag: str | None) -> bool:
        """Whether the change may go on.

        Args:
            tag: of what stands, without quotes; None where nothing does.
        """
        if self.if_match is not None and not _names(self.if_match, tag):
            return False
        return self.if_none_match is None or not _names(self.if_none_match, tag)


def preconditions(
    if_match: Annotated[str | None, Header(max_length=MAX_HEADER)] = None,
    if_none_match: Annotated[str | None, Header(max_length=MAX_HEADER)] = None,
) -> Preconditions:
    """A FastAPI dependency."""
    return Preconditions(if_match, if_none_match)


def quoted(tag: str) -> str:
    """A tag as headers have it."""
    return f'"{tag}"'


def _names(header: str, tag: str | None) -> bool:
    listed = [each.strip() for each in header.split(",")]
    return tag is not None and ("*" in listed or quoted(tag) in listed)
