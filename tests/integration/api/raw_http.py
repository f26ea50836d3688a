"""Requests whose body never ends, by hand: no client would send them."""

from __future__ import annotations

import socket
from contextlib import closing

from tests.integration.api.conftest import Server

ANSWER_SECONDS = 20.0


def connected(server: Server, head: str) -> socket.socket:
    """A connection on which a request's line and headers were sent, and nothing of its body.

    Args:
        server: to send to.
        head: of the request, without `Host` and the empty line.
    """
    host, port = str(server.http.base_url.host), server.http.base_url.port
    connection = socket.create_connection((host, port), timeout=ANSWER_SECONDS)
    connection.sendall(f"{head}\r\nHost: {host}:{port}\r\n\r\n".encode())
    return connection


def read_answer(connection: socket.socket) -> str:
    """An answer with a JSON body, as it comes."""
    received = b""
    while not received.endswith(b"}"):
        chunk = connection.recv(65_536)
        if not chunk:
            break
        received += chunk
    return received.decode()


def ask(server: Server, head: str, body: bytes) -> str:
    """The answer to a request of whose body only a part comes."""
    with closing(connected(server, head)) as connection:
        connection.sendall(body)
        return read_answer(connection)
