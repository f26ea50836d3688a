"""Keys of the import store: what they reach and what they do not."""

from __future__ import annotations

import contextlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from ocr.errors import (
    LimitExceededError,
    SourceMissingError,
    SourceRefusedError,
    SourceUnreachableError,
)
from ocr.limits import Limits
from workers.imports import FolderImports, check_key

LIMITS = replace(Limits(), max_file_bytes=1000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The store's folder, with a file of one tenant, beside a file that is nobody's business."""
    (tmp_path / "secret").write_bytes(b"secret")
    root = tmp_path / "imports"
    (root / "north" / "2026").mkdir(parents=True)
    (root / "south").mkdir()
    (root / "north" / "2026" / "a b.png").write_bytes(b"picture")
    (root / "south" / "s.png").write_bytes(b"south's")
    return root


def read(folder: Path, key: str, tenant: str = "north") -> bytes:
    return FolderImports(folder).read(tenant, key, LIMITS)


def test_a_key_leads_below_its_tenants_folder(folder: Path) -> None:
    assert read(folder, "2026/a b.png") == b"picture"
    assert read(folder, "s.png", "south") == b"south's"


@pytest.mark.parametrize("key", ["none.png", "none/a.png", "s.png", "x" * 400, "2026/none"])
def test_what_is_not_there_is_missing(folder: Path, key: str) -> None:
    with pytest.raises(SourceMissingError):
        read(folder, key)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "../south/s.png",
        "2026/../../south/s.png",
        "/etc/passwd",
        "2026//a b.png",
        "./2026/a b.png",
        "2026/",
        "2026\\a b.png",
        "a\x00b",
        "a\nb",
        "x" * 1025,
    ],
)
def test_a_key_in_no_good_form_is_refused(folder: Path, key: str) -> None:
    with pytest.raises(SourceRefusedError):
        read(folder, key)
    with pytest.raises(ValueError, match="a key"):
        check_key(key)


def test_links_are_not_followed(folder: Path) -> None:
    own = folder / "north"
    (own / "file").symlink_to(folder.parent / "secret")
    (own / "folder").symlink_to(folder / "south")
    (own / "inner").symlink_to(own / "2026" / "a b.png")
    for key in ("file", "folder/s.png", "inner"):
        with pytest.raises(SourceRefusedError):
            read(folder, key)
    (folder / "west").symlink_to(own)
    with pytest.raises(SourceRefusedError):
        read(folder, "2026/a b.png", "west")


def test_what_is_no_file_is_refused_at_once(folder: Path) -> None:
    os.mkfifo(folder / "north" / "pipe")
    for key in ("pipe", "2026", "2026/a b.png/x"):
        with pytest.raises(SourceRefusedError):
            read(folder, key)


def test_a_store_that_is_away_is_a_passing_condition(folder: Path) -> None:
    for away in (folder / "none", folder / "south" / "s.png"):
        with pytest.raises(SourceUnreachableError):
            read(away, "a.png")


def test_nothing_stays_open(folder: Path) -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for key in ("2026", "none", "2026/a b.png", "..", "2026/a b.png/x"):
        with contextlib.suppress(SourceMissingError, SourceRefusedError):
            read(folder, key)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_file_that_is_too_large_is_refused(folder: Path) -> None:
    (folder / "north" / "large").write_bytes(bytes(1001))
    with pytest.raises(LimitExceededError):
        read(folder, "large")
