"""ZIP archives that strangers made."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from api.batches.archives import Archive
from ocr.errors import (
    CorruptFileError,
    EncryptedFileError,
    InputError,
    LimitExceededError,
    UnsupportedFormatError,
)

MAX_DOCUMENTS = 100


def archive(*names: str, method: int = zipfile.ZIP_DEFLATED, content: bytes = b"abc" * 99) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name in names:
            made.writestr(name, content)
    return out.getvalue()


def opened(content: bytes, max_documents: int = MAX_DOCUMENTS) -> Archive:
    return Archive(io.BytesIO(content), max_documents)


def read(content: bytes) -> list[bytes]:
    found = opened(content)
    return [b"".join(found.chunks(entry)) for entry in found.entries]


def with_flag(content: bytes, flag: int) -> bytes:
    """The archive of one entry, with a flag set in both of its headers."""
    changed = bytearray(content)
    changed[6] |= flag
    changed[content.index(b"PK\x01\x02") + 8] |= flag
    return bytes(changed)


def test_documents_come_in_their_order_and_folders_and_hidden_files_are_left_out() -> None:
    content = archive(
        "b.png", "a/", "a/c.png", "a/.DS_Store", ".git/x", "__MACOSX/._b.png", "..", "a\\.b", "d"
    )
    assert [entry.name for entry in opened(content).entries] == ["b.png", "a/c.png", "d"]
    assert read(content) == [b"abc" * 99] * 3


def test_stored_entries_are_read() -> None:
    assert read(archive("a", method=zipfile.ZIP_STORED)) == [b"abc" * 99]


@pytest.mark.parametrize("content", [b"", b"PK", b"no archive", archive("a")[:-1], bytes(10_000)])
def test_what_is_no_archive_is_refused(content: bytes) -> None:
    with pytest.raises(CorruptFileError, match="cannot be read"):
        opened(content)


def test_an_encrypted_entry_is_refused_alone() -> None:
    found = opened(with_flag(archive("a"), 0x1))
    with pytest.raises(EncryptedFileError):
        list(found.chunks(found.entries[0]))


def test_a_broken_entry_is_refused_alone() -> None:
    content = bytearray(archive("a", "b", content=random.Random(1).randbytes(5000)))
    content[2000] ^= 0xFF
    found = opened(bytes(content))
    with pytest.raises(CorruptFileError, match="broken within"):
        list(found.chunks(found.entries[0]))
    assert len(b"".join(found.chunks(found.entries[1]))) == 5000


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_without_bounds_is_not_unpacked(method: int) -> None:
    found = opened(archive("bomb", method=method, content=bytes(10_000_000)))
    with pytest.raises(UnsupportedFormatError):
        list(found.chunks(found.entries[0]))


def test_a_bomb_comes_out_in_small_pieces() -> None:
    found = opened(archive("bomb", content=bytes(50_000_000)))
    assert max(len(chunk) for chunk in found.chunks(found.entries[0])) <= 1 << 20


def test_an_entry_that_understates_its_size_is_broken() -> None:
    content = bytearray(archive("a", content=b"x" * 9999))
    at = content.index(b"PK\x01\x02") + 24
    content[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(CorruptFileError):
        read(bytes(content))


def test_too_many_documents_are_refused() -> None:
    with pytest.raises(LimitExceededError, match="max_batch_documents"):
        opened(archive("a", "b", "c"), max_documents=2)


def test_a_directory_that_would_fill_the_memory_is_not_read() -> None:
    content = archive(*(f"{number:01000}" for number in range(1200)), content=b"")
    with pytest.raises(CorruptFileError, match="directory is too large"):
        opened(content)


def test_whatever_is_damaged_is_refused_in_an_orderly_way() -> None:
    rng = random.Random(7)
    whole = archive("a", "b/c", "d")
    for _ in range(3000):
        content = bytearray(whole)
        for _ in range(rng.randint(1, 8)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        try:
            found = opened(bytes(content))
        except InputError:
            continue
        for entry in found.entries:
            try:
                list(found.chunks(entry))
            except InputError:
                continue
