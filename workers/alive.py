"""A file that a worker touches as long as it lives, for the probes of those who run containers."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ocr.errors import SetupError
from workers.periodic import Periodic

ALIVE_FILE = "worker.alive"
"""In the state folder of a worker."""
TOUCH_SECONDS = 5.0


class AliveFile:
    """Touched every few seconds by a thread; it is there while the worker can take documents.

    It says nothing of database and broker: a worker waits for these, and a new one would too.

    Args:
        path: of the file; one that a killed worker left is removed.

    Raises:
        SetupError: its folder cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            message = f"the folder {path.parent} cannot be used: {error.strerror}"
            raise SetupError(message) from error
        self._touching = Periodic("alive", self._touch, every_seconds=TOUCH_SECONDS)

    def start(self) -> None:
        """Begin."""
        self._touching.start()

    def stop(self) -> None:
        """End, and remove the file."""
        self._touching.stop()
        self._path.unlink(missing_ok=True)

    def _touch(self) -> None:
        with suppress(OSError):  # the next one may succeed; if none does, the probe will tell
            self._path.touch()
