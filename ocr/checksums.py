"""Weights that ship are checked against the sha256 that lies beside them."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ocr.errors import SetupError

SUFFIX = ".sha256"


def checksum_path(path: Path) -> Path:
    """The file beside a weights file that holds its sha256, as `sha256sum` writes it."""
    return path.with_name(f"{path.name}{SUFFIX}")


def sha256_of(path: Path) -> str:
    """The sha256 of a file, in hexadecimal digits."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def checked(path: Path) -> Path:
    """The path itself.

    Raises:
        SetupError: the file or its sha256 is missing, or they differ.
    """
    try:
        wanted = checksum_path(path).read_text(encoding="ascii").split()[0]
        found = sha256_of(path)
    except (OSError, IndexError) as error:
        raise SetupError(f"{path}: the file or its {SUFFIX} is missing") from error
    if found != wanted:
        raise SetupError(f"{path}: sha256 is {found}, {checksum_path(path).name} says {wanted}")
    return path
