"""The servers as fixtures, each started once for all tests that need it, wherever these stand."""

from __future__ import annotations

import atexit
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from functools import cache, partial
from typing import TypeVar

import pytest

from benchmarks.service.servers import (
    PostgresServer,
    postgres_server,
    rabbitmq_server,
    redis_server,
)
from tests.services.servers import S3Server, s3_server

T = TypeVar("T")
_running = ExitStack()
atexit.register(_running.close)


def _once(server: Callable[[], AbstractContextManager[T]]) -> Callable[[], T]:
    # A session's fixture would be one for each conftest that takes it in.
    return cache(lambda: _running.enter_context(server()))


_postgres = _once(partial(postgres_server, is_durable=False))
_redis = _once(redis_server)
_rabbitmq = _once(rabbitmq_server)
_s3 = _once(s3_server)


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    return _postgres()


@pytest.fixture(scope="session")
def redis_url() -> str:
    return _redis().url


@pytest.fixture(scope="session")
def rabbitmq_url() -> str:
    return _rabbitmq().url


@pytest.fixture(scope="session")
def s3() -> S3Server:
    return _s3()
