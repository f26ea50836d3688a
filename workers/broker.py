"""The embedded broker: kombu's filesystem transport with an atomic publish.

The stock transport opens a message under its final name and then writes it, so a reader can take
a message that is empty or half there: under concurrent writers it loses them. Here a message is
written as `.part`, synced and renamed; taking one is a rename too. A message is gone once taken,
acknowledged or not: messages only ring, the job table knows the work.
"""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty

from kombu.exceptions import ChannelError
from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps, loads

SCHEME = "docspade-files"
"""Name of the transport in a broker URL; the folder is among the transport's options."""

POLLING_SECONDS = 0.05
ORPHAN_SECONDS = 3600.0

Message = dict[str, object]

TRANSPORT_ALIASES[SCHEME] = f"{__name__}:AtomicTransport"


class AtomicChannel(filesystem.Channel):  # type: ignore[misc]  # kombu carries no annotations
    """A channel that publishes and takes messages by renaming files."""

    def _put(self, queue: str, payload: Message, **_options: object) -> None:
        folder = Path(self.data_folder_out)
        # Wall clock first: messages are taken in about the order in which they were put.
        stem = f"{time.time_ns():020d}-{uuid.uuid4().hex}"
        part_path = folder / f"{stem}.part"
        try:
            with part_path.open("xb") as file:
                file.write(dumps(payload).encode())
                file.flush()
                os.fsync(file.fileno())
            part_path.replace(folder / f"{stem}.{queue}.msg")
        except OSError as error:
            part_path.unlink(missing_ok=True)
            raise ChannelError(f"cannot write to the broker's folder {folder}: {error}") from error

    def _get(self, queue: str) -> Message:
        for path in sorted(self._messages(queue)):
            taken_path = path.with_suffix(".taken")
            try:
                path.rename(taken_path)
            except FileNotFoundError:
                continue  # another worker was quicker
            content = taken_path.read_bytes()
            taken_path.unlink()
            with contextlib.suppress(ValueError):  # not ours: nobody can do anything with it
                message: Message = loads(content.decode())
                return message
        raise Empty

    def _purge(self, queue: str) -> int:
        n_removed = 0
        for path in self._messages(queue):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
                n_removed += 1
        return n_removed

    def _size(self, queue: str) -> int:
        return sum(1 for _ in self._messages(queue))

    def _messages(self, queue: str) -> Iterator[Path]:
        # Looked at many times a second: listing names is several times quicker than globbing.
        folder, ending = Path(self.data_folder_in), f".{queue}.msg"
        return (folder / name for name in os.listdir(folder) if name.endswith(ending))  # noqa: PTH208  # see above


class AtomicTransport(filesystem.Transport):  # type: ignore[misc]  # kombu carries no annotations
    """The transport of `docspade-files://` URLs."""

    Channel = AtomicChannel

    def drain_events(self, connection: object, timeout: float | None = None) -> None:
        """Wait for a message.

        Never for long: Celery acknowledges what its threads have finished between two waits, and
        takes no new message before.
        """
        wait_seconds = 2 * POLLING_SECONDS
        if timeout is not None:
            wait_seconds = min(wait_seconds, timeout)
        super().drain_events(connection, timeout=wait_seconds)


def transport_options(folder: Path) -> dict[str, str | float]:
    """Celery's `broker_transport_options` for a broker in a folder, which is made if need be."""
    messages = folder / "messages"
    messages.mkdir(parents=True, exist_ok=True, mode=0o700)
    return {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(folder / "control"),
        "polling_interval": POLLING_SECONDS,
    }


def discard_unfinished(folder: Path) -> None:
    """Remove what publishers and readers left behind that died half-way."""
    limit = time.time() - ORPHAN_SECONDS
    for path in (folder / "messages").glob("*"):
        with contextlib.suppress(FileNotFoundError):
            if path.suffix in {".part", ".taken"} and path.stat().st_mtime < limit:
                path.unlink()
