"""PostgreSQL, Redis, RabbitMQ and a server that speaks S3."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import boto3
import psycopg
from kombu import Connection

from tests.services.processes import (
    as_user,
    folder_of,
    free_port,
    is_listening,
    program,
    running,
)

S3_KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
REGION = "us-east-1"


@dataclass(frozen=True)
class PostgresServer:
    """A running server; its superuser needs no password."""

    port: int

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """URL of a fresh, empty database."""
        name = f"docspade_{uuid.uuid4().hex}"
        with psycopg.connect(self.url().replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def break_connections(self) -> int:
        """Cut off everyone else, as a restart does; returns how many those were."""
        statement = (
            b"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
            b"WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        with psycopg.connect(self.url().replace("+psycopg", ""), autocommit=True) as connection:
            row = connection.execute(statement).fetchone()
        assert row is not None
        return int(row[0])


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    bins = [str(path) for path in reversed(versions)]
    port = free_port()
    with folder_of("postgres") as folder:
        data = folder / "data"
        make = [program("initdb", *bins), "-D", str(data), "-U", "postgres", "--auth=trust"]
        make += ["--no-sync", "--encoding=UTF8", "--locale=C"]
        made = subprocess.run(
            as_user("postgres", make), capture_output=True, text=True, check=False, cwd=folder
        )
        assert made.returncode == 0, made.stderr
        command = [program("postgres", *bins), "-D", str(data), "-p", str(port)]
        for option in ("listen_addresses=127.0.0.1", f"unix_socket_directories={folder}"):
            command += ["-c", option]
        for option in ("fsync=off", "max_connections=60", "shared_buffers=32MB"):
            command += ["-c", option]
        server = PostgresServer(port)

        def is_ready() -> bool:
            try:
                psycopg.connect(server.url().replace("+psycopg", ""), connect_timeout=1).close()
            except psycopg.OperationalError:
                return False
            return True

        with running(as_user("postgres", command), is_ready, folder / "log"):
            yield server


@contextmanager
def redis_server() -> Iterator[str]:
    """URL of a running server."""
    port = free_port()
    with folder_of("redis") as folder:
        command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(folder)]
        with running(as_user("redis", command), lambda: is_listening(port), folder / "log"):
            yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def rabbitmq_server() -> Iterator[str]:
    """URL of a running server, a node of its own with its own port mapper."""
    port, distribution_port, mapper_port = free_port(), free_port(), free_port()
    with folder_of("rabbitmq") as folder:
        (folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{port}\n"
            "disk_free_limit.absolute = 10MB\nlog.file = false\nlog.console = true\n"
        )
        (folder / "enabled_plugins").write_text("[].\n")
        env = {
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
        server = [program("rabbitmq-server", "/usr/lib/rabbitmq/bin")]
        with (
            running(
                as_user("rabbitmq", mapper), lambda: is_listening(mapper_port), folder / "epmd.log"
            ),
            running(as_user("rabbitmq", server), lambda: _answers(url), folder / "log", env),
        ):
            yield url


def _answers(url: str) -> bool:
    try:
        with Connection(url, connect_timeout=2) as connection:
            connection.connect()
    except OSError:
        return False
    return True


@dataclass(frozen=True)
class S3Server:
    """A running server; any keys are good."""

    endpoint: str

    def new_bucket(self) -> str:
        """URL of a fresh bucket."""
        name = f"docspade-{uuid.uuid4().hex[:12]}"
        boto3.client("s3", endpoint_url=self.endpoint, region_name=REGION).create_bucket(
            Bucket=name
        )
        return self.url(name)

    def url(self, bucket: str) -> str:
        endpoint = quote(self.endpoint, safe="")
        return f"s3://{bucket}/documents?endpoint={endpoint}&region={REGION}"


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """moto's server: it speaks the protocol over HTTP and keeps objects in memory."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    before = {name: os.environ.get(name) for name in S3_KEYS}
    os.environ.update(S3_KEYS)
    try:
        with (
            folder_of("root") as folder,
            running(command, lambda: is_listening(port), folder / "log"),
        ):
            yield S3Server(f"http://127.0.0.1:{port}")
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
