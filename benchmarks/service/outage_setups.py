"""The set-ups that `docspade stress outages` breaks, with what can go wrong in each."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.service.outages import Outage
from benchmarks.service.processes import program
from benchmarks.service.running import Running, running
from benchmarks.service.servers import (
    BrokerServer,
    PostgresServer,
    postgres_server,
    rabbitmq_server,
    redis_server,
)

EMBEDDED, REDIS, RABBITMQ = "embedded", "redis", "rabbitmq"
SETUPS = (EMBEDDED, REDIS, RABBITMQ)
STORE_MIB = 24
FILLER = "filler"
SETTINGS = {"DOCSPADE_MIN_FREE_DISK_BYTES": "0"}
"""The disk may become full to its last byte, as it can when others write to it too."""


@dataclass(frozen=True)
class Setup:
    """A running service and what it stands on.

    Attributes:
        service: ready.
        store: folder of its blobs, a small file system of its own.
        broker: None for files in the state folder.
        database: None for SQLite.
    """

    service: Running
    store: Path
    broker: BrokerServer | None = None
    database: PostgresServer | None = None

    def outages(self, seconds: float) -> list[Outage]:
        """What can go wrong here, each for so long."""
        found = [
            Outage("broker emptied", self._empty_broker, _nothing, 0.0),
            Outage("broker away", self._stop_broker, self._start_broker, seconds),
            Outage("store full", self._fill_store, self._clear_store, seconds, refuses=True),
        ]
        if self.database is not None:
            process = self.database.process
            found.append(
                Outage("database away", process.stop, process.start, seconds, refuses=True)
            )
        return found

    @property
    def _messages(self) -> Path:
        return self.service.state_dir / "broker" / "messages"

    def _empty_broker(self) -> None:
        if self.broker is None:
            for path in self._messages.iterdir():
                path.unlink(missing_ok=True)
        elif urlsplit(self.broker.url).scheme == REDIS:
            from redis import Redis

            Redis.from_url(self.broker.url).flushall()
        else:
            _purge(self.broker.url)

    def _stop_broker(self) -> None:
        if self.broker is None:
            self._messages.rename(self._messages.with_name("away"))
        else:
            self.broker.process.stop()

    def _start_broker(self) -> None:
        if self.broker is None:
            # A worker that was just starting may have made the folder anew.
            self._messages.mkdir(exist_ok=True)
            away = self._messages.with_name("away")
            for path in away.iterdir():
                path.rename(self._messages / path.name)
            away.rmdir()
        else:
            self.broker.process.start()

    def _fill_store(self) -> None:
        fill(self.store)

    def _clear_store(self) -> None:
        clear(self.store)


def fill(folder: Path) -> None:
    """Write to a folder's file system until there is no room, by small pieces at the end."""
    for mode, n_bytes in (("wb", 64 * 1024), ("ab", 512)):
        with suppress(OSError), (folder / FILLER).open(mode, buffering=0) as file:
            while True:
                file.write(bytes(n_bytes))


def clear(folder: Path) -> None:
    """Give back the room that `fill` took."""
    (folder / FILLER).unlink()


def _nothing() -> None:
    """What sets an emptied broker right: nobody does anything."""


def _purge(url: str) -> None:
    from kombu import Connection

    with Connection(url) as connection:
        channel = connection.channel()
        for lane in ("interactive", "batch"):
            with suppress(connection.channel_errors):
                channel.queue_purge(lane)


@contextmanager
def small_file_system() -> Iterator[Path]:
    """A folder that is full after a few MiB, in memory.

    Raises:
        CalledProcessError: only root may mount one.
    """
    with tempfile.TemporaryDirectory(prefix="docspade-stress-") as folder:
        options = f"size={STORE_MIB}m,mode=0700"
        mount = [program("mount"), "-t", "tmpfs", "-o", options, "docspade-stress", folder]
        subprocess.run(mount, check=True, capture_output=True)  # noqa: S603  # our own command
        try:
            yield Path(folder)
        finally:
            unmount = [program("umount"), "--lazy", folder]
            subprocess.run(unmount, check=True, capture_output=True)  # noqa: S603  # as above


@contextmanager
def standing(name: str) -> Iterator[Setup]:
    """A service with everything that it needs.

    Args:
        name: one of `SETUPS`.

    Raises:
        SetupError: a server or the service does not start.
    """
    with ExitStack() as stack:
        store = stack.enter_context(small_file_system())
        variables = {**SETTINGS, "DOCSPADE_BLOB_URL": store.as_uri()}
        broker = database = None
        if name != EMBEDDED:
            broker = stack.enter_context(redis_server() if name == REDIS else rabbitmq_server())
            database = stack.enter_context(postgres_server())
            variables["DOCSPADE_BROKER_URL"] = broker.url
            variables["DOCSPADE_DATABASE_URL"] = database.new_database()
        prefix = "docspade-stress-"
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=prefix)))
        service = stack.enter_context(running(folder, variables))
        service.wait_until_ready()
        yield Setup(service, store, broker, database)
