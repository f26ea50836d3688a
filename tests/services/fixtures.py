"""The servers as fixtures, each started once for all tests that need it, wherever these stand."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.service.servers import (
    PostgresServer,
    postgres_server,
    rabbitmq_server,
    redis_server,
)
from tests.services.servers import S3Server, s3_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with postgres_server(is_durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with redis_server() as server:
        yield server.url


@pytest.fixture(scope="session")
def rabbitmq_url() -> Iterator[str]:
    with rabbitmq_server() as server:
        yield server.url


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    with s3_server() as server:
        yield server
