from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest
import uvicorn

from api.commands.serve import server_config
from api.context import ApiContext, make_context
from ocr.limits import Limits
from workers.services import open_services
from workers.settings import Settings


@dataclass(frozen=True)
class Server:
    """The application behind a real HTTP server, without any worker."""

    context: ApiContext
    http: httpx.Client
    state_dir: Path

    def leftovers(self) -> list[str]:
        """Everything stored, relative to the blob store."""
        blobs = self.state_dir / "blobs"
        return sorted(str(path.relative_to(blobs)) for path in blobs.rglob("*") if path.is_file())


@contextmanager
def serving(settings: Settings) -> Iterator[Server]:
    services = open_services(settings)
    context = make_context(settings, services)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    server = uvicorn.Server(server_config(context))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    while not server.started:
        time.sleep(0.005)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        yield Server(context, client, settings.state_dir)
    server.should_exit = True
    thread.join()
    listener.close()
    services.database.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        state_dir=tmp_path / "state",
        limits=replace(Limits(), max_file_bytes=100_000, max_pages=20),
        upload_idle_seconds=1.0,
    )


@pytest.fixture
def start() -> Iterator[Callable[[Settings], Server]]:
    """Starts servers of which each has settings of its own."""
    with ExitStack() as stack:
        yield lambda changed: stack.enter_context(serving(changed))


@pytest.fixture
def server(settings: Settings) -> Iterator[Server]:
    with serving(settings) as server:
        yield server
