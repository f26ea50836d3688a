"""`docspade keys`: make, list, limit and revoke API keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypeVar, cast

import click

from api.commands.key_place import check_database, database_name
from api.keys import SCOPES, ApiKey, KeyLimits, KeyStore, Scope
from api.tenants import TenantTable
from workers.database import Database
from workers.jobs import DEFAULT_TENANT
from workers.services import open_services
from workers.settings import Settings, load_settings

DEFAULT_SCOPES: tuple[Scope, ...] = ("submit", "read")
MAX_COUNT: Final = 2**31 - 1  # what the database's columns hold
MAX_BYTES: Final = 2**63 - 1
_Command = TypeVar("_Command", bound=Callable[..., None])
state_dir_option = click.option(
    "--state-dir", type=click.Path(path_type=Path), help="The server's."
)


@click.group()
def keys() -> None:
    """Make, list, limit and revoke API keys.

    The first key ends the time in which requests from this machine need none.
    """


def _limit_options(explanation: str) -> Callable[[_Command], _Command]:
    """The options for a key's own limits."""

    def add(command: _Command) -> _Command:
        requests = click.option(
            "--max-requests-per-minute",
            type=click.IntRange(0, MAX_COUNT),
            help=f"Of this key, whatever the setting of that name says. {explanation}",
        )
        file = click.option(
            "--max-file-bytes",
            type=click.IntRange(0, MAX_BYTES),
            help=f"Of a document, if less than the setting of that name says. {explanation}",
        )
        return requests(file(command))

    return add


@keys.command()
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    help="What the key is good for; may be given several times. Default: submit and read.",
)
@click.option(
    "--tenant",
    default=DEFAULT_TENANT,
    show_default=True,
    help="Whose the key is: documents are seen by their own tenant's keys alone.",
)
@_limit_options("Default: what the settings say.")
@state_dir_option
def create(
    name: str,
    scopes: tuple[str, ...],
    tenant: str,
    max_requests_per_minute: int | None,
    max_file_bytes: int | None,
    state_dir: Path | None,
) -> None:
    """Make a key. It stands alone on the last line and is not shown again."""
    chosen = frozenset(cast("tuple[Scope, ...]", scopes) or DEFAULT_SCOPES)
    limits = KeyLimits(max_requests_per_minute or None, max_file_bytes or None)
    settings = load_settings(state_dir=state_dir)
    with _opened(settings) as database:
        key = KeyStore(database).create(name, chosen, tenant=tenant, limits=limits)
    click.echo(f"Written to {database_name(settings)}.", err=True)
    click.echo(f"Key {name!r} ({', '.join(sorted(chosen))}); it is not shown again:", err=True)
    click.echo(key)


@keys.command(name="list")
@state_dir_option
def list_keys(state_dir: Path | None) -> None:
    """List the keys.

    Name, scopes, day, state, tenant, requests a minute, bytes a document, and how many of the
    tenant's documents may wait; "-" where there is no limit but that of the settings.
    """
    with open_database(state_dir) as database:
        max_waiting = TenantTable(database).all()
        for key in KeyStore(database).all():
            click.echo(_line(key, max_waiting.get(key.tenant)))


@keys.command()
@click.argument("name")
@_limit_options("0: what the settings say. Not given: as it is.")
@state_dir_option
def limit(
    name: str,
    max_requests_per_minute: int | None,
    max_file_bytes: int | None,
    state_dir: Path | None,
) -> None:
    """Change what a key may do at most, from its next request on."""
    with open_database(state_dir) as database:
        store = KeyStore(database)
        limits = store.named(name).limits
        if max_requests_per_minute is not None:
            limits = replace(limits, max_requests_per_minute=max_requests_per_minute or None)
        if max_file_bytes is not None:
            limits = replace(limits, max_file_bytes=max_file_bytes or None)
        store.limit(name, limits)
        key = store.named(name)
        click.echo(_line(key, TenantTable(database).max_waiting(key.tenant)))


@keys.command()
@click.argument("name")
@click.option(
    "--grace",
    "grace_seconds",
    type=click.FloatRange(min=0.0),
    default=0.0,
    show_default=True,
    help="Seconds for which the old secret is good as well.",
)
@state_dir_option
def rotate(name: str, grace_seconds: float, state_dir: Path | None) -> None:
    """Give a key a new secret. The key stands alone on the last line and is not shown again."""
    with open_database(state_dir) as database:
        key = KeyStore(database).rotate(name, grace_seconds=grace_seconds)
    click.echo(f"Key {name!r} has a new secret; it is not shown again:", err=True)
    click.echo(key)


@keys.command()
@click.argument("name")
@state_dir_option
def revoke(name: str, state_dir: Path | None) -> None:
    """Make a key worthless from now on."""
    with open_database(state_dir) as database:
        KeyStore(database).revoke(name)
    click.echo(f"Key {name!r} is revoked.")


@contextmanager
def open_database(state_dir: Path | None) -> Iterator[Database]:
    """The service's database, for a command, where it is there already."""
    settings = load_settings(state_dir=state_dir)
    check_database(settings)
    with _opened(settings) as database:
        yield database


@contextmanager
def _opened(settings: Settings) -> Iterator[Database]:
    services = open_services(settings)
    try:
        yield services.database
    finally:
        services.database.close()


def _line(key: ApiKey, max_waiting: int | None) -> str:
    made = datetime.fromtimestamp(key.created_at, UTC).date().isoformat()
    state = "valid" if key.revoked_at is None else "revoked"
    limits = (key.limits.max_requests_per_minute, key.limits.max_file_bytes, max_waiting)
    shown = ("-" if limit is None else str(limit) for limit in limits)
    return "\t".join([key.name, " ".join(sorted(key.scopes)), made, state, key.tenant, *shown])
