"""A full disk, told apart from whatever else may be wrong with a disk for a while."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

from ocr.errors import TransientError

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_POSTGRESQL_FULL = "53100"  # disk_full


class StorageFullError(TransientError):
    """Nothing more fits; it may work once something was deleted."""

    code = "storage_full"


def disk_error(error: OSError, what_fails: str) -> TransientError:
    """What to raise for an error of the disk.

    Args:
        error: of the operating system.
        what_fails: the first half of the sentence that tells of it.
    """
    kind = StorageFullError if error.errno in _FULL else TransientError
    return kind(f"{what_fails}: {error.strerror}")


def is_full_database(error: DBAPIError) -> bool:
    """Whether the database could not write for want of room."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return getattr(cause, "sqlstate", None) == _POSTGRESQL_FULL
