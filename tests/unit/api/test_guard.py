from __future__ import annotations

import pytest
from starlette.datastructures import Headers

from api.guard import Guard, host_name, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "localhost", "::1", "[::1]"])
def test_loopback_is_known(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "0.0.0.0", "::", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.1"],  # noqa: S104  # only named
)
def test_everything_else_is_not(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("LocalHost:8000", "localhost"),
        ("[::1]:8000", "::1"),
        ("a.example", "a.example"),
        ("", ""),
        ("[::1", ""),
    ],
)
def test_host_names_come_without_port(header: str, name: str) -> None:
    assert host_name(header) == name


@pytest.mark.parametrize("origin", ["http://[", "null", "//", "http://[::1"])
def test_nonsense_for_an_origin_is_foreign(origin: str) -> None:
    async def app(*_arguments: object) -> None: ...

    headers = Headers({"host": "127.0.0.1:8000", "origin": origin})
    problem = Guard(app, listens_on_loopback=True)._problem(headers)
    assert problem is not None
    assert problem.code == "foreign_origin"


@pytest.mark.parametrize(
    ("allowed", "host", "is_let_in"),
    [
        ("scans.example", "scans.example:8443", True),
        ("scans.example:8443", "Scans.example:8443", True),
        ("scans.example:8443", "scans.example", False),
        ("scans.example:8443", "scans.example:8444", False),
    ],
)
def test_an_allowed_name_may_have_a_port(allowed: str, host: str, *, is_let_in: bool) -> None:
    async def app(*_arguments: object) -> None: ...

    guard = Guard(app, listens_on_loopback=True, allowed_hosts=(allowed,))
    assert (guard._problem(Headers({"host": host})) is None) == is_let_in
