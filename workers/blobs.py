"""Stored files: the documents handed in and the pictures of their pages.

A blob's name has two parts, a document's id and a fixed word; no text from outside becomes a path.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from ocr.errors import DefectError
from workers.full_disk import disk_error
from workers.jobs import is_job_id

SOURCE = "source"
_NAME = re.compile(r"source|page-[1-9][0-9]{0,6}")


def page_picture(number: int) -> str:
    """Name of the blob with a page's upright picture; pages count from 1."""
    return f"page-{number}"


@dataclass(frozen=True, slots=True)
class BlobKey:
    """A blob's name.

    Raises:
        DefectError: a part does not have its form.
    """

    document_id: str
    name: str

    def __post_init__(self) -> None:
        if not is_job_id(self.document_id) or _NAME.fullmatch(self.name) is None:
            raise DefectError(f"no blob can be called {self.document_id!r} / {self.name!r}")


class BlobWriter(Protocol):
    """A blob being written: in a `with` block; it exists from `commit` on, and without it never."""

    n_bytes: int

    def write(self, chunk: bytes) -> None:
        """Append bytes."""

    def commit(self) -> None:
        """Make the blob durable and visible under its name."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class BlobStore(Protocol):
    """Where blobs lie.

    All methods raise TransientError when the store cannot be used just now, as StorageFullError
    where nothing more fits.
    """

    def create(self, key: BlobKey) -> BlobWriter:
        """Begin to write a blob; an older one of that name is replaced at the commit."""

    def read(self, key: BlobKey) -> bytes | None:
        """A blob's bytes, None when there is none."""

    def delete_document(self, document_id: str) -> None:
        """Remove all blobs of a document, if there are any."""

    def documents_older_than(self, age_seconds: float) -> Iterator[str]:
        """Ids of documents none of whose blobs was written within the given time."""

    def discard_unfinished(self, age_seconds: float) -> int:
        """Remove what writers left behind that died before their commit; returns how many."""

    def free_bytes(self) -> int | None:
        """How much more fits, None where there is no saying."""


class LocalBlobWriter:
    """Writes `.part` in the store's own file system; `commit` syncs and renames it."""

    def __init__(self, part_path: Path, final_path: Path) -> None:
        self._part_path = part_path
        self._final_path = final_path
        self.n_bytes = 0

    def __enter__(self) -> Self:
        with _disk_errors():
            self._file: BinaryIO = self._part_path.open("xb")
        return self

    def write(self, chunk: bytes) -> None:
        """Append bytes."""
        with _disk_errors():
            self._file.write(chunk)
        self.n_bytes += len(chunk)

    def commit(self) -> None:
        """Sync the file, then put it under its name."""
        with _disk_errors():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._final_path.parent.mkdir(parents=True, exist_ok=True)
            self._part_path.replace(self._final_path)
            _sync_folder(self._final_path.parent)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # A full disk shows again when the buffer is flushed: the file goes away all the same.
        with contextlib.suppress(OSError):
            self._file.close()
        self._part_path.unlink(missing_ok=True)


class LocalBlobStore:
    """Blobs in a folder: `<two digits>/<document id>/<name>`, unfinished ones in `.incoming`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / ".incoming"
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)

    def create(self, key: BlobKey) -> LocalBlobWriter:
        """Begin to write a blob; an older one of that name is replaced at the commit."""
        return LocalBlobWriter(self._incoming / f"{uuid.uuid4().hex}.part", self._path(key))

    def read(self, key: BlobKey) -> bytes | None:
        """A blob's bytes, None when there is none."""
        with _disk_errors():
            try:
                return self._path(key).read_bytes()
            except FileNotFoundError:
                return None

    def delete_document(self, document_id: str) -> None:
        """Remove all blobs of a document, if there are any."""
        folder = self._path(BlobKey(document_id, SOURCE)).parent
        with _disk_errors(), contextlib.suppress(FileNotFoundError):
            shutil.rmtree(folder)

    def documents_older_than(self, age_seconds: float) -> Iterator[str]:
        """Ids of documents whose folder was not changed within the given time."""
        limit = time.time() - age_seconds
        for folder in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            with contextlib.suppress(FileNotFoundError):
                if is_job_id(folder.name) and folder.stat().st_mtime < limit:
                    yield folder.name

    def discard_unfinished(self, age_seconds: float) -> int:
        """Remove `.part` files that were not written to within the given time."""
        limit = time.time() - age_seconds
        n_removed = 0
        for path in self._incoming.glob("*.part"):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < limit:
                    path.unlink()
                    n_removed += 1
        return n_removed

    def free_bytes(self) -> int | None:
        """Free space of the file system."""
        with _disk_errors():
            return shutil.disk_usage(self._folder).free

    def _path(self, key: BlobKey) -> Path:
        return self._folder / key.document_id[:2] / key.document_id / key.name


def write_blob(store: BlobStore, key: BlobKey, content: bytes) -> None:
    """Store a blob that is at hand as a whole."""
    with store.create(key) as writer:
        writer.write(content)
        writer.commit()


@contextlib.contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_error(error, "the blob store cannot be used just now") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
