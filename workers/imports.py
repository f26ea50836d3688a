"""Documents that lie in a store of the operator's, each tenant's below a folder of its name.

Keys come from outside: a key is a plain path within that folder, and no link leads out of it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from ocr.errors import (
    SourceMissingError,
    SourceRefusedError,
    SourceUnreachableError,
    TransientError,
)
from ocr.limits import Limits
from workers.addresses import Bucket
from workers.s3 import MISSING, S3Client, check_bucket, connect, error_code, store_errors

MAX_KEY_CHARACTERS: Final = 1_024  # as in S3
_ABSENT: Final = frozenset({errno.ENOENT, errno.ENAMETOOLONG})
_IN_THE_WAY: Final = frozenset({errno.ELOOP, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ENXIO})
_DENIED: Final = frozenset({"403", "AccessDenied", "InvalidObjectState"})


class ImportStore(Protocol):
    """Where keys lead to."""

    def read(self, tenant: str, key: str, limits: Limits) -> bytes:
        """A document.

        Args:
            tenant: whose it is.
            key: below the tenant's folder.
            limits: on the document.

        Raises:
            SourceMissingError: there is none.
            SourceRefusedError: the key breaks its form, or leads to no file that may be read.
            SourceUnreachableError: the store cannot be used just now.
            LimitExceededError: the document is larger than allowed.
        """
        ...


def check_key(key: str) -> None:
    """Refuse what is no plain path within a folder.

    Raises:
        ValueError: says what is wrong with the key.
    """
    if not 0 < len(key) <= MAX_KEY_CHARACTERS:
        raise ValueError(f"a key has 1 to {MAX_KEY_CHARACTERS} characters")
    if not key.isprintable() or "\\" in key:
        raise ValueError("a key holds no control characters and no backslash")
    if any(part in {"", ".", ".."} for part in key.split("/")):
        raise ValueError("a key is a plain path without '.', '..' and empty parts")


def open_imports(place: Path | Bucket) -> ImportStore:
    """The store at a place, found to be there.

    Raises:
        SetupError: boto3 is not installed, or the store refuses.
        TransientError: the store cannot be reached.
    """
    if isinstance(place, Path):
        return FolderImports(place)
    client = connect(place)
    check_bucket(client, place)
    return BucketImports(client, place)


class FolderImports:
    """Documents in a folder: `<tenant>/<key>`. Symbolic links below it are not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, tenant: str, key: str, limits: Limits) -> bytes:
        """A document; see `ImportStore`."""
        *folders, name = _parts(tenant, key)
        with contextlib.ExitStack() as opened, _disk_errors(key):
            # From folder to folder by its descriptor: whoever swaps one for a link meanwhile
            # gains nothing.
            at = self._root()
            opened.callback(os.close, at)
            for part in folders:
                at = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
                opened.callback(os.close, at)
            # A pipe would let the opening wait for ever.
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
            opened.callback(os.close, descriptor)
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise SourceRefusedError(f"{key} is no file")
            limits.check_file_bytes(found.st_size)
            with os.fdopen(descriptor, "rb", closefd=False) as file:
                data = file.read(limits.max_file_bytes + 1)
        limits.check_file_bytes(len(data))  # it may just be growing
        return data

    def _root(self) -> int:
        try:
            return os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        except OSError as error:
            # Such as a share that is not mounted just now: not the document's fault.
            reason = f"the import store cannot be used just now: {error.strerror}"
            raise SourceUnreachableError(reason) from error


class BucketImports:
    """Documents in a bucket: `<prefix><tenant>/<key>`."""

    def __init__(self, client: S3Client, bucket: Bucket) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, tenant: str, key: str, limits: Limits) -> bytes:
        """A document; see `ImportStore`."""
        from botocore.exceptions import ClientError

        path = f"{self._bucket.prefix}{'/'.join(_parts(tenant, key))}"
        try:
            with store_errors():
                answer = self._client.get_object(Bucket=self._bucket.name, Key=path)
                with contextlib.closing(answer["Body"]) as body:
                    data = body.read(limits.max_file_bytes + 1)
        except TransientError as error:
            cause = error.__cause__
            code = error_code(cause) if isinstance(cause, ClientError) else ""
            if code in MISSING:
                raise SourceMissingError(f"there is no object {key}") from error
            if code in _DENIED:
                raise SourceRefusedError(f"the store does not give {key} out") from error
            raise SourceUnreachableError(f"{key}: {error.message}") from error
        limits.check_file_bytes(len(data))
        return data


def _parts(tenant: str, key: str) -> list[str]:
    try:
        check_key(key)
    except ValueError as error:
        raise SourceRefusedError(str(error)) from error
    return [tenant, *key.split("/")]


@contextlib.contextmanager
def _disk_errors(key: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _ABSENT:
            raise SourceMissingError(f"there is no file {key}") from error
        if error.errno in _IN_THE_WAY:
            raise SourceRefusedError(f"{key} leads to no file that may be read") from error
        reason = f"{key} cannot be read just now: {error.strerror}"
        raise SourceUnreachableError(reason) from error
