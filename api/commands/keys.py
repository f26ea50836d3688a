"""`docspade keys`: make, list and revoke API keys."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from api.commands.key_place import check_database, database_name
from api.keys import SCOPES, ApiKey, KeyStore, Scope
from workers.jobs import DEFAULT_TENANT
from workers.services import open_services
from workers.settings import Settings, load_settings

DEFAULT_SCOPES: tuple[Scope, ...] = ("submit", "read")
state_dir_option = click.option(
    "--state-dir", type=click.Path(path_type=Path), help="The server's."
)


@click.group()
def keys() -> None:
    """Make, list and revoke API keys.

    The first key ends the time in which requests from this machine need none.
    """


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
@state_dir_option
def create(name: str, scopes: tuple[str, ...], tenant: str, state_dir: Path | None) -> None:
    """Make a key. It stands alone on the last line and is not shown again."""
    chosen = frozenset(cast("tuple[Scope, ...]", scopes) or DEFAULT_SCOPES)
    settings = load_settings(state_dir=state_dir)
    with _key_store(settings) as store:
        key = store.create(name, chosen, tenant=tenant)
    click.echo(f"Written to {database_name(settings)}.", err=True)
    click.echo(f"Key {name!r} ({', '.join(sorted(chosen))}); it is not shown again:", err=True)
    click.echo(key)


@keys.command(name="list")
@state_dir_option
def list_keys(state_dir: Path | None) -> None:
    """List the keys by name."""
    with _known_keys(state_dir) as store:
        for key in store.all():
            click.echo(_line(key))


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
    with _known_keys(state_dir) as store:
        key = store.rotate(name, grace_seconds=grace_seconds)
    click.echo(f"Key {name!r} has a new secret; it is not shown again:", err=True)
    click.echo(key)


@keys.command()
@click.argument("name")
@state_dir_option
def revoke(name: str, state_dir: Path | None) -> None:
    """Make a key worthless from now on."""
    with _known_keys(state_dir) as store:
        store.revoke(name)
    click.echo(f"Key {name!r} is revoked.")


@contextmanager
def _known_keys(state_dir: Path | None) -> Iterator[KeyStore]:
    """The keys of a database that is there already."""
    settings = load_settings(state_dir=state_dir)
    check_database(settings)
    with _key_store(settings) as store:
        yield store


@contextmanager
def _key_store(settings: Settings) -> Iterator[KeyStore]:
    services = open_services(settings)
    try:
        yield KeyStore(services.database)
    finally:
        services.database.close()


def _line(key: ApiKey) -> str:
    made = datetime.fromtimestamp(key.created_at, UTC).date().isoformat()
    state = "valid" if key.revoked_at is None else "revoked"
    return f"{key.name}\t{' '.join(sorted(key.scopes))}\t{made}\t{state}\t{key.tenant}"
