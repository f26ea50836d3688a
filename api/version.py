"""Which docspade this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

NOT_INSTALLED = "0+source"


def docspade_version() -> str:
    """The installed distribution's version, or a mark for a source tree that is not installed."""
    try:
        return version("docspade")
    except PackageNotFoundError:
        return NOT_INSTALLED
