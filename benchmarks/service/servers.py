"""PostgreSQL, Redis and RabbitMQ of one's own, to be stopped and started while they are used."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.service.processes import (
    ServerProcess,
    as_user,
    folder_of,
    free_port,
    is_listening,
    program,
    running_server,
)
from ocr.errors import SetupError


@dataclass(frozen=True)
class PostgresServer:
    """A running server; its superuser needs no password."""

    port: int
    process: ServerProcess

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy URL of a database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """URL of a fresh, empty database."""
        name = f"docspade_{uuid.uuid4().hex}"
        self._ask(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def break_connections(self) -> int:
        """Cut off everyone else, as a restart does; returns how many those were."""
        return self._ask(
            b"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            b"WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )

    def _ask(self, statement: bytes) -> int:
        import psycopg

        address = self.url().replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            done = connection.execute(statement)
            row = done.fetchone() if done.description else None
        return int(row[0]) if row else 0


@dataclass(frozen=True)
class BrokerServer:
    """A running broker and its URL."""

    url: str
    process: ServerProcess


@contextmanager
def postgres_server(*, is_durable: bool = True) -> Iterator[PostgresServer]:
    """A server with a fresh folder of data.

    Args:
        is_durable: whether what is committed survives a power cut; without, it is faster.

    Raises:
        SetupError: it is not installed or does not start.
    """
    import psycopg

    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    bins = [str(path) for path in reversed(versions)]
    port = free_port()
    with folder_of("postgres") as folder:
        data = folder / "data"
        make = [program("initdb", *bins), "-D", str(data), "-U", "postgres", "--auth=trust"]
        make += ["--no-sync", "--encoding=UTF8", "--locale=C"]
        made = subprocess.run(  # noqa: S603  # our own command
            as_user("postgres", make), capture_output=True, text=True, check=False, cwd=folder
        )
        if made.returncode != 0:
            raise SetupError(f"initdb: {made.stderr}")
        command = [program("postgres", *bins), "-D", str(data), "-p", str(port)]
        for option in ("listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"):
            command += ["-c", option]
        fsync = f"fsync={'on' if is_durable else 'off'}"
        for option in (fsync, "max_connections=60", "shared_buffers=32MB"):
            command += ["-c", option]
        address = f"postgresql://postgres@127.0.0.1:{port}/postgres"

        def is_ready() -> bool:
            try:
                psycopg.connect(address, connect_timeout=1).close()
            except psycopg.OperationalError:
                return False
            return True

        with running_server(as_user("postgres", command), is_ready, folder / "log") as process:
            yield PostgresServer(port, process)


@contextmanager
def redis_server() -> Iterator[BrokerServer]:
    """A server that keeps nothing on the disk.

    Raises:
        SetupError: it is not installed or does not start.
    """
    port = free_port()
    with folder_of("redis") as folder:
        command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        log = folder / "log"
        with running_server(as_user("redis", command), lambda: is_listening(port), log) as process:
            yield BrokerServer(f"redis://127.0.0.1:{port}/0", process)


@contextmanager
def rabbitmq_server() -> Iterator[BrokerServer]:
    """A server that is a node of its own with its own port mapper.

    Raises:
        SetupError: it is not installed or does not start.
    """
    port, distribution_port, mapper_port = free_port(), free_port(), free_port()
    with folder_of("rabbitmq") as folder:
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{port}\n"
            "disk_free_limit.absolute = 10MB\nlog.file = false\nlog.console = true\n"
        )
        (folder / "enabled_plugins").write_text("[].\n")
        variables = {
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(mapper_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"docspade-{port}@localhost",
            "RABBITMQ_DIST_PORT": str(distribution_port),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder / "logs"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+sbwt none",
        }
        url = f"amqp://guest:guest@127.0.0.1:{port}//"
        mapper = [program("epmd"), "-port", str(mapper_port), "-address", "127.0.0.1"]
        server = as_user("rabbitmq", [program("rabbitmq-server", "/usr/lib/rabbitmq/bin")])
        log = folder / "log"
        with (
            running_server(
                as_user("rabbitmq", mapper), lambda: is_listening(mapper_port), folder / "epmd.log"
            ),
            running_server(server, lambda: _answers(url), log, variables) as process,
        ):
            yield BrokerServer(url, process)


def _answers(url: str) -> bool:
    from kombu import Connection

    try:
        with Connection(url, connect_timeout=2) as connection:
            connection.connect()
    except OSError:
        return False
    return True
