"""Reads the documents of a ZIP archive that strangers made.

Sizes count as they come out, whatever the archive announces. The names are for show; none becomes a
path. What unpacks without bounds is not unpacked: only stored and deflated entries are.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from ocr.errors import (
    CorruptFileError,
    EncryptedFileError,
    LimitExceededError,
    UnsupportedFormatError,
)

READ_BYTES: Final = 256 * 1024
_DIRECTORY_BYTES: Final = 1024 * 1024
_DIRECTORY_BYTES_PER_ENTRY: Final = 512
_IS_ENCRYPTED: Final = 0x1
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_OF_OTHER_SYSTEMS: Final = "__MACOSX"
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,  # a place before the file's start
    RuntimeError,  # what zipfile does not read
    ValueError,  # a name in no encoding, a place that cannot be
    OverflowError,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of an archive.

    Attributes:
        name: as it stands in the archive.
        n_bytes: as the archive announces them.
    """

    name: str
    n_bytes: int
    info: zipfile.ZipInfo


class Archive:
    """The documents of an archive, without folders and hidden files.

    Args:
        file: the archive; closed by its owner.
        max_documents: that it may hold.

    Raises:
        CorruptFileError: it is no archive, or broken.
        LimitExceededError: it holds more documents.
    """

    def __init__(self, file: BinaryIO, max_documents: int) -> None:
        # Everything in the directory becomes an object: its size is bounded before.
        max_read = _DIRECTORY_BYTES + max_documents * _DIRECTORY_BYTES_PER_ENTRY
        try:
            self._zip = zipfile.ZipFile(_BoundedReads(file, max_read))
        except _BROKEN as error:
            raise CorruptFileError(f"the archive cannot be read: {error}") from error
        infos = [info for info in self._zip.infolist() if _is_document(info.filename)]
        if len(infos) > max_documents:
            raise LimitExceededError(
                f"the archive holds {len(infos):,} documents; "
                f"max_batch_documents allows {max_documents:,}"
            )
        self.entries = [Entry(info.filename, info.file_size, info) for info in infos]

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """An entry's content, piece by piece.

        Raises:
            EncryptedFileError: it is encrypted.
            UnsupportedFormatError: it is packed in a way that is not read here.
            CorruptFileError: it is broken.
        """
        if entry.info.flag_bits & _IS_ENCRYPTED:
            raise EncryptedFileError("it is encrypted within the archive")
        if entry.info.compress_type not in _METHODS:
            raise UnsupportedFormatError("it is packed in another way than deflate")
        try:
            with self._zip.open(entry.info) as member:
                while chunk := member.read(READ_BYTES):
                    yield chunk
        except _BROKEN as error:
            raise CorruptFileError(f"it is broken within the archive: {error}") from error


class _BoundedReads(io.RawIOBase):
    """A file of which nobody can ask for very much at once."""

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        self._file = file
        self._max_bytes = max_bytes

    def read(self, size: int = -1, /) -> bytes:
        if size < 0:
            here = self._file.tell()
            size = self._file.seek(0, io.SEEK_END) - here
            self._file.seek(here)
        if size > self._max_bytes:
            raise zipfile.BadZipFile("its directory is too large")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True


def _is_document(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    is_hidden = any(part.startswith(".") for part in parts)
    return bool(parts[-1]) and not is_hidden and parts[0] != _OF_OTHER_SYSTEMS
