"""Where `docspade extract --out` puts its files."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from ocr.errors import InputError, SetupError


def document_name(path: Path) -> str:
    """A file's name up to the first dot: "scan" for `scan.words.json`; leading dots are kept."""
    match = re.match(r"\.*[^.]*", path.name)
    return match.group() if match else path.name


class OutputFolder:
    """A folder of results in which nothing is lost: no result replaces an input or another result.

    Args:
        folder: made if it is not there.
        inputs: files that must not be written to.

    Raises:
        SetupError: the folder cannot be made.
    """

    def __init__(self, folder: Path, inputs: Iterable[Path] = ()) -> None:
        self._folder = folder
        self._inputs = {path.resolve() for path in inputs}
        self._owners: dict[str, Path] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(f"the folder {folder} cannot be made: {error.strerror}") from error

    def claim(self, source: Path) -> str:
        """Reserve a file's name in this run.

        Returns:
            The name without ending.

        Raises:
            InputError: an earlier file of this run has the same name.
        """
        name = document_name(source)
        owner = self._owners.setdefault(name, source)
        if owner is not source:
            raise InputError(f"its result would replace that of {owner}: both are called {name}")
        return name

    def write(self, file_name: str, content: bytes) -> None:
        """Write a file so that it is there as a whole or not at all.

        Raises:
            InputError: it would replace one of the inputs.
            OSError: the disk says no.
        """
        target = self._folder / file_name
        if target.resolve() in self._inputs:
            raise InputError(f"its result would replace the input {target}; choose another --out")
        handle, part_name = tempfile.mkstemp(
            prefix=f".{file_name}.", suffix=".part", dir=self._folder
        )
        part = Path(part_name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(0o666 & ~_umask())  # mkstemp lets nobody else read
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    umask = os.umask(0)
    os.umask(umask)
    return umask
